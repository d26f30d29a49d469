//! What must hold of any document that a parser makes.

use ibid::document::{BlockKind, Document, DocumentId, Format};
use ibid::ingest::{IngestConfig, parse_bytes};

pub(crate) fn check(format: Format, name: &str, bytes: &[u8]) {
    let id = DocumentId::new(name).expect("a plain name");
    let documents = match parse_bytes(&id, format, bytes, &IngestConfig::default()) {
        Ok(documents) => documents,
        Err(reason) => {
            let reason = reason.to_string();
            let faults = ["outside the text", "predecessor ends", "does not exist"];
            assert!(!faults.iter().any(|fault| reason.contains(fault)), "a parser's fault: {reason}");
            return;
        }
    };
    for document in documents {
        let document = Document::new(document).expect("spans fit the text");
        assert!(!document.metadata.title.trim().is_empty(), "a document has a title");
        assert!(!document.passages.is_empty(), "a document has passages");
        for passage in &document.passages {
            let text = document.slice(passage.span);
            assert!(!text.trim().is_empty() && text.trim() == text, "a passage is trimmed text");
            assert!(!passage.sentences.is_empty(), "a passage has sentences");
            let boilerplate = document.blocks.iter().filter(|block| block.kind == BlockKind::Boilerplate);
            assert!(
                boilerplate.clone().all(|block| !block.span.overlaps(passage.span)),
                "boilerplate in a passage"
            );
        }
    }
}
