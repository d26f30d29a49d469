//! The HTTP calls.

use serde_json::{Value, json};

use crate::driver::{Driver, KETTLES, OFF_TOPIC, QUESTION, within};

#[tokio::test]
async fn ask_gives_a_quote_that_stands_in_the_document() {
    let server = Driver::start().await;
    let answer = server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok().json();
    let citation = &answer["citations"][0];
    let quote = citation["quote"].as_str().unwrap();
    assert!(quote.contains("six weeks"), "{answer}");
    let runs = citation["runs"].as_array().unwrap().iter();
    assert_eq!(runs.map(|run| run["text"].as_str().unwrap()).collect::<String>(), quote);
    assert!(citation["passage"].as_str().unwrap().contains(quote));

    let reference = &citation["reference"];
    let document = server.get(&format!("/api/v1/documents/{KETTLES}")).await.ok().json();
    let bytes = reference["bytes"].as_array().unwrap();
    let range = bytes[0].as_u64().unwrap() as usize..bytes[1].as_u64().unwrap() as usize;
    assert_eq!(&document["text"].as_str().unwrap()[range], quote);
    assert_eq!(document["revision"], reference["revision"]);

    let verdict = server.post("/api/v1/verify", &claim(reference)).await.ok().json();
    assert_eq!(verdict, json!({"valid": true, "quote": quote}));
}

fn claim(reference: &Value) -> Value {
    let pick = |name: &str| reference[name].clone();
    json!({"document": pick("document"), "revision": pick("revision"), "bytes": pick("bytes"), "sha256": pick("sha256")})
}

#[tokio::test]
async fn a_forged_quote_does_not_stand() {
    let server = Driver::start().await;
    let answer = server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok().json();
    let mut forged = claim(&answer["citations"][0]["reference"]);
    forged["sha256"] = json!("0".repeat(64));
    let verdict = server.post("/api/v1/verify", &forged).await.ok().json();
    assert_eq!(verdict["valid"], false);
    assert!(verdict["reason"].is_string() && verdict.get("quote").is_none(), "{verdict}");
    forged["document"] = json!("../secret");
    assert_eq!(server.post("/api/v1/verify", &forged).await.ok().json()["valid"], false);
}

#[tokio::test]
async fn nothing_found_is_an_answer() {
    let server = Driver::start().await;
    let answer = server.post("/api/v1/ask", &json!({"question": OFF_TOPIC})).await.ok().json();
    assert_eq!((&answer["outcome"], &answer["citations"]), (&json!("not_found"), &json!([])));
    assert!(answer["reason"].is_string(), "{answer}");
    let answer = server.post("/api/v1/ask", &json!({"question": "  "})).await.ok().json();
    assert_eq!(answer["reason"], "empty");
}

#[tokio::test]
async fn search_gives_ranked_passages_with_features() {
    let server = Driver::start().await;
    let found = server.post("/api/v1/search", &json!({"question": QUESTION, "limit": 2})).await.ok().json();
    let hits = found["hits"].as_array().unwrap();
    assert!((1..=2).contains(&hits.len()), "{found}");
    assert_eq!((&hits[0]["rank"], &hits[0]["document"]), (&json!(1), &json!(KETTLES)));
    assert!(hits[0]["features"].is_object() && hits[0]["ordinal"].is_number(), "{found}");
}

#[tokio::test]
async fn bad_requests_are_told_apart() {
    let server = Driver::start().await;
    let ask = |body: Value| {
        let server = &server;
        async move { server.post("/api/v1/ask", &body).await }
    };
    ask(json!({"question": "a", "admin": true})).await.problem(400, "bad_request");
    ask(json!(["a"])).await.problem(400, "bad_request");
    ask(json!({"question": "a", "limit": 0})).await.problem(400, "bad_request");
    ask(json!({"question": "a", "limit": 11})).await.problem(400, "bad_request");
    ask(json!({"question": "a", "session": "short"})).await.problem(400, "bad_request");
    ask(json!({"question": "a", "document": "../a"})).await.problem(400, "bad_request");
    ask(json!({"question": "a", "document": "none.md"})).await.problem(404, "not_found");
    ask(json!({"question": "a".repeat(1001)})).await.problem(400, "question_too_long");
    ask(json!({"question": "a".repeat(20_000)})).await.problem(413, "too_large");
    let json = [("content-type", "application/json; charset=utf-8")];
    server.send("POST", "/api/v1/ask", &json, "{").await.problem(400, "bad_json");
    server.send("POST", "/api/v1/ask", &json, "{\"question\": \"why\"}").await.ok();
    let text = [("content-type", "text/plain")];
    server.send("POST", "/api/v1/ask", &text, "{}").await.problem(415, "unsupported_media_type");
    let packed = [("content-type", "application/json"), ("content-encoding", "gzip")];
    server.send("POST", "/api/v1/ask", &packed, "{}").await.problem(415, "unsupported_media_type");
    server.get("/api/v1/nothing").await.problem(404, "not_found");
    let refused = server.get("/api/v1/ask").await;
    assert_eq!(refused.header("allow").as_deref(), Some("POST"), "{}", refused.head);
    refused.problem(405, "method_not_allowed");
    server.get("/api/v1/chat").await.problem(426, "upgrade_required");
}

