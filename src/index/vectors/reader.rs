//! The vectors of one generation, and the search over them.
//!
//! Each row is compared with the question. That takes 30 to 75 ns a row on one thread (11 ns where the rows are in the
//! processor's cache; it is the memory that is waited for). Where there are more than [`EXACT`] rows, most of them are
//! sentences: bodies and headings are compared first, and sentences only of the [`SHORTLIST`] passages that are nearest
//! by those. What that misses is a passage of many thousands with one sentence about something that neither the passage
//! as a whole nor its headings are about.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

use super::VectorSpace;
use super::pack::{self, Layout};
use super::plan::PassageRows;
use crate::embed::{DIMENSIONS, Embedding, QueryCodes, dot_row, dot_rows};
use crate::index::IndexSnapshot;

/// Up to so many rows are all compared.
const EXACT: u64 = 65_536;
/// Passages whose sentences are looked at where there are more rows; many times what is asked for.
const SHORTLIST: usize = 2000;

/// The vectors of one generation. Cheap to clone.
#[derive(Clone)]
pub struct Vectors {
    inner: Arc<Inner>,
}

struct Inner {
    bytes: OwnedBytes,
    layout: Layout,
    snapshot: IndexSnapshot,
}

/// A passage found by meaning. All similarities are cosines, -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DenseCandidate {
    /// Ordinal of the document.
    pub document: u32,
    /// Place of the passage in it.
    pub passage: u32,
    /// The best of the three below.
    pub score: f32,
    /// Of the passage with what stands above it.
    pub body: f32,
    /// Of the question that it answers, or of its headings.
    pub heading: f32,
    /// Of its best sentence; of the body where sentences have no vectors of their own.
    pub best_sentence: f32,
}

/// How close a passage is to a question, as cosines.
#[derive(Debug, Clone, PartialEq)]
pub struct Similarities {
    /// Of the passage with what stands above it.
    pub body: f32,
    /// Of the question that it answers, or of its headings.
    pub heading: f32,
    /// Of each sentence of the passage. Where sentences have no vectors of their own, because there is
    /// one only or `encoder.sentences` is off, there is one entry, and it is the body's.
    pub sentences: Vec<f32>,
    /// The largest of them.
    pub best_sentence: f32,
}

impl fmt::Debug for Vectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vectors").field("rows", &self.rows()).finish_non_exhaustive()
    }
}

impl Vectors {
    /// The vectors of `snapshot` in the index folder `root`, if they were made; reads the whole file to
    /// check it. One that is damaged is as good as none.
    #[must_use]
    pub fn open(root: &Path, snapshot: &IndexSnapshot, space: &VectorSpace) -> Option<Self> {
        let (folder, name) = (space.folder(root), pack::file_name(snapshot.generation()));
        if !folder.join(&name).is_file() {
            return None;
        }
        let slice = MmapDirectory::open(folder).ok()?.open_read(Path::new(&name)).ok()?;
        let bytes = slice.read_bytes().ok()?;
        let layout = Layout::read(&bytes, &space.fingerprint(), snapshot.generation());
        if layout.is_none() {
            tracing::warn!(file = %name, "the packed vectors are damaged or of another kind");
        }
        let inner = Inner { bytes, layout: layout?, snapshot: snapshot.clone() };
        let fits = inner.layout.passages.len() as u64 == 16 * snapshot.passages();
        fits.then(|| Self { inner: Arc::new(inner) })
    }

    /// How many vectors there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        (self.inner.layout.scales.len() / 4) as u64
    }

    /// The at most `limit` passages closest to `query`, best first, equal ones in the order of the corpus;
    /// of one document only, where `within` names its ordinal.
    #[must_use]
    pub fn nearest(&self, query: &Embedding, limit: usize, within: Option<u32>) -> Vec<DenseCandidate> {
        let shortlist = if self.rows() > EXACT { SHORTLIST.max(limit) } else { usize::MAX };
        self.nearest_of(query, limit, within, shortlist)
    }

    /// As [`Self::nearest`], by the sentences of no more than `shortlist` passages.
    pub(super) fn nearest_of(
        &self,
        query: &Embedding,
        limit: usize,
        within: Option<u32>,
        shortlist: usize,
    ) -> Vec<DenseCandidate> {
        let query = QueryCodes::from(query);
        let all = 0..(self.inner.layout.passages.len() / 16) as u32;
        let mut found: Vec<Found> = match within {
            Some(document) => {
                let passages = self.inner.snapshot.passages_of(document).unwrap_or_default();
                self.inner.scored(passages, &|row| self.inner.cosine(&query, row))
            }
            None if shortlist < all.len() => self.inner.shortlisted(all, &query, shortlist),
            None => {
                let cosines = self.inner.cosines(&query, &self.inner.layout.codes);
                self.inner.scored(all, &|row| cosines.get(row as usize).copied())
            }
        };
        if limit == 0 {
            return Vec::new();
        }
        if found.len() > limit {
            found.select_nth_unstable_by(limit - 1, Found::order);
            found.truncate(limit);
        }
        found.sort_unstable_by(Found::order);
        found.into_iter().filter_map(|found| found.located(&self.inner.snapshot)).collect()
    }

    /// How close the passage at place `passage` of the document with this ordinal is to `query`.
    #[must_use]
    pub fn similarities(&self, document: u32, passage: u32, query: &Embedding) -> Option<Similarities> {
        let query = QueryCodes::from(query);
        let passages = self.inner.snapshot.passages_of(document).ok()?;
        let number = passages.start.checked_add(passage).filter(|number| passages.contains(number))?;
        let rows = self.inner.passage(number)?;
        let cosine = |row| self.inner.cosine(&query, row);
        let body = cosine(rows.body)?;
        let own: Option<Vec<f32>> = self.inner.sentences(rows).map(cosine).collect();
        let sentences = own.filter(|own| !own.is_empty()).unwrap_or_else(|| vec![body]);
        let best_sentence = sentences.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        Some(Similarities { body, heading: cosine(rows.heading)?, sentences, best_sentence })
    }
}

