//! Direct Line: conversations of Microsoft's Web Chat and its libraries.

use futures_util::{SinkExt, StreamExt};
use ibid::config::Anonymous;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::driver::{Driver, QUESTION, Reply, Socket, within};

const BASE: &str = "/v3/directline";
const CLINIC: &str = "https://clinic.example";
const QUOTE: &str = "The kettle should be descaled every six weeks with vinegar [1].";

struct Talk<'a> {
    server: &'a Driver,
    id: String,
    token: String,
    stream: String,
}

impl<'a> Talk<'a> {
    async fn begin(server: &'a Driver) -> Self {
        let begun = server.send("POST", &format!("{BASE}/conversations"), &[], "").await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        Self::of(server, &begun.json())
    }

    fn of(server: &'a Driver, opened: &Value) -> Self {
        let text = |name: &str| opened[name].as_str().unwrap().to_owned();
        Self { server, id: text("conversationId"), token: text("token"), stream: text("streamUrl") }
    }

    async fn call(&self, method: &str, rest: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        let body = if method == "GET" { String::new() } else { body.to_string() };
        self.server.send(method, &format!("{BASE}/conversations/{}{rest}", self.id), &headers, &body).await
    }

    async fn say(&self, activity: Value) -> Reply {
        self.call("POST", "/activities", &activity).await
    }

    async fn ask(&self, text: &str) -> Reply {
        self.say(json!({"type": "message", "from": {"id": "u"}, "text": text, "channelData": {"mine": 1}}))
            .await
    }

    async fn since(&self, watermark: &str) -> Value {
        self.call("GET", &format!("/activities?watermark={watermark}"), &Value::Null).await.ok().json()
    }
}

async fn next(socket: &mut Socket) -> Value {
    let message = within(socket.next()).await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str) {
    let error = reply.json()["error"].clone();
    assert_eq!((reply.status, &error["code"]), (status, &json!(code)), "{error}");
    assert!(error["message"].is_string());
    assert_eq!(reply.header("content-type").as_deref(), Some("application/json"));
}

#[tokio::test]
async fn a_question_stands_with_its_answer_after_the_greeting() {
    let server = Driver::start().await;
    let talk = Talk::begin(&server).await;
    let sent = talk.ask(QUESTION).await.ok().json();
    let set = talk.since("").await;
    let [greeting, echo, reply] = &set["activities"].as_array().unwrap()[..] else { panic!("{set}") };
    let texts = &server.engine.config().texts;
    assert_eq!(greeting["suggestedActions"]["actions"][0]["value"], texts.suggestions[0]);
    assert_eq!((&greeting["from"]["role"], &greeting["from"]["name"]), (&json!("bot"), &json!(texts.title)));
    assert_eq!((&echo["id"], &echo["channelData"]["mine"]), (&sent["id"], &json!(1)));
    assert_eq!((&reply["replyToId"], &reply["textFormat"]), (&sent["id"], &json!("markdown")));
    let answer = &reply["channelData"]["ibid"];
    assert!(answer["citations"][0]["quote"].as_str().unwrap().starts_with(QUOTE), "{answer}");
    assert!(reply["text"].as_str().unwrap().starts_with("> The kettle should be descaled"), "{reply}");
    talk.ask("and with hard water?").await.ok();
    let more = talk.since(set["watermark"].as_str().unwrap()).await;
    assert!(more["activities"][1]["channelData"]["ibid"]["read_as"].is_string(), "{more}");
    assert_eq!(talk.since(more["watermark"].as_str().unwrap()).await["activities"], json!([]));
}

#[tokio::test]
async fn the_stream_pushes_from_its_watermark_on() {
    let server = Driver::start().await;
    let talk = Talk::begin(&server).await;
    let (mut socket, _) = connect_async(&talk.stream).await.unwrap();
    assert_eq!(next(&mut socket).await["activities"].as_array().unwrap().len(), 1);
    socket.send(Message::text("")).await.unwrap();
    talk.ask(QUESTION).await.ok();
    let set = next(&mut socket).await;
    assert_eq!((set["activities"].as_array().unwrap().len(), &set["watermark"]), (2, &json!("3")));
    drop(socket);
    talk.ask("and with hard water?").await.ok();
    let opened = talk.call("GET", "?watermark=3", &Value::Null).await.ok().json();
    let again = Talk::of(&server, &opened);
    let (mut socket, _) = connect_async(&again.stream).await.unwrap();
    let set = next(&mut socket).await;
    assert_eq!((set["activities"].as_array().unwrap().len(), &set["watermark"]), (2, &json!("5")));
    // The end of the conversation is the end of its stream.
    again.say(json!({"type": "endOfConversation"})).await.ok();
    assert!(matches!(within(socket.next()).await, Some(Ok(Message::Close(_)))));
    refused(&again.ask(QUESTION).await, 404, "NotFound");
}

