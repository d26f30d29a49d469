//! Chat completions as OpenAI has them: `/v1/`. Refusals too have their shape.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use super::app::{App, Door, internal};
use super::body;
use super::chats::token::random_hex;
use super::client::ClientKey;
use super::reply::{json, respond};
use crate::access::Scope;
use crate::adapters::Links;
use crate::adapters::openai::{ChatRequest, Completion, Fault, error, model, models};
use crate::conversation::{Session, SessionLimits};
use crate::protocol::question;
use crate::retrieve::Question;
use crate::store::unix_now;

/// Longest body: these clients send the whole conversation each time.
const MAX_BODY_BYTES: usize = 1 << 20;

/// `GET /v1/models`
pub(crate) async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    match app.access.check_if_ours(&headers, Scope::Ask, &app.chats) {
        Ok(_) => json(StatusCode::OK, &models()),
        Err(problem) => refuse(&problem.into()),
    }
}

/// `GET /v1/models/{model}`
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let may_ask = app.access.check_if_ours(&headers, Scope::Ask, &app.chats).map_err(Fault::from);
    // What cannot be decoded names no model either.
    let name = name.map_or_else(|_| String::new(), |Path(name)| name);
    let found = may_ask.and_then(|_| model(&name));
    found.map_or_else(|fault| refuse(&fault), |model| json(StatusCode::OK, &model))
}

/// `POST /v1/chat/completions`
pub(crate) async fn chat(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    request: Request<Body>,
) -> Response {
    complete(&app, client, request).await.unwrap_or_else(|fault| refuse(&fault))
}

async fn complete(app: &App, client: ClientKey, request: Request<Body>) -> Result<Response, Fault> {
    let asked = Instant::now();
    app.access.check_if_ours(request.headers(), Scope::Ask, &app.chats)?;
    let request = {
        let (body, _leave) = body::read_long(app, request, MAX_BODY_BYTES).await?;
        ChatRequest::parse(&body)?
    };
    let max_chars = app.config.answer.max_question_chars;
    let last = question(&request.question, max_chars)
        .map_err(|problem| Fault { problem, param: Some("messages".into()) })?;
    // What was too long was refused when it came.
    let earlier: Vec<Question> =
        request.earlier.iter().filter_map(|text| question(text, max_chars).ok()).collect();
    app.admit_many(client, earlier.len() + 1)?;
    let answer = app.run(move |engine| {
        let mut session = Session::new(SessionLimits::default());
        for question in &earlier {
            engine.reply(&mut session, question)?;
        }
        engine.reply(&mut session, &last)
    });
    let answer = answer.await?;
    app.note_answer(Door::OpenAi, &request.question, &answer, asked);
    let id = random_hex::<12>().ok_or_else(internal)?;
    let links = Links::new(&app.limits().public_url);
    let completion = Completion::new(&id, unix_now(), &answer, &links);
    if request.stream {
        return Ok(respond(StatusCode::OK, "text/event-stream", completion.events(request.include_usage)));
    }
    Ok(json(StatusCode::OK, &completion.whole()))
}

/// A refusal as OpenAI's clients read it.
pub(super) fn refuse(fault: &Fault) -> Response {
    let mut response = fault.problem.clone().into_response();
    let body = json(response.status(), &error(fault)).into_body();
    *response.body_mut() = body;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
