//! Plain text to a draft: structure recognised from the layout alone.
//!
//! One pass over the lines with one line of look-ahead. Nothing is marked in plain text, so everything
//! here is a judgement from indentation, blank lines and the shape of a line; where in doubt a line is
//! part of a paragraph, which loses nothing. Lines of the same paragraph become one block.

mod line;
mod list;
mod run_in;
mod shape;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use shape::names_a_part;

use self::line::{Line, Lines, Marker};
use self::list::Levels;
use self::table::TableKind;
use super::date::{DateLine, date_line, is_due_line, surer};
use super::draft::{Draft, DraftBlock, DraftKind};
use crate::text::Span;

/// How far from the beginning or the end a bare date tells the document's age, in blocks; the items of a list
/// count as one, and so do headings in a row.
const NEAR_THE_EDGE: usize = 4;
/// A line longer than this was not wrapped by hand: the line break after it ends a paragraph.
const UNWRAPPED: usize = 120;
/// A line shorter than this that ends in a full stop was not wrapped either.
const SHORT: usize = 50;

/// Reads plain text. Any string gives a draft.
pub(crate) fn parse(text: String) -> Draft {
    let mut parser = Parser::default();
    let mut lines = Lines::new(&text).peekable();
    while let Some(line) = lines.next() {
        parser.line(line, lines.peek());
    }
    parser.close();
    let reviewed = parser.take_dates(&text);
    // A heading of nothing is what the text says.
    if let [DraftBlock { kind: kind @ DraftKind::Heading { .. }, .. }] = parser.blocks.as_mut_slice() {
        *kind = DraftKind::Paragraph { depth: 0 };
    }
    run_in::mark(&text, &mut parser.blocks);
    let mut draft = Draft { blocks: parser.blocks, ..Draft::default() };
    draft.metadata.reviewed = reviewed.map(|line| line.date);
    draft.text = text;
    draft
}

/// A block whose last line may not have been seen.
#[derive(Debug)]
struct Open<'a> {
    kind: DraftKind,
    start: usize,
    lines: usize,
    last: Line<'a>,
}

#[derive(Debug, Default)]
struct Parser<'a> {
    blocks: Vec<DraftBlock>,
    open: Option<Open<'a>>,
    levels: Levels,
    table: Option<TableKind>,
    /// The first row of the table set with tabs, while it may turn out to be the header.
    first_row: Option<usize>,
    /// Whether a heading in capitals was seen, so that others are one level deeper.
    capitals: bool,
    /// Whether the block before is a question marked `Q:`, so that `A:` is its answer.
    asked: bool,
    /// The first date that says it is of a review.
    reviewed: Option<DateLine>,
    /// Other blocks that are nothing but a date.
    dates: Vec<(usize, DateLine)>,
}

impl<'a> Parser<'a> {
    fn line(&mut self, line: Line<'a>, next: Option<&Line<'a>>) {
        if line.blank_before {
            self.close();
            self.table = None;
        }
        let taken = self.underline(line)
            || self.pipes(line, next)
            || self.question_and_answer(line)
            || self.heading(line, next)
            || self.item(line, next)
            || self.tabs(line, next);
        if taken {
            return;
        }
        self.table = None;
        if !self.goes_on(line) {
            self.close();
            self.paragraph(line);
        }
    }

    fn push(&mut self, kind: DraftKind, span: Span) {
        self.blocks.push(DraftBlock { kind, span, run_in: None });
    }

