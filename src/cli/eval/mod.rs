//! `ibid eval`: measures the answers against a set of questions.

mod args;
mod comparison;
mod fit;
mod report;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

pub(super) use args::EvalArgs;
use args::EvalCommand;

use super::args::Globals;
use super::progress::{BuildProgress, VectorProgress};
use super::terminal::Terminal;
use super::{Exit, prepare};
use crate::config::{Config, Overrides};
use crate::eval::sets::{Case, EvalSet, Part, SetOptions};
use crate::eval::{self, Bm25, Figure, Inside, Outside, Run, RunOptions, Subject, Without};

/// Passages whose features are kept for a question.
const CONSIDERED: usize = 40;

/// Runs the set and reports.
pub(super) fn execute(globals: &Globals, args: &EvalArgs) -> Result<Exit> {
    if let Some(EvalCommand::Fit(args)) = &args.command {
        return fit::execute(globals, args);
    }
    let Some(path) = &args.set else { bail!("name a set") };
    let mut set = EvalSet::read(path, &options(args))?;
    if args.change_subject {
        set = set.changing_subject(args.seed);
    }
    let sources = Sources {
        without: &args.without,
        leave_out: &args.leave_out,
        bm25: args.bm25,
        server: args.server.as_deref(),
        adjust: &|_| Ok(()),
    };
    let terminal = Terminal::detect();
    if let Some(wanted) = &args.explain {
        let subject = sources.subject(globals, &set, BTreeSet::new())?;
        terminal.print(&report::explanation(subject.as_ref(), &set, wanted)?)?;
        return Ok(Exit::Done);
    }
    let (set, mut run) = asked(globals, args, &sources, set)?;
    if let Some(file) = &args.features {
        report::write_features(file, &run)?;
        let insights = run.observations.iter_mut().filter_map(|one| one.insight.as_mut());
        insights.for_each(|insight| insight.considered.truncate(1));
    }
    let figures = eval::figures(&run, args.seed);
    write_files(args, &run, &figures)?;
    terminal.print(&report::table(&run, &figures))?;
    if set.has(Part::Plain) {
        terminal.print(&report::plain(&run))?;
    }
    if let Some(file) = &args.compare {
        terminal.print(&comparison::text(&read_run(file)?, &run, args.seed))?;
    }
    judged_by(&args.require, &figures)
}

/// Asks every question, half of them of a corpus without their answers where that is wanted.
fn asked(globals: &Globals, args: &EvalArgs, sources: &Sources<'_>, set: EvalSet) -> Result<(EvalSet, Run)> {
    let kept = args.json.is_some() || args.compare.is_some();
    let considered = if args.features.is_some() { CONSIDERED } else { usize::from(kept) };
    let how = RunOptions { threads: usize::from(args.threads), considered };
    let ask = |set: &EvalSet, without: BTreeSet<String>| -> Result<Run> {
        let subject = sources.subject(globals, set, without)?;
        let bar = progress_bar(set.cases.len());
        let run = eval::run(set, subject.as_ref(), how, &|done| bar.set_position(done as u64));
        bar.finish_and_clear();
        Ok(run?)
    };
    if !args.hide_half {
        let run = ask(&set, BTreeSet::new())?;
        return Ok((set, run));
    }
    let halves = eval::hide_half(&set, args.seed)?;
    let mut run = ask(&halves.answered, BTreeSet::new())?;
    run.observations.extend(ask(&halves.hidden, halves.records)?.observations);
    Ok((set, run))
}

fn write_files(args: &EvalArgs, run: &Run, figures: &[Figure]) -> Result<()> {
    if let Some(file) = &args.json {
        write_json(file, &Written { run, figures })?;
    }
    if let Some(file) = &args.run {
        report::write_trec(file, run)?;
    }
    let Some(folder) = &args.svg else { return Ok(()) };
    let wrong = || format!("{} could not be written", folder.display());
    std::fs::create_dir_all(folder).with_context(wrong)?;
    let (judged, _) = eval::confidences(&run.observations);
    let pictures = [
        ("risk-coverage", eval::risk_coverage_picture(&run.set, &judged)),
        ("reliability", eval::reliability_picture(&run.set, &judged)),
    ];
    for (kind, picture) in pictures {
        std::fs::write(folder.join(format!("{}-{kind}.svg", run.set)), picture).with_context(wrong)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    run: &'a Run,
    figures: &'a [Figure],
}

fn options(args: &EvalArgs) -> SetOptions {
    SetOptions {
        queries: args.queries.clone(),
        qrels: args.qrels.clone(),
        noanswer: args.noanswer.clone(),
        limit: args.limit,
        seed: args.seed,
    }
}

/// What is asked.
struct Sources<'a> {
    /// Members left out of every record.
    without: &'a [String],
    /// Parts of the engine that are left out.
    leave_out: &'a [String],
    /// Plain BM25 instead of the engine.
    bm25: bool,
    /// A running server.
    server: Option<&'a str>,
    /// Changes the settings.
    adjust: &'a dyn Fn(&mut Config) -> Result<()>,
}

