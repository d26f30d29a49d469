//! Products of a few rows of floats with large matrices in 8-bit codes: `out = x * codes * scales + bias`.
//!
//! With a dozen rows, what such a product costs is reading the matrix; as floats it is four times as large, and larger
//! than the cache of most processors. So the matrix stays in codes, and the rows become codes too, of 16 bits: a
//! processor multiplies and adds twice as many pairs of those at once as of floats. Sums are whole numbers, so they are
//! exact: the same row has the same bits whatever rows stand beside it, and on every processor.
//!
//! A code of a row stands for its largest value divided by `largest_code`, for up to 512 columns a 32,767th of it. That
//! is far finer than the 127th which a code of the matrix stands for, so next to nothing is lost.

mod rows;
mod tile;

use pulp::NullaryFnOnce;
#[cfg(target_arch = "x86_64")]
use pulp::x86::V3;

pub use rows::Memory;
use rows::blocks;
#[cfg(target_arch = "x86_64")]
use tile::Wide;
use tile::{Machine, Pairs, Plain, WIDTH};

/// Longest rows, so that [`largest_code`] is still 1023.
const MAX_DEPTH: usize = 1 << 14;

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("matrices do not fit each other")]
pub struct Misfit;

/// A matrix and a bias.
#[derive(Clone)]
pub struct Linear {
    /// In panels of [`WIDTH`] columns; in each, two rows at a time of the matrix that x is multiplied with.
    codes: Vec<Pairs>,
    /// A float for each column, those of the last panel filled up.
    scales: Vec<f32>,
    bias: Vec<f32>,
    columns: usize,
    depth: usize,
}

impl std::fmt::Debug for Linear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
    /// The numbers of codes, scales and bias differ, or `depth` is 0 or above 16,384.
    pub fn new(codes: &[u8], mut scales: Vec<f32>, mut bias: Vec<f32>, depth: usize) -> Result<Self, Misfit> {
        let columns = bias.len();
        let is_whole = codes.len() == columns * depth && scales.len() == columns;
        if !is_whole || !(1..=MAX_DEPTH).contains(&depth) {
            return Err(Misfit);
        }
        let (panels, pairs) = (columns.div_ceil(WIDTH), depth.div_ceil(2));
        scales.resize(panels * WIDTH, 0.0);
        bias.resize(panels * WIDTH, 0.0);
        let mut packed: Vec<Pairs> = vec![[[0; 2]; WIDTH]; panels * pairs];
        for (panel, rows) in packed.chunks_exact_mut(pairs).zip(codes.chunks(WIDTH * depth)) {
            for (column, row) in rows.chunks_exact(depth).enumerate() {
                let to = panel.iter_mut().filter_map(|pairs| pairs.get_mut(column)).flatten();
                to.zip(row).for_each(|(to, code)| *to = code.cast_signed());
            }
        }
        Ok(Self { codes: packed, scales, bias, columns, depth })
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
        memory: &mut Memory,
    ) -> Result<(), Misfit> {
        let rows = x.len() / self.depth;
        if x.len() != rows * self.depth || out.len() != rows * self.columns {
            return Err(Misfit);
        }
        #[cfg(target_arch = "x86_64")]
        if let Some(machine) = Wide::try_new() {
            machine.instructions.vectorize(Multiply { machine, linear: self, x, out, adds, memory });
            return Ok(());
        } else if let Some(machine) = V3::try_new() {
            machine.vectorize(Multiply { machine, linear: self, x, out, adds, memory });
            return Ok(());
        }
        Multiply { machine: Plain, linear: self, x, out, adds, memory }.call();
        Ok(())
    }
}

/// The largest code of a row of so many values: no sum of products with codes of 8 bits leaves 32 bits.
fn largest_code(depth: usize) -> i16 {
    let most = i32::MAX.unsigned_abs() as usize / (128 * depth.next_multiple_of(2));
    i16::try_from(most).unwrap_or(i16::MAX)
}

struct Multiply<'a, M> {
    machine: M,
    linear: &'a Linear,
    x: &'a [f32],
    out: &'a mut [f32],
    adds: bool,
    memory: &'a mut Memory,
}

