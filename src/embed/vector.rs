//! Vectors: as computed, and as stored.

use rten_simd::{Isa, SimdOp};

/// Numbers of a vector.
pub const DIMENSIONS: usize = bert::DIMENSIONS;
/// Largest code of a stored vector.
const CODE_MAX: f32 = 127.0;
/// Largest code of a question's vector: the sum of 384 products with codes up to 127 stays below 2^31.
const QUERY_MAX: f32 = 32_767.0;

/// A vector of length 1. The dot product of two is the cosine of their angle.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(Box<[f32; DIMENSIONS]>);

impl Embedding {
    /// Scales `values` to length 1; a vector without length, or with a part that is no number, becomes
    /// zero, which is like nothing.
    #[must_use]
    pub fn new(values: [f32; DIMENSIONS]) -> Self {
        let length = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>().sqrt();
        let scale = if length.is_finite() && length > 1e-12 { (1.0 / length) as f32 } else { 0.0 };
        let scaled = values.map(|value| if scale > 0.0 { value * scale } else { 0.0 });
        Self(Box::new(scaled))
    }

    /// The numbers.
    #[must_use]
    pub fn values(&self) -> &[f32; DIMENSIONS] {
        &self.0
    }

    /// The cosine of the angle to `other`, -1 to 1.
    #[must_use]
    pub fn dot(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0.iter()).map(|(a, b)| a * b).sum()
    }
}

/// A vector in 8-bit codes: `value = scale * code`. Its cosine to the exact vector is above 0.9999.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantized {
    /// What a code of 1 stands for.
    pub scale: f32,
    /// -127 to 127.
    pub codes: [i8; DIMENSIONS],
}

impl From<&Embedding> for Quantized {
    fn from(embedding: &Embedding) -> Self {
        let (scale, inverse) = scales(embedding.values(), CODE_MAX);
        Self { scale, codes: embedding.values().map(|value| (value * inverse).round() as i8) }
    }
}

/// A question's vector in 16-bit codes, to be compared with many stored ones.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryCodes {
    /// What a code of 1 stands for.
    pub scale: f32,
    /// -32,767 to 32,767.
    pub codes: [i16; DIMENSIONS],
}

impl From<&Embedding> for QueryCodes {
    fn from(embedding: &Embedding) -> Self {
        let (scale, inverse) = scales(embedding.values(), QUERY_MAX);
        Self { scale, codes: embedding.values().map(|value| (value * inverse).round() as i16) }
    }
}

/// What a code stands for, and how many codes 1 is.
fn scales(values: &[f32; DIMENSIONS], max: f32) -> (f32, f32) {
    let largest = values.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    if largest > 0.0 { (largest / max, max / largest) } else { (0.0, 0.0) }
}

/// The integer dot products of `query` with `rows`, vectors of 384 codes one after the other (each byte
/// an `i8`), appended to `out`. Times both scales, each is the cosine. What is left over of an incomplete
/// last row is not looked at.
pub fn dot_rows(query: &QueryCodes, rows: &[u8], out: &mut Vec<i32>) {
    DotRows { query: &query.codes, rows, out }.dispatch();
}

/// As [`dot_rows`], of one row.
#[must_use]
pub fn dot_row(query: &QueryCodes, row: &[u8; DIMENSIONS]) -> i32 {
    DotRow { query: &query.codes, row }.dispatch()
}

/// The plain loop, which the compiler turns into the widest vectors that the machine has: the library
/// picks the machine's instructions when the program runs, without unsafe code here.
#[inline(always)]
fn dot(query: &[i16; DIMENSIONS], row: &[u8; DIMENSIONS]) -> i32 {
    let mut sum = 0_i32;
    for (&code, &wanted) in row.iter().zip(query) {
        sum += i32::from(code.cast_signed()) * i32::from(wanted);
    }
    sum
}

struct DotRow<'a> {
    query: &'a [i16; DIMENSIONS],
    row: &'a [u8; DIMENSIONS],
}

impl SimdOp for DotRow<'_> {
    type Output = i32;

    #[inline(always)]
    fn eval<I: Isa>(self, _isa: I) -> i32 {
        dot(self.query, self.row)
    }
}

struct DotRows<'a> {
    query: &'a [i16; DIMENSIONS],
    rows: &'a [u8],
    out: &'a mut Vec<i32>,
}

impl SimdOp for DotRows<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _isa: I) {
        let Self { query, rows, out } = self;
        // A closure here would be compiled without the machine's instructions.
        for row in rows.as_chunks::<DIMENSIONS>().0 {
            out.push(dot(query, row));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn embedding(seed: u64) -> Embedding {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Embedding::new(std::array::from_fn(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        }))
    }

    #[test]
    fn a_vector_without_length_becomes_zero() {
        for value in [0.0, f32::NAN, f32::INFINITY, f32::MIN_POSITIVE] {
            assert_eq!(Embedding::new([value; DIMENSIONS]).values(), &[0.0; DIMENSIONS], "{value}");
        }
        assert_eq!(Quantized::from(&Embedding::new([0.0; DIMENSIONS])).codes, [0; DIMENSIONS]);
    }

    #[test]
    fn the_largest_codes_do_not_overflow() {
        let query = QueryCodes { scale: 1.0, codes: [32_767; DIMENSIONS] };
        let mut out = Vec::new();
        dot_rows(&query, &[127_u8; DIMENSIONS + 5], &mut out);
        dot_rows(&query, &[129_u8; DIMENSIONS], &mut out);
        assert_eq!(out, [32_767 * 127 * 384, -32_767 * 127 * 384]);
        assert_eq!(dot_row(&query, &[129_u8; DIMENSIONS]), -32_767 * 127 * 384);
    }

    proptest! {
        #[test]
        fn codes_give_the_cosine_of_the_vectors(a in 1_u64.., b in 1_u64..) {
            let (a, b) = (embedding(a), embedding(b));
            let (query, stored) = (QueryCodes::from(&a), Quantized::from(&b));
            let mut out = Vec::new();
            dot_rows(&query, &stored.codes.map(|code| code.cast_unsigned()), &mut out);
            let cosine = out[0] as f32 * query.scale * stored.scale;
            prop_assert!((cosine - a.dot(&b)).abs() < 0.005, "{} {}", cosine, a.dot(&b));
            let back = Embedding::new(stored.codes.map(|code| f32::from(code) * stored.scale));
            prop_assert!(back.dot(&b) > 0.9999);
            prop_assert!((b.dot(&b) - 1.0).abs() < 1e-5);
        }
    }
}
