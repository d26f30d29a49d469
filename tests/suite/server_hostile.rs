//! Clients that break the rules of HTTP and WebSocket.

use tokio::io::AsyncWriteExt;

use crate::driver::{Driver, QUESTION, rest_of, within};

async fn raw(server: &Driver, request: &str) -> String {
    let mut stream = server.tcp().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    String::from_utf8_lossy(&rest_of(&mut stream).await).into_owned()
}

#[tokio::test]
async fn a_request_names_one_host() {
    let server = Driver::start().await;
    for hosts in ["", "host: a\r\nhost: b\r\n"] {
        let reply = raw(&server, &format!("GET /healthz HTTP/1.1\r\nconnection: close\r\n{hosts}\r\n")).await;
        assert!(reply.starts_with("HTTP/1.1 400") && reply.contains("\"bad_request\""), "{reply}");
    }
    let reply = raw(&server, "GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(reply.starts_with("HTTP/1.0 200"), "{reply}");
}

#[tokio::test]
async fn a_page_whose_name_was_made_to_lead_here_is_refused_at_every_door() {
    let ask = async |server: &Driver, origin: &str, path: &str| {
        let body = format!("{{\"question\": \"{QUESTION}\"}}");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: evil.example\r\norigin: {origin}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        raw(server, &(head + &body)).await
    };
    let server = Driver::start().await;
    for path in
        ["/api/v1/ask", "/v1/chat/completions", "/v3/directline/conversations", "/webhooks/rest/webhook"]
    {
        let reply = ask(&server, "http://evil.example", path).await;
        assert!(reply.starts_with("HTTP/1.1 403"), "{path}: {reply}");
    }
    assert!(ask(&server, "https://evil.example", "/api/v1/ask").await.starts_with("HTTP/1.1 200"));
    let server = Driver::with(|config| config.server.public_url = "http://evil.example".into()).await;
    assert!(ask(&server, "http://evil.example", "/api/v1/ask").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_upgrade_that_is_refused_says_which_version_is_spoken() {
    let server = Driver::start().await;
    let headers = [("upgrade", "websocket"), ("sec-websocket-version", "12"), ("sec-websocket-key", "AA==")];
    let reply = server.send("GET", "/api/v1/chat", &headers, "").await;
    assert_eq!(reply.header("sec-websocket-version").as_deref(), Some("13"));
    assert_eq!(reply.header("upgrade").as_deref(), Some("websocket"));
    reply.problem(426, "upgrade_required");
}

#[tokio::test]
async fn requests_sent_in_one_go_are_answered_in_order() {
    let server = Driver::start().await;
    let request = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nGET /readyz HTTP/1.1\r\nhost: a\r\n\r\n\
                   GET /nothing HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let reply = raw(&server, request).await;
    let place = |text: &str| reply.find(text).unwrap_or_else(|| panic!("no {text} in {reply}"));
    assert!(place("\"alive\"") < place("\"ready\"") && place("\"ready\"") < place("HTTP/1.1 404"));
}

#[tokio::test]
async fn a_chunked_body_is_bounded_too() {
    let server = Driver::start().await;
    let head = "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(4096));
    let reply = raw(&server, &format!("{head}{}", chunk.repeat(5))).await;
    assert!(reply.starts_with("HTTP/1.1 413") && reply.contains("\"too_large\""), "{reply}");
}

/// Opens a chat by hand and sends `bytes` on it; gives what comes until the socket is closed.
pub(crate) async fn chat_with(server: &Driver, bytes: &[u8]) -> Vec<u8> {
    let mut stream = server.tcp().await;
    let upgrade = "GET /api/v1/chat HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                   sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    rest_of(&mut stream).await
}

#[tokio::test]
async fn frames_that_break_the_rules_are_told_so_by_the_close_code() {
    const NO_MASK: &[u8] = &[0x81, 0x01, b'x'];
    const RESERVED_BIT: &[u8] = &[0xc1, 0x80, 0, 0, 0, 0];
    const NOT_UTF8: &[u8] = &[0x81, 0x81, 0, 0, 0, 0, 0xff];
    const ENDLESS: &[u8] = &[0x81, 0xff, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let server = Driver::start().await;
    for (bytes, code) in [(NO_MASK, 1002), (RESERVED_BIT, 1002), (NOT_UTF8, 1007), (ENDLESS, 1009_u16)] {
        let all = chat_with(&server, bytes).await;
        let [high, low] = code.to_be_bytes();
        let is_close = |window: &[u8]| window[0] == 0x88 && window[2..] == [high, low];
        assert!(all.windows(4).any(is_close), "no {code} in {:?}", String::from_utf8_lossy(&all));
    }
}

#[tokio::test]
async fn a_client_that_vanishes_gives_its_places_back() {
    let server = Driver::start().await;
    for number in 0..20 {
        let mut chat = server.chat().await;
        chat.ask(&format!("c{number}"), QUESTION).await;
        // Dropped with an answer under way: no close frame, as when a process is killed.
    }
    within(async {
        while !server.get("/metrics").await.text().contains("ibid_chat_sockets 0\n") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut chat = server.chat().await;
    chat.ask("c1", QUESTION).await;
    chat.answer("c1").await;
}

#[tokio::test]
async fn connections_that_come_and_go_leave_nothing_behind() {
    let server = Driver::start().await;
    for _ in 0..10 {
        let streams = futures_util::future::join_all((0..50).map(|_| server.tcp())).await;
        drop(streams);
    }
    // The one that asks.
    within(async {
        while !server.get("/metrics").await.text().contains("ibid_connections 1\n") {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
