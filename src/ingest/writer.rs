//! The canonical text of a document whose format has other bytes than its text, and its blocks, written one after the
//! other.

use super::draft::{Draft, DraftBlock, DraftKind};
use crate::text::Span;

/// Writes blocks: list items and rows on neighbouring lines, all else with an empty line between.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    text: String,
    blocks: Vec<DraftBlock>,
}

impl Writer {
    /// Writes a block after `marker`, which its span leaves out. `run_in` is the length in bytes of the
    /// heading that `text` begins with.
    pub(crate) fn block(&mut self, kind: DraftKind, marker: &str, text: &str, run_in: Option<usize>) {
        if text.trim().is_empty() {
            return;
        }
        let tight = is_tight(&kind) && self.blocks.last().is_some_and(|last| is_tight(&last.kind));
        if !self.text.is_empty() {
            self.text.push_str(if tight { "\n" } else { "\n\n" });
        }
        self.text.push_str(marker);
        let start = self.text.len();
        self.text.push_str(text);
        let span = Span::new(start, self.text.len()).trimmed(&self.text);
        let run_in = run_in.map(|len| Span::new(span.start(), start + len).trimmed(&self.text));
        let run_in = run_in.filter(|run_in| !run_in.is_empty() && run_in.slice(&self.text).is_some());
        self.blocks.push(DraftBlock { kind, span, run_in });
    }

    /// How many blocks have been written.
    pub(crate) const fn count(&self) -> usize {
        self.blocks.len()
    }

    /// Whether anything but boilerplate has been written.
    pub(crate) fn has_content(&self) -> bool {
        self.blocks.iter().any(|block| !matches!(block.kind, DraftKind::Boilerplate { .. }))
    }

    pub(crate) fn finish(mut self) -> Draft {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        Draft { text: self.text, blocks: self.blocks, ..Draft::default() }
    }
}

fn is_tight(kind: &DraftKind) -> bool {
    match kind {
        DraftKind::Item { .. } | DraftKind::TableRow | DraftKind::Note { .. } => true,
        DraftKind::Paragraph { depth } => *depth > 0,
        _ => false,
    }
}
