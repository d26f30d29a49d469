//! What every request of one server shares, and the one way to an answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ServeError;
use super::access::Access;
use super::body::LongBodies;
use super::chats::Chats;
use super::client::ClientKey;
use super::desks::Desks;
use super::directline::Conversations;
use super::metrics::Metrics;
use super::pool::{Full, Pool, Ticket};
use super::rate::RateLimit;
use super::sessions::{SessionName, Sessions};
use super::slots::Slots;
use super::unanswered::Unanswered;
use super::underway::Underway;
use crate::answer::Answer;
use crate::config::{Config, ServerConfig};
use crate::engine::{AskError, Engine};
use crate::protocol::{ErrorCode, Problem};
use crate::retrieve::Question;
use crate::store::SessionStore;

/// How long someone is asked to wait who met a full queue.
const BUSY_RETRY_MS: u64 = 1000;

/// Through which door a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    DirectLine,
    Http,
    Mcp,
    OpenAi,
    Rasa,
    Socket,
    Desk,
}

impl Door {
    /// Its name in metrics and logs.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::DirectLine => "directline",
            Self::Http => "http",
            Self::Mcp => "mcp",
            Self::OpenAi => "openai",
            Self::Rasa => "rasa",
            Self::Socket => "socket",
            Self::Desk => "desk",
        }
    }
}

/// What every request shares.
pub(crate) struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) engine: Engine,
    pub(crate) pool: Pool,
    pub(crate) rate: RateLimit,
    pub(crate) handoffs: RateLimit,
    /// Chat sockets.
    pub(crate) sockets: Slots,
    /// TCP connections, those of chat sockets included.
    pub(crate) connections: Slots,
    pub(crate) sessions: Sessions,
    /// Leave for bodies longer than usual.
    pub(crate) long_bodies: LongBodies,
    /// The same for calls of help desks: who they are is proven only when the body is read, and whoever sends bodies
    /// in their name keeps nobody else from being read.
    pub(crate) hook_bodies: LongBodies,
    /// Long responses.
    pub(crate) underway: Underway,
    /// Sessions of the chat sockets.
    pub(crate) chats: Chats,
    /// Conversations over Direct Line.
    pub(crate) directline: Conversations,
    pub(crate) access: Access,
    /// Help desks, where any is set up.
    pub(crate) desks: Option<Desks>,
    /// The operator's logo: its type and bytes.
    pub(crate) logo: Option<(&'static str, Bytes)>,
    pub(crate) metrics: Metrics,
    /// Questions that were asked in vain, where they are kept.
    pub(crate) unanswered: Option<Unanswered>,
    /// Cancelled when the server begins to stop.
    pub(crate) stop: CancellationToken,
    /// Cancelled when what still runs is given up.
    pub(crate) cut: CancellationToken,
    /// Everything to wait for when the server stops.
    pub(crate) tasks: TaskTracker,
}

/// TCP connections beyond those that may be chat sockets: pages, calls, and chats to be turned away.
pub const SPARE_CONNECTIONS: usize = 256;

impl App {
    /// Starts the search threads and opens the files.
    ///
    /// # Errors
    /// The operating system gives no thread, or a file cannot be used.
    pub(crate) fn new(config: Arc<Config>, engine: Engine) -> Result<Self, ServeError> {
        let store = open_store(&config)?;
        let access = Access::open(&config.access)?;
        let desks = Desks::open(&config)?;
        let logo = config.brand.read_logo().map_err(ServeError::Logo)?;
        let logo = logo.map(|(kind, bytes)| (kind, Bytes::from(bytes)));
        let server = &config.server;
        let metrics = Metrics::new();
        let unanswered = Unanswered::open(&config, &metrics.unanswered)?;
        let (max, per_client) = (server.max_connections, server.max_connections_per_address);
        let spare = |number: usize| number.saturating_add(SPARE_CONNECTIONS);
        Ok(Self {
            pool: Pool::start(server.search_threads, server.search_queue).map_err(ServeError::Threads)?,
            rate: RateLimit::new(server.questions_per_minute, server.question_burst),
            handoffs: RateLimit::hourly(server.handoffs_per_hour),
            sockets: Slots::new(max, per_client, metrics.chats.clone()),
            connections: Slots::new(spare(max), spare(per_client), metrics.connections.clone()),
            sessions: Sessions::new(server.max_sessions, Duration::from_secs(server.idle_timeout_secs)),
            long_bodies: LongBodies::new(),
            hook_bodies: LongBodies::new(),
            underway: Underway::default(),
            chats: Chats::new(config.sessions.clone(), store, metrics.store_failures.clone()),
            directline: Conversations::new(&config),
            access,
            desks,
            logo,
            metrics,
            unanswered,
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
            tasks: TaskTracker::new(),
            engine,
            config,
        })
    }

