//! What can go wrong with a network.

use std::path::{Path, PathBuf};

/// Why a network cannot be made of a file, or not compute.
#[derive(Debug, thiserror::Error)]
pub enum BertError {
    /// The file does not read as what it should be.
    #[error("{} is damaged or of another kind: {detail}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Matrices do not fit each other, or a token is not in the table of words.
    #[error("the network could not compute: {0}")]
    Compute(&'static str),
}

impl BertError {
    pub(crate) fn damaged(file: &Path, detail: &(impl ToString + ?Sized)) -> Self {
        Self::Damaged { file: file.to_owned(), detail: detail.to_string() }
    }
}

impl From<matmul8::Misfit> for BertError {
    fn from(_: matmul8::Misfit) -> Self {
        Self::Compute("matrices do not fit each other")
    }
}
