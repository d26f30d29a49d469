//! The words that spelling knows, laid out to be searched quickly.
//!
//! All in one string, by length, each with the set of its letters as a bit mask: most words are passed over by
//! comparing two numbers. A second order, by sound, finds what is written by ear.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::contraction::is_small_word;
use super::sound;
use crate::text::lexicon::Lexicon;
use crate::text::token::Analyzer;

/// What makes words of words: a word that is known but for one of these is no slip.
const BEGINNINGS: &[&str] = &[
    "un", "re", "non", "pre", "post", "anti", "trans", "intra", "inter", "multi", "mono", "poly", "super",
    "sub", "over", "under", "micro", "macro", "neuro", "immuno", "radio", "bio", "hyper", "hypo", "auto",
    "peri", "extra", "semi",
];
const ENDINGS: &[&str] = &["er", "ers", "ly", "able", "less", "ness", "like"];
/// Endings that sound the same.
const ALIKE_ENDINGS: &[&str] = &["er", "or", "ar"];
/// The fewest letters of what is left.
const SHORTEST_REST: usize = 5;

/// Where a word is from; the first that has it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Corpus,
    Lexicon,
    Common,
}

/// A known word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'v> {
    pub(super) text: &'v str,
    pub(super) count: u32,
    pub(super) source: Source,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    length: u8,
    /// Its first letter, and the sound that it begins with.
    first: u8,
    begins: u8,
    source: Source,
    /// The letters that it has, a bit each.
    mask: u32,
    count: u32,
}

/// All known words.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    letters: String,
    /// By length, then by the alphabet.
    entries: Vec<Entry>,
    /// The first entry of each length.
    first_of: Vec<usize>,
    /// Hash of the sound, place in `entries`; ascending.
    sounds: Vec<(u32, u32)>,
    /// Hashes of the stems of all words, ascending.
    stems: Vec<u64>,
    /// Hashes of the stems of the corpus' words, ascending.
    corpus_stems: Vec<u64>,
}

