//! The file of weights: written so that it can be read, compared and kept in a repository.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Weights of all ways of finding, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WeightsFile {
    /// With the sentence vectors.
    pub hybrid: FittedProfile,
    /// Without them.
    pub lexical: FittedProfile,
    /// With them, where the judge was asked.
    pub judged: FittedProfile,
    /// In a conversation.
    pub follow_up: FittedProfile,
}

/// Weights of one way of finding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FittedProfile {
    /// What each feature adds to a passage's score.
    pub ranking: BTreeMap<String, f32>,
    /// What each signal adds to the log odds of the confidence; `bias` is added always.
    pub confidence: BTreeMap<String, f32>,
}

/// Why a file of weights could not be read.
#[derive(Debug, thiserror::Error)]
pub enum WeightsFileError {
    /// The system says why.
    #[error("the file cannot be read")]
    Read(#[from] std::io::Error),
    /// It is not of the form.
    #[error("the file is no file of weights")]
    Form(#[from] toml::de::Error),
}

impl WeightsFile {
    /// The weights in `path`, none where there is no such file.
    ///
    /// # Errors
    /// It cannot be read or is not of the form.
    pub fn read(path: &Path) -> Result<Self, WeightsFileError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(toml::from_str(&text)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// The file's text under `header`, whose lines become comments. Names ascend, but `bias` comes first.
    #[must_use]
    pub fn text(&self, header: &str) -> String {
        let mut out = String::new();
        for line in header.lines() {
            let _ = writeln!(out, "{}", format!("# {line}").trim_end());
        }
        let profiles = [
            ("hybrid", &self.hybrid),
            ("lexical", &self.lexical),
            ("judged", &self.judged),
            ("follow_up", &self.follow_up),
        ];
        for (name, profile) in profiles {
            for (table, weights) in [("ranking", &profile.ranking), ("confidence", &profile.confidence)] {
                if name == "follow_up" && weights.is_empty() {
                    continue;
                }
                let _ = writeln!(out, "\n[{name}.{table}]");
                let bias = weights.get_key_value("bias").into_iter();
                for (name, weight) in bias.chain(weights.iter().filter(|(name, _)| *name != "bias")) {
                    let _ = writeln!(out, "{name} = {weight:?}");
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let weights = |of: &[(&str, f32)]| of.iter().map(|(name, w)| ((*name).to_owned(), *w)).collect();
        let profile = FittedProfile {
            ranking: weights(&[("lexical", 1.5), ("coverage", 1e-7)]),
            confidence: weights(&[("known", 2.0), ("bias", -3.25)]),
        };
        let file = WeightsFile { hybrid: profile, ..WeightsFile::default() };
        let text = file.text("made by\n\ntest");
        assert!(
            text.starts_with("# made by\n#\n# test\n\n[hybrid.ranking]\ncoverage = 1e-7\nlexical = 1.5\n")
        );
        assert!(text.contains("[hybrid.confidence]\nbias = -3.25\nknown = 2.0\n"));
        assert_eq!(toml::from_str::<WeightsFile>(&text).unwrap(), file);
    }

    #[test]
    fn no_file_is_no_weights_and_a_bad_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.toml");
        assert_eq!(WeightsFile::read(&path).unwrap(), WeightsFile::default());
        std::fs::write(&path, "hybrid = 1").unwrap();
        assert!(matches!(WeightsFile::read(&path), Err(WeightsFileError::Form(_))));
    }
}
