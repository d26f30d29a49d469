//! Sessions of the chat socket, with and without a connection.
//!
//! A session belongs to one connection at a time. A connection that ends puts its session to rest here; a
//! newer one takes it up, from here, from the file of sessions, or out of the hands of a connection that
//! still has it. What rests is bounded in number and bytes, the longest unused goes first; what is on disk can
//! be taken up all the same.

mod clock;
mod log;
mod post;
mod state;
mod table;
#[cfg(test)]
mod tests;
pub(super) mod token;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use clock::SteadyClock;
pub(crate) use log::{FrameKind, Logged};
pub(crate) use post::{Post, Posted, Posting, Unsaid};
pub(crate) use state::{Asked, ChatState, Running};
use table::{Entry, Place, Table};
use token::{TokenHash, random_hex};

use crate::config::SessionsConfig;
use crate::store::{SessionHead, SessionStore, StoreError, unix_now};

/// How long a connection gets to hand its session over.
const HAND_OVER: Duration = Duration::from_secs(5);

/// Someone who wants the session of a connection.
pub(crate) type Request = oneshot::Sender<Box<ChatState>>;

/// What a connection has of the registry while it has a session.
#[derive(Debug)]
pub(crate) struct Attachment {
    /// Different for each connection.
    pub(crate) number: u64,
    /// At most one request comes, from the connection that takes the session over.
    takeover: mpsc::Receiver<Request>,
    posts: mpsc::Receiver<Posting>,
}

/// What somebody wants of the connection that has a session.
pub(crate) enum Wish {
    /// The session itself.
    Session(Request),
    /// That something is said in it.
    Post(Posting),
}

/// How the connection that has a session is reached.
#[derive(Clone)]
struct Holder {
    requests: mpsc::Sender<Request>,
    posts: mpsc::Sender<Posting>,
}

impl Attachment {
    /// Waits until somebody wants anything.
    pub(crate) async fn next(&mut self) -> Wish {
        tokio::select! {
            biased;
            Some(request) = self.takeover.recv() => Wish::Session(request),
            Some(posting) = self.posts.recv() => Wish::Post(posting),
            else => std::future::pending().await,
        }
    }

    /// Waits until a newer connection wants the session.
    pub(crate) async fn wanted(&mut self) -> Request {
        match self.takeover.recv().await {
            Some(request) => request,
            None => std::future::pending().await,
        }
    }
}

/// Name and token of a new session.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) session: String,
    pub(crate) token: String,
}

/// What someone says who wants to go on with a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) session: &'a str,
    pub(crate) token: &'a str,
    pub(crate) origin: Option<&'a str>,
}

/// All sessions of a server.
pub(crate) struct Chats {
    table: Mutex<Table>,
    store: Option<SessionStore>,
    /// Failures of the store that no caller is told of.
    failures: Counter,
    config: SessionsConfig,
    connections: AtomicU64,
    clock: Mutex<SteadyClock>,
}

/// Why a session is not gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotResumed {
    /// It is not known, expired, not the claimant's, or not whole any more; which of these is not told.
    Unknown,
    /// The disk failed; it may be there another time.
    Unreadable,
}

/// The disk failed when a session was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unreadable;

/// Where a claimed session was found.
enum Found {
    Here(Box<ChatState>),
    /// The connection that has it was asked for it.
    Asked(oneshot::Receiver<Box<ChatState>>),
    NotHere,
    Refused,
}

impl Chats {
    /// Sessions with these bounds, kept in `store` too if there is one; `failures` counts where it fails and no caller
    /// is told.
    pub(crate) fn new(config: SessionsConfig, store: Option<SessionStore>, failures: Counter) -> Self {
        let table = Table::new(config.max_resting, config.max_resting_bytes);
        let clock = Mutex::new(SteadyClock::new(Instant::now(), unix_now()));
        Self { table: Mutex::new(table), store, failures, config, connections: AtomicU64::new(0), clock }
    }

