//! A part of a document, of a length that an assistant can take in.

use serde::Serialize;

use crate::document::Document;
use crate::protocol::{DocumentItem, ErrorCode, Problem, SectionBody};
use crate::text::Span;

/// How much is read when nobody says, and most that can be, in bytes.
const DEFAULT_BYTES: usize = 16 * 1024;
const MAX_BYTES: usize = 64 * 1024;

/// A part of a document's canonical text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Excerpt {
    #[serde(flatten)]
    item: DocumentItem,
    language: Option<String>,
    reviewed: Option<String>,
    pub(super) text: String,
    /// Where `text` lies, half-open.
    bytes: (usize, usize),
    total_bytes: usize,
    /// Where to read on.
    next: Option<usize>,
    /// The headed parts that begin in `text`.
    sections: Vec<SectionBody>,
}

impl Excerpt {
    /// The part of `document` from byte `from`, at most `length` bytes, both moved to where characters begin.
    ///
    /// # Errors
    /// `bad_request` where there is nothing.
    pub(super) fn of(
        document: &Document,
        from: Option<usize>,
        length: Option<usize>,
    ) -> Result<Self, Problem> {
        let length = length.unwrap_or(DEFAULT_BYTES);
        if !(4..=MAX_BYTES).contains(&length) {
            return Err(refused(format!("`length` must be 4 to {MAX_BYTES}")));
        }
        let (total_bytes, from) = (document.text.len(), from.unwrap_or(0));
        if from > total_bytes {
            return Err(refused(format!("`from` must be 0 to {total_bytes}")));
        }
        let start = document.text.floor_char_boundary(from);
        let end = document.text.floor_char_boundary(start.saturating_add(length));
        let begun = document.sections.iter().filter(|section| (start..end).contains(&section.body.start()));
        Ok(Self {
            item: DocumentItem::from(document),
            language: document.metadata.language.clone(),
            reviewed: document.metadata.reviewed.clone(),
            text: document.slice(Span::new(start, end)).to_owned(),
            bytes: (start, end),
            total_bytes,
            next: (end < total_bytes).then_some(end),
            sections: begun.map(|section| SectionBody::new(document, section)).collect(),
        })
    }
}

fn refused(detail: String) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail)
}
