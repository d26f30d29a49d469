//! What can only be seen with the search threads held up: busy answers, and how far a question is.

use std::sync::mpsc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::listener::Peer;
use super::pool::Ticket;
use super::routes::Gate;
use super::*;

/// Holds up the only search thread of a server until it is dropped.
struct Held {
    _release: mpsc::Sender<()>,
    _ticket: Ticket<()>,
}

fn hold(app: &App) -> Held {
    let (release, wait) = mpsc::channel::<()>();
    let (begun, running) = mpsc::channel();
    let ticket = app.pool.submit(move || {
        begun.send(()).unwrap();
        let _ = wait.recv();
    });
    running.recv().unwrap();
    Held { _release: release, _ticket: ticket.unwrap() }
}

async fn server(queue: usize) -> Server {
    let mut config = Config::default();
    config.server.listen = ([127, 0, 0, 1], 0).into();
    config.server.search_threads = 1;
    config.encoder.enabled = false;
    config.server.search_queue = queue;
    config.server.drain_timeout_secs = 1;
    let config = Arc::new(config);
    Server::bind(Arc::clone(&config), Engine::new(config)).await.unwrap()
}

fn ask() -> Request<Body> {
    let request = Request::post("/api/v1/ask").header("host", "a").header("content-type", "application/json");
    request.body(Body::from(r#"{"question": "why?"}"#)).unwrap()
}

#[tokio::test]
async fn a_full_queue_is_busy_and_says_when_to_come_again() {
    let server = server(1).await;
    let gate = Gate::new(Arc::clone(&server.app));
    let peer = Peer::new([127, 0, 0, 1].into(), server.app.connections.take(None).unwrap());
    let held = hold(&server.app);
    let _waiting = server.app.pool.submit(|| ()).unwrap();
    let refused = gate.respond(&peer, ask()).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.extensions().get(), Some(&crate::protocol::ErrorCode::Busy));
    drop(held);
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn chat(address: SocketAddr) -> Socket {
    let (mut socket, _) =
        tokio_tungstenite::connect_async(format!("ws://{address}/api/v1/chat")).await.unwrap();
    assert_eq!(frame(&mut socket).await["type"], "hello");
    socket
}

async fn frame(socket: &mut Socket) -> Value {
    match timeout(Duration::from_secs(10), socket.next()).await.unwrap() {
        Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_question_that_waits_long_is_told_so_and_one_that_is_not_taken_is_refused() {
    let server = server(1).await;
    let (address, app) = (server.local_addr(), Arc::clone(&server.app));
    let running = tokio::spawn(server.run(std::future::pending()));
    let mut waiting = chat(address).await;
    let mut late = chat(address).await;
    let held = hold(&app);
    let question = |id: &str| Message::text(json!({"type": "ask", "id": id, "question": "why?"}).to_string());
    waiting.send(question("c1")).await.unwrap();
    let status = frame(&mut waiting).await;
    assert_eq!(status, json!({"type": "status", "in_reply_to": "c1", "state": "queued"}));
    late.send(question("c2")).await.unwrap();
    let busy = frame(&mut late).await;
    assert_eq!(
        (&busy["code"], &busy["in_reply_to"], &busy["seq"]),
        (&json!("busy"), &json!("c2"), &json!(2))
    );
    drop(held);
    // No index is loaded here, which is what an answered question hears.
    assert_eq!(frame(&mut waiting).await["code"], "not_ready");
    running.abort();
}

/// A server that is told to stop while the question `c1` of `socket` is held up.
struct Stopping {
    running: JoinHandle<Drained>,
    socket: Socket,
    held: Held,
}

async fn stopping() -> Stopping {
    let server = server(1).await;
    let (address, app) = (server.local_addr(), Arc::clone(&server.app));
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    let mut socket = chat(address).await;
    let held = hold(&app);
    let ask = json!({"type": "ask", "id": "c1", "question": "why?"});
    socket.send(Message::text(ask.to_string())).await.unwrap();
    assert_eq!(frame(&mut socket).await["type"], "status");
    stop.send(()).unwrap();
    app.stop.cancelled().await;
    Stopping { running, socket, held }
}

#[tokio::test]
async fn a_running_question_is_answered_before_the_server_stops() {
    let Stopping { running, mut socket, held } = stopping().await;
    drop(held);
    assert_eq!(frame(&mut socket).await["in_reply_to"], "c1");
    assert_eq!(frame(&mut socket).await["type"], "goodbye");
    drop(socket);
    assert_eq!(running.await.unwrap(), Drained::Clean);
}

#[tokio::test]
async fn a_server_whose_answers_hang_is_cut_off() {
    let Stopping { running, socket: _socket, held: _held } = stopping().await;
    assert_eq!(running.await.unwrap(), Drained::CutOff);
}