/// A passage by its number in the whole index.
#[derive(Debug, Clone, Copy)]
struct Found {
    number: u32,
    score: f32,
    body: f32,
    heading: f32,
    best_sentence: f32,
}

impl Found {
    fn order(a: &Self, b: &Self) -> Ordering {
        b.score.total_cmp(&a.score).then(a.number.cmp(&b.number))
    }

    fn located(self, snapshot: &IndexSnapshot) -> Option<DenseCandidate> {
        let Self { number, score, body, heading, best_sentence } = self;
        let (document, passage) = snapshot.locate(number)?;
        Some(DenseCandidate { document, passage, score, body, heading, best_sentence })
    }
}

impl Inner {
    /// The passages of `numbers` with their similarities; `cosine` tells that of a row.
    fn scored(
        &self,
        numbers: impl IntoIterator<Item = u32>,
        cosine: &dyn Fn(u32) -> Option<f32>,
    ) -> Vec<Found> {
        let score = |number: u32| {
            let rows = self.passage(number)?;
            let (body, heading) = (cosine(rows.body)?, cosine(rows.heading)?);
            let best = self.sentences(rows).filter_map(cosine).reduce(f32::max);
            let best_sentence = best.unwrap_or(body);
            Some(Found { number, score: body.max(heading).max(best_sentence), body, heading, best_sentence })
        };
        numbers.into_iter().filter_map(score).collect()
    }

    /// Those of `numbers` with their similarities that are among the `most` nearest by body and headings.
    fn shortlisted(&self, numbers: Range<u32>, query: &QueryCodes, most: usize) -> Vec<Found> {
        let cosines = self.cosines(query, &self.layout.leading);
        let known = |row: u32| cosines.get(row as usize).copied();
        let near = |number: u32| {
            let rows = self.passage(number)?;
            Some((known(rows.body)?.max(known(rows.heading)?), number))
        };
        let mut near: Vec<(f32, u32)> = numbers.filter_map(near).collect();
        if near.len() > most && most > 0 {
            near.select_nth_unstable_by(most - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        }
        let near = near.into_iter().take(most).map(|(_, number)| number);
        self.scored(near, &|row| known(row).or_else(|| self.cosine(query, row)))
    }

    /// The cosines of the rows whose codes are at `codes`, from the first one on.
    fn cosines(&self, query: &QueryCodes, codes: &Range<usize>) -> Vec<f32> {
        let scales = self.part(&self.layout.scales).as_chunks::<4>().0;
        let mut products = Vec::with_capacity(codes.len() / DIMENSIONS);
        dot_rows(query, self.part(codes), &mut products);
        let cosine = |(product, scale): (i32, &[u8; 4])| cosine(query, product, *scale);
        products.into_iter().zip(scales).map(cosine).collect()
    }

    fn cosine(&self, query: &QueryCodes, row: u32) -> Option<f32> {
        let row = row as usize;
        let scale = self.part(&self.layout.scales).as_chunks::<4>().0.get(row)?;
        let codes = self.part(&self.layout.codes).as_chunks::<DIMENSIONS>().0.get(row)?;
        Some(cosine(query, dot_row(query, codes), *scale))
    }

    fn passage(&self, number: u32) -> Option<PassageRows> {
        let entry = self.part(&self.layout.passages).as_chunks::<16>().0.get(number as usize)?;
        let [body, heading, first_sentence, sentences] = *entry.as_chunks::<4>().0.first_chunk()?;
        Some(PassageRows {
            body: u32::from_le_bytes(body),
            heading: u32::from_le_bytes(heading),
            first_sentence: u32::from_le_bytes(first_sentence),
            sentences: u32::from_le_bytes(sentences),
        })
    }

    /// The rows of a passage's sentences.
    fn sentences(&self, rows: PassageRows) -> impl Iterator<Item = u32> {
        let first = rows.first_sentence as usize;
        let list = self.part(&self.layout.sentences).as_chunks::<4>().0;
        let own = list.get(first..first.saturating_add(rows.sentences as usize)).unwrap_or_default();
        own.iter().map(|row| u32::from_le_bytes(*row))
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }
}

fn cosine(query: &QueryCodes, product: i32, scale: [u8; 4]) -> f32 {
    product as f32 * query.scale * f32::from_le_bytes(scale)
}
