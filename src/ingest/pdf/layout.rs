//! The reading order of a page: columns and what spans them.
//!
//! A gutter is a strip that no piece crosses over some height, with several lines on both sides of it. The page is cut
//! along the gutter that most lines stand beside; what stands above and below is read on its own, and so is each side,
//! so that three columns are two cuts. A box that text stands beside is one thing in this, and read on its own.

use super::boxes::{boxed, unboxed};
use super::glyph::{Dot, Frame, Lines};
use super::marker;
use super::piece::{MAX_COMPARED, Piece, bullets, order};
use super::table::{self, Table};

/// Fewest lines on each side of a gutter.
const MIN_LINES: usize = 3;
/// The narrowest gutter, in ems.
const MIN_GUTTER: f32 = 0.9;
/// The farthest that a marker stands before its item, in ems.
const MARKER_GAP: f32 = 5.0;
/// The farthest that a dash or tick stands before its item where text stands before it: there it may be the cell of a
/// table.
const SIGN_GAP: f32 = 1.5;
/// Most cuts of one page, and most times that boxes in boxes are looked for.
const MAX_CUTS: usize = 12;
/// Most pieces of a page that is looked at for columns, and most places of gutters that are tried.
pub(super) const MAX_ITEMS: usize = 1_500;
const MAX_PLACES: usize = 200;

/// A part of a page that is read from its top down.
#[derive(Debug)]
pub(super) enum Part {
    Lines(Vec<Piece>),
    Table(Table),
}

/// Something that is read at one place.
#[derive(Debug)]
pub(super) enum Item {
    Piece(Piece),
    Table(Table),
    Box(Frame, Vec<Item>),
}

impl Item {
    pub(super) const fn extent(&self) -> (f32, f32) {
        match self {
            Self::Piece(piece) => (piece.x0, piece.x1),
            Self::Table(table) => (table.x0, table.x1),
            Self::Box(frame, _) => (frame.x0, frame.x1),
        }
    }

    pub(super) fn top(&self) -> f32 {
        match self {
            Self::Piece(piece) => piece.top(),
            Self::Table(table) => table.top,
            Self::Box(frame, _) => frame.top,
        }
    }

    pub(super) fn bottom(&self) -> f32 {
        match self {
            Self::Piece(piece) => piece.bottom(),
            Self::Table(table) => table.bottom,
            Self::Box(frame, _) => frame.bottom,
        }
    }

    const fn size(&self) -> f32 {
        match self {
            Self::Piece(piece) => piece.size,
            Self::Table(_) | Self::Box(..) => 0.0,
        }
    }

    /// Whether it is set as a heading is among text of the usual size.
    pub(super) fn is_heading(&self, usual: f32) -> bool {
        match self {
            Self::Piece(piece) => piece.bold || piece.size > 1.12 * usual,
            Self::Table(_) | Self::Box(..) => false,
        }
    }

    fn lines(&self) -> usize {
        match self {
            Self::Piece(_) | Self::Table(_) => 1,
            Self::Box(_, items) => items.len(),
        }
    }
}

/// The parts of a page in the order in which they are read.
pub(super) fn parts(pieces: Vec<Piece>, lines: &Lines) -> Vec<Part> {
    let pieces = with_markers(pieces);
    let (tables, pieces) = table::find(pieces, &lines.rules);
    let mut items: Vec<Item> = pieces.into_iter().map(Item::Piece).collect();
    items.extend(tables.into_iter().map(Item::Table));
    let mut parts = Vec::new();
    let mut open = vec![boxed(items, &lines.frames)];
    let (mut cuts, mut unboxings) = (0, 0);
    while let Some(mut items) = open.pop() {
        items.sort_by(|one, other| {
            order(one.top(), other.top()).then(order(one.extent().0, other.extent().0))
        });
        let cut = if cuts < MAX_CUTS { best_cut(&items) } else { None };
        match cut {
            Some(cut) => {
                cuts += 1;
                open.extend(with_box_last(cut.apply(items)).into_iter().rev());
            }
            None if items.iter().any(|item| matches!(item, Item::Box(..))) => {
                let within = if unboxings < MAX_CUTS { lines.frames.as_slice() } else { &[] };
                unboxings += 1;
                open.extend(unboxed(items, within).into_iter().rev());
            }
            None => read(items, &mut parts),
        }
    }
    parts
}

/// Puts the bullets that are drawn before their items. Other small shapes are none.
pub(super) fn take_bullets(pieces: &mut [Piece], dots: &[Dot]) {
    if pieces.len() > MAX_COMPARED {
        return;
    }
    for bullet in bullets(dots) {
        if let Some(item) = item_of(pieces, &bullet).and_then(|at| pieces.get_mut(at)) {
            join_marker(item, &bullet);
        }
    }
}

