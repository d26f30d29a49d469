//! The chat socket: who may open one, and its connection limits.

mod budget;
mod chat;
mod outgoing;

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::response::Response;

use super::app::App;
use super::client::ClientKey;
use super::listener::Peer;
use crate::protocol::{CloseCode, ErrorCode, PROTOCOL, Problem};

/// How long a socket that was turned away stays open, so that the client can read why.
const TURN_AWAY: Duration = Duration::from_secs(2);

/// Buffers of one socket, in bytes.
const BUFFER_BYTES: usize = 8 * 1024;
/// Most that waits to be written to one socket, in bytes; a single answer is far smaller.
const MAX_UNSENT_BYTES: usize = 4 * 1024 * 1024;

/// `GET /api/v1/chat`
pub(crate) async fn upgrade(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|_| {
        Problem::new(ErrorCode::UpgradeRequired, "open this address as a WebSocket, version 13")
    })?;
    check_origin(&headers, &app.limits().allowed_origins)?;
    let upgrade = choose_protocol(upgrade)?;
    if app.stop.is_cancelled() {
        return Err(Problem::new(ErrorCode::ShuttingDown, "the service is stopping"));
    }
    // Above `max_message_bytes` the socket is closed with 1009; what is far above is not even read.
    let max = app.limits().max_message_bytes.saturating_mul(4);
    let upgrade = upgrade
        .max_message_size(max)
        .max_frame_size(max)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_UNSENT_BYTES);
    let running = app.tasks.token();
    let slot = app.chats.take(Some(client));
    Ok(upgrade.on_upgrade(async move |socket| {
        let cut = app.cut.clone();
        let talk = async {
            match slot {
                Ok(_slot) => chat::run(Arc::clone(&app), client, socket).await,
                Err(_) => turn_away(socket).await,
            }
        };
        tokio::select! {
            () = talk => {}
            () = cut.cancelled() => {}
        }
        drop((running, peer));
    }))
}

/// Browsers send `Origin`, and a page cannot forge it: this keeps other sites from chatting in a visitor's
/// name (cross-site WebSocket hijacking). Programs send none and are let in.
fn check_origin(headers: &HeaderMap, allowed: &[String]) -> Result<(), Problem> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(()) };
    // No browser sends two, and which one would count elsewhere is anyone's guess.
    let origin = if origins.next().is_none() { origin.to_str().unwrap_or_default() } else { "" };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
    let listed = || allowed.iter().any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(origin));
    if (own && !host.is_empty()) || listed() {
        return Ok(());
    }
    let detail =
        "pages of this origin may not connect; the operator can allow it by `server.allowed_origins`";
    Err(Problem::new(ErrorCode::OriginNotAllowed, detail))
}

fn choose_protocol(upgrade: WebSocketUpgrade) -> Result<WebSocketUpgrade, Problem> {
    let offers_any = upgrade.requested_protocols().next().is_some();
    let upgrade = upgrade.protocols([PROTOCOL]);
    if offers_any && upgrade.selected_protocol().is_none() {
        return Err(Problem::new(ErrorCode::Unsupported, format!("the subprotocol here is `{PROTOCOL}`")));
    }
    Ok(upgrade)
}

async fn turn_away(mut socket: WebSocket) {
    let close = CloseFrame { code: CloseCode::TooMany.code(), reason: "too many connections".into() };
    let _ = tokio::time::timeout(TURN_AWAY, async {
        let _ = socket.send(Message::Close(Some(close))).await;
        while let Some(Ok(_)) = socket.recv().await {}
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn origin(origin: Option<&str>, host: &str, allowed: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        origin.map(|origin| headers.insert(ORIGIN, origin.parse().unwrap()));
        let listed = ["https://clinic.example/".to_owned()];
        assert_eq!(check_origin(&headers, &listed).is_ok(), allowed, "{origin:?} on {host}");
    }

    #[test]
    fn only_programs_own_pages_and_listed_pages_connect() {
        origin(None, "ibid.example", true);
        origin(Some("https://ibid.example"), "ibid.example", true);
        origin(Some("http://127.0.0.1:7878"), "127.0.0.1:7878", true);
        origin(Some("https://CLINIC.example"), "ibid.example", true);
        origin(Some("https://evil.example"), "ibid.example", false);
        origin(Some("https://clinic.example.evil.example"), "ibid.example", false);
        origin(Some("http://127.0.0.1:1"), "127.0.0.1:7878", false);
        origin(Some("null"), "ibid.example", false);
        origin(Some(""), "", false);
        origin(Some("https://"), "", false);
    }

    #[test]
    fn two_origins_are_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "ibid.example".parse().unwrap());
        headers.append(ORIGIN, "https://ibid.example".parse().unwrap());
        headers.append(ORIGIN, "https://evil.example".parse().unwrap());
        assert!(check_origin(&headers, &[]).is_err());
    }
}
