//! How a conversation at a desk stands, as it is kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::channel::OPENED;
use crate::adapters::{Adapter, Step};
use crate::conversation::{Exchange, Session, SessionLimits};
use crate::store::NewStep;

/// Whose a conversation is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Owner {
    /// Ibid's.
    #[default]
    Ibid,
    /// A person's: Ibid is silent.
    Person,
}

/// What is remembered of a conversation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) owner: Owner,
    /// Answers in a row that did not help.
    pub(super) misses: u32,
    pub(super) exchanges: Vec<Exchange>,
    /// What the adapter needs to know to reply.
    pub(super) details: Value,
    /// The desk's own name for a conversation that was opened under ours.
    #[serde(default)]
    pub(super) moved_to: Option<String>,
    /// Whether the patient of our own chat knows that a person is there.
    #[serde(default)]
    pub(super) is_accepted: bool,
}

impl State {
    pub(super) fn read(bytes: Option<&[u8]>) -> Self {
        let read = bytes.map(serde_json::from_slice).transpose();
        read.unwrap_or_else(|error| {
            tracing::error!(%error, "a conversation of a desk cannot be read and begins anew");
            None
        })
        .unwrap_or_default()
    }

    pub(super) fn written(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    pub(super) fn session(&self) -> Session {
        let mut session = Session::new(SessionLimits::default());
        self.exchanges.iter().cloned().for_each(|exchange| session.restore(exchange));
        session
    }

    /// Begins anew, as Ibid's.
    pub(super) fn give_back(&mut self) {
        self.owner = Owner::Ibid;
        self.misses = 0;
    }
}

/// A name for a text of ours in a conversation, by its letters and digits alone: desks change the rest.
pub(super) fn own_key(conversation: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(conversation.as_bytes());
    hash.update([0]);
    hash.update(letters(text).as_bytes());
    format!("own {}", hex::encode(hash.finalize()))
}

/// A step of a conversation as it is kept.
pub(super) fn stored_step(adapter: &dyn Adapter, conversation: &str, step: &Step) -> Option<NewStep> {
    let own = match step {
        Step::Open { content, .. } => Some(own_key(OPENED, &adapter.shown(content))),
        _ => said(adapter, step).map(|text| own_key(conversation, &text)),
    };
    Some(NewStep { is_reply: step.is_reply(), own, payload: serde_json::to_vec(step).ok()? })
}

/// What a step says in a conversation, as the desk shows it.
pub(super) fn said(adapter: &dyn Adapter, step: &Step) -> Option<String> {
    match step {
        Step::Reply { content, .. } | Step::Note { content, .. } => Some(adapter.shown(content)),
        Step::Forward { text } => Some(text.clone()),
        Step::Open { .. } | Step::HandOver | Step::Assign | Step::Typing => None,
    }
}

/// Letters and digits of a text.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_ours_is_known_whatever_a_desk_makes_of_its_marks() {
        assert_eq!(own_key("1", "a \u{201c}b\u{201d}\n\u{2014} c"), own_key("1", "> a b c"));
        assert_ne!(own_key("1", "a"), own_key("2", "a"));
        assert_ne!(own_key("1", "a"), own_key("1", "b"));
    }

    #[test]
    fn a_state_comes_back_as_it_was() {
        let exchange = Exchange { question: "why?".into(), ..Exchange::default() };
        let state = State { owner: Owner::Person, misses: 2, exchanges: vec![exchange], ..State::default() };
        let again = State::read(state.written().as_deref());
        assert_eq!((again.owner, again.misses, again.exchanges), (Owner::Person, 2, state.exchanges));
        assert_eq!(State::read(Some(b"{")).owner, Owner::Ibid);
    }
}
