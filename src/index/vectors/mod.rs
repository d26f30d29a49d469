//! Vectors of what is in the index, to find passages by meaning.
//!
//! ```text
//! vectors/<fingerprint>/cache             every vector made so far, by the hash of its text
//! vectors/<fingerprint>/<generation>.vec  the vectors of one generation, mapped into memory
//! vectors/<fingerprint>/lock              held by the one process that encodes
//! ```
//! Vectors are made after a generation is served: [`encode()`] lists the texts (`units`), encodes those
//! that the cache does not know, and packs one file that [`Vectors`] reads. An index without that file
//! answers by words alone. Nothing here is needed to answer, so damage is no error but a reason to pack
//! anew; the folder may be deleted at any time.

mod cache;
mod encode;
mod error;
mod pack;
mod plan;
mod reader;
#[cfg(test)]
mod tests;
mod units;

use std::path::{Path, PathBuf};

use crate::document::sha256_hex;
use crate::embed::Encoder;

pub use encode::{EncodeProgress, Pace, encode};
pub use error::VectorsError;
pub use reader::{DenseCandidate, Similarities, Vectors};
pub use units::UNITS_VERSION;

/// The first half of the SHA-256 of a text.
type TextHash = [u8; 16];

/// What decides which vectors a generation has: the encoder, and which texts are encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorSpace {
    encoder: String,
    sentences: bool,
}

impl VectorSpace {
    /// The vectors of `encoder`, with or without one for each sentence.
    #[must_use]
    pub fn new(encoder: &Encoder, sentences: bool) -> Self {
        Self { encoder: encoder.fingerprint().to_owned(), sentences }
    }

    /// Where the vectors of this encoder are kept.
    fn folder(&self, root: &Path) -> PathBuf {
        root.join("vectors").join(self.encoder.get(..16).unwrap_or(&self.encoder))
    }

    /// A hash of everything besides the documents that decides what a packed file holds.
    fn fingerprint(&self) -> String {
        let Self { encoder, sentences } = self;
        sha256_hex(format!("{encoder}, units {UNITS_VERSION}, sentences {sentences}").as_bytes())
    }
}
