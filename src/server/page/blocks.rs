//! Blocks into sections, paragraphs, nested lists and tables.

use std::fmt::Write;

use super::inline::Inline;
use super::outline::{Outline, Shown};
use crate::document::{Block, BlockKind, Document, Section, SectionIndex};
use crate::text::Span;
use crate::text::html::escape;

/// Deepest nesting of lists and sections that is shown; what is deeper is shown at that depth.
const MAX_DEPTH: usize = 12;

/// What closes a table in its head, and in its body. The frame lets a wide table scroll by itself.
const HEAD_END: &str = "</thead>\n</table>\n</div>\n";
const BODY_END: &str = "</tbody>\n</table>\n</div>\n";

/// Lays out the blocks of one document.
pub(super) struct Body<'a> {
    document: &'a Document,
    outline: &'a Outline,
    /// Sections whose elements are open, outermost first.
    sections: Vec<SectionIndex>,
    /// Closing tags of the lists that are open, outermost first; each has an open item.
    lists: Vec<&'static str>,
    /// Closing tag of the part of a table that is open.
    table: Option<&'static str>,
}

impl<'a> Body<'a> {
    pub(super) fn new(document: &'a Document, outline: &'a Outline) -> Self {
        Self { document, outline, sections: Vec::new(), lists: Vec::new(), table: None }
    }

    pub(super) fn render(mut self, html: &mut String, inline: &mut Inline<'_>) {
        let document = self.document;
        for block in &document.blocks {
            if block.kind.is_content() {
                self.enter(html, block.section);
                self.block(html, inline, block);
            }
        }
        self.enter(html, None);
        self.close_all(html);
    }

    fn block(&mut self, html: &mut String, inline: &mut Inline<'_>, block: &Block) {
        match block.kind {
            BlockKind::Heading { .. } => self.heading(html, inline, block),
            BlockKind::ListItem { depth, ordered } => self.item(html, inline, block, depth, ordered),
            BlockKind::TableHeader => self.row(html, inline, block, "th scope=\"col\"", "th"),
            BlockKind::TableRow => self.row(html, inline, block, "td", "td"),
            BlockKind::Paragraph { depth } => self.text(html, inline, block, depth, ["<p>", "</p>\n"]),
            BlockKind::Preformatted => self.text(html, inline, block, 0, ["<pre>", "</pre>\n"]),
            BlockKind::Reference | BlockKind::Boilerplate => {}
        }
    }

    /// Closes the sections that are left and opens those that begin.
    fn enter(&mut self, html: &mut String, section: Option<SectionIndex>) {
        let path = self.path(section);
        let shared = self.sections.iter().zip(&path).take_while(|(open, wanted)| open == wanted).count();
        if shared == self.sections.len() && shared == path.len() {
            return;
        }
        self.close_all(html);
        for _ in self.sections.drain(shared..) {
            html.push_str("</section>\n");
        }
        for at in path.into_iter().skip(shared) {
            let anchor = self.document.sections.get(at as usize).map(|section| section.anchor.as_str());
            let _ = writeln!(html, "<section id=\"{}\">", escape(anchor.unwrap_or_default()));
            self.sections.push(at);
        }
    }

    /// The sections with an element of their own that hold `section`, outermost first.
    fn path(&self, section: Option<SectionIndex>) -> Vec<SectionIndex> {
        let mut path = Vec::new();
        let mut next = section;
        while let Some(at) = next {
            if matches!(self.outline.shown(at), Shown::Headed(_)) {
                path.push(at);
            }
            next = self.section(Some(at)).and_then(|section| section.parent).filter(|&parent| parent < at);
        }
        path.reverse();
        path.truncate(MAX_DEPTH);
        path
    }

