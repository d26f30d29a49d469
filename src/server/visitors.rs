//! Visitor tokens that a site's server asks for on behalf of its page.
//!
//! A token is that of a session in which nothing was said yet. Where sessions are kept on disk this one is too, so that
//! a page that was loaded before a restart can be used after it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::HOST;
use axum::http::{Request, StatusCode};
use axum::response::Response;

use super::app::{App, internal};
use super::body::read_json;
use super::chats::Credentials;
use super::chats::token::TokenHash;
use super::origin::{is_listed, is_own};
use super::reply::json;
use crate::access::Scope;
use crate::protocol::{ErrorCode, Problem, VisitorRequest, VisitorResponse};
use crate::store::{SessionHead, unix_now};

/// `POST /api/v1/visitors`
pub(crate) async fn make(State(app): State<Arc<App>>, request: Request<Body>) -> Result<Response, Problem> {
    app.access.check(request.headers(), Scope::Visitors, &app.chats)?;
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let VisitorRequest { origin } = read_json(&app, request).await?;
    if !is_own(&origin, &host) && !is_listed(&origin, &app.limits().allowed_origins) {
        let detail = "`origin` is neither this server's own nor one of `server.allowed_origins`";
        return Err(Problem::new(ErrorCode::OriginNotAllowed, detail));
    }
    let credentials = app.chats.mint(Some(&origin)).ok_or_else(internal)?;
    keep(&app, &credentials, origin).await;
    let response = VisitorResponse {
        session: credentials.session,
        token: credentials.token,
        expires_in_secs: app.config.sessions.idle_secs,
    };
    Ok(json(StatusCode::OK, &response))
}

/// Keeps the session on disk, where sessions are kept there. Where the disk fails the token is good until a restart.
async fn keep(app: &App, credentials: &Credentials, origin: String) {
    let Some(store) = app.chats.store() else { return };
    let head = SessionHead {
        id: credentials.session.clone(),
        token_hash: TokenHash::of(&credentials.token).bytes(),
        origin: Some(origin),
        began: unix_now(),
        waits: false,
    };
    match store.append(head, Vec::new(), 0).await {
        Ok(()) => app.chats.note_stored(&credentials.session),
        Err(error) => {
            app.metrics.store_failures.inc();
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a visitor's session is not kept on disk"
            );
        }
    }
}
