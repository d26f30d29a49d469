//! Tables for data, as rows with a cell for each column.

use super::inline::flatten;
use super::{NodeRef, attribute, name};
use crate::ingest::table::{Cell, MAX_COLUMNS, MAX_REPEATED_CELLS, Row, render};

/// A table for data, as opposed to one for layout.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) caption: String,
    /// Body rows, ready to be read: `Drug: A; Dose: 1 mg`.
    pub(super) rows: Vec<String>,
}

/// Reads a table, or gives `None` for one that only lays out the page: with headings or tables in it, with
/// a single column, or marked as presentation.
pub(super) fn read(table: NodeRef<'_>) -> Option<Table> {
    if matches!(attribute(table, "role"), Some("presentation" | "none")) {
        return None;
    }
    let layout = |node: NodeRef<'_>| {
        node.id() != table.id() && matches!(name(node), "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
    };
    if table.descendants().any(layout) {
        return None;
    }
    let caption = table.children().find(|node| name(*node) == "caption").map(flatten).unwrap_or_default();
    let rows = grid(table);
    if rows.iter().map(|row| row.cells.len()).max().unwrap_or_default() < 2 {
        return None;
    }
    Some(Table { caption, rows: render(&rows) })
}

fn grid(table: NodeRef<'_>) -> Vec<Row> {
    let mut grid = Grid::default();
    for node in table.descendants().filter(|node| name(*node) == "tr") {
        let in_head = node.parent().is_some_and(|parent| name(parent) == "thead");
        grid.row = Row { in_head, ..Row::default() };
        for cell in node.children().filter(|cell| matches!(name(*cell), "td" | "th")) {
            grid.carry();
            grid.place(cell);
        }
        grid.carry();
        grid.carried = std::mem::take(&mut grid.next);
        grid.rows.push(std::mem::take(&mut grid.row));
    }
    grid.rows
}

#[derive(Debug, Default)]
struct Grid {
    rows: Vec<Row>,
    row: Row,
    /// For each column of the row above, its cell and how many more rows it reaches into.
    carried: Vec<(Cell, usize)>,
    /// The same for the row that is being read.
    next: Vec<(Cell, usize)>,
    repeated: usize,
}

impl Grid {
    /// Fills the columns that cells of earlier rows reach into.
    fn carry(&mut self) {
        while let Some((cell, left)) = self.carried.get(self.row.cells.len()).filter(|(_, left)| *left > 0) {
            if self.repeated >= MAX_REPEATED_CELLS {
                return;
            }
            self.repeated += 1;
            self.row.cells.push(Cell { repeated: true, ..cell.clone() });
            self.next.push((cell.clone(), left - 1));
        }
    }

    fn place(&mut self, node: NodeRef<'_>) {
        let span =
            |key| attribute(node, key).and_then(|value| value.trim().parse::<usize>().ok()).unwrap_or(1);
        let down = span("rowspan").clamp(1, 10_000);
        let cell = Cell { text: flatten(node).into(), header: name(node) == "th", repeated: false };
        for column in 0..span("colspan").clamp(1, MAX_COLUMNS) {
            if column > 0 && (self.row.cells.len() >= MAX_COLUMNS || self.repeated >= MAX_REPEATED_CELLS) {
                break;
            }
            self.repeated += usize::from(column > 0);
            self.row.cells.push(Cell { repeated: column > 0, ..cell.clone() });
            self.next.push((cell.clone(), down - 1));
        }
    }
}
