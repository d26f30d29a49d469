//! Products of a few rows of floats with large matrices in 8-bit codes: `out = x * codes * scales + bias`.
//!
//! With a dozen rows, what such a product costs is reading the matrix; as floats it is four times as large, and larger
//! than the cache of most processors. So the matrix stays in codes, and the rows become codes too, each row by itself: a code
//! stands for the 255th of the distance between its least and its largest value, and one of the codes for 0. Sums are whole
//! numbers, so they are exact: the same row has the same bits whatever rows stand beside it, and on every processor.
//!
//! rten adds up the products of codes, where the processor has instructions for that; those of AVX2 alone overflow, so there
//! the sums are made here, with codes of 16 bits. Both give the same.

mod rows;
mod tile;

use pulp::{Arch, NullaryFnOnce};
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

pub use rows::Memory;
use rows::{Rows, Take};
use tile::Panels;

/// Longest rows: no sum of products leaves 32 bits.
const MAX_DEPTH: usize = 1 << 14;

type Executor = GemmExecutor<u8, i8, i32>;

thread_local! {
    /// Not made anew for each product: it asks the processor what it has, which takes long in a virtual machine.
    static EXECUTOR: Executor = Executor::new();
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("matrices do not fit each other")]
pub struct Misfit;

/// A matrix and a bias.
#[derive(Clone)]
pub struct Linear {
    codes: Codes,
    ends: Vec<End>,
    depth: usize,
}

/// What makes a value of the sum of a column.
#[derive(Clone, Copy)]
struct End {
    /// Of all codes of the column.
    sum: i32,
    scale: f32,
    bias: f32,
}

#[derive(Clone)]
enum Codes {
    /// For rten.
    Packed(PackedBMatrix<i8>),
    Panels(Panels),
}

impl std::fmt::Debug for Linear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Linear")
            .field("depth", &self.depth)
            .field("columns", &self.columns())
            .finish_non_exhaustive()
    }
}

impl Linear {
    /// A product with a column for each row of `codes`, `depth` signed codes as bytes: `value = scale * code`.
    ///
    /// # Errors
    /// The numbers of codes, scales and bias differ, or `depth` is 0 or above 16,384.
    pub fn new(codes: &[u8], scales: &[f32], bias: &[f32], depth: usize) -> Result<Self, Misfit> {
        let is_exact = EXECUTOR.with(|executor| !executor.may_saturate());
        Self::of(codes, scales, bias, depth, is_exact)
    }

    fn of(codes: &[u8], scales: &[f32], bias: &[f32], depth: usize, by_rten: bool) -> Result<Self, Misfit> {
        let columns = bias.len();
        let is_whole = codes.len() == columns * depth && scales.len() == columns;
        if !is_whole || !(1..=MAX_DEPTH).contains(&depth) {
            return Err(Misfit);
        }
        let signed: Vec<i8> = codes.iter().map(|code| code.cast_signed()).collect();
        let sums = signed.chunks_exact(depth).map(|column| column.iter().map(|code| i32::from(*code)).sum());
        let ends = sums.zip(scales.iter().zip(bias));
        let ends = ends.map(|(sum, (scale, bias))| End { sum, scale: *scale, bias: *bias }).collect();
        let codes = if by_rten {
            let rows = NdTensorView::try_from_data([columns, depth], &signed[..]).map_err(|_| Misfit)?;
            Codes::Packed(EXECUTOR.with(|executor| executor.prepack_b(rows.transposed())))
        } else {
            Codes::Panels(Panels::new(&signed, columns, depth))
        };
        Ok(Self { codes, ends, depth })
    }

    /// Floats in a row of the product.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.ends.len()
    }

    /// The product of the rows of `x`, added to what is in `out` where `adds`. `memory` is used on the way and can be
    /// used again.
    ///
    /// # Errors
    /// `x` is not of whole rows, or `out` is not of as many.
    pub fn multiply(
        &self,
        x: &[f32],
        out: &mut [f32],
        adds: bool,
        memory: &mut Memory,
    ) -> Result<(), Misfit> {
        let count = x.len() / self.depth;
        if x.len() != count * self.depth || out.len() != count * self.columns() {
            return Err(Misfit);
        }
        let (arch, Memory { rows, sums }) = (Arch::new(), memory);
        arch.dispatch(Take { x, depth: self.depth, rows });
        // What stood there is overwritten.
        sums.resize(out.len(), 0);
        self.add_up(rows, sums)?;
        arch.dispatch(Finish { ends: &self.ends, rows, sums, out, adds });
        Ok(())
    }

    /// The sums of products of the codes of each row and each column.
    fn add_up(&self, rows: &Rows, sums: &mut [i32]) -> Result<(), Misfit> {
        let codes = match &self.codes {
            Codes::Packed(codes) => codes,
            Codes::Panels(panels) => {
                panels.multiply(rows, sums);
                return Ok(());
            }
        };
        let x = NdTensorView::try_from_data([rows.zeros.len(), self.depth], &rows.codes[..]);
        let (x, options) = (x.map_err(|_| Misfit)?, GemmOptions::default());
        EXECUTOR
            .with(|executor| executor.gemm(sums, GemmInputA::Unpacked(x), GemmInputB::Packed(codes), options))
            .map_err(|_| Misfit)
    }
}

/// Sums of products of codes, as floats into the rows of `out`.
struct Finish<'a> {
    ends: &'a [End],
    rows: &'a Rows,
    sums: &'a [i32],
    out: &'a mut [f32],
    adds: bool,
}

