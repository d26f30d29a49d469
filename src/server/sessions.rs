//! Conversations over HTTP, found again by the string that the caller chose.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use crate::conversation::{Session, SessionLimits};

/// Requests of one conversation that may wait for their turn.
pub(crate) const MAX_WAITING: usize = 8;

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
    entries: Mutex<HashMap<String, Entry>>,
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
    pub(crate) async fn turn(&self, name: &str) -> Result<SessionTurn, TooManyWaiting> {
        let session = self.find(name, Instant::now())?;
        Ok(session.lock_owned().await)
    }

    /// Forgets conversations that have been unused for too long; to be called now and then.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        self.lock().retain(|_, entry| now.duration_since(entry.used) < self.idle);
    }

    fn find(&self, name: &str, now: Instant) -> Result<SharedSession, TooManyWaiting> {
        let mut entries = self.lock();
        if let Some(entry) = entries.get_mut(name)
            && now.duration_since(entry.used) < self.idle
        {
            entry.used = now;
            // One count is the table's own, one is the running request's.
            let waiting = Arc::strong_count(&entry.session).saturating_sub(2);
            return if waiting >= MAX_WAITING { Err(TooManyWaiting) } else { Ok(Arc::clone(&entry.session)) };
        }
        if entries.len() >= self.max && !entries.contains_key(name) {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.used).map(|(name, _)| name.clone());
            oldest.map(|oldest| entries.remove(&oldest));
        }
        let session = new_session();
        entries.insert(name.to_owned(), Entry { session: Arc::clone(&session), used: now });
        Ok(session)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_same_name_goes_on_and_the_oldest_makes_room() {
        let sessions = Sessions::new(2, HOUR);
        let start = Instant::now();
        let first = sessions.find("a", start).unwrap();
        assert!(Arc::ptr_eq(&first, &sessions.find("a", start).unwrap()));
        sessions.find("b", start + Duration::from_secs(1)).unwrap();
        sessions.find("c", start + Duration::from_secs(2)).unwrap();
        assert_eq!(sessions.lock().len(), 2);
        assert!(!Arc::ptr_eq(&first, &sessions.find("a", start + Duration::from_secs(3)).unwrap()));
    }

    #[test]
    fn an_idle_conversation_begins_anew() {
        let sessions = Sessions::new(2, Duration::from_secs(5));
        let start = Instant::now();
        let first = sessions.find("a", start).unwrap();
        assert!(!Arc::ptr_eq(&first, &sessions.find("a", start + Duration::from_secs(5)).unwrap()));
    }

    #[tokio::test]
    async fn waiting_requests_are_bounded() {
        let sessions = Sessions::new(2, HOUR);
        let _running = sessions.turn("a").await.unwrap();
        let waiting: Vec<_> = (0..MAX_WAITING).map(|_| sessions.find("a", Instant::now()).unwrap()).collect();
        assert_eq!(sessions.find("a", Instant::now()).unwrap_err(), TooManyWaiting);
        drop(waiting);
        assert!(sessions.find("a", Instant::now()).is_ok());
    }
}
