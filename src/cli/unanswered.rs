//! `ibid unanswered`: what patients asked in vain, so that a document can be written that answers it.
//!
//! `groups` puts together what asks the same; `line` is a group as it is listed; `table`, `csv` and `page` are the forms.

mod chart;
mod csv;
mod day;
mod groups;
mod line;
mod page;
mod page_file;
mod table;
#[cfg(test)]
mod tests;
mod weeks;
mod words;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::args::{Globals, UnansweredArgs};
use super::terminal::{Terminal, clean_line};
use super::{Exit, prepare, report};
use crate::config::Config;
use crate::embed::Encoder;
use crate::store::{DatedQuestion, KeptQuestions, UnansweredFile, unix_now};
use day::day_of;
use groups::Group;
use line::Line;
use page::About;
use page_file::PageFile;

/// Runs the command.
///
/// # Errors
/// No questions are kept, their file cannot be used, or the page cannot be written.
pub(super) fn execute(globals: &Globals, args: &UnansweredArgs) -> Result<Exit> {
    let config = prepare::settings(&globals.overrides(None))?;
    let settings = &config.unanswered;
    if !settings.is_kept() {
        bail!("no questions are kept; docs/operations.md tells how to have them kept (`unanswered.path`)");
    }
    if !settings.path.exists() {
        bail!("{} is not there yet; `ibid serve` makes it", settings.path.display());
    }
    let page_file = args.html.as_deref().map(PageFile::at).transpose()?;
    let key = settings.key().context("the file of unanswered questions cannot be read")?;
    let file = UnansweredFile::open(&settings.path, &key)?;
    if args.forget {
        return forget(&file);
    }
    file.sweep(settings.limits())?;
    let kept = file.questions_from(args.since.map_or(0, day_of))?;
    let groups = grouped(&config, &kept.questions);
    let listing = Listing::of(&kept, &groups, args.limit);
    let shown = match page_file {
        Some(page_file) => written(&page_file, &listing, &config, args)?,
        None => shown(&listing, args),
    };
    Terminal::detect().print(&shown)?;
    Ok(Exit::Done)
}

fn forget(file: &UnansweredFile) -> Result<Exit> {
    let forgotten = file.forget()?;
    if !file.empty_log()? {
        bail!("the questions are erased, but another program holds the log beside the file: run this again");
    }
    let questions = report::counted(forgotten as u64, "question");
    Terminal::detect().print(&format!("{questions} forgotten\n"))?;
    Ok(Exit::Done)
}

fn shown(listing: &Listing<'_>, args: &UnansweredArgs) -> String {
    if args.csv {
        return csv::csv(&listing.lines);
    }
    if args.json {
        return listing.json();
    }
    table::table(&listing.lines) + &listing.summary() + "\n"
}

/// Writes the page; gives what is told of it.
fn written(
    file: &PageFile<'_>,
    listing: &Listing<'_>,
    config: &Config,
    args: &UnansweredArgs,
) -> Result<String> {
    let about = About {
        service: &config.texts.title,
        language: &config.texts.language,
        since: args.since,
        today: unix_now() / 86_400,
        retention_days: config.unanswered.retention_days,
    };
    file.write(&page::page(listing, &about))?;
    let path = clean_line(&file.path().display().to_string());
    Ok(format!(
        "{}\nwritten to {path}, which is health data and is not erased by itself\n",
        listing.summary()
    ))
}

/// What is shown, in whatever form.
#[derive(Debug)]
struct Listing<'q> {
    kept: &'q KeptQuestions,
    /// How many there are.
    groups: usize,
    /// Those that are shown.
    lines: Vec<Line<'q>>,
}

impl<'q> Listing<'q> {
    fn of(kept: &'q KeptQuestions, groups: &[Group<'q>], limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { kept, groups: groups.len(), lines: groups.iter().take(limit).map(Line::of).collect() }
    }

    fn json(&self) -> String {
        let (questions, damaged) = (self.kept.questions.len(), self.kept.damaged);
        let whole = json!({
            "questions": questions, "groups": self.groups, "damaged": damaged, "unanswered": self.lines
        });
        format!("{whole:#}\n")
    }

    /// `17 questions in 3 groups`, and what is not among what is shown.
    fn summary(&self) -> String {
        let total = report::counted(self.kept.questions.len() as u64, "question");
        let mut out = format!("{total} in {}", report::counted(self.groups as u64, "group"));
        if self.lines.len() < self.groups {
            out.push_str(&format!("; {} shown, `--limit` shows more", self.lines.len()));
        }
        if self.kept.damaged > 0 {
            out.push_str(&format!("; {} damaged", self.kept.damaged));
        }
        out
    }

    /// The days of the first and the last question, since 1970-01-01.
    fn bounds(&self) -> Option<(u64, u64)> {
        let days = || self.kept.questions.iter().map(|dated| dated.day);
        Some((days().min()?, days().max()?))
    }
}

/// The questions in groups; by their words alone where there is no encoder.
fn grouped<'q>(config: &Config, questions: &'q [DatedQuestion]) -> Vec<Group<'q>> {
    let groups = groups::by_words(questions);
    if groups.len() < 2 || !config.encoder.enabled {
        return groups;
    }
    let merged =
        Encoder::load(&config.encoder).and_then(|encoder| groups::by_meaning(groups.clone(), &encoder));
    merged.unwrap_or_else(|error| {
        let error = anyhow::Error::new(error);
        Terminal::default().complain(&format!("questions are grouped by their words alone: {error:#}"));
        groups
    })
}
