//! Stopping.

use ibid::server::Drained;
use serde_json::json;
use tokio::net::TcpStream;

use crate::driver::{Driver, QUESTION};

#[tokio::test]
async fn open_chats_get_a_goodbye_and_the_server_ends() {
    let mut server = Driver::start().await;
    let mut chats = vec![server.chat().await, server.chat().await];
    let address = server.address.clone();
    server.begin_stop();
    for chat in &mut chats {
        let goodbye = chat.frame().await;
        assert_eq!(goodbye, json!({"type": "goodbye", "seq": 2, "reason": "shutting_down", "resume": true}));
        chat.closed(1001).await;
    }
    drop(chats);
    assert_eq!(server.stopped().await, Drained::Clean);
    assert!(TcpStream::connect(&address).await.is_err(), "the port is free again");
}

#[tokio::test]
async fn a_hundred_chats_are_seen_off_though_half_of_them_never_read() {
    let server = Driver::with(|config| config.server.drain_timeout_secs = 15).await;
    let mut chats = Vec::new();
    for _ in 0..100 {
        chats.push(server.chat().await);
    }
    let _deaf = chats.split_off(50);
    let stopped = tokio::spawn(server.stopped());
    for chat in &mut chats {
        assert_eq!(chat.frame().await["type"], "goodbye");
        chat.closed(1001).await;
    }
    assert_eq!(stopped.await.unwrap(), Drained::Clean);
}

#[tokio::test]
async fn questions_that_were_taken_are_answered_before_the_goodbye() {
    let mut server = Driver::start().await;
    let mut chat = server.chat().await;
    for number in 0..5 {
        chat.ask(&format!("c{number}"), QUESTION).await;
    }
    chat.answer("c0").await;
    server.begin_stop();
    let mut answers = 1;
    loop {
        let frame = chat.frame().await;
        assert_eq!(frame["seq"], answers + 2, "{frame}");
        if frame["type"] == "goodbye" {
            break;
        }
        assert_eq!(frame["type"], "answer");
        answers += 1;
    }
    chat.closed(1001).await;
    assert_eq!(server.stopped().await, Drained::Clean);
}

#[tokio::test]
async fn who_was_to_resume_and_says_nothing_does_not_hold_up_the_stop() {
    let mut server = Driver::start().await;
    let mut silent = server.open("?start=resume", &[]).await.unwrap();
    server.begin_stop();
    silent.closed(1001).await;
    assert_eq!(server.stopped().await, Drained::Clean);
}

#[tokio::test]
async fn an_idle_http_connection_does_not_hold_up_the_stop() {
    let server = Driver::start().await;
    let _idle = server.tcp().await;
    assert_eq!(server.stopped().await, Drained::Clean);
}

#[tokio::test]
async fn a_client_that_does_not_close_is_cut_off() {
    let server = Driver::with(|config| config.server.drain_timeout_secs = 1).await;
    let mut deaf = server.tcp().await;
    let head = "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    tokio::io::AsyncWriteExt::write_all(&mut deaf, head.as_bytes()).await.unwrap();
    // The server has read the head once it answers someone who came later.
    server.get("/healthz").await.ok();
    assert_eq!(server.stopped().await, Drained::CutOff);
}
