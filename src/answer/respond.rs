//! From ranked passages to an answer.

use std::time::Instant;

use super::cite::cite;
use super::confidence::confidence;
use super::extract::extract;
use super::fold::Seen;
use super::{Answer, AnswerConfig, Citation, NotFoundReason, Outcome};
use crate::index::{IndexError, IndexSnapshot};
use crate::retrieve::{Question, RankedPassage, Reading, RetrieveConfig, rank};
use crate::text::Span;
use crate::text::token::Analyzer;

/// Passages looked at for every citation wanted.
const LOOKED_AT: usize = 4;
/// A further citation must reach this share of the first one's score.
const WORTH_SHARE: f32 = 0.35;
/// Most related questions.
const MAX_RELATED: usize = 3;

/// Answers `question` from `snapshot`.
///
/// # Errors
/// The index could not be read.
pub fn respond(
    snapshot: &IndexSnapshot,
    analyzer: &Analyzer,
    retrieve: &RetrieveConfig,
    config: &AnswerConfig,
    question: &Question,
) -> Result<Answer, IndexError> {
    let begun = Instant::now();
    let index = snapshot.revision().to_owned();
    if question.text().is_empty() {
        return Ok(not_found(NotFoundReason::Empty, 0.0, index, begun));
    }
    let limit = question.limit().saturating_mul(LOOKED_AT);
    let (reading, ranked) = rank(snapshot, analyzer, retrieve, question, limit)?;
    if !reading.has_content && ranked.is_empty() {
        return Ok(not_found(NotFoundReason::TooVague, 0.0, index, begun));
    }
    let idf = |term: &str| Reading::idf(snapshot.passages(), snapshot.document_frequency(term));
    let citations = citations(analyzer, &idf, config, question, &reading, &ranked);
    let sure = citations.first().map_or(0.0, |citation| citation.confidence);
    if sure < config.low_confidence {
        let known = reading.terms.iter().any(|term| term.class_weight >= 1.0 && term.passages > 0);
        let reason =
            if known || !reading.has_content { NotFoundReason::NoMatch } else { NotFoundReason::OffTopic };
        return Ok(not_found(reason, sure, index, begun));
    }
    let outcome = if sure >= config.answered_confidence { Outcome::Answered } else { Outcome::LowConfidence };
    let related = related(&ranked, &citations);
    Ok(Answer { citations, related, ..bare(outcome, sure, index, begun) })
}

fn not_found(reason: NotFoundReason, confidence: f32, index: String, begun: Instant) -> Answer {
    Answer { reason: Some(reason), ..bare(Outcome::NotFound, confidence, index, begun) }
}

fn bare(outcome: Outcome, confidence: f32, index: String, begun: Instant) -> Answer {
    Answer {
        outcome,
        confidence,
        reason: None,
        read_as: None,
        corrections: Vec::new(),
        message: None,
        notice: None,
        citations: Vec::new(),
        related: Vec::new(),
        index,
        took: begun.elapsed(),
    }
}

fn citations(
    analyzer: &Analyzer,
    idf: &dyn Fn(&str) -> f32,
    config: &AnswerConfig,
    question: &Question,
    reading: &Reading,
    ranked: &[RankedPassage],
) -> Vec<Citation> {
    let best = ranked.first().map_or(0.0, |first| first.score);
    let mut seen = Seen::default();
    let mut taken: Vec<(u32, Span)> = Vec::new();
    let mut citations = Vec::new();
    for passage in ranked.iter().take_while(|passage| passage.score >= WORTH_SHARE * best) {
        let Some(extract) = extract(reading, passage, config.max_quote_words) else { continue };
        let same_place = |&(document, span): &(u32, Span)| {
            document == passage.document_ordinal && span.overlaps(extract.quote)
        };
        if taken.iter().any(same_place) || !seen.take(analyzer, passage.document.slice(extract.quote)) {
            continue;
        }
        let sure = confidence(reading, &passage.features);
        let mut citation = cite(analyzer, idf, reading, passage, extract, sure);
        citation.rank = citations.len() + 1;
        taken.push((passage.document_ordinal, extract.quote));
        citations.push(citation);
        if citations.len() == question.limit() {
            break;
        }
    }
    citations
}

/// Questions that the documents themselves pose, near what was found.
fn related(ranked: &[RankedPassage], citations: &[Citation]) -> Vec<String> {
    let mut related: Vec<String> = Vec::new();
    for passage in ranked {
        let document = &*passage.document;
        let context = passage.get().and_then(|passage| passage.context).map(|span| document.slice(span));
        let posed = context.filter(|text| text.ends_with('?')).or(document.metadata.question.as_deref());
        let quoted = citations.iter().any(|citation| citation.reference.document == document.id);
        if let Some(posed) = posed.map(str::trim).filter(|_| !quoted)
            && !related.iter().any(|known| known == posed)
        {
            related.push(posed.to_owned());
        }
        if related.len() == MAX_RELATED {
            break;
        }
    }
    related
}
