//! Chatwoot, as an agent bot: it answers while a conversation is `pending` and hands over by opening it.
//!
//! Written after Chatwoot's sources (`agent_bot_listener.rb`, `message.rb`, `event_data_presenter.rb`,
//! `webhook_job.rb`, `conversations_controller.rb`) and its guide to webhooks. A bot that takes longer than five
//! seconds loses the conversation, so the reply comes by a call of its own.

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::content::Content;
use super::model::{Call, Conversation, Delivery, Event, Happened, Received, Rejection, Seen, Step};
use super::signature::{check_hex, check_path, check_time, hmac_sha256};
use super::{Adapter, Base};

/// Most things to press beside an answer.
const MAX_BUTTONS: usize = 5;

/// Channels that show things to press. Others refuse a message with some of them, as WhatsApp where one is long.
const WITH_BUTTONS: [&str; 2] = ["Channel::WebWidget", "Channel::Api"];

/// The attribute by which a message of ours is known again. Its `source_id` would keep Chatwoot from passing it on to the
/// patient's channel, and an `echo_id` is not kept.
const STEP: &str = "ibid_step";

/// What a conversation is while the bot has it.
const PENDING: &str = "pending";

/// The adapter.
#[derive(Debug)]
pub(super) struct Chatwoot(pub(super) Base);

#[derive(Deserialize)]
struct Hook {
    event: String,
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    message_type: Value,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    sender: Option<Sender>,
    #[serde(default)]
    content_attributes: Option<Attributes>,
    #[serde(default)]
    additional_attributes: Value,
    #[serde(default)]
    conversation: Option<Thread>,
    #[serde(default)]
    account: Option<Account>,
}

#[derive(Deserialize)]
struct Sender {
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Attributes {
    /// A list where something was pressed, an object where the conversation was rated.
    #[serde(default)]
    submitted_values: Value,
}

#[derive(Deserialize)]
struct Thread {
    id: u64,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    channel: Option<String>,
}

#[derive(Deserialize)]
struct Account {
    id: u64,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Message>,
    /// The last one that somebody wrote: the last of all may only say what was done.
    #[serde(default)]
    last_non_activity_message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    sender: Option<Sender>,
    #[serde(default)]
    content_attributes: Value,
}

impl Adapter for Chatwoot {
    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection> {
        let secret = self.0.secret.reveal();
        if !self.0.signed {
            return check_path(delivery.path_secret, secret);
        }
        let time = (delivery.header)("x-chatwoot-timestamp");
        let signed = [time.unwrap_or_default().as_bytes(), b".", delivery.body];
        let wanted = hmac_sha256(secret.as_bytes(), &signed);
        check_hex((delivery.header)("x-chatwoot-signature"), "sha256=", &wanted)?;
        check_time(time, delivery.now)
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        let hook: Hook = serde_json::from_slice(delivery.body)
            .map_err(|_| Rejection::NotUnderstood("an object with an `event` is wanted"))?;
        let is_ours = hook.account.as_ref().is_none_or(|account| account.id.to_string() == self.0.account);
        if !is_ours {
            return Ok(Received::nothing());
        }
        // Conversations are opened and resolved many times, and these events have no name; a repeated delivery
        // has the same bytes.
        let name = hex::encode(Sha256::digest(delivery.body));
        Ok(Received { events: events(&hook, &name), reply: None })
    }

    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call> {
        let Base { url, account, .. } = &self.0;
        let base = format!("{url}/api/v1/accounts/{account}/conversations/{}", conversation.name);
        let message = |content: String, private: bool| json!({ "content": content, "message_type": "outgoing", "private": private, "content_type": "text" });
        let (path, body) = match step {
            Step::Reply { content, buttons, .. } => {
                let mut body = message(content.markdown(), false);
                let channel = conversation.details["channel"].as_str().unwrap_or_default();
                let most = if WITH_BUTTONS.contains(&channel) { MAX_BUTTONS } else { 0 };
                let item = |text: &String| json!({ "title": text, "value": text });
                let items: Vec<Value> = buttons.iter().take(most).map(item).collect();
                if let (Some(body), false) = (body.as_object_mut(), items.is_empty()) {
                    body.insert("content_type".into(), "input_select".into());
                    body.insert("content_attributes".into(), json!({ "items": items }));
                }
                ("messages", body)
            }
            Step::Note { content, .. } => ("messages", message(content.markdown(), true)),
            Step::HandOver => ("toggle_status", json!({ "status": "open" })),
            Step::Assign => {
                let body = match self.0.hand_over_to.strip_prefix("team:") {
                    Some(team) => json!({ "team_id": team.trim().parse::<u64>().ok()? }),
                    None => json!({ "assignee_id": self.0.hand_over_to.trim().parse::<u64>().ok()? }),
                };
                ("assignments", body)
            }
            Step::Typing => ("toggle_typing_status", json!({ "typing_status": "on" })),
            // A conversation needs a contact in an inbox, which a bot's token cannot make.
            Step::Open { .. } | Step::Forward { .. } => return None,
        };
        Some(Call::post(format!("{base}/{path}"), body))
    }

