//! Pages of invented documents.

use proptest::prelude::*;

use super::*;
use crate::document::{
    BibliographyEntry, Block, BlockKind, DocumentId, Format, Mark, Metadata, Revision, Section,
};

/// Builds a document block by block; the text of each block is put on a line of its own.
struct Draft {
    document: Document,
}

impl Draft {
    fn new(title: &str) -> Self {
        let document = Document {
            id: DocumentId::new("a.md").unwrap(),
            format: Format::Markdown,
            revision: Revision::of(b"a"),
            metadata: Metadata { title: title.into(), ..Metadata::default() },
            text: String::new(),
            sections: vec![],
            blocks: vec![],
            passages: vec![],
            groups: vec![],
            bibliography: vec![],
            marks: vec![],
            pages: vec![],
        };
        Self { document }
    }

    fn block(mut self, before: &str, text: &str, kind: BlockKind) -> Self {
        self.document.text.push_str(before);
        let start = self.document.text.len();
        self.document.text.push_str(text);
        let span = Span::new(start, start + text.len());
        self.document.text.push('\n');
        if let BlockKind::Heading { level } = kind {
            let parent = (0..self.document.sections.len())
                .rev()
                .find(|&at| self.document.sections[at].level < level)
                .map(|at| at as u32);
            let anchor = format!("s{}", self.document.sections.len());
            self.document.sections.push(Section { heading: span, level, parent, body: span, anchor });
        }
        let section = self.document.sections.len().checked_sub(1).map(|at| at as u32);
        self.document.blocks.push(Block { kind, span, section });
        if kind == BlockKind::Reference {
            let label = (self.document.bibliography.len() + 1).to_string();
            let url = text.find("http").map(|at| text[at..].to_owned());
            self.document.bibliography.push(BibliographyEntry { label, span, url, doi: None });
        }
        self
    }

    /// A page begins with what comes next.
    fn page(mut self) -> Self {
        self.document.pages.push(self.document.text.len());
        self
    }

    fn heading(self, level: u8, text: &str) -> Self {
        self.block("", text, BlockKind::Heading { level })
    }

    fn prose(self, text: &str) -> Self {
        self.block("", text, BlockKind::Paragraph { depth: 0 })
    }

    fn item(self, depth: u8, text: &str) -> Self {
        self.block("- ", text, BlockKind::ListItem { depth, ordered: false })
    }

    fn build(mut self) -> Document {
        for (entry, number) in (1..=self.document.bibliography.len()).enumerate() {
            let mark = format!("[{number}]");
            let places: Vec<_> = self.document.text.match_indices(&mark).map(|(at, _)| at).collect();
            let marks = places.into_iter().map(|at| Span::new(at, at + mark.len()));
            self.document.marks.extend(marks.map(|span| Mark { span, entry: entry as u32 }));
        }
        self.document.marks.sort_by_key(|mark| mark.span);
        Document::new(self.document).unwrap()
    }
}

fn page(document: &Document, query: &str) -> String {
    render(document, &PageRequest::parse(query), "Service", Words::choose("en"))
}

fn page_break(language: &str, label: &str) -> String {
    format!(
        "<span class=\"page-break\" role=\"doc-pagebreak\" lang=\"{language}\" aria-label=\"{label}\"></span>"
    )
}

fn mark_of(document: &Document, text: &str) -> String {
    let start = document.text.find(text).unwrap();
    format!("mark={start}-{}", start + text.len())
}

/// The text that a reader sees in the article, tags taken out.
fn visible(html: &str) -> String {
    let article = html.split("</article>").next().unwrap().split("<article").nth(1).unwrap();
    let mut text = String::new();
    for piece in article.split('<').skip(1) {
        text.push_str(piece.split_once('>').unwrap().1);
    }
    text
}

