//! How sure an answer is that may lean on what was said before.
//!
//! The confidence in an answer is that in the question as read. But a follow-up may be read in several ways, the surest of
//! which was taken, and none may be what was meant: "how long does it take?" is answered by some sentence in most
//! documents. What tells is whether the quote is about what was spoken of.

use std::collections::BTreeSet;

use super::{AskError, Engine, surest};
use crate::answer::{Answer, Citation, reweighed};
use crate::conversation::{Exchange, Standalone, StandaloneKind};
use crate::document::DocumentId;
use crate::retrieve::{Finder, FollowUp};
use crate::text::token::{Token, WeightClass, weight_class};

/// Confidences are taken to be no nearer to 0 or 1 than this.
const NEAREST: f32 = 1e-3;

/// The words that tell what a question with history is about.
#[derive(Debug)]
pub(super) struct Leaning {
    question: String,
    readings: Vec<String>,
    before: Option<String>,
    spoken_of: Option<Place>,
    /// Whether it needs something from before by its form.
    needs: bool,
}

/// Where what was quoted last stands.
#[derive(Debug)]
struct Place {
    document: DocumentId,
    section: Vec<String>,
}

impl Leaning {
    /// Of `question` read as `read` after `history`; `None` where it was told by a number or "yes" what is meant, or
    /// stands by itself.
    ///
    /// # Errors
    /// The index could not be read.
    pub(super) fn of(
        engine: &Engine,
        history: &[Exchange],
        question: &str,
        read: &Standalone,
    ) -> Result<Option<Self>, AskError> {
        let leans = match read.kind {
            StandaloneKind::FollowUp => true,
            StandaloneKind::SelfContained | StandaloneKind::TopicChange => !read.others.is_empty(),
            StandaloneKind::TakesUpOffer | StandaloneKind::GoesOn | StandaloneKind::Ordinal => false,
        };
        if !leans {
            return Ok(None);
        }
        let others = read.others.iter().map(|other| other.text.clone());
        let quoted = history.iter().rev().find(|exchange| exchange.document.is_some());
        let spoken_of = match quoted {
            Some(quoted) => surest::spoken_of(engine, quoted)?
                .map(|document| Place { document, section: quoted.section.clone() }),
            None => None,
        };
        Ok(Some(Self {
            question: question.to_owned(),
            readings: std::iter::once(read.text.clone()).chain(others).collect(),
            before: read.context.first().cloned(),
            spoken_of,
            needs: read.kind == StandaloneKind::FollowUp,
        }))
    }

    /// Whether the question, read as `read`, leans on anything: one that can stand by itself and was taken as typed is as
    /// sure as it is alone.
    pub(super) fn leans(&self, read: &str) -> bool {
        self.needs || read != self.question
    }

    /// What is known of the first quote of `answer`, which was found for the question read as `read`.
    pub(super) fn signals(&self, finder: &Finder, read: &str, answer: &Answer) -> FollowUp {
        let subject = self.subject(finder, read);
        self.signals_of(finder, read, &subject, answer.confidence, answer.citations.first())
    }

    fn signals_of(
        &self,
        finder: &Finder,
        read: &str,
        subject: &[Token],
        confidence: f32,
        citation: Option<&Citation>,
    ) -> FollowUp {
        let sure = confidence.clamp(NEAREST, 1.0 - NEAREST);
        let flag = |holds: bool| f32::from(u8::from(holds));
        let place = citation.map(|citation| &citation.reference).zip(self.spoken_of.as_ref());
        let left = place.map(|(place, spoken_of)| match place.document == spoken_of.document {
            true => (left(&spoken_of.section, &place.section), false),
            false => (1.0, true),
        });
        let (other_section, other_document) = left.unwrap_or_default();
        FollowUp {
            log_odds: (sure / (1.0 - sure)).ln(),
            about: citation.map_or(0.0, |citation| about(finder, subject, citation)),
            other_section,
            other_document: flag(other_document),
            as_typed: flag(read == self.question),
        }
    }

    /// The content words that `read` has and the question has not; else those of its other readings, else those of
    /// the question before.
    fn subject(&self, finder: &Finder, read: &str) -> Vec<Token> {
        let content = |text: &str| {
            let tokens = finder.analyzer.tokens(text).into_iter();
            tokens.filter(|token| weight_class(&token.term) == WeightClass::Content)
        };
        let typed: BTreeSet<String> =
            finder.analyzer.tokens(&self.question).into_iter().map(|token| token.term).collect();
        let new = |text: &str| -> Vec<Token> {
            content(text).filter(|token| !typed.contains(&token.term)).collect()
        };
        let put_in = new(read);
        if !put_in.is_empty() {
            return put_in;
        }
        let others = self.readings.iter().map(|reading| new(reading)).find(|words| !words.is_empty());
        others.unwrap_or_else(|| self.before.iter().flat_map(|before| content(before)).collect())
    }

    /// `answer`, found for the question read as `read`, as sure as it is in this conversation.
    pub(super) fn weighed(
        &self,
        engine: &Engine,
        finder: &Finder,
        read: &str,
        answer: &Answer,
    ) -> Option<Answer> {
        let subject = self.subject(finder, read);
        let confidence = |confidence: f32, citation: Option<&Citation>| {
            let signals = self.signals_of(finder, read, &subject, confidence, citation);
            finder.weights.confidence_after(&signals)
        };
        confidence(0.5, None)?;
        let weigh = |sure, citation: Option<&Citation>| confidence(sure, citation).unwrap_or(sure);
        let mut answer = reweighed(answer, &engine.config().answer, &finder.analyzer, read, &weigh);
        engine.tell(&mut answer);
        Some(answer)
    }
}

/// The share of the headings of `to` that are not those of `from`, as far as either goes.
fn left(from: &[String], to: &[String]) -> f32 {
    let common = from.iter().zip(to).take_while(|(from, to)| from == to).count();
    match from.len().max(to.len()) {
        0 => 0.0,
        all => (all - common) as f32 / all as f32,
    }
}

/// The share of the words of `subject` that the quote or what stands above it says, in these words or in others that the
/// lexicon knows; 1 where there are none.
fn about(finder: &Finder, subject: &[Token], citation: &Citation) -> f32 {
    let reference = &citation.reference;
    let texts = [reference.title.as_str(), citation.quote.as_str()].into_iter();
    let texts = texts.chain(reference.section.iter().map(String::as_str)).chain(citation.lead_in.as_deref());
    let said: BTreeSet<String> =
        texts.flat_map(|text| finder.analyzer.tokens(text)).map(|token| token.term).collect();
    let mut found: Vec<bool> = subject.iter().map(|token| said.contains(&token.term)).collect();
    for expansion in finder.lexicon.expand(subject) {
        let is_said = |terms: &[String]| terms.iter().all(|term| said.contains(term));
        if expansion.alternatives.iter().any(|other| is_said(&other.terms))
            && let Some(places) = found.get_mut(expansion.tokens)
        {
            places.fill(true);
        }
    }
    if found.is_empty() {
        return 1.0;
    }
    found.iter().filter(|&&said| said).count() as f32 / found.len() as f32
}
