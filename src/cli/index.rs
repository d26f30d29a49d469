//! `ibid index`: reads the corpus and builds the index.

use std::sync::Arc;

use anyhow::Result;
use serde_json::Value;

use super::args::{Globals, IndexArgs};
use super::terminal::Terminal;
use super::{Exit, prepare, report};
use crate::config::Config;
use crate::engine::{BuildError, Engine, IndexState, index_state};
use crate::ingest::IngestReport;

/// Builds the index where that is needed or asked for, and reports.
pub(super) fn execute(globals: &Globals, args: &IndexArgs) -> Result<Exit> {
    let config = prepare::settings(&globals.overrides(None))?;
    let terminal = Terminal::detect();
    // What `--strict` asks can only be told by reading everything.
    if !args.rebuild {
        match index_state(&config)? {
            IndexState::Fresh if !args.strict => return up_to_date(config, globals, args, terminal),
            IndexState::Broken(error) => return Err(prepare::refused(&config, globals, error)),
            _ => {}
        }
    }
    let built = prepare::build(&config, args.strict).inspect_err(|error| {
        if let Some(failed) = report_of(error).filter(|_| args.json) {
            // The error itself is told all the same.
            let _ = print_json(terminal, &failed);
        }
    })?;
    let config = Arc::new(config);
    let engine = Engine::new(Arc::clone(&config));
    tell_before_vectors(&built, args, terminal, &report::text(&built, args.verbose))?;
    let vectors = match args.no_vectors {
        true => 0,
        false => {
            engine.load().map_err(|error| prepare::refused(&config, globals, error))?;
            prepare::encode(&engine)
        }
    };
    tell_vectors("built", &built, vectors, args, terminal)?;
    Ok(Exit::Done)
}

/// Tells what became of the documents while the vectors, which may take an hour, are not made yet. JSON is written
/// as a whole at the end; of it, what was skipped is told here.
fn tell_before_vectors(
    report: &IngestReport,
    args: &IndexArgs,
    terminal: Terminal,
    text: &str,
) -> Result<()> {
    if !args.json {
        return terminal.print(text);
    }
    if report.skipped_total > 0 && !args.no_vectors {
        terminal.complain(report::skipped(report).trim_end());
    }
    Ok(())
}

fn tell_vectors(
    status: &str,
    report: &IngestReport,
    vectors: u64,
    args: &IndexArgs,
    terminal: Terminal,
) -> Result<()> {
    if !args.json {
        return match vectors {
            0 => Ok(()),
            vectors => terminal.print(&format!("{}\n", report::counted(vectors, "vector"))),
        };
    }
    let mut shown = report::json(status, report);
    if let Some(members) = shown.as_object_mut() {
        members.insert("vectors".into(), vectors.into());
    }
    print_json(terminal, &shown)
}

fn up_to_date(config: Config, globals: &Globals, args: &IndexArgs, terminal: Terminal) -> Result<Exit> {
    let config = Arc::new(config);
    let engine = Engine::new(Arc::clone(&config));
    // Loading checks the hashes, so that damage is told here and not when a patient asks.
    engine.load().map_err(|error| prepare::refused(&config, globals, error))?;
    // The report is had by reading: what is skipped without being read is not in the index.
    let report = prepare::read_corpus(&config)?;
    let documents = report::counted(report.documents, "document");
    let passages = report::counted(report.passages, "passage");
    let findings = report::findings(&report, args.verbose);
    tell_before_vectors(
        &report,
        args,
        terminal,
        &format!("up to date: {documents}, {passages}\n{findings}"),
    )?;
    let vectors = if args.no_vectors { engine.stats().vectors.done } else { prepare::encode(&engine) };
    tell_vectors("up_to_date", &report, vectors, args, terminal)?;
    Ok(Exit::Done)
}

fn report_of(error: &anyhow::Error) -> Option<Value> {
    match error.downcast_ref::<BuildError>()? {
        BuildError::Strict { report } | BuildError::NoDocuments { report, .. } => {
            Some(report::json("failed", report))
        }
        _ => None,
    }
}

fn print_json(terminal: Terminal, value: &Value) -> Result<()> {
    terminal.print(&format!("{value:#}\n"))
}
