//! What the tools are called with. Members that are not known are refused, so that a model hears of its slip.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::protocol::{AskRequest, ErrorCode, Problem, SearchRequest, VerifyRequest};

/// Reads the arguments of a call.
///
/// # Errors
/// `bad_request`.
pub(super) fn read<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, Problem> {
    serde_json::from_value(Value::Object(arguments))
        .map_err(|error| Problem::new(ErrorCode::BadRequest, error.to_string()))
}

/// Of `ask`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    question: String,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    document: Option<String>,
}

impl From<Ask> for AskRequest {
    fn from(ask: Ask) -> Self {
        let Ask { question, limit, document } = ask;
        Self { question, limit, document, session: None, as_typed: false }
    }
}

/// Of `search`.
pub(super) type Search = SearchRequest;

/// Of `read_document`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadDocument {
    pub(super) document: String,
    /// First byte.
    #[serde(default)]
    pub(super) from: Option<usize>,
    /// How many bytes at most.
    #[serde(default)]
    pub(super) length: Option<usize>,
}

/// Of `verify_quote`: what a reference says, or the words alone, or both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifyQuote {
    pub(super) document: String,
    #[serde(default)]
    pub(super) quote: Option<String>,
    #[serde(default)]
    revision: Option<String>,
    #[serde(default)]
    bytes: Option<(usize, usize)>,
    #[serde(default)]
    sha256: Option<String>,
}

impl VerifyQuote {
    /// The place that is named; none where only the words are.
    ///
    /// # Errors
    /// `bad_request` where neither is given, or a part of a place.
    pub(super) fn place(&self) -> Result<Option<VerifyRequest>, Problem> {
        match (&self.revision, self.bytes, &self.sha256) {
            (Some(revision), Some(bytes), Some(sha256)) => {
                let (document, revision, sha256) = (self.document.clone(), revision.clone(), sha256.clone());
                Ok(Some(VerifyRequest { document, revision, bytes, sha256 }))
            }
            (None, None, None) if self.quote.is_some() => Ok(None),
            _ => Err(Problem::new(
                ErrorCode::BadRequest,
                "give `revision`, `bytes` and `sha256` as the reference has them, or `quote`, or all four",
            )),
        }
    }
}
