//! `ibid eval fit`: fits the weights on sets of questions.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use super::{CONSIDERED, Exit, Sources, progress_bar};
use crate::cli::args::Globals;
use crate::cli::terminal::Terminal;
use crate::config::Config;
use crate::eval::fit::{self, FittedProfile, Lessons, Origins, WeightsFile};
use crate::eval::sets::{EvalSet, SetOptions};
use crate::eval::{self, Run, RunOptions};
use crate::judge::Mode;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid eval fit --set tests/quality/page/fit --corpus corpus --out models/ranking.toml
  ibid eval fit --set tests/quality/page/fit@corpus:2 --set sets/faq --only ranking --out models/ranking.toml

The questions are asked twice: the weights of the ranking change what the confidence sees.")]
pub(in crate::cli) struct FitArgs {
    /// A set, where it has no corpus of its own the one to ask, and what it counts in all; can be given
    /// several times
    #[arg(long, value_name = "DIR[@CORPUS][:WEIGHT]", required = true)]
    set: Vec<String>,
    /// The file of weights; what is not fitted stays as it is there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Which way of finding is fitted: without the judge, without encoder and judge, or with both; or what
    /// was found in conversations, and where the subject is changed
    #[arg(long, value_enum, default_value = "hybrid")]
    profile: Profile,
    /// Fit only this
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// What is made small when the ranking is fitted
    #[arg(long, value_enum, default_value = "listwise")]
    loss: Objective,
    /// Leave this member out of every record of the corpus of the set with this name, or of all
    #[arg(long, value_name = "[SET=]MEMBER")]
    without: Vec<String>,
    /// At most this many questions of each kind of a set
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Seed of the folds
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    Hybrid,
    Lexical,
    Judged,
    FollowUp,
}

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Self::Hybrid => "hybrid",
            Self::Lexical => "lexical",
            Self::Judged => "judged",
            Self::FollowUp => "follow_up",
        }
    }

    /// As `--profile` names it.
    const fn option(self) -> &'static str {
        if matches!(self, Self::FollowUp) { "follow-up" } else { self.name() }
    }

    const fn of(self, file: &mut WeightsFile) -> &mut FittedProfile {
        match self {
            Self::Hybrid => &mut file.hybrid,
            Self::Lexical => &mut file.lexical,
            Self::Judged => &mut file.judged,
            Self::FollowUp => &mut file.follow_up,
        }
    }

    /// Makes `config` find in this way; in conversations as it says.
    const fn set(self, config: &mut Config) {
        if matches!(self, Self::FollowUp) {
            return;
        }
        config.encoder.enabled = !matches!(self, Self::Lexical);
        config.judge.mode = if matches!(self, Self::Judged) { Mode::Always } else { Mode::Off };
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Objective {
    Listwise,
    Pairwise,
    /// Whichever does better on questions left out
    Either,
}

impl Objective {
    const fn losses(self) -> &'static [fit::Loss] {
        match self {
            Self::Listwise => &[fit::Loss::Listwise],
            Self::Pairwise => &[fit::Loss::Pairwise],
            Self::Either => &[fit::Loss::Listwise, fit::Loss::Pairwise],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    Ranking,
    Confidence,
}

impl Only {
    const fn name(self) -> &'static str {
        match self {
            Self::Ranking => "ranking",
            Self::Confidence => "confidence",
        }
    }
}

/// What questions that change the subject count in all, beside the conversations of the same set.
const CHANGED: f32 = 0.5;

/// Runs the sets, fits and writes; with the fitted order of passages once more, for the confidence.
pub(super) fn execute(globals: &Globals, args: &FitArgs) -> Result<Exit> {
    let mut file = WeightsFile::read(&args.out).with_context(|| args.out.display().to_string())?;
    let mut origins = Origins::read(&std::fs::read_to_string(&args.out).unwrap_or_default());
    let terminal = Terminal::detect();
    for part in [Only::Ranking, Only::Confidence] {
        if args.only.is_some_and(|only| only != part) {
            continue;
        }
        let is_ordered = part == Only::Confidence && !args.profile.of(&mut file).ranking.is_empty();
        let is_used = is_ordered || args.profile == Profile::FollowUp;
        let weights = is_used.then_some(args.out.as_path());
        let mut runs = Vec::new();
        for named in &args.set {
            runs.extend(self::runs(globals, args, weights, named)?);
        }
        let lessons = match args.profile {
            Profile::FollowUp => Lessons::of_conversations(&runs, fit::FOLDS, args.seed),
            _ => Lessons::of(&runs, fit::FOLDS, args.seed),
        };
        let profile = args.profile.of(&mut file);
        let mut told = String::new();
        match part {
            Only::Ranking => fit_ranking(&lessons, args.loss, profile, &mut told)?,
            Only::Confidence => fit_confidence(&lessons, profile, &mut told)?,
        }
        origins.set(&format!("{}.{}", args.profile.name(), part.name()), &command(args, part));
        std::fs::write(&args.out, file.text(&origins.header()))
            .with_context(|| format!("{} could not be written", args.out.display()))?;
        terminal.print(&told)?;
    }
    Ok(Exit::Done)
}

/// The command that fits `part` of the same weights again. A path that leads out of the working directory is of one
/// machine: its folder is `SETS` there.
fn command(args: &FitArgs, part: Only) -> String {
    let name = |path: &str| match path.rsplit_once('/') {
        Some((_, name)) if path.starts_with('/') || path.starts_with("../") => format!("SETS/{name}"),
        _ => path.to_owned(),
    };
    let mut command = format!("ibid eval fit --profile {} --only {}", args.profile.option(), part.name());
    for set in &args.set {
        let parts: Vec<String> = set.split('@').map(name).collect();
        let _ = write!(command, " --set {}", parts.join("@"));
    }
    for member in &args.without {
        let _ = write!(command, " --without {member}");
    }
    if let Some(limit) = args.limit {
        let _ = write!(command, " --limit {limit}");
    }
    let out = args.out.file_name().filter(|_| args.out.is_absolute()).map_or(args.out.as_path(), Path::new);
    let _ = write!(command, " --seed {} --out {}", args.seed, out.display());
    command
}

/// The member that `written`, of the form `[SET=]MEMBER`, leaves out of the corpus of `set`.
fn left_out(written: &str, set: &str) -> Option<String> {
    match written.split_once('=') {
        Some((name, member)) => (name == set).then(|| member.to_owned()),
        None => Some(written.to_owned()),
    }
}

/// Runs the set that `named` names with the file of `weights`, or those of the settings, and tells what it counts; for
/// conversations once more with the subject changed.
fn runs(globals: &Globals, args: &FitArgs, weights: Option<&Path>, named: &str) -> Result<Vec<(Run, f32)>> {
    let (path, weight) = match named.rsplit_once(':').map(|(path, weight)| (path, weight.parse::<f32>())) {
        Some((path, Ok(weight))) if weight > 0.0 && weight.is_finite() => (path, weight),
        Some((_, Ok(_))) => bail!("the weight of `{named}` must be above 0"),
        _ => (named, 1.0),
    };
    let (path, corpus) = match path.split_once('@') {
        Some((path, corpus)) => (path, Some(PathBuf::from(corpus))),
        None => (path, None),
    };
    let options = SetOptions { limit: args.limit, seed: args.seed, ..SetOptions::default() };
    let set = EvalSet::read(path.as_ref(), &options)?;
    let corpus = corpus.or_else(|| set.corpus.clone()).or_else(|| globals.corpus.clone());
    let globals = &Globals { corpus, ..globals.clone() };
    let without: Vec<String> = args.without.iter().filter_map(|one| left_out(one, &set.name)).collect();
    let adjust = |config: &mut Config| {
        args.profile.set(config);
        if let Some(file) = weights {
            config.retrieve.weights = file.to_owned();
            config.retrieve.learned()?;
        }
        Ok(())
    };
    let sources = Sources { without: &without, leave_out: &[], bm25: false, server: None, adjust: &adjust };
    let subject = sources.subject(globals, &set, BTreeSet::new())?;
    let parts = match args.profile {
        Profile::FollowUp => {
            vec![(set.conversations(), weight), (set.changing_subject(args.seed), CHANGED * weight)]
        }
        _ => vec![(set, weight)],
    };
    let ask = |(set, weight): (EvalSet, f32)| -> Result<(Run, f32)> {
        let bar = progress_bar(set.cases.len());
        let how = RunOptions { considered: CONSIDERED, ..RunOptions::default() };
        let run = eval::run(&set, subject.as_ref(), how, &|done| bar.set_position(done as u64));
        bar.finish_and_clear();
        Ok((run?, weight))
    };
    parts.into_iter().map(ask).collect()
}

fn fit_ranking(
    lessons: &Lessons,
    loss: Objective,
    profile: &mut FittedProfile,
    told: &mut String,
) -> Result<()> {
    let trials = fit::ranking_trials(lessons, loss.losses());
    let Some(best) = fit::best_ranking(&trials).filter(|_| !lessons.groups.is_empty()) else {
        bail!("no question of these sets tells good passages from bad ones");
    };
    let _ = writeln!(told, "ranking: {} questions, {} folds", lessons.groups.len(), fit::FOLDS);
    let _ = writeln!(told, "  loss      l2      first passage right");
    for trial in &trials {
        let chosen = if *trial == best { "  <-" } else { "" };
        let _ = writeln!(told, "  {:<9} {:<7} {:.4}{chosen}", trial.loss.name(), trial.l2, trial.first);
    }
    let groups: Vec<fit::Group> = lessons.groups.iter().map(|(group, _)| group.clone()).collect();
    let weights = fit::fit_signed(&groups, best.loss, best.l2, &|at| lessons.may_be_negative(at));
    profile.ranking = lessons.features.iter().cloned().zip(weights.into_iter().map(rounded)).collect();
    tell_weights(told, &profile.ranking);
    Ok(())
}

fn fit_confidence(lessons: &Lessons, profile: &mut FittedProfile, told: &mut String) -> Result<()> {
    let trials = fit::confidence_trials(lessons);
    let Some(best) = fit::best_confidence(&trials).filter(|_| !lessons.examples.is_empty()) else {
        bail!("these sets hold no question whose answer is known to be right or wrong");
    };
    let _ = writeln!(told, "confidence: {} questions, {} folds", lessons.examples.len(), fit::FOLDS);
    let _ = writeln!(told, "  l2      log loss  auroc   ece");
    for trial in &trials {
        let chosen = if *trial == best { "  <-" } else { "" };
        let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.4}"));
        let (area, ece) = (shown(trial.auroc), shown(trial.ece));
        let _ = writeln!(told, "  {:<7} {:.4}    {area:<6}  {ece}{chosen}", trial.l2, trial.log_loss);
    }
    let examples: Vec<fit::Example> = lessons.examples.iter().map(|(example, _)| example.clone()).collect();
    let fitted = fit::fit_signed_logistic(&examples, best.l2, &|at| lessons.sign(at));
    let weights = fitted.weights.into_iter().map(rounded);
    profile.confidence = lessons.signals.iter().cloned().zip(weights).collect();
    profile.confidence.insert("bias".to_owned(), rounded(fitted.bias));
    tell_weights(told, &profile.confidence);
    Ok(())
}

fn tell_weights(told: &mut String, weights: &std::collections::BTreeMap<String, f32>) {
    for (name, weight) in weights {
        let _ = writeln!(told, "    {name:<28} {weight:>9.4}");
    }
}

/// Five digits after the point: more would tell nothing and change with every compiler.
fn rounded(weight: f32) -> f32 {
    (weight * 1e5).round() / 1e5
}
