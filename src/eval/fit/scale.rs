//! Features on one scale, so that one penalty suits all, and weights back on their own.

/// Mean and deviation of every column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    columns: Vec<(f64, f64)>,
}

impl Scale {
    /// Looks at `rows` of `width` columns. A column that does not change gets the deviation 0, and so the
    /// weight 0.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    pub(super) fn of<'a>(width: usize, rows: &(impl Iterator<Item = &'a [f32]> + Clone)) -> Self {
        let count = rows.clone().count().max(1) as f64;
        let column = |at: usize| rows.clone().filter_map(move |row| row.get(at).copied().map(f64::from));
        let columns = (0..width).map(|at| {
            let mean = column(at).sum::<f64>() / count;
            let spread = (column(at).map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
            (mean, if spread < 1e-9 { 0.0 } else { spread })
        });
        Self { columns: columns.collect() }
    }

    /// `row` with mean 0 and deviation 1.
    pub(super) fn apply(&self, row: &[f32]) -> Vec<f64> {
        let value = |(&value, &(mean, spread)): (&f32, &(f64, f64))| {
            if spread > 0.0 { (f64::from(value) - mean) / spread } else { 0.0 }
        };
        row.iter().zip(&self.columns).map(value).collect()
    }

    /// Weights of scaled features as weights of the features themselves, and what the bias changes by.
    pub(super) fn fold_back(&self, weights: &[f64]) -> (Vec<f64>, f64) {
        let own: Vec<f64> = weights
            .iter()
            .zip(&self.columns)
            .map(|(weight, &(_, spread))| if spread > 0.0 { weight / spread } else { 0.0 })
            .collect();
        let shift = own.iter().zip(&self.columns).map(|(weight, (mean, _))| -weight * mean).sum();
        (own, shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_back_weights_give_the_same_sums() {
        let rows: [&[f32]; 3] = [&[1.0, 10.0, 7.0], &[3.0, 30.0, 7.0], &[2.0, -10.0, 7.0]];
        let scale = Scale::of(3, &rows.into_iter());
        let weights = [0.5, -2.0, 9.0];
        let (own, shift) = scale.fold_back(&weights);
        for row in rows {
            let scaled: f64 = scale.apply(row).iter().zip(&weights).map(|(x, w)| x * w).sum();
            let plain: f64 = row.iter().zip(&own).map(|(x, w)| f64::from(*x) * w).sum();
            assert!((scaled - plain - shift).abs() < 1e-9);
        }
        assert_eq!(own[2], 0.0, "a constant column weighs nothing");
    }
}
