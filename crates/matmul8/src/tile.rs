//! Rows of codes times the panels of a matrix, for processors on which rten's sums of 8-bit products overflow.

use pulp::NullaryFnOnce;
#[cfg(target_arch = "x86_64")]
use pulp::{cast, i8x16, i16x16, i32x8, x86::V3};

use super::rows::Rows;

/// Columns of a panel.
const WIDTH: usize = 16;

/// Most rows that are taken through a panel at once: with the sums for each, what fits the registers.
const ROWS: usize = 6;

/// Two codes of each column of a panel, one below the other.
type Pairs = [[i8; 2]; WIDTH];

/// A matrix in panels of [`WIDTH`] columns; in each, two rows at a time.
#[derive(Clone)]
pub(crate) struct Panels {
    codes: Vec<Pairs>,
    depth: usize,
    columns: usize,
}

impl Panels {
    /// A column for each row of `codes`, `depth` codes each.
    pub(crate) fn new(codes: &[i8], columns: usize, depth: usize) -> Self {
        let (panels, pairs) = (columns.div_ceil(WIDTH), depth.div_ceil(2));
        let mut packed: Vec<Pairs> = vec![[[0; 2]; WIDTH]; panels * pairs];
        for (panel, rows) in packed.chunks_exact_mut(pairs).zip(codes.chunks(WIDTH * depth)) {
            for (column, row) in rows.chunks_exact(depth).enumerate() {
                let to = panel.iter_mut().filter_map(|pairs| pairs.get_mut(column)).flatten();
                to.zip(row).for_each(|(to, code)| *to = *code);
            }
        }
        Self { codes: packed, depth, columns }
    }

    /// The sums of products of each row with each column, into the rows of `sums`.
    pub(crate) fn multiply(&self, rows: &Rows, sums: &mut [i32]) {
        #[cfg(target_arch = "x86_64")]
        if let Some(machine) = V3::try_new() {
            machine.vectorize(Multiply { machine, panels: self, rows, sums });
            return;
        }
        Multiply { machine: Plain, panels: self, rows, sums }.call();
    }
}

/// What multiplies.
trait Machine: Copy {
    /// The sums for each of `R` rows and each column.
    fn tile<const R: usize>(self, x: &[[[i16; 2]; R]], codes: &[Pairs]) -> [[i32; WIDTH]; R];
}

/// Any processor.
#[derive(Debug, Clone, Copy)]
struct Plain;

impl Machine for Plain {
    #[inline(always)]
    fn tile<const R: usize>(self, x: &[[[i16; 2]; R]], codes: &[Pairs]) -> [[i32; WIDTH]; R] {
        let mut sums = [[0; WIDTH]; R];
        for (x, codes) in x.iter().zip(codes) {
            for (sums, pair) in sums.iter_mut().zip(x) {
                let [first, second] = pair.map(i32::from);
                for (sum, code) in sums.iter_mut().zip(codes) {
                    *sum += first * i32::from(code[0]) + second * i32::from(code[1]);
                }
            }
        }
        sums
    }
}

/// AVX2: sixteen products at once, added in pairs.
#[cfg(target_arch = "x86_64")]
impl Machine for V3 {
    #[inline(always)]
    fn tile<const R: usize>(self, x: &[[[i16; 2]; R]], codes: &[Pairs]) -> [[i32; WIDTH]; R] {
        let mut sums = [[self.splat_i32x8(0); 2]; R];
        for (x, codes) in x.iter().zip(codes) {
            let codes: [i8x16; 2] = cast(*codes);
            let codes = codes.map(|codes| self.convert_i8x16_to_i16x16(codes));
            for (sums, pair) in sums.iter_mut().zip(x) {
                let pair: i16x16 = cast(self.splat_i32x8(cast(*pair)));
                for (sum, codes) in sums.iter_mut().zip(codes) {
                    let products: i32x8 = self.multiply_wrapping_add_adjacent_i16x16(pair, codes);
                    *sum = self.wrapping_add_i32x8(*sum, products);
                }
            }
        }
        sums.map(cast)
    }
}

struct Multiply<'a, M> {
    machine: M,
    panels: &'a Panels,
    rows: &'a Rows,
    sums: &'a mut [i32],
}

