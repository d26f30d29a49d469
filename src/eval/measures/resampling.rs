//! How far a figure may be from the truth, and whether two runs differ, without assuming a distribution.

use crate::eval::random::Random;

/// Resamples for an interval.
const RESAMPLES: usize = 2000;
/// Shuffles for a test.
const PERMUTATIONS: usize = 10_000;

/// The 95 % percentile bootstrap interval (Efron 1979) of `figure` over `strata`: questions are drawn anew
/// with repetition within each stratum, so that each keeps its size. `figure` gets the places of the
/// questions drawn. `None` where it can never be computed.
pub fn interval(
    strata: &[Vec<usize>],
    seed: u64,
    figure: &dyn Fn(&[usize]) -> Option<f64>,
) -> Option<(f64, f64)> {
    let mut random = Random::new(seed);
    let mut drawn = Vec::new();
    let mut values: Vec<f64> = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        drawn.clear();
        for stratum in strata {
            let draw = |_| stratum.get(random.below(stratum.len())).copied();
            drawn.extend((0..stratum.len()).filter_map(draw));
        }
        values.extend(figure(&drawn));
    }
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let low = values.get(last * 25 / 1000)?;
    let high = values.get(last - last * 25 / 1000)?;
    Some((*low, *high))
}

/// The two-sided p-value of the paired randomisation test (Fisher 1935; Smucker, Allan and Carterette, CIKM
/// 2007) for the mean of `differences`: the share of random changes of sign that give a mean at least as
/// far from 0, the observed one counted among them.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of shuffles")]
pub fn randomisation_p(differences: &[f64], seed: u64) -> f64 {
    // A question that does not differ adds nothing whatever its sign.
    let differing: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    let observed = differing.iter().sum::<f64>().abs();
    let mut random = Random::new(seed);
    let mut as_far = 1_usize;
    for _ in 0..PERMUTATIONS {
        let sum: f64 = differing.iter().map(|d| if random.flip() { *d } else { -d }).sum();
        as_far += usize::from(sum.abs() >= observed - 1e-12);
    }
    as_far as f64 / (PERMUTATIONS + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::measures::mean;

    #[test]
    fn an_interval_holds_the_figure_and_narrows_with_more_questions() {
        let width = |n: usize| {
            let values: Vec<f64> = (0..n).map(|at| f64::from(u8::from(at % 4 != 0))).collect();
            let figure = |drawn: &[usize]| mean(drawn.iter().map(|&at| values[at]));
            let (low, high) = interval(&[(0..n).collect()], 1, &figure).unwrap();
            assert!(low < 0.75 && 0.75 < high, "{low} {high}");
            high - low
        };
        let (few, many) = (width(40), width(400));
        // 1.96 * 2 * sqrt(0.75 * 0.25 / n): 0.27 and 0.085
        assert!((0.22..0.32).contains(&few), "{few}");
        assert!((0.07..0.10).contains(&many), "{many}");
    }

    #[test]
    fn an_interval_is_the_same_on_every_run() {
        let values = [1.0, 0.0, 1.0, 1.0, 0.0];
        let figure = |drawn: &[usize]| mean(drawn.iter().map(|&at| values[at]));
        let strata = [vec![0, 1, 2], vec![3, 4]];
        assert_eq!(interval(&strata, 5, &figure), interval(&strata, 5, &figure));
        assert_eq!(interval(&[], 5, &figure), None);
    }

    #[test]
    fn a_clear_difference_is_seen_and_chance_is_not() {
        assert!(randomisation_p(&[1.0; 20], 1) < 0.001);
        let chance: Vec<f64> = (0..20).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!(randomisation_p(&chance, 1) > 0.9);
        assert_eq!(randomisation_p(&[0.0; 9], 1), 1.0);
        // Three wins of three: the exact p is 2 / 8.
        assert!((randomisation_p(&[1.0, 1.0, 1.0, 0.0], 1) - 0.25).abs() < 0.02);
    }
}
