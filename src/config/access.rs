//! Who may ask: `[access]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Who may ask without a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anonymous {
    /// Anyone: programs, and pages of the allowed origins.
    #[default]
    All,
    /// Chats of pages of the allowed origins, which get a visitor token; programs need a key.
    Pages,
    /// Nobody: pages too need a visitor token, made for them by a program with a key.
    None,
}

/// API keys and who needs one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccessConfig {
    /// Who may ask without a key.
    pub anonymous: Anonymous,
    /// File of the API keys, made by `ibid key new`; empty for none.
    pub keys: PathBuf,
}
