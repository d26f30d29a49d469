//! The one place that numbers frames, keeps them, and sends them.
//!
//! A frame is in the log, and on disk where sessions are kept there and anything was said, before the client can
//! see it: whatever a client was told, a later connection knows of.

use std::borrow::Cow;

use axum::extract::ws::{Message, Utf8Bytes};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::chat::Chat;
use super::outgoing::write;
use crate::answer::Answer;
use crate::conversation::{Exchange, Session};
use crate::protocol::{self, HandoffState, Problem, ServerFrame};
use crate::server::app::Door;
use crate::server::chats::{FrameKind, Posting};

/// An answer frame whose answer is passed on unread.
#[derive(Serialize, Deserialize)]
struct AnswerAgain<'a> {
    #[serde(rename = "type")]
    kind: Cow<'a, str>,
    seq: u64,
    in_reply_to: Cow<'a, str>,
    #[serde(borrow)]
    answer: &'a RawValue,
}

impl Chat {
    /// Sends `shown` to the question `id`, to which `answer` was found.
    pub(super) async fn deliver_answer(&mut self, id: &str, shown: &Answer, answer: &Answer) {
        let seq = self.next_seq();
        let exchange = self.state.conversation.lock().await.latest().cloned();
        let exchange = exchange.filter(|_| Session::records(answer));
        let answer = Box::new(protocol::Answer::from(shown));
        let Some(text) = write(&ServerFrame::Answer { seq, in_reply_to: id.into(), answer }) else { return };
        self.deliver(FrameKind::Answer(id.into()), text, exchange).await;
    }

    /// Sends the answer that the question `id` got before, under a new number. False if it is not kept.
    pub(super) async fn deliver_again(&mut self, id: &str) -> bool {
        let Some(before) = self.state.log.answer_to(id).map(|frame| frame.text.clone()) else { return false };
        let seq = self.next_seq();
        let again = serde_json::from_str::<AnswerAgain<'_>>(before.as_str());
        let again = again.and_then(|frame| serde_json::to_string(&AnswerAgain { seq, ..frame }));
        match again {
            Ok(text) => {
                self.deliver(FrameKind::Answer(id.into()), text.into(), None).await;
                true
            }
            Err(error) => {
                tracing::error!(%error, "a kept answer cannot be read");
                false
            }
        }
    }

    /// Refuses a frame; the refusal of a question is numbered.
    pub(super) async fn refuse(&mut self, problem: Problem, in_reply_to: Option<&str>) {
        self.app.metrics.failed(Door::Socket, problem.code);
        let frame = ServerFrame::Error {
            seq: in_reply_to.map(|_| self.next_seq()),
            code: problem.code,
            detail: problem.detail.into(),
            in_reply_to: in_reply_to.map(Cow::Borrowed),
            retry_after_ms: problem.retry_after_ms,
        };
        let Some(text) = write(&frame) else { return };
        match in_reply_to {
            Some(id) => {
                self.inherited.refused(id);
                self.deliver(FrameKind::Refusal(id.into()), text, None).await;
            }
            None => self.send(text).await,
        }
    }

    /// Announces a planned close.
    pub(super) async fn deliver_goodbye(&mut self, reason: &str, resume: bool) {
        let goodbye = ServerFrame::Goodbye { seq: self.next_seq(), reason: reason.into(), resume };
        let Some(text) = write(&goodbye) else { return };
        self.deliver(FrameKind::Other, text, None).await;
    }

    /// Says what a help desk wants said, unless it was said before.
    pub(super) async fn deliver_posting(&mut self, posting: Posting) {
        let Posting { post, done } = posting;
        if !self.state.log.has_desk(&post.key)
            && let Some(text) = post.written(self.next_seq())
        {
            self.state.note_handoff(&post);
            self.deliver(FrameKind::Desk(post.key.into()), text, None).await;
        }
        let _ = done.send(());
    }

    /// Says how far the wish for a person has come.
    pub(super) async fn deliver_handoff(&mut self, state: HandoffState) {
        let Some(text) = write(&ServerFrame::Handoff { seq: self.next_seq(), state }) else { return };
        self.deliver(FrameKind::Other, text, None).await;
    }

    fn next_seq(&self) -> u64 {
        self.state.log.last() + 1
    }

    /// Keeps the frame with the next number, then sends it.
    async fn deliver(&mut self, kind: FrameKind, text: Utf8Bytes, exchange: Option<Exchange>) {
        let seq = self.next_seq();
        let is_inherited = matches!(&kind, FrameKind::Answer(id) if self.inherited.answered(id, seq));
        let kept = self.app.chats.keep(&mut self.state, kind, text.clone(), exchange).await;
        // The answer matters more to who waits for it than that it outlives the server.
        if let Err(error) = kept {
            self.app.metrics.store_failures.inc();
            tracing::error!(error = &error as &dyn std::error::Error, "a frame is not kept on disk");
        }
        self.send(text).await;
        if is_inherited {
            self.probe(seq).await;
        }
    }

    /// Finds out when the client has got frame `seq`: the number comes back with the pong.
    async fn probe(&mut self, seq: u64) {
        self.send_message(Message::Ping(seq.to_be_bytes().to_vec().into())).await;
    }

    /// Sends what is written; drops the connection if the client does not take it, or at once if someone
    /// else wants the session meanwhile.
    pub(super) async fn send(&mut self, text: Utf8Bytes) {
        self.send_message(Message::Text(text)).await;
    }

    async fn send_message(&mut self, message: Message) {
        let Some(link) = &mut self.link else { return };
        let sent = tokio::select! {
            biased;
            sent = link.out.send_message(message) => sent.is_ok(),
            request = self.attachment.wanted() => {
                self.wanted = Some(request);
                false
            }
        };
        if !sent {
            self.link = None;
        }
    }
}
