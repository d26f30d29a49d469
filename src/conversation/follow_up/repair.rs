//! What puts right what was asked: "no, I meant the left knee".

use std::ops::Range;

use super::carry::ARTICLES;
use super::lean::{AUXILIARIES, QUESTION_WORDS};
use super::words::{Word, Words};

/// Ways to put right what was asked.
const REPAIRS: &[&[&str]] = &[
    &["i", "was", "talking", "about"],
    &["i", "am", "talking", "about"],
    &["im", "talking", "about"],
    &["i", "was", "asking"],
    &["i", "am", "asking"],
    &["im", "asking"],
    &["i", "asked", "about"],
    &["i", "asked", "for"],
    &["i", "meant"],
    &["i", "mean"],
];
/// Words before them.
const BEFORE_REPAIR: &[&str] = &["no", "sorry", "well", "but", "actually", "oh", "ah", "nope"];
/// Of these ways those that say that another thing was meant, and not that one thing more is asked.
const MEANT: &[&str] = &["meant", "mean"];
/// Words that deny what was understood.
const DENIALS: &[&str] = &["no", "nope", "sorry"];
/// Most words of what is put right.
const MAX_REPAIRED: usize = 8;
/// Most words of it where no more than "no" says so.
const MAX_CORRECTED: usize = 4;

/// How a message puts right what was asked, by the places of its words.
#[derive(Debug)]
pub(super) struct Repair {
    /// What is meant.
    pub(super) right: Range<usize>,
    /// What is not; empty where it does not say.
    pub(super) wrong: Range<usize>,
    /// Whether that was meant in the place of another thing.
    pub(super) swaps: bool,
}

impl Repair {
    fn to(right: Range<usize>, swaps: bool) -> Self {
        Self { right, wrong: 0..0, swaps }
    }

    /// With what is denied at its end as what is not meant: "the PET scan not the biopsy".
    fn without_wrong(self, words: &Words) -> Self {
        let is_not = |&at: &usize| words.get(at).is_some_and(|word| word.is(&["not"]));
        let Some(not) = self.right.clone().skip(1).find(is_not) else { return self };
        let wrong = not + 1..self.right.end;
        let names = |range: &Range<usize>| !range.is_empty() && is_nominal(words.within(range));
        let right = self.right.start..not;
        if names(&right) && names(&wrong) { Self { right, wrong, swaps: true } } else { self }
    }
}

/// What `words` put right what was asked with: "no, I meant the left knee".
pub(super) fn of(words: &Words) -> Option<Repair> {
    let before = words.iter().take_while(|word| word.is(BEFORE_REPAIR)).count();
    let told = told(words, before).map(|repair| repair.without_wrong(words));
    let told = told.or_else(|| instead(words, before)).or_else(|| meant(words, before));
    let repair = told.or_else(|| corrected(words, before))?;
    let right = words.within(&repair.right);
    let asks = right.iter().any(|word| word.is(AUXILIARIES) || word.is(QUESTION_WORDS));
    let named = !asks && right.len() <= MAX_REPAIRED && right.iter().any(Word::can_name);
    named.then_some(repair)
}

/// "I meant the left knee", "I was asking about the knee".
fn told(words: &Words, before: usize) -> Option<Repair> {
    let opened = REPAIRS.iter().find(|opening| words.starts(before, opening))?;
    let to = before + opened.len();
    let from = to + usize::from(words.get(to).is_some_and(|word| word.is(&["about", "for"])));
    Some(Repair::to(from..words.len(), opened.iter().any(|word| MEANT.contains(word))))
}

/// "Not the MRI, the PET scan", "not my knee but my hip".
fn instead(words: &Words, before: usize) -> Option<Repair> {
    words.get(before).filter(|word| word.is(&["not"]))?;
    let from = before + 1;
    let border = (from + 1..words.len())
        .find(|&at| words.get(at).is_some_and(|word| word.after_break || word.is(&["but"])))?;
    let to = border + usize::from(words.get(border).is_some_and(|word| word.is(&["but"])));
    let wrong = from..border;
    let names = |range: &Range<usize>| {
        let words = words.within(range);
        is_nominal(words) && words.iter().any(|word| word.is_content() && !word.is_time())
    };
    let right = to..words.len();
    (names(&wrong) && names(&right)).then_some(Repair { right, wrong, swaps: true })
}

/// "The port I mean".
fn meant(words: &Words, before: usize) -> Option<Repair> {
    let to = words.len().checked_sub(2)?;
    let ends = words.starts(to, &["i"]) && words.get(to + 1).is_some_and(|word| word.is(MEANT));
    let right = before..to;
    (ends && before < to && is_nominal(words.within(&right))).then(|| Repair::to(right, true))
}

/// "No, the sleeve".
fn corrected(words: &Words, before: usize) -> Option<Repair> {
    let denied = words.iter().take(before).any(|word| word.is(DENIALS));
    let article = words.get(before).is_some_and(|word| word.is(&["the", "my"]));
    let right = words.from(before);
    let somebody = right.get(1).is_none_or(Word::is_person);
    let named = denied && article && !somebody && right.len() <= MAX_CORRECTED && is_nominal(right);
    named.then(|| Repair::to(before..words.len(), true))
}

/// Whether `words` are a noun phrase and nothing else.
fn is_nominal(words: &[Word]) -> bool {
    words.iter().all(|word| word.can_name() || word.is(ARTICLES) || word.is(&["of", "in", "for", "with"]))
}
