//! Items and rows that say for which numbers they hold: "35 to 37", "under 35", "40 or more". To somebody who is 36 the
//! first is quoted before the others.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::AnswerConfig;
use super::confidence::{DEPTH, confidence};
use super::distinct::bring_first;
use super::respond::outcome_of;
use crate::document::PassageKind;
use crate::retrieve::{Finder, Findings, RankedPassage};
use crate::text::Span;
use crate::text::pattern::literal;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// What ends a number: a unit, or no more letter. A plural `s` is no part of the unit.
const UNIT: &str = concat!(
    r"(?:\s*(?<unit>%|°|(?:am|pm|percent|per\s+cent|degree|mg|mcg|g|kg|ml|litre|l|mmol|cm|mm|metre|mile|unit|",
    r"second|minute|min|hour|day|night|week|month|year|time)s?\b)|\b)"
);

fn with_unit(pattern: &str) -> Regex {
    literal(&format!("{pattern}{UNIT}"))
}

/// Numbers from one to another, up to one, or from one on.
static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    with_unit(concat!(
        r"(?i)(?:\b(?<from>\d{1,4}(?:\.\d+)?)\s*(?:to|-|\x{2013})\s*(?<to>\d{1,4}(?:\.\d+)?)",
        r"|\b(?:under|below|less\s+than)\s+(?<below>\d{1,4}(?:\.\d+)?)",
        r"|\b(?:over|above|more\s+than)\s+(?<above>\d{1,4}(?:\.\d+)?)",
        r"|\b(?<least>\d{1,4}(?:\.\d+)?)\s+(?:or|and)\s+(?:more|over|above|older))",
    ))
});

/// A number by itself.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| with_unit(r"(?i)\b(?<value>\d{1,4}(?:\.\d+)?)"));

/// A number that somebody gives.
#[derive(Debug, Clone, PartialEq)]
struct Number {
    value: f32,
    unit: String,
}

/// The numbers that a row is for.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    from: f32,
    to: f32,
    unit: String,
    /// Where it begins, in bytes of the row.
    begin: usize,
    /// Where it ends, with its unit.
    end: usize,
}

impl Range {
    /// The first that `row` names.
    fn first_of(row: &str) -> Option<Self> {
        let found = RANGE.captures(row)?;
        let value = |name: &str| found.name(name)?.as_str().parse::<f32>().ok();
        let (from, to) = match (value("from"), value("to"), value("below"), value("above"), value("least")) {
            (Some(from), Some(to), ..) => (from, to),
            (_, _, Some(below), ..) => (f32::MIN, below.next_down()),
            (_, _, _, Some(above), _) => (above.next_up(), f32::MAX),
            (.., Some(least)) => (least, f32::MAX),
            _ => return None,
        };
        (from < to).then(|| Self {
            from,
            to,
            unit: unit_of(&found),
            begin: found.get(0).map_or(0, |all| all.start()),
            end: found.get(0).map_or(0, |all| all.end()),
        })
    }

    /// Whether it holds one of those of `numbers` that have its unit; `None` where none has.
    fn holds(&self, numbers: &[Number]) -> Option<bool> {
        let mut alike = numbers.iter().filter(|number| number.unit == self.unit).peekable();
        alike.peek()?;
        Some(alike.any(|number| (self.from..=self.to).contains(&number.value)))
    }
}

/// The numbers in `text`, each with its unit.
fn numbers(text: &str) -> Vec<Number> {
    let number = |found: Captures<'_>| {
        let value = found.name("value")?.as_str().parse().ok()?;
        Some(Number { value, unit: unit_of(&found) })
    };
    NUMBER.captures_iter(text).filter_map(number).collect()
}

/// The unit that was found, in small letters and without a plural `s`. Years are none: ages are told without.
fn unit_of(found: &Captures<'_>) -> String {
    let unit = found.name("unit").map_or("", |unit| unit.as_str()).to_lowercase();
    let unit = unit.strip_suffix('s').unwrap_or(&unit);
    if unit == "year" { String::new() } else { unit.to_owned() }
}

