//! One tag of HTML source.

/// Longest attribute value kept, in bytes.
const MAX_VALUE: usize = 2_048;
const KEPT_ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "charset",
    "class",
    "colspan",
    "content",
    "datetime",
    "dir",
    "hidden",
    "href",
    "id",
    "lang",
    "name",
    "property",
    "rel",
    "role",
    "rowspan",
    "start",
    "type",
    "value",
];

/// A tag as the source writes it, with the attributes that are kept.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// In lower case.
    pub(super) name: String,
    /// Names in lower case; values as in the source, character references included.
    pub(super) attributes: Vec<(String, String)>,
    /// Whether it ends in `/>`.
    pub(super) closed: bool,
    /// What follows it.
    pub(super) rest: &'a str,
}

impl<'a> Tag<'a> {
    /// Reads from the first character of the name to the closing `>`; a tag that is never closed takes the
    /// rest of the source.
    pub(super) fn read(source: &'a str) -> Self {
        let end =
            source.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(source.len());
        let (name, mut rest) = source.split_at(end);
        let mut attributes: Vec<(String, String)> = Vec::new();
        let mut closed = false;
        loop {
            let bare = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
            if let Some(after) = bare.strip_prefix('/') {
                closed = after.starts_with('>');
                rest = after;
                continue;
            }
            match bare.strip_prefix('>') {
                Some(after) => return Self { name: plain_name(name), attributes, closed, rest: after },
                None if bare.is_empty() => {
                    return Self { name: plain_name(name), attributes, closed, rest: "" };
                }
                None => {}
            }
            let (key, value, after) = attribute(bare);
            rest = after;
            let key = key.to_ascii_lowercase();
            if KEPT_ATTRIBUTES.contains(&key.as_str()) && !attributes.iter().any(|(seen, _)| *seen == key) {
                attributes.push((key, cut(value, MAX_VALUE).to_owned()));
            }
        }
    }
}

/// One attribute: its name, its value and what follows. Always takes at least one character.
fn attribute(source: &str) -> (&str, &str, &str) {
    let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
    let first = source.chars().next().map_or(0, char::len_utf8);
    let tail = source.get(first..).unwrap_or_default();
    let (key, rest) = source.split_at(first + tail.find(ends).unwrap_or(tail.len()));
    let spaced = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let Some(value) = spaced.strip_prefix('=') else { return (key, "", rest) };
    let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, rest) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return (key, value, rest);
        }
    }
    let (value, rest) =
        value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len()));
    (key, value, rest)
}

/// An element name in lower case; one with odd characters is some element without meaning.
fn plain_name(name: &str) -> String {
    let known = name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if known { name.to_ascii_lowercase() } else { "span".to_owned() }
}

fn cut(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_in_every_spelling() {
        let tag = Tag::read("A\thref = 'a>b' ID=x/y CLASS =\"c\" hidden onclick=z id=again =odd>rest");
        let found: Vec<_> = tag.attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!((tag.name.as_str(), tag.closed, tag.rest), ("a", false, "rest"));
        assert_eq!(found, ["href=a>b", "id=x/y", "class=c", "hidden="]);
    }

    #[test]
    fn a_tag_that_is_never_closed_takes_the_rest() {
        for source in ["p", "p class", "p class=", "p class='x", "p /", "p é=é"] {
            assert_eq!(Tag::read(source).rest, "", "{source}");
        }
        assert!(Tag::read("br/>").closed);
        assert_eq!(Tag::read("x\"y>").name, "span");
    }
}
