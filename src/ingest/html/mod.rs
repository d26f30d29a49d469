//! HTML to a draft.
//!
//! Four steps: [`clean`] rewrites the source into a small, balanced subset, so that hostile nesting never
//! reaches the tree builder; `scraper` builds the tree; [`content`] decides what is the document and what
//! is navigation around it; [`extract`] writes the canonical text, one block after the other. No step
//! recurses, and each is linear in the source.

mod clean;
mod content;
mod extract;
mod inline;
mod meta;
mod table;
mod tag;

use scraper::{Html, Node};

use self::content::Plan;
use super::draft::Draft;
use super::report::SkipReason;
use super::{encoding, writer};

/// Elements that begin on a line of their own, sorted.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
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
    "html",
    "legend",
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
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// Reads the bytes of an HTML file.
///
/// # Errors
/// [`SkipReason::Binary`] or [`SkipReason::Malformed`] for bytes that are not text, and
/// [`SkipReason::Malformed`] for a page of more elements than can be held.
pub(crate) fn parse(bytes: &[u8]) -> Result<Draft, SkipReason> {
    let source = encoding::decode_html(bytes)?;
    let cleaned = clean::clean(&source)?;
    let saved_from = meta::saved_from(&source);
    drop(source);
    let page = Html::parse_document(&cleaned);
    drop(cleaned);
    let mut plan = content::plan(&page);
    let (mut draft, mut has_content) = extract::extract(&page, &plan);
    let wider: [fn(Plan) -> Plan; 2] = [Plan::whole_body, Plan::with_forms];
    for widen in wider {
        if !has_content {
            plan = widen(plan);
            (draft, has_content) = extract::extract(&page, &plan);
        }
    }
    draft.metadata = meta::read(&page, &plan);
    draft.metadata.url = draft.metadata.url.or(saved_from);
    Ok(draft)
}

/// The element's name in lower case, or `""` for a node that is none.
fn name<'a>(node: NodeRef<'a>) -> &'a str {
    node.value().as_element().map_or("", |element| element.name())
}

/// The value of an element's attribute.
fn attribute<'a>(node: NodeRef<'a>, key: &str) -> Option<&'a str> {
    node.value().as_element().and_then(|element| element.attr(key))
}

/// All text below `node`, as it stands in the source, at most about `max` bytes.
fn text_of(node: NodeRef<'_>, max: usize) -> String {
    let mut text = String::new();
    for below in node.descendants() {
        if let Some(piece) = below.value().as_text() {
            text.push_str(piece);
        } else if is_block(name(below)) || name(below) == "br" {
            text.push(' ');
        }
        if text.len() > max {
            break;
        }
    }
    text
}

/// Whether an element of this name begins on a line of its own.
fn is_block(name: &str) -> bool {
    BLOCKS.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests;
