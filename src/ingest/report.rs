//! What became of a corpus: counts, what was skipped and why, what was left out.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a file or record was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum SkipReason {
    /// No known ending.
    #[error("its format is not known: use .docx, .pdf, .txt, .md, .html or .jsonl")]
    UnknownFormat,
    /// Nothing in it but white space, markup or boilerplate.
    #[error("it holds no text")]
    Empty,
    /// Not text.
    #[error("it is not text: {0}")]
    Binary(String),
    /// Over a limit of the configuration.
    #[error("{what} is larger than {limit} bytes: raise `ingest.{key}` to read it")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The limit.
        limit: u64,
        /// Key of the limit.
        key: String,
    },
    /// A link that leads out of the corpus folder.
    #[error("it is a link that leads out of the corpus folder")]
    OutsideCorpus,
    /// The name cannot be part of an address.
    #[error("its name is not usable: {0}")]
    BadName(String),
    /// The operating system refused.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// Not what its format wants.
    #[error("{0}")]
    Malformed(String),
    /// A second record or file with the same id.
    #[error("its id is taken by an earlier document")]
    Duplicate,
}

/// One file or record that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// Path relative to the corpus folder; for a record, with `:` and its line number.
    pub place: String,
    /// Why.
    pub reason: SkipReason,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// Something that the owner of a document should know, although the document is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Path relative to the corpus folder, where it is of one line with `:` and its number.
    pub place: String,
    /// What it is, and the remedy.
    pub detail: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.detail)
    }
}

/// A stretch that was left out of passages as boilerplate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoilerplateFinding {
    /// The document.
    pub document: String,
    /// Its first line, from 1.
    pub line: usize,
    /// Name of the built-in pattern, or the operator's own expression.
    pub pattern: String,
    /// Its beginning, at most 80 characters.
    pub excerpt: String,
}

/// How many skips, notes and findings a report lists; the rest is only counted.
pub const MAX_LISTED: usize = 1000;

/// What became of a corpus.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IngestReport {
    /// Documents read.
    pub documents: u64,
    /// Passages made of them.
    pub passages: u64,
    /// Bytes of the files, skipped ones included.
    pub bytes: u64,
    /// Time taken.
    pub took: Duration,
    /// Skipped files and records, the first [`MAX_LISTED`].
    pub skipped: Vec<Skip>,
    /// How many were skipped.
    pub skipped_total: u64,
    /// What else there is to know of the files, the first [`MAX_LISTED`].
    #[serde(default)]
    pub notes: Vec<Note>,
    /// How many notes there are.
    #[serde(default)]
    pub notes_total: u64,
    /// Boilerplate left out, the first [`MAX_LISTED`].
    pub boilerplate: Vec<BoilerplateFinding>,
    /// How many stretches were left out.
    pub boilerplate_total: u64,
}
