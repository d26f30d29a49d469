//! Chat completions as OpenAI has them, which many front ends speak.
//!
//! Only the shape is theirs: the text is quoted, not generated. The last message of the user is the question,
//! earlier ones are what it may lean on; what a system or an assistant said steers nothing.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Content, Links};
use crate::answer;
use crate::protocol::{Answer, ErrorCode, Problem, read_body};

/// The one model, which is none.
const MODEL: &str = "ibid";

/// Most earlier questions that the last one may lean on: each is asked anew.
const MAX_EARLIER: usize = 4;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatRequest {
    /// The last message of the user.
    pub question: String,
    /// What the user wrote before, oldest first.
    pub earlier: Vec<String>,
    /// Whether the answer comes as events.
    pub stream: bool,
    /// Whether the last event tells the usage.
    pub include_usage: bool,
}

/// A refusal, and the member of the request that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub problem: Problem,
    /// Name of the member.
    pub param: Option<String>,
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self { problem, param: None }
    }
}

#[derive(Deserialize)]
struct Wire {
    messages: Vec<Message>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    n: Option<u64>,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Option<Body>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`content` must be a string or an array of parts with a `type`")]
enum Body {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
}

impl ChatRequest {
    /// Reads the body of a call.
    ///
    /// # Errors
    /// `bad_json`, `bad_request`, `not_found` for another model, or `unsupported`.
    pub fn parse(body: &[u8]) -> Result<Self, Fault> {
        let wire: Wire = read_body(body)?;
        if let Some(model) = wire.model.filter(|model| model != MODEL) {
            return Err(no_model(&model));
        }
        if wire.n.is_some_and(|n| n != 1) {
            return Err(fault(ErrorCode::Unsupported, "`n` can only be 1", "n"));
        }
        let mut asked: Vec<(usize, Message)> =
            wire.messages.into_iter().enumerate().filter(|(_, message)| message.role == "user").collect();
        let nothing = || fault(ErrorCode::BadRequest, "there is no message of the role `user`", "messages");
        let (at, last) = asked.pop().ok_or_else(nothing)?;
        let question = last.question(at)?;
        let skipped = asked.len().saturating_sub(MAX_EARLIER);
        let earlier = asked.into_iter().skip(skipped).filter_map(|(at, message)| message.question(at).ok());
        let include_usage = wire.stream_options.and_then(|options| options.include_usage).unwrap_or(false);
        Ok(Self { question, earlier: earlier.collect(), stream: wire.stream.unwrap_or(false), include_usage })
    }
}

impl Message {
    /// The text of the message at place `at`.
    fn question(self, at: usize) -> Result<String, Fault> {
        let param = format!("messages[{at}].content");
        let text = match self.content {
            None => String::new(),
            Some(Body::Text(text)) => text,
            Some(Body::Parts(parts)) => {
                if let Some(part) = parts.iter().find(|part| part.kind != "text") {
                    let kind = short(&part.kind);
                    let detail = format!("only text is read here, not parts of the type `{kind}`");
                    return Err(fault(ErrorCode::Unsupported, detail, param));
                }
                let texts: Vec<String> = parts.into_iter().filter_map(|part| part.text).collect();
                texts.join("\n")
            }
        };
        if text.trim().is_empty() {
            return Err(fault(ErrorCode::BadRequest, "the last message of the user is empty", param));
        }
        Ok(text)
    }
}

/// The beginning of a name that someone else gave.
fn short(name: &str) -> String {
    name.chars().take(40).collect()
}

fn fault(code: ErrorCode, detail: impl Into<String>, param: impl Into<String>) -> Fault {
    Fault { problem: Problem::new(code, detail), param: Some(param.into()) }
}

/// One answer on its way out.
#[derive(Debug, Clone)]
pub struct Completion {
    id: String,
    /// Seconds since 1970.
    created: u64,
    text: String,
    answer: Value,
}

impl Completion {
    /// `answer` as Markdown, under `id`, made at `created` in seconds since 1970.
    #[must_use]
    pub fn new(id: &str, created: u64, answer: &answer::Answer, links: &Links) -> Self {
        Self {
            id: format!("chatcmpl-{id}"),
            created,
            text: Content::answer(answer, links, usize::MAX).markdown(),
            answer: serde_json::to_value(Answer::from(answer)).unwrap_or_default(),
        }
    }

    /// As one object.
    #[must_use]
    pub fn whole(&self) -> Value {
        let message = json!({
            "role": "assistant",
            "content": self.text,
            "refusal": null,
            "ibid": self.answer,
        });
        let choice = json!({"index": 0, "message": message, "logprobs": null, "finish_reason": "stop"});
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": MODEL,
            "choices": [choice],
            "usage": usage(),
        })
    }

    /// As server-sent events: who speaks, the text, the end with the answer, the usage where it is wanted.
    #[must_use]
    pub fn events(&self, include_usage: bool) -> String {
        let end = json!({"ibid": self.answer});
        let mut chunks = vec![
            self.chunk(&json!({"role": "assistant", "content": ""}), None),
            self.chunk(&json!({"content": self.text}), None),
            self.chunk(&end, Some("stop")),
        ];
        if include_usage {
            let mut last = self.chunk(&json!({}), None);
            if let Some(last) = last.as_object_mut() {
                last.insert("choices".into(), json!([]));
                last.insert("usage".into(), usage());
            }
            chunks.push(last);
        }
        let mut events: String = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
        events.push_str("data: [DONE]\n\n");
        events
    }

    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> Value {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason});
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": MODEL,
            "choices": [choice],
        })
    }
}

/// No model read or wrote a token.
fn usage() -> Value {
    json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0})
}

/// The list of models.
#[must_use]
pub fn models() -> Value {
    json!({"object": "list", "data": [the_model()]})
}

