//! Questions that the documents answer, near what was asked: those that they pose themselves, and the
//! headings beside the one that was quoted. Always words of the documents.

use super::Citation;
use crate::document::Document;
use crate::retrieve::{Findings, RankedPassage};

/// Most related questions.
const MAX_RELATED: usize = 3;
/// Longest heading that is offered, in bytes.
const MAX_BYTES: usize = 90;
/// A passage must reach this share of the question's weight for its question to be offered.
const NEAR: f32 = 0.3;

/// What to ask next.
pub(super) fn related(asked: &str, findings: &Findings, citations: &[Citation]) -> Vec<String> {
    let mut related = Related { asked, offered: Vec::new() };
    for passage in findings.ranked.iter().filter(|passage| !is_quoted(passage, citations)) {
        if passage.features.coverage >= NEAR {
            related.offer(posed(passage));
        }
    }
    let first = citations.first().and_then(|first| {
        findings.ranked.iter().find(|passage| passage.document.id == first.reference.document)
    });
    if let (Some(passage), Some(citation)) = (first, citations.first()) {
        for heading in beside(&passage.document, citation) {
            related.offer(Some(heading));
        }
    }
    related.offered
}

struct Related<'a> {
    asked: &'a str,
    offered: Vec<String>,
}

impl Related<'_> {
    fn offer(&mut self, text: Option<&str>) {
        let Some(text) = text.map(|text| text.trim().trim_end_matches([':', '.'])) else { return };
        let is_new = !text.eq_ignore_ascii_case(self.asked.trim())
            && !self.offered.iter().any(|known| known.eq_ignore_ascii_case(text));
        let is_short = text.len() <= MAX_BYTES && text.chars().filter(|c| c.is_alphabetic()).count() > 2;
        if is_new && is_short && self.offered.len() < MAX_RELATED {
            self.offered.push(text.to_owned());
        }
    }
}

/// The question that `passage` or its document answers.
fn posed(passage: &RankedPassage) -> Option<&str> {
    let document = &*passage.document;
    let context = passage.get()?.context.map(|span| document.slice(span));
    context.filter(|text| text.trim_end().ends_with('?')).or(document.metadata.question.as_deref())
}

fn is_quoted(passage: &RankedPassage, citations: &[Citation]) -> bool {
    let own = passage.get().map(|own| own.span);
    citations.iter().any(|citation| {
        citation.reference.document == passage.document.id
            && own.is_some_and(|own| own.overlaps(citation.reference.span))
    })
}

/// The headings under the same parent as the one that `citation` stands under, those after it first.
fn beside<'d>(document: &'d Document, citation: &Citation) -> Vec<&'d str> {
    let innermost = document.sections.iter().rposition(|section| {
        section.body.contains(citation.reference.span) || section.heading.overlaps(citation.reference.span)
    });
    let Some(own) = innermost else { return Vec::new() };
    let parent = document.sections.get(own).and_then(|section| section.parent);
    let siblings = document.sections.iter().enumerate();
    let siblings: Vec<_> = siblings.filter(|(at, section)| *at != own && section.parent == parent).collect();
    let after = siblings.iter().filter(|(at, _)| *at > own);
    let before = siblings.iter().filter(|(at, _)| *at < own);
    after.chain(before).map(|(_, section)| document.slice(section.heading)).collect()
}
