//! Reading a question with what was said before.
//!
//! [`standalone`] leaves a question alone that can stand by itself, byte for byte. One that leans on the
//! conversation ("how long does it take?", "and in the tail?", "the second one") is read with the subject of
//! the conversation put in its place, or behind it in brackets where putting it in could change the sense.
//! Nothing is guessed beyond words: no model, no clock, the same history gives the same reading.

mod carry;
mod focus;
mod lean;
mod nouns;
mod offer;
mod own;
mod readings;
mod repair;
mod said;
mod spoken;
mod told;
mod turn;
mod words;

use lean::Lean;
pub use said::says_nothing;
use serde::{Deserialize, Serialize};
pub use spoken::{OfSubject, of_subject};
pub use told::subject_told;
use turn::Turn;
use words::Words;

use crate::document::DocumentId;
use crate::text::Span;

/// Earlier turns that are looked at.
const MAX_HISTORY: usize = 8;

/// An earlier question and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// As typed.
    pub question: String,
    /// As read, where that differs.
    pub read_as: Option<String>,
    /// Headings above what was quoted first, from the outermost inwards.
    #[serde(default)]
    pub section: Vec<String>,
    /// The document that was quoted first.
    pub document: Option<DocumentId>,
    /// What was quoted first.
    pub answered: Option<String>,
    /// Questions offered, in order.
    pub offered: Vec<String>,
    /// Items of the first list that was quoted.
    pub listed: Vec<String>,
    /// Where everything stands that was quoted.
    #[serde(default)]
    pub quoted: Vec<(DocumentId, Span)>,
    /// The title of the notice that was shown.
    #[serde(default)]
    pub notice: Option<String>,
    /// Whether what was quoted came with a caution. It is last, since chats that were kept before do not tell it.
    #[serde(default)]
    pub is_unsure: bool,
}

/// How a question stands to the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StandaloneKind {
    /// It needs nothing from before.
    SelfContained,
    /// It is read with the subject of the conversation.
    FollowUp,
    /// It says yes to a question that was offered.
    TakesUpOffer,
    /// It wants more on the question before.
    GoesOn,
    /// It names one of several by its number.
    Ordinal,
    /// It needs nothing from before and shares no word with it.
    TopicChange,
}

/// A question that can be looked up without the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standalone {
    /// What is to be looked up. Never longer than the questions that it is made of, and four bytes.
    pub text: String,
    /// How the question stands to the conversation.
    pub kind: StandaloneKind,
    /// What else may be meant, the likeliest first. Which it is, the documents may tell.
    pub others: Vec<String>,
    /// The one of `text` and `others` that is the question before, asked of what this one names ("and after a hernia
    /// repair?"). It says all of its subject.
    pub carried: Option<String>,
}

/// Reads `question` with `history`, oldest first.
#[must_use]
pub fn standalone(history: &[Exchange], question: &str) -> Standalone {
    let recent = history.get(history.len().saturating_sub(MAX_HISTORY)..).unwrap_or(history);
    let with = |text, kind, others| Standalone { text, kind, others, carried: None };
    let alone = |kind, others| with(question.to_owned(), kind, others);
    if recent.is_empty() {
        return alone(StandaloneKind::SelfContained, Vec::new());
    }
    let mut earlier = recent.iter().map(|one| one.read_as.as_ref().unwrap_or(&one.question));
    if let Some((text, kind)) = offer::taken_up(recent, question) {
        return with(text, kind, Vec::new());
    }
    let words = Words::of(question);
    let lean = lean::of(&words);
    let turns = Turn::all(recent);
    if lean == Lean::None {
        let shared = earlier.any(|earlier| words.shares_content(&Words::of(earlier)));
        let kind = if shared { StandaloneKind::SelfContained } else { StandaloneKind::TopicChange };
        return alone(kind, readings::beside(&turns, question, &words));
    }
    let mut others = readings::leaning(&turns, question, &words, lean);
    if others.is_empty() {
        return alone(StandaloneKind::SelfContained, others);
    }
    let first = others.remove(0);
    let carried = turn::carried(&turns, question, &words, lean);
    Standalone { carried, ..with(first, StandaloneKind::FollowUp, others) }
}

#[cfg(test)]
mod tests;