#[test]
fn sections_nest_and_the_title_is_not_said_twice() {
    let document =
        Draft::new("On rest").heading(1, "On rest").prose("Rest.").heading(2, "Sleep").prose("Deep.").build();
    let html = page(&document, "");
    assert!(html.contains("<h1 id=\"s0\">On rest</h1>"), "{html}");
    assert_eq!(html.matches(">On rest<").count(), 2, "title and h1");
    assert!(html.contains("<section id=\"s1\">\n<h2>Sleep</h2>\n<p>Deep.</p>\n</section>"), "{html}");
    assert!(html.contains("<li><a href=\"#s1\" lang=\"\">Sleep</a></li>"), "{html}");
}

#[test]
fn a_title_without_a_section_of_its_own_is_not_said_twice_either() {
    let mut draft =
        Draft::new("On rest").heading(1, "On rest").heading(2, "Sleep").prose("Deep.").heading(2, "Food");
    draft.document.sections.remove(0);
    for section in &mut draft.document.sections {
        section.parent = None;
    }
    for block in &mut draft.document.blocks {
        block.section = block.section.and_then(|at| at.checked_sub(1));
    }
    let html = page(&draft.build(), "");
    assert!(html.contains("<h1>On rest</h1>"), "{html}");
    assert_eq!(html.matches(">On rest<").count(), 2, "title and h1");
    let contents =
        "<li><a href=\"#s1\" lang=\"\">Sleep</a></li>\n<li><a href=\"#s2\" lang=\"\">Food</a></li>";
    assert!(html.contains(contents) && html.contains("<h2>Food</h2>"), "{html}");
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "</article><script>alert(1)</script><img src=x onerror='a()'>\"&\u{0}";
    let mut document = Draft::new(hostile)
        .heading(2, hostile)
        .prose(hostile)
        .item(1, hostile)
        .block("", &format!("| {hostile} | x |"), BlockKind::TableRow)
        .block("", hostile, BlockKind::Reference)
        .build();
    document.metadata.url = Some("javascript:alert(1)".into());
    document.metadata.language = Some("\"><script>".into());
    document.metadata.reviewed = Some("<b>".into());
    document.sections[0].anchor = "\"><script>".into();
    document.bibliography[0].label = "\"><script>".into();
    let html = render(
        &document,
        &PageRequest::parse("rev=%22%3Cscript%3E&mark=<script>"),
        hostile,
        Words::choose(hostile),
    );
    assert_eq!(html.matches("<script").count(), 1, "only our own: {html}");
    for forbidden in ["<img", "<b>", "javascript:", "\u{0}"] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
    assert_eq!(html.matches("</article>").count(), 1);
}

#[test]
fn the_mark_has_its_id_once_and_crosses_blocks() {
    let document = Draft::new("t").prose("One two.").prose("Three four.").build();
    let html = page(&document, "mark=4-14");
    assert!(
        html.contains("<p>One <mark id=\"b4-14\" class=\"quote\" tabindex=\"-1\">two.</mark></p>"),
        "{html}"
    );
    assert!(html.contains("<p><mark class=\"quote\">Three</mark> four.</p>"), "{html}");
}

#[test]
fn a_page_is_said_where_it_begins_before_a_block_or_in_a_list_that_goes_on() {
    let document = Draft::new("t")
        .page()
        .prose("One.")
        .page()
        .prose("Two.")
        .prose("And more.")
        .page()
        .heading(1, "Three")
        .page()
        .page()
        .item(1, "a")
        .page()
        .item(1, "b")
        .page()
        .block("", "x | y", BlockKind::TableRow)
        .build();
    let html = render(&document, &PageRequest::default(), "Service", Words::choose("de"));
    let said = |number: u32| page_break("de", &format!("Seite {number}"));
    for expected in [
        format!("<p>One.</p>\n{}<p>Two.</p>\n<p>And more.</p>\n", said(2)),
        format!("<section id=\"s0\">\n{}<h2>Three</h2>\n", said(3)),
        format!("{}<ul>\n<li>a</li>\n<li>{}b</li>\n</ul>\n", said(5), said(6)),
        format!("{}<div class=\"table-frame\">", said(7)),
    ] {
        assert!(html.contains(&expected), "{expected} in {html}");
    }
    assert_eq!(html.matches("page-break").count(), 5);
}

