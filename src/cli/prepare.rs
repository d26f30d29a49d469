//! Settings and an index to work with, or the reason why not with the command that helps.

use std::sync::atomic::AtomicBool;

use anyhow::{Error, Result, anyhow};

use super::args::Globals;
use super::progress::{BuildProgress, VectorProgress};
use super::report;
use super::terminal::Terminal;
use crate::config::{self, Config, ConfigError, Overrides};
use crate::engine::{BuildError, Engine, IndexState, build_index, index_state};
use crate::index::OpenError;
use crate::ingest::IngestReport;

/// Nobody cancels: a signal ends the process, and what was made is kept.
static NEVER: AtomicBool = AtomicBool::new(false);
/// The vectors of so many passages are made in seconds.
const FEW_PASSAGES: u64 = 300;

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

/// Loads an index into `engine` as soon as may be: an old one that can still be read is served, and
/// whether it is to be built anew is left to the caller.
pub(super) fn load_servable(engine: &Engine, globals: &Globals) -> Result<Readiness> {
    let config = engine.config();
    match index_state(config)? {
        IndexState::Fresh => {}
        IndexState::Missing => build_telling(config, "there is no index yet")?,
        IndexState::Outdated { why } => match engine.load() {
            Ok(()) => return Ok(Readiness::Stale { why }),
            Err(OpenError::Outdated { .. } | OpenError::UnknownFormat { .. }) => build_telling(config, &why)?,
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
    let index = config.paths.index.display();
    let repair = globals.repair_command();
    let advice = match &repair {
        Some(command) => format!("cannot use the index in {index} (`{command}` builds it anew)"),
        None => format!("cannot use the index in {index}"),
    };
    Error::new(error).context(advice)
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
    Ok(built?)
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
