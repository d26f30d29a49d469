//! Direct Line 3.0: `/v3/directline/`, for Microsoft's Web Chat and the libraries beneath it.
//!
//! A question is answered before the call that brings it ends: it is in the conversation with its answer, both at
//! once, or refused and not there at all. So a client that sends again what was refused doubles nothing.
//! Refusals have Direct Line's shape.

mod caller;
mod conversations;
mod log;
mod stream;

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HOST, HeaderValue};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::{App, Door, busy, internal};
use super::client::ClientKey;
use super::reply::respond;
use super::{body, cors, reply};
use crate::adapters::Links;
use crate::adapters::directline::{Incoming, Outgoing, Place, What, activity_set, error, watermark};
use crate::protocol::{ErrorCode, Problem};
use caller::{Caller, forbidden, reach, unknown};
pub(crate) use conversations::Conversations;
use conversations::{NoTurn, Pass, TOKEN_LIFE};
pub(crate) use stream::stream;

/// What stands in the query; what is not known is passed over.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WatermarkQuery {
    #[serde(default)]
    watermark: String,
}

type Watermark = Result<Query<WatermarkQuery>, QueryRejection>;

/// `OPTIONS` of each address.
pub(crate) async fn preflight(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let names = "authorization, content-type, x-ms-bot-agent, x-requested-with";
    cors::preflight(&app, &headers, "GET, POST", names).unwrap_or_else(|problem| refuse(&problem))
}

/// `POST /v3/directline/tokens/generate`
pub(crate) async fn generate(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let headers = request.headers().clone();
    finish(&app, &headers, with_body(&app, request).await.and_then(|()| new_token(&app, &headers)))
}

/// `POST /v3/directline/tokens/refresh`
pub(crate) async fn refresh(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    finish(&app, &headers, renewed_token(&app, &headers))
}

/// `POST /v3/directline/conversations`
pub(crate) async fn begin(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let headers = request.headers().clone();
    finish(&app, &headers, with_body(&app, request).await.and_then(|()| begun(&app, &headers)))
}

/// `GET /v3/directline/conversations/{conversation}`
pub(crate) async fn reconnect(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    query: Watermark,
    headers: HeaderMap,
) -> Response {
    let id = named(id);
    let done = reach(&app, &headers, &id).and_then(|()| {
        let from = read(query)?;
        Ok(reply::json(StatusCode::OK, &opened(&app, &headers, &id, from)?))
    });
    finish(&app, &headers, done)
}

/// `GET /v3/directline/conversations/{conversation}/activities`
pub(crate) async fn receive(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    query: Watermark,
    headers: HeaderMap,
) -> Response {
    let id = named(id);
    let done = reach(&app, &headers, &id).and_then(|()| {
        let (said, next) = app.directline.since(&id, read(query)?).ok_or_else(unknown)?;
        Ok(respond(StatusCode::OK, "application/json", activity_set(&said, next)))
    });
    finish(&app, &headers, done)
}

/// `POST /v3/directline/conversations/{conversation}/activities`
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    id: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Response {
    let id = named(id);
    let headers = request.headers().clone();
    finish(&app, &headers, take(&app, client, &id, request).await)
}

/// `POST /v3/directline/conversations/{conversation}/upload`
pub(crate) async fn upload(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let id = named(id);
    let done = reach(&app, &headers, &id)
        .and_then(|()| Err(Problem::new(ErrorCode::Unsupported, "only texts are read here, no files")));
    finish(&app, &headers, done)
}

/// The conversation that an address names; one that is no text names none.
fn named(id: Result<Path<String>, PathRejection>) -> String {
    id.map(|Path(id)| id).unwrap_or_default()
}

fn finish(app: &App, headers: &HeaderMap, done: Result<Response, Problem>) -> Response {
    let mut response = done.unwrap_or_else(|problem| refuse(&problem));
    cors::open_to_page(app, headers, &mut response);
    response
}

