//! Settings of what is exchanged with help desks: `[deliveries]` and `[handoff]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Problem;
use super::secret::Secret;
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
        let from_file = Secret::default().or_file(&self.key_file, "deliveries.key_file")?;
        let (place, text) = if from_file.is_empty() {
            let text = std::env::var(DELIVERIES_KEY_VARIABLE).map_err(|_| Problem {
                place: "deliveries.key_file".into(),
                detail: format!(
                    "what is exchanged with help desks is encrypted on disk: set {DELIVERIES_KEY_VARIABLE} or \
                     `deliveries.key_file` to a key made with `openssl rand -hex 32`"
                ),
            })?;
            (DELIVERIES_KEY_VARIABLE, text)
        } else {
            ("deliveries.key_file", from_file.reveal().to_owned())
        };
        Key::parse(&text).map_err(|error| Problem { place: place.into(), detail: error.to_string() })
    }
}

/// Where a wish for a person in our own chat goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HandoffConfig {
    /// Name of the desk, as in `[desks.NAME]`; empty where nobody can be reached this way.
    pub desk: String,
}
