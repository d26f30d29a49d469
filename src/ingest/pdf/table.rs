//! Tables: rows between rules, or short pieces that stand in line over several rows.

use super::glyph::Rule;
use super::heading::is_leader;
use super::join::{Words, append};
use super::marker::marker;
use super::piece::{MAX_COMPARED, Piece, order};
use crate::ingest::table::{self, Cell, Row};

/// Fewest rules of a ruled table.
const MIN_RULES: usize = 3;
/// Most places between rules of a page that are looked at for a table: each is compared with all text of the page.
const MAX_RULED: usize = 200;
/// Rules nearer than this are one, in points.
const SAME_RULE: f32 = 2.5;
/// Fewest rows of a table without rules.
const MIN_ROWS: usize = 3;
/// Most lines in a cell of a table; more is text in columns.
const MAX_CELL_LINES: usize = 8;
/// Most cells of a ruled table for each piece of text in it, and most that are always allowed: few pieces could otherwise
/// stand in many empty cells.
const MAX_CELLS: usize = 8;
const FREE_CELLS: usize = 1_000;
/// Most words in a cell, on average, of a table without rules.
const MAX_WORDS: usize = 6;
/// The narrowest gap between two columns, in ems.
const CELL_GAP: f32 = 0.15;
/// The farthest that the lines of a cell stand apart, in ems, and as a part of what rows do.
const CELL_PITCH: f32 = 1.5;
const CELL_PART: f32 = 0.9;
/// The farthest that a row of names stands above the first rule, in ems.
const HEAD_PITCH: f32 = 1.5;
/// How far the cells of a column may stand out of line, in points.
const IN_LINE: f32 = 3.0;

/// A table and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
    /// The texts of each row's cells, as many as there are columns.
    pub(super) rows: Vec<Vec<String>>,
    /// Whether the first row names the columns.
    pub(super) has_header: bool,
}

/// Takes the tables out of the pieces of a page.
pub(super) fn find(pieces: Vec<Piece>, rules: &[Rule]) -> (Vec<Table>, Vec<Piece>) {
    let (mut tables, mut rest) = (Vec::new(), pieces);
    if rest.len() > MAX_COMPARED {
        return (tables, rest);
    }
    for ruled in ruled_areas(rules) {
        let (inside, outside): (Vec<Piece>, Vec<Piece>) =
            rest.into_iter().partition(|piece| ruled.holds(piece));
        rest = outside;
        let Some(table) = ruled.table(&inside, &[]) else {
            rest.extend(inside);
            continue;
        };
        let head = if table.has_header { Vec::new() } else { ruled.take_head(&inside, &mut rest) };
        let with_head = ruled.table(&inside, &head).filter(|_| !head.is_empty());
        if with_head.is_none() {
            rest.extend(head);
        }
        tables.push(with_head.unwrap_or(table));
    }
    rest.sort_by(|one, other| order(one.y, other.y).then(order(one.x0, other.x0)));
    let (aligned, rest) = aligned(rest);
    tables.extend(aligned);
    (tables, rest)
}

/// Rules one below the other.
#[derive(Debug)]
struct Ruled {
    x0: f32,
    x1: f32,
    /// Ascending.
    ys: Vec<f32>,
}

/// Rules that share most of their width, by what they enclose.
fn ruled_areas(rules: &[Rule]) -> Vec<Ruled> {
    let mut rules = rules.to_vec();
    rules.sort_by(|one, other| order(one.y, other.y).then(order(one.x0, other.x0)));
    // Sides of neighbouring cells make one rule.
    let mut joined: Vec<Rule> = Vec::new();
    for rule in rules {
        let same = joined.iter_mut().rev().take(64).find(|last| {
            rule.y - last.y < SAME_RULE && rule.x0 <= last.x1 + SAME_RULE && rule.x1 >= last.x0 - SAME_RULE
        });
        match same {
            Some(last) => (last.x0, last.x1) = (last.x0.min(rule.x0), last.x1.max(rule.x1)),
            None => joined.push(rule),
        }
    }
    let mut areas: Vec<Ruled> = Vec::new();
    for rule in joined {
        let area = areas.iter_mut().rev().take(64).find(|area| {
            (area.x0 - rule.x0).abs() < 2.0 * SAME_RULE && (area.x1 - rule.x1).abs() < 2.0 * SAME_RULE
        });
        match area {
            Some(area) => area.ys.push(rule.y),
            None => areas.push(Ruled { x0: rule.x0, x1: rule.x1, ys: vec![rule.y] }),
        }
    }
    areas.retain(|area| area.ys.len() >= MIN_RULES);
    areas.truncate(MAX_RULED);
    areas
}