/// A refusal as clients of Direct Line read it.
pub(super) fn refuse(problem: &Problem) -> Response {
    let mut response = problem.clone().into_response();
    *response.body_mut() = reply::json(response.status(), &error(problem)).into_body();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Reads what clients say about the person, which is not needed here.
async fn with_body(app: &App, request: Request<Body>) -> Result<(), Problem> {
    body::read_bytes(app, request, app.limits().max_message_bytes).await.map(drop)
}

fn read(query: Watermark) -> Result<u64, Problem> {
    let wrong = |_| Problem::new(ErrorCode::BadRequest, "`watermark` may stand in the query once");
    watermark(&query.map_err(wrong)?.watermark)
}

fn new_token(app: &App, headers: &HeaderMap) -> Result<Response, Problem> {
    let id = match Caller::of(app, headers)? {
        Caller::Token(_) => return Err(forbidden("a token makes no others; it can be refreshed")),
        Caller::Key(key) => create(app, Some(key))?,
        Caller::Anyone => create(app, None)?,
    };
    Ok(reply::json(StatusCode::OK, &credentials(app, &id)?))
}

fn renewed_token(app: &App, headers: &HeaderMap) -> Result<Response, Problem> {
    let Caller::Token(id) = Caller::of(app, headers)? else {
        return Err(forbidden("send the token that is to be refreshed"));
    };
    Ok(reply::json(StatusCode::OK, &credentials(app, &id)?))
}

fn begun(app: &App, headers: &HeaderMap) -> Result<Response, Problem> {
    let id = match Caller::of(app, headers)? {
        Caller::Token(id) => id,
        Caller::Key(key) => create(app, Some(key))?,
        Caller::Anyone => create(app, None)?,
    };
    let is_new = app.directline.start(&id).ok_or_else(unknown)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(reply::json(status, &opened(app, headers, &id, 0)?))
}

/// A new conversation, in which the operator's greeting stands.
fn create(app: &App, owner: Option<String>) -> Result<String, Problem> {
    let texts = &app.config.texts;
    let timestamp = now();
    let greet = |id: &str| {
        let place = Place { conversation: id, number: 0, timestamp: &timestamp };
        let greeting = Outgoing::text(&texts.greeting, &texts.suggestions);
        (!texts.greeting.is_empty()).then(|| greeting.write(&place, &texts.title, None))
    };
    app.directline.create(owner, greet).ok_or_else(internal)
}

fn credentials(app: &App, id: &str) -> Result<Value, Problem> {
    let secret = app.directline.grant(id, Pass::Token).ok_or_else(unknown)?;
    Ok(json!({
        "conversationId": id,
        "token": format!("{id}.{secret}"),
        "expires_in": TOKEN_LIFE.as_secs(),
    }))
}

/// A token, and the address of a stream that begins at the watermark `from`.
fn opened(app: &App, headers: &HeaderMap, id: &str, from: u64) -> Result<Value, Problem> {
    let mut opened = credentials(app, id)?;
    let pass = app.directline.grant(id, Pass::Stream).ok_or_else(unknown)?;
    let base = base(&app.limits().public_url, headers);
    let url = format!("{base}/v3/directline/conversations/{id}/stream?watermark={from}&t={pass}");
    if let Some(members) = opened.as_object_mut() {
        members.insert("streamUrl".into(), url.into());
    }
    Ok(opened)
}

/// Where this server is reached over WebSocket: as the operator says, or where the client called.
fn base(public_url: &str, headers: &HeaderMap) -> String {
    let public = public_url.trim_end_matches('/');
    if let Some(rest) = public.strip_prefix("http") {
        return format!("ws{rest}");
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("ws://{host}")
}

async fn take(app: &App, client: ClientKey, id: &str, request: Request<Body>) -> Result<Response, Problem> {
    let asked = Instant::now();
    reach(app, request.headers(), id)?;
    let incoming = Incoming::parse(&body::read(app, request).await?)?;
    let number = match incoming.what.clone() {
        What::Message(text) => answer(app, client, id, (incoming, &text), asked).await?,
        What::Event => {
            let timestamp = now();
            let echo =
                |number| vec![incoming.echo(&Place { conversation: id, number, timestamp: &timestamp })];
            app.directline.say(id, echo).ok_or_else(unknown)?
        }
        What::End => {
            let number = app.directline.pass(id).ok_or_else(unknown)?;
            app.directline.forget(id);
            number
        }
        What::Passing => app.directline.pass(id).ok_or_else(unknown)?,
    };
    let place = Place { conversation: id, number, timestamp: "" };
    Ok(reply::json(StatusCode::OK, &json!({ "id": place.id() })))
}

async fn answer(
    app: &App,
    client: ClientKey,
    id: &str,
    (incoming, text): (Incoming, &str),
    asked: Instant,
) -> Result<u64, Problem> {
    let question = app.question(text)?;
    app.admit(client)?;
    let session = app.directline.session(id).map_err(|refusal| match refusal {
        NoTurn::Unknown => unknown(),
        NoTurn::TooMany => busy("too many questions of this conversation wait already"),
    })?;
    let mut turn = session.lock_owned().await;
    // The turn is kept until the answer stands in the conversation.
    let answered = app.run(move |engine| engine.reply(&mut turn, &question).map(|answer| (answer, turn)));
    let (answer, _turn) = answered.await?;
    app.note_answer(Door::DirectLine, text, &answer, asked);
    let outgoing = Outgoing::answer(&answer, &Links::new(&app.limits().public_url));
    let timestamp = now();
    let both = |number| {
        let place = Place { conversation: id, number, timestamp: &timestamp };
        let after = Place { number: number + 1, ..place };
        vec![incoming.echo(&place), outgoing.write(&after, &app.config.texts.title, Some(&place.id()))]
    };
    app.directline.say(id, both).ok_or_else(unknown)
}

/// The time, to the millisecond.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_where_the_operator_says_or_where_the_client_called() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "127.0.0.1:7878".parse().unwrap());
        assert_eq!(base("", &headers), "ws://127.0.0.1:7878");
        assert_eq!(base("https://ask.example/ibid/", &headers), "wss://ask.example/ibid");
    }

    #[test]
    fn times_are_as_activities_have_them() {
        let time = now();
        assert!(time.len() == 24 && time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    }
}
