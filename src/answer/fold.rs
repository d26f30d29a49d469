//! Folding of near-duplicates: the same thing is not quoted twice.

use std::collections::HashSet;

use crate::text::token::Analyzer;

/// Two quotes are the same when they share at least this much of their words (Jaccard index).
const SAME: f64 = 0.8;

/// The distinct terms of the quotes taken so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    quotes: Vec<HashSet<String>>,
}

impl Seen {
    /// Takes `quote` unless nearly the same one was taken before; says whether it was taken.
    pub(super) fn take(&mut self, analyzer: &Analyzer, quote: &str) -> bool {
        let mut terms = HashSet::new();
        analyzer.for_each(quote, &mut |term, _, _| {
            if !terms.contains(term) {
                terms.insert(term.to_owned());
            }
        });
        if self.quotes.iter().any(|known| jaccard(known, &terms) >= SAME) {
            return false;
        }
        self.quotes.push(terms);
        true
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of words in a quote")]
fn jaccard(a: &HashSet<String>, b: &HashSet<String>) -> f64 {
    let shared = a.intersection(b).count();
    let all = a.len() + b.len() - shared;
    if all == 0 { 1.0 } else { shared as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_taken_once() {
        let analyzer = Analyzer::english();
        let mut seen = Seen::default();
        assert!(seen.take(&analyzer, "Drink two glasses of water before the scan."));
        assert!(!seen.take(&analyzer, "Drink two glasses of water before the scan !"));
        assert!(seen.take(&analyzer, "Eat nothing before the scan."));
    }
}
