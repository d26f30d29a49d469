//! Slack, by its Events API: direct messages and mentions, answered in their thread.
//!
//! Written after Slack's documentation of request signing, the Events API, `chat.postMessage`, `conversations.replies`,
//! `conversations.history` and message metadata. Quotes go out as rich text, which Slack shows as it is, without reading
//! its markup in them.

mod asked;
mod incoming;
mod markup;
mod responses;

use serde_json::{Value, json};

use super::content::Content;
use super::model::{Call, Conversation, Delivery, Received, Rejection, Seen, Step, Verdict};
use super::signature::{check_hex, check_time, hmac_sha256};
use super::{Adapter, Base, by_status};
use asked::{Asked, is_direct};
use markup::{cut, elements, escape, rich_text, unescape};

const API: &str = "https://slack.com";

/// Most messages that are looked at: of a channel the last, of a thread the first.
const LOOKED_AT: usize = 500;

/// The adapter.
#[derive(Debug)]
pub(super) struct Slack(pub(super) Base);

impl Adapter for Slack {
    fn prove(&self, delivery: &Delivery<'_>) -> Result<(), Rejection> {
        let time = (delivery.header)("x-slack-request-timestamp");
        let signed = [b"v0:".as_slice(), time.unwrap_or_default().as_bytes(), b":", delivery.body];
        let wanted = hmac_sha256(self.0.secret.reveal().as_bytes(), &signed);
        check_hex((delivery.header)("x-slack-signature"), "v0=", &wanted)?;
        check_time(time, delivery.now)
    }

    fn read(&self, delivery: &Delivery<'_>) -> Result<Received, Rejection> {
        incoming::received(delivery.body)
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

    fn marked(&self, call: Call, mark: &str) -> Call {
        responses::marked(call, mark)
    }

    fn headers(&self, _id: &str, _now: u64, _body: &[u8]) -> Vec<(&'static str, String)> {
        vec![("authorization", format!("Bearer {}", self.0.token.reveal()))]
    }

    fn verdict(&self, status: u16, retry_after: Option<u64>, body: &[u8]) -> Verdict {
        match by_status(status, retry_after) {
            Verdict::Done => responses::verdict(body, retry_after),
            other => other,
        }
    }

    fn reason(&self, body: &[u8]) -> Option<String> {
        responses::reason(body)
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
        responses::seen(body)
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

#[cfg(test)]
mod tests;
