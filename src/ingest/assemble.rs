//! Placeholder: replaced at the merge.

use super::draft::{Draft, DraftKind};
use super::{BoilerplateFinding, IngestConfig, SkipReason};
use crate::document::{Block, BlockKind, Document, DocumentId, Format, Revision};

/// A boilerplate pattern that is not a regular expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a regular expression: {reason}")]
pub struct InvalidPattern {
    /// As configured.
    pub pattern: String,
    /// Why.
    pub reason: String,
}

pub(crate) struct Assembler;

impl Assembler {
    pub(crate) fn new(config: &IngestConfig) -> Result<Assembler, InvalidPattern> {
        match config.boilerplate.iter().find_map(|p| regex::Regex::new(p).err().map(|e| (p, e))) {
            Some((pattern, why)) => Err(InvalidPattern { pattern: pattern.clone(), reason: why.to_string() }),
            None => Ok(Assembler),
        }
    }

    #[allow(clippy::unused_self, reason = "placeholder")]
    pub(crate) fn assemble(
        &self,
        draft: Draft,
        id: DocumentId,
        format: Format,
        revision: Revision,
    ) -> Result<(Document, Vec<BoilerplateFinding>), SkipReason> {
        if draft.blocks.iter().all(|block| matches!(block.kind, DraftKind::Boilerplate { .. })) {
            return Err(SkipReason::Empty);
        }
        let mut metadata = draft.metadata;
        if metadata.title.is_empty() {
            metadata.title = id.path().to_owned();
        }
        let blocks = draft
            .blocks
            .iter()
            .map(|b| Block { kind: BlockKind::Paragraph { depth: 0 }, span: b.span, section: None })
            .collect();
        let document = Document {
            id,
            format,
            revision,
            metadata,
            text: draft.text,
            sections: Vec::new(),
            blocks,
            passages: Vec::new(),
            groups: Vec::new(),
            bibliography: Vec::new(),
            marks: Vec::new(),
        };
        let document = Document::new(document).map_err(|why| SkipReason::Malformed(why.to_string()))?;
        Ok((document, Vec::new()))
    }
}
