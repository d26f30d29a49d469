//! What a code of a font means, as it is written in a text.

use std::borrow::Cow;

use hayro_font::hayro_cmap::BfString;

use crate::ingest::field;

/// Stands for a character of unknown meaning.
pub(super) const UNREADABLE: char = '\u{FFFD}';
/// Longest text that one code stands for, in bytes.
const MAX_MEANING: usize = 128;

/// What a code means, as it is written in a text; `None` where that is not known. A picture of a symbol font is a
/// bullet.
pub(super) fn meaning(text: Option<&BfString>, is_symbol: bool) -> Option<Cow<'_, str>> {
    let text = match text? {
        BfString::Char(c) => Cow::Owned(c.to_string()),
        BfString::String(text) => Cow::Borrowed(text.as_str()),
    };
    let is_private = |c: char| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
    if is_symbol && text.chars().all(is_private) && !text.is_empty() {
        return Some(Cow::Borrowed("•"));
    }
    let is_unknown = |c: char| is_private(c) || c == UNREADABLE || c.is_control() && !c.is_whitespace();
    let is_known = (1..=MAX_MEANING).contains(&text.len()) && !text.chars().any(is_unknown);
    is_known.then_some(text)
}

/// The letters that a character joins, or it alone; none for one that cannot be seen.
pub(super) fn letters(c: char) -> impl Iterator<Item = char> {
    let joined = match c {
        '\u{FB00}' => "ff",
        '\u{FB01}' => "fi",
        '\u{FB02}' => "fl",
        '\u{FB03}' => "ffi",
        '\u{FB04}' => "ffl",
        '\u{FB05}' | '\u{FB06}' => "st",
        _ => "",
    };
    joined.chars().chain(Some(c).filter(|&c| joined.is_empty() && !field::is_invisible(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, is_symbol: bool) -> Option<String> {
        let text = BfString::String(text.to_owned());
        meaning(Some(&text), is_symbol).map(|meaning| meaning.chars().flat_map(letters).collect())
    }

    #[test]
    fn a_code_means_the_letters_that_it_joins() {
        assert_eq!(read("e\u{FB03}cient", false).as_deref(), Some("efficient"));
        assert_eq!(read("a\u{200B}b", false).as_deref(), Some("ab"));
    }

    #[test]
    fn what_has_no_meaning_is_not_guessed_but_a_symbol_is_a_bullet() {
        for text in ["", "\u{F0B7}", "\u{FFFD}", "\0", "\u{2}", &"long".repeat(50)] {
            assert_eq!(read(text, false), None, "{text:?}");
        }
        assert_eq!(read("\u{F0B7}", true).as_deref(), Some("•"));
        assert_eq!(meaning(None, true), None);
    }
}
