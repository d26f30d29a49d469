//! The judge: does this text answer this question?
//!
//! Similarity says that two texts are about the same; the judge, trained on pairs of questions and texts that do and
//! do not answer (see `training/`), reads both together. Its model is part of the program (see `models/judge/`) and
//! shares the words of the sentence encoder. It knows neither documents nor the index: what it is given to read is
//! decided by those who use it.

mod error;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

pub use error::JudgeError;

use crate::embed::{EmbedError, PairEncoder, Second};

/// Where the model in the program comes from.
const SHIPPED: &str = "models/judge";
const SHIPPED_WEIGHTS: &[u8] = include_bytes!("../../models/judge/model.safetensors");
const SHIPPED_SIZES: &[u8] = include_bytes!("../../models/judge/config.json");

/// When the judge is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Never.
    Off,
    /// Where the answer is not plain without it; of a plain one it reads the first quote alone, and the others only
    /// where that is none.
    #[default]
    WhenUnsure,
    /// For each question.
    Always,
}

/// Settings of the judge: `[judge]` in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JudgeConfig {
    /// When it is asked.
    pub mode: Mode,
    /// Folder of another model of the same family; empty: the one in the program.
    pub path: PathBuf,
    /// Threads that judge; 0 for one a core.
    pub threads: usize,
    /// Most passages that are judged for a question.
    pub candidates: usize,
}

impl Default for JudgeConfig {
    fn default() -> Self {
        Self { mode: Mode::default(), path: PathBuf::new(), threads: 0, candidates: 3 }
    }
}

/// Says how well texts answer. Cheap to clone.
#[derive(Clone)]
pub struct Judge {
    pairs: PairEncoder,
    mode: Mode,
    candidates: usize,
    /// Log odds by question and text: readings of one message, and its search, ask for the same again.
    known: Arc<Cache<String, f32>>,
}

/// Pairs that are remembered: enough for one message of each thread. Whole answers are remembered elsewhere.
const KNOWN: usize = 64;

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// Log odds at which there is no doubt left.
const PLAIN: f32 = 6.0;

impl Judge {
    /// The judge that `config` names, `None` where it is switched off.
    ///
    /// # Errors
    /// A model that is missing, damaged or of another family; no threads.
    pub fn load(config: &JudgeConfig) -> Result<Option<Self>, JudgeError> {
        let pairs = match config.mode {
            Mode::Off => return Ok(None),
            _ if config.path.as_os_str().is_empty() => {
                PairEncoder::new(Path::new(SHIPPED), SHIPPED_WEIGHTS, SHIPPED_SIZES, config.threads)
            }
            _ => {
                let read = |name: &str| {
                    let path = config.path.join(name);
                    fs::read(&path).map_err(|source| JudgeError::Read { path, source })
                };
                let (weights, sizes) = (read("model.safetensors")?, read("config.json")?);
                PairEncoder::new(&config.path, &weights, &sizes, config.threads)
            }
        };
        let (mode, candidates) = (config.mode, config.candidates);
        let known = Arc::new(Cache::new(KNOWN));
        Ok(Some(Self { pairs: pairs.map_err(JudgeError::Model)?, mode, candidates, known }))
    }

    /// When it is to be asked.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// Most texts that it is to be given for a question.
    #[must_use]
    pub const fn candidates(&self) -> usize {
        self.candidates
    }

    /// How well each of `texts` answers `question`, -1 (surely not) to 1 (surely), in their order; the same bits
    /// whatever else is judged beside it.
    ///
    /// # Errors
    /// A model whose parts do not fit each other.
    pub fn judge(&self, question: &str, texts: &[Second]) -> Result<Vec<f32>, EmbedError> {
        let key = |text: &Second| format!("{question}\n{}\n{}", text.context, text.text);
        let known: Vec<Option<f32>> = texts.iter().map(|text| self.known.get(&key(text))).collect();
        let is_new = |(text, known): (&Second, &Option<f32>)| known.is_none().then(|| text.clone());
        let new: Vec<Second> = texts.iter().zip(&known).filter_map(is_new).collect();
        let mut odds = self.pairs.score(question, &new)?.into_iter();
        for (text, odds) in new.iter().zip(odds.as_slice()) {
            self.known.insert(key(text), *odds);
        }
        let all = known.into_iter().map(|known| known.or_else(|| odds.next()).unwrap_or_default());
        Ok(all.map(|odds| (odds / PLAIN).clamp(-1.0, 1.0)).collect())
    }
}