#[tokio::test]
async fn a_session_goes_on_and_its_questions_wait_for_each_other() {
    let server = Driver::start().await;
    let body = json!({"question": QUESTION, "session": "0123456789abcdef"});
    let asked: Vec<_> = (0..4).map(|_| server.post("/api/v1/ask", &body)).collect();
    for answer in futures_util::future::join_all(asked).await {
        assert_eq!(answer.ok().json()["citations"][0]["rank"], 1);
    }
}

#[tokio::test]
async fn documents_are_listed_page_by_page() {
    let server = Driver::start().await;
    let first = server.get("/api/v1/documents?limit=1").await.ok().json();
    assert_eq!(
        (&first["documents"][0]["id"], &first["total"], &first["next"]),
        (&json!(KETTLES), &json!(2), &json!(1))
    );
    let last = server.get("/api/v1/documents?from=1&limit=1").await.ok().json();
    assert_eq!((&last["documents"][0]["id"], &last["next"]), (&json!("teapots.md"), &Value::Null));
    server.get("/api/v1/documents?limit=1001").await.problem(400, "bad_request");
    server.get("/api/v1/documents?limit=x").await.problem(400, "bad_request");
    let refused = server.get("/api/v1/documents?form=1").await.problem(400, "bad_request");
    assert!(refused["detail"].as_str().unwrap().contains("`form`"), "{refused}");
    server.get("/api/v1/documents/none.md").await.problem(404, "not_found");
    server.get("/api/v1/documents/%FF").await.problem(404, "not_found");
}

#[tokio::test]
async fn an_answers_link_opens_the_page_with_the_quote_marked() {
    let server = Driver::start().await;
    let answer = server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok().json();
    let link = answer["citations"][0]["reference"]["link"].as_str().unwrap();
    let (path, fragment) = link.split_once('#').unwrap();
    let page = server.get(path).await.ok();
    assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
    let html = page.text();
    assert!(html.contains(&format!("<mark id=\"{fragment}\" class=\"quote\"")), "{html}");
    assert!(html.contains("kettles &lt;and&gt; their \u{e9}mail"), "{html}");
    assert!(html.contains("href=\"#ref-1\">"), "{html}");
}

#[tokio::test]
async fn a_reference_to_a_document_that_is_gone_leads_to_a_page() {
    let server = Driver::start().await;
    for path in ["/documents/none.md?rev=sha256:0&mark=1-2", "/documents/%FF"] {
        let page = server.send("GET", path, &[("accept-language", "de")], "").await;
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("vary").as_deref(), Some("accept-language"));
        let html = page.text();
        assert!(html.contains("<html lang=\"de\">") && html.contains("<a href=\"/\""), "{html}");
        assert!(html.contains("<h1>Unter dieser Adresse gibt es kein Dokument"), "{html}");
    }
    let text = server.get("/metrics").await.text();
    assert!(text.contains("ibid_errors_total{door=\"http\",code=\"not_found\"} 2"), "{text}");
}

#[tokio::test]
async fn a_page_that_cannot_be_shown_yet_says_when_to_come_again() {
    let server = Driver::without_index(|_| {}).await;
    let page = server.get("/documents/kettles.md").await;
    assert_eq!((page.status, page.header("retry-after").as_deref()), (503, Some("1")));
    assert!(page.text().contains("<h1>This document cannot be shown at the moment."), "{}", page.text());
}

