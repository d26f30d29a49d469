//! The learned weights: a file in the repository, fitted by `ibid eval fit`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Features, FollowUp, Signals};

/// The weights that ship with the program.
const SHIPPED: &str = include_str!("../../models/ranking.toml");

/// The weights as written in the file, by the name of the figure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LearnedWeights {
    /// While the sentence vectors are in use.
    pub hybrid: Profile,
    /// Without them.
    pub lexical: Profile,
    /// With them, where the judge was asked.
    #[serde(default)]
    pub judged: Profile,
    /// In a conversation, whatever took part.
    #[serde(default)]
    pub follow_up: InConversation,
}

/// What took part in finding, which decides the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Words alone.
    Lexical,
    /// Words and sentence vectors.
    Hybrid,
    /// Words and sentence vectors; the judge read the first passage and did not contradict.
    Confirmed,
    /// Words, sentence vectors and the judge.
    Judged,
}

impl Way {
    /// How the passage at `place` of those found was looked at.
    #[must_use]
    pub const fn of_passage(self, place: usize) -> Self {
        match (self, place) {
            (Self::Confirmed, 0) => Self::Judged,
            (Self::Confirmed, _) => Self::Hybrid,
            (way, _) => way,
        }
    }
}

/// The weights for one way of finding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What each of [`Features`] adds to a passage's score; 0 where it is not named.
    pub ranking: BTreeMap<String, f32>,
    /// What each of [`Signals`] adds to the log odds of the confidence; `bias` is added always.
    pub confidence: BTreeMap<String, f32>,
}

impl Profile {
    /// The tables of this one, of `other` those that are empty here.
    fn or(self, other: Self) -> Self {
        let one_of = |own: BTreeMap<_, _>, other| if own.is_empty() { other } else { own };
        Self {
            ranking: one_of(self.ranking, other.ranking),
            confidence: one_of(self.confidence, other.confidence),
        }
    }
}

/// The weights for what may lean on a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InConversation {
    /// What each of [`FollowUp`] adds to a quote's score. Where it is empty, the surest quote is the first.
    pub ranking: BTreeMap<String, f32>,
    /// What each of [`FollowUp`] adds to the log odds of the confidence; `bias` is added always. Where it is empty, the
    /// confidence is the one found.
    pub confidence: BTreeMap<String, f32>,
}

/// Weights that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file is not there, or may not be read.
    #[error(
        "the weights in {} cannot be read: {source}; name a file that `ibid eval fit` wrote, or leave the key empty for the \
         shipped weights",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not of the format.
    #[error("the weights cannot be read: {0}")]
    Format(#[from] toml::de::Error),
    /// A figure that does not exist.
    #[error("the weights name `{name}`, which is no figure of {table}")]
    Unknown {
        /// As written.
        name: String,
        /// Where.
        table: &'static str,
    },
}

/// The weights in the order of the figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    hybrid: Ordered,
    lexical: Ordered,
    judged: Ordered,
    follow_up: AfterHistory,
}

#[derive(Debug, Clone, PartialEq)]
struct AfterHistory {
    ranking: Option<[f32; FollowUp::NAMES.len()]>,
    confidence: Option<([f32; FollowUp::NAMES.len()], f32)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Ordered {
    ranking: [f32; Features::NAMES.len()],
    confidence: [f32; Signals::NAMES.len()],
    bias: f32,
}

impl Weights {
    /// Those that ship with the program.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a constant of the program, read by a test")]
    pub fn shipped() -> Self {
        Self::parse(SHIPPED).expect("the shipped weights are well-formed")
    }

    /// Reads weights from the text of a file; those of tables that it leaves empty are the shipped ones, but for
    /// conversations.
    ///
    /// # Errors
    /// It is not of the format, or names a figure that does not exist.
    pub fn parse(text: &str) -> Result<Self, WeightsError> {
        let learned: LearnedWeights = toml::from_str(text)?;
        let shipped: LearnedWeights = toml::from_str(SHIPPED)?;
        Ok(Self {
            hybrid: Ordered::of(&learned.hybrid.or(shipped.hybrid))?,
            lexical: Ordered::of(&learned.lexical.or(shipped.lexical))?,
            judged: Ordered::of(&learned.judged.or(shipped.judged))?,
            follow_up: AfterHistory::of(&learned.follow_up)?,
        })
    }

    /// The score of a passage with these features, found this way.
    #[must_use]
    pub fn score(&self, features: &Features, way: Way) -> f32 {
        dot(&self.profile(way).ranking, &features.values())
    }

    /// The probability, 0 to 1, that the passage with these signals answers.
    #[must_use]
    pub fn confidence(&self, signals: &Signals, way: Way) -> f32 {
        let profile = self.profile(way);
        let odds = profile.bias + dot(&profile.confidence, &signals.values());
        logistic(odds)
    }

