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
    sender: Option<Sender>,
    #[serde(default)]
    content_attributes: Option<Attributes>,
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
}

#[derive(Deserialize)]
struct Account {
    id: u64,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    sender: Option<Sender>,
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
                let items: Vec<Value> = buttons
                    .iter()
                    .take(MAX_BUTTONS)
                    .map(|text| json!({ "title": text, "value": text }))
                    .collect();
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

    fn headers(&self, _id: &str, _now: u64, _body: &[u8]) -> Vec<(&'static str, String)> {
        vec![("api_access_token", self.0.token.reveal().to_owned())]
    }

    fn shown(&self, content: &Content) -> String {
        content.markdown()
    }

    /// A bot's token may not list messages; the conversation itself has its last one.
    fn look(&self, conversation: Conversation<'_>) -> Option<Call> {
        let Base { url, account, .. } = &self.0;
        Some(Call::get(format!("{url}/api/v1/accounts/{account}/conversations/{}", conversation.name)))
    }

    fn seen(&self, body: &[u8]) -> Option<Seen> {
        let messages: Messages = serde_json::from_slice(body).ok()?;
        let by_bot = |message: &Message| {
            message.sender.as_ref().is_some_and(|sender| sender.kind.as_deref() == Some("agent_bot"))
        };
        let ours = messages.messages.into_iter().filter(by_bot).filter_map(|message| message.content);
        Some(Seen { ours: ours.collect() })
    }
}

