//! Cutting running text between sentences.

use crate::text::normalize::is_superscript_digit;
use crate::text::{Span, sentence};

/// The pieces of `span` with their sentences: as few as can be with at most `max_words` words each, of
/// about the same length. A single sentence is never cut, however long. None where `span` is blank.
pub(super) fn pieces(text: &str, span: Span, max_words: usize) -> Vec<(Span, Vec<Span>)> {
    let sentences = sentence::sentences(text, span);
    let lengths: Vec<usize> = sentences.iter().map(|&sentence| words(text, sentence)).collect();
    let mut left: usize = lengths.iter().sum();
    let mut pieces_left = left.div_ceil(max_words).max(1);
    let mut pieces: Vec<Vec<Span>> = Vec::new();
    let mut size = 0;
    for (&sentence, &length) in sentences.iter().zip(&lengths) {
        let target = (left + size) / pieces_left.max(1);
        // Half of the next sentence may stand over.
        let full = size > 0 && (size + length > max_words || pieces_left > 1 && size + length / 2 > target);
        match pieces.last_mut() {
            Some(piece) if !full => piece.push(sentence),
            _ => {
                pieces_left =
                    if pieces.is_empty() { pieces_left } else { pieces_left.saturating_sub(1).max(1) };
                pieces.push(vec![sentence]);
                size = 0;
            }
        }
        size += length;
        left -= length;
    }
    let last = pieces.len().saturating_sub(1);
    let bounds = |at: usize, piece: &[Span]| {
        let start = if at == 0 { span.start() } else { piece.first()?.start() };
        let end = if at == last { span.end() } else { piece.last()?.end() };
        Some(Span::new(start, end).trimmed(text))
    };
    pieces.into_iter().enumerate().filter_map(|(at, piece)| Some((bounds(at, &piece)?, piece))).collect()
}

/// How many words stand in `span`.
pub(super) fn words(text: &str, span: Span) -> usize {
    span.slice(text).unwrap_or_default().split_whitespace().count()
}

/// `text` without white space and citation marks (`[5]`, `⁵`) at its end.
pub(super) fn without_marks(text: &str) -> &str {
    let mut text = text.trim_end();
    loop {
        let bare = text
            .trim_end_matches(|found: char| is_superscript_digit(found) || matches!(found, '*' | '_'))
            .trim_end();
        let window = bare.get(bare.floor_char_boundary(bare.len().saturating_sub(40))..).unwrap_or_default();
        let mark = window.strip_suffix(']').and_then(|open| open.rfind('[').map(|at| window.len() - at));
        let digits = |length: usize| {
            bare.get(bare.len() - length..)
                .is_some_and(|mark| mark.contains(|found: char| found.is_ascii_digit()))
        };
        let cut = mark.filter(|&length| digits(length)).unwrap_or_default();
        let next = bare.get(..bare.len() - cut).unwrap_or_default().trim_end();
        if next.len() == text.len() {
            return text;
        }
        text = next;
    }
}
