//! Two texts read together, and one number that says how they fit: a cross-encoder.
//!
//! It shares the tokenizer and the table of words of the shipped sentence encoder; its layers are its own. The
//! number is linear in the state of the first token and the mean of all.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bert::{Bert, Scratch, Tensors, sum, word_table};

use super::error::EmbedError;
use super::lanes::Lanes;
use super::model::{SHIPPED, SHIPPED_TOKENIZER, SHIPPED_WEIGHTS, shape};
use super::tokens::Tokens;
use super::vector::DIMENSIONS;

/// Tokens of both texts together beyond which they are cut; as in training.
const TOKENS: usize = 128;
/// Tokens of the first text, and of what stands before the second, beyond which they are cut.
const FIRST_TOKENS: usize = 40;
const CONTEXT_TOKENS: usize = 32;
/// The tokens at the beginning, and after each text.
const BEGIN: u32 = 101;
const END: u32 = 102;

/// The second of two texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Second {
    /// What stands above it: title, heading, lead-in.
    pub context: String,
    /// The text.
    pub text: String,
}

/// Scores pairs of texts. Cheap to clone; the clones share weights and threads.
#[derive(Clone)]
pub struct PairEncoder {
    model: Arc<Model>,
    lanes: Arc<Lanes>,
}

struct Model {
    bert: Bert,
    head: Vec<f32>,
    bias: f32,
    tokens: Tokens,
}

impl fmt::Debug for PairEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PairEncoder").finish_non_exhaustive()
    }
}

impl PairEncoder {
    /// A model of these `weights` and sizes, read from `place`, on `threads` threads; 0 for one a core.
    ///
    /// # Errors
    /// Weights that are damaged or of another family; no threads.
    pub fn new(place: &Path, weights: &[u8], sizes: &[u8], threads: usize) -> Result<Self, EmbedError> {
        let shape = shape(place, sizes)?;
        let encoder = Path::new(SHIPPED);
        let words = word_table(&Tensors::read(encoder, SHIPPED_WEIGHTS)?, &shape)?;
        let tensors = Tensors::read(place, weights)?;
        let mut head = Vec::new();
        tensors.matrix("head.weight", [1, 2 * DIMENSIONS], &mut head)?;
        let bias = tensors.vector("head.bias", 1)?.first().copied().unwrap_or_default();
        let bert = Bert::new(&tensors, words, shape)?;
        let tokens = Tokens::new(encoder, SHIPPED_TOKENIZER, TOKENS.min(bert.positions()))?;
        let model = Model { bert, head, bias, tokens };
        Ok(Self { model: Arc::new(model), lanes: Arc::new(Lanes::start(threads)?) })
    }

    /// The number for `first` with each of `seconds`, in their order: the same bits however many threads
    /// there are, and whatever else is scored beside it.
    ///
    /// # Errors
    /// A model whose parts do not fit each other.
    pub fn score(&self, first: &str, seconds: &[Second]) -> Result<Vec<f32>, EmbedError> {
        let first = self.model.tokens.bare(first)?;
        let pairs: Vec<(Vec<u32>, usize)> =
            seconds.iter().map(|second| self.model.pair(&first, second)).collect::<Result<_, _>>()?;
        let size = |at: usize| pairs.get(at).map_or(0, |(tokens, _)| tokens.len());
        self.lanes.share_out(pairs.len(), &size, &|at, scratch| match pairs.get(at) {
            Some((tokens, second)) => self.model.score(tokens, *second, scratch),
            None => Ok(0.0),
        })
    }
}

impl Model {
    /// The tokens of a pair, and where those of the second text begin.
    fn pair(&self, first: &[u32], second: &Second) -> Result<(Vec<u32>, usize), EmbedError> {
        let mut tokens = vec![BEGIN];
        tokens.extend(first.iter().take(FIRST_TOKENS));
        tokens.push(END);
        let begin = tokens.len();
        if !second.context.is_empty() {
            let context = self.tokens.bare(&format!("{}.", second.context))?;
            tokens.extend(context.into_iter().take(CONTEXT_TOKENS));
        }
        let text = self.tokens.bare(&second.text)?;
        tokens.extend(text.into_iter().take(TOKENS.saturating_sub(1 + tokens.len())));
        tokens.push(END);
        Ok((tokens, begin))
    }

    #[allow(clippy::cast_precision_loss, reason = "at most 128 tokens")]
    fn score(&self, tokens: &[u32], second: usize, scratch: &mut Scratch) -> Result<f32, EmbedError> {
        let rows = self.bert.run(tokens, second, scratch)?;
        let count = rows.len().max(1) as f32;
        let mean = sum(rows).map(|sum| sum / count);
        let seen = rows.iter().flatten().take(DIMENSIONS).chain(&mean);
        Ok(self.bias + self.head.iter().zip(seen).map(|(weight, value)| weight * value).sum::<f32>())
    }
}
