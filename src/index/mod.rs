//! The inverted index and the stored documents, in generations on disk.
//!
//! [`Writer`] builds a generation from finished documents beside the one that is served and swaps it in
//! by an atomic rename; [`IndexSnapshot`] opens the current one after checking every hash, and answers
//! [`Query`]s with [`Candidate`]s. This is the only module that names tantivy. It does not read corpus
//! files (that is `ingest`) and does not know what a question is (that is `retrieve`).

mod analyzer;
mod error;
mod folder;
mod lexical;
mod manifest;
mod schema;
mod score;
mod search;
mod snapshot;
mod store;
#[cfg(test)]
mod tests;
pub mod vectors;
mod words;
mod writer;

use serde::{Deserialize, Serialize};

pub use error::{IndexError, OpenError};
pub use manifest::{IndexedFile, Manifest, Provenance, fingerprint, inspect};
pub use schema::FieldBoosts;
pub use search::{Candidate, MAX_QUERY_TERMS, Query, QueryTerm};
pub use snapshot::IndexSnapshot;
pub use store::DocumentSummary;
pub use words::{Abbreviation, CorpusWords};
pub use writer::Writer;

/// Version of the layout on disk. Raised whenever files of the version before can no longer be read.
pub const FORMAT_VERSION: u32 = 3;

/// Settings for building and reading the index: `[index]` in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IndexConfig {
    /// Memory for posting lists while building; a corpus that needs more is written in parts, in bytes.
    pub writer_memory_bytes: u64,
    /// Memory for decoded documents while serving, in bytes.
    pub document_cache_bytes: u64,
}

impl Default for IndexConfig {
    fn default() -> Self {
        Self { writer_memory_bytes: 128 << 20, document_cache_bytes: 16 << 20 }
    }
}
