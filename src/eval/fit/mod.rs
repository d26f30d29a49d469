//! Fitting the weights that order passages and the one of the confidence.
//!
//! The penalty and the loss are chosen by cross-validation: the questions are cut into folds by a hash of
//! their ids, each fold is judged by weights fitted on the others, and what did best on average is fitted once
//! more on everything. Nothing is drawn: the same runs give the same file.

mod data;
mod file;
mod lbfgs;
mod logistic;
mod origin;
mod ranking;
mod scale;

pub use data::Lessons;
pub use file::{FittedProfile, WeightsFile, WeightsFileError};
pub use logistic::{Example, Logistic, fit_logistic};
pub use origin::Origins;
pub use ranking::{Group, Loss, Row, first_is_good, fit_signed, tells};

use super::measures::abstention::{Judged, auroc};
use super::measures::calibration::expected_calibration_error;

/// Penalties that are tried.
const PENALTIES: [f64; 8] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1];
/// How many folds the questions are cut into.
pub const FOLDS: usize = 10;

/// How weights of the ranking did on questions that they were not fitted on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankingTrial {
    /// What was made small.
    pub loss: Loss,
    /// The penalty.
    pub l2: f64,
    /// Share of questions, by weight, whose first passage is a good one.
    pub first: f64,
}

/// How weights of the confidence did on questions that they were not fitted on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceTrial {
    /// The penalty.
    pub l2: f64,
    /// Mean logarithmic loss, by weight.
    pub log_loss: f64,
    /// Answerable against unanswerable, without weights.
    pub auroc: Option<f64>,
    /// Expected calibration error, without weights.
    pub ece: Option<f64>,
}

/// Tries each of `losses` with every penalty.
#[must_use]
pub fn ranking_trials(lessons: &Lessons, losses: &[Loss]) -> Vec<RankingTrial> {
    let mut trials = Vec::new();
    for &loss in losses {
        for l2 in PENALTIES {
            let (mut good, mut all) = (0.0, 0.0);
            for fold in 0..FOLDS {
                let (train, test) = parted(&lessons.groups, fold);
                let weights = fit_signed(&train, loss, l2, &|at| lessons.may_be_negative(at));
                for group in &test {
                    all += f64::from(group.weight);
                    good += if first_is_good(group, &weights) { f64::from(group.weight) } else { 0.0 };
                }
            }
            trials.push(RankingTrial { loss, l2, first: if all > 0.0 { good / all } else { 0.0 } });
        }
    }
    trials
}

/// The trial with the most right first passages; of equals the one with the larger penalty, then the one
/// listed first.
#[must_use]
pub fn best_ranking(trials: &[RankingTrial]) -> Option<RankingTrial> {
    let better = |a: &RankingTrial, b: &RankingTrial| {
        b.first > a.first + 1e-12 || ((b.first - a.first).abs() <= 1e-12 && b.l2 > a.l2)
    };
    trials.iter().copied().reduce(|best, next| if better(&best, &next) { next } else { best })
}

/// Tries every penalty.
#[must_use]
pub fn confidence_trials(lessons: &Lessons) -> Vec<ConfidenceTrial> {
    PENALTIES.iter().map(|&l2| confidence_trial(lessons, l2)).collect()
}

fn confidence_trial(lessons: &Lessons, l2: f64) -> ConfidenceTrial {
    let fitted: Vec<Logistic> =
        (0..FOLDS).map(|fold| fit_logistic(&parted(&lessons.examples, fold).0, l2)).collect();
    let (mut loss, mut all) = (0.0, 0.0);
    let mut judged = Vec::with_capacity(lessons.examples.len());
    for ((example, fold), &answerable) in lessons.examples.iter().zip(&lessons.answerable) {
        let confidence = fitted.get(*fold).map_or(0.5, |fit| fit.probability(&example.signals));
        let chance = if example.right { confidence } else { 1.0 - confidence };
        loss -= f64::from(example.weight) * chance.max(1e-12).ln();
        all += f64::from(example.weight);
        judged.push(Judged { confidence, answerable, right: example.right });
    }
    ConfidenceTrial {
        l2,
        log_loss: if all > 0.0 { loss / all } else { 0.0 },
        auroc: auroc(&judged),
        ece: expected_calibration_error(&judged),
    }
}

/// The trial with the smallest loss.
#[must_use]
pub fn best_confidence(trials: &[ConfidenceTrial]) -> Option<ConfidenceTrial> {
    trials.iter().copied().min_by(|a, b| a.log_loss.total_cmp(&b.log_loss))
}

/// What is not of `fold`, and what is.
fn parted<T: Clone>(all: &[(T, usize)], fold: usize) -> (Vec<T>, Vec<T>) {
    let of = |wanted: bool| {
        all.iter().filter(|(_, at)| (*at == fold) == wanted).map(|(one, _)| one.clone()).collect()
    };
    (of(false), of(true))
}