/// Joins each marker that stands alone with the item that it is of.
fn with_markers(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if pieces.len() > MAX_COMPARED {
        return pieces;
    }
    number(&mut pieces);
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        if !marker::is_bare(&piece.text) {
            at += 1;
            continue;
        }
        let marker = pieces.remove(at);
        let item = item_of(&pieces, &marker);
        let says_nothing =
            marker::is_idle(&marker.text) && !pieces.iter().any(|piece| is_left_of(piece, &marker));
        match item.and_then(|item| pieces.get_mut(item)) {
            Some(item) => join_marker(item, &marker),
            None if says_nothing => {}
            None => {
                pieces.insert(at, marker);
                at += 1;
            }
        }
    }
    pieces
}

/// Whether a piece stands on the line of a marker, before it.
fn is_left_of(piece: &Piece, marker: &Piece) -> bool {
    is_level(piece, marker) && piece.x1 <= marker.x0
}

fn is_level(piece: &Piece, marker: &Piece) -> bool {
    (piece.y - marker.y).abs() <= 0.35 * piece.size
}

/// Writes the stops behind numbers that stand alone before the items of a list: 1, 2, 3.
fn number(pieces: &mut [Piece]) {
    let mut numbers: Vec<usize> = Vec::new();
    let mut order_down: Vec<usize> = (0..pieces.len()).collect();
    order_down.sort_by(|one, other| {
        let y = |at: &usize| pieces.get(*at).map_or(0.0, |piece| piece.y);
        order(y(one), y(other))
    });
    for at in order_down {
        let next = numbers.len() + 1;
        let Some(piece) = pieces.get(at).filter(|piece| piece.text == next.to_string()) else { continue };
        let first = numbers.first().and_then(|first| pieces.get(*first));
        let is_in_line =
            first.is_none_or(|first| (first.x0 - piece.x0).abs() < 2.0 || (first.x1 - piece.x1).abs() < 2.0);
        if is_in_line && item_of(pieces, piece).is_some() {
            numbers.push(at);
        }
    }
    if numbers.len() > 1 {
        for at in numbers {
            if let Some(piece) = pieces.get_mut(at) {
                piece.text.push('.');
            }
        }
    }
}

pub(super) fn join_marker(item: &mut Piece, marker: &Piece) {
    item.second = Some(item.x0);
    item.text = format!("{} {}", marker.text, item.text);
    item.bold_len += if item.bold_len > 0 { marker.text.len() + 1 } else { 0 };
    item.x0 = marker.x0;
}

/// The piece to the right of a lone marker, with nothing on its left.
fn item_of(pieces: &[Piece], marker: &Piece) -> Option<usize> {
    let gap = |piece: &Piece| piece.x0 - marker.x1;
    let may_be_cell = marker::is_sign(&marker.text) && pieces.iter().any(|piece| is_left_of(piece, marker));
    let most = if may_be_cell { SIGN_GAP } else { MARKER_GAP };
    let is_item = |piece: &Piece| is_level(piece, marker) && (0.0..=most * piece.size).contains(&gap(piece));
    let is_before =
        |piece: &Piece| is_level(piece, marker) && (0.0..2.0 * piece.size).contains(&(marker.x0 - piece.x1));
    if pieces.iter().any(is_before) {
        return None;
    }
    let items = pieces.iter().enumerate().filter(|(_, piece)| is_item(piece));
    let (next, item) = items.min_by(|(_, one), (_, other)| order(gap(one), gap(other)))?;
    (!marker::is_sign(&item.text)).then_some(next)
}

/// A gutter over some of the items.
#[derive(Debug, Clone, Copy)]
struct Cut {
    x: f32,
    /// Places of the first item beside it and of the first one below it.
    from: usize,
    to: usize,
    lines: usize,
}

impl Cut {
    /// What stands above, to the left, to the right, below.
    fn apply(self, items: Vec<Item>) -> [Vec<Item>; 4] {
        let mut parts = [const { Vec::new() }; 4];
        let [above, left, right, below] = &mut parts;
        for (at, item) in items.into_iter().enumerate() {
            if at < self.from {
                above.push(item);
            } else if at >= self.to {
                below.push(item);
            } else if item.extent().0 < self.x {
                left.push(item);
            } else {
                right.push(item);
            }
        }
        parts
    }
}

/// The parts of a cut, a box with a heading that stands alone on its side of the gutter behind the text that goes on
/// below it.
fn with_box_last(parts: [Vec<Item>; 4]) -> Vec<Vec<Item>> {
    let [mut above, left, right, mut below] = parts;
    let usual = usual_size(&left).into_iter().chain(usual_size(&right)).fold(0.0, f32::max);
    let (text, mut boxed) = match (ends_in_box(&left, usual), ends_in_box(&right, usual)) {
        (true, false) => (right, left),
        (false, true) => (left, right),
        _ => return vec![above, left, right, below],
    };
    above.extend(boxed.drain(..boxed.len() - 1));
    below.sort_by(|one, other| order(one.top(), other.top()));
    let end = below.iter().position(|item| item.is_heading(usual) || matches!(item, Item::Box(..)));
    let rest = below.split_off(end.unwrap_or(below.len()));
    if best_cut(&below).is_some() {
        below.extend(rest);
        return vec![above, text, boxed, below];
    }
    vec![above, text, below, boxed, rest]
}

