//! Bodies of the HTTP calls.

use serde::{Deserialize, Serialize};

use super::answer::Reference;
use super::code::ErrorCode;
use super::number::{range, round4, whole};
use crate::retrieve::RankedPassage;

/// `POST /api/v1/ask`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// As typed.
    pub question: String,
    /// At most this many quotes, 1 to 10; 3 where it is left out.
    #[serde(default, deserialize_with = "whole", skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Name of the conversation, 16 to 128 characters, chosen by the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The one document to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Whether the words are to be taken as they are: spelling not mended, nothing left out, nothing carried
    /// over from before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_typed: bool,
}

/// `POST /api/v1/visitors`: a session for a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitorRequest {
    /// Origin of the page, as in `https://clinic.example`.
    pub origin: String,
}

/// A session that nobody is connected to yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorResponse {
    /// Its name.
    pub session: String,
    /// What the page shows to go on with it; bound to the origin.
    pub token: String,
    /// How long it can be taken up, and after each use gone on with.
    pub expires_in_secs: u64,
}

impl std::fmt::Debug for VisitorResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VisitorResponse").field("session", &self.session).finish_non_exhaustive()
    }
}

/// `POST /api/v1/search`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// As typed.
    pub question: String,
    /// At most this many passages, 1 to 100; 10 where it is left out.
    #[serde(default, deserialize_with = "whole", skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What was found, for programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchResponse<'a> {
    /// Best first.
    pub hits: Vec<Hit<'a>>,
}

/// A ranked passage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit<'a> {
    /// From 1.
    pub rank: usize,
    /// Raw score.
    pub score: f64,
    /// Id of the document.
    pub document: String,
    /// Place of the passage in its document, from 0.
    pub ordinal: u32,
    /// The passage, verbatim.
    pub text: String,
    /// Where it stands.
    pub reference: Reference<'a>,
    /// What explains the score; names may change between versions.
    pub features: serde_json::Value,
}

impl<'a> Hit<'a> {
    /// The hit on the wire; `reference` is the passage's.
    #[must_use]
    pub fn new(hit: &RankedPassage, reference: Reference<'a>) -> Self {
        let passage = hit.document.passages.get(hit.passage as usize);
        Self {
            rank: hit.rank,
            score: round4(hit.score),
            document: hit.document.id.to_string(),
            ordinal: hit.passage,
            text: passage.map(|passage| hit.document.slice(passage.span)).unwrap_or_default().to_owned(),
            reference,
            features: serde_json::to_value(hit.features).unwrap_or_default(),
        }
    }
}

/// `POST /api/v1/verify`: does this quote stand?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// Id of the document.
    pub document: String,
    /// Revision that the bytes belong to.
    pub revision: String,
    /// Half-open range of bytes.
    #[serde(deserialize_with = "range")]
    pub bytes: (usize, usize),
    /// SHA-256 of the slice, 64 hexadecimal digits.
    pub sha256: String,
}

/// Whether it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyResponse {
    /// Whether it stands.
    pub valid: bool,
    /// If so, the slice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// If not, why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `GET /readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Whether questions are answered.
    pub ready: bool,
    /// Revision of the index.
    pub index: Option<String>,
    /// Documents in it.
    pub documents: u64,
    /// Passages in it.
    pub passages: u64,
    /// Progress of the sentence vectors.
    pub vectors: Vectors,
}

/// Progress of the sentence vectors; both 0 where none are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vectors {
    /// Texts that have one.
    pub done: u64,
    /// Texts that need one yet. Until it is 0, passages are found by their words alone.
    pub pending: u64,
}

/// An error over HTTP: `application/problem+json`, RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Always `about:blank`: `code` says which it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the code means.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Which error.
    pub code: ErrorCode,
    /// What was wrong with this request.
    pub detail: String,
    /// When trying again may help, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl Problem {
    /// A document was named that is not served.
    #[must_use]
    pub fn unknown_document() -> Self {
        Self::new(ErrorCode::NotFound, "there is no document with this id")
    }

    /// The problem `code`, explained by `detail`.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".into(),
            title: code.title().into(),
            status: code.status(),
            code,
            detail: detail.into(),
            retry_after_ms: None,
        }
    }

    /// The same with a time after which trying again may help.
    #[must_use]
    pub fn retry_after_ms(self, retry_after_ms: Option<u64>) -> Self {
        Self { retry_after_ms, ..self }
    }
}
