//! From ranked passages to an answer.

use std::time::Instant;

use super::cite::cite;
use super::confidence::{DEPTH, confidence, signals};
use super::distinct::distinct;
use super::judged::find;
use super::nearest::{looked_for, nearest};
use super::related::related;
use super::{Answer, AnswerConfig, Citation, Correction, NotFoundReason, Outcome};
use crate::index::IndexError;
use crate::retrieve::{Finder, Findings, Question, Reading, Signals, Understanding};
use crate::text::spelling::SpellingCorrection;

/// Passages looked at for every citation wanted.
const LOOKED_AT: usize = 5;
/// A further citation must be at least this sure, as a share of what it takes to be shown at all.
const FURTHER: f32 = 0.5;

/// An answer, and how it came about.
#[derive(Debug, Clone)]
pub struct Response {
    /// What is answered.
    pub answer: Answer,
    /// What would be quoted if every quote were shown, best first.
    pub considered: Vec<Citation>,
    /// What is related to what is quoted, or would be.
    pub related: Vec<String>,
    /// How the question was read and what was found.
    pub findings: Findings,
    /// What the confidence is made of.
    pub signals: Signals,
}

/// Answers `question`.
///
/// # Errors
/// The index could not be read.
pub fn respond(finder: &Finder, config: &AnswerConfig, question: &Question) -> Result<Response, IndexError> {
    let begun = Instant::now();
    // No more than there are candidates anyway: what is answered does not depend on how many citations are wanted.
    let looked_at = question.limit().saturating_mul(LOOKED_AT).min(finder.config.candidates);
    let findings = find(finder, config, question, looked_at.max(question.limit()).max(DEPTH))?;
    let considered = citations(finder, config, question, &findings);
    let sure = considered.first().map_or(0.0, |citation| citation.confidence);
    let signals = signals(&findings, 0);
    let outcome = if considered.is_empty() { Outcome::NotFound } else { outcome_of(config, sure) };
    let bare = Answer { confidence: sure, ..Answer::bare(outcome, finder.snapshot.revision()) };
    let shown = considered.iter().enumerate().filter(|&(at, citation)| is_shown(config, at, citation));
    let citations: Vec<Citation> = shown.map(|(_, citation)| citation.clone()).collect();
    let related = related(&finder.analyzer, question.text(), &findings, &citations);
    let mut answer = if outcome == Outcome::NotFound {
        let reason = reason(question, &findings.reading);
        let is_near = reason == NotFoundReason::NoMatch;
        let nearest = if is_near { nearest(&findings) } else { Vec::new() };
        let looked_for = looked_for(&finder.analyzer, &findings.reading.understanding.question);
        Answer { reason: Some(reason), looked_for, nearest, ..bare }
    } else {
        Answer { citations, related: related.clone(), ..bare }
    };
    tell_reading(&findings.reading.understanding, &mut answer);
    answer.took = begun.elapsed();
    Ok(Response { answer, considered, related, findings, signals })
}

/// What becomes of a question whose first quote answers with this confidence.
pub(super) fn outcome_of(config: &AnswerConfig, sure: f32) -> Outcome {
    match sure {
        sure if sure >= config.answered_confidence => Outcome::Answered,
        sure if sure >= config.low_confidence => Outcome::LowConfidence,
        _ => Outcome::NotFound,
    }
}

/// Whether `citation`, at place `at`, is sure enough to be shown where the first is.
#[must_use]
pub fn is_shown(config: &AnswerConfig, at: usize, citation: &Citation) -> bool {
    at == 0 || citation.confidence >= FURTHER * config.low_confidence
}

/// Tells how the question was read, where that is not as typed.
fn tell_reading(understanding: &Understanding, answer: &mut Answer) {
    let told = |change: &SpellingCorrection| Correction { from: change.from.clone(), to: change.to.clone() };
    answer.corrections = understanding.corrections.iter().map(told).collect();
    if understanding.condensed || !understanding.corrections.is_empty() {
        answer.read_as = Some(understanding.question.clone());
    }
}

fn reason(question: &Question, reading: &Reading) -> NotFoundReason {
    let content = |known: bool| {
        reading.slots.iter().any(|slot| slot.class_weight >= 1.0 && (!known || slot.passages > 0))
    };
    match () {
        () if question.text().is_empty() => NotFoundReason::Empty,
        () if !content(false) => NotFoundReason::TooVague,
        () if content(true) => NotFoundReason::NoMatch,
        () => NotFoundReason::OffTopic,
    }
}

fn citations(
    finder: &Finder,
    config: &AnswerConfig,
    question: &Question,
    findings: &Findings,
) -> Vec<Citation> {
    let snapshot = &finder.snapshot;
    let idf = |term: &str| Reading::idf(snapshot.passages(), snapshot.document_frequency(term));
    let quoted = distinct(&finder.analyzer, findings, config.max_quote_words).take(question.limit());
    let passages = quoted.filter_map(|(at, extract)| Some((at, findings.ranked.get(at)?, extract)));
    let cited = passages.map(|(at, passage, extract)| {
        let sure = confidence(&finder.weights, findings, at);
        cite(&finder.analyzer, &idf, &findings.reading, passage, extract, sure)
    });
    cited.zip(1..).map(|(citation, rank)| Citation { rank, ..citation }).collect()
}
