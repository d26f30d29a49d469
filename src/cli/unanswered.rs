//! `ibid unanswered`: what patients asked in vain, so that a document can be written that answers it.

mod groups;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use super::args::{Globals, UnansweredArgs};
use super::terminal::{Terminal, clean_line};
use super::{Exit, prepare, report};
use crate::config::Config;
use crate::embed::Encoder;
use crate::store::{DatedQuestion, KeptQuestions, NearestSection, UnansweredFile, UnansweredQuestion};
use groups::Group;

const EPOCH: Date = Date::constant(1970, 1, 1);
/// Most characters of a question that the table shows.
const MAX_SHOWN_CHARS: usize = 100;
/// A spreadsheet takes a cell that begins so for a formula.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Runs the command.
///
/// # Errors
/// No questions are kept, or the file cannot be used.
pub(super) fn execute(globals: &Globals, args: &UnansweredArgs) -> Result<Exit> {
    let config = prepare::settings(&globals.overrides(None))?;
    let settings = &config.unanswered;
    if !settings.is_kept() {
        bail!("no questions are kept; docs/operations.md tells how to have them kept (`unanswered.path`)");
    }
    if !settings.path.exists() {
        bail!("{} is not there yet; `ibid serve` makes it", settings.path.display());
    }
    let key = settings.key().context("the file of unanswered questions cannot be read")?;
    let file = UnansweredFile::open(&settings.path, &key)?;
    if args.forget {
        return forget(&file);
    }
    file.sweep(settings.limits())?;
    let kept = file.questions_from(args.since.map_or(0, day_of))?;
    Terminal::detect().print(&shown(&config, args, &kept))?;
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

fn shown(config: &Config, args: &UnansweredArgs, kept: &KeptQuestions) -> String {
    let groups = grouped(config, &kept.questions);
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let lines: Vec<Line<'_>> = groups.iter().take(limit).map(Line::of).collect();
    if args.csv {
        return csv(&lines);
    }
    let (questions, damaged) = (kept.questions.len(), kept.damaged);
    if args.json {
        let whole = json!({
            "questions": questions, "groups": groups.len(), "damaged": damaged, "unanswered": lines
        });
        return format!("{whole:#}\n");
    }
    let mut out = table(&lines);
    let total = report::counted(questions as u64, "question");
    out.push_str(&format!("{total} in {}", report::counted(groups.len() as u64, "group")));
    if lines.len() < groups.len() {
        out.push_str(&format!("; {} shown, `--limit` shows more", lines.len()));
    }
    if damaged > 0 {
        out.push_str(&format!("; {damaged} damaged"));
    }
    out.push('\n');
    out
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

/// A group as it is listed.
#[derive(Debug, Serialize)]
struct Line<'q> {
    times: usize,
    first: String,
    last: String,
    /// As it was asked most often.
    question: &'q str,
    doors: BTreeMap<&'q str, usize>,
    reasons: BTreeMap<&'q str, usize>,
    languages: BTreeMap<&'q str, usize>,
    /// What came nearest most often.
    nearest: Option<&'q NearestSection>,
}

impl<'q> Line<'q> {
    fn of(group: &Group<'q>) -> Self {
        let days = || group.questions.iter().map(|dated| dated.day);
        let questions: Vec<&'q UnansweredQuestion> =
            group.questions.iter().map(|dated| &dated.question).collect();
        let each = || questions.iter().copied();
        Self {
            times: questions.len(),
            first: date_of(days().min().unwrap_or(0)).to_string(),
            last: date_of(days().max().unwrap_or(0)).to_string(),
            question: most_frequent(each().map(|one| one.question.as_str())).unwrap_or_default(),
            doors: counts(each().map(|one| one.door.as_str())),
            reasons: counts(each().map(reason)),
            languages: counts(each().filter_map(|one| one.language.as_deref())),
            nearest: most_frequent(each().filter_map(|one| one.nearest.as_ref())),
        }
    }

    /// Title and headings of what came nearest, each once.
    fn place(&self) -> String {
        let Some(nearest) = self.nearest else { return String::new() };
        let mut headings = vec![nearest.title.as_str()];
        headings.extend(nearest.section.iter().map(String::as_str));
        headings.dedup();
        clean_line(&headings.join(" \u{203a} "))
    }
}

/// Why a question was asked in vain.
fn reason(question: &UnansweredQuestion) -> &str {
    if question.is_unhelpful {
        return "not_helpful";
    }
    question.reason.as_deref().unwrap_or(&question.outcome)
}

fn counts<'q>(names: impl Iterator<Item = &'q str>) -> BTreeMap<&'q str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

/// What comes most often, of several the one that came first.
fn most_frequent<T: Eq + Hash>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: HashMap<T, (usize, Reverse<usize>)> = HashMap::new();
    for (at, one) in all.enumerate() {
        counts.entry(one).or_insert((0, Reverse(at))).0 += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(one, _)| one)
}

/// Names and counts, the greatest first, as in `socket 9, desk 3`.
fn listed(counts: &BTreeMap<&str, usize>) -> String {
    let mut counts: Vec<(&str, usize)> = counts.iter().map(|(name, count)| (*name, *count)).collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let each = counts.iter().map(|(name, count)| format!("{} {count}", clean_line(name)));
    each.collect::<Vec<_>>().join(", ")
}

