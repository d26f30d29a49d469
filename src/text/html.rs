//! Text into HTML and SVG.

use std::borrow::Cow;

/// `text` so that it is text in an element and in a quoted attribute. Control characters that HTML does not
/// allow become the replacement character.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(needs_escape) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if needs_escape(c) => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped.into()
}

fn needs_escape(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '"' | '\'') || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape(r#"<b title="a">Tom's & "co"</b>"#),
            "&lt;b title=&quot;a&quot;&gt;Tom&#39;s &amp; &quot;co&quot;&lt;/b&gt;"
        );
    }

    #[test]
    fn control_characters_are_replaced_and_line_breaks_kept() {
        assert_eq!(escape("a\u{1}b\tc\r\nd\u{7f}"), "a\u{fffd}b\tc\r\nd\u{fffd}");
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(escape("Zwölf – 12 %"), Cow::Borrowed("Zwölf – 12 %")));
    }
}
