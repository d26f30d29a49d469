//! The file of keys.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ApiKeys;

/// Largest file of keys, in bytes.
const MAX_BYTES: u64 = 1 << 20;
const HEAD: &str =
    "# API keys of Ibid, as hashes. Made by `ibid key new`, taken away by `ibid key revoke`.\n\n";

/// The file of keys cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeysError {
    /// It cannot be read or written.
    #[error(
        "the file of keys {path} cannot be read or written; it has to belong to the user whom the service runs as, and \
         `ibid key` has to be run as that user or as root"
    )]
    Access {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: Arc<io::Error>,
    },
    /// It is not as `ibid key` writes it.
    #[error("the file of keys {path} is not as `ibid key` writes it: {detail}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
}

impl ApiKeys {
    /// Reads the keys; none where the file is not there yet.
    ///
    /// # Errors
    /// It cannot be read, or is something else.
    pub fn read(path: &Path) -> Result<Self, KeysError> {
        let malformed = |detail: String| KeysError::Malformed { path: path.to_owned(), detail };
        match fs::metadata(path) {
            Ok(about) if about.len() > MAX_BYTES => Err(malformed(format!("it has {} bytes", about.len()))),
            Ok(_) => {
                let text = fs::read_to_string(path).map_err(|error| access(path, error))?;
                toml::from_str(&text).map_err(|error| malformed(error.message().to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(access(path, error)),
        }
    }

    /// Writes the keys, readable by the file's owner alone; whose file it was stays.
    ///
    /// # Errors
    /// It cannot be written; then the file stays as it was.
    pub fn write(&self, path: &Path) -> Result<(), KeysError> {
        let text = toml::to_string(self)
            .map_err(|error| KeysError::Malformed { path: path.to_owned(), detail: error.to_string() })?;
        let beside = path.with_extension("new");
        let written = write_private(&beside, &format!("{HEAD}{text}"))
            .and_then(|()| keep_owner(path, &beside))
            .and_then(|()| fs::rename(&beside, path));
        written.map_err(|error| access(path, error))
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives the file `new` to those to whom `old`, where there is one, belongs, with the same rights.
#[cfg(unix)]
fn keep_owner(old: &Path, new: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let Ok(old) = fs::metadata(old) else { return Ok(()) };
    let own = fs::metadata(new)?;
    if (old.uid(), old.gid()) != (own.uid(), own.gid()) {
        chown(new, Some(old.uid()), Some(old.gid()))?;
    }
    fs::set_permissions(new, old.permissions())
}

#[cfg(not(unix))]
fn keep_owner(_old: &Path, _new: &Path) -> io::Result<()> {
    Ok(())
}

fn access(path: &Path, error: io::Error) -> KeysError {
    KeysError::Access { path: path.to_owned(), source: Arc::new(error) }
}

#[cfg(test)]
mod tests {
    use super::super::Scope;
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_wrong_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let mut keys = ApiKeys::read(&path).unwrap();
        keys.make("desk", &[Scope::Ask], 1).unwrap();
        keys.write(&path).unwrap();
        assert_eq!(ApiKeys::read(&path).unwrap(), keys);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(), 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            keys.write(&path).unwrap();
            assert_eq!(mode(), 0o640, "a group that was let in stays");
        }
        fs::write(&path, "[[key]]\nid = 7\n").unwrap();
        assert!(matches!(ApiKeys::read(&path), Err(KeysError::Malformed { .. })));
        fs::write(&path, "x".repeat(2 << 20)).unwrap();
        assert!(matches!(ApiKeys::read(&path), Err(KeysError::Malformed { .. })));
        assert!(matches!(ApiKeys::read(folder.path()), Err(KeysError::Access { .. })));
    }
}
