//! The socket to a server: opened when it is needed, kept alive, opened again when it is lost.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::address::Address;
use crate::cli::terminal::Terminal;
use crate::protocol::{Answer, CloseCode, ErrorCode, HelloFrame, PROTOCOL, ServerFrame};

/// How long a connection may take, `hello` included.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Variable of the environment with the API key.
const API_KEY: &str = "IBID_API_KEY";
/// Silence of a server that owes an answer, after which the link counts as lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// First pause before connecting again; each one is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Times that a connection or a question is tried before it is given up.
const ATTEMPTS: u32 = 6;
/// Longest wait that a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// Largest message taken from a server, in bytes.
const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024;
/// Pings that may stay unanswered.
const MAX_UNANSWERED: u32 = 2;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A conversation with one server, over as many connections as it takes.
pub(super) struct Link {
    address: Address,
    open: Option<Open>,
    asked: u64,
    terminal: Terminal,
}

struct Open {
    socket: Socket,
    heartbeat: Duration,
    next_ping: Instant,
    unanswered: u32,
}

/// A question that was not answered, though the link may be fine.
#[derive(Debug, thiserror::Error)]
#[error("the server refused the question: {detail}")]
pub(super) struct Refused {
    detail: String,
}

/// What came of one exchange.
enum Reply {
    Answer(Box<Answer<'static>>),
    /// Ask again after this long.
    Later(Duration),
}

/// The link is gone.
#[derive(Debug, thiserror::Error)]
enum Lost {
    /// Connecting again may help.
    #[error("the connection was lost")]
    Dropped,
    /// It will not.
    #[error("the server closed the connection ({code}): {reason}")]
    TurnedAway { code: u16, reason: String },
    /// The server does not want this question.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Link {
    /// A link that is not open yet.
    pub(super) fn new(address: Address, terminal: Terminal) -> Self {
        Self { address, open: None, asked: 0, terminal }
    }

    /// Opens the link; one try.
    pub(super) async fn connect(&mut self) -> Result<HelloFrame<'static>> {
        let (open, hello) = connect(&self.address).await?;
        self.open = Some(open);
        Ok(hello)
    }

    /// Asks, over a new connection and with pauses if need be.
    ///
    /// # Errors
    /// [`Refused`] where the server will not answer this question; anything else means that it cannot be
    /// reached.
    pub(super) async fn ask(&mut self, question: &str) -> Result<Box<Answer<'static>>> {
        self.asked += 1;
        let id = format!("q{}", self.asked);
        for _ in 0..ATTEMPTS {
            self.reconnect().await?;
            let Some(open) = &mut self.open else { continue };
            match open.exchange(&id, question).await {
                Ok(Reply::Answer(answer)) => return Ok(answer),
                Ok(Reply::Later(wait)) => sleep(wait).await,
                Err(Lost::Refused(refused)) => return Err(refused.into()),
                Err(Lost::Dropped) => {
                    self.open = None;
                    self.terminal.complain("connection lost, trying again");
                }
                Err(lost @ Lost::TurnedAway { .. }) => {
                    self.open = None;
                    return Err(lost.into());
                }
            }
        }
        bail!("the question was not answered in {ATTEMPTS} tries")
    }

    async fn reconnect(&mut self) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        let mut tried = 1;
        while self.open.is_none() {
            match self.connect().await {
                Ok(_) => break,
                Err(error) if tried == ATTEMPTS || is_final(&error) => return Err(error),
                Err(_) => sleep(pause).await,
            }
            tried += 1;
            pause *= 2;
        }
        Ok(())
    }

    /// Keeps the link alive while nothing is asked. Never ends; may be dropped at any point.
    pub(super) async fn keep_alive(&mut self) {
        loop {
            let Some(open) = &mut self.open else { return std::future::pending().await };
            if open.rest().await.is_err() {
                // Whoever is typing is not disturbed: the next question opens the link again.
                self.open = None;
            }
        }
    }

    /// Says goodbye.
    pub(super) async fn close(mut self) {
        if let Some(mut open) = self.open.take() {
            let _ = timeout(Duration::from_secs(1), open.socket.close(None)).await;
        }
    }
}

async fn connect(address: &Address) -> Result<(Open, HelloFrame<'static>)> {
    let mut request = ClientRequestBuilder::new(address.socket.clone()).with_sub_protocol(PROTOCOL);
    if let Ok(key) = std::env::var(API_KEY) {
        request = request.with_header("Authorization", format!("Bearer {}", key.trim()));
    }
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES));
    let opening = async {
        let connected = connect_async_with_config(request, Some(limits), true).await;
        let (socket, _) = connected.map_err(told_once)?;
        let now = Instant::now();
        let mut open =
            Open { socket, heartbeat: CONNECT_WITHIN, next_ping: now + CONNECT_WITHIN, unanswered: 0 };
        loop {
            if let Some(ServerFrame::Hello(hello)) = open.frame().await? {
                open.heartbeat = Duration::from_secs(hello.heartbeat_secs.clamp(5, 300));
                open.next_ping = Instant::now() + open.heartbeat;
                return Ok((open, *hello));
            }
        }
    };
    let opened = timeout(CONNECT_WITHIN, opening).await.unwrap_or_else(|_| Err(anyhow!("no answer")));
    opened.map_err(|error| {
        let pages = &address.pages;
        let advice = if wants_key(&error) {
            format!("{pages} does not let in whoever comes; set {API_KEY} to an API key of scope `chat`")
        } else {
            format!("cannot reach {pages}; is `ibid serve` running there?")
        };
        error.context(advice)
    })
}

