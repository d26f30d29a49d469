//! The published contract, `openapi.json`, `asyncapi.json` and `docs/protocol.md`, against what the server
//! really does.

use std::collections::BTreeSet;

use ibid::protocol::{ASYNCAPI, CLIENT_FRAMES, CloseCode, ErrorCode, OPENAPI, SERVER_FRAMES};
use ibid::server::routes;
use serde_json::{Value, json};

use crate::driver::{Driver, KETTLES, OFF_TOPIC, QUESTION};

const GUIDE: &str = include_str!("../../docs/protocol.md");

/// The schemas of both files. The published ones let clients live with new members; here a member that is
/// not described is a fault.
struct Contract {
    openapi: Value,
    asyncapi: Value,
    schemas: Value,
}

impl Contract {
    fn load() -> Self {
        let [openapi, asyncapi] =
            [OPENAPI, ASYNCAPI].map(|text| serde_json::from_str::<Value>(text).unwrap());
        let mut schemas = openapi["components"]["schemas"].as_object().unwrap().clone();
        schemas.extend(asyncapi["components"]["schemas"].as_object().unwrap().clone());
        let text = Value::Object(schemas).to_string();
        let text = text.replace("openapi.json#/components/schemas/", "#/$defs/");
        let mut schemas = serde_json::from_str(&text.replace("#/components/schemas/", "#/$defs/")).unwrap();
        close(&mut schemas);
        Self { openapi, asyncapi, schemas }
    }

