//! One message of a conversation, in a fixed order: red flags, small talk, what went before, the documents.
//!
//! Every door goes through here, so that a message is read alike with a session and without one. What the
//! cache holds is the documents' answer to the question as read; notice and reading are laid over it.

mod contact;
mod danger;
mod more;
mod offer;
mod telling;

use std::sync::Arc;
use std::time::Instant;

use danger::{danger, stands_alone, with_notice, without_sentence};
use offer::offering;

use super::after::{self, AnswerAfter};
use super::{AskError, Engine};
use crate::answer::{Answer, Citation, Outcome};
use crate::config::{Config, TextsConfig};
use crate::conversation::{
    Act, Acts, Exchange, RedFlag, RedFlags, SmallTalk, Standalone, StandaloneKind, standalone,
};
use crate::retrieve::{Finder, Question};

/// The lists that messages are read with.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) red_flags: RedFlags,
    pub(super) acts: &'static Acts,
}

impl Lists {
    /// The shipped lists with the operator's additions. Loading the settings has told what is wrong with
    /// those; should a file have changed since, the shipped list serves alone.
    pub(super) fn of(config: &Config) -> Self {
        let red_flags = config.safety.red_flags().unwrap_or_else(|problem| {
            tracing::error!(%problem, "additions to the red flags are left out");
            RedFlags::shipped()
        });
        Self { red_flags, acts: Acts::shipped() }
    }
}

/// What goes on with the question before, and what takes up an offer.
const ONWARD: &str = "tell me more";
const CONSENT: &str = "yes please";

/// The most quotes that are looked at for one question, in all its answers together.
const MOST_QUOTED: usize = 12;

/// Answers `question`, asked after `history`.
pub(super) fn answer(
    engine: &Engine,
    history: &[Exchange],
    question: &Question,
) -> Result<Arc<Answer>, AskError> {
    let begun = Instant::now();
    // One generation of the index for all that is looked up.
    let finder = &*engine.finder()?;
    let turn = Turn { engine, finder, history, question, begun };
    let lists = &engine.inner.lists;
    match danger(&lists.red_flags, history, question.text()) {
        Some(flag) => turn.in_danger(&flag),
        None => turn.in_peace(lists.acts),
    }
}

/// A message with all that it is answered by.
struct Turn<'a> {
    engine: &'a Engine,
    finder: &'a Finder,
    history: &'a [Exchange],
    question: &'a Question,
    begun: Instant,
}

impl Turn<'_> {
    /// The answer to a message that tells of danger.
    fn in_danger(&self, flag: &RedFlag) -> Result<Arc<Answer>, AskError> {
        let text = self.question.text();
        if stands_alone(flag, text) {
            return Ok(Arc::new(with_notice(self.engine, flag.kind, self.bare(Outcome::RedFlag, ""))));
        }
        let read = standalone_of(self.history, self.question);
        let mut answer = after::answer(self.engine, self.finder, self.history, self.question, read)?.answer;
        if answer.outcome == Outcome::NotFound
            && let Some(rest) = without_sentence(text, flag.span)
        {
            answer = self.engine.documents_answer(self.finder, &self.reworded(&rest))?;
        }
        let answer = Answer { took: self.begun.elapsed(), ..Answer::clone(&answer) };
        Ok(Arc::new(with_notice(self.engine, flag.kind, answer)))
    }

    /// The answer to any other.
    fn in_peace(&self, acts: &Acts) -> Result<Arc<Answer>, AskError> {
        let (text, texts) = (self.question.text(), &self.engine.config().texts);
        // What was offered is a heading of a document, and no talk.
        let is_plain = self.question.is_as_typed() || offering(self.history, text).is_some();
        let act = if is_plain { Act::Question } else { acts.of(text) };
        let read = read_of(act, self.history, self.question);
        let takes_up = matches!(
            read.kind,
            StandaloneKind::TakesUpOffer | StandaloneKind::GoesOn | StandaloneKind::Ordinal
        );
        let follows = takes_up || read.kind == StandaloneKind::FollowUp;
        if let Some((outcome, text)) = talk(act, texts, takes_up, follows) {
            return Ok(Arc::new(self.bare(outcome, text)));
        }
        if act == Act::Contact {
            return self.handed_over(read).map(Arc::new);
        }
        if read.kind == StandaloneKind::GoesOn {
            let complains = act == Act::SmallTalk(SmallTalk::Complaint);
            let nothing = if complains { &texts.complaint } else { &texts.nothing_more };
            return self.more(read, nothing).map(Arc::new);
        }
        if let Some(answer) = self.pressed(&read.text)? {
            return Ok(Arc::new(answer));
        }
        let may_tell = act == Act::Question && !is_plain && self.is_opening();
        if may_tell && let Some(answer) = self.told(acts)? {
            return Ok(Arc::new(answer));
        }
        self.found(read)
    }

    /// What the documents say on the question, of which the words say that it is to be read as `read`.
    fn found(&self, read: Standalone) -> Result<Arc<Answer>, AskError> {
        let AnswerAfter { read, answer, .. } =
            after::answer(self.engine, self.finder, self.history, self.question, read)?;
        if read == self.question.text() {
            return Ok(answer);
        }
        let read_as = Some(answer.read_as.clone().unwrap_or(read));
        Ok(Arc::new(Answer { read_as, took: self.begun.elapsed(), ..Answer::clone(&answer) }))
    }

    /// Whether nothing was spoken of yet.
    fn is_opening(&self) -> bool {
        self.history.iter().all(|before| before.document.is_none() && before.said().is_none())
    }

    /// The question in other words, none of which is cut off.
    fn reworded(&self, text: &str) -> Question {
        let longest = self.engine.config().answer.max_question_chars.max(text.chars().count());
        self.question.reworded(text, longest)
    }

    /// An answer of nothing but `text`, if that.
    fn bare(&self, outcome: Outcome, text: &str) -> Answer {
        let message = Some(text.to_owned()).filter(|text| !text.is_empty());
        let bare = Answer::bare(outcome, self.finder.snapshot.revision());
        Answer { message, took: self.begun.elapsed(), ..bare }
    }
}

