//! Minimising a smooth function of a few dozen variables.
//!
//! Limited-memory BFGS (Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 7.5) with
//! a line search that halves the step until it pays (Armijo's condition).

use std::collections::VecDeque;

/// Pairs of steps and changes of the gradient that are remembered.
const MEMORY: usize = 10;
const MAX_STEPS: usize = 500;
const MAX_HALVINGS: usize = 50;
/// The search ends where no part of the gradient is larger than this.
const FLAT: f64 = 1e-7;
/// Share of the promised gain that a step must bring.
const ARMIJO: f64 = 1e-4;

/// Value and gradient at a place.
type Slope<'a> = &'a dyn Fn(&[f64]) -> (f64, Vec<f64>);

/// A place where `function`, which gives its value and its gradient, is smallest near `start`. The same input gives
/// the same place, bit for bit.
pub(super) fn minimise(start: Vec<f64>, function: Slope<'_>) -> Vec<f64> {
    let mut place = start;
    let (mut value, mut gradient) = function(&place);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    for _ in 0..MAX_STEPS {
        if gradient.iter().all(|part| part.abs() < FLAT) {
            break;
        }
        let mut direction = downhill(&gradient, &memory);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            memory.clear();
            direction = gradient.iter().map(|part| -part).collect();
            slope = dot(&direction, &gradient);
        }
        let first = if memory.is_empty() { 1.0 / dot(&gradient, &gradient).sqrt().max(1.0) } else { 1.0 };
        let Some((next, next_value, next_gradient)) =
            search(&place, value, &direction, slope, first, function)
        else {
            break;
        };
        let step: Vec<f64> = difference(&next, &place);
        let change: Vec<f64> = difference(&next_gradient, &gradient);
        if dot(&step, &change) > 1e-12 {
            memory.push_back((step, change));
            if memory.len() > MEMORY {
                memory.pop_front();
            }
        }
        (place, value, gradient) = (next, next_value, next_gradient);
    }
    place
}

type Point = (Vec<f64>, f64, Vec<f64>);

fn search(
    place: &[f64],
    value: f64,
    direction: &[f64],
    slope: f64,
    first: f64,
    function: Slope<'_>,
) -> Option<Point> {
    let mut length = first;
    for _ in 0..MAX_HALVINGS {
        let next: Vec<f64> = place.iter().zip(direction).map(|(at, by)| at + length * by).collect();
        let (next_value, gradient) = function(&next);
        if next_value <= value + ARMIJO * length * slope {
            return Some((next, next_value, gradient));
        }
        length *= 0.5;
    }
    None
}

/// Minus the inverse Hessian, as far as `memory` tells it, times the gradient.
fn downhill(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut direction = gradient.to_vec();
    let mut factors = Vec::with_capacity(memory.len());
    for (step, change) in memory.iter().rev() {
        let factor = dot(step, &direction) / dot(step, change);
        add(&mut direction, -factor, change);
        factors.push(factor);
    }
    if let Some((step, change)) = memory.back() {
        let scale = dot(step, change) / dot(change, change);
        direction.iter_mut().for_each(|part| *part *= scale);
    }
    for ((step, change), factor) in memory.iter().zip(factors.into_iter().rev()) {
        let back = dot(change, &direction) / dot(step, change);
        add(&mut direction, factor - back, step);
    }
    direction.iter_mut().for_each(|part| *part = -*part);
    direction
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

/// The sum of products.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        // Rosenbrock's function, smallest at (1, 1).
        let valley = |x: &[f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            (a * a + 100.0 * b * b, vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b])
        };
        let end = minimise(vec![-1.2, 1.0], &valley);
        assert!((end[0] - 1.0).abs() < 1e-5 && (end[1] - 1.0).abs() < 1e-5, "{end:?}");
    }

    #[test]
    fn a_bowl_of_unlike_widths_ends_at_its_centre() {
        let bowl = |x: &[f64]| {
            let by: Vec<f64> = (0..x.len()).map(|at| x[at] - at as f64).collect();
            let value = by.iter().enumerate().map(|(at, d)| (at + 1) as f64 * d * d).sum();
            (value, by.iter().enumerate().map(|(at, d)| 2.0 * (at + 1) as f64 * d).collect())
        };
        let end = minimise(vec![5.0; 12], &bowl);
        assert!(end.iter().enumerate().all(|(at, x)| (x - at as f64).abs() < 1e-5), "{end:?}");
    }
}
