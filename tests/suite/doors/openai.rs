//! Front ends that speak OpenAI's chat completions.

use serde_json::{Value, json};

use super::{OPENAI, RASA, check_quote};
use crate::driver::{Driver, QUESTION, Reply};

pub(super) fn user(content: &str) -> Value {
    json!({"role": "user", "content": content})
}

#[track_caller]
pub(super) fn check_error(reply: &Reply, status: u16, kind: &str, code: &str) -> Value {
    let error = reply.json()["error"].clone();
    assert_eq!(
        (reply.status, &error["type"], &error["code"]),
        (status, &json!(kind), &json!(code)),
        "{error}"
    );
    assert_eq!(reply.header("content-type").as_deref(), Some("application/json"));
    assert!(error["message"].is_string() && error.get("param").is_some());
    error
}

#[tokio::test]
async fn a_chat_completion_is_quoted() {
    let server = Driver::start().await;
    assert_eq!(server.get("/v1/models").await.ok().json()["data"][0]["id"], "ibid");
    let system = json!({"role": "system", "content": "Answer in rhymes."});
    let body = json!({"model": "ibid", "messages": [system, user(QUESTION)], "temperature": 1, "tools": []});
    let completion = server.post(OPENAI, &body).await.ok().json();
    let choice = &completion["choices"][0];
    assert_eq!((&completion["model"], &choice["finish_reason"]), (&json!("ibid"), &json!("stop")));
    check_quote(&choice["message"]["ibid"]);
    let content = choice["message"]["content"].as_str().unwrap();
    assert!(content.starts_with("> The kettle should be descaled every six weeks with vinegar"), "{content}");
    assert_eq!(completion["usage"]["total_tokens"], 0);
}

#[tokio::test]
async fn the_one_model_can_be_looked_up() {
    let server = Driver::start().await;
    let listed = server.get("/v1/models").await.ok().json()["data"][0].clone();
    assert_eq!(server.get("/v1/models/ibid").await.ok().json(), listed);
    for other in ["gpt-4o", "IBID", "openai%2Fgpt-4o", "%FF"] {
        let reply = server.get(&format!("/v1/models/{other}")).await;
        let error = check_error(&reply, 404, "invalid_request_error", "model_not_found");
        assert_eq!(error["param"], "model", "{other}");
    }
    let post = server.send("POST", "/v1/models/ibid", &[], "").await;
    check_error(&post, 405, "invalid_request_error", "method_not_allowed");
}

#[tokio::test]
async fn earlier_messages_are_what_a_question_leans_on() {
    let server = Driver::start().await;
    let answer = json!({"role": "assistant", "content": "Something that was never said."});
    let alone = json!({"messages": [user("and with hard water?")]});
    let after = json!({"messages": [user(QUESTION), answer, user("and with hard water?")]});
    let read_as = async |body: &Value| {
        let completion = server.post(OPENAI, body).await.ok().json();
        completion["choices"][0]["message"]["ibid"]["read_as"].clone()
    };
    assert_eq!(read_as(&alone).await, Value::Null);
    assert!(read_as(&after).await.is_string());
}

#[tokio::test]
async fn a_chat_completion_streams() {
    let server = Driver::start().await;
    let body =
        json!({"messages": [user(QUESTION)], "stream": true, "stream_options": {"include_usage": true}});
    let reply = server.post(OPENAI, &body).await.ok();
    assert_eq!(reply.header("content-type").as_deref(), Some("text/event-stream"));
    let text = reply.text();
    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    let (done, chunks) = events.split_last().unwrap();
    assert_eq!(*done, "data: [DONE]");
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
        .collect();
    let content: String =
        chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
    assert!(content.contains("every six weeks"), "{content}");
    let last = chunks.iter().rfind(|chunk| chunk["choices"] != json!([])).unwrap();
    check_quote(&last["choices"][0]["delta"]["ibid"]);
    assert_eq!(chunks.last().unwrap()["usage"]["total_tokens"], 0);
}

#[tokio::test]
async fn refusals_are_as_openais_clients_read_them() {
    let server = Driver::with(|config| config.server.question_burst = 1).await;
    let post = async |body: Value| server.post(OPENAI, &body).await;
    let invalid = "invalid_request_error";
    check_error(&post(json!({"messages": []})).await, 400, invalid, "bad_request");
    let picture = json!([{"type": "image_url", "image_url": {"url": "data:,"}}]);
    let reply = post(json!({"messages": [{"role": "user", "content": picture}]})).await;
    assert_eq!(check_error(&reply, 400, invalid, "unsupported")["param"], "messages[0].content");
    check_error(
        &post(json!({"messages": [user(&"a".repeat(1001))]})).await,
        400,
        invalid,
        "question_too_long",
    );
    let other = post(json!({"messages": [user("x")], "model": "gpt-4o"})).await;
    assert_eq!(check_error(&other, 404, invalid, "model_not_found")["param"], "model");
    check_error(&server.get(OPENAI).await, 405, invalid, "method_not_allowed");
    let text = server.send("POST", OPENAI, &[("content-type", "text/plain")], "{}").await;
    check_error(&text, 415, invalid, "unsupported_media_type");
    check_error(&server.send("POST", "/v1/models", &[], "").await, 405, invalid, "method_not_allowed");
    check_error(&server.get("/v1/embeddings").await, 404, invalid, "not_found");
}

#[tokio::test]
async fn a_long_conversation_may_be_sent_and_one_without_end_may_not() {
    let server = Driver::start().await;
    let assistant = json!({"role": "assistant", "content": "x".repeat(100_000)});
    let body = json!({"messages": [user(QUESTION), assistant, user(QUESTION)]});
    assert!(body.to_string().len() > server.engine.config().server.max_message_bytes);
    server.post(OPENAI, &body).await.ok();
    server.post(RASA, &body).await.problem(413, "too_large");
    let endless = json!({"messages": [user(&"x".repeat(1 << 20))]});
    check_error(&server.post(OPENAI, &endless).await, 413, "invalid_request_error", "too_large");
}

#[tokio::test]
async fn earlier_messages_count_as_questions_since_they_are_asked_again() {
    let server = Driver::with(|config| {
        config.server.questions_per_minute = 1;
        config.server.question_burst = 4;
    })
    .await;
    let after = |earlier: usize| json!({"messages": vec![user(QUESTION); earlier + 1]});
    server.post(OPENAI, &after(2)).await.ok();
    let refused = server.post(OPENAI, &after(1)).await;
    check_error(&refused, 429, "rate_limit_error", "rate_limited");
    server.post(OPENAI, &after(0)).await.ok();
    check_error(&server.post(OPENAI, &after(0)).await, 429, "rate_limit_error", "rate_limited");
}
