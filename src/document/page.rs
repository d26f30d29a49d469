//! Pages, of formats that have them.

use super::{Document, InvalidDocument};
use crate::text::Span;

impl Document {
    /// The number of the page, from 1, that holds byte `offset` of the text; `None` for a format without pages.
    /// Of pages without text that begin there it is the last one, which has the byte.
    #[must_use]
    pub fn page_at(&self, offset: usize) -> Option<u32> {
        let begun = self.pages.partition_point(|&start| start <= offset);
        u32::try_from(begun).ok().filter(|&number| number > 0)
    }

    /// First and last page, from 1, that `span` touches; `None` for a format without pages. An empty range touches
    /// one page.
    #[must_use]
    pub fn pages_of(&self, span: Span) -> Option<(u32, u32)> {
        let last = if span.is_empty() { span.start() } else { span.end() - 1 };
        self.page_at(span.start()).zip(self.page_at(last))
    }
}

pub(super) fn check(document: &Document) -> Result<(), InvalidDocument> {
    let mut before = 0;
    for (at, &start) in document.pages.iter().enumerate() {
        let is_first = at == 0;
        if (is_first && start != 0) || start < before || !document.text.is_char_boundary(start) {
            return Err(InvalidDocument::Page { number: at + 1 });
        }
        before = start;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocumentId, Format, Metadata, Revision};

    fn paged(text: &str, pages: &[usize]) -> Result<Document, InvalidDocument> {
        Document::new(Document {
            id: DocumentId::new("a.txt").unwrap(),
            format: Format::PlainText,
            revision: Revision::of(text.as_bytes()),
            metadata: Metadata::default(),
            text: text.to_owned(),
            sections: Vec::new(),
            blocks: Vec::new(),
            passages: Vec::new(),
            groups: Vec::new(),
            bibliography: Vec::new(),
            marks: Vec::new(),
            pages: pages.to_vec(),
        })
    }

    #[test]
    fn a_byte_is_on_the_last_page_that_begins_before_it() {
        // The third page has no text, the fifth none either.
        let document = paged("one\ntwo\nfour", &[0, 4, 8, 8, 12]).unwrap();
        let pages = [0, 3, 4, 7, 8, 11].map(|offset| document.page_at(offset));
        assert_eq!(pages, [1, 1, 2, 2, 4, 4].map(Some));
        assert_eq!(document.pages_of(Span::new(0, 4)), Some((1, 1)));
        assert_eq!(document.pages_of(Span::new(0, 5)), Some((1, 2)));
        assert_eq!(document.pages_of(Span::new(5, 12)), Some((2, 4)));
        assert_eq!(document.pages_of(Span::new(4, 4)), Some((2, 2)));
    }

    #[test]
    fn a_document_without_pages_has_none() {
        let document = paged("one", &[]).unwrap();
        assert_eq!((document.page_at(0), document.pages_of(Span::new(0, 3))), (None, None));
    }

    #[test]
    fn pages_divide_the_text() {
        for (pages, number) in [(vec![1], 1), (vec![0, 3, 2], 3), (vec![0, 1], 2), (vec![0, 6], 2)] {
            let refused = paged("\u{e9}t\u{e9}", &pages).map(|_| ());
            assert_eq!(refused, Err(InvalidDocument::Page { number }), "{pages:?}");
        }
        assert!(paged("", &[0, 0]).is_ok());
    }
}
