//! Checking a quote that somebody holds.

use crate::document::{Document, sha256_hex};
use crate::text::Span;

/// What somebody says that a document holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Id of the document.
    pub document: String,
    /// Revision that the bytes belong to.
    pub revision: String,
    /// Bytes in the canonical text, half-open.
    pub span: (usize, usize),
    /// SHA-256 of these bytes, 64 hexadecimal digits.
    pub sha256: String,
}

/// Whether a claim stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It stands; the slice.
    Valid {
        /// The bytes claimed, verbatim.
        quote: String,
    },
    /// It does not.
    Invalid {
        /// Why, in plain words.
        reason: String,
    },
}

/// Checks `claim` against `document`, the document of that id, if there is one.
#[must_use]
pub fn verify(document: Option<&Document>, claim: &Claim) -> Verdict {
    let invalid = |reason: &str| Verdict::Invalid { reason: reason.to_owned() };
    let Some(document) = document else { return invalid("no document of that id is served") };
    if document.revision.as_str() != claim.revision {
        return invalid("the document is served in another revision");
    }
    let (start, end) = claim.span;
    if start >= end {
        return invalid("the range of bytes is empty");
    }
    let Some(quote) = Span::new(start, end).slice(&document.text) else {
        return invalid("the bytes lie outside the document or cut a character");
    };
    if !sha256_hex(quote.as_bytes()).eq_ignore_ascii_case(&claim.sha256) {
        return invalid("the hash is of other bytes");
    }
    Verdict::Valid { quote: quote.to_owned() }
}
