//! The Model Context Protocol over HTTP: `/mcp`, streamable and without sessions.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::Response;

use super::app::{App, Door};
use super::body;
use super::client::ClientKey;
use super::origin::check_bound;
use crate::access::Scope;
use crate::answer::Answer;
use crate::config::Config;
use crate::engine::{AskError, Engine};
use crate::mcp::{Backend, respond};
use crate::protocol::{Problem, read_body};
use crate::retrieve::Question;

/// Whoever sent a request, and what they may.
#[derive(Clone)]
struct Caller {
    app: Arc<App>,
    client: ClientKey,
    scopes: Vec<Scope>,
}

/// `POST /mcp`
pub(crate) async fn call(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let limits = app.limits();
    check_bound(request.headers(), &limits.allowed_origins, &limits.public_url)?;
    let scopes = [Scope::Ask, Scope::Search, Scope::Documents];
    let scopes = app.access.check_any(request.headers(), &scopes, &app.chats)?;
    let (head, body) = request.into_parts();
    let body = body::read(&app, Request::from_parts(head.clone(), body)).await?;
    // Of what is no JSON object the library says that its media type is wrong.
    read_body::<serde_json::Map<String, serde_json::Value>>(&body)?;
    let caller = Caller { app, client, scopes };
    let mut response = respond(caller, Request::from_parts(head, Body::from(body))).await;
    // What the library refuses it refuses in plain words.
    if !response.status().is_success() {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().entry(CONTENT_TYPE).or_insert(plain);
    }
    Ok(response)
}

impl Backend for Caller {
    fn config(&self) -> &Config {
        &self.app.config
    }

    fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    async fn run<T: Send + 'static>(
        &self,
        scope: Scope,
        work: impl FnOnce(&Engine) -> Result<T, AskError> + Send + 'static,
    ) -> Result<T, Problem> {
        if scope == Scope::Documents {
            return self.app.run_modestly(work).await;
        }
        self.app.admit(self.client)?;
        self.app.run(work).await
    }

    fn note(&self, question: &Question, answer: &Answer, asked: Instant) {
        self.app.note_answer(Door::Mcp, question.text(), answer, asked);
    }
}