    /// The file of sessions.
    pub(crate) const fn store(&self) -> Option<&SessionStore> {
        self.store.as_ref()
    }

    /// Sessions without a connection.
    pub(crate) fn resting(&self) -> usize {
        self.table().resting()
    }

    /// Begins a session for a connection. None without random bytes.
    pub(crate) fn begin(&self, origin: Option<&str>) -> Option<(Box<ChatState>, Credentials, Attachment)> {
        let (state, credentials) = self.new_state(origin)?;
        let (attachment, holder) = self.attachment();
        self.table().insert_attached(&state, attachment.number, holder);
        Some((state, credentials, attachment))
    }

    /// Begins a session that nobody is connected to yet. None without random bytes.
    pub(crate) fn mint(&self, origin: Option<&str>) -> Option<Credentials> {
        let (state, credentials) = self.new_state(origin)?;
        self.table().insert_resting(state);
        Some(credentials)
    }

    /// Notes that the session `id`, which was minted, is on disk: so is every frame of it from now on.
    pub(crate) fn note_stored(&self, id: &str) {
        self.table().note_stored(id);
    }

    fn new_state(&self, origin: Option<&str>) -> Option<(Box<ChatState>, Credentials)> {
        let credentials = Credentials { session: random_hex::<16>()?, token: random_hex::<32>()? };
        let head = SessionHead {
            id: credentials.session.clone(),
            token_hash: TokenHash::of(&credentials.token).bytes(),
            origin: origin.map(str::to_owned),
            began: unix_now(),
            waits: false,
        };
        Some((Box::new(ChatState::new(head, &self.config)), credentials))
    }

    fn attachment(&self) -> (Attachment, Holder) {
        let ((requests, takeover), (posts_in, posts)) = (mpsc::channel(1), mpsc::channel(1));
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        (Attachment { number, takeover, posts }, Holder { requests, posts: posts_in })
    }

    /// Takes up the claimed session where every frame after `after` can be sent again.
    ///
    /// # Errors
    /// It cannot be gone on with; a connection that has it keeps it.
    pub(crate) async fn resume(
        &self,
        claim: Claim<'_>,
        after: u64,
    ) -> Result<(Box<ChatState>, Attachment), NotResumed> {
        let (attachment, holder) = self.attachment();
        let mut found = self.find(claim, after, attachment.number, holder.clone());
        if matches!(found, Found::NotHere) {
            self.load(claim.session).await.map_err(|Unreadable| NotResumed::Unreadable)?;
            found = self.find(claim, after, attachment.number, holder);
        }
        let state = match found {
            Found::Here(state) => state,
            Found::Asked(reply) => match timeout(HAND_OVER, reply).await {
                Ok(Ok(state)) => state,
                Ok(Err(_)) | Err(_) => {
                    self.drop_of(claim.session, attachment.number);
                    return Err(NotResumed::Unknown);
                }
            },
            Found::NotHere | Found::Refused => return Err(NotResumed::Unknown),
        };
        // Who had it may have said more before it was handed over.
        if !state.log.reach().covers(after) {
            self.rest(state, attachment).await;
            return Err(NotResumed::Unknown);
        }
        Ok((state, attachment))
    }

    fn find(&self, claim: Claim<'_>, after: u64, number: u64, asking: Holder) -> Found {
        let mut table = self.table();
        let Some(entry) = table.get(claim.session) else { return Found::NotHere };
        if !entry.may(claim) || self.is_over(entry) || !entry.reaches(after) {
            return Found::Refused;
        }
        match table.attach(claim.session, number, asking) {
            None => Found::NotHere,
            Some(Place::Resting(state)) => Found::Here(state),
            Some(Place::Attached(_, holder)) => {
                let (reply, answer) = oneshot::channel();
                // Where the holder has just ended, the reply is dropped and the answer says so.
                let _ = holder.requests.try_send(reply);
                Found::Asked(answer)
            }
        }
    }

