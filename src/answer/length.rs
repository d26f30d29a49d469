//! How long a quote is, in words.
//!
//! Words are what stands between white space. One of more than [`WORD_BYTES`] bytes counts as several, so
//! that a language written without spaces, or a file without them, is bounded as well.

use crate::document::Document;
use crate::text::Span;

/// Bytes of one word at most.
const WORD_BYTES: usize = 40;

/// Number of words of `span`. Reads all of it.
pub(super) fn words(document: &Document, span: Span) -> usize {
    document.slice(span).split_whitespace().map(measure).sum()
}

/// Whether `span` has at most `max_words` words. Reads no further than it must.
pub(super) fn fits(document: &Document, span: Span, max_words: usize) -> bool {
    let mut count = 0;
    document.slice(span).split_whitespace().all(|word| {
        count += measure(word);
        count <= max_words
    })
}

/// As much of the beginning of `span` as is whole words and at most `max_words` of them, for a sentence
/// that is longer than a quote may be. None where the first word is too long, or `span` is blank.
pub(super) fn shorten(document: &Document, span: Span, max_words: usize) -> Option<Span> {
    let text = document.slice(span);
    let mut count = 0;
    let mut end = None;
    for word in text.split_whitespace() {
        count += measure(word);
        if count > max_words {
            break;
        }
        end = Some(word.as_ptr() as usize - text.as_ptr() as usize + word.len());
    }
    end.map(|end| Span::new(span.start(), span.start() + end))
}

fn measure(word: &str) -> usize {
    word.len().div_ceil(WORD_BYTES)
}
