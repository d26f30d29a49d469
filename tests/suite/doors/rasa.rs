//! Chat widgets that speak Rasa's REST channel.

use serde_json::{Value, json};

use super::{CLINIC, QUOTE, RASA, check_quote};
use crate::driver::{Driver, OFF_TOPIC, QUESTION};

pub(super) async fn say(server: &Driver, sender: &str, message: &str) -> Value {
    let body = json!({"sender": sender, "message": message, "input_channel": "rest", "metadata": {}});
    server.post(RASA, &body).await.ok().json()
}

#[tokio::test]
async fn a_rasa_widget_gets_text_buttons_and_the_answer() {
    let server = Driver::start().await;
    assert_eq!(server.get("/webhooks/rest/").await.ok().json(), json!({"status": "ok"}));
    let replies = say(&server, "u1", QUESTION).await;
    let reply = &replies[0];
    assert_eq!((replies.as_array().unwrap().len(), &reply["recipient_id"]), (1, &json!("u1")));
    check_quote(&reply["custom"]);
    let text = reply["text"].as_str().unwrap();
    assert!(text.contains(&format!("\u{201c}{QUOTE}")) && text.contains("Looking after a kettle"), "{text}");
    let related = reply["custom"]["related"].as_array().unwrap().iter();
    let buttons: Vec<Value> = related.map(|said| json!({"title": said, "payload": said})).collect();
    assert!(!buttons.is_empty());
    assert_eq!(reply["buttons"], json!(buttons));
    assert_eq!(say(&server, "u1", "  ").await, json!([]));
    let nothing = say(&server, "u1", OFF_TOPIC).await;
    assert_eq!(nothing[0]["text"], server.engine.config().texts.not_found);
}

#[tokio::test]
async fn rasa_can_stream_and_write_markdown() {
    let server = Driver::start().await;
    let body = json!({"message": QUESTION});
    let streamed = server.post(&format!("{RASA}?stream=true&format=markdown&token=x"), &body).await.ok();
    assert_eq!(streamed.header("content-type").as_deref(), Some("text/event-stream"));
    let text = streamed.text();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["recipient_id"]), (1, &json!("default")));
    let shown = lines[0]["text"].as_str().unwrap();
    assert!(
        shown.contains("> The kettle should be descaled every six weeks with vinegar \\[1\\]."),
        "{shown}"
    );
    for query in ["stream=maybe", "format=html"] {
        server.post(&format!("{RASA}?{query}"), &body).await.problem(400, "bad_request");
    }
}

#[tokio::test]
async fn a_rasa_sender_is_a_conversation_of_its_own() {
    let server = Driver::start().await;
    let follow_up = "and with hard water?";
    say(&server, "1", QUESTION).await;
    let after = say(&server, "1", follow_up).await;
    assert!(after[0]["custom"]["read_as"].is_string(), "{after}");
    // Not of a session of the API, whatever its name, nor of another sender.
    let name = "sixteen-letters-1";
    say(&server, name, QUESTION).await;
    let ask = json!({"question": follow_up, "session": name});
    let of_api = server.post("/api/v1/ask", &ask).await.ok().json();
    assert_eq!(of_api["read_as"], Value::Null, "{of_api}");
    assert_eq!(say(&server, "2", follow_up).await[0]["custom"]["read_as"], Value::Null);
    // Who does not tell people apart has no conversation.
    say(&server, "default", QUESTION).await;
    assert_eq!(say(&server, "default", follow_up).await[0]["custom"]["read_as"], Value::Null);
    // And one can be begun anew.
    assert_eq!(say(&server, "1", "/restart").await, json!([]));
    assert_eq!(say(&server, "1", follow_up).await[0]["custom"]["read_as"], Value::Null);
}

#[tokio::test]
async fn a_rasa_sender_that_was_guessed_elsewhere_finds_nothing() {
    let server = Driver::with(|config| config.server.trusted_proxies = vec![[127, 0, 0, 1].into()]).await;
    let from = async |address: &str, message: &str| -> Value {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", address)];
        let body = json!({"sender": "1", "message": message}).to_string();
        server.send("POST", RASA, &headers, &body).await.ok().json()
    };
    from("192.0.2.1", QUESTION).await;
    let stranger = from("192.0.2.2", "and with hard water?").await;
    assert_eq!(stranger[0]["custom"]["read_as"], Value::Null, "{stranger}");
    assert!(from("192.0.2.1", "and with hard water?").await[0]["custom"]["read_as"].is_string());
}

#[tokio::test]
async fn a_rasa_widget_is_greeted_and_opened_to_allowed_pages() {
    let server = Driver::with(|config| config.server.allowed_origins = vec![CLINIC.into()]).await;
    let greeted = say(&server, "u1", "/session_start").await;
    let texts = &server.engine.config().texts;
    assert_eq!(greeted[0]["text"], texts.greeting);
    assert_eq!(greeted[0]["buttons"][0]["payload"], texts.suggestions[0]);
    let allowed = async |origin| {
        let reply = server.send("OPTIONS", RASA, &[("origin", origin)], "").await;
        (reply.status, reply.header("access-control-allow-origin"))
    };
    assert_eq!(allowed(CLINIC).await, (204, Some(CLINIC.into())));
    assert_eq!(allowed("https://evil.example").await, (403, None));
    let body = json!({"message": QUESTION}).to_string();
    for (origin, named) in [(CLINIC, Some(CLINIC)), ("https://evil.example", None)] {
        let headers = [("content-type", "application/json"), ("origin", origin)];
        let reply = server.send("POST", RASA, &headers, &body).await.ok();
        assert_eq!(reply.header("access-control-allow-origin").as_deref(), named);
    }
}
