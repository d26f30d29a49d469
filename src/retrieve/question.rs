//! What a person typed.

use crate::document::DocumentId;

/// A question as typed: trimmed and bounded. It may be empty, which is answered as such.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    text: String,
    limit: usize,
    document: Option<DocumentId>,
    is_as_typed: bool,
}

/// A question that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuestion {
    /// Over the limit.
    #[error("the question has {chars} characters, {max} are allowed")]
    TooLong {
        /// What came.
        chars: usize,
        /// What is allowed.
        max: usize,
    },
}

/// A line of at least so many characters may have been broken to fit.
const WRAPPED: usize = 60;

/// How many quotes an answer holds when nobody says.
pub const DEFAULT_LIMIT: usize = 3;

impl Question {
    /// Accepts `text` of at most `max_chars` characters after trimming. Control characters become spaces, and so do line
    /// breaks within a wrapped paragraph; those that end something stay.
    ///
    /// # Errors
    /// [`InvalidQuestion::TooLong`].
    pub fn new(text: &str, max_chars: usize) -> Result<Self, InvalidQuestion> {
        let text = with_real_breaks(text.trim());
        let chars = text.chars().count();
        if chars > max_chars {
            return Err(InvalidQuestion::TooLong { chars, max: max_chars });
        }
        Ok(Self { text, limit: DEFAULT_LIMIT, document: None, is_as_typed: false })
    }

    /// The same question for at most `limit` results, at least one.
    #[must_use]
    pub fn with_limit(self, limit: usize) -> Self {
        Self { limit: limit.max(1), ..self }
    }

    /// The same question of one document.
    #[must_use]
    pub fn within(self, document: DocumentId) -> Self {
        Self { document: Some(document), ..self }
    }

    /// The same question, its words taken as they are: spelling not mended, nothing left out.
    #[must_use]
    pub fn as_typed(self, is_as_typed: bool) -> Self {
        Self { is_as_typed, ..self }
    }

    /// The same wish with other words, of at most as many characters as `max_chars`; more are cut off.
    #[must_use]
    pub fn reworded(&self, text: &str, max_chars: usize) -> Self {
        let text: String = text.trim().chars().take(max_chars).collect();
        Self { text, ..self.clone() }
    }

    /// As typed, trimmed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many results are wanted at most.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Whether the words are to be taken as they are.
    #[must_use]
    pub const fn is_as_typed(&self) -> bool {
        self.is_as_typed
    }

    /// The one document to ask, if any.
    #[must_use]
    pub const fn document(&self) -> Option<&DocumentId> {
        self.document.as_ref()
    }
}

/// `text` without control characters, its lines put together where one was only broken to fit.
fn with_real_breaks(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut before: Option<&str> = None;
    for line in text.split('\n') {
        if let Some(before) = before {
            let before = before.trim_end();
            let ends = before.chars().count() < WRAPPED || before.ends_with(['.', '!', '?', ':', ';']);
            kept.push(if ends { '\n' } else { ' ' });
        }
        kept.extend(line.chars().map(|c| if c.is_control() { ' ' } else { c }));
        before = Some(line);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_broken_to_fit_goes_on_and_a_short_one_ends() {
        let text = |message: &str| Question::new(message, 1000).unwrap().text().to_owned();
        assert_eq!(text("No fever\nChest pain since six\r\n"), "No fever\nChest pain since six");
        let wrapped =
            "I have had this cast since Monday and I would like to know whether\nI may swim.\nThanks";
        let whole = "I have had this cast since Monday and I would like to know whether I may swim.\nThanks";
        assert_eq!(text(wrapped), whole);
    }

    #[test]
    fn a_question_is_trimmed_and_bounded_in_characters() {
        assert_eq!(Question::new(" \u{e9}t\u{e9}\n", 3).unwrap().text(), "\u{e9}t\u{e9}");
        assert_eq!(Question::new("four", 3), Err(InvalidQuestion::TooLong { chars: 4, max: 3 }));
        assert_eq!(Question::new("a\u{0}b", 9).unwrap().text(), "a b");
    }
}
