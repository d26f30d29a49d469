//! The rows of a generation, and which passage has which.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::TextHash;
use super::error::VectorsError;
use super::units::{Units, units};
use crate::document::Document;
use crate::index::IndexSnapshot;

/// The rows of one passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PassageRows {
    pub(super) body: u32,
    pub(super) heading: u32,
    /// First place in the list of the sentences' rows.
    pub(super) first_sentence: u32,
    pub(super) sentences: u32,
}

/// What a packed file is to hold.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The text of each row, by its hash; each once, first those of bodies and headings, then what only sentences
    /// have, both in the order of the corpus.
    pub(super) rows: Vec<TextHash>,
    /// How many rows bodies and headings have.
    pub(super) leading: u32,
    /// For each passage.
    pub(super) passages: Vec<PassageRows>,
    /// Rows of the sentences.
    pub(super) sentences: Vec<u32>,
}

impl Plan {
    /// Lists the texts of every document.
    pub(super) fn of(snapshot: &IndexSnapshot, sentences: bool) -> Result<Self, VectorsError> {
        let mut plan = Self::default();
        let mut known = HashMap::new();
        for ordinal in 0..snapshot.documents() {
            let document = snapshot.decode(ordinal)?;
            for units in units(&document, sentences) {
                plan.add(&units, &mut known)?;
            }
        }
        plan.lead_with_bodies()?;
        Ok(plan)
    }

    /// Brings the rows of bodies and headings to the front.
    fn lead_with_bodies(&mut self) -> Result<(), VectorsError> {
        let leading: HashSet<u32> = self.passages.iter().flat_map(|rows| [rows.body, rows.heading]).collect();
        let (mut order, rest): (Vec<_>, Vec<_>) =
            (0_u32..).zip(&self.rows).partition(|(row, _)| leading.contains(row));
        self.leading = count(order.len(), "texts")?;
        order.extend(rest);
        let mut places = vec![0; order.len()];
        for (place, (row, _)) in (0_u32..).zip(&order) {
            if let Some(known) = places.get_mut(*row as usize) {
                *known = place;
            }
        }
        self.rows = order.into_iter().map(|(_, hash)| *hash).collect();
        let moved = |row: &mut u32| *row = places.get(*row as usize).copied().unwrap_or(*row);
        self.passages.iter_mut().flat_map(|rows| [&mut rows.body, &mut rows.heading]).for_each(moved);
        self.sentences.iter_mut().for_each(moved);
        Ok(())
    }

    fn add(&mut self, units: &Units<'_>, known: &mut HashMap<TextHash, u32>) -> Result<(), VectorsError> {
        let first_sentence = count(self.sentences.len(), "sentences")?;
        let mut row = |text: &str| match known.entry(hash(text)) {
            Entry::Occupied(found) => Ok(*found.get()),
            Entry::Vacant(free) => {
                let row = count(self.rows.len(), "texts")?;
                self.rows.push(*free.key());
                Ok::<_, VectorsError>(*free.insert(row))
            }
        };
        let (body, heading) = (row(&units.body)?, row(&units.heading)?);
        for sentence in &units.sentences {
            self.sentences.push(row(sentence)?);
        }
        let sentences = count(units.sentences.len(), "sentences")?;
        self.passages.push(PassageRows { body, heading, first_sentence, sentences });
        Ok(())
    }
}

/// Every text of `document` with its hash; repeated ones repeatedly.
pub(super) fn texts(document: &Document, sentences: bool) -> impl Iterator<Item = (TextHash, String)> {
    units(document, sentences).flat_map(|units| {
        let own: Vec<String> = units.sentences.into_iter().map(str::to_owned).collect();
        [units.body, units.heading].into_iter().chain(own).map(|text| (hash(&text), text))
    })
}

fn hash(text: &str) -> TextHash {
    Sha256::digest(text).first_chunk().copied().unwrap_or_default()
}

fn count(number: usize, what: &'static str) -> Result<u32, VectorsError> {
    u32::try_from(number).map_err(|_| VectorsError::TooMany { what })
}