    fn marked(&self, mut call: Call, mark: &str) -> Call {
        if let Some(message) = call.body.as_object_mut().filter(|body| body.contains_key("message_type")) {
            let attributes = message.entry("content_attributes").or_insert_with(|| json!({}));
            if let Some(attributes) = attributes.as_object_mut() {
                attributes.insert(STEP.into(), mark.into());
            }
        }
        call
    }

    fn headers(&self, _id: &str, _now: u64, _body: &[u8]) -> Vec<(&'static str, String)> {
        vec![("api_access_token", self.0.token.reveal().to_owned())]
    }

    fn shown(&self, content: &Content) -> String {
        content.markdown()
    }

    /// A bot's token may not list messages; the conversation itself has its last ones.
    fn look(&self, conversation: Conversation<'_>) -> Option<Call> {
        let Base { url, account, .. } = &self.0;
        Some(Call::get(format!("{url}/api/v1/accounts/{account}/conversations/{}", conversation.name)))
    }

    fn seen(&self, body: &[u8]) -> Option<Seen> {
        let Messages { mut messages, last_non_activity_message: written } =
            serde_json::from_slice(body).ok()?;
        let written = written.filter(|written| messages.iter().all(|message| message.id != written.id));
        messages.extend(written);
        let by_bot = |message: &Message| {
            message.sender.as_ref().is_some_and(|sender| sender.kind.as_deref() == Some("agent_bot"))
        };
        let mut seen = Seen::default();
        for message in messages.into_iter().filter(by_bot) {
            match message.content_attributes.get(STEP).and_then(Value::as_str) {
                Some(mark) => seen.marks.push(mark.to_owned()),
                None => seen.ours.extend(message.content),
            }
        }
        Some(seen)
    }

    /// It tells with every message whether the conversation is pending, and never that it became so.
    fn is_aside(&self, event: &Event) -> bool {
        event.what == Happened::GivenBack
    }

    /// Who answers in a conversation that is pending leaves it the bot's, for the desk.
    fn acknowledge(&self, event: &Event) -> Option<Step> {
        let is_answered = matches!(event.what, Happened::Answered { .. });
        (is_answered && event.details.get("status").is_some_and(|status| status == PENDING))
            .then_some(Step::HandOver)
    }
}

fn events(hook: &Hook, name: &str) -> Vec<Event> {
    // The events of a conversation are the conversation itself, those of a message hold it.
    let (thread, status, channel) = match (&hook.conversation, hook.id) {
        (Some(thread), _) => (thread.id, &thread.status, &thread.channel),
        (None, Some(id)) => (id, &hook.status, &hook.channel),
        (None, None) => return Vec::new(),
    };
    let event = |key: String, what| Event {
        key,
        conversation: thread.to_string(),
        what,
        message: None,
        details: json!({ "channel": channel, "status": status }),
        written: None,
    };
    let message = hook.id.unwrap_or(0);
    let is_pending = status.as_deref() == Some(PENDING);
    let asked = |key: String, text: String| {
        if !is_pending {
            return Vec::new();
        }
        // Whatever was before: a pending conversation is the bot's.
        vec![event(format!("{key} pending"), Happened::GivenBack), event(key, Happened::Asked { text })]
    };
    match hook.event.as_str() {
        "message_created" if hook.private => Vec::new(),
        "message_created" => match (kind(&hook.message_type), text_of(hook)) {
            ("incoming", Some(text)) => asked(format!("message {message}"), text),
            ("outgoing", Some(text)) if is_person(hook) => {
                vec![event(format!("message {message}"), Happened::Answered { text })]
            }
            _ => Vec::new(),
        },
        "message_updated" => match pressed(hook) {
            Some(text) => asked(format!("message {message} pressed"), text),
            None => Vec::new(),
        },
        "conversation_opened" => vec![event(format!("opened {name}"), Happened::Taken)],
        "conversation_resolved" => vec![event(format!("resolved {name}"), Happened::Closed)],
        _ => Vec::new(),
    }
}

/// `0` and `1` in some versions, words in others.
fn kind(message_type: &Value) -> &str {
    match (message_type.as_str(), message_type.as_u64()) {
        (Some(text), _) => text,
        (None, Some(0)) => "incoming",
        (None, Some(1)) => "outgoing",
        _ => "",
    }
}

fn text_of(hook: &Hook) -> Option<String> {
    hook.content.clone().filter(|text| !text.trim().is_empty())
}

/// A campaign's greeting bears somebody's name, who did not write it.
fn is_person(hook: &Hook) -> bool {
    let is_user = hook.sender.as_ref().is_some_and(|sender| sender.kind.as_deref() == Some("user"));
    is_user && hook.additional_attributes.get("campaign_id").is_none_or(Value::is_null)
}

fn pressed(hook: &Hook) -> Option<String> {
    let first = hook.content_attributes.as_ref()?.submitted_values.get(0)?;
    let text = first["value"].as_str().or_else(|| first["title"].as_str())?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
