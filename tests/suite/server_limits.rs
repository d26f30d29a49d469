//! Limits, and clients that behave badly while others ask.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::driver::{Chat, Driver, QUESTION, rest_of, within};
use crate::server_hostile::chat_with;

#[tokio::test]
async fn questions_a_minute_are_counted_over_all_doors() {
    let server = Driver::with(|config| {
        config.server.questions_per_minute = 2;
        config.server.question_burst = 2;
    })
    .await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
    server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok();
    chat.ask("c2", QUESTION).await;
    let error = chat.error("rate_limited").await;
    assert!(error["retry_after_ms"].as_u64().unwrap() > 1000, "{error}");
    assert_eq!(error["in_reply_to"], "c2");
    let reply = server.post("/api/v1/search", &json!({"question": QUESTION})).await;
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert!(reply.problem(429, "rate_limited")["retry_after_ms"].is_u64());
    chat.send(&json!({"type": "ping"})).await;
    assert_eq!(chat.frame().await["type"], "pong");
}

/// Whose answer is gone by the time a repeat is due would be answered a new question.
#[tokio::test]
async fn a_question_under_a_name_that_was_answered_counts_as_well() {
    const BURST: usize = 9;
    let server = Driver::with(|config| {
        config.server.questions_per_minute = 1;
        config.server.question_burst = BURST as u32;
        config.sessions.max_frames = 8;
        config.answer.cached_answers = 0;
    })
    .await;
    let mut chat = server.chat().await;
    for number in 1..BURST {
        let id = format!("c{number}");
        chat.ask(&id, QUESTION).await;
        chat.answer(&id).await;
    }
    let names = std::iter::once(BURST).chain(1..BURST - 1);
    for number in names {
        chat.ask(&format!("c{number}"), &format!("May kettle number {number} be stored wet?")).await;
    }
    for _ in 1..BURST {
        while chat.frame().await["type"] == "status" {}
    }
    let metrics = server.get("/metrics").await.ok().text();
    let answered = metrics.lines().filter(|line| line.starts_with("ibid_questions_total{door=\"socket\""));
    let answered: usize =
        answered.map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(answered, BURST, "{metrics}");
}

#[tokio::test]
async fn clients_behind_a_proxy_are_counted_apart() {
    let server = Driver::with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.server.questions_per_minute = 1;
        config.server.question_burst = 1;
    })
    .await;
    let ask = |from: &'static str| {
        let body = json!({"question": QUESTION}).to_string();
        let server = &server;
        async move {
            let headers = [("content-type", "application/json"), ("x-forwarded-for", from)];
            server.send("POST", "/api/v1/ask", &headers, &body).await
        }
    };
    ask("192.0.2.1").await.ok();
    ask("192.0.2.2").await.ok();
    ask("198.51.100.7, 192.0.2.1").await.problem(429, "rate_limited");
}

#[tokio::test]
async fn a_message_that_is_too_big_closes_the_socket() {
    let server = Driver::start().await;
    for size in [17 * 1024, 50 * 1024] {
        let mut chat = server.chat().await;
        chat.ask("c1", &"a".repeat(size)).await;
        chat.closed(1009).await;
        let mut chat = server.chat().await;
        within(chat.socket.send(Message::binary(vec![b'a'; size]))).await.unwrap();
        chat.closed(1009).await;
    }
}

