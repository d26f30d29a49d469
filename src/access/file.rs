//! The file of keys. Who changes it holds a lock beside it from reading it to putting the new one in its place, so that
//! no change is lost.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::ApiKeys;

/// Largest file of keys, in bytes.
const MAX_BYTES: u64 = 1 << 20;
const HEAD: &str =
    "# API keys of Ibid, as hashes. Made by `ibid key new`, taken away by `ibid key revoke`.\n\n";
/// How long to wait for someone else who changes the file.
const PATIENCE: Duration = Duration::from_secs(10);
const WAIT_STEP: Duration = Duration::from_millis(10);

/// The file of keys cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeysError {
    /// It cannot be read or written.
    #[error(
        "the file of keys {path} cannot be read or written; file and folder have to belong to the user whom the service \
         runs as, and `ibid key` has to be run as that user or as root"
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
    /// Someone else has been changing it for too long.
    #[error("the file of keys {path} is being changed by another `ibid key`; nothing was changed, try again")]
    Locked {
        /// The file.
        path: PathBuf,
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

    /// Changes the keys in the file, which nobody else can change meanwhile. Where `change` fails the file stays
    /// as it was.
    ///
    /// # Errors
    /// What `change` says; the file cannot be read or written, or someone else does not let go of it.
    pub fn change<T, E: From<KeysError>>(
        path: &Path,
        change: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let _lock = lock(path)?;
        let mut keys = Self::read(path)?;
        let done = change(&mut keys)?;
        keys.write(path)?;
        Ok(done)
    }

    /// Writes the keys, readable by the file's owner alone; whose file it was stays. For the holder of the lock.
    fn write(&self, path: &Path) -> Result<(), KeysError> {
        let text = toml::to_string(self)
            .map_err(|error| KeysError::Malformed { path: path.to_owned(), detail: error.to_string() })?;
        let beside = path.with_added_extension("new");
        let written = write_private(path, &beside, &format!("{HEAD}{text}"))
            .and_then(|()| fs::rename(&beside, path))
            .and_then(|()| sync_folder(path));
        written.map_err(|error| {
            // Where it was renamed already there is nothing to remove.
            let _ = fs::remove_file(&beside);
            access(path, error)
        })
    }
}

/// Waits for the lock of the file of keys `path`; it is given back when the file is closed, also by a crash.
fn lock(path: &Path) -> Result<File, KeysError> {
    let beside = path.with_added_extension("lock");
    let file = open_lock(path, &beside).map_err(|error| access(&beside, error))?;
    let until = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(WAIT_STEP),
            Err(TryLockError::WouldBlock) => return Err(KeysError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(access(&beside, error)),
        }
    }
}

/// Opens the file that is locked. One that root makes is given to those who have the keys, or the folder.
fn open_lock(path: &Path, beside: &Path) -> io::Result<File> {
    match private().create_new(true).open(beside) {
        Ok(file) => {
            let like = if path.exists() { path } else { folder_of(path) };
            // Who may not give it away is not root, and locks it for those who share the account.
            let _ = keep_owner(like, &file);
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            File::options().write(true).open(beside)
        }
        Err(error) => Err(error),
    }
}

/// Writes `text` to the new file `beside`, which belongs to those to whom `path` does, with the same rights.
fn write_private(path: &Path, beside: &Path, text: &str) -> io::Result<()> {
    // What a crash has left; never one that a link leads away from here.
    if let Err(error) = fs::remove_file(beside)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = private().create_new(true).open(beside)?;
    file.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(path) {
        keep_owner(path, &file)?;
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

/// For a file that its owner alone can read.
fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Gives `new` to those to whom `old` belongs.
#[cfg(unix)]
fn keep_owner(old: &Path, new: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (old, own) = (fs::metadata(old)?, new.metadata()?);
    if (old.uid(), old.gid()) != (own.uid(), own.gid()) {
        fchown(new, Some(old.uid()), Some(old.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_owner(_old: &Path, _new: &File) -> io::Result<()> {
    Ok(())
}

/// Waits until it is on disk that `path` has its place in its folder.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
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
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "nothing is left beside it");
        fs::write(&path, "[[key]]\nid = 7\n").unwrap();
        assert!(matches!(ApiKeys::read(&path), Err(KeysError::Malformed { .. })));
        fs::write(&path, "x".repeat(2 << 20)).unwrap();
        assert!(matches!(ApiKeys::read(&path), Err(KeysError::Malformed { .. })));
        assert!(matches!(ApiKeys::read(folder.path()), Err(KeysError::Access { .. })));
    }

    #[test]
    fn no_change_is_lost_when_many_change_the_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let made = ApiKeys::change(path, |keys| {
                        Ok::<_, KeysError>(keys.make(&format!("desk {number}"), &[Scope::Ask], 1))
                    });
                    assert!(made.unwrap().is_some());
                });
            }
        });
        assert_eq!(ApiKeys::read(&path).unwrap().iter().count(), 8);
        thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let gone = ApiKeys::change(path, |keys| {
                        Ok::<_, KeysError>(keys.revoke(&format!("desk {number}")))
                    });
                    assert!(gone.unwrap().is_some());
                });
            }
        });
        assert_eq!(ApiKeys::read(&path).unwrap(), ApiKeys::default());
    }

    #[test]
    fn a_change_that_fails_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        let failed = ApiKeys::change(&path, |keys| {
            keys.make("desk", &[Scope::Ask], 1).unwrap();
            Err::<(), _>(KeysError::Malformed { path: path.clone(), detail: "no".into() })
        });
        assert!(matches!(failed, Err(KeysError::Malformed { .. })));
        assert!(!path.exists());
        let nowhere = ApiKeys::change(&folder.path().join("no/keys.toml"), |_| Ok::<_, KeysError>(()));
        assert!(matches!(nowhere, Err(KeysError::Access { .. })));
    }
}