    /// Finishes the open block.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let alone = open.lines == 1 && matches!(open.kind, DraftKind::Paragraph { depth: 0 });
        match alone.then(|| date_line(open.last.text)).flatten() {
            Some(found) if found.labelled => {
                self.reviewed = surer(self.reviewed.take(), Some(found));
                return;
            }
            Some(found) => self.dates.push((self.blocks.len(), found)),
            None => {}
        }
        self.push(open.kind, Span::new(open.start, open.last.end()));
    }

    /// Takes out the bare dates that stand near the beginning or the end and that nothing announces; gives the
    /// date of the document. A date that says what it is of outranks a bare one.
    fn take_dates(&mut self, text: &str) -> Option<DateLine> {
        let parts = parts(&self.blocks);
        let last = parts.last().copied().unwrap_or_default();
        let mut first: Option<DateLine> = None;
        for (at, date) in std::mem::take(&mut self.dates).into_iter().rev() {
            let (Some(block), Some(&part)) = (self.blocks.get(at), parts.get(at)) else { continue };
            let before = text.get(..block.span.start()).unwrap_or_default();
            let is_near = part < NEAR_THE_EDGE || last - part < NEAR_THE_EDGE;
            if is_near && !before.trim_end().ends_with(':') {
                self.blocks.remove(at);
                first = Some(date);
            }
        }
        let is_next =
            |line: &DateLine| line.is_vague && first.as_ref().is_some_and(|written| written.date < line.date);
        self.reviewed.take().filter(|line| !is_next(line)).or(first)
    }

    fn begin(&mut self, kind: DraftKind, start: usize, line: Line<'a>) {
        self.open = Some(Open { kind, start, lines: 1, last: line });
    }

    /// `=====` or `-----` below a single line makes it a heading; elsewhere it is a rule without content.
    fn underline(&mut self, line: Line<'a>) -> bool {
        let Some(level) = shape::underline_level(line.text) else { return false };
        match self.open.take_if(|open| may_be_underlined(open, self.blocks.last())) {
            Some(open) => self.push(DraftKind::Heading { level }, Span::new(open.start, open.last.end())),
            None => self.close(),
        }
        self.levels.clear();
        true
    }

    fn heading(&mut self, line: Line<'a>, next: Option<&Line<'a>>) -> bool {
        let is_date = || date_line(line.text).is_some() || is_due_line(line.text);
        if self.open.is_some() || self.levels.depth_of(line.indent) > 0 || is_date() {
            return false;
        }
        let found = shape::heading(line, next, self.blocks.len() == self.dates.len());
        let Some(found) = found.filter(|found| !found.is_item || self.levels.is_empty()) else {
            return false;
        };
        let span = Span::new(line.start + found.text_at, line.start + found.text_end);
        let kind = match found.level {
            None => DraftKind::Question,
            Some(level) => {
                self.capitals |= found.capitals;
                DraftKind::Heading { level: level + u8::from(level == 2 && self.capitals && !found.capitals) }
            }
        };
        self.levels.clear();
        self.push(kind, span);
        true
    }

    fn question_and_answer(&mut self, line: Line<'a>) -> bool {
        let (letter, at) = match shape::speaker(line.text) {
            Some(found) if found.0 == 'Q' || self.asked => found,
            _ => return false,
        };
        self.close();
        self.levels.clear();
        self.asked = letter == 'Q';
        let kind = if self.asked { DraftKind::Question } else { DraftKind::Paragraph { depth: 0 } };
        self.begin(kind, line.start + at, line);
        true
    }

    fn item(&mut self, line: Line<'a>, next: Option<&Line<'a>>) -> bool {
        let Some(marker) = line.marker() else { return false };
        let in_company =
            next.is_some_and(|next| !next.blank_before && next.marker().is_some_and(|next| next.is_dash));
        if self.open.as_ref().is_some_and(|open| !may_interrupt(open, &marker, in_company)) {
            return false;
        }
        self.close();
        let depth = self.levels.item(line.indent, marker.content_column);
        self.begin(DraftKind::Item { depth, label: marker.label }, line.start + marker.content_at, line);
        true
    }

    fn pipes(&mut self, line: Line<'a>, next: Option<&Line<'a>>) -> bool {
        let found = table::pipe_row(line, next, self.table);
        self.row(found, TableKind::Pipes)
    }

    fn tabs(&mut self, line: Line<'a>, next: Option<&Line<'a>>) -> bool {
        if self.open.is_some() {
            return false;
        }
        let found = table::tab_row(line, next, self.table);
        let is_first = self.table != Some(TableKind::Tabs);
        if !self.row(found, TableKind::Tabs) {
            return false;
        }
        let has_digit = line.text.contains(|found: char| found.is_ascii_digit());
        if is_first {
            self.first_row = self.blocks.len().checked_sub(1).filter(|_| !has_digit);
        } else if has_digit {
            self.head_table();
        }
        true
    }

    /// Makes the first row a header: it holds no figures, and a row below it does.
    fn head_table(&mut self) {
        if let Some(first) = self.first_row.take().and_then(|at| self.blocks.get_mut(at)) {
            first.kind = DraftKind::TableHeader;
        }
    }

    fn row(&mut self, found: Option<Span>, kind: TableKind) -> bool {
        let Some(span) = found else { return false };
        self.close();
        self.levels.clear();
        let is_header = kind == TableKind::Pipes && self.table != Some(kind);
        let row = if is_header { DraftKind::TableHeader } else { DraftKind::TableRow };
        // A line that only rules the table has no cells.
        if !span.is_empty() {
            self.push(row, span);
            self.table = Some(kind);
        }
        true
    }

    fn goes_on(&mut self, line: Line<'a>) -> bool {
        let Some(open) = self.open.as_mut() else { return false };
        if ends_before(open, line, &self.levels) {
            return false;
        }
        open.lines += 1;
        open.last = line;
        true
    }

    fn paragraph(&mut self, line: Line<'a>) {
        let depth = self.levels.continue_at(line.indent);
        self.asked &= depth > 0;
        self.begin(DraftKind::Paragraph { depth }, line.start, line);
    }
}

