//! Pure functions over `&str`: byte ranges, folding, escaping, tokens, sentences, languages, the lexicon, spelling.
//!
//! Nothing here knows of documents, files or indexes. Every position is a byte offset into the text
//! that was passed in, and every function is total: any string in, no panic.

pub mod brackets;
pub mod definition;
pub mod html;
pub mod language;
pub mod lexicon;
pub mod normalize;
pub(crate) mod pattern;
pub mod sentence;
pub mod span;
pub mod spelling;
pub mod token;

pub use span::{LineIndex, Span};

/// Those of `words` that stand before them, too.
#[cfg(test)]
pub(crate) fn repeated<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<&'w str> {
    let mut seen = std::collections::HashSet::new();
    words.into_iter().filter(|word| !seen.insert(*word)).collect()
}
