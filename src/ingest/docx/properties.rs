//! What a document says about itself: title and language. The day on which it was saved is nobody's review of it.

use super::xml::{self, Step};
use crate::ingest::field;
use crate::ingest::report::SkipReason;

/// Longest value that is read, in bytes.
const MAX_VALUE: usize = 2_000;
/// How titles begin that a program made up.
const MADE_UP: &[&str] = &["microsoft word", "document", "untitled"];
/// Endings of a title that is the name of a file.
const ENDINGS: &[&str] = &[".doc", ".docx", ".dot", ".dotx", ".odt", ".rtf", ".pdf"];

/// The properties of a package.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) title: Option<String>,
    pub(super) language: Option<String>,
}

/// Reads the part with the core properties.
///
/// # Errors
/// [`SkipReason::Malformed`] for what is no XML.
pub(super) fn read(source: &str, part: &str) -> Result<Properties, SkipReason> {
    let mut values: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    xml::walk(source, part, |step| {
        match step {
            Step::Open(element) => {
                is_open = matches!(element.name(), "title" | "language");
                if is_open {
                    values.push((element.name().to_owned(), String::new()));
                }
            }
            Step::Text(text) if is_open => {
                if let Some((_, value)) = values.last_mut().filter(|(_, value)| value.len() < MAX_VALUE) {
                    value.push_str(text);
                }
            }
            Step::Text(_) => {}
            Step::Close => is_open = false,
        }
        true
    })?;
    let value = |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
    Ok(Properties {
        title: value("title").filter(|title| !is_made_up(title)).and_then(field::title),
        language: value("language").and_then(field::language),
    })
}

/// Whether a title is the name of a file or what a program writes where nobody gave one.
fn is_made_up(title: &str) -> bool {
    let title = title.to_lowercase();
    let rest = MADE_UP.iter().find_map(|begin| title.strip_prefix(begin));
    let is_numbered = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
    rest.is_some_and(|rest| is_numbered(rest) || rest.starts_with(" - "))
        || ENDINGS.iter().any(|ending| title.ends_with(ending))
}
