//! Every setting: the sum of the stages' own `*Config` structs.
//!
//! Precedence: flag, environment (`IBID_SECTION__KEY`), file, default. An unknown key is an error with a
//! "did you mean"; all problems are reported at once. `config.toml` at the top level holds every key with
//! its default, and a test keeps the two equal.

mod access;
mod action;
mod brand;
mod deliveries;
mod desks;
mod hours;
mod lexicon;
mod load;
mod safety;
mod secret;
mod server;
mod sessions;
mod texts;
mod unanswered;
mod validate;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use access::{AccessConfig, Anonymous};
pub use brand::BrandConfig;
pub use deliveries::{DELIVERIES_KEY_VARIABLE, DeliveriesConfig, HandoffConfig};
pub use desks::{DeskConfig, DeskKind, HandOver, Notes, When, WhenUnsure};
pub use hours::OfficeHours;
pub use load::{ConfigError, Loaded, Overrides, Problem, load, load_what_fits, load_with_secrets};
pub use safety::SafetyConfig;
pub use secret::Secret;
pub use server::ServerConfig;
pub use sessions::{KEY_VARIABLE, SessionsConfig};
pub use texts::TextsConfig;
pub use unanswered::{UNANSWERED_KEY_VARIABLE, UnansweredConfig};

use crate::answer::AnswerConfig;
use crate::embed::EncoderConfig;
use crate::index::IndexConfig;
use crate::ingest::IngestConfig;
use crate::judge::JudgeConfig;
use crate::retrieve::RetrieveConfig;
use crate::text::lexicon::LexiconConfig;

/// Every setting, validated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Where documents and index are.
    pub paths: PathsConfig,
    /// Reading documents.
    pub ingest: IngestConfig,
    /// The index and its memory.
    pub index: IndexConfig,
    /// The sentence encoder.
    pub encoder: EncoderConfig,
    /// The judge.
    pub judge: JudgeConfig,
    /// Words that mean the same.
    pub lexicon: LexiconConfig,
    /// Finding passages.
    pub retrieve: RetrieveConfig,
    /// Choosing quotes and knowing when not to.
    pub answer: AnswerConfig,
    /// The operator's own words.
    pub texts: TextsConfig,
    /// What is shown to people in danger.
    pub safety: SafetyConfig,
    /// How the chat looks and whom it names.
    pub brand: BrandConfig,
    /// HTTP, WebSocket and their limits.
    pub server: ServerConfig,
    /// Chats that outlive their connection.
    pub sessions: SessionsConfig,
    /// Questions that were asked in vain.
    pub unanswered: UnansweredConfig,
    /// Who may ask.
    pub access: AccessConfig,
    /// What is exchanged with help desks.
    pub deliveries: DeliveriesConfig,
    /// Where a wish for a person goes.
    pub handoff: HandoffConfig,
    /// The help desks, by name.
    pub desks: BTreeMap<String, DeskConfig>,
}

/// Where documents and index are: `[paths]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PathsConfig {
    /// Folder of the documents; relative to the working directory.
    pub corpus: PathBuf,
    /// Folder of the index; made if it is not there.
    pub index: PathBuf,
}

impl Default for PathsConfig {
    fn default() -> Self {
        Self { corpus: "corpus".into(), index: "index".into() }
    }
}
