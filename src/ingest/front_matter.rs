//! The block between two `---` lines at the top of a Markdown file.
//!
//! It holds one `key: value` a line; this is not YAML. Known keys are `title`, `url`, `language` (or `lang`)
//! and `reviewed` (or `date`); others are ignored, as are nested values. A value that is none, and a key that is
//! near to a known one, are noted for the report. The block stays in the canonical text and is covered by no
//! block of the draft.

use super::draft::DraftNote;
use super::report::SkipReason;
use super::{field, key};
use crate::document::Metadata;

/// What stands before the text of a Markdown file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    /// What the block says.
    pub(crate) metadata: Metadata,
    /// Byte at which the text begins.
    pub(crate) end: usize,
    /// What is wrong with it.
    pub(crate) notes: Vec<DraftNote>,
}

/// A key that is not known.
#[derive(Debug)]
struct Unread<'t> {
    line: usize,
    key: &'t str,
    value: String,
}

/// Reads the front matter of `text`; without one the result is empty and ends at byte 0.
///
/// # Errors
/// [`SkipReason::Malformed`] for a block that is not closed and for a `url` that is not a web address.
pub(crate) fn read(text: &str) -> Result<FrontMatter, SkipReason> {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else {
        return Ok(FrontMatter::default());
    };
    let mut found = FrontMatter { end: first.len(), ..FrontMatter::default() };
    let mut unread = Vec::new();
    for (at, line) in lines.enumerate() {
        found.end += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            found.note_unread(&unread);
            return Ok(found);
        }
        let nested = line.starts_with([' ', '\t', '-', '#']);
        match line.split_once(':') {
            Some((key, value)) if !nested => {
                let (key, value, line) = (key.trim(), unquoted(value.trim()), at + 2);
                if !value.is_empty() && !found.set(key, &value, line)? {
                    unread.push(Unread { line, key, value });
                }
            }
            // A line that cannot be front matter, before any that can: the rule was only a rule.
            None if at == 0 && !nested && !line.trim().is_empty() => return Ok(FrontMatter::default()),
            _ => {}
        }
    }
    let why = "the front matter that begins in line 1 is not closed: end it with a line `---`";
    Err(SkipReason::Malformed(why.to_owned()))
}

impl FrontMatter {
    /// Takes what a line says, and says whether its key is known.
    fn set(&mut self, key: &str, value: &str, line: usize) -> Result<bool, SkipReason> {
        match key.to_ascii_lowercase().as_str() {
            "title" => self.metadata.title = field::title(value).unwrap_or_default(),
            "language" | "lang" => match field::language(value) {
                Some(language) => self.metadata.language = Some(language),
                None => self.note(line, key::no_language(value)),
            },
            "date" if self.metadata.reviewed.is_some() => {}
            "reviewed" | "date" => match field::date(value) {
                Some(date) => self.metadata.reviewed = Some(date),
                None => self.note(line, key::no_date(value)),
            },
            "url" => {
                let why = || format!("the url in line {line} does not begin with http:// or https://");
                let url = field::web_address(value).ok_or_else(|| SkipReason::Malformed(why()))?;
                self.metadata.url = Some(url);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Notes every key that may have been meant for one that nothing else gives.
    fn note_unread(&mut self, unread: &[Unread<'_>]) {
        let missing = key::missing(&self.metadata);
        for Unread { line, key, value } in unread {
            if let Some(detail) = key::misspelt(key, value, &missing) {
                self.note(*line, detail);
            }
        }
    }

    fn note(&mut self, line: usize, detail: String) {
        self.notes.push(DraftNote { line: Some(line), detail });
    }
}

/// The value without its quotes and their escapes; without quotes, up to a comment (` #`).
fn unquoted(value: &str) -> String {
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return value.split(" #").next().unwrap_or_default().trim_end().to_owned();
    };
    let mut inner = String::new();
    let mut rest = value.chars().skip(1).peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' if quote == '"' => inner.extend(rest.next()),
            '\'' if quote == '\'' && rest.peek() == Some(&'\'') => inner.extend(rest.next()),
            c if c == quote => return inner,
            c => inner.push(c),
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_keys_are_read_and_others_ignored() {
        let text = "---\r\ntitle: \"Living with \\\"it\\\": a guide\"\r\nurl: https://example.org/a#b\r\n\
                    lang: en-GB\r\ndate: 2020-01-01\r\nreviewed: 2024-05-06\r\ntags:\r\n  - title: no\r\n---\r\nText";
        let found = read(text).unwrap();
        assert_eq!(found.metadata.title, "Living with \"it\": a guide");
        assert_eq!(found.metadata.url.as_deref(), Some("https://example.org/a#b"));
        assert_eq!(found.metadata.language.as_deref(), Some("en-GB"));
        assert_eq!(found.metadata.reviewed.as_deref(), Some("2024-05-06"));
        assert_eq!(&text[found.end..], "Text");
    }

    #[test]
    fn single_quotes_and_comments_are_understood() {
        let found = read("---\ntitle: 'It''s fine'\nlanguage: en # English\n---\n").unwrap();
        assert_eq!(found.metadata.title, "It's fine");
        assert_eq!(found.metadata.language.as_deref(), Some("en"));
    }

    #[test]
    fn values_that_are_none_are_left_out_and_noted() {
        let found =
            read("---\ntitle: A\nlanguage: English\nreviewed: 2021-13-45\ndate: 2020-01-01\n---\n").unwrap();
        assert_eq!(found.metadata.language, None);
        assert_eq!(found.metadata.reviewed.as_deref(), Some("2020-01-01"));
        let [language, date] = found.notes.as_slice() else { panic!("{:?}", found.notes) };
        assert!(language.line == Some(3) && language.detail.contains("`English`"), "{language:?}");
        assert!(date.line == Some(4) && date.detail.contains("`2021-13-45`"), "{date:?}");
    }

    #[test]
    fn a_key_near_to_one_that_is_missing_is_noted() {
        let found =
            read("---\nTitel: Knees\ntags: a\nlast reviewed: 2024-12-31\nsubtitle: b\n---\n").unwrap();
        let notes: Vec<_> = found.notes.iter().map(|note| (note.line, note.detail.as_str())).collect();
        assert_eq!(
            notes,
            [
                (Some(2), "`Titel` is not read: did you mean `title`?"),
                (Some(4), "`last reviewed` is not read: did you mean `reviewed`?")
            ]
        );
        let found =
            read("---\ntitle: Knees\ntitles: b\ndate: 2024-12-31\nupdated: 2025-01-01\n---\n").unwrap();
        assert_eq!(found.notes, []);
    }

    #[test]
    fn text_without_a_block_is_left_alone() {
        for text in ["", "Text\n---\n", "----\na: b\n", "---\nA sentence under a rule\n"] {
            assert_eq!(read(text).unwrap(), FrontMatter::default(), "{text:?}");
        }
    }

    #[test]
    fn a_block_that_is_not_closed_is_refused() {
        let Err(SkipReason::Malformed(why)) = read("---\ntitle: A\n\nText\n") else { panic!("accepted") };
        assert!(why.contains("line 1"), "{why}");
    }

    #[test]
    fn an_address_that_is_not_of_the_web_is_refused_with_its_line() {
        let Err(SkipReason::Malformed(why)) = read("---\ntitle: A\nurl: javascript:x\n---\n") else {
            panic!()
        };
        assert!(why.contains("line 3"), "{why}");
    }
}
