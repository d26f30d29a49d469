//! The table of conversations: in memory, bounded in number and bytes, forgotten when they are left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::log::Log;
use crate::config::Config;
use crate::server::chats::token::{TokenHash, random_hex};
use crate::server::sessions::{MAX_WAITING, SharedSession, new_session};

/// How long a token holds; clients ask for a new one halfway.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(30 * 60);

/// How long the address of a stream can be used.
const STREAM_LIFE: Duration = Duration::from_secs(60);

/// Tokens, and addresses of streams, that hold at a time in one conversation; the oldest make room.
const MAX_GRANTS: usize = 8;

/// What lets someone in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Into the conversation.
    Token,
    /// To its stream.
    Stream,
}

struct Grant {
    hash: TokenHash,
    pass: Pass,
    until: Instant,
}

struct Conversation {
    /// The API key that began it.
    owner: Option<String>,
    grants: Vec<Grant>,
    log: Log,
    session: SharedSession,
    /// The watermark; who listens hears when it rises, and when the conversation is forgotten.
    news: watch::Sender<u64>,
    began: Instant,
    used: Instant,
    is_started: bool,
    was_asked: bool,
}

/// What is kept at most.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    conversations: usize,
    bytes: usize,
    activities: usize,
    activity_bytes: usize,
    idle: Duration,
    retention: Duration,
}

/// Conversations by their ids.
pub(crate) struct Conversations {
    table: Mutex<Table>,
    bounds: Bounds,
}

#[derive(Default)]
struct Table {
    by_id: HashMap<String, Conversation>,
    bytes: usize,
}

/// Why a question cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTurn {
    /// There is no such conversation.
    Unknown,
    /// Too many of its questions wait.
    TooMany,
}

impl Conversations {
    /// Bounded as the sessions of the chat and the API are.
    pub(crate) fn new(config: &Config) -> Self {
        let sessions = &config.sessions;
        let bounds = Bounds {
            conversations: config.server.max_sessions.max(1),
            bytes: sessions.max_resting_bytes,
            activities: sessions.max_frames.max(2),
            activity_bytes: sessions.max_frame_bytes,
            idle: Duration::from_secs(sessions.idle_secs),
            retention: Duration::from_secs(sessions.retention_secs),
        };
        Self { table: Mutex::default(), bounds }
    }

    /// Begins one, with the first words in it, and says its id. None if there is no randomness.
    pub(super) fn create(
        &self,
        owner: Option<String>,
        greet: impl FnOnce(&str) -> Option<String>,
    ) -> Option<String> {
        let id = random_hex::<16>()?;
        let now = Instant::now();
        let mut log = Log::default();
        if let Some(greeting) = greet(&id) {
            log.push(greeting, self.bounds.activities, self.bounds.activity_bytes);
        }
        let mut table = self.lock();
        table.make_room(self.bounds.conversations - 1, self.bounds.bytes);
        table.bytes += log.bytes();
        let conversation = Conversation {
            owner,
            grants: Vec::new(),
            news: watch::Sender::new(log.next()),
            log,
            session: new_session(),
            began: now,
            used: now,
            is_started: false,
            was_asked: false,
        };
        table.by_id.insert(id.clone(), conversation);
        Some(id)
    }

    /// A new pass for the conversation `id`. None if it is not there, or there is no randomness.
    pub(super) fn grant(&self, id: &str, pass: Pass) -> Option<String> {
        let secret = random_hex::<32>()?;
        let now = Instant::now();
        let life = if pass == Pass::Token { TOKEN_LIFE } else { STREAM_LIFE };
        self.with(id, |conversation| {
            conversation.used = now;
            let grants = &mut conversation.grants;
            grants.retain(|grant| grant.until > now);
            if grants.iter().filter(|grant| grant.pass == pass).count() >= MAX_GRANTS
                && let Some(oldest) = grants.iter().position(|grant| grant.pass == pass)
            {
                grants.remove(oldest);
            }
            grants.push(Grant { hash: TokenHash::of(&secret), pass, until: now + life });
        })?;
        Some(secret)
    }

