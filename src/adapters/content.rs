//! An answer as a text for a desk: the same blocks as plain text, Markdown and HTML.
//!
//! Quotes and references are the documents' own words, messages and notices the operator's. Whatever a document
//! holds stays text in all three spellings.

use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Citation, Literature, Notice, Reference, Relation};
use crate::protocol::document_address;

mod escape;

pub(super) use escape::clean;

/// Where the links of references lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// `scheme://host[:port][/path]` under which this server's pages are reached, without a final slash; none
    /// where nobody outside can reach them.
    pub public_url: Option<String>,
}

impl Links {
    /// As the settings have it.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        let base = public_url.trim_end_matches('/');
        Self { public_url: (!base.is_empty()).then(|| base.to_owned()) }
    }

    /// The address of the marked place on this server, or of the document where it is published.
    #[must_use]
    pub fn of(&self, reference: &Reference) -> Option<String> {
        let page = self.public_url.as_ref().map(|base| {
            let place = document_address(reference.document.as_str(), &reference.revision, reference.span);
            format!("{base}{place}")
        });
        page.or_else(|| reference.url.clone())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Block {
    Strong(String),
    Text(String),
    Quote(String),
    /// What stands under a quote.
    Source {
        text: String,
        href: Option<String>,
    },
    Link {
        label: String,
        href: String,
    },
}

/// Blocks of text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Content {
    pub(super) blocks: Vec<Block>,
}

impl Content {
    /// One paragraph of the operator's.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let mut content = Self::default();
        content.push_text(text);
        content
    }

    /// The answer for who asked: reading, message, notice, and at most `quotes` quotes with their sources.
    #[must_use]
    pub fn answer(answer: &Answer, links: &Links, quotes: usize) -> Self {
        let mut content = Self::default();
        if let Some(notice) = &answer.notice {
            content.push_notice(notice);
        }
        if let Some(read_as) = &answer.read_as {
            content.push_text(&format!("Read as: {read_as}"));
        }
        content.push_text(answer.message.as_deref().unwrap_or_default());
        for citation in answer.citations.iter().take(quotes) {
            content.push_citation(citation, links);
        }
        content
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Adds a paragraph; none where it is empty.
    pub fn push_text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.blocks.push(Block::Text(text.trim().to_owned()));
        }
    }

    /// Adds a quote and where it stands.
    pub fn push_citation(&mut self, citation: &Citation, links: &Links) {
        if let Some(lead_in) = &citation.lead_in {
            self.push_text(lead_in);
        }
        let reference = &citation.reference;
        self.push_quote(&citation.quote, reference, links);
        for entry in reference.bibliography.iter().filter(|entry| entry.relation == Relation::Cited) {
            self.push_literature(entry);
        }
    }

    /// Adds the words of a document and where they stand.
    pub fn push_quote(&mut self, quote: &str, reference: &Reference, links: &Links) {
        self.blocks.push(Block::Quote(quote.to_owned()));
        self.blocks.push(Block::Source { text: place(reference), href: links.of(reference) });
    }

    fn push_literature(&mut self, entry: &Literature) {
        let url = entry.url.as_ref().filter(|url| !entry.text.contains(url.as_str()));
        let text = format!("[{}] {}", entry.label, entry.text);
        self.blocks.push(Block::Source { text, href: url.cloned() });
    }

    fn push_notice(&mut self, notice: &Notice) {
        self.blocks.push(Block::Strong(notice.title.clone()));
        self.push_text(&notice.text);
        let links = notice.actions.iter();
        self.blocks.extend(
            links.map(|action| Block::Link { label: action.label.clone(), href: action.href.clone() }),
        );
    }

    /// As plain text: quotes in quotation marks, addresses written out.
    #[must_use]
    pub fn plain(&self) -> String {
        self.written(|block| match block {
            Block::Strong(text) | Block::Text(text) => clean(text),
            Block::Quote(quote) => format!("\u{201c}{}\u{201d}", clean(quote)),
            Block::Source { text, href: None } => format!("\u{2014} {}", clean(text)),
            Block::Source { text, href: Some(href) } => format!("\u{2014} {}\n{}", clean(text), clean(href)),
            Block::Link { label, href } => format!("{}: {}", clean(label), escape::spoken(href)),
        })
    }

    /// As Markdown (CommonMark).
    #[must_use]
    pub fn markdown(&self) -> String {
        self.written(|block| match block {
            Block::Strong(text) => format!("**{}**", escape::markdown(text)),
            Block::Text(text) => escape::markdown(text),
            Block::Quote(quote) => {
                let lines: Vec<String> =
                    escape::markdown(quote).lines().map(|line| format!("> {line}")).collect();
                lines.join("\n")
            }
            Block::Source { text, href: None } => format!("\u{2014} {}", escape::markdown(text)),
            Block::Source { text, href: Some(href) } => {
                format!("\u{2014} [{}]({})", escape::markdown(text), escape::address(href))
            }
            Block::Link { label, href } => {
                format!("[{}]({})", escape::markdown(label), escape::address(href))
            }
        })
    }

    /// As HTML without any attribute but `href`.
    #[must_use]
    pub fn html(&self) -> String {
        let blocks = self.blocks.iter().map(|block| match block {
            Block::Strong(text) => format!("<p><strong>{}</strong></p>", escape::html(text)),
            Block::Text(text) => format!("<p>{}</p>", escape::html(text)),
            Block::Quote(quote) => format!("<blockquote>{}</blockquote>", escape::html(quote)),
            Block::Source { text, href: None } => format!("<p>\u{2014} {}</p>", escape::html(text)),
            Block::Source { text, href: Some(href) } => {
                format!("<p>\u{2014} <a href=\"{}\">{}</a></p>", escape::html(href), escape::html(text))
            }
            Block::Link { label, href } => {
                format!("<p><a href=\"{}\">{}</a></p>", escape::html(href), escape::html(label))
            }
        });
        blocks.collect::<Vec<_>>().join("\n")
    }

    /// Blocks with an empty line between them.
    fn written(&self, write: impl Fn(&Block) -> String) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(&write(block));
        }
        out
    }
}

