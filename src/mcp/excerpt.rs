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
    /// Page on which it begins, for a format with pages, and page on which it ends, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_page: Option<u32>,
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
        let pages = document.pages_of(Span::new(start, end));
        Ok(Self {
            item: DocumentItem::from(document),
            language: document.metadata.language.clone(),
            reviewed: document.metadata.reviewed.clone(),
            text: document.slice(Span::new(start, end)).to_owned(),
            bytes: (start, end),
            page: pages.map(|(first, _)| first),
            last_page: pages.filter(|(first, last)| first < last).map(|(_, last)| last),
            total_bytes,
            next: (end < total_bytes).then_some(end),
            sections: begun.map(|section| SectionBody::new(document, section)).collect(),
        })
    }
}

fn refused(detail: String) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocumentId, Format};
    use crate::ingest::{IngestConfig, parse_bytes};

    #[test]
    fn a_part_names_the_pages_that_it_is_of() {
        let text = "# Kilns\n\nThe kiln cools for a day.\n\nThen it is opened.\n";
        let id = DocumentId::new("kilns.md").unwrap();
        let parsed = parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default());
        let mut document = parsed.unwrap().remove(0);
        let pages = |document: &Document, from: usize, length: usize| {
            let part = Excerpt::of(document, Some(from), Some(length)).unwrap();
            (part.page, part.last_page)
        };
        assert_eq!(pages(&document, 0, 64), (None, None));
        let second = text.find("Then").unwrap();
        document.pages = vec![0, second];
        assert_eq!(pages(&document, 0, 64), (Some(1), Some(2)));
        assert_eq!(pages(&document, 0, second), (Some(1), None));
        assert_eq!(pages(&document, second, 8), (Some(2), None));
    }
}
