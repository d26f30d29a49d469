//! Calls from pages of other sites, at the doors that are made for them (the Fetch standard, 3.2).

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue, ORIGIN, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::origin::origin;
use crate::protocol::Problem;

/// The answer to a browser that asks whether a page may call with these methods and headers.
///
/// # Errors
/// `origin_not_allowed`.
pub(crate) fn preflight(
    app: &App,
    headers: &HeaderMap,
    methods: &'static str,
    names: &'static str,
) -> Result<Response, Problem> {
    origin(headers, &app.limits().allowed_origins)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_METHODS, methods),
        (ACCESS_CONTROL_ALLOW_HEADERS, names),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    open_to_page(app, headers, &mut response);
    Ok(response)
}

/// Lets the page that called read the response, and how long to wait.
pub(crate) fn open_to_page(app: &App, headers: &HeaderMap, response: &mut Response) {
    let is_allowed = origin(headers, &app.limits().allowed_origins).is_ok();
    let to = response.headers_mut();
    to.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = headers.get(ORIGIN).filter(|_| is_allowed) {
        to.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        to.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    }
}
