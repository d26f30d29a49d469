//! A bare heading directly above another one, in a format that does not say how deep a heading is.
//!
//! "Treatment", a blank line, "Surgery", a blank line, text: the first is the heading above the second and
//! not one with nothing under it. Only the second is known to belong to it: where the next heading belongs
//! the layout does not say. Three or more bare lines in a row are leftovers of a menu and stay as they are.

use super::super::draft::{Draft, DraftKind};
use super::is_unmarked;
use crate::document::Format;

/// Puts the second of exactly two headings in a row, of the same level, under the first, with the deeper
/// headings that follow it.
pub(super) fn nest(draft: &mut Draft, format: Format, dropped: &[Option<String>]) {
    if !is_unmarked(format) {
        return;
    }
    let kept: Vec<(usize, Option<u8>)> = draft
        .blocks
        .iter()
        .enumerate()
        .zip(dropped)
        .filter(|(_, dropped)| dropped.is_none())
        .map(|((at, block), _)| match block.kind {
            DraftKind::Heading { level } => (at, Some(level)),
            _ => (at, None),
        })
        .collect();
    let level = |at: Option<usize>| at.and_then(|at| kept.get(at)).and_then(|&(_, level)| level);
    let mut under: Option<u8> = None;
    for at in 0..kept.len() {
        let Some(own) = level(Some(at)) else { continue };
        let before = level(at.checked_sub(1));
        let pair = before == Some(own)
            && level(at.checked_sub(2)).is_none()
            && level(at.checked_add(1)).is_none()
            && at + 1 < kept.len();
        under = if pair { Some(own) } else { under.filter(|&parent| own > parent) };
        let block = kept.get(at).and_then(|&(at, _)| draft.blocks.get_mut(at));
        if let (Some(_), Some(block)) = (under, block) {
            block.kind = DraftKind::Heading { level: own.saturating_add(1) };
        }
    }
}
