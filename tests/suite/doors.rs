//! The doors of other people's clients: Rasa, OpenAI, MCP; and that of a site's server, which gets tokens for its visitors.

use ibid::config::Anonymous;
use serde_json::{Value, json};

use crate::driver::{Driver, OFF_TOPIC, QUESTION, Reply};

const QUOTE: &str = "The kettle should be descaled every six weeks with vinegar [1].";
const RASA: &str = "/webhooks/rest/webhook";
const OPENAI: &str = "/v1/chat/completions";
const CLINIC: &str = "https://clinic.example";

#[track_caller]
fn check_quote(answer: &Value) {
    assert_eq!(answer["outcome"], "answered", "{answer}");
    assert!(answer["citations"][0]["quote"].as_str().unwrap().starts_with(QUOTE), "{answer}");
}

async fn rasa(server: &Driver, sender: &str, message: &str) -> Value {
    let body = json!({"sender": sender, "message": message, "input_channel": "rest", "metadata": {}});
    server.post(RASA, &body).await.ok().json()
}

#[tokio::test]
async fn a_rasa_widget_gets_text_buttons_and_the_answer() {
    let server = Driver::start().await;
    assert_eq!(server.get("/webhooks/rest/").await.ok().json(), json!({"status": "ok"}));
    let replies = rasa(&server, "u1", QUESTION).await;
    let reply = &replies[0];
    assert_eq!((replies.as_array().unwrap().len(), &reply["recipient_id"]), (1, &json!("u1")));
    check_quote(&reply["custom"]);
    let text = reply["text"].as_str().unwrap();
    assert!(text.contains(&format!("\u{201c}{QUOTE}")) && text.contains("Looking after a kettle"), "{text}");
    let related = reply["custom"]["related"].as_array().unwrap().iter();
    let buttons: Vec<Value> = related.map(|said| json!({"title": said, "payload": said})).collect();
    assert!(!buttons.is_empty());
    assert_eq!(reply["buttons"], json!(buttons));
    assert_eq!(rasa(&server, "u1", "  ").await, json!([]));
    let nothing = rasa(&server, "u1", OFF_TOPIC).await;
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
    rasa(&server, "1", QUESTION).await;
    let after = rasa(&server, "1", follow_up).await;
    assert!(after[0]["custom"]["read_as"].is_string(), "{after}");
    // Not of a session of the API, whatever its name, nor of another sender.
    let name = "sixteen-letters-1";
    rasa(&server, name, QUESTION).await;
    let ask = json!({"question": follow_up, "session": name});
    let of_api = server.post("/api/v1/ask", &ask).await.ok().json();
    assert_eq!(of_api["read_as"], Value::Null, "{of_api}");
    assert_eq!(rasa(&server, "2", follow_up).await[0]["custom"]["read_as"], Value::Null);
    // Who does not tell people apart has no conversation.
    rasa(&server, "default", QUESTION).await;
    assert_eq!(rasa(&server, "default", follow_up).await[0]["custom"]["read_as"], Value::Null);
    // And one can be begun anew.
    assert_eq!(rasa(&server, "1", "/restart").await, json!([]));
    assert_eq!(rasa(&server, "1", follow_up).await[0]["custom"]["read_as"], Value::Null);
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
    let greeted = rasa(&server, "u1", "/session_start").await;
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

fn user(content: &str) -> Value {
    json!({"role": "user", "content": content})
}

#[track_caller]
fn openai_error(reply: &Reply, status: u16, kind: &str, code: &str) -> Value {
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
    openai_error(&post(json!({"messages": []})).await, 400, invalid, "bad_request");
    let picture = json!([{"type": "image_url", "image_url": {"url": "data:,"}}]);
    let reply = post(json!({"messages": [{"role": "user", "content": picture}]})).await;
    assert_eq!(openai_error(&reply, 400, invalid, "unsupported")["param"], "messages[0].content");
    openai_error(
        &post(json!({"messages": [user(&"a".repeat(1001))]})).await,
        400,
        invalid,
        "question_too_long",
    );
    let other = post(json!({"messages": [user("x")], "model": "gpt-4o"})).await;
    assert_eq!(openai_error(&other, 404, invalid, "not_found")["param"], "model");
    openai_error(&server.get(OPENAI).await, 405, invalid, "method_not_allowed");
    let text = server.send("POST", OPENAI, &[("content-type", "text/plain")], "{}").await;
    openai_error(&text, 415, invalid, "unsupported_media_type");
    openai_error(&server.send("POST", "/v1/models", &[], "").await, 405, invalid, "method_not_allowed");
    openai_error(&server.get("/v1/embeddings").await, 404, invalid, "not_found");
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
    openai_error(&server.post(OPENAI, &endless).await, 413, "invalid_request_error", "too_large");
}

#[tokio::test]
async fn the_rate_limit_counts_these_doors_too() {
    let server = Driver::with(|config| {
        config.server.questions_per_minute = 1;
        config.server.question_burst = 1;
    })
    .await;
    rasa(&server, "u1", "/greet").await;
    rasa(&server, "u1", QUESTION).await;
    server.post(RASA, &json!({"message": QUESTION})).await.problem(429, "rate_limited");
    let refused = server.post(OPENAI, &json!({"messages": [user(QUESTION)]})).await;
    openai_error(&refused, 429, "rate_limit_error", "rate_limited");
    assert!(refused.header("retry-after").is_some());
    let limited = mcp(&server, "ask", json!({"question": QUESTION})).await;
    assert_eq!(limited["isError"], true);
    assert!(limited["content"][0]["text"].as_str().unwrap().starts_with("rate_limited"), "{limited}");
    assert_eq!(mcp(&server, "read_document", json!({"document": "kettles.md"})).await["isError"], false);
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
    openai_error(&refused, 429, "rate_limit_error", "rate_limited");
    server.post(OPENAI, &after(0)).await.ok();
    openai_error(&server.post(OPENAI, &after(0)).await, 429, "rate_limit_error", "rate_limited");
}

#[tokio::test]
async fn who_may_ask_is_the_same_at_every_door() {
    let server = Driver::with(|config| config.access.anonymous = Anonymous::None).await;
    server.post(RASA, &json!({"message": QUESTION})).await.problem(401, "not_authorised");
    let kind = "authentication_error";
    openai_error(&server.post(OPENAI, &json!({"messages": [user("x")]})).await, 401, kind, "not_authorised");
    openai_error(&server.get("/v1/models").await, 401, kind, "not_authorised");
    let list = call(&server, &[], &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).await;
    list.problem(401, "not_authorised");
    // A front end cannot but send some key: where nobody needs one, that does no harm.
    let server = Driver::start().await;
    let body = json!({"messages": [user(QUESTION)]}).to_string();
    for (key, status) in [("Bearer sk-none", 200), ("Bearer ibid_00000000_0", 401)] {
        let headers = [("content-type", "application/json"), ("authorization", key)];
        assert_eq!(server.send("POST", OPENAI, &headers, &body).await.status, status, "{key}");
    }
}

const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");

async fn call(server: &Driver, headers: &[(&str, &str)], message: &Value) -> Reply {
    let headers = [&[("content-type", "application/json"), ACCEPT], headers].concat();
    server.send("POST", "/mcp", &headers, &message.to_string()).await
}

/// The result of a tool.
async fn mcp(server: &Driver, tool: &str, arguments: Value) -> Value {
    let params = json!({"name": tool, "arguments": arguments});
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
        let tool = tools.iter().find(|tool| tool["name"] == name).unwrap();
        let result = mcp(&server, name, arguments.clone()).await;
        assert_eq!(result["isError"], false, "{result}");
        for (schema, value) in [("inputSchema", &arguments), ("outputSchema", &result["structuredContent"])] {
            let validator = jsonschema::validator_for(&tool[schema]).unwrap();
            assert!(validator.is_valid(value), "{name}: {schema}: {value}");
            assert!(!validator.is_valid(&json!({})), "{name}: {schema} says nothing");
        }
    }
}

