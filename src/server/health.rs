//! For operators and programs: alive, ready, metrics, the contract.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::app::App;
use super::reply::{json, respond};
use crate::access::Scope;
use crate::protocol::{ASYNCAPI, OPENAPI, Problem, Ready, Vectors};

/// `GET /healthz`
pub(crate) async fn alive() -> Response {
    respond(StatusCode::OK, "application/json", r#"{"alive":true}"#)
}

/// `GET /readyz`, which does not wait for vectors: 503 until an index is loaded, and again once the server stops.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    let stats = app.engine.stats();
    let ready = stats.ready && !app.stop.is_cancelled();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = Ready {
        ready,
        index: stats.index,
        documents: stats.documents,
        passages: stats.passages,
        vectors: Vectors { done: stats.vectors.done, pending: stats.vectors.pending },
    };
    json(status, &body)
}

/// `GET /metrics`
pub(crate) async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    app.access.check(&headers, Scope::Metrics, &app.chats)?;
    if let Some(desks) = &app.desks {
        match desks.deliveries.run(|file| file.backlog()).await {
            Ok(backlog) => app.metrics.set_backlog(backlog),
            Err(error) => {
                app.metrics.store_failures.inc();
                tracing::error!(error = &error as &dyn std::error::Error, "the file of deliveries failed");
            }
        }
    }
    let text = app.metrics.render(&app.engine.stats(), app.pool.depth(), app.chats.resting());
    Ok(respond(StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", text))
}

/// `GET /openapi.json`
pub(crate) async fn openapi() -> Response {
    respond(StatusCode::OK, "application/json", OPENAPI)
}

/// `GET /asyncapi.json`
pub(crate) async fn asyncapi() -> Response {
    respond(StatusCode::OK, "application/json", ASYNCAPI)
}
