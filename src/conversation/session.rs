//! One conversation: what was asked and what was answered, bounded.

use std::collections::VecDeque;
use std::sync::Arc;

use super::followup::Exchange;
use crate::answer::{Answer, Outcome};

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

    /// What was asked and answered so far, oldest first, without small talk.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        let asked = self
            .turns
            .iter()
            .filter(|turn| !matches!(turn.answer.outcome, Outcome::SmallTalk | Outcome::Handoff));
        asked.map(exchange).collect()
    }

    /// The turns remembered, oldest first.
    pub fn turns(&self) -> impl Iterator<Item = &Turn> {
        self.turns.iter()
    }
}

fn exchange(turn: &Turn) -> Exchange {
    let first = turn.answer.citations.first();
    let quotes = turn.answer.citations.iter();
    let lists = quotes.map(|citation| citation.quote.lines().filter_map(item).map(str::to_owned).collect());
    Exchange {
        question: turn.question.clone(),
        read_as: turn.answer.read_as.clone(),
        subject: first.and_then(|citation| citation.reference.section.last().cloned()),
        document: first.map(|citation| citation.reference.document.clone()),
        answered: first.map(|citation| citation.quote.clone()),
        offered: turn.answer.related.clone(),
        listed: lists.into_iter().find(|items: &Vec<String>| items.len() > 1).unwrap_or_default(),
    }
}

/// The text of a line that is an item of a list.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let marked = line.strip_prefix(['-', '*', '+', '\u{2022}']).or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < line.len()).then(|| rest.strip_prefix(['.', ')'])).flatten()
    });
    marked.filter(|rest| rest.starts_with(' ')).map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_from_lines() {
        assert_eq!(item("- one"), Some("one"));
        assert_eq!(item("  12. two "), Some("two"));
        for line in ["text", "-5 degrees", "2023 was", "- ", "3.5 mg"] {
            assert_eq!(item(line), None, "{line}");
        }
    }
}
