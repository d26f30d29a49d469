//! Document ids.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest id in bytes.
const MAX_LEN: usize = 1024;

/// A document's id: its path below the corpus folder with `/` between parts, and for a record of a
/// JSON lines file `#` and the record's `_id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentId(String);

/// Text that cannot be a document id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a document id: {reason}")]
pub struct InvalidDocumentId {
    reason: &'static str,
}

impl DocumentId {
    /// Checks and wraps an id.
    ///
    /// # Errors
    /// Empty, longer than 1,024 bytes, with a control character, beginning with `/`, or with a `..`
    /// part before any `#`.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidDocumentId> {
        let id = id.into();
        let path = id.split('#').next().unwrap_or_default();
        let reason = if path.is_empty() {
            "it is empty"
        } else if id.len() > MAX_LEN {
            "it is longer than 1024 bytes"
        } else if id.chars().any(char::is_control) {
            "it holds a control character"
        } else if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            "it leaves the corpus folder"
        } else {
            return Ok(Self(id));
        };
        Err(InvalidDocumentId { reason })
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of the file it came from, relative to the corpus folder.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split('#').next().unwrap_or_default()
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for DocumentId {
    type Error = InvalidDocumentId;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::new(id)
    }
}

impl From<DocumentId> for String {
    fn from(id: DocumentId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_in_the_corpus() {
        for bad in ["", "/etc/passwd", "../x.md", "a/../../x", "a\nb", "#x"] {
            assert!(DocumentId::new(bad).is_err(), "{bad:?} was accepted");
        }
        assert!(DocumentId::new("x".repeat(1025)).is_err());
        for good in ["a.md", "Ünïcode name.txt", "faq.jsonl#CDC/../1", "a..b.md"] {
            assert!(DocumentId::new(good).is_ok(), "{good:?} was refused");
        }
        assert_eq!(DocumentId::new("f/faq.jsonl#7").unwrap().path(), "f/faq.jsonl");
    }
}