#[test]
fn a_page_that_begins_within_a_sentence_is_said_there_inside_a_mark_too() {
    let mut document = Draft::new("t").prose("One two three.").build();
    document.pages = vec![0, 8];
    let html = page(&document, &mark_of(&document, "two three"));
    let mark = "<mark id=\"b4-13\" class=\"quote\" tabindex=\"-1\">";
    let expected = format!("<p>One {mark}two {}three</mark>.</p>", page_break("en", "page 2"));
    assert!(html.contains(&expected), "{html}");
    assert!(visible(&html).contains("One two three."), "{html}");
}

#[test]
fn a_title_behind_a_cover_without_text_is_on_its_page() {
    let document = Draft::new("On rest").page().page().heading(1, "On rest").prose("Rest.").build();
    let html = page(&document, "");
    assert!(html.contains(&format!("{}<h1 id=\"s0\">On rest</h1>", page_break("en", "page 2"))), "{html}");
    assert_eq!(html.matches("page-break").count(), 1);
}

#[test]
fn a_range_that_does_not_fit_is_ignored() {
    let document = Draft::new("t").prose("\u{e9}t\u{e9}").build();
    for query in ["mark=0-99", "mark=1-2", "mark=3-1", "mark=x-y", "mark=", "mark=0-99999999999999999999999"]
    {
        assert!(!page(&document, query).contains("<mark"), "{query}");
    }
}

#[test]
fn a_changed_document_says_so_and_marks_nothing() {
    let document = Draft::new("t").prose("One two.").build();
    let html = page(&document, "rev=sha256:other&mark=0-3");
    assert!(html.contains("has changed") && !html.contains("<mark"), "{html}");
    let html = page(&document, &format!("rev={}&mark=0-3", document.revision));
    assert!(!html.contains("has changed") && html.contains("<mark"), "{html}");
}

#[test]
fn a_page_with_a_mark_says_so_and_leads_to_it() {
    let document =
        Draft::new("t").prose("One two.").block("", "Subscribe now", BlockKind::Boilerplate).build();
    let html = page(&document, &mark_of(&document, "two"));
    assert!(html.contains("<a href=\"#b4-7\">Go to the quoted passage</a>"), "{html}");
    assert!(html.contains("<mark id=\"b4-7\""), "{html}");
    for query in [String::new(), mark_of(&document, "Subscribe")] {
        assert!(!page(&document, &query).contains("class=\"marked\""), "a way to nowhere: {query}");
    }
}

