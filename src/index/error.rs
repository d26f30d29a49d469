//! What can go wrong while an index is built, opened or read.

use std::io;
use std::path::{Path, PathBuf};

use crate::document::DocumentId;

/// Why an index folder cannot be served. Every message names the command that repairs it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing was ever built there.
    #[error("there is no index in {}: run `ibid index --rebuild`", root.display())]
    Missing {
        /// The index folder.
        root: PathBuf,
    },
    /// The folder holds something that was not made by this program.
    #[error("{file} was not made by ibid: run `ibid index --rebuild`")]
    Foreign {
        /// Path relative to the index folder.
        file: String,
    },
    /// Made by a version that lays the files out in another way.
    #[error("the index has format {found}, this version reads format {wanted}: run `ibid index --rebuild`")]
    UnknownFormat {
        /// The format on disk.
        found: u32,
        /// The format that this version reads.
        wanted: u32,
    },
    /// A file is missing, cut short or changed.
    #[error("the index is damaged: {file}: {detail}: run `ibid index --rebuild`")]
    Corrupt {
        /// Path relative to the index folder.
        file: String,
        /// What does not fit.
        detail: String,
    },
    /// Made with another analyzer than the one that reads questions.
    #[error(
        "the index was built with analyzer {found}, questions are read with {wanted}: \
         run `ibid index --rebuild`"
    )]
    Outdated {
        /// The analyzer's version at the build.
        found: u32,
        /// The analyzer's version now.
        wanted: u32,
    },
    /// The operating system refused.
    #[error("cannot read {}: check its permissions, or run `ibid index --rebuild`", path.display())]
    Io {
        /// What was read.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
}

impl OpenError {
    pub(super) fn corrupt(file: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Corrupt { file: file.into(), detail: detail.into() }
    }

    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

/// Why an index cannot be built, or a part of it not be read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process is building in the same folder.
    #[error("another `ibid` is building the index in {}: wait for it, or name another folder", root.display())]
    Locked {
        /// The index folder.
        root: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot write {}", path.display())]
    Io {
        /// What was written.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Two documents with one id.
    #[error("the document {id} was added twice")]
    Duplicate {
        /// The id.
        id: DocumentId,
    },
    /// More than fits the index's 32-bit numbers.
    #[error("the corpus is too large for one index: more than {limit} {what}")]
    TooMany {
        /// Documents or passages.
        what: &'static str,
        /// How many fit.
        limit: u32,
    },
    /// No such document.
    #[error("the index holds {documents} documents, there is no number {ordinal}")]
    NoDocument {
        /// What was asked for.
        ordinal: u32,
        /// How many there are.
        documents: u32,
    },
    /// A document cannot be written or read back.
    #[error("document {ordinal} of the index cannot be encoded or decoded")]
    Document {
        /// Its place.
        ordinal: u32,
        /// Why.
        #[source]
        source: postcard::Error,
    },
    /// The tables of the stored documents contradict each other.
    #[error("the index's table of documents is damaged at document {ordinal}")]
    Table {
        /// Where.
        ordinal: u32,
    },
    /// The search library failed.
    #[error("the inverted index failed")]
    Lexical(#[source] Box<tantivy::TantivyError>),
    /// Posting lists cannot be read.
    #[error("the inverted index cannot be read")]
    Postings(#[source] io::Error),
    /// What was written does not read back; the index served before is untouched.
    #[error("the new index did not pass its check and was thrown away")]
    Check(#[source] Box<OpenError>),
}

impl IndexError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(source: tantivy::TantivyError) -> Self {
        Self::Lexical(Box::new(source))
    }
}

impl From<OpenError> for IndexError {
    fn from(source: OpenError) -> Self {
        Self::Check(Box::new(source))
    }
}
