//! What every parser hands over: the canonical text and a flat list of what stands in it.

use std::ops::Range;

use crate::document::Metadata;
use crate::text::Span;

/// Levels of headings, with one more for questions.
pub(crate) const LEVELS: u8 = 7;

/// A document before its structure is worked out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// What the format says outright. An empty title is filled in later.
    pub(crate) metadata: Metadata,
    /// The canonical text.
    pub(crate) text: String,
    /// In text order, without overlap.
    pub(crate) blocks: Vec<DraftBlock>,
    /// Where each page begins, in bytes of `text`: 0, then ascending; a page without text begins where the next one
    /// does. Empty for a format without pages.
    pub(crate) pages: Vec<usize>,
    /// A date in the content that does not say what it is of, `YYYY-MM-DD`: counts where nothing else gives one.
    pub(crate) dated: Option<String>,
    /// By where they begin, the outer before the inner; two either nest or do not touch.
    pub(crate) scopes: Vec<Scope>,
    /// For the report.
    pub(crate) notes: Vec<DraftNote>,
}

impl Draft {
    /// For each block the end of the innermost scope that it lies in, as a place in `blocks`.
    pub(crate) fn scope_ends(&self) -> Vec<usize> {
        let mut ends = vec![self.blocks.len(); self.blocks.len()];
        for scope in &self.scopes {
            if let Some(within) = ends.get_mut(scope.blocks.clone()) {
                within.fill(scope.blocks.end);
            }
        }
        ends
    }
}

/// Blocks that an element of the format holds together: the sections that begin in it end with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Places in [`Draft::blocks`]. Never empty.
    pub(crate) blocks: Range<usize>,
    /// Whether the first block heads the others, so that no heading among them ends its section.
    pub(crate) headed: bool,
}

/// Something about the document that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DraftNote {
    /// The line of the file, from 1, where it is of one.
    pub(crate) line: Option<usize>,
    /// What it is, and the remedy.
    pub(crate) detail: String,
}

/// A stretch of the canonical text as a parser saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DraftBlock {
    /// What it is.
    pub(crate) kind: DraftKind,
    /// Where it stands, without marker and surrounding white space.
    pub(crate) span: Span,
    /// For a list item with a run-in heading ("Blood tests. Blood tests may ..."): the heading, a prefix
    /// of `span` without its closing punctuation.
    pub(crate) run_in: Option<Span>,
}

/// Kinds of stretches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DraftKind {
    /// A heading; `span` is its text.
    Heading {
        /// 1 for the outermost.
        level: u8,
    },
    /// A paragraph; `depth` 1 or more continues the list item of that depth before it.
    Paragraph {
        /// 0 outside lists.
        depth: u8,
    },
    /// The first paragraph of a list item.
    Item {
        /// 1 for an outermost list.
        depth: u8,
        /// The number or letter of a numbered item, e.g. `5`; `None` for a bullet.
        label: Option<String>,
    },
    /// The header row of a table.
    TableHeader,
    /// A body row of a table.
    TableRow,
    /// Text whose line breaks count.
    Preformatted,
    /// A question whose answer follows.
    Question,
    /// The text of a footnote or reference that the format itself marks as one.
    Note {
        /// How the text refers to it.
        label: String,
    },
    /// Marked by the format as not content (an HTML `nav`, say); the reason for the report.
    Boilerplate {
        /// Name of the pattern for the report.
        pattern: String,
    },
}

impl DraftKind {
    /// Level of a heading or question, 1 to [`LEVELS`]; `None` for anything else.
    pub(crate) fn heading_level(&self) -> Option<u8> {
        match self {
            Self::Heading { level } => Some((*level).clamp(1, LEVELS - 1)),
            Self::Question => Some(LEVELS),
            _ => None,
        }
    }

    /// Whether it is an item of a list, or a paragraph that continues one.
    pub(crate) fn is_in_list(&self) -> bool {
        matches!(self, Self::Item { .. } | Self::Paragraph { depth: 1.. })
    }
}

/// Every block as kind, text and run-in heading, as tests compare them.
#[cfg(test)]
pub(crate) fn shown(draft: &Draft) -> Vec<String> {
    let show = |block: &DraftBlock| {
        let part = |span: Span| span.slice(&draft.text).unwrap();
        let run_in = block.run_in.map(|run_in| format!(" <{}>", part(run_in))).unwrap_or_default();
        let kind = match &block.kind {
            DraftKind::Heading { level } => format!("h{level}"),
            DraftKind::Paragraph { depth } => format!("p{depth}"),
            DraftKind::Item { depth, label } => format!("i{depth}{}", label.as_deref().unwrap_or("-")),
            DraftKind::TableHeader => "th".to_owned(),
            DraftKind::TableRow => "tr".to_owned(),
            DraftKind::Preformatted => "pre".to_owned(),
            DraftKind::Question => "q".to_owned(),
            DraftKind::Note { label } => format!("n{label}"),
            DraftKind::Boilerplate { pattern } => format!("x {pattern}"),
        };
        format!("{kind}|{}{run_in}", part(block.span))
    };
    draft.blocks.iter().map(show).collect()
}

/// The first block that begins before another ends, is empty or no slice of the text, or whose run-in heading lies
/// outside it. No source may make one.
#[cfg(test)]
pub(crate) fn misplaced(draft: &Draft) -> Option<&DraftBlock> {
    let mut end = 0;
    draft.blocks.iter().find(|block| {
        let ascends = block.span.start() >= end;
        end = block.span.end();
        let is_slice = !block.span.is_empty() && block.span.slice(&draft.text).is_some();
        !(ascends && is_slice && block.run_in.is_none_or(|run_in| block.span.contains(run_in)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_has_a_level_within_bounds_and_a_question_the_deepest() {
        let levels = [0, 1, 6, 7, u8::MAX].map(|level| DraftKind::Heading { level }.heading_level());
        assert_eq!(levels, [1, 1, 6, 6, 6].map(Some));
        assert_eq!(DraftKind::Question.heading_level(), Some(LEVELS));
        assert_eq!(DraftKind::TableHeader.heading_level(), None);
    }

    #[test]
    fn what_continues_an_item_is_in_the_list() {
        assert!(DraftKind::Item { depth: 1, label: None }.is_in_list());
        assert!(DraftKind::Paragraph { depth: 1 }.is_in_list());
        assert!(!DraftKind::Paragraph { depth: 0 }.is_in_list() && !DraftKind::TableRow.is_in_list());
    }
}
