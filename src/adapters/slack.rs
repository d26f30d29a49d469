//! Slack, by its Events API: direct messages and mentions, answered in their thread.
//!
//! Written after Slack's documentation of request signing, the Events API and `chat.postMessage`. Quotes go
//! out as rich text, which Slack shows as it is, without reading its markup in them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{Block, Content, clean};
use super::model::{Call, Conversation, Delivery, Event, Happened, Received, Rejection, Seen, Step, Verdict};
use super::signature::{check_hex, check_time, hmac_sha256};
use super::{Adapter, Base, by_status};

const API: &str = "https://slack.com";

/// Most characters of the text that stands for the blocks in a notification.
const MAX_TEXT_CHARS: usize = 3000;

/// The adapter.
#[derive(Debug)]
pub(super) struct Slack(pub(super) Base);

#[derive(Deserialize)]
struct Hook {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    challenge: Option<String>,
    #[serde(default)]
    event: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    bot_id: Option<String>,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    channel_type: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    ts: Option<String>,
    #[serde(default)]
    thread_ts: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
}

#[derive(Deserialize)]
struct Thread {
    #[serde(default)]
    messages: Vec<Message>,
}

impl Adapter for Slack {
    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection> {
        let time = (delivery.header)("x-slack-request-timestamp");
        let signed = [b"v0:".as_slice(), time.unwrap_or_default().as_bytes(), b":", delivery.body];
        let wanted = hmac_sha256(self.0.secret.reveal().as_bytes(), &signed);
        check_hex((delivery.header)("x-slack-signature"), "v0=", &wanted)?;
        check_time(time, delivery.now)
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        let hook: Hook = serde_json::from_slice(delivery.body)
            .map_err(|_| Rejection::NotUnderstood("an object with a `type` is wanted"))?;
        Ok(match (hook.kind.as_str(), hook.challenge, hook.event) {
            ("url_verification", Some(challenge), _) => {
                Received { events: Vec::new(), reply: Some(json!({ "challenge": challenge })) }
            }
            ("event_callback", _, Some(message)) => {
                Received { events: asked(message).into_iter().collect(), reply: None }
            }
            _ => Received::nothing(),
        })
    }

    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call> {
        let (channel, thread) = conversation.name.split_once(' ').unwrap_or((conversation.name, ""));
        let post = |channel: &str, thread: &str, text: String, blocks: Value| {
            let mut body = json!({ "channel": channel, "text": cut(&text), "unfurl_links": false });
            if let Some(members) = body.as_object_mut() {
                if !thread.is_empty() {
                    members.insert("thread_ts".into(), thread.into());
                }
                if !blocks.is_null() {
                    members.insert("blocks".into(), blocks);
                }
            }
            Call::post(format!("{}/api/chat.postMessage", self.api()), body)
        };
        match step {
            Step::Reply { content, .. } => {
                Some(post(channel, thread, escape(&content.plain()), blocks(content)))
            }
            // There is no note that only staff see in a thread: it goes to their own channel.
            Step::Note { content, .. } if !self.0.account.is_empty() => {
                Some(post(&self.0.account, "", escape(&content.plain()), blocks(content)))
            }
            Step::Assign => {
                let to = self.0.hand_over_to.trim();
                let mention = match to.starts_with('S') {
                    true => format!("<!subteam^{to}>"),
                    false => format!("<@{to}>"),
                };
                Some(post(channel, thread, mention, Value::Null))
            }
            Step::Note { .. } | Step::HandOver | Step::Typing | Step::Open { .. } | Step::Forward { .. } => {
                None
            }
        }
    }

