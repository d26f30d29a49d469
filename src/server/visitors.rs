//! Visitor tokens that a site's server asks for on behalf of its page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::HOST;
use axum::http::{Request, StatusCode};
use axum::response::Response;

use super::app::{App, internal};
use super::body::read_json;
use super::origin::{is_listed, is_own};
use super::reply::json;
use crate::access::Scope;
use crate::protocol::{ErrorCode, Problem, VisitorRequest, VisitorResponse};

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
    let response = VisitorResponse {
        session: credentials.session,
        token: credentials.token,
        expires_in_secs: app.config.sessions.idle_secs,
    };
    Ok(json(StatusCode::OK, &response))
}
