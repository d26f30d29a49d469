//! Documents: the list, one as data, one as a page to read.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::app::App;
use super::client::ClientKey;
use super::page::{self, PageRequest, Words};
use super::reply::respond;
use crate::access::Scope;
use crate::protocol::{DocumentBody, DocumentItem, DocumentList, ErrorCode, Problem};

/// Most documents on one page of the list, and how many there are when nobody says.
const MAX_LISTED: usize = 1000;
const DEFAULT_LISTED: usize = 100;

/// Longest name of a parameter that a refusal repeats, in characters.
const MAX_NAME_CHARS: usize = 40;

/// Type of a page.
const HTML: &str = "text/html; charset=utf-8";

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
    Extension(client): Extension<ClientKey>,
    headers: HeaderMap,
    RawQuery(given): RawQuery,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    app.access.check(&headers, Scope::Documents, &app.chats)?;
    let Query(ListQuery { from, limit }) = query.map_err(|_| bad_query(&given.unwrap_or_default()))?;
    let limit = limit.unwrap_or(DEFAULT_LISTED);
    if !(1..=MAX_LISTED).contains(&limit) {
        let detail = format!("`limit` must be 1 to {MAX_LISTED}");
        return Err(Problem::new(ErrorCode::BadRequest, detail));
    }
    let listed = app.run_modestly(move |engine| {
        let documents: Vec<_> = engine.documents(from, limit)?.into_iter().map(DocumentItem::from).collect();
        let total = engine.stats().documents;
        let end = (from as usize).saturating_add(documents.len());
        let next = (!documents.is_empty() && (end as u64) < total).then_some(end);
        Ok(serde_json::to_vec(&DocumentList { documents, total, next }))
    });
    send(&app, client, listed.await?)
}

/// What is wrong with the query `given`.
fn bad_query(given: &str) -> Problem {
    let mut names = given.split('&').map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    let detail = match names.find(|name| !["", "from", "limit"].contains(name)) {
        Some(name) => {
            let name = percent_decode_str(name).decode_utf8_lossy();
            let name: String = name.chars().take(MAX_NAME_CHARS).collect();
            format!("there is no parameter `{name}` here; there are `from` and `limit`")
        }
        None => "`from` and `limit` must be numbers, each given once".to_owned(),
    };
    Problem::new(ErrorCode::BadRequest, detail)
}

/// `GET /api/v1/documents/{id}`
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    app.access.check(&headers, Scope::Documents, &app.chats)?;
    let Path(id) = id.map_err(|_| Problem::unknown_document())?;
    let found = app.run_modestly(move |engine| {
        let document = engine.document(&id)?;
        Ok(document.map(|document| serde_json::to_vec(&DocumentBody::from(&*document))))
    });
    send(&app, client, found.await?.ok_or_else(Problem::unknown_document)?)
}

/// What was `written` as JSON.
fn send(app: &App, client: ClientKey, written: serde_json::Result<Vec<u8>>) -> Result<Response, Problem> {
    let body = written.map_err(|error| {
        tracing::error!(%error, "cannot write a response");
        Problem::new(ErrorCode::Internal, "the response could not be written")
    })?;
    Ok(respond(StatusCode::OK, "application/json", app.underway.hold(client, body)?))
}

/// `GET /documents/{id}`. Who follows a reference is no program: a refusal is a page too.
pub(crate) async fn readable(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientKey>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let request = PageRequest::parse(query.as_deref().unwrap_or_default());
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let words = Words::choose(accepted.unwrap_or_default());
    let mut response = match render(&app, client, id, request, words).await {
        Ok(html) => {
            let mut response = respond(StatusCode::OK, HTML, html);
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response
        }
        Err(problem) => refuse(problem, &app.config.texts.title, words),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

async fn render(
    app: &App,
    client: ClientKey,
    id: Result<Path<String>, PathRejection>,
    request: PageRequest,
    words: &'static Words,
) -> Result<Bytes, Problem> {
    let Path(id) = id.map_err(|_| Problem::unknown_document())?;
    let title = app.config.texts.title.clone();
    let found = app.run_modestly(move |engine| {
        Ok(engine.document(&id)?.map(|document| page::render(&document, &request, &title, words)))
    });
    let html = found.await?.ok_or_else(Problem::unknown_document)?;
    app.underway.hold(client, html.into_bytes())
}

/// `problem` as a page.
fn refuse(problem: Problem, service: &str, words: &Words) -> Response {
    let html = page::render_refusal(problem.code, service, words);
    let mut response = problem.into_response();
    *response.body_mut() = Body::from(html);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_is_wrong_is_told_what_is_wrong_with_it() {
        for (query, expected) in [
            ("foo=1", "there is no parameter `foo` here"),
            ("from=1&%66%C3%BC", "there is no parameter `fü` here"),
            ("from=x", "must be numbers"),
            ("limit=1&limit=2&", "each given once"),
        ] {
            assert!(bad_query(query).detail.contains(expected), "{query}: {}", bad_query(query).detail);
        }
        assert!(bad_query(&"x".repeat(10_000)).detail.len() < 200);
    }
}
