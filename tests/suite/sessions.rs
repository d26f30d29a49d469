//! Sessions of the chat socket: going on after a lost connection, and being forgotten.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::driver::{Chat, Driver, OFF_TOPIC, QUESTION};

fn resume(hello: &Value, after: u64) -> Value {
    json!({"type": "resume", "session": hello["session"], "token": hello["token"], "after": after})
}

async fn resumed(server: &Driver, hello: &Value, after: u64) -> Chat {
    let mut chat = server.open("?start=resume", &[]).await.unwrap();
    chat.send(&resume(hello, after)).await;
    chat.hello = chat.frame().await;
    chat
}

#[tokio::test]
async fn what_was_missed_comes_once_in_order_and_the_conversation_goes_on() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    for id in ["c1", "c2", "c3"] {
        chat.ask(id, QUESTION).await;
    }
    chat.answer("c1").await;
    let hello = chat.hello.clone();
    drop(chat);
    let mut chat = resumed(&server, &hello, 2).await;
    assert_eq!((&chat.hello["resumed"], &chat.hello["seq"]), (&json!(true), &json!(2)));
    assert_eq!(chat.hello["session"], hello["session"]);
    for (id, seq) in [("c2", 3), ("c3", 4)] {
        assert_eq!(chat.answer(id).await["seq"], seq);
    }
    chat.ask("c4", "and how does hard water change that?").await;
    let answer = chat.answer("c4").await;
    assert_eq!(answer["seq"], 5);
    assert!(answer["answer"]["read_as"].as_str().unwrap().contains("kettle"), "{answer}");
}

#[tokio::test]
async fn a_question_under_way_when_the_connection_broke_is_answered_once() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
    for id in ["c2", "c3", "c4"] {
        chat.ask(id, QUESTION).await;
    }
    let hello = chat.hello.clone();
    // The questions are on their way; the connection ends in good order, so they arrive.
    let _ = chat.socket.close(None).await;
    let mut chat = resumed(&server, &hello, 2).await;
    // What was answered until now comes by itself, and only the rest is asked again.
    let last = chat.hello["last_seq"].as_u64().unwrap();
    let (done, open): (Vec<_>, Vec<_>) =
        [("c2", 3), ("c3", 4), ("c4", 5)].iter().partition(|(_, seq)| *seq <= last);
    for (id, seq) in done {
        assert_eq!(chat.answer(id).await["seq"], seq);
    }
    for (id, _) in &open {
        chat.ask(id, QUESTION).await;
    }
    chat.ask("c5", QUESTION).await;
    for (id, seq) in open.into_iter().chain([("c5", 6)]) {
        assert_eq!(chat.answer(id).await["seq"], seq);
    }
}

#[tokio::test]
async fn a_newer_connection_takes_over_and_the_older_is_told() {
    let server = Driver::start().await;
    let mut old = server.chat().await;
    old.ask("c1", QUESTION).await;
    old.answer("c1").await;
    let mut new = resumed(&server, &old.hello.clone(), 1).await;
    assert_eq!(new.hello["resumed"], true);
    assert_eq!(new.answer("c1").await["seq"], 2);
    old.closed(4409).await;
    new.ask("c2", OFF_TOPIC).await;
    assert_eq!(new.answer("c2").await["seq"], 3);
}

#[tokio::test]
async fn who_cannot_go_on_leaves_the_session_to_the_connection_that_has_it() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
    let other = resumed(&server, &chat.hello.clone(), 99).await;
    assert_eq!(other.hello["resumed"], false);
    chat.ask("c2", OFF_TOPIC).await;
    assert_eq!(chat.answer("c2").await["seq"], 3);
}

#[tokio::test]
async fn nobody_else_goes_on_with_a_session() {
    let server =
        Driver::with(|config| config.server.allowed_origins = vec!["https://clinic.example".into()]).await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
    let hello = chat.hello.clone();
    drop(chat);
    let (mut wrong_token, mut wrong_session) = (hello.clone(), hello.clone());
    wrong_token["token"] = json!("0".repeat(64));
    wrong_session["session"] = json!("0".repeat(32));
    for (name, claim, after) in
        [("token", &wrong_token, 1), ("session", &wrong_session, 1), ("a number to come", &hello, 99)]
    {
        let mut chat = resumed(&server, claim, after).await;
        assert_eq!((&chat.hello["resumed"], &chat.hello["seq"]), (&json!(false), &json!(1)), "{name}");
        assert_ne!(chat.hello["session"], hello["session"], "{name}");
        chat.ask("c9", QUESTION).await;
        assert_eq!(chat.answer("c9").await["seq"], 2, "{name}");
    }
    let mut elsewhere = server.open("?start=resume", &[("origin", "https://clinic.example")]).await.unwrap();
    elsewhere.send(&resume(&hello, 1)).await;
    assert_eq!(elsewhere.frame().await["resumed"], false, "the token is bound to its origin");
    assert_eq!(resumed(&server, &hello, 1).await.hello["resumed"], true);
}