/// For each block the number of the part that it belongs to: a list, headings in a row, or itself.
fn parts(blocks: &[DraftBlock]) -> Vec<usize> {
    let mut part = 0;
    let mut before: Option<&DraftKind> = None;
    let mut parts = Vec::with_capacity(blocks.len());
    for DraftBlock { kind, .. } in blocks {
        part += usize::from(before.is_some_and(|before| !is_one_part(before, kind)));
        before = Some(kind);
        parts.push(part);
    }
    parts
}

fn is_one_part(before: &DraftKind, kind: &DraftKind) -> bool {
    let is_heading = |kind: &DraftKind| matches!(kind, DraftKind::Heading { .. });
    before.is_in_list() && kind.is_in_list() || is_heading(before) && is_heading(kind)
}

/// Whether an underline makes a heading of `open`: of a line by itself, and of one with a number that is no item of
/// a list. `before`: the block before it.
fn may_be_underlined(open: &Open<'_>, before: Option<&DraftBlock>) -> bool {
    let line = open.last;
    let fits = open.lines == 1 && line.text.len() <= UNWRAPPED;
    match &open.kind {
        DraftKind::Paragraph { depth: 0 } => fits,
        DraftKind::Item { label: Some(label), .. } => {
            let at = open.start.checked_sub(line.start);
            let content = at.and_then(|at| line.text.get(at..)).unwrap_or_default();
            let goes_on = before.is_some_and(|before| match &before.kind {
                DraftKind::Item { label: Some(before), .. } => list::follows(before, label),
                _ => false,
            });
            let is_bracketed = line.text.starts_with('[');
            fits && line.blank_before
                && line.indent == 0
                && !goes_on
                && !is_bracketed
                && shape::is_title_like(content)
        }
        _ => false,
    }
}

/// Whether `line`, with no blank line before it, begins a paragraph of its own: the line before is
/// finished and was not wrapped to fit.
fn ends_before(open: &Open<'_>, line: Line<'_>, levels: &Levels) -> bool {
    let last = open.last.text;
    let begins = line.text.starts_with(char::is_uppercase);
    let finished = last.ends_with(['.', '?', '!']);
    let outside = matches!(open.kind, DraftKind::Item { .. }) && levels.depth_of(line.indent) == 0;
    // A short item needs no full stop: what begins anew at the margin is no part of it.
    begins && (finished && last.len() > UNWRAPPED || outside && last.len() < SHORT)
}

/// Whether an item may begin on the line after `open` without a blank line: a wrapped line that happens
/// to begin with a number or a dash is no item. `in_company`: the line after begins with a dash too.
fn may_interrupt(open: &Open<'_>, marker: &Marker, in_company: bool) -> bool {
    let in_list = matches!(open.kind, DraftKind::Item { .. });
    let announced = open.last.text.ends_with([':', '.', '?', '!', ';']);
    match (&marker.label, &open.kind) {
        (Some(_), _) if marker.is_bracketed => marker.content_is_capital && (announced || in_list),
        (None, _) => in_list || announced || in_company || !marker.is_dash || marker.content_is_capital,
        (Some(label), DraftKind::Item { label: Some(before), .. }) => {
            announced || list::follows(before, label)
        }
        (Some(label), _) => {
            announced || in_list || matches!(label.as_str(), "1" | "a" | "A" | "i") || is_date(open)
        }
    }
}

fn is_date(open: &Open<'_>) -> bool {
    open.lines == 1 && date_line(open.last.text).is_some()
}
