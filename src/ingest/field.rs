//! Single values that a document says about itself, made safe to show: titles, addresses, dates, tags.

/// Longest title or question kept, in characters.
const MAX_TITLE: usize = 300;
/// Longest web address kept, in bytes.
const MAX_URL: usize = 2_048;
/// Longest date that could not be read as one, in characters.
const MAX_DATE: usize = 40;

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
        (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let rest =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (first && rest && tag.len() <= 35).then_some(tag)
}

/// A date: `YYYY-MM-DD` where the text begins with one, else the text as it is on one line.
pub(crate) fn date(text: &str) -> Option<String> {
    let line = one_line(text, MAX_DATE);
    let head = line.get(..10).filter(|head| {
        head.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    });
    head.map(str::to_owned).or_else(|| Some(line.clone()).filter(|line| !line.is_empty()))
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
        for bad in ["", "e", "english language", "en-", "12"] {
            assert_eq!(language(bad), None, "{bad:?} passed");
        }
    }

    #[test]
    fn dates_are_cut_to_the_day_or_kept_as_written() {
        assert_eq!(date("2024-05-06T07:08:09Z").as_deref(), Some("2024-05-06"));
        assert_eq!(date("May 2024").as_deref(), Some("May 2024"));
        assert_eq!(date("  "), None);
    }
}
