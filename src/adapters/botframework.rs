//! The Bot Framework: activities in, activities out, by a connector
//! (<https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference>).
//!
//! Microsoft's own service signs with tokens, which also say where replies go, and wants access tokens for these
//! (<https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication>). For a connector
//! that one runs oneself the secret in the address is the proof; only what lies under the `url` of the settings is
//! called.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::activity;
use super::model::{
    Call, Conversation, Delivery, Event, Happened, Login, Received, Rejection, Step, message_key,
};
use super::signature::check_path;
use super::token::{Keys, Wanted, check_bearer};
use super::{Adapter, Base};

/// Longest id, in bytes.
const MAX_ID_BYTES: usize = 512;

/// What stands for itself in a part of an address.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// The adapter.
#[derive(Debug)]
pub(super) struct BotFramework(pub(super) Base);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activity {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    channel_id: Option<String>,
    #[serde(default)]
    service_url: Option<String>,
    #[serde(default)]
    conversation: Option<Account>,
    #[serde(default)]
    from: Option<Account>,
    #[serde(default)]
    recipient: Option<Account>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    role: Option<String>,
}

impl Adapter for BotFramework {
    fn discovery(&self) -> Option<&str> {
        self.0.signed.then_some(&self.0.keys_url)
    }

    fn login(&self, keys: &Keys) -> Option<Login> {
        self.0.signed.then(|| Login {
            url: self.0.token_url.clone(),
            form: vec![
                ("grant_type", "client_credentials".into()),
                ("client_id", self.0.account.clone()),
                ("client_secret", self.0.token.reveal().to_owned()),
                ("scope", format!("{}/.default", keys.issuer())),
            ],
        })
    }

    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection> {
        if !self.0.signed {
            return check_path(delivery.path_secret, self.0.secret.reveal());
        }
        let activity = Activity::parse(delivery.body)?;
        let wanted = Wanted {
            audience: &self.0.account,
            channel: activity.channel_id.as_deref().filter(|channel| !channel.is_empty()),
            service_url: activity.service_url.as_deref().unwrap_or_default(),
            now: delivery.now,
        };
        check_bearer((delivery.header)("authorization"), delivery.keys, &wanted)
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        let activity = Activity::parse(delivery.body)?;
        let Some(what) = self.happened(&activity) else { return Ok(Received::nothing()) };
        let service = activity.service_url.as_deref().map(|url| url.trim_end_matches('/'));
        let Some(service) = service.filter(|url| self.may_call(url)) else {
            return Err(Rejection::NotUnderstood(
                "`serviceUrl` must lie under the `url` of the settings, or be https where none is set",
            ));
        };
        let conversation = activity.conversation.as_ref().and_then(|account| account.id.as_deref());
        let (Some(conversation), Some(id)) =
            (conversation.filter(|id| is_id(id)), activity.id.as_deref().filter(|id| is_id(id)))
        else {
            return Err(Rejection::NotUnderstood("`id` and `conversation.id` must have 1 to 512 bytes"));
        };
        Ok(Received::one(Event {
            key: message_key("activity", conversation, id),
            conversation: conversation.to_owned(),
            what,
            message: Some(id.to_owned()),
            details: json!({
                "service": service,
                "user": account(activity.from.as_ref()),
                "bot": account(activity.recipient.as_ref()),
            }),
            written: None,
        }))
    }

    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call> {
        let (activity, in_reply_to) = match step {
            Step::Reply { content, buttons, answer, in_reply_to } => {
                (activity::message(content, buttons, answer), in_reply_to.as_deref())
            }
            Step::HandOver => (self.hand_over(), None),
            Step::Typing => (json!({ "type": "typing" }), None),
            // Whatever is said there, the patient sees.
            Step::Note { .. } | Step::Assign | Step::Open { .. } | Step::Forward { .. } => return None,
        };
        Some(self.post(conversation, activity, in_reply_to))
    }

    fn headers(&self, _id: &str, _now: u64, _body: &[u8]) -> Vec<(&'static str, String)> {
        match self.0.signed || self.0.token.is_empty() {
            true => Vec::new(),
            false => vec![("authorization", format!("Bearer {}", self.0.token.reveal()))],
        }
    }
}

