//! An answer whose quotes were put together, and weighed, anew.

use super::fold::Seen;
use super::nearest::looked_for;
use super::respond::{is_shown, outcome_of};
use super::{Answer, AnswerConfig, Citation, NearPlace, NotFoundReason, Outcome};
use crate::text::token::Analyzer;

/// Most headings that are named instead of quotes.
const MAX_PLACES: usize = 3;

/// `answer` to `question` with these citations, the best first, which there must be, and what is `related` to them; its
/// confidence is that of the first, and its outcome follows. At most `limit` stay; those that overlap a better one, say
/// nearly the same or are not sure enough are dropped, and the passages' headings named where none is left.
#[must_use]
pub fn requoted(
    answer: Answer,
    citations: Vec<Citation>,
    related: &[String],
    config: &AnswerConfig,
    analyzer: &Analyzer,
    question: &str,
    limit: usize,
) -> Answer {
    let citations = distinct(citations, analyzer, limit);
    let confidence = citations.first().map_or(0.0, |first| first.confidence);
    let outcome = outcome_of(config, confidence);
    let bare = Answer {
        outcome,
        confidence,
        reason: None,
        citations: Vec::new(),
        related: Vec::new(),
        looked_for: Vec::new(),
        nearest: Vec::new(),
        ..answer
    };
    if outcome == Outcome::NotFound {
        let looked_for = looked_for(analyzer, question);
        let reason = Some(NotFoundReason::NoMatch);
        return Answer { reason, looked_for, nearest: places(&citations), ..bare };
    }
    let shown = citations.into_iter().enumerate().filter(|(at, citation)| is_shown(config, *at, citation));
    let ranked = shown.zip(1..).map(|((_, citation), rank)| Citation { rank, ..citation });
    Answer { citations: ranked.collect(), related: related.to_vec(), ..bare }
}

/// At most `limit` of `citations`, none of which overlaps one before it or says nearly the same.
fn distinct(citations: Vec<Citation>, analyzer: &Analyzer, limit: usize) -> Vec<Citation> {
    let mut seen = Seen::default();
    let mut taken: Vec<Citation> = Vec::new();
    for citation in citations {
        let own = &citation.reference;
        let overlaps = |other: &Citation| {
            other.reference.document == own.document && other.reference.span.overlaps(own.span)
        };
        if taken.len() < limit && !taken.iter().any(overlaps) && seen.take(analyzer, &citation.quote) {
            taken.push(citation);
        }
    }
    taken
}

/// The headings above `citations`, each once.
fn places(citations: &[Citation]) -> Vec<NearPlace> {
    let mut places: Vec<NearPlace> = Vec::new();
    for reference in citations.iter().map(|citation| &citation.reference) {
        let known = |place: &NearPlace| place.title == reference.title && place.section == reference.section;
        if places.len() < MAX_PLACES && !places.iter().any(known) {
            places.push(NearPlace {
                document: reference.document.clone(),
                title: reference.title.clone(),
                section: reference.section.clone(),
                revision: reference.revision.clone(),
                span: reference.span,
            });
        }
    }
    places
}
