//! One message of a conversation, in a fixed order: red flags, small talk, what went before, the documents.
//!
//! Every door goes through here, so that a message is read alike with a session and without one. What the
//! cache holds is the documents' answer to the question as read; notice and reading are laid over it.

mod danger;

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use danger::{danger, stands_alone, with_notice, without_sentence};
use regex::Regex;

use super::after::{self, AnswerAfter};
use super::{AskError, Engine};
use crate::answer::{Answer, Citation, NotFoundReason, Outcome, is_shown, requoted};
use crate::config::TextsConfig;
use crate::conversation::follow_up::subject_told;
use crate::conversation::{
    Act, Acts, Exchange, RedFlag, RedFlags, SmallTalk, Standalone, StandaloneKind, standalone,
};
use crate::document::DocumentId;
use crate::retrieve::{Finder, Question};
use crate::text::brackets::in_brackets;
use crate::text::language::{Language, other_than};
use crate::text::pattern::literal;

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
/// What names of treatments hold that are had and not taken.
const THERAPIES: [&str; 2] = ["therapy", "chemo"];

/// The most quotes that are looked at for one question, in all its answers together.
const MOST_QUOTED: usize = 12;

/// How a quote tells whom to contact: by a telephone number, or by a word for ringing or speaking to somebody.
static TELLS_WHOM: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)\b(?:call|contact|email|e-mail|phone|ring|speak|talk|telephone)\b",
        r"|\d(?:[ \x{a0}()/-]{0,2}\d){5}",
    ))
});

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
        let told = may_tell.then(|| acts.told(text)).flatten();
        if let Some(answer) = told.map(|told| self.told(told)).transpose()?.flatten() {
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

    /// The hand-over of who asks whom to contact, and beside it the quotes that surely answer and tell whom.
    fn handed_over(&self, read: Standalone) -> Result<Answer, AskError> {
        let config = self.engine.config();
        let found = self.found(read)?;
        let tells = |one: &&Citation| {
            one.confidence >= config.answer.answered_confidence && TELLS_WHOM.is_match(&one.quote)
        };
        let telling = found.citations.iter().filter(tells).cloned().zip(1..);
        let citations: Vec<Citation> = telling.map(|(one, rank)| Citation { rank, ..one }).collect();
        let bare = self.bare(Outcome::Handoff, &config.texts.handoff);
        let Some(confidence) = citations.first().map(|first| first.confidence) else { return Ok(bare) };
        Ok(Answer { citations, confidence, read_as: found.read_as.clone(), ..bare })
    }

    /// What the section says that `offer` names, where the document quoted last offered it; `None` where nothing did, or
    /// nothing of that section is found.
    fn pressed(&self, offer: &str) -> Result<Option<Answer>, AskError> {
        let offering = offering(self.history, offer).and_then(|offering| offering.document.as_ref());
        let is_open = |document: &&DocumentId| self.question.document().is_none_or(|only| only == *document);
        let Some(document) = offering.filter(is_open) else { return Ok(None) };
        let asked = self.reworded(offer).with_limit(MOST_QUOTED).within(document.clone());
        let (found, _) = self.engine.documented(self.finder, &asked)?;
        let considered = found.considered.iter().cloned();
        let (own, others): (Vec<_>, Vec<_>) = considered.partition(|one| is_of_section(one, offer));
        let Some(title) = own.first().map(|first| first.reference.title.clone()) else { return Ok(None) };
        let citations = own.into_iter().chain(others).collect();
        let (config, limit) = (&self.engine.config().answer, self.question.limit());
        let answer = Answer::clone(&found.answer);
        let mut answer = requoted(answer, citations, &found.related, config, self.finder, offer, limit);
        if answer.outcome == Outcome::NotFound {
            return Ok(None);
        }
        self.engine.tell(&mut answer);
        Ok(Some(Answer { read_as: Some(in_brackets(offer, &title)), took: self.begun.elapsed(), ..answer }))
    }

    /// Whether nothing was spoken of yet.
    fn is_opening(&self) -> bool {
        self.history.iter().all(|before| before.document.is_none() && before.said().is_none())
    }

    /// What the documents say on the subject of a message that tells of it, where `told` stands behind the words that
    /// tell; `None` where there is none, or the message as typed finds as much.
    fn told(&self, told: &str) -> Result<Option<Answer>, AskError> {
        let Some(subject) = subject_told(told) else { return Ok(None) };
        // What documents say of a drug first may be when to stop it, which is no answer to having been given it.
        if self.is_drug(&subject) {
            return Ok(None);
        }
        let find = |question: &Question| self.engine.documents_answer(self.finder, question);
        let open = find(&self.reworded(&subject))?;
        let is_better = match open.outcome {
            Outcome::Answered => true,
            Outcome::LowConfidence => find(self.question)?.outcome == Outcome::NotFound,
            _ => false,
        };
        let took = self.begun.elapsed();
        Ok(is_better.then(|| Answer { read_as: Some(subject), took, ..Answer::clone(&open) }))
    }

    /// Whether `subject` is one that is taken; a therapy is had, though the lexicon counts some among the drugs.
    fn is_drug(&self, subject: &str) -> bool {
        let tokens = self.finder.analyzer.tokens(subject);
        let is_had = THERAPIES.iter().any(|therapy| subject.to_lowercase().contains(therapy));
        !is_had && !self.finder.lexicon.drugs(&tokens).is_empty()
    }

    /// What else there is to quote on the question that `read` goes on with: what its answers so far had no room for, and
    /// what else stands in the section that was quoted. Where there is none, the text `nothing`.
    fn more(&self, read: Standalone, nothing: &str) -> Result<Answer, AskError> {
        let config = self.engine.config();
        let asked = self.reworded(&read.text).with_limit(MOST_QUOTED);
        let found = self.engine.respond(self.finder, &asked)?;
        let given = answers_to(self.history, &read.text);
        // The answer that all of these go on from.
        let last = self.history.iter().rev().nth(given.saturating_sub(1));
        let is_sure = |one: &Citation| is_shown(&config.answer, one.rank - 1, one);
        let reads_on = |one: &Citation| {
            last.is_some_and(|last| {
                let same = last.document.as_ref() == Some(&one.reference.document);
                same && !last.section.is_empty() && last.section == one.reference.section
            })
        };
        let answers = self.history.iter().rev().take(given);
        let quoted: Vec<_> = answers.flat_map(|exchange| &exchange.quoted).collect();
        let was_quoted = |one: &Citation| {
            let own = &one.reference;
            quoted.iter().any(|(document, span)| *document == own.document && span.overlaps(own.span))
        };
        let new = found.considered.iter().filter(|one| !was_quoted(one) && (is_sure(one) || reads_on(one)));
        let page = new.take(self.question.limit()).cloned();
        let citations: Vec<Citation> = page.zip(1..).map(|(one, rank)| Citation { rank, ..one }).collect();
        let Some(confidence) = citations.iter().map(|one| one.confidence).reduce(f32::max) else {
            let bare = self.bare(Outcome::SmallTalk, nothing);
            return Ok(Answer { related: found.answer.related, read_as: Some(read.text), ..bare });
        };
        let is_answer = confidence >= config.answer.answered_confidence;
        let outcome = if is_answer { Outcome::Answered } else { Outcome::LowConfidence };
        let (read_as, took) = (Some(read.text), self.begun.elapsed());
        let mut answer =
            Answer { outcome, confidence, reason: None, read_as, citations, took, ..found.answer };
        answer.looked_for.clear();
        answer.nearest.clear();
        self.engine.tell(&mut answer);
        Ok(answer)
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

/// The latest answer that offered anything, if `text` is one of its offers.
fn offering<'h>(history: &'h [Exchange], text: &str) -> Option<&'h Exchange> {
    let latest = history.iter().rev().find(|exchange| !exchange.offered.is_empty())?;
    latest.offered.iter().any(|offer| offer == text).then_some(latest)
}

