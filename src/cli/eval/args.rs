//! What can be typed after `ibid eval`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::fit::FitArgs;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:
  ibid eval tests/quality/page/check --corpus corpus
  ibid eval sets/faq                    a folder with its own corpus.jsonl.gz
  ibid eval sets/faq --json before.json
  ibid eval sets/faq --compare before.json
  ibid eval questions.txt --corpus corpus
  ibid eval tests/quality/page/check --corpus corpus --require 'hit@1>=0.8'

docs/evaluation.md tells the forms of sets and what each figure means. Exit codes: 0 done, 1 a figure that
--require names was missed, 2 error."
)]
pub(in crate::cli) struct EvalArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<EvalCommand>,
    /// Folder of a set, or a list of questions. Its corpus is the set's own or the one of --corpus
    #[arg(value_name = "SET", required = true)]
    pub(in crate::cli) set: Option<PathBuf>,
    /// Measure a running server instead of the engine in this process
    #[arg(long, value_name = "URL", conflicts_with_all = ["features", "explain"])]
    pub(in crate::cli) server: Option<String>,
    /// Questions instead of the set's queries.jsonl
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) queries: Option<PathBuf>,
    /// Judgements instead of the set's qrels.tsv; TREC's form is understood
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) qrels: Option<PathBuf>,
    /// Add the unanswerable questions of another set
    #[arg(long, value_name = "SET")]
    pub(in crate::cli) noanswer: Option<PathBuf>,
    /// Leave this member out of every record of the corpus, e.g. question
    #[arg(long, value_name = "MEMBER")]
    pub(in crate::cli) without: Vec<String>,
    /// Take what answers half of the questions out of the corpus, for sets without unanswerable questions
    #[arg(long, conflicts_with_all = ["server", "explain"])]
    pub(in crate::cli) hide_half: bool,
    /// Ask every single question after another one of the set instead: a patient who changes the subject
    #[arg(long)]
    pub(in crate::cli) change_subject: bool,
    /// Leave this part of the engine out; `?` lists the parts
    #[arg(long, value_name = "PART")]
    pub(in crate::cli) leave_out: Vec<String>,
    /// Measure plain BM25 over whole documents instead, to hold the figures against
    #[arg(long, conflicts_with_all = ["server", "features", "explain", "leave_out"])]
    pub(in crate::cli) bm25: bool,
    /// At most this many questions of each kind, chosen by --seed
    #[arg(long, value_name = "N")]
    pub(in crate::cli) limit: Option<usize>,
    /// Seed of everything that is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) seed: u64,
    /// Questions asked at the same time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(in crate::cli) threads: u8,
    /// Write every question, what came back and all figures
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) json: Option<PathBuf>,
    /// Hold this run against one that --json wrote, question by question
    #[arg(long, value_name = "RUN.json")]
    pub(in crate::cli) compare: Option<PathBuf>,
    /// Write for every question the passages considered with their features, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) features: Option<PathBuf>,
    /// Write the ranking as a TREC run
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) run: Option<PathBuf>,
    /// Draw the risk-coverage and the reliability curve into this folder
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) svg: Option<PathBuf>,
    /// Show how the answer to one question comes about: its id in the set, or any text
    #[arg(long, value_name = "QUESTION")]
    pub(in crate::cli) explain: Option<String>,
    /// Fail unless the figure reaches this, as in 'hit@1>=0.8' or 'wrong_answers<=0.1'
    #[arg(long, value_name = "FLOOR")]
    pub(in crate::cli) require: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum EvalCommand {
    /// Fit the weights of the ranking and of the confidence on sets of questions
    Fit(FitArgs),
}
