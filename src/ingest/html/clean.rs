//! Hostile HTML to harmless HTML.
//!
//! A tree builder that follows the standard takes quadratic time and memory on some inputs: elements nested
//! ten thousand deep, unclosed formatting elements that every paragraph repeats, tags with ten thousand
//! attributes. This pass reads the source once and writes only what the document can need: a few
//! attributes, balanced tags, bounded nesting. What lies deeper loses its tags and keeps its text. Scripts,
//! styles, pictures and form fields are dropped with their content.

use super::tag::Tag;
use crate::ingest::report::SkipReason;

/// Deepest nesting kept. Browsers stop at 512.
const MAX_DEPTH: usize = 256;
/// Most formatting elements open at once: the tree builder may repeat each of them in every block.
const MAX_FORMATTING: usize = 8;
/// Most elements that the tree may come to hold; at some 300 bytes each.
const MAX_NODES: usize = 600_000;

/// Dropped with everything up to their end tag, which is looked for in the raw text.
const RAW: &[&str] =
    &["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "xmp"];
/// Dropped with their content, in which they may be nested.
const DROPPED: &[&str] =
    &["applet", "audio", "canvas", "datalist", "map", "math", "object", "select", "svg", "template", "video"];
/// Elements without content of which nothing is kept.
const EMPTY: &[&str] = &[
    "area", "base", "basefont", "bgsound", "col", "colgroup", "embed", "frame", "frameset", "image", "img",
    "input", "keygen", "param", "source", "track", "wbr",
];
/// Elements without content that are kept.
const VOID: &[&str] = &["br", "hr", "link", "meta"];
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that close an open paragraph (HTML standard, 13.1.2.4).
const CLOSES_P: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "ul",
];
/// Beyond these, no start tag closes anything.
const WALLS: &[&str] = &["body", "button", "caption", "html", "table", "td", "th"];

/// Rewrites `source`.
///
/// # Errors
/// [`SkipReason::Malformed`] for more elements than a page for people has.
pub(super) fn clean(source: &str) -> Result<String, SkipReason> {
    let mut cleaner = Cleaner { out: String::with_capacity(source.len().min(1 << 20)), ..Cleaner::default() };
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        cleaner.text(text);
        rest = cleaner.markup(tag);
        if cleaner.nodes > MAX_NODES {
            return Err(SkipReason::Malformed(format!("its markup makes more than {MAX_NODES} elements")));
        }
    }
    cleaner.text(rest);
    cleaner.close_to(0);
    Ok(cleaner.out)
}

#[derive(Debug, Default)]
struct Cleaner {
    out: String,
    /// Names of the open elements.
    open: Vec<String>,
    formatting: usize,
    /// Start tags beyond the limits whose end tags have not come yet.
    beyond: usize,
    /// Name and depth of the dropped element that is being passed over.
    dropping: Option<(String, usize)>,
    nodes: usize,
}

impl Cleaner {
    fn text(&mut self, text: &str) {
        if self.dropping.is_none() {
            self.out.push_str(text);
        }
    }