impl Sources<'_> {
    /// Makes the subject for `set` without these records, its index built where that is needed.
    fn subject(
        &self,
        globals: &Globals,
        set: &EvalSet,
        records: BTreeSet<String>,
    ) -> Result<Box<dyn Subject>> {
        if let Some(url) = self.server {
            return Ok(Box::new(Outside::new(url)?));
        }
        let overrides = Overrides { config: globals.config.clone(), ..Overrides::default() };
        let mut config = prepare::settings(&overrides)?;
        let Some(corpus) = globals.corpus.as_ref().or(set.corpus.as_ref()) else {
            bail!("the set {} has no corpus of its own; name one with --corpus", set.name);
        };
        if !corpus.exists() {
            bail!("the corpus {} is not there", corpus.display());
        }
        let without = Without { members: self.without.to_vec(), records };
        eval::prepare(&mut config, corpus, &without, &cache(globals))?;
        for part in self.leave_out {
            eval::leave_out(&mut config, part)?;
        }
        (self.adjust)(&mut config)?;
        let mut reading = BuildProgress::new();
        let mut vectors = VectorProgress::new();
        let mut encoding = |done, pending| vectors.advanced(done, pending);
        if self.bm25 {
            config.encoder.enabled = false;
            let engine = eval::prepare_engine(Arc::new(config), &mut reading, &mut encoding)?;
            return Ok(Box::new(Bm25::new(&engine)?));
        }
        Ok(Box::new(Inside::new(config, &mut reading, &mut encoding)?))
    }
}

/// Where indexes are kept between runs.
fn cache(globals: &Globals) -> PathBuf {
    if let Some(folder) = &globals.index {
        return folder.clone();
    }
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    cache.or(home).unwrap_or_else(std::env::temp_dir).join("ibid/eval")
}

fn progress_bar(questions: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(questions as u64);
    if let Ok(style) = ProgressStyle::with_template("Asking {wide_bar} {pos} of {len}, {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn write_json(file: &Path, value: &impl Serialize) -> Result<()> {
    let wrong = || format!("{} could not be written", file.display());
    let mut out = BufWriter::new(File::create(file).with_context(wrong)?);
    serde_json::to_writer_pretty(&mut out, value).with_context(wrong)?;
    writeln!(out).and_then(|()| out.flush()).with_context(wrong)
}

/// A run as `--json` wrote it.
fn read_run(file: &Path) -> Result<Run> {
    let wrong = || format!("{} is no run that --json wrote", file.display());
    let bytes = std::fs::read(file).with_context(|| format!("{} could not be read", file.display()))?;
    serde_json::from_slice(&bytes).with_context(wrong)
}

/// Whether every floor is reached; each one missed is told.
fn judged_by(floors: &[String], figures: &[Figure]) -> Result<Exit> {
    let mut exit = Exit::Done;
    for floor in floors {
        let (name, bound, at_least) = match (floor.split_once(">="), floor.split_once("<=")) {
            (Some((name, bound)), _) => (name, bound, true),
            (None, Some((name, bound))) => (name, bound, false),
            (None, None) => bail!("`{floor}` is no floor; write it as in 'hit@1>=0.8'"),
        };
        let bound: f64 = bound.trim().parse().with_context(|| format!("`{floor}` names no number"))?;
        let Some(figure) = figures.iter().find(|figure| figure.name == name.trim()) else {
            bail!("this set has no figure `{}`", name.trim());
        };
        if (at_least && figure.value < bound) || (!at_least && figure.value > bound) {
            Terminal::default().complain(&format!("missed: {floor}, it is {:.4}", figure.value));
            exit = Exit::NotFound;
        }
    }
    Ok(exit)
}

/// The question of the set that `wanted` names by id, or `wanted` itself as a question.
fn named_case(set: &EvalSet, wanted: &str) -> Case {
    let known = set.cases.iter().find(|case| case.id == wanted || case.question == wanted);
    known.cloned().unwrap_or_else(|| Case::new(Part::Plain, String::new(), wanted.to_owned()))
}
