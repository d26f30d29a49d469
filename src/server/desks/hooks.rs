//! Calls that desks make: proven, read, put in line, acknowledged.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::{Desk, Desks, note_failure};
use crate::adapters::{Delivery, Event, Keys, Received, Rejection};
use crate::protocol::{ErrorCode, Problem};
use crate::server::app::{App, busy};
use crate::server::body::read_patiently;
use crate::server::reply;
use crate::store::{NewEvent, unix_now};

/// Longest body of a call: a ticket with all that was ever written in it.
const MAX_HOOK_BYTES: usize = 1024 * 1024;

/// `POST /hooks/{desk}`
pub(crate) async fn receive(
    State(app): State<Arc<App>>,
    desk: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let Path(desk) = desk.map_err(|_| unknown())?;
    take(&app, &desk, None, request).await
}

/// `POST /hooks/{desk}/{secret}`
pub(crate) async fn receive_with_secret(
    State(app): State<Arc<App>>,
    names: Result<Path<(String, String)>, PathRejection>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let Path((desk, secret)) = names.map_err(|_| unknown())?;
    take(&app, &desk, Some(&secret), request).await
}

fn unknown() -> Problem {
    Problem::new(ErrorCode::NotFound, "no help desk of this name is set up here")
}

async fn take(
    app: &App,
    name: &str,
    path_secret: Option<&str>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let desks = app.desks.as_ref().ok_or_else(unknown)?;
    let desk = desks.get(name).ok_or_else(unknown)?;
    let headers = request.headers().clone();
    let (body, _leave) = read_patiently(app, request, MAX_HOOK_BYTES).await?;
    let keys = desk.keys();
    let mut received = read(desk, &keys, path_secret, &headers, &body);
    if received == Err(Rejection::UnknownKey) && desk.look_for_key(&desks.client, &keys).await {
        received = read(desk, &desk.keys(), path_secret, &headers, &body);
    }
    let received = received.map_err(|rejection| {
        app.metrics.rejected(rejection);
        refusal(rejection)
    })?;
    accept(app, desks, name, received.events).await?;
    let reply = received.reply.unwrap_or_else(|| json!({}));
    Ok(reply::json(StatusCode::OK, &reply))
}

/// Puts events in line that did not come before, and says how many these were.
pub(super) async fn accept(
    app: &App,
    desks: &Desks,
    name: &str,
    events: Vec<Event>,
) -> Result<usize, Problem> {
    if events.is_empty() {
        return Ok(0);
    }
    let (desk, events) = (name.to_owned(), stored(events));
    let accepted = desks.deliveries.run(move |file| file.accept(&desk, &events)).await;
    let accepted =
        note_failure(app, accepted).ok_or_else(|| busy("the call cannot be kept; please send it again"))?;
    if accepted > 0 {
        desks.events.wake.notify_one();
    }
    Ok(accepted)
}

/// Events as they are kept.
pub(super) fn stored(events: Vec<Event>) -> Vec<NewEvent> {
    let stored = events.into_iter().filter_map(|event| {
        let payload = serde_json::to_vec(&event).ok()?;
        Some(NewEvent { key: event.key, conversation: event.conversation, payload })
    });
    stored.collect()
}

fn read(
    desk: &Desk,
    keys: &Keys,
    path_secret: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Received, Rejection> {
    let header = |name: &str| header(headers, name);
    desk.adapter.receive(&Delivery { path_secret, header: &header, body, now: unix_now(), keys })
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn refusal(rejection: Rejection) -> Problem {
    let code = match rejection {
        Rejection::NotProven | Rejection::OutOfTime | Rejection::UnknownKey => ErrorCode::NotAuthorised,
        Rejection::NotUnderstood(_) => ErrorCode::BadRequest,
    };
    Problem::new(code, rejection.to_string())
}
