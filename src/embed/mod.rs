//! The sentence encoder: text to a unit vector, so that texts of like meaning lie close together.
//!
//! The network is all-MiniLM-L6-v2 tuned to patients' questions (see `models/`), a BERT of six layers whose
//! output is averaged over the tokens. Its weights are 8-bit by row and are part of the program; a folder
//! with another model of the same family takes their place. [`Encoder`] does the work, [`Embedding`] is its
//! result and [`Quantized`] what is stored of one. [`PairEncoder`] reads two texts together, with the same
//! code. This is the only module that names the network (the package `bert`) and the tokenizer. It knows
//! neither documents nor questions, and keeps nothing on disk.

mod encoder;
mod error;
mod lanes;
mod model;
mod pair;
#[cfg(test)]
mod tests;
mod tokens;
mod vector;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use encoder::Encoder;
pub use error::EmbedError;
pub use pair::{PairEncoder, Second};
pub use vector::{DIMENSIONS, Embedding, Quantized, QueryCodes, dot_row, dot_rows};

/// Version of the computation: raised whenever the same model gives other vectors than before, but for the last bits,
/// which differ from processor to processor too.
pub const EMBED_VERSION: u32 = 2;

/// Settings of the sentence encoder: `[encoder]` in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EncoderConfig {
    /// Whether meaning is used beside words.
    pub enabled: bool,
    /// Folder of another model of the same family; empty: the one in the program.
    pub path: PathBuf,
    /// Threads that encode; 0 for one a core.
    pub threads: usize,
    /// Tokens of a text beyond which it is cut.
    pub max_tokens: usize,
    /// Whether each sentence of a passage gets a vector of its own.
    pub sentences: bool,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self { enabled: true, path: PathBuf::new(), threads: 0, max_tokens: 256, sentences: true }
    }
}