    fn section(&self, section: Option<SectionIndex>) -> Option<&'a Section> {
        self.document.sections.get(section? as usize)
    }

    fn heading(&mut self, html: &mut String, inline: &mut Inline<'_>, block: &Block) {
        self.close_all(html);
        let level = match block.section.map(|at| self.outline.shown(at)) {
            Some(Shown::Title | Shown::Hidden) => return,
            _ if self.outline.is_title(block.span) => return,
            Some(Shown::Headed(level)) => level,
            Some(Shown::Inline) | None => 2,
        };
        let heading = self.section(block.section).map(|section| section.heading);
        let span = heading.filter(|&heading| block.span.contains(heading)).unwrap_or(block.span);
        inline.turn_page(html, span.start());
        let _ = write!(html, "<h{level}>");
        inline.render(html, span);
        let _ = writeln!(html, "</h{level}>");
    }

    fn text(
        &mut self,
        html: &mut String,
        inline: &mut Inline<'_>,
        block: &Block,
        depth: u8,
        tags: [&str; 2],
    ) {
        self.close_table(html);
        self.close_lists(html, usize::from(depth));
        self.turn_page(html, inline, block);
        let [opening, closing] = tags;
        html.push_str(opening);
        self.run_in(html, inline, block);
        html.push_str(closing);
    }

    fn item(&mut self, html: &mut String, inline: &mut Inline<'_>, block: &Block, depth: u8, ordered: bool) {
        self.close_table(html);
        let depth = usize::from(depth).clamp(1, MAX_DEPTH).min(self.lists.len() + 1);
        let (opening, closing) = if ordered { ("<ol>\n", "</ol>\n") } else { ("<ul>\n", "</ul>\n") };
        self.close_lists(html, depth);
        if self.lists.len() == depth && self.lists.last() != Some(&closing) {
            self.close_lists(html, depth - 1);
        }
        self.turn_page(html, inline, block);
        if self.lists.len() == depth {
            html.push_str("</li>\n");
        } else {
            html.push_str(opening);
            self.lists.push(closing);
        }
        html.push_str("<li");
        if let Some(section) = self.own_section(block) {
            let _ = write!(html, " id=\"{}\"", escape(&section.anchor));
        }
        if let Some(number) = ordered.then(|| number_before(&self.document.text, block.span)).flatten() {
            let _ = write!(html, " value=\"{number}\"");
        }
        html.push('>');
        self.run_in(html, inline, block);
    }

    /// The section that begins with a run-in heading in this block.
    fn own_section(&self, block: &Block) -> Option<&'a Section> {
        let at = block.section.filter(|&at| self.outline.shown(at) == Shown::Inline)?;
        self.section(Some(at)).filter(|section| block.span.contains(section.heading))
    }

    fn run_in(&self, html: &mut String, inline: &mut Inline<'_>, block: &Block) {
        match self.own_section(block) {
            Some(section) => inline.render_with_heading(html, block.span, section.heading),
            None => inline.render(html, block.span),
        }
    }

    fn row(
        &mut self,
        html: &mut String,
        inline: &mut Inline<'_>,
        block: &Block,
        opening: &str,
        closing: &str,
    ) {
        self.close_lists(html, 0);
        let is_header = closing == "th";
        if is_header || self.table.is_none() {
            self.close_table(html);
            self.turn_page(html, inline, block);
            let (part, end) = if is_header { ("thead", HEAD_END) } else { ("tbody", BODY_END) };
            let _ = writeln!(html, "<div class=\"table-frame\">\n<table>\n<{part}>");
            self.table = Some(end);
        } else if self.table == Some(HEAD_END) {
            html.push_str("</thead>\n<tbody>\n");
            self.table = Some(BODY_END);
        }
        html.push_str("<tr>");
        for cell in cells(&self.document.text, block.span) {
            let _ = write!(html, "<{opening}>");
            inline.render(html, cell);
            let _ = write!(html, "</{closing}>");
        }
        html.push_str("</tr>\n");
    }

    /// Says before `block` that a page begins with it, unless a list or table is open: there it is said in the text.
    fn turn_page(&self, html: &mut String, inline: &mut Inline<'_>, block: &Block) {
        if self.lists.is_empty() && self.table.is_none() {
            inline.turn_page(html, block.span.start());
        }
    }

    fn close_all(&mut self, html: &mut String) {
        self.close_lists(html, 0);
        self.close_table(html);
    }

    fn close_lists(&mut self, html: &mut String, depth: usize) {
        while self.lists.len() > depth {
            html.push_str("</li>\n");
            html.push_str(self.lists.pop().unwrap_or_default());
        }
    }

    fn close_table(&mut self, html: &mut String) {
        html.push_str(self.table.take().unwrap_or_default());
    }
}

/// The number that stands before a list item, as in `12. ` or `12) `.
fn number_before(text: &str, item: Span) -> Option<u32> {
    let before = text.get(..item.start())?.trim_end_matches([' ', '\t']);
    let before = before.strip_suffix(['.', ')'])?;
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    before.get(before.len() - digits..)?.parse().ok()
}

/// The cells of a table row: parted by `|`, else by tabs; without the white space around them.
fn cells(text: &str, row: Span) -> Vec<Span> {
    let Some(line) = row.slice(text) else { return vec![row] };
    let separator = if line.contains('|') { '|' } else { '\t' };
    let inner = line.trim();
    let has_head = separator == '|' && inner.starts_with('|');
    let has_tail = separator == '|' && inner.len() > 1 && inner.ends_with('|') && !inner.ends_with("\\|");
    let mut borders = vec![];
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if c == separator && !escaped {
            borders.push(at);
        }
        escaped = c == '\\' && !escaped;
    }
    let starts = std::iter::once(0).chain(borders.iter().map(|border| border + 1));
    let ends = borders.iter().copied().chain(std::iter::once(line.len()));
    let count = borders.len() + 1;
    let kept = usize::from(has_head)..count - usize::from(has_tail && count > 1);
    let cells =
        starts.zip(ends).map(|(start, end)| Span::new(row.start() + start, row.start() + end).trimmed(text));
    cells.enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, cell)| cell).collect()
}
