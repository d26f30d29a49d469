//! Reading request bodies: bounded in size and time; JSON is said to be JSON.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Request};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::app::{App, busy};
use crate::protocol::{self, ErrorCode, Problem};

/// Most bodies longer than `server.max_message_bytes` that are read at a time, so that what they take together
/// is bounded too.
pub(crate) const MAX_LONG_BODIES: usize = 16;

/// A body, and the leave to be long, to be kept until the body is dropped.
pub(crate) type LongBody<'a> = (Vec<u8>, Option<SemaphorePermit<'a>>);

/// Reads the whole body as a `T`.
///
/// # Errors
/// `unsupported_media_type`, `too_large`, `timeout`, `bad_json` or `bad_request`.
pub(crate) async fn read_json<T: DeserializeOwned>(app: &App, request: Request<Body>) -> Result<T, Problem> {
    protocol::read_body(&read(app, request).await?)
}

/// Reads the whole body, which says that it is JSON.
///
/// # Errors
/// `unsupported_media_type`, `too_large`, `timeout` or `bad_request`.
pub(crate) async fn read(app: &App, request: Request<Body>) -> Result<Vec<u8>, Problem> {
    check_json(request.headers())?;
    read_bytes(app, request, app.limits().max_message_bytes).await
}

/// Reads the whole body, whatever it is, at most `max` bytes.
///
/// # Errors
/// `too_large`, `timeout` or `bad_request`.
pub(crate) async fn read_bytes(app: &App, request: Request<Body>, max: usize) -> Result<Vec<u8>, Problem> {
    Ok(receive(app, request, max, max, Leave::Refused).await?.0)
}

/// As [`read_bytes`], for calls of those who may not call again: where many long bodies are read already, this one waits, as
/// long as a request may take.
///
/// # Errors
/// As [`read_bytes`].
pub(crate) async fn read_patiently(
    app: &App,
    request: Request<Body>,
    max: usize,
) -> Result<LongBody<'_>, Problem> {
    let usual = app.limits().max_message_bytes;
    receive(app, request, usual, max.max(usual), Leave::AwaitedFor).await
}

/// As [`read`], for bodies that hold a whole conversation: up to `max` bytes where that is more than
/// `server.max_message_bytes`.
///
/// # Errors
/// As [`read`], and `busy` where many are read already.
pub(crate) async fn read_long(
    app: &App,
    request: Request<Body>,
    max: usize,
) -> Result<LongBody<'_>, Problem> {
    check_json(request.headers())?;
    let usual = app.limits().max_message_bytes;
    receive(app, request, usual, max.max(usual), Leave::Refused).await
}

/// What becomes of a long body where no more may be read at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    Refused,
    AwaitedFor,
}

fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let detail = "send the body as `content-type: application/json`";
    Err(Problem::new(ErrorCode::UnsupportedMediaType, detail))
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads at most `max` bytes in the time that a request has; for more than `usual` leave is taken.
async fn receive(
    app: &App,
    request: Request<Body>,
    usual: usize,
    max: usize,
    leave: Leave,
) -> Result<LongBody<'_>, Problem> {
    if announced(request.headers()).is_some_and(|length| length > max as u64) {
        return Err(too_large(max));
    }
    let patience = Duration::from_secs(app.limits().request_timeout_secs);
    let reading = collect(request.into_body(), (usual, max), leave, &app.long_bodies);
    match tokio::time::timeout(patience, reading).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(ErrorCode::Timeout, "the body did not arrive in time")),
    }
}

async fn collect(
    body: Body,
    (usual, max): (usize, usize),
    leave: Leave,
    long_bodies: &Semaphore,
) -> Result<LongBody<'_>, Problem> {
    let mut stream = body.into_data_stream();
    let mut collected = Vec::new();
    let mut taken = None;
    while let Some(piece) = stream.next().await {
        let broken = |_| Problem::new(ErrorCode::BadRequest, "the body broke off");
        let piece: Bytes = piece.map_err(broken)?;
        let length = collected.len() + piece.len();
        if length > max {
            return Err(too_large(max));
        }
        if length > usual && taken.is_none() {
            let now = match leave {
                Leave::Refused => long_bodies.try_acquire().ok(),
                Leave::AwaitedFor => long_bodies.acquire().await.ok(),
            };
            taken = Some(now.ok_or_else(|| busy("too many long requests are being read already"))?);
        }
        collected.extend_from_slice(&piece);
    }
    Ok((collected, taken))
}

fn too_large(max: usize) -> Problem {
    Problem::new(ErrorCode::TooLarge, format!("the body may have {max} bytes"))
}
