//! How a question was read: its slots, what each weighs, the kind of answer it wants.
//!
//! A slot is one thing that was said. It is filled by the word itself or, for less, by another way to say
//! it that the lexicon knows: "wife" by "family member". A way to say it may be several words, and several
//! words may be said in one.

use std::borrow::Cow;
use std::collections::HashMap;

use super::aspect::aspect;
use super::negation;
use super::roles::Asker;
use super::{QuestionKind, Understanding};
use crate::index::{Query, QueryTerm};
use crate::text::Span;
use crate::text::brackets::in_brackets;
use crate::text::lexicon::Expansion;
use crate::text::token::{Analyzer, TermFilter, Token, WeightClass, weight_class};

/// What a light word weighs beside a content word.
const LIGHT_WEIGHT: f32 = 0.3;
/// What a word of the background of a long message weighs beside one of its question: the sentences nearest
/// to the question, the last of the background, weigh most.
const BACKGROUND_WEIGHTS: [f32; 2] = [0.5, 0.4];
/// The same for the sentences farther away.
const FAR_WEIGHT: f32 = 0.3;
/// The least of the same for a word that stands in the title of a document: it says what the message is about.
const SUBJECT_WEIGHT: f32 = 0.9;
/// Where the passages of more than one in so many have a word in their title, it is no subject among others.
const SUBJECTS: u64 = 2;
/// Least inverse document frequency of a content word that the collection knows: in a small collection the
/// words of its titles stand above every passage, and would count as nothing.
const LEAST_IDF: f32 = 0.5;
/// Most distinct slots that are looked up; a longer message keeps its rarest.
const MAX_SLOTS: usize = 32;
/// Most other ways to say one slot.
const MAX_ALTERNATIVES: usize = 8;

/// Another way to say what a slot says.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Its words, as places in [`Reading::keys`]; all of them must be there.
    pub keys: Vec<usize>,
    /// What it fills of the slot, above 0, at most 1.
    pub weight: f32,
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The word itself, as a place in [`Reading::keys`].
    pub key: usize,
    /// Other ways to say it.
    pub alternatives: Vec<Alternative>,
    /// 1 for a content word, less for a light one and for the background of a long message.
    pub class_weight: f32,
    /// Inverse document frequency over passages of the word itself or, where no passage has it, of the most
    /// frequent way to say it, `ln(1 + (N - n + 0.5) / (n + 0.5))` (Robertson and Spärck Jones, with the 1
    /// that keeps it positive); at least 0.5 for a content word.
    pub idf: f32,
    /// Number of passages that hold the most frequent way to say it.
    pub passages: u64,
    /// Whether it is the name of a drug or disease that no passage holds, whatever else it may be called.
    pub is_unknown_name: bool,
    /// Whether it says what is wanted of the subject: the "cost" of "the cost of a scan".
    pub is_aspect: bool,
}

impl Slot {
    /// What the slot counts.
    #[must_use]
    pub fn weight(&self) -> f32 {
        self.class_weight * self.idf
    }
}

/// A question as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The words of the question that count, corrected and condensed.
    pub understanding: Understanding,
    /// What the question is about, where only the background names it: the nearest sentence of it that does.
    pub subject: Option<String>,
    /// Every distinct term that is looked for.
    pub keys: Vec<String>,
    /// Distinct things said, in the order of the question.
    pub slots: Vec<Slot>,
    /// All content and light words in the order of the question, as places in `slots`.
    pub sequence: Vec<usize>,
    /// The kind of answer that is wanted.
    pub kind: QuestionKind,
    /// Who asks whom, where the question is about asking.
    pub(super) asker: Option<Asker>,
    /// Whether it asks for what is not so.
    pub is_negated: bool,
    /// Sum of the weights of `slots`.
    pub total_weight: f32,
    places: HashMap<String, usize>,
}