impl Ruled {
    fn holds(&self, piece: &Piece) -> bool {
        let (top, bottom) = (self.ys.first().copied(), self.ys.last().copied());
        let middle = piece.y - piece.size * 0.3;
        piece.x0 >= self.x0 - IN_LINE
            && piece.x1 <= self.x1 + IN_LINE
            && top.is_some_and(|top| middle > top)
            && bottom.is_some_and(|bottom| middle < bottom)
    }

    /// Takes the row that stands above the first rule and names the columns, where one does.
    fn take_head(&self, inside: &[Piece], outside: &mut Vec<Piece>) -> Vec<Piece> {
        let top = self.ys.first().copied().unwrap_or_default();
        let is_near = |piece: &Piece| {
            (top - HEAD_PITCH * piece.size..=top).contains(&piece.y)
                && piece.x0 >= self.x0 - IN_LINE
                && piece.x1 <= self.x1 + IN_LINE
        };
        let Some(lowest) =
            outside.iter().filter(|piece| is_near(piece)).max_by(|one, other| order(one.y, other.y))
        else {
            return Vec::new();
        };
        let is_head = |piece: &Piece| is_near(piece) && piece.is_level_with(lowest);
        let head: Vec<&Piece> = outside.iter().filter(|piece| is_head(piece)).collect();
        if !names_columns(&head, &slots(inside.iter().collect())) {
            return Vec::new();
        }
        let lowest = lowest.clone();
        outside.extract_if(.., |piece| is_near(piece) && piece.is_level_with(&lowest)).collect()
    }

    /// The table that the pieces make below the row `head`, which may be empty.
    fn table(&self, pieces: &[Piece], head: &[Piece]) -> Option<Table> {
        let slots = slots(pieces.iter().chain(head).collect());
        if slots.len() < 2 {
            return None;
        }
        let mut bands: Vec<Vec<&Piece>> = vec![Vec::new(); self.ys.len()];
        for piece in pieces {
            let band = self.ys.partition_point(|&y| y <= piece.y - piece.size * 0.3);
            if let Some(band) = bands.get_mut(band) {
                band.push(piece);
            }
        }
        bands.retain(|band| !band.is_empty());
        if bands.len() * slots.len() > FREE_CELLS.max(MAX_CELLS * pieces.len()) {
            return None;
        }
        let mut rows: Vec<Vec<Vec<&Piece>>> = bands.iter().map(|band| cells(band, &slots)).collect();
        let full = rows.iter().filter(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 1).count();
        let longest = rows.iter().flatten().map(|cell| lines_in(cell)).max().unwrap_or_default();
        if full < 2 || full * 3 < rows.len() * 2 || longest > MAX_CELL_LINES {
            return None;
        }
        if !head.is_empty() {
            rows.insert(0, cells(&head.iter().collect::<Vec<_>>(), &slots));
        }
        let table = finish(&rows);
        Some(Table { has_header: table.has_header || !head.is_empty(), ..table })
    }
}

/// Whether pieces of one line stand over a column each, of at least two, and are short.
fn names_columns(head: &[&Piece], slots: &[(f32, f32)]) -> bool {
    let over = |piece: &&Piece| {
        let mut over = slots.iter().enumerate().filter(|(_, slot)| piece.x0 < slot.1 && piece.x1 > slot.0);
        over.next().map(|(at, _)| at).filter(|_| over.next().is_none())
    };
    let mut columns: Vec<Option<usize>> = head.iter().map(over).collect();
    columns.sort_unstable();
    columns.dedup();
    let is_short = |piece: &&Piece| piece.text.split_whitespace().count() <= MAX_WORDS;
    head.len() > 1
        && columns.len() == head.len()
        && columns.iter().all(Option::is_some)
        && head.iter().all(is_short)
}

