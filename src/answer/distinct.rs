//! What is quoted of ranked passages: nothing twice, and what surely answers before what does not.

use super::AnswerConfig;
use super::confidence::{DEPTH, confidence};
use super::extract::{Extract, extract};
use super::fold::Seen;
use crate::retrieve::{DEFAULT_LIMIT, Finder, Findings, RankedPassage};
use crate::text::Span;
use crate::text::token::Analyzer;

/// The places of the passages that are quoted, and what is quoted of each, best first: none that overlaps one before it
/// or says nearly the same.
pub(super) fn distinct<'a>(
    analyzer: &'a Analyzer,
    findings: &'a Findings,
    max_words: usize,
) -> impl Iterator<Item = (usize, Extract)> + 'a {
    let mut seen = Seen::default();
    let mut taken: Vec<(u32, Span)> = Vec::new();
    findings.ranked.iter().enumerate().filter_map(move |(at, passage)| {
        let extract = extract(&findings.reading, passage, max_words)?;
        let same_place = |&(document, span): &(u32, Span)| {
            document == passage.document_ordinal && span.overlaps(extract.quote)
        };
        if taken.iter().any(same_place) || !seen.take(analyzer, passage.document.slice(extract.quote)) {
            return None;
        }
        taken.push((passage.document_ordinal, extract.quote));
        Some((at, extract))
    })
}

/// Where the first passage is not surely an answer, puts the first that is before it: of those that an answer of the
/// usual length quotes, so that it is the same however many quotes are wanted.
pub(super) fn put_sure_first(finder: &Finder, config: &AnswerConfig, findings: &mut Findings) {
    let found: &Findings = findings;
    let is_sure = |at: usize| confidence(&finder.weights, found, at) >= config.answered_confidence;
    if found.ranked.is_empty() || is_sure(0) {
        return;
    }
    let sure = distinct(&finder.analyzer, found, config.max_quote_words)
        .map(|(at, _)| at)
        .take_while(|&at| at < DEPTH)
        .take(DEFAULT_LIMIT)
        .find(|&at| is_sure(at));
    let Some(sure) = sure else { return };
    bring_first(&mut findings.ranked, sure);
}

/// Brings the passage at place `at` to the front and counts the places anew. Scores stay as they are.
pub(super) fn bring_first(ranked: &mut [RankedPassage], at: usize) {
    if let Some(upper) = ranked.get_mut(..=at) {
        upper.rotate_right(1);
    }
    for (rank, passage) in (1..).zip(ranked) {
        passage.rank = rank;
    }
}
