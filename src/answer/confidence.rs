//! How sure we are that a quote answers.
//!
//! A logistic function of what the passage holds of the question. The weights are set by hand; they put
//! the outcomes in a sensible order but are not calibrated against judgements yet.

use crate::retrieve::{Features, QuestionKind, Reading};

const BIAS: f32 = -3.2;
const COVERAGE: f32 = 4.6;
const TEXT_COVERAGE: f32 = 1.2;
const PROXIMITY: f32 = 0.8;
/// A question of a kind that can be seen in a sentence, and the passage has none such.
const WRONG_KIND: f32 = -1.0;

/// The confidence, 0 to 1, in a passage with these features for this question.
pub(super) fn confidence(reading: &Reading, features: &Features) -> f32 {
    let wants_kind =
        matches!(reading.kind, QuestionKind::Duration | QuestionKind::Quantity | QuestionKind::Time);
    let wrong_kind = if wants_kind && features.kind < 0.5 { WRONG_KIND } else { 0.0 };
    let sum = COVERAGE.mul_add(features.coverage, BIAS)
        + TEXT_COVERAGE * features.text_coverage
        + PROXIMITY * features.proximity
        + wrong_kind;
    1.0 / (1.0 + (-sum).exp())
}
