//! The doors of other people's clients, what is the same at all of them, and that of a site's server, which gets tokens
//! for its visitors.

mod mcp;
mod openai;
mod rasa;

use ibid::config::Anonymous;
use serde_json::{Value, json};

use crate::driver::{Driver, QUESTION};

const QUOTE: &str = "The kettle should be descaled every six weeks with vinegar [1].";
const RASA: &str = "/webhooks/rest/webhook";
const OPENAI: &str = "/v1/chat/completions";
const CLINIC: &str = "https://clinic.example";

#[track_caller]
fn check_quote(answer: &Value) {
    assert_eq!(answer["outcome"], "answered", "{answer}");
    assert!(answer["citations"][0]["quote"].as_str().unwrap().starts_with(QUOTE), "{answer}");
}

#[tokio::test]
async fn the_rate_limit_counts_these_doors_too() {
    let server = Driver::with(|config| {
        config.server.questions_per_minute = 1;
        config.server.question_burst = 1;
    })
    .await;
    rasa::say(&server, "u1", "/greet").await;
    rasa::say(&server, "u1", QUESTION).await;
    server.post(RASA, &json!({"message": QUESTION})).await.problem(429, "rate_limited");
    let refused = server.post(OPENAI, &json!({"messages": [openai::user(QUESTION)]})).await;
    openai::check_error(&refused, 429, "rate_limit_error", "rate_limited");
    assert!(refused.header("retry-after").is_some());
    let limited = mcp::tool(&server, "ask", json!({"question": QUESTION})).await;
    assert_eq!(limited["isError"], true);
    assert!(limited["content"][0]["text"].as_str().unwrap().starts_with("rate_limited"), "{limited}");
    let read = mcp::tool(&server, "read_document", json!({"document": "kettles.md"})).await;
    assert_eq!(read["isError"], false);
}

#[tokio::test]
async fn who_may_ask_is_the_same_at_every_door() {
    let server = Driver::with(|config| config.access.anonymous = Anonymous::None).await;
    server.post(RASA, &json!({"message": QUESTION})).await.problem(401, "not_authorised");
    let kind = "authentication_error";
    let refused = server.post(OPENAI, &json!({"messages": [openai::user("x")]})).await;
    openai::check_error(&refused, 401, kind, "not_authorised");
    for models in ["/v1/models", "/v1/models/ibid", "/v1/models/gpt-4o"] {
        openai::check_error(&server.get(models).await, 401, kind, "not_authorised");
    }
    let list = mcp::call(&server, &[], &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).await;
    list.problem(401, "not_authorised");
    // A front end cannot but send some key: where nobody needs one, that does no harm.
    let server = Driver::start().await;
    let body = json!({"messages": [openai::user(QUESTION)]}).to_string();
    for (key, status) in [("Bearer sk-none", 200), ("Bearer ibid_00000000_0", 401)] {
        let headers = [("content-type", "application/json"), ("authorization", key)];
        assert_eq!(server.send("POST", OPENAI, &headers, &body).await.status, status, "{key}");
    }
}

#[tokio::test]
async fn a_visitor_token_that_was_not_used_yet_is_good_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, "5e".repeat(32)).unwrap();
    let start = async || {
        Driver::with(|config| {
            config.sessions.path = folder.path().join("sessions.sqlite");
            config.sessions.key_file.clone_from(&key_file);
            config.server.allowed_origins = vec![CLINIC.into()];
        })
        .await
    };
    let server = start().await;
    let mint = async || server.post("/api/v1/visitors", &json!({"origin": CLINIC})).await.ok().json();
    let (visitor, erased, reading) = (mint().await, mint().await, mint().await);
    let resume_after = |visitor: &Value, after: u64| {
        let (session, token) = (&visitor["session"], &visitor["token"]);
        json!({"type": "resume", "session": session, "token": token, "after": after})
    };
    let resume = |visitor: &Value| resume_after(visitor, 0);
    let mut page = server.open("?start=resume", &[("origin", CLINIC)]).await.unwrap();
    page.send(&resume(&erased)).await;
    assert_eq!(page.frame().await["resumed"], true);
    page.send(&json!({"type": "forget"})).await;
    assert_eq!(page.frame().await["type"], "goodbye");
    page.closed(1000).await;
    let mut page = server.open("?start=resume", &[("origin", CLINIC)]).await.unwrap();
    page.send(&resume(&reading)).await;
    assert_eq!(page.frame().await["resumed"], true);
    let seen_off = async {
        let goodbye = page.frame().await;
        page.closed(1001).await;
        goodbye
    };
    let (goodbye, _) = tokio::join!(seen_off, server.stopped());
    assert_eq!((&goodbye["type"], &goodbye["seq"]), (&json!("goodbye"), &json!(2)));
    let server = start().await;
    let mut page = server.open("?start=resume", &[("origin", CLINIC)]).await.unwrap();
    page.send(&resume_after(&reading, 2)).await;
    assert_eq!(page.frame().await["resumed"], true, "a page in which nobody asked yet");
    page.ask("c1", QUESTION).await;
    assert_eq!(page.answer("c1").await["seq"], 3);
    for (visitor, origin, is_known) in
        [(&visitor, None, false), (&erased, Some(CLINIC), false), (&visitor, Some(CLINIC), true)]
    {
        let headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
        let mut page = server.open("?start=resume", &headers).await.unwrap();
        page.send(&resume(visitor)).await;
        let hello = page.frame().await;
        assert_eq!((&hello["resumed"], &hello["seq"]), (&json!(is_known), &json!(1)), "{origin:?}");
        page.ask("c1", QUESTION).await;
        assert_eq!(page.answer("c1").await["seq"], 2);
    }
}