    fn headers(&self, _id: &str, _now: u64, _body: &[u8]) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Bearer {}", self.0.token.reveal()))]
    }

    /// Slack says what went wrong in the body, with status 200.
    fn verdict(&self, status: u16, retry_after: Option<u64>, body: &[u8]) -> Verdict {
        match by_status(status, retry_after) {
            Verdict::Done => {}
            other => return other,
        }
        match serde_json::from_slice(body) {
            Ok(Answer { ok: true, .. }) => Verdict::Done,
            Ok(Answer { error: Some(error), .. })
                if [
                    "ratelimited",
                    "internal_error",
                    "service_unavailable",
                    "fatal_error",
                    "request_timeout",
                ]
                .contains(&error.as_str()) =>
            {
                Verdict::Again(retry_after)
            }
            Ok(_) => Verdict::Refused,
            Err(_) => Verdict::Again(None),
        }
    }

    fn shown(&self, content: &Content) -> String {
        unescape(&cut(&escape(&content.plain())))
    }

    fn look(&self, conversation: Conversation<'_>) -> Option<Call> {
        let (channel, thread) = conversation.name.split_once(' ')?;
        let api = self.api();
        Some(Call::get(format!("{api}/api/conversations.replies?channel={channel}&ts={thread}&limit=100")))
    }

    fn seen(&self, body: &[u8]) -> Option<Seen> {
        let thread: Thread = serde_json::from_slice(body).ok()?;
        let ours = thread.messages.into_iter().filter(|message| message.bot_id.is_some());
        Some(Seen { ours: ours.filter_map(|message| message.text.map(|text| unescape(&text))).collect() })
    }
}

impl Slack {
    fn api(&self) -> &str {
        if self.0.url.is_empty() { API } else { &self.0.url }
    }
}

/// A direct message, or one that names us; what bots and Slack itself write is nobody's question.
fn asked(message: Message) -> Option<Event> {
    let is_direct = message.kind == "message" && message.channel_type.as_deref() == Some("im");
    let is_mention = message.kind == "app_mention";
    if !(is_direct || is_mention) || message.subtype.is_some() || message.bot_id.is_some() {
        return None;
    }
    let (channel, ts) = (message.channel?, message.ts?);
    // Both go into an address.
    let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let thread = message.thread_ts.unwrap_or_else(|| ts.clone());
    if !(is_plain(&channel) && is_plain(&thread)) {
        return None;
    }
    let text = unescape(&without_mentions(&message.text?));
    (!text.is_empty()).then(|| Event {
        // A mention in a direct message is told of twice.
        key: format!("message {channel} {ts}"),
        conversation: format!("{channel} {thread}"),
        what: Happened::Asked { text },
        message: None,
        details: Value::Null,
    })
}

