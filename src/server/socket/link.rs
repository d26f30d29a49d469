//! A chat's connection: the socket, what keeps it honest, and why it ends.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::time::Instant;

use super::budget::FrameBudget;
use super::outgoing::{Gone, Outgoing};
use crate::config::ServerConfig;
use crate::protocol::CloseCode;
use crate::server::listener::Peer;
use crate::server::slots::Slot;

/// Unanswered pings that close the socket.
const MAX_UNANSWERED: u32 = 2;

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The other side is not there any more.
    Gone,
    /// A newer connection goes on with the session.
    TakenOver,
    /// The session was erased as wished.
    Forgotten,
    /// The server stops.
    Stopping,
    /// Nobody asked for long.
    Idle,
    /// Pings went unanswered.
    Unanswered,
    /// A message over the limit.
    TooBig,
    /// Not WebSocket.
    Malformed,
    /// Not UTF-8.
    NotUtf8,
    /// The session that it wants to go on with cannot be read now.
    Unreadable,
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl End {
    /// What an error in reading ends the chat with.
    pub(super) fn after(error: &axum::Error) -> Self {
        use tokio_tungstenite::tungstenite::Error;
        use tokio_tungstenite::tungstenite::error::ProtocolError;
        let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>());
        match source {
            Some(Error::Capacity(_)) => Self::TooBig,
            Some(Error::Utf8(_)) => Self::NotUtf8,
            Some(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Self::Gone,
            Some(Error::Protocol(_)) => Self::Malformed,
            _ => Self::Gone,
        }
    }

    /// The close code, and the words beside it; none where nobody is there to read it.
    pub(super) const fn close(self) -> Option<(CloseCode, &'static str)> {
        match self {
            Self::Gone => None,
            Self::TakenOver => Some((CloseCode::TakenOver, "another connection goes on with the session")),
            Self::Forgotten => Some((CloseCode::Normal, "forgotten")),
            Self::Stopping => Some((CloseCode::GoingAway, "shutting_down")),
            Self::Idle => Some((CloseCode::Idle, "idle")),
            Self::Unanswered => Some((CloseCode::Idle, "pings went unanswered")),
            Self::TooBig => Some((CloseCode::TooBig, "the message is too big")),
            Self::Malformed => Some((CloseCode::Malformed, "that is not WebSocket")),
            Self::NotUtf8 => Some((CloseCode::NotUtf8, "the text is not UTF-8")),
            Self::Unreadable => Some((CloseCode::GoingAway, "the session cannot be read now")),
        }
    }
}

/// A connection, counted as long as it is there.
pub(super) struct Link {
    pub(super) out: Outgoing,
    pub(super) budget: FrameBudget,
    pub(super) next_ping: Instant,
    heartbeat: Duration,
    unanswered: u32,
    /// Text messages read.
    pub(super) frames: u64,
    _counted: (Slot, Peer),
}

impl Link {
    pub(super) fn new(socket: WebSocket, limits: &ServerConfig, counted: (Slot, Peer)) -> Self {
        let now = Instant::now();
        let heartbeat = Duration::from_secs(limits.heartbeat_secs.max(1));
        Self {
            out: Outgoing::new(socket, Duration::from_secs(limits.send_timeout_secs)),
            budget: FrameBudget::new(limits, now),
            next_ping: now + heartbeat,
            heartbeat,
            unanswered: 0,
            frames: 0,
            _counted: counted,
        }
    }

    /// Notes that something came.
    pub(super) fn heard(&mut self) {
        self.unanswered = 0;
        self.budget.spend(Instant::now());
    }

    /// Pings when it is time to.
    pub(super) async fn beat(&mut self, now: Instant) -> Result<(), End> {
        if now < self.next_ping {
            return Ok(());
        }
        if self.unanswered >= MAX_UNANSWERED {
            return Err(End::Unanswered);
        }
        self.unanswered += 1;
        self.next_ping = now + self.heartbeat;
        Ok(self.out.ping().await?)
    }

    /// The next message, or why none can come.
    pub(super) async fn read(&mut self) -> Result<Message, End> {
        match self.out.socket.recv().await {
            None => Err(End::Gone),
            Some(Err(error)) => Err(End::after(&error)),
            Some(Ok(message)) => Ok(message),
        }
    }
}
