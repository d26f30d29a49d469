//! The analyzer for passages and questions alike (a minimal stand-in).

use super::Span;

/// One term of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The folded, stemmed form.
    pub term: String,
    /// Where it stands in the text.
    pub span: Span,
    /// Its place in the order of terms, from 0.
    pub position: u32,
}

/// Turns text into terms.
#[derive(Debug, Clone)]
pub struct Analyzer;

impl Analyzer {
    /// Raised whenever the terms of any text change.
    pub const VERSION: u32 = 1;

    /// The analyzer for English.
    #[must_use]
    pub fn english() -> Self {
        Self
    }

    /// All terms of `text`.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.for_each(text, &mut |term, span, position| {
            tokens.push(Token { term: term.to_owned(), span, position });
        });
        tokens
    }

    /// Hands each term of `text` to `f`, with its place and position.
    pub fn for_each(&self, text: &str, f: &mut dyn FnMut(&str, Span, u32)) {
        let mut term = String::new();
        let mut position = 0;
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            if c.is_alphanumeric() {
                start.get_or_insert(at);
                term.extend(c.to_lowercase());
            } else if let Some(from) = start.take() {
                f(&term, Span::new(from, at), position);
                position += 1;
                term.clear();
            }
        }
    }
}