    #[track_caller]
    fn check(&self, name: &str, instance: &Value) {
        assert!(self.schemas.get(name).is_some(), "no schema {name}");
        let schema = json!({"$ref": format!("#/$defs/{name}"), "$defs": self.schemas});
        let validator = jsonschema::validator_for(&schema).unwrap();
        let faults: Vec<String> = validator
            .iter_errors(instance)
            .map(|fault| format!("{fault} at {}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:#?} in {instance:#}");
    }

    /// Checks a frame by the schema of its type.
    #[track_caller]
    fn check_frame(&self, side: &str, frame: &Value) {
        let kind = frame["type"].as_str().unwrap();
        let (head, tail) = kind.split_at(1);
        self.check(&format!("{side}{}{tail}", head.to_uppercase()), frame);
    }

    fn codes(&self) -> BTreeSet<String> {
        strings(&self.openapi["components"]["schemas"]["ErrorCode"]["enum"])
    }
}

fn strings(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("type") == Some(&json!("object")) && members.contains_key("properties") {
                members.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn every_route_is_described_and_every_described_route_exists() {
    let contract = Contract::load();
    let paths = contract.openapi["paths"].as_object().unwrap();
    let described = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    let served = routes().into_iter().map(|(method, path)| (method.to_owned(), path));
    assert_eq!(described.collect::<BTreeSet<_>>(), served.collect::<BTreeSet<_>>());
}

#[test]
fn codes_and_frames_are_the_same_in_code_and_contract() {
    let contract = Contract::load();
    assert_eq!(contract.codes(), ErrorCode::ALL.iter().map(|code| code.as_str().to_owned()).collect());
    let messages = contract.asyncapi["components"]["messages"].as_object().unwrap();
    for (side, frames) in [("Client", &CLIENT_FRAMES[..]), ("Server", &SERVER_FRAMES[..])] {
        let described = messages.iter().filter(|(key, _)| key.starts_with(side));
        let described: BTreeSet<&str> =
            described.map(|(_, message)| message["name"].as_str().unwrap()).collect();
        assert_eq!(described, frames.iter().copied().collect(), "{side}");
    }
    let description = contract.asyncapi["info"]["description"].as_str().unwrap();
    for code in CloseCode::ALL {
        assert!(description.contains(&code.code().to_string()), "{code:?}");
    }
}

#[test]
fn the_guide_names_every_frame_code_and_call() {
    for name in CLIENT_FRAMES.iter().chain(&SERVER_FRAMES) {
        assert!(GUIDE.contains(&format!("`{name}`")), "frame {name}");
    }
    for code in ErrorCode::ALL {
        assert!(GUIDE.contains(&format!("| `{}` | {} |", code.as_str(), code.status())), "{code:?}");
    }
    for code in CloseCode::ALL {
        assert!(GUIDE.contains(&format!("| {} |", code.code())), "{code:?}");
    }
    for (method, path) in routes() {
        assert!(GUIDE.contains(&format!("`{method} {path}`")), "{method} {path}");
    }
}

#[test]
fn the_frames_of_the_guide_are_valid() {
    let contract = Contract::load();
    let session = GUIDE.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let mut counted = 0;
    for line in session.lines() {
        let (arrow, frame) = line.split_at(2);
        let Ok(frame) = serde_json::from_str::<Value>(frame) else { panic!("not JSON: {line}") };
        contract.check_frame(if arrow == "> " { "Client" } else { "Server" }, &frame);
        counted += 1;
    }
    assert!(counted >= 8, "the guide shows a whole session");
}

#[tokio::test]
async fn responses_are_as_described() {
    let contract = Contract::load();
    let server = Driver::start().await;
    let ask = json!({"question": QUESTION, "limit": 5});
    contract.check("AskRequest", &ask);
    let answer = server.post("/api/v1/ask", &ask).await.ok().json();
    contract.check("Answer", &answer);
    contract.check("Answer", &server.post("/api/v1/ask", &json!({"question": OFF_TOPIC})).await.ok().json());
    let search = json!({"question": QUESTION});
    contract.check("SearchResponse", &server.post("/api/v1/search", &search).await.ok().json());
    let verify = json!({"document": KETTLES, "revision": "sha256:0", "bytes": [0, 1], "sha256": ""});
    contract.check("VerifyRequest", &verify);
    contract.check("VerifyResponse", &server.post("/api/v1/verify", &verify).await.ok().json());
    let begun = server.send("POST", "/v3/directline/conversations", &[], "").await.json();
    contract.check("DirectLineConversation", &begun);
    let bearer = format!("Bearer {}", begun["token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let activities =
        format!("/v3/directline/conversations/{}/activities", begun["conversationId"].as_str().unwrap());
    let message = json!({"type": "message", "text": QUESTION}).to_string();
    contract.check("DirectLineId", &server.send("POST", &activities, &headers, &message).await.ok().json());
    let set = server.send("GET", &activities, &headers, "").await.ok().json();
    contract.check("DirectLineActivitySet", &set);
    contract.check("Answer", &set["activities"][2]["channelData"]["ibid"]);
    let refused = server.send("POST", &activities, &headers, "{}").await.json();
    contract.check("DirectLineError", &refused);
    for (path, schema) in [
        ("/api/v1/documents", "DocumentList"),
        ("/api/v1/documents/kettles.md", "Document"),
        ("/readyz", "Ready"),
        ("/healthz", "Alive"),
        ("/nothing", "Problem"),
        ("/api/v1/chat", "Problem"),
    ] {
        contract.check(schema, &server.get(path).await.json());
    }
    let message = json!({"sender": "u1", "message": QUESTION});
    contract.check("RasaMessage", &message);
    for reply in server.post("/webhooks/rest/webhook", &message).await.ok().json().as_array().unwrap() {
        contract.check("RasaReply", reply);
    }
    let mut chat = json!({"model": "ibid", "messages": [{"role": "user", "content": QUESTION}]});
    contract.check("ChatRequest", &chat);
    contract.check("ChatCompletion", &server.post("/v1/chat/completions", &chat).await.ok().json());
    chat["n"] = json!(2);
    contract.check("OpenAiError", &server.post("/v1/chat/completions", &chat).await.json());
    contract.check("ModelList", &server.get("/v1/models").await.ok().json());
    contract.check("Model", &server.get("/v1/models/ibid").await.ok().json());
    contract.check("OpenAiError", &server.get("/v1/models/gpt-4o").await.json());
    assert_eq!(server.get("/openapi.json").await.ok().json(), contract.openapi);
    assert_eq!(server.get("/asyncapi.json").await.ok().json(), contract.asyncapi);
}

#[tokio::test]
async fn frames_are_as_described() {
    let contract = Contract::load();
    let mut server = Driver::start().await;
    let mut chat = server.chat().await;
    contract.check_frame("Server", &chat.hello.clone());
    for frame in [
        json!({"type": "ask", "id": "c1", "question": QUESTION}),
        json!({"type": "ask", "id": "c2", "question": OFF_TOPIC}),
        json!({"type": "ask", "id": "c3", "question": "a".repeat(1001)}),
    ] {
        contract.check_frame("Client", &frame);
        chat.send(&frame).await;
        contract.check_frame("Server", &chat.frame().await);
    }
    for frame in [json!({"type": "handoff", "note": "please"}), json!({"type": "ping"})] {
        contract.check_frame("Client", &frame);
        chat.send(&frame).await;
        contract.check_frame("Server", &chat.frame().await);
    }
    server.begin_stop();
    let mut last = json!(null);
    while last["type"] != "goodbye" {
        last = chat.frame().await;
        contract.check_frame("Server", &last);
    }
}
