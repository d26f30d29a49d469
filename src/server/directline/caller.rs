//! Who calls, and which conversation they may reach.
//!
//! A token is written `CONVERSATION.SECRET`. An API key of the scope `chat` takes the place of Direct Line's secret; it
//! reaches the conversations that it began.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::conversations::Pass;
use crate::access::Scope;
use crate::protocol::{ErrorCode, Problem};
use crate::server::access::Admitted;
use crate::server::app::App;
use crate::server::origin::origin;

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Caller {
    /// Whoever was given the token of this conversation.
    Token(String),
    /// Whoever holds the API key of this id.
    Key(String),
    /// Somebody who may begin a conversation.
    Anyone,
}

impl Caller {
    /// Finds out.
    ///
    /// # Errors
    /// `origin_not_allowed`, `not_authorised`, or `forbidden`, which clients take for an expired token.
    pub(super) fn of(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let is_page = origin(headers, &app.limits().allowed_origins)?.is_some();
        if let Some((conversation, secret)) = token(headers) {
            if app.directline.admits(conversation, secret, Pass::Token) {
                return Ok(Self::Token(conversation.to_owned()));
            }
            return Err(forbidden("the token has expired, or it was never given here"));
        }
        match app.access.check_if_ours(headers, Scope::Chat, &app.chats) {
            Ok(Admitted::Key(id)) => Ok(Self::Key(id)),
            Ok(Admitted::Visitor | Admitted::Anonymous) => Ok(Self::Anyone),
            Err(_) if is_page && app.access.lets_pages_begin() => Ok(Self::Anyone),
            Err(problem) => Err(problem),
        }
    }
}

/// Lets who calls reach the conversation `id`.
///
/// # Errors
/// As [`Caller::of`], and `not_found` where there is no such conversation any more.
pub(super) fn reach(app: &App, headers: &HeaderMap, id: &str) -> Result<(), Problem> {
    if !app.directline.touch(id) {
        origin(headers, &app.limits().allowed_origins)?;
        return Err(unknown());
    }
    match Caller::of(app, headers)? {
        Caller::Token(conversation) if conversation == id => Ok(()),
        Caller::Key(key) if app.directline.is_of(id, &key) => Ok(()),
        Caller::Token(_) | Caller::Key(_) => Err(forbidden("this is for another conversation")),
        Caller::Anyone => {
            let detail = "send `Authorization: Bearer` with the token of the conversation";
            Err(Problem::new(ErrorCode::NotAuthorised, detail))
        }
    }
}

/// What is said where there is no such conversation, or not any more.
pub(super) fn unknown() -> Problem {
    Problem::new(ErrorCode::NotFound, "there is no such conversation, or not any more")
}

pub(super) fn forbidden(detail: &str) -> Problem {
    Problem::new(ErrorCode::Forbidden, detail)
}

fn token(headers: &HeaderMap) -> Option<(&str, &str)> {
    let (scheme, bearer) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| bearer.trim().split_once('.'))?
}
