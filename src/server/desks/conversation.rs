//! How a conversation at a desk stands, as it is kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::channel::OPENED;
use crate::adapters::{Adapter, Step};
use crate::conversation::{Exchange, Session, SessionLimits};
use crate::store::{DeliveryFile, NewStep, StoreError};

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
    /// Number of the last event that had come when it became a person's.
    #[serde(default)]
    pub(super) taken_after: u64,
}

impl State {
    /// As it is kept under this name; one that is damaged begins anew.
    ///
    /// # Errors
    /// The disk.
    pub(super) fn load(file: &DeliveryFile, desk: &str, name: &str) -> Result<Self, StoreError> {
        match file.conversation(desk, name) {
            Err(StoreError::Damaged { .. }) => Ok(Self::default()),
            other => other.map(|bytes| Self::read(bytes.as_deref())),
        }
    }

    fn read(bytes: Option<&[u8]>) -> Self {
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

/// A step, and what its adapter needs to know of the event that it follows from: by the time that it is sent another
/// may have written in the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptStep {
    pub(super) step: Step,
    /// Null where it follows from none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(super) details: Value,
}

impl KeptStep {
    /// None where it is damaged or another version's. A step alone is kept with nothing.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let alone = |_| serde_json::from_slice(bytes).map(|step| Self { step, details: Value::Null });
        serde_json::from_slice(bytes).or_else(alone).ok()
    }

    pub(super) const fn is_open(&self) -> bool {
        matches!(self.step, Step::Open { .. })
    }
}

/// A step of a conversation as it is kept.
pub(super) fn stored_step(
    adapter: &dyn Adapter,
    conversation: &str,
    step: Step,
    details: &Value,
) -> Option<NewStep> {
    let own = match &step {
        Step::Open { content, .. } => Some(own_key(OPENED, &adapter.shown(content))),
        step => said(adapter, step).map(|text| own_key(conversation, &text)),
    };
    let is_reply = step.is_reply();
    let payload = serde_json::to_vec(&KeptStep { step, details: details.clone() }).ok()?;
    Some(NewStep { is_reply, own, payload })
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
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_of_ours_is_known_whatever_a_desk_makes_of_its_marks() {
        assert_eq!(own_key("1", "a \u{201c}b\u{201d}\n\u{2014} c"), own_key("1", "> a b c"));
        assert_ne!(own_key("1", "a"), own_key("2", "a"));
        assert_ne!(own_key("1", "a"), own_key("1", "b"));
    }

    #[test]
    fn a_step_comes_back_with_its_details_and_one_that_was_kept_alone_without() {
        for step in [Step::HandOver, Step::Forward { text: "hello".into() }] {
            let kept = KeptStep { step: step.clone(), details: json!({ "from": "Anna" }) };
            assert_eq!(KeptStep::read(&serde_json::to_vec(&kept).unwrap()), Some(kept));
            let alone = KeptStep::read(&serde_json::to_vec(&step).unwrap());
            assert_eq!(alone, Some(KeptStep { step, details: Value::Null }));
        }
        assert_eq!(KeptStep::read(b""), None);
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
