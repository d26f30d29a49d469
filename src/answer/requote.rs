//! An answer whose quotes turn out to be more or less sure than they were found.

use super::nearest::looked_for;
use super::respond::{is_shown, outcome_of};
use super::{Answer, AnswerConfig, Citation, NearPlace, NotFoundReason, Outcome};
use crate::text::token::Analyzer;

/// Most headings that are named instead of quotes.
const MAX_PLACES: usize = 3;

/// `answer` to `question` with each confidence, that of a quote or of nothing quoted, made what `weigh` says; its outcome
/// follows. Quotes that are not sure enough any more are dropped, and their headings named where none is left.
#[must_use]
pub fn reweighed(
    answer: &Answer,
    config: &AnswerConfig,
    analyzer: &Analyzer,
    question: &str,
    weigh: &dyn Fn(f32, Option<&Citation>) -> f32,
) -> Answer {
    let mut answer = answer.clone();
    for citation in &mut answer.citations {
        citation.confidence = weigh(citation.confidence, Some(citation));
    }
    let first = answer.citations.first().map(|first| first.confidence);
    answer.confidence = first.unwrap_or_else(|| weigh(answer.confidence, None));
    if answer.citations.is_empty() {
        return answer;
    }
    answer.outcome = outcome_of(config, answer.confidence);
    if answer.outcome == Outcome::NotFound {
        answer.reason = Some(NotFoundReason::NoMatch);
        answer.looked_for = looked_for(analyzer, question);
        answer.nearest = places(&answer.citations);
        answer.citations.clear();
        answer.related.clear();
    } else {
        let mut at = 0;
        answer.citations.retain(|citation| {
            at += 1;
            is_shown(config, at - 1, citation)
        });
    }
    answer
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
