//! Which passages are looked at: the best by words and the nearest by vector.

use std::collections::HashMap;

use super::{Finder, Reading};
use crate::embed::Embedding;
use crate::index::IndexError;

/// A passage that may answer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Found {
    /// The document's ordinal.
    pub(super) document: u32,
    /// The passage's place in its document.
    pub(super) passage: u32,
    /// BM25, and the rank by it from 1; 0 where no word matches.
    pub(super) lexical: f32,
    pub(super) lexical_rank: usize,
    /// Rank by cosine from 1; 0 where it is not among the nearest.
    pub(super) dense_rank: usize,
}

/// At most `limit` passages by words and as many by vector, in the order of their finding.
pub(super) fn candidates(
    finder: &Finder,
    reading: &Reading,
    embedding: Option<&Embedding>,
    within: Option<u32>,
    limit: usize,
) -> Result<Vec<Found>, IndexError> {
    let query = reading.query(within);
    let mut found: Vec<Found> = Vec::new();
    let mut places: HashMap<(u32, u32), usize> = HashMap::new();
    if !query.terms.is_empty() {
        let lexical = finder.snapshot.search(&query, &finder.config.boosts, limit)?;
        for (rank, candidate) in (1..).zip(lexical) {
            places.insert((candidate.document, candidate.passage), found.len());
            found.push(Found {
                document: candidate.document,
                passage: candidate.passage,
                lexical: candidate.score,
                lexical_rank: rank,
                dense_rank: 0,
            });
        }
    }
    if let (Some((_, vectors)), Some(embedding)) = (&finder.dense, embedding) {
        for (rank, near) in (1..).zip(vectors.nearest(embedding, limit, within)) {
            let (document, passage) = (near.document, near.passage);
            match places.get(&(document, passage)).and_then(|&at| found.get_mut(at)) {
                Some(known) => known.dense_rank = rank,
                None => found.push(Found { document, passage, dense_rank: rank, ..Found::default() }),
            }
        }
    }
    Ok(found)
}
