//! Why vectors were not made.

use std::io;
use std::path::{Path, PathBuf};

use crate::embed::EmbedError;
use crate::index::IndexError;

/// Why vectors were not made or packed. Lexical search is not touched by it.
#[derive(Debug, thiserror::Error)]
pub enum VectorsError {
    /// Another process encodes for the same index.
    #[error("another `ibid` makes vectors in {}", folder.display())]
    Locked {
        /// Folder of the vectors.
        folder: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot read or write {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A text could not be encoded.
    #[error("a text could not be encoded")]
    Encode(#[from] EmbedError),
    /// The documents could not be read.
    #[error("the documents could not be read")]
    Index(#[from] IndexError),
    /// More than 32-bit numbers can count.
    #[error("the corpus has too many {what} for vectors; set `encoder.sentences = false`")]
    TooMany {
        /// Sentences or texts.
        what: &'static str,
    },
    /// What was packed does not read back.
    #[error("the packed vectors do not read back as they were written")]
    Check,
    /// It was asked to stop.
    #[error("making vectors was stopped")]
    Stopped,
}

impl VectorsError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { path: path.to_owned(), source }
    }
}