/// What is known of a collection of passages.
pub struct Collection<'a> {
    /// How many passages there are.
    pub passages: u64,
    /// How many of them hold a term.
    pub frequency: &'a dyn Fn(&str) -> u64,
    /// How many of them are of a document with a term in its title.
    pub titled: &'a dyn Fn(&str) -> u64,
    /// Whether a term is the name of a drug or disease.
    pub is_name: &'a dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for Collection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collection").field("passages", &self.passages).finish_non_exhaustive()
    }
}

impl Reading {
    /// Reads what was understood of a question against a collection.
    #[must_use]
    pub fn of(
        understanding: Understanding,
        analyzer: &Analyzer,
        expand: &dyn Fn(&[Token]) -> Vec<Expansion>,
        collection: &Collection<'_>,
    ) -> Self {
        let kind = QuestionKind::of(understanding.focus());
        let mut builder = Builder::new(kind, collection);
        let tokens = analyzer.tokens(&understanding.question);
        let wanted = aspect_of(&understanding);
        let is_aspect = |token: &Token| {
            wanted.is_some_and(|aspect| aspect.overlaps(token.span))
                && weight_class(&token.term) == WeightClass::Content
        };
        let mut names_one = builder.read(&tokens, &expand(&tokens), 1.0, &is_aspect);
        let mut subject = None;
        let weights = BACKGROUND_WEIGHTS.into_iter().chain(std::iter::repeat(FAR_WEIGHT));
        for (background, weight) in understanding.background.iter().rev().zip(weights) {
            let tokens = analyzer.tokens(background);
            let names = builder.read(&tokens, &expand(&tokens), weight, &|_| false);
            if names && !names_one {
                (subject, names_one) = (Some(background.clone()), true);
            }
        }
        Self { subject, ..builder.finish(understanding) }
    }

    /// The question, with what stood in brackets behind it, or what it is about where it does not say so itself.
    #[must_use]
    pub fn with_subject(&self) -> Cow<'_, str> {
        let Understanding { question, aside, .. } = &self.understanding;
        if !aside.is_empty() {
            return Cow::Owned(in_brackets(question, aside));
        }
        match &self.subject {
            Some(subject) => Cow::Owned(format!("{question} {subject}")),
            None => Cow::Borrowed(question),
        }
    }

    /// Inverse document frequency of a term that `with_term` of `passages` passages hold; the formula is
    /// at [`Slot::idf`].
    #[must_use]
    pub fn idf(passages: u64, with_term: u64) -> f32 {
        let (all, some) = (passages as f64, with_term.min(passages) as f64);
        (1.0 + (all - some + 0.5) / (some + 0.5)).ln() as f32
    }

    /// What the index is asked.
    #[must_use]
    pub fn query(&self, document: Option<u32>) -> Query {
        let mut weights = vec![0.0_f32; self.keys.len()];
        let mut ask = |key: usize, weight: f32| {
            if let Some(known) = weights.get_mut(key) {
                *known = known.max(weight);
            }
        };
        for slot in self.slots.iter().filter(|slot| slot.passages > 0) {
            ask(slot.key, slot.class_weight);
            for alternative in &slot.alternatives {
                let share = alternative.weight * slot.class_weight / alternative.keys.len().max(1) as f32;
                alternative.keys.iter().for_each(|&key| ask(key, share));
            }
        }
        let terms = self.keys.iter().zip(weights).filter(|&(_, weight)| weight > 0.0);
        let terms = terms.map(|(term, weight)| QueryTerm { term: term.clone(), weight }).collect();
        Query { terms, document }
    }

    /// Lets through the words that may be one of `keys`.
    #[must_use]
    pub fn filter(&self) -> TermFilter {
        TermFilter::of(self.keys.iter().map(String::as_str))
    }

    /// The place of `term` in `keys`.
    #[must_use]
    pub fn place(&self, term: &str) -> Option<usize> {
        self.places.get(term).copied()
    }

    /// Whether a text that holds the keys in `present` says by the word `key` what the question says: it is a word
    /// of the question, or of another way to say one of its things that the text has whole.
    #[must_use]
    pub fn is_said(&self, key: usize, present: &[bool]) -> bool {
        let there = |key: &usize| present.get(*key) == Some(&true);
        let other = |said: &Alternative| said.keys.contains(&key) && said.keys.iter().all(there);
        self.slots.iter().any(|slot| slot.key == key || slot.alternatives.iter().any(other))
    }

    /// What each slot is filled, 0 to 1, where the keys in `present` are there.
    #[must_use]
    pub fn filled(&self, present: &[bool]) -> Vec<f32> {
        let there = |key: &usize| present.get(*key) == Some(&true);
        let fill = |slot: &Slot| {
            if there(&slot.key) {
                return 1.0;
            }
            let said = slot.alternatives.iter().filter(|said| said.keys.iter().all(there));
            said.map(|said| said.weight).fold(0.0, f32::max)
        };
        self.slots.iter().map(fill).collect()
    }

    /// The share of the question's weight that is filled as in `filled`, 0 to 1.
    #[must_use]
    pub fn share(&self, filled: &[f32]) -> f32 {
        if self.total_weight <= 0.0 {
            return 0.0;
        }
        self.slots.iter().zip(filled).map(|(slot, filled)| slot.weight() * filled).sum::<f32>()
            / self.total_weight
    }

    /// The share of the question's weight that any passage of the collection can fill, 0 to 1.
    #[must_use]
    pub fn known_share(&self) -> f32 {
        let known = |slot: &Slot| f32::from(u8::from(slot.passages > 0));
        self.share(&self.slots.iter().map(known).collect::<Vec<_>>())
    }
}

