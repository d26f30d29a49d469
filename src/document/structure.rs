//! Sections and blocks: how a document is laid out.

use serde::{Deserialize, Serialize};

use super::{Document, InvalidDocument, check_span};
use crate::text::Span;

/// Place of a section in [`Document::sections`].
pub type SectionIndex = u32;

/// A headed part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading's text, without markup, numbering of the markup, or a run-in heading's full stop.
    pub heading: Span,
    /// 1 for the outermost. A run-in heading of a list item is one deeper than the section it is in.
    pub level: u8,
    /// The section that this one lies in.
    pub parent: Option<SectionIndex>,
    /// From the heading to the end of what stands under it, subsections included.
    pub body: Span,
    /// Name for links within the document's page; unique in the document.
    pub anchor: String,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading, level 1 to 6. Its section's `heading` lies in it.
    Heading {
        /// 1 for the outermost.
        level: u8,
    },
    /// A paragraph. `depth` 1 or more: it continues the list item of that depth before it.
    Paragraph {
        /// 0 outside lists.
        depth: u8,
    },
    /// The first paragraph of a list item, without its bullet or number.
    ListItem {
        /// 1 for an outermost list.
        depth: u8,
        /// Whether the list is numbered.
        ordered: bool,
    },
    /// The header row of a table.
    TableHeader,
    /// A body row of a table.
    TableRow,
    /// Text whose line breaks count.
    Preformatted,
    /// An entry of the list of references.
    Reference,
    /// Recognised as not part of the content (navigation, subscription, privacy): never found, never
    /// quoted, not shown.
    Boilerplate,
}

impl BlockKind {
    /// Whether a block of this kind is part of what the document says: what is found and quoted.
    #[must_use]
    pub const fn is_content(self) -> bool {
        !matches!(self, Self::Reference | Self::Boilerplate)
    }
}

/// A stretch of text of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands, without surrounding white space.
    pub span: Span,
    /// The innermost section it stands in.
    pub section: Option<SectionIndex>,
}

pub(super) fn check(document: &Document) -> Result<(), InvalidDocument> {
    let text = &document.text;
    for (at, section) in document.sections.iter().enumerate() {
        check_span(text, "section", at, section.heading)?;
        check_span(text, "section", at, section.body)?;
        if section.parent.is_some_and(|parent| parent as usize >= at) {
            return Err(InvalidDocument::Dangling { part: "section", at, target: "parent" });
        }
    }
    let mut end = 0;
    for (at, block) in document.blocks.iter().enumerate() {
        check_span(text, "block", at, block.span)?;
        if block.span.start() < end {
            return Err(InvalidDocument::Order { part: "block", at });
        }
        if block.section.is_some_and(|section| section as usize >= document.sections.len()) {
            return Err(InvalidDocument::Dangling { part: "block", at, target: "section" });
        }
        end = block.span.end();
    }
    Ok(())
}
