//! The rows on the left, as codes of 8 bits.

use pulp::NullaryFnOnce;

/// The largest code.
const LARGEST: f32 = 255.0;

/// Added to a number below 2^22 in size, this rounds it to a whole one, ties to even, which then stands in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// Memory for the rows of a product, kept from one to the next.
#[derive(Debug, Default)]
pub struct Memory {
    pub(crate) rows: Rows,
    /// The sums of products of codes, row by row.
    pub(crate) sums: Vec<i32>,
}

/// Rows in codes: `value = unit * (code - zero)`.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) codes: Vec<u8>,
    /// What a code of each row stands for.
    pub(crate) units: Vec<f32>,
    /// The code of each row that stands for 0.
    pub(crate) zeros: Vec<u8>,
}

/// Takes the rows of `x`, `depth` floats each.
pub(crate) struct Take<'a> {
    pub(crate) x: &'a [f32],
    pub(crate) depth: usize,
    pub(crate) rows: &'a mut Rows,
}

// What is called in here has to be inlined: only here does the compiler know which instructions there are.
impl NullaryFnOnce for Take<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { x, depth, rows: Rows { codes, units, zeros } } = self;
        // What stood there is overwritten.
        codes.resize(x.len(), 0);
        units.clear();
        zeros.clear();
        for (row, codes) in x.chunks_exact(depth).zip(codes.chunks_exact_mut(depth)) {
            let (unit, zero) = encode(row, codes);
            units.push(unit);
            zeros.push(zero);
        }
    }
}

/// Writes the codes of `row` and gives what a code stands for, not a number where a value is none, and the code of 0.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the lowest bits are what is wanted")]
fn encode(row: &[f32], codes: &mut [u8]) -> (f32, u8) {
    let (least, most) = bounds(row);
    let per_unit = if most > least { LARGEST / (most - least) } else { 0.0 };
    let zero = (0.0 - least * per_unit + ROUND) - ROUND;
    for (code, value) in codes.iter_mut().zip(row) {
        let code_of = (value * per_unit + zero).clamp(0.0, LARGEST);
        *code = (code_of + ROUND).to_bits() as u8;
    }
    ((most - least) / LARGEST, (zero + ROUND).to_bits() as u8)
}

/// The least and the largest of `row` and 0; not a number where a value is none.
#[inline(always)]
fn bounds(row: &[f32]) -> (f32, f32) {
    let (mut least, mut most) = (0, 0);
    for value in row {
        let place = in_order(value.to_bits().cast_signed());
        (least, most) = (least.min(place), most.max(place));
    }
    let value = |place| f32::from_bits(in_order(place).cast_unsigned());
    (value(least), value(most))
}

/// The bits of a float as a whole number of the same order, and back.
#[inline(always)]
const fn in_order(bits: i32) -> i32 {
    bits ^ ((bits >> 31).cast_unsigned() >> 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded<const N: usize>(row: [f32; N]) -> (f32, u8, [u8; N]) {
        let mut codes = [7; N];
        let (unit, zero) = encode(&row, &mut codes);
        (unit, zero, codes)
    }

    #[test]
    fn codes_are_the_nearest_whole_numbers() {
        assert_eq!(encoded([0.0, 255.0, 1.0, 1.4, 1.6, 254.5]), (1.0, 0, [0, 255, 1, 1, 2, 254]));
        assert_eq!(encoded([-100.0, 155.0, 0.0, -99.6, 0.3]), (1.0, 100, [0, 255, 100, 0, 100]));
        assert_eq!(encoded([-510.0, -1.0]), (2.0, 255, [0, 254]));
    }

    #[test]
    fn no_code_leaves_its_bits_where_both_ends_round_up() {
        let (unit, zero, codes) = encoded([-1.5, 253.5]);
        assert_eq!((unit, zero, codes), (1.0, 2, [0, 255]));
    }

    #[test]
    fn nothing_and_what_is_no_number() {
        assert_eq!(encoded([0.0, -0.0]), (0.0, 0, [0, 0]));
        assert!(encoded([1.0, f32::NAN]).0.is_nan());
        assert!(encoded([-1.0, -f32::NAN]).0.is_nan());
        assert!(encoded([1.0, f32::INFINITY]).0.is_infinite());
    }
}
