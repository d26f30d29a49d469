//! Where the words of a question stand in a passage and around it.

use super::{ReadTerm, Reading};
use crate::document::{Document, Passage};
use crate::text::Span;
use crate::text::token::{Analyzer, TermFilter};

/// How far apart two words may stand to count as near, in words.
const NEAR: u32 = 8;

/// A word of a passage that is a term of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermHit {
    /// Place in [`Reading::terms`].
    pub term: usize,
    /// The word's bytes in the document.
    pub span: Span,
    /// Number of the word in the passage, from 0.
    pub position: u32,
}

/// What a passage and its surroundings hold of a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Hits in the passage's own text, ascending.
    pub hits: Vec<TermHit>,
    /// For each term, whether the passage's own text holds it.
    pub in_text: Vec<bool>,
    /// For each term, whether the headings, the lead-in, the question or the title hold it.
    pub in_surroundings: Vec<bool>,
    /// For each term, whether the passage's lead-in, header row or question holds it.
    pub in_context: Vec<bool>,
}

impl Evidence {
    /// Looks for the terms of `reading` in `passage` of `document` and around it.
    #[must_use]
    pub fn gather(reading: &Reading, analyzer: &Analyzer, document: &Document, passage: &Passage) -> Self {
        let mut evidence = Self {
            hits: Vec::new(),
            in_text: vec![false; reading.terms.len()],
            in_surroundings: vec![false; reading.terms.len()],
            in_context: vec![false; reading.terms.len()],
        };
        let wanted = reading.filter();
        let origin = passage.span.start();
        analyzer.for_each_of(document.slice(passage.span), &wanted, &mut |term, span, position| {
            if let Some(at) = reading.place(term) {
                let span = Span::new(origin + span.start(), origin + span.end());
                evidence.hits.push(TermHit { term: at, span, position });
                set(&mut evidence.in_text, at);
            }
        });
        let mut surroundings = document.section_path(passage.section);
        surroundings.push(&document.metadata.title);
        surroundings.extend(document.metadata.question.as_deref());
        for text in surroundings {
            mark(reading, analyzer, &wanted, text, &mut evidence.in_surroundings);
        }
        if let Some(context) = passage.context {
            mark(reading, analyzer, &wanted, document.slice(context), &mut evidence.in_context);
            let both = evidence.in_surroundings.iter_mut().zip(&evidence.in_context);
            both.for_each(|(around, context)| *around |= context);
        }
        evidence
    }

    /// The share of the question, by weight, that the passage's own text holds, 0 to 1.
    #[must_use]
    pub fn text_coverage(&self, reading: &Reading) -> f32 {
        share(reading, |at| self.in_text.get(at) == Some(&true))
    }

    /// The share of the question, by weight, that the passage or its surroundings hold, 0 to 1.
    #[must_use]
    pub fn coverage(&self, reading: &Reading) -> f32 {
        share(reading, |at| {
            self.in_text.get(at) == Some(&true) || self.in_surroundings.get(at) == Some(&true)
        })
    }

    /// The share of the question, by weight, that the passage's lead-in, header row or question holds.
    #[must_use]
    pub fn context_coverage(&self, reading: &Reading) -> f32 {
        share(reading, |at| self.in_context.get(at) == Some(&true))
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
            let of = |term: usize| self.hits.iter().filter(move |hit| hit.term == term).take(NEAR as usize);
            let stands = of(*first).any(|a| of(*second).any(|b| near(a, b)));
            found += usize::from(stands);
        }
        ratio(found, total)
    }

    /// Sum of the weights of the distinct terms that have a hit within `span` of the document; a term that
    /// the surroundings hold already counts `inherited` times its weight, since the reader has it in view
    /// whichever sentence is quoted.
    #[must_use]
    pub fn weight_within(&self, reading: &Reading, span: Span, inherited: f32) -> f32 {
        let held = self.terms_within(span);
        let terms = reading.terms.iter().zip(held).zip(&self.in_surroundings);
        let weight = |((term, held), around): ((&ReadTerm, bool), &bool)| match (held, around) {
            (false, _) => 0.0,
            (true, false) => term.weight(),
            (true, true) => inherited * term.weight(),
        };
        terms.map(weight).sum()
    }

    /// For each term, whether it has a hit within `span` of the document.
    #[must_use]
    pub fn terms_within(&self, span: Span) -> Vec<bool> {
        let mut held = vec![false; self.in_text.len()];
        for hit in self.hits.iter().filter(|hit| span.contains(hit.span)) {
            set(&mut held, hit.term);
        }
        held
    }
}

/// Sets the flags of the terms that `text` holds.
fn mark(reading: &Reading, analyzer: &Analyzer, wanted: &TermFilter, text: &str, flags: &mut [bool]) {
    analyzer.for_each_of(text, wanted, &mut |term, _, _| {
        if let Some(at) = reading.place(term) {
            set(flags, at);
        }
    });
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

fn share(reading: &Reading, holds: impl Fn(usize) -> bool) -> f32 {
    if reading.total_weight <= 0.0 {
        return 0.0;
    }
    let held = reading.terms.iter().enumerate().filter(|&(at, _)| holds(at));
    held.map(|(_, term)| term.weight()).sum::<f32>() / reading.total_weight
}

#[allow(clippy::cast_precision_loss, reason = "counts of words in a question")]
fn ratio(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}
