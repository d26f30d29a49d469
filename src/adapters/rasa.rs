//! The REST channel of Rasa, which many chat widgets speak.
//!
//! A message comes as `{"sender", "message"}`, a list of messages goes back: the answer as text, the related
//! questions as buttons, the whole answer in `custom`.

use serde::{Deserialize, Serialize};

use super::{Content, Links};
use crate::answer;
use crate::protocol::{Answer, ErrorCode, Problem, read_body};

/// Whom a reply is for when the message does not say who wrote it; also what Rasa says then.
const NOBODY: &str = "default";
/// Longest name of a sender, in characters.
const MAX_SENDER_CHARS: usize = 256;

/// A message of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How the client names the person; none where it does not tell people apart.
    pub sender: Option<String>,
    /// As typed; empty where nothing was.
    pub text: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    sender: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

impl Message {
    /// Reads the body of a call.
    ///
    /// # Errors
    /// `bad_json` or `bad_request`.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let Wire { sender, message } = read_body(body)?;
        if sender.as_ref().is_some_and(|sender| sender.chars().count() > MAX_SENDER_CHARS) {
            let detail = format!("`sender` may have {MAX_SENDER_CHARS} characters");
            return Err(Problem::new(ErrorCode::BadRequest, detail));
        }
        let sender = sender.filter(|sender| !sender.is_empty() && sender != NOBODY);
        Ok(Self { sender, text: message.unwrap_or_default() })
    }

    /// Whom the reply is for.
    #[must_use]
    pub fn recipient(&self) -> &str {
        self.sender.as_deref().unwrap_or(NOBODY)
    }

    /// The name of the intent, where the message is one instead of words: widgets begin with `/session_start`,
    /// `/greet{"a": 1}` and the like, which nobody typed.
    #[must_use]
    pub fn intent(&self) -> Option<&str> {
        let intent = self.text.trim().strip_prefix('/')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, values) = intent.split_at(intent.find(|c| !is_name(c)).unwrap_or(intent.len()));
        let is_whole = values.is_empty() || values.starts_with('{') && values.ends_with('}');
        (is_whole && !name.is_empty()).then_some(name)
    }
}

/// How texts are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Every quote as it stands, in quotation marks.
    #[default]
    Plain,
    /// For widgets that render it: quotes as block quotes, sources as links.
    Markdown,
}

/// A message to a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reply<'a> {
    /// Whom it is for.
    pub recipient_id: &'a str,
    /// What is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What can be asked next.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button<'a>>,
    /// The answer with its citations, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Answer<'a>>,
}

/// A question to be asked at one touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button<'a> {
    /// What stands on it.
    pub title: &'a str,
    /// What it sends.
    pub payload: &'a str,
}

impl<'a> Reply<'a> {
    /// `answer`, shown with all of its quotes.
    #[must_use]
    pub fn answer(recipient_id: &'a str, answer: &'a answer::Answer, links: &Links, format: Format) -> Self {
        let content = Content::answer(answer, links, usize::MAX);
        let text = match format {
            Format::Plain => content.plain(),
            Format::Markdown => content.markdown(),
        };
        let mut reply = Self::text(recipient_id, text, &answer.related);
        reply.custom = Some(Answer::from(answer));
        reply
    }

    /// The operator's words, with questions to begin with.
    #[must_use]
    pub fn text(recipient_id: &'a str, text: String, questions: &'a [String]) -> Self {
        let buttons = questions.iter().map(|question| Button { title: question, payload: question });
        let text = Some(text).filter(|text| !text.is_empty());
        Self { recipient_id, text, buttons: buttons.collect(), custom: None }
    }

    /// Whether nothing of it would be seen.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_none() && self.buttons.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(body: &str) -> Result<Message, Problem> {
        Message::parse(body.as_bytes())
    }

    #[test]
    fn what_clients_send_is_read_and_the_rest_passed_over() {
        let message =
            parse(r#"{"sender": "u1", "message": "Why?", "input_channel": "rest", "metadata": {"a": []}}"#);
        let message = message.unwrap();
        assert_eq!((message.recipient(), message.text.as_str()), ("u1", "Why?"));
        for anonymous in [r#"{"message": "x"}"#, r#"{"sender": "default"}"#, r#"{"sender": null}"#, "{}"] {
            let message = parse(anonymous).unwrap();
            assert_eq!((message.sender.as_ref(), message.recipient()), (None, "default"), "{anonymous}");
        }
    }

    #[test]
    fn what_is_no_message_is_told() {
        assert_eq!(parse("{").unwrap_err().code, ErrorCode::BadJson);
        let long = format!(r#"{{"sender": "{}"}}"#, "x".repeat(257));
        for body in ["[]", "7", r#"{"message": 7}"#, r#"{"sender": ["u1"]}"#, long.as_str()] {
            assert_eq!(parse(body).unwrap_err().code, ErrorCode::BadRequest, "{body}");
        }
    }

    #[test]
    fn intents_are_told_from_words() {
        let intent = |text: &str| Message { sender: None, text: text.into() }.intent().map(str::to_owned);
        assert_eq!(intent("/restart").as_deref(), Some("restart"));
        assert_eq!(intent(" /greet{\"name\": \"x\"} ").as_deref(), Some("greet"));
        for text in ["", "/", "//", "/ restart", "/what is it", "restart", "1/2", "/{}", "/a{"] {
            assert_eq!(intent(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..64), text in "\\PC{0,40}") {
            let _ = Message::parse(&body);
            let body = serde_json::json!({"sender": text, "message": text}).to_string();
            let message = parse(&body).unwrap();
            prop_assert_eq!(&message.text, &text);
            let _ = message.intent();
        }
    }
}
