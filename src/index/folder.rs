//! The index folder: names, the pointer file, the builders' lock, and durable writing.
//!
//! ```text
//! generations/<name>/             one finished index
//! generations/new.building-<pid>/ one being built
//! current                         the name of the one to serve
//! build.lock                      held by the one builder
//! ```
//! A generation's name is the beginning of the SHA-256 of its manifest, and the manifest holds the hash of
//! every other file: the pointer vouches for everything below it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::error::{IndexError, OpenError};

/// The pointer file.
pub(super) const CURRENT: &str = "current";
/// Length of a generation's name: 128 bits in hexadecimal digits.
const NAME_LEN: usize = 32;
const BUILDING: &str = ".building-";

/// The paths of one index folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn generations(&self) -> PathBuf {
        self.root.join("generations")
    }

    pub(super) fn generation(&self, name: &str) -> PathBuf {
        self.generations().join(name)
    }

    /// Where this process builds.
    pub(super) fn building(&self) -> PathBuf {
        self.generations().join(format!("new{BUILDING}{}", std::process::id()))
    }

    /// The name in the pointer file.
    pub(super) fn read_current(&self) -> Result<String, OpenError> {
        let path = self.root.join(CURRENT);
        let mut bytes = Vec::new();
        match File::open(&path) {
            Ok(file) => file.take(256).read_to_end(&mut bytes).map_err(|e| OpenError::io(&path, e))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::Missing { root: self.root.clone() });
            }
            Err(error) => return Err(OpenError::io(&path, error)),
        };
        let name = bytes.strip_suffix(b"\n").and_then(|name| std::str::from_utf8(name).ok());
        match name {
            Some(name) if is_generation_name(name) => Ok(name.to_owned()),
            _ => Err(OpenError::corrupt(CURRENT, "it does not name a generation")),
        }
    }

    /// Makes `name` the generation to serve, in one step that a crash cannot halve.
    pub(super) fn point_to(&self, name: &str) -> Result<(), IndexError> {
        let path = self.root.join(CURRENT);
        let next = self.root.join(format!("{CURRENT}.next"));
        write_durably(&next, format!("{name}\n").as_bytes())?;
        fs::rename(&next, &path).map_err(|e| IndexError::io(&path, e))?;
        sync(&self.root)
    }

    /// Takes the builders' lock; it is given back when the file is closed, also by a crash.
    pub(super) fn lock(&self) -> Result<File, IndexError> {
        let path = self.root.join("build.lock");
        let io = |error| IndexError::io(&path, error);
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(IndexError::Locked { root: self.root.clone() }),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// Removes what builders that died have left. Only for the holder of the lock.
    pub(super) fn remove_unfinished(&self) -> Result<(), IndexError> {
        self.remove_generations(|name| name.contains(BUILDING))
    }

    /// Removes every generation but those in `kept`. Only for the holder of the lock.
    pub(super) fn remove_others(&self, kept: &[&str]) -> Result<(), IndexError> {
        self.remove_generations(|name| is_generation_name(name) && !kept.contains(&name))
    }

    fn remove_generations(&self, doomed: impl Fn(&str) -> bool) -> Result<(), IndexError> {
        let folder = self.generations();
        let io = |error| IndexError::io(&folder, error);
        for entry in fs::read_dir(&folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            if entry.file_name().to_str().is_some_and(&doomed) {
                fs::remove_dir_all(entry.path()).map_err(|e| IndexError::io(&entry.path(), e))?;
            }
        }
        Ok(())
    }
}

/// The name of the generation whose manifest has this SHA-256.
pub(super) fn generation_name(manifest_sha256: &str) -> String {
    manifest_sha256.chars().take(NAME_LEN).collect()
}

fn is_generation_name(name: &str) -> bool {
    name.len() == NAME_LEN && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Writes `bytes` to `path` and waits until they are on disk.
pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), IndexError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| IndexError::io(path, error))
}

/// Waits until a file, or the entries of a folder, are on disk.
pub(super) fn sync(path: &Path) -> Result<(), IndexError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| IndexError::io(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_that_is_not_exactly_one_name_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path());
        assert!(matches!(folder.read_current(), Err(OpenError::Missing { .. })));
        let name = "0123456789abcdef0123456789abcdef";
        folder.point_to(name).unwrap();
        assert_eq!(folder.read_current().unwrap(), name);
        let whole = fs::read(root.path().join(CURRENT)).unwrap();
        for cut in 0..whole.len() {
            fs::write(root.path().join(CURRENT), &whole[..cut]).unwrap();
            assert!(matches!(folder.read_current(), Err(OpenError::Corrupt { .. })), "cut at {cut}");
        }
        for bad in ["../../etc/passwd\n", "\n", "0123456789ABCDEF0123456789ABCDEF\n", "\u{0}"] {
            fs::write(root.path().join(CURRENT), bad).unwrap();
            assert!(folder.read_current().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_one_can_hold_the_lock() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path());
        let held = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(IndexError::Locked { .. })));
        drop(held);
        folder.lock().unwrap();
    }
}
