//! Applies what was chosen to a text: words, spaces and the record of what was changed.
//!
//! The text is kept as units, each a word with the bytes it was made from. Passes go on until nothing changes, so
//! that a corrected text is not corrected again.

use std::collections::BTreeMap;

use super::choose::{Care, Chooser};
use super::vocabulary::is_plain;
use super::{Corrected, SpellingCorrection};
use crate::text::Span;
use crate::text::token::Analyzer;

/// A text with more unknown words than this is no question that slips were made in; it is left as it is.
const MAX_UNKNOWN_WORDS: usize = 24;
/// Every pass but the last mends something, and few have to.
const MAX_PASSES: usize = 16;
/// All-capital words up to this length are abbreviations.
const ABBREVIATION: usize = 5;
/// What stands before the name of somebody, written out and short.
const TITLES: &[&str] = &["doctor", "matron", "miss", "nurse", "professor", "sister"];
const SHORT_TITLES: &[&str] = &["dr", "mr", "mrs", "ms", "mx", "prof"];
/// Most capitalised words behind a title that are taken for a name.
const NAME_WORDS: usize = 2;

/// A word of the text.
#[derive(Debug, Clone)]
struct Unit {
    /// The bytes of the original that it stands for.
    span: Span,
    /// Folded, as it is now.
    word: String,
    case: Case,
    /// Whether it differs from what was typed.
    changed: bool,
    /// Whether it may be touched: no digits, no address, no abbreviation.
    free: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Small,
    Capital,
    AllCapitals,
    /// Capitals within, as in `nCoV`.
    Mixed,
}

/// Mends `text`.
pub(super) fn repair(text: &str, chooser: &Chooser<'_>) -> Corrected {
    let mut repair = Repair { text, chooser, units: units(text), chosen: BTreeMap::new() };
    for _ in 0..MAX_PASSES {
        if !(repair.spell_out() | repair.join() | repair.respell()) {
            break;
        }
    }
    repair.result()
}

fn units(text: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    Analyzer::for_each_word(text, &mut |word, span| {
        let typed = span.slice(text).unwrap_or_default();
        // Without a possessive ending, which stays as it is.
        let length = word.len();
        let whole = typed.get(..length).is_some_and(|typed| typed.eq_ignore_ascii_case(word));
        let span = if whole { Span::new(span.start(), span.start() + length) } else { span };
        let case = case_of(typed.get(..length).unwrap_or_default());
        let abbreviation = case == Case::AllCapitals && length <= ABBREVIATION;
        let free = whole && is_plain(word) && !abbreviation && case != Case::Mixed && !in_address(text, span);
        units.push(Unit { span, word: word.to_owned(), case, changed: false, free });
    });
    leave_names(text, &mut units);
    units
}

/// Leaves capitalised words behind a title as they are, whatever word they are near: "Dr Pellow" is the name of somebody.
fn leave_names(text: &str, units: &mut [Unit]) {
    let (mut left, mut end, mut may_have_stop) = (0, 0, false);
    for unit in units {
        let gap = text.get(end..unit.span.start()).unwrap_or_default();
        let is_name = left > 0 && unit.case == Case::Capital && (gap == " " || may_have_stop && gap == ". ");
        may_have_stop = SHORT_TITLES.contains(&unit.word.as_str());
        let is_title = may_have_stop || TITLES.contains(&unit.word.as_str());
        left = if is_title {
            NAME_WORDS
        } else if is_name {
            left - 1
        } else {
            0
        };
        unit.free &= !is_name && !may_have_stop;
        end = unit.span.end();
    }
}

fn case_of(typed: &str) -> Case {
    let capital = |byte: u8| byte.is_ascii_uppercase();
    let first = typed.bytes().next().is_some_and(capital);
    let (rest, inner) =
        (typed.len().saturating_sub(1), typed.bytes().skip(1).filter(|&byte| capital(byte)).count());
    match (first, inner) {
        (false, 0) => Case::Small,
        (true, 0) => Case::Capital,
        (true, inner) if inner == rest => Case::AllCapitals,
        _ => Case::Mixed,
    }
}

/// Whether the word is a part of an address or a path.
fn in_address(text: &str, span: Span) -> bool {
    let bytes = text.as_bytes();
    let marks =
        |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'@' | b'/' | b'\\' | b'_' | b'#' | b'&'));
    let before = span.start().checked_sub(1);
    let dotted = bytes.get(span.end()) == Some(&b'.')
        && bytes.get(span.end() + 1).is_some_and(u8::is_ascii_lowercase)
        || before.is_some_and(|at| {
            bytes.get(at) == Some(&b'.') && at > 0 && !bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace)
        });
    marks(bytes.get(span.end())) || marks(before.and_then(|at| bytes.get(at))) || dotted
}

struct Repair<'t, 'v> {
    text: &'t str,
    chooser: &'t Chooser<'v>,
    units: Vec<Unit>,
    /// What was chosen for a word, so that it is looked for once.
    chosen: BTreeMap<(String, Care), Option<String>>,
}

