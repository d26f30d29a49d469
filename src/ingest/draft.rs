//! What every parser hands over: the canonical text and a flat list of what stands in it.

use crate::document::Metadata;
use crate::text::Span;

/// A document before its structure is worked out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// What the format says outright. An empty title is filled in later.
    pub(crate) metadata: Metadata,
    /// The canonical text.
    pub(crate) text: String,
    /// In text order, without overlap.
    pub(crate) blocks: Vec<DraftBlock>,
    /// A date in the content that does not say what it is of, `YYYY-MM-DD`: counts where nothing else gives one.
    pub(crate) dated: Option<String>,
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