/// The bytes of the question that say what is wanted of its subject.
fn aspect_of(understanding: &Understanding) -> Option<Span> {
    let from = understanding.question.find(understanding.focus())?;
    let found = aspect(understanding.focus())?;
    Some(Span::new(from + found.start(), from + found.end()))
}

/// Collects slots and keys.
struct Builder<'a> {
    kind: QuestionKind,
    collection: &'a Collection<'a>,
    keys: Vec<String>,
    places: HashMap<String, usize>,
    slots: Vec<Slot>,
    sequence: Vec<usize>,
}

impl<'a> Builder<'a> {
    fn new(kind: QuestionKind, collection: &'a Collection<'a>) -> Self {
        Self { kind, collection, keys: vec![], places: HashMap::new(), slots: vec![], sequence: vec![] }
    }

    fn key(&mut self, term: &str) -> usize {
        if let Some(&known) = self.places.get(term) {
            return known;
        }
        self.keys.push(term.to_owned());
        self.places.insert(term.to_owned(), self.keys.len() - 1);
        self.keys.len() - 1
    }

    /// Takes the words of a sentence, and tells whether it names a subject.
    fn read(
        &mut self,
        tokens: &[Token],
        expansions: &[Expansion],
        factor: f32,
        is_aspect: &dyn Fn(&Token) -> bool,
    ) -> bool {
        let mut names = false;
        for (at, token) in tokens.iter().enumerate() {
            let of_token = expansions.iter().filter(|expansion| expansion.tokens.contains(&at));
            let of_token: Vec<&Expansion> = of_token.collect();
            let class_weight = match weight_class(&token.term) {
                _ if self.kind.consumes(&token.term) => 0.0,
                WeightClass::Content => 1.0,
                WeightClass::Light => LIGHT_WEIGHT,
                WeightClass::Function => 0.0,
            };
            // "Cut me open" names a subject though no word of it does: its last word stands for it.
            let stands = of_token.iter().any(|expansion| {
                let own = tokens.get(expansion.tokens.clone()).unwrap_or_default();
                expansion.tokens.len() > 1
                    && at + 1 == expansion.tokens.end
                    && own.iter().all(|token| weight_class(&token.term) != WeightClass::Content)
            });
            let class_weight = if stands { 1.0 } else { class_weight };
            if class_weight > 0.0 {
                let is_subject = self.is_subject(token, &of_token);
                names |= is_subject;
                let factor = if is_subject { factor.max(SUBJECT_WEIGHT) } else { factor };
                self.say(token, class_weight, factor, &of_token, is_aspect(token));
            }
        }
        names
    }

