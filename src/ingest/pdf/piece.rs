//! Characters to pieces: stretches of text on one line without a wide gap in them.
//!
//! The order of the file plays no part, only places do. Spaces are where the gaps are; those that the file writes
//! count as gaps.

use std::cmp::Ordering;

use super::glyph::{Dot, Glyph, Shift, Upright};
use crate::ingest::raised;

/// How far two characters of one line may stand apart in height, in ems.
const SAME_LINE: f32 = 0.2;
/// A gap from here on is a space where the file writes none, in ems.
const SPACE: f32 = 0.17;
/// A gap from here on is a space even where the file writes spaces, in ems.
const UNWRITTEN_SPACE: f32 = 0.4;
/// A gap from here on ends a piece, in ems.
pub(super) const WIDE: f32 = 0.6;
/// A gap from here on ends a piece where a line is drawn in it, in ems.
const PARTED: f32 = 0.12;
/// Characters nearer than this to another of the same kind are printed twice, in ems.
const TWICE: f32 = 0.1;
/// Most characters of a row that small ones are looked for beside.
const MAX_ROW: usize = 2_000;
/// Most characters of a raised mark.
const MAX_SMALL: usize = 12;
const SOFT_HYPHEN: char = '\u{AD}';
/// Most pieces of a page that are compared with each other.
pub(super) const MAX_COMPARED: usize = 4_000;
/// A raised or lowered number is smaller than this part of the text beside it.
const SMALLER: f32 = 0.85;
/// How far small characters stand below what is beside them, and at most below a letter or figure, in ems.
const LOWERED: f32 = 0.35;
const LOWEST: f32 = 0.55;

/// Text on one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    /// Bytes of the bold text that it begins with.
    pub(super) bold_len: usize,
    /// Width of its first word.
    pub(super) first_word: f32,
    /// Where its second word begins.
    pub(super) second: Option<f32>,
    /// The place of its tagged stretch on the page.
    pub(super) tag: Option<usize>,
}

impl Piece {
    /// Whether the two stand on one line.
    pub(super) fn is_level_with(&self, other: &Self) -> bool {
        (self.y - other.y).abs() <= SAME_LINE * self.size.max(other.size)
    }

    pub(super) fn top(&self) -> f32 {
        self.y - self.size * 0.8
    }

    pub(super) fn bottom(&self) -> f32 {
        self.y + self.size * 0.2
    }
}

/// The pieces of a page, from the top down and from the left to the right. `uprights` are in order from the left.
pub(super) fn pieces(mut glyphs: Vec<Glyph>, uprights: &[Upright]) -> Vec<Piece> {
    glyphs.sort_by(|one, other| order(one.y, other.y).then(order(one.x0, other.x0)));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut().filter(|row| belongs(row, &glyph)) {
            Some(row) => row.push(glyph),
            None => rows.push(vec![glyph]),
        }
    }
    take_in_small(&mut rows);
    let mut pieces: Vec<Piece> = rows.into_iter().flat_map(|row| split(row, uprights)).collect();
    pieces.sort_by(|one, other| order(one.y, other.y).then(order(one.x0, other.x0)));
    pieces
}

/// Small shapes as pieces that are bullets.
pub(super) fn bullets(dots: &[Dot]) -> Vec<Piece> {
    let bullet = |dot: &Dot| {
        let size = dot.width * 2.8;
        let (x0, x1) = (dot.x - dot.width / 2.0, dot.x + dot.width / 2.0);
        let text = "•".to_owned();
        Piece {
            text,
            x0,
            x1,
            y: dot.y + 0.28 * size,
            size,
            bold: false,
            bold_len: 0,
            first_word: x1 - x0,
            second: None,
            tag: None,
        }
    };
    dots.iter().map(bullet).collect()
}

pub(super) fn order(one: f32, other: f32) -> Ordering {
    one.total_cmp(&other)
}

fn belongs(row: &[Glyph], glyph: &Glyph) -> bool {
    row.first().is_some_and(|first| (glyph.y - first.y).abs() <= SAME_LINE * 0.6 * first.size.max(glyph.size))
}

/// The pieces of a row.
fn split(mut row: Vec<Glyph>, uprights: &[Upright]) -> Vec<Piece> {
    row.sort_by(|one, other| order(one.x0, other.x0));
    let writes_spaces = row.iter().any(|glyph| glyph.c.is_whitespace());
    let mut pieces = Vec::new();
    let mut open: Option<Building> = None;
    for glyph in row {
        let Some(building) = open.as_mut() else {
            open = Building::begin(&glyph);
            continue;
        };
        if glyph.c.is_whitespace() {
            building.spaced |= !glyph.c.is_control();
            continue;
        }
        if glyph.tag != building.last.tag {
            pieces.push(building.finish());
            open = Building::begin(&glyph);
            continue;
        }
        let gap = glyph.x0 - building.last.x1;
        let em = glyph.size.max(building.last.size);
        if building.last.c == glyph.c && (glyph.x0 - building.last.x0).abs() < TWICE * em {
            continue;
        }
        if gap > WIDE * em || gap > PARTED * em && is_parted(&building.last, &glyph, uprights) {
            pieces.push(building.finish());
            open = Building::begin(&glyph);
            continue;
        }
        let enough = if writes_spaces { UNWRITTEN_SPACE } else { SPACE };
        let is_space = gap > enough * em || building.spaced && gap > 0.02 * em;
        building.push(&glyph, is_space);
    }
    pieces.extend(open.map(|mut building| building.finish()));
    pieces
}

