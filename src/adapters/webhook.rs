//! Any other desk: events in and steps out as signed JSON, by the rules of Standard Webhooks
//! (<https://www.standardwebhooks.com>). The shapes are described in docs/helpdesk.md and `desk-events.schema.json`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::content::Content;
use super::model::{Call, Conversation, Delivery, Event, Happened, Received, Rejection, Step, message_key};
use super::signature::{check_path, check_time, check_webhook, webhook_key, webhook_signature};
use super::{Adapter, Base};

/// The adapter.
#[derive(Debug)]
pub(super) struct Webhook(pub(super) Base);

#[derive(Deserialize)]
struct Hook {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    conversation: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    author: Option<Author>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    details: Value,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Author {
    Patient,
    Agent,
    Bot,
}

/// Longest name of a conversation or message, in bytes.
const MAX_NAME_BYTES: usize = 256;

impl Adapter for Webhook {
    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection> {
        let secret = self.0.secret.reveal();
        let header = |name| (delivery.header)(name);
        let id = header("webhook-id").unwrap_or_default();
        if self.0.signed {
            let time = header("webhook-timestamp");
            let key = webhook_key(secret);
            let given = header("webhook-signature");
            check_webhook(given, &key, id, time.unwrap_or_default(), delivery.body)?;
            check_time(time, delivery.now)
        } else {
            check_path(delivery.path_secret, secret)
        }
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        let id = (delivery.header)("webhook-id").unwrap_or_default();
        let hook: Hook = serde_json::from_slice(delivery.body).map_err(|_| {
            Rejection::NotUnderstood("an object with `type` and `data.conversation` is wanted")
        })?;
        event(hook, id)
    }

    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call> {
        let (kind, mut data) = match step {
            Step::Reply { content, buttons, answer, in_reply_to } => {
                let more = json!({ "buttons": buttons, "answer": answer, "in_reply_to": in_reply_to });
                ("answer.created", with(content, more))
            }
            Step::Note { content, answer, in_reply_to } => {
                let more = json!({ "answer": answer, "in_reply_to": in_reply_to });
                ("note.created", with(content, more))
            }
            Step::HandOver => ("conversation.handed_over", json!({})),
            Step::Assign => ("conversation.assigned", json!({ "to": self.0.hand_over_to })),
            Step::Typing => ("typing.started", json!({})),
            Step::Open { subject, content, reference } => {
                let more = json!({ "subject": subject, "reference": reference });
                ("conversation.opened", with(content, more))
            }
            Step::Forward { text } => ("message.created", json!({ "author": "patient", "text": text })),
        };
        if let Some(data) = data.as_object_mut() {
            data.insert("conversation".into(), conversation.name.into());
            data.insert("details".into(), conversation.details.clone());
        }
        Some(Call::post(self.0.url.clone(), json!({ "type": kind, "data": data })))
    }

    fn headers(&self, id: &str, now: u64, body: &[u8]) -> Vec<(&'static str, String)> {
        let time = now.to_string();
        let signature = webhook_signature(&webhook_key(self.0.secret.reveal()), id, &time, body);
        let mut headers = vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", time),
            ("webhook-signature", signature),
        ];
        if !self.0.token.is_empty() {
            headers.push(("authorization", format!("Bearer {}", self.0.token.reveal())));
        }
        headers
    }

    fn opened(&self, body: &[u8]) -> Option<(String, Value)> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let name = answer.get("conversation")?.as_str().filter(|name| !name.is_empty())?;
        Some((name.to_owned(), answer.get("details").cloned().unwrap_or_default()))
    }
}

fn with(content: &Content, mut more: Value) -> Value {
    if let Some(members) = more.as_object_mut() {
        members.insert("text".into(), content.plain().into());
        members.insert("markdown".into(), content.markdown().into());
        members.insert("html".into(), content.html().into());
    }
    more
}