/// Without `<@U123>`, and with the words of links for the links.
fn without_mentions(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('<') {
        out.push_str(before);
        let Some((inside, after)) = tail.split_once('>') else {
            out.push('<');
            rest = tail;
            continue;
        };
        if !inside.starts_with(['@', '#', '!']) {
            out.push_str(inside.rsplit_once('|').map_or(inside, |(_, label)| label));
        }
        rest = after;
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// As much as goes out.
fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn blocks(content: &Content) -> Value {
    let text = |text: &str, bold: bool| {
        let text = clean(text);
        if bold {
            json!({ "type": "text", "text": text, "style": { "bold": true } })
        } else {
            json!({ "type": "text", "text": text })
        }
    };
    let section = |kind: &str, elements: Value| json!({ "type": kind, "elements": elements });
    let elements: Vec<Value> = content
        .blocks
        .iter()
        .map(|block| match block {
            Block::Strong(strong) => section("rich_text_section", json!([text(strong, true)])),
            Block::Text(plain) => section("rich_text_section", json!([text(plain, false)])),
            Block::Quote(quote) => section("rich_text_quote", json!([text(quote, false)])),
            Block::Source { text: source, href } => {
                let source = format!("\u{2014} {}", clean(source));
                let element = match href {
                    Some(href) => json!({ "type": "link", "url": clean(href), "text": source }),
                    None => text(&source, false),
                };
                section("rich_text_section", json!([element]))
            }
            Block::Link { label, href } => {
                let link = json!({ "type": "link", "url": clean(href), "text": clean(label) });
                section("rich_text_section", json!([link]))
            }
        })
        .collect();
    json!([{ "type": "rich_text", "elements": elements }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::Keys;
    use crate::config::Secret;

    fn desk(secret: &str) -> Slack {
        Slack(Base {
            secret: Secret::new(secret),
            hand_over_to: "S0614TZR7".into(),
            signed: true,
            ..Base::default()
        })
    }

    fn receive(secret: &str, body: &str) -> Received {
        let signature = hmac_sha256(secret.as_bytes(), &[b"v0:1000:", body.as_bytes()]);
        let signature = format!("v0={}", hex::encode(signature));
        let header = |name: &str| match name {
            "x-slack-request-timestamp" => Some("1000"),
            "x-slack-signature" => Some(signature.as_str()),
            _ => None,
        };
        let delivery = Delivery {
            path_secret: None,
            header: &header,
            body: body.as_bytes(),
            now: 1000,
            keys: &Keys::default(),
        };
        desk(secret).receive(&delivery).unwrap()
    }

    fn message(more: &Value) -> Option<Event> {
        let mut event = json!({ "type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.2",
                                "text": "<@U9> how long &lt; does it take?" });
        for (key, value) in more.as_object().unwrap() {
            event[key] = value.clone();
        }
        let body = json!({ "type": "event_callback", "event_id": "Ev1", "event": event }).to_string();
        receive("0123456789abcdef", &body).events.pop()
    }

    #[test]
    fn the_published_signature_is_right() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                    &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                    &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                    &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let signed = hmac_sha256(b"8f742231b10e8888abcd99yyyzzz85a5", &[b"v0:1531420618:", body.as_bytes()]);
        assert_eq!(hex::encode(signed), "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
    }

    #[test]
    fn a_challenge_is_echoed() {
        let body = r#"{"type":"url_verification","challenge":"abc","token":"t"}"#;
        assert_eq!(receive("0123456789abcdef", body).reply, Some(json!({ "challenge": "abc" })));
    }

    #[test]
    fn mentions_and_direct_messages_are_questions_in_their_thread() {
        let event = message(&json!({})).unwrap();
        assert_eq!(event.what, Happened::Asked { text: "how long < does it take?".into() });
        assert_eq!(event.conversation, "C1 1.2");
        assert_eq!(message(&json!({ "thread_ts": "0.9" })).unwrap().conversation, "C1 0.9");
        assert!(message(&json!({ "type": "message", "channel_type": "im" })).is_some());
        for ignored in [
            json!({ "bot_id": "B1" }),
            json!({ "subtype": "message_changed" }),
            json!({ "type": "message", "channel_type": "channel" }),
            json!({ "channel": "C1&ts=2" }),
            json!({ "text": "<@U9>" }),
        ] {
            assert_eq!(message(&ignored), None, "{ignored}");
        }
    }

    #[test]
    fn replies_stand_in_the_thread_and_their_quotes_have_no_markup() {
        let conversation = Conversation { name: "C1 1.2", details: &Value::Null };
        let content = Content { blocks: vec![Block::Quote("<!channel> *now*".into())] };
        let step = Step::say(content);
        let call = desk("0123456789abcdef").call(conversation, &step).unwrap();
        assert_eq!((&call.body["channel"], &call.body["thread_ts"]), (&json!("C1"), &json!("1.2")));
        assert_eq!(call.body["text"], "\u{201c}&lt;!channel&gt; *now*\u{201d}");
        let quote = &call.body["blocks"][0]["elements"][0];
        assert_eq!(quote["elements"][0], json!({ "type": "text", "text": "<!channel> *now*" }));
        let assign = desk("0123456789abcdef").call(conversation, &Step::Assign).unwrap();
        assert_eq!(assign.body["text"], "<!subteam^S0614TZR7>");
    }

    #[test]
    fn what_went_wrong_stands_in_the_body() {
        let verdict = |body: &str| desk("0123456789abcdef").verdict(200, Some(7), body.as_bytes());
        assert_eq!(verdict(r#"{"ok":true}"#), Verdict::Done);
        assert_eq!(verdict(r#"{"ok":false,"error":"ratelimited"}"#), Verdict::Again(Some(7)));
        assert_eq!(verdict(r#"{"ok":false,"error":"channel_not_found"}"#), Verdict::Refused);
        assert_eq!(verdict("<html>"), Verdict::Again(None));
    }
}
