//! A table as it is stored to the lines of its rows, or to what stands in its cells where it only lays out the page.

use super::piece::{Piece, flatten};
use super::styles::Styles;
use crate::ingest::table::{Cell as Shown, MAX_COLUMNS, MAX_REPEATED_CELLS, Row as ShownRow, render};

/// Longest text of a cell that names a column where nothing sets the first row off, in words.
const MAX_NAME_WORDS: usize = 6;

/// A table that is being read.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) style: Option<String>,
    /// Whether the first row is shown as the style wants.
    pub(super) shows_first_row: bool,
}

#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// Whether it is repeated on each page.
    pub(super) is_header: bool,
    pub(super) is_deleted: bool,
    /// Columns without a cell before the first.
    pub(super) before: usize,
}

#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) pieces: Vec<Piece>,
    /// Columns that it spans; 0 is one.
    pub(super) columns: usize,
    pub(super) merge: Merge,
    pub(super) is_shaded: bool,
}

/// How a cell goes on with another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Merge {
    #[default]
    Nothing,
    /// It goes on with the cell above.
    Below,
    /// It goes on with the cell before.
    Beside,
}

impl Cell {
    fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether all of its text is strong.
    fn is_strong(&self) -> bool {
        let is_strong = |piece: &Piece| match piece {
            Piece::Paragraph(paragraph) => paragraph.line.is_strong() || piece.is_heading(),
            Piece::Rows(_) => false,
        };
        !self.is_empty() && self.pieces.iter().all(is_strong)
    }

    /// Whether it may name a column: a few words without a figure that are no sentence.
    fn is_name(&self) -> bool {
        let text = flatten(&self.pieces);
        !text.contains(|c: char| c.is_numeric())
            && text.split_whitespace().count() <= MAX_NAME_WORDS
            && !text.ends_with(['.', '!', ':', ';'])
    }
}

/// Reads a table: its rows as one piece, or the pieces of its cells where it only lays out the page.
pub(super) fn read(mut table: Table, styles: &Styles) -> Vec<Piece> {
    table.rows.retain(|row| !row.is_deleted);
    if is_layout(&table) {
        return table.rows.into_iter().flat_map(|row| row.cells).flat_map(|cell| cell.pieces).collect();
    }
    let lines = render(&grid(&table, styles));
    if lines.is_empty() { Vec::new() } else { vec![Piece::Rows(lines)] }
}

/// Whether a table holds text in one column alone, tables, headings below its first row, or one row of paragraphs.
fn is_layout(table: &Table) -> bool {
    let mut columns = [false; MAX_COLUMNS];
    for row in &table.rows {
        let mut at = row.before;
        for cell in &row.cells {
            if let Some(column) = columns.get_mut(at).filter(|_| !cell.is_empty()) {
                *column = true;
            }
            at = at.saturating_add(cell.columns.max(1));
        }
    }
    let cells = || table.rows.iter().flat_map(|row| &row.cells);
    let below = || table.rows.iter().skip(1).flat_map(|row| &row.cells);
    let holds_table = |cell: &Cell| cell.pieces.iter().any(|piece| matches!(piece, Piece::Rows(_)));
    let holds_heading = |cell: &Cell| cell.pieces.iter().any(Piece::is_heading);
    let is_one_row = table.rows.len() == 1;
    columns.iter().filter(|has_text| **has_text).count() < 2
        || cells().any(holds_table)
        || below().any(holds_heading)
        || (is_one_row && cells().any(|cell| cell.pieces.len() > 1 || holds_heading(cell)))
}

/// The rows with a cell for each column. Cells that go on with the one above repeat it.
fn grid(table: &Table, styles: &Styles) -> Vec<ShownRow> {
    let has_header = !table.rows.iter().any(|row| row.is_header) && names_columns(table, styles);
    let names_rows = !has_header && first_column_is_strong(table);
    let mut rows: Vec<ShownRow> = Vec::with_capacity(table.rows.len());
    let mut repeated = 0;
    for (at, row) in table.rows.iter().enumerate() {
        let in_head = row.is_header || (has_header && at == 0);
        let mut shown = ShownRow { cells: Vec::new(), in_head };
        shown.cells.resize_with(row.before.min(MAX_COLUMNS), Shown::default);
        for cell in &row.cells {
            let column = shown.cells.len();
            let from = match cell.merge {
                Merge::Nothing => None,
                Merge::Below => rows.last().and_then(|above| above.cells.get(column)),
                Merge::Beside => shown.cells.last(),
            };
            let is_named = names_rows && column == 0;
            let first = match from.filter(|_| cell.is_empty() && repeated < MAX_REPEATED_CELLS) {
                Some(from) => Shown { repeated: true, ..from.clone() },
                None => Shown { text: flatten(&cell.pieces).into(), header: is_named, repeated: false },
            };
            repeated += usize::from(first.repeated);
            for beside in 0..cell.columns.clamp(1, MAX_COLUMNS) {
                let is_full = shown.cells.len() >= MAX_COLUMNS || repeated >= MAX_REPEATED_CELLS;
                if beside > 0 && is_full {
                    break;
                }
                repeated += usize::from(beside > 0);
                shown.cells.push(Shown { repeated: first.repeated || beside > 0, ..first.clone() });
            }
        }
        rows.push(shown);
    }
    rows
}

/// Whether the first row names the columns: it is set off from the others, or it has three names and more.
fn names_columns(table: &Table, styles: &Styles) -> bool {
    let [first, rest @ ..] = table.rows.as_slice() else { return false };
    let filled = || first.cells.iter().filter(|cell| !cell.is_empty());
    // A row that is one cell is a heading of what follows, which the lines of the rows tell.
    if rest.is_empty() || first.cells.len() < 2 || filled().next().is_none() {
        return false;
    }
    let is_set_off = |is_it: fn(&Cell) -> bool| {
        let is_as_well = |row: &Row| row.cells.iter().filter(|cell| !cell.is_empty()).all(is_it);
        filled().all(is_it) && !rest.iter().all(is_as_well)
    };
    let by_style = table.shows_first_row && styles.sets_off_first_row(table.style.as_deref());
    let names =
        first.cells.len() >= 3 && filled().count() + 1 >= first.cells.len() && filled().all(Cell::is_name);
    is_set_off(Cell::is_strong)
        || is_set_off(|cell| cell.is_shaded)
        || by_style
        || (names && !first_column_is_strong(table))
}

/// Whether the first cell of each row is strong, and not all others are.
fn first_column_is_strong(table: &Table) -> bool {
    let filled = || table.rows.iter().filter(|row| row.cells.first().is_some_and(|cell| !cell.is_empty()));
    let mut others =
        table.rows.iter().flat_map(|row| row.cells.iter().skip(1)).filter(|cell| !cell.is_empty());
    let is_strong = |row: &Row| row.cells.first().is_some_and(Cell::is_strong);
    filled().next().is_some() && filled().all(is_strong) && !others.all(Cell::is_strong)
}
