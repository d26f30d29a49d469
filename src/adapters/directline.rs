//! Direct Line 3.0, as Microsoft's Web Chat and its libraries speak it
//! (<https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-direct-line-3-0-api-reference>).
//!
//! What clients send are activities; what they get are sets of activities with a watermark, from which they go on.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Content, Links, activity};
use crate::answer;
use crate::protocol::{Answer, ErrorCode, Problem, read_body};

/// Longest id of who writes, in characters.
const MAX_USER_CHARS: usize = 256;

/// What a client sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// What it is.
    pub what: What,
    members: Map<String, Value>,
}

/// Kinds of what comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody asks.
    Message(String),
    /// A program says something to programs.
    Event,
    /// The conversation is over.
    End,
    /// Nothing that is kept: somebody types, joined, reacted.
    Passing,
}

impl Incoming {
    /// Reads an activity.
    ///
    /// # Errors
    /// `bad_json`, `bad_request`, or `unsupported` for files without a word.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let members: Map<String, Value> = read_body(body)?;
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
        let user = members.get("from").and_then(|from| from.get("id")).and_then(Value::as_str);
        if user.is_some_and(|id| id.chars().count() > MAX_USER_CHARS) {
            return Err(refused(&format!("`from.id` may have {MAX_USER_CHARS} characters")));
        }
        let what = match text("type") {
            "" => return Err(refused("`type` is wanted, as in `message`")),
            "message" if !text("text").trim().is_empty() => What::Message(text("text").to_owned()),
            "message" if members.contains_key("attachments") => {
                return Err(Problem::new(ErrorCode::Unsupported, "only texts are read here, no files"));
            }
            "message" => return Err(refused("a message needs `text`")),
            "event" => What::Event,
            "endOfConversation" => What::End,
            _ => What::Passing,
        };
        Ok(Self { what, members })
    }

    /// It as everybody in the conversation gets it, the sender too, who knows it again by its `channelData`.
    #[must_use]
    pub fn echo(mut self, place: &Place<'_>) -> String {
        let mut from = match self.members.remove("from") {
            Some(Value::Object(from)) => from,
            _ => Map::new(),
        };
        from.entry("id").or_insert_with(|| "user".into());
        from.insert("role".into(), "user".into());
        self.members.insert("from".into(), from.into());
        place.mark(&mut self.members);
        Value::Object(self.members).to_string()
    }
}

/// Where and when something is said.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The conversation.
    pub conversation: &'a str,
    /// How many were said before it.
    pub number: u64,
    /// As in RFC 3339.
    pub timestamp: &'a str,
}

impl Place<'_> {
    /// The name of what is said there.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}|{:07}", self.conversation, self.number)
    }

    fn mark(&self, members: &mut Map<String, Value>) {
        members.insert("id".into(), self.id().into());
        members.insert("timestamp".into(), self.timestamp.into());
        members.insert("channelId".into(), "directline".into());
        members.insert("conversation".into(), json!({ "id": self.conversation }));
    }
}

/// What Ibid says.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    activity: Value,
}

impl Outgoing {
    /// `answer`, with all of its quotes.
    #[must_use]
    pub fn answer(answer: &answer::Answer, links: &Links) -> Self {
        let content = Content::answer(answer, links, usize::MAX);
        let whole = serde_json::to_value(Answer::from(answer)).unwrap_or_default();
        Self { activity: activity::message(&content, &answer.related, &whole) }
    }

    /// The operator's words, with questions to begin with.
    #[must_use]
    pub fn text(text: &str, questions: &[String]) -> Self {
        Self { activity: activity::message(&Content::text(text), questions, &Value::Null) }
    }

    /// It as it is said by `name`, in reply to the activity `reply_to`.
    #[must_use]
    pub fn write(mut self, place: &Place<'_>, name: &str, reply_to: Option<&str>) -> String {
        if let Some(members) = self.activity.as_object_mut() {
            members.insert("from".into(), json!({ "id": "ibid", "name": name, "role": "bot" }));
            if let Some(id) = reply_to {
                members.insert("replyToId".into(), id.into());
            }
            place.mark(members);
        }
        self.activity.to_string()
    }
}

