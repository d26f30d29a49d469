//! A draft to a document: what every format has in common.
//!
//! The steps stand in a fixed order, since each needs what the ones before did: boilerplate and bylines, headings that
//! stand under another, list of references, title, headings with nothing left under them, sections, citation marks,
//! passages. Where the format does not mark headings, a line taken for one that heads nothing may be text, and then
//! becomes a paragraph.

mod nest;
mod outline;
#[cfg(test)]
mod tests;
mod title;

use std::collections::HashMap;

use self::outline::Outline;
use super::bibliography::{self, References};
use super::boilerplate::{Boilerplate, EMPTY_HEADING, InvalidPattern};
use super::byline;
use super::draft::{Draft, DraftBlock, DraftKind};
use super::{BoilerplateFinding, IngestConfig, SkipReason, chunk};
use crate::document::{Block, Document, DocumentId, Format, Group, Mark, Passage, Revision};
use crate::text::LineIndex;

/// Longest excerpt of a finding, in characters.
const MAX_EXCERPT: usize = 80;
/// Fewest words of a line that is text and no leftover of a menu.
const MIN_TEXT_WORDS: usize = 4;

/// Turns drafts into documents. Made once for a corpus: it holds the compiled patterns.
#[derive(Debug)]
pub(crate) struct Assembler {
    boilerplate: Boilerplate,
    /// Whether bylines are taken out as well.
    bylines: bool,
    max_passage_words: usize,
}

impl Assembler {
    /// Compiles the patterns of `config`.
    ///
    /// # Errors
    /// The first of the operator's patterns that is no regular expression.
    pub(crate) fn new(config: &IngestConfig) -> Result<Self, InvalidPattern> {
        let (bylines, max_passage_words) = (config.builtin_boilerplate, config.max_passage_words);
        Ok(Self { boilerplate: Boilerplate::new(config)?, bylines, max_passage_words })
    }

    /// Makes the document of `draft`, and says what was left out of it.
    ///
    /// # Errors
    /// [`SkipReason::Empty`] where no passage is left; [`SkipReason::Malformed`] where the parser's spans
    /// do not fit its text.
    pub(crate) fn assemble(
        &self,
        mut draft: Draft,
        id: DocumentId,
        format: Format,
        revision: Revision,
    ) -> Result<(Document, Vec<BoilerplateFinding>), SkipReason> {
        let mut dropped = self.leave_out(&mut draft);
        nest::nest(&mut draft, format, &dropped);
        let references = bibliography::find(&draft, &dropped);
        let title = title::choose(&draft, &dropped, &id);
        title.drop_where_repeated(&draft, &mut dropped);
        let empty = drop_empty_headings(&draft, &references, title.heading, format, &mut dropped);
        empty.into_iter().for_each(|at| into_paragraph(&mut draft, at));
        let outline = outline::build(&draft, &dropped, &references, title.heading);
        let findings = findings(&draft, &id, &dropped);
        let marks = marks(&draft.text, &outline.blocks, &references);
        let (passages, groups) = self.passages(&draft, &outline)?;
        let mut metadata = draft.metadata;
        metadata.title = title.text;
        let document = Document {
            id,
            format,
            revision,
            metadata,
            text: draft.text,
            sections: outline.sections,
            blocks: outline.blocks,
            passages,
            groups,
            bibliography: references.entries,
            marks,
            pages: draft.pages,
        };
        let document = Document::new(document).map_err(|error| SkipReason::Malformed(error.to_string()))?;
        Ok((document, findings))
    }

    /// Finds boilerplate and bylines, each with its pattern, and keeps the date of the review.
    fn leave_out(&self, draft: &mut Draft) -> Vec<Option<String>> {
        let mut dropped = self.boilerplate.find(draft);
        let said = if self.bylines { byline::take_out(draft, &mut dropped) } else { None };
        let metadata = &mut draft.metadata;
        metadata.reviewed = metadata.reviewed.take().or(said).or(draft.dated.take());
        dropped
    }

    /// The passages with their groups.
    fn passages(&self, draft: &Draft, outline: &Outline) -> Result<(Vec<Passage>, Vec<Group>), SkipReason> {
        // The question of the whole document is not a passage's own.
        let places = if draft.metadata.question.is_some() { &[] } else { outline.places.as_slice() };
        let made = chunk::passages(&draft.text, &outline.blocks, places, self.max_passage_words);
        if made.0.is_empty() { Err(SkipReason::Empty) } else { Ok(made) }
    }
}

