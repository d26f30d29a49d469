//! Logistic regression: a probability from signals.

use super::lbfgs::{dot, minimise};
use super::scale::Scale;
use crate::retrieve::Sign;

/// One question: its signals, whether the first quote was right, and what it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// In the order of the names.
    pub signals: Vec<f32>,
    /// Whether the first quote was right.
    pub right: bool,
    /// What it counts.
    pub weight: f32,
}

/// A fitted regression.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Logistic {
    /// One for each signal.
    pub weights: Vec<f32>,
    /// Added always.
    pub bias: f32,
}

impl Logistic {
    /// The probability, 0 to 1.
    #[must_use]
    pub fn probability(&self, signals: &[f32]) -> f64 {
        let sum: f32 = self.weights.iter().zip(signals).map(|(weight, signal)| weight * signal).sum();
        1.0 / (1.0 + (-f64::from(self.bias + sum)).exp())
    }
}

/// The weights that make `examples` likeliest among those with the signs that `sign` names by their place: a signal whose
/// weight has the other one is left out, and the others are fitted anew. What can only speak against an answer cannot, by
/// chance of a small set, come to speak for it.
#[must_use]
pub fn fit_signed_logistic(examples: &[Example], l2: f64, sign: &dyn Fn(usize) -> Sign) -> Logistic {
    let mut examples = examples.to_vec();
    loop {
        let fitted = fit_logistic(&examples, l2);
        let weights = fitted.weights.iter().enumerate();
        let out: Vec<usize> =
            weights.filter(|&(at, &weight)| !sign(at).allows(weight)).map(|(at, _)| at).collect();
        if out.is_empty() {
            return fitted;
        }
        for example in &mut examples {
            for &at in &out {
                if let Some(signal) = example.signals.get_mut(at) {
                    *signal = 0.0;
                }
            }
        }
    }
}

/// The weights that make `examples` likeliest, with the squares of the weights of signals brought to one
/// scale held down by `l2` (the bias is free). Nothing to learn from gives weights of 0.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "weights are kept in single precision")]
pub fn fit_logistic(examples: &[Example], l2: f64) -> Logistic {
    let width = examples.first().map_or(0, |example| example.signals.len());
    let scale = Scale::of(width, &examples.iter().map(|example| example.signals.as_slice()));
    let rows: Vec<(Vec<f64>, f64, f64)> = examples
        .iter()
        .map(|one| (scale.apply(&one.signals), f64::from(u8::from(one.right)), f64::from(one.weight)))
        .collect();
    let total: f64 = rows.iter().map(|row| row.2).sum::<f64>().max(f64::MIN_POSITIVE);
    let loss = |at: &[f64]| {
        let (weights, bias) = at.split_at(width);
        let bias = bias.first().copied().unwrap_or(0.0);
        let mut value = 0.5 * l2 * dot(weights, weights);
        let mut gradient: Vec<f64> = weights.iter().map(|weight| l2 * weight).collect();
        let mut free = 0.0;
        for (row, label, weight) in &rows {
            let odds = bias + dot(weights, row);
            // ln(1 + e^odds) - label * odds, without overflow.
            let soft = odds.max(0.0) + (-odds.abs()).exp().ln_1p();
            value += weight / total * (soft - label * odds);
            let off = weight / total * (1.0 / (1.0 + (-odds).exp()) - label);
            gradient.iter_mut().zip(row).for_each(|(part, x)| *part += off * x);
            free += off;
        }
        gradient.push(free);
        (value, gradient)
    };
    let found = minimise(vec![0.0; width + 1], &loss);
    let (weights, bias) = found.split_at(width);
    let (own, shift) = scale.fold_back(weights);
    let bias = bias.first().copied().unwrap_or(0.0) + shift;
    Logistic { weights: own.iter().map(|&weight| weight as f32).collect(), bias: bias as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::random::Random;

    fn uniform(random: &mut Random) -> f32 {
        (random.next() >> 40) as f32 / (1 << 24) as f32
    }

    #[test]
    fn the_weights_that_made_the_data_are_found() {
        let mut random = Random::new(3);
        let truth = Logistic { weights: vec![4.0, -2.0, 0.0], bias: -0.5 };
        let examples: Vec<Example> = (0..20_000)
            .map(|_| {
                let signals: Vec<f32> = (0..3).map(|_| uniform(&mut random)).collect();
                let right = f64::from(uniform(&mut random)) < truth.probability(&signals);
                Example { signals, right, weight: 1.0 }
            })
            .collect();
        let found = fit_logistic(&examples, 1e-6);
        for (found, truth) in found.weights.iter().zip(&truth.weights) {
            assert!((found - truth).abs() < 0.25, "{found} {truth}");
        }
        assert!((found.bias - truth.bias).abs() < 0.2);
        assert_eq!(found, fit_logistic(&examples, 1e-6), "the same examples give the same weights");
    }

    #[test]
    fn a_signal_with_the_wrong_sign_counts_nothing_and_the_others_are_fitted_without_it() {
        let mut random = Random::new(5);
        let truth = Logistic { weights: vec![3.0, 2.0, -2.0], bias: -1.0 };
        let examples: Vec<Example> = (0..2000)
            .map(|_| {
                let signals: Vec<f32> = (0..3).map(|_| uniform(&mut random)).collect();
                let right = f64::from(uniform(&mut random)) < truth.probability(&signals);
                Example { signals, right, weight: 1.0 }
            })
            .collect();
        let signs = [Sign::Positive, Sign::Negative, Sign::Either];
        let found = fit_signed_logistic(&examples, 1e-4, &|at| signs[at]);
        let mut without = examples.clone();
        without.iter_mut().for_each(|example| example.signals[1] = 0.0);
        assert_eq!(found, fit_logistic(&without, 1e-4));
        assert!(found.weights[0] > 1.0 && found.weights[1] == 0.0 && found.weights[2] < -1.0, "{found:?}");
    }

    #[test]
    fn a_weight_of_two_counts_like_two_examples() {
        let one = |signal: f32, right: bool, weight: f32| Example { signals: vec![signal], right, weight };
        let doubled = [one(0.0, false, 1.0), one(1.0, true, 2.0), one(0.5, false, 1.0)];
        let twice = [one(0.0, false, 1.0), one(1.0, true, 1.0), one(1.0, true, 1.0), one(0.5, false, 1.0)];
        // The scale sees rows, not weights, so only what is free of the penalty is compared.
        let (a, b) = (fit_logistic(&doubled, 1e-9), fit_logistic(&twice, 1e-9));
        for signal in [0.0, 0.5, 1.0] {
            assert!((a.probability(&[signal]) - b.probability(&[signal])).abs() < 1e-3);
        }
    }

    #[test]
    fn nothing_to_learn_from_is_no_failure() {
        assert_eq!(fit_logistic(&[], 1.0), Logistic::default());
        let same = Example { signals: vec![1.0], right: true, weight: 1.0 };
        let found = fit_logistic(&[same], 1.0);
        assert!(found.probability(&[1.0]) > 0.99 && found.weights == [0.0]);
    }
}
