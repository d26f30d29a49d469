//! The list of references at the end of a document, and the places that cite it.
//!
//! A list counts as references when its heading says so, when the format marks its entries (footnotes),
//! or when it is numbered and its entries look like literature. Marks are `[5]`, `[9, 10]`, `[1-3]`,
//! `[^5]` and superscripts, and only those that name an entry which exists.

mod entry;
mod mark;
#[cfg(test)]
mod tests;

use super::draft::{Draft, DraftBlock, DraftKind};
use crate::document::BibliographyEntry;
use crate::text::Span;

pub(crate) use mark::find as find_marks;

/// Headings under which every entry is a reference.
const STRONG: &[&str] = &[
    "references",
    "reference",
    "reference list",
    "list of references",
    "bibliography",
    "works cited",
    "literature cited",
    "citations",
];
/// Headings under which entries are references where most of them look like it.
const WEAK: &[&str] = &[
    "literature",
    "sources",
    "further reading",
    "footnotes",
    "notes",
    "more information",
    "evidence",
    "for more information",
];

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// In text order.
    pub(crate) entries: Vec<BibliographyEntry>,
    /// For each block of the draft: whether it belongs to the list of references.
    pub(crate) is_reference: Vec<bool>,
}

/// Finds the entries. `dropped` says for each block whether it is boilerplate.
pub(crate) fn find(draft: &Draft, dropped: &[Option<String>]) -> References {
    let blocks = &draft.blocks;
    let mut found = References { entries: Vec::new(), is_reference: vec![false; blocks.len()] };
    let kept = |at: usize| dropped.get(at).is_none_or(Option::is_none);
    let last_content =
        (0..blocks.len()).rev().find(|&at| kept(at) && !is_heading(at, blocks) && !is_note(at, blocks));
    let ends = draft.scope_ends();
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        // What follows the end of an element that folds up is no part of the list in it.
        let within = ends.get(at).and_then(|&end| blocks.get(..end)).unwrap_or(blocks.as_slice());
        let end = match block.kind {
            DraftKind::Note { .. } => at + 1,
            DraftKind::Heading { level } if names_references(draft, block) => section_end(within, at, level),
            DraftKind::Item { depth: 1, .. } => run_end(within, at),
            _ => {
                at += 1;
                continue;
            }
        };
        let trailing = last_content.is_none_or(|last| last < end);
        take(draft, at, end, trailing, &kept, &mut found);
        at = end;
    }
    found
}

/// Whether the heading is one under which references stand.
pub(crate) fn names_references(draft: &Draft, block: &DraftBlock) -> bool {
    let title = heading_words(draft, block);
    STRONG.contains(&title.as_str()) || WEAK.contains(&title.as_str())
}

fn heading_words(draft: &Draft, block: &DraftBlock) -> String {
    let text = block.span.slice(&draft.text).unwrap_or_default();
    let short = text.get(..text.floor_char_boundary(60)).unwrap_or_default();
    short.trim_matches(|found: char| !found.is_alphabetic()).to_lowercase()
}

/// Takes the entries of the blocks `from..end`, if they are references.
fn take(
    draft: &Draft,
    from: usize,
    end: usize,
    trailing: bool,
    kept: &impl Fn(usize) -> bool,
    found: &mut References,
) {
    let Some(stretch) =
        draft.blocks.get(from..end).filter(|stretch| are_references(draft, stretch, trailing))
    else {
        return;
    };
    let mut number = 0;
    for (at, block) in (from..).zip(stretch).filter(|&(at, _)| kept(at)) {
        let new = match &block.kind {
            DraftKind::Item { depth: 1, label } => Some(label.clone()),
            DraftKind::Note { label } => Some(Some(label.clone())),
            DraftKind::Paragraph { depth: 0 } if looks_like_literature(draft, block) => Some(None),
            kind if kind.is_in_list() => None,
            _ => continue,
        };
        match (new, found.entries.last_mut()) {
            (Some(label), _) => {
                number += 1;
                found.entries.push(entry::read(&draft.text, block.span, label, number));
            }
            (None, Some(last)) => entry::extend(&draft.text, last, block.span),
            (None, None) => continue,
        }
        if let Some(flag) = found.is_reference.get_mut(at) {
            *flag = true;
        }
    }
}

/// Judges a footnote, what stands under a heading with the heading first, or a run of items. A `trailing`
/// run is the last content of the document.
fn are_references(draft: &Draft, stretch: &[DraftBlock], trailing: bool) -> bool {
    let Some(first) = stretch.first() else { return false };
    let entries: Vec<&DraftBlock> = stretch.iter().filter(|block| begins_entry(block)).collect();
    let alike = entries.iter().filter(|block| looks_like_literature(draft, block)).count();
    let numbered = |block: &&DraftBlock| matches!(block.kind, DraftKind::Item { label: Some(_), .. });
    match first.kind {
        DraftKind::Note { .. } => true,
        DraftKind::Heading { .. } if STRONG.contains(&heading_words(draft, first).as_str()) => {
            !entries.is_empty()
        }
        DraftKind::Heading { .. } => alike > 0 && alike * 2 >= entries.len(),
        _ => {
            let enough = if trailing { 60 } else { 80 };
            entries.len() >= 2 && entries.iter().all(numbered) && alike * 100 >= entries.len() * enough
        }
    }
}

fn looks_like_literature(draft: &Draft, block: &DraftBlock) -> bool {
    entry::looks_like_literature(block.span.slice(&draft.text).unwrap_or_default())
}

fn begins_entry(block: &DraftBlock) -> bool {
    matches!(
        block.kind,
        DraftKind::Item { depth: 1, .. } | DraftKind::Paragraph { depth: 0 } | DraftKind::Note { .. }
    )
}

fn is_heading(at: usize, blocks: &[DraftBlock]) -> bool {
    blocks.get(at).is_some_and(|block| matches!(block.kind, DraftKind::Heading { .. }))
}

fn is_note(at: usize, blocks: &[DraftBlock]) -> bool {
    blocks.get(at).is_some_and(|block| matches!(block.kind, DraftKind::Note { .. }))
}

/// The end of what stands under the heading at `at`.
fn section_end(blocks: &[DraftBlock], at: usize, level: u8) -> usize {
    let is_next =
        |block: &DraftBlock| matches!(block.kind, DraftKind::Heading { level: next } if next <= level);
    let after = blocks.iter().skip(at + 1).position(is_next);
    after.map_or(blocks.len(), |after| at + 1 + after)
}

/// The end of the run of items, with what continues them, that begins at `at`.
fn run_end(blocks: &[DraftBlock], at: usize) -> usize {
    at + blocks.iter().skip(at).take_while(|block| block.kind.is_in_list()).count()
}

/// The number of the first entry of each label, for marks to be looked up.
pub(crate) fn labels(entries: &[BibliographyEntry]) -> std::collections::HashMap<&str, u32> {
    let mut labels = std::collections::HashMap::new();
    for (at, entry) in (0u32..).zip(entries) {
        labels.entry(entry.label.as_str()).or_insert(at);
    }
    labels
}

/// The part of `span` after `taken` bytes.
fn after(span: Span, taken: usize) -> Span {
    Span::new(span.start() + taken, span.end())
}
