//! Who is let in: by an API key, by a visitor token, or without either.
//!
//! `Authorization: Bearer` carries an API key, or a visitor token written `SESSION.TOKEN`, which holds only for
//! the origin of the page that it was made for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, ORIGIN};

use super::chats::{Chats, Claim};
use crate::access::{ApiKeys, KEY_PREFIX, KeysError, Scope};
use crate::config::{AccessConfig, Anonymous};
use crate::protocol::{ErrorCode, Problem};

/// How long a change of the file of keys may go unseen.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// When the file of keys was changed, and its size: the clock of files is coarse.
type Changed = (SystemTime, u64);

/// How someone was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// By the API key of this id.
    Key(String),
    /// By a visitor token.
    Visitor,
    /// Without either.
    Anonymous,
}

/// The keys, and who needs none.
pub(crate) struct Access {
    anonymous: Anonymous,
    path: Option<PathBuf>,
    read: Mutex<ReadKeys>,
}

struct ReadKeys {
    keys: Arc<ApiKeys>,
    changed: Option<Changed>,
    looked: Instant,
}

impl Access {
    /// Reads the keys.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn open(config: &AccessConfig) -> Result<Self, KeysError> {
        let path = (!config.keys.as_os_str().is_empty()).then(|| config.keys.clone());
        // Looked at before it is read: what is changed in between is read again.
        let changed = path.as_deref().and_then(changed);
        let keys = match &path {
            Some(path) => ApiKeys::read(path)?,
            None => ApiKeys::default(),
        };
        let read = ReadKeys { keys: Arc::new(keys), changed, looked: Instant::now() };
        Ok(Self { anonymous: config.anonymous, path, read: Mutex::new(read) })
    }

    /// Lets a request of `scope` in.
    ///
    /// # Errors
    /// `not_authorised`, or `forbidden` for a key that is not for this.
    pub(crate) fn check(
        &self,
        headers: &HeaderMap,
        scope: Scope,
        chats: &Chats,
    ) -> Result<Admitted, Problem> {
        let Some(given) = headers.get(AUTHORIZATION) else { return self.without(scope) };
        let given = given.to_str().ok().and_then(|value| value.split_once(' '));
        let bearer =
            given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, text)| text.trim());
        let unknown = || Problem::new(ErrorCode::NotAuthorised, "the key or token is not known here");
        let bearer = bearer.ok_or_else(unknown)?;
        if let Some((session, token)) = bearer.split_once('.') {
            let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
            let is_known = chats.knows(Claim { session, token, origin });
            return if is_known && scope == Scope::Ask { Ok(Admitted::Visitor) } else { Err(unknown()) };
        }
        let keys = self.keys();
        let key = keys.recognise(bearer).ok_or_else(unknown)?;
        if key.scopes.contains(&scope) {
            return Ok(Admitted::Key(key.id.clone()));
        }
        let detail = format!("the key {} has no scope `{}`", key.id, scope.as_str());
        Err(Problem::new(ErrorCode::Forbidden, detail))
    }

    /// As [`Access::check`], for clients that cannot but send some key: where nobody needs one, one that is
    /// none of ours does no harm.
    ///
    /// # Errors
    /// As [`Access::check`].
    pub(crate) fn check_if_ours(
        &self,
        headers: &HeaderMap,
        scope: Scope,
        chats: &Chats,
    ) -> Result<Admitted, Problem> {
        let given = headers.get(AUTHORIZATION).and_then(|given| given.to_str().ok());
        let is_ours = given.is_some_and(|given| given.contains(KEY_PREFIX));
        if self.anonymous == Anonymous::All && !is_ours {
            return Ok(Admitted::Anonymous);
        }
        self.check(headers, scope, chats)
    }

    /// What `headers` may ask of `scopes`; not nothing.
    ///
    /// # Errors
    /// That of the first scope where it is nothing.
    pub(crate) fn check_any(
        &self,
        headers: &HeaderMap,
        scopes: &[Scope],
        chats: &Chats,
    ) -> Result<Vec<Scope>, Problem> {
        let mut refused = None;
        let mut open = Vec::new();
        for &scope in scopes {
            match self.check(headers, scope, chats) {
                Ok(_) => open.push(scope),
                Err(problem) => refused = refused.or(Some(problem)),
            }
        }
        match refused {
            Some(problem) if open.is_empty() => Err(problem),
            _ => Ok(open),
        }
    }

    fn without(&self, scope: Scope) -> Result<Admitted, Problem> {
        if self.anonymous == Anonymous::All {
            return Ok(Admitted::Anonymous);
        }
        let detail = format!("send `Authorization: Bearer` with an API key of scope `{}`", scope.as_str());
        Err(Problem::new(ErrorCode::NotAuthorised, detail))
    }

    /// Whether a page of an allowed origin may begin a session without a key.
    pub(crate) fn lets_pages_begin(&self) -> bool {
        self.anonymous != Anonymous::None
    }

    fn keys(&self) -> Arc<ApiKeys> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.path
            && read.looked.elapsed() >= LOOK_EVERY
        {
            read.looked = Instant::now();
            let now = changed(path);
            if now != read.changed {
                match ApiKeys::read(path) {
                    Ok(keys) => {
                        if now.is_none() {
                            let path = path.display();
                            tracing::warn!(%path, "the file of keys is gone: no key is let in");
                        }
                        (read.keys, read.changed) = (Arc::new(keys), now);
                    }
                    Err(error) => tracing::error!(%error, "the keys known before still count"),
                }
            }
        }
        Arc::clone(&read.keys)
    }
}

fn changed(path: &Path) -> Option<Changed> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// The session in whose name a request asks, where it asks in one's.
pub(crate) fn session_of(headers: &HeaderMap) -> Option<&str> {
    let (scheme, given) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let (session, _) = given.trim().split_once('.')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(session)
}
