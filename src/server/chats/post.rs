//! What a help desk says in a chat, whether somebody is connected or not.

use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::table::Place;
use super::{ChatState, Chats, FrameKind, Logged, Unreadable};
use crate::conversation::Exchange;
use crate::protocol::{HandoffState, ServerFrame};
use crate::store::{SavedFrame, StoreError};

/// How long a connection gets to say something.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often it is tried while the session passes from hand to hand.
const ATTEMPTS: usize = 5;

/// Something to say in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Post {
    /// The same for the same: it is said once.
    pub(crate) key: String,
    pub(crate) what: Posted,
}

/// What can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Posted {
    /// Words of a person of the help desk.
    Message(String),
    /// How far the wish for a person has come.
    Handoff(HandoffState),
}

/// A post on its way to a connection.
#[derive(Debug)]
pub(crate) struct Posting {
    pub(crate) post: Post,
    /// Told when it is kept.
    pub(crate) done: oneshot::Sender<()>,
}

/// Why something was not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsaid {
    /// The session is not known any more: it was forgotten, or is past its time.
    Absent,
    /// The disk failed, or nobody who has the session listened: to be tried again.
    Later,
}

impl Post {
    /// The frame, with this number.
    pub(crate) fn written(&self, seq: u64) -> Option<Utf8Bytes> {
        let frame = match &self.what {
            Posted::Message(text) => {
                ServerFrame::Message { seq, author: "agent".into(), text: text.as_str().into() }
            }
            Posted::Handoff(state) => ServerFrame::Handoff { seq, state: *state },
        };
        serde_json::to_string(&frame).ok().map(Utf8Bytes::from)
    }
}

impl ChatState {
    /// Remembers whose the chat is after a post.
    pub(crate) fn note_handoff(&mut self, post: &Post) {
        if let Posted::Handoff(state) = post.what {
            self.handoff = Some(state);
        }
    }
}

impl Chats {
    /// Says `post` in the session, once, to whoever is connected or comes back.
    ///
    /// # Errors
    /// There is no such session any more, or it has to be tried again.
    pub(crate) async fn post(&self, session: &str, post: &Post) -> Result<(), Unsaid> {
        for _ in 0..ATTEMPTS {
            let holder = {
                let table = self.table();
                let entry = table.get(session).filter(|entry| !self.is_over(entry));
                entry.map(|entry| entry.holder().cloned())
            };
            match holder {
                None => {
                    self.load(session).await.map_err(|Unreadable| Unsaid::Later)?;
                    if self.table().get(session).is_none_or(|entry| self.is_over(entry)) {
                        return Err(Unsaid::Absent);
                    }
                }
                Some(None) => {
                    if self.post_resting(session, post).await {
                        return Ok(());
                    }
                }
                Some(Some(holder)) => {
                    let (done, said) = oneshot::channel();
                    let posting = Posting { post: post.clone(), done };
                    let sent = timeout(PATIENCE, holder.posts.send(posting)).await;
                    if matches!(sent, Ok(Ok(()))) && matches!(timeout(PATIENCE, said).await, Ok(Ok(()))) {
                        return Ok(());
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(Unsaid::Later)
    }

    /// Says it where nobody is connected. False if somebody is by now.
    async fn post_resting(&self, session: &str, post: &Post) -> bool {
        let (attachment, holder) = self.attachment();
        let mut state = {
            let mut table = self.table();
            if !table.get(session).is_some_and(super::table::Entry::is_resting) {
                return false;
            }
            match table.attach(session, attachment.number, holder) {
                Some(Place::Resting(state)) => state,
                _ => return false,
            }
        };
        if !state.log.has_desk(&post.key)
            && let Some(text) = post.written(state.log.last() + 1)
        {
            state.note_handoff(post);
            let kind = FrameKind::Desk(post.key.as_str().into());
            if let Err(error) = self.keep(&mut state, kind, text, None).await {
                self.note_failure(&error, "a frame is not kept on disk");
            }
        }
        self.rest(state, attachment).await;
        true
    }

    /// Keeps a frame with the next number: in the session's log, and on disk where sessions are kept there. A session
    /// comes to the disk when something is said in it or a person asked for, with all that it has; whoever sends
    /// nothing but what is refused leaves nothing there.
    ///
    /// # Errors
    /// The disk; the frame is in the log all the same.
    pub(crate) async fn keep(
        &self,
        state: &mut ChatState,
        kind: FrameKind,
        text: Utf8Bytes,
        mut exchange: Option<Exchange>,
    ) -> Result<(), StoreError> {
        let says = kind.says_something() || state.is_handed_over() == Some(true);
        state.log.push(Logged { kind, text });
        let Some(store) = self.store().filter(|_| says || state.is_stored) else { return Ok(()) };
        let last = state.log.last();
        let unwritten = state.log.numbered(if state.is_stored { last } else { 0 });
        let frames = unwritten.map(|(seq, frame)| SavedFrame {
            seq,
            in_reply_to: frame.kind.saved(),
            is_answer: matches!(frame.kind, FrameKind::Answer(_)),
            text: frame.text.to_string(),
            exchange: if seq == last { exchange.take() } else { None },
        });
        store.append(state.head(), frames.collect(), state.log.oldest()).await?;
        state.is_stored = true;
        Ok(())
    }
}