/// The letters of a word as bits.
fn mask(word: &[u8]) -> u32 {
    word.iter().fold(0, |mask, byte| mask | 1 << (byte.wrapping_sub(b'a') & 31))
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Whether spelling has to do with a folded word at all.
pub(super) fn is_plain(word: &str) -> bool {
    word.len() <= super::distance::MAX_LETTERS && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

impl Vocabulary {
    pub(super) fn new<'w>(
        corpus: impl IntoIterator<Item = (&'w str, u32)>,
        lexicon: &Lexicon,
        analyzer: &Analyzer,
    ) -> Self {
        let mut words: BTreeMap<(usize, String), (Source, u32)> = BTreeMap::new();
        let mut add = |word: &str, source: Source, count: u32| {
            if is_plain(word) && !word.is_empty() {
                words.entry((word.len(), word.to_owned())).or_insert((source, count));
            }
        };
        corpus.into_iter().for_each(|(word, count)| add(word, Source::Corpus, count));
        lexicon.words().for_each(|word| add(word, Source::Lexicon, 0));
        lexicon.common_words().for_each(|word| add(word, Source::Common, 0));
        let mut vocabulary = Self { first_of: vec![0], ..Self::default() };
        for ((_, word), (source, count)) in &words {
            vocabulary.push(word, *source, *count, analyzer);
        }
        vocabulary.first_of.push(vocabulary.entries.len());
        vocabulary.sounds.sort_unstable();
        for stems in [&mut vocabulary.stems, &mut vocabulary.corpus_stems] {
            stems.sort_unstable();
            stems.dedup();
            stems.shrink_to_fit();
        }
        vocabulary
    }

    fn push(&mut self, word: &str, source: Source, count: u32, analyzer: &Analyzer) {
        let place = self.entries.len();
        while self.first_of.len() <= word.len() {
            self.first_of.push(place);
        }
        let (start, length) = (self.letters.len() as u32, word.len() as u8);
        let sound = sound::key(word.as_bytes());
        let begins = sound.first().copied().unwrap_or_default();
        let first = word.bytes().next().unwrap_or_default();
        self.entries.push(Entry { start, length, first, begins, source, mask: mask(word.as_bytes()), count });
        self.letters.push_str(word);
        self.sounds.push((hash(&sound) as u32, place as u32));
        let stem = hash(analyzer.stem(word).as_str());
        self.stems.push(stem);
        if source == Source::Corpus {
            self.corpus_stems.push(stem);
        }
    }

    fn word(&self, entry: &Entry) -> Word<'_> {
        let start = entry.start as usize;
        let text = self.letters.get(start..start + usize::from(entry.length)).unwrap_or_default();
        Word { text, count: entry.count, source: entry.source }
    }

    /// The words of `length` letters.
    fn of_length(&self, length: usize) -> &[Entry] {
        let start = self.first_of.get(length).copied().unwrap_or(self.entries.len());
        let end = self.first_of.get(length + 1).copied().unwrap_or(self.entries.len());
        self.entries.get(start..end).unwrap_or_default()
    }

    /// The word as it stands.
    pub(super) fn find(&self, word: &str) -> Option<Word<'_>> {
        let entries = self.of_length(word.len());
        let at = entries.binary_search_by(|entry| self.word(entry).text.cmp(word)).ok()?;
        entries.get(at).map(|entry| self.word(entry))
    }

    /// Whether the corpus has the word.
    fn in_corpus(&self, word: &str) -> bool {
        self.find(word).is_some_and(|found| found.source == Source::Corpus)
    }

    /// Whether the word or one of the same stem is known, or the word without a common beginning or ending.
    pub(super) fn knows(&self, word: &str, analyzer: &Analyzer) -> bool {
        let known = |word: &str| {
            self.find(word).is_some() || self.stems.binary_search(&hash(analyzer.stem(word).as_str())).is_ok()
        };
        let rest_is_known =
            |rest: Option<&str>| rest.is_some_and(|rest| rest.len() >= SHORTEST_REST && known(rest));
        if self.find(word).is_none() && self.has_other_ending(word) {
            return false;
        }
        known(word)
            || is_small_word(word, analyzer)
            || BEGINNINGS.iter().any(|beginning| rest_is_known(word.strip_prefix(beginning)))
            || ENDINGS.iter().any(|ending| rest_is_known(word.strip_suffix(ending)))
    }

    /// Whether the corpus has the word with another ending of the same sound, as "receptor" for "recepter", which
    /// has the stem of "reception".
    fn has_other_ending(&self, word: &str) -> bool {
        let rest = ALIKE_ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
        rest.filter(|rest| rest.len() >= SHORTEST_REST)
            .is_some_and(|rest| ALIKE_ENDINGS.iter().any(|ending| self.in_corpus(&format!("{rest}{ending}"))))
    }

    /// Whether the corpus has the word or one of the same stem.
    pub(super) fn corpus_knows(&self, word: &str, analyzer: &Analyzer) -> bool {
        self.in_corpus(word) || self.corpus_stems.binary_search(&hash(analyzer.stem(word).as_str())).is_ok()
    }

    /// Calls `f` with every word that begins with the same letter or sound, and whose length and letters are near
    /// enough that it may be `slips` away.
    pub(super) fn near<'v>(&'v self, word: &str, slips: usize, f: &mut dyn FnMut(Word<'v>)) {
        let wanted = mask(word.as_bytes());
        let first = word.bytes().next().unwrap_or_default();
        let begins = sound::key(word.as_bytes()).first().copied().unwrap_or_default();
        let lengths = word.len().saturating_sub(slips)..=word.len() + slips;
        let all = lengths.flat_map(|length| self.of_length(length));
        // Nearly all words differ in this, and it is the quickest to compare.
        for entry in all.filter(|entry| entry.first == first || entry.begins == begins) {
            // A slip takes one letter out of the set at most, and puts one in.
            let (less, more) = (wanted & !entry.mask, entry.mask & !wanted);
            if less.count_ones().max(more.count_ones()) as usize <= slips {
                f(self.word(entry));
            }
        }
    }

    /// Calls `f` with every word that sounds like `word`.
    pub(super) fn alike<'v>(&'v self, word: &str, f: &mut dyn FnMut(Word<'v>)) {
        let wanted = hash(&sound::key(word.as_bytes())) as u32;
        let from = self.sounds.partition_point(|&(sound, _)| sound < wanted);
        let same =
            self.sounds.get(from..).unwrap_or_default().iter().take_while(|(sound, _)| *sound == wanted);
        for entry in same.filter_map(|&(_, place)| self.entries.get(place as usize)) {
            f(self.word(entry));
        }
    }
}
