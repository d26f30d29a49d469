//! The bullets, numbers and letters that items of a list begin with.

/// The beginning of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    /// Number or letter; `None` for a bullet.
    pub(super) label: Option<String>,
    /// Bytes from the text's beginning to the content.
    pub(super) content_at: usize,
}

/// The marker that `text` begins with, where something follows it.
pub(super) fn marker(text: &str) -> Option<Marker> {
    let (label, width) = bullet(text).or_else(|| number(text))?;
    let rest = text.get(width..)?;
    let content = rest.trim_start();
    let is_tight_bullet = label.is_none() && text.starts_with(is_round);
    let is_apart = content.len() < rest.len() || is_tight_bullet;
    (is_apart && !content.is_empty()).then(|| Marker { label, content_at: text.len() - content.len() })
}

/// Whether `text` is a marker and nothing else.
pub(super) fn is_bare(text: &str) -> bool {
    bullet(text)
        .or_else(|| number(text))
        .is_some_and(|(_, width)| text.get(width..).is_some_and(str::is_empty))
}

/// Whether `text` is a bullet alone that says something where it begins no item: a tick, a dash, a star.
pub(super) fn is_sign(text: &str) -> bool {
    matches!(text, "-" | "–" | "—" | "*" | "✓" | "✔")
}

/// Whether `text` is a bullet alone that says nothing where it begins no item.
pub(super) fn is_idle(text: &str) -> bool {
    is_bare(text) && text.starts_with(is_round) && !is_sign(text)
}

fn bullet(text: &str) -> Option<(Option<String>, usize)> {
    let first = text
        .chars()
        .next()
        .filter(|&first| is_round(first) || matches!(first, '-' | '–' | '—' | '*' | 'o'))?;
    Some((None, first.len_utf8()))
}

/// Whether `c` is a bullet and cannot be anything else at the beginning of a text.
const fn is_round(c: char) -> bool {
    matches!(
        c,
        '•' | '‣'
            | '▪'
            | '▫'
            | '◦'
            | '●'
            | '○'
            | '■'
            | '□'
            | '◆'
            | '◇'
            | '►'
            | '▶'
            | '➢'
            | '➤'
            | '✓'
            | '✔'
            | '⁃'
            | '·'
            | '❖'
            | '\u{FFFD}'
    )
}

/// `7.`, `12)`, `(3)`, `b.`, `c)`, `(iv)`.
fn number(text: &str) -> Option<(Option<String>, usize)> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let is_opened = inner.len() < text.len();
    let end = inner.find(['.', ')'])?;
    let (label, close) = (inner.get(..end)?, inner.get(end..=end)?);
    let is_digits = (1..=2).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = label.len() == 1 && label.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_roman =
        (1..=4).contains(&label.len()) && label.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
    let is_closed = !is_opened || close == ")";
    ((is_digits || is_letter || is_roman) && is_closed)
        .then(|| (Some(label.to_owned()), usize::from(is_opened) + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_numbers_and_letters_are_markers_where_text_follows() {
        let read = |text| marker(text).map(|marker| (marker.label.unwrap_or_default(), marker.content_at));
        assert_eq!(read("• Rest"), Some((String::new(), 4)));
        assert_eq!(read("•Rest"), Some((String::new(), 3)));
        assert_eq!(read("12. Rest"), Some(("12".to_owned(), 4)));
        assert_eq!(read("(iv) Rest"), Some(("iv".to_owned(), 5)));
        assert_eq!(read("a) Rest"), Some(("a".to_owned(), 3)));
        for text in ["-5 degrees", "2024. Rest", "3.5 mg", "Rest", "•", "e.g. this", "of all"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(is_bare("•") && is_bare("3.") && !is_bare("3"));
        assert!(is_idle("•") && ["✓", "–", "*", "o", "3.", "•Rest"].iter().all(|text| !is_idle(text)));
    }
}