    /// Takes what begins with `<` and returns what follows it.
    fn markup<'a>(&mut self, source: &'a str) -> &'a str {
        let after = source.get(1..).unwrap_or_default();
        if let Some(comment) = after.strip_prefix("!--") {
            // `-->` may share its dashes with the opening: `<!-->`.
            let body = comment.strip_prefix(['>']).or_else(|| comment.strip_prefix("->"));
            return body.unwrap_or_else(|| comment.split_once("-->").map_or("", |(_, rest)| rest));
        }
        match after.bytes().next() {
            Some(b'!' | b'?') => after.split_once('>').map_or("", |(_, rest)| rest),
            Some(b'/') if after.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) => {
                let tag = Tag::read(after.get(1..).unwrap_or_default());
                self.end(&tag.name);
                tag.rest
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                let tag = Tag::read(after);
                self.start(&tag)
            }
            _ => {
                self.text("&lt;");
                after
            }
        }
    }

    fn start<'a>(&mut self, tag: &Tag<'a>) -> &'a str {
        let name = tag.name.as_str();
        if let Some((dropped, depth)) = &mut self.dropping {
            *depth += usize::from(dropped == name && !tag.closed);
            return if name == "script" || name == "style" { skip_raw(tag.rest, name) } else { tag.rest };
        }
        if RAW.contains(&name) {
            return skip_raw(tag.rest, name);
        }
        if DROPPED.contains(&name) {
            if !tag.closed {
                self.dropping = Some((name.to_owned(), 1));
            }
            return tag.rest;
        }
        if EMPTY.contains(&name) {
            return tag.rest;
        }
        self.close_implied(name);
        self.nodes += 1 + self.formatting;
        if VOID.contains(&name) {
            self.write_start(tag);
            return tag.rest;
        }
        if name == "title" && !self.open.iter().any(|open| open == "title") {
            return self.title(tag.rest);
        }
        let formatting = FORMATTING.contains(&name);
        if self.open.len() >= MAX_DEPTH || (formatting && self.formatting >= MAX_FORMATTING) {
            self.beyond += 1;
            return tag.rest;
        }
        self.write_start(tag);
        self.formatting += usize::from(formatting);
        self.open.push(name.to_owned());
        tag.rest
    }

    /// The content of `title` holds no tags.
    fn title<'a>(&mut self, rest: &'a str) -> &'a str {
        let end = find_end_tag(rest, "title").unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        self.out.push_str("<title>");
        self.out.push_str(&text.replace('<', "&lt;"));
        self.out.push_str("</title>");
        Tag::read(after.get(2..).unwrap_or_default()).rest
    }

    fn write_start(&mut self, tag: &Tag<'_>) {
        self.out.push('<');
        self.out.push_str(&tag.name);
        for (key, value) in &tag.attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.out.push_str(&value.replace('"', "&quot;"));
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn end(&mut self, name: &str) {
        if let Some((dropped, depth)) = &mut self.dropping {
            *depth -= usize::from(dropped == name);
            if *depth == 0 {
                self.dropping = None;
            }
            return;
        }
        if name == "br" {
            return self.out.push_str("<br>");
        }
        if self.beyond > 0 && !WALLS.contains(&name) {
            self.beyond -= 1;
            return;
        }
        // A formatting element or span does not close the block it stands in; nothing leaves a cell.
        let inline = FORMATTING.contains(&name) || name == "span";
        for (at, open) in self.open.iter().enumerate().rev() {
            if open == name {
                return self.close_to(at);
            }
            if (inline && super::is_block(open)) || (WALLS.contains(&open.as_str()) && !is_table_part(name)) {
                return;
            }
        }
    }

    /// Closes what a start tag closes without saying so: `<li>` an item, `<p>` a paragraph.
    fn close_implied(&mut self, name: &str) {
        let closes: &[&str] = match name {
            "li" => &["li"],
            "dt" | "dd" => &["dt", "dd"],
            "option" => &["option"],
            "td" | "th" => &["td", "th", "caption"],
            "tr" => &["tr", "caption"],
            "tbody" | "thead" | "tfoot" => &["tbody", "thead", "tfoot", "caption"],
            _ => &[],
        };
        let walls: &[&str] = match name {
            "li" | "dt" | "dd" => &["ul", "ol", "menu", "dir", "dl", "td", "th", "table", "body", "caption"],
            "td" | "th" => &["tr", "table"],
            _ => &["table"],
        };
        if !closes.is_empty()
            && let Some(at) = self.innermost(closes, walls)
        {
            self.close_to(at);
        }
        if CLOSES_P.contains(&name)
            && let Some(at) = self.innermost(&["p"], WALLS)
        {
            self.close_to(at);
        }
    }

    fn innermost(&self, names: &[&str], walls: &[&str]) -> Option<usize> {
        let at = self
            .open
            .iter()
            .rposition(|open| names.contains(&open.as_str()) || walls.contains(&open.as_str()))?;
        self.open.get(at).filter(|open| names.contains(&open.as_str())).map(|_| at)
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(name) = self.open.pop() else { return };
            self.formatting -= usize::from(FORMATTING.contains(&name.as_str()));
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
        }
    }
}

fn is_table_part(name: &str) -> bool {
    matches!(
        name,
        "table" | "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" | "caption" | "body" | "html" | "button"
    )
}

fn skip_raw<'a>(rest: &'a str, name: &str) -> &'a str {
    match find_end_tag(rest, name) {
        Some(at) => Tag::read(rest.get(at + 2..).unwrap_or_default()).rest,
        None => "",
    }
}

/// Where `</name` begins. Without one the rest is all raw text, so this is asked once.
fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    text.match_indices("</").map(|(at, _)| at).find(|&at| {
        let after = text.as_bytes().get(at + 2..).unwrap_or_default();
        after.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
            && after.get(name.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(source: &str) -> String {
        clean(source).unwrap()
    }

    #[test]
    fn what_is_not_text_is_dropped() {
        let source = "<p>a<script>if (a<b) '</p>'</script><!-- <p> --><svg><p>x</p><svg></svg></svg><style>p{}</STYLE >\
                      <img alt='x>y'><select><option>1</select>b</p><!DOCTYPE html><?x?>";
        assert_eq!(cleaned(source), "<p>ab</p>");
    }

    #[test]
    fn tags_are_balanced_and_attributes_few() {
        assert_eq!(
            cleaned("<UL onclick=x><LI>a<li class=b id='c\"d'>e</ul>f"),
            "<ul><li>a</li><li class=\"b\" id=\"c&quot;d\">e</li></ul>f"
        );
        assert_eq!(cleaned("<p>a<p>b<div>c</i></div></p>"), "<p>a</p><p>b</p><div>c</div>");
        assert_eq!(
            cleaned("<table><tr><td>a<td><p>b<tr><th>c</table>"),
            "<table><tr><td>a</td><td><p>b</p></td></tr><tr><th>c</th></tr></table>"
        );
        assert_eq!(cleaned("1 < 2 <3 <"), "1 &lt; 2 &lt;3 &lt;");
        assert_eq!(cleaned("<title>a <b> c</title>d"), "<title>a &lt;b> c</title>d");
        assert_eq!(cleaned("<p>cut <a href='off"), "<p>cut <a href=\"off\"></a></p>");
    }

    #[test]
    fn nesting_is_bounded_and_its_text_kept() {
        let out = cleaned(&format!("{}deep{}after", "<div>".repeat(10_000), "</div>".repeat(10_000)));
        assert_eq!(out.matches("<div>").count(), MAX_DEPTH);
        assert!(out.contains("deep</div>") && out.ends_with("</div>after"));
        assert_eq!(cleaned(&"<b>".repeat(10_000)).matches("<b>").count(), MAX_FORMATTING);
    }

    #[test]
    fn more_elements_than_can_be_held_are_refused() {
        assert!(matches!(clean(&"<p>".repeat(MAX_NODES + 1)), Err(SkipReason::Malformed(_))));
    }
}
