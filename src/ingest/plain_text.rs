//! Placeholder: replaced at the merge.

use super::draft::{Draft, DraftBlock, DraftKind};
use crate::text::Span;

pub(crate) fn parse(text: String) -> Draft {
    let span = Span::new(0, text.len()).trimmed(&text);
    let block = DraftBlock { kind: DraftKind::Paragraph { depth: 0 }, span, run_in: None };
    Draft { blocks: if span.is_empty() { Vec::new() } else { vec![block] }, text, ..Draft::default() }
}
