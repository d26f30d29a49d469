//! Assistants that speak the Model Context Protocol.

use serde_json::{Value, json};

use super::{CLINIC, QUOTE, check_quote};
use crate::driver::{Driver, OFF_TOPIC, QUESTION, Reply};

const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");

pub(super) async fn call(server: &Driver, headers: &[(&str, &str)], message: &Value) -> Reply {
    let headers = [&[("content-type", "application/json"), ACCEPT], headers].concat();
    server.send("POST", "/mcp", &headers, &message.to_string()).await
}

/// The result of a tool.
pub(super) async fn tool(server: &Driver, name: &str, arguments: Value) -> Value {
    let params = json!({"name": name, "arguments": arguments});
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let reply = call(server, &[], &message).await.ok().json();
    assert!(reply["result"].is_object(), "{reply}");
    reply["result"].clone()
}

#[tokio::test]
async fn an_assistant_finds_the_tools_and_what_they_give_is_as_described() {
    let server = Driver::start().await;
    let about = json!({"name": "test", "version": "1"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": about});
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    let begun = call(&server, &[], &message).await.ok().json();
    assert_eq!(begun["result"]["protocolVersion"], "2025-06-18");
    assert!(begun["result"]["instructions"].as_str().unwrap().contains("word for word"));
    let list =
        call(&server, &[], &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).await.ok().json();
    let tools = list["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ask", "search", "read_document", "verify_quote"]);
    for (name, arguments) in [
        ("ask", json!({"question": QUESTION, "limit": 2, "document": "kettles.md"})),
        ("search", json!({"question": "kettle"})),
        ("read_document", json!({"document": "kettles.md"})),
        ("verify_quote", json!({"document": "kettles.md", "quote": QUOTE})),
    ] {
        let described = tools.iter().find(|tool| tool["name"] == name).unwrap();
        let result = tool(&server, name, arguments.clone()).await;
        assert_eq!(result["isError"], false, "{result}");
        for (schema, value) in [("inputSchema", &arguments), ("outputSchema", &result["structuredContent"])] {
            let validator = jsonschema::validator_for(&described[schema]).unwrap();
            assert!(validator.is_valid(value), "{name}: {schema}: {value}");
            assert!(!validator.is_valid(&json!({})), "{name}: {schema} says nothing");
        }
    }
}

#[tokio::test]
async fn an_assistant_asks_reads_and_checks() {
    let server = Driver::start().await;
    let asked = tool(&server, "ask", json!({"question": QUESTION})).await;
    check_quote(&asked["structuredContent"]);
    assert!(asked["content"][0]["text"].as_str().unwrap().starts_with("> The kettle"), "{asked}");
    let reference = &asked["structuredContent"]["citations"][0]["reference"];
    let quote = asked["structuredContent"]["citations"][0]["quote"].as_str().unwrap();
    let mut claim = json!({
        "document": reference["document"], "revision": reference["revision"],
        "bytes": reference["bytes"], "sha256": reference["sha256"], "quote": quote,
    });
    let valid = async |claim: &Value| {
        let checked = tool(&server, "verify_quote", claim.clone()).await;
        assert_eq!(checked["isError"], false, "{checked}");
        checked["structuredContent"]["valid"].clone()
    };
    assert_eq!(valid(&claim).await, true);
    claim["quote"] = json!(quote.replace("six", "seven"));
    assert_eq!(valid(&claim).await, false);
    assert_eq!(valid(&json!({"document": "kettles.md", "quote": quote})).await, true);
    assert_eq!(valid(&json!({"document": "kettles.md", "quote": quote.to_uppercase()})).await, false);
    assert_eq!(valid(&json!({"document": "kettles.md", "quote": ""})).await, false);
    assert_eq!(valid(&json!({"document": "nothing.md", "quote": quote})).await, false);

    let mut text = String::new();
    let mut from = json!(0);
    while from.is_number() {
        let part = json!({"document": "kettles.md", "from": from, "length": 37});
        let part = tool(&server, "read_document", part).await["structuredContent"].clone();
        text.push_str(part["text"].as_str().unwrap());
        from = part["next"].clone();
    }
    assert_eq!(text, server.engine.document("kettles.md").unwrap().unwrap().text);
    let found = tool(&server, "search", json!({"question": "kettle", "limit": 1})).await;
    assert_eq!(found["structuredContent"]["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_documents_do_not_answer_an_assistant_is_told_not_to_make_up() {
    let server = Driver::start().await;
    let asked = tool(&server, "ask", json!({"question": OFF_TOPIC})).await;
    assert_eq!(
        (&asked["isError"], &asked["structuredContent"]["outcome"]),
        (&json!(false), &json!("not_found"))
    );
    let texts = asked["content"].to_string();
    assert!(texts.contains("do not make up an answer"), "{texts}");
    for (name, arguments) in [
        ("ask", json!({"question": "x", "session": "sixteen-letters-1"})),
        ("ask", json!({"question": "x", "limit": 11})),
        ("ask", json!({})),
        ("read_document", json!({"document": "nothing.md"})),
        ("ask", json!({"question": QUESTION, "document": "nothing.md"})),
        ("read_document", json!({"document": "kettles.md", "from": 1_000_000})),
        ("read_document", json!({"document": "kettles.md", "length": 1_000_000})),
        ("verify_quote", json!({"document": "kettles.md", "revision": "x"})),
    ] {
        assert_eq!(tool(&server, name, arguments.clone()).await["isError"], true, "{name} {arguments}");
    }
    for (body, code) in [("{", "bad_json"), ("[]", "bad_request"), ("7", "bad_request")] {
        let headers = [("content-type", "application/json"), ACCEPT];
        server.send("POST", "/mcp", &headers, body).await.problem(400, code);
    }
    let params = json!({"name": "delete_everything"});
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    assert_eq!(call(&server, &[], &message).await.json()["error"]["code"], -32602);
}

#[tokio::test]
async fn the_tools_are_not_for_pages_of_strangers_and_hold_no_stream() {
    let server = Driver::with(|config| config.server.allowed_origins = vec![CLINIC.into()]).await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    call(&server, &[("origin", CLINIC)], &list).await.ok();
    call(&server, &[("origin", "https://evil.example")], &list).await.problem(403, "origin_not_allowed");
    // A page whose name was made to lead here is as good as any stranger's.
    let body = list.to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nhost: evil.example\r\norigin: http://evil.example\r\nconnection: close\r\n\
         content-type: application/json\r\naccept: {}\r\ncontent-length: {}\r\n\r\n{body}",
        ACCEPT.1,
        body.len()
    );
    let refused = server.raw(request.as_bytes()).await;
    refused.problem(403, "origin_not_allowed");
    server.get("/mcp").await.problem(405, "method_not_allowed");
    assert_eq!(server.send("POST", "/mcp", &[("content-type", "application/json")], &body).await.status, 406);
    call(&server, &[], &json!("x".repeat(20_000))).await.problem(413, "too_large");
    assert!((400..500).contains(&call(&server, &[], &json!({"x": 1})).await.status));
}
