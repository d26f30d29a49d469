//! One message of a conversation, in a fixed order: red flags, small talk, what went before, the documents.
//!
//! Every door goes through here, so that a message is read alike with a session and without one. What the
//! cache holds is the documents' answer to the question as read; notice and reading are laid over it.

use std::sync::Arc;
use std::time::Instant;

use super::after::{self, AnswerAfter};
use super::{AskError, Engine};
use crate::answer::{Answer, Citation, NotFoundReason, NoticeKind, Outcome, is_shown};
use crate::config::TextsConfig;
use crate::conversation::{
    Act, Acts, Exchange, RedFlag, RedFlags, SmallTalk, Standalone, StandaloneKind, standalone,
};
use crate::retrieve::{Finder, Question};
use crate::text::Span;
use crate::text::language::{Language, other_than};

/// The lists that messages are read with.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) red_flags: RedFlags,
    pub(super) acts: &'static Acts,
}

impl Lists {
    /// The shipped lists with the operator's additions. Loading the settings has told what is wrong with
    /// those; should a file have changed since, the shipped list serves alone.
    pub(super) fn of(config: &crate::config::Config) -> Self {
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
    let (lists, texts) = (&engine.inner.lists, &engine.config().texts);
    let flag = red_flag(&lists.red_flags, question.text());
    if flag.as_ref().is_some_and(|flag| stands_alone(flag, question.text())) {
        let alone = bare(finder, Outcome::RedFlag, "", begun);
        return Ok(Arc::new(with_notice(engine, NoticeKind::Crisis, alone)));
    }
    let is_plain = flag.is_some() || question.is_as_typed();
    let act = if is_plain { Act::Question } else { lists.acts.of(question.text()) };
    let read = read_of(act, history, question);
    let takes_up =
        matches!(read.kind, StandaloneKind::TakesUpOffer | StandaloneKind::GoesOn | StandaloneKind::Ordinal);
    let follows = takes_up || read.kind == StandaloneKind::FollowUp;
    if let Some((outcome, text)) = talk(act, texts, takes_up, follows) {
        return Ok(Arc::new(bare(finder, outcome, text, begun)));
    }
    if read.kind == StandaloneKind::GoesOn && flag.is_none() {
        let nothing =
            if act == Act::SmallTalk(SmallTalk::Complaint) { &texts.complaint } else { &texts.nothing_more };
        return more(engine, finder, history, question, read, nothing, begun).map(Arc::new);
    }
    let AnswerAfter { read, mut answer, .. } = after::answer(engine, finder, history, question, read)?;
    let Some(flag) = flag else {
        if read == question.text() {
            return Ok(answer);
        }
        let read_as = Some(answer.read_as.clone().unwrap_or(read));
        return Ok(Arc::new(Answer { read_as, took: begun.elapsed(), ..Answer::clone(&answer) }));
    };
    if answer.outcome == Outcome::NotFound
        && let Some(rest) = without_sentence(question.text(), flag.span)
    {
        let longest = engine.config().answer.max_question_chars.max(question.text().chars().count());
        answer = engine.documents_answer(finder, &question.reworded(&rest, longest))?;
    }
    let answer = Answer { took: begun.elapsed(), ..Answer::clone(&answer) };
    Ok(Arc::new(with_notice(engine, flag.kind, answer)))
}

/// Whether the notice is all that is shown: to somebody in despair who asks nothing, a quote that shares a word is worse
/// than none ("kills the cancer cells").
fn stands_alone(flag: &RedFlag, text: &str) -> bool {
    flag.kind == NoticeKind::Crisis && !text.contains('?')
}

/// `answer` beside the operator's notice. To somebody in danger nothing else is offered, and what was put in the place of
/// the words is not told.
fn with_notice(engine: &Engine, kind: NoticeKind, mut answer: Answer) -> Answer {
    if answer.outcome == Outcome::NotFound {
        answer.message = None;
    }
    answer.read_as = None;
    answer.related.clear();
    answer.reason = None;
    answer.looked_for.clear();
    answer.nearest.clear();
    answer.outcome = Outcome::RedFlag;
    answer.notice = Some(engine.config().safety.notice(kind));
    answer
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

/// The danger that `text` tells of, with its lines apart or, as what one line denies goes on in the next, together.
fn red_flag(red_flags: &RedFlags, text: &str) -> Option<RedFlag> {
    let together = || text.contains('\n').then(|| red_flags.detect(&text.replace('\n', " "))).flatten();
    red_flags.detect(text).or_else(together)
}

/// What else there is to quote on the question that `read` goes on with: what its answers so far had no room for, and
/// what else stands in the section that was quoted. Where there is none, the text `nothing`.
fn more(
    engine: &Engine,
    finder: &Finder,
    history: &[Exchange],
    question: &Question,
    read: Standalone,
    nothing: &str,
    begun: Instant,
) -> Result<Answer, AskError> {
    let config = engine.config();
    let longest = config.answer.max_question_chars.max(read.text.chars().count());
    let asked = question.reworded(&read.text, longest).with_limit(MOST_QUOTED);
    let found = engine.respond(finder, &asked)?;
    let given = answers_to(history, &read.text);
    // The answer that all of these go on from.
    let last = history.iter().rev().nth(given.saturating_sub(1));
    let is_sure = |one: &Citation| is_shown(&config.answer, one.rank - 1, one);
    let reads_on = |one: &Citation| {
        last.is_some_and(|last| {
            let same = last.document.as_ref() == Some(&one.reference.document);
            same && !last.section.is_empty() && last.section == one.reference.section
        })
    };
    let quoted: Vec<_> = history.iter().rev().take(given).flat_map(|exchange| &exchange.quoted).collect();
    let was_quoted = |one: &Citation| {
        let own = &one.reference;
        quoted.iter().any(|(document, span)| *document == own.document && span.overlaps(own.span))
    };
    let new = found.considered.iter().filter(|one| !was_quoted(one) && (is_sure(one) || reads_on(one)));
    let page = new.take(question.limit()).cloned();
    let citations: Vec<Citation> = page.zip(1..).map(|(one, rank)| Citation { rank, ..one }).collect();
    let Some(confidence) = citations.iter().map(|one| one.confidence).reduce(f32::max) else {
        let bare = bare(finder, Outcome::SmallTalk, nothing, begun);
        return Ok(Answer { related: found.answer.related, read_as: Some(read.text), ..bare });
    };
    let is_answer = confidence >= config.answer.answered_confidence;
    let outcome = if is_answer { Outcome::Answered } else { Outcome::LowConfidence };
    let read_as = Some(read.text);
    let mut answer = Answer {
        outcome,
        confidence,
        reason: None,
        read_as,
        citations,
        took: begun.elapsed(),
        ..found.answer
    };
    answer.looked_for.clear();
    answer.nearest.clear();
    engine.tell(&mut answer);
    Ok(answer)
}

/// How many answers in a row, up to the latest, were given to the question `text`.
fn answers_to(history: &[Exchange], text: &str) -> usize {
    let is_same = |one: &&Exchange| one.read_as.as_ref().unwrap_or(&one.question) == text;
    history.iter().rev().take_while(is_same).count()
}

/// `question` as its words alone say that it is to be read after `history`.
pub(super) fn standalone_of(history: &[Exchange], question: &Question) -> Standalone {
    let stands_alone = question.is_as_typed() || question.text().is_empty();
    standalone(if stands_alone { &[] } else { history }, question.text())
}

/// `text` without the sentence that `span` stands in; `None` where nothing else is left. A question beside
/// a cry for help is answered by its own words.
fn without_sentence(text: &str, span: Span) -> Option<String> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '\n');
    let (before, after) = (text.get(..span.start())?, text.get(span.end()..)?);
    let before = before.rfind(ends).and_then(|at| before.get(..=at)).unwrap_or_default();
    let after = after.find(ends).and_then(|at| after.get(at + 1..)).unwrap_or_default();
    let rest = format!("{} {}", before.trim(), after.trim());
    let rest = rest.trim();
    rest.contains(char::is_alphanumeric).then(|| rest.to_owned())
}

