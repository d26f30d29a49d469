//! What of a chat outlives its connection.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;

use super::log::{FrameKind, FrameLog, Logged};
use super::token::TokenHash;
use crate::answer::Answer;
use crate::config::SessionsConfig;
use crate::conversation::Session;
use crate::engine::AskError;
use crate::protocol::{AskFrame, HandoffState, StatusState};
use crate::server::pool::Ticket;
use crate::server::sessions::{SharedSession, new_session};
use crate::server::unanswered::Judgeable;
use crate::store::{SavedFrame, SavedSession, SessionHead};

/// A question that arrived.
pub(crate) struct Asked {
    pub(crate) frame: AskFrame,
    pub(crate) at: Instant,
    /// Whether it came before a person was asked for, and so is answered although a person has the chat by now.
    pub(crate) precedes_handoff: bool,
}

/// The question that is being answered.
pub(crate) struct Running {
    pub(crate) asked: Asked,
    pub(crate) ticket: Ticket<Result<Arc<Answer>, AskError>>,
    /// The state last told, and when it was last looked at.
    pub(crate) told: Option<(StatusState, Instant)>,
}

/// A session: who may go on with it, what was said, and what is still to be said.
pub(crate) struct ChatState {
    pub(crate) id: String,
    pub(crate) token_hash: TokenHash,
    pub(crate) origin: Option<String>,
    /// Seconds since 1970.
    pub(crate) began: u64,
    pub(crate) conversation: SharedSession,
    pub(crate) log: FrameLog,
    pub(crate) running: Option<Running>,
    pub(crate) waiting: VecDeque<Asked>,
    /// Numbers of the answers that have been judged.
    pub(crate) judged: BTreeSet<u64>,
    /// Questions of the latest answers by the answer's number, where those that were asked in vain are kept. Forgotten with
    /// the connection.
    pub(crate) judgeable: BTreeMap<u64, Judgeable>,
    /// How far it has come on its way to a person of a help desk, as far as that is known.
    pub(crate) handoff: Option<HandoffState>,
    /// Whether its frames are on disk, from the oldest that is kept.
    pub(super) is_stored: bool,
}

impl ChatState {
    /// A session in which nothing was said.
    pub(super) fn new(head: SessionHead, config: &SessionsConfig) -> Self {
        Self {
            id: head.id,
            token_hash: TokenHash::from_bytes(head.token_hash),
            origin: head.origin,
            began: head.began,
            conversation: new_session(),
            log: FrameLog::new(config.max_frames, config.max_frame_bytes),
            running: None,
            waiting: VecDeque::new(),
            judged: BTreeSet::new(),
            judgeable: BTreeMap::new(),
            handoff: head.waits.then_some(HandoffState::Requested),
            is_stored: false,
        }
    }

    /// Whether a person of a help desk has it or is wanted, as far as that is known.
    pub(crate) fn is_handed_over(&self) -> Option<bool> {
        self.handoff.map(|state| state != HandoffState::Closed)
    }

    /// A session as it was kept on disk.
    pub(super) fn restored(saved: SavedSession, config: &SessionsConfig) -> Self {
        let mut state = Self::new(saved.head, config);
        state.is_stored = true;
        let mut session = Session::default();
        let first = saved.frames.first().map_or(2, |frame| frame.seq);
        state.log.begin_after(first.saturating_sub(1).max(1));
        for SavedFrame { in_reply_to, is_answer, text, exchange, .. } in saved.frames {
            let kind = FrameKind::of_saved(in_reply_to, is_answer);
            state.log.push(Logged { kind, text: text.into() });
            exchange.into_iter().for_each(|exchange| session.restore(exchange));
        }
        state.conversation = Arc::new(tokio::sync::Mutex::new(session));
        state
    }

    /// As it is kept on disk.
    pub(crate) fn head(&self) -> SessionHead {
        SessionHead {
            id: self.id.clone(),
            token_hash: self.token_hash.bytes(),
            origin: self.origin.clone(),
            began: self.began,
            waits: self.is_handed_over() == Some(true),
        }
    }

    /// Notes that a person was asked for: what is still to be answered came before.
    pub(crate) fn note_asked_for_person(&mut self) {
        let running = self.running.iter_mut().map(|running| &mut running.asked);
        running.chain(self.waiting.iter_mut()).for_each(|asked| asked.precedes_handoff = true);
    }

    /// Whether nothing is left to do without a connection.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.running.is_none() && self.waiting.is_empty()
    }

    /// Ids of the questions that wait or are being answered.
    pub(crate) fn pending(&self) -> impl Iterator<Item = String> {
        let running = self.running.iter().map(|running| &running.asked);
        running.chain(self.waiting.iter()).map(|asked| asked.frame.id.clone())
    }
}
