//! Which words mean the same: lay and clinical terms, abbreviations, names of drugs.
//!
//! The files stand in `lexicon/` at the top of the project and are compiled in; an operator adds files of the
//! same format by `[lexicon] additions`. [`Lexicon::expand`] tells what could stand in a document for the words
//! of a question; whether it does, and what it then counts, is for `retrieve` to decide. The lexicon also knows
//! words, which `spelling` leaves alone.

mod error;
mod graph;
mod matching;
mod parse;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

pub use error::{Fault, LexiconErrors, LexiconProblem};

use self::graph::Graph;
use self::matching::Patterns;
use self::words::WordLists;
use crate::text::token::{Analyzer, Token};

/// The shipped files.
const SHIPPED: [(Kind, &str, &str); 3] = [
    (Kind::Terms, "terms.txt", include_str!("../../../lexicon/terms.txt")),
    (Kind::Abbreviations, "abbreviations.txt", include_str!("../../../lexicon/abbreviations.txt")),
    (Kind::Drugs, "drugs.txt", include_str!("../../../lexicon/drugs.txt")),
];
const COMMON_WORDS: [&str; 2] =
    [include_str!("../../../lexicon/common-words.txt"), include_str!("../../../lexicon/right-words.txt")];
const CHAT_SPELLINGS: &str = include_str!("../../../lexicon/chat-spellings.txt");

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Terms,
    /// Several terms on the right are several meanings; an everyday word on the left is refused.
    Abbreviations,
    /// Every term is a name.
    Drugs,
}

/// Settings for words: `[lexicon]` in the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LexiconConfig {
    /// Files with more terms, in the format of `lexicon/terms.txt`; relative to the working directory.
    pub additions: Vec<PathBuf>,
}

/// What could stand for some words of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// The words that were read, as places in the tokens that were passed in. Where the term leaves words out
    /// (`take .. out`) they are in the range.
    pub tokens: Range<usize>,
    /// What could stand for them, heaviest first; never empty.
    pub alternatives: Vec<Alternative>,
}

/// A term that could stand for another.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Its one to four words, analyzed, in order.
    pub terms: Vec<String>,
    /// How much it counts against the words themselves, above 0 and below 1.
    pub weight: f32,
    /// As it stands in the lexicon.
    pub text: String,
}

/// The lexicon. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lexicon {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    patterns: Patterns,
    words: WordLists,
    /// Words of drugs and of classes of drugs, as the analyzer gives them.
    drugs: HashSet<Vec<String>>,
    /// Words of treatments that are had and not taken, as the analyzer gives them.
    therapies: HashSet<Vec<String>>,
}

impl Lexicon {
    /// The lexicon as compiled in. It is read once in the life of the program.
    #[must_use]
    pub fn shipped(analyzer: &Analyzer) -> Self {
        static SHIPPED_LEXICON: OnceLock<Lexicon> = OnceLock::new();
        // A test reads the shipped files without a problem; were there one, its line would be left out.
        SHIPPED_LEXICON.get_or_init(|| Self::read(analyzer, &[]).0).clone()
    }

    /// The shipped lexicon and files of the operator, each with its name for messages and its text. Where they
    /// speak of the same pair of terms the later one counts.
    ///
    /// # Errors
    /// All problems at once.
    pub fn with_additions(
        analyzer: &Analyzer,
        additions: &[(String, String)],
    ) -> Result<Self, LexiconErrors> {
        let (lexicon, problems) = Self::read(analyzer, additions);
        if problems.is_empty() { Ok(lexicon) } else { Err(LexiconErrors { problems }) }
    }

