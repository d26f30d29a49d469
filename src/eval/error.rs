//! Why something could not be measured.

use std::path::{Path, PathBuf};

use crate::config::ConfigError;
use crate::engine::{AskError, BuildError};
use crate::index::OpenError;
use crate::ingest::IngestError;

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A file or folder could not be read or written.
    #[error("{} could not be {done}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What was attempted, as in "read".
        done: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line of a set does not say what it must.
    #[error("{}:{line}: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A set, or a combination of sets and flags, that cannot be measured.
    #[error("{0}")]
    Unusable(String),
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The corpus could not be looked at.
    #[error("the corpus could not be read")]
    Ingest(#[from] IngestError),
    /// The index could not be built.
    #[error("the index could not be built")]
    Build(#[from] BuildError),
    /// The index could not be opened.
    #[error("the index could not be opened")]
    Open(#[from] OpenError),
    /// The engine could not answer.
    #[error("question `{id}` could not be asked")]
    Ask {
        /// The question's id in its set.
        id: String,
        /// What the engine says.
        source: AskError,
    },
    /// The server could not be asked.
    #[error("{url}: {what}")]
    Server {
        /// Its address.
        url: String,
        /// What went wrong.
        what: String,
    },
}

impl EvalError {
    /// An error of reading `path`.
    pub(crate) fn reading(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), done: "read", source }
    }

    /// An error of writing `path`.
    pub(crate) fn writing(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), done: "written", source }
    }
}
