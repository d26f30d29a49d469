//! `ibid index`: reads the corpus and builds the index.

use anyhow::Result;
use serde_json::{Value, json};
use std::sync::Arc;

use super::args::{Globals, IndexArgs};
use super::terminal::Terminal;
use super::{Exit, prepare, report};
use crate::config::Config;
use crate::engine::{BuildError, Engine, IndexState, index_state};

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
    let vectors = match args.no_vectors {
        true => 0,
        false => {
            engine.load().map_err(|error| prepare::refused(&config, globals, error))?;
            prepare::encode(&engine)
        }
    };
    if args.json {
        let mut shown = report::json("built", &built);
        if let Some(members) = shown.as_object_mut() {
            members.insert("vectors".into(), vectors.into());
        }
        print_json(terminal, &shown)?;
    } else {
        terminal.print(&(report::text(&built, args.verbose) + &told(vectors)))?;
    }
    Ok(Exit::Done)
}

fn told(vectors: u64) -> String {
    match vectors {
        0 => String::new(),
        vectors => format!("{}\n", report::counted(vectors, "vector")),
    }
}

fn up_to_date(config: Config, globals: &Globals, args: &IndexArgs, terminal: Terminal) -> Result<Exit> {
    let config = Arc::new(config);
    let engine = Engine::new(Arc::clone(&config));
    // Loading checks the hashes, so that damage is told here and not when a patient asks.
    engine.load().map_err(|error| prepare::refused(&config, globals, error))?;
    let vectors = if args.no_vectors { engine.stats().vectors.done } else { prepare::encode(&engine) };
    let stats = engine.stats();
    if args.json {
        let (documents, passages) = (stats.documents, stats.passages);
        let shown =
            json!({"status": "up_to_date", "documents": documents, "passages": passages, "vectors": vectors});
        print_json(terminal, &shown)?;
    } else {
        let documents = report::counted(stats.documents, "document");
        let passages = report::counted(stats.passages, "passage");
        terminal.print(&format!("up to date: {documents}, {passages}\n{}", told(vectors)))?;
    }
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
