//! Which part of a page is the document, and what around and in it is not.

use std::collections::HashSet;

use ego_tree::NodeId;
use scraper::Html;

use super::{NodeRef, attribute, name};

/// Words in a class or id that mark navigation and the like.
const WORDS: &[&str] = &[
    "ad",
    "ads",
    "advert",
    "advertisement",
    "breadcrumb",
    "breadcrumbs",
    "consent",
    "cookie",
    "cookies",
    "footer",
    "masthead",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "pager",
    "pagination",
    "share",
    "sharing",
    "sidebar",
    "signup",
    "skiplink",
    "social",
    "subscribe",
    "subscription",
    "toolbar",
];
/// Those of [`WORDS`] that name a part of a page and hardly ever a subject.
const PAGE_PARTS: &[&str] = &["cookie", "cookies", "footer", "masthead", "navbar", "sidebar"];
/// How many nodes below an element are looked at to see whether it holds text.
const MAX_LOOK: usize = 1_000;
/// How far above a button the heading that it opens may be.
const MAX_ABOVE: usize = 4;
/// Words before one of [`WORDS`] that say something of the page and not of the element: `has-sidebar`.
const QUALIFIERS: &[&str] = &["has", "no", "with", "without", "not", "is"];

/// What to read of a page.
#[derive(Debug)]
pub(super) struct Plan {
    /// `main`, the only `article`, or `None` for the body.
    pub(super) root: Option<NodeId>,
    /// Elements above `root`.
    above: HashSet<NodeId>,
    /// Elements above a title, `main` or `article`: never left out.
    holders: HashSet<NodeId>,
    /// Whether a form may hold the content.
    keeps_forms: bool,
}

/// Finds the main content.
pub(super) fn plan(page: &Html) -> Plan {
    let mut holders = HashSet::new();
    let (mut main, mut articles) = (None, Vec::new());
    for node in page.tree.root().descendants() {
        let is_main = name(node) == "main" || attribute(node, "role") == Some("main");
        if is_main || matches!(name(node), "article" | "h1") {
            if is_main {
                main.get_or_insert(node);
            }
            if name(node) == "article" {
                articles.push(node);
            }
            mark_up(node, &mut holders);
        }
    }
    let outermost: Vec<_> =
        articles.iter().filter(|one| !one.ancestors().any(|a| name(a) == "article")).collect();
    let article = match outermost.as_slice() {
        [only] => Some(**only),
        _ => None,
    };
    let root = main.or(article);
    let above = root.map(|root| root.ancestors().map(|node| node.id()).collect()).unwrap_or_default();
    Plan { root: root.map(|root| root.id()), above, holders, keeps_forms: false }
}

/// Marks the elements above `node`, up to the first that is marked.
fn mark_up(node: NodeRef<'_>, marked: &mut HashSet<NodeId>) {
    for above in node.ancestors() {
        if !marked.insert(above.id()) {
            break;
        }
    }
}

impl Plan {
    /// The same page, read from its body: for a page whose `main` is empty.
    pub(super) fn whole_body(self) -> Self {
        Self { root: None, above: HashSet::new(), ..self }
    }

    /// The same with forms as content: for a page that is nothing but a form around everything.
    pub(super) fn with_forms(self) -> Self {
        Self { keeps_forms: true, ..self }
    }

    /// Whether `node` is the main content or lies above it.
    pub(super) fn leads_to_content(&self, node: NodeRef<'_>) -> bool {
        self.root == Some(node.id()) || self.above.contains(&node.id())
    }