impl Repair<'_, '_> {
    fn is_known(&self, unit: &Unit) -> bool {
        let (vocabulary, analyzer) = (self.chooser.vocabulary, self.chooser.analyzer);
        vocabulary.knows(&unit.word, analyzer)
    }

    /// Chat spellings.
    fn spell_out(&mut self) -> bool {
        let mut any = false;
        let mut out = Vec::with_capacity(self.units.len());
        for mut unit in std::mem::take(&mut self.units) {
            let meant = self.chooser.lexicon.chat_spelling(&unit.word);
            let lone_capital = unit.word.len() == 1 && unit.case != Case::Small;
            if let Some(meant) = meant.filter(|_| unit.free && !lone_capital && !self.is_known(&unit)) {
                unit.word = meant.to_owned();
                unit.changed = true;
                unit.free = false;
                any = true;
            }
            out.push(unit);
        }
        self.units = out;
        any
    }

    /// Words that were typed apart.
    fn join(&mut self) -> bool {
        let mut any = false;
        let mut out: Vec<Unit> = Vec::with_capacity(self.units.len());
        for unit in std::mem::take(&mut self.units) {
            match out.last_mut() {
                Some(before) if self.can_join(before, &unit) => {
                    before.word.push_str(&unit.word);
                    before.span = before.span.cover(unit.span);
                    before.changed = true;
                    any = true;
                }
                _ => out.push(unit),
            }
        }
        self.units = out;
        any
    }

    fn can_join(&self, left: &Unit, right: &Unit) -> bool {
        let gap = Span::new(left.span.end(), right.span.start()).slice(self.text);
        let apart = left.span.end() < right.span.start() && matches!(gap, Some(" " | "-"));
        apart && left.free && right.free && self.chooser.joins(&left.word, &right.word)
    }

    /// Unknown words: another word, or two.
    fn respell(&mut self) -> bool {
        let unknown: Vec<usize> = (self.units.iter().enumerate())
            .filter(|(_, unit)| unit.free && unit.word.len() >= 4 && !self.is_known(unit))
            .map(|(at, _)| at)
            .collect();
        let distinct: std::collections::BTreeSet<&str> =
            unknown.iter().filter_map(|&at| self.units.get(at)).map(|unit| unit.word.as_str()).collect();
        if distinct.len() > MAX_UNKNOWN_WORDS {
            return false;
        }
        let mut any = false;
        // From the end, so that a split does not move what is still to come.
        for at in unknown.into_iter().rev() {
            any |= self.respell_one(at);
        }
        any
    }

    fn respell_one(&mut self, at: usize) -> bool {
        let care = self.care(at);
        let Some(unit) = self.units.get(at) else { return false };
        let key = (unit.word.clone(), care);
        let chosen = match self.chosen.get(&key) {
            Some(known) => known.clone(),
            None => {
                let may_split = unit.span.len() == key.0.len();
                let chosen = self.chooser.choose(&key.0, care, may_split);
                self.chosen.insert(key, chosen.clone());
                chosen
            }
        };
        match (chosen, self.units.get_mut(at)) {
            (Some(word), Some(unit)) if word != unit.word => {
                unit.word = word;
                unit.changed = true;
                // Two words in one unit are not looked at again; they are words of the corpus.
                unit.free = !unit.word.contains(' ');
                true
            }
            _ => false,
        }
    }

    /// A capital within a sentence between small words may begin the name of somebody.
    fn care(&self, at: usize) -> Care {
        let capital = |at: Option<usize>| {
            at.and_then(|at| self.units.get(at)).is_some_and(|unit| unit.case != Case::Small)
        };
        let neighbours = [at.checked_sub(1), at.checked_add(1)];
        let alone = neighbours.into_iter().filter(|&beside| capital(beside)).count() == 0;
        if capital(Some(at)) && alone && at > 0 && !self.begins_sentence(at) {
            Care::Name
        } else {
            Care::Usual
        }
    }

    fn begins_sentence(&self, at: usize) -> bool {
        let Some((before, unit)) = at.checked_sub(1).and_then(|b| self.units.get(b)).zip(self.units.get(at))
        else {
            return true;
        };
        let gap = Span::new(before.span.end(), unit.span.start()).slice(self.text).unwrap_or_default();
        gap.contains(['.', '!', '?', ':', '\n', '"'])
    }

    fn result(self) -> Corrected {
        let mut text = String::with_capacity(self.text.len());
        let mut corrections = Vec::new();
        let mut end = 0;
        for unit in self.units.iter().filter(|unit| unit.changed) {
            let from = unit.span.slice(self.text).unwrap_or_default();
            let to = cased(&unit.word, unit.case);
            text.push_str(self.text.get(end..unit.span.start()).unwrap_or_default());
            text.push_str(&to);
            end = unit.span.end();
            corrections.push(SpellingCorrection { span: unit.span, from: from.to_owned(), to });
        }
        text.push_str(self.text.get(end..).unwrap_or_default());
        Corrected { text, corrections }
    }
}

/// `word` in capitals as the typed one was.
fn cased(word: &str, case: Case) -> String {
    match case {
        Case::Small | Case::Mixed => word.to_owned(),
        Case::AllCapitals => word.to_uppercase(),
        Case::Capital => {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        }
    }
}
