//! The document's own list of references and the places that cite it.

use serde::{Deserialize, Serialize};

use super::{Document, InvalidDocument, check_span};
use crate::text::Span;

/// Place of an entry in [`Document::bibliography`].
pub type EntryIndex = u32;

/// One entry of the list of references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BibliographyEntry {
    /// How the text refers to it, e.g. `5`.
    pub label: String,
    /// The entry without its label.
    pub span: Span,
    /// First web address in it.
    pub url: Option<String>,
    /// First digital object identifier in it, without `doi:` or a resolver's address.
    pub doi: Option<String>,
}

/// A place in the text that cites an entry: `[5]`, a superscript, a footnote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Where the mark stands.
    pub span: Span,
    /// The entry that it names.
    pub entry: EntryIndex,
}

pub(super) fn check(document: &Document) -> Result<(), InvalidDocument> {
    for (at, entry) in document.bibliography.iter().enumerate() {
        check_span(&document.text, "bibliography entry", at, entry.span)?;
    }
    for (at, mark) in document.marks.iter().enumerate() {
        check_span(&document.text, "citation mark", at, mark.span)?;
        if mark.entry as usize >= document.bibliography.len() {
            return Err(InvalidDocument::Dangling { part: "citation mark", at, target: "entry" });
        }
    }
    Ok(())
}