/// Whether `citation` stands under a heading that is `offer`, or begins with it as its question.
fn is_of_section(citation: &Citation, offer: &str) -> bool {
    let offer = plain(offer);
    let begins = |text: &str| plain(text).starts_with(&offer);
    citation.reference.section.iter().any(|heading| plain(heading) == offer)
        || citation.lead_in.as_deref().is_some_and(begins)
        || begins(&citation.quote)
}

/// The words of `text` in small letters, without marks, a blank behind each.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase() + " ").collect()
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

    #[test]
    fn whom_to_contact_is_told_by_a_number_or_by_whom_to_speak_to() {
        for quote in [
            "The stoma nurses, Monday to Friday: 5550 1733.",
            "Speak first to the nurse in charge of the ward.",
            "For anything less urgent **ring the ward**.",
        ] {
            assert!(TELLS_WHOM.is_match(quote), "{quote}");
        }
        for quote in [
            "a speech and language therapist, for talking and swallowing",
            "Only nurses and doctors with a special certificate do it.",
            "You meet the surgeon that morning; surgeons are called Mr or Ms.",
            "The pump beeps every 15 to 20 minutes.",
        ] {
            assert!(!TELLS_WHOM.is_match(quote), "{quote}");
        }
    }

    #[test]
    fn a_press_is_told_by_the_latest_offers() {
        let offers = |offer: &str| Exchange { offered: vec![offer.to_owned()], ..asked("a?") };
        let history = [offers("Old"), offers("At home"), asked("b?")];
        assert_eq!(offering(&history, "At home"), history.get(1));
        assert_eq!(offering(&history, "at home, then?"), None);
        assert_eq!(offering(&history, "Old"), None);
    }
}
