//! A group of questions as it is listed, in whatever form.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::day::date_of;
use super::groups::Group;
use crate::cli::terminal::clean_line;
use crate::store::{NearestSection, UnansweredQuestion};

/// Most characters of a question that are shown on one line.
const MAX_SHOWN_CHARS: usize = 100;

/// A group as it is listed.
#[derive(Debug, Serialize)]
pub(super) struct Line<'q> {
    pub(super) times: usize,
    #[serde(serialize_with = "as_text")]
    pub(super) first: Date,
    #[serde(serialize_with = "as_text")]
    pub(super) last: Date,
    /// As it was asked most often.
    pub(super) question: &'q str,
    pub(super) doors: BTreeMap<&'q str, usize>,
    pub(super) reasons: BTreeMap<&'q str, usize>,
    pub(super) languages: BTreeMap<&'q str, usize>,
    /// What came nearest most often.
    pub(super) nearest: Option<&'q NearestSection>,
    /// Each wording with how often it was asked, the most frequent first.
    #[serde(skip)]
    pub(super) wordings: Vec<(&'q str, usize)>,
}

impl<'q> Line<'q> {
    pub(super) fn of(group: &Group<'q>) -> Self {
        let days = || group.questions.iter().map(|dated| dated.day);
        let questions: Vec<&'q UnansweredQuestion> =
            group.questions.iter().map(|dated| &dated.question).collect();
        let each = || questions.iter().copied();
        let wordings = frequencies(each().map(|one| one.question.as_str()));
        let nearest = frequencies(each().filter_map(|one| one.nearest.as_ref()));
        Self {
            times: questions.len(),
            first: date_of(days().min().unwrap_or(0)),
            last: date_of(days().max().unwrap_or(0)),
            question: wordings.first().map_or("", |(wording, _)| wording),
            doors: counts(each().map(|one| one.door.as_str())),
            reasons: counts(each().map(reason)),
            languages: counts(each().filter_map(|one| one.language.as_deref())),
            nearest: nearest.first().map(|(nearest, _)| *nearest),
            wordings,
        }
    }

    /// Title and headings of what came nearest, each once.
    pub(super) fn place(&self) -> String {
        let Some(nearest) = self.nearest else { return String::new() };
        let mut headings = vec![nearest.title.as_str()];
        headings.extend(nearest.section.iter().map(String::as_str));
        headings.dedup();
        clean_line(&headings.join(" \u{203a} "))
    }
}

fn as_text<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// Why a question was asked in vain.
pub(super) fn reason(question: &UnansweredQuestion) -> &str {
    if question.is_unhelpful {
        return "not_helpful";
    }
    question.reason.as_deref().unwrap_or(&question.outcome)
}

fn counts<'q>(names: impl Iterator<Item = &'q str>) -> BTreeMap<&'q str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

/// Those that differ with how often each comes, the most frequent first, then in the order of their coming.
fn frequencies<T: Copy + Eq + Hash>(all: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut places: HashMap<T, usize> = HashMap::new();
    let mut found: Vec<(T, usize)> = Vec::new();
    for one in all {
        let place = *places.entry(one).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, times)) => *times += 1,
            None => found.push((one, 1)),
        }
    }
    found.sort_by_key(|(_, times)| Reverse(*times));
    found
}

/// Names and counts, the greatest first, as in `socket 9, desk 3`.
pub(super) fn listed(counts: &BTreeMap<&str, usize>) -> String {
    let each = ordered(counts).into_iter().map(|(name, count)| format!("{} {count}", clean_line(name)));
    each.collect::<Vec<_>>().join(", ")
}

/// Names and counts, the greatest first.
pub(super) fn ordered<'q>(counts: &BTreeMap<&'q str, usize>) -> Vec<(&'q str, usize)> {
    let mut counts: Vec<(&'q str, usize)> = counts.iter().map(|(name, count)| (*name, *count)).collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts
}

/// The beginning of a question, on one line.
pub(super) fn cut(question: &str) -> String {
    let line = clean_line(question);
    match line.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}\u{2026}", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_question_is_cut() {
        assert_eq!(cut(&"\u{e9}".repeat(200)).chars().count(), MAX_SHOWN_CHARS + 1);
    }

    #[test]
    fn of_equally_frequent_ones_the_first_comes_first() {
        let found = frequencies(["b", "a", "c", "a", "b"].into_iter());
        assert_eq!(found, [("b", 2), ("a", 2), ("c", 1)]);
    }
}
