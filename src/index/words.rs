//! The words of the documents as they stand there, for spelling, and the abbreviations that they define.
//!
//! `words.bin` holds, by postcard, all words in one string, where each ends, how often each occurs, and the
//! abbreviations. Words are folded and not stemmed; they are of the letters a to z. Both lists are bounded and in
//! the order of the alphabet.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::{IndexError, OpenError};
use crate::document::Document;
use crate::text::definition::definitions;
use crate::text::normalize::fold;
use crate::text::spelling::WORD_LETTERS;
use crate::text::token::Analyzer;

const WORDS: &str = "words.bin";
/// Most words that are kept, the most frequent.
const MAX_WORDS: usize = 500_000;
/// Most words that are counted before the rare ones are dropped.
const MAX_COUNTED: usize = 2 * MAX_WORDS;
/// Most pairs of an abbreviation and a long form; later ones are passed over.
const MAX_ABBREVIATIONS: usize = 50_000;

/// An abbreviation that the documents define.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abbreviation {
    /// As it is written, without a plural `s`.
    pub short: String,
    /// What it stands for, folded, with single spaces.
    pub long: String,
    /// How many times it is defined so.
    pub count: u32,
}

/// The words of all titles, headings and passages and how often each occurs, and the abbreviations that the
/// passages define.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusWords {
    letters: String,
    /// Where each word ends in `letters`.
    ends: Vec<u32>,
    counts: Vec<u32>,
    abbreviations: Vec<Abbreviation>,
}

impl CorpusWords {
    pub(super) fn open(generation: &Path) -> Result<Self, OpenError> {
        let path = generation.join(WORDS);
        let bytes = fs::read(&path).map_err(|e| OpenError::io(&path, e))?;
        let words: Self =
            postcard::from_bytes(&bytes).map_err(|error| OpenError::corrupt(WORDS, error.to_string()))?;
        let whole = words.ends.last().map_or(0, |&end| end as usize) == words.letters.len();
        if words.ends.len() == words.counts.len()
            && words.ends.is_sorted()
            && whole
            && words.letters.is_ascii()
            && words.iter().is_sorted_by_key(|(word, _)| word)
        {
            Ok(words)
        } else {
            Err(OpenError::corrupt(WORDS, "its words are not in order"))
        }
    }

    /// Every word with its count, in the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..self.len()).filter_map(|at| self.at(at))
    }

    /// How many different words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How often a word, folded and not stemmed, occurs. Logarithmic.
    #[must_use]
    pub fn count(&self, folded: &str) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let Some((word, count)) = self.at(middle) else { return 0 };
            match word.cmp(folded) {
                std::cmp::Ordering::Equal => return count,
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        0
    }

    /// The abbreviations, by the alphabet, of each the most frequent long form first.
    #[must_use]
    pub fn abbreviations(&self) -> &[Abbreviation] {
        &self.abbreviations
    }

    fn at(&self, at: usize) -> Option<(&str, u32)> {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let word = self.letters.get(start as usize..*self.ends.get(at)? as usize)?;
        Some((word, *self.counts.get(at)?))
    }
}

/// Counts words and writes them.
#[derive(Debug)]
pub(super) struct WordsWriter {
    path: PathBuf,
    counts: HashMap<String, u32>,
    abbreviations: BTreeMap<(String, String), u32>,
}

impl WordsWriter {
    pub(super) fn create(folder: &Path) -> Self {
        Self { path: folder.join(WORDS), counts: HashMap::new(), abbreviations: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, document: &Document) {
        self.count(&document.metadata.title);
        if let Some(question) = &document.metadata.question {
            self.count(question);
        }
        for section in &document.sections {
            self.count(document.slice(section.heading));
        }
        for passage in &document.passages {
            let text = document.slice(passage.span);
            self.count(text);
            self.define(text);
        }
        if self.counts.len() > MAX_COUNTED {
            keep_frequent(&mut self.counts);
        }
    }

    fn count(&mut self, text: &str) {
        Analyzer::for_each_word(text, &mut |word, _| {
            if !WORD_LETTERS.contains(&word.len()) || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                return;
            }
            match self.counts.get_mut(word) {
                Some(count) => *count = count.saturating_add(1),
                None => drop(self.counts.insert(word.to_owned(), 1)),
            }
        });
    }

    fn define(&mut self, text: &str) {
        for definition in definitions(text) {
            let Some((short, long)) = definition.abbreviation.slice(text).zip(definition.long.slice(text))
            else {
                continue;
            };
            let long = fold(long).split_whitespace().collect::<Vec<_>>().join(" ");
            let pair = (short.to_owned(), long);
            if self.abbreviations.len() < MAX_ABBREVIATIONS || self.abbreviations.contains_key(&pair) {
                let count = self.abbreviations.entry(pair).or_default();
                *count = count.saturating_add(1);
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<(), IndexError> {
        keep_frequent(&mut self.counts);
        let mut counts: Vec<(String, u32)> = self.counts.into_iter().collect();
        counts.sort_unstable();
        let mut words = CorpusWords::default();
        for (word, count) in counts {
            words.letters.push_str(&word);
            words.ends.push(words.letters.len() as u32);
            words.counts.push(count);
        }
        let pairs = self.abbreviations.into_iter();
        words.abbreviations =
            pairs.map(|((short, long), count)| Abbreviation { short, long, count }).collect();
        words.abbreviations.sort_by(|a, b| a.short.cmp(&b.short).then(b.count.cmp(&a.count)));
        let io = |error| IndexError::io(&self.path, error);
        let bytes = postcard::to_stdvec(&words).map_err(|error| io(std::io::Error::other(error)))?;
        let mut file = BufWriter::new(File::create(&self.path).map_err(io)?);
        file.write_all(&bytes).and_then(|()| file.flush()).map_err(io)
    }
}

/// Keeps at most [`MAX_WORDS`] words; of those as frequent as the first that does not fit, none, so that the
/// order in which they came has no say.
fn keep_frequent(counts: &mut HashMap<String, u32>) {
    if counts.len() <= MAX_WORDS {
        return;
    }
    let mut all: Vec<u32> = counts.values().copied().collect();
    let (_, &mut limit, _) = all.select_nth_unstable_by_key(MAX_WORDS, |&count| std::cmp::Reverse(count));
    counts.retain(|_, count| *count > limit);
}
