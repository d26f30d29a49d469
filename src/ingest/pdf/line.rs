//! Pieces to lines, and what is usual among them: size, weight, distance.

use std::collections::BTreeMap;

use super::heading::Style;
use super::piece::{Piece, order};

/// A heading is at least this many times as tall as the text.
const TALLER: f32 = 1.12;
/// Sizes nearer than this are one, as a part.
const SAME_SIZE: f32 = 0.1;
/// Lines farther apart than this many times the usual are two paragraphs.
const LOOSE: f32 = 1.25;
/// Distance of lines where a document does not tell, in ems.
const USUAL_PITCH: f32 = 1.25;
/// The farthest that lines of one paragraph stand apart, in ems.
const WIDEST_PITCH: f32 = 1.8;

/// A line of a part.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) piece: Piece,
    pub(super) page: usize,
    /// Right end of the lines that it stands among.
    pub(super) right: f32,
    /// Distance to the line above, where there is one in its part.
    pub(super) pitch: Option<f32>,
    /// The farthest that the line above may stand off where both are of one paragraph.
    pub(super) reach: f32,
    pub(super) heading: Option<Style>,
    /// Whether the file says that it is of one paragraph with the line above.
    pub(super) flows: bool,
}

/// What is usual in a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usual {
    pub(super) size: f32,
    pub(super) bold: bool,
    /// In ems.
    pub(super) pitch: f32,
}

impl Usual {
    /// Whether text is so tall that it may be a heading.
    pub(super) fn is_tall(&self, piece: &Piece) -> bool {
        piece.size >= TALLER * self.size
    }
}

/// Pieces to lines.
pub(super) fn lines(mut pieces: Vec<Piece>, page: usize) -> Vec<Line> {
    pieces.sort_by(|one, other| order(one.y, other.y).then(order(one.x0, other.x0)));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match rows.last_mut().filter(|row| row.first().is_some_and(|first| first.is_level_with(&piece))) {
            Some(row) => row.push(piece),
            None => rows.push(vec![piece]),
        }
    }
    let mut above: Option<f32> = None;
    let mut lines = Vec::new();
    for row in rows {
        let Some(piece) = joined(row) else { continue };
        let pitch = above.map(|above| piece.y - above);
        above = Some(piece.y);
        lines.push(Line { right: piece.x1, piece, page, pitch, reach: 0.0, heading: None, flows: false });
    }
    lines
}

/// The pieces of a line as one.
fn joined(mut row: Vec<Piece>) -> Option<Piece> {
    row.sort_by(|one, other| order(one.x0, other.x0));
    let mut pieces = row.into_iter();
    let mut line = pieces.next()?;
    for piece in pieces {
        if line.bold_len == line.text.len() {
            line.bold_len += if piece.bold_len > 0 { 1 + piece.bold_len } else { 0 };
        }
        line.second = line.second.or(Some(piece.x0));
        line.bold &= piece.bold;
        line.text.push(' ');
        line.text.push_str(&piece.text);
        line.x1 = line.x1.max(piece.x1);
    }
    Some(line)
}

pub(super) fn usual<'l>(lines: impl Iterator<Item = &'l Line> + Clone) -> Usual {
    let mut sizes: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    let mut pitches: Vec<f32> = Vec::new();
    for line in lines {
        let (size, letters) = (half_points(line.piece.size), line.piece.text.len());
        let bold = if line.piece.bold { letters } else { 0 };
        let of_size = sizes.entry(size).or_default();
        *of_size = (of_size.0 + letters, of_size.1 + bold);
        let pitch = line.pitch.map(|pitch| pitch / line.piece.size);
        pitches.extend(pitch.filter(|pitch| (0.8..2.2).contains(pitch)));
    }
    let most = sizes.into_iter().max_by_key(|(size, (count, _))| (*count, *size));
    let (size, (count, bold)) = most.unwrap_or((20, (1, 0)));
    pitches.sort_by(|one, other| order(*one, *other));
    let pitch = pitches.get(pitches.len() / 2).copied().unwrap_or(USUAL_PITCH);
    Usual { size: size as f32 / 2.0, bold: bold * 2 > count, pitch }
}

pub(super) fn half_points(size: f32) -> u32 {
    (size * 2.0).round().clamp(1.0, 20_000.0) as u32
}

pub(super) fn is_same_size(one: &Piece, other: &Piece) -> bool {
    (one.size - other.size).abs() <= SAME_SIZE * one.size.max(other.size)
}

/// Finds how far apart the lines of one paragraph stand: as is usual in the document, or as the lines around do.
pub(super) fn find_reaches(lines: &mut [Line], usual: Usual) {
    let pitches: Vec<Option<f32>> = lines.iter().map(|line| line.pitch).collect();
    for (at, line) in lines.iter_mut().enumerate() {
        let around = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        let around = around.filter_map(|at| pitches.get(at).copied().flatten());
        let nearest = around.fold(f32::INFINITY, f32::min);
        let nearest = if nearest <= WIDEST_PITCH * line.piece.size { nearest } else { 0.0 };
        line.reach = (LOOSE * usual.pitch * line.piece.size).max(1.05 * nearest);
    }
}

/// Finds for each line how far the lines of its kind around it reach.
pub(super) fn find_right_ends(lines: &mut [Line]) {
    let mut from = 0;
    for at in 1..=lines.len() {
        let goes_on = lines.get(at).zip(lines.get(at - 1)).is_some_and(|(line, above)| {
            is_same_size(&line.piece, &above.piece)
                && line.heading.is_some() == above.heading.is_some()
                && line.pitch.is_some_and(|pitch| pitch <= line.reach)
        });
        if goes_on {
            continue;
        }
        if let Some(run) = lines.get_mut(from..at) {
            let right = run.iter().map(|line| line.piece.x1).fold(0.0, f32::max);
            run.iter_mut().for_each(|line| line.right = right);
        }
        from = at;
    }
}
