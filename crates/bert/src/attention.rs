//! Attention with several heads (Vaswani and others, 2017).

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_simd::SimdOp;
use rten_vecmath::Softmax;

use super::error::BertError;
use super::network::{DIMENSIONS, matrix};

const MISFIT: BertError = BertError::Compute("the heads do not fit the matrices");

/// Memory for one head.
#[derive(Debug, Default)]
pub(super) struct Heads {
    /// How much each token looks at each.
    weights: Vec<f32>,
    /// What it sees.
    seen: Vec<f32>,
}

/// For each token the mean of the values of all tokens, weighted by how well its query fits their keys.
/// `projected` holds a row of queries, keys and values for each token; `out` gets a row of
/// [`DIMENSIONS`] for each.
pub(super) fn attend(
    gemm: &GemmExecutor,
    heads: usize,
    tokens: usize,
    projected: &[f32],
    memory: &mut Heads,
    out: &mut Vec<f32>,
) -> Result<(), BertError> {
    let projected = matrix([tokens, 3 * DIMENSIONS], projected)?;
    let width = DIMENSIONS / heads.max(1);
    let alpha = 1.0 / (width as f32).sqrt();
    let part = |at: usize| projected.try_slice((.., at..at + width)).map_err(|_| MISFIT);
    let Heads { weights, seen } = memory;
    for buffer in [&mut *out, &mut *weights, &mut *seen] {
        buffer.clear();
    }
    out.resize(tokens * DIMENSIONS, 0.0);
    weights.resize(tokens * tokens, 0.0);
    seen.resize(tokens * width, 0.0);
    for head in (0..heads).map(|head| head * width) {
        let (queries, keys, values) = (part(head)?, part(DIMENSIONS + head)?, part(2 * DIMENSIONS + head)?);
        let options = GemmOptions { alpha, ..GemmOptions::default() };
        gemm.gemm(weights, GemmInputA::Unpacked(queries), GemmInputB::Unpacked(keys.transposed()), options)
            .map_err(|_| MISFIT)?;
        for row in weights.chunks_exact_mut(tokens.max(1)) {
            Softmax::new_mut(row).dispatch();
        }
        let weights = matrix([tokens, tokens], weights)?;
        gemm.gemm(seen, GemmInputA::Unpacked(weights), GemmInputB::Unpacked(values), GemmOptions::default())
            .map_err(|_| MISFIT)?;
        for (row, seen) in out.chunks_exact_mut(DIMENSIONS).zip(seen.chunks_exact(width.max(1))) {
            row.iter_mut().skip(head).zip(seen).for_each(|(to, from)| *to = *from);
        }
    }
    Ok(())
}