    /// Whether `secret` lets into the conversation `id`.
    pub(super) fn admits(&self, id: &str, secret: &str, pass: Pass) -> bool {
        let now = Instant::now();
        let holds = |grant: &Grant| grant.pass == pass && grant.until > now && grant.hash.is_of(secret);
        self.with(id, |conversation| conversation.grants.iter().any(holds)).unwrap_or(false)
    }

    /// Whether there is a conversation `id`; it counts as used.
    pub(super) fn touch(&self, id: &str) -> bool {
        self.with(id, |conversation| conversation.used = Instant::now()).is_some()
    }

    /// Whether the API key `key` began the conversation `id`.
    pub(super) fn is_of(&self, id: &str, key: &str) -> bool {
        self.with(id, |conversation| conversation.owner.as_deref() == Some(key)).unwrap_or(false)
    }

    /// Whether the conversation `id` starts by this; none if it is not there.
    pub(super) fn start(&self, id: &str) -> Option<bool> {
        self.with(id, |conversation| !std::mem::replace(&mut conversation.is_started, true))
    }

    /// The memory of the conversation `id`, to be locked when it is the question's turn.
    pub(super) fn session(&self, id: &str) -> Result<SharedSession, NoTurn> {
        let session = self.with(id, |conversation| {
            conversation.used = Instant::now();
            conversation.was_asked = true;
            // One count is the table's own, one is the running question's.
            let waiting = Arc::strong_count(&conversation.session).saturating_sub(2);
            (waiting < MAX_WAITING).then(|| Arc::clone(&conversation.session))
        });
        session.ok_or(NoTurn::Unknown)?.ok_or(NoTurn::TooMany)
    }

    /// Keeps what `write` says from the number on that it gets, all of it at once, and tells who listens. None if the
    /// conversation is not there.
    pub(super) fn say(&self, id: &str, write: impl FnOnce(u64) -> Vec<String>) -> Option<u64> {
        let mut table = self.lock();
        let conversation = table.by_id.get_mut(id)?;
        let (first, before) = (conversation.log.next(), conversation.log.bytes());
        for text in write(first) {
            conversation.log.push(text, self.bounds.activities, self.bounds.activity_bytes);
        }
        conversation.used = Instant::now();
        let (next, after) = (conversation.log.next(), conversation.log.bytes());
        conversation.news.send_replace(next);
        table.bytes = table.bytes + after - before;
        table.make_room(self.bounds.conversations, self.bounds.bytes);
        Some(first)
    }

    /// A number for something that is not kept.
    pub(super) fn pass(&self, id: &str) -> Option<u64> {
        self.with(id, |conversation| conversation.log.pass())
    }

    /// What was said from the watermark `from` on, and the next watermark.
    pub(super) fn since(&self, id: &str, from: u64) -> Option<(Vec<Arc<str>>, u64)> {
        self.with(id, |conversation| {
            conversation.used = Instant::now();
            (conversation.log.since(from), conversation.log.next())
        })
    }

    /// Hears when something is said in the conversation `id`.
    pub(super) fn listen(&self, id: &str) -> Option<watch::Receiver<u64>> {
        self.with(id, |conversation| conversation.news.subscribe())
    }

    /// Forgets the conversation `id`.
    pub(super) fn forget(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Forgets what was left; to be called now and then.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        let mut table = self.lock();
        let is_over = |conversation: &Conversation| {
            now.duration_since(conversation.used) >= self.bounds.idle
                || now.duration_since(conversation.began) >= self.bounds.retention
        };
        let over = table.by_id.iter().filter(|(_, conversation)| is_over(conversation));
        let over: Vec<String> = over.map(|(id, _)| id.clone()).collect();
        over.iter().for_each(|id| table.remove(id));
    }

