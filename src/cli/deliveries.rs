//! `ibid deliveries`: what waits for help desks, and what they did not take.

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::Value;

use super::Exit;
use super::args::{DeliveriesCommand, Globals};
use super::prepare;
use super::terminal::{Terminal, clean_line};
use crate::adapters::Step;
use crate::store::{DeliveryFile, StoreError, StoredStep, unix_now};

/// Most lines that are listed.
const MAX_LISTED: usize = 10_000;

/// Runs the command.
///
/// # Errors
/// No desk is set up, the file cannot be used, or nothing has the number.
pub(super) fn execute(globals: &Globals, command: &DeliveriesCommand) -> Result<Exit> {
    let config = prepare::settings(&globals.overrides(None))?;
    let deliveries = &config.deliveries;
    if config.desks.is_empty() {
        bail!("no help desk is set up; docs/helpdesk.md tells how");
    }
    if !deliveries.path.exists() {
        bail!("{} is not there yet; `ibid serve` makes it", deliveries.path.display());
    }
    let key = deliveries.key().context("the file of deliveries cannot be read")?;
    let file = DeliveryFile::open(&deliveries.path, &key)?;
    match command {
        DeliveriesCommand::List { json } => list(&file, *json),
        DeliveriesCommand::Retry { which } => each(&file, which, "is sent again", DeliveryFile::revive),
        DeliveriesCommand::Drop { which } => {
            let dropped = each(&file, which, "is dropped", DeliveryFile::remove);
            // What was dropped still stands in the log of the file.
            file.empty_log()?;
            dropped
        }
    }
}

/// A step without what was written: that is nobody's business on a terminal.
#[derive(Serialize)]
struct Line<'a> {
    number: u64,
    state: &'static str,
    desk: &'a str,
    conversation: &'a str,
    what: &'static str,
    age_secs: u64,
    attempts: u32,
    due_in_secs: Option<u64>,
    error: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(step: &'a StoredStep, now: u64) -> Self {
        Self {
            number: step.number,
            state: if step.is_dead { "given up" } else { "waiting" },
            desk: &step.desk,
            conversation: &step.conversation,
            what: what(&step.payload),
            age_secs: now.saturating_sub(step.made),
            attempts: step.attempts,
            due_in_secs: (!step.is_dead).then(|| step.due.saturating_sub(now)),
            error: step.error.as_deref(),
        }
    }
}

/// What kind of step it is. It is kept together with what belongs to it; older versions kept it alone.
fn what(payload: &[u8]) -> &'static str {
    if payload.is_empty() {
        return "damaged";
    }
    let mut kept: Value = serde_json::from_slice(payload).unwrap_or_default();
    let step = kept.get_mut("step").map(Value::take).unwrap_or(kept);
    match serde_json::from_value(step) {
        Ok(Step::Reply { .. }) => "reply",
        Ok(Step::Note { .. }) => "note",
        Ok(Step::HandOver) => "hand over",
        Ok(Step::Assign) => "assign",
        Ok(Step::Typing) => "typing",
        Ok(Step::Open { .. }) => "open",
        Ok(Step::Forward { .. }) => "forward",
        Err(_) => "unknown",
    }
}

fn list(file: &DeliveryFile, json: bool) -> Result<Exit> {
    let terminal = Terminal::detect();
    let (steps, backlog, now) = (file.all_steps(MAX_LISTED)?, file.backlog()?, unix_now());
    let lines: Vec<Line<'_>> = steps.iter().map(|step| Line::of(step, now)).collect();
    if json {
        let whole = serde_json::json!({
            "events": backlog.events, "waiting": backlog.waiting, "given_up": backlog.dead, "steps": lines
        });
        terminal.print(&format!("{whole}\n"))?;
        return Ok(Exit::Done);
    }
    for line in &lines {
        let Line { number, state, desk, what, age_secs, attempts, .. } = line;
        let conversation = clean_line(line.conversation);
        let error = line.error.map(|error| format!("; {}", clean_line(error))).unwrap_or_default();
        let text = format!(
            "{number}  {state}  {desk} {conversation}  {what}, {age_secs} s old, tried {attempts} times{error}\n"
        );
        terminal.print(&text)?;
    }
    let summary = format!(
        "{} to be answered, {} to be sent, {} given up\n",
        backlog.events, backlog.waiting, backlog.dead
    );
    terminal.print(&summary)?;
    Ok(Exit::Done)
}

fn each(
    file: &DeliveryFile,
    which: &str,
    done: &str,
    change: impl Fn(&DeliveryFile, u64) -> Result<bool, StoreError>,
) -> Result<Exit> {
    let number: Option<u64> = match which {
        "all" => None,
        other => Some(other.parse().with_context(|| format!("`{other}` is neither a number nor `all`"))?),
    };
    let wanted = file.dead_steps(number)?;
    if let (Some(number), true) = (number, wanted.is_empty()) {
        bail!(
            "nothing that was given up has the number {number}; `ibid deliveries list` shows what there is"
        );
    }
    let terminal = Terminal::detect();
    for step in wanted {
        change(file, step)?;
        terminal.print(&format!("{step} {done}\n"))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_step_is_told_however_it_is_kept() {
        let told = [
            (r#"{"step": "hand_over"}"#, "hand over"),
            (r#"{"step": {"forward": {"text": "hello"}}, "details": {"from": "Anna"}}"#, "forward"),
            (r#"{"forward": {"text": "hello"}}"#, "forward"),
            (r#""assign""#, "assign"),
            (r#"{"step": {"later": {}}}"#, "unknown"),
            ("", "damaged"),
        ];
        for (payload, kind) in told {
            assert_eq!(what(payload.as_bytes()), kind, "{payload}");
        }
    }
}