impl NullaryFnOnce for Finish<'_> {
    type Output = ();

    #[inline(always)]
    #[allow(clippy::cast_precision_loss, reason = "sums of codes that are rounded themselves")]
    fn call(self) {
        let Self { ends, rows, sums, out, adds } = self;
        let columns = ends.len().max(1);
        let codes = rows.units.iter().zip(&rows.zeros);
        for ((sums, out), (unit, zero)) in
            sums.chunks_exact(columns).zip(out.chunks_exact_mut(columns)).zip(codes)
        {
            for ((out, sum), end) in out.iter_mut().zip(sums).zip(ends) {
                let sum = sum - i32::from(*zero) * end.sum;
                let value = sum as f32 * (unit * end.scale) + end.bias;
                *out = if adds { *out + value } else { value };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers that look drawn, between -1 and 1.
    fn drawn(count: usize, seed: u32) -> Vec<f32> {
        let next = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 8) as f32 / (1 << 23) as f32 - 1.0)
        };
        let mut state = seed;
        std::iter::from_fn(|| next(&mut state)).take(count).collect()
    }

    fn codes(count: usize) -> Vec<u8> {
        drawn(count, 7).iter().map(|value| ((value * 127.0) as i8).cast_unsigned()).collect()
    }

    fn linear(columns: usize, depth: usize) -> Linear {
        Linear::new(&codes(columns * depth), &drawn(columns, 8), &drawn(columns, 9), depth).unwrap()
    }

    fn product(linear: &Linear, x: &[f32], before: &[f32], adds: bool) -> Vec<f32> {
        let mut out = before.to_vec();
        linear.multiply(x, &mut out, adds, &mut Memory::default()).unwrap();
        out
    }

    proptest! {
        #[test]
        fn products_are_those_of_the_definition(
            rows in 1_usize..20, columns in 1_usize..70, depth in 1_usize..50, adds: bool,
        ) {
            let (codes, scales, bias) = (codes(columns * depth), drawn(columns, 8), drawn(columns, 9));
            let (x, before) = (drawn(rows * depth, 10), drawn(rows * columns, 11));
            let out = product(&linear(columns, depth), &x, &before, adds);
            for (at, value) in out.iter().enumerate() {
                let (row, column) = (at / columns, at % columns);
                let term = |k: usize| {
                    f64::from(x[row * depth + k]) * f64::from(codes[column * depth + k].cast_signed())
                };
                let sum = (0..depth).map(term).sum::<f64>() * f64::from(scales[column]) + f64::from(bias[column]);
                let wanted = sum + if adds { f64::from(before[at]) } else { 0.0 };
                // Each value of the row is one unit off at most: half of one, and half for the code of 0.
                let sizes = (0..depth).map(|k| f64::from(codes[column * depth + k].cast_signed()).abs()).sum::<f64>();
                let near = 2.0 / 255.0 * sizes * f64::from(scales[column]).abs() + 1e-3;
                prop_assert!((f64::from(*value) - wanted).abs() < near, "{value} {wanted}");
            }
        }

        #[test]
        fn all_processors_have_the_same_bits(
            rows in 1_usize..20, columns in 1_usize..70, depth in 1_usize..50,
        ) {
            let x = drawn(rows * depth, 3);
            let of = |by_rten| {
                let codes = codes(columns * depth);
                let linear = Linear::of(&codes, &drawn(columns, 8), &drawn(columns, 9), depth, by_rten).unwrap();
                product(&linear, &x, &vec![0.0; rows * columns], false)
            };
            if EXECUTOR.with(|executor| !executor.may_saturate()) {
                prop_assert_eq!(of(true), of(false));
            }
        }
    }

    #[test]
    fn the_largest_codes_do_not_overflow() {
        let depth = MAX_DEPTH;
        let codes: Vec<u8> = vec![(-128_i8).cast_unsigned(); depth];
        let linear = Linear::new(&codes, &[1.0], &[0.0], depth).unwrap();
        let out = product(&linear, &vec![1.0; depth], &[0.0], false);
        assert!((out[0] / (-128.0 * depth as f32) - 1.0).abs() < 1e-5, "{out:?}");
    }

    #[test]
    fn a_row_has_the_same_bits_alone_and_among_others() {
        let (columns, depth) = (100, 37);
        let linear = linear(columns, depth);
        let x = drawn(17 * depth, 2);
        let (mut all, mut memory) = (vec![0.0; 17 * columns], Memory::default());
        linear.multiply(&x, &mut all, false, &mut memory).unwrap();
        for (row, wanted) in x.chunks(depth).zip(all.chunks(columns)) {
            let mut one = vec![0.0; columns];
            linear.multiply(row, &mut one, false, &mut memory).unwrap();
            assert_eq!(one, wanted);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let linear = linear(4, 8);
        let mut memory = Memory::default();
        assert_eq!(linear.multiply(&[0.0; 9], &mut [0.0; 4], false, &mut memory), Err(Misfit));
        assert_eq!(linear.multiply(&[0.0; 8], &mut [0.0; 5], false, &mut memory), Err(Misfit));
        assert_eq!(linear.multiply(&[], &mut [], false, &mut memory), Ok(()));
        assert!(Linear::new(&[0; 31], &[1.0; 4], &[1.0; 4], 8).is_err());
        assert!(Linear::new(&[0; 32], &[1.0; 3], &[1.0; 4], 8).is_err());
        assert!(Linear::new(&[], &[1.0; 4], &[1.0; 4], 0).is_err());
    }
}
