//! A document as a page to read, with the quoted range marked.
//!
//! The page is made of the document's own text, escaped and otherwise unchanged; markup is only ever put
//! around pieces of it. It works without JavaScript. `blocks` lays out paragraphs, lists and tables, `inline`
//! wraps pieces of one block's text, `outline` knows the sections, `literature` the references, `words` what the
//! page itself says.

mod address;
mod blocks;
mod inline;
mod literature;
mod outline;
#[cfg(test)]
mod tests;
mod words;

use std::fmt::Write;

use percent_encoding::percent_decode_str;

use crate::document::Document;
use crate::protocol::ErrorCode;
use crate::text::Span;
use crate::text::html::escape;
use address::web_address;
use blocks::Body;
use inline::Inline;
use literature::Literature;
use outline::Outline;
pub(crate) use words::Words;

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
pub(crate) fn render(document: &Document, request: &PageRequest, service: &str, words: &Words) -> String {
    let is_other = request.revision.as_deref().is_some_and(|revision| revision != document.revision.as_str());
    let mark = request.mark.filter(|mark| !is_other && mark.slice(&document.text).is_some());
    let outline = Outline::new(document);
    let literature = Literature::new(document);
    let mut inline = Inline::new(document, &literature, words, mark);
    let mut html = String::with_capacity(document.text.len() * 2 + 4096);
    head(&mut html, &document.metadata.title, service, words);
    outline.contents(&mut html, document, &literature, words);
    // Empty where it is not known: the page's own language is not the document's.
    let language = document.metadata.language.as_deref().unwrap_or_default();
    let _ = writeln!(html, "<main>\n<article lang=\"{}\">", escape(language));
    title(&mut html, document, &outline, &mut inline);
    meta(&mut html, document, words);
    if is_other {
        let (language, changed) = (words.language, escape(words.say("documentChanged")));
        let _ = writeln!(html, "<p class=\"changed\" role=\"note\" lang=\"{language}\">{changed}</p>");
    }
    let before_text = html.len();
    Body::new(document, &outline).render(&mut html, &mut inline);
    literature.render(&mut html, document, &mut inline, words);
    if let Some(mark) = inline.shown_mark() {
        html.insert_str(before_text, &way_to_mark(mark, words));
    }
    html.push_str("</article>\n</main>\n</body>\n</html>\n");
    html
}

/// The page in place of a document that cannot be shown, because of `code`: one sentence and the way to the chat.
pub(crate) fn render_refusal(code: ErrorCode, service: &str, words: &Words) -> String {
    let is_gone = code == ErrorCode::NotFound;
    let sentence = words.say(if is_gone { "documentGone" } else { "documentLater" });
    let mut html = String::new();
    head(&mut html, service, service, words);
    let sentence = escape(sentence);
    let _ = write!(html, "<main>\n<article>\n<h1>{sentence}</h1>\n</article>\n</main>\n</body>\n</html>\n");
    html
}

/// Says that a passage is marked and leads to it, for whoever opens the page without JavaScript or at its top.
fn way_to_mark(mark: Span, words: &Words) -> String {
    let (language, start, end) = (words.language, mark.start(), mark.end());
    let (marked, to_mark) = (escape(words.say("documentMarked")), escape(words.say("documentToMark")));
    format!(
        "<p class=\"marked\" lang=\"{language}\"><span class=\"marked-text\">{marked}</span> \
         <a href=\"#b{start}-{end}\">{to_mark}</a></p>\n"
    )
}

/// The page's head, and the link to the chat. Its other words are for a tab that was opened from a conversation.
fn head(html: &mut String, title: &str, service: &str, words: &Words) {
    let title = escape(title);
    let language = words.language;
    let back = words.say("documentBack").replace("{title}", service);
    let (back, table) = (escape(&back), escape(words.say("documentTable")));
    let to_conversation = escape(words.say("documentReturn"));
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"/assets/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"/assets/document.css\">\n\
         <link rel=\"stylesheet\" href=\"/assets/dark.css\" media=\"screen and (prefers-color-scheme: dark)\">\n\
         <script type=\"module\" src=\"/assets/document.js\"></script>\n</head>\n\
         <body data-table=\"{table}\">\n\
         <header><a href=\"/\" data-return=\"{to_conversation}\">{back}</a></header>\n\
         <p id=\"announcer\" class=\"visually-hidden\" role=\"status\"></p>\n"
    );
}

fn title(html: &mut String, document: &Document, outline: &Outline, inline: &mut Inline<'_>) {
    match outline.title_heading(document) {
        Some((heading, anchor)) => {
            inline.turn_page(html, heading.span.start());
            match anchor {
                Some(anchor) => drop(write!(html, "<h1 id=\"{}\">", escape(anchor))),
                None => html.push_str("<h1>"),
            }
            inline.render(html, heading.span);
        }
        None => drop(write!(html, "<h1>{}", escape(&document.metadata.title))),
    }
    html.push_str("</h1>\n");
}

fn meta(html: &mut String, document: &Document, words: &Words) {
    let metadata = &document.metadata;
    let reviewed = metadata.reviewed.as_deref();
    let reviewed = reviewed.map(|date| escape(&words.say("reviewed").replace("{date}", date)).into_owned());
    let source = metadata.url.as_deref().and_then(web_address).map(|address| {
        let address = escape(address);
        format!("<a href=\"{address}\" rel=\"noopener noreferrer\">{address}</a>")
    });
    let parts: Vec<String> = [reviewed, source].into_iter().flatten().collect();
    if !parts.is_empty() {
        let _ =
            writeln!(html, "<p class=\"meta\" lang=\"{}\">{}</p>", words.language, parts.join(" \u{b7} "));
    }
}
