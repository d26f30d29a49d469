//! What an answer is made of.

use std::time::Duration;

use crate::document::DocumentId;
use crate::text::Span;

/// How a question was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// At least one quote answers.
    Answered,
    /// Quotes are shown with a caution.
    LowConfidence,
    /// The documents do not answer; see [`Answer::reason`].
    NotFound,
    /// A safety notice stands beside whatever was found.
    RedFlag,
    /// Greeting, thanks and the like.
    SmallTalk,
    /// A person was asked for.
    Handoff,
}

/// Why nothing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotFoundReason {
    /// No word of the question is in the documents, or no passage holds enough of it.
    NoMatch,
    /// About something that the documents do not deal with.
    OffTopic,
    /// Nothing in the question says what is asked about.
    TooVague,
    /// Nothing was asked.
    Empty,
    /// Asked in another language than the documents'.
    Language,
}

/// A word read otherwise than typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// As typed.
    pub from: String,
    /// As read.
    pub to: String,
}

/// The operator's fixed safety text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which kind of danger.
    pub kind: NoticeKind,
    /// One line.
    pub title: String,
    /// A short paragraph.
    pub text: String,
    /// What can be done at once, e.g. a number to call.
    pub actions: Vec<NoticeAction>,
}

/// Kinds of danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Bodily.
    Emergency,
    /// Of the mind.
    Crisis,
}

/// A link in a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeAction {
    /// What it says.
    pub label: String,
    /// Where it leads, e.g. `tel:112`.
    pub href: String,
}

/// How a bibliography entry relates to a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The text marks it there.
    Cited,
    /// Only the words match.
    Related,
}

/// A bibliography entry behind a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literature {
    /// The entry's label in the document.
    pub label: String,
    /// The entry, verbatim.
    pub text: String,
    /// First web address in it.
    pub url: Option<String>,
    /// First digital object identifier in it.
    pub doi: Option<String>,
    /// Cited or only related.
    pub relation: Relation,
}

/// Where a quote stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// Headings from the outermost inwards.
    pub section: Vec<String>,
    /// First and last line of the quote in the canonical text, from 1.
    pub lines: (usize, usize),
    /// First and last page of the quote, from 1, for formats that have pages.
    pub pages: Option<(u32, u32)>,
    /// Bytes of the quote in the canonical text, half-open.
    pub span: Span,
    /// Revision of the document that the bytes belong to.
    pub revision: String,
    /// SHA-256 of the quote's bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Where the document is published.
    pub url: Option<String>,
    /// Date of review that the document gives.
    pub reviewed: Option<String>,
    /// Language of the document, BCP 47.
    pub language: Option<String>,
    /// The document's own literature behind the quote, cited entries first.
    pub bibliography: Vec<Literature>,
}

/// A quote and where it stands. Made only in `answer/cite.rs`, by slicing the stored document.
#[derive(Debug, Clone, PartialEq)]
pub struct Citation {
    /// From 1.
    pub rank: usize,
    /// Raw score of the passage.
    pub score: f32,
    /// How sure we are that the quote answers, 0 to 1.
    pub confidence: f32,
    /// What answers, verbatim.
    pub quote: String,
    /// Parts of the quote that match the question, ascending, in bytes relative to the quote.
    pub matches: Vec<Span>,
    /// The quote's surroundings, verbatim; the quote is a slice of it.
    pub passage: String,
    /// The list's lead-in or table's header row that belongs with the quote, verbatim, where it is not
    /// in the quote.
    pub lead_in: Option<String>,
    /// Where it stands.
    pub reference: Reference,
}

/// A heading near to what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPlace {
    /// The document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// Headings from the outermost inwards.
    pub section: Vec<String>,
    /// Revision of the document that the bytes belong to.
    pub revision: String,
    /// Bytes of the innermost heading in the canonical text, or of the passage where it has none.
    pub span: Span,
}

/// What every door returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How the question was dealt with.
    pub outcome: Outcome,
    /// How sure we are that the first quote answers, 0 to 1.
    pub confidence: f32,
    /// With [`Outcome::NotFound`]: why.
    pub reason: Option<NotFoundReason>,
    /// The question as read, where that differs from what was typed.
    pub read_as: Option<String>,
    /// Words read otherwise than typed.
    pub corrections: Vec<Correction>,
    /// The operator's fixed text.
    pub message: Option<String>,
    /// The operator's safety text.
    pub notice: Option<Notice>,
    /// Quotes, best first.
    pub citations: Vec<Citation>,
    /// Questions that the documents answer.
    pub related: Vec<String>,
    /// With [`Outcome::NotFound`]: the words that were looked for.
    pub looked_for: Vec<String>,
    /// With [`Outcome::NotFound`]: the headings that come nearest.
    pub nearest: Vec<NearPlace>,
    /// Revision of the index that answered.
    pub index: String,
    /// Time taken.
    pub took: Duration,
}

impl Answer {
    /// One that says and quotes nothing, of the revision `index` of the index.
    #[must_use]
    pub fn bare(outcome: Outcome, index: &str) -> Self {
        Self {
            outcome,
            confidence: 0.0,
            reason: None,
            read_as: None,
            corrections: Vec::new(),
            message: None,
            notice: None,
            citations: Vec::new(),
            related: Vec::new(),
            looked_for: Vec::new(),
            nearest: Vec::new(),
            index: index.to_owned(),
            took: Duration::ZERO,
        }
    }
}
