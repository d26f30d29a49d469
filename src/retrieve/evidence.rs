//! Where the words of a question stand in a passage and around it.

use super::Reading;
use crate::document::{Document, Passage};
use crate::text::Span;
use crate::text::token::{Analyzer, TermFilter};

/// How far apart two words may stand to count as near, in words.
const NEAR: u32 = 8;
/// Hits of one slot that are compared with those of its neighbour.
const MAX_COMPARED: usize = 8;

/// A word of a passage that is a key of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermHit {
    /// Place in [`Reading::keys`].
    pub key: usize,
    /// The word's bytes in the document.
    pub span: Span,
    /// Number of the word in the passage, from 0.
    pub position: u32,
}

/// What a passage and its surroundings hold of a question. Every vector but `hits` has a value a slot,
/// 0 to 1: what the slot is filled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Hits in the passage's own text, ascending.
    pub hits: Vec<TermHit>,
    /// By the passage's own text.
    pub in_text: Vec<f32>,
    /// By its headings and the title.
    pub in_headings: Vec<f32>,
    /// By its lead-in, its header row or the question that it answers.
    pub in_context: Vec<f32>,
    /// By any of these.
    pub in_all: Vec<f32>,
}

impl Evidence {
    /// Looks for the words of `reading` in `passage` of `document` and around it.
    #[must_use]
    pub fn gather(reading: &Reading, analyzer: &Analyzer, document: &Document, passage: &Passage) -> Self {
        let wanted = reading.filter();
        let none = || vec![false; reading.keys.len()];
        let (mut text, mut headings, mut context) = (none(), none(), none());
        let mut hits = Vec::new();
        let origin = passage.span.start();
        analyzer.for_each_of(document.slice(passage.span), &wanted, &mut |term, span, position| {
            if let Some(key) = reading.place(term) {
                let span = Span::new(origin + span.start(), origin + span.end());
                hits.push(TermHit { key, span, position });
                set(&mut text, key);
            }
        });
        for heading in document.section_path(passage.section) {
            mark(reading, analyzer, &wanted, heading, &mut headings);
        }
        mark(reading, analyzer, &wanted, &document.metadata.title, &mut headings);
        if let Some(question) = document.metadata.question.as_deref() {
            mark(reading, analyzer, &wanted, question, &mut context);
        }
        if let Some(own) = passage.context {
            mark(reading, analyzer, &wanted, document.slice(own), &mut context);
        }
        let all: Vec<bool> =
            text.iter().zip(&headings).zip(&context).map(|((t, h), c)| *t || *h || *c).collect();
        Self {
            hits,
            in_text: reading.filled(&text),
            in_headings: reading.filled(&headings),
            in_context: reading.filled(&context),
            in_all: reading.filled(&all),
        }
    }

    /// The share of the question's neighbouring word pairs that stand side by side in the same order in
    /// the passage, 0 to 1; 0 for a question of one word.
    #[must_use]
    pub fn phrase(&self, reading: &Reading) -> f32 {
        self.pairs(reading, |first, second| second.position == first.position + 1)
    }

    /// The share of the question's neighbouring word pairs that stand within eight words of each other in
    /// the passage, in any order, 0 to 1; 0 for a question of one word.
    #[must_use]
    pub fn proximity(&self, reading: &Reading) -> f32 {
        self.pairs(reading, |first, second| first.position.abs_diff(second.position) <= NEAR)
    }

    fn pairs(&self, reading: &Reading, near: impl Fn(&TermHit, &TermHit) -> bool) -> f32 {
        let mut total: usize = 0;
        let mut found: usize = 0;
        for (first, second) in reading.sequence.iter().zip(reading.sequence.iter().skip(1)) {
            if first == second {
                continue;
            }
            total += 1;
            let of = |slot: usize| self.hits_of(reading, slot);
            let stands = of(*first).any(|a| of(*second).any(|b| near(a, b)));
            found += usize::from(stands);
        }
        ratio(found, total)
    }

    /// The first few hits of a slot, by its own word or by one that says the same.
    fn hits_of<'s>(&'s self, reading: &'s Reading, slot: usize) -> impl Iterator<Item = &'s TermHit> {
        let slot = reading.slots.get(slot);
        let is_said = move |hit: &&TermHit| {
            slot.is_some_and(|slot| {
                slot.key == hit.key || slot.alternatives.iter().any(|said| said.keys.last() == Some(&hit.key))
            })
        };
        self.hits.iter().filter(is_said).take(MAX_COMPARED)
    }

    /// Whether the passage has a content word of the question and, within a few words, all of another way to
    /// say it in several words: "magnetic resonance imaging (MRI)".
    #[must_use]
    pub fn defines(&self, reading: &Reading) -> bool {
        let stands = |key: usize, near: &TermHit| {
            self.hits.iter().any(|hit| hit.key == key && hit.position.abs_diff(near.position) <= NEAR)
        };
        self.hits.iter().any(|hit| {
            let slots = reading.slots.iter().filter(|slot| slot.key == hit.key && slot.class_weight >= 1.0);
            let mut long = slots.flat_map(|slot| &slot.alternatives).filter(|said| said.keys.len() > 1);
            long.any(|said| said.keys.iter().all(|&key| key != hit.key && stands(key, hit)))
        })
    }

    /// What each slot is filled by the words within `span` of the document.
    #[must_use]
    pub fn within(&self, reading: &Reading, span: Span) -> Vec<f32> {
        let mut present = vec![false; reading.keys.len()];
        for hit in self.hits.iter().filter(|hit| span.contains(hit.span)) {
            set(&mut present, hit.key);
        }
        reading.filled(&present)
    }

    /// The share of the question's weight that the words within `span` fill; a slot that the surroundings
    /// fill already counts `inherited` times its weight, since the reader has it in view whichever sentence
    /// is quoted.
    #[must_use]
    pub fn share_within(&self, reading: &Reading, span: Span, inherited: f32) -> f32 {
        let around = self.in_headings.iter().zip(&self.in_context).map(|(h, c)| h.max(*c));
        let held = self.within(reading, span).into_iter().zip(around);
        let filled = held.map(|(held, around)| if around > 0.0 { inherited * held } else { held });
        reading.share(&filled.collect::<Vec<_>>())
    }
}

/// Sets the flags of the keys that `text` holds.
fn mark(reading: &Reading, analyzer: &Analyzer, wanted: &TermFilter, text: &str, flags: &mut [bool]) {
    analyzer.for_each_of(text, wanted, &mut |term, _, _| {
        if let Some(key) = reading.place(term) {
            set(flags, key);
        }
    });
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of words in a question")]
fn ratio(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}
