//! Two runs side by side.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::report::start;
use crate::cli::terminal::clean;
use crate::eval::{Observation, Run, Turned, differences, turned};

/// Figures shown of a question, the most changed first.
const CHANGED: usize = 5;

/// The figures that differ, then wins and losses with what made the difference.
pub(super) fn text(before: &Run, after: &Run, seed: u64) -> String {
    let mut out = format!("\nagainst {} ({})\n", before.set, before.subject);
    let _ = writeln!(out, "{:<23} {:>7} {:>7} {:>8}  up down questions", "", "before", "after", "p");
    for one in differences(before, after, seed) {
        let _ = writeln!(
            out,
            "{:<23} {:>7.4} {:>7.4} {:>8.4}  {:>2} {:>4} {:>9}",
            one.name, one.before, one.after, one.p, one.up, one.down, one.questions
        );
    }
    let (won, lost) = turned(before, after);
    for (title, list) in [("won", won), ("lost", lost)] {
        let _ = writeln!(out, "\n{title}: {}", list.len());
        list.iter().for_each(|turned| out.push_str(&question(turned)));
    }
    clean(&out)
}

fn question(turned: &Turned<'_>) -> String {
    let Turned { before, after } = turned;
    let mut out = format!("  {} {} ({})\n", after.id, after.question, after.part.name());
    for (when, one) in [("before", before), ("after", after)] {
        let quote = one.given.quotes.first().map_or("", |quote| quote.text.as_str());
        let (outcome, sure) = (&one.given.outcome, one.given.confidence);
        let _ = writeln!(out, "    {when:<6} {outcome} {sure:.3}  {}", start(quote));
    }
    for (name, old, new) in changed(before, after) {
        let _ = writeln!(out, "           {name} {old:.3} -> {new:.3}");
    }
    out
}

/// Signals and features of the first passage that differ most.
fn changed(before: &Observation, after: &Observation) -> Vec<(String, f64, f64)> {
    let figures = |one: &Observation| -> Vec<(String, f64)> {
        let Some(insight) = &one.insight else { return Vec::new() };
        let first = insight.considered.first().map(|passage| passage.features.as_slice());
        insight.signals.iter().chain(first.unwrap_or_default()).cloned().collect()
    };
    let (old, new) = (figures(before), figures(after));
    let value = |of: &[(String, f64)], name: &str| {
        of.iter().find(|(known, _)| known == name).map_or(0.0, |(_, value)| *value)
    };
    let names: BTreeSet<&str> = old.iter().chain(&new).map(|(name, _)| name.as_str()).collect();
    let mut all: Vec<(String, f64, f64)> = names
        .into_iter()
        .map(|name| (name.to_owned(), value(&old, name), value(&new, name)))
        .filter(|(_, old, new)| (old - new).abs() > 1e-6)
        .collect();
    all.sort_by(|a, b| (b.1 - b.2).abs().total_cmp(&(a.1 - a.2).abs()));
    all.truncate(CHANGED);
    all
}
