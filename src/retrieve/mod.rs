//! A question to ranked passages.
//!
//! [`Understanding`] finds what a message asks, [`Reading`] turns that into weighted slots and the kind of
//! answer that is wanted; candidates come by words and by vector; each is described by its [`Features`],
//! and the learned [`Weights`] order them. [`Finder`] holds what all that needs.

mod aspect;
mod candidates;
mod defined;
mod evidence;
mod features;
mod finder;
mod kind;
mod negation;
mod question;
mod rank;
mod reading;
mod roles;
mod understand;
mod weights;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use defined::Defined;
pub use evidence::{Evidence, TermHit};
pub use features::{Features, FollowUp, Sign, Signals};
pub use finder::{Finder, Findings};
pub use kind::QuestionKind;
pub use question::{DEFAULT_LIMIT, InvalidQuestion, Question};
pub use rank::RankedPassage;
pub use reading::{Alternative, Collection, Reading, Slot};
pub use understand::Understanding;
pub use weights::{InConversation, Profile, Way, Weights, WeightsError};

use crate::index::FieldBoosts;

/// Finding passages: `[retrieve]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetrieveConfig {
    /// How many candidates the index gives to be ranked.
    pub candidates: usize,
    /// Whether misspelt words are read as words of the documents or the lexicon.
    pub spelling: bool,
    /// Whether other ways to say something count.
    pub lexicon: bool,
    /// Whether a long message is read for its question.
    pub condensing: bool,
    /// File of learned weights; empty for those of the program.
    pub weights: PathBuf,
    /// What a match in each field counts.
    pub boosts: FieldBoosts,
}

impl Default for RetrieveConfig {
    fn default() -> Self {
        Self {
            candidates: 40,
            spelling: true,
            lexicon: true,
            condensing: true,
            weights: PathBuf::new(),
            boosts: FieldBoosts::default(),
        }
    }
}

impl RetrieveConfig {
    /// The weights that are to be used.
    ///
    /// # Errors
    /// The file named in `weights` cannot be read or used.
    pub fn learned(&self) -> Result<Weights, WeightsError> {
        if self.weights.as_os_str().is_empty() {
            return Ok(Weights::shipped());
        }
        let text = std::fs::read_to_string(&self.weights);
        Weights::parse(
            &text.map_err(|source| WeightsError::Unreadable { path: self.weights.clone(), source })?,
        )
    }
}
