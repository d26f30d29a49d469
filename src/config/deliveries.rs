//! Settings of what is exchanged with help desks: `[deliveries]` and `[handoff]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Problem, secret};
use crate::store::Key;

/// The environment variable with the key that deliveries are encrypted with.
pub const DELIVERIES_KEY_VARIABLE: &str = "IBID_DELIVERIES_KEY";

/// Where events and replies of help desks are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeliveriesConfig {
    /// The file that keeps them over a restart.
    pub path: PathBuf,
    /// File with the key that the file is encrypted with; empty takes the environment variable
    /// `IBID_DELIVERIES_KEY`.
    pub key_file: PathBuf,
    /// How long a conversation to which nothing happens is remembered.
    pub retention_days: u64,
    /// How long to wait after the first attempt that failed; four times as long after each one more, up to two hours.
    pub first_retry_secs: u64,
    /// How long something that a desk does not take is tried again.
    pub give_up_hours: u64,
}

impl Default for DeliveriesConfig {
    fn default() -> Self {
        Self {
            path: "deliveries.sqlite".into(),
            key_file: PathBuf::new(),
            retention_days: 30,
            first_retry_secs: 5,
            give_up_hours: 24,
        }
    }
}

impl DeliveriesConfig {
    /// The key that the file is encrypted with. Reads a file or the environment.
    ///
    /// # Errors
    /// There is no key, or what is there is none.
    pub fn key(&self) -> Result<Key, Problem> {
        let why = "what is exchanged with help desks is encrypted on disk";
        secret::key(&self.key_file, "deliveries.key_file", DELIVERIES_KEY_VARIABLE, why)
    }
}

/// Where a wish for a person in our own chat goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandoffConfig {
    /// Name of the desk, as in `[desks.NAME]`; empty where nobody can be reached this way.
    pub desk: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_of_the_key_is_told_and_no_other_key_is_taken() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let config = DeliveriesConfig { key_file: file.path().into(), ..DeliveriesConfig::default() };
        let problem = config.key().unwrap_err();
        assert_eq!(problem.place, "deliveries.key_file");
        assert_eq!(problem.detail, Key::parse("").unwrap_err().to_string());
    }
}
