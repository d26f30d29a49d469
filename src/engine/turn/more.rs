//! Who wants more on the question before gets what its answers have not quoted yet.

use super::super::AskError;
use super::{MOST_QUOTED, Turn, ranked};
use crate::answer::{Answer, Citation, Outcome, is_shown};
use crate::conversation::{Exchange, Standalone};
use crate::document::DocumentId;
use crate::text::Span;

impl Turn<'_> {
    /// What else there is to quote on the question that `read` goes on with: what its answers so far had no room for, and
    /// what else stands in the section that was quoted. Where there is none, the text `nothing`.
    pub(super) fn more(&self, read: Standalone, nothing: &str) -> Result<Answer, AskError> {
        let config = &self.engine.config().answer;
        let asked = self.reworded(&read.text).with_limit(MOST_QUOTED);
        let found = self.engine.respond(self.finder, &asked)?;
        let given = Given::of(&read.text, self.history);
        let is_sure = |one: &Citation| is_shown(config, one.rank - 1, one);
        let is_new = |one: &Citation| !given.quotes(one) && (is_sure(one) || given.is_of_section(one));
        let new = found.considered.into_iter().filter(is_new);
        let citations = ranked(new.take(self.question.limit()));
        let read_as = Some(read.text);
        let Some(confidence) = citations.iter().map(|one| one.confidence).reduce(f32::max) else {
            let bare = self.bare(Outcome::SmallTalk, nothing);
            return Ok(Answer { related: found.answer.related, read_as, ..bare });
        };
        let is_answer = confidence >= config.answered_confidence;
        let outcome = if is_answer { Outcome::Answered } else { Outcome::LowConfidence };
        let mut answer = Answer {
            outcome,
            confidence,
            reason: None,
            read_as,
            citations,
            looked_for: Vec::new(),
            nearest: Vec::new(),
            took: self.begun.elapsed(),
            ..found.answer
        };
        self.engine.tell(&mut answer);
        Ok(answer)
    }
}

/// The answers in a row, up to the latest, that were given to one question.
struct Given<'h> {
    /// The first of them; the latest answer of all where there is none.
    first: Option<&'h Exchange>,
    /// All that they quoted.
    quoted: Vec<&'h (DocumentId, Span)>,
}

impl<'h> Given<'h> {
    /// Those that `history` ends with and that were given to the question `text`.
    fn of(text: &str, history: &'h [Exchange]) -> Self {
        let answers = answers_to(history, text);
        let first = history.iter().rev().nth(answers.saturating_sub(1));
        let quoted = history.iter().rev().take(answers).flat_map(|exchange| &exchange.quoted).collect();
        Self { first, quoted }
    }

    /// Whether any of them quoted some of `citation`.
    fn quotes(&self, citation: &Citation) -> bool {
        let own = &citation.reference;
        self.quoted.iter().any(|(document, span)| *document == own.document && span.overlaps(own.span))
    }

    /// Whether `citation` stands in the section that the first of them quoted.
    fn is_of_section(&self, citation: &Citation) -> bool {
        let own = &citation.reference;
        self.first.is_some_and(|first| {
            let is_same = first.document.as_ref() == Some(&own.document);
            is_same && !first.section.is_empty() && first.section == own.section
        })
    }
}

/// How many answers in a row, up to the latest, were given to the question `text`.
fn answers_to(history: &[Exchange], text: &str) -> usize {
    let is_same = |one: &&Exchange| one.read_as.as_ref().unwrap_or(&one.question) == text;
    history.iter().rev().take_while(is_same).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(question: &str) -> Exchange {
        Exchange { question: question.to_owned(), ..Exchange::default() }
    }

    #[test]
    fn all_answers_in_a_row_to_a_question_are_counted() {
        let again = |question: &str| Exchange { read_as: Some("a?".into()), ..asked(question) };
        let history = [asked("a?"), asked("b?"), again("and it?"), again("thats wrong"), again("more")];
        assert_eq!(answers_to(&history, "a?"), 3);
        assert_eq!(answers_to(&history, "b?"), 0);
    }

    #[test]
    fn what_was_quoted_is_that_of_all_answers_in_a_row() {
        let document = DocumentId::new("a.md").unwrap();
        let quoting = |question: &str, at: usize| Exchange {
            quoted: vec![(document.clone(), Span::new(at, at + 1))],
            ..asked(question)
        };
        let history = [quoting("a?", 1), quoting("b?", 2), quoting("a?", 3), quoting("a?", 4)];
        let given = Given::of("a?", &history);
        assert_eq!(given.first, history.get(2));
        let starts: Vec<usize> = given.quoted.iter().map(|(_, span)| span.start()).collect();
        assert_eq!(starts, [4, 3]);
        assert!(Given::of("c?", &history).quoted.is_empty());
        assert_eq!(Given::of("c?", &history).first, history.last());
    }
}