/// Where the first passage is an item or row for other numbers than those of the question, puts the first of its list
/// before it that is for one of them, unless the answer would be less sure by it. One that says the same but for numbers
/// is the same sort of answer, and as sure.
pub(super) fn put_fitting_first(finder: &Finder, config: &AnswerConfig, findings: &mut Findings) {
    let said = numbers(&findings.reading.understanding.whole());
    let found: &Findings = findings;
    let Some(first) = found.ranked.first().filter(|first| holds(first, &said) == Some(false)) else { return };
    let list = |passage: &RankedPassage| passage.get().and_then(|passage| passage.group);
    let fits = |passage: &RankedPassage| {
        passage.document_ordinal == first.document_ordinal
            && list(passage).is_some()
            && list(passage) == list(first)
            && holds(passage, &said) == Some(true)
            && is_of_what_was_named(passage)
    };
    let Some(at) = found.ranked.iter().take(DEPTH).position(fits) else { return };
    let sure = |at: usize| confidence(&finder.weights, found, at);
    let is_as_sure = outcome_of(config, sure(at)) == outcome_of(config, sure(0));
    let is_alike = found.ranked.get(at).is_some_and(|fitting| are_alike(fitting, first));
    let takes_over = is_alike && sure(at) < sure(0);
    if is_alike || is_as_sure {
        bring_first(&mut findings.ranked, at);
    }
    if takes_over {
        weigh_as_second(&mut findings.ranked);
    }
}

/// Lets the first passage be weighed as the second is.
pub(super) fn weigh_as_second(ranked: &mut [RankedPassage]) {
    let [first, second, ..] = ranked else { return };
    (first.score, first.lexical, first.features) = (second.score, second.lexical, second.features);
    first.evidence.in_all.clone_from(&second.evidence.in_all);
}

/// Whether two items or rows say the same but for numbers behind those that they are for.
fn are_alike(one: &RankedPassage, other: &RankedPassage) -> bool {
    let row = |passage: &RankedPassage| {
        let own = passage.get()?;
        Some((own.kind, words_behind(passage.document.slice(own.span))?))
    };
    row(one).is_some_and(|said| Some(said) == row(other))
}

/// The words behind the first range of `row`: none in "35 to 37: 25".
fn words_behind(row: &str) -> Option<Vec<String>> {
    let range = Range::first_of(row)?;
    let mut words = Vec::new();
    Analyzer::english().for_each(row.get(range.end..).unwrap_or_default(), &mut |term, _, _| {
        if term.contains(char::is_alphabetic) {
            words.push(term.to_owned());
        }
    });
    Some(words)
}

/// Whether `passage` is an item or row for one of `numbers`; `None` where that cannot be told.
fn holds(passage: &RankedPassage, numbers: &[Number]) -> Option<bool> {
    let own = passage.get()?;
    let is_row = matches!(own.kind, PassageKind::ListItem | PassageKind::TableRow);
    Range::first_of(passage.document.slice(own.span)).filter(|_| is_row)?.holds(numbers)
}

