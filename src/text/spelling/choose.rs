//! Which known word an unknown one was meant to be, if any.

use super::contraction::is_small_word;
use super::distance::{Distance, distance};
use super::sound;
use super::vocabulary::{Source, Vocabulary, Word};
use crate::text::lexicon::Lexicon;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// The most slips in words from these numbers of letters on.
const SLIPS: [(usize, usize); 3] = [(10, 3), (6, 2), (4, 1)];
/// A word that sounds the same may have a slip more, but no more than this.
const MOST_BY_SOUND: usize = 3;
/// Of the cost of a word that sounds the same, so much counts.
const SAME_SOUND: f32 = 0.6;
/// What a word costs that only the lexicon has: to replace a word by it helps the question less.
const IN_LEXICON: f32 = 0.3;
/// What an everyday word costs that belongs to no subject.
const EVERYDAY: f32 = 0.5;
/// What each tenfold number of occurrences takes off.
const FREQUENT: f32 = 0.2;
/// A name must be this near, in slips a letter.
const NEAR_NAME: f32 = 0.25;
/// The same for one that the documents do not have.
const NEAR_UNUSED_NAME: f32 = 0.2;
/// From so many letters on one slip makes no other word.
const LONG: usize = 8;
/// Two names of costs as close as this cannot be told apart, and neither is taken.
const TELLS_NAMES_APART: f32 = 0.45;
/// The fewest letters of a name that is told by its ending.
const SHORTEST_NAME: usize = 7;
/// A word so many times rarer than one like it is a slip of whoever wrote the documents.
const SLIP_OF_DOCUMENTS: u32 = 50;
/// The most that a correction may cost: for each letter, in all, and in all of a word that sounds the same.
const MOST_A_LETTER: f32 = 0.19;
const MOST: f32 = 1.5;
const MOST_ALIKE: f32 = 1.9;
/// What a slip costs in a word of four letters, and in a name of somebody, at most.
const MOST_IN_SHORT: f32 = 0.9;
const MOST_IN_NAME: f32 = 0.75;
/// A word that stands in the documents so many times is no chance find.
const OFTEN: u32 = 5;
/// What it costs that a word is only heard to be near.
const HEARD: f32 = 0.5;
/// Words of so few letters have neighbours at every letter.
const SHORT: usize = 4;
/// An exchange that nothing explains costs this.
const UNEXPLAINED: f32 = 1.0;
/// A word that costs so little is taken before two words are made of what was typed.
const SURE: f32 = 1.0;
/// Endings of names of diseases and drugs.
const NAME_ENDINGS: &[&str] = &[
    "phasia",
    "plegia",
    "itis",
    "oma",
    "omas",
    "osis",
    "emia",
    "aemia",
    "pathy",
    "plasia",
    "penia",
    "trophy",
    "uria",
    "algia",
    "iasis",
    "mab",
    "nib",
    "pril",
    "sartan",
    "olol",
    "statin",
    "mycin",
    "cillin",
    "azole",
    "prazole",
    "idine",
    "triptan",
    "dipine",
    "parin",
    "tide",
    "tinib",
    "ciclib",
    "platin",
    "rubicin",
    "taxel",
    "vir",
    "zepam",
    "oxetine",
    "thyroidism",
    "glycemia",
    "glycaemia",
    "tension",
    "kalemia",
    "natremia",
    "calcemia",
];

/// The fewest letters of a word that two were made of.
const SHORTEST_JOINED: usize = 6;
/// Words that more often begin others than stand alone.
const FORMS: &[&str] = &[
    "ultra", "chemo", "radio", "immuno", "neuro", "anti", "hyper", "hypo", "cardio", "gastro", "electro",
    "osteo", "physio", "psycho", "hydro", "thermo", "micro", "macro", "multi", "intra", "inter",
];

/// How sure a correction must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Care {
    /// An ordinary word.
    Usual,
    /// A capitalised word among small ones, which may be a name of somebody.
    Name,
}

/// Finds the words that unknown ones were meant to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chooser<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    pub(super) lexicon: &'v Lexicon,
    pub(super) analyzer: &'v Analyzer,
}

