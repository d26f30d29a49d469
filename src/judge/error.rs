//! What can go wrong with the judge's model.

use std::io;
use std::path::PathBuf;

use crate::embed::EmbedError;

/// Why the judge cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// A file of the model folder cannot be read.
    #[error(
        "cannot read {} of the judge; `judge.path` must name a folder with model.safetensors and config.json, or be \
         empty for the model in the program",
        path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// The model cannot be used.
    #[error("the judge's model cannot be used; leave `judge.path` empty for the one in the program")]
    Model(#[source] EmbedError),
}
