//! The calls that ask: ask, search, verify.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::Response;

use super::app::{App, Door, refusal};
use super::body::read_json;
use super::client::ClientKey;
use super::reply::json;
use super::sessions::SessionName;
use crate::access::Scope;
use crate::protocol::{
    Answer, AskRequest, ErrorCode, Problem, SearchRequest, SearchResponse, VerifyRequest, VerifyResponse,
};
use crate::retrieve::Question;

/// `POST /api/v1/ask`
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let asked = Instant::now();
    app.access.check(request.headers(), Scope::Ask, &app.chats)?;
    let request: AskRequest = read_json(&app, request).await?;
    let question = request.question(app.config.answer.max_question_chars)?;
    check_session(request.session.as_deref())?;
    app.admit(client)?;
    check_document(&app, &question)?;
    let answer = match request.session {
        None => app.run(move |engine| engine.ask(&question)).await?,
        Some(name) => app.reply_in(SessionName::Api(name), question).await?,
    };
    app.note_answer(Door::Http, &request.question, &answer, asked);
    Ok(json(StatusCode::OK, &Answer::from(&*answer)))
}

/// `POST /api/v1/search`
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    app.access.check(request.headers(), Scope::Search, &app.chats)?;
    let request: SearchRequest = read_json(&app, request).await?;
    let question = request.question(app.config.answer.max_question_chars)?;
    app.admit(client)?;
    let write = |found: &SearchResponse<'_>| json(StatusCode::OK, found);
    app.run(move |engine| Ok(SearchResponse::of(&engine.search(&question)?, write))).await
}

/// `POST /api/v1/verify`
pub(crate) async fn verify(State(app): State<Arc<App>>, request: Request<Body>) -> Result<Response, Problem> {
    app.access.check(request.headers(), Scope::Documents, &app.chats)?;
    let request: VerifyRequest = read_json(&app, request).await?;
    let verdict = app.run_modestly(move |engine| engine.verify(&request.into())).await?;
    Ok(json(StatusCode::OK, &VerifyResponse::from(verdict)))
}

/// "Not answered" would be wrong of a document that nobody has looked into.
fn check_document(app: &App, question: &Question) -> Result<(), Problem> {
    let Some(id) = question.document() else { return Ok(()) };
    if app.engine.serves(id).map_err(|error| refusal(&error))? {
        return Ok(());
    }
    Err(Problem::unknown_document())
}

/// A session's name is what protects it: one too short could be guessed.
fn check_session(name: Option<&str>) -> Result<(), Problem> {
    if name.is_none_or(|name| (16..=128).contains(&name.chars().count())) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::BadRequest, "`session` must have 16 to 128 characters"))
}