fn events(hook: &Hook, name: &str) -> Vec<Event> {
    // The events of a conversation are the conversation itself, those of a message hold it.
    let (thread, status) = match (&hook.conversation, hook.id) {
        (Some(thread), _) => (thread.id, thread.status.clone()),
        (None, Some(id)) => (id, hook.status.clone()),
        (None, None) => return Vec::new(),
    };
    let event = |key: String, what| Event {
        key,
        conversation: thread.to_string(),
        what,
        message: None,
        details: Value::Null,
    };
    let message = hook.id.unwrap_or(0);
    let is_pending = status.as_deref() == Some("pending");
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

fn is_person(hook: &Hook) -> bool {
    hook.sender.as_ref().is_some_and(|sender| sender.kind.as_deref() == Some("user"))
}

fn pressed(hook: &Hook) -> Option<String> {
    let first = hook.content_attributes.as_ref()?.submitted_values.get(0)?;
    let text = first["value"].as_str().or_else(|| first["title"].as_str())?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::Keys;
    use crate::config::Secret;

    const SECRET: &str = "0123456789abcdef";

    fn desk() -> Chatwoot {
        Chatwoot(Base {
            url: "http://desk".into(),
            account: "2".into(),
            secret: Secret::new(SECRET),
            token: Secret::new("t"),
            signed: true,
            hand_over_to: "team:4".into(),
            ..Base::default()
        })
    }

    fn receive(body: &Value) -> Vec<Happened> {
        let body = body.to_string();
        let signature = hmac_sha256(SECRET.as_bytes(), &[b"1000.", body.as_bytes()]);
        let signature = format!("sha256={}", hex::encode(signature));
        let header = |name: &str| match name {
            "x-chatwoot-timestamp" => Some("1000"),
            "x-chatwoot-signature" => Some(signature.as_str()),
            _ => None,
        };
        let delivery = Delivery {
            path_secret: None,
            header: &header,
            body: body.as_bytes(),
            now: 1100,
            keys: &Keys::default(),
        };
        desk().receive(&delivery).unwrap().events.into_iter().map(|event| event.what).collect()
    }

    fn message(kind: &str, status: &str, sender: &str, private: bool) -> Value {
        json!({ "event": "message_created", "id": 9, "content": "how long does it take?",
                "message_type": kind, "content_type": "text", "content_attributes": {}, "private": private,
                "sender": { "id": 1, "name": "A", "type": sender },
                "conversation": { "id": 5, "inbox_id": 1, "status": status, "channel": "Channel::WebWidget" },
                "account": { "id": 2, "name": "Clinic" } })
    }

    #[test]
    fn only_a_patients_words_in_a_pending_conversation_are_a_question() {
        let asked = Happened::Asked { text: "how long does it take?".into() };
        assert_eq!(receive(&message("incoming", "pending", "contact", false)), [Happened::GivenBack, asked]);
        assert_eq!(receive(&message("incoming", "open", "contact", false)), []);
        assert_eq!(receive(&message("outgoing", "pending", "agent_bot", false)), [], "our own");
        assert_eq!(receive(&message("outgoing", "open", "user", true)), [], "a private note");
        assert_eq!(receive(&message("activity", "pending", "contact", false)), []);
        let answered = Happened::Answered { text: "how long does it take?".into() };
        assert_eq!(receive(&message("outgoing", "open", "user", false)), [answered]);
        let mut other = message("incoming", "pending", "contact", false);
        other["account"]["id"] = json!(3);
        assert_eq!(receive(&other), [], "another account");
    }

    #[test]
    fn what_was_pressed_is_a_question_and_opening_and_resolving_are_told() {
        let mut pressed = message("outgoing", "pending", "agent_bot", false);
        pressed["event"] = json!("message_updated");
        pressed["content_attributes"] =
            json!({ "submitted_values": [{ "title": "Why?", "value": "why is it done?" }] });
        assert_eq!(receive(&pressed)[1], Happened::Asked { text: "why is it done?".into() });
        pressed["content_attributes"] =
            json!({ "submitted_values": { "csat_survey_response": { "rating": 5 } } });
        assert_eq!(receive(&pressed), [], "a rating");
        let opened = json!({ "event": "conversation_opened", "id": 5, "status": "open" });
        assert_eq!(receive(&opened), [Happened::Taken]);
        let resolved = json!({ "event": "conversation_resolved", "id": 5, "status": "resolved" });
        assert_eq!(receive(&resolved), [Happened::Closed]);
        assert_eq!(receive(&json!({ "event": "webwidget_triggered" })), []);
    }

    #[test]
    fn a_signature_of_another_body_or_time_is_refused() {
        let body = message("incoming", "pending", "contact", false).to_string();
        let signature = hex::encode(hmac_sha256(SECRET.as_bytes(), &[b"1000.", body.as_bytes()]));
        let receive = |time: &'static str, signature: String, now: u64| {
            let header = move |name: &str| match name {
                "x-chatwoot-timestamp" => Some(time),
                "x-chatwoot-signature" => Some(&*signature.clone().leak()),
                _ => None,
            };
            desk()
                .receive(&Delivery {
                    path_secret: None,
                    header: &header,
                    body: body.as_bytes(),
                    now,
                    keys: &Keys::default(),
                })
                .err()
        };
        assert_eq!(receive("1000", format!("sha256={signature}"), 1000), None);
        assert_eq!(receive("1001", format!("sha256={signature}"), 1000), Some(Rejection::NotProven));
        assert_eq!(receive("1000", signature.clone(), 1000), Some(Rejection::NotProven));
        assert_eq!(receive("1000", format!("sha256={signature}"), 1400), Some(Rejection::OutOfTime));
    }

    #[test]
    fn what_stands_there_is_known_again_with_its_links() {
        let mut content = Content::text("Hello *there*");
        content.push_text("a [b](c)");
        let text = desk().shown(&content);
        let body = json!({ "id": 5, "messages": [{ "content": text, "sender": { "type": "agent_bot" } }] });
        assert_eq!(desk().seen(body.to_string().as_bytes()).unwrap().ours, [text]);
        assert_eq!(desk().seen(br#"{"error":"no"}"#), None);
    }

    #[test]
    fn an_answer_has_things_to_press_and_a_note_is_private() {
        let conversation = Conversation { name: "5", details: &Value::Null };
        let content = Content::text("Hello *there*");
        let step = Step::Reply {
            content: content.clone(),
            buttons: vec!["why?".into()],
            answer: Value::Null,
            in_reply_to: None,
        };
        let call = desk().call(conversation, &step).unwrap();
        assert_eq!(call.url, "http://desk/api/v1/accounts/2/conversations/5/messages");
        assert_eq!(call.body["content"], "Hello \\*there\\*");
        assert_eq!(call.body["content_type"], "input_select");
        assert_eq!(call.body["content_attributes"]["items"][0]["value"], "why?");
        let note = desk().call(conversation, &Step::note(content)).unwrap();
        assert_eq!((&note.body["private"], &note.body["message_type"]), (&json!(true), &json!("outgoing")));
        let over = desk().call(conversation, &Step::HandOver).unwrap();
        assert!(over.url.ends_with("/conversations/5/toggle_status"));
        assert_eq!(desk().call(conversation, &Step::Assign).unwrap().body, json!({ "team_id": 4 }));
        assert_eq!(desk().headers("", 0, b""), [("api_access_token", "t".to_owned())]);
    }
}