/// The operator's text where a message wants no passage.
fn talk(act: Act, texts: &TextsConfig, takes_up: bool, follows: bool) -> Option<(Outcome, &str)> {
    let text = match act {
        Act::Question => return None,
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

/// The reason and text where a question in another language found nothing.
pub(super) fn in_other_language(
    question: &Question,
    documents: Language,
    texts: &TextsConfig,
    answer: &mut Answer,
) {
    let unsure = matches!(answer.outcome, Outcome::NotFound | Outcome::LowConfidence);
    if !unsure
        || answer.reason == Some(NotFoundReason::Empty)
        || other_than(documents, question.text()).is_none()
    {
        return;
    }
    answer.outcome = Outcome::NotFound;
    answer.reason = Some(NotFoundReason::Language);
    answer.citations.clear();
    answer.related.clear();
    answer.nearest.clear();
    answer.message = Some(texts.other_language.clone()).filter(|text| !text.is_empty());
}

/// An answer of nothing but `text`, if that.
fn bare(finder: &Finder, outcome: Outcome, text: &str, begun: Instant) -> Answer {
    let message = Some(text.to_owned()).filter(|text| !text.is_empty());
    Answer { message, took: begun.elapsed(), ..Answer::bare(outcome, finder.snapshot.revision()) }
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

    #[test]
    fn all_answers_in_a_row_to_a_question_are_counted() {
        let again = |question: &str| Exchange { read_as: Some("a?".into()), ..asked(question) };
        let history = [asked("a?"), asked("b?"), again("and it?"), again("thats wrong"), again("more")];
        assert_eq!(answers_to(&history, "a?"), 3);
        assert_eq!(answers_to(&history, "b?"), 0);
    }
}
