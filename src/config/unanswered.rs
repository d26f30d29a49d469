//! Settings of the questions that were asked in vain: `[unanswered]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Problem, secret};
use crate::store::{Key, UnansweredLimits};

/// The environment variable with the key that unanswered questions are encrypted with.
pub const UNANSWERED_KEY_VARIABLE: &str = "IBID_UNANSWERED_KEY";

/// Whether questions that the documents do not answer are kept, where and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnansweredConfig {
    /// The file that keeps them; empty keeps none.
    pub path: PathBuf,
    /// File with the key that the file is encrypted with; empty takes the environment variable
    /// `IBID_UNANSWERED_KEY`.
    pub key_file: PathBuf,
    /// How long a question is kept.
    pub retention_days: u64,
    /// How many are kept; the oldest make room.
    pub max_entries: u64,
    /// Whether those are kept too whose answer was shown with a caution.
    pub low_confidence: bool,
}

impl Default for UnansweredConfig {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            key_file: PathBuf::new(),
            retention_days: 30,
            max_entries: 10_000,
            low_confidence: true,
        }
    }
}

impl UnansweredConfig {
    /// Whether questions are kept.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        !self.path.as_os_str().is_empty()
    }

    /// The key that they are encrypted with. Reads a file or the environment.
    ///
    /// # Errors
    /// There is no key, or what is there is none.
    pub fn key(&self) -> Result<Key, Problem> {
        let why = "unanswered questions are encrypted on disk";
        secret::key(&self.key_file, "unanswered.key_file", UNANSWERED_KEY_VARIABLE, why)
    }

    /// How long they are kept, and how many.
    #[must_use]
    pub const fn limits(&self) -> UnansweredLimits {
        UnansweredLimits { days: self.retention_days, entries: self.max_entries }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::super::validate::problems_of_secrets;
    use super::*;

    #[test]
    fn nothing_is_kept_unless_wished_and_then_a_key_is_needed() {
        assert!(!UnansweredConfig::default().is_kept());
        let mut config = Config::default();
        assert_eq!(problems_of_secrets(&config), []);
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("key");
        config.unanswered.path = folder.path().join("unanswered.sqlite");
        config.unanswered.key_file.clone_from(&key_file);
        std::fs::write(&key_file, "lemon").unwrap();
        let problem = problems_of_secrets(&config).remove(0);
        assert_eq!(problem.place, "unanswered.key_file");
        assert!(!problem.to_string().contains("lemon"), "{problem}");
        std::fs::write(&key_file, "0f".repeat(32)).unwrap();
        assert_eq!(problems_of_secrets(&config), []);
    }
}
