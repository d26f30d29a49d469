//! Which lines are headings.

use super::line::{Line, Usual, half_points};
use super::marker::marker;
use super::piece::Piece;

/// Longest heading, in words and bytes.
const MAX_HEADING_WORDS: usize = 20;
const MAX_HEADING_BYTES: usize = 160;
/// Longest heading that is only bolder than the text, in words.
const MAX_BOLD_WORDS: usize = 14;
/// The farthest that lines of one heading stand apart, in ems.
pub(super) const HEADING_PITCH: f32 = 1.6;

/// How a heading is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Style {
    /// In half points.
    pub(super) size: u32,
    pub(super) bold: bool,
}

/// Marks the lines that are headings: taller or bolder than the text, short, and not the beginning of a paragraph that
/// is set so.
pub(super) fn find_headings(lines: &mut [Line], usual: Usual) {
    let styles: Vec<Option<Style>> = lines.iter().map(|line| style(&line.piece, usual)).collect();
    let mut at = 0;
    while at < lines.len() {
        let Some(style) = styles.get(at).copied().flatten() else {
            at += 1;
            continue;
        };
        let mut end = at + 1;
        while lines.get(end).zip(styles.get(end)).is_some_and(|(line, other)| {
            *other == Some(style)
                && line.pitch.is_some_and(|pitch| pitch <= HEADING_PITCH * line.piece.size)
                && marker(&line.piece.text).is_none()
                && !lines.get(end - 1).is_some_and(|above| above.piece.text.ends_with(['?', ':', '!']))
        }) {
            end += 1;
        }
        if let Some(run) = lines.get_mut(at..end)
            && is_heading(run, usual)
        {
            run.iter_mut().for_each(|line| line.heading = Some(style));
        }
        at = end;
    }
}

fn style(piece: &Piece, usual: Usual) -> Option<Style> {
    let is_tall = usual.is_tall(piece);
    let is_bolder = piece.bold && !usual.bold && piece.size >= 0.9 * usual.size;
    let has_letters = piece.text.chars().any(char::is_alphabetic);
    ((is_tall || is_bolder) && has_letters).then(|| Style { size: half_points(piece.size), bold: piece.bold })
}

/// Whether lines that are set alike are one heading.
fn is_heading(run: &[Line], usual: Usual) -> bool {
    let text: Vec<&str> = run.iter().map(|line| line.piece.text.as_str()).collect();
    let words = text.iter().map(|text| text.split_whitespace().count()).sum::<usize>();
    let bytes = text.iter().map(|text| text.len()).sum::<usize>();
    let is_tall = run.first().is_some_and(|line| usual.is_tall(&line.piece));
    let is_item = text.first().and_then(|text| marker(text)).is_some_and(|marker| marker.label.is_none());
    let ends = text.last().is_some_and(|text| text.ends_with(['.', ',', ';']));
    let most = if is_tall { MAX_HEADING_WORDS } else { MAX_BOLD_WORDS };
    words <= most
        && bytes <= MAX_HEADING_BYTES
        && !is_item
        && !(ends && (words > 6 || !is_tall))
        && !text.first().is_some_and(|text| is_leader(text))
}

/// Whether a line is one of a table of contents: `Going home ........ 4`.
pub(super) fn is_leader(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let dots = text.chars().rev().take_while(|c| matches!(c, '.' | '…' | ' ')).filter(|c| *c != ' ').count();
    dots >= 4 || text.ends_with("……")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_leads_to_a_page_is_one_of_a_table_of_contents() {
        for text in ["Going home ........ 4", "Going home . . . . . 12", "Pain……9"] {
            assert!(is_leader(text), "{text}");
        }
        for text in ["Going home", "Wait and see...", "It costs 4.50", "1.2.3.4", "Room 12"] {
            assert!(!is_leader(text), "{text}");
        }
    }
}
