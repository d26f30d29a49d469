//! Slack, by its Events API: direct messages and mentions, answered in their thread.
//!
//! Written after Slack's documentation of request signing, the Events API, `chat.postMessage`, `conversations.replies`,
//! `conversations.history` and message metadata. Quotes go out as rich text, which Slack shows as it is, without reading
//! its markup in them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{Block, Content, clean};
use super::model::{Call, Conversation, Delivery, Event, Happened, Received, Rejection, Seen, Step, Verdict};
use super::signature::{check_hex, check_time, hmac_sha256};
use super::{Adapter, Base, by_status};

const API: &str = "https://slack.com";

/// Most characters of the text that stands for the blocks in a notification.
const MAX_TEXT_CHARS: usize = 3000;

/// The kind of the metadata by which a message of ours is known again.
const STEP: &str = "ibid_step";

/// Most messages that are looked at: of a channel the last, of a thread the first.
const LOOKED_AT: usize = 500;

/// Most characters of a question that is shown to staff.
const MAX_QUESTION_CHARS: usize = 1000;

/// What people write with a picture, in a thread for the whole channel, or of themselves. Other kinds of messages are
/// changes, and what Slack itself writes.
const WRITTEN: [&str; 3] = ["file_share", "thread_broadcast", "me_message"];

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
    team_id: Option<String>,
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
    user: Option<String>,
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
    #[serde(default)]
    metadata: Value,
}

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
                let team = hook.team_id.as_deref().filter(|team| is_plain(team));
                Received { events: asked(message, team).into_iter().collect(), reply: None }
            }
            _ => Received::nothing(),
        })
    }

    fn call(&self, conversation: Conversation<'_>, step: &Step) -> Option<Call> {
        let (asked_in, _) = channel_and_thread(conversation.name);
        let (channel, thread) = self.goes_to(conversation.name, step)?;
        let asked = Asked::read(asked_in, conversation.details);
        let (text, blocks) = match step {
            Step::Reply { content, .. } => (escape(&content.plain()), rich_text(&elements(content))),
            Step::Note { content, .. } => {
                let about = asked.as_ref().map(|asked| format!("{}\n\n", asked.line())).unwrap_or_default();
                let mut shown = asked.as_ref().map(Asked::elements).unwrap_or_default();
                shown.extend(elements(content));
                (format!("{about}{}", escape(&content.plain())), rich_text(&shown))
            }
            _ => {
                let unseen = asked.filter(|_| channel != asked_in);
                let about = unseen.map(|asked| format!(" {}", asked.line())).unwrap_or_default();
                (format!("{}{about}", self.mention()), Value::Null)
            }
        };
        let mut body = json!({ "channel": channel, "text": cut(&text), "unfurl_links": false });
        if let Some(members) = body.as_object_mut() {
            if !thread.is_empty() {
                members.insert("thread_ts".into(), thread.into());
            }
            if !blocks.is_null() {
                members.insert("blocks".into(), blocks);
            }
        }
        Some(Call::post(format!("{}/api/chat.postMessage", self.api()), body))
    }

    fn marked(&self, mut call: Call, mark: &str) -> Call {
        if let Some(members) = call.body.as_object_mut() {
            let metadata = json!({ "event_type": STEP, "event_payload": { "step": mark } });
            members.insert("metadata".into(), metadata);
        }
        call
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

    /// Slack's name for what went wrong, and the scope that is missing.
    fn reason(&self, body: &[u8]) -> Option<String> {
        let Answer { error, needed, .. } = serde_json::from_slice(body).ok()?;
        let error = error.filter(|error| is_name(error))?;
        Some(match needed.filter(|scopes| is_name(scopes)) {
            Some(scopes) => format!("{error}, which needs {scopes}"),
            None => error,
        })
    }

    fn place(&self, conversation: Conversation<'_>, step: &Step) -> Option<String> {
        let (channel, thread) = self.goes_to(conversation.name, step)?;
        Some(if thread.is_empty() { channel.to_owned() } else { format!("{channel} {thread}") })
    }

    fn shown(&self, content: &Content) -> String {
        unescape(&cut(&escape(&content.plain())))
    }

    fn look(&self, conversation: Conversation<'_>) -> Option<Call> {
        let (list, shown) = match channel_and_thread(conversation.name) {
            (channel, "") => ("history", format!("channel={channel}")),
            (channel, thread) => ("replies", format!("channel={channel}&ts={thread}")),
        };
        let how = format!("include_all_metadata=true&limit={LOOKED_AT}");
        Some(Call::get(format!("{}/api/conversations.{list}?{shown}&{how}", self.api())))
    }

    fn seen(&self, body: &[u8]) -> Option<Seen> {
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
}

impl Slack {
    fn api(&self) -> &str {
        if self.0.url.is_empty() { API } else { &self.0.url }
    }

    /// The channel and the thread in which a step of a conversation is written; none for what Slack has nothing like.
    fn goes_to<'a>(&'a self, conversation: &'a str, step: &Step) -> Option<(&'a str, &'a str)> {
        let (channel, thread) = channel_and_thread(conversation);
        let staff = Some((self.0.account.as_str(), "")).filter(|(staff, _)| !staff.is_empty());
        match step {
            Step::Reply { .. } => Some((channel, thread)),
            // There is no note that only staff see in a thread: it goes to their own channel.
            Step::Note { .. } => staff,
            // Nobody but the patient can open a direct message.
            Step::Assign => staff.filter(|_| is_direct(channel)).or(Some((channel, thread))),
            Step::HandOver | Step::Typing | Step::Open { .. } | Step::Forward { .. } => None,
        }
    }

    /// The one who gets what is handed over, in Slack's markup.
    fn mention(&self) -> String {
        let to = self.0.hand_over_to.trim();
        match to.starts_with('S') {
            true => format!("<!subteam^{to}>"),
            false => format!("<@{to}>"),
        }
    }
}

