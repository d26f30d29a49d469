//! What a page says about itself: title, address, language, date.

use scraper::Html;

use super::content::Plan;
use super::{NodeRef, attribute, name, text_of};
use crate::document::Metadata;
use crate::ingest::field;

/// How far from the beginning of a page a browser notes where it saved it from, in bytes.
const MAX_SAVED_FROM: usize = 4_096;
/// Names of `meta` elements that give a date, the most telling first.
const DATES: &[&str] = &[
    "reviewed",
    "last-reviewed",
    "datereviewed",
    "article:modified_time",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "og:updated_time",
    "article:published_time",
    "dcterms.date",
    "dc.date",
    "dcterms.issued",
    "date",
];

/// Reads the page's metadata. The title is the first `h1` of the content, else `og:title`, else `title`,
/// else the first `h1` anywhere; it may be empty.
pub(super) fn read(page: &Html, plan: &Plan) -> Metadata {
    let mut found = Found::default();
    let content = plan.root.and_then(|id| page.tree.get(id));
    for node in page.tree.root().descendants() {
        found.take(node);
    }
    let inner = content.into_iter().flat_map(|root| root.descendants());
    let content_title = inner.filter(|node| name(*node) == "h1").find_map(title_of);
    let any_title = if content.is_none() { None } else { found.h1.clone() };
    let title = content_title
        .or_else(|| if content.is_none() { found.h1.clone() } else { None })
        .or(found.og_title)
        .or(found.title)
        .or(any_title);
    Metadata {
        title: title.unwrap_or_default(),
        question: None,
        url: found.canonical.or(found.og_url),
        language: found.language,
        reviewed: found.date.map(|(_, date)| date),
    }
}

#[derive(Debug, Default)]
struct Found {
    h1: Option<String>,
    og_title: Option<String>,
    title: Option<String>,
    canonical: Option<String>,
    og_url: Option<String>,
    language: Option<String>,
    /// With its place in [`DATES`].
    date: Option<(usize, String)>,
}

impl Found {
    fn take(&mut self, node: NodeRef<'_>) {
        match name(node) {
            "html" => self.language = attribute(node, "lang").and_then(field::language),
            "title" if self.title.is_none() => self.title = title_of(node),
            "h1" if self.h1.is_none() => self.h1 = title_of(node),
            "link" if attribute(node, "rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.canonical = attribute(node, "href").and_then(field::web_address);
            }
            "meta" => self.meta(node),
            _ => {}
        }
    }

    fn meta(&mut self, node: NodeRef<'_>) {
        let key = attribute(node, "property").or_else(|| attribute(node, "name")).unwrap_or_default();
        let key = key.trim().to_ascii_lowercase();
        let Some(content) = attribute(node, "content") else { return };
        match key.as_str() {
            "og:title" => self.og_title = field::title(content),
            "og:url" => self.og_url = field::web_address(content),
            _ => {}
        }
        if let Some(rank) = DATES.iter().position(|&date| date == key)
            && self.date.as_ref().is_none_or(|(best, _)| rank < *best)
            && let Some(date) = field::date(content)
        {
            self.date = Some((rank, date));
        }
    }
}

/// The address in the comment that a browser puts before a page that it saves:
/// `<!-- saved from url=(0027)https://example.org/a/page -->`.
pub(super) fn saved_from(source: &str) -> Option<String> {
    let head = source.get(..source.floor_char_boundary(MAX_SAVED_FROM))?;
    let (_, comment) = head.split_once("<!-- saved from url=(")?;
    let (length, address) = comment.split_once("-->")?.0.split_once(')')?;
    let is_length = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    field::web_address(address).filter(|_| is_length)
}

fn title_of(node: NodeRef<'_>) -> Option<String> {
    field::title(&text_of(node, 2_000))
}