/// How many lines the pieces of a cell make.
fn lines_in(cell: &[&Piece]) -> usize {
    let breaks = cell.iter().zip(cell.iter().skip(1)).filter(|(one, next)| !one.is_level_with(next)).count();
    breaks + usize::from(!cell.is_empty())
}

/// Where the columns are: extents that pieces cover together, from the left.
fn slots(mut pieces: Vec<&Piece>) -> Vec<(f32, f32)> {
    pieces.sort_by(|one, other| order(one.x0, other.x0));
    let mut slots: Vec<(f32, f32)> = Vec::new();
    for piece in pieces {
        match slots.last_mut().filter(|last| piece.x0 < last.1 + CELL_GAP * piece.size) {
            Some(last) => last.1 = last.1.max(piece.x1),
            None => slots.push((piece.x0, piece.x1)),
        }
    }
    slots
}

/// The pieces of a row by the columns that they stand in.
fn cells<'p>(row: &[&'p Piece], slots: &[(f32, f32)]) -> Vec<Vec<&'p Piece>> {
    let mut cells = vec![Vec::new(); slots.len()];
    for piece in row {
        let slot = slots.iter().position(|slot| piece.x0 < slot.1);
        if let Some(cell) = slot.and_then(|slot| cells.get_mut(slot)) {
            cell.push(*piece);
        }
    }
    cells
}

/// The table of rows of cells of pieces.
fn finish(rows: &[Vec<Vec<&Piece>>]) -> Table {
    let pieces = || rows.iter().flatten().flatten();
    let least = |value: fn(&Piece) -> f32| pieces().map(|piece| value(piece)).fold(f32::INFINITY, f32::min);
    let most =
        |value: fn(&Piece) -> f32| pieces().map(|piece| value(piece)).fold(f32::NEG_INFINITY, f32::max);
    let text = |cell: &Vec<&Piece>| {
        let mut text = String::new();
        for piece in cell {
            append(&mut text, &piece.text, &Words::default());
        }
        text
    };
    Table {
        x0: least(|piece| piece.x0),
        x1: most(|piece| piece.x1),
        top: least(Piece::top),
        bottom: most(Piece::bottom),
        rows: rows.iter().map(|row| row.iter().map(text).collect()).collect(),
        has_header: has_header(rows),
    }
}

/// Whether the first row names the columns: it alone is bold, or it alone has no figures in a column of figures, or it
/// alone has nothing above the names of the rows.
pub(super) fn has_header(rows: &[Vec<Vec<&Piece>>]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    let is_bold = |row: &Vec<Vec<&Piece>>| row.iter().flatten().all(|piece| piece.bold);
    let has_figure =
        |cell: &Vec<&Piece>| cell.iter().any(|piece| piece.text.contains(|c: char| c.is_ascii_digit()));
    let is_full = first.iter().skip(1).all(|cell| !cell.is_empty());
    let is_named = |row: &Vec<Vec<&Piece>>| row.first().is_some_and(|cell| !cell.is_empty());
    let has_corner = !is_named(first) && rest.iter().all(is_named);
    let of_figures = |column: usize| rest.iter().all(|row| row.get(column).is_some_and(has_figure));
    let columns = 0..first.len();
    !rest.is_empty()
        && is_full
        && (has_corner
            || is_bold(first) && !rest.iter().all(is_bold)
            || !first.iter().any(has_figure) && columns.into_iter().any(of_figures))
}

