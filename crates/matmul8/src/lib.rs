//! Products of a few rows of floats with large matrices in 8-bit codes: `out = x * codes * scales + bias`.
//!
//! With a dozen rows, what such a product costs is reading the matrix. As floats it is four times as large, and larger
//! than the cache of most processors. So the codes are read, become floats in the registers, and are scaled in the sum.
//! Each sum is taken in one order, whatever the number of rows: the same row, the same bits.
//!
//! rten's products take floats on both sides, or codes on both; this one loses nothing on the left.

use std::fmt;

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

/// Most rows that are taken through the weights at once, and vectors of sums for each: what fits the registers.
const ROWS: usize = 6;
const VECTORS: usize = 2;

/// Floats in [`VECTORS`] of the widest vectors there are.
const WIDEST: usize = 32;

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("matrices do not fit each other")]
pub struct Misfit;

/// A matrix and a bias.
#[derive(Clone)]
pub struct Linear {
    /// In panels of `width` columns; in each, row by row of the matrix that x is multiplied with.
    codes: Vec<i8>,
    /// A float for each column, those of the last panel filled up.
    scales: Vec<f32>,
    bias: Vec<f32>,
    columns: usize,
    depth: usize,
    width: usize,
}

impl fmt::Debug for Linear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linear")
            .field("depth", &self.depth)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

impl Linear {
    /// A product with a column for each row of `codes`, `depth` signed codes as bytes: `value = scale * code`.
    ///
    /// # Errors
    /// The numbers of codes, scales and bias differ.
    pub fn new(codes: &[u8], mut scales: Vec<f32>, mut bias: Vec<f32>, depth: usize) -> Result<Self, Misfit> {
        let (columns, width) = (bias.len(), Width.dispatch());
        if codes.len() != columns * depth || scales.len() != columns || depth == 0 {
            return Err(Misfit);
        }
        let panels = columns.div_ceil(width);
        scales.resize(panels * width, 0.0);
        bias.resize(panels * width, 0.0);
        let mut packed = vec![0; panels * width * depth];
        let size = width * depth;
        for (panel, rows) in packed.chunks_exact_mut(size).zip(codes.chunks(size)) {
            for (column, row) in rows.chunks_exact(depth).enumerate() {
                let to = panel.iter_mut().skip(column).step_by(width);
                to.zip(row).for_each(|(to, code)| *to = code.cast_signed());
            }
        }
        Ok(Self { codes: packed, scales, bias, columns, depth, width })
    }

    /// Floats in a row of the product.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
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
        memory: &mut Vec<f32>,
    ) -> Result<(), Misfit> {
        let rows = x.len() / self.depth;
        if x.len() != rows * self.depth || out.len() != rows * self.columns {
            return Err(Misfit);
        }
        Multiply { linear: self, x, out, adds, memory }.dispatch();
        Ok(())
    }
}

/// How many floats [`VECTORS`] vectors of this processor hold.
struct Width;

impl SimdOp for Width {
    type Output = usize;

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) -> usize {
        VECTORS * isa.f32().len()
    }
}

struct Multiply<'a> {
    linear: &'a Linear,
    x: &'a [f32],
    out: &'a mut [f32],
    adds: bool,
    memory: &'a mut Vec<f32>,
}

// What is called in here has to be inlined: only here does the compiler know which instructions there are.
impl SimdOp for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let Self { linear, x, out, adds, memory } = self;
        let Linear { codes, scales, bias, columns, depth, width } = linear;
        memory.resize(x.len(), 0.0);
        turn_blocks(x, memory, *depth);
        let panels = codes.chunks_exact(width * depth);
        let ends = scales.chunks_exact(*width).zip(bias.chunks_exact(*width));
        for (panel, (codes, (scales, bias))) in panels.zip(ends).enumerate() {
            let end = End { scales, bias, columns: *columns, first: panel * width, adds };
            let (mut x, mut out) = (memory.as_slice(), &mut *out);
            for rows in blocks(x.len() / depth) {
                let (block, others) = x.split_at(rows * depth);
                let (sums, rest) = out.split_at_mut(rows * columns);
                (x, out) = (others, rest);
                match rows {
                    6 => tile::<I, 6>(isa, block, codes, sums, &end),
                    5 => tile::<I, 5>(isa, block, codes, sums, &end),
                    4 => tile::<I, 4>(isa, block, codes, sums, &end),
                    3 => tile::<I, 3>(isa, block, codes, sums, &end),
                    2 => tile::<I, 2>(isa, block, codes, sums, &end),
                    _ => tile::<I, 1>(isa, block, codes, sums, &end),
                }
            }
        }
    }
}

/// How `rows` are divided: into blocks as even as can be of no more than [`ROWS`].
fn blocks(rows: usize) -> impl Iterator<Item = usize> {
    let count = rows.div_ceil(ROWS);
    (0..count).map(move |block| rows / count + usize::from(block < rows % count))
}