#[test]
fn the_page_speaks_the_visitors_language_and_marks_the_documents() {
    let mut draft =
        Draft::new("t").heading(2, "Facts").prose("One [1].").block("1. ", "A study.", BlockKind::Reference);
    draft.document.metadata.language = Some("en".into());
    let html = render(&draft.build(), &PageRequest::default(), "Service", Words::choose("de"));
    for expected in [
        "<html lang=\"de\">",
        "<article lang=\"en\">",
        "<h2>Inhalt</h2>",
        "lang=\"en\">Facts</a>",
        "<h2 lang=\"de\">Literatur</h2>",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
}

#[test]
fn citations_link_to_the_literature_inside_a_mark_too() {
    let document = Draft::new("t")
        .heading(2, "Facts")
        .prose("It works [1] well.")
        .heading(2, "References")
        .block("1. ", "A study. https://example.org/a", BlockKind::Reference)
        .build();
    let html = page(&document, &mark_of(&document, "works [1] well"));
    assert!(html.contains("works <a href=\"#ref-1\">[1]</a> well</mark>."), "{html}");
    let address = "<a href=\"https://example.org/a\" rel=\"noopener noreferrer\">https://example.org/a</a>";
    assert!(html.contains(&format!("<li id=\"ref-1\" value=\"1\">A study. {address}</li>")), "{html}");
    assert!(!html.contains(">References<"), "no heading over nothing: {html}");
    assert!(page(&document, &mark_of(&document, "A study")).contains("\"-1\">A study</mark>"));
}

#[test]
fn lists_nest_and_hold_their_continuations() {
    let document = Draft::new("t")
        .item(1, "a")
        .item(2, "b")
        .block("  ", "more of b", BlockKind::Paragraph { depth: 2 })
        .block("  ", "more of a", BlockKind::Paragraph { depth: 1 })
        .block("7. ", "c", BlockKind::ListItem { depth: 1, ordered: true })
        .prose("after")
        .build();
    let html = visible_tags(&page(&document, ""));
    let expected = "<ul><li>a<ul><li>b<p>more of b</p></li></ul><p>more of a</p></li></ul>\
                    <ol><li value=\"7\">c</li></ol><p>after</p>";
    assert!(html.contains(expected), "{html}");
}

fn visible_tags(html: &str) -> String {
    html.replace('\n', "")
}

#[test]
fn table_rows_are_split_in_cells() {
    let document = Draft::new("t")
        .block("", "| a | b \\| c |", BlockKind::TableHeader)
        .block("", "| 1 |  |", BlockKind::TableRow)
        .block("", "x | y", BlockKind::TableRow)
        .build();
    let html = visible_tags(&page(&document, ""));
    let expected = "<div class=\"table-frame\"><table><thead><tr><th scope=\"col\">a</th><th scope=\"col\">b \\| c</th></tr></thead>\
                    <tbody><tr><td>1</td><td></td></tr><tr><td>x</td><td>y</td></tr></tbody></table></div>";
    assert!(html.contains(expected), "{html}");
}

#[test]
fn boilerplate_is_not_shown() {
    let document = Draft::new("t").prose("Kept.").block("", "Subscribe now", BlockKind::Boilerplate).build();
    assert!(!page(&document, "").contains("Subscribe"));
}

#[test]
fn a_run_in_heading_is_bold_and_has_the_anchor() {
    let mut draft = Draft::new("t").item(1, "Scan. It takes an hour.");
    let span = draft.document.blocks[0].span;
    let heading = Span::new(span.start(), span.start() + 4);
    draft.document.sections.push(Section {
        heading,
        level: 3,
        parent: None,
        body: span,
        anchor: "scan".into(),
    });
    draft.document.blocks[0].section = Some(0);
    let html = page(&draft.build(), "");
    assert!(html.contains("<li id=\"scan\"><strong>Scan</strong>. It takes an hour."), "{html}");
}

#[test]
fn what_cannot_be_shown_is_said_in_the_visitors_language_with_the_way_to_the_chat() {
    let back = "<header><a href=\"/\" data-return=\"Zurück zu Ihrem Gespräch\">Eine Frage stellen: A &lt; B</a></header>";
    for (code, sentence) in [
        (ErrorCode::NotFound, "gibt es kein Dokument"),
        (ErrorCode::Busy, "versuchen Sie es später noch einmal"),
        (ErrorCode::Internal, "versuchen Sie es später noch einmal"),
    ] {
        let html = render_refusal(code, "A < B", Words::choose("de"));
        assert!(html.starts_with("<!doctype html>\n<html lang=\"de\">"), "{html}");
        assert!(html.contains("<title>A &lt; B</title>") && html.contains(back), "{html}");
        let said = html.split_once("<h1>").unwrap().1.split_once("</h1>").unwrap().0;
        assert!(said.contains(sentence), "{code:?}: {said}");
    }
    let html = page(&Draft::new("t").prose("x").build(), "");
    assert!(
        html.contains("<a href=\"/\" data-return=\"Back to your conversation\">Ask a question: Service</a>"),
        "{html}"
    );
}

proptest! {
    #[test]
    fn the_text_of_a_block_comes_out_whole_whatever_is_marked(
        text in "[ -~\u{e9}\u{4e2d}]{1,60}",
        start in 0usize..70,
        len in 0usize..70,
        page_begins in 0usize..140,
    ) {
        let text = text.trim().replace(['&', '<', '>', '"', '\''], "x");
        prop_assume!(!text.is_empty());
        let mut document = Draft::new("\u{9875}").prose(&text).item(1, &text).build();
        document.pages = vec![0, document.text.floor_char_boundary(page_begins)];
        let html = page(&document, &format!("mark={start}-{}", start + len));
        prop_assert_eq!(visible(&html).matches(&text).count(), 2, "{}", html);
    }
}
