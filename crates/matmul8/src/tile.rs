//! A few rows times a panel of the matrix, as sums of products of codes.

#[cfg(target_arch = "x86_64")]
use pulp::{
    cast, i8x16, i8x32, i16x16, i16x32, i32x8, i32x16, simd_type,
    x86::{V3, V4},
};

/// Columns of a panel.
pub(crate) const WIDTH: usize = 16;

/// Two codes of each column of a panel, one below the other.
pub(crate) type Pairs = [[i8; 2]; WIDTH];

/// What multiplies.
pub(crate) trait Machine: Copy {
    /// Most rows that are taken through the matrix at once: with the sums for each, what fits the registers.
    const ROWS: usize;

    /// The sums for each of `R` rows and each column.
    fn tile<const R: usize>(self, x: &[[[i16; 2]; R]], codes: &[Pairs]) -> [[i32; WIDTH]; R];
}

/// Any processor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain;

impl Machine for Plain {
    const ROWS: usize = 6;

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
    const ROWS: usize = 6;

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

#[cfg(target_arch = "x86_64")]
simd_type! {
    /// The instructions of [`Wide`].
    pub(crate) struct WideInstructions {
        pub f: "avx512f",
        pub bw: "avx512bw",
        pub vl: "avx512vl",
        pub vnni: "avx512vnni",
    }
}

/// AVX-512 with VNNI: thirty-two products at once, added in pairs to the sums by the same instruction. The compiler
/// makes that one instruction of the two below, in code that it may make for such a processor.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide {
    v4: V4,
    pub(crate) instructions: WideInstructions,
}

#[cfg(target_arch = "x86_64")]
impl Wide {
    /// Where the processor has these instructions.
    #[inline]
    pub(crate) fn try_new() -> Option<Self> {
        Some(Self { v4: V4::try_new()?, instructions: WideInstructions::try_new()? })
    }
}

#[cfg(target_arch = "x86_64")]
impl Machine for Wide {
    const ROWS: usize = 12;

    #[inline(always)]
    fn tile<const R: usize>(self, x: &[[[i16; 2]; R]], codes: &[Pairs]) -> [[i32; WIDTH]; R] {
        let mut sums = [self.v4.splat_i32x16(0); R];
        for (x, codes) in x.iter().zip(codes) {
            let codes: i8x32 = cast(*codes);
            let codes = self.v4.convert_i8x32_to_i16x32(codes);
            for (sum, pair) in sums.iter_mut().zip(x) {
                let pair: i16x32 = cast(self.v4.splat_i32x16(cast(*pair)));
                let products: i32x16 = self.v4.multiply_wrapping_add_adjacent_i16x32(pair, codes);
                *sum = self.v4.wrapping_add_i32x16(*sum, products);
            }
        }
        sums.map(cast)
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn all_machines_have_the_same_sums() {
        let (Some(v3), wide) = (V3::try_new(), Wide::try_new()) else { return };
        let number = |at: usize| (at * 7919 % 65_521) as i32 - 32_760;
        let x: Vec<[[i16; 2]; 3]> = (0..50)
            .map(|k| std::array::from_fn(|r| std::array::from_fn(|i| number(k * 6 + r * 2 + i) as i16 / 4)))
            .collect();
        let codes: Vec<Pairs> = (0..50)
            .map(|k| {
                std::array::from_fn(|c| std::array::from_fn(|i| (number(k * 32 + c * 2 + i) >> 8) as i8))
            })
            .collect();
        let sums = Plain.tile(&x, &codes);
        assert_eq!(v3.tile(&x, &codes), sums);
        if let Some(wide) = wide {
            assert_eq!(wide.tile(&x, &codes), sums);
        }
        assert!(sums.iter().flatten().any(|sum| *sum > 1_000_000));
    }
}
