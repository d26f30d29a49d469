//! Frames of the WebSocket.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, NoticeAction};
use super::code::ErrorCode;
use super::number::seq;
use crate::config::Config;

/// Where the operator's logo is served.
pub const LOGO_PATH: &str = "/assets/brand/logo";

/// Longest `id` of an `ask` frame, in characters.
const MAX_ID_CHARS: usize = 128;

/// Names of the frames that a client may send.
pub const CLIENT_FRAMES: [&str; 6] = ["ask", "resume", "feedback", "handoff", "forget", "ping"];

/// Names of the frames that the server sends.
pub const SERVER_FRAMES: [&str; 8] =
    ["hello", "status", "answer", "message", "handoff", "error", "goodbye", "pong"];

/// A frame from the client. Members that are not named here are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// A question.
    Ask(AskFrame),
    /// Go on with a lost connection's session.
    Resume(ResumeFrame),
    /// What the person thought of an answer.
    Feedback(FeedbackFrame),
    /// A person is wanted.
    Handoff(HandoffFrame),
    /// Erase the conversation.
    Forget(ForgetFrame),
    /// Is the link alive?
    Ping(PingFrame),
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskFrame {
    /// The client's own, unique in the session, 1 to 128 characters.
    pub id: String,
    /// As typed.
    pub question: String,
    /// Whether the words are to be taken as they are: spelling not mended, nothing left out, nothing carried
    /// over from before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_typed: bool,
}

/// Go on with a lost connection's session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResumeFrame {
    /// From the `hello` of the lost connection.
    pub session: String,
    /// From the same.
    pub token: String,
    /// The last `seq` received.
    #[serde(deserialize_with = "seq")]
    pub after: u64,
}

/// What the person thought of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackFrame {
    /// `seq` of the answer.
    #[serde(deserialize_with = "seq")]
    pub answer: u64,
    /// Whether it helped.
    pub helpful: bool,
    /// What was wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FeedbackReason>,
    /// In the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A person is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoffFrame {
    /// For that person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Erase the conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForgetFrame {}

/// Is the link alive?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PingFrame {}

/// What was wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FeedbackReason {
    Wrong,
    Incomplete,
    Unclear,
    Unsafe,
    Other,
}

/// A message that is not a frame of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFrame {
    /// `bad_json`, `bad_frame` or `unsupported`.
    pub code: ErrorCode,
    /// What is wrong with it; never a part of the message.
    pub detail: &'static str,
}

impl ClientFrame {
    /// Reads a whole text message.
    ///
    /// # Errors
    /// `bad_json` for what is not JSON, `unsupported` for a `type` that is not known, `bad_frame` for all else.
    pub fn parse(text: &str) -> Result<Self, BadFrame> {
        let bad = |code, detail| Err(BadFrame { code, detail });
        // Serde reads a struct from an array too; the protocol knows objects only.
        if !text.trim_start().starts_with('{') {
            return match serde_json::from_str::<IgnoredAny>(text) {
                Ok(_) => bad(ErrorCode::BadFrame, "the message is not an object"),
                Err(_) => bad(ErrorCode::BadJson, "the message is not one JSON value"),
            };
        }
        match serde_json::from_str::<Self>(text) {
            Ok(Self::Ask(ask)) if ask.id.is_empty() || ask.id.chars().count() > MAX_ID_CHARS => {
                bad(ErrorCode::BadFrame, "`id` must have 1 to 128 characters")
            }
            Ok(frame) => Ok(frame),
            Err(error) if !error.is_data() => bad(ErrorCode::BadJson, "the message is not one JSON value"),
            Err(_) => match serde_json::from_str::<Typed<'_>>(text) {
                Ok(typed) if CLIENT_FRAMES.contains(&typed.kind.as_ref()) => {
                    bad(ErrorCode::BadFrame, "a member is missing, of the wrong kind, or not known")
                }
                Ok(_) => bad(ErrorCode::Unsupported, "frames of this `type` are not known"),
                Err(_) => bad(ErrorCode::BadFrame, "the message is not an object with one `type`"),
            },
        }
    }
}

#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
}

/// A frame from the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "described in docs/protocol.md and asyncapi.json")]
pub enum ServerFrame<'a> {
    Hello(Box<HelloFrame<'a>>),
    Status {
        in_reply_to: Cow<'a, str>,
        state: StatusState,
    },
    Answer {
        seq: u64,
        in_reply_to: Cow<'a, str>,
        answer: Box<Answer<'a>>,
    },
    Message {
        seq: u64,
        author: Cow<'a, str>,
        text: Cow<'a, str>,
    },
    Handoff {
        seq: u64,
        state: HandoffState,
    },
    Error {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        code: ErrorCode,
        detail: Cow<'a, str>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_reply_to: Option<Cow<'a, str>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
    Goodbye {
        seq: u64,
        reason: Cow<'a, str>,
        resume: bool,
    },
    Pong {},
}

/// The first frame of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and asyncapi.json")]
pub struct HelloFrame<'a> {
    pub seq: u64,
    pub protocol: Cow<'a, str>,
    pub session: Cow<'a, str>,
    pub token: Cow<'a, str>,
    pub title: Cow<'a, str>,
    pub greeting: Cow<'a, str>,
    pub suggestions: Cow<'a, [String]>,
    pub limits: Limits,
    pub heartbeat_secs: u64,
    pub resumed: bool,
    pub last_seq: u64,
    pub service: Service<'a>,
}

