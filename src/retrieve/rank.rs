//! Ordering candidates.

use std::sync::Arc;

use serde::Serialize;

use super::{Evidence, Question, QuestionKind, Reading, RetrieveConfig};
use crate::document::{Document, Passage, PassageKind};
use crate::index::{Candidate, IndexError, IndexSnapshot};
use crate::text::token::Analyzer;

/// The figures that a score is made of; each but `lexical` from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Features {
    /// Weighted BM25 over the fields, as the index gave it.
    pub lexical: f32,
    /// Share of the question that the passage or its surroundings hold.
    pub coverage: f32,
    /// Share of the question that the passage's own text holds.
    pub text_coverage: f32,
    /// Share of neighbouring word pairs found side by side.
    pub phrase: f32,
    /// Share of neighbouring word pairs found near each other.
    pub proximity: f32,
    /// 1 where the passage can answer a question of this kind, 0 where it cannot or no kind was asked.
    pub kind: f32,
}

impl Features {
    /// Every figure with its name, always in the same order.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, f32)> {
        vec![
            ("lexical", self.lexical),
            ("coverage", self.coverage),
            ("text_coverage", self.text_coverage),
            ("phrase", self.phrase),
            ("proximity", self.proximity),
            ("kind", self.kind),
        ]
    }
}

/// A passage in its place.
#[derive(Debug, Clone)]
pub struct RankedPassage {
    /// The document.
    pub document: Arc<Document>,
    /// Ordinal of the document in the index.
    pub document_ordinal: u32,
    /// Place in [`Document::passages`].
    pub passage: u32,
    /// From 1.
    pub rank: usize,
    /// What the order is by, the higher the better.
    pub score: f32,
    /// What the score is made of.
    pub features: Features,
    /// Where the words of the question stand.
    pub evidence: Evidence,
}

impl RankedPassage {
    /// The passage itself.
    #[must_use]
    pub fn get(&self) -> Option<&Passage> {
        self.document.passages.get(self.passage as usize)
    }
}

/// Finds and orders the passages for `question`, best first, at most `limit` of them.
///
/// # Errors
/// The index could not be read.
pub fn rank(
    snapshot: &IndexSnapshot,
    analyzer: &Analyzer,
    config: &RetrieveConfig,
    question: &Question,
    limit: usize,
) -> Result<(Reading, Vec<RankedPassage>), IndexError> {
    let frequency = |term: &str| snapshot.document_frequency(term);
    let reading = Reading::of(question, analyzer, snapshot.passages(), &frequency);
    let document = question.document().map(|id| snapshot.ordinal(id));
    if document == Some(None) {
        return Ok((reading, Vec::new()));
    }
    let query = reading.query(document.flatten());
    if query.terms.is_empty() {
        return Ok((reading, Vec::new()));
    }
    let candidates = snapshot.search(&query, &config.boosts, config.candidates.max(limit))?;
    let mut ranked = Vec::with_capacity(candidates.len());
    for candidate in &candidates {
        ranked.extend(score(snapshot, analyzer, config, &reading, candidate)?);
    }
    ranked.sort_by(|a: &RankedPassage, b| {
        let place = |r: &RankedPassage| (r.document_ordinal, r.passage);
        b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b)))
    });
    ranked.truncate(limit);
    for (rank, passage) in (1..).zip(&mut ranked) {
        passage.rank = rank;
    }
    Ok((reading, ranked))
}

fn score(
    snapshot: &IndexSnapshot,
    analyzer: &Analyzer,
    config: &RetrieveConfig,
    reading: &Reading,
    candidate: &Candidate,
) -> Result<Option<RankedPassage>, IndexError> {
    let document = snapshot.document(candidate.document)?;
    let Some(passage) = document.passages.get(candidate.passage as usize) else { return Ok(None) };
    let evidence = Evidence::gather(reading, analyzer, &document, passage);
    let features = Features {
        lexical: candidate.score,
        coverage: evidence.coverage(reading),
        text_coverage: evidence.text_coverage(reading),
        phrase: evidence.phrase(reading),
        proximity: evidence.proximity(reading),
        kind: kind_fit(reading.kind, &document, passage),
    };
    let factor = config.coverage_weight.mul_add(features.coverage, 1.0)
        + config.phrase_weight * features.phrase
        + config.proximity_weight * features.proximity
        + config.kind_weight * features.kind;
    Ok(Some(RankedPassage {
        document_ordinal: candidate.document,
        passage: candidate.passage,
        rank: 0,
        score: candidate.score * factor,
        features,
        evidence,
        document,
    }))
}

/// 1 where `passage` has the shape of an answer of this kind.
fn kind_fit(kind: QuestionKind, document: &Document, passage: &Passage) -> f32 {
    let text = document.slice(passage.span);
    let fits = match kind {
        QuestionKind::Several => {
            passage.group.is_some()
                && (passage.kind == PassageKind::ListItem || text.trim_end().ends_with(':'))
        }
        QuestionKind::Definition => opens_its_section(document, passage),
        other => other.evidence(text).unwrap_or(false),
    };
    f32::from(u8::from(fits))
}

/// Whether nothing but the heading stands before `passage` in its section.
fn opens_its_section(document: &Document, passage: &Passage) -> bool {
    let Some(section) = passage.section.and_then(|at| document.sections.get(at as usize)) else {
        return document.passages.first().is_some_and(|first| first.span == passage.span);
    };
    let first = document.passages.iter().find(|other| other.span.start() >= section.body.start());
    first.is_some_and(|first| first.span == passage.span)
}