/// Whether a line is drawn between two characters of a row.
fn is_parted(left: &Glyph, right: &Glyph, uprights: &[Upright]) -> bool {
    let slack = 0.05 * left.size;
    let middle = right.y - 0.3 * right.size;
    let from = uprights.partition_point(|upright| upright.x < left.x1 - slack);
    let between = uprights.iter().skip(from).take_while(|upright| upright.x <= right.x0 + slack);
    between.into_iter().any(|upright| (upright.top..=upright.bottom).contains(&middle))
}

/// A piece that is being read.
#[derive(Debug)]
struct Building {
    text: String,
    first: Glyph,
    last: Glyph,
    /// The baseline of its first character that is neither raised nor lowered.
    base: f32,
    /// Whether the file has a space after `last`.
    spaced: bool,
    letters: usize,
    bold: usize,
    bold_len: usize,
    /// Where its first word ends, once it has.
    word_end: Option<f32>,
    second: Option<f32>,
    /// Raised characters that are not written yet, and whether a space stands before them.
    raised: String,
    spaced_mark: bool,
    /// Whether the last character is a hyphen that shows only at the end of a line.
    is_divided: bool,
    /// Its sizes, each with how many characters have it.
    sizes: Vec<(f32, usize)>,
}

impl Building {
    /// `None` for white space, which begins nothing.
    fn begin(glyph: &Glyph) -> Option<Self> {
        if glyph.c.is_whitespace() {
            return None;
        }
        let (first, last) = (*glyph, *glyph);
        let mut building = Self {
            text: String::new(),
            first,
            last,
            base: glyph.y,
            spaced: false,
            letters: 0,
            bold: 0,
            bold_len: 0,
            word_end: None,
            second: None,
            raised: String::new(),
            spaced_mark: false,
            is_divided: false,
            sizes: Vec::new(),
        };
        building.push(glyph, false);
        Some(building)
    }

    fn push(&mut self, glyph: &Glyph, space: bool) {
        if glyph.shift == Shift::Raised {
            self.spaced_mark = space && self.raised.is_empty() || self.spaced_mark;
            self.raised.push(glyph.c);
            self.last = *glyph;
            self.spaced = false;
            return;
        }
        self.write_raised();
        if glyph.c == SOFT_HYPHEN {
            self.is_divided = true;
            self.last = *glyph;
            return;
        }
        self.is_divided = false;
        if space && !self.text.is_empty() {
            self.word_end = self.word_end.or(Some(self.last.x1));
            self.second = self.second.or(Some(glyph.x0));
            self.text.push(' ');
        }
        let is_bold_so_far = self.bold == self.letters;
        self.text.push(glyph.c);
        self.letters += 1;
        if glyph.bold {
            self.bold += 1;
            if is_bold_so_far {
                self.bold_len = self.text.len();
            }
        }
        let has_room = self.sizes.len() < 8;
        if glyph.shift != Shift::None {
            self.last = *glyph;
            self.spaced = false;
            return;
        }
        match self.sizes.iter_mut().find(|(size, _)| (size - glyph.size).abs() < 0.25) {
            Some((_, count)) => *count += 1,
            None if has_room => self.sizes.push((glyph.size, 1)),
            None => {}
        }
        if glyph.shift == Shift::None && self.sizes.iter().map(|(_, count)| count).sum::<usize>() == 1 {
            self.base = glyph.y;
        }
        self.last = *glyph;
        self.spaced = false;
    }

    /// Writes the raised characters that were read last.
    fn write_raised(&mut self) {
        if self.raised.is_empty() {
            return;
        }
        let raised = std::mem::take(&mut self.raised);
        if std::mem::take(&mut self.spaced_mark) && !self.text.is_empty() {
            self.text.push(' ');
        }
        let text = written(&self.text, &raised);
        self.text.push_str(&text);
    }

