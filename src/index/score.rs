//! BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", equation 3.15, with the
//! always positive idf of Lucene) over posting lists, and the best of the sums.
//!
//! The lists of all terms and fields are walked side by side, one window of passages after the other:
//! sums stay in the processor's first cache, memory does not grow with the corpus, and the order of
//! additions, hence every bit of a score, depends only on the query.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;

use super::error::IndexError;
use super::lexical::{FieldReader, Lexical};

/// How fast repetitions of a term stop counting.
const K1: f32 = 1.2;
/// How much a field's length counts.
const B: f32 = 0.75;
/// Passages summed at a time: 16 KiB of sums.
const WINDOW: u32 = 4096;

/// For each coded field length: `k1 (1 - b + b length / average length)`.
pub(super) fn length_norms(total_tokens: u64, passages: u32) -> [f32; 256] {
    let average = (total_tokens as f32 / passages.max(1) as f32).max(f32::MIN_POSITIVE);
    std::array::from_fn(|code| {
        let length = FieldNormReader::id_to_fieldnorm(code as u8) as f32;
        K1 * (1.0 - B + B * length / average)
    })
}

/// `ln(1 + (N - n + 0.5) / (n + 0.5))` for a term in `n` of `N` passages.
fn idf(found: u32, passages: u32) -> f32 {
    let found_f = found as f32;
    (1.0 + (passages.saturating_sub(found) as f32 + 0.5) / (found_f + 0.5)).ln()
}

/// One term in one field, on its way through its posting list.
pub(super) struct Cursor<'a> {
    postings: BlockSegmentPostings,
    /// Place of the next posting in the current block.
    at: usize,
    weight: f32,
    field: &'a FieldReader,
}

impl<'a> Cursor<'a> {
    /// The list of `term`, from the passage `start` on; `None` where the field does not hold the term.
    pub(super) fn open(
        lexical: &Lexical,
        field: &'a FieldReader,
        term: &str,
        weight: f32,
        start: u32,
    ) -> Result<Option<Self>, IndexError> {
        let found = field.inverted.terms().get(term).map_err(IndexError::Postings)?;
        let Some(info) = found else { return Ok(None) };
        let mut postings = field
            .inverted
            .read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)
            .map_err(IndexError::Postings)?;
        let at = if start == 0 { 0 } else { postings.seek(start) };
        let weight = weight * idf(info.doc_freq, lexical.passages) * (1.0 + K1);
        Ok(Some(Self { postings, at, weight, field }))
    }

    /// The next passage, `None` at the end.
    fn passage(&self) -> Option<u32> {
        self.postings.docs().get(self.at).copied()
    }

    /// Adds this term's share to the sums of `window`.
    fn add_to(&mut self, window: &Range<u32>, sums: &mut [f32]) {
        loop {
            let passages = self.postings.docs().get(self.at..).unwrap_or_default();
            let frequencies = self.postings.freqs().get(self.at..).unwrap_or_default();
            for (&passage, &frequency) in passages.iter().zip(frequencies) {
                if passage >= window.end {
                    return;
                }
                self.at += 1;
                let length = self.field.lengths.fieldnorm_id(passage);
                let norm = self.field.norms.get(length as usize).copied().unwrap_or(K1);
                let frequency = frequency as f32;
                if let Some(sum) = sums.get_mut((passage - window.start) as usize) {
                    *sum += self.weight * (frequency / (frequency + norm));
                }
            }
            if self.postings.docs().is_empty() {
                return;
            }
            self.postings.advance();
            self.at = 0;
        }
    }
}

/// A passage, by its number over the whole index, and its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub(super) score: f32,
    pub(super) passage: u32,
}

impl Eq for Scored {}

impl Ord for Scored {
    /// The better one is greater: the higher score, then the earlier passage.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.passage.cmp(&self.passage))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The `limit` best passages of `range` with a score above 0, best first.
pub(super) fn best(mut cursors: Vec<Cursor<'_>>, range: &Range<u32>, limit: usize) -> Vec<Scored> {
    let limit = limit.min(range.len());
    let mut best = BinaryHeap::with_capacity(limit);
    let mut threshold = if limit == 0 { f32::INFINITY } else { 0.0 };
    let mut sums = vec![0.0_f32; range.len().min(WINDOW as usize)];
    while let Some(start) = cursors.iter().filter_map(Cursor::passage).min().filter(|at| range.contains(at)) {
        let window = start..range.end.min(start.saturating_add(WINDOW));
        let Some(sums) = sums.get_mut(..window.len()) else { break };
        sums.fill(0.0);
        for cursor in &mut cursors {
            cursor.add_to(&window, sums);
        }
        cursors.retain(|cursor| cursor.passage().is_some());
        for (passage, &score) in window.zip(sums.iter()) {
            if score > threshold {
                if best.len() == limit {
                    best.pop();
                }
                best.push(Reverse(Scored { score, passage }));
                if best.len() == limit {
                    threshold = best.peek().map_or(0.0, |Reverse(worst): &Reverse<Scored>| worst.score);
                }
            }
        }
    }
    best.into_sorted_vec().into_iter().map(|Reverse(scored)| scored).collect()
}