/// Takes tables without rules out of pieces, which are in order from the top.
fn aligned(pieces: Vec<Piece>) -> (Vec<Table>, Vec<Piece>) {
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match rows.last_mut().filter(|row| row.first().is_some_and(|first| first.is_level_with(&piece))) {
            Some(row) => row.push(piece),
            None => rows.push(vec![piece]),
        }
    }
    let (mut tables, mut rest) = (Vec::new(), Vec::new());
    let mut rows = rows.into_iter().peekable();
    while let Some(row) = rows.next() {
        if row.len() < 2 {
            rest.extend(row);
            continue;
        }
        let columns = row.len();
        let mut run = vec![row];
        while let Some(next) = rows.next_if(|next| goes_on(&run, next) || wraps(&run, next)) {
            match run.last_mut().filter(|_| next.len() < columns) {
                Some(row) => row.extend(next),
                None => run.push(next),
            }
        }
        match read_aligned(&run) {
            Some(table) => tables.push(table),
            None => rest.extend(run.into_iter().flatten()),
        }
    }
    (tables, rest)
}

/// Whether `next` is one more row of the table that `run` begins.
fn goes_on(run: &[Vec<Piece>], next: &[Piece]) -> bool {
    let Some((first, last)) = run.first().zip(run.last()) else { return false };
    let (Some(above), Some(begin)) = (last.last(), next.first()) else { return false };
    next.len() == first.len()
        && begin.y - above.y <= 3.5 * above.size
        && first.iter().zip(next).all(|(above, cell)| {
            let middle = |piece: &Piece| (piece.x0 + piece.x1) / 2.0;
            (above.x0 - cell.x0).abs() <= IN_LINE
                || (above.x1 - cell.x1).abs() <= IN_LINE
                || (middle(above) - middle(cell)).abs() <= IN_LINE
        })
}

/// Whether `next` is one more line of cells of the last row: it stands nearer to that than rows do to each other, below
/// cells other than the first.
fn wraps(run: &[Vec<Piece>], next: &[Piece]) -> bool {
    let (Some((last, above)), Some(begin)) = (run.split_last(), next.first()) else { return false };
    let Some((row, above)) = last.first().zip(above.last().and_then(|above| above.first())) else {
        return false;
    };
    let Some(line) = last.last() else { return false };
    let pitch = begin.y - line.y;
    let is_below = |piece: &Piece| last.iter().skip(1).any(|cell| (cell.x0 - piece.x0).abs() <= IN_LINE);
    next.len() < run.first().map_or(0, Vec::len)
        && pitch <= CELL_PITCH * begin.size
        && pitch <= CELL_PART * (row.y - above.y)
        && next.iter().all(is_below)
}

/// The table of rows that stand in line, where they do not read as text in columns.
fn read_aligned(run: &[Vec<Piece>]) -> Option<Table> {
    let pieces = || run.iter().flatten();
    let count = pieces().count();
    let words: usize = pieces().map(|piece| piece.text.split_whitespace().count()).sum();
    let is_first_line =
        |row: &[Piece], piece: &Piece| row.first().is_some_and(|first| first.is_level_with(piece));
    let begins = run.iter().flat_map(|row| row.iter().filter(|piece| is_first_line(row, piece)));
    let lower = begins.filter(|piece| piece.text.starts_with(char::is_lowercase)).count();
    let is_listed = pieces().any(|piece| {
        is_leader(&piece.text) || marker(&piece.text).is_some_and(|marker| marker.label.is_none())
    });
    let is_table = run.len() >= MIN_ROWS && words <= MAX_WORDS * count && lower * 5 <= count && !is_listed;
    let slots = slots(pieces().collect());
    (is_table && run.first().is_some_and(|row| row.len() == slots.len())).then(|| {
        let rows: Vec<_> = run.iter().map(|row| cells(&row.iter().collect::<Vec<_>>(), &slots)).collect();
        finish(&rows)
    })
}

impl Table {
    /// The rows as they are read.
    pub(super) fn lines(&self) -> Vec<String> {
        let cell = |text: &String, header| Cell { text: text.as_str().into(), header, repeated: false };
        let row = |(at, cells): (usize, &Vec<String>)| {
            let in_head = at == 0 && self.has_header;
            Row { cells: cells.iter().map(|text| cell(text, in_head)).collect(), in_head }
        };
        table::render(&self.rows.iter().enumerate().map(row).collect::<Vec<_>>())
    }
}
