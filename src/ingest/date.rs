//! Lines that only say when a document was written or reviewed, or will be.

use super::field;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What may stand before the date, in small letters.
const LABELS: &[&str] = &[
    "page last reviewed",
    "content last reviewed",
    "date last reviewed",
    "date of last review",
    "last reviewed",
    "last medically reviewed",
    "medically reviewed",
    "reviewed",
    "review date",
    "page last updated",
    "last updated",
    "date last updated",
    "updated",
    "last modified",
    "last revised",
    "revised",
];
/// Labels that tell less of the content's age.
const WEAK_LABELS: &[&str] = &[
    "first published",
    "publication date",
    "date of publication",
    "date published",
    "published",
    "date of issue",
    "issue date",
    "issued",
    "posted",
    "date",
];
/// The one of [`LABELS`] that many write before the date of the next review.
const VAGUE_LABEL: &str = "review date";

/// What may stand before the date of a review to come.
const DUE_LABELS: &[&str] = &[
    "date of next review",
    "next review due",
    "next review date",
    "next review",
    "review due date",
    "review due",
    "due for review",
];

/// A line that is a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateLine {
    /// `YYYY-MM-DD`, or `YYYY-MM` where the line names no day.
    pub(crate) date: String,
    /// Whether the line says that it is the date of the last review or change.
    pub(crate) labelled: bool,
    /// Whether that may as well be the date of the next one.
    pub(crate) is_vague: bool,
}

/// Of two lines of a document the first that says for certain that its date is of a review that was, else the first.
pub(crate) fn surer(first: Option<DateLine>, next: Option<DateLine>) -> Option<DateLine> {
    if first.as_ref().is_some_and(|line| line.is_vague) && next.as_ref().is_some_and(|line| !line.is_vague) {
        return next;
    }
    first.or(next)
}

/// Reads `text` as a date and nothing else, with a label such as "Last reviewed:" or without one.
pub(crate) fn date_line(text: &str) -> Option<DateLine> {
    if text.len() > 80 {
        return None;
    }
    let lower = text.trim().trim_end_matches('.').to_lowercase();
    let after = |labels: &[&str]| {
        labels.iter().find_map(|label| lower.strip_prefix(label).and_then(after_label).map(str::to_owned))
    };
    if let Some(rest) = after(LABELS) {
        let is_vague = lower.starts_with(VAGUE_LABEL);
        return read(&rest).map(|date| DateLine { date, labelled: true, is_vague });
    }
    let rest = after(WEAK_LABELS).unwrap_or(lower);
    read(&rest).map(|date| DateLine { date, labelled: false, is_vague: false })
}

/// Whether `text` only says when the document is to be reviewed next.
pub(crate) fn is_due_line(text: &str) -> bool {
    if text.len() > 80 {
        return false;
    }
    let lower = text.trim().trim_end_matches('.').to_lowercase();
    let mut dates = DUE_LABELS.iter().filter_map(|label| lower.strip_prefix(label).and_then(after_label));
    dates.any(|date| read(date).is_some() || is_of_numbers(date))
}

/// Whether `text` is a date without the name of a month, such as `15/06/2026`; which number is which is left open.
fn is_of_numbers(text: &str) -> bool {
    !text.contains(char::is_alphabetic) && field::date(text).is_some()
}

/// Whether `text` is a day of the calendar, `YYYY-MM-DD`.
pub(crate) fn is_day(text: &str) -> bool {
    text.len() == 10 && read(text).is_some()
}

fn after_label(rest: &str) -> Option<&str> {
    let rest = rest.trim_start().trim_start_matches([':', '-', '–']).trim_start();
    Some(rest.strip_prefix("on ").unwrap_or(rest))
}

/// `june 5, 2021`, `5th june 2021`, `june 2021`, `2021-06-05`, in small letters.
fn read(text: &str) -> Option<String> {
    if let [year, month, day] = text.split('-').collect::<Vec<_>>().as_slice() {
        return format_date(number(year, 4)?, number(month, 2)?, Some(number(day, 2)?));
    }
    let words: Vec<&str> =
        text.split([' ', ',', '.', '\u{a0}']).filter(|word| !word.is_empty()).take(4).collect();
    match *words.as_slice() {
        [month, year] => format_date(number(year, 4)?, month_number(month)?, None),
        [first, second, year] => {
            let (month, day) = match month_number(first) {
                Some(month) => (month, day_number(second)?),
                None => (month_number(second)?, day_number(first)?),
            };
            format_date(number(year, 4)?, month, Some(day))
        }
        _ => None,
    }
}

fn number(text: &str, digits: usize) -> Option<u32> {
    let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn day_number(text: &str) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th"].iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
    let fits = (1..=2).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| bare.parse().ok()).flatten()
}

/// A month by its name or by its first three or four letters.
fn month_number(text: &str) -> Option<u32> {
    let is_short = matches!(text.len(), 3 | 4);
    let at = MONTHS.iter().position(|month| *month == text || is_short && month.starts_with(text))?;
    u32::try_from(at + 1).ok()
}

fn format_date(year: u32, month: u32, day: Option<u32>) -> Option<String> {
    let valid = (1900..=2100).contains(&year)
        && (1..=12).contains(&month)
        && day.is_none_or(|day| (1..=days_of(year, month)).contains(&day));
    valid.then(|| match day {
        Some(day) => format!("{year:04}-{month:02}-{day:02}"),
        None => format!("{year:04}-{month:02}"),
    })
}

/// The days of a month.
const fn days_of(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_usual_ways_of_writing_them() {
        for (text, date) in [
            ("June 05, 2021", "2021-06-05"),
            ("5 June 2021", "2021-06-05"),
            ("5th Sept. 2021.", "2021-09-05"),
            ("2021-06-05", "2021-06-05"),
            ("Last reviewed: Dec. 5, 2019", "2019-12-05"),
            ("Updated on 1 May 2020", "2020-05-01"),
            ("Page last updated - March 2020", "2020-03"),
        ] {
            assert_eq!(date_line(text).map(|line| line.date).as_deref(), Some(date), "of {text:?}");
        }
    }

    #[test]
    fn what_only_mentions_a_date_is_no_date_line() {
        for text in [
            "",
            "May",
            "2021",
            "June 45, 2021",
            "Updated",
            "On June 5, 2021 it rained",
            "1-2-3",
            "In June 2021",
            "32 June 2021",
            "31 June 2021",
            "2021-02-29",
        ] {
            assert_eq!(date_line(text), None, "of {text:?}");
        }
    }

    #[test]
    fn a_review_to_come_is_no_date_of_the_document() {
        for text in [
            "Next review due: 15 June 2026",
            "Next review date: June 2026.",
            "Review due 2026-06-15",
            "Due for review: June 2026",
            "Review due: 15/06/2026",
        ] {
            assert!(is_due_line(text) && date_line(text).is_none(), "{text}");
        }
        for text in ["Next review due", "Your next review is on 15 June 2026", "Last reviewed: 15 June 2023"]
        {
            assert!(!is_due_line(text), "{text}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert!(is_day("2024-02-29") && is_day("2000-02-29"));
        for text in ["2023-02-29", "2100-02-29", "2021-13-45", "2024-2-9", "May 2024", "2024-04-31"] {
            assert!(!is_day(text), "{text}");
        }
    }

    #[test]
    fn a_date_of_review_is_told_from_a_bare_one() {
        assert!(date_line("Reviewed 2020-01-02").unwrap().labelled);
        assert!(!date_line("Published 2020-01-02").unwrap().labelled);
    }
}
