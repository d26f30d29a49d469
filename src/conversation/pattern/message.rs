//! A message as sentences of words, each word as the set of the list's words that it can be.

use super::spelling::Vocabulary;
use crate::text::Span;
use crate::text::normalize::fold;
use crate::text::token::Analyzer;

/// Words of a sentence that are looked at together; a longer one goes on in the next, which repeats the
/// last [`SHARED`] words. Bounded by the bits of a set of places.
const MAX_WORDS: usize = 110;
const SHARED: usize = 20;

/// A message, read with the vocabulary of one list.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    sentences: Vec<Sentence>,
}

/// The words between two full stops or the like.
#[derive(Debug, Clone, Default)]
pub(super) struct Sentence {
    /// By word of the vocabulary, the places of the words that can be it.
    masks: Vec<(usize, u128)>,
    /// Places with a comma, bracket or dash before the word.
    borders: u128,
    words: Vec<(Span, Option<f32>)>,
    asks: bool,
    /// By class of the list, whether it stands in the sentence; one that is missing may.
    classes: Vec<bool>,
}

impl Message {
    pub(super) fn read(text: &str, vocabulary: &Vocabulary) -> Self {
        let mut sentences = Vec::new();
        let mut sentence = Sentence::default();
        let mut end = 0;
        for token in Analyzer::english().tokens(text) {
            let between = text.get(end..token.span.start()).unwrap_or_default();
            end = token.span.end();
            if between.contains(ends_sentence) && !sentence.words.is_empty() {
                sentence.asks = between.contains('?');
                sentences.push(std::mem::take(&mut sentence));
            } else if sentence.words.len() == MAX_WORDS {
                let next = sentence.tail(text, vocabulary);
                sentences.push(std::mem::replace(&mut sentence, next));
            }
            let border = between.contains(is_border) || between.contains(" - ");
            sentence.push(text, token.span, border, vocabulary);
        }
        sentence.asks = text.get(end..).unwrap_or_default().contains('?');
        if !sentence.words.is_empty() {
            sentences.push(sentence);
        }
        for sentence in &mut sentences {
            sentence.gather();
        }
        Self { sentences }
    }

    /// Notes which classes stand in the sentences, in order.
    pub(super) fn set_classes(&mut self, classes: Vec<Vec<bool>>) {
        for (sentence, classes) in self.sentences.iter_mut().zip(classes) {
            sentence.classes = classes;
        }
    }

    pub(super) fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// Number of words.
    #[must_use]
    pub(crate) fn words(&self) -> usize {
        self.sentences.iter().map(|sentence| sentence.words.len()).sum()
    }
}

const fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | ';' | ':' | '\n' | '\r' | '\u{2026}' | '\u{3002}')
}

const fn is_border(c: char) -> bool {
    matches!(
        c,
        ',' | '(' | ')' | '[' | ']' | '"' | '\u{2013}' | '\u{2014}' | '/' | '|' | '\u{201c}' | '\u{201d}'
    )
}

/// The number that `word` begins with: `38.5`, `101f`.
fn number(word: &str) -> Option<f32> {
    let end = word.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(word.len());
    word.get(..end)?.parse().ok()
}

impl Sentence {
    fn push(&mut self, text: &str, span: Span, border: bool, vocabulary: &Vocabulary) {
        let at = self.words.len();
        let mut word = fold(span.slice(text).unwrap_or_default());
        if word.ends_with("'s") {
            word.truncate(word.len() - 2);
        }
        word.retain(|c| c != '\'');
        if border && at > 0 {
            self.borders |= 1 << at;
        }
        self.words.push((span, number(&word)));
        let term = Analyzer::english().stem(&word);
        vocabulary.for_each_like(&word, &term, &mut |found| self.masks.push((found, 1 << at)));
    }

    /// One mask a word, in order.
    fn gather(&mut self) {
        self.masks.sort_unstable_by_key(|&(word, _)| word);
        self.masks.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1 |= next.1;
            }
            same
        });
    }

    /// A sentence that begins with the last words of this one.
    fn tail(&self, text: &str, vocabulary: &Vocabulary) -> Self {
        let mut tail = Self::default();
        let from = self.words.len().saturating_sub(SHARED);
        for (at, &(span, _)) in self.words.iter().enumerate().skip(from) {
            tail.push(text, span, self.borders & (1 << at) != 0, vocabulary);
        }
        tail
    }

    pub(super) fn mask(&self, word: usize) -> u128 {
        let at = self.masks.binary_search_by_key(&word, |&(known, _)| known);
        at.ok().and_then(|at| self.masks.get(at)).map_or(0, |&(_, mask)| mask)
    }

    /// The places of `words`, each looked up.
    pub(super) fn masks_of(&self, words: &[usize]) -> u128 {
        words.iter().fold(0, |mask, &word| mask | self.mask(word))
    }

    /// The places of `words`, which are sorted.
    pub(super) fn mask_of_any(&self, words: &[usize]) -> u128 {
        let listed = self.masks.iter().filter(|(word, _)| words.binary_search(word).is_ok());
        listed.fold(0, |all, &(_, mask)| all | mask)
    }

    pub(super) fn may_hold(&self, class: usize) -> bool {
        self.classes.get(class).copied().unwrap_or(true)
    }

    pub(super) fn add_class(&mut self, stands: bool) {
        self.classes.push(stands);
    }

    pub(super) fn into_classes(self) -> Vec<bool> {
        self.classes
    }

    pub(super) fn numbers(&self, least: f32, most: f32) -> u128 {
        let fits = |number: Option<f32>| number.is_some_and(|number| (least..=most).contains(&number));
        (0..).zip(&self.words).fold(0, |mask, (at, &(_, number))| mask | (u128::from(fits(number)) << at))
    }

    pub(super) fn length(&self) -> usize {
        self.words.len()
    }

    pub(super) const fn borders(&self) -> u128 {
        self.borders
    }

    pub(super) const fn asks(&self) -> bool {
        self.asks
    }

    pub(super) fn end_bit(&self) -> u128 {
        1 << self.words.len()
    }

    pub(super) fn all_words(&self) -> u128 {
        self.end_bit() - 1
    }

    pub(super) fn all_places(&self) -> u128 {
        self.all_words() | self.end_bit()
    }

    /// The bytes of the words from place `start` to place `end`.
    pub(super) fn span(&self, start: usize, end: usize) -> Option<Span> {
        let first = self.words.get(start)?.0;
        let last = self.words.get(end.checked_sub(1)?.max(start))?.0;
        Some(first.cover(last))
    }
}