// What is called in here has to be inlined: only here does the compiler know which instructions there are.
impl<M: Machine> NullaryFnOnce for Multiply<'_, M> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { machine, panels, rows, mut sums } = self;
        let Panels { codes, depth, columns } = panels;
        let (mut x, mut beside) = (rows.codes.as_slice(), Vec::new());
        for count in blocks(rows.units.len()) {
            let (block, others) = x.split_at(count * depth);
            let (out, rest) = sums.split_at_mut(count * columns);
            (x, sums) = (others, rest);
            side_by_side(block, *depth, &mut beside);
            for (panel, codes) in codes.chunks_exact(depth.div_ceil(2)).enumerate() {
                let mut write = |sums: &[[i32; WIDTH]]| write(sums, panel * WIDTH, *columns, out);
                match count {
                    6 => write(&machine.tile::<6>(beside.as_chunks().0, codes)),
                    5 => write(&machine.tile::<5>(beside.as_chunks().0, codes)),
                    4 => write(&machine.tile::<4>(beside.as_chunks().0, codes)),
                    3 => write(&machine.tile::<3>(beside.as_chunks().0, codes)),
                    2 => write(&machine.tile::<2>(beside.as_chunks().0, codes)),
                    _ => write(&machine.tile::<1>(beside.as_chunks().0, codes)),
                }
            }
        }
    }
}

/// How rows are divided: into blocks as even as can be of no more than [`ROWS`].
fn blocks(rows: usize) -> impl Iterator<Item = usize> {
    let count = rows.div_ceil(ROWS);
    (0..count).map(move |block| rows / count + usize::from(block < rows % count))
}

/// The codes of a block of rows of `depth`: the next two of each row, again and again.
#[inline(always)]
fn side_by_side(block: &[u8], depth: usize, out: &mut Vec<[i16; 2]>) {
    let rows = block.len() / depth;
    out.clear();
    out.resize(rows * depth.div_ceil(2), [0; 2]);
    for (at, row) in block.chunks_exact(depth).enumerate() {
        for (to, pair) in out.iter_mut().skip(at).step_by(rows).zip(row.chunks(2)) {
            to.iter_mut().zip(pair).for_each(|(to, code)| *to = i16::from(*code));
        }
    }
}

/// The sums of a panel whose first column is `first`, into the rows of `out`.
#[inline(always)]
fn write(sums: &[[i32; WIDTH]], first: usize, columns: usize, out: &mut [i32]) {
    for (sums, row) in sums.iter().zip(out.chunks_exact_mut(columns)) {
        row.split_at_mut(first).1.iter_mut().zip(sums).for_each(|(to, sum)| *to = *sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn all_machines_have_the_same_sums() {
        let Some(v3) = V3::try_new() else { return };
        let number = |at: usize| (at * 7919 % 65_521) as i32 - 32_760;
        let x: Vec<[[i16; 2]; 3]> = (0..50)
            .map(|k| std::array::from_fn(|r| std::array::from_fn(|i| number(k * 6 + r * 2 + i) as i16 / 130)))
            .collect();
        let codes: Vec<Pairs> = (0..50)
            .map(|k| {
                std::array::from_fn(|c| std::array::from_fn(|i| (number(k * 32 + c * 2 + i) >> 8) as i8))
            })
            .collect();
        let sums = Plain.tile(&x, &codes);
        assert_eq!(v3.tile(&x, &codes), sums);
        assert!(sums.iter().flatten().any(|sum| *sum > 100_000));
    }

    #[test]
    fn blocks_are_even_and_whole() {
        let of = |rows| blocks(rows).collect::<Vec<_>>();
        assert_eq!((of(0), of(6), of(7), of(13)), (vec![], vec![6], vec![4, 3], vec![5, 4, 4]));
    }

    #[test]
    fn rows_stand_side_by_side_within_their_block() {
        let mut out = Vec::new();
        side_by_side(&[1, 2, 3, 3, 6, 255], 3, &mut out);
        assert_eq!(out, [[1, 2], [3, 6], [3, 0], [255, 0]]);
    }
}
