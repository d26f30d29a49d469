//! Texts that are shown to nobody, and the keys of encrypted files.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::store::Key;

/// A secret; its `Debug` does not tell it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that uses it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// This secret, or the one in the file where this is empty and a file is named; `key` is the setting that
    /// names it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn or_file(&self, file: &Path, key: &str) -> Result<Self, Problem> {
        if !self.is_empty() || file.as_os_str().is_empty() {
            return Ok(self.clone());
        }
        Ok(Self(read(file, key)?.trim().to_owned()))
    }
}

/// The key in `file`, which the setting `setting` names, or where none is named the one in the environment variable
/// `variable`. `why` says what it is needed for.
///
/// # Errors
/// There is no key, or what is there is none. A file is taken at its word: an empty one is no key.
pub(super) fn key(file: &Path, setting: &str, variable: &str, why: &str) -> Result<Key, Problem> {
    let problem = |place: &str, detail| Problem { place: place.to_owned(), detail };
    let (place, text) = if file.as_os_str().is_empty() {
        let missing = |_| {
            let remedy = format!("set {variable} or `{setting}` to a key made with `openssl rand -hex 32`");
            problem(setting, format!("{why}: {remedy}"))
        };
        (variable, std::env::var(variable).map_err(missing)?)
    } else {
        (setting, read(file, setting)?)
    };
    Key::parse(&text).map_err(|error| problem(place, error.to_string()))
}

/// What stands in `file`, which the setting `setting` names.
fn read(file: &Path, setting: &str) -> Result<String, Problem> {
    std::fs::read_to_string(file).map_err(|error| Problem {
        place: setting.to_owned(),
        detail: format!("{} cannot be read: {error}", file.display()),
    })
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Secret()" } else { "Secret(..)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_told_and_may_come_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "lemon\n").unwrap();
        let secret = Secret::default().or_file(&file, "desks.x.token_file").unwrap();
        assert_eq!(secret.reveal(), "lemon");
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(Secret::new("a").or_file(&file, "k").unwrap().reveal(), "a");
        let missing = Secret::default().or_file(&folder.path().join("none"), "desks.x.token_file");
        assert_eq!(missing.unwrap_err().place, "desks.x.token_file");
    }

    #[test]
    fn a_key_is_that_of_the_file_named_and_of_the_environment_only_without_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let found = |file: &Path, variable| key(file, "x.key_file", variable, "x is encrypted");
        std::fs::write(&file, format!("{}\n", "0f".repeat(32))).unwrap();
        assert!(found(&file, "PATH").is_ok());
        std::fs::write(&file, "\n").unwrap();
        let empty = found(&file, "PATH").unwrap_err();
        assert_eq!(empty.place, "x.key_file");
        let in_environment = found(Path::new(""), "PATH").unwrap_err();
        assert_eq!(in_environment.place, "PATH");
        let missing = found(Path::new(""), "IBID_NO_SUCH_KEY").unwrap_err();
        assert_eq!(missing.place, "x.key_file");
        let told = "x is encrypted: set IBID_NO_SUCH_KEY or `x.key_file` to a key";
        assert!(missing.detail.starts_with(told), "{missing}");
    }
}
