//! Calls to desks. Blocking, on threads for it: a desk that is slow holds up nobody else.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::{Agent, RequestExt, http};

use crate::adapters::{Call, Login, Method};

/// How long a call may take in all.
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest response that is read.
const MAX_RESPONSE_BYTES: u64 = 8 * 1024 * 1024;

/// What stands for itself in a form.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A response.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// In seconds.
    pub(super) retry_after: Option<u64>,
    pub(super) body: Vec<u8>,
}

/// No response. Holds nothing of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("the desk cannot be reached")]
    Unreachable,
    #[error("the connection to the desk broke off")]
    BrokenOff,
    #[error("the desk did not answer in time")]
    Timeout,
    #[error("the certificate of the desk is not trusted")]
    NotTrusted,
    #[error("the address of the desk cannot be called")]
    BadAddress,
    #[error("the login service does not let us in")]
    NoAccess,
    #[error("the call was given up")]
    GivenUp,
}

impl Failure {
    /// Whether the desk may have got the call all the same.
    pub(super) const fn may_have_arrived(self) -> bool {
        matches!(self, Self::BrokenOff | Self::Timeout | Self::GivenUp)
    }
}

/// Makes calls.
#[derive(Debug, Clone)]
pub(super) struct Client {
    agent: Agent,
}

impl Client {
    pub(super) fn new() -> Self {
        // Redirects are not followed: they would take the token elsewhere.
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("ibid/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into() }
    }

    /// Makes `call` with the `body` that the headers were made for.
    pub(super) async fn perform(
        &self,
        call: Call,
        mut headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Reply, Failure> {
        let method = match call.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Patch => http::Method::PATCH,
        };
        let body = (!call.body.is_null()).then_some(body);
        headers.extend(body.is_some().then(|| ("content-type", JSON.to_owned())));
        self.send(method, call.url, headers, body).await
    }

    /// Reads what stands at an address.
    pub(super) async fn get(&self, url: &str) -> Result<Reply, Failure> {
        self.send(http::Method::GET, url.to_owned(), Vec::new(), None).await
    }

    /// Asks for an access token.
    pub(super) async fn post_form(&self, login: Login) -> Result<Reply, Failure> {
        let pair = |(name, value): &(&str, String)| format!("{name}={}", utf8_percent_encode(value, KEPT));
        let form = login.form.iter().map(pair).collect::<Vec<_>>().join("&");
        let headers = vec![("content-type", FORM.to_owned())];
        self.send(http::Method::POST, login.url, headers, Some(form.into_bytes())).await
    }

    async fn send(
        &self,
        method: http::Method,
        url: String,
        headers: Vec<(&'static str, String)>,
        body: Option<Vec<u8>>,
    ) -> Result<Reply, Failure> {
        let agent = self.agent.clone();
        let work = move || send(&agent, method, &url, &headers, body);
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Failure::GivenUp))
    }
}

fn send(
    agent: &Agent,
    method: http::Method,
    url: &str,
    headers: &[(&'static str, String)],
    body: Option<Vec<u8>>,
) -> Result<Reply, Failure> {
    let mut request = http::Request::builder().method(method).uri(url).header("accept", JSON);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = match body {
        None => request.body(()).map_err(|_| Failure::BadAddress)?.with_agent(agent).run(),
        Some(body) => request.body(body).map_err(|_| Failure::BadAddress)?.with_agent(agent).run(),
    };
    let response = response.map_err(|error| failure(&error))?;
    let status = response.status().as_u16();
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| value.trim().parse().ok());
    let mut body = Vec::new();
    let read = response.into_body().into_reader().take(MAX_RESPONSE_BYTES).read_to_end(&mut body);
    read.map_err(|_| Failure::Timeout)?;
    Ok(Reply { status, retry_after, body })
}

fn failure(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Timeout(_) => Failure::Timeout,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => Failure::BadAddress,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Failure::NotTrusted,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Failure::Unreachable,
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => Failure::Unreachable,
        _ => Failure::BrokenOff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_connected_did_not_arrive() {
        let io = |kind: ErrorKind| failure(&ureq::Error::Io(kind.into()));
        assert_eq!(io(ErrorKind::ConnectionRefused), Failure::Unreachable);
        assert_eq!(io(ErrorKind::ConnectionReset), Failure::BrokenOff);
        assert!(!failure(&ureq::Error::HostNotFound).may_have_arrived());
        assert!(io(ErrorKind::UnexpectedEof).may_have_arrived());
    }
}
