//! Blocks to passages and groups.
//!
//! A list item, a row of a table and a paragraph are a passage each; long ones are cut between sentences
//! into pieces of about the same length. A list with its lead-in, a table with its header row and the
//! other passages that stand next to each other in one section are groups. Groups are made whatever
//! their length: who quotes one looks at its span first.

mod cut;
#[cfg(test)]
mod tests;

use crate::document::{Block, BlockKind, Group, GroupKind, Passage, PassageKind, SectionIndex};
use crate::text::{Span, sentence};

/// Longest paragraph that is a lead-in as a whole, in words; of a longer one only the last sentence is.
const MAX_LEAD_IN_WORDS: usize = 40;

/// What a block stands under, besides its section.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The question that it asks or answers.
    pub(crate) question: Option<Span>,
    /// Whether an element that held the blocks before it together has ended: no list or table goes on, and nothing
    /// leads it in.
    pub(crate) apart: bool,
}

/// Makes the passages of `blocks`, and the groups above them, both in text order. `places` says what each
/// block stands under; it may be shorter than `blocks`.
pub(crate) fn passages(
    text: &str,
    blocks: &[Block],
    places: &[Place],
    max_words: usize,
) -> (Vec<Passage>, Vec<Group>) {
    let mut chunker = Chunker { text, max_words: max_words.max(1), ..Chunker::default() };
    for (at, block) in blocks.iter().enumerate() {
        chunker.block(block, blocks.get(at + 1), places.get(at).copied().unwrap_or_default());
    }
    chunker.finish()
}

/// A block that leads in what comes next, directly before the current one.
#[derive(Debug, Clone, Copy)]
struct Lead {
    span: Span,
    /// Its passage, if it is one.
    passage: Option<u32>,
}

#[derive(Debug)]
struct List {
    group: u32,
    ordered: bool,
    lead_in: Option<Span>,
    /// Lead-ins of the lists within this one, with their depths, ascending.
    inner: Vec<(u8, Span)>,
    /// The block before, if it is part of the list: its depth, and its span where it ends in a colon.
    last: (u8, Option<Span>),
}

#[derive(Debug, Default)]
struct Chunker<'a> {
    text: &'a str,
    max_words: usize,
    passages: Vec<Passage>,
    groups: Vec<Group>,
    list: Option<List>,
    table: Option<(u32, Option<Span>)>,
    question: Option<Span>,
    lead: Option<Lead>,
}

