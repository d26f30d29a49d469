//! Weights that put the passages that answer above the others.

use super::lbfgs::{dot, minimise};
use super::scale::Scale;

/// A passage considered for a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// In the order of the names.
    pub features: Vec<f32>,
    /// How good it is; 0 is not at all.
    pub grade: f32,
}

/// The passages considered for one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The passages.
    pub rows: Vec<Row>,
    /// What the question counts.
    pub weight: f32,
}

/// What is made small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// How unlikely it is, by a softmax over the scores, that the first passage is a good one: minus the
    /// logarithm of the sum of the chances of all, each counted by its share of the best grade.
    Listwise,
    /// How often a worse passage stands above a better one (RankNet, Burges and others, ICML 2005), each
    /// pair counted by its difference in grade, each question once.
    Pairwise,
}

impl Loss {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listwise => "listwise",
            Self::Pairwise => "pairwise",
        }
    }
}

/// Scaled features with grades from 0 to 1, and what the question counts.
type Scaled = (Vec<(Vec<f64>, f64)>, f64);

/// The weights, one a feature, with which `loss` over `groups` is smallest, with the squares of the weights
/// of features brought to one scale held down by `l2`. Questions without a good and a bad passage tell
/// nothing and are left out.
///
/// Only the weights that `may_be_negative` names by their place can fall below 0: a feature of another kind whose
/// weight does is left out, and the others are fitted anew. A figure that speaks for a passage cannot, by chance of a
/// small set, come to speak against it.
#[must_use]
pub fn fit_signed(
    groups: &[Group],
    loss: Loss,
    l2: f64,
    may_be_negative: &dyn Fn(usize) -> bool,
) -> Vec<f32> {
    let mut groups = groups.to_vec();
    loop {
        let weights = fit_free(&groups, loss, l2);
        let against = |at: usize| weights.get(at).is_some_and(|&w| w < 0.0) && !may_be_negative(at);
        let out: Vec<usize> = (0..weights.len()).filter(|&at| against(at)).collect();
        if out.is_empty() {
            return weights;
        }
        for row in groups.iter_mut().flat_map(|group| &mut group.rows) {
            for &at in &out {
                if let Some(feature) = row.features.get_mut(at) {
                    *feature = 0.0;
                }
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are kept in single precision")]
fn fit_free(groups: &[Group], loss: Loss, l2: f64) -> Vec<f32> {
    let telling: Vec<&Group> = groups.iter().filter(|group| tells(group)).collect();
    let rows = telling.iter().flat_map(|group| &group.rows).map(|row| row.features.as_slice());
    let width = telling.first().and_then(|group| group.rows.first()).map_or(0, |row| row.features.len());
    let scale = Scale::of(width, &rows);
    let total: f64 = telling.iter().map(|g| f64::from(g.weight)).sum::<f64>().max(f64::MIN_POSITIVE);
    let scaled: Vec<Scaled> = telling.iter().map(|group| scaled(group, &scale, total)).collect();
    let function = |weights: &[f64]| {
        let mut value = 0.5 * l2 * dot(weights, weights);
        let mut gradient: Vec<f64> = weights.iter().map(|weight| l2 * weight).collect();
        for (rows, weight) in &scaled {
            let scores: Vec<f64> = rows.iter().map(|(row, _)| dot(weights, row)).collect();
            let (loss, pulls) = match loss {
                Loss::Listwise => listwise(rows, &scores),
                Loss::Pairwise => pairwise(rows, &scores),
            };
            value += weight * loss;
            for ((row, _), pull) in rows.iter().zip(pulls) {
                gradient.iter_mut().zip(row).for_each(|(part, x)| *part += weight * pull * x);
            }
        }
        (value, gradient)
    };
    let found = minimise(vec![0.0; width], &function);
    scale.fold_back(&found).0.into_iter().map(|weight| weight as f32).collect()
}

/// Whether the passages of `group` differ in grade.
#[must_use]
pub fn tells(group: &Group) -> bool {
    group.rows.iter().any(|row| row.grade > 0.0)
        && group.rows.chunk_by(|a, b| a.grade.total_cmp(&b.grade).is_eq()).count() > 1
}

fn scaled(group: &Group, scale: &Scale, total: f64) -> Scaled {
    let best = group.rows.iter().map(|row| row.grade).fold(f32::MIN_POSITIVE, f32::max);
    let row = |row: &Row| (scale.apply(&row.features), f64::from(row.grade / best));
    (group.rows.iter().map(row).collect(), f64::from(group.weight) / total)
}

/// The loss of one question and its derivative by each score.
fn listwise(rows: &[(Vec<f64>, f64)], scores: &[f64]) -> (f64, Vec<f64>) {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
    let all: f64 = raised.iter().sum();
    let good: f64 = rows.iter().zip(&raised).map(|((_, grade), one)| grade * one).sum();
    let good = good.max(1e-300);
    let pulls = rows.iter().zip(&raised).map(|((_, grade), one)| one / all - grade * one / good).collect();
    ((all / good).ln(), pulls)
}

/// The same over pairs.
#[expect(clippy::cast_precision_loss, reason = "counts of passages")]
fn pairwise(rows: &[(Vec<f64>, f64)], scores: &[f64]) -> (f64, Vec<f64>) {
    let (mut loss, mut pairs) = (0.0, 0_usize);
    let mut pulls = vec![0.0; rows.len()];
    for (better, (_, high)) in rows.iter().enumerate() {
        for (worse, (_, low)) in rows.iter().enumerate().filter(|(_, (_, low))| low < high) {
            let of = |at: usize| scores.get(at).copied().unwrap_or(0.0);
            let (ahead, counts) = (of(better) - of(worse), high - low);
            loss += counts * ((-ahead).max(0.0) + (-ahead.abs()).exp().ln_1p());
            let pull = counts / (1.0 + ahead.exp());
            for (at, pull) in [(better, -pull), (worse, pull)] {
                if let Some(sum) = pulls.get_mut(at) {
                    *sum += pull;
                }
            }
            pairs += 1;
        }
    }
    let pairs = pairs.max(1) as f64;
    pulls.iter_mut().for_each(|pull| *pull /= pairs);
    (loss / pairs, pulls)
}

/// Whether the passage that `weights` put first is a good one; of equal scores the first listed.
#[must_use]
pub fn first_is_good(group: &Group, weights: &[f32]) -> bool {
    let score = |row: &Row| row.features.iter().zip(weights).map(|(x, w)| x * w).sum::<f32>();
    let first = group.rows.iter().reduce(|best, row| if score(row) > score(best) { row } else { best });
    first.is_some_and(|row| row.grade > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::random::Random;

    /// Questions whose best passage is the one with the largest `x - 2y`; `z` is noise, `c` constant.
    fn groups(count: usize) -> Vec<Group> {
        let mut random = Random::new(11);
        let mut uniform = || (random.next() >> 40) as f32 / (1 << 24) as f32;
        let mut groups = Vec::new();
        for _ in 0..count {
            let mut rows: Vec<Row> = (0..8)
                .map(|_| Row { features: vec![uniform(), uniform(), uniform(), 1.0], grade: 0.0 })
                .collect();
            let key = |row: &Row| row.features[0] - 2.0 * row.features[1];
            rows.sort_by(|a, b| key(b).total_cmp(&key(a)));
            rows[0].grade = 1.0;
            rows.rotate_left(3);
            groups.push(Group { rows, weight: 1.0 });
        }
        groups
    }

    #[test]
    fn both_losses_find_what_makes_a_passage_good() {
        let groups = groups(300);
        for loss in [Loss::Listwise, Loss::Pairwise] {
            let weights = fit_signed(&groups, loss, 1e-4, &|_| true);
            let ratio = weights[1] / weights[0];
            assert!((-2.2..-1.8).contains(&ratio), "{loss:?} {weights:?}");
            assert!(weights[2].abs() < 0.1 * weights[0] && weights[3] == 0.0, "{loss:?} {weights:?}");
            let right = groups.iter().filter(|group| first_is_good(group, &weights)).count();
            assert!(right > 270, "{loss:?} {right}");
        }
    }

    #[test]
    fn the_gradients_are_those_of_the_losses() {
        let rows: Vec<(Vec<f64>, f64)> = [1.0, 0.0, 0.5].map(|grade| (Vec::new(), grade)).into();
        let at = [0.3, 0.7, -0.2];
        for loss in [listwise, pairwise] {
            let (_, pulls) = loss(&rows, &at);
            for index in 0..3 {
                let moved = |by: f64| {
                    let mut scores = at;
                    scores[index] += by;
                    loss(&rows, &scores).0
                };
                let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((numeric - pulls[index]).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn questions_that_tell_nothing_are_left_out() {
        let row = |grade| Row { features: vec![1.0], grade };
        let group = |grades: &[f32]| Group { rows: grades.iter().map(|g| row(*g)).collect(), weight: 1.0 };
        assert!(!tells(&group(&[])) && !tells(&group(&[0.0, 0.0])) && !tells(&group(&[1.0, 1.0])));
        assert!(tells(&group(&[0.0, 1.0])) && tells(&group(&[1.0, 2.0])));
        assert!(fit_signed(&[group(&[1.0])], Loss::Listwise, 1.0, &|_| true).is_empty());
    }
}