#[derive(Debug, Clone, Copy)]
struct Candidate<'v> {
    word: Word<'v>,
    slips: usize,
    cost: f32,
    score: f32,
}

impl Chooser<'_> {
    /// What `typed`, a folded word of the letters a to z that is not known, was meant to be: a word, or two.
    pub(super) fn choose(&self, typed: &str, care: Care, may_split: bool) -> Option<String> {
        let whole = self.whole(typed, care);
        let sure = |cost: f32| cost <= SURE;
        let is_sure = whole.as_ref().is_some_and(|(_, cost)| sure(*cost));
        let split = if is_sure || !may_split { None } else { self.split(typed) };
        // "harmfull" is no "harm full", though nothing is found by "harmful".
        let near = || self.ranked(typed, care).first().is_some_and(|found| sure(found.cost));
        let split = split.filter(|_| !near()).and_then(|at| typed.split_at_checked(at));
        split.map(|(left, right)| format!("{left} {right}")).or(whole.map(|(word, _)| word))
    }

    fn whole(&self, typed: &str, care: Care) -> Option<(String, f32)> {
        let whole = self.best(typed, care);
        // A plural or a possessive without its apostrophe, of a word that is known without.
        let singular = typed.strip_suffix('s').filter(|rest| rest.len() >= 4 && !rest.ends_with('s'));
        let singular = singular.and_then(|rest| {
            let found = self.best(rest, care).filter(|found| !found.word.text.ends_with(['s', 'x', 'y']))?;
            let plural = format!("{}s", found.word.text);
            // One that is of use itself was weighed as such, and one that is not known might be mended in its turn.
            let weighed = self.vocabulary.find(&plural).is_some_and(|word| self.is_useful(word, care));
            (!weighed && self.vocabulary.knows(&plural, self.analyzer)).then_some((found, plural))
        });
        match (whole, singular) {
            (Some(whole), Some((found, plural))) if found.score + 0.2 < whole.score => {
                Some((plural, found.cost))
            }
            (None, Some((found, plural))) => Some((plural, found.cost)),
            (whole, _) => whole.map(|found| (found.word.text.to_owned(), found.cost)),
        }
    }

    /// The words that `typed` may have been meant to be, likeliest first.
    fn ranked(&self, typed: &str, care: Care) -> Vec<Candidate<'_>> {
        let most = SLIPS.iter().find(|(letters, _)| typed.len() >= *letters).map_or(0, |&(_, slips)| slips);
        let most = if care == Care::Name { most.min(1).min(typed.len() / 5) } else { most };
        let mut candidates = self.candidates(typed, most, care);
        candidates.sort_by(|a, b| {
            let frequent = b.word.count.cmp(&a.word.count);
            a.score.total_cmp(&b.score).then(frequent).then_with(|| a.word.text.cmp(b.word.text))
        });
        candidates
    }

    fn best(&self, typed: &str, care: Care) -> Option<Candidate<'_>> {
        let candidates = self.ranked(typed, care);
        let best = *candidates.first()?;
        let rival = candidates.iter().skip(1).any(|other| self.is_rival(&best, other));
        let useless = !self.is_useful(best.word, care);
        (!rival && !useless && !self.is_half_of_a_pair(typed, &best)).then_some(best)
    }

    /// Whether a question is better for having this word: no document is found by one that is neither in the
    /// documents nor in the lexicon, and to change "Marfan" to "Marian" only confuses. Such words still stand
    /// before worse ones.
    fn is_useful(&self, word: Word<'_>, care: Care) -> bool {
        match word.source {
            Source::Corpus => true,
            Source::Lexicon => care == Care::Usual,
            Source::Common => weight_class(&self.analyzer.stem(word.text)) != WeightClass::Content,
        }
    }

    /// Whether two candidates are names of different things, and either may have been meant.
    fn is_rival(&self, best: &Candidate<'_>, other: &Candidate<'_>) -> bool {
        let (ours, theirs) = (best.word, other.word);
        let names = self.is_name(ours.text) && self.is_name(theirs.text);
        // "dystropy" beside "dystrophy" is a slip in the documents.
        let slip = theirs.source == Source::Corpus && theirs.count * SLIP_OF_DOCUMENTS < ours.count;
        // "ichthyoses" beside "ichthyosis" is another form of it.
        let root = ours.text.len().saturating_sub(3);
        let same = theirs.text.get(..root).is_some_and(|beginning| ours.text.starts_with(beginning))
            || self.analyzer.stem(ours.text) == self.analyzer.stem(theirs.text);
        names && !slip && !same && other.cost - best.cost < TELLS_NAMES_APART
    }

    /// Whether too little or too much of something was meant, and what was typed does not say which.
    fn is_half_of_a_pair(&self, typed: &str, best: &Candidate<'_>) -> bool {
        let nearly = best.slips + 1;
        let half = |mine: &str, other: &str| {
            let rest = best.word.text.strip_prefix(mine).filter(|_| !typed.starts_with(mine));
            let other = rest.and_then(|rest| self.vocabulary.find(&format!("{other}{rest}")));
            other.is_some_and(|other| distance(typed.as_bytes(), other.text.as_bytes(), nearly).is_some())
        };
        half("hypo", "hyper") || half("hyper", "hypo")
    }

    fn candidates(&self, typed: &str, most: usize, care: Care) -> Vec<Candidate<'_>> {
        let letters = typed.as_bytes();
        let key = sound::key(letters);
        let mut candidates: Vec<Candidate<'_>> = Vec::new();
        self.vocabulary.near(typed, most, &mut |word| {
            let meant = word.text.as_bytes();
            let found = distance(letters, meant, most).filter(|found| is_likely(letters, word, *found, care));
            candidates.extend(found.and_then(|found| self.weigh(typed, word, found, false)));
        });
        // One consonant is no sound to tell a word by, and of two much must agree; somebody's name sounds like a
        // word soon.
        let by_sound = if key.len() < 3 || care == Care::Name { 1 } else { MOST_BY_SOUND.min(most + 1) };
        if key.len() < 2 || care == Care::Name && typed.len() < LONG {
            return candidates;
        }
        let spoken = sound::spoken(letters);
        self.vocabulary.alike(typed, &mut |word| {
            let found = hear(letters, &spoken, word.text.as_bytes(), by_sound);
            candidates.extend(found.and_then(|found| self.weigh(typed, word, found, true)));
        });
        candidates
    }

    /// A candidate with its score, less being better; `None` where the word is too far for what it is.
    fn weigh<'v>(&self, typed: &str, word: Word<'v>, found: Distance, alike: bool) -> Option<Candidate<'v>> {
        // One that has lost most of its letters says nothing.
        if found.slips * 2 > typed.len() || is_scrap(typed, word.text) {
            return None;
        }
        let (cost, most) = if alike { (found.cost * SAME_SOUND, MOST_ALIKE) } else { (found.cost, MOST) };
        if cost > (MOST_A_LETTER * typed.len() as f32).min(most).max(MOST_IN_SHORT) {
            return None;
        }
        if self.is_name(word.text) {
            let near = if word.source == Source::Corpus { NEAR_NAME } else { NEAR_UNUSED_NAME };
            // A well-formed name that nobody knows here is more likely another one than a slip.
            let another = ends_as_name(typed) && !alike && (typed.len() < LONG || found.slips > 1);
            if another || found.slips as f32 > near * typed.len() as f32 {
                return None;
            }
        } else if ends_as_name(typed) {
            return None;
        }
        let source = match word.source {
            Source::Corpus => 0.0,
            Source::Lexicon => IN_LEXICON,
            Source::Common => EVERYDAY,
        };
        let score = cost + source - FREQUENT * (1.0 + word.count as f32).log10();
        Some(Candidate { word, slips: found.slips, cost, score })
    }

    /// Whether `word` names a drug or a disease.
    fn is_name(&self, word: &str) -> bool {
        self.lexicon.is_name(word) || ends_as_name(word)
    }

    /// Where a space makes two words of the corpus of `typed`.
    fn split(&self, typed: &str) -> Option<usize> {
        const SHORTEST: usize = 4;
        let parts = (SHORTEST..typed.len().saturating_sub(SHORTEST - 1)).filter_map(|at| {
            let (left, right) = typed.split_at_checked(at)?;
            let (left, right) = (self.vocabulary.find(left)?, self.vocabulary.find(right)?);
            let both = left.source == Source::Corpus && right.source == Source::Corpus;
            both.then(|| (left.count.min(right.count), at))
        });
        parts.max_by_key(|&(count, at)| (count, std::cmp::Reverse(at))).map(|(_, at)| at)
    }

    /// Whether two words that were typed apart are one of the corpus: one of them is not itself, is but a scrap
    /// beside the whole, or only begins words.
    pub(super) fn joins(&self, left: &str, right: &str) -> bool {
        let length = left.len() + right.len();
        if left.len() < 3
            || right.len() < 3
            || !(SHORTEST_JOINED..=super::distance::MAX_LETTERS).contains(&length)
        {
            return false;
        }
        let joined = self.vocabulary.find(&format!("{left}{right}"));
        let Some(joined) = joined.filter(|joined| joined.source == Source::Corpus) else { return false };
        let scrap = |part: &str| {
            let found = self.vocabulary.find(part).filter(|found| part.len() <= SHORT && found.count > 0);
            found.is_some_and(|found| found.count.saturating_mul(SLIP_OF_DOCUMENTS) < joined.count)
        };
        let known = |part: &str| {
            let corpus = self.vocabulary.corpus_knows(part, self.analyzer);
            corpus && !scrap(part) || is_small_word(part, self.analyzer)
        };
        let alone = self.vocabulary.find(left).map_or(0, |left| left.count);
        !(known(left) && known(right)) || FORMS.contains(&left) && joined.count > alone
    }
}