#[tokio::test]
async fn every_response_carries_the_security_headers() {
    let server = Driver::start().await;
    for path in ["/", "/healthz", "/documents/kettles.md", "/nothing", "/assets/chat.js"] {
        let reply = server.get(path).await;
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}");
        assert_eq!(reply.header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(reply.header("referrer-policy").as_deref(), Some("no-referrer"), "{path}");
        assert!(reply.header("access-control-allow-origin").is_none(), "{path}");
    }
}

#[tokio::test]
async fn files_of_the_page_are_asked_for_again_but_not_sent_again() {
    let server = Driver::start().await;
    let page = server.get("/").await.ok();
    assert!(page.text().contains("/assets/chat.js"));
    let first = server.get("/assets/chat.js").await.ok();
    assert_eq!(first.header("content-type").as_deref(), Some("text/javascript; charset=utf-8"));
    assert_eq!(first.header("cache-control").as_deref(), Some("no-cache"));
    let tag = first.header("etag").unwrap();
    let again = server.send("GET", "/assets/chat.js", &[("if-none-match", &tag)], "").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    server.get("/assets/..%2Fchat.js").await.problem(404, "not_found");
    server.get("/assets/%FF").await.problem(404, "not_found");
    let packed = server.send("GET", "/assets/chat.js", &[("accept-encoding", "gzip")], "").await.ok();
    assert_eq!(packed.header("content-encoding").as_deref(), Some("gzip"));
    assert!(packed.body.len() < first.body.len());
}

#[tokio::test]
async fn the_widget_may_be_loaded_by_any_site_and_the_demo_shows_it() {
    let server = Driver::start().await;
    let policy = "cross-origin-resource-policy";
    let widget = server.get("/widget.js").await.ok();
    assert_eq!(widget.header(policy).as_deref(), Some("cross-origin"));
    assert_eq!(widget.header("content-type").as_deref(), Some("text/javascript; charset=utf-8"));
    assert!(server.get("/assets/chat.js").await.ok().header(policy).is_none());
    assert!(server.get("/demo").await.ok().text().contains("<script src=\"/widget.js\""));
}

#[tokio::test]
async fn documents_are_shown_in_the_language_that_is_asked_for() {
    let server = Driver::start().await;
    for (accept, expected) in [("de-CH,en;q=0.5", "<html lang=\"de\">"), ("fr", "<html lang=\"en\">")] {
        let page = server.send("GET", "/documents/kettles.md", &[("accept-language", accept)], "").await.ok();
        assert!(page.text().contains(expected), "{accept}");
        assert_eq!(page.header("vary").as_deref(), Some("accept-language"));
    }
}

#[tokio::test]
async fn it_is_ready_once_an_index_is_loaded() {
    let server = Driver::without_index(|_| {}).await;
    server.get("/healthz").await.ok();
    let reply = server.get("/readyz").await;
    assert_eq!((reply.status, &reply.json()["ready"]), (503, &json!(false)));
    server.post("/api/v1/ask", &json!({"question": QUESTION})).await.problem(503, "not_ready");
    server.load();
    let ready = server.get("/readyz").await.ok().json();
    assert_eq!((&ready["ready"], &ready["documents"]), (&json!(true), &json!(2)));
    assert_eq!(ready["vectors"], json!({"done": 0, "pending": 0}));
}

#[tokio::test]
async fn metrics_count_questions_and_errors_without_their_text() {
    let server = Driver::start().await;
    server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok();
    server.get("/nothing").await.problem(404, "not_found");
    let text = server.get("/metrics").await.ok().text();
    for line in [
        "ibid_questions_total{door=\"http\",outcome=\"",
        "ibid_errors_total{door=\"http\",code=\"not_found\"} 1",
        "ibid_index_documents 2",
        "ibid_answer_seconds_count 1",
    ] {
        assert!(text.contains(line), "{line} not in {text}");
    }
    assert!(text.ends_with("# EOF\n") && !text.contains("kettle"), "{text}");
}

#[tokio::test]
async fn two_servers_live_side_by_side() {
    let (one, two) = within(async { tokio::join!(Driver::start(), Driver::start()) }).await;
    one.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok();
    assert!(!two.get("/metrics").await.ok().text().contains("ibid_questions_total{"));
}
