//! One conversation: what was asked and what became of it, bounded.

use std::collections::VecDeque;

use super::follow_up::Exchange;
use crate::answer::{Answer, Outcome};

/// How much a session remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Exchanges kept; the oldest is forgotten first.
    pub exchanges: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { exchanges: 16 }
    }
}

/// A conversation.
#[derive(Debug, Clone, Default)]
pub struct Session {
    limits: SessionLimits,
    exchanges: VecDeque<Exchange>,
}

impl Session {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new(limits: SessionLimits) -> Self {
        Self { limits, exchanges: VecDeque::new() }
    }

    /// Adds what was asked and answered, and forgets the oldest where there is too much. Small talk, and the wish for a
    /// person beside which nothing is quoted, are nothing that a question could lean on.
    pub fn record(&mut self, question: &str, answer: &Answer) {
        if Self::records(answer) {
            self.restore(exchange(question, answer));
        }
    }

    /// Whether a message with this answer belongs to what was asked and answered.
    #[must_use]
    pub const fn records(answer: &Answer) -> bool {
        match answer.outcome {
            Outcome::SmallTalk => false,
            Outcome::Handoff => !answer.citations.is_empty(),
            _ => true,
        }
    }

    /// Adds an exchange of a conversation that was kept elsewhere.
    pub fn restore(&mut self, exchange: Exchange) {
        self.exchanges.push_back(exchange);
        while self.exchanges.len() > self.limits.exchanges {
            self.exchanges.pop_front();
        }
    }

    /// What was asked and answered so far, oldest first, without small talk.
    #[must_use]
    pub fn exchanges(&mut self) -> &[Exchange] {
        self.exchanges.make_contiguous()
    }

    /// The latest exchange.
    #[must_use]
    pub fn latest(&self) -> Option<&Exchange> {
        self.exchanges.back()
    }
}

fn exchange(question: &str, answer: &Answer) -> Exchange {
    let first = answer.citations.first();
    let quotes = answer.citations.iter();
    let places = quotes.clone().map(|citation| &citation.reference);
    let lists = quotes.map(|citation| citation.quote.lines().filter_map(item).map(str::to_owned).collect());
    Exchange {
        question: question.to_owned(),
        read_as: answer.read_as.clone(),
        section: first.map(|citation| citation.reference.section.clone()).unwrap_or_default(),
        document: first.map(|citation| citation.reference.document.clone()),
        answered: first.map(|citation| citation.quote.clone()),
        offered: answer.related.clone(),
        listed: lists.into_iter().find(|items: &Vec<String>| items.len() > 1).unwrap_or_default(),
        quoted: places.map(|place| (place.document.clone(), place.span)).collect(),
        notice: answer.notice.as_ref().map(|notice| notice.title.clone()),
        is_unsure: answer.outcome == Outcome::LowConfidence,
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
    fn a_caution_is_remembered_and_a_person_wished_for_only_with_a_quote() {
        let mut session = Session::new(SessionLimits::default());
        session.record("get me a nurse", &Answer::bare(Outcome::Handoff, ""));
        session.record("thanks", &Answer::bare(Outcome::SmallTalk, ""));
        assert_eq!(session.latest(), None);
        for (outcome, is_unsure) in [(Outcome::LowConfidence, true), (Outcome::Answered, false)] {
            session.record("is it safe?", &Answer::bare(outcome, ""));
            assert_eq!(session.latest().map(|last| last.is_unsure), Some(is_unsure));
        }
    }

    #[test]
    fn items_are_told_from_lines() {
        assert_eq!(item("- one"), Some("one"));
        assert_eq!(item("  12. two "), Some("two"));
        for line in ["text", "-5 degrees", "2023 was", "- ", "3.5 mg"] {
            assert_eq!(item(line), None, "{line}");
        }
    }
}
