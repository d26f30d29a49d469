//! Reading request bodies: bounded in size and time; JSON is said to be JSON.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Request};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::app::{App, busy};
use super::client::ClientKey;
use crate::protocol::{self, ErrorCode, Problem};

/// Most bodies of one kind longer than `server.max_message_bytes` that are read at a time, so that what they take
/// together is bounded too.
const MAX_LONG_BODIES: usize = 16;

/// Most of them from one client, so that one that stalls leaves room for others.
const MAX_LONG_BODIES_OF_CLIENT: usize = 2;

/// Leave for bodies of one kind that are longer than usual.
#[derive(Debug)]
pub(crate) struct LongBodies {
    of_all: Semaphore,
    of_clients: Mutex<HashMap<ClientKey, Arc<Semaphore>>>,
}

impl LongBodies {
    pub(crate) fn new() -> Self {
        Self { of_all: Semaphore::new(MAX_LONG_BODIES), of_clients: Mutex::default() }
    }

    /// Leave for one more body of `client`. It waits for others of the same client, and for those of all where it is
    /// not refused for them.
    async fn leave(&self, client: ClientKey, patience: Patience) -> Option<Leave<'_>> {
        let of_client = self.of_client(client).acquire_owned().await.ok()?;
        let of_all = match patience {
            Patience::None => self.of_all.try_acquire().ok(),
            Patience::Waits => self.of_all.acquire().await.ok(),
        };
        Some(Leave { _of_client: of_client, _of_all: of_all? })
    }

    fn of_client(&self, client: ClientKey) -> Arc<Semaphore> {
        let mut of_clients = self.of_clients.lock().unwrap_or_else(PoisonError::into_inner);
        of_clients.retain(|_, leaves| Arc::strong_count(leaves) > 1);
        let leaves = of_clients.entry(client);
        Arc::clone(leaves.or_insert_with(|| Arc::new(Semaphore::new(MAX_LONG_BODIES_OF_CLIENT))))
    }
}

/// Leave for a body to be long, to be kept until the body is dropped.
#[derive(Debug)]
pub(crate) struct Leave<'a> {
    _of_client: OwnedSemaphorePermit,
    _of_all: SemaphorePermit<'a>,
}

/// A body, and the leave to be long if it is.
pub(crate) type LongBody<'a> = (Vec<u8>, Option<Leave<'a>>);

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
    Ok(receive(app, request, max, max, Patience::None).await?.0)
}

/// As [`read_bytes`], for calls of those who may not call again: where many long bodies of such calls are read already, this one
/// waits, as long as a request may take.
///
/// # Errors
/// As [`read_bytes`].
pub(crate) async fn read_patiently(
    app: &App,
    request: Request<Body>,
    max: usize,
) -> Result<LongBody<'_>, Problem> {
    let usual = app.limits().max_message_bytes;
    receive(app, request, usual, max.max(usual), Patience::Waits).await
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
    receive(app, request, usual, max.max(usual), Patience::None).await
}

/// Whether a long body waits where no more may be read at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    None,
    Waits,
}

fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    let encoding = headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let detail = "send the body as it is, without `content-encoding`";
        return Err(Problem::new(ErrorCode::UnsupportedMediaType, detail));
    }
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
    patience: Patience,
) -> Result<LongBody<'_>, Problem> {
    if announced(request.headers()).is_some_and(|length| length > max as u64) {
        return Err(too_large(max));
    }
    let client = request.extensions().get::<ClientKey>().copied().unwrap_or(ClientKey::OTHERS);
    let long_bodies = match patience {
        Patience::None => &app.long_bodies,
        Patience::Waits => &app.hook_bodies,
    };
    let reading = collect(request.into_body(), (usual, max), long_bodies, client, patience);
    match tokio::time::timeout(Duration::from_secs(app.limits().request_timeout_secs), reading).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(ErrorCode::Timeout, "the body did not arrive in time")),
    }
}

async fn collect<'a>(
    body: Body,
    (usual, max): (usize, usize),
    long_bodies: &'a LongBodies,
    client: ClientKey,
    patience: Patience,
) -> Result<LongBody<'a>, Problem> {
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
            let leave = long_bodies.leave(client, patience).await;
            taken = Some(leave.ok_or_else(|| busy("too many long requests are being read already"))?);
        }
        collected.extend_from_slice(&piece);
    }
    Ok((collected, taken))
}

fn too_large(max: usize) -> Problem {
    Problem::new(ErrorCode::TooLarge, format!("the body may have {max} bytes"))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn client(last: u8) -> ClientKey {
        ClientKey::new([192, 0, 2, last].into())
    }

    #[tokio::test]
    async fn one_client_leaves_room_for_others() {
        let bodies = LongBodies::new();
        let leave = |last, patience| bodies.leave(client(last), patience);
        let mut first =
            vec![leave(1, Patience::None).await.unwrap(), leave(1, Patience::None).await.unwrap()];
        assert!(leave(1, Patience::None).now_or_never().is_none(), "a third one waits");
        let mut others = Vec::new();
        for last in 2..=MAX_LONG_BODIES as u8 - 1 {
            others.push(leave(last, Patience::Waits).await.unwrap());
        }
        assert!(leave(100, Patience::None).await.is_none(), "all are given");
        assert!(leave(100, Patience::Waits).now_or_never().is_none(), "whoever is patient waits");
        first.pop();
        assert!(leave(1, Patience::None).await.is_some());
        drop((first, others));
        assert!(leave(100, Patience::None).await.is_some());
        assert_eq!(bodies.of_clients.lock().unwrap().len(), 1, "nobody is remembered");
    }
}
