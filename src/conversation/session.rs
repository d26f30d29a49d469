//! One conversation: what was asked and what was answered, bounded.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::answer::Answer;

/// How much a session remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Turns kept; the oldest is forgotten first.
    pub turns: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { turns: 16 }
    }
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The client's own id of the question, where it gave one.
    pub id: Option<String>,
    /// As typed.
    pub question: String,
    /// As answered.
    pub answer: Arc<Answer>,
}

/// A conversation.
#[derive(Debug, Clone, Default)]
pub struct Session {
    limits: SessionLimits,
    turns: VecDeque<Turn>,
}

impl Session {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new(limits: SessionLimits) -> Self {
        Self { limits, turns: VecDeque::new() }
    }

    /// The answer already given to the question with the client's `id`, while it is remembered.
    #[must_use]
    pub fn recall(&self, id: &str) -> Option<Arc<Answer>> {
        let turn = self.turns.iter().rev().find(|turn| turn.id.as_deref() == Some(id))?;
        Some(Arc::clone(&turn.answer))
    }

    /// Adds a turn and forgets the oldest where there are too many.
    pub fn record(&mut self, turn: Turn) {
        self.turns.push_back(turn);
        while self.turns.len() > self.limits.turns {
            self.turns.pop_front();
        }
    }

    /// The turns remembered, oldest first.
    pub fn turns(&self) -> impl Iterator<Item = &Turn> {
        self.turns.iter()
    }
}
