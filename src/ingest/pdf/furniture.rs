//! What stands on every page around the text: running headers, footers, numbers of pages.

use std::collections::{HashMap, HashSet};

use super::line::half_points;
use super::piece::Piece;

/// The part of the page's height at its top and at its bottom where such lines stand.
const EDGE: f32 = 0.12;
/// How many lines from an edge are looked at.
const MAX_LINES: usize = 4;
/// How far the height of a line may differ from page to page, in points.
const SAME_PLACE: f32 = 8.0;
/// A line is one of every page where it stands on one of so many.
const OFTEN: usize = 5;
/// Fewest pages with a head that names the chapter, and the one in so many that has one.
const MIN_HEADS: usize = 3;
const HEADS: usize = 2;
/// A chapter's own heading is at least this many times as tall as the head that names it.
const TALLER: f32 = 1.12;

/// The pieces of a page.
#[derive(Debug)]
pub(super) struct PagePieces {
    pub(super) height: f32,
    pub(super) pieces: Vec<Piece>,
}

/// A line near the edge of a page.
#[derive(Debug)]
struct EdgeLine {
    page: usize,
    /// Places of its pieces in the page's.
    pieces: Vec<usize>,
    text: String,
    y: f32,
    size: f32,
}

/// Takes running headers, footers and page numbers out of the pages, and gives each as it first stands.
pub(super) fn take_out(pages: &mut [PagePieces]) -> Vec<String> {
    let lines: Vec<EdgeLine> = pages.iter().enumerate().flat_map(|(at, page)| edge_lines(at, page)).collect();
    let mut places: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
    for line in &lines {
        places.entry(without_numbers(&line.text)).or_default().push((line.page, line.y));
    }
    let often = 2.max(pages.len() / OFTEN);
    let (mut found, mut told): (Vec<String>, HashSet<String>) = Default::default();
    let mut out: HashMap<usize, HashSet<usize>> = HashMap::new();
    let heads = chapter_heads(pages, &lines);
    for (at, line) in lines.iter().enumerate() {
        let key = without_numbers(&line.text);
        let same = places.get(&key).map_or(0, |places| {
            let mut on: Vec<usize> = places
                .iter()
                .filter(|(_, y)| (y - line.y).abs() <= SAME_PLACE)
                .map(|(page, _)| *page)
                .collect();
            on.dedup();
            on.len()
        });
        if same < often && !is_page_number(&line.text) && !heads.contains(&at) {
            continue;
        }
        if told.insert(key) {
            found.push(line.text.clone());
        }
        out.entry(line.page).or_default().extend(&line.pieces);
    }
    for (page, gone) in out {
        if let Some(page) = pages.get_mut(page) {
            let mut at = 0;
            page.pieces.retain(|_| {
                at += 1;
                !gone.contains(&(at - 1))
            });
        }
    }
    found
}

/// The places of the lines at the top of pages that name the chapter: they stand at one place on most pages, in one
/// size, and say what a taller line says before them.
fn chapter_heads(pages: &[PagePieces], lines: &[EdgeLine]) -> HashSet<usize> {
    let place = |line: &EdgeLine| ((line.y / SAME_PLACE).round() as i32, half_points(line.size));
    let is_at_top = |line: &EdgeLine| pages.get(line.page).is_some_and(|page| line.y <= EDGE * page.height);
    let tops = || lines.iter().enumerate().filter(|(_, line)| is_at_top(line));
    let mut at_place: HashMap<(i32, u32), Vec<usize>> = HashMap::new();
    for (_, line) in tops() {
        let on = at_place.entry(place(line)).or_default();
        if on.last() != Some(&line.page) {
            on.push(line.page);
        }
    }
    let is_often = |line: &EdgeLine| {
        let count = at_place.get(&place(line)).map_or(0, Vec::len);
        count >= MIN_HEADS && count * HEADS >= pages.len()
    };
    let heads: Vec<(usize, &EdgeLine)> = tops().filter(|(_, line)| is_often(line)).collect();
    let texts: HashSet<String> = heads.iter().map(|(_, line)| words(&line.text)).collect();
    // Each text with the pages on which it stands in larger type than on those before, and its size there.
    let mut said: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
    for (at, page) in pages.iter().enumerate().filter(|_| !heads.is_empty()) {
        for piece in &page.pieces {
            let text = words(&piece.text);
            if texts.contains(&text) {
                let sizes = said.entry(text).or_default();
                if sizes.last().is_none_or(|(_, size)| piece.size > *size) {
                    sizes.push((at, piece.size));
                }
            }
        }
    }
    let is_said = |line: &EdgeLine| {
        let before = said.get(&words(&line.text)).map(Vec::as_slice).unwrap_or_default();
        let before = before.get(..before.partition_point(|(page, _)| *page <= line.page));
        before.and_then(<[_]>::last).is_some_and(|(_, size)| *size >= TALLER * line.size)
    };
    heads.into_iter().filter(|(_, line)| is_said(line)).map(|(at, _)| at).collect()
}

/// The text in small letters, without numbers around it.
fn words(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase()
}

fn edge_lines(at: usize, page: &PagePieces) -> Vec<EdgeLine> {
    let mut lines: Vec<EdgeLine> = Vec::new();
    let mut last: Option<&Piece> = None;
    for (place, piece) in page.pieces.iter().enumerate() {
        match lines.last_mut().filter(|_| last.is_some_and(|last| last.is_level_with(piece))) {
            Some(line) => {
                line.pieces.push(place);
                line.text.push(' ');
                line.text.push_str(&piece.text);
            }
            None => {
                let (text, y, size) = (piece.text.clone(), piece.y, piece.size);
                lines.push(EdgeLine { page: at, pieces: vec![place], text, y, size });
                last = Some(piece);
            }
        }
    }
    let count = lines.len();
    let is_near = |at: usize, line: &EdgeLine| {
        at < MAX_LINES && line.y <= EDGE * page.height
            || at + MAX_LINES >= count && line.y >= (1.0 - EDGE) * page.height
    };
    lines.into_iter().enumerate().filter(|(at, line)| is_near(*at, line)).map(|(_, line)| line).collect()
}

fn without_numbers(text: &str) -> String {
    let mut key = String::new();
    for c in text.chars() {
        if !c.is_numeric() {
            key.push(c);
        } else if !key.ends_with('#') {
            key.push('#');
        }
    }
    key
}

/// `3`, `iv`, `- 3 -`, `3/12`, `Page 3 of 12`.
fn is_page_number(text: &str) -> bool {
    let is_sign =
        |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | '/' | '.' | '[' | ']' | '(' | ')');
    let words: Vec<&str> = text.split(is_sign).filter(|word| !word.is_empty()).collect();
    let is_roman = |word: &str| word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
    let is_number =
        |word: &&&str| word.len() <= 4 && (word.bytes().all(|byte| byte.is_ascii_digit()) || is_roman(word));
    let numbers = words.iter().filter(is_number).count();
    let told = words
        .iter()
        .filter(|word| matches!(word.to_lowercase().as_str(), "page" | "of" | "seite" | "von"))
        .count();
    (1..=2).contains(&numbers) && numbers + told == words.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pages_are_told_from_other_numbers() {
        for text in ["3", "- 3 -", "3/12", "Page 3 of 12", "Page 3", "[ 4 ]", "iv"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["3 mg", "555 0100 22", "", "of", "Ward 3", "01632 960001", "I", "six"] {
            assert!(!is_page_number(text), "{text}");
        }
    }
}
