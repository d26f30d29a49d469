//! The chat socket.

use futures_util::SinkExt;
use ibid::config::{DeskConfig, DeskKind};
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::driver::{Driver, OFF_TOPIC, QUESTION, within};

#[tokio::test]
async fn a_question_is_answered_after_hello() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    assert_eq!(chat.protocol.as_deref(), Some("ibid.v1"));
    assert_eq!((&chat.hello["seq"], &chat.hello["protocol"]), (&json!(1), &json!("ibid.v1")));
    assert_eq!(chat.hello["limits"]["question_chars"], 1000);
    assert_eq!(chat.hello["resumed"], false);
    assert_eq!(chat.hello["session"].as_str().unwrap().len(), 32);
    assert_eq!(chat.hello["token"].as_str().unwrap().len(), 64);
    chat.ask("c1", QUESTION).await;
    let answer = chat.answer("c1").await;
    assert_eq!(answer["seq"], 2);
    assert!(answer["answer"]["citations"][0]["quote"].as_str().unwrap().contains("six weeks"));
}

#[tokio::test]
async fn both_doors_give_the_same_answer() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    let mut socket = chat.answer("c1").await["answer"].clone();
    let mut http = server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok().json();
    socket["took_ms"] = json!(0);
    http["took_ms"] = json!(0);
    assert_eq!(socket, http);
}

#[tokio::test]
async fn a_client_that_offers_no_subprotocol_is_let_in_and_one_with_another_is_not() {
    let server = Driver::start().await;
    let mut chat = server.try_chat(&[]).await.unwrap();
    assert_eq!(chat.protocol, None);
    assert_eq!(chat.frame().await["type"], "hello");
    let both = server.try_chat(&[("sec-websocket-protocol", "chat.v9, ibid.v1")]).await.unwrap();
    assert_eq!(both.protocol.as_deref(), Some("ibid.v1"));
    refused(server.try_chat(&[("sec-websocket-protocol", "chat.v9")]).await, 400);
}

#[tokio::test]
async fn an_address_with_what_is_not_known_is_refused() {
    let server = Driver::start().await;
    for query in ["?start=never", "?start=new&begin=new", "?strat=resume"] {
        refused(server.open(query, &[]).await, 400);
    }
}

#[track_caller]
fn refused(result: Result<crate::driver::Chat, Error>, status: u16) {
    match result {
        Err(Error::Http(response)) => assert_eq!(response.status(), status),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let server =
        Driver::with(|config| config.server.allowed_origins = vec!["https://clinic.example".into()]).await;
    refused(server.try_chat(&[("origin", "https://evil.example")]).await, 403);
    refused(server.try_chat(&[("origin", "null")]).await, 403);
    let own = format!("http://{}", server.address);
    for origin in [own.as_str(), "https://clinic.example"] {
        assert_eq!(server.try_chat(&[("origin", origin)]).await.unwrap().frame().await["type"], "hello");
    }
}

#[tokio::test]
async fn asking_twice_with_one_id_gives_the_first_answer_again() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.ask("c1", OFF_TOPIC).await;
    let first = chat.answer("c1").await;
    let second = chat.answer("c1").await;
    assert_eq!(first["answer"], second["answer"]);
    assert_eq!((&first["seq"], &second["seq"]), (&json!(2), &json!(3)));
}

#[tokio::test]
async fn bad_frames_are_answered_and_keep_the_socket() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    for (text, code) in [
        ("{", "bad_json"),
        ("\"ping\"", "bad_frame"),
        ("{\"type\":\"ask\",\"id\":\"a\"}", "bad_frame"),
        ("{\"type\":\"ping\",\"now\":1}", "bad_frame"),
        ("{\"type\":\"shout\"}", "unsupported"),
        ("{\"type\":\"handoff\",\"note\":\"please\"}", "handoff_unavailable"),
        ("{\"type\":\"feedback\",\"answer\":9,\"helpful\":true}", "unknown_answer"),
        ("{\"type\":\"resume\",\"session\":\"a\",\"token\":\"b\",\"after\":1}", "bad_frame"),
    ] {
        chat.send_text(text).await;
        let error = chat.error(code).await;
        assert!(error.get("seq").is_none() && error["detail"].is_string(), "{error}");
    }
    within(chat.socket.send(Message::binary(vec![1, 2]))).await.unwrap();
    chat.error("unsupported").await;
    chat.ask("long", &"a".repeat(1001)).await;
    let error = chat.error("question_too_long").await;
    assert_eq!((&error["in_reply_to"], &error["seq"]), (&json!("long"), &json!(2)));
    chat.send(&json!({"type": "ping"})).await;
    assert_eq!(chat.frame().await, json!({"type": "pong"}));
    chat.ask("c1", QUESTION).await;
    assert_eq!(chat.answer("c1").await["seq"], 3);
}

