//! What can go wrong with a file.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The file cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It cannot be opened or made.
    #[error("cannot open the file of {what} {path}")]
    Open {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: Arc<rusqlite::Error>,
    },
    /// It cannot be made readable by its owner alone.
    #[error("cannot make the file of {what} {path}")]
    Make {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: Arc<io::Error>,
    },
    /// Another program has it, which shares it with nobody.
    #[error(
        "the file of {what} {path} is in use by another program, most likely a second server; stop that one, or give this one a file of its own"
    )]
    InUse {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Programs may share it, and one of them has been writing for longer than the others wait.
    #[error(
        "the file of {what} {path} is locked: another program, such as a backup or a second command, has not finished writing to it; try again when it has"
    )]
    Locked {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Another program or version made it.
    #[error(
        "the file of {what} {path} was made by something else (format {found}, here {wanted}); name another file, or remove it"
    )]
    Format {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i32,
        /// This program's.
        wanted: i32,
    },
    /// It was made with another key.
    #[error(
        "the file of {what} {path} was encrypted with another key; give that key, or remove the file, which loses what is in it"
    )]
    OtherKey {
        /// What it holds.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// A write or a read failed.
    #[error("a file cannot be read or written")]
    Access(#[source] Arc<rusqlite::Error>),
    /// What was read is not what was written.
    #[error("{what} is damaged on disk")]
    Damaged {
        /// What was read.
        what: String,
    },
    /// The thread cannot be started.
    #[error("cannot start the thread that writes to the disk")]
    Thread(#[source] Arc<io::Error>),
    /// The thread has ended.
    #[error("nothing is written to the disk any more")]
    Stopped,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Access(Arc::new(error))
    }
}
