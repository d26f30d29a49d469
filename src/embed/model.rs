//! A model: the one in the program, or a folder as sentence-transformers publishes it.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use bert::{Bert, Codes, Scratch, Shape, Tensors, sum, word_table};
use serde::Deserialize;

use super::error::EmbedError;
use super::tokens::Tokens;
use super::vector::{DIMENSIONS, Embedding};
use super::{EMBED_VERSION, EncoderConfig};
use crate::document::sha256_hex;

const WEIGHTS: &str = "model.safetensors";
const TOKENIZER: &str = "tokenizer.json";
const SHAPE: &str = "config.json";
const POOLING: &str = "1_Pooling/config.json";

/// Where the model in the program comes from.
pub(super) const SHIPPED: &str = "models/encoder";
pub(super) const SHIPPED_WEIGHTS: &[u8] = include_bytes!("../../models/encoder/model.safetensors");
pub(super) const SHIPPED_TOKENIZER: &[u8] = include_bytes!("../../models/encoder/tokenizer.json");
const SHIPPED_SHAPE: &[u8] = include_bytes!("../../models/encoder/config.json");
/// Hashes of the two, which a test holds against them: computing them at each start would read all of the
/// weights into memory, of which most are never looked at.
pub(super) const SHIPPED_SHA256: [&str; 2] = [
    "0a72640fb450ad388f9d584cdab836afe6ac15813c92ac6aa2dc40ffd067e88c",
    "3ad857958ba886d154a5a852119fb31a0dd549d03d8a3fc20e33f2336272cc19",
];

/// A model ready to compute.
pub(super) struct Model {
    pub(super) bert: Bert,
    pub(super) tokens: Tokens,
    /// SHA-256 of everything that decides a vector.
    pub(super) fingerprint: String,
}

impl Model {
    pub(super) fn load(config: &EncoderConfig) -> Result<Self, EmbedError> {
        if config.path.as_os_str().is_empty() { Self::shipped(config) } else { Self::folder(config) }
    }

    /// The vector of a text of these tokens: the mean of what the network gives for each, scaled.
    pub(super) fn encode(&self, tokens: &[u32], scratch: &mut Scratch) -> Result<Embedding, EmbedError> {
        Ok(Embedding::new(sum(self.bert.run(tokens, tokens.len(), scratch)?)))
    }

    fn shipped(config: &EncoderConfig) -> Result<Self, EmbedError> {
        let place = Path::new(SHIPPED);
        let shape = shape(place, SHIPPED_SHAPE)?;
        let tensors = Tensors::read(&place.join(WEIGHTS), SHIPPED_WEIGHTS)?;
        let words = word_table(&tensors, &shape)?;
        Ok(Self {
            bert: Bert::new(&tensors, words, shape)?,
            tokens: Tokens::new(&place.join(TOKENIZER), SHIPPED_TOKENIZER, max_tokens(config, &shape))?,
            fingerprint: fingerprint(SHIPPED_SHA256, max_tokens(config, &shape)),
        })
    }

    fn folder(config: &EncoderConfig) -> Result<Self, EmbedError> {
        let place = config.path.as_path();
        let read = |name: &str| {
            let path = place.join(name);
            fs::read(&path).map_err(|source| EmbedError::Read { path, source })
        };
        let shape = shape(place, &read(SHAPE)?)?;
        if place.join(POOLING).exists() {
            check_pooling(place, &read(POOLING)?)?;
        }
        let (weights, tokenizer) = (read(WEIGHTS)?, read(TOKENIZER)?);
        let tensors = Tensors::read(&place.join(WEIGHTS), &weights)?;
        let Codes { codes, scales } = word_table(&tensors, &shape)?;
        let words = Codes { codes: Cow::Owned(codes.into_owned()), scales };
        let hashes = [&weights, &tokenizer].map(|bytes| sha256_hex(bytes));
        Ok(Self {
            bert: Bert::new(&tensors, words, shape)?,
            tokens: Tokens::new(&place.join(TOKENIZER), &tokenizer, max_tokens(config, &shape))?,
            fingerprint: fingerprint(hashes.each_ref().map(String::as_str), max_tokens(config, &shape)),
        })
    }
}

fn max_tokens(config: &EncoderConfig, shape: &Shape) -> usize {
    config.max_tokens.min(shape.positions)
}

fn fingerprint([weights, tokenizer]: [&str; 2], max_tokens: usize) -> String {
    let parts = format!("ibid vectors {EMBED_VERSION}, {weights}, {tokenizer}, {max_tokens} tokens");
    sha256_hex(parts.as_bytes())
}

/// What is read of `config.json`.
#[derive(Deserialize)]
struct Published {
    model_type: String,
    hidden_act: String,
    hidden_size: usize,
    intermediate_size: usize,
    layer_norm_eps: f32,
    max_position_embeddings: usize,
    num_attention_heads: usize,
    num_hidden_layers: usize,
    type_vocab_size: usize,
    vocab_size: usize,
}

/// The sizes that a `config.json` tells, where they can be used.
pub(super) fn shape(place: &Path, json: &[u8]) -> Result<Shape, EmbedError> {
    let config: Published = parse(&place.join(SHAPE), json)?;
    let demand = |what, fits: bool, found: String, wanted| {
        let place = place.to_owned();
        if fits { Ok(()) } else { Err(EmbedError::Unsupported { place, what, found, wanted }) }
    };
    let (kind, act) = (config.model_type, config.hidden_act);
    demand("model_type", kind == "bert", kind, "bert")?;
    demand("hidden_act", act == "gelu", act, "gelu")?;
    let (size, heads) = (config.hidden_size, config.num_attention_heads);
    demand("hidden_size", size == DIMENSIONS, size.to_string(), "384")?;
    let divides = heads > 0 && DIMENSIONS.is_multiple_of(heads);
    demand("num_attention_heads", divides, heads.to_string(), "a divisor of 384")?;
    let positions = config.max_position_embeddings;
    demand("max_position_embeddings", positions >= 8, positions.to_string(), "8 or more")?;
    Ok(Shape {
        words: config.vocab_size,
        positions,
        types: config.type_vocab_size,
        layers: config.num_hidden_layers,
        heads,
        inner: config.intermediate_size,
        norm_epsilon: config.layer_norm_eps,
    })
}

/// What is read of `1_Pooling/config.json`.
#[derive(Deserialize)]
struct Pooling {
    pooling_mode_mean_tokens: bool,
}

fn check_pooling(place: &Path, json: &[u8]) -> Result<(), EmbedError> {
    let pooling: Pooling = parse(&place.join(POOLING), json)?;
    if pooling.pooling_mode_mean_tokens {
        return Ok(());
    }
    let (place, found) = (place.to_owned(), "another one".to_owned());
    Err(EmbedError::Unsupported { place, what: "the pooling", found, wanted: "the mean of the tokens" })
}

fn parse<'a, T: Deserialize<'a>>(file: &Path, json: &'a [u8]) -> Result<T, EmbedError> {
    serde_json::from_slice(json).map_err(|error| EmbedError::damaged(file, &error))
}
