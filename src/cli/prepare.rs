//! Settings and an index to work with, or the reason why not with the command that helps.

use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::{Error, Result, anyhow};
use tracing::{info, warn};

use super::args::{Globals, quoted};
use super::progress::{BuildProgress, VectorProgress};
use super::report;
use super::terminal::{Terminal, clean_line};
use crate::config::{self, Config, ConfigError, Overrides};
use crate::engine::{BuildError, Engine, IndexState, build_index, index_state};
use crate::index::{IndexError, OpenError};
use crate::ingest::{IngestError, IngestReport, load_corpus, survey};

/// Nobody cancels: a signal ends the process, and what was made is kept.
static NEVER: AtomicBool = AtomicBool::new(false);
/// The vectors of so many passages are made in seconds.
const FEW_PASSAGES: u64 = 300;
/// Most lines that the log gets of what was skipped, or is gone.
pub(super) const MAX_LOGGED: usize = 20;

/// What stands behind a loaded index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Readiness {
    /// It was built from the corpus as it is.
    UpToDate,
    /// It answers, but this has changed since.
    Stale {
        /// What has changed.
        why: String,
    },
}

/// The settings, every problem with them on a line of its own.
pub(super) fn settings(overrides: &Overrides) -> Result<Config> {
    config::load(overrides).map_err(unusable)
}

/// The settings of a server, with its secrets.
pub(super) fn settings_with_secrets(overrides: &Overrides) -> Result<Config> {
    config::load_with_secrets(overrides).map_err(unusable)
}

fn unusable(ConfigError { problems }: ConfigError) -> Error {
    let lines: String = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    anyhow!("the configuration cannot be used:{lines}")
}

/// Loads the index into `engine`, built first where there is none or where it is out of date.
pub(super) fn load_current(engine: &Engine, globals: &Globals) -> Result<()> {
    let config = engine.config();
    match index_state(config)? {
        IndexState::Fresh => {}
        IndexState::Missing => build_telling(config, "there is no index yet")?,
        IndexState::Outdated { why } => build_telling(config, &why)?,
        IndexState::Broken(error) => return Err(refused(config, globals, error)),
    }
    engine.load().map_err(|error| refused(config, globals, error))
}

/// Loads an index into the `engine` of a server as soon as may be: an old one that can still be read is served, and
/// whether it is to be built anew is left to the caller. What is told goes to the log.
pub(super) fn load_servable(engine: &Engine, globals: &Globals) -> Result<Readiness> {
    let config = engine.config();
    let build_first = |why: &str| {
        info!(corpus = %config.paths.corpus.display(), "{why}: reading the documents");
        build_logged(config)
    };
    match index_state(config)? {
        IndexState::Fresh => {}
        IndexState::Missing => drop(build_first("there is no index yet")?),
        IndexState::Outdated { why } => match engine.load() {
            Ok(()) => return Ok(Readiness::Stale { why }),
            Err(OpenError::Outdated { .. } | OpenError::UnknownFormat { .. }) => drop(build_first(&why)?),
            Err(error) => return Err(refused(config, globals, error)),
        },
        IndexState::Broken(error) => return Err(refused(config, globals, error)),
    }
    engine.load().map_err(|error| refused(config, globals, error))?;
    Ok(Readiness::UpToDate)
}

/// Why an index that is there is not used. The cause names the command that helps; where flags lead to
/// the index, so does this, with the flags.
pub(super) fn refused(config: &Config, globals: &Globals, error: OpenError) -> Error {
    let index = &config.paths.index;
    let error = match error {
        OpenError::Io { path, source } if is_denied(&source) => {
            let remedy = remedy_of_denial(index, &path);
            let attempt = format!("cannot read {}", path.display());
            let advice = format!("this user cannot use the index in {}: {remedy}", index.display());
            return Error::new(source).context(attempt).context(advice);
        }
        other => other,
    };
    let repair = globals.repair_command();
    let index = index.display();
    let advice = match &repair {
        Some(command) => format!("cannot use the index in {index} (`{command}` builds it anew)"),
        None => format!("cannot use the index in {index}"),
    };
    Error::new(error).context(advice)
}

/// Why nothing was built, with the folder where that could not be written.
fn not_built(config: &Config, error: BuildError) -> Error {
    let index = &config.paths.index;
    match error {
        BuildError::Index(IndexError::Io { path, source }) if is_denied(&source) => {
            let remedy = remedy_of_denial(index, &path);
            let attempt = format!("cannot write {}", path.display());
            let advice = format!("this user cannot build the index in {}: {remedy}", index.display());
            Error::new(source).context(attempt).context(advice)
        }
        // The documents were read; what they were handed on to failed.
        BuildError::Ingest(IngestError::Sink(source)) => {
            Error::from_boxed(source).context(format!("cannot build the index in {}", index.display()))
        }
        error @ BuildError::Index(_) => {
            Error::new(error).context(format!("cannot build the index in {}", index.display()))
        }
        other => Error::new(other),
    }
}

/// Whether the operating system refused because of who asked; building anew fails in the same way.
pub(super) fn is_denied(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

/// What helps where this user is refused `path` in the folder `index`.
pub(super) fn remedy_of_denial(index: &Path, path: &Path) -> String {
    let shown = quoted(&index.to_string_lossy());
    let found = path.ancestors().find(|place| place.symlink_metadata().is_ok());
    match found.filter(|found| found.starts_with(index)) {
        Some(found) => {
            let owner = owner(found).map(|owner| format!("it belongs to {owner}; ")).unwrap_or_default();
            format!("{owner}run `chown -R SERVICE-USER {shown}` as root, or run `ibid` as its owner")
        }
        None => format!("make the folder {shown} for the user of the service"),
    }
}

/// Whose the file is, by name where the system's list of users has one.
#[cfg(unix)]
fn owner(path: &Path) -> Option<String> {
    let id = std::os::unix::fs::MetadataExt::uid(&path.symlink_metadata().ok()?);
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)?.parse::<u32>() == Ok(id)).then(|| clean_line(name))
    });
    Some(name.unwrap_or_else(|| format!("user {id}")))
}

