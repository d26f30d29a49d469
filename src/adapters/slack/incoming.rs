//! What Slack tells, and what of it is a question.

use serde::Deserialize;
use serde_json::{Value, json};

use super::markup::unescape;
use crate::adapters::model::{Event, Happened, Received, Rejection};

/// Most characters of a question that is shown to staff.
pub(super) const MAX_QUESTION_CHARS: usize = 1000;

/// What people write with a picture, in a thread for the whole channel, or of themselves. Other kinds of messages are
/// changes, and what Slack itself writes.
pub(super) const WRITTEN: [&str; 3] = ["file_share", "thread_broadcast", "me_message"];

#[derive(Deserialize)]
struct Hook {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    challenge: Option<String>,
    #[serde(default)]
    team_id: Option<String>,
    #[serde(default)]
    event: Option<Message>,
}

#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    pub(super) bot_id: Option<String>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    channel_type: Option<String>,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    ts: Option<String>,
    #[serde(default)]
    thread_ts: Option<String>,
    #[serde(default)]
    pub(super) metadata: Value,
}

/// What a call that is proven tells.
pub(super) fn received(body: &[u8]) -> Result<Received, Rejection> {
    let hook: Hook = serde_json::from_slice(body)
        .map_err(|_| Rejection::NotUnderstood("an object with a `type` is wanted"))?;
    Ok(match (hook.kind.as_str(), hook.challenge, hook.event) {
        ("url_verification", Some(challenge), _) => {
            Received { events: Vec::new(), reply: Some(json!({ "challenge": challenge })) }
        }
        ("event_callback", _, Some(message)) => {
            let team = hook.team_id.as_deref().filter(|team| is_plain(team));
            Received { events: asked(message, team).into_iter().collect(), reply: None }
        }
        _ => Received::nothing(),
    })
}

/// Whether it can stand in an address and in markup as it is.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}

/// A direct message, or one that names us; what bots and Slack itself write is nobody's question.
fn asked(message: Message, team: Option<&str>) -> Option<Event> {
    let is_message = message.kind == "message" && message.channel_type.as_deref() == Some("im");
    let is_mention = message.kind == "app_mention";
    let is_written = message.subtype.as_deref().is_none_or(|subtype| WRITTEN.contains(&subtype));
    if !(is_message || is_mention) || !is_written || message.bot_id.is_some() {
        return None;
    }
    let (channel, ts) = (message.channel?, message.ts?);
    let thread = message.thread_ts.unwrap_or_else(|| ts.clone());
    if ![&channel, &ts, &thread].into_iter().all(|part| is_plain(part)) {
        return None;
    }
    let text = unescape(&without_mentions(&message.text?));
    if text.is_empty() {
        return None;
    }
    let user = message.user.filter(|user| is_plain(user));
    let question = shortened(&text);
    Some(Event {
        // A mention in a direct message is told of twice.
        key: format!("message {channel} {ts}"),
        conversation: format!("{channel} {thread}"),
        what: Happened::Asked { text },
        message: None,
        details: json!({ "user": user, "team": team, "ts": ts, "text": question }),
        written: None,
    })
}

/// As much of a question as staff are shown.
pub(super) fn shortened(question: &str) -> String {
    match question.char_indices().nth(MAX_QUESTION_CHARS) {
        Some((at, _)) => format!("{}\u{2026}", question.get(..at).unwrap_or_default()),
        None => question.to_owned(),
    }
}

/// Without `<@U123>`, and with the words of links for the links.
fn without_mentions(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('<') {
        out.push_str(before);
        let Some((inside, after)) = tail.split_once('>') else {
            // Nothing closes any of those that follow.
            out.push('<');
            rest = tail;
            break;
        };
        if !inside.starts_with(['@', '#', '!']) {
            out.push_str(inside.rsplit_once('|').map_or(inside, |(_, label)| label));
        }
        rest = after;
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