    /// Why `node` and all below it is not content, as the name of a pattern for the report.
    /// `inside`: whether it lies in the main content.
    pub(super) fn left_out(&self, node: NodeRef<'_>, inside: bool) -> Option<String> {
        let tag = name(node);
        if tag.is_empty() || matches!(tag, "html" | "body" | "main" | "article" | "h1") {
            return None;
        }
        if is_hidden(node) && !self.above.contains(&node.id()) {
            return Some("html hidden".to_owned());
        }
        if self.holders.contains(&node.id()) || self.above.contains(&node.id()) {
            return None;
        }
        match tag {
            "form" if self.keeps_forms => {}
            "button" if is_in_heading(node) => return None,
            "nav" | "form" | "button" | "dialog" | "search" => return Some(format!("html {tag}")),
            "header" | "footer" | "aside" if !inside || self.root.is_none() => {
                return Some(format!("html {tag}"));
            }
            _ => {}
        }
        let role = attribute(node, "role").unwrap_or_default();
        if matches!(role, "navigation" | "banner" | "contentinfo" | "search" | "menu" | "menubar" | "dialog")
        {
            return Some(format!("html role {role}"));
        }
        let container = matches!(tag, "div" | "section" | "ul" | "ol" | "p" | "aside" | "header" | "footer");
        let named = || {
            let class = attribute(node, "class").unwrap_or_default();
            let id = attribute(node, "id").unwrap_or_default();
            let is_anchor = |word: &str| !PAGE_PARTS.contains(&word) && holds_section(node);
            telling_word(class).or_else(|| telling_word(id).filter(|word| !is_anchor(word)))
        };
        if container { named().map(|word| format!("html class {word}")) } else { None }
    }
}

/// Whether a reader is never to see an element. A panel that opens is hidden from readers only for now.
fn is_hidden(node: NodeRef<'_>) -> bool {
    let is_found = |value: &str| value.trim().eq_ignore_ascii_case("until-found");
    attribute(node, "hidden").is_some_and(|value| !is_found(value))
        || (attribute(node, "aria-hidden") == Some("true") && !holds_text(node))
}

/// Whether text stands in an element that is no link and no button: in a paragraph, an item or a cell.
fn holds_text(node: NodeRef<'_>) -> bool {
    let text_block = |text: NodeRef<'_>| {
        let below = text.ancestors().take_while(|above| Some(above.id()) != node.parent().map(|it| it.id()));
        let decided = below.map(name).find(|tag| {
            matches!(*tag, "a" | "button" | "p" | "li" | "dt" | "dd" | "td" | "th" | "pre" | "blockquote")
        });
        decided.is_some_and(|tag| !matches!(tag, "a" | "button"))
    };
    let mut below = node.descendants().take(MAX_LOOK);
    below.any(|one| one.value().as_text().is_some_and(|text| !text.trim().is_empty()) && text_block(one))
}

/// Whether an element holds a heading and a paragraph, so that its id is the anchor of a part of the text.
fn holds_section(node: NodeRef<'_>) -> bool {
    let holds = |wanted: fn(&str) -> bool| node.descendants().take(MAX_LOOK).any(|one| wanted(name(one)));
    holds(is_heading) && holds(|tag| tag == "p")
}

/// Whether a node lies in a heading, which it opens and closes.
fn is_in_heading(node: NodeRef<'_>) -> bool {
    node.ancestors().take(MAX_ABOVE).any(|above| is_heading(name(above)) || name(above) == "summary")
}

fn is_heading(tag: &str) -> bool {
    matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// The first of [`WORDS`] in a class or id such as `siteFooter` or `share-buttons`.
fn telling_word(names: &str) -> Option<&'static str> {
    for one in names.split_ascii_whitespace() {
        let mut before = String::new();
        for word in words(one) {
            let qualified = QUALIFIERS.contains(&before.as_str());
            if let (false, Ok(at)) = (qualified, WORDS.binary_search(&word.as_str())) {
                return WORDS.get(at).copied();
            }
            before = word;
        }
    }
    None
}

/// The words of an identifier, in lower case; a capital after a small letter begins one.
fn words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in identifier.chars() {
        if !c.is_alphanumeric() || (small && c.is_uppercase()) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_words_are_found_in_every_spelling() {
        for (names, word) in [
            ("siteFooter", Some("footer")),
            ("x share-buttons", Some("share")),
            ("cookie_banner", Some("cookie")),
            ("footnotes", None),
            ("page has-sidebar", None),
            ("navy", None),
        ] {
            assert_eq!(telling_word(names), word, "{names}");
        }
    }

    #[test]
    fn the_words_are_sorted_for_their_search() {
        assert!(WORDS.is_sorted());
    }
}
