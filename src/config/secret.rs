//! A text that is shown to nobody.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Problem;

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
        let read = std::fs::read_to_string(file).map_err(|error| Problem {
            place: key.to_owned(),
            detail: format!("{} cannot be read: {error}", file.display()),
        })?;
        Ok(Self(read.trim().to_owned()))
    }
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
}