    pub(crate) fn limits(&self) -> &ServerConfig {
        &self.config.server
    }

    /// Accepts the text of a question.
    ///
    /// # Errors
    /// `question_too_long`.
    pub(crate) fn question(&self, text: &str) -> Result<Question, Problem> {
        crate::protocol::question(text, self.config.answer.max_question_chars)
    }

    /// Counts a question of `client`.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn admit(&self, client: ClientKey) -> Result<(), Problem> {
        self.admit_many(client, 1)
    }

    /// Counts `questions` of `client` that are answered in one call.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn admit_many(&self, client: ClientKey, questions: usize) -> Result<(), Problem> {
        let questions = u32::try_from(questions).unwrap_or(u32::MAX);
        self.rate.check_many(client, questions).map_err(|wait| {
            Problem::new(ErrorCode::RateLimited, "this address has asked too many questions in a short time")
                .retry_after_ms(Some(wait))
        })
    }

    /// Counts a chat of `client` that is handed over to a person.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn admit_handoff(&self, client: ClientKey) -> Result<(), Problem> {
        self.handoffs.check(client).map_err(|wait| {
            Problem::new(ErrorCode::RateLimited, "this address has asked for a person too often in an hour")
                .retry_after_ms(Some(wait))
        })
    }

    /// Queues work with the engine for the search threads.
    ///
    /// # Errors
    /// `busy`.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<Ticket<T>, Problem> {
        let engine = self.engine.clone();
        self.pool.submit(move || work(&engine)).map_err(|Full| busy("too many questions wait already"))
    }

    /// Does work with the engine on a search thread.
    ///
    /// # Errors
    /// `busy`, `internal` after a panic, or what the engine says.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, AskError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.submit(work)?.await.map_err(|_| internal())?.map_err(|error| refusal(&error))
    }

    /// Answers `question` as the next turn of the conversation `name`.
    ///
    /// # Errors
    /// As [`App::run`].
    pub(crate) async fn reply_in(
        &self,
        name: SessionName,
        question: Question,
    ) -> Result<Arc<Answer>, Problem> {
        let turn = self.sessions.turn(name).await;
        let mut session = turn.map_err(|_| busy("too many questions of this session wait already"))?;
        self.run(move |engine| engine.reply(&mut session, &question)).await
    }

    /// As [`App::run`], for what is not counted by the rate limit: however many ask for documents, there is
    /// room for questions in the queue.
    ///
    /// # Errors
    /// As [`App::run`].
    pub(crate) async fn run_modestly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, AskError> + Send + 'static,
    ) -> Result<T, Problem> {
        let engine = self.engine.clone();
        let ticket = self.pool.submit_modestly(move || work(&engine));
        let ticket = ticket.map_err(|Full| busy("too much work waits already"))?;
        ticket.await.map_err(|_| internal())?.map_err(|error| refusal(&error))
    }

    /// Counts and logs the answer to `question`, which is kept where it was asked in vain and the operator wishes it.
    pub(crate) fn note_answer(&self, door: Door, question: &str, answer: &Answer, asked: Instant) {
        self.count_answer(door, answer, asked);
        if let Some(unanswered) = &self.unanswered {
            unanswered.note(door, question, answer);
        }
    }

    /// Counts and logs an answer.
    pub(crate) fn count_answer(&self, door: Door, answer: &Answer, asked: Instant) {
        let took = asked.elapsed();
        self.metrics.answered(door, answer.outcome, took);
        let outcome = crate::protocol::outcome_name(answer.outcome);
        let took_ms = took.as_secs_f64() * 1e3;
        tracing::info!(door = door.as_str(), outcome, quotes = answer.citations.len(), took_ms, "answered");
    }
}

fn open_store(config: &Config) -> Result<Option<SessionStore>, ServeError> {
    let sessions = &config.sessions;
    if !sessions.is_kept() {
        return Ok(None);
    }
    let key = sessions.key().map_err(ServeError::SessionKey)?;
    Ok(Some(SessionStore::open(&sessions.path, &key, sessions.retention())?))
}

/// The problem `busy`.
pub(crate) fn busy(detail: &str) -> Problem {
    Problem::new(ErrorCode::Busy, detail).retry_after_ms(Some(BUSY_RETRY_MS))
}

/// The problem `internal`; its cause is in the log.
pub(crate) fn internal() -> Problem {
    Problem::new(ErrorCode::Internal, "the question could not be answered; the cause is in the server's log")
}

/// What a client is told when the engine refuses.
pub(crate) fn refusal(error: &AskError) -> Problem {
    if matches!(error, AskError::NotReady) {
        return Problem::new(ErrorCode::NotReady, "no index is loaded yet")
            .retry_after_ms(Some(BUSY_RETRY_MS));
    }
    tracing::error!(%error, "the engine failed");
    internal()
}