/// `citations`, numbered in this order.
fn ranked(citations: impl Iterator<Item = Citation>) -> Vec<Citation> {
    citations.zip(1..).map(|(one, rank)| Citation { rank, ..one }).collect()
}

/// `question`, which does `act`, as it is to be read after `history`. Who complains of an answer wants another one; "why
/// not" takes up an offer where there is nothing else that it could be about.
fn read_of(act: Act, history: &[Exchange], question: &Question) -> Standalone {
    match act {
        Act::SmallTalk(SmallTalk::Complaint) => standalone(history, ONWARD),
        Act::WhyNot if only_offered(history) => standalone(history, CONSENT),
        _ => standalone_of(history, question),
    }
}

/// Whether the latest answer offered questions and quoted nothing.
fn only_offered(history: &[Exchange]) -> bool {
    let asks = |offered: &String| offered.trim_end().ends_with('?');
    history.last().is_some_and(|last| last.answered.is_none() && last.offered.iter().any(asks))
}

/// `question` as its words alone say that it is to be read after `history`.
pub(super) fn standalone_of(history: &[Exchange], question: &Question) -> Standalone {
    let stands_alone = question.is_as_typed() || question.text().is_empty();
    standalone(if stands_alone { &[] } else { history }, question.text())
}

/// The operator's text where a message wants no passage.
fn talk(act: Act, texts: &TextsConfig, takes_up: bool, follows: bool) -> Option<(Outcome, &str)> {
    let text = match act {
        Act::Question | Act::Contact => return None,
        Act::Here | Act::WhyNot | Act::SmallTalk(SmallTalk::About | SmallTalk::Capabilities) if follows => {
            return None;
        }
        Act::Agree | Act::Decline | Act::SmallTalk(SmallTalk::Acknowledgement | SmallTalk::Complaint)
            if takes_up =>
        {
            return None;
        }
        Act::Handoff => return Some((Outcome::Handoff, &texts.handoff)),
        Act::Here | Act::SmallTalk(SmallTalk::Capabilities) => &texts.capabilities,
        Act::SmallTalk(SmallTalk::Greeting) => &texts.greeting_reply,
        Act::SmallTalk(SmallTalk::Thanks) => &texts.thanks,
        Act::SmallTalk(SmallTalk::Goodbye) => &texts.goodbye,
        Act::SmallTalk(SmallTalk::About) => &texts.about,
        Act::SmallTalk(SmallTalk::Complaint) => &texts.complaint,
        Act::Agree | Act::WhyNot | Act::Decline | Act::SmallTalk(SmallTalk::Acknowledgement) => {
            &texts.acknowledgement
        }
    };
    Some((Outcome::SmallTalk, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(question: &str) -> Exchange {
        Exchange { question: question.to_owned(), ..Exchange::default() }
    }

    #[test]
    fn why_not_takes_up_an_offer_where_nothing_was_quoted() {
        let question = Question::new("why not?", 100).unwrap();
        let offered = vec!["Stents".to_owned(), "What is a stent?".to_owned()];
        let mut last = Exchange { offered, ..asked("may I run with a stent?") };
        let read = read_of(Act::WhyNot, std::slice::from_ref(&last), &question);
        assert_eq!((read.text.as_str(), read.kind), ("What is a stent?", StandaloneKind::TakesUpOffer));
        last.answered = Some("You must not run.".to_owned());
        let read = read_of(Act::WhyNot, &[last], &question);
        assert!(read.text.starts_with("why not?"), "{read:?}");
        assert_eq!(read.kind, StandaloneKind::FollowUp);
    }

    #[test]
    fn a_complaint_goes_on_with_the_question_that_was_answered() {
        let question = Question::new("that is wrong", 100).unwrap();
        let complaint = Act::SmallTalk(SmallTalk::Complaint);
        let mut last = asked("what is a stent?");
        assert_ne!(read_of(complaint, std::slice::from_ref(&last), &question).kind, StandaloneKind::GoesOn);
        last.answered = Some("A stent is a tube.".to_owned());
        let read = read_of(complaint, &[last], &question);
        assert_eq!((read.text.as_str(), read.kind), ("what is a stent?", StandaloneKind::GoesOn));
    }
}
