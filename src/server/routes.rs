//! The table of routes, and what happens to every request.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{Method, Response as HttpResponse, Uri, Version};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, options, post};
use futures_util::FutureExt;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, Predicate};

use super::app::{App, Door, internal};
use super::client::{self, ClientKey};
use super::listener::Peer;
use super::origin::check_rebound;
use super::{
    access, assets, desks, directline, documents, health, mcp, openai, questions, rasa, reply, socket,
    visitors,
};
use crate::protocol::{ErrorCode, LOGO_PATH, Problem};

type Route = (&'static str, &'static str, MethodRouter<Arc<App>>);

fn table() -> Vec<Route> {
    [pages(), own_api(), hooks(), rasa_channel(), direct_line(), assistants(), operations()].concat()
}

/// The chat page, the widget and the documents, for people.
fn pages() -> Vec<Route> {
    vec![
        ("GET", "/", get(assets::index)),
        ("GET", "/demo", get(assets::demo)),
        ("GET", "/widget.js", get(assets::widget)),
        ("GET", "/assets/{name}", get(assets::asset)),
        ("GET", LOGO_PATH, get(assets::logo)),
        ("GET", "/documents/{*id}", get(documents::readable)),
    ]
}

/// The protocol of our own.
fn own_api() -> Vec<Route> {
    vec![
        ("POST", "/api/v1/ask", post(questions::ask)),
        ("POST", "/api/v1/search", post(questions::search)),
        ("POST", "/api/v1/verify", post(questions::verify)),
        ("GET", "/api/v1/documents", get(documents::list)),
        ("GET", "/api/v1/documents/{*id}", get(documents::one)),
        ("POST", "/api/v1/visitors", post(visitors::make)),
        ("GET", "/api/v1/chat", get(socket::upgrade)),
    ]
}

/// What help desks call.
fn hooks() -> Vec<Route> {
    vec![
        ("POST", "/hooks/{desk}", post(desks::receive)),
        ("POST", "/hooks/{desk}/{secret}", post(desks::receive_with_secret)),
    ]
}

/// Rasa's channel.
fn rasa_channel() -> Vec<Route> {
    vec![
        ("GET", "/webhooks/rest/", get(rasa::status)),
        ("POST", "/webhooks/rest/webhook", post(rasa::webhook)),
        ("OPTIONS", "/webhooks/rest/webhook", options(rasa::preflight)),
    ]
}

/// Direct Line. Pages of other sites ask first whether they may call.
fn direct_line() -> Vec<Route> {
    vec![
        ("POST", "/v3/directline/tokens/generate", post(directline::generate)),
        ("OPTIONS", "/v3/directline/tokens/generate", options(directline::preflight)),
        ("POST", "/v3/directline/tokens/refresh", post(directline::refresh)),
        ("OPTIONS", "/v3/directline/tokens/refresh", options(directline::preflight)),
        ("POST", "/v3/directline/conversations", post(directline::begin)),
        ("OPTIONS", "/v3/directline/conversations", options(directline::preflight)),
        ("GET", "/v3/directline/conversations/{conversation}", get(directline::reconnect)),
        ("OPTIONS", "/v3/directline/conversations/{conversation}", options(directline::preflight)),
        ("GET", "/v3/directline/conversations/{conversation}/activities", get(directline::receive)),
        ("POST", "/v3/directline/conversations/{conversation}/activities", post(directline::send)),
        ("OPTIONS", "/v3/directline/conversations/{conversation}/activities", options(directline::preflight)),
        ("POST", "/v3/directline/conversations/{conversation}/upload", post(directline::upload)),
        ("OPTIONS", "/v3/directline/conversations/{conversation}/upload", options(directline::preflight)),
        ("GET", "/v3/directline/conversations/{conversation}/stream", get(directline::stream)),
    ]
}

/// What assistants call.
fn assistants() -> Vec<Route> {
    vec![
        ("POST", "/v1/chat/completions", post(openai::chat)),
        ("GET", "/v1/models", get(openai::list)),
        ("GET", "/v1/models/{model}", get(openai::one)),
        ("POST", "/mcp", post(mcp::call)),
    ]
}

/// How the server is, and what it understands.
fn operations() -> Vec<Route> {
    vec![
        ("GET", "/healthz", get(health::alive)),
        ("GET", "/readyz", get(health::ready)),
        ("GET", "/metrics", get(health::metrics)),
        ("GET", "/openapi.json", get(health::openapi)),
        ("GET", "/asyncapi.json", get(health::asyncapi)),
    ]
}

