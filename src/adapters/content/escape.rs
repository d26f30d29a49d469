//! Texts as plain text, Markdown and HTML spell them, so that nothing in them becomes markup.

use crate::text;

/// Characters of Markdown (CommonMark 0.31, 2.4) that could be read as markup.
const MARKDOWN: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '#', '|', '~', '&', '!'];

/// Without control characters but line breaks, and without trailing space.
pub(in crate::adapters) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|&c| c == '\n' || !c.is_control())
        .collect::<String>()
        .trim_end()
        .into()
}

/// `tel:112` as one would write it.
pub(super) fn spoken(href: &str) -> String {
    clean(href.strip_prefix("tel:").or_else(|| href.strip_prefix("sms:")).unwrap_or(href))
}

/// Text as CommonMark; lines end in hard breaks.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in clean(text).lines().enumerate() {
        if number > 0 {
            out.push_str("  \n");
        }
        let line = line.trim();
        // At the beginning of a line these make lists, headings and rules.
        let digits = line.chars().take_while(char::is_ascii_digit).count();
        let (head, rest) = line.split_at(digits);
        out.push_str(head);
        let starts = if digits > 0 { ['.', ')', ')', ')'] } else { ['-', '+', '=', '='] };
        if rest.starts_with(starts) {
            out.push('\\');
        }
        for c in rest.chars() {
            if MARKDOWN.contains(&c) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// The address of a link in CommonMark.
pub(super) fn address(href: &str) -> String {
    let mut out = String::with_capacity(href.len());
    for c in href.chars().filter(|c| !c.is_control() && !c.is_whitespace()) {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            c => out.push(c),
        }
    }
    out
}

/// Text as HTML, within an element or a quoted attribute.
pub(super) fn html(text: &str) -> String {
    text::html::escape(&clean(text)).replace('\n', "<br>\n")
}