    /// The score of a quote in a conversation.
    #[must_use]
    pub fn score_after(&self, figures: &FollowUp) -> f32 {
        match &self.follow_up.ranking {
            Some(weights) => dot(weights, &figures.values()),
            None => figures.log_odds,
        }
    }

    /// The probability, 0 to 1, that a quote answers in a conversation; `None` where nothing is known of those.
    #[must_use]
    pub fn confidence_after(&self, figures: &FollowUp) -> Option<f32> {
        let (weights, bias) = self.follow_up.confidence.as_ref()?;
        Some(logistic(bias + dot(weights, &figures.values())))
    }

    const fn profile(&self, way: Way) -> &Ordered {
        match way {
            Way::Lexical => &self.lexical,
            Way::Hybrid | Way::Confirmed => &self.hybrid,
            Way::Judged => &self.judged,
        }
    }
}

impl Ordered {
    fn of(profile: &Profile) -> Result<Self, WeightsError> {
        let mut ordered = Self {
            ranking: [0.0; Features::NAMES.len()],
            confidence: [0.0; Signals::NAMES.len()],
            bias: profile.confidence.get("bias").copied().unwrap_or(0.0),
        };
        place(&profile.ranking, Features::NAMES, &mut ordered.ranking, "ranking")?;
        place(&profile.confidence, Signals::NAMES, &mut ordered.confidence, "confidence")?;
        Ok(ordered)
    }
}

impl AfterHistory {
    fn of(learned: &InConversation) -> Result<Self, WeightsError> {
        let ordered = |named: &BTreeMap<String, f32>, table| -> Result<_, WeightsError> {
            let mut ordered = [0.0; FollowUp::NAMES.len()];
            place(named, FollowUp::NAMES, &mut ordered, table)?;
            Ok((!named.is_empty()).then_some(ordered))
        };
        let bias = learned.confidence.get("bias").copied().unwrap_or(0.0);
        let confidence = ordered(&learned.confidence, "follow_up.confidence")?;
        Ok(Self {
            ranking: ordered(&learned.ranking, "follow_up.ranking")?,
            confidence: confidence.map(|weights| (weights, bias)),
        })
    }
}

fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

fn place(
    named: &BTreeMap<String, f32>,
    names: &[&str],
    into: &mut [f32],
    table: &'static str,
) -> Result<(), WeightsError> {
    for (name, &weight) in named.iter().filter(|(name, _)| *name != "bias") {
        let at = names.iter().position(|known| known == name);
        match at.and_then(|at| into.get_mut(at)) {
            Some(slot) => *slot = weight,
            None => return Err(WeightsError::Unknown { name: name.clone(), table }),
        }
    }
    Ok(())
}

fn dot(weights: &[f32], values: &[f32]) -> f32 {
    weights.iter().zip(values).map(|(weight, value)| weight * value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_can_be_used() {
        assert_ne!(
            Weights::shipped().score(&Features { coverage: 1.0, ..Features::default() }, Way::Hybrid),
            0.0
        );
    }

    #[test]
    fn an_unknown_figure_is_refused_by_name() {
        let text =
            "[hybrid.ranking]\nlexicall = 1.0\n[hybrid.confidence]\n[lexical.ranking]\n[lexical.confidence]";
        assert!(Weights::parse(text).unwrap_err().to_string().contains("lexicall"));
    }

    #[test]
    fn what_a_file_does_not_fit_is_as_shipped() {
        let weights = Weights::parse(
            "[hybrid.ranking]\n[hybrid.confidence]\nknown = 1.0\n[lexical.ranking]\n[lexical.confidence]",
        )
        .unwrap();
        let (shipped, signals) = (Weights::shipped(), Signals { known: 1.0, ..Signals::default() });
        assert_ne!(weights.confidence(&signals, Way::Hybrid), shipped.confidence(&signals, Way::Hybrid));
        assert_eq!(weights.confidence(&signals, Way::Judged), shipped.confidence(&signals, Way::Judged));
        let features = Features { coverage: 1.0, ..Features::default() };
        assert_eq!(weights.score(&features, Way::Hybrid), shipped.score(&features, Way::Hybrid));
    }

    #[test]
    fn a_score_is_the_weighted_sum_and_a_confidence_its_logistic() {
        let text = "[hybrid.ranking]\nkind = 2.0\n[hybrid.confidence]\nbias = -1.0\nknown = 1.0\n\
                    [lexical.ranking]\nkind = 3.0\n[lexical.confidence]";
        let weights = Weights::parse(text).unwrap();
        let features = Features { kind: 0.5, coverage: 1.0, ..Features::default() };
        assert_eq!(
            (weights.score(&features, Way::Hybrid), weights.score(&features, Way::Lexical)),
            (1.0, 1.5)
        );
        let signals = Signals { known: 1.0, ..Signals::default() };
        assert_eq!(weights.confidence(&signals, Way::Hybrid), 0.5);
    }
}
