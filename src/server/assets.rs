//! The chat page, the widget and their files: what `web/` builds into `web/dist`, inside the program.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::app::App;
use super::reply::respond;
use crate::document::sha256_hex;
use crate::protocol::{ErrorCode, Problem};

struct Asset {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal),* $(,)?) => {
        &[$(Asset { name: $name, bytes: include_bytes!(concat!("../../web/dist/", $name)) }),*]
    };
}

const INDEX: &str = "index.html";
const DEMO: &str = "demo.html";
const WIDGET: &str = "widget.js";

const ASSETS: &[Asset] = assets![
    "chat.css",
    "chat.js",
    "dark.css",
    "demo.css",
    "demo.html",
    "document.css",
    "document.js",
    "favicon.svg",
    "ibid-client.d.ts",
    "ibid-client.js",
    "index.html",
    "widget.js",
];

/// `GET /`
pub(crate) async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    serve(INDEX, &headers)
}

/// `GET /demo`: someone else's page, as it were, with the widget on it.
pub(crate) async fn demo(headers: HeaderMap) -> Result<Response, Problem> {
    serve(DEMO, &headers)
}

/// `GET /widget.js`, which pages of other sites load.
pub(crate) async fn widget(headers: HeaderMap) -> Result<Response, Problem> {
    let mut response = serve(WIDGET, &headers)?;
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    response.headers_mut().insert(policy, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// `GET /assets/{name}`
pub(crate) async fn asset(
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(name) = name.map_err(|_| unknown())?;
    serve(&name, &headers)
}

/// `GET /assets/brand/logo`
pub(crate) async fn logo(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let Some((kind, bytes)) = &app.logo else { return Err(unknown()) };
    let mut response = respond(StatusCode::OK, kind, bytes.clone());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let shared = HeaderValue::from_static("cross-origin");
    response.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), shared);
    Ok(response)
}

fn serve(name: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return Err(unknown());
    };
    // Weak, because the same file may go out compressed.
    let hash = sha256_hex(asset.bytes);
    let tag = format!("W/\"{}\"", hash.get(..32).unwrap_or_default());
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut response = if known.flat_map(|tags| tags.split(',')).any(|known| known.trim() == tag) {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        respond(StatusCode::OK, content_type(name), asset.bytes)
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

fn unknown() -> Problem {
    Problem::new(ErrorCode::NotFound, "there is no file of this name")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "ts" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_build_is_served_and_has_a_type() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist")).unwrap();
        let files: BTreeSet<String> = folder
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        let served: BTreeSet<String> = ASSETS.iter().map(|asset| asset.name.to_owned()).collect();
        assert_eq!(files, served);
        assert!(served.iter().all(|name| content_type(name) != "application/octet-stream"));
    }
}
