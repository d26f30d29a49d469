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
use crate::config::DeskKind;
use crate::protocol::{ErrorCode, Problem};
use crate::server::app::{App, busy, internal};
use crate::server::body::read_patiently;
use crate::server::reply;
use crate::store::{NewEvent, unix_now};

/// Longest body of a call: a ticket with all that was ever written in it.
const MAX_HOOK_BYTES: usize = 1024 * 1024;

/// A body longer than this is read on a thread of its own.
const LONG_BYTES: usize = 64 * 1024;

/// `POST /hooks/{desk}`
pub(crate) async fn receive(
    State(app): State<Arc<App>>,
    desk: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let Path(desk) = desk.map_err(|_| unknown())?;
    take(&app, desk, None, request).await
}

/// `POST /hooks/{desk}/{secret}`
pub(crate) async fn receive_with_secret(
    State(app): State<Arc<App>>,
    names: Result<Path<(String, String)>, PathRejection>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let Path((desk, secret)) = names.map_err(|_| unknown())?;
    take(&app, desk, Some(secret), request).await
}

fn unknown() -> Problem {
    Problem::new(ErrorCode::NotFound, "no help desk of this name is set up here")
}

async fn take(
    app: &Arc<App>,
    name: String,
    path_secret: Option<String>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let desks = app.desks.as_ref().ok_or_else(unknown)?;
    let desk = desks.get(&name).ok_or_else(unknown)?;
    let refused = |rejection| {
        app.metrics.rejected(rejection);
        refusal(rejection)
    };
    let keys = desk.keys();
    let headers = request.headers().clone();
    let mut call = Hook { desk: name, path_secret, headers, body: Vec::new() };
    // Where the address is all the proof, nothing is read of whoever does not know it.
    if !desk.config.signed && desk.config.kind != DeskKind::Slack {
        call.prove(desk, &keys).map_err(refused)?;
    }
    let (body, _leave) = read_patiently(app, request, MAX_HOOK_BYTES).await?;
    call.body = body;
    let call = Arc::new(call);
    let mut told = call.told(app, desk, &keys).await?;
    if told == Err(Rejection::UnknownKey) && desk.look_for_key(&desks.client, &keys).await {
        told = call.told(app, desk, &desk.keys()).await?;
    }
    let told = told.map_err(refused)?;
    accept(app, desks, &call.desk, told.events).await?;
    Ok(reply::json(StatusCode::OK, &told.reply.unwrap_or_else(|| json!({}))))
}

/// A call as it came.
struct Hook {
    desk: String,
    path_secret: Option<String>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Hook {
    fn prove(&self, desk: &Desk, keys: &Keys) -> Result<(), Rejection> {
        let header = |name: &str| header(&self.headers, name);
        desk.adapter.prove(&self.delivery(&header, keys))
    }

    fn read(&self, desk: &Desk, keys: &Keys) -> Result<Received, Rejection> {
        let header = |name: &str| header(&self.headers, name);
        desk.adapter.receive(&self.delivery(&header, keys))
    }

    fn delivery<'a>(&'a self, header: &'a dyn Fn(&str) -> Option<&'a str>, keys: &'a Keys) -> Delivery<'a> {
        let path_secret = self.path_secret.as_deref();
        Delivery { path_secret, header, body: &self.body, now: unix_now(), keys }
    }

    /// What it tells; a long one is read where it holds up nobody.
    async fn told(
        self: &Arc<Self>,
        app: &Arc<App>,
        desk: &Desk,
        keys: &Arc<Keys>,
    ) -> Result<Result<Received, Rejection>, Problem> {
        if self.body.len() <= LONG_BYTES {
            return Ok(self.read(desk, keys));
        }
        let (call, app, keys) = (Arc::clone(self), Arc::clone(app), Arc::clone(keys));
        let read = move || Some(call.read(app.desks.as_ref()?.get(&call.desk)?, &keys));
        tokio::task::spawn_blocking(read).await.ok().flatten().ok_or_else(internal)
    }
}

/// Puts events in line that did not come before.
async fn accept(app: &App, desks: &Desks, name: &str, events: Vec<Event>) -> Result<(), Problem> {
    if events.is_empty() {
        return Ok(());
    }
    let (desk, events) = (name.to_owned(), stored(events));
    let accepted = desks.deliveries.run(move |file| file.accept(&desk, &events)).await;
    let accepted =
        note_failure(app, accepted).ok_or_else(|| busy("the call cannot be kept; please send it again"))?;
    if accepted > 0 {
        desks.events.wake.notify_one();
    }
    Ok(())
}

/// Events as they are kept.
pub(super) fn stored(events: Vec<Event>) -> Vec<NewEvent> {
    let stored = events.into_iter().filter_map(|event| {
        let payload = serde_json::to_vec(&event).ok()?;
        Some(NewEvent { key: event.key, conversation: event.conversation, payload })
    });
    stored.collect()
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
