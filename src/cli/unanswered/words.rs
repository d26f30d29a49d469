//! Names as the page says them.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::cli::terminal::clean_line;

/// Why a question was asked in vain, in words.
pub(super) fn reason(name: &str) -> Cow<'_, str> {
    match name {
        "no_match" => "No passage answers".into(),
        "off_topic" => "The documents do not deal with it".into(),
        "too_vague" => "Too vague to look up".into(),
        "language" => "Asked in another language".into(),
        "low_confidence" => "Answered with a caution".into(),
        "not_helpful" => "The answer did not help".into(),
        "not_found" => "Nothing was found".into(),
        other => clean_line(other).into(),
    }
}

/// The BCP 47 tag of a language; empty, which is that of none, for a script that several are written in.
pub(super) fn tag(language: &str) -> &'static str {
    match language {
        "english" => "en",
        "german" => "de",
        "dutch" => "nl",
        "french" => "fr",
        "spanish" => "es",
        "italian" => "it",
        "portuguese" => "pt",
        "polish" => "pl",
        "turkish" => "tr",
        "greek" => "el",
        "hebrew" => "he",
        "chinese" => "zh",
        "japanese" => "ja",
        "korean" => "ko",
        "thai" => "th",
        _ => "",
    }
}

/// The name of a language as a sentence has it.
pub(super) fn language(name: &str) -> String {
    match name {
        "cyrillic" => "in Cyrillic script".into(),
        "arabic" => "in Arabic script".into(),
        "devanagari" => "in Devanagari script".into(),
        name => {
            let mut letters = name.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
        }
    }
}

/// `2 November 2026`.
pub(super) fn date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// `once`, `12 times`.
pub(super) fn times(times: usize) -> String {
    if times == 1 { "once".into() } else { format!("{times} times") }
}