fn event(hook: Hook, id: &str) -> Result<Received, Rejection> {
    let Data { conversation, message, author, text, details } = hook.data;
    let fits = |name: &str| (1..=MAX_NAME_BYTES).contains(&name.len());
    if !fits(&conversation) || !message.as_deref().is_none_or(fits) {
        return Err(Rejection::NotUnderstood("`conversation` and `message` must have 1 to 256 bytes"));
    }
    let key = match &message {
        Some(name) => message_key("message", &conversation, name),
        None if id.is_empty() => {
            return Err(Rejection::NotUnderstood("the header `webhook-id` or `data.message` is wanted"));
        }
        None => format!("delivery {id}"),
    };
    let make = |key: String, what| Event {
        key,
        conversation: conversation.clone(),
        what,
        message: message.clone(),
        details: details.clone(),
        written: None,
    };
    let written = || {
        let text = text.clone().filter(|text| !text.trim().is_empty());
        text.ok_or(Rejection::NotUnderstood("`data.text` is wanted with a message"))
    };
    Ok(match (hook.kind.as_str(), author) {
        ("message.created", None | Some(Author::Patient)) => {
            Received::one(make(key, Happened::Asked { text: written()? }))
        }
        ("message.created", Some(Author::Agent)) => {
            Received::one(make(key, Happened::Answered { text: written()? }))
        }
        ("conversation.taken", _) => Received::one(make(key, Happened::Taken)),
        ("conversation.returned", _) => Received::one(make(key, Happened::GivenBack)),
        ("conversation.closed", _) => Received::one(make(key, Happened::Closed)),
        _ => Received::nothing(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::Keys;
    use crate::config::Secret;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn desk() -> Webhook {
        Webhook(Base {
            url: "http://desk/in".into(),
            secret: Secret::new(SECRET),
            signed: true,
            ..Base::default()
        })
    }

    fn receive(body: &str, id: &str, time: &str, now: u64) -> Result<Received, Rejection> {
        let signature = webhook_signature(&webhook_key(SECRET), id, time, body.as_bytes());
        let header = |name: &str| match name {
            "webhook-id" => Some(id),
            "webhook-timestamp" => Some(time),
            "webhook-signature" => Some(signature.as_str()),
            _ => None,
        };
        desk().receive(&Delivery {
            path_secret: None,
            header: &header,
            body: body.as_bytes(),
            now,
            keys: &Keys::default(),
        })
    }

    fn happened(kind: &str, data: &Value) -> Vec<Happened> {
        let body = json!({ "type": kind, "data": data }).to_string();
        receive(&body, "d1", "1000", 1000).unwrap().events.into_iter().map(|event| event.what).collect()
    }

    #[test]
    fn events_are_read() {
        let message =
            |author: &str| json!({ "conversation": "c", "message": "m", "author": author, "text": "why?" });
        assert_eq!(
            happened("message.created", &message("patient")),
            [Happened::Asked { text: "why?".into() }]
        );
        assert_eq!(happened("message.created", &message("bot")), []);
        assert_eq!(
            happened("message.created", &message("agent")),
            [Happened::Answered { text: "why?".into() }]
        );
        let conversation = json!({ "conversation": "c" });
        assert_eq!(happened("conversation.taken", &conversation), [Happened::Taken]);
        assert_eq!(happened("conversation.returned", &conversation), [Happened::GivenBack]);
        assert_eq!(happened("conversation.closed", &conversation), [Happened::Closed]);
        assert_eq!(happened("something.else", &conversation), []);
    }

    #[test]
    fn what_is_not_signed_now_is_refused() {
        let body = r#"{"type":"conversation.taken","data":{"conversation":"c"}}"#;
        assert_eq!(receive(body, "d", "1000", 1301), Err(Rejection::OutOfTime));
        let nothing = Delivery {
            path_secret: None,
            header: &|_| None,
            body: body.as_bytes(),
            now: 1000,
            keys: &Keys::default(),
        };
        assert_eq!(desk().receive(&nothing), Err(Rejection::NotProven));
        assert!(matches!(receive("{}", "d", "1000", 1000), Err(Rejection::NotUnderstood(_))));
        assert!(matches!(receive(body, "", "1000", 1000), Err(Rejection::NotUnderstood(_))));
    }

    #[test]
    fn what_goes_out_is_signed_in_its_turn_and_known_again_when_it_is_repeated() {
        let conversation = Conversation { name: "c", details: &json!({ "room": 4 }) };
        let step = Step::Reply {
            content: Content::text("a < b"),
            buttons: vec!["more".into()],
            answer: Value::Null,
            in_reply_to: Some("m".into()),
        };
        let call = desk().call(conversation, &step).unwrap();
        assert_eq!(call.body["type"], "answer.created");
        assert_eq!(call.body["data"]["html"], "<p>a &lt; b</p>");
        assert_eq!(call.body["data"]["details"]["room"], 4);
        assert_eq!(call.body["data"]["in_reply_to"], "m");
        let body = call.body.to_string();
        let headers = desk().headers("step-9", 1000, body.as_bytes());
        assert_eq!(headers[0], ("webhook-id", "step-9".to_owned()));
        let signature = &headers[2].1;
        assert_eq!(
            check_webhook(Some(signature), &webhook_key(SECRET), "step-9", "1000", body.as_bytes()),
            Ok(())
        );
    }
}