/// The slips and cost of a word that sounds the same: of its letters, or of its vowels alone.
fn hear(typed: &[u8], spoken: &[u8], meant: &[u8], most: usize) -> Option<Distance> {
    let heard = distance(spoken, &sound::spoken(meant), most);
    if typed.len() <= SHORT {
        return heard.filter(|found| found.slips == 0).map(|found| Distance { cost: HEARD, ..found });
    }
    let heard = heard.map(|found| Distance { cost: found.cost + HEARD, ..found });
    let seen = distance(typed, meant, most);
    match (seen, heard) {
        (Some(seen), Some(heard)) => Some(if seen.cost < heard.cost { seen } else { heard }),
        (seen, heard) => seen.or(heard),
    }
}

/// Whether slips such as these happen: in a short word no letter is exchanged for another; the name of somebody is
/// nearly right, or a long one that the documents often have; and an unexplained last letter makes another word of
/// one that is not long, as in "gastrin" and "gastric".
fn is_likely(typed: &[u8], word: Word<'_>, found: Distance, care: Care) -> bool {
    let (length, meant) = (typed.len(), word.text.as_bytes());
    let long = length >= LONG;
    let ending = length == meant.len()
        && found.cost >= UNEXPLAINED
        && typed.split_last().map(|(_, rest)| rest) == meant.split_last().map(|(_, rest)| rest);
    let exchanged = length == meant.len() && mixed(typed) != mixed(meant);
    let nearly = found.cost <= MOST_IN_NAME || long && word.count >= OFTEN;
    (long || !ending) && (care == Care::Usual || nearly) && !(length <= SHORT && exchanged)
}

/// The letters of a word in the order of the alphabet.
fn mixed(word: &[u8]) -> Vec<u8> {
    let mut letters = word.to_vec();
    letters.sort_unstable();
    letters
}

/// Whether `meant` is too little of a word to have become `typed`: an abbreviation, or far shorter.
fn is_scrap(typed: &str, meant: &str) -> bool {
    let vowel = |word: &str| word.bytes().any(sound::is_vowel);
    let dropped = typed.len().saturating_sub(meant.len());
    let doubled = || typed.as_bytes().windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    let tiny = meant.len() < 3 || meant.len() == 3 && !doubled();
    tiny || vowel(typed) && !vowel(meant) || typed.len() < 8 && dropped > 1
}

/// Whether a word looks like the name of a disease or a drug.
fn ends_as_name(word: &str) -> bool {
    word.len() >= SHORTEST_NAME && NAME_ENDINGS.iter().any(|ending| word.ends_with(ending))
}
