//! Entries of all files to the terms that stand for each term.
//!
//! One step is followed through a term that means the same: what "vomiting" stands for, "throwing up" stands
//! for too. A term of a later file replaces what an earlier one says of the same pair.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::error::{Fault, LexiconProblem};
use super::parse::{Entry, Relation, Term};
use super::{Alternative, Kind};

/// Weights of the relations: how much a match with the other term counts against one with the term itself.
const EQUAL: f32 = 0.9;
const BROADER: f32 = 0.7;
const RELATED: f32 = 0.5;
/// One of several meanings of an abbreviation.
const AMBIGUOUS: f32 = 0.6;
/// What is weaker after a step through another term is left out.
const LEAST: f32 = 0.45;
/// Most alternatives of one term; the heaviest stay.
const MAX_ALTERNATIVES: usize = 16;
/// A longer term is looked for, but never given.
const MAX_GIVEN_WORDS: usize = 4;

#[derive(Debug, Clone, Copy)]
struct Edge {
    weight: f32,
    relation: Relation,
    file: usize,
    line: usize,
}

/// Terms and how they belong together.
#[derive(Debug, Default)]
pub(super) struct Graph {
    terms: Vec<Term>,
    numbers: BTreeMap<String, usize>,
    edges: BTreeMap<usize, BTreeMap<usize, Edge>>,
    /// Terms of the files of drugs.
    drugs: BTreeSet<usize>,
    files: usize,
}

impl Graph {
    /// Adds the entries of one file.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        file: &str,
        entries: &[Entry],
        problems: &mut Vec<LexiconProblem>,
    ) {
        for entry in entries {
            let left: Vec<usize> = entry.left.iter().map(|term| self.number(term, kind)).collect();
            let right: Vec<usize> = entry.right.iter().map(|term| self.number(term, kind)).collect();
            let ambiguous = kind == Kind::Abbreviations && right.len() > 1;
            let (weight, relation) = match entry.relation {
                // What one of several meanings stands for is not followed.
                Relation::Equal if ambiguous => (AMBIGUOUS, Relation::Related),
                Relation::Equal => (EQUAL, Relation::Equal),
                Relation::Broader => (BROADER, Relation::Broader),
                Relation::Related => (RELATED, Relation::Related),
            };
            let edge = Edge { weight, relation, file: self.files, line: entry.line };
            let mut faults: Vec<Fault> = left
                .iter()
                .flat_map(|&from| right.iter().map(move |&to| (from, to)))
                .filter_map(|(from, to)| self.join(from, to, edge, entry.relation != Relation::Broader))
                .collect();
            if entry.relation == Relation::Equal && kind != Kind::Abbreviations {
                faults.extend(self.join_all(&left, edge));
                faults.extend(self.join_all(&right, edge));
            }
            let line = entry.line;
            problems.extend(faults.into_iter().take(1).map(|fault| LexiconProblem {
                file: file.to_owned(),
                line,
                fault,
            }));
        }
        self.files += 1;
    }

    fn number(&mut self, term: &Term, kind: Kind) -> usize {
        let next = self.terms.len();
        let number = *self.numbers.entry(term.key()).or_insert(next);
        if number == next {
            self.terms.push(term.clone());
        }
        if let Some(known) = self.terms.get_mut(number) {
            known.name |= term.name || kind == Kind::Drugs;
            known.therapy |= term.therapy;
        }
        if kind == Kind::Drugs {
            self.drugs.insert(number);
        }
        number
    }

    fn join_all(&mut self, terms: &[usize], edge: Edge) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (at, &from) in terms.iter().enumerate() {
            faults.extend(terms.iter().skip(at + 1).filter_map(|&to| self.join(from, to, edge, true)));
        }
        faults
    }

    fn join(&mut self, from: usize, to: usize, edge: Edge, both_ways: bool) -> Option<Fault> {
        let earlier = self.edges.entry(from).or_default().insert(to, edge);
        let back = both_ways.then(|| self.edges.entry(to).or_default().insert(from, edge)).flatten();
        let earlier = earlier.or(back).filter(|earlier| earlier.file == edge.file)?;
        let text = |number: usize| self.terms.get(number).map(|term| term.text.clone()).unwrap_or_default();
        Some(Fault::Duplicate { from: text(from), to: text(to), earlier: earlier.line })
    }

    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The words of every drug and class of drugs, and of what means the same.
    pub(super) fn drugs(&self) -> HashSet<Vec<String>> {
        self.words_of(&self.drugs)
    }

    /// The words of every treatment that is marked as had and not taken, and of what means the same.
    pub(super) fn therapies(&self) -> HashSet<Vec<String>> {
        let marked = (0..).zip(&self.terms).filter(|(_, term)| term.therapy);
        self.words_of(&marked.map(|(number, _)| number).collect())
    }

    /// The words of these terms and of all that mean the same as one of them.
    fn words_of(&self, numbers: &BTreeSet<usize>) -> HashSet<Vec<String>> {
        let same = |number: &usize| -> Vec<usize> {
            let edges = self.edges.get(number).into_iter().flatten();
            edges.filter(|(_, edge)| edge.relation == Relation::Equal).map(|(&to, _)| to).collect()
        };
        let all = numbers.iter().copied().chain(numbers.iter().flat_map(same));
        let terms = all.filter_map(|number| self.terms.get(number)).filter(|term| !term.has_gap());
        terms.map(|term| term.words.clone()).collect()
    }

    /// Every term that has alternatives, with them, heaviest first.
    pub(super) fn alternatives(&self) -> Vec<(Term, Vec<Alternative>)> {
        let with = |(&number, edges): (&usize, &BTreeMap<usize, Edge>)| {
            let term = self.terms.get(number)?.clone();
            let alternatives = self.alternatives_of(number, edges);
            (!alternatives.is_empty()).then_some((term, alternatives))
        };
        self.edges.iter().filter_map(with).collect()
    }

    fn alternatives_of(&self, number: usize, edges: &BTreeMap<usize, Edge>) -> Vec<Alternative> {
        let mut weights: BTreeMap<usize, f32> = edges.iter().map(|(&to, edge)| (to, edge.weight)).collect();
        for (through, first) in edges.iter().filter(|(_, edge)| edge.relation == Relation::Equal) {
            for (&to, second) in self.edges.get(through).into_iter().flatten() {
                let weight = first.weight * second.weight;
                if second.relation != Relation::Related && to != number && weight >= LEAST {
                    let known = weights.entry(to).or_insert(weight);
                    *known = known.max(weight);
                }
            }
        }
        let given = weights.into_iter().filter_map(|(to, weight)| {
            let term = self.terms.get(to)?;
            let fits = !term.has_gap() && term.words.len() <= MAX_GIVEN_WORDS;
            fits.then(|| Alternative { terms: term.words.clone(), weight, text: term.text.clone() })
        });
        let mut alternatives: Vec<Alternative> = given.collect();
        alternatives.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
        alternatives.truncate(MAX_ALTERNATIVES);
        alternatives
    }
}
