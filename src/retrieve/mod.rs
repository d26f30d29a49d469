//! A question to ranked passages.
//!
//! [`understand`](Reading::of) turns a question into weighted terms and the kind of answer that it wants;
//! candidates come from the index; [`rank()`] orders them by how much of the question they hold, how close
//! together, and whether they can answer a question of that kind. Every figure that went into a score is
//! kept in [`Features`].

mod evidence;
mod kind;
mod question;
mod rank;
mod reading;

use serde::{Deserialize, Serialize};

pub use evidence::{Evidence, TermHit};
pub use kind::QuestionKind;
pub use question::{DEFAULT_LIMIT, InvalidQuestion, Question};
pub use rank::{Features, RankedPassage, rank};
pub use reading::{ReadTerm, Reading};

use crate::index::FieldBoosts;

/// Finding passages: `[retrieve]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetrieveConfig {
    /// How many candidates the index gives to be ranked.
    pub candidates: usize,
    /// What a match in each field counts.
    pub boosts: FieldBoosts,
    /// What the share of the question that a passage holds adds to its score, as a factor.
    pub coverage_weight: f32,
    /// What words standing together as in the question add, as a factor.
    pub phrase_weight: f32,
    /// What words standing close to each other add, as a factor.
    pub proximity_weight: f32,
    /// What the right kind of statement adds (a span of time for "how long"), as a factor.
    pub kind_weight: f32,
}

impl Default for RetrieveConfig {
    fn default() -> Self {
        Self {
            candidates: 40,
            boosts: FieldBoosts::default(),
            coverage_weight: 1.0,
            phrase_weight: 0.4,
            proximity_weight: 0.3,
            kind_weight: 0.5,
        }
    }
}
