//! Finds the terms of the lexicon in a question: the longest first, no word read twice.

use std::collections::HashMap;

use super::parse::Term;
use super::{Alternative, Expansion};
use crate::text::token::Token;

/// Most words that `..` stands for.
pub(super) const MAX_GAP: usize = 2;

/// Terms by their first word.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    by_first: HashMap<String, Vec<Pattern>>,
}

#[derive(Debug)]
struct Pattern {
    words: Vec<String>,
    gap_before: Vec<bool>,
    alternatives: Vec<Alternative>,
}

/// A pattern and the places of its words.
struct Match<'p> {
    pattern: &'p Pattern,
    places: Vec<usize>,
}

impl Patterns {
    pub(super) fn new(terms: Vec<(Term, Vec<Alternative>)>) -> Self {
        let mut by_first: HashMap<String, Vec<Pattern>> = HashMap::new();
        for (Term { words, gap_before, .. }, alternatives) in terms {
            if let Some(first) = words.first() {
                let pattern = Pattern { words: words.clone(), gap_before, alternatives };
                by_first.entry(first.clone()).or_default().push(pattern);
            }
        }
        Self { by_first }
    }

    pub(super) fn expand(&self, tokens: &[Token]) -> Vec<Expansion> {
        let mut matches = Vec::new();
        for (start, token) in tokens.iter().enumerate() {
            let patterns = self.by_first.get(&token.term).into_iter().flatten();
            matches.extend(patterns.filter_map(|pattern| pattern.read(tokens, start)));
        }
        // Stable: among terms of the same length the one that begins first.
        matches.sort_by_key(|found| std::cmp::Reverse(found.places.len()));
        let mut read = vec![false; tokens.len()];
        let mut expansions = Vec::new();
        for Match { pattern, places } in matches {
            if places.iter().any(|&at| read.get(at).copied().unwrap_or(true)) {
                continue;
            }
            for &at in &places {
                if let Some(read) = read.get_mut(at) {
                    *read = true;
                }
            }
            if let (Some(&first), Some(&last)) = (places.first(), places.last()) {
                expansions
                    .push(Expansion { tokens: first..last + 1, alternatives: pattern.alternatives.clone() });
            }
        }
        expansions.sort_by_key(|expansion| (expansion.tokens.start, expansion.tokens.end));
        expansions
    }
}

impl Pattern {
    /// Where the words stand when the first is at `start`; each as near to the one before as can be.
    fn read(&self, tokens: &[Token], start: usize) -> Option<Match<'_>> {
        let mut places = vec![start];
        let mut next = start + 1;
        for (word, &gap) in self.words.iter().zip(&self.gap_before).skip(1) {
            let reach = if gap { MAX_GAP + 1 } else { 1 };
            let ahead = tokens.iter().enumerate().skip(next).take(reach);
            let (at, _) = ahead.into_iter().find(|(_, token)| token.term == *word)?;
            places.push(at);
            next = at + 1;
        }
        Some(Match { pattern: self, places })
    }
}
