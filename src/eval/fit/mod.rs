//! Fitting the weights that order passages and the one of the confidence.
//!
//! The penalty and the loss are chosen by cross-validation: the questions are cut into folds by a hash of
//! their ids, each fold is judged by weights fitted on the others, and what did best on average (of the confidence
//! the strongest penalty that does hardly worse) is fitted once more on everything. Nothing is drawn: the same runs
//! give the same file.

mod data;
mod file;
mod lbfgs;
mod logistic;
mod origin;
mod ranking;
mod scale;

pub use data::Lessons;
pub use file::{FittedProfile, WeightsFile, WeightsFileError};
pub use logistic::{Example, Logistic, fit_logistic, fit_signed_logistic};
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
    /// Standard error of the mean of the losses of the folds.
    pub standard_error: f64,
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
    let fitted: Vec<Logistic> = (0..FOLDS)
        .map(|fold| fit_signed_logistic(&parted(&lessons.examples, fold).0, l2, &|at| lessons.sign(at)))
        .collect();
    let mut folds = [(0.0, 0.0); FOLDS];
    let mut judged = Vec::with_capacity(lessons.examples.len());
    for ((example, fold), &answerable) in lessons.examples.iter().zip(&lessons.answerable) {
        let confidence = fitted.get(*fold).map_or(0.5, |fit| fit.probability(&example.signals));
        let chance = if example.right { confidence } else { 1.0 - confidence };
        if let Some((loss, all)) = folds.get_mut(*fold) {
            *loss -= f64::from(example.weight) * chance.max(1e-12).ln();
            *all += f64::from(example.weight);
        }
        judged.push(Judged { confidence, answerable, right: example.right });
    }
    let (loss, all) = folds.iter().fold((0.0, 0.0), |(l, a), (loss, all)| (l + loss, a + all));
    let means: Vec<f64> = folds.iter().filter(|(_, all)| *all > 0.0).map(|(loss, all)| loss / all).collect();
    ConfidenceTrial {
        l2,
        log_loss: if all > 0.0 { loss / all } else { 0.0 },
        standard_error: standard_error(&means),
        auroc: auroc(&judged),
        ece: expected_calibration_error(&judged),
    }
}

/// Standard error of the mean of `values`; 0 for fewer than two.
#[expect(clippy::cast_precision_loss, reason = "a count of folds")]
fn standard_error(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (count - 1.0) / count).sqrt()
}

/// The trial with the largest penalty whose loss is above the smallest by no more than the standard error of that one
/// ("one-standard-error rule", Breiman et al., Classification and Regression Trees, 1984): questions that will be asked
/// are less like those fitted on than these are like each other.
#[must_use]
pub fn best_confidence(trials: &[ConfidenceTrial]) -> Option<ConfidenceTrial> {
    let smallest = trials.iter().min_by(|a, b| a.log_loss.total_cmp(&b.log_loss))?;
    let bearable = smallest.log_loss + smallest.standard_error;
    trials.iter().copied().filter(|trial| trial.log_loss <= bearable).max_by(|a, b| a.l2.total_cmp(&b.l2))
}

/// What is not of `fold`, and what is.
fn parted<T: Clone>(all: &[(T, usize)], fold: usize) -> (Vec<T>, Vec<T>) {
    let of = |wanted: bool| {
        all.iter().filter(|(_, at)| (*at == fold) == wanted).map(|(one, _)| one.clone()).collect()
    };
    (of(false), of(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_penalty_within_a_standard_error_of_the_best_is_taken() {
        let trial = |l2: f64, log_loss: f64| ConfidenceTrial {
            l2,
            log_loss,
            standard_error: 0.01,
            auroc: None,
            ece: None,
        };
        let trials = [trial(0.1, 0.5), trial(0.01, 0.405), trial(0.001, 0.4), trial(0.0001, 0.402)];
        assert_eq!(best_confidence(&trials).map(|best| best.l2), Some(0.01));
        assert_eq!(best_confidence(&[]), None);
    }

    #[test]
    fn the_standard_error_of_a_mean_is_that_of_its_definition() {
        assert!((standard_error(&[1.0, 2.0, 3.0, 4.0]) - 0.645_497).abs() < 1e-6);
        assert_eq!(standard_error(&[1.0]), 0.0);
    }
}
