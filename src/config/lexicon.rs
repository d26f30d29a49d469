//! The lexicon with the operator's files.

use std::fs;

use super::{Config, ConfigError, Problem};
use crate::text::lexicon::Lexicon;
use crate::text::token::Analyzer;

/// Largest file of additions, in bytes.
const MAX_ADDITIONS_BYTES: u64 = 8 << 20;

impl Config {
    /// The shipped lexicon and the files that `lexicon.additions` names.
    ///
    /// # Errors
    /// Every file that cannot be read and every line that is wrong.
    pub fn read_lexicon(&self, analyzer: &Analyzer) -> Result<Lexicon, ConfigError> {
        if self.lexicon.additions.is_empty() {
            return Ok(Lexicon::shipped(analyzer));
        }
        let mut problems = Vec::new();
        let mut additions = Vec::new();
        for path in &self.lexicon.additions {
            let name = path.display().to_string();
            let size = fs::metadata(path).map(|found| found.len());
            match size.and_then(|size| Ok((size, fs::read_to_string(path)?))) {
                Ok((size, _)) if size > MAX_ADDITIONS_BYTES => {
                    let detail = format!("`{name}` is larger than {MAX_ADDITIONS_BYTES} bytes; split it");
                    problems.push(Problem { place: "lexicon.additions".into(), detail });
                }
                Ok((_, text)) => additions.push((name, text)),
                Err(error) => {
                    let detail = format!("`{name}` cannot be read: {error}");
                    problems.push(Problem { place: "lexicon.additions".into(), detail });
                }
            }
        }
        let lexicon = Lexicon::with_additions(analyzer, &additions);
        match lexicon {
            Ok(lexicon) if problems.is_empty() => Ok(lexicon),
            Ok(_) => Err(ConfigError { problems }),
            Err(errors) => {
                let wrong = errors.problems.into_iter().map(|problem| Problem {
                    place: format!("{}:{}", problem.file, problem.line),
                    detail: problem.fault.to_string(),
                });
                problems.extend(wrong);
                Err(ConfigError { problems })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::lexicon::LexiconConfig;

    #[test]
    fn every_problem_of_every_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (good, bad) = (folder.path().join("good.txt"), folder.path().join("bad.txt"));
        fs::write(&good, "yak = grunting ox").unwrap();
        fs::write(&bad, "yak\nyak => ox").unwrap();
        let config = |additions: Vec<std::path::PathBuf>| Config {
            lexicon: LexiconConfig { additions },
            ..Config::default()
        };
        let analyzer = Analyzer::english();
        let lexicon = config(vec![good.clone()]).read_lexicon(&analyzer).unwrap();
        assert_eq!(lexicon.expand(&analyzer.tokens("my yak"))[0].alternatives[0].text, "grunting ox");
        let missing = folder.path().join("missing.txt");
        let error = config(vec![missing, good, bad]).read_lexicon(&analyzer).unwrap_err();
        let places: Vec<_> = error.problems.iter().map(|problem| problem.place.clone()).collect();
        assert_eq!(places.len(), 3, "{error}");
        assert!(error.to_string().contains("missing.txt` cannot be read"), "{error}");
        assert!(places[1].ends_with("bad.txt:1") && places[2].ends_with("bad.txt:2"), "{places:?}");
    }
}