#[tokio::test]
async fn without_a_word_in_the_address_a_resume_in_time_is_the_greeting_and_a_late_one_still_works() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
    let hello = chat.hello.clone();
    drop(chat);
    let mut prompt = server.open("", &[]).await.unwrap();
    prompt.send(&resume(&hello, 1)).await;
    let first = prompt.frame().await;
    assert_eq!((&first["type"], &first["resumed"]), (&json!("hello"), &json!(true)));
    prompt.answer("c1").await;
    let mut late = server.chat().await;
    assert_ne!(late.hello["session"], hello["session"]);
    late.send(&resume(&hello, 1)).await;
    let second = late.frame().await;
    assert_eq!((&second["resumed"], &second["session"]), (&json!(true), &hello["session"]));
    late.answer("c1").await;
    late.send(&resume(&hello, 1)).await;
    late.error("bad_frame").await;
}

#[tokio::test]
async fn a_forgotten_session_is_gone() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
    chat.send(&json!({"type": "forget"})).await;
    let goodbye = chat.frame().await;
    assert_eq!(goodbye, json!({"type": "goodbye", "seq": 3, "reason": "forgotten", "resume": false}));
    chat.closed(1000).await;
    assert_eq!(resumed(&server, &chat.hello, 1).await.hello["resumed"], false);
}

#[tokio::test]
async fn a_session_unused_for_too_long_is_not_gone_on_with() {
    let server = Driver::with(|config| config.sessions.idle_secs = 1).await;
    let chat = server.chat().await;
    let hello = chat.hello.clone();
    assert_eq!(hello["limits"]["session_idle_secs"], 1);
    drop(chat);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(resumed(&server, &hello, 1).await.hello["resumed"], false);
}

/// A server whose sessions outlive it in `folder`.
async fn kept_in(folder: &Path) -> Driver {
    let key_file = folder.join("key");
    std::fs::write(&key_file, "a1".repeat(32)).unwrap();
    let path = folder.join("sessions.sqlite");
    Driver::with(|config| (config.sessions.path, config.sessions.key_file) = (path, key_file)).await
}

#[tokio::test]
async fn who_asks_over_http_in_the_name_of_a_session_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = kept_in(folder.path()).await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
    let text = |name: &str| chat.hello[name].as_str().unwrap().to_owned();
    let token = format!("Bearer {}.{}", text("session"), text("token"));
    drop(chat);
    server.stopped().await;
    let server = kept_in(folder.path()).await;
    let ask = async |token: &str| {
        let headers = [("content-type", "application/json"), ("authorization", token)];
        server.send("POST", "/api/v1/ask", &headers, &json!({"question": QUESTION}).to_string()).await.status
    };
    assert_eq!(ask(&token).await, 200);
    assert_eq!(ask(&format!("{token}0")).await, 401);
}

#[tokio::test]
async fn a_restart_loses_nothing_where_sessions_are_kept_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    let start = || kept_in(folder.path());
    let mut server = start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", OFF_TOPIC).await;
    let before = chat.answer("c1").await;
    chat.ask("c2", QUESTION).await;
    chat.answer("c2").await;
    let hello = chat.hello.clone();
    server.begin_stop();
    let goodbye = chat.frame().await;
    assert_eq!((&goodbye["type"], &goodbye["seq"]), (&json!("goodbye"), &json!(4)));
    drop(chat);
    server.stopped().await;
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"kettle"), "nothing is readable on disk");
    let server = start().await;
    let mut chat = resumed(&server, &hello, 2).await;
    assert_eq!(chat.hello["resumed"], true);
    assert_eq!(chat.answer("c2").await["seq"], 3);
    assert_eq!(chat.frame().await, goodbye, "history, for the numbers to have no gap");
    chat.ask("c1", OFF_TOPIC).await;
    let again = chat.answer("c1").await;
    assert_eq!((&again["answer"], &again["seq"]), (&before["answer"], &json!(5)));
    chat.send(&json!({"type": "feedback", "answer": 2, "helpful": true})).await;
    chat.ask("c3", "and how does hard water change that?").await;
    let answer = chat.answer("c3").await;
    assert!(answer["answer"]["read_as"].as_str().unwrap().contains("kettle"), "{answer}");
}

#[tokio::test]
async fn words_are_taken_as_typed_where_that_is_wished() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    chat.ask("c1", "how often should the kettel be descaled?").await;
    let read = chat.answer("c1").await;
    assert!(!read["answer"]["corrections"].as_array().unwrap().is_empty(), "{read}");
    chat.send(&json!({"type": "ask", "id": "c2", "question": "how often should the kettel be descaled?", "as_typed": true}))
        .await;
    let typed = chat.answer("c2").await;
    assert!(
        typed["answer"].get("corrections").is_none() && typed["answer"].get("read_as").is_none(),
        "{typed}"
    );
}
