//! Single values that a document says about itself, made safe to show: titles, addresses, dates, tags.

use std::ops::RangeInclusive;

use super::date::is_day;

/// Longest title or question kept, in characters.
const MAX_TITLE: usize = 300;
/// Longest web address kept, in bytes.
const MAX_URL: usize = 2_048;
/// Longest date that could not be read as one, in characters.
const MAX_DATE: usize = 40;
/// Years of the calendars in use: 1403 is one of the Persian, 2567 one of the Buddhist.
const YEARS: RangeInclusive<u32> = 1300..=2700;

/// `text` on one line: runs of white space and control characters become one space, ends are trimmed, and
/// no more than `max` characters are kept.
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let mut line = String::new();
    let mut kept = 0;
    let mut space = false;
    for c in text.chars().filter(|&c| !is_invisible(c)) {
        if c.is_whitespace() || c.is_control() {
            space = !line.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            line.push(' ');
            kept += 1;
        }
        if kept >= max {
            break;
        }
        line.push(c);
        kept += 1;
    }
    line.truncate(line.trim_end().len());
    line
}

/// A title or question for people, or `None` where nothing is left of it.
pub(crate) fn title(text: &str) -> Option<String> {
    Some(one_line(text, MAX_TITLE)).filter(|title| !title.is_empty())
}

/// An `http` or `https` address, or `None` for anything else (`javascript:` above all).
pub(crate) fn web_address(text: &str) -> Option<String> {
    let url = text.trim();
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let rest = if lower.starts_with("https://") { url.get(8..) } else { None };
    let rest = rest.or_else(|| if lower.starts_with("http://") { url.get(7..) } else { None })?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let clean = !url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    (!host.is_empty() && clean && url.len() <= MAX_URL).then(|| url.to_owned())
}

/// A BCP 47 tag such as `en` or `pt-BR`, or `None` for what does not look like one.
pub(crate) fn language(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let first = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let rest =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (first && rest && tag.len() <= 35).then_some(tag)
}

/// A date: `YYYY-MM-DD` where the text begins with one, else the text as it is on one line where it names a year.
/// `None` for a day that is in no calendar and for what is no date.
pub(crate) fn date(text: &str) -> Option<String> {
    let line = one_line(text, MAX_DATE);
    let line = dashed(&line).unwrap_or(line);
    match line.get(..10).filter(|head| is_shaped_like_a_day(head)) {
        Some(head) => Some(head.to_owned()).filter(|head| is_day(head)),
        None => Some(line).filter(|line| may_be_date(line)),
    }
}

/// `20240506` with its dashes.
fn dashed(text: &str) -> Option<String> {
    let is_compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = text.split_at_checked(4).filter(|_| is_compact)?;
    let (month, day) = rest.split_at_checked(2)?;
    Some(format!("{year}-{month}-{day}"))
}

fn is_shaped_like_a_day(head: &str) -> bool {
    head.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    })
}

/// Whether `line` names a year and, where it is of numbers alone, no day or month that cannot be.
fn may_be_date(line: &str) -> bool {
    let numbers = || line.split(|c: char| !c.is_numeric()).filter(|number| !number.is_empty());
    if !numbers().any(is_year) {
        return false;
    }
    // Digits other than 0 to 9 are not weighed.
    let mut rest = numbers().filter(|number| !is_year(number)).map(|number| number.parse().unwrap_or(1u32));
    let parts = [rest.next(), rest.next()];
    let fits = |most: u32| move |part: &u32| (1..=most).contains(part);
    line.contains(char::is_alphabetic)
        || parts.iter().flatten().all(fits(31))
            && (parts == [None, None] || parts.iter().flatten().any(fits(12)))
}

fn is_year(number: &str) -> bool {
    number.chars().count() == 4 && number.parse().ok().is_none_or(|year: u32| YEARS.contains(&year))
}

/// Characters that turn or hide the text around them on a terminal or page.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_carries_no_control_character() {
        assert_eq!(one_line("  a\u{1b}[31m\n\tb\u{202e}c ", 80), "a [31m bc");
        assert_eq!(one_line("äöüß", 2), "äö");
        assert_eq!(title(" \n "), None);
    }

    #[test]
    fn only_web_addresses_pass() {
        assert_eq!(web_address(" https://example.org/a?b ").as_deref(), Some("https://example.org/a?b"));
        assert_eq!(web_address("HTTP://EXAMPLE.org").as_deref(), Some("HTTP://EXAMPLE.org"));
        for bad in ["javascript:alert(1)", "https://", "//example.org", "http://a b", "ftp://x", "", "hé"] {
            assert_eq!(web_address(bad), None, "{bad:?} passed");
        }
    }

    #[test]
    fn languages_look_like_tags() {
        assert_eq!(language("pt_BR").as_deref(), Some("pt-BR"));
        assert_eq!(language("en").as_deref(), Some("en"));
        for bad in ["", "e", "english language", "English", "german", "en-", "12"] {
            assert_eq!(language(bad), None, "{bad:?} passed");
        }
    }

    #[test]
    fn dates_are_cut_to_the_day_or_kept_as_written() {
        assert_eq!(date("2024-05-06T07:08:09Z").as_deref(), Some("2024-05-06"));
        assert_eq!(date("20240506").as_deref(), Some("2024-05-06"));
        for text in [
            "May 2024",
            "2024",
            "05/2024",
            "31.12.2024",
            "15. Januar 2024",
            "2024年5月6日",
            "२०२४",
            "۱۴۰۳/۲/۱۷",
        ] {
            assert_eq!(date(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "  ",
            "2021-13-45",
            "2021-02-30T10:00",
            "20211345",
            "13/45/2021",
            "13/14/2021",
            "TBC",
            "soon",
            "May 24",
            "12",
        ] {
            assert_eq!(date(text), None, "{text:?} passed");
        }
    }
}
