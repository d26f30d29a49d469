//! The rows of a table as lines: each body row repeats the header of every cell, after the sub-heading that the row
//! stands under.

use std::rc::Rc;

/// Widest table, in columns; spans beyond are cut.
pub(crate) const MAX_COLUMNS: usize = 100;
/// Most cells that spans may fill in one table.
pub(crate) const MAX_REPEATED_CELLS: usize = 50_000;
/// Most rows that a cell reaches over.
const MAX_ROW_SPAN: usize = 10_000;
/// Text repeated (headers, cells over several rows) is left out once it is this many times the table's own
/// text and [`FREE_REPEATS`] bytes: a small page must not become a huge one.
const MAX_REPEAT: usize = 8;
/// Repeated text that is always allowed, in bytes.
const FREE_REPEATS: usize = 16_384;

/// What a row has in one column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) text: Rc<str>,
    pub(crate) header: bool,
    /// Carried here by a span of rows or columns.
    pub(crate) repeated: bool,
}

/// A row with a cell for each column.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) in_head: bool,
}

impl Row {
    /// Whether all columns show the same cell.
    fn is_one_cell(&self) -> bool {
        let first = self.cells.first().map(|cell| &cell.text);
        self.cells.len() > 1
            && self.cells.iter().skip(1).all(|cell| cell.repeated && Some(&cell.text) == first)
    }

    /// The text of a row that is one cell across all `columns`, or the only header over some, and no sentence.
    fn sub_heading(&self, columns: usize) -> Option<&str> {
        let first = self.cells.first().filter(|cell| !cell.repeated)?;
        let text = first.text.trim_end_matches([':', ' ']);
        let is_short = !text.is_empty() && !text.ends_with(['.', '!', '?']);
        let is_wide = first.header || self.cells.len() >= columns;
        (is_short && is_wide && self.is_one_cell()).then_some(text)
    }

    fn names_columns(&self) -> bool {
        self.in_head || (self.cells.len() > 1 && self.cells.iter().all(|cell| cell.header))
    }
}

/// The rows of a table whose cells may reach over several columns and rows.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    rows: Vec<Row>,
    row: Option<Row>,
    /// For each column of the row above, its cell and how many more rows it reaches into.
    carried: Vec<(Cell, usize)>,
    /// The same for the row that is being read.
    next: Vec<(Cell, usize)>,
    repeated: usize,
}

impl Grid {
    /// Begins the next row.
    pub(crate) fn begin_row(&mut self, in_head: bool) {
        self.end_row();
        self.row = Some(Row { in_head, ..Row::default() });
    }

    /// Adds a cell to the row that was begun.
    pub(crate) fn place(&mut self, text: Rc<str>, header: bool, columns: usize, rows: usize) {
        self.carry();
        let Some(row) = &mut self.row else { return };
        let more = rows.clamp(1, MAX_ROW_SPAN) - 1;
        let cell = Cell { text, header, repeated: false };
        for column in 0..columns.clamp(1, MAX_COLUMNS) {
            if column > 0 && (row.cells.len() >= MAX_COLUMNS || self.repeated >= MAX_REPEATED_CELLS) {
                break;
            }
            self.repeated += usize::from(column > 0);
            row.cells.push(Cell { repeated: column > 0, ..cell.clone() });
            self.next.push((cell.clone(), more));
        }
    }

    /// The rows, each with a cell for every column.
    pub(crate) fn finish(mut self) -> Vec<Row> {
        self.end_row();
        self.rows
    }

    fn end_row(&mut self) {
        self.carry();
        if let Some(row) = self.row.take() {
            self.rows.push(row);
            self.carried = std::mem::take(&mut self.next);
        }
    }

    /// Fills the columns that cells of earlier rows reach into.
    fn carry(&mut self) {
        let Some(row) = &mut self.row else { return };
        while let Some((cell, left)) = self.carried.get(row.cells.len()).filter(|(_, left)| *left > 0) {
            if self.repeated >= MAX_REPEATED_CELLS {
                return;
            }
            self.repeated += 1;
            row.cells.push(Cell { repeated: true, ..cell.clone() });
            self.next.push((cell.clone(), left - 1));
        }
    }
}

/// What a row is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'r> {
    Header,
    SubHeading(&'r str),
    Body,
}

