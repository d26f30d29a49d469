//! Queries: weighted terms in, candidates out.

use super::error::IndexError;
use super::lexical::Lexical;
use super::schema::FieldBoosts;
use super::score::{Cursor, Scored, best};

/// Terms of a query beyond this many are not looked at.
pub const MAX_QUERY_TERMS: usize = 1024;

/// A term to look for, as the analyzer gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryTerm {
    /// The term.
    pub term: String,
    /// How much it counts; a term that is not above 0 is left out.
    pub weight: f32,
}

/// What the index is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// The terms; a passage that holds any of them is found. At most [`MAX_QUERY_TERMS`] count.
    pub terms: Vec<QueryTerm>,
    /// Only passages of this document, by its ordinal.
    pub document: Option<u32>,
}

/// A passage that holds at least one term of the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The document's ordinal.
    pub document: u32,
    /// The passage's place in [`Document::passages`](crate::document::Document::passages).
    pub passage: u32,
    /// Sum over terms and fields of weight, boost and BM25; above 0, not bounded above.
    pub score: f32,
}

/// The best passages of `range`, numbered over the whole index.
pub(super) fn search(
    lexical: &Lexical,
    query: &Query,
    boosts: FieldBoosts,
    range: &std::ops::Range<u32>,
    limit: usize,
) -> Result<Vec<Scored>, IndexError> {
    let mut cursors = Vec::new();
    for term in query.terms.iter().take(MAX_QUERY_TERMS) {
        for (field, boost) in lexical.fields.iter().zip(boosts.in_order()) {
            let weight = term.weight * boost;
            if weight > 0.0 && weight.is_finite() {
                cursors.extend(Cursor::open(lexical, field, &term.term, weight, range.start)?);
            }
        }
    }
    Ok(best(cursors, range, limit))
}

/// The number of passages that hold `term` in the field where most do.
pub(super) fn document_frequency(lexical: &Lexical, term: &str) -> u64 {
    let found = lexical.fields.iter().filter_map(|field| field.inverted.terms().get(term).ok().flatten());
    found.map(|info| u64::from(info.doc_freq)).max().unwrap_or(0)
}

/// The number of passages whose document's title holds `term`.
pub(super) fn title_frequency(lexical: &Lexical, term: &str) -> u64 {
    let titles = lexical.fields.first();
    let found = titles.and_then(|titles| titles.inverted.terms().get(term).ok().flatten());
    found.map_or(0, |info| u64::from(info.doc_freq))
}
