//! Whether a confidence of 0.8 is right eight times in ten.

use super::abstention::Judged;

/// Bins of the expected calibration error.
pub const BINS: usize = 10;

/// A bin of a reliability curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Questions in it.
    pub count: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share whose first quote is right.
    pub right: f64,
}

/// Cuts the questions, by ascending confidence, into `bins` bins of as near the same size as may be; empty
/// ones are left out. Equal confidences may fall into two bins.
#[must_use]
pub fn reliability(judged: &[Judged], bins: usize) -> Vec<Bin> {
    let mut sorted = judged.to_vec();
    // Among equals the wrong ones come first, so that the order of the questions does not count.
    sorted.sort_by(|a, b| a.confidence.total_cmp(&b.confidence).then(a.right.cmp(&b.right)));
    let bins = bins.max(1);
    (0..bins)
        .filter_map(|bin| {
            let part = sorted.get(bin * sorted.len() / bins..(bin + 1) * sorted.len() / bins)?;
            Some(Bin {
                count: part.len(),
                confidence: super::mean(part.iter().map(|one| one.confidence))?,
                right: super::mean(part.iter().map(|one| f64::from(u8::from(one.right))))?,
            })
        })
        .collect()
}

/// The expected calibration error: the mean distance between confidence and share of right answers over
/// [`BINS`] bins of equal size, weighted by size (Naeini and others, AAAI 2015). `None` of nothing.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
pub fn expected_calibration_error(judged: &[Judged]) -> Option<f64> {
    let weighted = |bin: &Bin| bin.count as f64 * (bin.confidence - bin.right).abs();
    let sum: f64 = reliability(judged, BINS).iter().map(weighted).sum();
    (!judged.is_empty()).then(|| sum / judged.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(of: &[(f64, bool)]) -> Vec<Judged> {
        of.iter().map(|&(confidence, right)| Judged { confidence, answerable: true, right }).collect()
    }

    #[test]
    fn the_error_is_the_one_worked_out_by_hand() {
        let some = judged(&[(0.9, true), (0.1, false), (0.2, true)]);
        // Fewer questions than bins: each is a bin of its own.
        let expected = (0.1 + 0.1 + 0.8) / 3.0;
        assert!((expected_calibration_error(&some).unwrap() - expected).abs() < 1e-12);
        assert_eq!(expected_calibration_error(&[]), None);
    }

    #[test]
    fn bins_hold_equal_shares() {
        let some: Vec<(f64, bool)> = (0..25).map(|n| (f64::from(n) / 25.0, n >= 20)).collect();
        let bins = reliability(&judged(&some), 5);
        assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [5; 5]);
        assert_eq!(bins.last().unwrap().right, 1.0);
        assert!((bins[0].confidence - 0.08).abs() < 1e-12);
    }

    #[test]
    fn half_right_at_one_half_is_perfect() {
        let some: Vec<(f64, bool)> = (0..40).map(|n| (0.5, n % 2 == 0)).collect();
        // Equal confidences, wrong ones sorted first: the bins show it, the whole does not.
        assert_eq!(reliability(&judged(&some), 1)[0].right, 0.5);
    }
}