impl Activity {
    fn parse(body: &[u8]) -> Result<Self, Rejection> {
        serde_json::from_slice(body)
            .map_err(|_| Rejection::NotUnderstood("an activity with `type` is wanted"))
    }
}

impl BotFramework {
    /// What an activity tells that concerns us. Joining, typing and reacting do not, nor does what bots say.
    fn happened(&self, activity: &Activity) -> Option<Happened> {
        if activity.from.as_ref().is_some_and(|from| self.is_bot(from)) {
            return None;
        }
        match activity.kind.as_str() {
            "message" => {
                let text = without_mentions(activity.text.as_deref()?);
                (!text.is_empty()).then_some(Happened::Asked { text })
            }
            "endOfConversation" => Some(Happened::Closed),
            "event" if activity.name.as_deref() == Some("handoff.status") => {
                match activity.value.get("state")?.as_str()? {
                    "accepted" => Some(Happened::Taken),
                    "completed" => Some(Happened::Closed),
                    "failed" => Some(Happened::GivenBack),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn is_bot(&self, from: &Account) -> bool {
        let is_ours = !self.0.bot.is_empty() && from.id.as_deref() == Some(&self.0.bot);
        is_ours || from.role.as_deref() == Some("bot")
    }

    /// Whether `url` lies under the one in the settings, so that nobody can have answers sent elsewhere. A signed
    /// token says where they go: without one in the settings that is anywhere by HTTPS.
    fn may_call(&self, url: &str) -> bool {
        if self.0.signed && self.0.url.is_empty() {
            return url.strip_prefix("https://").is_some_and(is_host_and_path);
        }
        let rest = url.strip_prefix(&self.0.url);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '~');
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && rest.chars().all(is_plain))
    }

    /// The event that asks for a person; `skill` says for which.
    fn hand_over(&self) -> Value {
        let value = match self.0.hand_over_to.as_str() {
            "" => json!({}),
            skill => json!({ "skill": skill }),
        };
        json!({ "type": "event", "name": "handoff.initiate", "value": value })
    }

    fn post(&self, conversation: Conversation<'_>, mut activity: Value, in_reply_to: Option<&str>) -> Call {
        let details = conversation.details;
        // The settings may have changed since.
        let service = details["service"].as_str().filter(|url| self.may_call(url)).unwrap_or(&self.0.url);
        let mut url = format!("{service}/v3/conversations/{}/activities", part(conversation.name));
        if let Some(members) = activity.as_object_mut() {
            let bot =
                if details["bot"].is_object() { details["bot"].clone() } else { json!({ "id": "ibid" }) };
            members.insert("from".into(), bot);
            members.insert("conversation".into(), json!({ "id": conversation.name }));
            if details["user"].is_object() {
                members.insert("recipient".into(), details["user"].clone());
            }
            if let Some(id) = in_reply_to {
                members.insert("replyToId".into(), id.into());
                url.push('/');
                url.push_str(&part(id));
            }
        }
        Call::post(url, activity)
    }
}

/// A host, perhaps a port, and a path, of plain characters.
fn is_host_and_path(rest: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '~' | '.' | ':');
    rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && rest.chars().all(is_plain)
}

/// Somebody's id and name, as they come back in a reply.
fn account(account: Option<&Account>) -> Value {
    let known = account.and_then(|account| account.id.as_ref().map(|id| (id, &account.name)));
    match known {
        Some((id, Some(name))) => json!({ "id": id, "name": name }),
        Some((id, None)) => json!({ "id": id }),
        None => Value::Null,
    }
}

fn part(id: &str) -> String {
    utf8_percent_encode(id, KEPT).to_string()
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&id.len()) && id.chars().any(char::is_alphanumeric)
}

/// A text without `<at>…</at>`, by which some channels name whom it is said to.
fn without_mentions(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("<at>") {
        kept.push_str(before);
        let Some((_, after)) = after.split_once("</at>") else {
            // Nothing closes any of those that follow.
            rest = after;
            break;
        };
        rest = after;
    }
    kept.push_str(rest);
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests;
