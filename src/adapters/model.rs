//! One model for all desks: what comes in, what goes out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Content;
use super::token::Keys;

/// A call that a desk makes to us.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// What stands after the desk's name in the address.
    pub path_secret: Option<&'a str>,
    /// The value of a header, by its name in small letters.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// As it came.
    pub body: &'a [u8],
    /// Seconds since 1970.
    pub now: u64,
    /// What the desk signs with, where it publishes its keys.
    pub keys: &'a Keys,
}

impl std::fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// Why a call is not listened to. No variant holds anything of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No proof that the desk made it, or a wrong one.
    #[error("the signature or the secret part of the address is missing or wrong")]
    NotProven,
    /// It was signed too long ago, or for a time to come.
    #[error("the signed time is more than five minutes away from the clock here")]
    OutOfTime,
    /// It is signed with a key that the desk has not published, or not yet.
    #[error("the key that it is signed with is not known")]
    UnknownKey,
    /// It cannot be read.
    #[error("the body is not what this desk sends: {0}")]
    NotUnderstood(&'static str),
}

/// What a call came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Received {
    /// What happened, in order; none where it does not concern us.
    pub events: Vec<Event>,
    /// What the desk wants to read at once, as JSON.
    pub reply: Option<Value>,
}

impl Received {
    /// Nothing that concerns us.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// One event.
    #[must_use]
    pub fn one(event: Event) -> Self {
        Self { events: vec![event], reply: None }
    }
}

/// Something that happened in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The desk's name for it, the same whenever it tells of it.
    pub key: String,
    /// The desk's name for the conversation.
    pub conversation: String,
    /// What happened.
    pub what: Happened,
    /// The desk's name for the message, where it says one that a reply can name.
    #[serde(default)]
    pub message: Option<String>,
    /// What has to be known to reply there.
    #[serde(default)]
    pub details: Value,
    /// When it was written, in seconds since 1970, where the desk tells.
    #[serde(default)]
    pub written: Option<u64>,
}

/// Seconds since 1970 of a moment as desks write it (RFC 3339).
pub(super) fn seconds_of(time: &str) -> Option<u64> {
    u64::try_from(time.parse::<jiff::Timestamp>().ok()?.as_second()).ok()
}

/// A name for the message `message` of a conversation, for an [`Event`] of this `kind`: no other message has it, whatever
/// stands in the names.
pub(super) fn message_key(kind: &str, conversation: &str, message: &str) -> String {
    match conversation.contains(' ') {
        // It has to be told where its name ends.
        true => format!("{kind}: {} {conversation} {message}", conversation.len()),
        false => format!("{kind} {conversation} {message}"),
    }
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// The patient wrote.
    Asked {
        /// What.
        text: String,
    },
    /// Somebody of the desk wrote to the patient: a person, or Ibid itself where that cannot be told yet.
    Answered {
        /// What.
        text: String,
    },
    /// A person takes the conversation.
    Taken,
    /// It is Ibid's again.
    GivenBack,
    /// It is over.
    Closed,
}

/// A conversation as an adapter needs to know it.
#[derive(Debug, Clone, Copy)]
pub struct Conversation<'a> {
    /// The desk's name for it.
    pub name: &'a str,
    /// From the event that it is about, else from the latest.
    pub details: &'a Value,
}

/// Something to do at a desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Tell the patient.
    Reply {
        /// What.
        content: Content,
        /// What can be pressed for an answer.
        buttons: Vec<String>,
        /// The whole answer, as the protocol has it; null where this is no answer.
        #[serde(default)]
        answer: Value,
        /// The desk's name for the message that it replies to.
        #[serde(default)]
        in_reply_to: Option<String>,
    },
    /// Tell the staff, unseen by the patient.
    Note {
        /// What.
        content: Content,
        /// The answer that it is about.
        #[serde(default)]
        answer: Value,
        /// The desk's name for the message that it is about.
        #[serde(default)]
        in_reply_to: Option<String>,
    },
    /// Give the conversation to people.
    HandOver,
    /// Give it to the person or group in `hand_over_to`.
    Assign,
    /// Say that an answer is on its way, for as long as it takes.
    Typing,
    /// Open a conversation for a chat of our own.
    Open {
        /// One line.
        subject: String,
        /// What was said so far.
        content: Content,
        /// Different for each.
        reference: String,
    },
    /// What the patient says in a chat of our own that a person has taken.
    Forward {
        /// What.
        text: String,
    },
}

impl Step {
    /// A text for the patient that is no answer.
    #[must_use]
    pub const fn say(content: Content) -> Self {
        Self::Reply { content, buttons: Vec::new(), answer: Value::Null, in_reply_to: None }
    }

    /// A text for the staff.
    #[must_use]
    pub const fn note(content: Content) -> Self {
        Self::Note { content, answer: Value::Null, in_reply_to: None }
    }

    /// The same, as a reply to a message.
    #[must_use]
    pub fn replying_to(mut self, message: Option<&str>) -> Self {
        if let Self::Reply { in_reply_to, .. } | Self::Note { in_reply_to, .. } = &mut self {
            *in_reply_to = message.map(str::to_owned);
        }
        self
    }

    /// Whether the patient gets to see it.
    #[must_use]
    pub const fn is_reply(&self) -> bool {
        matches!(self, Self::Reply { .. })
    }
}

/// HTTP methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
}

/// A call to a desk.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// How.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// JSON; null for none.
    pub body: Value,
}

impl Call {
    /// A call that reads.
    #[must_use]
    pub const fn get(url: String) -> Self {
        Self { method: Method::Get, url, body: Value::Null }
    }

    /// A call that adds something.
    #[must_use]
    pub const fn post(url: String, body: Value) -> Self {
        Self { method: Method::Post, url, body }
    }
}

/// What asks for an access token, which every call then carries.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The whole address.
    pub url: String,
    /// The names and values of a form.
    pub form: Vec<(&'static str, String)>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("url", &self.url).finish_non_exhaustive()
    }
}

/// What a desk's response to a call means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Done,
    /// It is to be tried again, after so many seconds if the desk says.
    Again(Option<u64>),
    /// It will never be taken.
    Refused,
}

/// What stands in a conversation at the desk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What Ibid wrote there without a mark.
    pub ours: Vec<String>,
    /// The marks of what it wrote with one.
    pub marks: Vec<String>,
}

/// What a desk told when it was asked what is there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Polled {
    /// What happened, as if the desk had told of it.
    pub events: Vec<Event>,
    /// Where there is more.
    pub more: Vec<Call>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_messages_have_one_name() {
        let pairs =
            [("ward", "1 2"), ("ward 1", "2"), ("ward 1 2", ""), ("", "ward 1 2"), (":", "6 ward 1 2")];
        let keys: Vec<String> = pairs.iter().map(|(room, name)| message_key("message", room, name)).collect();
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{key}");
        }
        assert_eq!(message_key("message", "ward", "1"), "message ward 1");
    }
}
