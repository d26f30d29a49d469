//! What `ibid eval` prints and writes.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::named_case;
use crate::cli::terminal::clean;
use crate::eval::sets::{EvalSet, Part};
use crate::eval::{Considered, Figure, MEANS, Run, Subject, WHOLES, passage_grade};

/// Passages shown by `--explain`.
const EXPLAINED: usize = 12;
/// Characters shown of a quote in a list.
const START: usize = 70;

/// The figures as a table.
pub(super) fn table(run: &Run, figures: &[Figure]) -> String {
    let mut out = format!("{}: {} questions; {}\n", run.set, run.observations.len(), run.subject);
    let about = |name: &str| {
        let mean = MEANS.iter().find(|known| known.0 == name).map(|known| known.2);
        mean.or_else(|| WHOLES.iter().find(|known| known.0 == name).map(|known| known.2)).unwrap_or_default()
    };
    for figure in figures {
        let interval = figure.interval.map(|(low, high)| format!("{low:.3} to {high:.3}"));
        let _ = writeln!(
            out,
            "{:<23} {:>7.4}  {:<16} {:>5}  {}",
            figure.name,
            figure.value,
            interval.unwrap_or_default(),
            figure.questions,
            about(&figure.name)
        );
    }
    out
}

/// What was answered to questions of which nothing is known, a line each.
pub(super) fn plain(run: &Run) -> String {
    let mut out = String::new();
    for one in &run.observations {
        let quote = one.given.quotes.first().map_or("", |quote| quote.text.as_str());
        let (outcome, sure) = (&one.given.outcome, one.given.confidence);
        let _ = writeln!(out, "{outcome:<14} {sure:.3}  {}\n    {}", one.question, start(quote));
    }
    clean(&out)
}

/// The beginning of `text` on one line.
pub(super) fn start(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= START { line } else { line.chars().take(START).chain(['\u{2026}']).collect() }
}

/// How the answer to one question comes about.
pub(super) fn explanation(subject: &dyn Subject, set: &EvalSet, wanted: &str) -> Result<String> {
    let case = named_case(set, wanted);
    let given = subject.ask(&case.question, &case.history)?;
    let mut out = format!("question    {}\n", case.question);
    for said in &case.history {
        let _ = writeln!(out, "after       {said}");
    }
    if let Some(read_as) = &given.read_as {
        let _ = writeln!(out, "read as     {read_as}");
    }
    let _ = writeln!(out, "outcome     {}, confidence {:.4}", given.outcome, given.confidence);
    let Some(insight) = subject.explain(&case.question, &case.history, EXPLAINED)? else {
        return Ok(clean(&out));
    };
    let _ = writeln!(out, "\nsignals");
    for (name, value) in &insight.signals {
        let _ = writeln!(out, "  {name:<28} {value:>9.4}");
    }
    let _ = writeln!(out, "\nquotes");
    for (at, quote) in given.quotes.iter().enumerate() {
        let shown = if at < given.shown { "" } else { " (kept back)" };
        let _ = writeln!(
            out,
            "  {}. {:.4} {}{shown}\n     {}",
            at + 1,
            quote.confidence,
            quote.document,
            quote.text
        );
    }
    let _ = writeln!(out, "\npassages considered");
    for (at, passage) in insight.considered.iter().enumerate() {
        let figures: Vec<String> =
            passage.features.iter().map(|(name, value)| format!("{name} {value:.3}")).collect();
        let right = if passage_grade(&case, passage) > 0 { " RIGHT" } else { "" };
        let _ = writeln!(
            out,
            "  {}. {:.4} {} passage {}{right}\n     {}\n     {}",
            at + 1,
            passage.score,
            passage.document,
            passage.passage,
            start(&passage.text),
            figures.join(", ")
        );
    }
    let _ = writeln!(out, "\nreading\n{}", insight.reading);
    Ok(clean(&out))
}

/// Writes for every question what was considered, as JSON lines.
pub(super) fn write_features(file: &Path, run: &Run) -> Result<()> {
    let wrong = || format!("{} could not be written", file.display());
    let mut out = BufWriter::new(File::create(file).with_context(wrong)?);
    for one in &run.observations {
        let insight = one.insight.as_ref();
        let considered = insight.map(|insight| insight.considered.as_slice()).unwrap_or_default();
        let line = json!({
            "set": run.set,
            "id": one.id,
            "part": one.part,
            "question": one.question,
            "answerable": one.part == Part::Answerable || one.part == Part::Conversation && one.right.is_some(),
            "right": one.right,
            "outcome": one.given.outcome,
            "confidence": one.given.confidence,
            "quote": one.given.quotes.first().map(|quote| &quote.text),
            "signals": insight.map(|insight| named(&insight.signals)),
            "candidates": considered.iter().map(candidate).collect::<Vec<_>>(),
        });
        writeln!(out, "{line}").with_context(wrong)?;
    }
    out.flush().with_context(wrong)
}

fn candidate(passage: &Considered) -> Value {
    json!({
        "document": passage.document,
        "passage": passage.passage,
        "score": passage.score,
        "grade": passage.grade,
        "features": named(&passage.features),
        "text": passage.text,
    })
}

fn named(figures: &[(String, f64)]) -> Value {
    let members = figures.iter().map(|(name, value)| (name.clone(), json!(value)));
    members.collect::<serde_json::Map<_, _>>().into()
}

/// Writes the ranking of documents in TREC's form: question, `Q0`, document, place, score, name.
pub(super) fn write_trec(file: &Path, run: &Run) -> Result<()> {
    let wrong = || format!("{} could not be written", file.display());
    let mut out = BufWriter::new(File::create(file).with_context(wrong)?);
    for one in &run.observations {
        for (place, document) in one.documents.iter().enumerate() {
            let score = one.documents.len() - place;
            writeln!(out, "{} Q0 {document} {} {score} ibid", one.id, place + 1).with_context(wrong)?;
        }
    }
    out.flush().with_context(wrong)
}