#[tokio::test]
async fn too_many_sockets_of_one_address_are_turned_away() {
    let server = Driver::with(|config| config.server.max_connections_per_address = 2).await;
    let first = server.chat().await;
    let _second = server.chat().await;
    let mut third = server.try_chat(&[("sec-websocket-protocol", "ibid.v1")]).await.unwrap();
    third.closed(4429).await;
    drop(first);
    within(async {
        loop {
            let mut next = server.try_chat(&[]).await.unwrap();
            if let Some(Ok(Message::Text(_))) = next.socket.next().await {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_idle_socket_is_closed_with_a_goodbye() {
    let server = Driver::with(|config| config.server.idle_timeout_secs = 1).await;
    let mut chat = server.chat().await;
    let goodbye = chat.frame().await;
    assert_eq!(
        (&goodbye["type"], &goodbye["reason"], &goodbye["seq"]),
        (&json!("goodbye"), &json!("idle"), &json!(2))
    );
    chat.closed(4408).await;
}

#[tokio::test]
async fn a_chat_at_the_end_of_its_time_is_not_said_to_go_on() {
    let server = Driver::with(|config| config.sessions.retention_secs = 1).await;
    let mut chat = server.chat().await;
    let goodbye = chat.frame().await;
    assert_eq!(goodbye, json!({"type": "goodbye", "seq": 2, "reason": "idle", "resume": false}));
    chat.closed(4408).await;
}

#[tokio::test]
async fn unanswered_pings_close_the_socket() {
    let server = Driver::with(|config| config.server.heartbeat_secs = 1).await;
    // Who opens a chat by hand answers none.
    let all = chat_with(&server, b"").await;
    let close = [0x88, 2 + "pings went unanswered".len() as u8, 0x11, 0x38];
    assert!(all.windows(4).any(|window| window == close), "closed with 4408");
}

#[tokio::test]
async fn a_request_that_does_not_arrive_is_dropped() {
    let server = Driver::with(|config| config.server.request_timeout_secs = 1).await;
    let mut silent = server.tcp().await;
    let mut slow_head = server.tcp().await;
    slow_head.write_all(b"GET / HTT").await.unwrap();
    let mut slow_body = server.tcp().await;
    let head = "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    slow_body.write_all(head.as_bytes()).await.unwrap();
    for stream in [&mut silent, &mut slow_head] {
        rest_of(stream).await;
    }
    let rest = rest_of(&mut slow_body).await;
    let rest = String::from_utf8_lossy(&rest);
    assert!(rest.starts_with("HTTP/1.1 408") && rest.contains("\"timeout\""), "{rest}");
}

/// A byte a second, never a whole request.
async fn drip(mut stream: TcpStream) {
    for byte in b"GET /api/v1/chat HTTP/1.1\r\n".iter().cycle() {
        if stream.write_all(&[*byte]).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Frames as fast as the server takes them; what it answers is read by nobody, or by someone.
async fn flood(mut chat: Chat, frame: &'static str, reads: bool) {
    loop {
        let sent = chat.socket.send(Message::text(frame)).await;
        let read = if reads { chat.socket.next().await.is_some() } else { true };
        if sent.is_err() || !read {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn others_do_not_notice_silent_slow_deaf_and_flooding_clients() {
    const SEND_TIMEOUT: Duration = Duration::from_secs(4);
    let server = Driver::with(|config| {
        config.server.send_timeout_secs = SEND_TIMEOUT.as_secs();
        // However many the deaf one asks: everybody here has one address.
        config.server.questions_per_minute = 6_000_000;
        config.server.question_burst = 10_000;
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(server.chat().await);
    }
    let dripping = tokio::spawn(drip(server.tcp().await));
    let flooding = tokio::spawn(flood(server.chat().await, r#"{"type":"ping"}"#, true));
    let ask = r#"{"type":"ask","id":"d","question":"How often should the kettle be descaled?"}"#;
    let deaf = tokio::spawn(flood(server.chat().await, ask, false));
    // Until the deaf one has held up its socket for so long that the server dropped it, and a little more.
    let mut times = Vec::new();
    let mut chat = server.chat().await;
    let begun = Instant::now();
    while !deaf.is_finished() || times.len() < 50 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the deaf client is never dropped");
        let asked = Instant::now();
        let id = format!("c{}", times.len());
        chat.ask(&id, QUESTION).await;
        chat.answer(&id).await;
        times.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(begun.elapsed() >= SEND_TIMEOUT, "nobody was held up");
    assert!(!flooding.is_finished() && !dripping.is_finished(), "the other bad clients are still at it");
    times.sort();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    assert!(median < Duration::from_secs(1), "{median:?}");
    assert!(slowest < SEND_TIMEOUT, "someone waited for the deaf client: {slowest:?}");
    for chat in silent.iter_mut().take(3) {
        chat.ask("late", QUESTION).await;
        chat.answer("late").await;
    }
}

#[tokio::test]
async fn waiting_questions_of_one_socket_are_bounded() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    for number in 0..200 {
        chat.ask(&format!("c{number}"), QUESTION).await;
    }
    let mut seq = 1;
    for _ in 0..200 {
        let frame = chat.frame().await;
        seq += 1;
        assert_eq!(frame["seq"], seq);
        let busy = frame["type"] == "error" && frame["code"] == "busy" && frame["retry_after_ms"].is_u64();
        assert!(busy || frame["type"] == "answer", "{frame}");
    }
}
