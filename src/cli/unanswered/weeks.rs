//! How many questions were asked in vain in each week, by reason.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::line::reason;
use crate::store::DatedQuestion;

/// Most weeks that are shown: so many does a year touch, the longest that questions are kept.
const MAX_WEEKS: u64 = 54;

/// Counts by week, from that of the first question to that of today.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Weeks<'q> {
    /// The first day of each week, a Monday, in days since 1970-01-01.
    pub(super) mondays: Vec<u64>,
    /// The most frequent reason first.
    pub(super) series: Vec<Series<'q>>,
}

/// The questions that were asked in vain for one reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Series<'q> {
    pub(super) reason: &'q str,
    /// One a week.
    pub(super) counts: Vec<usize>,
}

impl<'q> Weeks<'q> {
    /// Counts `questions`. What was kept while a clock was wrong counts in the first week or in that of `today`.
    pub(super) fn of(questions: &'q [DatedQuestion], today: u64) -> Self {
        let last = week_of(today);
        let earliest = last.saturating_sub(MAX_WEEKS - 1);
        let week = |dated: &DatedQuestion| week_of(dated.day).clamp(earliest, last);
        let first = questions.iter().map(week).min().unwrap_or(last);
        let mondays: Vec<u64> = (first..=last).map(monday_of).collect();
        let mut counts: BTreeMap<&'q str, Vec<usize>> = BTreeMap::new();
        for dated in questions {
            let weeks = counts.entry(reason(&dated.question)).or_insert_with(|| vec![0; mondays.len()]);
            let at = usize::try_from(week(dated) - first).unwrap_or_default();
            if let Some(count) = weeks.get_mut(at) {
                *count += 1;
            }
        }
        let mut series: Vec<Series<'q>> =
            counts.into_iter().map(|(reason, counts)| Series { reason, counts }).collect();
        series.sort_by_key(|series| Reverse(series.total()));
        Self { mondays, series }
    }

    /// The questions of each week, whatever the reason.
    pub(super) fn totals(&self) -> Vec<usize> {
        let of_week =
            |at: usize| self.series.iter().filter_map(|series| series.counts.get(at)).sum::<usize>();
        (0..self.mondays.len()).map(of_week).collect()
    }
}

impl Series<'_> {
    pub(super) fn total(&self) -> usize {
        self.counts.iter().sum()
    }
}

/// The number of a day's week. 1970-01-01 was a Thursday.
const fn week_of(day: u64) -> u64 {
    day.saturating_add(3) / 7
}

const fn monday_of(week: u64) -> u64 {
    week.saturating_mul(7).saturating_sub(3)
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;

    use super::*;
    use crate::cli::unanswered::day::date_of;
    use crate::store::UnansweredQuestion;

    fn dated(day: u64, is_unhelpful: bool) -> DatedQuestion {
        DatedQuestion {
            day,
            question: UnansweredQuestion { is_unhelpful, ..UnansweredQuestion::asked("a?") },
        }
    }

    #[test]
    fn every_week_from_the_first_question_to_today_is_counted() {
        // 2024-10-04 was a Friday.
        let questions =
            [dated(20_002, false), dated(20_003, true), dated(20_017, false), dated(20_000, false)];
        let weeks = Weeks::of(&questions, 20_024);
        assert!(weeks.mondays.iter().all(|day| date_of(*day).weekday() == Weekday::Monday));
        assert_eq!(weeks.mondays, [19_996, 20_003, 20_010, 20_017, 20_024]);
        let counts: Vec<(&str, Vec<usize>)> =
            weeks.series.iter().map(|series| (series.reason, series.counts.clone())).collect();
        assert_eq!(
            counts,
            [("no_match", vec![2, 0, 0, 1, 0]), ("not_helpful", vec![0, 1, 0, 0, 0])],
            "Sunday ends a week"
        );
        assert_eq!(weeks.totals(), [2, 1, 0, 1, 0]);
    }

    #[test]
    fn a_clock_that_was_wrong_makes_no_more_weeks_than_a_year_has() {
        let questions = [dated(0, false), dated(20_000, false), dated(u64::MAX, false)];
        let weeks = Weeks::of(&questions, 20_000);
        assert_eq!(weeks.mondays.len() as u64, MAX_WEEKS);
        let totals = weeks.totals();
        assert_eq!((totals.first(), totals.last()), (Some(&1), Some(&2)));
    }

    #[test]
    fn without_questions_there_is_this_week() {
        assert_eq!(Weeks::of(&[], 20_000), Weeks { mondays: vec![19_996], series: Vec::new() });
    }
}
