//! Any bytes as the body of other people's clients: a message or a reason, never a panic, and no more of it than
//! came.
#![no_main]

use ibid::adapters::directline::{Incoming, Place};
use ibid::adapters::openai::{ChatRequest, error};
use ibid::adapters::rasa::Message;

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    if let Ok(message) = Message::parse(body) {
        assert!(message.text.len() <= body.len() && !message.recipient().is_empty());
        let intent = message.intent().unwrap_or("none");
        assert!(intent.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
    }
    if let Ok(incoming) = Incoming::parse(body) {
        let echo = incoming.echo(&Place { conversation: "c", number: 1, timestamp: "" });
        let echo: serde_json::Value = serde_json::from_str(&echo).expect("what was read is JSON");
        assert!(echo["id"] == "c|0000001" && echo["from"]["role"] == "user");
    }
    match ChatRequest::parse(body) {
        Ok(request) => {
            let earlier: usize = request.earlier.iter().map(String::len).sum();
            assert!(request.earlier.len() <= 4 && !request.question.trim().is_empty());
            assert!(request.question.len() + earlier <= body.len());
        }
        Err(fault) => assert!(error(&fault)["error"]["message"].is_string()),
    }
});
