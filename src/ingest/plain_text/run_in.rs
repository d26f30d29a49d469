//! Run-in headings of list items: "Blood tests. A blood test may show ...".
//!
//! One such item proves nothing, since any item may have two sentences. They count where at least two
//! items of a list, and at least half of them, begin with a short phrase that is no clause and is
//! followed by something longer than itself.

use super::shape::{has_clause_word, words};
use crate::ingest::draft::{DraftBlock, DraftKind};
use crate::text::{Span, sentence};

/// Longest run-in heading, in words and bytes.
const MAX_WORDS: usize = 12;
const MAX_BYTES: usize = 120;
/// Longest one that ends in a colon, in words.
const MAX_COLON_WORDS: usize = 6;
/// Depths that are told apart.
const DEPTHS: usize = 17;

/// Subjects: what begins with one is a sentence.
const SUBJECTS: &[&str] =
    &["I", "You", "We", "He", "She", "It", "They", "This", "These", "That", "There", "Do", "Don't", "Never"];

/// Sets `run_in` on the items of every list whose items have such headings.
pub(super) fn mark(text: &str, blocks: &mut [DraftBlock]) {
    for list in blocks.chunk_by_mut(|_, next| next.kind.is_in_list()) {
        mark_list(text, list);
    }
}

fn mark_list(text: &str, list: &mut [DraftBlock]) {
    let mut items = [0usize; DEPTHS];
    let mut headed = [0usize; DEPTHS];
    for block in &mut *list {
        let DraftKind::Item { depth, .. } = block.kind else { continue };
        block.run_in = candidate(text, block.span);
        if let (Some(items), Some(headed)) =
            (items.get_mut(usize::from(depth)), headed.get_mut(usize::from(depth)))
        {
            *items += 1;
            *headed += usize::from(block.run_in.is_some());
        }
    }
    for block in list {
        let DraftKind::Item { depth, .. } = block.kind else { continue };
        let count = |of: &[usize; DEPTHS]| of.get(usize::from(depth)).copied().unwrap_or_default();
        if count(&headed) < 2 || count(&headed) * 2 < count(&items) {
            block.run_in = None;
        }
    }
}

/// The heading that `item` may begin with, without its closing stop or colon.
fn candidate(text: &str, item: Span) -> Option<Span> {
    let whole = item.slice(text)?;
    let window = whole.get(..whole.floor_char_boundary(MAX_BYTES + 2))?;
    let colon = window.find(": ").or_else(|| window.find(":\n"));
    let stop = first_sentence_end(window);
    let (end, most) = match (colon, stop) {
        (Some(colon), stop) if stop.is_none_or(|stop| colon < stop) => (colon, MAX_COLON_WORDS),
        (_, Some(stop)) => (stop, MAX_WORDS),
        _ => return None,
    };
    let heading = whole.get(..end)?.trim_end();
    let rest = whole.get(end + 1..)?;
    let first = heading.split_whitespace().next()?;
    let is_phrase = words(heading) <= most && !has_clause_word(heading) && !SUBJECTS.contains(&first);
    let goes_on = rest.split_whitespace().take(words(heading) + 1).count() > words(heading);
    let begins = heading.starts_with(|first: char| !first.is_lowercase());
    (is_phrase && goes_on && begins).then(|| Span::new(item.start(), item.start() + heading.len()))
}

/// The first full stop that ends a sentence of `window` with more text after it.
fn first_sentence_end(window: &str) -> Option<usize> {
    let found = sentence::sentences(window, Span::new(0, window.len()));
    let first = found.first().filter(|_| found.len() > 1)?;
    first.slice(window)?.ends_with('.').then(|| first.end() - 1)
}
