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
pub mod sentence;
pub mod span;
pub mod spelling;
pub mod token;

pub use span::{LineIndex, Span};
