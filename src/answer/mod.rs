//! Ranked passages to quotes, or to an honest "not found".
//!
//! [`respond()`] is the way through: choose what to quote (`extract`), fold near-duplicates (`distinct`), say how sure
//! we are (`confidence`), and make each citation by slicing the stored document (`cite`).

mod cite;
mod cohesion;
mod confidence;
mod distinct;
mod emergency;
mod extract;
mod fold;
mod judged;
mod length;
mod listing;
mod literature;
mod model;
mod named;
mod nearest;
mod ranges;
mod related;
mod requote;
mod respond;
mod units;
mod verify;

use serde::{Deserialize, Serialize};

pub use cite::reference_to_passage;
pub use extract::quote_of;
pub use judged::find;
pub use model::{
    Answer, Citation, Correction, Literature, NearPlace, NotFoundReason, Notice, NoticeAction, NoticeKind,
    Outcome, Reference, Relation,
};
pub use requote::requoted;
pub use respond::{Response, is_shown, respond};
pub use verify::{Claim, Verdict, verify};

/// Choosing quotes and knowing when not to: `[answer]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerConfig {
    /// Longest question, in characters.
    pub max_question_chars: usize,
    /// Longest quote, in words.
    pub max_quote_words: usize,
    /// From this confidence on the outcome is `answered`.
    pub answered_confidence: f32,
    /// From this confidence on quotes are shown, with a caution below `answered_confidence`.
    pub low_confidence: f32,
    /// Answers remembered to be given again for the same question; 0 for none.
    pub cached_answers: usize,
}

impl Default for AnswerConfig {
    fn default() -> Self {
        Self {
            max_question_chars: 1000,
            max_quote_words: 120,
            answered_confidence: 0.42,
            low_confidence: 0.2,
            cached_answers: 1024,
        }
    }
}
