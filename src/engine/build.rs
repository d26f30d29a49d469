//! Building the index from the corpus, and telling whether that is needed.

use crate::config::Config;
use crate::index::{self, IndexError, OpenError, Provenance, Writer};
use crate::ingest::{IngestError, IngestReport, Progress, SourceFile, load_and_compare, survey};

/// How the index stands to the corpus.
#[derive(Debug)]
pub enum IndexState {
    /// Built from the corpus as it is, with these settings.
    Fresh,
    /// There is none.
    Missing,
    /// It can be served, but something has changed since.
    Outdated {
        /// What has changed.
        why: String,
    },
    /// It cannot be read.
    Broken(OpenError),
}

/// Why an index was not built. The one served before, if any, is untouched.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The corpus could not be read.
    #[error("the corpus could not be read")]
    Ingest(#[from] IngestError),
    /// The index could not be written.
    #[error("the index could not be written")]
    Index(#[from] IndexError),
    /// The corpus holds nothing that can be served.
    #[error("no document in {corpus} could be read; nothing was built")]
    NoDocuments {
        /// The corpus folder.
        corpus: String,
        /// What was skipped and why.
        report: Box<IngestReport>,
    },
    /// Something was skipped and that was not to be.
    #[error("{} file(s) or record(s) were skipped, and `--strict` was asked for; nothing was built", report.skipped_total)]
    Strict {
        /// What was skipped and why.
        report: Box<IngestReport>,
    },
}

/// Compares the index with the corpus and the settings. Reads and hashes every file of the corpus.
///
/// # Errors
/// The corpus folder could not be read.
pub fn index_state(config: &Config) -> Result<IndexState, IngestError> {
    let manifest = match index::inspect(&config.paths.index) {
        Ok(manifest) => manifest,
        Err(OpenError::Missing { .. }) => return Ok(IndexState::Missing),
        Err(OpenError::UnknownFormat { found, wanted }) if found < wanted => {
            return Ok(IndexState::Outdated {
                why: format!("it has format {found}, this version writes {wanted}"),
            });
        }
        Err(error @ OpenError::Outdated { .. }) => {
            return Ok(IndexState::Outdated { why: error.to_string() });
        }
        Err(error) => return Ok(IndexState::Broken(error)),
    };
    if manifest.fingerprint != index::fingerprint(&config.ingest) {
        return Ok(IndexState::Outdated { why: "the settings for reading documents have changed".into() });
    }
    let survey = survey(&config.paths.corpus)?;
    if manifest.survey != survey.files {
        return Ok(IndexState::Outdated { why: "the files of the corpus have changed".into() });
    }
    Ok(IndexState::Fresh)
}

/// Reads the corpus and builds a new generation, which is served from then on. With `strict`, anything
/// skipped is an error and the index stays as it was.
///
/// # Errors
/// Nothing was built, and why.
pub fn build_index(
    config: &Config,
    strict: bool,
    progress: &mut dyn Progress,
) -> Result<IngestReport, BuildError> {
    let survey = survey(&config.paths.corpus)?;
    let mut writer = Writer::create(&config.paths.index, &config.index)?;
    let (report, changed) =
        load_and_compare(&config.paths.corpus, &survey, &config.ingest, progress, &mut |document| {
            writer.add(&document).map_err(Into::into)
        })?;
    if report.documents == 0 {
        let corpus = config.paths.corpus.display().to_string();
        return Err(BuildError::NoDocuments { corpus, report: Box::new(report) });
    }
    if strict && report.skipped_total > 0 {
        return Err(BuildError::Strict { report: Box::new(report) });
    }
    let survey = as_read(survey.files, &changed);
    let provenance = Provenance { survey, ingest: config.ingest.clone(), report: report.clone() };
    writer.finish(provenance)?;
    Ok(report)
}

/// The files without the hashes of those that changed while they were read: what was read of them is in no
/// file any more, and without a hash the index counts as out of date until it is built anew.
fn as_read(mut files: Vec<SourceFile>, changed: &[String]) -> Vec<SourceFile> {
    for file in files.iter_mut().filter(|file| changed.contains(&file.path)) {
        file.sha256.clear();
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_while_it_was_read_has_no_hash() {
        let file = |path: &str| SourceFile { path: path.into(), bytes: 1, sha256: "ab".into() };
        let hashes: Vec<String> = as_read(vec![file("a.txt"), file("b.txt")], &["b.txt".into()])
            .into_iter()
            .map(|file| file.sha256)
            .collect();
        assert_eq!(hashes, ["ab", ""]);
    }
}
