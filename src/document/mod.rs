//! The model of a document: plain data with checked constructors.
//!
//! A [`Document`] owns its canonical text; everything else in it ([`Section`], [`Block`], [`Passage`],
//! [`Group`], [`BibliographyEntry`]) points into that text by [`Span`] and holds no copy. For plain text
//! and Markdown the canonical text is the file itself; for other formats it is the extracted text.

mod bibliography;
mod id;
mod page;
mod passage;
mod revision;
mod structure;

use serde::{Deserialize, Serialize};

pub use bibliography::{BibliographyEntry, EntryIndex, Mark};
pub use id::{DocumentId, InvalidDocumentId};
pub use passage::{Group, GroupKind, Passage, PassageKind};
pub use revision::{Revision, hash_file, sha256_hex};
pub use structure::{Block, BlockKind, Section, SectionIndex};

use crate::text::Span;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Plain text; structure recognised from the layout.
    PlainText,
    /// Markdown with optional front matter.
    Markdown,
    /// HTML; the canonical text is what was extracted from the main content.
    Html,
    /// One record of a JSON lines file; the canonical text is its `text` member.
    JsonLines,
    /// A Word document (`.docx`); the canonical text is what was extracted from its paragraphs and tables.
    #[serde(rename = "docx")]
    Word,
    /// A PDF file; the canonical text is what was extracted from its pages.
    Pdf,
}

/// What a document says about itself, apart from its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Title for people. Never empty in a [`Document`].
    pub title: String,
    /// The question that the whole document answers, where it names one.
    pub question: Option<String>,
    /// Where the document is published.
    pub url: Option<String>,
    /// BCP 47 tag of the language, e.g. `en`.
    pub language: Option<String>,
    /// Date of review or publication as the document gives it, `YYYY-MM-DD` where it could be read.
    pub reviewed: Option<String>,
}

/// A document as served: canonical text and the structure that points into it.
///
/// Built by [`Document::new`], which checks every span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Corpus-relative path, for a JSON lines record with `#` and its `_id`.
    pub id: DocumentId,
    /// Format it was read from.
    pub format: Format,
    /// Hash of the source: of the file, or of the line for JSON lines.
    pub revision: Revision,
    /// Title, address, language, date.
    pub metadata: Metadata,
    /// The canonical text that every span points into.
    pub text: String,
    /// Headed parts in text order; a child lies within its parent.
    pub sections: Vec<Section>,
    /// Everything to be shown, in text order, without overlap.
    pub blocks: Vec<Block>,
    /// What can be found, in text order, without overlap.
    pub passages: Vec<Passage>,
    /// Lists, tables and short sections that can be quoted whole.
    pub groups: Vec<Group>,
    /// The document's own list of references.
    pub bibliography: Vec<BibliographyEntry>,
    /// Where the text cites an entry of [`Document::bibliography`], in text order.
    pub marks: Vec<Mark>,
    /// Where each page begins, in bytes of the text: 0, then ascending; a page without text begins where the next
    /// one does. Empty for a format without pages.
    pub pages: Vec<usize>,
}

/// A document whose parts do not fit its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDocument {
    /// A span is out of bounds or cuts a character.
    #[error("{part} {at} points at bytes {}..{} outside the text", span.start(), span.end())]
    Span {
        /// Which list the part stands in.
        part: &'static str,
        /// Its place in that list.
        at: usize,
        /// The bad range.
        span: Span,
    },
    /// Two neighbours overlap or stand in the wrong order.
    #[error("{part} {at} begins before its predecessor ends")]
    Order {
        /// Which list the part stands in.
        part: &'static str,
        /// Its place in that list.
        at: usize,
    },
    /// An index points past the end of its list.
    #[error("{part} {at} names a {target} that does not exist")]
    Dangling {
        /// Which list the part stands in.
        part: &'static str,
        /// Its place in that list.
        at: usize,
        /// What was named.
        target: &'static str,
    },
    /// The beginnings of pages do not divide the text.
    #[error("page {number} does not begin where a page can")]
    Page {
        /// Which page, from 1.
        number: usize,
    },
}

impl Document {
    /// Checks that every span of `document` lies in its text, that blocks and passages ascend without
    /// overlap, that every index names something, and that pages divide the text.
    ///
    /// # Errors
    /// The first part that does not fit.
    pub fn new(document: Self) -> Result<Self, InvalidDocument> {
        structure::check(&document)?;
        passage::check(&document)?;
        bibliography::check(&document)?;
        page::check(&document)?;
        Ok(document)
    }

    /// The slice of the canonical text. Empty for a span that is not of this document.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        span.slice(&self.text).unwrap_or_default()
    }

    /// The headings from the outermost to `section`'s own, as they stand in the text.
    #[must_use]
    pub fn section_path(&self, section: Option<SectionIndex>) -> Vec<&str> {
        let mut path = Vec::new();
        let mut next = section;
        while let Some(at) = next {
            let Some(section) = self.sections.get(at as usize) else { break };
            path.push(self.slice(section.heading));
            next = section.parent.filter(|&parent| parent < at);
        }
        path.reverse();
        path
    }
}

fn check_span(text: &str, part: &'static str, at: usize, span: Span) -> Result<(), InvalidDocument> {
    match span.slice(text) {
        Some(_) => Ok(()),
        None => Err(InvalidDocument::Span { part, at, span }),
    }
}
