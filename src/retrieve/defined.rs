//! Abbreviations that the documents define themselves: "a short form (SF)". A question may say either.

use std::collections::HashMap;

use crate::text::lexicon::{Alternative, Expansion, Lexicon};
use crate::text::token::{Analyzer, Token};

/// What a short form fills of its long one, and the other way round.
const WEIGHT: f32 = 0.95;
/// Longest long form, in words.
const MAX_WORDS: usize = 8;

/// Short and long forms, as terms.
#[derive(Debug, Clone, Default)]
pub struct Defined {
    pairs: Vec<Pair>,
    by_short: HashMap<String, Vec<usize>>,
    /// By the first term of the long form.
    by_long: HashMap<String, Vec<usize>>,
}

#[derive(Debug, Clone)]
struct Pair {
    short: (String, String),
    long: (Vec<String>, String),
}

impl Defined {
    /// Takes pairs of a short and a long form as the documents write them. A short form that `lexicon` does not know as one
    /// and that is an everyday word, or an inflection of one, stands for nothing else: "ten days" is no TENS.
    pub fn new<'w>(
        pairs: impl IntoIterator<Item = (&'w str, &'w str)>,
        lexicon: &Lexicon,
        analyzer: &Analyzer,
    ) -> Self {
        let mut defined = Self::default();
        for (short, long) in pairs {
            let terms: Vec<String> = analyzer.tokens(long).into_iter().map(|token| token.term).collect();
            let tokens = analyzer.tokens(short);
            let is_known = !lexicon.expand(&tokens).is_empty();
            let mut tokens = tokens.into_iter();
            let (Some(first), None) = (tokens.next(), tokens.next()) else { continue };
            let is_everyday =
                [first.term.as_str(), &short.to_lowercase()].map(|word| lexicon.is_everyday(word));
            if terms.is_empty() || terms.len() > MAX_WORDS {
                continue;
            }
            let at = defined.pairs.len();
            if is_known || is_everyday == [false, false] {
                defined.by_short.entry(first.term.clone()).or_default().push(at);
            }
            defined.by_long.entry(terms.first().cloned().unwrap_or_default()).or_default().push(at);
            defined
                .pairs
                .push(Pair { short: (first.term, short.to_owned()), long: (terms, long.to_owned()) });
        }
        defined
    }

    /// Where `tokens` hold a short or a long form, with the other.
    #[must_use]
    pub fn expand(&self, tokens: &[Token]) -> Vec<Expansion> {
        let mut found = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let shorts = self.by_short.get(&token.term).into_iter().flatten();
            for pair in shorts.filter_map(|&pair| self.pairs.get(pair)) {
                let (terms, text) = pair.long.clone();
                let alternatives = vec![Alternative { terms, weight: WEIGHT, text }];
                found.push(Expansion { tokens: at..at + 1, alternatives });
            }
            let longs = self.by_long.get(&token.term).into_iter().flatten();
            for pair in longs.filter_map(|&pair| self.pairs.get(pair)) {
                let (terms, _) = &pair.long;
                let said = tokens.get(at..at + terms.len());
                if said.is_some_and(|said| said.iter().map(|token| &token.term).eq(terms)) {
                    let (term, text) = pair.short.clone();
                    let alternatives = vec![Alternative { terms: vec![term], weight: WEIGHT, text }];
                    found.push(Expansion { tokens: at..at + terms.len(), alternatives });
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_form_stands_for_the_other() {
        let analyzer = Analyzer::english();
        let lexicon = Lexicon::shipped(&analyzer);
        let defined = Defined::new([("PWB", "partial weight bearing")], &lexicon, &analyzer);
        let short = defined.expand(&analyzer.tokens("when does pwb end"));
        assert_eq!((short[0].tokens.clone(), short[0].alternatives[0].terms.len()), (2..3, 3));
        let long = defined.expand(&analyzer.tokens("is partial weight-bearing painful"));
        assert_eq!((long[0].tokens.clone(), long[0].alternatives[0].text.as_str()), (1..4, "PWB"));
        assert!(defined.expand(&analyzer.tokens("partial payment")).is_empty());
    }

    #[test]
    fn an_everyday_word_is_no_short_form() {
        let analyzer = Analyzer::english();
        let lexicon = Lexicon::shipped(&analyzer);
        let pairs = [("TENS", "transcutaneous nerve stimulation"), ("MRI", "magnetic resonance imaging")];
        let defined = Defined::new(pairs, &lexicon, &analyzer);
        let expand = |question: &str| defined.expand(&analyzer.tokens(question));
        assert!(expand("can I bathe ten days after").is_empty());
        assert_eq!(expand("is transcutaneous nerve stimulation painful").len(), 1);
        assert_eq!(expand("how long is the mri").len(), 1);
    }
}
