//! An answer whose quotes were put together, and weighed, anew.

use std::sync::Arc;

use super::emergency::calls_for_help;
use super::fold::Seen;
use super::nearest::{each_once, looked_for, place_in};
use super::related::is_offered_by;
use super::respond::{is_shown, outcome_of};
use super::{Answer, AnswerConfig, Citation, NearPlace, NotFoundReason, Outcome};
use crate::document::Document;
use crate::index::IndexSnapshot;
use crate::retrieve::Finder;
use crate::text::token::Analyzer;

/// `answer` to `question` with these citations, the best first, which there must be, and what is `related` to them, as
/// far as it is of the document of the first; its confidence is that of the first, and its outcome follows. At most
/// `limit` stay; those that overlap a better one, say nearly the same or are not sure enough are dropped, and the
/// passages' headings named where none is left.
#[must_use]
pub fn requoted(
    answer: Answer,
    citations: Vec<Citation>,
    related: &[String],
    config: &AnswerConfig,
    finder: &Finder,
    question: &str,
    limit: usize,
) -> Answer {
    let citations = distinct(citations, &finder.analyzer, limit);
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
        let looked_for = looked_for(&finder.analyzer, question);
        let nearest = each_once(citations.iter().filter_map(|citation| place(&finder.snapshot, citation)));
        let reason = Some(NotFoundReason::NoMatch);
        return Answer { reason, looked_for, nearest, ..bare };
    }
    let shown = citations.into_iter().enumerate().filter(|(at, citation)| is_shown(config, *at, citation));
    let ranked = shown.zip(1..).map(|((_, citation), rank)| Citation { rank, ..citation });
    let citations: Vec<Citation> = ranked.collect();
    let quoted = citations.first().and_then(|first| document_of(&finder.snapshot, first));
    Answer { related: offered(related, &citations, quoted.as_deref()), citations, ..bare }
}

/// What of `related` is offered beside `citations`, of which the first is of the document `quoted`: nothing of others,
/// and nothing where one of them tells to call for help.
fn offered(related: &[String], citations: &[Citation], quoted: Option<&Document>) -> Vec<String> {
    let Some(quoted) = quoted else { return Vec::new() };
    let calls = citations.iter().any(|citation| calls_for_help(&citation.quote));
    let own = related.iter().filter(|offer| !calls && is_offered_by(quoted, offer));
    own.cloned().collect()
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

/// The document that `citation` is from.
fn document_of(snapshot: &IndexSnapshot, citation: &Citation) -> Option<Arc<Document>> {
    snapshot.document(snapshot.ordinal(&citation.reference.document)?).ok()
}

/// Where the passage stands that `citation` is from.
fn place(snapshot: &IndexSnapshot, citation: &Citation) -> Option<NearPlace> {
    let document = document_of(snapshot, citation)?;
    let span = citation.reference.span;
    let passage = document.passages.iter().find(|passage| passage.span.overlaps(span))?;
    Some(place_in(&document, passage))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Reference;
    use crate::document::{DocumentId, Format};
    use crate::ingest::{IngestConfig, parse_bytes};
    use crate::text::Span;

    fn citation(document: &str, begin: usize, quote: &str) -> Citation {
        let reference = Reference {
            document: DocumentId::new(document).unwrap(),
            title: document.to_owned(),
            section: Vec::new(),
            lines: (1, 1),
            pages: None,
            span: Span::new(begin, begin + quote.len()),
            revision: String::new(),
            sha256: String::new(),
            url: None,
            reviewed: None,
            language: None,
            bibliography: Vec::new(),
        };
        let (quote, passage) = (quote.to_owned(), quote.to_owned());
        Citation {
            rank: 1,
            score: 0.0,
            confidence: 0.9,
            quote,
            matches: Vec::new(),
            passage,
            lead_in: None,
            reference,
        }
    }

    #[test]
    fn what_overlaps_a_better_quote_or_says_the_same_is_not_quoted_again() {
        let list = "- gloves for both hands\n- an old shirt";
        let found = vec![
            citation("a.md", 10, list),
            citation("a.md", 36, "an old shirt"),
            citation("b.md", 50, "Gloves for both hands, an old shirt."),
            citation("b.md", 99, "Nine hours."),
            citation("c.md", 10, "Ten minutes."),
        ];
        let quotes = |limit| -> Vec<String> {
            let taken = distinct(found.clone(), &Analyzer::english(), limit);
            taken.into_iter().map(|citation| citation.quote).collect()
        };
        assert_eq!(quotes(2), [list, "Nine hours."]);
        assert_eq!(quotes(9), [list, "Nine hours.", "Ten minutes."]);
    }

    #[test]
    fn nothing_is_offered_of_another_document_or_beside_a_call_for_help() {
        let (id, text) = (DocumentId::new("a.md").unwrap(), b"# The kiln\n\n## Visitors\n\nCome in.\n");
        let kiln = parse_bytes(&id, Format::Markdown, text, &IngestConfig::default()).unwrap().remove(0);
        let related = ["Visitors".to_owned(), "Weaving".to_owned()];
        let calm = citation("a.md", 10, "Nine hours.");
        assert_eq!(offered(&related, std::slice::from_ref(&calm), Some(&kiln)), ["Visitors"]);
        let urgent = citation("a.md", 99, "If it smokes, call 999.");
        assert!(offered(&related, &[calm, urgent], Some(&kiln)).is_empty());
    }
}