/// Drops every heading with no content before the next one of its level or above, and one that heads a scope
/// without text in that. References count as content only under a heading that announces them. Gives those that
/// are no headings but text.
fn drop_empty_headings(
    draft: &Draft,
    references: &References,
    title: Option<usize>,
    format: Format,
    dropped: &mut [Option<String>],
) -> Vec<usize> {
    let mut seen = Seen::default();
    let mut texts = Vec::new();
    let heads = heads_of_scopes(draft, references, dropped);
    for ((at, block), dropped) in draft.blocks.iter().enumerate().zip(dropped).rev() {
        if dropped.is_some() {
            continue;
        }
        let Some(level) = block.kind.heading_level() else {
            match references.is_reference.get(at) {
                Some(true) => seen.reference(),
                _ => seen.text(Below::Other),
            }
            continue;
        };
        let own = 1 << level;
        let announced = seen.cited & own != 0 && bibliography::names_references(draft, block);
        let is_free = !announced && title != Some(at);
        let is_empty = is_free && !heads.get(&at).copied().unwrap_or(seen.content & own != 0);
        let may_be_text = is_unmarked(format) && (is_empty || is_free && seen.below == Below::Text);
        if may_be_text && is_text(draft, block, seen.below) {
            texts.push(at);
            seen.text(Below::Text);
        } else if is_empty {
            *dropped = Some(EMPTY_HEADING.to_owned());
        } else {
            seen.heading(own - 1, announced);
        }
    }
    texts
}

/// The blocks that head a scope, and whether text stands in it, be it below further headings.
fn heads_of_scopes(
    draft: &Draft,
    references: &References,
    dropped: &[Option<String>],
) -> HashMap<usize, bool> {
    let is_text = |at: usize| {
        let is_kept = dropped.get(at).is_some_and(Option::is_none);
        let is_reference = references.is_reference.get(at).copied().unwrap_or_default();
        let is_heading = draft.blocks.get(at).is_none_or(|block| block.kind.heading_level().is_some());
        is_kept && !is_reference && !is_heading
    };
    let heads = draft.scopes.iter().filter(|scope| scope.headed);
    heads.map(|scope| (scope.blocks.start, scope.blocks.clone().any(is_text))).collect()
}

/// What is kept of the blocks below a place.
#[derive(Debug, Default)]
struct Seen {
    /// For each level whether content stands between here and the end of its section.
    content: u8,
    /// The same of a reference.
    cited: u8,
    below: Below,
}

impl Seen {
    fn text(&mut self, kind: Below) {
        (self.below, self.content) = (kind, u8::MAX);
    }

    fn reference(&mut self) {
        (self.below, self.cited) = (Below::Reference, u8::MAX);
    }

    /// Passes a heading below those of the levels `above`. One that announces references has no other content.
    fn heading(&mut self, above: u8, announced: bool) {
        self.content = if announced { above } else { self.content & above };
        self.cited &= above;
        self.below = Below::Other;
    }
}

/// What stands below a block and is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Below {
    #[default]
    Nothing,
    Reference,
    /// A line taken for a heading that is text: so may be the line above it.
    Text,
    Other,
}

/// Whether headings are told from other lines by the layout alone.
const fn is_unmarked(format: Format) -> bool {
    matches!(format, Format::PlainText | Format::JsonLines | Format::Pdf)
}

/// Whether a line that heads nothing is text: the last thing said, several words, or a number. A line above
/// references is what is left of their heading.
fn is_text(draft: &Draft, block: &DraftBlock, below: Below) -> bool {
    let text = block.span.slice(&draft.text).unwrap_or_default();
    let says =
        text.split_whitespace().count() >= MIN_TEXT_WORDS || text.contains(|c: char| c.is_ascii_digit());
    matches!(block.kind, DraftKind::Heading { .. })
        && match below {
            Below::Nothing => true,
            Below::Reference => false,
            Below::Text | Below::Other => says,
        }
}

fn into_paragraph(draft: &mut Draft, at: usize) {
    if let Some(block) = draft.blocks.get_mut(at) {
        block.kind = DraftKind::Paragraph { depth: 0 };
    }
}

fn findings(draft: &Draft, id: &DocumentId, dropped: &[Option<String>]) -> Vec<BoilerplateFinding> {
    if dropped.iter().all(Option::is_none) {
        return Vec::new();
    }
    let lines = LineIndex::new(&draft.text);
    let finding = |(block, dropped): (&DraftBlock, &Option<String>)| {
        let text = block.span.slice(&draft.text).unwrap_or_default();
        dropped.as_ref().map(|pattern| BoilerplateFinding {
            document: id.to_string(),
            line: lines.line_of(block.span.start()),
            pattern: pattern.clone(),
            excerpt: text
                .chars()
                .take(MAX_EXCERPT)
                .map(|found| if found.is_control() { ' ' } else { found })
                .collect(),
        })
    };
    draft.blocks.iter().zip(dropped).filter_map(finding).collect()
}

fn marks(text: &str, blocks: &[Block], references: &References) -> Vec<Mark> {
    let mut marks = Vec::new();
    if references.entries.is_empty() {
        return marks;
    }
    let labels = bibliography::labels(&references.entries);
    for block in blocks.iter().filter(|block| block.kind.is_content()) {
        bibliography::find_marks(text, block.span, &labels, &mut marks);
    }
    marks
}
