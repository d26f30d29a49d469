//! The calls that ask: ask, search, verify.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::Response;

use super::app::{App, Door, busy};
use super::body::read_json;
use super::client::ClientKey;
use super::reply::json;
use crate::access::Scope;
use crate::answer::{Claim, Verdict, reference_to_passage};
use crate::document::DocumentId;
use crate::engine::{AskError, Engine};
use crate::protocol::{
    Answer, AskRequest, ErrorCode, Hit, Problem, Reference, SearchRequest, SearchResponse, VerifyRequest,
    VerifyResponse,
};
use crate::retrieve::{DEFAULT_LIMIT, Question};

/// Most quotes that one answer may hold.
const MAX_QUOTES: usize = 10;
/// Most passages that one search may give, and how many it gives when nobody says.
const MAX_HITS: usize = 100;
const DEFAULT_HITS: usize = 10;

/// `POST /api/v1/ask`
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let asked = Instant::now();
    app.access.check(request.headers(), Scope::Ask, &app.chats)?;
    let request: AskRequest = read_json(&app, request).await?;
    let question = app.question(&request.question)?;
    let limit = limit(request.limit, DEFAULT_LIMIT, MAX_QUOTES)?;
    let question = question.with_limit(limit).as_typed(request.as_typed);
    let question = restrict(question, request.document)?;
    check_session(request.session.as_deref())?;
    app.admit(client)?;
    let answer = match request.session {
        None => app.run(move |engine| engine.ask(&question)).await?,
        Some(name) => {
            let turn = app.sessions.turn(&name).await;
            let mut session = turn.map_err(|_| busy("too many questions of this session wait already"))?;
            app.run(move |engine| engine.reply(&mut session, &question)).await?
        }
    };
    app.note_answer(Door::Http, &answer, asked);
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
    let limit = limit(request.limit, DEFAULT_HITS, MAX_HITS)?;
    let question = app.question(&request.question)?.with_limit(limit);
    app.admit(client)?;
    app.run(move |engine| hits(engine, &question)).await
}

fn hits(engine: &Engine, question: &Question) -> Result<Response, AskError> {
    let found = engine.search(question)?;
    let references: Vec<_> =
        found.iter().map(|hit| reference_to_passage(&hit.document, hit.passage)).collect();
    let hits =
        found.iter().zip(&references).map(|(hit, reference)| Hit::new(hit, Reference::from(reference)));
    Ok(json(StatusCode::OK, &SearchResponse { hits: hits.collect() }))
}

/// `POST /api/v1/verify`
pub(crate) async fn verify(State(app): State<Arc<App>>, request: Request<Body>) -> Result<Response, Problem> {
    app.access.check(request.headers(), Scope::Documents, &app.chats)?;
    let request: VerifyRequest = read_json(&app, request).await?;
    let claim = Claim {
        document: request.document,
        revision: request.revision,
        span: request.bytes,
        sha256: request.sha256,
    };
    let verdict = app.run_modestly(move |engine| engine.verify(&claim)).await?;
    let response = match verdict {
        Verdict::Valid { quote } => VerifyResponse { valid: true, quote: Some(quote), reason: None },
        Verdict::Invalid { reason } => VerifyResponse { valid: false, quote: None, reason: Some(reason) },
    };
    Ok(json(StatusCode::OK, &response))
}

fn limit(wanted: Option<usize>, default: usize, max: usize) -> Result<usize, Problem> {
    match wanted {
        None => Ok(default),
        Some(limit) if (1..=max).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::new(ErrorCode::BadRequest, format!("`limit` must be 1 to {max}"))),
    }
}

fn restrict(question: Question, document: Option<String>) -> Result<Question, Problem> {
    let Some(id) = document else { return Ok(question) };
    let id = DocumentId::new(id).map_err(|error| Problem::new(ErrorCode::BadRequest, error.to_string()))?;
    Ok(question.within(id))
}

/// A session's name is what protects it: one too short could be guessed.
fn check_session(name: Option<&str>) -> Result<(), Problem> {
    if name.is_none_or(|name| (16..=128).contains(&name.chars().count())) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::BadRequest, "`session` must have 16 to 128 characters"))
}
