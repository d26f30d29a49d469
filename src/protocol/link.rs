//! Addresses of documents and of places in them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::text::Span;

/// What stands for itself in an address: RFC 3986 unreserved characters, and `/` between the parts of an id.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
/// The same for a value in the query, where a `:` does no harm.
const KEPT_IN_QUERY: &AsciiSet = &KEPT.remove(b':');

/// The path of a document's readable page.
fn document_path(id: &str) -> String {
    format!("/documents/{}", utf8_percent_encode(id, KEPT))
}

/// The address of the place `span` in `revision` of a document: its page, which marks the place and scrolls
/// to it.
#[must_use]
pub fn document_address(id: &str, revision: &str, span: Span) -> String {
    let (start, end) = (span.start(), span.end());
    let revision = utf8_percent_encode(revision, KEPT_IN_QUERY);
    format!("{}?rev={revision}&mark={start}-{end}#b{start}-{end}", document_path(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_encoded_but_for_their_slashes() {
        assert_eq!(document_path("a b/ü.jsonl#4?x"), "/documents/a%20b/%C3%BC.jsonl%234%3Fx");
    }

    #[test]
    fn an_address_names_revision_and_place() {
        let address = document_address("p.md", "sha256:ab", Span::new(5120, 5226));
        assert_eq!(address, "/documents/p.md?rev=sha256:ab&mark=5120-5226#b5120-5226");
    }
}
