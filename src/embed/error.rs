//! What can go wrong with a model.

use std::io;
use std::path::{Path, PathBuf};

use bert::BertError;

/// Why a model cannot be loaded, or a text not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// A file of the model folder cannot be read.
    #[error(
        "cannot read {} of the sentence encoder; `encoder.path` must name a folder with model.safetensors, \
         tokenizer.json and config.json, or be empty for the model in the program",
        path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// The model is not of the family that can be used.
    #[error(
        "the model in {} cannot be used: {what} is {found}, it must be {wanted}",
        place.display()
    )]
    Unsupported {
        /// The model folder.
        place: PathBuf,
        /// The property.
        what: &'static str,
        /// Its value.
        found: String,
        /// What can be used.
        wanted: &'static str,
    },
    /// A file of the model does not read as what it should be.
    #[error("{} of the model is damaged or of another kind: {detail}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The operating system gives no thread.
    #[error("the threads of the model cannot be started")]
    Threads(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A text could not be cut into tokens.
    #[error("a text could not be cut into tokens")]
    Tokens(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The matrices of the model do not fit each other.
    #[error("the model could not compute: {0}")]
    Compute(&'static str),
}

impl From<BertError> for EmbedError {
    fn from(error: BertError) -> Self {
        match error {
            BertError::Damaged { file, detail } => Self::Damaged { file, detail },
            BertError::Compute(what) => Self::Compute(what),
        }
    }
}

impl EmbedError {
    pub(super) fn damaged(file: &Path, detail: &(impl ToString + ?Sized)) -> Self {
        Self::Damaged { file: file.to_owned(), detail: detail.to_string() }
    }
}
