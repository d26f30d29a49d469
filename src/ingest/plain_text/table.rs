//! Rows of tables drawn with `|` or set with tabs.

use super::line::Line;
use crate::text::Span;

/// What separates the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableKind {
    /// `|`
    Pipes,
    /// Tabs
    Tabs,
}

/// The row on `line` without its outer bars; an empty span for a ruling line.
pub(super) fn pipe_row(line: Line<'_>, next: Option<&Line<'_>>, open: Option<TableKind>) -> Option<Span> {
    let more =
        next.is_some_and(|next| !next.blank_before && (next.text.contains('|') || is_ruling(next.text)));
    if open == Some(TableKind::Pipes) || more {
        if is_ruling(line.text) {
            return Some(Span::new(line.start, line.start));
        }
        let cells = line.text.trim_matches('|').trim();
        let is_row = line.text.contains('|')
            && (cells.contains('|') || line.text.starts_with('|'))
            && !cells.is_empty();
        let at = line.text.find(cells)?;
        return is_row.then(|| Span::new(line.start + at, line.start + at + cells.len()));
    }
    None
}

/// The row on `line`, where it has as many tab-separated cells as its neighbour.
pub(super) fn tab_row(line: Line<'_>, next: Option<&Line<'_>>, open: Option<TableKind>) -> Option<Span> {
    let cells = tab_cells(line.text);
    let more = next.is_some_and(|next| !next.blank_before && tab_cells(next.text) == cells);
    (cells > 1 && (more || open == Some(TableKind::Tabs))).then(|| Span::new(line.start, line.end()))
}

fn is_ruling(text: &str) -> bool {
    let drawn = text.contains('-') && (text.contains('|') || text.contains('+'));
    drawn && text.chars().all(|found| matches!(found, '|' | '-' | '+' | ':' | ' ' | '='))
}

fn tab_cells(text: &str) -> usize {
    text.split('\t').filter(|cell| !cell.trim().is_empty()).count()
}
