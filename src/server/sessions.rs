//! Conversations over HTTP, found again by the name that the caller chose.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::client::ClientKey;
use crate::conversation::{Session, SessionLimits};

/// Requests of one conversation that may wait for their turn.
pub(crate) const MAX_WAITING: usize = 8;

/// What a conversation is found by. A name of one kind never finds one of another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum SessionName {
    /// Chosen by a caller of the API, too long to be guessed.
    Api(String),
    /// Chosen by a client of the Rasa channel, often a short number: only whoever began the conversation
    /// finds it by that.
    Rasa {
        /// Who began it.
        owner: Owner,
        /// How the client names the person who writes.
        sender: String,
    },
}

/// Who a conversation belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    /// Whoever holds the API key of this id.
    Key(String),
    /// Whoever asks from there.
    Client(ClientKey),
}

/// A conversation, locked by the request whose turn it is. Waiters get it in the order in which they came.
pub(crate) type SharedSession = Arc<tokio::sync::Mutex<Session>>;

/// A conversation whose turn it is.
pub(crate) type SessionTurn = OwnedMutexGuard<Session>;

/// Too many requests of the conversation wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyWaiting;

/// A new conversation.
pub(crate) fn new_session() -> SharedSession {
    Arc::new(tokio::sync::Mutex::new(Session::new(SessionLimits::default())))
}

/// A bounded number of conversations; the one unused for longest makes room.
pub(crate) struct Sessions {
    entries: Mutex<HashMap<SessionName, Entry>>,
    max: usize,
    idle: Duration,
}

struct Entry {
    session: SharedSession,
    used: Instant,
}

impl Sessions {
    /// Remembers at most `max` conversations, each for `idle` after its last question.
    pub(crate) fn new(max: usize, idle: Duration) -> Self {
        Self { entries: Mutex::default(), max: max.max(1), idle }
    }

    /// Waits for the turn in the conversation `name`, which begins anew if it is not known.
    ///
    /// # Errors
    /// More than [`MAX_WAITING`] requests wait.
    pub(crate) async fn turn(&self, name: SessionName) -> Result<SessionTurn, TooManyWaiting> {
        let session = self.find(name, Instant::now())?;
        Ok(session.lock_owned().await)
    }

    /// Forgets the conversation `name`.
    pub(crate) fn forget(&self, name: &SessionName) {
        self.lock().remove(name);
    }

    /// Forgets conversations that have been unused for too long; to be called now and then.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        self.lock().retain(|_, entry| now.duration_since(entry.used) < self.idle);
    }

    fn find(&self, name: SessionName, now: Instant) -> Result<SharedSession, TooManyWaiting> {
        let mut entries = self.lock();
        if let Some(entry) = entries.get_mut(&name)
            && now.duration_since(entry.used) < self.idle
        {
            entry.used = now;
            // One count is the table's own, one is the running request's.
            let waiting = Arc::strong_count(&entry.session).saturating_sub(2);
            return if waiting >= MAX_WAITING { Err(TooManyWaiting) } else { Ok(Arc::clone(&entry.session)) };
        }
        if entries.len() >= self.max && !entries.contains_key(&name) {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.used).map(|(name, _)| name.clone());
            oldest.map(|oldest| entries.remove(&oldest));
        }
        let session = new_session();
        entries.insert(name, Entry { session: Arc::clone(&session), used: now });
        Ok(session)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SessionName, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn api(name: &str) -> SessionName {
        SessionName::Api(name.into())
    }

    #[test]
    fn the_same_name_goes_on_and_the_oldest_makes_room() {
        let sessions = Sessions::new(2, HOUR);
        let start = Instant::now();
        let first = sessions.find(api("a"), start).unwrap();
        assert!(Arc::ptr_eq(&first, &sessions.find(api("a"), start).unwrap()));
        sessions.find(api("b"), start + Duration::from_secs(1)).unwrap();
        sessions.find(api("c"), start + Duration::from_secs(2)).unwrap();
        assert_eq!(sessions.lock().len(), 2);
        assert!(!Arc::ptr_eq(&first, &sessions.find(api("a"), start + Duration::from_secs(3)).unwrap()));
    }

    #[test]
    fn an_idle_conversation_begins_anew() {
        let sessions = Sessions::new(2, Duration::from_secs(5));
        let start = Instant::now();
        let first = sessions.find(api("a"), start).unwrap();
        assert!(!Arc::ptr_eq(&first, &sessions.find(api("a"), start + Duration::from_secs(5)).unwrap()));
    }

    #[tokio::test]
    async fn waiting_requests_are_bounded() {
        let sessions = Sessions::new(2, HOUR);
        let _running = sessions.turn(api("a")).await.unwrap();
        let waiting: Vec<_> =
            (0..MAX_WAITING).map(|_| sessions.find(api("a"), Instant::now()).unwrap()).collect();
        assert_eq!(sessions.find(api("a"), Instant::now()).unwrap_err(), TooManyWaiting);
        drop(waiting);
        assert!(sessions.find(api("a"), Instant::now()).is_ok());
    }

    #[test]
    fn a_name_is_nobody_elses() {
        let sessions = Sessions::new(9, HOUR);
        let client = |last| Owner::Client(ClientKey::new([192, 0, 2, last].into()));
        let rasa = |owner| SessionName::Rasa { owner, sender: "1".into() };
        let names = [api("1"), rasa(client(1)), rasa(client(2)), rasa(Owner::Key("1".into()))];
        for name in &names {
            sessions.find(name.clone(), Instant::now()).unwrap();
        }
        assert_eq!(sessions.lock().len(), names.len());
        sessions.forget(&api("1"));
        assert_eq!(sessions.lock().len(), names.len() - 1);
    }
}