impl Chunker<'_> {
    fn block(&mut self, block: &Block, next: Option<&Block>, place: Place) {
        let lead = self.lead.take().filter(|_| !place.apart);
        self.question = place.question;
        if place.apart || !matches!(block.kind, BlockKind::TableRow) {
            self.table = None;
        }
        if place.apart {
            self.list = None;
        }
        match block.kind {
            BlockKind::ListItem { depth, ordered } => return self.item(block, depth, ordered, lead),
            BlockKind::Paragraph { depth: depth @ 1.. } if self.list.is_some() => {
                return self.continuation(block, depth);
            }
            _ => self.list = None,
        }
        match block.kind {
            BlockKind::Heading { .. } => {
                self.lead = self.leads_in(block.span).then_some(Lead { span: block.span, passage: None });
            }
            BlockKind::TableHeader => self.header(block, next, lead),
            BlockKind::TableRow => self.row(block, lead),
            BlockKind::Reference | BlockKind::Boilerplate => {}
            BlockKind::Paragraph { .. } | BlockKind::Preformatted | BlockKind::ListItem { .. } => {
                self.paragraph(block, next)
            }
        }
    }

    fn paragraph(&mut self, block: &Block, next: Option<&Block>) {
        let leads_in = match next.map(|next| next.kind) {
            Some(BlockKind::ListItem { .. }) => self.leads_in(block.span) || self.is_unfinished(block.span),
            Some(BlockKind::TableHeader | BlockKind::TableRow) => self.leads_in(block.span),
            _ => false,
        };
        if !leads_in {
            self.running(block.span, block.section);
            return;
        }
        let sentences = sentence::sentences(self.text, block.span);
        let mut lead = block.span;
        if let [.., before, last] = sentences.as_slice()
            && cut::words(self.text, block.span) > MAX_LEAD_IN_WORDS
        {
            self.running(Span::new(block.span.start(), before.end()), block.section);
            lead = Span::new(last.start(), block.span.end());
        }
        let passage = self.count();
        self.running(lead, block.section);
        self.lead = Some(Lead { span: lead, passage: Some(passage) });
    }

    fn running(&mut self, span: Span, section: Option<SectionIndex>) {
        let kind = if self.question.is_some() { PassageKind::QuestionAndAnswer } else { PassageKind::Prose };
        self.push(span, kind, section, self.question, None);
    }

    fn item(&mut self, block: &Block, depth: u8, ordered: bool, lead: Option<Lead>) {
        if self.list.as_ref().is_some_and(|list| depth == 1 && list.ordered != ordered) {
            self.list = None;
        }
        let mut list = match self.list.take() {
            Some(list) => list,
            None => self.open_list(block, ordered, lead),
        };
        list.inner.retain(|&(inner, _)| inner <= depth);
        if let (last, Some(span)) = list.last
            && last < depth
        {
            list.inner.push((depth, span));
        }
        self.list_passage(block, depth, list);
    }

    fn continuation(&mut self, block: &Block, depth: u8) {
        if let Some(mut list) = self.list.take() {
            list.inner.retain(|&(inner, _)| inner <= depth);
            self.list_passage(block, depth, list);
        }
    }

    fn list_passage(&mut self, block: &Block, depth: u8, mut list: List) {
        let context = list.inner.last().map(|&(_, span)| span).or(list.lead_in).or(self.question);
        self.push(block.span, PassageKind::ListItem, block.section, context, Some(list.group));
        list.last = (depth, self.leads_in(block.span).then_some(block.span));
        self.list = Some(list);
    }

    fn open_list(&mut self, block: &Block, ordered: bool, lead: Option<Lead>) -> List {
        let lead_in = lead.map(|lead| lead.span);
        let group = self.open_led_group(GroupKind::List, lead_in.unwrap_or(block.span), lead_in, lead);
        List { group, ordered, lead_in, inner: Vec::new(), last: (0, None) }
    }

    fn header(&mut self, block: &Block, next: Option<&Block>, lead: Option<Lead>) {
        if next.is_some_and(|next| next.kind == BlockKind::TableRow) {
            let head = lead.map_or(block.span, |lead| lead.span.cover(block.span));
            let group = self.open_led_group(GroupKind::Table, head, Some(head), lead);
            self.table = Some((group, Some(block.span)));
        } else {
            self.running(block.span, block.section);
        }
    }

    fn row(&mut self, block: &Block, lead: Option<Lead>) {
        let (group, header) = match self.table {
            Some(table) => table,
            None => {
                let lead_in = lead.map(|lead| lead.span);
                let span = lead_in.unwrap_or(block.span);
                (self.open_led_group(GroupKind::Table, span, lead_in, lead), lead_in)
            }
        };
        self.table = Some((group, header));
        self.push(block.span, PassageKind::TableRow, block.section, header, Some(group));
    }

    /// Opens a group that begins with the passage of `lead`, if that is one.
    fn open_led_group(
        &mut self,
        kind: GroupKind,
        span: Span,
        lead_in: Option<Span>,
        lead: Option<Lead>,
    ) -> u32 {
        let first = lead.and_then(|lead| lead.passage).unwrap_or_else(|| self.count());
        let group = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.groups.push(Group { kind, span, lead_in, first, end: self.count() });
        let from = self.passages.iter_mut().skip(first as usize);
        from.for_each(|passage| passage.group = Some(group));
        group
    }

    /// Adds the passages of `span`, none where it is blank.
    fn push(
        &mut self,
        span: Span,
        kind: PassageKind,
        section: Option<SectionIndex>,
        context: Option<Span>,
        group: Option<u32>,
    ) {
        for (span, sentences) in cut::pieces(self.text, span, self.max_words) {
            self.passages.push(Passage { kind, span, section, sentences, context, group });
        }
        let end = self.count();
        let group = group.and_then(|group| self.groups.get_mut(group as usize));
        if let (Some(group), Some(last)) = (group, self.passages.last()) {
            group.end = end;
            group.span = group.span.cover(last.span);
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.passages.len()).unwrap_or(u32::MAX)
    }

    fn leads_in(&self, span: Span) -> bool {
        let text = span.slice(self.text).unwrap_or_default();
        cut::without_marks(text).ends_with(':')
    }

    /// Whether the text stops short, as "Signs of infection include" does: before a list it leads in.
    fn is_unfinished(&self, span: Span) -> bool {
        let text = cut::without_marks(span.slice(self.text).unwrap_or_default());
        text.ends_with(|last: char| last.is_alphanumeric() || matches!(last, ',' | '-' | '–' | '—' | '…'))
            && cut::words(self.text, span) <= MAX_LEAD_IN_WORDS
    }

    /// Groups what no list or table claims by section, and numbers the groups in text order.
    fn finish(mut self) -> (Vec<Passage>, Vec<Group>) {
        let mut ordered: Vec<Group> = Vec::with_capacity(self.groups.len());
        let mut at = 0;
        for run in self.passages.chunk_by_mut(|one, next| {
            one.group == next.group && (one.group.is_some() || one.section == next.section)
        }) {
            let first = at;
            at += run.len();
            let (Some(start), Some(last)) = (run.first(), run.last()) else { continue };
            let made = match start.group {
                Some(group) => self.groups.get(group as usize).cloned(),
                None if run.len() > 1 && start.section.is_some() => Some(Group {
                    kind: GroupKind::Section,
                    span: start.span.cover(last.span),
                    lead_in: None,
                    first: u32::try_from(first).unwrap_or(u32::MAX),
                    end: u32::try_from(at).unwrap_or(u32::MAX),
                }),
                None => None,
            };
            let number = made.is_some().then(|| u32::try_from(ordered.len()).unwrap_or(u32::MAX));
            run.iter_mut().for_each(|passage| passage.group = number);
            ordered.extend(made);
        }
        (self.passages, ordered)
    }
}
