//! Tables that a file marks as such: each row with what its cells hold.

use super::block::Block;
use super::join::{Words, append};
use super::line::Line;
use super::piece::Piece;
use super::table::has_header;
use super::tags::{TaggedCell, Tags};
use crate::ingest::draft::DraftKind;
use crate::ingest::table::{Grid, render};

/// Most words in a cell of a table for data: more is text that is laid out as a table.
const MAX_WORDS: usize = 120;

/// How many rows on the one is looked for that a line is made of: headers and empty rows make none.
const NEAR_ROWS: usize = 32;

/// The tables of a document.
#[derive(Debug)]
pub(super) struct Tables {
    /// The blocks of each cell.
    blocks: Vec<Vec<usize>>,
    /// The cells of each table.
    cells: Vec<Vec<usize>>,
    /// Whether each is one for data, and not one that lays out the page.
    for_data: Vec<bool>,
    written: Vec<bool>,
}

impl Tables {
    pub(super) fn of(tags: &Tags, lines: &[Vec<Line>]) -> Self {
        let mut blocks = vec![Vec::new(); tags.cells.len()];
        for (at, block) in tags.blocks.iter().enumerate() {
            if let Some(cell) = block.cell.and_then(|cell| blocks.get_mut(cell)) {
                cell.push(at);
            }
        }
        let mut cells = vec![Vec::new(); tags.tables.len()];
        for (at, cell) in tags.cells.iter().enumerate() {
            if let Some(table) = cells.get_mut(cell.table) {
                table.push(at);
            }
        }
        let (for_data, written) = (Vec::new(), vec![false; tags.tables.len()]);
        let mut tables = Self { blocks, cells, for_data, written };
        tables.for_data =
            (0..tags.tables.len()).map(|table| tables.is_for_data(tags, table, lines)).collect();
        tables
    }

    /// The table for data that a cell is of.
    pub(super) fn of_cell(&self, tags: &Tags, cell: Option<usize>) -> Option<usize> {
        let table = tags.cells.get(cell?)?.table;
        self.for_data.get(table).is_some_and(|for_data| *for_data).then_some(table)
    }

    /// Whether a table has not been asked for before.
    pub(super) fn is_new(&mut self, table: usize) -> bool {
        self.written.get_mut(table).is_some_and(|written| !std::mem::replace(written, true))
    }

    /// The rows of a table, each with the page on which it begins.
    pub(super) fn rows(&self, tags: &Tags, table: usize, lines: &[Vec<Line>], words: &Words) -> Vec<Block> {
        let rows = self.read(tags, table, lines, words);
        let mut grid = Grid::default();
        for row in &rows {
            grid.begin_row(row.in_head);
            for (cell, text) in &row.cells {
                grid.place(text.as_str().into(), cell.is_header, cell.columns, cell.rows);
            }
        }
        let mut left = rows.iter();
        let mut page = rows.iter().find_map(|row| row.page).unwrap_or_default();
        let mut blocks = Vec::new();
        for text in render(&grid.finish()) {
            let row = left.clone().take(NEAR_ROWS).position(|row| row.is_told_by(&text));
            let row = row.and_then(|at| left.nth(at));
            page = row.and_then(|row| row.page).unwrap_or(page);
            blocks.push(Block { kind: DraftKind::TableRow, text, pages: vec![(0, page)], bold_len: 0 });
        }
        blocks
    }

    fn is_for_data(&self, tags: &Tags, table: usize, lines: &[Vec<Line>]) -> bool {
        let is_layout = tags.tables.get(table).is_none_or(|table| table.is_layout);
        let rows = self.read(tags, table, lines, &Words::default());
        let is_short = |(_, text): &(TaggedCell, String)| text.split_whitespace().count() <= MAX_WORDS;
        let with_text = rows.iter().filter(|row| row.page.is_some()).count();
        let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        !is_layout && with_text > 1 && columns > 1 && rows.iter().flat_map(|row| &row.cells).all(is_short)
    }