/// Whether what the row says before its numbers, if anything, is something that the question names: "a BMI of 35 to 40" is
/// for nobody who tells an age.
fn is_of_what_was_named(passage: &RankedPassage) -> bool {
    let Some(own) = passage.get() else { return false };
    let row = passage.document.slice(own.span);
    let Some(range) = Range::first_of(row) else { return false };
    let mut is_bare = true;
    Analyzer::english().for_each(row.get(..range.begin).unwrap_or_default(), &mut |term, _, _| {
        is_bare &= weight_class(term) != WeightClass::Content;
    });
    let before = Span::new(own.span.start(), own.span.start() + range.begin);
    is_bare || passage.evidence.hits.iter().any(|hit| before.contains(hit.span))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::document::{DocumentId, Format};
    use crate::ingest::{IngestConfig, parse_bytes};
    use crate::retrieve::{Evidence, Features};

    #[test]
    fn a_row_is_for_the_numbers_of_its_first_range() {
        for (row, said, holds) in [
            ("a BMI of 35 to 40 with an illness", "my bmi is 36", Some(true)),
            ("a BMI of 30 to 35 with diabetes found in 10 years", "my bmi is 36", Some(false)),
            ("a BMI of 40 or more", "bmi 40", Some(true)),
            ("woman under 35: 33", "im 35", Some(false)),
            ("woman under 35: 33", "im 34 years old", Some(true)),
            ("35\u{2013}37: 25", "I am 36, and it was 3 weeks ago", Some(true)),
            ("| above 20 mg | see a doctor |", "I take 20 mg", Some(false)),
            ("| above 20 mg | see a doctor |", "I take 20.5mg", Some(true)),
            ("Weeks 1 to 6: rest", "I am 4", Some(true)),
            ("1 to 6 weeks: rest", "I am 4", None),
            ("1 to 6 weeks: rest", "4 weeks ago", Some(true)),
            ("ring 01632 960768", "I am 4", None),
            ("9 to 5", "I am 7", None),
            ("rest", "I am 4", None),
        ] {
            let found = Range::first_of(row).and_then(|range| range.holds(&numbers(said)));
            assert_eq!(found, holds, "{row}: {said}");
        }
    }

    #[test]
    fn rows_that_differ_in_numbers_only_are_the_same_sort_of_answer() {
        for (one, other, is_alike) in [
            ("woman under 35: 33", "35 to 37: 25", true),
            ("| Under 35 years | 33 % |", "| 35 to 37 years | 25 % |", true),
            ("under 12: 2 tablets with food", "12 to 18: 3 tablets with food", true),
            ("under 18: a parent signs", "18 to 65: rest for a day", false),
            ("under 18: 5 days", "18 to 65: 2 weeks", false),
            ("under 18: offered", "18 to 65: not offered", false),
            ("rest", "rest", false),
        ] {
            let said = words_behind(one);
            assert_eq!(said.is_some() && said == words_behind(other), is_alike, "{one} {other}");
        }
    }

    #[test]
    fn a_row_that_takes_a_place_over_is_weighed_as_the_one_before_it() {
        let id = DocumentId::new("births.md").unwrap();
        let text = b"# Births\n\nOf 100:\n\n- woman under 35: 33\n- 35 to 37: 25\n- 38 to 39: none\n";
        let document = parse_bytes(&id, Format::Markdown, text, &IngestConfig::default()).unwrap().remove(0);
        let document = Arc::new(document);
        let find = |row: &str, weight: f32| {
            let at =
                document.passages.iter().position(|passage| document.slice(passage.span) == row).unwrap();
            RankedPassage {
                document: Arc::clone(&document),
                document_ordinal: 0,
                passage: u32::try_from(at).unwrap(),
                rank: 1,
                score: weight,
                lexical: weight,
                features: Features { coverage: weight, ..Features::default() },
                evidence: Evidence { in_all: vec![weight], ..Evidence::default() },
                similarities: None,
                answering: None,
            }
        };
        let mut ranked = [find("35 to 37: 25", 0.1), find("woman under 35: 33", 0.5)];
        assert!(are_alike(&ranked[0], &ranked[1]) && !are_alike(&ranked[0], &find("38 to 39: none", 0.1)));
        weigh_as_second(&mut ranked);
        let [first, second] = &ranked;
        assert_eq!((first.score, first.lexical), (second.score, second.lexical));
        assert_eq!((first.features, &first.evidence), (second.features, &second.evidence));
        assert_eq!(first.get().map(|own| document.slice(own.span)), Some("35 to 37: 25"));
        weigh_as_second(&mut []);
    }
}
