//! What an earlier message said that a later one can lean on.

use super::carry::Named;
use super::lean::{self, Lean};
use super::readings::is_joined;
use super::words::{Word, Words};
use super::{Exchange, focus};
use crate::conversation::{Act, Acts, SmallTalk};
use crate::text::brackets::{in_brackets, last_brackets};

/// Words of a message that only asks back: "why not", "what do you mean".
const ASKING_BACK: &[&str] = &[
    "why", "not", "what", "how", "come", "huh", "eh", "really", "sorry", "pardon", "so", "but", "then", "ok",
    "okay", "oh", "hm", "hmm", "well", "yes", "no", "do", "does", "did", "you", "mean", "is", "that", "it",
    "please",
];
/// Words beside a time: "next week", "this morning".
const BESIDE_TIMES: &[&str] = &["this", "last", "next", "at", "ago", "few", "couple"];

impl Exchange {
    /// What its message said that a later one can lean on: the question in full where it was read as another, "the knee"
    /// of "I meant the knee". Nothing where it only asks back, complains, is small talk or names a time.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        let question = self.question.as_str();
        if let Some(read) = self.read_as.as_deref().filter(|read| !is_joined(read, question)) {
            return Some(read);
        }
        if says_nothing(question) {
            return None;
        }
        let words = Words::of(question);
        let repaired = (lean::of(&words) == Lean::Repair).then(|| Named::of(question, &words)).flatten();
        Some(repaired.map_or(question, |named| named.text))
    }

    /// The same with what it was read with, "how long? (stent)". Of brackets within brackets only the innermost stand,
    /// so that it does not grow from turn to turn.
    #[must_use]
    pub fn said_in_full(&self) -> Option<String> {
        let said = self.said()?;
        let Some(read) = self.read_as.as_deref() else { return Some(said.to_owned()) };
        let Some((question, mut aside)) = last_brackets(read) else { return Some(read.to_owned()) };
        while let Some((_, inner)) = last_brackets(aside) {
            aside = inner;
        }
        Some(in_brackets(question, aside))
    }
}

/// Whether `text` says nothing that a later message could lean on.
#[must_use]
pub fn says_nothing(text: &str) -> bool {
    is_bare(&Words::of(text)) || is_talk(text)
}

/// Whether `words` only ask back or name a time.
pub(super) fn is_bare(words: &Words) -> bool {
    let is_time = |word: &Word| word.is_when() || word.is(focus::BINDERS) || word.is(BESIDE_TIMES);
    words.iter().all(|word| word.is(ASKING_BACK) || is_time(word))
}

/// Whether `words` ask what was meant.
pub(super) fn asks_meaning(words: &Words) -> bool {
    words.iter().all(|word| word.is(ASKING_BACK)) && words.iter().any(|word| word.is(&["mean"]))
}

/// Whether `text` is small talk or a complaint and nothing else.
pub(super) fn is_talk(text: &str) -> bool {
    match Acts::shipped().of(text) {
        Act::Agree | Act::Decline => true,
        Act::SmallTalk(talk) => !matches!(talk, SmallTalk::About | SmallTalk::Capabilities),
        Act::Question | Act::Here | Act::Handoff | Act::Contact | Act::WhyNot => false,
    }
}