    fn read(&self, tags: &Tags, table: usize, lines: &[Vec<Line>], words: &Words) -> Vec<ReadRow> {
        let cells = self.cells.get(table).map(Vec::as_slice).unwrap_or_default();
        let cell_at = |at: &usize| tags.cells.get(*at).copied();
        let lines_of = |at: &usize| {
            let blocks = self.blocks.get(*at).map(Vec::as_slice).unwrap_or_default();
            blocks.iter().filter_map(|block| lines.get(*block)).flatten().collect::<Vec<_>>()
        };
        let by_row =
            || cells.chunk_by(|one, next| cell_at(one).map(|it| it.row) == cell_at(next).map(|it| it.row));
        let pieces = |row: &[usize]| -> Vec<Vec<&Piece>> {
            row.iter().map(|at| lines_of(at).into_iter().map(|line| &line.piece).collect()).collect()
        };
        let is_told = cells.iter().filter_map(cell_at).any(|cell| cell.is_header || cell.in_head);
        let is_seen = !is_told && has_header(&by_row().map(pieces).collect::<Vec<_>>());
        let read = |(at, row): (usize, &[usize])| {
            let of_cell = |at: &usize| {
                let cell = cell_at(at)?;
                Some((cell, text(&lines_of(at), cell.is_header || cell.in_head, words)))
            };
            let page = row.iter().find_map(|at| lines_of(at).first().map(|line| line.page));
            ReadRow::new(row.iter().filter_map(of_cell).collect(), page, at == 0, is_seen)
        };
        by_row().enumerate().map(read).collect()
    }
}

/// A row with the texts of its own cells.
#[derive(Debug)]
struct ReadRow {
    cells: Vec<(TaggedCell, String)>,
    page: Option<usize>,
    in_head: bool,
}

impl ReadRow {
    /// A row, which is of the head where the file says so, or as the first one, where all of its cells are headers or
    /// the head `is_seen`.
    fn new(cells: Vec<(TaggedCell, String)>, page: Option<usize>, is_first: bool, is_seen: bool) -> Self {
        let is_header = |(cell, text): &(TaggedCell, String)| cell.is_header || text.is_empty();
        let names_columns = page.is_some() && cells.len() > 1 && cells.iter().all(is_header);
        let in_head = cells.iter().any(|(cell, _)| cell.in_head) || is_first && (is_seen || names_columns);
        Self { cells, page, in_head }
    }

    /// Whether `line` says what the cells hold, in their order.
    fn is_told_by(&self, line: &str) -> bool {
        let mut rest = line;
        self.page.is_some()
            && self.cells.iter().all(|(_, text)| {
                let behind = rest.split_once(text.trim_end_matches([' ', ':'])).map(|(_, behind)| behind);
                rest = behind.unwrap_or_default();
                behind.is_some()
            })
    }
}

/// The text of a cell. That of a header which is repeated on the next page is read once.
fn text(lines: &[&Line], in_head: bool, words: &Words) -> String {
    let of_page = |lines: &[&Line]| {
        let mut text = String::new();
        lines.iter().for_each(|line| append(&mut text, &line.piece.text, words));
        text
    };
    let mut pages = lines.chunk_by(|one, next| one.page == next.page);
    let first = pages.next().map(of_page).unwrap_or_default();
    let is_repeated = in_head && pages.all(|page| of_page(page) == first);
    if is_repeated { first } else { of_page(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_the_row_whose_cells_it_holds_in_their_order() {
        let cell = TaggedCell { table: 0, row: 1, is_header: false, in_head: false, columns: 1, rows: 1 };
        let row = |texts: [&str; 2]| {
            ReadRow::new(texts.map(|text| (cell, text.to_owned())).into(), Some(0), false, false)
        };
        let line = "Drug: Codeine; Dose: 30 mg";
        assert!(row(["Codeine", "30 mg"]).is_told_by(line) && row(["Codeine:", ""]).is_told_by(line));
        assert!(!row(["30 mg", "Codeine"]).is_told_by(line) && !row(["30 mg", "30 mg"]).is_told_by(line));
    }
}