// What is called in here has to be inlined: only here does the compiler know which instructions there are.
impl<M: Machine> NullaryFnOnce for Multiply<'_, M> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { machine, linear, x, out, adds, memory } = self;
        let Linear { codes, scales, bias, columns, depth } = linear;
        memory.take(x, *depth, largest_code(*depth), M::ROWS);
        let pairs = depth.div_ceil(2);
        let ends = scales.as_chunks::<WIDTH>().0.iter().zip(bias.as_chunks::<WIDTH>().0);
        for (panel, (codes, (scales, bias))) in codes.chunks_exact(pairs).zip(ends).enumerate() {
            let end = End { scales, bias, columns: *columns, first: panel * WIDTH, adds };
            let (mut x, mut units, mut out) = (memory.codes(), memory.units(), &mut *out);
            for rows in blocks(units.len(), M::ROWS) {
                let (block, others) = x.split_at(rows * pairs);
                let (unit, later) = units.split_at(rows);
                let (sums, rest) = out.split_at_mut(rows * columns);
                (x, units, out) = (others, later, rest);
                match rows {
                    12 => end.write(&machine.tile::<12>(block.as_chunks().0, codes), unit, sums),
                    11 => end.write(&machine.tile::<11>(block.as_chunks().0, codes), unit, sums),
                    10 => end.write(&machine.tile::<10>(block.as_chunks().0, codes), unit, sums),
                    9 => end.write(&machine.tile::<9>(block.as_chunks().0, codes), unit, sums),
                    8 => end.write(&machine.tile::<8>(block.as_chunks().0, codes), unit, sums),
                    7 => end.write(&machine.tile::<7>(block.as_chunks().0, codes), unit, sums),
                    6 => end.write(&machine.tile::<6>(block.as_chunks().0, codes), unit, sums),
                    5 => end.write(&machine.tile::<5>(block.as_chunks().0, codes), unit, sums),
                    4 => end.write(&machine.tile::<4>(block.as_chunks().0, codes), unit, sums),
                    3 => end.write(&machine.tile::<3>(block.as_chunks().0, codes), unit, sums),
                    2 => end.write(&machine.tile::<2>(block.as_chunks().0, codes), unit, sums),
                    _ => end.write(&machine.tile::<1>(block.as_chunks().0, codes), unit, sums),
                }
            }
        }
    }
}

/// What becomes of the sums of a panel.
struct End<'a> {
    scales: &'a [f32; WIDTH],
    bias: &'a [f32; WIDTH],
    columns: usize,
    /// The first column of the panel.
    first: usize,
    adds: bool,
}

impl End<'_> {
    /// Sums of codes of a block of rows, whose units are `units`, as floats into the rows of `out`.
    #[inline(always)]
    #[allow(clippy::cast_precision_loss, reason = "sums of codes that are rounded themselves")]
    fn write(&self, sums: &[[i32; WIDTH]], units: &[f32], out: &mut [f32]) {
        for ((sums, unit), row) in sums.iter().zip(units).zip(out.chunks_exact_mut(self.columns)) {
            let mut whole = [0.0; WIDTH];
            for (((to, sum), scale), bias) in whole.iter_mut().zip(sums).zip(self.scales).zip(self.bias) {
                *to = *sum as f32 * (unit * scale) + bias;
            }
            for (to, value) in row.split_at_mut(self.first).1.iter_mut().zip(whole) {
                *to = if self.adds { *to + value } else { value };
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
            linear(columns, depth).multiply(&x, &mut out, adds, &mut Memory::default()).unwrap();
            for (at, value) in out.iter().enumerate() {
                let (row, column) = (at / columns, at % columns);
                let term = |k: usize| {
                    f64::from(x[row * depth + k]) * f64::from(codes[column * depth + k].cast_signed())
                };
                let sum = (0..depth).map(term).sum::<f64>() * f64::from(scales[column]) + f64::from(bias[column]);
                let wanted = sum + if adds { f64::from(before[at]) } else { 0.0 };
                // Each value of the row is half a unit off at most.
                let sizes = (0..depth).map(|k| f64::from(codes[column * depth + k].cast_signed()).abs()).sum::<f64>();
                let near = 0.5 / 32_767.0 * sizes * f64::from(scales[column]).abs() + 1e-3;
                prop_assert!((f64::from(*value) - wanted).abs() < near, "{value} {wanted}");
            }
        }
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
        assert!(Linear::new(&[0; 31], vec![1.0; 4], vec![1.0; 4], 8).is_err());
        assert!(Linear::new(&[0; 32], vec![1.0; 3], vec![1.0; 4], 8).is_err());
        assert!(Linear::new(&[], vec![1.0; 4], vec![1.0; 4], 0).is_err());
    }
}