/// Whether a side of a gutter is a box with a heading, and nothing but what stands above it.
fn ends_in_box(side: &[Item], usual: f32) -> bool {
    side.split_last().is_some_and(|(last, rest)| {
        last.is_headed_box(usual) && rest.iter().all(|item| item.bottom() <= last.top())
    })
}

fn best_cut(items: &[Item]) -> Option<Cut> {
    if items.len() < 2 * MIN_LINES || items.len() > MAX_ITEMS {
        return None;
    }
    let mut places: Vec<f32> = items.iter().map(|item| item.extent().0 - 0.5).collect();
    places.sort_by(|one, other| order(*one, *other));
    places.dedup_by(|one, other| (*one - *other).abs() < 2.0);
    places.truncate(MAX_PLACES);
    let mut best: Option<Cut> = None;
    for x in places {
        for cut in bands(items, x) {
            if best.is_none_or(|best| cut.lines > best.lines) {
                best = Some(cut);
            }
        }
    }
    best
}

/// The stretches of items that do not cross `x` and have enough lines on both sides.
fn bands(items: &[Item], x: f32) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut from = 0;
    for at in 0..=items.len() {
        let crosses = items.get(at).is_none_or(|item| {
            let (x0, x1) = item.extent();
            x0 < x && x1 > x
        });
        if !crosses {
            continue;
        }
        let band = items.get(from..at).unwrap_or_default();
        cuts.extend(trimmed(without_heading(band, at < items.len()), x, from));
        from = at + 1;
    }
    cuts
}

/// A band without the headings at its end that are of what spans the page below.
fn without_heading(band: &[Item], is_spanned: bool) -> &[Item] {
    let Some(usual) = usual_size(band).filter(|_| is_spanned) else { return band };
    let (mut kept, mut low) = (0, f32::NEG_INFINITY);
    for (at, item) in band.iter().enumerate() {
        if !item.is_heading(usual) || low > item.top() + 0.5 * usual {
            kept = at + 1;
        }
        low = low.max(item.bottom());
    }
    band.get(..kept).unwrap_or_default()
}

pub(super) fn usual_size(items: &[Item]) -> Option<f32> {
    let mut sizes: Vec<f32> = items.iter().map(Item::size).filter(|size| *size > 0.0).collect();
    sizes.sort_by(|one, other| order(*one, *other));
    sizes.get(sizes.len() / 2).copied()
}

/// The part of a band in which there is text on both sides of the gutter.
fn trimmed(band: &[Item], x: f32, offset: usize) -> Option<Cut> {
    let is_left = |item: &Item| item.extent().0 < x;
    let (left, right): (Vec<&Item>, Vec<&Item>) = band.iter().partition(|item| is_left(item));
    let bounds = |side: &[&Item]| {
        let top = side.iter().map(|item| item.top()).min_by(|one, other| order(*one, *other))?;
        let bottom = side.iter().map(|item| item.bottom()).max_by(|one, other| order(*one, *other))?;
        Some((top, bottom))
    };
    let (left_bounds, right_bounds) = bounds(&left).zip(bounds(&right))?;
    let bottom = left_bounds.1.min(right_bounds.1);
    let top = left_bounds.0.max(right_bounds.0);
    let beside = |side: &[&Item]| {
        side.iter()
            .filter(|item| item.bottom() > top && item.top() < bottom)
            .map(|item| item.lines())
            .sum::<usize>()
    };
    let lines = beside(&left).min(beside(&right));
    let size = usual_size(band)?;
    let end = left.iter().map(|item| item.extent().1).max_by(|one, other| order(*one, *other))?;
    let begin = right.iter().map(|item| item.extent().0).min_by(|one, other| order(*one, *other))?;
    let is_apart = begin - end >= MIN_GUTTER * size;
    // What stands above where both sides begin is read before them.
    let slack = |item: &Item| if matches!(item, Item::Box(..)) { 0.0 } else { 2.0 * size };
    let first = band.iter().position(|item| item.bottom() > top - slack(item))?;
    (lines >= MIN_LINES && is_apart && is_text(&left) && is_text(&right)).then_some(Cut {
        x,
        from: offset + first,
        to: offset + band.len(),
        lines,
    })
}

/// Whether one side of a gutter is text, and not numbers or markers before it.
fn is_text(side: &[&Item]) -> bool {
    let letters = |item: &&Item| match item {
        Item::Piece(piece) => piece.text.chars().filter(|c| c.is_alphabetic()).count(),
        Item::Table(_) | Item::Box(..) => 20,
    };
    side.iter().map(letters).sum::<usize>() >= 5 * side.len()
}

/// Reads items from the top down.
fn read(items: Vec<Item>, parts: &mut Vec<Part>) {
    let mut lines = Vec::new();
    for item in items {
        match item {
            Item::Piece(piece) => lines.push(piece),
            Item::Box(..) => {}
            Item::Table(table) => {
                if !lines.is_empty() {
                    parts.push(Part::Lines(std::mem::take(&mut lines)));
                }
                parts.push(Part::Table(table));
            }
        }
    }
    if !lines.is_empty() {
        parts.push(Part::Lines(lines));
    }
}