    /// Whether the titles of some documents and not of others have the word, or all words of another way to say it.
    fn is_subject(&self, token: &Token, expansions: &[&Expansion]) -> bool {
        let tells =
            |term: &str| (1..=self.collection.passages / SUBJECTS).contains(&(self.collection.titled)(term));
        let said = |terms: &[String]| !terms.is_empty() && terms.iter().all(|term| tells(term));
        let others = expansions.iter().flat_map(|expansion| &expansion.alternatives);
        weight_class(&token.term) == WeightClass::Content && tells(&token.term)
            || others.into_iter().any(|other| said(&other.terms))
    }

    fn say(
        &mut self,
        token: &Token,
        class_weight: f32,
        factor: f32,
        expansions: &[&Expansion],
        is_aspect: bool,
    ) {
        let class_weight = class_weight * factor;
        let key = self.key(&token.term);
        if let Some(at) = self.slots.iter().position(|slot| slot.key == key) {
            if let Some(slot) = self.slots.get_mut(at) {
                slot.class_weight = slot.class_weight.max(class_weight);
                slot.is_aspect |= is_aspect;
            }
            self.sequence.push(at);
            return;
        }
        let own = (self.collection.frequency)(&token.term);
        let mut passages = own;
        let mut alternatives: Vec<Alternative> = Vec::new();
        for said in expansions.iter().flat_map(|expansion| &expansion.alternatives) {
            if alternatives.len() == MAX_ALTERNATIVES {
                break;
            }
            let rarest = said.terms.iter().map(|term| (self.collection.frequency)(term)).min().unwrap_or(0);
            if rarest == 0 {
                continue;
            }
            passages = passages.max(rarest);
            let mut keys: Vec<usize> = said.terms.iter().map(|term| self.key(term)).collect();
            keys.dedup();
            if keys != [key] {
                alternatives.push(Alternative { keys, weight: said.weight.clamp(0.0, 1.0) });
            }
        }
        if class_weight < 1.0 && factor < 1.0 && passages == 0 {
            // What nobody here writes about is no background of a question to these documents.
            return;
        }
        let idf = Reading::idf(self.collection.passages, if own > 0 { own } else { passages });
        let idf = if class_weight >= 1.0 { idf.max(LEAST_IDF) } else { idf };
        let is_unknown_name = own == 0 && (self.collection.is_name)(&token.term);
        self.slots.push(Slot { key, alternatives, class_weight, idf, passages, is_unknown_name, is_aspect });
        self.sequence.push(self.slots.len() - 1);
    }

    fn finish(mut self, understanding: Understanding) -> Reading {
        self.keep_rarest();
        Reading {
            subject: None,
            total_weight: self.slots.iter().map(Slot::weight).sum(),
            asker: Asker::of(&understanding.question),
            is_negated: negation::asked(understanding.focus()),
            understanding,
            keys: self.keys,
            slots: self.slots,
            sequence: self.sequence,
            kind: self.kind,
            places: self.places,
        }
    }

    /// Of too many slots keeps those that weigh most among the known.
    fn keep_rarest(&mut self) {
        if self.slots.len() <= MAX_SLOTS {
            return;
        }
        let mut order: Vec<usize> = (0..self.slots.len()).collect();
        let weight =
            |at: usize| self.slots.get(at).filter(|slot| slot.passages > 0).map_or(0.0, Slot::weight);
        order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
        order.truncate(MAX_SLOTS);
        order.sort_unstable();
        self.sequence = self.sequence.iter().filter_map(|at| order.binary_search(at).ok()).collect();
        self.slots = order.iter().filter_map(|&at| self.slots.get(at).cloned()).collect();
    }
}

#[cfg(test)]
mod tests;