/// Whether the server turned us away for want of a key.
fn wants_key(error: &anyhow::Error) -> bool {
    let not_authorised = CloseCode::NotAuthorised.code();
    match (error.downcast_ref::<Error>(), error.downcast_ref::<Lost>()) {
        (Some(Error::Http(response)), _) => matches!(response.status().as_u16(), 401 | 403),
        (_, Some(Lost::TurnedAway { code, .. })) => *code == not_authorised,
        _ => false,
    }
}

/// The error without the layer that repeats its cause in its own text.
fn told_once(error: Error) -> anyhow::Error {
    match error {
        Error::Io(error) => error.into(),
        error => error.into(),
    }
}

/// Whether trying again is in vain: the server understood and said no.
fn is_final(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<Error>() {
        Some(Error::Http(response)) => response.status().is_client_error() && response.status() != 429,
        Some(Error::Protocol(_) | Error::Url(_) | Error::HttpFormat(_)) => true,
        _ => error.downcast_ref::<Lost>().is_some_and(|lost| matches!(lost, Lost::TurnedAway { .. })),
    }
}

impl Open {
    /// The next frame; `None` for what is none of the protocol's.
    async fn frame(&mut self) -> Result<Option<ServerFrame<'static>>, Lost> {
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => {
                self.unanswered = 0;
                Ok(serde_json::from_str(&text).ok())
            }
            Some(Ok(Message::Close(close))) => Err(closed(close)),
            Some(Ok(_)) => Ok(None),
            Some(Err(_)) | None => Err(Lost::Dropped),
        }
    }

    async fn send(&mut self, frame: &impl Serialize) -> Result<(), Lost> {
        let text = serde_json::to_string(frame).map_err(|_| Lost::Dropped)?;
        self.socket.send(Message::text(text)).await.map_err(|_| Lost::Dropped)
    }

    async fn exchange(&mut self, id: &str, question: &str) -> Result<Reply, Lost> {
        self.send(&json!({"type": "ask", "id": id, "question": question})).await?;
        loop {
            let frame = timeout(ANSWER_WITHIN, self.frame()).await.map_err(|_| Lost::Dropped)??;
            match frame {
                Some(ServerFrame::Answer { in_reply_to, answer, .. }) if in_reply_to == id => {
                    return Ok(Reply::Answer(answer));
                }
                Some(ServerFrame::Error { code, detail, in_reply_to, retry_after_ms, .. })
                    if in_reply_to.as_deref().is_none_or(|to| to == id) =>
                {
                    return later_or_refused(code, &detail, retry_after_ms).map_err(Lost::from);
                }
                Some(ServerFrame::Goodbye { .. }) => return Err(Lost::Dropped),
                _ => {}
            }
        }
    }

    /// One event of a resting link: a frame, or the time to send a ping.
    async fn rest(&mut self) -> Result<(), Lost> {
        let next_ping = self.next_ping;
        tokio::select! {
            frame = self.frame() => match frame? {
                Some(ServerFrame::Goodbye { .. }) => Err(Lost::Dropped),
                _ => Ok(()),
            },
            () = sleep_until(next_ping) => {
                self.next_ping = Instant::now() + self.heartbeat;
                self.unanswered += 1;
                if self.unanswered > MAX_UNANSWERED {
                    return Err(Lost::Dropped);
                }
                self.send(&json!({"type": "ping"})).await
            }
        }
    }
}

fn later_or_refused(code: ErrorCode, detail: &str, retry_after_ms: Option<u64>) -> Result<Reply, Refused> {
    let passing = matches!(
        code,
        ErrorCode::Busy | ErrorCode::RateLimited | ErrorCode::NotReady | ErrorCode::ShuttingDown
    );
    let wait = Duration::from_millis(retry_after_ms.unwrap_or(1000));
    if passing && wait <= MAX_WAIT {
        Ok(Reply::Later(wait))
    } else {
        Err(Refused { detail: detail.to_owned() })
    }
}

fn closed(close: Option<CloseFrame>) -> Lost {
    let refusals = [CloseCode::Policy, CloseCode::TooBig, CloseCode::NotAuthorised, CloseCode::TooMany];
    match close {
        Some(CloseFrame { code, reason }) if refusals.iter().any(|known| known.code() == u16::from(code)) => {
            Lost::TurnedAway { code: code.into(), reason: reason.to_string() }
        }
        _ => Lost::Dropped,
    }
}
