//! One request over streamable HTTP.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use super::Backend;
use super::handler::Handler;

/// Answers `request` for the caller that `backend` stands for. Its body is read already and its host and origin
/// are checked.
pub async fn respond<B: Backend>(backend: B, request: Request<Body>) -> Response {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts();
    let handler = move || Ok(Handler::new(backend.clone()));
    let service = StreamableHttpService::new(handler, Arc::new(NeverSessionManager::default()), config);
    service.handle(request).await.map(Body::new)
}