    fn with<T>(&self, id: &str, use_it: impl FnOnce(&mut Conversation) -> T) -> Option<T> {
        self.lock().by_id.get_mut(id).map(use_it)
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Forgets the ones unused for longest, until these bounds are kept; first those in which nobody asked anything,
    /// so that who only begins conversations drives out nobody who talks.
    fn make_room(&mut self, conversations: usize, bytes: usize) {
        while self.by_id.len() > conversations || self.bytes > bytes && self.by_id.len() > 1 {
            let oldest = self.by_id.iter().min_by_key(|(_, one)| (one.was_asked, one.used));
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else { return };
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, id: &str) {
        if let Some(conversation) = self.by_id.remove(id) {
            self.bytes -= conversation.log.bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversations(change: impl FnOnce(&mut Config)) -> Conversations {
        let mut config = Config::default();
        change(&mut config);
        Conversations::new(&config)
    }

    #[test]
    fn a_pass_is_for_one_conversation_and_one_purpose() {
        let all = conversations(|_| {});
        let [one, other] = [(); 2].map(|()| all.create(None, |_| None).unwrap());
        let token = all.grant(&one, Pass::Token).unwrap();
        assert!(all.admits(&one, &token, Pass::Token));
        assert!(!all.admits(&one, &token, Pass::Stream) && !all.admits(&other, &token, Pass::Token));
        for _ in 0..MAX_GRANTS {
            assert!(all.admits(&one, &token, Pass::Token));
            all.grant(&one, Pass::Token).unwrap();
            all.grant(&one, Pass::Stream).unwrap();
        }
        assert!(!all.admits(&one, &token, Pass::Token), "the oldest makes room");
        all.forget(&one);
        assert_eq!((all.touch(&one), all.touch(&other)), (false, true));
    }

    #[test]
    fn who_only_begins_drives_out_nobody_who_talks() {
        let all = conversations(|config| config.server.max_sessions = 3);
        let talking = all.create(None, |_| None).unwrap();
        all.session(&talking).unwrap();
        for _ in 0..9 {
            all.create(None, |_| Some("hello".into())).unwrap();
        }
        assert!(all.touch(&talking));
        let table = all.lock();
        assert_eq!((table.by_id.len(), table.bytes), (3, 10));
    }

    #[test]
    fn bytes_are_bounded_in_all() {
        let all = conversations(|config| config.sessions.max_resting_bytes = 100);
        let first = all.create(None, |_| None).unwrap();
        let second = all.create(None, |_| None).unwrap();
        all.say(&first, |_| vec!["x".repeat(80)]).unwrap();
        all.say(&second, |_| vec!["x".repeat(80)]).unwrap();
        assert_eq!((all.touch(&first), all.touch(&second), all.lock().bytes), (false, true, 80));
    }

    #[test]
    fn who_listens_hears_and_hears_the_end() {
        let all = conversations(|config| config.sessions.idle_secs = 0);
        let id = all.create(None, |_| Some("hello".into())).unwrap();
        let news = all.listen(&id).unwrap();
        assert_eq!(all.say(&id, |number| vec![number.to_string(), "b".into()]), Some(1));
        assert!(news.has_changed().unwrap());
        let (said, next) = all.since(&id, 1).unwrap();
        assert_eq!((said.len(), &*said[0], next), (2, "1", 3));
        all.sweep();
        assert!(news.has_changed().is_err() && all.since(&id, 0).is_none());
    }

    #[test]
    fn questions_that_wait_are_bounded() {
        let all = conversations(|_| {});
        let id = all.create(None, |_| None).unwrap();
        let turns: Vec<_> = (0..=MAX_WAITING).map(|_| all.session(&id).unwrap()).collect();
        assert_eq!(all.session(&id).unwrap_err(), NoTurn::TooMany);
        drop(turns);
        assert!(all.session(&id).is_ok());
        assert_eq!(all.session("nothing").unwrap_err(), NoTurn::Unknown);
    }
}
