//! The stream of a conversation: a WebSocket that pushes what is said, from a watermark on.
//!
//! Its address lets in, so that browsers need no header. Empty messages are the protocol's keep-alives, both ways;
//! nothing else is read.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use tokio::time::{Instant, interval_at, timeout};

use super::caller::{forbidden, unknown};
use super::conversations::Pass;
use super::{named, refuse};
use crate::adapters::directline::{activity_set, watermark};
use crate::protocol::{CloseCode, ErrorCode, Problem};
use crate::server::app::{App, busy};
use crate::server::client::ClientKey;
use crate::server::listener::Peer;
use crate::server::origin::origin;

/// Longest message of a client; an empty one is all that it needs.
const MAX_MESSAGE_BYTES: usize = 1024;
/// Buffers of one socket, in bytes.
const BUFFER_BYTES: usize = 1024;
/// Most that waits to be written to one socket, in bytes.
const MAX_UNSENT_BYTES: usize = 4 * 1024 * 1024;
/// Messages between two heartbeats beyond which a client is a flood.
const MAX_HEARD: u32 = 64;
/// Heartbeats without a word of the client that close the stream.
const MAX_UNANSWERED: u32 = 2;
/// How long the other side gets to close in its turn.
const LINGER: Duration = Duration::from_secs(1);

#[derive(Debug, Deserialize)]
pub(crate) struct StreamQuery {
    #[serde(default)]
    t: String,
    #[serde(default)]
    watermark: String,
}

/// `GET /v3/directline/conversations/{conversation}/stream`
pub(crate) async fn stream(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    Extension(peer): Extension<Peer>,
    id: Result<Path<String>, PathRejection>,
    query: Result<Query<StreamQuery>, QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        let detail = "open this address as a WebSocket, version 13";
        return refuse(&Problem::new(ErrorCode::UpgradeRequired, detail));
    };
    let id = named(id);
    let from = match admit(&app, &headers, &id, query) {
        Ok(from) => from,
        Err(problem) => return refuse(&problem),
    };
    let Ok(slot) = app.sockets.take(Some(client)) else {
        return refuse(&busy("too many connections are open already"));
    };
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_UNSENT_BYTES);
    let running = app.tasks.token();
    upgrade.on_upgrade(async move |socket| {
        let counted = (running, slot, peer);
        let cut = app.cut.clone();
        tokio::select! {
            () = Stream::new(&app, id, from, socket).run() => {}
            () = cut.cancelled() => {}
        }
        drop(counted);
    })
}

fn admit(
    app: &App,
    headers: &HeaderMap,
    id: &str,
    query: Result<Query<StreamQuery>, QueryRejection>,
) -> Result<u64, Problem> {
    origin(headers, &app.limits().allowed_origins)?;
    let wrong = |_| Problem::new(ErrorCode::BadRequest, "`t` and `watermark` may stand in the query once");
    let Query(StreamQuery { t, watermark: from }) = query.map_err(wrong)?;
    if !app.directline.touch(id) {
        return Err(unknown());
    }
    if !app.directline.admits(id, &t, Pass::Stream) {
        return Err(forbidden("the address of this stream has expired; ask for the conversation again"));
    }
    if app.stop.is_cancelled() {
        return Err(Problem::new(ErrorCode::ShuttingDown, "the service is stopping"));
    }
    watermark(&from)
}

struct Stream<'a> {
    app: &'a App,
    conversation: String,
    /// The watermark up to which everything was sent.
    from: u64,
    socket: WebSocket,
    patience: Duration,
    heard: u32,
    unanswered: u32,
}

/// Why a stream ends: how to close it, or that nobody is there any more.
type End = Option<CloseCode>;

impl<'a> Stream<'a> {
    fn new(app: &'a App, conversation: String, from: u64, socket: WebSocket) -> Self {
        let patience = Duration::from_secs(app.limits().send_timeout_secs);
        Self { app, conversation, from, socket, patience, heard: 0, unanswered: 0 }
    }

    async fn run(mut self) {
        let Err(end) = self.push().await else { return };
        let Some(code) = end else { return };
        let close = CloseFrame { code: code.code(), reason: "".into() };
        if self.send(Message::Close(Some(close))).await.is_ok() {
            let _ = timeout(LINGER, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
        }
    }

    async fn push(&mut self) -> Result<(), End> {
        // Listens first: what is said after that is heard or read, or both.
        let mut news = self.app.directline.listen(&self.conversation).ok_or(Some(CloseCode::Normal))?;
        let every = Duration::from_secs(self.app.limits().heartbeat_secs.max(1));
        let mut beat = interval_at(Instant::now() + every, every);
        loop {
            self.send_news().await?;
            tokio::select! {
                changed = news.changed() => changed.map_err(|_| Some(CloseCode::Normal))?,
                message = self.socket.recv() => self.hear(message)?,
                _ = beat.tick() => self.beat().await?,
                () = self.app.stop.cancelled() => return Err(Some(CloseCode::GoingAway)),
            }
        }
    }

    async fn send_news(&mut self) -> Result<(), End> {
        let said = self.app.directline.since(&self.conversation, self.from);
        let (said, next) = said.ok_or(Some(CloseCode::Normal))?;
        self.from = next;
        if said.is_empty() {
            return Ok(());
        }
        self.send(Message::Text(activity_set(&said, next).into())).await
    }

    fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let Some(Ok(message)) = message else { return Err(None) };
        if matches!(message, Message::Close(_)) {
            return Err(None);
        }
        self.unanswered = 0;
        self.heard += 1;
        if self.heard > MAX_HEARD { Err(Some(CloseCode::Policy)) } else { Ok(()) }
    }

    async fn beat(&mut self) -> Result<(), End> {
        if self.unanswered >= MAX_UNANSWERED {
            return Err(Some(CloseCode::Idle));
        }
        self.unanswered += 1;
        self.heard = 0;
        self.send(Message::Text("".into())).await?;
        self.send(Message::Ping(Vec::new().into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(None),
        }
    }
}
