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
use super::model::{Call, Conversation, Delivery, Event, Happened, Login, Received, Rejection, Step};
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
            key: format!("activity {conversation} {id}"),
            conversation: conversation.to_owned(),
            what,
            message: Some(id.to_owned()),
            details: json!({
                "service": service,
                "user": account(activity.from.as_ref()),
                "bot": account(activity.recipient.as_ref()),
            }),
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
        rest = after.split_once("</at>").map_or(after, |(_, after)| after);
    }
    kept.push_str(rest);
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::Content;
    use crate::config::Secret;

    const SECRET: &str = "0123456789abcdef";

    fn desk() -> BotFramework {
        BotFramework(Base {
            url: "http://connector".into(),
            secret: Secret::new(SECRET),
            token: Secret::new("t"),
            hand_over_to: "nurses".into(),
            ..Base::default()
        })
    }

    fn receive(activity: &Value) -> Result<Received, Rejection> {
        let body = activity.to_string();
        let delivery = Delivery {
            path_secret: Some(SECRET),
            header: &|_| None,
            body: body.as_bytes(),
            now: 0,
            keys: &Keys::default(),
        };
        desk().receive(&delivery)
    }

    /// A bot of Microsoft's service.
    fn signed_desk(url: &str) -> BotFramework {
        BotFramework(Base {
            url: url.into(),
            account: "app".into(),
            token: Secret::new("password"),
            signed: true,
            token_url: "https://login/token".into(),
            ..Base::default()
        })
    }

    fn with(more: &Value) -> Value {
        let mut activity = json!({ "type": "message", "id": "a 1", "serviceUrl": "http://connector/",
            "conversation": { "id": "c/1" }, "from": { "id": "u", "name": "Anna" }, "text": "why?" });
        let members = activity.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        activity
    }

    fn happened(more: &Value) -> Option<Happened> {
        receive(&with(more)).unwrap().events.pop().map(|event| event.what)
    }

    #[test]
    fn activities_are_read() {
        assert_eq!(happened(&json!({})), Some(Happened::Asked { text: "why?".into() }));
        let mention = json!({ "text": "<at>Ibid</at> why? " });
        assert_eq!(happened(&mention), Some(Happened::Asked { text: "why?".into() }));
        assert_eq!(happened(&json!({ "type": "endOfConversation" })), Some(Happened::Closed));
        for (state, what) in [
            ("accepted", Some(Happened::Taken)),
            ("completed", Some(Happened::Closed)),
            ("failed", Some(Happened::GivenBack)),
            ("other", None),
        ] {
            let status = json!({ "type": "event", "name": "handoff.status", "value": { "state": state } });
            assert_eq!(happened(&status), what);
        }
        for nothing in [
            json!({ "text": " " }),
            json!({ "text": null }),
            json!({ "type": "typing" }),
            json!({ "type": "conversationUpdate", "membersAdded": [] }),
            json!({ "from": { "id": "other", "role": "bot" } }),
        ] {
            assert_eq!(happened(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn replies_go_nowhere_else() {
        for url in [
            "http://connector.evil.example",
            "http://connector@evil.example",
            "http://evil.example/http://connector",
            "http://connector/../x?y=#z",
            "",
        ] {
            let refused = receive(&with(&json!({ "serviceUrl": url })));
            assert!(matches!(refused, Err(Rejection::NotUnderstood(_))), "{url}");
        }
        let nowhere = Conversation { name: "c", details: &json!({ "service": "http://evil.example" }) };
        let call = desk().call(nowhere, &Step::Typing).unwrap();
        assert_eq!(call.url, "http://connector/v3/conversations/c/activities");
        assert!(receive(&with(&json!({ "serviceUrl": "http://connector/teams/" }))).is_ok());
        let stranger =
            Delivery { path_secret: None, header: &|_| None, body: b"{}", now: 0, keys: &Keys::default() };
        assert_eq!(desk().receive(&stranger), Err(Rejection::NotProven));
        assert!(receive(&with(&json!({ "conversation": { "id": ".." } }))).is_err());
    }

    #[test]
    fn a_bot_of_the_service_is_proven_by_tokens_and_calls_with_them() {
        let desk = signed_desk("");
        let body =
            with(&json!({ "serviceUrl": "https://smba.example/teams/", "channelId": "msteams" })).to_string();
        let keys = Keys::default();
        let prove = |token: &str| {
            let header = |name: &str| (name == "authorization").then_some(token);
            let delivery = Delivery {
                path_secret: Some(SECRET),
                header: &header,
                body: body.as_bytes(),
                now: 0,
                keys: &keys,
            };
            (desk.prove(&delivery), desk.read(&delivery))
        };
        let (proven, read) = prove("Bearer a.b.c");
        assert_eq!(proven, Err(Rejection::NotProven));
        assert_eq!(read.unwrap().events[0].details["service"], "https://smba.example/teams");
        // {"alg":"RS256","kid":"k"}.{"iss":"i","aud":"app","exp":9,"serviceurl":"https://smba.example/teams"}
        let unknown = "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJpIiwiYXVkIjoiYXBwIiwiZXhwIjo5LCJzZXJ2aWNl\
            dXJsIjoiaHR0cHM6Ly9zbWJhLmV4YW1wbGUvdGVhbXMifQ.AAAA";
        assert_eq!(prove(unknown).0, Err(Rejection::UnknownKey));
        for url in ["http://smba.example", "https://a@b", "https://", "https:///x", "https://b?x", "ftp://b"]
        {
            assert!(!desk.may_call(url), "{url}");
        }
        assert!(desk.may_call("https://smba.example:443/teams/1"));
        assert!(!signed_desk("https://smba.example").may_call("https://other.example"));
        let login = desk.login(&keys).unwrap();
        assert!(login.form.contains(&("client_secret", "password".into())));
        assert!(!format!("{login:?} {desk:?}").contains("password"));
        assert_eq!((desk.headers("", 0, b""), super::tests::desk().login(&keys)), (Vec::new(), None));
    }

    #[test]
    fn a_reply_names_what_it_replies_to() {
        let event = receive(&with(&json!({}))).unwrap().events.pop().unwrap();
        let conversation = Conversation { name: &event.conversation, details: &event.details };
        let step = Step::Reply {
            content: Content::text("a *b*"),
            buttons: vec!["more".into()],
            answer: json!({ "outcome": "answered" }),
            in_reply_to: event.message.clone(),
        };
        let call = desk().call(conversation, &step).unwrap();
        assert_eq!(call.url, "http://connector/v3/conversations/c%2F1/activities/a%201");
        assert_eq!((&call.body["replyToId"], &call.body["text"]), (&json!("a 1"), &json!("a \\*b\\*")));
        assert_eq!(call.body["recipient"], json!({ "id": "u", "name": "Anna" }));
        assert_eq!(call.body["suggestedActions"]["actions"][0]["value"], "more");
        assert_eq!(call.body["channelData"]["ibid"]["outcome"], "answered");
        let person = desk().call(conversation, &Step::HandOver).unwrap();
        assert_eq!(
            (&person.body["name"], &person.body["value"]["skill"]),
            (&json!("handoff.initiate"), &json!("nurses"))
        );
        assert_eq!(desk().call(conversation, &Step::note(Content::text("x"))), None);
        assert_eq!(desk().headers("", 0, b"")[0].1, "Bearer t");
    }
}
