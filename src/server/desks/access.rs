//! What lets us in at a desk and what proves its calls, where a login service has both: access tokens for us, published
//! keys for its signatures.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::Desk;
use super::client::{Client, Failure, Reply};
use crate::adapters::{AccessToken, Call, Discovery, Keys};
use crate::store::unix_now;

/// How often the keys are fetched anew, and how soon again where they could not be had.
const RENEW_EVERY: Duration = Duration::from_secs(24 * 3600);
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// A call that is signed with an unknown key has the keys fetched, but not more often than this.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(60);

/// An access token is not used in the last part of its time.
const MARGIN_SECS: u64 = 300;

/// What is held at the moment.
#[derive(Default)]
pub(super) struct Access {
    keys: RwLock<Arc<Keys>>,
    /// When a call last had the keys fetched.
    asked: Mutex<Option<Instant>>,
    token: Mutex<Option<(String, Instant)>>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

impl Desk {
    /// The keys that prove this desk's calls, as last fetched.
    pub(super) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.access.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Fetches the keys because a call is signed with none of `known`. False where there are no others.
    pub(super) async fn look_for_key(&self, client: &Client, known: &Arc<Keys>) -> bool {
        let mut asked = self.access.asked.lock().await;
        // Another call had them fetched while this one waited.
        if !Arc::ptr_eq(known, &self.keys()) {
            return true;
        }
        if asked.is_some_and(|at| at.elapsed() < ASK_AGAIN_AFTER) {
            return false;
        }
        *asked = Some(Instant::now());
        self.fetch_keys(client).await.is_ok()
    }

    /// Keeps the keys fresh, for ever. Returns at once where the desk publishes none.
    pub(super) async fn keep_keys(&self, name: &str, client: &Client) {
        if self.adapter.discovery().is_none() {
            return;
        }
        loop {
            let fetched = self.fetch_keys(client).await;
            if let Err(failure) = &fetched {
                tracing::warn!(desk = name, %failure, "the keys of the desk cannot be had; trying again");
            }
            tokio::time::sleep(if fetched.is_ok() { RENEW_EVERY } else { RETRY_AFTER }).await;
        }
    }

    async fn fetch_keys(&self, client: &Client) -> Result<(), Failure> {
        let Some(address) = self.adapter.discovery() else { return Ok(()) };
        let found = read(&client.get(address).await?, Discovery::parse)?;
        let keys = read(&client.get(&found.jwks_uri).await?, |body| Keys::parse(&found.issuer, body))?;
        *self.access.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    /// Makes `call`, with everything that lets us in. `id` is the same whenever it is tried again.
    pub(super) async fn perform(&self, client: &Client, id: &str, call: Call) -> Result<Reply, Failure> {
        let body = if call.body.is_null() { Vec::new() } else { call.body.to_string().into_bytes() };
        let mut headers = self.adapter.headers(id, unix_now(), &body);
        let token = self.access_token(client).await?;
        headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
        let reply = client.perform(call, headers, body).await?;
        if reply.status == 401 {
            *self.access.token.lock().await = None;
        }
        Ok(reply)
    }

    /// Whether calls carry an access token that has to be asked for.
    pub(super) fn has_login(&self) -> bool {
        self.adapter.login(&Keys::default()).is_some()
    }

    async fn access_token(&self, client: &Client) -> Result<Option<String>, Failure> {
        if !self.has_login() {
            return Ok(None);
        }
        let mut held = self.access.token.lock().await;
        if let Some((token, _)) = held.as_ref().filter(|(_, until)| Instant::now() < *until) {
            return Ok(Some(token.clone()));
        }
        if self.keys().issuer().is_empty() {
            self.fetch_keys(client).await?;
        }
        let Some(login) = self.adapter.login(&self.keys()) else { return Ok(None) };
        let token = read(&client.post_form(login).await?, AccessToken::parse)?;
        let usable = token.expires_in.saturating_sub(MARGIN_SECS).max(token.expires_in / 2);
        let until = Instant::now().checked_add(Duration::from_secs(usable)).unwrap_or_else(Instant::now);
        *held = Some((token.access_token.clone(), until));
        Ok(Some(token.access_token))
    }
}

/// What a login service answered.
fn read<T>(reply: &Reply, parse: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, Failure> {
    let is_good = (200..300).contains(&reply.status);
    if is_good { parse(&reply.body).ok_or(Failure::NoAccess) } else { Err(Failure::NoAccess) }
}
