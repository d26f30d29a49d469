//! Which words of a list a typed word can be: the same word, an inflection of it, or a misspelling.
//!
//! A word that the list knows is never taken for another, and neither a word that the lexicon knows nor one
//! of the list's look-alikes is taken for a misspelling ("cooking" for "choking").

use std::collections::{BTreeSet, HashMap};

use crate::text::lexicon::Lexicon;
use crate::text::token::Analyzer;

/// Shortest word that may differ by a letter.
const SHORTEST_MENDED: usize = 5;
/// Length of words that may have two letters swapped or one left out: `wnat`, `nurs`.
const SHORT: usize = 4;
/// A letter that stands so often in a row was held down.
const RUN: usize = 3;
/// From this length on two letters may differ.
const LONG: usize = 9;
/// Longest word that is compared at all.
const LONGEST: usize = 30;
/// Shortest word that is compared by its sound.
const SHORTEST_SOUNDED: usize = 3;

/// The words of a list, numbered.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    words: Vec<Word>,
    by_key: HashMap<String, usize>,
    by_term: HashMap<String, Vec<usize>>,
    by_sound: HashMap<String, Vec<usize>>,
    by_initial: HashMap<char, Vec<usize>>,
    lookalikes: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Word {
    folded: String,
    term: String,
    exact: bool,
}

impl Vocabulary {
    /// The number of `word`, folded; an `exact` one stands for nothing but itself.
    pub(super) fn number(&mut self, word: &str, exact: bool) -> usize {
        let key = if exact { format!("={word}") } else { word.to_owned() };
        if let Some(&known) = self.by_key.get(&key) {
            return known;
        }
        let number = self.words.len();
        let term = Analyzer::english().term(word);
        if exact {
            self.by_key.insert(key, number);
        } else {
            self.by_key.insert(key, number);
            self.by_term.entry(term.clone()).or_default().push(number);
            if word.chars().count() >= SHORTEST_SOUNDED {
                self.by_sound.entry(sound(word)).or_default().push(number);
            }
            if let Some(initial) = word.chars().next().filter(|_| word.chars().count() >= SHORT) {
                self.by_initial.entry(initial).or_default().push(number);
            }
        }
        self.words.push(Word { folded: word.to_owned(), term, exact });
        number
    }

    /// Never takes `word` for a misspelling.
    pub(super) fn add_lookalike(&mut self, word: &str) {
        self.lookalikes.insert(word.to_owned());
        self.lookalikes.insert(Analyzer::english().term(word));
    }

    /// Calls `f` with the number of every word that `folded` can be; `term` is its stem.
    pub(super) fn for_each_like(&self, folded: &str, term: &str, f: &mut dyn FnMut(usize)) {
        let mut known = false;
        let mut tell = |number| {
            known = true;
            f(number);
        };
        if let Some(&number) = self.by_key.get(&format!("={folded}")) {
            tell(number);
        }
        self.by_term.get(term).into_iter().flatten().for_each(|&number| tell(number));
        if known || self.lookalikes.contains(folded) || self.lookalikes.contains(term) {
            return;
        }
        let length = folded.chars().count();
        if !(SHORTEST_SOUNDED..=LONGEST).contains(&length)
            || folded.starts_with(|c: char| c.is_ascii_digit())
            || Lexicon::shipped(&Analyzer::english()).knows_word(folded)
        {
            return;
        }
        if let Some(shorter) = without_runs(folded) {
            return self.for_each_like(&shorter, &Analyzer::english().term(&shorter), f);
        }
        let mut likes: BTreeSet<usize> = BTreeSet::new();
        likes.extend(self.by_sound.get(&sound(folded)).into_iter().flatten());
        let initial = folded.chars().next().and_then(|initial| self.by_initial.get(&initial));
        let candidates = initial.into_iter().flatten();
        if length >= SHORTEST_MENDED {
            likes.extend(candidates.filter(|&&at| self.is_near(at, folded, term)));
        } else if length == SHORT {
            likes.extend(candidates.filter(|&&at| self.is_short_slip(at, folded)));
        }
        likes.into_iter().for_each(f);
    }

    /// Whether `folded`, of [`SHORT`] letters, is the word with two letters swapped or one left out.
    fn is_short_slip(&self, at: usize, folded: &str) -> bool {
        let Some(word) = self.words.get(at).filter(|word| !word.exact) else { return false };
        let swapped = word.folded.len() == SHORT && strsim::levenshtein(&word.folded, folded) == 2;
        (swapped || word.folded.len() == SHORT + 1) && strsim::osa_distance(&word.folded, folded) == 1
    }

    fn is_near(&self, at: usize, folded: &str, term: &str) -> bool {
        let Some(word) = self.words.get(at).filter(|word| !word.exact) else { return false };
        near(&word.folded, folded) || near(&word.term, term)
    }
}

/// The word with letters that stand three times or more, as in "hiii", once; `None` where there are none.
fn without_runs(word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let long = |run: &&[char]| run.len() >= RUN;
    letters.chunk_by(PartialEq::eq).find(long)?;
    let runs = letters.chunk_by(PartialEq::eq);
    Some(runs.flat_map(|run| if long(&run) { run.iter().take(1) } else { run.iter().take(RUN) }).collect())
}

/// Whether two words differ by no more than their length allows (letters put in, left out, changed or
/// swapped: optimal string alignment).
fn near(a: &str, b: &str) -> bool {
    let (long, short) = (a.len().max(b.len()), a.len().min(b.len()));
    let most = if short >= LONG { 2 } else { 1 };
    short >= SHORTEST_MENDED && long - short <= most && strsim::osa_distance(a, b) <= most
}

/// The word as it sounds, roughly: doubled letters once, `ph` as `f`, soft `c` as `s`, hard `c` as `k`, `z` as
/// `s`, `y` as `i`.
fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied();
        let heard = match (letter, next) {
            ('p', Some('h')) => 'f',
            ('h', _) if at > 0 && letters.get(at - 1) == Some(&'p') => continue,
            ('c', Some('k')) => continue,
            ('c', Some('e' | 'i' | 'y')) | ('z', _) => 's',
            ('c', Some('h')) => 'c',
            ('c' | 'q', _) => 'k',
            ('y', _) => 'i',
            (other, _) => other,
        };
        if !out.ends_with(heard) {
            out.push(heard);
        }
    }
    out
}
