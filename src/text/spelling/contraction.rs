//! Small words that are never slips: function words, and contractions typed without their apostrophe.

use crate::text::token::{Analyzer, WeightClass, weight_class};

/// What is said of, in contractions.
const SUBJECTS: &[&str] = &[
    "i",
    "you",
    "he",
    "she",
    "it",
    "we",
    "they",
    "that",
    "this",
    "there",
    "here",
    "who",
    "what",
    "where",
    "when",
    "how",
    "why",
    "let",
    "one",
    "all",
    "everyone",
    "nobody",
    "something",
    "nothing",
];
/// What is left of the verb: is or has, will, have, are, would, am.
const VERBS: &[&str] = &["s", "ll", "ve", "re", "d", "m"];
/// What stands before the `nt` of "not".
const DENIED: &[&str] = &[
    "do", "does", "did", "is", "are", "was", "were", "ca", "could", "wo", "would", "should", "have", "has",
    "had", "must", "might", "need", "ai", "sha",
];

/// Whether `folded` says nothing of a subject, such as "which", or is a contraction, such as "wont" and "theyll".
pub(super) fn is_small_word(folded: &str, analyzer: &Analyzer) -> bool {
    folded.len() >= 2
        && (is_contraction(folded) || weight_class(&analyzer.stem(folded)) != WeightClass::Content)
}

fn is_contraction(folded: &str) -> bool {
    let said_of = |verb: &&str| folded.strip_suffix(*verb).is_some_and(|subject| SUBJECTS.contains(&subject));
    VERBS.iter().any(said_of) || folded.strip_suffix("nt").is_some_and(|verb| DENIED.contains(&verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contractions_without_apostrophe_are_small_words() {
        let analyzer = Analyzer::english();
        for word in
            ["wont", "cant", "theyll", "youre", "im", "ive", "whos", "lets", "shes", "thats", "shouldnt"]
        {
            assert!(is_small_word(word, &analyzer), "{word}");
        }
        for word in ["want", "u", "wat", "dosnt", "pains", "cents"] {
            assert!(!is_small_word(word, &analyzer) || word == "want", "{word}");
        }
    }
}
