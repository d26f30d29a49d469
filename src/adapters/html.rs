//! What a piece of HTML says, in time and memory linear in its length: a tree builder that follows the standard is
//! quadratic in both for hostile nesting, so it gets text without tags, for its character references.

use scraper::Html;

/// Elements whose content is no text for people.
const DROPPED: [&str; 2] = ["script", "style"];

/// The text of a piece of HTML: what stands between the tags, with a space for each of them.
pub(super) fn text_of(html: &str) -> String {
    let fragment = Html::parse_fragment(&without_tags(html));
    fragment.root_element().text().collect::<String>().trim().to_owned()
}

/// The source between the tags, its character references as they stand. No `<` is left in it.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        add(&mut out, text);
        if after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            add_space(&mut out);
            rest = after_markup(after);
        } else {
            out.push_str("&lt;");
            rest = after;
        }
    }
    add(&mut out, rest);
    out
}

/// Adds text, but no space after the one of a tag.
fn add(out: &mut String, text: &str) {
    let is_apart = out.is_empty() || out.ends_with(' ');
    out.push_str(if is_apart { text.trim_start() } else { text });
}

/// Adds the space of a tag, in place of those before it.
fn add_space(out: &mut String) {
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push(' ');
    }
}

/// What follows a comment or a tag, and the content of an element that is dropped. What is never closed takes all.
fn after_markup(markup: &str) -> &str {
    if let Some(comment) = markup.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, after)| after);
    }
    let rest = after_tag(markup);
    let name = markup.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    match DROPPED.iter().find(|dropped| name.eq_ignore_ascii_case(dropped)) {
        Some(dropped) => end_tag(rest, dropped).map_or("", after_tag),
        None => rest,
    }
}

/// What follows the `>` of a tag; one in the quotes of an attribute does not end it.
fn after_tag(tag: &str) -> &str {
    let mut quote = None;
    let mut is_value = false;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (Some(mark), _) if mark == byte => (quote, is_value) = (None, false),
            (Some(_), _) => {}
            (None, b'>') => return tag.get(at + 1..).unwrap_or_default(),
            (None, b'"' | b'\'') if is_value => quote = Some(byte),
            (None, b'=') => is_value = true,
            (None, space) if space.is_ascii_whitespace() => {}
            (None, _) => is_value = false,
        }
    }
    ""
}

/// The text from the end tag `name` on.
fn end_tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut tags = text.match_indices("</").filter_map(|(at, tag)| text.get(at + tag.len()..));
    tags.find(|tag| tag.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_spaces_and_references_are_what_they_stand_for() {
        for (html, text) in [
            ("<p>how long<br>does it take?</p>", "how long does it take?"),
            ("<a title='x>y' href=\"a\">5 &lt; 7</a> &amp; caf&eacute;&#33;", "5 < 7 & caf\u{e9}!"),
            ("1 < 2 <3 <", "1 < 2 <3 <"),
            ("<i>a</i> <  b <b> c</b>", "a <  b c"),
            ("a<!-- <p>b</p> -->c<!DOCTYPE html>d", "a c d"),
            ("a<STYLE>p > b {}</style >c<script>if (a<b) '</p>'</script>d", "a c d"),
            ("it's <b>5\" </b>long", "it's 5\" long"),
            ("<br>&nbsp;<div> </div>", ""),
            ("cut <a href='off", "cut"),
            ("cut <!-- off", "cut"),
            ("cut <style> off", "cut"),
        ] {
            assert_eq!(text_of(html), text, "{html}");
        }
    }

    #[test]
    fn hostile_nesting_makes_no_tree() {
        let deep = format!("{}deep{}", "<b><p>".repeat(50_000), "<style".repeat(50_000));
        assert_eq!(without_tags(&deep), "deep ");
        let open = "<a".repeat(50_000);
        assert_eq!(text_of(&open), "");
        assert_eq!(text_of(&"</".repeat(50_000)), "");
    }

    proptest! {
        #[test]
        fn no_tag_is_left(html in "[<>/!a-c'\"= &;-]{0,60}") {
            prop_assert!(!without_tags(&html).contains('<'));
        }
    }
}
