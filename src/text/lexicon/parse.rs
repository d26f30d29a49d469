//! Lines of a lexicon file to entries. The format is told in `lexicon/README.md`.

use std::collections::{BTreeSet, HashSet};

use super::error::{Fault, LexiconProblem};
use crate::text::token::{Analyzer, TermFilter, WeightClass, weight_class};

/// Most words of a term.
pub(super) const MAX_WORDS: usize = 8;
/// Stands for up to [`super::matching::MAX_GAP`] words.
const GAP: &str = "..";
/// Marks the name of a disease or a drug.
const NAME: char = '*';
/// Marks a treatment that is had and not taken.
const THERAPY: char = '+';
/// Stands behind an abbreviation that is found among the everyday words and is nothing but an abbreviation.
const ONLY_ABBREVIATION: char = '!';

/// How two sides belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// `=`: all terms of the line mean the same.
    Equal,
    /// `>`: the left is a kind of the right, or answered by it.
    Broader,
    /// `~`: the two have to do with each other.
    Related,
}

/// A term as looked for and given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Term {
    /// Analyzed words in order; never empty.
    pub(super) words: Vec<String>,
    /// For each word whether other words may stand before it.
    pub(super) gap_before: Vec<bool>,
    /// As written, without marks.
    pub(super) text: String,
    /// Whether it is marked as a name.
    pub(super) name: bool,
    /// Whether it is marked as a treatment that is had and not taken.
    pub(super) therapy: bool,
    /// Whether it is marked as an abbreviation by which nobody means an everyday word.
    pub(super) only_abbreviation: bool,
}

impl Term {
    /// What makes two terms the same: words and gaps.
    pub(super) fn key(&self) -> String {
        let mut key = String::new();
        for (word, &gap) in self.words.iter().zip(&self.gap_before) {
            key.push_str(if gap { " .. " } else { " " });
            key.push_str(word);
        }
        key
    }

    pub(super) fn has_gap(&self) -> bool {
        self.gap_before.contains(&true)
    }

    /// The word of a term that is one word without the mark that nobody means another by it.
    fn unmarked_word(&self) -> Option<&str> {
        match self.words.as_slice() {
            [only] if !self.only_abbreviation => Some(only),
            _ => None,
        }
    }
}

/// A line.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// From 1.
    pub(super) line: usize,
    pub(super) relation: Relation,
    pub(super) left: Vec<Term>,
    pub(super) right: Vec<Term>,
}

/// Reads all lines of `text`; what is wrong goes to `problems` and is left out.
pub(super) fn entries(
    analyzer: &Analyzer,
    file: &str,
    text: &str,
    problems: &mut Vec<LexiconProblem>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.split('#').next().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        match entry(analyzer, line, content) {
            Ok(entry) => entries.push(entry),
            Err(fault) => problems.push(LexiconProblem { file: file.to_owned(), line, fault }),
        }
    }
    entries
}

/// Leaves out entries of abbreviations that have the stem of an everyday word, of which `everyday` holds all as they
/// are before stemming, and tells them to `problems`.
pub(super) fn without_everyday_words(
    analyzer: &Analyzer,
    everyday: &BTreeSet<String>,
    file: &str,
    mut entries: Vec<Entry>,
    problems: &mut Vec<LexiconProblem>,
) -> Vec<Entry> {
    let abbreviations = entries.iter().flat_map(|entry| &entry.left).filter_map(Term::unmarked_word);
    let filter = TermFilter::of(abbreviations);
    let mut stems = HashSet::new();
    for word in everyday {
        analyzer.for_each_of(word, &filter, &mut |stem, _, _| {
            stems.insert(stem.to_owned());
        });
    }
    entries.retain(|entry| {
        let is_everyday = |term: &&Term| term.unmarked_word().is_some_and(|word| stems.contains(word));
        let Some(term) = entry.left.iter().find(is_everyday) else { return true };
        let fault = Fault::Everyday { term: term.text.clone() };
        problems.push(LexiconProblem { file: file.to_owned(), line: entry.line, fault });
        false
    });
    entries
}

fn entry(analyzer: &Analyzer, line: usize, content: &str) -> Result<Entry, Fault> {
    let (left, relation, right) = sides(content)?;
    let (left, right) = (terms(analyzer, left)?, terms(analyzer, right)?);
    let keys: Vec<(String, &Term)> = left.iter().chain(&right).map(|term| (term.key(), term)).collect();
    for (at, (key, term)) in keys.iter().enumerate() {
        if keys.iter().take(at).any(|(earlier, _)| earlier == key) {
            return Err(Fault::Itself { term: term.text.clone() });
        }
    }
    Ok(Entry { line, relation, left, right })
}

/// Splits a line at its one sign between white space.
pub(super) fn sides(content: &str) -> Result<(&str, Relation, &str), Fault> {
    let mut found: Option<(&str, &str, &str)> = None;
    let mut at = 0;
    for word in content.split_whitespace() {
        let start = content.get(at..).and_then(|rest| rest.find(word)).map_or(at, |offset| at + offset);
        at = start + word.len();
        if is_sign(word) {
            if found.is_some() {
                return Err(Fault::TwoRelations);
            }
            let (before, after) = (content.get(..start), content.get(at..));
            found = Some((before.unwrap_or_default(), word, after.unwrap_or_default()));
        }
    }
    let (left, sign, right) = found.ok_or(Fault::NoRelation)?;
    let relation = match sign {
        "=" => Relation::Equal,
        ">" => Relation::Broader,
        "~" => Relation::Related,
        _ => return Err(Fault::UnknownRelation { sign: sign.to_owned() }),
    };
    Ok((left, relation, right))
}

/// Whether `word` can only be meant for a sign: no letter or digit, and nothing that terms are made of.
fn is_sign(word: &str) -> bool {
    word != GAP
        && !word.chars().any(char::is_alphanumeric)
        && word.contains(['=', '>', '<', '~', ':', '-', '|'])
}

fn terms(analyzer: &Analyzer, side: &str) -> Result<Vec<Term>, Fault> {
    side.split(',').map(|written| term(analyzer, written.trim())).collect()
}

fn term(analyzer: &Analyzer, written: &str) -> Result<Term, Fault> {
    let unmarked = written.trim_start_matches([NAME, THERAPY]);
    let marks = written.strip_suffix(unmarked).unwrap_or_default();
    let text = unmarked.trim_end_matches(ONLY_ABBREVIATION).trim();
    let mut term = Term {
        words: Vec::new(),
        gap_before: Vec::new(),
        text: text.to_owned(),
        name: marks.contains(NAME),
        therapy: marks.contains(THERAPY),
        only_abbreviation: written.ends_with(ONLY_ABBREVIATION),
    };
    for (part, words) in text.split(GAP).enumerate() {
        let first = term.words.len();
        term.words.extend(analyzer.tokens(words).into_iter().map(|token| token.term));
        if term.words.len() == first && text.contains(GAP) {
            return Err(Fault::LooseGap { term: text.to_owned() });
        }
        term.gap_before.extend((first..term.words.len()).map(|at| part > 0 && at == first));
    }
    match term.words.as_slice() {
        [] => Err(Fault::EmptyTerm),
        [only] if weight_class(only) == WeightClass::Function => {
            Err(Fault::TooCommon { term: text.to_owned() })
        }
        words if words.len() > MAX_WORDS => Err(Fault::TooLong { term: text.to_owned(), limit: MAX_WORDS }),
        _ => Ok(term),
    }
}
