//! The REST channel of Rasa: `/webhooks/rest/`.
//!
//! Widgets of pages of an allowed origin may call it from the browser (`cors`). A conversation is found by who began it and the sender's name together: a name alone, often a
//! small number, would let a stranger go on with it.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use super::access::Admitted;
use super::app::{App, Door};
use super::client::ClientKey;
use super::reply::{json, respond};
use super::sessions::{Owner, SessionName};
use super::{body, cors};
use crate::access::Scope;
use crate::adapters::Links;
use crate::adapters::rasa::{Format, Message, Reply};
use crate::protocol::{ErrorCode, Problem};

/// The intent that begins a conversation anew.
const RESTART: &str = "restart";

/// `GET /webhooks/rest/`
pub(crate) async fn status() -> Response {
    respond(StatusCode::OK, "application/json", r#"{"status":"ok"}"#)
}

/// `OPTIONS /webhooks/rest/webhook`: a browser asks whether a page may call.
pub(crate) async fn preflight(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    cors::preflight(&app, &headers, "POST", "authorization, content-type")
}

/// `POST /webhooks/rest/webhook`
pub(crate) async fn webhook(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Response {
    let headers = request.headers().clone();
    let replied = reply(&app, client, query.as_deref().unwrap_or_default(), request).await;
    let mut response = replied.unwrap_or_else(Problem::into_response);
    cors::open_to_page(&app, &headers, &mut response);
    response
}

async fn reply(
    app: &App,
    client: ClientKey,
    query: &str,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let asked = Instant::now();
    let admitted = app.access.check(request.headers(), Scope::Ask, &app.chats)?;
    let options = Options::parse(query)?;
    let message = Message::parse(&body::read(app, request).await?)?;
    let session = message.sender.clone().map(|sender| {
        let owner = match admitted {
            Admitted::Key(id) => Owner::Key(id),
            Admitted::Visitor | Admitted::Anonymous => Owner::Client(client),
        };
        SessionName::Rasa { owner, sender }
    });
    if let Some(intent) = message.intent() {
        return Ok(options.write(&greet(app, session.as_ref(), &message, intent)));
    }
    let question = app.question(&message.text)?;
    app.admit(client)?;
    let answer = match session {
        None => app.run(move |engine| engine.ask(&question)).await?,
        Some(name) => app.reply_in(name, question).await?,
    };
    app.note_answer(Door::Rasa, &message.text, &answer, asked);
    let links = Links::new(&app.limits().public_url);
    Ok(options.write(&Reply::answer(message.recipient(), &answer, &links, options.format)))
}

/// What is said to an intent, which asks nothing.
fn greet<'a>(app: &'a App, session: Option<&SessionName>, message: &'a Message, intent: &str) -> Reply<'a> {
    if intent == RESTART {
        if let Some(name) = session {
            app.sessions.forget(name);
        }
        return Reply::text(message.recipient(), String::new(), &[]);
    }
    let texts = &app.config.texts;
    Reply::text(message.recipient(), texts.greeting.clone(), &texts.suggestions)
}

/// What stands in the query.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Options {
    stream: bool,
    format: Format,
}

impl Options {
    /// Reads the query; names that are not known are passed over.
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut options = Self::default();
        for pair in query.split('&') {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("stream", "true") => options.stream = true,
                ("stream", "false") => options.stream = false,
                ("format", "plain") => options.format = Format::Plain,
                ("format", "markdown") => options.format = Format::Markdown,
                ("stream", _) => return Err(refused("`stream` must be true or false")),
                ("format", _) => return Err(refused("`format` must be plain or markdown")),
                _ => {}
            }
        }
        Ok(options)
    }

    /// As a list, or as a line for each message. Rasa calls the lines an event stream, and so do we.
    fn write(self, reply: &Reply<'_>) -> Response {
        let replies: Vec<_> = Some(reply).filter(|reply| !reply.is_blank()).into_iter().collect();
        if !self.stream {
            return json(StatusCode::OK, &replies);
        }
        let lines = replies.iter().filter_map(|reply| serde_json::to_string(reply).ok());
        respond(StatusCode::OK, "text/event-stream", lines.map(|line| line + "\n").collect::<String>())
    }
}

fn refused(detail: &str) -> Problem {
    Problem::new(ErrorCode::BadRequest, detail)
}
