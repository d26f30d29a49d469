//! The text of one block: escaped, with links, bold run-in headings and the quote's mark put around pieces, and
//! what says where a page begins put between them.

use std::fmt::Write;

use super::address::web_address;
use super::literature::Literature;
use super::words::Words;
use crate::document::Document;
use crate::text::Span;
use crate::text::html::escape;

/// Wraps pieces of text. Knows whether the mark has been begun, because only its first piece has the id, and the page
/// that the text written last is of.
pub(super) struct Inline<'a> {
    document: &'a Document,
    literature: &'a Literature,
    words: &'a Words,
    mark: Option<Span>,
    mark_begun: bool,
    /// From 1. That the first page begins need not be said.
    page: u32,
}

/// What is around a piece, outermost first.
#[derive(Clone, PartialEq, Eq, Default)]
struct Wrapping {
    mark: bool,
    strong: bool,
    link: Option<String>,
}

/// A range to be wrapped.
struct Wrap {
    span: Span,
    kind: WrapKind,
}

enum WrapKind {
    Mark,
    Strong,
    Link(String),
}

impl<'a> Inline<'a> {
    pub(super) fn new(
        document: &'a Document,
        literature: &'a Literature,
        words: &'a Words,
        mark: Option<Span>,
    ) -> Self {
        Self { document, literature, words, mark, mark_begun: false, page: 1 }
    }

    /// The mark, if a piece of it has been written.
    pub(super) fn shown_mark(&self) -> Option<Span> {
        self.mark.filter(|_| self.mark_begun)
    }

    /// Says on which page the text at `offset` stands, where that is another one than the text before it. What it says
    /// is a label and no text, so that it is not copied with the text around it.
    pub(super) fn turn_page(&mut self, html: &mut String, offset: usize) {
        let Some(page) = self.document.page_at(offset).filter(|&page| page != self.page) else { return };
        self.page = page;
        let (language, label) = (self.words.language, self.words.say("page"));
        let label = label.replace("{page}", &page.to_string());
        let _ = write!(
            html,
            "<span class=\"page-break\" role=\"doc-pagebreak\" lang=\"{language}\" aria-label=\"{}\"></span>",
            escape(&label)
        );
    }

    /// Writes the text of `span`.
    pub(super) fn render(&mut self, html: &mut String, span: Span) {
        let wraps = self.citations(span);
        self.write(html, span, wraps);
    }

    /// Writes the text of `span`, of which `heading` is bold.
    pub(super) fn render_with_heading(&mut self, html: &mut String, span: Span, heading: Span) {
        let mut wraps = self.citations(span);
        wraps.push(Wrap { span: heading, kind: WrapKind::Strong });
        self.write(html, span, wraps);
    }

    /// Writes the text of `span`, in which the first `address` is a link.
    pub(super) fn render_with_address(&mut self, html: &mut String, span: Span, address: Option<&str>) {
        let mut wraps = Vec::new();
        if let Some(address) = address.and_then(web_address)
            && let Some(at) = self.document.slice(span).find(address)
        {
            let start = span.start() + at;
            let kind = WrapKind::Link(address.to_owned());
            wraps.push(Wrap { span: Span::new(start, start + address.len()), kind });
        }
        self.write(html, span, wraps);
    }

    /// The citation marks in `span`. Marks stand in text order, so they are found without looking at all.
    fn citations(&self, span: Span) -> Vec<Wrap> {
        let marks = &self.document.marks;
        let first = marks.partition_point(|mark| mark.span.start() < span.start());
        let within = marks.iter().skip(first).take_while(|mark| mark.span.start() < span.end());
        within
            .filter_map(|mark| {
                let id = self.literature.id(mark.entry)?;
                Some(Wrap { span: mark.span, kind: WrapKind::Link(format!("#{id}")) })
            })
            .collect()
    }

    fn write(&mut self, html: &mut String, span: Span, mut wraps: Vec<Wrap>) {
        wraps.extend(self.mark.map(|span| Wrap { span, kind: WrapKind::Mark }));
        let inside = |span_: Span| Span::new(span_.start().max(span.start()), span_.end().min(span.end()));
        let mut edges: Vec<usize> = vec![span.start(), span.end()];
        for wrap in &mut wraps {
            wrap.span = inside(wrap.span);
            edges.extend([wrap.span.start(), wrap.span.end()]);
        }
        edges.extend(self.page_begins(span));
        edges.retain(|edge| (span.start()..=span.end()).contains(edge));
        edges.sort_unstable();
        edges.dedup();
        wraps.sort_by_key(|wrap| wrap.span.start());
        let mut open = Wrapping::default();
        let mut next = 0;
        let mut active: Vec<&Wrap> = Vec::new();
        for (&start, &end) in edges.iter().zip(edges.iter().skip(1)) {
            active.retain(|wrap| wrap.span.end() > start);
            while let Some(wrap) = wraps.get(next).filter(|wrap| wrap.span.start() <= start) {
                active.extend((wrap.span.end() > start).then_some(wrap));
                next += 1;
            }
            let wanted = Wrapping::of(&active);
            self.turn_page(html, start);
            self.change(html, &open, &wanted);
            html.push_str(&escape(self.document.slice(Span::new(start, end))));
            open = wanted;
        }
        self.change(html, &open, &Wrapping::default());
    }

    /// Where pages begin within `span`.
    fn page_begins(&self, span: Span) -> impl Iterator<Item = usize> {
        let pages = &self.document.pages;
        let first = pages.partition_point(|&start| start <= span.start());
        pages.iter().skip(first).copied().take_while(move |&start| start < span.end())
    }

    /// Closes what is no longer wanted, and what lies in it, and opens what is missing.
    fn change(&mut self, html: &mut String, open: &Wrapping, wanted: &Wrapping) {
        if open == wanted {
            return;
        }
        let keep_mark = open.mark == wanted.mark;
        let keep_strong = keep_mark && open.strong == wanted.strong;
        let closings = [
            (open.link.is_some(), "</a>"),
            (open.strong && !keep_strong, "</strong>"),
            (open.mark && !keep_mark, "</mark>"),
        ];
        closings.iter().filter(|(closes, _)| *closes).for_each(|(_, tag)| html.push_str(tag));
        if wanted.mark && !keep_mark {
            self.open_mark(html);
        }
        if wanted.strong && !keep_strong {
            html.push_str("<strong>");
        }
        match wanted.link.as_deref() {
            Some(link) if link.starts_with('#') => drop(write!(html, "<a href=\"{}\">", escape(link))),
            Some(link) => drop(write!(html, "<a href=\"{}\" rel=\"noopener noreferrer\">", escape(link))),
            None => {}
        }
    }

    fn open_mark(&mut self, html: &mut String) {
        match self.mark.filter(|_| !self.mark_begun) {
            Some(mark) => {
                let (start, end) = (mark.start(), mark.end());
                let _ = write!(html, "<mark id=\"b{start}-{end}\" class=\"quote\" tabindex=\"-1\">");
            }
            None => html.push_str("<mark class=\"quote\">"),
        }
        self.mark_begun = true;
    }
}

impl Wrapping {
    fn of(active: &[&Wrap]) -> Self {
        let mut wrapping = Self::default();
        for wrap in active {
            match &wrap.kind {
                WrapKind::Mark => wrapping.mark = true,
                WrapKind::Strong => wrapping.strong = true,
                WrapKind::Link(link) => wrapping.link = Some(link.clone()),
            }
        }
        wrapping
    }
}
