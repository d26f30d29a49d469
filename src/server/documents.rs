//! Documents: the list, one as data, one as a page to read.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, HeaderValue, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::app::App;
use super::page::{self, PageRequest, Words};
use super::reply::{json, respond};
use crate::access::Scope;
use crate::protocol::{DocumentBody, DocumentItem, DocumentList, ErrorCode, Problem};

/// Most documents on one page of the list, and how many there are when nobody says.
const MAX_LISTED: usize = 1000;
const DEFAULT_LISTED: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    #[serde(default)]
    from: u32,
    limit: Option<usize>,
}

/// `GET /api/v1/documents`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    app.access.check(&headers, Scope::Documents, &app.chats)?;
    let Query(ListQuery { from, limit }) =
        query.map_err(|_| Problem::new(ErrorCode::BadRequest, "`from` and `limit` must be numbers"))?;
    let limit = limit.unwrap_or(DEFAULT_LISTED);
    if !(1..=MAX_LISTED).contains(&limit) {
        let detail = format!("`limit` must be 1 to {MAX_LISTED}");
        return Err(Problem::new(ErrorCode::BadRequest, detail));
    }
    app.run_modestly(move |engine| {
        let documents: Vec<_> = engine.documents(from, limit)?.into_iter().map(DocumentItem::from).collect();
        let total = engine.stats().documents;
        let end = (from as usize).saturating_add(documents.len());
        let next = (!documents.is_empty() && (end as u64) < total).then_some(end);
        Ok(json(StatusCode::OK, &DocumentList { documents, total, next }))
    })
    .await
}

/// `GET /api/v1/documents/{id}`
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    app.access.check(&headers, Scope::Documents, &app.chats)?;
    let Path(id) = id.map_err(|_| unknown())?;
    let found = app.run_modestly(move |engine| {
        let document = engine.document(&id)?;
        Ok(document.map(|document| json(StatusCode::OK, &DocumentBody::from(&*document))))
    });
    found.await?.ok_or_else(unknown)
}

/// `GET /documents/{id}`
pub(crate) async fn readable(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|_| unknown())?;
    let request = PageRequest::parse(query.as_deref().unwrap_or_default());
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let words = Words::choose(accepted.unwrap_or_default());
    let title = app.config.texts.title.clone();
    let found = app.run_modestly(move |engine| {
        Ok(engine.document(&id)?.map(|document| page::render(&document, &request, &title, words)))
    });
    let html = found.await?.ok_or_else(unknown)?;
    let mut response = respond(StatusCode::OK, "text/html; charset=utf-8", html);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-language"));
    Ok(response)
}

fn unknown() -> Problem {
    Problem::new(ErrorCode::NotFound, "there is no document with this id")
}
