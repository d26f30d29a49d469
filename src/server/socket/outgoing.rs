//! The sending half of a chat socket: bounds the wait, closes.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use tokio::time::timeout;

use crate::protocol::{CloseCode, ServerFrame};

/// How long the other side gets to close in its turn.
const LINGER: Duration = Duration::from_secs(1);

/// The client is gone or does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone;

/// A socket, and how long it may take to take a frame.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) socket: WebSocket,
    patience: Duration,
}

impl Outgoing {
    /// Each frame must be taken within `patience`.
    pub(super) fn new(socket: WebSocket, patience: Duration) -> Self {
        Self { socket, patience }
    }

    /// Sends a frame that has no number.
    pub(super) async fn send(&mut self, frame: &ServerFrame<'_>) -> Result<(), Gone> {
        self.send_message(Message::Text(write(frame).ok_or(Gone)?)).await
    }

    /// Sends a ping of the WebSocket itself, which browsers answer without the page's help.
    pub(super) async fn ping(&mut self) -> Result<(), Gone> {
        self.send_message(Message::Ping(Vec::new().into())).await
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

    /// Sends any message.
    pub(super) async fn send_message(&mut self, message: Message) -> Result<(), Gone> {
        match timeout(self.patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }
}

/// A frame as it goes over the wire.
pub(super) fn write(frame: &ServerFrame<'_>) -> Option<Utf8Bytes> {
    match serde_json::to_string(frame) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!(%error, "cannot write a frame");
            None
        }
    }
}
