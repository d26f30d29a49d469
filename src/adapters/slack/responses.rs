//! What Slack answers: it says what went wrong in the body, with status 200.

use serde::Deserialize;
use serde_json::{Value, json};

use super::incoming::Message;
use super::markup::unescape;
use crate::adapters::model::{Call, Seen, Verdict};

/// The kind of the metadata by which a message of ours is known again.
const STEP: &str = "ibid_step";

/// What is worth another attempt.
const PASSING: [&str; 5] =
    ["ratelimited", "internal_error", "service_unavailable", "fatal_error", "request_timeout"];

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
    /// The scope that is missing.
    #[serde(default)]
    needed: Option<String>,
}

#[derive(Deserialize)]
struct Thread {
    #[serde(default)]
    messages: Vec<Message>,
}

/// What the body of a call means that was answered without an error of HTTP.
pub(super) fn verdict(body: &[u8], retry_after: Option<u64>) -> Verdict {
    match serde_json::from_slice(body) {
        Ok(Answer { ok: true, .. }) => Verdict::Done,
        Ok(Answer { error: Some(error), .. }) if PASSING.contains(&error.as_str()) => {
            Verdict::Again(retry_after)
        }
        Ok(_) => Verdict::Refused,
        Err(_) => Verdict::Again(None),
    }
}

/// Slack's name for what went wrong, and the scope that is missing.
pub(super) fn reason(body: &[u8]) -> Option<String> {
    let Answer { error, needed, .. } = serde_json::from_slice(body).ok()?;
    let error = error.filter(|error| is_name(error))?;
    Some(match needed.filter(|scopes| is_name(scopes)) {
        Some(scopes) => format!("{error}, which needs {scopes}"),
        None => error,
    })
}

/// The call of a step with its mark.
pub(super) fn marked(mut call: Call, mark: &str) -> Call {
    if let Some(members) = call.body.as_object_mut() {
        let metadata = json!({ "event_type": STEP, "event_payload": { "step": mark } });
        members.insert("metadata".into(), metadata);
    }
    call
}

/// What a list of messages shows of what bots wrote.
pub(super) fn seen(body: &[u8]) -> Option<Seen> {
    let thread: Thread = serde_json::from_slice(body).ok()?;
    let mut seen = Seen::default();
    for message in thread.messages.into_iter().filter(|message| message.bot_id.is_some()) {
        match mark_of(&message.metadata) {
            Some(mark) => seen.marks.push(mark.to_owned()),
            None => seen.ours.extend(message.text.map(|text| unescape(&text))),
        }
    }
    Some(seen)
}

/// The mark of a message that was posted with one.
fn mark_of(metadata: &Value) -> Option<&str> {
    let step = metadata.pointer("/event_payload/step").and_then(Value::as_str);
    step.filter(|_| metadata.get("event_type").is_some_and(|kind| kind == STEP))
}

/// Whether it is a name of Slack's, or some with commas between them, and no words of anybody.
fn is_name(text: &str) -> bool {
    const MAX_BYTES: usize = 200;
    let is_plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | ':' | '.' | ',');
    (1..=MAX_BYTES).contains(&text.len()) && text.chars().all(is_plain)
}
