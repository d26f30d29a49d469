//! Figures of merit, each a pure function of what was judged.

pub mod abstention;
pub mod calibration;
pub mod quotes;
pub mod ranking;
pub mod resampling;

/// The share of `part` in `whole`; `None` of nothing.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
pub fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The mean; `None` of nothing.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
pub fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0_usize), |(sum, n), value| (sum + value, n + 1));
    (count > 0).then(|| sum / count as f64)
}