/// The lines in columns, what came nearest below each question.
fn table(lines: &[Line<'_>]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let head = ["times", "first", "last", "doors", "reasons"].map(str::to_owned);
    let cells = lines.iter().map(|line| {
        [
            line.times.to_string(),
            line.first.clone(),
            line.last.clone(),
            listed(&line.doors),
            listed(&line.reasons),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(cells).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let questions = std::iter::once("question".to_owned()).chain(lines.iter().map(|line| cut(line.question)));
    let places = std::iter::once(String::new()).chain(lines.iter().map(Line::place));
    let mut out = String::new();
    for ((row, question), place) in rows.iter().zip(questions).zip(places) {
        let [times, first, last, doors, reasons] = row;
        let [a, b, c, d, e] = widths;
        let row = format!("{times:>a$}  {first:<b$}  {last:<c$}  {doors:<d$}  {reasons:<e$}  {question}");
        out.push_str(row.trim_end());
        out.push('\n');
        if !place.is_empty() {
            out.push_str(&format!("{:a$}  nearest: {place}\n", ""));
        }
    }
    out
}

/// The beginning of a question, on one line.
fn cut(question: &str) -> String {
    let line = clean_line(question);
    match line.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// The lines as comma-separated values (RFC 4180), for a spreadsheet.
fn csv(lines: &[Line<'_>]) -> String {
    let mut out = String::from("times,first,last,doors,reasons,question,document,nearest\n");
    for line in lines {
        let document = line.nearest.map(|nearest| nearest.document.as_str()).unwrap_or_default();
        let texts = [
            listed(&line.doors),
            listed(&line.reasons),
            line.question.to_owned(),
            document.to_owned(),
            line.place(),
        ];
        let cells = texts.map(|text| cell(&text)).join(",");
        out.push_str(&format!("{},{},{},{cells}\n", line.times, line.first, line.last));
    }
    out
}

/// A text as a cell that no spreadsheet takes for a formula, nor a part of it: where lists are separated by semicolons a
/// spreadsheet cuts a line there, and takes the quotes for text.
fn cell(text: &str) -> String {
    let mut cell = String::from("\"");
    let mut begins = true;
    for c in clean_line(text).chars() {
        if begins && FORMULA.contains(&c) {
            cell.push('\'');
        }
        begins = c == ';' || (begins && matches!(c, ' ' | '"'));
        if c == '"' {
            cell.push('"');
        }
        cell.push(c);
    }
    cell.push('"');
    cell
}

fn date_of(day: u64) -> Date {
    let seconds = i64::try_from(day).ok().and_then(|day| day.checked_mul(86_400));
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or(EPOCH, |time| TimeZone::UTC.to_datetime(time).date())
}

fn day_of(date: Date) -> u64 {
    u64::try_from(date.duration_since(EPOCH).as_hours() / 24).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(day: u64, question: &str, change: impl Fn(&mut UnansweredQuestion)) -> DatedQuestion {
        let mut question = UnansweredQuestion {
            question: question.into(),
            door: "socket".into(),
            outcome: "not_found".into(),
            reason: Some("no_match".into()),
            language: None,
            nearest: None,
            is_unhelpful: false,
        };
        change(&mut question);
        DatedQuestion { day, question }
    }

    fn asked() -> Vec<DatedQuestion> {
        let near = |question: &mut UnansweredQuestion| {
            question.nearest = Some(NearestSection {
                document: "port.md".into(),
                title: "Your port".into(),
                section: vec!["Your port".into(), "Sport".into()],
            });
        };
        vec![
            dated(20_000, "May I swim with a port?", near),
            dated(20_002, "can I swim with the port", |question| {
                near(question);
                question.door = "desk".into();
                question.is_unhelpful = true;
            }),
            dated(20_001, "May I swim with a port?", near),
            dated(20_001, "=HYPERLINK(\"x\")", |_| {}),
        ]
    }

    #[test]
    fn the_table_tells_how_often_when_where_and_what_was_nearest() {
        let questions = asked();
        let groups = groups::by_words(&questions);
        let lines: Vec<Line<'_>> = groups.iter().map(Line::of).collect();
        let expected = "\
times  first       last        doors             reasons                    question
    3  2024-10-04  2024-10-06  socket 2, desk 1  no_match 2, not_helpful 1  May I swim with a port?
       nearest: Your port \u{203a} Sport
    1  2024-10-05  2024-10-05  socket 1          no_match 1                 =HYPERLINK(\"x\")
";
        assert_eq!(table(&lines), expected);
    }

    #[test]
    fn no_cell_is_a_formula() {
        let questions = asked();
        let groups = groups::by_words(&questions);
        let lines: Vec<Line<'_>> = groups.iter().map(Line::of).collect();
        let expected = "\
times,first,last,doors,reasons,question,document,nearest
3,2024-10-04,2024-10-06,\"socket 2, desk 1\",\"no_match 2, not_helpful 1\",\"May I swim with a port?\",\"port.md\",\"Your port \u{203a} Sport\"
1,2024-10-05,2024-10-05,\"socket 1\",\"no_match 1\",\"'=HYPERLINK(\"\"x\"\")\",\"\",\"\"
";
        assert_eq!(csv(&lines), expected);
        for formula in ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\n=1", "\u{ff1d}1"] {
            assert!(cell(formula).starts_with("\"'"), "{formula:?}");
        }
        for (text, expected) in [
            ("May I fly; =1+A1;+2", "\"May I fly; '=1+A1;'+2\""),
            ("a;\"=1", "\"a;\"\"'=1\""),
            ("a; b = 1, c-d", "\"a; b = 1, c-d\""),
            ("a \"b\"\nc", "\"a \"\"b\"\" c\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn days_are_dates() {
        for (day, date) in [(0, "1970-01-01"), (20_000, "2024-10-04")] {
            let date: Date = date.parse().unwrap();
            assert_eq!((date_of(day), day_of(date)), (date, day));
        }
        assert_eq!(day_of("1969-12-31".parse().unwrap()), 0);
    }

    #[test]
    fn a_long_question_is_cut_in_the_table() {
        assert_eq!(cut(&"\u{e9}".repeat(200)).chars().count(), MAX_SHOWN_CHARS + 1);
    }
}
