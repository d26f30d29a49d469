//! The chat socket: who may open one, and its connection limits.

mod budget;
mod chat;
mod deliver;
mod frames;
mod handoff;
mod inherited;
mod link;
mod opening;
mod outgoing;

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::access::Admitted;
use super::app::App;
use super::client::ClientKey;
use super::listener::Peer;
use super::origin::origin;
use super::slots::{NoSlot, Slot};
use crate::access::Scope;
use crate::protocol::{CloseCode, ErrorCode, PROTOCOL, Problem};
use link::Link;
use opening::{Start, Visitor, converse};

/// How long a socket that was turned away stays open, so that the client can read why.
const TURN_AWAY: Duration = Duration::from_secs(2);

/// Buffers of one socket, in bytes.
const BUFFER_BYTES: usize = 2 * 1024;
/// Most that waits to be written to one socket, in bytes; a single answer is far smaller.
const MAX_UNSENT_BYTES: usize = 4 * 1024 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpeningQuery {
    #[serde(default)]
    start: Start,
}

/// `GET /api/v1/chat`
pub(crate) async fn upgrade(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    Extension(peer): Extension<Peer>,
    query: Result<Query<OpeningQuery>, QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|_| {
        Problem::new(ErrorCode::UpgradeRequired, "open this address as a WebSocket, version 13")
    })?;
    let Ok(Query(OpeningQuery { start })) = query else {
        return Err(Problem::new(
            ErrorCode::BadRequest,
            "the query may have `start` alone, `new` or `resume`",
        ));
    };
    let origin = origin(&headers, &app.limits().allowed_origins)?;
    let may_begin = may_begin(&app, &headers, origin.is_some())?;
    let visitor = Visitor { client, origin, may_begin, start };
    let upgrade = bound(choose_protocol(upgrade)?, app.limits().max_message_bytes);
    if app.stop.is_cancelled() {
        return Err(Problem::new(ErrorCode::ShuttingDown, "the service is stopping"));
    }
    let running = app.tasks.token();
    let slot = app.sockets.take(Some(client));
    Ok(upgrade.on_upgrade(async move |socket| {
        let cut = app.cut.clone();
        tokio::select! {
            () = attend(app, visitor, socket, slot, peer) => {}
            () = cut.cancelled() => {}
        }
        drop(running);
    }))
}

/// Whether a new session may begin on this connection; where not, one that exists can be gone on with.
fn may_begin(app: &App, headers: &HeaderMap, is_page: bool) -> Result<bool, Problem> {
    match app.access.check(headers, Scope::Chat, &app.chats) {
        Ok(Admitted::Key(_) | Admitted::Visitor | Admitted::Anonymous) => Ok(true),
        Err(_) if is_page => Ok(app.access.lets_pages_begin()),
        Err(problem) => Err(problem),
    }
}

fn choose_protocol(upgrade: WebSocketUpgrade) -> Result<WebSocketUpgrade, Problem> {
    let offers_any = upgrade.requested_protocols().next().is_some();
    let upgrade = upgrade.protocols([PROTOCOL]);
    if offers_any && upgrade.selected_protocol().is_none() {
        return Err(Problem::new(ErrorCode::Unsupported, format!("the subprotocol here is `{PROTOCOL}`")));
    }
    Ok(upgrade)
}

/// What is read at once and what waits to be written is bounded.
fn bound(upgrade: WebSocketUpgrade, max_message_bytes: usize) -> WebSocketUpgrade {
    // Above `max_message_bytes` the socket is closed with 1009; what is far above is not even read.
    let max = max_message_bytes.saturating_mul(4);
    upgrade
        .max_message_size(max)
        .max_frame_size(max)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_UNSENT_BYTES)
}

/// Talks on `socket` where there was a slot for it, else turns it away.
async fn attend(app: Arc<App>, visitor: Visitor, socket: WebSocket, slot: Result<Slot, NoSlot>, peer: Peer) {
    match slot {
        Ok(slot) => {
            let link = Link::new(socket, app.limits(), (slot, peer));
            converse(app, visitor, link).await;
        }
        Err(_) => turn_away(socket, peer).await,
    }
}

async fn turn_away(mut socket: WebSocket, peer: Peer) {
    let close = CloseFrame { code: CloseCode::TooMany.code(), reason: "too many connections".into() };
    let _ = tokio::time::timeout(TURN_AWAY, async {
        let _ = socket.send(Message::Close(Some(close))).await;
        while let Some(Ok(_)) = socket.recv().await {}
    })
    .await;
    drop(peer);
}