#[tokio::test]
async fn nobody_reaches_the_conversation_of_another() {
    let server = Driver::start().await;
    let (one, mut other) = (Talk::begin(&server).await, Talk::begin(&server).await);
    other.id.clone_from(&one.id);
    refused(&other.ask(QUESTION).await, 403, "NotAllowed");
    other.token = "undefined".into();
    refused(&other.ask(QUESTION).await, 401, "NotAllowed");
    other.token = format!("{}.{}", one.id, "0".repeat(64));
    refused(&other.call("GET", "/activities", &Value::Null).await, 403, "NotAllowed");
    let wrong = one.stream.split("&t=").next().unwrap();
    assert!(connect_async(wrong).await.is_err() && connect_async(&one.stream).await.is_ok());
    other.id = "nothing".into();
    refused(&other.call("GET", "", &Value::Null).await, 404, "NotFound");
    let plain = server.get(&format!("{BASE}/conversations/{}/stream", one.id)).await;
    refused(&plain, 426, "NotAllowed");
}

#[tokio::test]
async fn tokens_are_made_and_renewed_for_one_conversation() {
    let server = Driver::start().await;
    let call = async |path: &str, token: &str| {
        server
            .send("POST", &format!("{BASE}/{path}"), &[("authorization", &format!("Bearer {token}"))], "")
            .await
    };
    let made = call("tokens/generate", "x").await.ok().json();
    let token = made["token"].as_str().unwrap();
    let begun = call("conversations", token).await;
    assert_eq!((begun.status, &begun.json()["conversationId"]), (201, &made["conversationId"]));
    assert_eq!(call("conversations", token).await.status, 200);
    let renewed = call("tokens/refresh", token).await.ok().json();
    assert_eq!(renewed["conversationId"], made["conversationId"]);
    assert!(renewed["token"] != made["token"] && renewed["expires_in"] == 1800);
    refused(&call("tokens/generate", token).await, 403, "NotAllowed");
    refused(&call("tokens/refresh", "x").await, 403, "NotAllowed");
    refused(&call("tokens/refresh", "x.y").await, 403, "NotAllowed");
}

#[tokio::test]
async fn who_may_begin_is_as_for_the_chat() {
    let path = format!("{BASE}/conversations");
    let closed = |anonymous| {
        Driver::with(move |config| {
            config.access.anonymous = anonymous;
            config.server.allowed_origins = vec![CLINIC.into()];
        })
    };
    let server = closed(Anonymous::None).await;
    refused(&server.send("POST", &path, &[], "").await, 401, "NotAllowed");
    refused(&server.send("POST", &path, &[("origin", CLINIC)], "").await, 401, "NotAllowed");
    let server = closed(Anonymous::Pages).await;
    refused(&server.send("POST", &path, &[], "").await, 401, "NotAllowed");
    let begun =
        server.send("POST", &path, &[("origin", CLINIC), ("authorization", "Bearer undefined")], "").await;
    assert_eq!(begun.header("access-control-allow-origin").as_deref(), Some(CLINIC));
    assert_eq!(begun.status, 201);
    let evil = [("origin", "https://evil.example")];
    let refusal = server.send("POST", &path, &evil, "").await;
    refused(&refusal, 403, "NotAllowed");
    assert_eq!(refusal.header("access-control-allow-origin"), None);
    let asked = server.send("OPTIONS", &path, &[("origin", CLINIC)], "").await;
    assert!(asked.header("access-control-allow-headers").unwrap().contains("x-ms-bot-agent"));
    refused(&server.send("OPTIONS", &path, &evil, "").await, 403, "NotAllowed");
}

#[tokio::test]
async fn what_is_refused_is_not_in_the_conversation() {
    let server = Driver::with(|config| {
        config.server.questions_per_minute = 1;
        config.server.question_burst = 1;
    })
    .await;
    let talk = Talk::begin(&server).await;
    for (activity, code) in [
        (json!({"type": "message", "text": " "}), "BadArgument"),
        (json!({"text": "x"}), "BadArgument"),
        (json!({"type": "message", "text": "a".repeat(1001)}), "InvalidRange"),
        (json!({"type": "message", "attachments": []}), "NotSupported"),
    ] {
        refused(&talk.say(activity).await, 400, code);
    }
    refused(&talk.call("POST", "/upload", &Value::Null).await, 400, "NotSupported");
    refused(&talk.call("GET", "/activities?watermark=x", &Value::Null).await, 400, "BadArgument");
    refused(&server.get("/v3/directline/nothing").await, 404, "NotFound");
    for activity in [json!({"type": "typing"}), json!({"type": "conversationUpdate"})] {
        talk.say(activity).await.ok();
    }
    talk.ask(QUESTION).await.ok();
    let limited = talk.ask(QUESTION).await;
    refused(&limited, 429, "ServiceError");
    assert!(limited.header("retry-after").is_some());
    talk.say(json!({"type": "event", "name": "seen"})).await.ok();
    let kinds: Vec<Value> = talk.since("1").await["activities"].as_array().unwrap().clone();
    let kinds: Vec<&Value> = kinds.iter().map(|activity| &activity["type"]).collect();
    assert_eq!(kinds, ["message", "message", "event"]);
}

#[tokio::test]
async fn questions_of_a_conversation_are_answered_in_order() {
    let server = Driver::start().await;
    let talk = Talk::begin(&server).await;
    let texts = [QUESTION, "How should the kettle be stored?", QUESTION, "When does a wet kettle rust?"];
    let replies = futures_util::future::join_all(texts.map(|text| talk.ask(text))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    let set = talk.since("1").await;
    let said = set["activities"].as_array().unwrap();
    assert_eq!(said.len(), 8);
    for pair in said.chunks(2) {
        assert_eq!(pair[1]["replyToId"], pair[0]["id"], "{pair:?}");
    }
}
