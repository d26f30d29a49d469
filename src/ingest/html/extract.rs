//! The tree to the canonical text: a walk that knows in which heading, item, term or note it is.

mod write;

use std::cmp::Reverse;
use std::collections::HashMap;

use ego_tree::NodeId;
use scraper::Html;

use super::content::Plan;
use super::inline::{Line, Step, is_struck_out, mark_label, mark_target, walk};
use super::writer::Writer;
use super::{NodeRef, attribute, is_block, name, table, text_of};
use crate::ingest::date::date_line;
use crate::ingest::draft::{Draft, DraftKind, Scope};
use crate::ingest::field;

/// Longest text kept of an element that is left out, in characters; it is only for the report.
const MAX_LEFT_OUT: usize = 2_000;
/// Deepest `details` whose end is known; one in it ends with it, so that paths of sections stay short.
const MAX_DETAILS: usize = 4;

/// Writes the page's text and blocks. What the plan leaves out becomes a boilerplate block.
pub(super) fn extract(page: &Html, plan: &Plan) -> (Draft, bool) {
    let mut reader = Reader::new(plan, note_labels(page));
    let body = page.tree.root().descendants().find(|node| name(*node) == "body");
    if let Some(body) = body {
        walk(body, |step| reader.step(step));
        reader.flush();
    }
    let has_content = reader.writer.has_content();
    let (dated, scopes) = (reader.dated.take(), reader.finish_scopes());
    (Draft { dated, scopes, ..reader.writer.finish() }, has_content)
}

/// The ids that reference marks point at, with the marks' labels.
fn note_labels(page: &Html) -> HashMap<String, String> {
    let mut labels = HashMap::new();
    for node in page.tree.root().descendants().filter(|node| name(*node) == "a") {
        let raised = node.parent().filter(|parent| name(*parent) == "sup");
        let label =
            mark_label(node).or_else(|| raised.and_then(|_| Some(text_of(node, 40)).filter(|t| t.len() < 5)));
        if let (Some(label), Some(target)) = (label, mark_target(node)) {
            let label = label.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
            if !label.is_empty() {
                labels.entry(target.to_owned()).or_insert(label);
            }
        }
    }
    labels
}

/// What an open element makes of the text in it.
#[derive(Debug)]
enum Context {
    Heading(u8),
    Summary,
    Item { label: Option<String>, begun: bool },
    Term,
    Definition { begun: bool },
    Pre,
    Note { label: String },
}

#[derive(Debug)]
struct List {
    id: NodeId,
    /// The next number; `None` for bullets.
    number: Option<i64>,
    /// How many blocks stand before it.
    from: usize,
    /// Whether one of its terms is a question, which then ends with the list.
    asks: bool,
}

/// An open `details`.
#[derive(Debug)]
struct Details {
    id: NodeId,
    /// How many blocks stand before it.
    from: usize,
    /// Whether it begins with its summary.
    headed: bool,
    /// The level of the heading before it, which holds again behind it.
    level: u8,
}

#[derive(Debug)]
struct Reader<'p> {
    plan: &'p Plan,
    notes: HashMap<String, String>,
    writer: Writer,
    line: Line,
    contexts: Vec<(NodeId, Context)>,
    lists: Vec<List>,
    details: Vec<Details>,
    /// Of elements that have ended, in the order of their ends.
    scopes: Vec<Scope>,
    /// Terms of a definition list that wait for their definition.
    terms: String,
    /// Whether the last term was a question, so that its definitions are paragraphs.
    answering: bool,
    level: u8,
    /// The first day that the content marks as a date.
    dated: Option<String>,
}

impl<'p> Reader<'p> {
    fn new(plan: &'p Plan, notes: HashMap<String, String>) -> Self {
        Self {
            plan,
            notes,
            writer: Writer::default(),
            line: Line::default(),
            contexts: Vec::new(),
            lists: Vec::new(),
            details: Vec::new(),
            scopes: Vec::new(),
            terms: String::new(),
            answering: false,
            level: 0,
            dated: None,
        }
    }

    fn step(&mut self, step: Step<'_>) -> bool {
        match step {
            Step::Open(node) => self.open(node),
            Step::Close(node) => {
                self.close(node);
                true
            }
        }
    }

    /// Takes the beginning of a node and says whether to enter it.
    fn open(&mut self, node: NodeRef<'_>) -> bool {
        if let Some(text) = node.value().as_text() {
            self.text(text);
            return false;
        }
        let tag = name(node);
        if let Some(pattern) = self.left_out(node) {
            self.leave_out(node, pattern);
            return false;
        }
        if is_struck_out(tag) || (matches!(tag, "a" | "sup") && self.line.take_mark(node)) {
            return false;
        }
        if is_block(tag) {
            self.flush();
        }
        match tag {
            "br" => self.line.line_break(),
            "strong" | "b" => self.line.open_strong(node),
            "q" => self.line.push("“"),
            "time" if self.dated.is_none() => self.dated = attribute(node, "datetime").and_then(day),
            "table" => {
                if let Some(table) = table::read(node) {
                    self.table(&table);
                    return false;
                }
            }
            "ul" | "ol" | "menu" | "dir" | "dl" => self.open_list(node),
            "details" => {
                self.open_details(node);
                self.enter(node);
            }
            _ => self.enter(node),
        }
        true
    }

