//! Bytes on disk to documents with passages.
//!
//! [`survey`] lists the files of a corpus folder with their hashes; [`load_corpus`] reads them one by
//! one and hands each finished [`Document`](crate::document::Document) to a sink, so that memory is bounded by the largest
//! document and not by the corpus. Parsers are total: whatever the bytes, they give a document or a
//! [`SkipReason`], never a panic. Each parser turns text into a flat list of draft blocks; the steps
//! after it (boilerplate, bibliography, structure, chunking) are the same for every format.

mod assemble;
mod bibliography;
mod boilerplate;
mod byline;
mod chunk;
mod date;
mod docx;
mod draft;
mod encoding;
mod field;
mod front_matter;
mod html;
mod jsonl;
mod key;
mod load;
mod markdown;
mod pdf;
mod plain_text;
mod raised;
mod report;
mod table;
mod walk;
mod writer;

use serde::{Deserialize, Serialize};

pub use boilerplate::InvalidPattern;
pub use load::{IngestError, SinkError, load_and_compare, load_corpus, parse_bytes};
pub use report::{BoilerplateFinding, IngestReport, MAX_LISTED, Note, Skip, SkipReason};
pub use walk::{SourceFile, Survey, format_of, survey};

/// Version of what is made of a document's bytes. Raised whenever the same bytes give other sections,
/// passages or groups than before, so that an index of the older reading is built anew.
pub const READING_VERSION: u32 = 9;

/// Settings for reading the corpus: `[ingest]` in the configuration file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IngestConfig {
    /// Largest file read whole, in bytes, and the most that is unpacked of one; JSON lines files are streamed and
    /// may be larger.
    pub max_file_bytes: u64,
    /// Longest single line of a JSON lines file, in bytes.
    pub max_record_bytes: u64,
    /// Longest line of a text file before it counts as not being text for people, in bytes.
    pub max_line_bytes: u64,
    /// Regular expressions (case-insensitive) for paragraphs and headings to leave out, in addition to
    /// the built-in ones.
    pub boilerplate: Vec<String>,
    /// Whether the built-in boilerplate patterns apply.
    pub builtin_boilerplate: bool,
    /// Longest passage of running text before it is cut between sentences, in words.
    pub max_passage_words: usize,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            max_file_bytes: 64 * 1024 * 1024,
            max_record_bytes: 16 * 1024 * 1024,
            max_line_bytes: 4 * 1024 * 1024,
            boilerplate: Vec::new(),
            builtin_boilerplate: true,
            max_passage_words: 120,
        }
    }
}

/// Hears how far a long reading has come.
pub trait Progress {
    /// `bytes_done` of `bytes_total` have been read, `documents` are finished.
    fn advanced(&mut self, bytes_done: u64, bytes_total: u64, documents: u64);
}

/// Hears nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn advanced(&mut self, _bytes_done: u64, _bytes_total: u64, _documents: u64) {}
}