/// The channel and the thread of a conversation; the thread is empty where it is a whole channel.
fn channel_and_thread(conversation: &str) -> (&str, &str) {
    conversation.split_once(' ').unwrap_or((conversation, ""))
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

/// Who asked what, and where: for staff who do not see it.
struct Asked<'a> {
    user: &'a str,
    channel: &'a str,
    question: String,
    /// Where the channel shows it.
    link: Option<String>,
}

impl<'a> Asked<'a> {
    fn read(channel: &'a str, details: &'a Value) -> Option<Self> {
        let user = details["user"].as_str()?;
        let question = clean(details["text"].as_str()?);
        let place = details["team"].as_str().zip(details["ts"].as_str()).filter(|_| !is_direct(channel));
        let link = place
            .map(|(team, ts)| format!("{API}/app_redirect?team={team}&channel={channel}&message_ts={ts}"));
        (!question.trim().is_empty()).then_some(Self { user, channel, question, link })
    }

    /// In Slack's markup.
    fn line(&self) -> String {
        let place = match is_direct(self.channel) {
            true => "in a direct message".to_owned(),
            false => format!("in <#{}>", self.channel),
        };
        format!("<@{}> {place}: {}", self.user, escape(&self.question))
    }

    fn elements(&self) -> Vec<Value> {
        let mut who = vec![json!({ "type": "user", "user_id": self.user })];
        if is_direct(self.channel) {
            who.push(json!({ "type": "text", "text": " in a direct message" }));
        } else {
            who.push(json!({ "type": "text", "text": " in " }));
            who.push(json!({ "type": "channel", "channel_id": self.channel }));
        }
        if let Some(link) = &self.link {
            who.push(json!({ "type": "text", "text": " " }));
            who.push(json!({ "type": "link", "url": link, "text": "(show)" }));
        }
        let quote = json!([words(&self.question, false)]);
        vec![section("rich_text_section", &json!(who)), section("rich_text_quote", &quote)]
    }
}

/// Whether a channel is the one between the app and somebody.
fn is_direct(channel: &str) -> bool {
    channel.starts_with('D')
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
fn shortened(question: &str) -> String {
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

fn words(text: &str, bold: bool) -> Value {
    let text = clean(text);
    if bold {
        json!({ "type": "text", "text": text, "style": { "bold": true } })
    } else {
        json!({ "type": "text", "text": text })
    }
}

fn section(kind: &str, elements: &Value) -> Value {
    json!({ "type": kind, "elements": elements })
}

fn rich_text(elements: &[Value]) -> Value {
    json!([{ "type": "rich_text", "elements": elements }])
}

fn elements(content: &Content) -> Vec<Value> {
    let element = |block: &Block| match block {
        Block::Strong(strong) => section("rich_text_section", &json!([words(strong, true)])),
        Block::Text(plain) => section("rich_text_section", &json!([words(plain, false)])),
        Block::Quote(quote) => section("rich_text_quote", &json!([words(quote, false)])),
        Block::Source { text: source, href } => {
            let source = format!("\u{2014} {}", clean(source));
            let element = match href {
                Some(href) => json!({ "type": "link", "url": clean(href), "text": source }),
                None => words(&source, false),
            };
            section("rich_text_section", &json!([element]))
        }
        Block::Link { label, href } => {
            let link = json!({ "type": "link", "url": clean(href), "text": clean(label) });
            section("rich_text_section", &json!([link]))
        }
    };
    content.blocks.iter().map(element).collect()
}

#[cfg(test)]
mod tests;
