//! The sending half of a chat: numbers frames, bounds the wait, closes.

use std::borrow::Cow;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::time::timeout;

use crate::protocol::{CloseCode, Problem, ServerFrame};

/// How long the other side gets to close in its turn.
const LINGER: Duration = Duration::from_secs(1);

/// The client is gone or does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone;

/// A socket and the number of the last frame sent on it.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) socket: WebSocket,
    patience: Duration,
    seq: u64,
}

impl Outgoing {
    /// Nothing sent yet; each frame must be taken within `patience`.
    pub(super) fn new(socket: WebSocket, patience: Duration) -> Self {
        Self { socket, patience, seq: 0 }
    }

    /// The number for the next frame, which has to be sent.
    pub(super) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// Sends a frame.
    pub(super) async fn send(&mut self, frame: &ServerFrame<'_>) -> Result<(), Gone> {
        let text = serde_json::to_string(frame).map_err(|error| {
            tracing::error!(%error, "cannot write a frame");
            Gone
        })?;
        self.send_message(Message::Text(text.into())).await
    }

    /// Sends an error; one that replies to a question is numbered.
    pub(super) async fn refuse(&mut self, problem: Problem, in_reply_to: Option<&str>) -> Result<(), Gone> {
        let seq = in_reply_to.map(|_| self.next_seq());
        let frame = ServerFrame::Error {
            seq,
            code: problem.code,
            detail: problem.detail.into(),
            in_reply_to: in_reply_to.map(Cow::Borrowed),
            retry_after_ms: problem.retry_after_ms,
        };
        self.send(&frame).await
    }

    /// Sends a ping of the WebSocket itself, which browsers answer without the page's help.
    pub(super) async fn ping(&mut self) -> Result<(), Gone> {
        self.send_message(Message::Ping(Vec::new().into())).await
    }

    /// Announces a planned close and closes.
    pub(super) async fn say_goodbye(&mut self, reason: &str, code: CloseCode) {
        let seq = self.next_seq();
        let frame = ServerFrame::Goodbye { seq, reason: reason.into(), resume: true };
        if self.send(&frame).await.is_ok() {
            self.close(code, reason).await;
        }
    }

    /// Closes, and waits a little for the other side to do so too: what it has not read yet would be lost
    /// if the connection were reset.
    pub(super) async fn close(&mut self, code: CloseCode, reason: &str) {
        let close = CloseFrame { code: code.code(), reason: reason.to_owned().into() };
        if self.send_message(Message::Close(Some(close))).await.is_ok() {
            let _ = timeout(LINGER, self.hear_out()).await;
        }
    }

    async fn hear_out(&mut self) {
        loop {
            match self.socket.recv().await {
                Some(Ok(_)) => {}
                None => return,
                // What came cannot be read on, and closing over it would be a reset.
                Some(Err(_)) => return tokio::time::sleep(LINGER / 4).await,
            }
        }
    }

    async fn send_message(&mut self, message: Message) -> Result<(), Gone> {
        match timeout(self.patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}
