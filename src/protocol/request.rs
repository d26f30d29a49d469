//! Requests: read from bytes, and taken as what they ask of the engine.

use serde::de::DeserializeOwned;

use super::answer::Reference;
use super::code::ErrorCode;
use super::http::{AskRequest, Hit, Problem, SearchRequest, SearchResponse, VerifyRequest, VerifyResponse};
use crate::answer::{Claim, Verdict, reference_to_passage};
use crate::document::DocumentId;
use crate::retrieve::{DEFAULT_LIMIT, Question, RankedPassage};

/// Most quotes that one answer may hold.
const MAX_QUOTES: usize = 10;
/// Most passages that one search may give, and how many it gives when nobody says.
const MAX_HITS: usize = 100;
const DEFAULT_HITS: usize = 10;

/// Reads a request body.
///
/// # Errors
/// `bad_json` or `bad_request`.
pub fn read_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // Serde reads a struct from an array too; the calls take objects only.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::new(ErrorCode::BadRequest, "the body must be an object"));
    }
    serde_json::from_slice(body).map_err(|error| {
        let code = if error.is_data() { ErrorCode::BadRequest } else { ErrorCode::BadJson };
        Problem::new(code, error.to_string())
    })
}

/// Accepts the text of a question of at most `max_chars` characters.
///
/// # Errors
/// `question_too_long`.
pub fn question(text: &str, max_chars: usize) -> Result<Question, Problem> {
    Question::new(text, max_chars)
        .map_err(|error| Problem::new(ErrorCode::QuestionTooLong, error.to_string()))
}

impl AskRequest {
    /// What is asked, in at most `max_chars` characters.
    ///
    /// # Errors
    /// `question_too_long`, or `bad_request` for a `limit` or `document` that cannot be.
    pub fn question(&self, max_chars: usize) -> Result<Question, Problem> {
        let limit = limit(self.limit, DEFAULT_LIMIT, MAX_QUOTES)?;
        let question = question(&self.question, max_chars)?.with_limit(limit).as_typed(self.as_typed);
        let Some(id) = &self.document else { return Ok(question) };
        let id = DocumentId::new(id.as_str())
            .map_err(|error| Problem::new(ErrorCode::BadRequest, error.to_string()))?;
        Ok(question.within(id))
    }
}

impl SearchRequest {
    /// What is looked for, in at most `max_chars` characters.
    ///
    /// # Errors
    /// `question_too_long`, or `bad_request` for a `limit` that cannot be.
    pub fn question(&self, max_chars: usize) -> Result<Question, Problem> {
        let limit = limit(self.limit, DEFAULT_HITS, MAX_HITS)?;
        Ok(question(&self.question, max_chars)?.with_limit(limit))
    }
}

impl SearchResponse<'_> {
    /// Gives what was found to `write`.
    pub fn of<T>(found: &[RankedPassage], write: impl FnOnce(&SearchResponse<'_>) -> T) -> T {
        let references: Vec<_> =
            found.iter().map(|hit| reference_to_passage(&hit.document, hit.passage)).collect();
        let hits =
            found.iter().zip(&references).map(|(hit, reference)| Hit::new(hit, Reference::from(reference)));
        write(&SearchResponse { hits: hits.collect() })
    }
}

impl From<VerifyRequest> for Claim {
    fn from(request: VerifyRequest) -> Self {
        let VerifyRequest { document, revision, bytes, sha256 } = request;
        Self { document, revision, span: bytes, sha256 }
    }
}

impl From<Verdict> for VerifyResponse {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid { quote } => Self { valid: true, quote: Some(quote), reason: None },
            Verdict::Invalid { reason } => Self { valid: false, quote: None, reason: Some(reason) },
        }
    }
}

fn limit(wanted: Option<usize>, default: usize, max: usize) -> Result<usize, Problem> {
    match wanted {
        None => Ok(default),
        Some(limit) if (1..=max).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::new(ErrorCode::BadRequest, format!("`limit` must be 1 to {max}"))),
    }
}
