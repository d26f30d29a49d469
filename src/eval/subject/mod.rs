//! What is measured: an engine in this process or a running server, asked in the same way.

mod bm25;
mod inside;
mod outside;

use serde::{Deserialize, Serialize};

pub use bm25::Bm25;
pub use inside::{Inside, prepare_engine};
pub use outside::Outside;

use super::EvalError;
use crate::protocol;

/// A quote as it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// Id of the document as judgements name it.
    pub document: String,
    /// Verbatim.
    pub text: String,
    /// Bytes in the document's text, half-open.
    pub bytes: (usize, usize),
    /// As the system gave it.
    pub confidence: f64,
}

/// What was answered to one question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// As on the wire, e.g. `answered`.
    pub outcome: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// Kind of the safety notice, where one stands beside the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The question as read, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_as: Option<String>,
    /// Quotes, best first, also where the outcome keeps them back.
    pub quotes: Vec<Quote>,
    /// How many of them were shown.
    pub shown: usize,
    /// Milliseconds taken, as the system says.
    pub took_ms: f64,
}

impl Given {
    /// What the wire says.
    #[must_use]
    pub fn of(answer: &protocol::Answer<'_>) -> Self {
        let quotes: Vec<Quote> = answer
            .citations
            .iter()
            .map(|citation| Quote {
                document: judged_id(&citation.reference.document).to_owned(),
                text: citation.quote.to_string(),
                bytes: citation.reference.bytes,
                confidence: citation.confidence,
            })
            .collect();
        Self {
            outcome: answer.outcome.to_string(),
            confidence: answer.confidence,
            notice: answer.notice.as_ref().map(|notice| notice.kind.to_string()),
            read_as: answer.read_as.as_ref().map(ToString::to_string),
            shown: quotes.len(),
            quotes,
            took_ms: answer.took_ms,
        }
    }
}

/// A passage that was found, for measures over documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Id of the document as judgements name it.
    pub document: String,
    /// Raw score.
    pub score: f64,
}

/// A passage considered, with its features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Considered {
    /// Id of the document as judgements name it.
    pub document: String,
    /// Place of the passage in its document, from 0.
    pub passage: u32,
    /// Bytes in the document's text, half-open.
    pub bytes: (usize, usize),
    /// What would be quoted of it, verbatim; empty where nothing would.
    pub text: String,
    /// What the order is by.
    pub score: f64,
    /// What the score is made of, by name.
    pub features: Vec<(String, f64)>,
    /// How good it is for the question, as far as the set tells: filled in by the run.
    #[serde(default)]
    pub grade: u32,
}

/// How an answer came about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Insight {
    /// How the question was read, for people.
    pub reading: String,
    /// Best first.
    pub considered: Vec<Considered>,
    /// What the confidence is made of, by name.
    pub signals: Vec<(String, f64)>,
    /// What was found for a question that may lean on a conversation, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_up: Vec<FoundAfter>,
}

/// A quote that was found for a question with history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundAfter {
    /// The quote.
    pub quote: Quote,
    /// What its place is by, by name.
    pub figures: Vec<(String, f64)>,
    /// Whether it is right, as far as the set tells: filled in by the run.
    #[serde(default)]
    pub right: bool,
}

/// What is measured.
pub trait Subject: Sync {
    /// Answers `question`, asked after `history`.
    ///
    /// # Errors
    /// It could not be asked.
    fn ask(&self, question: &str, history: &[String]) -> Result<Given, EvalError>;

    /// The passages for `question` after `history`, best first, at most `limit`.
    ///
    /// # Errors
    /// It could not be asked.
    fn search(&self, question: &str, history: &[String], limit: usize) -> Result<Vec<Found>, EvalError>;

    /// How the answer to `question` after `history` comes about; `None` where the system does not tell.
    ///
    /// # Errors
    /// It could not be asked.
    fn explain(&self, question: &str, history: &[String], limit: usize)
    -> Result<Option<Insight>, EvalError>;

    /// The text of a document as judgements name it; `None` where it is not known.
    ///
    /// # Errors
    /// It could not be asked.
    fn document_text(&self, id: &str) -> Result<Option<String>, EvalError>;

    /// One line for reports: what was asked.
    fn describe(&self) -> String;
}

/// The id that judgements use: of a record of a JSON lines file what follows `#`, else the path.
#[must_use]
pub fn judged_id(id: &str) -> &str {
    id.split_once('#').map_or(id, |(_, record)| record)
}
