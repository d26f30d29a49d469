//! The rows on the left, as codes of 16 bits.

/// Added to a number below 2^22 in size, this rounds it to a whole one, ties to even, which then stands in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// Memory for the rows of a product, kept from one to the next.
#[derive(Debug, Default)]
pub struct Memory {
    /// In [`blocks`]; in each, the next two codes of each row.
    codes: Vec<[i16; 2]>,
    /// What a code of each row stands for.
    units: Vec<f32>,
    row: Vec<[i16; 2]>,
}

impl Memory {
    /// Takes the rows of `x`, `depth` floats each, as codes up to `largest`, in [`blocks`] of no more than `most` rows.
    #[inline(always)]
    pub(crate) fn take(&mut self, mut x: &[f32], depth: usize, largest: i16, most: usize) {
        let (count, pairs) = (x.len() / depth, depth.div_ceil(2));
        self.codes.resize(count * pairs, [0; 2]);
        self.units.clear();
        self.row.clear();
        self.row.resize(pairs, [0; 2]);
        let mut codes = self.codes.as_mut_slice();
        for rows in blocks(count, most) {
            let (block, others) = x.split_at(rows * depth);
            let (to, rest) = codes.split_at_mut(rows * pairs);
            (x, codes) = (others, rest);
            for (at, row) in block.chunks_exact(depth).enumerate() {
                self.units.push(encode(row, largest, self.row.as_flattened_mut()));
                let to = to.iter_mut().skip(at).step_by(rows);
                to.zip(&self.row).for_each(|(to, pair)| *to = *pair);
            }
        }
    }

    pub(crate) fn codes(&self) -> &[[i16; 2]] {
        &self.codes
    }

    pub(crate) fn units(&self) -> &[f32] {
        &self.units
    }
}

/// How `rows` are divided: into blocks as even as can be of no more than `most`.
pub(crate) fn blocks(rows: usize, most: usize) -> impl Iterator<Item = usize> {
    let count = rows.div_ceil(most);
    (0..count).map(move |block| rows / count + usize::from(block < rows % count))
}

/// Writes the codes of `row` and gives what a code stands for: not a number where a value is none.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the lowest bits are what is wanted")]
fn encode(row: &[f32], largest: i16, codes: &mut [i16]) -> f32 {
    // Without their signs, floats are in the order of their bits.
    let most = f32::from_bits(row.iter().map(|value| value.abs().to_bits()).max().unwrap_or_default());
    let largest = f32::from(largest);
    let per_unit = if most > 0.0 { largest / most } else { 0.0 };
    for (code, value) in codes.iter_mut().zip(row) {
        *code = (value * per_unit + ROUND).to_bits() as i16;
    }
    most / largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_even_and_whole() {
        let of = |rows| blocks(rows, 6).collect::<Vec<_>>();
        assert_eq!((of(0), of(6), of(7), of(13)), (vec![], vec![6], vec![4, 3], vec![5, 4, 4]));
    }

    #[test]
    fn codes_are_the_nearest_whole_numbers() {
        let mut codes = [7; 6];
        let unit = encode(&[0.5, -1.0, 0.0, 0.124, -0.126, 0.25], 4, &mut codes);
        assert_eq!((unit, codes), (0.25, [2, -4, 0, 0, -1, 1]));
        assert_eq!((encode(&[0.0, -0.0], 4, &mut codes[..2]), codes[0], codes[1]), (0.0, 0, 0));
        let unit = encode(&[1.0, -1.0], i16::MAX, &mut codes[..2]);
        assert_eq!((codes[0], codes[1]), (i16::MAX, -i16::MAX));
        assert!((unit * f32::from(i16::MAX) - 1.0).abs() < 1e-6);
        assert!(encode(&[1.0, f32::NAN], 4, &mut codes[..2]).is_nan());
    }

    #[test]
    fn rows_stand_side_by_side_within_their_block() {
        let mut memory = Memory::default();
        memory.take(&[1.0, 2.0, 3.0, 3.0, 6.0, 9.0], 3, 3, 6);
        assert_eq!(memory.codes(), [[1, 2], [1, 2], [3, 0], [3, 0]]);
        assert_eq!(memory.units(), [1.0, 3.0]);
    }
}
