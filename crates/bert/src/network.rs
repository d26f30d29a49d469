//! The network.
//!
//! Softmax, layer norms, the activation and the products of attention come from rten, those with the weights from
//! [`matmul8`]; this file says in which order. All matrices stay in codes.

use std::fmt;

use matmul8::{Linear, Memory};
use rten_gemm::GemmExecutor;
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::{Matrix, NdTensorView};
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Sum, SumSquareSub};

use super::attention::{self, Heads};
use super::error::BertError;
use super::tensors::{Codes, Tensors};

/// Floats in a row.
pub const DIMENSIONS: usize = 384;

const MISFIT: BertError = BertError::Compute("matrices do not fit each other");

/// The sizes of a network.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Tokens that there are.
    pub words: usize,
    /// Tokens that a text may have.
    pub positions: usize,
    /// Kinds of token: first and second text.
    pub types: usize,
    /// Layers.
    pub layers: usize,
    /// Heads of a layer, a divisor of [`DIMENSIONS`].
    pub heads: usize,
    /// Floats of a row between the two products of a layer.
    pub inner: usize,
    /// Added to the variance in layer norms.
    pub norm_epsilon: f32,
}

/// A network ready to compute.
pub struct Bert {
    shape: Shape,
    words: Codes<'static>,
    /// With the first type of token added in.
    positions: Vec<f32>,
    /// What the second type has more than the first; empty where there is one type only.
    second: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

impl fmt::Debug for Bert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bert").field("shape", &self.shape).finish_non_exhaustive()
    }
}

struct Layer {
    /// Queries, keys and values side by side.
    attend: Linear,
    gather: Linear,
    gather_norm: Norm,
    widen: Linear,
    narrow: Linear,
    narrow_norm: Norm,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

/// Memory for the steps between, kept from text to text.
#[derive(Debug, Default)]
pub struct Scratch {
    /// A row of [`DIMENSIONS`] for each token.
    state: Vec<f32>,
    attended: Vec<f32>,
    wide: Vec<f32>,
    heads: Heads,
    rows: Memory,
}

impl Bert {
    /// Takes the weights out of `tensors`; `words` is [`word_table`] of the same.
    ///
    /// # Errors
    /// A tensor is missing or of another shape.
    pub fn new(tensors: &Tensors<'_>, words: Codes<'static>, shape: Shape) -> Result<Self, BertError> {
        let layers = (0..shape.layers).map(|number| Layer::new(tensors, number, &shape));
        let (positions, second) = positions(tensors, &shape)?;
        Ok(Self {
            layers: layers.collect::<Result<_, _>>()?,
            norm: Norm::new(tensors, "embeddings.LayerNorm", &shape)?,
            positions,
            second,
            words,
            shape,
        })
    }

    /// How many tokens there may be.
    #[must_use]
    pub const fn positions(&self) -> usize {
        self.shape.positions
    }

    /// What the last layer gives for each token; those from `second` on are of a second text. Must run where rayon has
    /// one thread: a text is too small to be shared out.
    ///
    /// # Errors
    /// A token that is not in the table of words; matrices that do not fit each other.
    pub fn run<'s>(
        &self,
        tokens: &[u32],
        second: usize,
        scratch: &'s mut Scratch,
    ) -> Result<&'s [[f32; DIMENSIONS]], BertError> {
        let gemm = GemmExecutor::new();
        self.embed(tokens, second, &mut scratch.state)?;
        for layer in &self.layers {
            layer.apply(&gemm, self.shape.heads, tokens.len(), scratch)?;
        }
        Ok(scratch.state.as_chunks::<DIMENSIONS>().0)
    }

    /// The sum of word, position and type for each token.
    fn embed(&self, tokens: &[u32], second: usize, state: &mut Vec<f32>) -> Result<(), BertError> {
        state.clear();
        let rows = self.words.codes.as_chunks::<DIMENSIONS>().0;
        let positions = self.positions.as_chunks::<DIMENSIONS>().0;
        for (&token, position) in tokens.iter().zip(positions) {
            let token = token as usize;
            let row = rows.get(token).zip(self.words.scales.get(token));
            let (row, scale) = row.ok_or(BertError::Compute("a token is not in the table of words"))?;
            let word = row.iter().map(|code| f32::from(code.cast_signed()) * scale);
            state.extend(word.zip(position).map(|(word, position)| word + position));
        }
        for row in state.as_chunks_mut::<DIMENSIONS>().0.iter_mut().skip(second) {
            row.iter_mut().zip(&self.second).for_each(|(value, more)| *value += more);
        }
        self.norm.apply(state);
        Ok(())
    }
}

