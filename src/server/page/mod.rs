//! A document as a page to read, with the quoted range marked.
//!
//! The page is made of the document's own text, escaped and otherwise unchanged; markup is only ever put
//! around pieces of it. It works without JavaScript. `blocks` lays out paragraphs, lists and tables, `inline`
//! wraps pieces of one block's text, `outline` knows the sections, `literature` the references.

mod blocks;
mod escape;
mod inline;
mod literature;
mod outline;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use percent_encoding::percent_decode_str;

use crate::document::Document;
use crate::text::Span;
use blocks::Body;
use escape::{escape, web_address};
use inline::Inline;
use literature::Literature;
use outline::Outline;

/// What the address of a page asks for beyond the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// Range to mark, in bytes of the canonical text.
    mark: Option<Span>,
    /// Revision that the range belongs to.
    revision: Option<String>,
}

impl PageRequest {
    /// Reads `mark=START-END` and `rev=REVISION`; whatever else is there, or does not fit, is ignored.
    pub(crate) fn parse(query: &str) -> Self {
        let mut request = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "mark" => request.mark = range(value),
                "rev" => request.revision = percent_decode_str(value).decode_utf8().ok().map(Into::into),
                _ => {}
            }
        }
        request
    }
}

fn range(value: &str) -> Option<Span> {
    let (start, end) = value.split_once('-')?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start < end).then(|| Span::new(start, end))
}

/// The page. `service` is the operator's title, for the link back to the chat.
pub(crate) fn render(document: &Document, request: &PageRequest, service: &str) -> String {
    let is_other = request.revision.as_deref().is_some_and(|revision| revision != document.revision.as_str());
    let mark = request.mark.filter(|mark| !is_other && mark.slice(&document.text).is_some());
    let outline = Outline::new(document);
    let literature = Literature::new(document);
    let mut inline = Inline::new(document, &literature, mark);
    let mut html = String::with_capacity(document.text.len() * 2 + 4096);
    head(&mut html, document, service);
    outline.contents(&mut html, document, &literature);
    let language = document.metadata.language.as_deref().unwrap_or_default();
    match language {
        "" => html.push_str("<main>\n<article>\n"),
        language => drop(write!(html, "<main>\n<article lang=\"{}\">\n", escape(language))),
    }
    title(&mut html, document, &outline, &mut inline);
    meta(&mut html, document);
    if is_other {
        html.push_str(
            "<p class=\"changed\" role=\"note\">This document has changed since it was quoted.</p>\n",
        );
    }
    Body::new(document, &outline).render(&mut html, &mut inline);
    literature.render(&mut html, document, &mut inline);
    html.push_str("</article>\n</main>\n</body>\n</html>\n");
    html
}

fn head(html: &mut String, document: &Document, service: &str) {
    let (title, service) = (escape(&document.metadata.title), escape(service));
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"/assets/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/assets/document.css\">\n\
         <script type=\"module\" src=\"/assets/document.js\"></script>\n</head>\n<body>\n\
         <header><a href=\"/\">{service}</a></header>\n"
    );
}

fn title(html: &mut String, document: &Document, outline: &Outline, inline: &mut Inline<'_>) {
    match outline.title_heading(document) {
        Some((anchor, span)) => {
            let _ = write!(html, "<h1 id=\"{}\">", escape(anchor));
            inline.render(html, span);
        }
        None => drop(write!(html, "<h1>{}", escape(&document.metadata.title))),
    }
    html.push_str("</h1>\n");
}

fn meta(html: &mut String, document: &Document) {
    let metadata = &document.metadata;
    let reviewed = metadata.reviewed.as_deref().map(|date| format!("Reviewed {}", escape(date)));
    let source = metadata.url.as_deref().and_then(web_address).map(|address| {
        let address = escape(address);
        format!("<a href=\"{address}\" rel=\"noopener noreferrer\">{address}</a>")
    });
    let parts: Vec<String> = [reviewed, source].into_iter().flatten().collect();
    if !parts.is_empty() {
        let _ = writeln!(html, "<p class=\"meta\">{}</p>", parts.join(" \u{b7} "));
    }
}
