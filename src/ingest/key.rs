//! The names under which a document says something about itself, and what the report tells of names and values
//! that are none.

use super::date::date_line;
use super::field;
use crate::document::Metadata;

/// Longest name that is compared, in bytes.
const MAX_NAME: usize = 40;
/// Longest part of a name or value in a note, in characters.
const MAX_SHOWN: usize = 40;
/// From this length a name may hold two slips, in bytes.
const LONG_NAME: usize = 6;

/// What a document may say about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Title,
    Question,
    Url,
    Language,
    Reviewed,
}

/// What is meant by a name in one format or another.
const NAMES: &[(&str, Key)] = &[
    ("title", Key::Title),
    ("question", Key::Question),
    ("url", Key::Url),
    ("language", Key::Language),
    ("lang", Key::Language),
    ("reviewed", Key::Reviewed),
    ("date", Key::Reviewed),
];

impl Key {
    /// The name that every format knows it by.
    const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Question => "question",
            Self::Url => "url",
            Self::Language => "language",
            Self::Reviewed => "reviewed",
        }
    }

    /// Whether `value` could be said under this name.
    fn fits(self, value: &str) -> bool {
        match self {
            Self::Title | Self::Question => field::title(value).is_some(),
            Self::Url => field::web_address(value).is_some(),
            Self::Language => field::language(value).is_some(),
            Self::Reviewed => {
                let day = field::date(value).unwrap_or_default();
                date_line(&day).is_some()
            }
        }
    }
}

/// What `metadata` says nothing of; the question apart, which not every format has.
pub(super) fn missing(metadata: &Metadata) -> Vec<Key> {
    let said = [
        (Key::Title, !metadata.title.is_empty()),
        (Key::Url, metadata.url.is_some()),
        (Key::Language, metadata.language.is_some()),
        (Key::Reviewed, metadata.reviewed.is_some()),
    ];
    said.into_iter().filter(|(_, said)| !said).map(|(key, _)| key).collect()
}

/// The note on a name that is not read where it is near to one of `missing` and its value fits that.
pub(super) fn misspelt(name: &str, value: &str, missing: &[Key]) -> Option<String> {
    let meant = meant(name.trim(), value, missing)?;
    Some(format!("`{}` is not read: did you mean `{}`?", field::one_line(name, MAX_SHOWN), meant.name()))
}

fn meant(name: &str, value: &str, missing: &[Key]) -> Option<Key> {
    if name.len() > MAX_NAME {
        return None;
    }
    let name = name.to_lowercase();
    let words = name.replace(['_', '-'], " ");
    let is_review = || date_line(&format!("{words}: {value}")).is_some_and(|line| line.labelled);
    if missing.contains(&Key::Reviewed) && is_review() {
        return Some(Key::Reviewed);
    }
    NAMES
        .iter()
        .filter(|(_, key)| missing.contains(key) && key.fits(value))
        .map(|&(known, key)| (strsim::osa_distance(known, &name), known, key))
        .filter(|&(slips, known, _)| slips <= if known.len() < LONG_NAME { 1 } else { 2 })
        .min_by_key(|&(slips, ..)| slips)
        .map(|(.., key)| key)
}

/// The note on a date that is none.
pub(super) fn no_date(value: &str) -> String {
    format!("`{}` is no date and is left out: write YYYY-MM-DD", field::one_line(value, MAX_SHOWN))
}

/// The note on a language that is no tag.
pub(super) fn no_language(value: &str) -> String {
    format!(
        "`{}` is no language tag and is left out: write one such as `en`",
        field::one_line(value, MAX_SHOWN)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Key] = &[Key::Title, Key::Question, Key::Url, Key::Language, Key::Reviewed];

    #[test]
    fn a_name_near_to_a_missing_one_is_told() {
        for (name, value, known) in [
            ("Titel", "Knees", "title"),
            ("Url", "https://example.org/a", "url"),
            ("uri", "https://example.org/a", "url"),
            ("langauge", "en", "language"),
            ("lang", "en", "language"),
            ("reviewd", "2024-12-31", "reviewed"),
            ("last reviewed", "2024-12-31", "reviewed"),
            ("last_updated", "31 December 2024", "reviewed"),
            ("Date", "2024-12-31T10:00:00Z", "reviewed"),
        ] {
            let note = misspelt(name, value, ALL).unwrap_or_else(|| panic!("nothing of {name}"));
            assert_eq!(note, format!("`{name}` is not read: did you mean `{known}`?"));
        }
    }

    #[test]
    fn a_name_of_its_own_is_not_told() {
        for (name, value) in [
            ("subtitle", "For rowers"),
            ("reviewer", "Dr A. Person"),
            ("data", "7 of 12"),
            ("land", "Austria"),
            ("tags", "knee"),
            ("url_slug", "knees"),
            ("review", "yearly"),
            ("", "2024-12-31"),
        ] {
            assert_eq!(misspelt(name, value, ALL), None, "{name}");
        }
        assert_eq!(misspelt("titel", "Knees", &[Key::Url]), None);
        assert_eq!(misspelt(&"title".repeat(1_000_000), "Knees", ALL), None);
    }
}