    fn read(analyzer: &Analyzer, additions: &[(String, String)]) -> (Self, Vec<LexiconProblem>) {
        let added = additions.iter().map(|(name, text)| (Kind::Terms, name.as_str(), text.as_str()));
        let mut words = WordLists::new(COMMON_WORDS, CHAT_SPELLINGS);
        let (mut graph, mut problems) = (Graph::default(), Vec::new());
        for (kind, file, text) in SHIPPED.into_iter().chain(added) {
            let mut entries = parse::entries(analyzer, file, text, &mut problems);
            if kind == Kind::Abbreviations {
                let everyday = &words.common;
                entries = parse::without_everyday_words(analyzer, everyday, file, entries, &mut problems);
            }
            graph.add(kind, file, &entries, &mut problems);
        }
        problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        words.add(graph.terms());
        let (drugs, therapies) = (graph.drugs(), graph.therapies());
        let patterns = Patterns::new(graph.alternatives());
        (Self { inner: Arc::new(Inner { patterns, words, drugs, therapies }) }, problems)
    }

    /// What could stand for words of a question whose tokens, in order, are `tokens`.
    ///
    /// Where terms overlap the one of the most words is read, then the one that begins first; no word is read
    /// twice, but words left out by a term may be read by others. In the order of the question.
    #[must_use]
    pub fn expand(&self, tokens: &[Token]) -> Vec<Expansion> {
        self.inner.patterns.expand(tokens)
    }

    /// Where `tokens` name drugs or classes of drugs, in order: at each word the longest, and none within another.
    #[must_use]
    pub fn drugs(&self, tokens: &[Token]) -> Vec<Range<usize>> {
        longest_of(&self.inner.drugs, tokens)
    }

    /// Where `tokens` name treatments that are had and not taken, such as chemotherapy, though some are counted among the
    /// drugs as the class of what is given for them; in order, as [`Lexicon::drugs`].
    #[must_use]
    pub fn therapies(&self, tokens: &[Token]) -> Vec<Range<usize>> {
        longest_of(&self.inner.therapies, tokens)
    }

    /// Whether `terms`, as the analyzer gives them, are the name of a drug or of a class of drugs.
    #[must_use]
    pub fn is_drug(&self, terms: &[String]) -> bool {
        self.inner.drugs.contains(terms)
    }

    /// Whether a word, folded and not stemmed, is a word of a term or an everyday word.
    #[must_use]
    pub fn knows_word(&self, folded: &str) -> bool {
        let WordLists { terms, common, .. } = &self.inner.words;
        terms.contains(folded) || common.contains(folded)
    }

    /// The words of the terms, folded and not stemmed, of three letters and more, in the order of the alphabet.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.inner.words.terms.iter().map(String::as_str)
    }

    /// Whether a word, folded and not stemmed, is an everyday word.
    #[must_use]
    pub fn is_everyday(&self, folded: &str) -> bool {
        self.inner.words.common.contains(folded)
    }

    /// Everyday words that belong to no subject, as [`Lexicon::words`].
    pub fn common_words(&self) -> impl Iterator<Item = &str> {
        self.inner.words.common.iter().map(String::as_str)
    }

    /// Whether a word, folded and not stemmed, is the name of a drug or a disease, or a part of one that is
    /// no everyday word.
    #[must_use]
    pub fn is_name(&self, word: &str) -> bool {
        self.inner.words.names.contains(word)
    }

    /// The words of which [`Lexicon::is_name`] holds.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.inner.words.names.iter().map(String::as_str)
    }

    /// What a chat spelling or a common slip of few letters means: "u", "pls", "teh".
    #[must_use]
    pub fn chat_spelling(&self, folded: &str) -> Option<&str> {
        self.inner.words.chat.get(folded).map(String::as_str)
    }
}

/// Where `tokens` are one of `names`, in order: at each word the longest, and none within another.
fn longest_of(names: &HashSet<Vec<String>>, tokens: &[Token]) -> Vec<Range<usize>> {
    let terms: Vec<String> = tokens.iter().map(|token| token.term.clone()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < terms.len() {
        let mut ranges = (1..=parse::MAX_WORDS).rev().map(|words| at..at + words);
        let longest =
            ranges.find(|range| terms.get(range.clone()).is_some_and(|words| names.contains(words)));
        at = longest.as_ref().map_or(at + 1, |range| range.end);
        found.extend(longest);
    }
    found
}
