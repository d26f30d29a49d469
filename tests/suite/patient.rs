//! A client that keeps to the protocol over a connection that does not: it resumes, takes what it missed, and asks
//! again what has no answer yet. It counts what was lost, doubled or out of order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::driver::Socket;

/// Questions under way at once.
const AT_ONCE: usize = 4;
/// Longest silence before a connection is given up as dead.
const SILENCE: Duration = Duration::from_secs(5);

/// What went wrong, and what it took.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) answered: usize,
    pub(crate) connections: usize,
    /// Connections on which a session was not known any more in which something had been said.
    pub(crate) forgotten: usize,
    /// Questions answered more than once.
    pub(crate) doubled: usize,
    /// Frames whose number was not the next one.
    pub(crate) gaps: usize,
    /// Answers that came before that to an earlier question.
    pub(crate) disordered: usize,
}

pub(crate) struct Patient {
    address: String,
    questions: usize,
    asked: usize,
    /// Without an answer yet.
    open: BTreeMap<usize, String>,
    answered: BTreeSet<usize>,
    session: Option<(String, String, u64)>,
    /// Whether anything was answered in it.
    has_said: bool,
    is_put_off: bool,
    /// Put off at least once, and so answered after later ones.
    refused: BTreeSet<usize>,
    tally: Tally,
    /// Answers that this patient and others have got.
    progress: Arc<AtomicUsize>,
}

impl Patient {
    /// Will ask this many questions of the server at `address`.
    pub(crate) fn new(address: &str, questions: usize) -> Self {
        Self {
            address: address.to_owned(),
            questions,
            asked: 0,
            open: BTreeMap::new(),
            answered: BTreeSet::new(),
            session: None,
            has_said: false,
            is_put_off: false,
            refused: BTreeSet::new(),
            tally: Tally::default(),
            progress: Arc::default(),
        }
    }

    /// Counts its answers in `progress` too.
    pub(crate) fn counted_in(self, progress: &Arc<AtomicUsize>) -> Self {
        Self { progress: Arc::clone(progress), ..self }
    }

    /// Talks until every question is answered.
    pub(crate) async fn talk(mut self, question: impl Fn(usize) -> String) -> Tally {
        while self.answered.len() < self.questions {
            // Whatever breaks, the next connection goes on.
            if self.connection(&question).await.is_none() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        self.tally.answered = self.answered.len();
        self.tally
    }

    /// One connection, to its end.
    async fn connection(&mut self, question: &impl Fn(usize) -> String) -> Option<()> {
        let start = if self.session.is_some() { "resume" } else { "new" };
        let url = format!("ws://{}/api/v1/chat?start={start}", self.address);
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "ibid.v1".parse().unwrap());
        let connected = tokio::time::timeout(SILENCE, connect_async(request)).await.ok()?;
        let (mut socket, _) = connected.ok()?;
        self.tally.connections += 1;
        if let Some((session, token, after)) = &self.session {
            let resume = json!({"type": "resume", "session": session, "token": token, "after": after});
            send(&mut socket, &resume).await?;
        }
        let hello = frame(&mut socket).await?;
        assert_eq!(hello["type"], "hello", "{hello}");
        let (seq, last) = (hello["seq"].as_u64().unwrap(), hello["last_seq"].as_u64().unwrap());
        // A session in which nothing was answered may begin anew: nothing is lost with it.
        let is_known = |after| hello["resumed"] == true && after == seq;
        if self.session.as_ref().is_some_and(|(.., after)| !is_known(*after)) {
            self.tally.forgotten += usize::from(self.has_said);
            self.has_said = false;
        }
        let text = |name: &str| hello[name].as_str().unwrap().to_owned();
        self.session = Some((text("session"), text("token"), seq));
        while self.session.as_ref().is_some_and(|(.., after)| *after < last) {
            let frame = frame(&mut socket).await?;
            self.take(&frame);
        }
        for (id, question) in self.open.clone() {
            send(&mut socket, &ask(id, &question)).await?;
        }
        while self.answered.len() < self.questions {
            while self.asked < self.questions && self.open.len() < AT_ONCE {
                let (id, text) = (self.asked, question(self.asked));
                self.asked += 1;
                self.open.insert(id, text.clone());
                send(&mut socket, &ask(id, &text)).await?;
            }
            let frame = frame(&mut socket).await?;
            self.take(&frame);
            if std::mem::take(&mut self.is_put_off) {
                tokio::time::sleep(Duration::from_millis(50)).await;
                return None;
            }
        }
        let _ = socket.close(None).await;
        Some(())
    }

    fn take(&mut self, frame: &Value) {
        if frame["type"] == "status" {
            return;
        }
        let seq = frame["seq"].as_u64().unwrap_or_else(|| panic!("no number: {frame}"));
        if let Some((.., after)) = &mut self.session {
            self.tally.gaps += usize::from(seq != *after + 1);
            *after = seq;
        }
        if frame["type"] == "goodbye" {
            return;
        }
        if frame["type"] == "error" {
            // Asked again, in order, over the next connection.
            assert!(frame["retry_after_ms"].is_number(), "{frame}");
            self.is_put_off = true;
            self.refused.insert(frame["in_reply_to"].as_str().unwrap().parse().unwrap());
            return;
        }
        assert_eq!(frame["type"], "answer", "{frame}");
        let id: usize = frame["in_reply_to"].as_str().unwrap().parse().unwrap();
        let first = self.open.keys().find(|id| !self.refused.contains(id));
        self.tally.disordered += usize::from(first.is_some_and(|first| *first < id));
        self.open.remove(&id);
        self.has_said = true;
        self.tally.doubled += usize::from(!self.answered.insert(id));
        self.progress.fetch_add(1, Ordering::Relaxed);
    }
}

fn ask(id: usize, question: &str) -> Value {
    json!({"type": "ask", "id": id.to_string(), "question": question})
}

async fn send(socket: &mut Socket, frame: &Value) -> Option<()> {
    tokio::time::timeout(SILENCE, socket.send(Message::text(frame.to_string()))).await.ok()?.ok()
}

async fn frame(socket: &mut Socket) -> Option<Value> {
    loop {
        match tokio::time::timeout(SILENCE, socket.next()).await.ok()??.ok()? {
            Message::Text(text) => return serde_json::from_str(&text).ok(),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}
