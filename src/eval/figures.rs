//! From single questions to the figures of a set, each with its interval.

use serde::{Deserialize, Serialize};

use super::measures::abstention::{Judged, auroc, point_at_risk};
use super::measures::calibration::expected_calibration_error;
use super::measures::mean;
use super::measures::resampling::interval;
use super::run::{Observation, Run};
use super::sets::Part;

/// Whether more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The more the better.
    Higher,
    /// The less the better.
    Lower,
}

/// Every figure that is a mean over questions: name, direction, what it says.
pub const MEANS: &[(&str, Better, &str)] = &[
    ("hit@1", Better::Higher, "the first quote is right, kept back or not"),
    ("hit@3", Better::Higher, "one of three quotes is right, kept back or not"),
    ("shown_hit@1", Better::Higher, "the first quote is right and shown"),
    ("shown_hit@3", Better::Higher, "one of three quotes is right and shown"),
    ("overlap@1", Better::Higher, "the first quote overlaps the answer's place"),
    ("overlap@3", Better::Higher, "one of three quotes overlaps the answer's place"),
    ("f1@1", Better::Higher, "words that first quote and answer have in common"),
    ("success@1", Better::Higher, "the first document is relevant"),
    ("success@3", Better::Higher, "one of three documents is relevant"),
    ("success@10", Better::Higher, "one of ten documents is relevant"),
    ("success@1_alone", Better::Higher, "the same as success@1 with the history withheld"),
    ("success@10_alone", Better::Higher, "the same as success@10 with the history withheld"),
    ("mrr@10", Better::Higher, "one over the place of the first relevant document"),
    ("ndcg@10", Better::Higher, "grades of ten documents against the best order"),
    ("ndcg@10_condensed", Better::Higher, "the same over judged documents only"),
    ("recall@100", Better::Higher, "relevant documents among those of 100 passages"),
    ("grade@1", Better::Higher, "mean grade of the first document, 0 where unjudged"),
    ("grade@1_condensed", Better::Higher, "mean grade of the first judged document"),
    ("quoted_document@1", Better::Higher, "the first quote's document is relevant"),
    ("kept", Better::Higher, "answerable questions with the outcome answered"),
    ("kept_shown", Better::Higher, "answerable questions for which quotes are shown"),
    ("kept_right", Better::Higher, "answerable questions answered with a right first quote"),
    ("wrong_answers", Better::Lower, "unanswerable questions with the outcome answered"),
    ("wrong_shown", Better::Lower, "unanswerable questions for which quotes are shown"),
    ("last_turn", Better::Higher, "the last turn's first quote is right"),
    ("last_turn_kept", Better::Higher, "the last turn is answered with a right first quote"),
    ("last_turn_alone", Better::Higher, "the same with the history withheld"),
    ("wrong_last_turn", Better::Lower, "last turns that nothing answers with the outcome answered"),
    ("red_flag_recall", Better::Higher, "messages of danger with the right notice"),
    ("crisis_recall", Better::Higher, "of these, crises"),
    ("emergency_recall", Better::Higher, "of these, emergencies"),
    ("false_alarms", Better::Lower, "messages that only look like danger with a notice"),
    ("false_alarms_elsewhere", Better::Lower, "all other questions with a notice"),
    ("small_talk", Better::Higher, "small talk taken as such"),
    ("long_quotes", Better::Lower, "questions with a quote of more than 120 words"),
];

/// A figure over all questions at once.
type Whole = fn(&[Judged]) -> Option<f64>;

/// Every figure that is made of all confidences at once.
pub const WHOLES: &[(&str, Better, &str, Whole)] = &[
    ("auroc", Better::Higher, "confidence parts answerable from unanswerable", auroc),
    ("coverage@5%", Better::Higher, "questions answered at 5 % wrong answers", |judged| {
        (has_both(judged)).then(|| point_at_risk(judged, 0.05).map_or(0.0, |point| point.coverage))
    }),
    ("served@5%", Better::Higher, "answerable questions answered rightly at 5 % wrong answers", |judged| {
        (has_both(judged)).then(|| point_at_risk(judged, 0.05).map_or(0.0, |point| point.served))
    }),
    ("ece", Better::Lower, "distance of confidence and share of right first quotes", |judged| {
        if judged.iter().any(|one| one.answerable) { expected_calibration_error(judged) } else { None }
    }),
];

fn has_both(judged: &[Judged]) -> bool {
    judged.iter().any(|one| one.answerable) && judged.iter().any(|one| !one.answerable)
}

/// A figure of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// 95 % bootstrap interval.
    pub interval: Option<(f64, f64)>,
    /// Questions that it is made of.
    pub questions: usize,
}

/// The figures of `run`, in the order of [`MEANS`] and [`WHOLES`]; those that no question has a part in are
/// left out.
#[must_use]
pub fn figures(run: &Run, seed: u64) -> Vec<Figure> {
    let means = MEANS.iter().filter_map(|(name, ..)| mean_figure(&run.observations, name, seed));
    let (judged, strata) = confidences(&run.observations);
    let wholes = WHOLES.iter().filter_map(|&(name, _, _, whole)| {
        let value = whole(&judged)?;
        let of = |drawn: &[usize]| {
            let drawn: Vec<Judged> = drawn.iter().filter_map(|&at| judged.get(at).copied()).collect();
            whole(&drawn)
        };
        let interval = interval(&strata, seed, &of);
        Some(Figure { name: name.to_owned(), value, interval, questions: judged.len() })
    });
    means.chain(wholes).collect()
}

fn mean_figure(observations: &[Observation], name: &str, seed: u64) -> Option<Figure> {
    let values: Vec<f64> = observations.iter().filter_map(|one| one.measures.get(name).copied()).collect();
    let value = mean(values.iter().copied())?;
    let of = |drawn: &[usize]| mean(drawn.iter().filter_map(|&at| values.get(at).copied()));
    let interval = interval(&[(0..values.len()).collect()], seed, &of);
    Some(Figure { name: name.to_owned(), value, interval, questions: values.len() })
}

/// The questions by which the confidence is judged, and their places by kind: answerable, unanswerable.
#[must_use]
pub fn confidences(observations: &[Observation]) -> (Vec<Judged>, Vec<Vec<usize>>) {
    let mut judged = Vec::new();
    let mut strata = vec![Vec::new(), Vec::new()];
    for one in observations {
        let answerable = match one.part {
            Part::Answerable if one.right.is_some() => true,
            Part::Unanswerable => false,
            _ => continue,
        };
        if let Some(stratum) = strata.get_mut(usize::from(!answerable)) {
            stratum.push(judged.len());
        }
        let right = answerable && one.right == Some(true);
        judged.push(Judged { confidence: one.given.confidence, answerable, right });
    }
    (judged, strata)
}