/// Method and path of every call, as OpenAPI writes them.
#[must_use]
pub fn routes() -> Vec<(&'static str, String)> {
    table().into_iter().map(|(method, path, _)| (method, path.replace("{*", "{"))).collect()
}

/// The server's answer to requests.
#[derive(Clone)]
pub(crate) struct Gate {
    app: Arc<App>,
    router: TowerToHyperService<Router>,
}

impl Gate {
    pub(crate) fn new(app: Arc<App>) -> Self {
        let mut router = Router::new();
        for (_, path, handler) in table() {
            let name = map_response(async move |response| name_route(path, response));
            router = router.route(path, handler.layer(name));
        }
        let router = router
            .fallback(async |uri: Uri| {
                let problem = Problem::new(ErrorCode::NotFound, "there is nothing at this address");
                refuse_as_expected(uri.path(), problem)
            })
            .method_not_allowed_fallback(async |uri: Uri| {
                let detail = "this address does not take that method";
                refuse_as_expected(uri.path(), Problem::new(ErrorCode::MethodNotAllowed, detail))
            })
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(WorthIt))
            .with_state(Arc::clone(&app));
        Self { app, router: TowerToHyperService::new(router) }
    }

    /// Takes one request through all steps; see the head of `server`.
    pub(crate) async fn respond(&self, peer: &Peer, mut request: Request) -> Response {
        let started = Instant::now();
        let method = known_method(request.method());
        let address = client::address(peer.address, request.headers(), &self.app.limits().trusted_proxies);
        request.extensions_mut().insert(ClientKey::new(address));
        request.extensions_mut().insert(peer.clone());
        let checked = check_host(&request).and_then(|()| check_rebound(request.headers(), self.app.limits()));
        let mut response = match checked {
            Ok(()) => {
                if let Some(session) = access::session_of(request.headers()) {
                    self.app.chats.recall(session).await;
                }
                self.route(request).await
            }
            Err(problem) => refuse_as_expected(request.uri().path(), problem),
        };
        reply::secure(&mut response);
        let code = response.extensions().get::<ErrorCode>().copied();
        if let Some(code) = code {
            self.app.metrics.failed(Door::Http, code);
        }
        let route = response.extensions().get::<RouteName>().map_or("-", |route| route.0);
        let took_ms = started.elapsed().as_secs_f64() * 1e3;
        let status = response.status().as_u16();
        tracing::info!(method, route, status, code = code.map(ErrorCode::as_str), took_ms, "request");
        response
    }

    async fn route(&self, request: Request) -> Response {
        match AssertUnwindSafe(self.router.call(request)).catch_unwind().await {
            Ok(Ok(response)) => response.map(Body::new),
            Ok(Err(never)) => match never {},
            Err(_) => internal().into_response(),
        }
    }
}

/// `problem` in the words of the door that `path` is below.
fn refuse_as_expected(path: &str, problem: Problem) -> Response {
    if path.starts_with("/v1/") {
        openai::refuse(&problem.into())
    } else if path.starts_with("/v3/directline/") {
        directline::refuse(&problem)
    } else {
        problem.into_response()
    }
}

/// The method for the log: any word can be one, of any length, and words from outside stay out of the log.
fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    KNOWN.into_iter().find(|known| method.as_str() == *known).unwrap_or("-")
}

/// RFC 9112, 3.2: a request of HTTP/1.1 names its host, and names one. Two are how requests are smuggled past
/// a proxy that reads the other one.
fn check_host(request: &Request) -> Result<(), Problem> {
    match request.headers().get_all(HOST).iter().count() {
        1 => Ok(()),
        0 if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Problem::new(ErrorCode::BadRequest, "a request must have one `host` header")),
    }
}

/// Pattern of the route that a response is from.
#[derive(Debug, Clone, Copy)]
struct RouteName(&'static str);

/// Tells the log which route it was: the pattern, not the address, which may say what someone reads.
fn name_route(path: &'static str, mut response: Response) -> Response {
    response.extensions_mut().insert(RouteName(path));
    response
}

/// Compresses text that is neither too short to gain nor so long that it would hold up others.
#[derive(Debug, Clone, Copy)]
struct WorthIt;

impl Predicate for WorthIt {
    fn should_compress<B: HttpBody>(&self, response: &HttpResponse<B>) -> bool {
        const SIZES: std::ops::RangeInclusive<u64> = 1024..=1024 * 1024;
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_text = ["text/", "application/json", "image/svg"].iter().any(|text| kind.starts_with(text));
        is_text && response.body().size_hint().exact().is_some_and(|size| SIZES.contains(&size))
    }
}
