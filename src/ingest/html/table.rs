//! Tables for data, as rows with a cell for each column.

use super::inline::flatten;
use super::{NodeRef, attribute, name};
use crate::ingest::table::{Grid, Row, render};

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
        grid.begin_row(node.parent().is_some_and(|parent| name(parent) == "thead"));
        for cell in node.children().filter(|cell| matches!(name(*cell), "td" | "th")) {
            let span =
                |key| attribute(cell, key).and_then(|value| value.trim().parse::<usize>().ok()).unwrap_or(1);
            grid.place(flatten(cell).into(), name(cell) == "th", span("colspan"), span("rowspan"));
        }
    }
    grid.finish()
}
