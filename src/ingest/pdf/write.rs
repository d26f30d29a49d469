//! Blocks to a draft: the canonical text, what stands where, and where each page begins.

use super::block::Block;
use crate::ingest::draft::{Draft, DraftKind};
use crate::ingest::writer::Writer;

/// Name in the report of blocks with characters of unknown meaning, which are not to be quoted.
const UNREADABLE: &str = "pdf unreadable characters";

/// Writes the draft of `blocks`, which stand on `pages` pages.
pub(super) fn write(blocks: Vec<Block>, pages: usize) -> Draft {
    let blocks: Vec<Block> = blocks.into_iter().filter(|block| !block.text.trim().is_empty()).collect();
    let mut writer = Writer::default();
    for block in &blocks {
        let is_readable = !block.text.contains('\u{FFFD}');
        let unreadable = || DraftKind::Boilerplate { pattern: UNREADABLE.to_owned() };
        let kind = if is_readable { block.kind.clone() } else { unreadable() };
        let marker = match &kind {
            DraftKind::Item { label: Some(label), .. } => format!("{label}. "),
            DraftKind::Item { label: None, .. } => "• ".to_owned(),
            _ => String::new(),
        };
        let run_in = match &kind {
            DraftKind::Item { .. } => run_in(&block.text, block.bold_len),
            _ => None,
        };
        writer.block(kind, &marker, &block.text, run_in);
    }
    let mut draft = writer.finish();
    draft.pages = pages_of(&draft, &blocks, pages);
    draft
}

/// Where each page begins: at the line of the first block that begins on it, or within one that goes on.
fn pages_of(draft: &Draft, blocks: &[Block], pages: usize) -> Vec<usize> {
    let mut starts: Vec<Option<usize>> = vec![None; pages];
    for (block, written) in blocks.iter().zip(&draft.blocks) {
        let begin = written.span.start();
        let line = draft.text.get(..begin).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        for (offset, page) in &block.pages {
            if let Some(start @ None) = starts.get_mut(*page) {
                *start = Some(if *offset == 0 { line } else { begin + offset });
            }
        }
    }
    filled(starts, draft.text.len())
}

/// The length of a bold beginning that ends in `.` or `:`, that mark left out.
fn run_in(text: &str, bold_len: usize) -> Option<usize> {
    let (bold, after) = text.split_at_checked(bold_len)?;
    let words = bold.trim_end().trim_end_matches(['.', ':']);
    let is_closed = words.len() < bold.trim_end().len() || after.starts_with(['.', ':']);
    (is_closed && !words.is_empty() && !after.trim().is_empty()).then_some(words.len())
}

/// The beginnings of all pages: one without text begins where the next does, none before the one ahead of it.
fn filled(starts: Vec<Option<usize>>, end: usize) -> Vec<usize> {
    let mut next = end;
    let mut pages: Vec<usize> = Vec::with_capacity(starts.len());
    for start in starts.into_iter().rev() {
        next = start.unwrap_or(next).min(next);
        pages.push(next);
    }
    pages.reverse();
    if let Some(first) = pages.first_mut() {
        *first = 0;
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: DraftKind, text: &str, page: usize) -> Block {
        Block { kind, text: text.to_owned(), pages: vec![(0, page)], bold_len: 0 }
    }

    const PARAGRAPH: DraftKind = DraftKind::Paragraph { depth: 0 };

    #[test]
    fn a_page_begins_with_the_marker_of_its_first_item_and_one_without_text_where_the_next_does() {
        let item = DraftKind::Item { depth: 1, label: None };
        let mut across = block(PARAGRAPH, "Begins here and ends there.", 0);
        across.pages.push((12, 1));
        let draft = write(vec![across, block(item, "Later.", 3)], 5);
        assert_eq!(draft.text, "Begins here and ends there.\n\n• Later.\n");
        assert_eq!(draft.pages, [0, 12, 29, 29, draft.text.len()]);
    }

    #[test]
    fn a_block_with_a_character_of_unknown_meaning_is_left_out() {
        let draft =
            write(vec![block(PARAGRAPH, "Take \u{FFFD} tablets.", 0), block(PARAGRAPH, "Rest.", 0)], 1);
        let kinds: Vec<_> = draft.blocks.iter().map(|block| block.kind.clone()).collect();
        assert_eq!(kinds, [DraftKind::Boilerplate { pattern: UNREADABLE.to_owned() }, PARAGRAPH]);
    }

    #[test]
    fn a_bold_beginning_that_is_closed_heads_its_item() {
        assert_eq!(run_in("Rings. Leave them.", 6), Some(5));
        assert_eq!(run_in("Rings: leave them.", 5), Some(5));
        assert_eq!(run_in("Leave rings at home.", 11), None);
        assert_eq!(run_in("Rings.", 6), None);
    }
}