/// What the operator tells of the service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and asyncapi.json")]
pub struct Service<'a> {
    pub language: Cow<'a, str>,
    pub about: Cow<'a, str>,
    pub contact: Vec<NoticeAction<'a>>,
    pub accent: Option<Cow<'a, str>>,
    pub accent_dark: Option<Cow<'a, str>>,
    pub logo: Option<Cow<'a, str>>,
    pub privacy: Option<Cow<'a, str>>,
    pub handoff: bool,
}

impl Service<'static> {
    /// As the settings have it.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let optional = |text: &str| (!text.is_empty()).then(|| Cow::Owned(text.to_owned()));
        let brand = &config.brand;
        let contact = brand.contacts().into_iter();
        Self {
            language: config.texts.language.clone().into(),
            about: config.texts.capabilities.clone().into(),
            contact: contact
                .map(|action| NoticeAction { label: action.label.into(), href: action.href.into() })
                .collect(),
            accent: optional(&brand.accent),
            accent_dark: optional(&brand.accent_dark),
            logo: brand.logo_type().map(|_| LOGO_PATH.into()),
            privacy: optional(&brand.privacy),
            handoff: !config.handoff.desk.is_empty(),
        }
    }
}

/// What a client has to keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Longest question, in characters.
    pub question_chars: usize,
    /// Largest message, in bytes.
    pub message_bytes: usize,
    /// Questions a minute from one address.
    pub questions_per_minute: u32,
    /// How long after its last use a session can be gone on with, in seconds.
    pub session_idle_secs: u64,
}

/// How far a question has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusState {
    /// It waits for its turn.
    Queued,
    /// It is being answered.
    Searching,
}

/// How far a wish for a person has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum HandoffState {
    Requested,
    Accepted,
    Closed,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn refused(text: &str, code: ErrorCode) {
        assert_eq!(ClientFrame::parse(text).unwrap_err().code, code, "{text}");
    }

    #[test]
    fn frames_are_read() {
        let ask = ClientFrame::parse(r#"{"question":"why?","type":"ask","id":"c1"}"#).unwrap();
        assert_eq!(
            ask,
            ClientFrame::Ask(AskFrame { id: "c1".into(), question: "why?".into(), as_typed: false })
        );
        assert_eq!(ClientFrame::parse(r#"{"type":"ping"}"#).unwrap(), ClientFrame::Ping(PingFrame {}));
        assert!(
            ClientFrame::parse(r#"{"type":"feedback","answer":2,"helpful":false,"reason":"unsafe"}"#).is_ok()
        );
    }

    #[test]
    fn the_number_of_a_frame_is_whole_however_it_is_written() {
        let read = |number: &str| {
            let resume = format!(r#"{{"type":"resume","session":"s","token":"t","after":{number}}}"#);
            let feedback = format!(r#"{{"answer":{number},"helpful":true,"type":"feedback"}}"#);
            match (ClientFrame::parse(&resume), ClientFrame::parse(&feedback)) {
                (Ok(ClientFrame::Resume(resume)), Ok(ClientFrame::Feedback(feedback))) => {
                    assert_eq!(resume.after, feedback.answer, "{number}");
                    Some(resume.after)
                }
                (Err(resume), Err(feedback)) => {
                    assert_eq!((resume.code, feedback.code), (ErrorCode::BadFrame, ErrorCode::BadFrame));
                    None
                }
                other => panic!("{number}: {other:?}"),
            }
        };
        assert_eq!([read("2"), read("2.0"), read("2e0")], [Some(2); 3]);
        for not_whole in ["2.5", "-1", "-1.0", "\"2\"", "null", "9007199254740992"] {
            assert_eq!(read(not_whole), None, "{not_whole}");
        }
    }

    #[test]
    fn each_fault_has_its_code() {
        refused("", ErrorCode::BadJson);
        refused("{\"type\":\"ping\"} x", ErrorCode::BadJson);
        refused(&"[".repeat(10_000), ErrorCode::BadJson);
        refused("[]", ErrorCode::BadFrame);
        refused(r#"["ask", "c1", "why?"]"#, ErrorCode::BadFrame);
        refused("{}", ErrorCode::BadFrame);
        refused(r#"{"type":"sing"}"#, ErrorCode::Unsupported);
        refused(r#"{"type":"ping","type":"ping"}"#, ErrorCode::BadFrame);
    }

    #[test]
    fn members_that_are_not_known_are_refused() {
        refused(r#"{"type":"ping","extra":1}"#, ErrorCode::BadFrame);
        refused(r#"{"type":"ask","id":"a","question":"b","admin":true}"#, ErrorCode::BadFrame);
        refused(r#"{"type":"feedback","answer":2,"helpful":false,"reason":"rude"}"#, ErrorCode::BadFrame);
    }

    #[test]
    fn an_id_is_bounded() {
        refused(r#"{"type":"ask","id":"","question":"b"}"#, ErrorCode::BadFrame);
        let long = format!(r#"{{"type":"ask","id":"{}","question":"b"}}"#, "x".repeat(129));
        refused(&long, ErrorCode::BadFrame);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_frame_or_a_fault(text in "\\PC{0,200}") {
            let _ = ClientFrame::parse(&text);
        }
    }
}