    /// Has a session that is only on disk in memory, for somebody who asks in its name. Where that fails, it is
    /// not known.
    pub(crate) async fn recall(&self, id: &str) {
        let is_here = self.table().get(id).is_some();
        if !is_here {
            let _ = self.load(id).await;
        }
    }

    /// Takes a session from disk into memory, unless it is there.
    async fn load(&self, id: &str) -> Result<(), Unreadable> {
        let Some(store) = &self.store else { return Ok(()) };
        match store.load(id).await {
            Ok(Some(saved)) => {
                let state = Box::new(ChatState::restored(saved, &self.config));
                let mut table = self.table();
                if table.get(id).is_none() {
                    table.insert_resting(state);
                }
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                self.note_failure(&error, "a session cannot be read");
                // What is damaged stays so.
                if matches!(error, StoreError::Damaged { .. }) { Ok(()) } else { Err(Unreadable) }
            }
        }
    }

    /// Puts the session of a connection that ends to rest, or into the hands of who takes it over.
    pub(crate) async fn rest(&self, state: Box<ChatState>, mut attachment: Attachment) {
        let Some(state) = self.rest_if_held(state, attachment.number) else { return };
        let left = match attachment.takeover.recv().await {
            Some(request) => request.send(state).err(),
            None => Some(state),
        };
        // Whoever wanted it has gone in the meantime.
        if let Some(state) = left {
            let mut table = self.table();
            if table.get(&state.id).is_none() {
                table.insert_resting(state);
            }
        }
    }

    /// Gives the state back if another connection has asked for it.
    fn rest_if_held(&self, state: Box<ChatState>, number: u64) -> Option<Box<ChatState>> {
        let mut table = self.table();
        if table.get(&state.id).is_some_and(|entry| !entry.is_with(number)) {
            return Some(state);
        }
        table.insert_resting(state);
        None
    }

    /// Whether someone with this session and token may ask in its name, which is then in use.
    pub(crate) fn knows(&self, claim: Claim<'_>) -> bool {
        let mut table = self.table();
        let may = table.get(claim.session).is_some_and(|entry| entry.may(claim) && !self.is_over(entry));
        if may {
            table.touch(claim.session);
        }
        may
    }

    /// Forgets the session of the connection `number` in memory.
    pub(crate) fn drop_of(&self, id: &str, number: u64) {
        let mut table = self.table();
        if table.get(id).is_some_and(|entry| entry.is_with(number)) {
            table.remove(id);
        }
    }

    /// Erases a session, on disk and in memory.
    ///
    /// # Errors
    /// The disk; the session is still there.
    pub(crate) async fn forget(&self, id: &str) -> Result<(), StoreError> {
        if let Some(store) = &self.store {
            store.forget(id).await?;
        }
        self.table().remove(id);
        Ok(())
    }

    /// Forgets what is past its time, in memory and on disk; to be called now and then.
    pub(crate) async fn sweep(&self) {
        self.table().sweep(|entry| self.is_over(entry));
        let Some(store) = &self.store else { return };
        let kept = self.table().kept();
        let may_erase = self.may_erase();
        let swept = async {
            store.touch(kept).await?;
            if may_erase { store.sweep().await } else { Ok(()) }
        };
        if let Err(error) = swept.await {
            self.note_failure(&error, "sessions past their time cannot be erased");
        }
    }

    /// Counts and logs a failure of the store.
    fn note_failure(&self, error: &StoreError, what: &'static str) {
        self.failures.inc();
        tracing::error!(error = error as &dyn std::error::Error, "{what}");
    }

    /// Whether the times on disk can be compared with the clock.
    fn may_erase(&self) -> bool {
        let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.is_steady(Instant::now(), unix_now())
    }

    fn is_over(&self, entry: &Entry) -> bool {
        let idle = Duration::from_secs(self.config.idle_secs);
        let is_idle = !entry.is_kept() && entry.used.elapsed() >= idle;
        is_idle || unix_now().saturating_sub(entry.began()) >= self.config.retention_secs
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