    fn finish(&mut self) -> Piece {
        self.write_raised();
        if self.is_divided {
            self.text.push(SOFT_HYPHEN);
        }
        let most = self
            .sizes
            .iter()
            .max_by(|(one, count), (other, counts)| count.cmp(counts).then(order(*one, *other)));
        Piece {
            text: std::mem::take(&mut self.text),
            x0: self.first.x0,
            x1: self.last.x1.max(self.first.x0),
            y: self.base,
            size: most.map_or(self.first.size, |(size, _)| *size),
            bold: self.bold * 10 >= self.letters * 9,
            bold_len: self.bold_len,
            first_word: self.word_end.unwrap_or(self.last.x1) - self.first.x0,
            second: self.second,
            tag: self.first.tag,
        }
    }
}

/// Moves small characters that stand above or below a line, directly beside text, into the row of that text, and signs
/// that stand a little off their line.
fn take_in_small(rows: &mut Vec<Vec<Glyph>>) {
    if rows.len() > MAX_COMPARED {
        return;
    }
    for at in 0..rows.len() {
        let Some(mut row) = rows.get(at).cloned() else { break };
        row.sort_by(|one, other| order(one.x0, other.x0));
        let runs =
            row.chunk_by(|one, next| next.x0 - one.x1 < 0.4 * one.size && (one.size - next.size).abs() < 0.5);
        let mut stay = Vec::new();
        let mut moved = Vec::new();
        for run in runs {
            match place_of(rows, at, run) {
                Some((base, shift)) => moved.push((base, shift, run.to_vec())),
                None => stay.extend_from_slice(run),
            }
        }
        for (base, shift, run) in moved {
            if let Some(base) = rows.get_mut(base) {
                base.extend(run.into_iter().map(|glyph| Glyph { shift, ..glyph }));
            }
        }
        if let Some(row) = rows.get_mut(at) {
            *row = stay;
        }
    }
    rows.retain(|row| !row.is_empty());
}

/// The row that characters belong to, and whether they are raised: larger text ends directly before them or begins
/// directly behind them, or they are signs beside longer text on their line.
fn place_of(rows: &[Vec<Glyph>], own: usize, run: &[Glyph]) -> Option<(usize, Shift)> {
    let (first, last) = run.first().zip(run.last()).filter(|_| run.len() <= MAX_SMALL)?;
    let own_len = rows.get(own).map_or(0, Vec::len);
    let near = || (own.saturating_sub(8)..(own + 9).min(rows.len())).filter(|at| *at != own);
    let row_at = |at: usize| rows.get(at).filter(|row| row.len() <= MAX_ROW);
    let is_of_signs = run.iter().all(|glyph| is_sign(glyph.c));
    let level = near().filter(|_| is_of_signs).find(|at| {
        row_at(*at)
            .is_some_and(|row| own_len < row.len() && row.iter().any(|glyph| fills(first, last, glyph)))
    });
    let small = |lowest| {
        near().find_map(|at| {
            let base = row_at(at)?.iter().find(|glyph| is_beside(first, last, glyph, lowest))?;
            Some((at, if base.y > first.y { Shift::Raised } else { Shift::Lowered }))
        })
    };
    let level = || level.map(|at| (at, Shift::None));
    small(LOWERED).or_else(level).or_else(|| small(LOWEST))
}

const fn is_sign(c: char) -> bool {
    matches!(c, '*' | '-' | '–' | '—' | '\u{2212}' | '+' | '=' | '<' | '>' | '×' | '·' | '°' | '±' | '~')
}

/// Whether signs as tall as `glyph` stand beside it on its line.
fn fills(first: &Glyph, last: &Glyph, glyph: &Glyph) -> bool {
    let em = glyph.size;
    let beside = -0.05 * em..=WIDE * em;
    !glyph.c.is_whitespace()
        && (first.size - em).abs() < 0.1 * em
        && (first.y - glyph.y).abs() <= SAME_LINE * em
        && (beside.contains(&(first.x0 - glyph.x1)) || beside.contains(&(glyph.x0 - last.x1)))
}

/// Whether small characters stand directly beside a larger one, `lowest` ems below it at most.
fn is_beside(first: &Glyph, last: &Glyph, glyph: &Glyph, lowest: f32) -> bool {
    let (shift, em) = (glyph.y - first.y, glyph.size);
    let (before, behind) = (first.x0 - glyph.x1, glyph.x0 - last.x1);
    glyph.shift == Shift::None
        && !glyph.c.is_whitespace()
        && first.size < SMALLER * em
        && (-lowest * em..=0.65 * em).contains(&shift)
        && (shift >= -LOWERED * em || glyph.c.is_alphanumeric())
        && ((-0.15 * em..=0.25 * em).contains(&before) || (-0.1 * em..=0.1 * em).contains(&behind))
}

/// What raised characters behind `before` are written as: a mark, raised digits, or as they are.
fn written(before: &str, small: &str) -> String {
    let label = small.trim_matches(['[', ']', '(', ')']);
    if raised::is_of_numbers(label) && raised::may_be_cited(before) {
        return format!("[{label}]");
    }
    raised::raised(small).unwrap_or_else(|| small.to_owned())
}