/// The rows of a table, ready to be read: `Drug: A; Dose: 1 mg`.
pub(crate) fn render(rows: &[Row]) -> Vec<String> {
    let parts = parts(rows);
    let own: usize =
        rows.iter().flat_map(|row| &row.cells).filter(|c| !c.repeated).map(|c| c.text.len()).sum();
    let mut budget = own.saturating_mul(MAX_REPEAT) + FREE_REPEATS;
    let head = rows.iter().zip(&parts).filter(|(_, part)| **part == Part::Header).map(|(row, _)| row);
    let headers = headers(&head.collect::<Vec<_>>());
    let mut lines = Vec::new();
    let mut above = "";
    let mut is_above_rows = false;
    for (row, part) in rows.iter().zip(parts) {
        match part {
            Part::Header => {}
            Part::SubHeading(text) => {
                lines.extend((!is_above_rows).then(|| above.to_owned()));
                (above, is_above_rows) = (text, false);
            }
            Part::Body => {
                let line = line(row, &headers, &mut budget);
                let is_under = !above.is_empty() && !row.is_one_cell() && !line.is_empty();
                is_above_rows |= is_under;
                let repeats = is_under && spend(&mut budget, above.len());
                lines.push(if repeats { format!("{above}: {line}") } else { line });
            }
        }
    }
    lines.extend((!is_above_rows).then(|| above.to_owned()));
    lines.retain(|line| !line.is_empty());
    lines
}

/// What each row is. The first rows that name columns are the header. A sub-heading never is, but that
/// the only one, at the top, is the header of all columns.
fn parts(rows: &[Row]) -> Vec<Part<'_>> {
    let lengths = rows.iter().filter(|row| !row.is_one_cell()).map(|row| row.cells.len());
    let columns = lengths.max().unwrap_or_default();
    let sub_headings = rows.iter().filter(|row| row.sub_heading(columns).is_some()).count();
    let mut parts = Vec::with_capacity(rows.len());
    let (mut has_header, mut is_header_over) = (false, false);
    for (at, row) in rows.iter().enumerate() {
        let is_top = at == 0 && sub_headings == 1 && row.names_columns();
        let part = match row.sub_heading(columns).filter(|_| !is_top) {
            Some(text) => Part::SubHeading(text),
            None if !is_header_over && row.names_columns() => Part::Header,
            None => Part::Body,
        };
        is_header_over |= part == Part::Body || (has_header && part != Part::Header);
        has_header |= part == Part::Header;
        parts.push(part);
    }
    if !parts.contains(&Part::Body) {
        let heads = parts.iter_mut().filter(|part| **part == Part::Header);
        heads.for_each(|part| *part = Part::Body);
    }
    parts
}

/// The header of each column; several header rows are joined.
fn headers(head: &[&Row]) -> Vec<String> {
    let columns = head.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let of_column = |column: usize| {
        let mut parts: Vec<&str> = Vec::new();
        for cell in head.iter().filter_map(|row| row.cells.get(column)) {
            if !cell.text.is_empty() && parts.last() != Some(&&*cell.text) && parts.len() < 4 {
                parts.push(&cell.text);
            }
        }
        parts.join(" ")
    };
    (0..columns).map(of_column).collect()
}

fn line(row: &Row, headers: &[String], budget: &mut usize) -> String {
    let mut line = String::new();
    let spans_all = row.is_one_cell();
    for (column, cell) in row.cells.iter().enumerate() {
        let same = column > 0
            && cell.repeated
            && row.cells.get(column - 1).is_some_and(|left| left.text == cell.text);
        if cell.text.is_empty() || same || (cell.repeated && !spend(budget, cell.text.len())) {
            continue;
        }
        let header = headers.get(column).map(String::as_str).unwrap_or_default();
        let names_row = column == 0 && cell.header && header.is_empty() && row.cells.len() > 1;
        if !line.is_empty() {
            line.push_str(if line.ends_with(": ") { "" } else { "; " });
        }
        if !header.is_empty() && !spans_all && spend(budget, header.len()) {
            line.push_str(header.trim_end_matches(':'));
            line.push_str(": ");
        }
        line.push_str(&cell.text);
        if names_row {
            line.truncate(line.trim_end_matches(':').len());
            line.push_str(": ");
        }
    }
    line.trim_end_matches([' ', ':']).to_owned()
}

fn spend(budget: &mut usize, bytes: usize) -> bool {
    let enough = *budget >= bytes;
    *budget = budget.saturating_sub(bytes);
    enough
}