/// A desk that is not there: what goes to it waits on the disk.
async fn with_a_desk(folder: &tempfile::TempDir) -> Driver {
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name)
    };
    let (key_file, secret_file) =
        (file("key", &"0f".repeat(32)), file("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    Driver::with(|config| {
        config.deliveries.path = folder.path().join("deliveries.sqlite");
        config.deliveries.key_file = key_file;
        let url = "http://127.0.0.1:9/in".into();
        let desk = DeskConfig { url, secret_file, ..DeskConfig::of(DeskKind::Webhook) };
        config.desks.insert("clinic".into(), desk);
        config.handoff.desk = "clinic".into();
    })
    .await
}

#[tokio::test]
async fn what_was_asked_before_a_person_was_is_answered_and_the_rest_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_a_desk(&folder).await;
    let mut chat = server.chat().await;
    for id in ["c1", "c2", "c3"] {
        chat.ask(id, QUESTION).await;
    }
    chat.send(&json!({"type": "handoff"})).await;
    let mut came = Vec::new();
    while came.len() < 4 {
        let frame = chat.frame().await;
        match frame["type"].as_str().unwrap() {
            "status" => {}
            "answer" => {
                assert_eq!(frame["answer"]["outcome"], "answered", "{frame}");
                assert!(frame["answer"]["citations"][0]["quote"].is_string(), "{frame}");
                came.push(frame["in_reply_to"].clone());
            }
            "handoff" => came.push(frame["state"].clone()),
            _ => panic!("{frame}"),
        }
    }
    for expected in ["c1", "c2", "c3", "requested"] {
        assert!(came.contains(&json!(expected)), "{came:?}");
    }
    chat.ask("c4", QUESTION).await;
    let answer = chat.answer("c4").await;
    assert_eq!(
        (&answer["answer"]["outcome"], &answer["answer"]["citations"]),
        (&json!("handoff"), &json!([]))
    );
}

#[tokio::test]
async fn numbers_have_no_gaps_and_answers_come_in_order() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    for number in 0..8 {
        chat.ask(&format!("c{number}"), QUESTION).await;
    }
    for number in 0..8 {
        assert_eq!(chat.answer(&format!("c{number}")).await["seq"], number + 2);
    }
}

#[tokio::test]
async fn resuming_what_is_not_known_is_a_new_beginning() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.send(&json!({"type": "resume", "session": "s", "token": "t", "after": 12})).await;
    let hello = chat.frame().await;
    assert_eq!(
        (&hello["type"], &hello["resumed"], &hello["seq"]),
        (&json!("hello"), &json!(false), &json!(1))
    );
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
}

#[tokio::test]
async fn feedback_is_counted_once_and_its_comment_goes_nowhere() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    let seq = chat.answer("c1").await["seq"].clone();
    let feedback = json!({"type": "feedback", "answer": seq, "helpful": false, "reason": "unclear", "comment": "marmalade"});
    chat.send(&feedback).await;
    chat.send(&feedback).await;
    chat.send(&json!({"type": "ping"})).await;
    assert_eq!(chat.frame().await["type"], "pong");
    let metrics = server.get("/metrics").await.ok().text();
    assert!(metrics.contains("ibid_feedback_total{helpful=\"false\",reason=\"unclear\"} 1"), "{metrics}");
    assert!(!metrics.contains("marmalade"));
}
