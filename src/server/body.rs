//! Reading request bodies: JSON only, bounded in size and time, unknown members refused.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Request};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::app::App;
use crate::protocol::{ErrorCode, Problem};

/// Reads the whole body as a `T`.
///
/// # Errors
/// `unsupported_media_type`, `too_large`, `timeout`, `bad_json` or `bad_request`.
pub(crate) async fn read_json<T: DeserializeOwned>(app: &App, request: Request<Body>) -> Result<T, Problem> {
    if !is_json(request.headers()) {
        let detail = "send the body as `content-type: application/json`";
        return Err(Problem::new(ErrorCode::UnsupportedMediaType, detail));
    }
    parse(&read_bytes(app, request, app.limits().max_message_bytes).await?)
}

/// Reads the whole body, at most `max` bytes.
///
/// # Errors
/// `too_large`, `timeout` or `bad_request`.
pub(crate) async fn read_bytes(app: &App, request: Request<Body>, max: usize) -> Result<Vec<u8>, Problem> {
    if announced(request.headers()).is_some_and(|length| length > max as u64) {
        return Err(too_large(max));
    }
    let patience = Duration::from_secs(app.limits().request_timeout_secs);
    match tokio::time::timeout(patience, collect(request.into_body(), max)).await {
        Ok(body) => body,
        Err(_) => Err(Problem::new(ErrorCode::Timeout, "the body did not arrive in time")),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // Serde reads a struct from an array too; the calls take objects only.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::new(ErrorCode::BadRequest, "the body must be an object"));
    }
    serde_json::from_slice(body).map_err(|error| {
        let code = if error.is_data() { ErrorCode::BadRequest } else { ErrorCode::BadJson };
        Problem::new(code, error.to_string())
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(body: Body, max: usize) -> Result<Vec<u8>, Problem> {
    let mut stream = body.into_data_stream();
    let mut collected = Vec::new();
    while let Some(piece) = stream.next().await {
        let broken = |_| Problem::new(ErrorCode::BadRequest, "the body broke off");
        let piece: Bytes = piece.map_err(broken)?;
        if collected.len() + piece.len() > max {
            return Err(too_large(max));
        }
        collected.extend_from_slice(&piece);
    }
    Ok(collected)
}

fn too_large(max: usize) -> Problem {
    Problem::new(ErrorCode::TooLarge, format!("the body may have {max} bytes"))
}
