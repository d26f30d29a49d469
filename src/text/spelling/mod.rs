//! Mends slips of spelling in questions, against the words that documents and lexicon have.
//!
//! What is known, as it stands or by its stem, is never changed, and neither are words with digits, short
//! abbreviations in capitals, addresses, names behind a title ("Dr Pellow") and words of less than four letters, but for
//! those in `lexicon/chat-spellings.txt`. Contractions without an apostrophe are known. Everything else may become the
//! nearest known word: near by slips of the fingers (`distance`), by sound (`sound`), or by a space too many or too few.
//! A name of a drug or a disease must be nearer than other words, because the wrong one is worse than none. Every change
//! is reported.

mod choose;
mod contraction;
mod distance;
mod repair;
mod sound;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::ops::RangeInclusive;

use self::choose::Chooser;
use self::vocabulary::Vocabulary;
use super::Span;
use super::lexicon::Lexicon;
use super::token::Analyzer;

/// Lengths of the words that a misspelt one may be mended to, in letters.
pub const WORD_LETTERS: RangeInclusive<usize> = 3..=40;

/// A text after its spelling was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    /// The whole text.
    pub text: String,
    /// What was changed, in the order of the text; empty where nothing was.
    pub corrections: Vec<SpellingCorrection>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpellingCorrection {
    /// Bytes of the original text; for words that were joined, of both.
    pub span: Span,
    /// What stands there.
    pub from: String,
    /// What replaces it.
    pub to: String,
}

/// Mends spelling. Made once for an index.
#[derive(Debug)]
pub struct Speller {
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    analyzer: Analyzer,
}

impl Speller {
    /// A speller for documents with the words `corpus`, folded and not stemmed, and how often each occurs.
    #[must_use]
    pub fn new<'w>(
        corpus: impl IntoIterator<Item = (&'w str, u32)>,
        lexicon: &Lexicon,
        analyzer: &Analyzer,
    ) -> Self {
        let vocabulary = Vocabulary::new(corpus, lexicon, analyzer);
        Self { vocabulary, lexicon: lexicon.clone(), analyzer: analyzer.clone() }
    }

    /// `text` with its spelling mended. Mending what was mended changes nothing. A text with more than 24
    /// different unknown words is left as it is, but for chat spellings.
    #[must_use]
    pub fn correct(&self, text: &str) -> Corrected {
        let chooser =
            Chooser { vocabulary: &self.vocabulary, lexicon: &self.lexicon, analyzer: &self.analyzer };
        repair::repair(text, &chooser)
    }
}
