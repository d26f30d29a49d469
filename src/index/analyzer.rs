//! Hands the analyzer's terms to tantivy without an allocation a term.
//!
//! Tantivy pulls tokens from a stream, the analyzer pushes them; so the terms of one text are laid end
//! to end in a buffer that the next text uses again.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text::Span;
use crate::text::token::Analyzer;

/// Name under which the schema knows the analyzer.
pub(super) const NAME: &str = "ibid";

/// The analyzer as a tantivy tokenizer.
#[derive(Clone)]
pub(super) struct AnalyzerAdapter {
    analyzer: Analyzer,
    terms: Terms,
    token: Token,
}

/// The terms of one text.
#[derive(Clone, Default)]
struct Terms {
    text: String,
    marks: Vec<TermMark>,
}

#[derive(Clone)]
struct TermMark {
    /// Where the term ends in [`Terms::text`]; it begins where the one before it ends.
    end: usize,
    span: Span,
    position: u32,
}

impl AnalyzerAdapter {
    pub(super) fn new(analyzer: Analyzer) -> Self {
        Self { analyzer, terms: Terms::default(), token: Token::default() }
    }
}

impl Tokenizer for AnalyzerAdapter {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        let terms = &mut self.terms;
        terms.text.clear();
        terms.marks.clear();
        self.analyzer.for_each(text, &mut |term, span, position| {
            terms.text.push_str(term);
            terms.marks.push(TermMark { end: terms.text.len(), span, position });
        });
        self.token.reset();
        TermStream { text: &terms.text, marks: terms.marks.iter(), start: 0, token: &mut self.token }
    }
}

/// The stream over one text's terms.
pub(super) struct TermStream<'a> {
    text: &'a str,
    marks: std::slice::Iter<'a, TermMark>,
    start: usize,
    token: &'a mut Token,
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(mark) = self.marks.next() else { return false };
        self.token.text.clear();
        self.token.text.push_str(self.text.get(self.start..mark.end).unwrap_or_default());
        self.token.offset_from = mark.span.start();
        self.token.offset_to = mark.span.end();
        self.token.position = mark.position as usize;
        self.start = mark.end;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_gives_exactly_the_analyzers_terms() {
        let analyzer = Analyzer::english();
        let mut adapter = AnalyzerAdapter::new(analyzer.clone());
        for text in ["", "One two.", "Élan vital — x1, y2", "short"] {
            let mut stream = adapter.token_stream(text);
            let mut streamed = Vec::new();
            stream.process(&mut |token| {
                streamed.push((token.text.clone(), token.offset_from, token.offset_to, token.position));
            });
            let direct = analyzer.tokens(text).into_iter();
            let direct = direct.map(|t| (t.term, t.span.start(), t.span.end(), t.position as usize));
            assert_eq!(streamed, direct.collect::<Vec<_>>());
        }
    }
}