/// `Title › Section, lines 41-43 (reviewed 2025-01-02)`.
fn place(reference: &Reference) -> String {
    let mut headings = vec![reference.title.as_str()];
    headings.extend(reference.section.iter().map(String::as_str));
    headings.dedup();
    let mut text = format!("{}, {}", headings.join(" \u{203a} "), extent(reference));
    if let Some(reviewed) = &reference.reviewed {
        text.push_str(&format!(" (reviewed {reviewed})"));
    }
    text
}

/// Pages, and for a format without them lines: those of a text taken out of pages nobody can count.
fn extent(reference: &Reference) -> String {
    match (reference.pages, reference.lines) {
        (Some((first, last)), _) if first == last => format!("page {first}"),
        (Some((first, last)), _) => format!("pages {first}-{last}"),
        (None, (first, last)) if first == last => format!("line {first}"),
        (None, (first, last)) => format!("lines {first}-{last}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag};

    use super::*;
    use crate::document::DocumentId;
    use crate::text::Span;

    fn citation(quote: &str) -> Citation {
        Citation {
            rank: 1,
            score: 1.0,
            confidence: 0.9,
            quote: quote.into(),
            matches: Vec::new(),
            passage: quote.into(),
            lead_in: None,
            reference: Reference {
                document: DocumentId::new("a.md").unwrap(),
                title: "A page".into(),
                section: vec!["A page".into(), "PRRT".into()],
                lines: (41, 43),
                pages: None,
                span: Span::new(5, 9),
                revision: "sha256:ab".into(),
                sha256: String::new(),
                url: Some("https://example.org/a(b)".into()),
                reviewed: Some("2025-01-02".into()),
                language: None,
                bibliography: Vec::new(),
            },
        }
    }

    fn content(quote: &str) -> Content {
        let mut content = Content::text("These may help.");
        content.push_citation(&citation(quote), &Links::default());
        content
    }

    #[test]
    fn a_quote_stands_with_its_source_in_all_three_spellings() {
        let content = content("It works <slowly>.");
        let place = "A page \u{203a} PRRT, lines 41-43 (reviewed 2025-01-02)";
        assert_eq!(
            content.plain(),
            format!(
                "These may help.\n\n\u{201c}It works <slowly>.\u{201d}\n\n\u{2014} {place}\nhttps://example.org/a(b)"
            )
        );
        assert_eq!(
            content.markdown(),
            format!(
                "These may help.\n\n> It works \\<slowly\\>.\n\n\u{2014} [{place}](https://example.org/a%28b%29)"
            )
        );
        assert_eq!(
            content.html(),
            format!(
                "<p>These may help.</p>\n<blockquote>It works &lt;slowly&gt;.</blockquote>\n\
                 <p>\u{2014} <a href=\"https://example.org/a(b)\">{place}</a></p>"
            )
        );
    }

    #[test]
    fn a_source_with_pages_is_placed_by_them() {
        for (pages, expected) in [((3, 3), "page 3"), ((3, 4), "pages 3-4")] {
            let mut citation = citation("It works.");
            citation.reference.pages = Some(pages);
            let mut content = Content::default();
            content.push_citation(&citation, &Links::default());
            let plain = content.plain();
            assert!(plain.contains(&format!("PRRT, {expected} (reviewed")), "{plain}");
            assert!(!plain.contains("41"), "{plain}");
        }
    }

    #[test]
    fn links_lead_to_this_server_where_it_can_be_reached() {
        let links = Links { public_url: Some("https://ask.example".into()) };
        let link = links.of(&citation("x").reference).unwrap();
        assert_eq!(link, "https://ask.example/documents/a.md?rev=sha256:ab&mark=5-9#b5-9");
    }

    /// What a reader of the Markdown sees inside the block quote.
    fn quoted(markdown: &str) -> String {
        let mut depth = 0;
        let mut shown = String::new();
        for event in Parser::new(markdown) {
            match event {
                Event::Start(Tag::BlockQuote(_)) => depth += 1,
                Event::End(pulldown_cmark::TagEnd::BlockQuote(_)) => depth -= 1,
                Event::Text(text) if depth > 0 => shown.push_str(&text),
                Event::HardBreak if depth > 0 => shown.push('\n'),
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                other => assert!(depth == 0, "{other:?} in {markdown:?}"),
            }
        }
        shown
    }

    proptest! {
        #[test]
        fn whatever_a_document_holds_stays_text_in_markdown(
            quote in "([-+=*_#>`~\\[\\]()!<&|\\\\.0-9a-z ]{1,12}\n?){1,4}"
        ) {
            let lines: Vec<&str> =
                quote.lines().map(str::trim).collect();
            prop_assume!(lines.iter().all(|line| !line.is_empty()));
            let mut content = Content::default();
            content.push_citation(&citation(&quote), &Links::default());
            prop_assert_eq!(quoted(&content.markdown()), lines.join("\n"));
        }

        #[test]
        fn no_document_makes_html(quote in "[<>&\"'a-z/ ]{0,40}") {
            let html = content(&quote).html();
            let inside = html.split("<blockquote>").nth(1).unwrap().split("</blockquote>").next().unwrap();
            prop_assert!(!inside.contains('<') && !inside.contains('"'), "{}", inside);
        }
    }
}
