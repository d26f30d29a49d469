//! The origin of a page that connects, and whether it may.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

use crate::config::ServerConfig;
use crate::protocol::{ErrorCode, Problem};

/// The origin that a browser names, if any. Browsers send `Origin`, and a page cannot forge it: this keeps other
/// sites from chatting in a visitor's name (cross-site WebSocket hijacking). Programs send none.
///
/// # Errors
/// `origin_not_allowed` for one that is neither the server's own nor listed.
pub(crate) fn origin(headers: &HeaderMap, allowed: &[String]) -> Result<Option<String>, Problem> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(None) };
    // No browser sends two, and which one would count elsewhere is anyone's guess.
    let origin = if origins.next().is_none() { origin.to_str().unwrap_or_default() } else { "" };
    if is_own(origin, host(headers)) || is_listed(origin, allowed) {
        return Ok(Some(origin.to_owned()));
    }
    let detail =
        "pages of this origin may not connect; the operator can allow it by `server.allowed_origins`";
    Err(Problem::new(ErrorCode::OriginNotAllowed, detail))
}

/// As [`origin()`], and proof against DNS rebinding: a stranger's page whose name is made to lead here is "own" by
/// its looks. So the server's own pages count only at hosts that no stranger's name server can give away: an
/// address, `localhost`, or the host of `public_url`.
///
/// # Errors
/// `origin_not_allowed`.
pub(crate) fn check_bound(headers: &HeaderMap, allowed: &[String], public_url: &str) -> Result<(), Problem> {
    let Some(origin) = origin(headers, allowed)? else { return Ok(()) };
    if is_fixed(&origin, allowed, public_url) { Ok(()) } else { Err(rebound()) }
}

/// Refuses a page at a stranger's name that was made to lead to this machine, at every door: where `server` listens to this
/// machine alone, and no trusted proxy says that it serves such a name. With `https` somebody ends TLS who has a
/// certificate for it, so the name leads where it should.
///
/// # Errors
/// `origin_not_allowed`.
pub(crate) fn check_rebound(headers: &HeaderMap, server: &ServerConfig) -> Result<(), Problem> {
    if !server.listen.ip().to_canonical().is_loopback() || !server.trusted_proxies.is_empty() {
        return Ok(());
    }
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let is_plain = origin.split_once("://").is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("http"));
    let is_fixed = is_fixed(origin, &server.allowed_origins, &server.public_url);
    if is_plain && is_own(origin, host(headers)) && !is_fixed { Err(rebound()) } else { Ok(()) }
}

fn rebound() -> Problem {
    let detail = "pages may connect at an address, at `localhost` or at the host of `server.public_url`";
    Problem::new(ErrorCode::OriginNotAllowed, detail)
}

/// Whether no stranger's name server can have `origin` lead here.
fn is_fixed(origin: &str, allowed: &[String], public_url: &str) -> bool {
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    let public =
        public_url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let is_public = !public.is_empty() && authority.eq_ignore_ascii_case(public);
    is_listed(origin, allowed) || is_public || is_unmovable(authority)
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// Whether `authority` names a machine without anybody's name server.
fn is_unmovable(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost")
}

/// Whether `origin` is that of the server's own pages, which the client reaches at `host`.
pub(crate) fn is_own(origin: &str, host: &str) -> bool {
    let own = origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
    own && !host.is_empty()
}

/// Whether the operator allows `origin`.
pub(crate) fn is_listed(origin: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(named: Option<&str>, host: &str, is_allowed: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        named.map(|origin| headers.insert(ORIGIN, origin.parse().unwrap()));
        let listed = ["https://clinic.example/".to_owned()];
        assert_eq!(origin(&headers, &listed).is_ok(), is_allowed, "{named:?} on {host}");
    }

    #[test]
    fn only_programs_own_pages_and_listed_pages_connect() {
        check(None, "ibid.example", true);
        check(Some("https://ibid.example"), "ibid.example", true);
        check(Some("http://127.0.0.1:7878"), "127.0.0.1:7878", true);
        check(Some("https://CLINIC.example"), "ibid.example", true);
        check(Some("https://evil.example"), "ibid.example", false);
        check(Some("https://clinic.example.evil.example"), "ibid.example", false);
        check(Some("http://127.0.0.1:1"), "127.0.0.1:7878", false);
        check(Some("null"), "ibid.example", false);
        check(Some(""), "", false);
        check(Some("https://"), "", false);
    }

    #[test]
    fn a_name_that_was_made_to_lead_here_is_not_own() {
        let check = |origin: &str, host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            headers.insert(ORIGIN, origin.parse().unwrap());
            check_bound(&headers, &["https://clinic.example".into()], "https://ask.example/ibid").is_ok()
        };
        assert!(check("http://127.0.0.1:7878", "127.0.0.1:7878"));
        assert!(check("http://[::1]:7878", "[::1]:7878"));
        assert!(check("http://localhost:7878", "localhost:7878"));
        assert!(check("https://ask.example", "ask.example"));
        assert!(check("https://clinic.example", "ask.example"));
        assert!(!check("http://evil.example:7878", "evil.example:7878"));
        assert!(!check("http://localhost.evil.example", "localhost.evil.example"));
        assert!(check_bound(&HeaderMap::new(), &[], "").is_ok());
    }

    #[test]
    fn only_where_nobody_else_reaches_it_a_name_has_to_be_known() {
        let mut server = ServerConfig {
            public_url: "http://ask.example/ibid".into(),
            allowed_origins: vec!["http://clinic.example".into()],
            ..ServerConfig::default()
        };
        let check = |server: &ServerConfig, origin: Option<&str>, host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            origin.map(|origin| headers.insert(ORIGIN, origin.parse().unwrap()));
            check_rebound(&headers, server).is_ok()
        };
        let evil = "evil.example:7878";
        assert!(!check(&server, Some("http://evil.example:7878"), evil));
        for (origin, host) in [
            (None, evil),
            (Some("http://127.0.0.1:7878"), "127.0.0.1:7878"),
            (Some("http://localhost:7878"), "localhost:7878"),
            (Some("http://ask.example"), "ask.example"),
            (Some("http://clinic.example"), "clinic.example"),
            // Whoever ends TLS proves the name.
            (Some("https://ask.hospital.example"), "ask.hospital.example"),
            // A page of another site is for the doors.
            (Some("http://evil.example"), "127.0.0.1:7878"),
        ] {
            assert!(check(&server, origin, host), "{origin:?} on {host}");
        }
        server.trusted_proxies = vec![[127, 0, 0, 1].into()];
        assert!(check(&server, Some("http://evil.example:7878"), evil));
        server.trusted_proxies.clear();
        server.listen = ([0, 0, 0, 0], 7878).into();
        assert!(check(&server, Some("http://evil.example:7878"), evil));
    }

    #[test]
    fn two_origins_are_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "ibid.example".parse().unwrap());
        headers.append(ORIGIN, "https://ibid.example".parse().unwrap());
        headers.append(ORIGIN, "https://evil.example".parse().unwrap());
        assert!(origin(&headers, &[]).is_err());
    }
}