/// The model of this name.
///
/// # Errors
/// It is another than the one that there is.
pub fn model(name: &str) -> Result<Value, Fault> {
    if name == MODEL { Ok(the_model()) } else { Err(no_model(name)) }
}

fn the_model() -> Value {
    json!({"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL})
}

/// The member of a request, and the part of an address, that names the model.
const MODEL_PARAM: &str = "model";

fn no_model(name: &str) -> Fault {
    let detail = format!("there is no model `{}`; the one here is `{MODEL}`", short(name));
    fault(ErrorCode::NotFound, detail, MODEL_PARAM)
}

/// A refusal as their clients read it.
#[must_use]
pub fn error(fault: &Fault) -> Value {
    let kind = match fault.problem.status {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    let Problem { detail, code, .. } = &fault.problem;
    // Their clients know a model that is not there by their own word for it.
    let code = match (code, fault.param.as_deref()) {
        (ErrorCode::NotFound, Some(MODEL_PARAM)) => "model_not_found",
        _ => code.as_str(),
    };
    json!({"error": {"message": detail, "type": kind, "param": fault.param, "code": code}})
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(body: &Value) -> Result<ChatRequest, Fault> {
        ChatRequest::parse(body.to_string().as_bytes())
    }

    fn user(content: &str) -> Value {
        json!({"role": "user", "content": content})
    }

    #[test]
    fn the_last_message_of_the_user_is_asked_after_those_before() {
        let mut messages = vec![json!({"role": "system", "content": "You are a pirate."})];
        for number in 0..7 {
            messages.push(user(&number.to_string()));
            messages.push(json!({"role": "assistant", "content": null, "tool_calls": []}));
        }
        let request = parse(&json!({"model": "ibid", "messages": messages, "temperature": 2})).unwrap();
        assert_eq!((request.question.as_str(), request.stream), ("6", false));
        assert_eq!(request.earlier, ["2", "3", "4", "5"]);
    }

    #[test]
    fn parts_of_text_are_joined_and_others_refused() {
        let parts = json!([{"type": "text", "text": "How long"}, {"type": "text", "text": "is it?"}]);
        let request = parse(&json!({"messages": [{"role": "user", "content": parts}], "stream": true}));
        let request = request.unwrap();
        assert_eq!((request.question.as_str(), request.stream), ("How long\nis it?", true));
        let picture = json!({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]});
        let fault = parse(&json!({"messages": [user("a"), picture]})).unwrap_err();
        assert_eq!(fault.problem.code, ErrorCode::Unsupported);
        assert_eq!(fault.param.as_deref(), Some("messages[1].content"));
        assert!(fault.problem.detail.contains("image_url"));
        // One that was refused when it came is passed over later.
        assert_eq!(parse(&json!({"messages": [picture, user("a")]})).unwrap().earlier, Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        for (body, code) in [
            (json!({}), ErrorCode::BadRequest),
            (json!({"messages": []}), ErrorCode::BadRequest),
            (json!({"messages": [{"role": "system", "content": "x"}]}), ErrorCode::BadRequest),
            (json!({"messages": [user("  ")]}), ErrorCode::BadRequest),
            (json!({"messages": [{"role": "user", "content": 7}]}), ErrorCode::BadRequest),
            (json!({"messages": [user("x")], "model": "gpt-4"}), ErrorCode::NotFound),
            (json!({"messages": [user("x")], "n": 2}), ErrorCode::Unsupported),
            (json!([]), ErrorCode::BadRequest),
        ] {
            assert_eq!(parse(&body).unwrap_err().problem.code, code, "{body}");
        }
        assert_eq!(ChatRequest::parse(b"{").unwrap_err().problem.code, ErrorCode::BadJson);
    }

    #[test]
    fn a_model_that_is_not_there_has_their_word() {
        assert_eq!(models()["data"][0], model(MODEL).unwrap());
        let missing = error(&model(&"x".repeat(500)).unwrap_err())["error"].clone();
        assert_eq!((&missing["code"], &missing["param"]), (&json!("model_not_found"), &json!("model")));
        assert!(missing["message"].as_str().unwrap().len() < 100, "{missing}");
        let elsewhere = error(&Problem::new(ErrorCode::NotFound, "there is nothing at this address").into());
        assert_eq!(elsewhere["error"]["code"], "not_found");
    }

    #[test]
    fn events_are_lines_that_end_with_done() {
        let answer = json!({"citations": []});
        let completion = Completion { id: "x".into(), created: 1, text: "a\n\nb".into(), answer };
        let events = completion.events(true);
        let lines: Vec<&str> = events.split_terminator("\n\n").collect();
        assert_eq!((lines.len(), *lines.last().unwrap()), (5, "data: [DONE]"));
        let chunk =
            |at: usize| -> Value { serde_json::from_str(lines[at].strip_prefix("data: ").unwrap()).unwrap() };
        assert_eq!(chunk(1)["choices"][0]["delta"]["content"], "a\n\nb");
        assert_eq!(chunk(2)["choices"][0]["finish_reason"], "stop");
        assert_eq!(chunk(2)["choices"][0]["delta"]["ibid"]["citations"], json!([]));
        assert_eq!((&chunk(3)["choices"], &chunk(3)["usage"]["total_tokens"]), (&json!([]), &json!(0)));
        assert_eq!(completion.events(false).matches("data: ").count(), 4);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..64), text in "\\PC{1,40}") {
            let _ = ChatRequest::parse(&body).map_err(|fault| error(&fault));
            prop_assume!(!text.trim().is_empty());
            let request = parse(&json!({"messages": [user(&text), user(&text)]})).unwrap();
            prop_assert_eq!((&request.question, &request.earlier[0]), (&text, &text));
        }
    }
}