/// What was said, and from where to go on.
#[must_use]
pub fn activity_set(activities: &[Arc<str>], watermark: u64) -> String {
    let activities = activities.join(",");
    format!(r#"{{"activities":[{activities}],"watermark":"{watermark}"}}"#)
}

/// Reads a watermark; clients write some words where they have none.
///
/// # Errors
/// `bad_request`.
pub fn watermark(text: &str) -> Result<u64, Problem> {
    match text {
        "" | "-" | "null" | "undefined" => Ok(0),
        digits => digits.parse().map_err(|_| refused("`watermark` must be one that was given here")),
    }
}

/// A refusal as their clients read it.
#[must_use]
pub fn error(problem: &Problem) -> Value {
    let code = match problem.code {
        ErrorCode::BadJson => "MalformedData",
        ErrorCode::BadRequest => "BadArgument",
        ErrorCode::QuestionTooLong | ErrorCode::TooLarge => "InvalidRange",
        ErrorCode::Unsupported | ErrorCode::UnsupportedMediaType => "NotSupported",
        ErrorCode::NotFound => "NotFound",
        ErrorCode::Internal => "Internal",
        ErrorCode::RateLimited
        | ErrorCode::Busy
        | ErrorCode::NotReady
        | ErrorCode::ShuttingDown
        | ErrorCode::Timeout => "ServiceError",
        _ => "NotAllowed",
    };
    json!({ "error": { "code": code, "message": problem.detail } })
}

fn refused(detail: &str) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'_> = Place { conversation: "c", number: 3, timestamp: "2026-01-02T03:04:05Z" };

    fn parse(activity: &Value) -> Result<Incoming, Problem> {
        Incoming::parse(activity.to_string().as_bytes())
    }

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_comes_is_told_apart() {
        for (activity, what) in [
            (json!({"type": "message", "text": "why?"}), What::Message("why?".into())),
            (json!({"type": "event", "name": "webchat/join"}), What::Event),
            (json!({"type": "endOfConversation"}), What::End),
            (json!({"type": "typing"}), What::Passing),
            (json!({"type": "conversationUpdate", "membersAdded": []}), What::Passing),
        ] {
            assert_eq!(parse(&activity).unwrap().what, what);
        }
        let long = json!({"type": "typing", "from": {"id": "x".repeat(257)}});
        let file = json!({"type": "message", "attachments": [{"contentType": "image/png"}]});
        for (activity, code) in [
            (json!({}), ErrorCode::BadRequest),
            (json!([]), ErrorCode::BadRequest),
            (json!({"type": "message", "text": " "}), ErrorCode::BadRequest),
            (long, ErrorCode::BadRequest),
            (file, ErrorCode::Unsupported),
        ] {
            let problem = parse(&activity).unwrap_err();
            assert_eq!(problem.code, code, "{activity}");
            assert!(error(&problem)["error"]["message"].is_string());
        }
    }

    #[test]
    fn an_echo_is_known_again_and_claims_to_be_nobody_else() {
        let sent = json!({"type": "message", "text": "why?", "id": "mine", "channelData": {"clientActivityID": "7"},
                          "from": {"id": "u", "name": "Anna", "role": "bot"}, "conversation": {"id": "other"}});
        let echo = value(&parse(&sent).unwrap().echo(&PLACE));
        assert_eq!(
            (&echo["id"], &echo["channelData"]["clientActivityID"]),
            (&json!("c|0000003"), &json!("7"))
        );
        assert_eq!(echo["from"], json!({"id": "u", "name": "Anna", "role": "user"}));
        assert_eq!((&echo["conversation"]["id"], &echo["text"]), (&json!("c"), &json!("why?")));
    }

    #[test]
    fn a_text_has_its_questions_to_press() {
        let questions: Vec<String> = (0..9).map(|number| number.to_string()).collect();
        let said =
            value(&Outgoing::text("Hello *you*", &questions).write(&PLACE, "Clinic", Some("c|0000002")));
        assert_eq!((&said["text"], &said["replyToId"]), (&json!("Hello \\*you\\*"), &json!("c|0000002")));
        let actions = said["suggestedActions"]["actions"].as_array().unwrap();
        assert_eq!((actions.len(), &actions[1]), (5, &json!({"type": "imBack", "title": "1", "value": "1"})));
        assert_eq!(said["from"], json!({"id": "ibid", "name": "Clinic", "role": "bot"}));
        let set = value(&activity_set(&[Arc::from("{}"), Arc::from("{}")], 4));
        assert_eq!(set, json!({"activities": [{}, {}], "watermark": "4"}));
    }

    #[test]
    fn watermarks_are_numbers_or_nothing() {
        assert_eq!(["", "-", "null", "undefined", "7"].map(|text| watermark(text).unwrap()), [0, 0, 0, 0, 7]);
        assert!(["-1", "x", "1e3"].iter().all(|text| watermark(text).is_err()));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..64), text in "\\PC{1,40}") {
            let _ = Incoming::parse(&body).map(|incoming| incoming.echo(&PLACE));
            prop_assume!(!text.trim().is_empty());
            let echo = value(&parse(&json!({"type": "message", "text": text})).unwrap().echo(&PLACE));
            prop_assert_eq!(echo["text"].as_str(), Some(text.as_str()));
        }
    }
}