/// The sum of all rows.
#[must_use]
pub fn sum(rows: &[[f32; DIMENSIONS]]) -> [f32; DIMENSIONS] {
    let mut sum = [0.0; DIMENSIONS];
    for row in rows {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sum
}

/// The table of words, by far the largest of the matrices.
///
/// # Errors
/// It is missing or of another shape.
pub fn word_table<'a>(tensors: &Tensors<'a>, shape: &Shape) -> Result<Codes<'a>, BertError> {
    tensors.codes("embeddings.word_embeddings.weight", [shape.words, DIMENSIONS])
}

/// Positions with the first type added in, and what the second type has more.
fn positions(tensors: &Tensors<'_>, shape: &Shape) -> Result<(Vec<f32>, Vec<f32>), BertError> {
    let (mut positions, mut types) = (Vec::new(), Vec::new());
    let name = "embeddings.position_embeddings.weight";
    tensors.matrix(name, [shape.positions, DIMENSIONS], &mut positions)?;
    let name = "embeddings.token_type_embeddings.weight";
    tensors.matrix(name, [shape.types, DIMENSIONS], &mut types)?;
    for (value, kind) in positions.iter_mut().zip(types.iter().take(DIMENSIONS).cycle()) {
        *value += kind;
    }
    let second = types.iter().skip(DIMENSIONS).zip(&types).map(|(second, first)| second - first);
    Ok((positions, second.take(DIMENSIONS).collect()))
}

impl Layer {
    fn new(tensors: &Tensors<'_>, number: usize, shape: &Shape) -> Result<Self, BertError> {
        let name = |part: &str| format!("encoder.layer.{number}.{part}");
        let linear = |parts: &[&str], [rows, columns]: [usize; 2]| {
            let names: Vec<String> = parts.iter().map(|part| name(part)).collect();
            side_by_side(tensors, &names, [rows, columns])
        };
        let attend = ["attention.self.query", "attention.self.key", "attention.self.value"];
        Ok(Self {
            attend: linear(&attend, [DIMENSIONS, DIMENSIONS])?,
            gather: linear(&["attention.output.dense"], [DIMENSIONS, DIMENSIONS])?,
            gather_norm: Norm::new(tensors, &name("attention.output.LayerNorm"), shape)?,
            widen: linear(&["intermediate.dense"], [shape.inner, DIMENSIONS])?,
            narrow: linear(&["output.dense"], [DIMENSIONS, shape.inner])?,
            narrow_norm: Norm::new(tensors, &name("output.LayerNorm"), shape)?,
        })
    }

    fn apply(
        &self,
        gemm: &GemmExecutor,
        heads: usize,
        tokens: usize,
        scratch: &mut Scratch,
    ) -> Result<(), BertError> {
        let Scratch { state, attended, wide, heads: memory, rows } = scratch;
        let size = |linear: &Linear| tokens * linear.columns();
        wide.resize(size(&self.attend), 0.0);
        self.attend.multiply(state, wide, false, rows)?;
        attention::attend(gemm, heads, tokens, wide, memory, attended)?;
        self.gather.multiply(attended, state, true, rows)?;
        self.gather_norm.apply(state);
        wide.resize(size(&self.widen), 0.0);
        self.widen.multiply(state, wide, false, rows)?;
        Gelu {}.map_mut(wide);
        self.narrow.multiply(wide, state, true, rows)?;
        self.narrow_norm.apply(state);
        Ok(())
    }
}

/// One product out of the matrices `names`.
fn side_by_side(
    tensors: &Tensors<'_>,
    names: &[String],
    [rows, columns]: [usize; 2],
) -> Result<Linear, BertError> {
    let (mut codes, mut scales, mut bias) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        let one = tensors.codes(&format!("{name}.weight"), [rows, columns])?;
        codes.extend_from_slice(&one.codes);
        scales.extend(one.scales);
        bias.extend(tensors.vector(&format!("{name}.bias"), rows)?);
    }
    Ok(Linear::new(&codes, &scales, &bias, columns)?)
}

impl Norm {
    fn new(tensors: &Tensors<'_>, name: &str, shape: &Shape) -> Result<Self, BertError> {
        let vector = |part: &str| tensors.vector(&format!("{name}.{part}"), DIMENSIONS);
        Ok(Self { weight: vector("weight")?, bias: vector("bias")?, epsilon: shape.norm_epsilon })
    }

    /// Layer normalisation (Ba and others, 2016) of each row.
    fn apply(&self, state: &mut [f32]) {
        for row in state.as_chunks_mut::<DIMENSIONS>().0 {
            let mean = Sum::new(row).dispatch() / DIMENSIONS as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / DIMENSIONS as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + self.epsilon).sqrt(),
                element_scale: Some(&self.weight),
                element_bias: Some(&self.bias),
                bias: 0.0,
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

/// `data` as a matrix of this shape.
pub(super) fn matrix(shape: [usize; 2], data: &[f32]) -> Result<Matrix<'_, f32>, BertError> {
    NdTensorView::try_from_data(shape, data).map_err(|_| MISFIT)
}
