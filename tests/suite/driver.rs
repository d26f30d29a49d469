//! A running server over a small invented corpus, and clients for it.
//!
//! Nothing here sleeps to wait for the server: `Driver::start` returns when it listens, clients wait for
//! frames. Every wait is bounded.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use ibid::config::Config;
use ibid::engine::{Engine, build_index};
use ibid::ingest::NoProgress;
use ibid::server::{Drained, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const KETTLES: &str = "kettles.md";
pub(crate) const QUESTION: &str = "How often should the kettle be descaled?";
pub(crate) const OFF_TOPIC: &str = "zygomorphic quixotry";

const KETTLES_TEXT: &str = "\
# Looking after a kettle

This leaflet is about copper kettles <and> their \u{e9}mail cousins.

## Descaling

The kettle should be descaled every six weeks with vinegar [1]. Hard water shortens this to three weeks.

Before you begin:

- Unplug the kettle and let it cool.
- Open a window.

## Storage

Store the kettle dry and with its lid open.

## References

1. Tinker A. Limescale in domestic kettles. https://example.org/limescale
2. Potter B. Lids and their care.
";

const TEAPOTS_TEXT: &str = "\
# Choosing a teapot

A teapot of stoneware keeps the tea warm for forty minutes. A glass teapot shows its colour.
";

/// Waits for `future`, but not for ever.
#[track_caller]
pub(crate) fn within<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let caller = std::panic::Location::caller();
    async move {
        match tokio::time::timeout(PATIENCE, future).await {
            Ok(output) => output,
            Err(_) => panic!("nothing came within {PATIENCE:?} at {caller}"),
        }
    }
}

/// A WebSocket of a client.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What comes on `stream` until it is closed. A reset after the last byte is as good as an end.
pub(crate) async fn rest_of(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = within(stream.read_to_end(&mut bytes)).await;
    bytes
}

/// A running server; it is stopped when this is dropped.
pub(crate) struct Driver {
    pub(crate) address: String,
    pub(crate) engine: Engine,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Drained>,
    _folder: tempfile::TempDir,
}

impl Driver {
    /// A server with the settings of the tests.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let driver = Self::without_index(change).await;
        driver.load();
        driver
    }

    /// The same before its index is built.
    pub(crate) async fn without_index(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.paths.corpus = folder.path().join("corpus");
        config.paths.index = folder.path().join("index");
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.server.questions_per_minute = 0;
        config.server.search_threads = 2;
        // Vectors have tests of their own; loading the encoder for each server would take minutes.
        config.encoder.enabled = false;
        change(&mut config);
        std::fs::create_dir_all(&config.paths.corpus).unwrap();
        std::fs::write(config.paths.corpus.join(KETTLES), KETTLES_TEXT).unwrap();
        std::fs::write(config.paths.corpus.join("teapots.md"), TEAPOTS_TEXT).unwrap();
        let config = Arc::new(config);
        let engine = Engine::new(Arc::clone(&config));
        let server = Server::bind(config, engine.clone()).await.unwrap();
        let address = server.local_addr().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { address, engine, stop: Some(stop), running, _folder: folder }
    }

    /// Builds the index and loads it.
    pub(crate) fn load(&self) {
        build_index(self.engine.config(), false, &mut NoProgress).unwrap();
        self.engine.load().unwrap();
    }

    /// Tells the server to stop.
    pub(crate) fn begin_stop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(mut self) -> Drained {
        self.begin_stop();
        within(&mut self.running).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, &[("content-type", "application/json")], &body.to_string()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        self.raw(format!("{request}\r\n{body}").as_bytes()).await
    }

    /// Sends a request as it is, one after which the server closes.
    pub(crate) async fn raw(&self, request: &[u8]) -> Reply {
        within(async {
            let mut stream = self.tcp().await;
            stream.write_all(request).await.unwrap();
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).await.unwrap();
            Reply::parse(&bytes)
        })
        .await
    }

    /// A bare connection.
    pub(crate) async fn tcp(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    /// A chat whose `hello` has been read.
    pub(crate) async fn chat(&self) -> Chat {
        let mut chat = self.open("?start=new", &[("sec-websocket-protocol", "ibid.v1")]).await.unwrap();
        chat.hello = chat.frame().await;
        assert_eq!(chat.hello["type"], "hello");
        chat
    }

    /// A chat with these headers, or why there is none.
    pub(crate) async fn try_chat(
        &self,
        headers: &[(&'static str, &str)],
    ) -> Result<Chat, tungstenite::Error> {
        self.open("", headers).await
    }

    /// A chat at an address that ends in `query`, with these headers, or why there is none.
    pub(crate) async fn open(
        &self,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Chat, tungstenite::Error> {
        let mut request = format!("ws://{}/api/v1/chat{query}", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, response) = within(connect_async(request)).await?;
        let protocol = response.headers().get("sec-websocket-protocol");
        let protocol = protocol.map(|name| name.to_str().unwrap().to_owned());
        Ok(Chat { socket, protocol, hello: Value::Null })
    }
}

/// A response as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a whole head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut reply = Self { status, head, body: bytes[end + 4..].to_vec() };
        if reply.header("transfer-encoding").as_deref() == Some("chunked") {
            reply.body = unchunk(&reply.body);
        }
        reply
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text());
        self
    }

    /// Checks that it is a problem with this status and code, and gives it.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.json()["code"].as_str()), (status, Some(code)), "{}", self.text());
        assert_eq!(self.header("content-type").as_deref(), Some("application/problem+json"));
        assert_eq!(self.json()["status"], status);
        self.json()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
}

/// A chat as a client has it.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) socket: Socket,
    pub(crate) protocol: Option<String>,
    pub(crate) hello: Value,
}

impl Chat {
    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        within(self.socket.send(Message::text(text))).await.unwrap();
    }

    pub(crate) async fn ask(&mut self, id: &str, question: &str) {
        self.send(&json!({"type": "ask", "id": id, "question": question})).await;
    }

    /// The next frame; control frames are passed over.
    #[track_caller]
    pub(crate) fn frame(&mut self) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            loop {
                match within(self.socket.next()).await {
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("no frame but {other:?} at {caller}"),
                }
            }
        }
    }

    /// The answer to `id`; a `status` before it is passed over.
    #[track_caller]
    pub(crate) fn answer(&mut self, id: &str) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            loop {
                let frame = self.frame().await;
                assert_eq!(frame["in_reply_to"], id, "{frame} at {caller}");
                if frame["type"] != "status" {
                    assert_eq!(frame["type"], "answer", "{frame} at {caller}");
                    return frame;
                }
            }
        }
    }

    /// Checks that the next frame is this error, and gives it.
    #[track_caller]
    pub(crate) fn error(&mut self, code: &str) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let frame = self.frame().await;
            assert_eq!(
                (&frame["type"], &frame["code"]),
                (&json!("error"), &json!(code)),
                "{frame} at {caller}"
            );
            frame
        }
    }

    /// Checks that the server closes with this code and nothing before it.
    #[track_caller]
    pub(crate) fn closed(&mut self, code: u16) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            loop {
                match within(self.socket.next()).await {
                    Some(Ok(Message::Close(Some(frame)))) => {
                        assert_eq!(u16::from(frame.code), code, "at {caller}");
                        return;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("not closed with {code} but {other:?} at {caller}"),
                }
            }
        }
    }
}