#[tokio::test]
async fn an_assistant_asks_reads_and_checks() {
    let server = Driver::start().await;
    let asked = mcp(&server, "ask", json!({"question": QUESTION})).await;
    check_quote(&asked["structuredContent"]);
    assert!(asked["content"][0]["text"].as_str().unwrap().starts_with("> The kettle"), "{asked}");
    let reference = &asked["structuredContent"]["citations"][0]["reference"];
    let quote = asked["structuredContent"]["citations"][0]["quote"].as_str().unwrap();
    let mut claim = json!({
        "document": reference["document"], "revision": reference["revision"],
        "bytes": reference["bytes"], "sha256": reference["sha256"], "quote": quote,
    });
    let valid = async |claim: &Value| {
        let checked = mcp(&server, "verify_quote", claim.clone()).await;
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
        let part = mcp(&server, "read_document", part).await["structuredContent"].clone();
        text.push_str(part["text"].as_str().unwrap());
        from = part["next"].clone();
    }
    assert_eq!(text, server.engine.document("kettles.md").unwrap().unwrap().text);
    let found = mcp(&server, "search", json!({"question": "kettle", "limit": 1})).await;
    assert_eq!(found["structuredContent"]["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_documents_do_not_answer_an_assistant_is_told_not_to_make_up() {
    let server = Driver::start().await;
    let asked = mcp(&server, "ask", json!({"question": OFF_TOPIC})).await;
    assert_eq!(
        (&asked["isError"], &asked["structuredContent"]["outcome"]),
        (&json!(false), &json!("not_found"))
    );
    let texts = asked["content"].to_string();
    assert!(texts.contains("do not make up an answer"), "{texts}");
    for (tool, arguments) in [
        ("ask", json!({"question": "x", "session": "sixteen-letters-1"})),
        ("ask", json!({"question": "x", "limit": 11})),
        ("ask", json!({})),
        ("read_document", json!({"document": "nothing.md"})),
        ("read_document", json!({"document": "kettles.md", "from": 1_000_000})),
        ("read_document", json!({"document": "kettles.md", "length": 1_000_000})),
        ("verify_quote", json!({"document": "kettles.md", "revision": "x"})),
    ] {
        assert_eq!(mcp(&server, tool, arguments.clone()).await["isError"], true, "{tool} {arguments}");
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
