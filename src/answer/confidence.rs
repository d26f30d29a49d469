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
/// "How long" was asked, and the passage names no span of time: it may be shown, but is no answer.
const NO_SPAN_OF_TIME: f32 = -4.0;

/// The confidence, 0 to 1, in a passage with these features for this question.
pub(super) fn confidence(reading: &Reading, features: &Features) -> f32 {
    let wrong_kind = match reading.kind {
        _ if features.kind >= 0.5 => 0.0,
        QuestionKind::Duration => NO_SPAN_OF_TIME,
        QuestionKind::Quantity | QuestionKind::Time => WRONG_KIND,
        QuestionKind::Several | QuestionKind::Definition | QuestionKind::Open => 0.0,
    };
    let sum = COVERAGE.mul_add(features.coverage, BIAS)
        + TEXT_COVERAGE * features.text_coverage
        + PROXIMITY * features.proximity
        + wrong_kind;
    1.0 / (1.0 + (-sum).exp())
}
