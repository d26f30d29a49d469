//! The name of a document.

use super::super::draft::{Draft, DraftBlock, DraftKind};
use super::super::plain_text;
use crate::document::DocumentId;

/// The name and the heading it stands in.
#[derive(Debug)]
pub(super) struct Title {
    pub(super) text: String,
    /// Place of the only heading of level 1, where it says the same as the title. It is no section: every
    /// section path would begin with it.
    pub(super) heading: Option<usize>,
}

/// Name in the report of a first paragraph that says the title once more.
const REPEATED: &str = "title: said again";

impl Title {
    /// Drops the paragraph that begins the document where it says the title and nothing else: as a passage it would
    /// be near every question on the subject, and answer none. A document that is nothing but its title keeps it.
    pub(super) fn drop_where_repeated(&self, draft: &Draft, dropped: &mut [Option<String>]) {
        let mut kept = draft.blocks.iter().zip(dropped).filter(|(_, dropped)| dropped.is_none());
        let Some((first, dropped)) = kept.next() else { return };
        let text = |block: &DraftBlock| joined(block.span.slice(&draft.text).unwrap_or_default());
        let is_content = |block: &DraftBlock| !matches!(block.kind, DraftKind::Heading { .. });
        let repeats = matches!(first.kind, DraftKind::Paragraph { depth: 0 })
            && text(first).to_lowercase() == self.text.to_lowercase();
        if repeats && kept.any(|(block, _)| is_content(block)) {
            *dropped = Some(REPEATED.to_owned());
        }
    }
}

/// What the format names outright, else the first heading of level 1, else the heading that begins the
/// document, else the file's name.
pub(super) fn choose(draft: &Draft, dropped: &[Option<String>], id: &DocumentId) -> Title {
    let text_of = |at: usize| {
        let span = draft.blocks.get(at).map(|block| block.span).unwrap_or_default();
        joined(span.slice(&draft.text).unwrap_or_default())
    };
    let kept = || {
        draft
            .blocks
            .iter()
            .enumerate()
            .zip(dropped)
            .filter(|(_, dropped)| dropped.is_none())
            .map(|(block, _)| block)
    };
    let mut tops = kept()
        .filter(|(_, block)| matches!(block.kind, DraftKind::Heading { level: 0 | 1 }))
        .map(|(at, _)| at);
    let top = tops.next().filter(|&at| !text_of(at).is_empty());
    let only_top = top.filter(|_| tops.next().is_none());
    let given = joined(&draft.metadata.title);
    if !given.is_empty() {
        let heading = only_top.filter(|&at| text_of(at).to_lowercase() == given.to_lowercase());
        return Title { text: given, heading };
    }
    if let Some(top) = top {
        return Title { text: text_of(top), heading: only_top };
    }
    let first = kept()
        .next()
        .filter(|(_, block)| matches!(block.kind, DraftKind::Heading { .. }))
        .map(|(at, _)| text_of(at));
    let first = first.filter(|text| !text.is_empty() && !plain_text::names_a_part(text));
    let question = || draft.metadata.question.as_deref().map(joined).filter(|question| !question.is_empty());
    Title { text: first.or_else(question).unwrap_or_else(|| readable(id)), heading: None }
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `leaflets/hay-fever_2.txt` to `Hay fever 2`.
fn readable(id: &DocumentId) -> String {
    let name = match id.as_str().split_once('#') {
        Some((_, record)) => record,
        None => {
            let file = id.as_str().rsplit('/').next().unwrap_or_default();
            file.rsplit_once('.').map_or(file, |(stem, _)| stem)
        }
    };
    let spaced = joined(&name.replace(['-', '_'], " "));
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => id.to_string(),
    }
}
