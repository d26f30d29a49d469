//! Settings of chats that outlive their connection: `[sessions]`.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Problem, secret};
use crate::store::{Key, Retention};

/// The environment variable with the key that sessions are encrypted with.
pub const KEY_VARIABLE: &str = "IBID_SESSIONS_KEY";

/// How long chats can be gone on with after a lost connection, and where they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionsConfig {
    /// The file that keeps them over a restart; empty keeps them in memory only.
    pub path: PathBuf,
    /// File with the key that the file is encrypted with; empty takes the environment variable
    /// `IBID_SESSIONS_KEY`.
    pub key_file: PathBuf,
    /// How long after its last use a session can be gone on with.
    pub idle_secs: u64,
    /// How long after its beginning a session is forgotten, whatever happens.
    pub retention_secs: u64,
    /// Frames of one session that can be sent again.
    pub max_frames: usize,
    /// Their bytes.
    pub max_frame_bytes: usize,
    /// Sessions without a connection that are kept in memory.
    pub max_resting: usize,
    /// The bytes of their frames, all together.
    pub max_resting_bytes: usize,
}

impl Default for SessionsConfig {
    fn default() -> Self {
        Self {
            path: PathBuf::new(),
            key_file: PathBuf::new(),
            idle_secs: 1800,
            retention_secs: 86_400,
            max_frames: 32,
            max_frame_bytes: 128 * 1024,
            max_resting: 10_000,
            max_resting_bytes: 64 * 1024 * 1024,
        }
    }
}

impl SessionsConfig {
    /// Whether sessions are kept on disk.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        !self.path.as_os_str().is_empty()
    }

    /// The key that sessions on disk are encrypted with. Reads a file or the environment.
    ///
    /// # Errors
    /// There is no key, or what is there is none.
    pub fn key(&self) -> Result<Key, Problem> {
        let why = "sessions on disk are encrypted";
        secret::key(&self.key_file, "sessions.key_file", KEY_VARIABLE, why)
    }

    /// How long sessions are kept on disk, and how many.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention {
            idle: Duration::from_secs(self.idle_secs),
            whole: Duration::from_secs(self.retention_secs),
            // The disk has room for more than the memory.
            sessions: self.max_resting.saturating_mul(10) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::super::validate::problems_of_secrets;

    #[test]
    fn sessions_on_disk_need_a_key_and_the_key_is_never_told() {
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("key");
        let mut config = Config::default();
        assert_eq!(problems_of_secrets(&config), []);
        config.sessions.path = folder.path().join("sessions.sqlite");
        config.sessions.key_file.clone_from(&key_file);
        assert!(problems_of_secrets(&config)[0].detail.contains("cannot be read"));
        std::fs::write(&key_file, "lemon").unwrap();
        let problem = problems_of_secrets(&config).remove(0).to_string();
        assert!(problem.contains("64 hexadecimal digits") && !problem.contains("lemon"), "{problem}");
        std::fs::write(&key_file, format!("{}\n", "0f".repeat(32))).unwrap();
        assert_eq!(problems_of_secrets(&config), []);
    }
}