/// Each block of rows, column by column.
fn turn_blocks(mut x: &[f32], mut out: &mut [f32], depth: usize) {
    for rows in blocks(x.len() / depth) {
        let (block, others) = x.split_at(rows * depth);
        let (turned, rest) = out.split_at_mut(rows * depth);
        (x, out) = (others, rest);
        for (at, row) in block.chunks_exact(depth).enumerate() {
            let to = turned.iter_mut().skip(at).step_by(rows);
            to.zip(row).for_each(|(to, value)| *to = *value);
        }
    }
}

/// What becomes of the sums of a panel.
struct End<'a> {
    scales: &'a [f32],
    bias: &'a [f32],
    columns: usize,
    /// The first column of the panel.
    first: usize,
    adds: bool,
}

/// A block of `R` rows times a panel of codes.
#[inline(always)]
fn tile<I: Isa, const R: usize>(isa: I, x: &[f32], codes: &[i8], out: &mut [f32], end: &End<'_>) {
    let ops = isa.f32();
    let lanes = ops.len();
    let width = VECTORS * lanes;
    let mut sums = [[ops.zero(); VECTORS]; R];
    for (x, codes) in x.as_chunks::<R>().0.iter().zip(codes.chunks_exact(width)) {
        let mut weights = [0.0; WIDEST];
        for (weight, code) in weights.iter_mut().zip(codes) {
            *weight = f32::from(*code);
        }
        let weights = ops.load_many::<VECTORS>(&weights);
        for (sums, value) in sums.iter_mut().zip(x) {
            let value = ops.splat(*value);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = ops.mul_add(value, weight, *sum);
            }
        }
    }
    let scales = ops.load_many::<VECTORS>(end.scales);
    let bias = ops.load_many::<VECTORS>(end.bias);
    for (sums, row) in sums.iter().zip(out.chunks_exact_mut(end.columns)) {
        let row = row.split_at_mut(end.first).1;
        let mut whole = [0.0; WIDEST];
        for (vector, whole) in whole.chunks_exact_mut(lanes).take(VECTORS).enumerate() {
            let (sum, scale, bias) = (sums.get(vector), scales.get(vector), bias.get(vector));
            if let (Some(sum), Some(scale), Some(bias)) = (sum, scale, bias) {
                ops.store(ops.mul_add(*sum, *scale, *bias), whole);
            }
        }
        for (to, value) in row.iter_mut().zip(whole.iter().take(width)) {
            *to = if end.adds { *to + value } else { *value };
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
        Linear::new(&codes(columns * depth), drawn(columns, 8), drawn(columns, 9), depth).unwrap()
    }

    proptest! {
        #[test]
        fn products_are_those_of_the_definition(
            rows in 1_usize..20, columns in 1_usize..70, depth in 1_usize..50, adds: bool,
        ) {
            let (codes, scales, bias) = (codes(columns * depth), drawn(columns, 8), drawn(columns, 9));
            let (x, before) = (drawn(rows * depth, 10), drawn(rows * columns, 11));
            let mut out = before.clone();
            linear(columns, depth).multiply(&x, &mut out, adds, &mut vec![1.0; 3]).unwrap();
            for (at, value) in out.iter().enumerate() {
                let (row, column) = (at / columns, at % columns);
                let term = |k: usize| {
                    f64::from(x[row * depth + k]) * f64::from(codes[column * depth + k].cast_signed())
                };
                let sum = (0..depth).map(term).sum::<f64>() * f64::from(scales[column]) + f64::from(bias[column]);
                let wanted = sum + if adds { f64::from(before[at]) } else { 0.0 };
                prop_assert!((f64::from(*value) - wanted).abs() < 1e-2, "{value} {wanted}");
            }
        }
    }

    #[test]
    fn a_row_has_the_same_bits_alone_and_among_others() {
        let (columns, depth) = (100, 37);
        let linear = linear(columns, depth);
        let x = drawn(17 * depth, 2);
        let (mut all, mut memory) = (vec![0.0; 17 * columns], Vec::new());
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
        let mut memory = Vec::new();
        assert_eq!(linear.multiply(&[0.0; 9], &mut [0.0; 4], false, &mut memory), Err(Misfit));
        assert_eq!(linear.multiply(&[0.0; 8], &mut [0.0; 5], false, &mut memory), Err(Misfit));
        assert_eq!(linear.multiply(&[], &mut [], false, &mut memory), Ok(()));
        assert!(Linear::new(&[0; 31], vec![1.0; 4], vec![1.0; 4], 8).is_err());
        assert!(Linear::new(&[0; 32], vec![1.0; 3], vec![1.0; 4], 8).is_err());
        assert!(Linear::new(&[], vec![1.0; 4], vec![1.0; 4], 0).is_err());
    }

    #[test]
    fn blocks_are_even_and_whole() {
        let of = |rows| blocks(rows).collect::<Vec<_>>();
        assert_eq!((of(0), of(6), of(7), of(13)), (vec![], vec![6], vec![4, 3], vec![5, 4, 4]));
    }
}