    fn close(&mut self, node: NodeRef<'_>) {
        let tag = name(node);
        if is_block(tag) {
            self.flush();
        }
        if self.contexts.last().is_some_and(|(id, _)| *id == node.id()) {
            self.contexts.pop();
        }
        if self.lists.last().is_some_and(|list| list.id == node.id()) {
            self.write_lone_term();
            self.answering = false;
            if let Some(list) = self.lists.pop().filter(|list| list.asks) {
                self.end_scope(list.from, false);
            }
        }
        if let Some(details) = self.details.pop_if(|details| details.id == node.id()) {
            self.level = details.level;
            if self.details.len() < MAX_DETAILS {
                self.end_scope(details.from, details.headed);
            }
        }
        match tag {
            "strong" | "b" => self.line.close_strong(node),
            "q" => self.line.push("”"),
            _ => {}
        }
    }

    /// Why a node is not content; an element around the content is passed through.
    fn left_out(&self, node: NodeRef<'_>) -> Option<String> {
        node.value().as_element()?;
        let inside = self.inside(node);
        if !inside && !self.plan.leads_to_content(node) {
            let pattern = self.plan.left_out(node, false);
            return Some(pattern.unwrap_or_else(|| "html outside main".to_owned()));
        }
        self.plan.left_out(node, inside)
    }

    /// Whether a node that the walk has reached lies in the content: the walk enters nothing else.
    fn inside(&self, node: NodeRef<'_>) -> bool {
        match self.plan.root {
            None => true,
            Some(_) => node.parent().is_some_and(|parent| {
                self.plan.root == Some(parent.id()) || !self.plan.leads_to_content(parent)
            }),
        }
    }

    fn leave_out(&mut self, node: NodeRef<'_>, pattern: String) {
        let text = field::one_line(&text_of(node, MAX_LEFT_OUT * 4), MAX_LEFT_OUT);
        if text.is_empty() {
            return;
        }
        if is_block(name(node)) {
            self.flush();
        }
        // A button within a sentence must not cut it in two.
        if self.line.is_empty() {
            self.writer.block(DraftKind::Boilerplate { pattern }, "", &text, None);
        }
    }

    fn text(&mut self, text: &str) {
        match self.contexts.last() {
            Some((_, Context::Pre)) => self.line.push_raw(text),
            _ => self.line.push(text),
        }
    }

    /// Pushes the context that an element makes, if any.
    fn enter(&mut self, node: NodeRef<'_>) {
        let context = match name(node) {
            heading @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                let level = heading.bytes().last().map_or(1, |digit| digit.saturating_sub(b'0'));
                self.level = level;
                Context::Heading(level)
            }
            "summary" => {
                let from = self.writer.count();
                if let Some(details) = self.details.last_mut() {
                    details.headed |= details.from == from;
                }
                Context::Summary
            }
            "pre" => Context::Pre,
            "dt" => Context::Term,
            "dd" => Context::Definition { begun: false },
            "li" => self.open_item(node),
            tag => match self.note_label(node).filter(|_| is_block(tag)) {
                Some(label) => Context::Note { label },
                None => return,
            },
        };
        self.contexts.push((node.id(), context));
    }

    fn open_list(&mut self, node: NodeRef<'_>) {
        self.write_lone_term();
        let start = attribute(node, "start").and_then(|start| start.trim().parse().ok());
        let number = (name(node) == "ol").then(|| start.unwrap_or(1));
        self.lists.push(List { id: node.id(), number, from: self.writer.count(), asks: false });
    }

    fn open_details(&mut self, node: NodeRef<'_>) {
        let from = self.writer.count();
        self.details.push(Details { id: node.id(), from, headed: false, level: self.level });
    }

    /// Holds together the blocks from `from` to here.
    fn end_scope(&mut self, from: usize, headed: bool) {
        let blocks = from..self.writer.count();
        if !blocks.is_empty() {
            self.scopes.push(Scope { blocks, headed });
        }
    }

    /// The scopes by where they begin, the outer before the inner.
    fn finish_scopes(&mut self) -> Vec<Scope> {
        let mut scopes = std::mem::take(&mut self.scopes);
        // Of two that hold the same blocks the outer ended last.
        scopes.reverse();
        scopes.sort_by_key(|scope| (scope.blocks.start, Reverse(scope.blocks.end)));
        scopes
    }

    fn open_item(&mut self, node: NodeRef<'_>) -> Context {
        let value = attribute(node, "value").and_then(|value| value.trim().parse().ok());
        let number = self.lists.last_mut().and_then(|list| list.number.as_mut());
        let label = number.map(|number| {
            let this = value.unwrap_or(*number);
            *number = this.saturating_add(1);
            this.to_string()
        });
        match self.note_label(node) {
            Some(label) => Context::Note { label },
            None => Context::Item { label, begun: false },
        }
    }

    /// The label of the marks that point at a node or at the anchor that begins it.
    fn note_label(&self, node: NodeRef<'_>) -> Option<String> {
        let first = node.children().find(|child| name(*child) == "a" || name(*child) == "span");
        let ids = [
            attribute(node, "id"),
            first.and_then(|child| attribute(child, "id")),
            first.and_then(|child| attribute(child, "name")),
        ];
        ids.into_iter().flatten().find_map(|id| self.notes.get(id)).cloned()
    }

    fn table(&mut self, table: &table::Table) {
        self.write_lone_term();
        let depth = self.depth();
        self.writer.block(DraftKind::Paragraph { depth }, "", &table.caption, None);
        for row in &table.rows {
            self.writer.block(DraftKind::TableRow, "", row, None);
        }
    }

    fn depth(&self) -> u8 {
        u8::try_from(self.lists.len()).unwrap_or(u8::MAX)
    }
}

/// The day that a `datetime` names; a month, an hour or a span of time is none.
fn day(datetime: &str) -> Option<String> {
    let day = field::date(datetime)?;
    date_line(&day).is_some_and(|line| line.date == day && day.len() == 10).then_some(day)
}