#[cfg(not(unix))]
fn owner(_path: &Path) -> Option<String> {
    None
}

/// Builds the index with progress shown.
///
/// # Errors
/// What the engine says; what was skipped is then told on standard error.
pub(super) fn build(config: &Config, strict: bool) -> Result<IngestReport> {
    let built = build_index(config, strict, &mut BuildProgress::new());
    if let Err(BuildError::Strict { report } | BuildError::NoDocuments { report, .. }) = &built {
        Terminal::default().complain(report::skipped(report).trim_end());
    }
    built.map_err(|error| not_built(config, error))
}

/// Builds the index of a server; what became of the documents goes to the log.
///
/// # Errors
/// What the engine says.
pub(super) fn build_logged(config: &Config) -> Result<IngestReport> {
    let built = build_index(config, false, &mut BuildProgress::of_server());
    match &built {
        Ok(report) => {
            log_skipped(report);
            let documents = report::counted(report.documents, "document");
            info!(skipped = report.skipped_total, took = ?report.took, "built a new index of {documents}");
        }
        Err(BuildError::Strict { report } | BuildError::NoDocuments { report, .. }) => log_skipped(report),
        Err(_) => {}
    }
    built.map_err(|error| not_built(config, error))
}

fn log_skipped(report: &IngestReport) {
    for skip in report.skipped.iter().take(MAX_LOGGED) {
        let reason = clean_line(&skip.reason.to_string());
        warn!(place = %clean_line(&skip.place), %reason, "skipped: nobody can ask about it");
    }
    let more = report.skipped_total.saturating_sub(MAX_LOGGED as u64);
    if more > 0 {
        warn!(more, "more were skipped; `ibid index` lists them");
    }
}

/// Reads the corpus for its report alone.
///
/// # Errors
/// It cannot be read, or a pattern of the settings is wrong.
pub(super) fn read_corpus(config: &Config) -> Result<IngestReport, IngestError> {
    let root = &config.paths.corpus;
    let survey = survey(root)?;
    load_corpus(root, &survey, &config.ingest, &mut BuildProgress::new(), &mut |_| Ok(()))
}

/// Makes the vectors that are lacking; gives how many there are then. An index without them answers by
/// words alone, so a failure is told and is none of the command's.
pub(super) fn encode(engine: &Engine) -> u64 {
    let mut progress = VectorProgress::new();
    let made = engine.encode_pending(&mut |done, pending| progress.advanced(done, pending), &NEVER);
    drop(progress);
    if let Err(error) = made {
        let error = Error::new(error);
        let terminal = Terminal::default();
        terminal.complain(&format!("vectors were not made, passages are found by words alone: {error:#}"));
    }
    let stats = engine.stats().vectors;
    if stats.pending == 0 { stats.done } else { 0 }
}

/// The same for a question that waits: where there are many to make, only what helps is told.
pub(super) fn encode_few(engine: &Engine) {
    if !engine.lacks_vectors() {
        return;
    }
    if engine.stats().passages <= FEW_PASSAGES {
        encode(engine);
    } else {
        Terminal::default()
            .complain("passages are found by words alone until `ibid index` has made the vectors");
    }
}

fn build_telling(config: &Config, why: &str) -> Result<()> {
    let terminal = Terminal::default();
    terminal.complain(&format!("{why}: reading {}", config.paths.corpus.display()));
    let built = build(config, false)?;
    terminal.complain(report::text(&built, false).trim_end());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied() -> io::Error {
        io::ErrorKind::PermissionDenied.into()
    }

    #[test]
    fn who_may_not_use_the_index_is_told_whose_it_is_and_not_to_build_it_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.paths.index = folder.path().join("index");
        std::fs::create_dir(&config.paths.index).unwrap();
        let path = config.paths.index.join("current");
        let globals = Globals { index: Some(config.paths.index.clone()), ..Globals::default() };
        let refused = refused(&config, &globals, OpenError::Io { path: path.clone(), source: denied() });
        let build = BuildError::Index(IndexError::Io { path, source: denied() });
        for error in [refused, not_built(&config, build)] {
            let told = format!("{error:#}");
            assert!(told.contains("chown -R SERVICE-USER") && told.contains("permission denied"), "{told}");
            assert!(!told.contains("--rebuild"), "{told}");
            #[cfg(unix)]
            assert!(told.contains("it belongs to "), "{told}");
        }
        config.paths.index = folder.path().join("nowhere");
        let path = config.paths.index.join("generations");
        let build = BuildError::Index(IndexError::Io { path, source: denied() });
        let told = format!("{:#}", not_built(&config, build));
        assert!(told.contains("make the folder") && !told.contains("chown"), "{told}");
    }

    #[test]
    fn a_build_that_fails_names_the_folder() {
        let mut config = Config::default();
        config.paths.index = "somewhere".into();
        let full = || Box::new(IndexError::Postings(io::ErrorKind::StorageFull.into()));
        for error in [BuildError::Index(*full()), BuildError::Ingest(IngestError::Sink(full()))] {
            let told = format!("{:#}", not_built(&config, error));
            assert!(told.contains("cannot build the index in somewhere"), "{told}");
            assert!(!told.contains("the corpus could not be read"), "{told}");
        }
    }
}
