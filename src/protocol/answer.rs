//! The answer on the wire: the one object that every door returns.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::link::document_address;
use super::number::{millis, round4};
use crate::answer::{self, NotFoundReason, NoticeKind, Outcome, Relation};
use crate::text::Span;

/// An answer; see `docs/protocol.md` for the meaning of each member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct Answer<'a> {
    pub outcome: Cow<'a, str>,
    pub confidence: f64,
    pub reason: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_as: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction<'a>>,
    pub message: Option<Cow<'a, str>>,
    pub notice: Option<Notice<'a>>,
    pub citations: Vec<Citation<'a>>,
    pub related: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_for: Vec<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<NearPlace<'a>>,
    pub index: Cow<'a, str>,
    pub took_ms: f64,
}

/// A heading near to what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct NearPlace<'a> {
    pub title: Cow<'a, str>,
    pub section: Vec<Cow<'a, str>>,
    pub link: String,
}

/// A word read otherwise than typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct Correction<'a> {
    pub from: Cow<'a, str>,
    pub to: Cow<'a, str>,
}

/// The operator's safety text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct Notice<'a> {
    pub kind: Cow<'a, str>,
    pub title: Cow<'a, str>,
    pub text: Cow<'a, str>,
    pub actions: Vec<NoticeAction<'a>>,
}

/// A link in a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct NoticeAction<'a> {
    pub label: Cow<'a, str>,
    pub href: Cow<'a, str>,
}

/// A quote and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct Citation<'a> {
    pub rank: usize,
    pub score: f64,
    pub confidence: f64,
    pub quote: Cow<'a, str>,
    pub runs: Vec<Run<'a>>,
    pub passage: Cow<'a, str>,
    pub lead_in: Option<Cow<'a, str>>,
    pub reference: Reference<'a>,
}

/// A piece of a quote; the pieces joined are the quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run<'a> {
    /// The piece, verbatim. Never empty.
    pub text: Cow<'a, str>,
    /// Whether it matches the question.
    #[serde(rename = "match")]
    pub matches: bool,
}

/// Where a quote stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct Reference<'a> {
    pub document: Cow<'a, str>,
    pub title: Cow<'a, str>,
    pub section: Vec<Cow<'a, str>>,
    pub lines: (usize, usize),
    pub page: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_page: Option<u32>,
    pub bytes: (usize, usize),
    pub revision: Cow<'a, str>,
    pub sha256: Cow<'a, str>,
    pub url: Option<Cow<'a, str>>,
    pub link: String,
    pub reviewed: Option<Cow<'a, str>>,
    pub language: Option<Cow<'a, str>>,
    pub bibliography: Vec<Bibliography<'a>>,
}

/// An entry of the document's own list of references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "described in docs/protocol.md and openapi.json")]
pub struct Bibliography<'a> {
    pub label: Cow<'a, str>,
    pub text: Cow<'a, str>,
    pub url: Option<Cow<'a, str>>,
    pub doi: Option<Cow<'a, str>>,
    pub relation: Cow<'a, str>,
}

fn optional(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref().map(Cow::Borrowed)
}

/// Cuts `quote` at the borders of `matches`. Whatever the matches, the pieces joined are the quote: a match
/// that does not fit it, or overlaps the one before, is left unmarked.
fn runs<'a>(quote: &'a str, matches: &[Span]) -> Vec<Run<'a>> {
    let mut runs = Vec::with_capacity(matches.len() * 2 + 1);
    let mut push = |span: Span, matches: bool| {
        if let Some(text) = span.slice(quote).filter(|text| !text.is_empty()) {
            runs.push(Run { text: text.into(), matches });
        }
    };
    let mut at = 0;
    for &span in matches {
        if span.start() < at || span.is_empty() || span.slice(quote).is_none() {
            continue;
        }
        push(Span::new(at, span.start()), false);
        push(span, true);
        at = span.end();
    }
    push(Span::new(at, quote.len()), false);
    runs
}

impl<'a> From<&'a answer::Answer> for Answer<'a> {
    fn from(answer: &'a answer::Answer) -> Self {
        Self {
            outcome: outcome(answer.outcome).into(),
            confidence: round4(answer.confidence),
            reason: answer.reason.map(|reason| not_found_reason(reason).into()),
            read_as: optional(&answer.read_as),
            corrections: answer.corrections.iter().map(Correction::from).collect(),
            message: optional(&answer.message),
            notice: answer.notice.as_ref().map(Notice::from),
            citations: answer.citations.iter().map(Citation::from).collect(),
            related: answer.related.iter().map(|question| question.as_str().into()).collect(),
            looked_for: answer.looked_for.iter().map(|word| word.as_str().into()).collect(),
            nearest: answer.nearest.iter().map(NearPlace::from).collect(),
            index: answer.index.as_str().into(),
            took_ms: millis(answer.took),
        }
    }
}

impl<'a> From<&'a answer::NearPlace> for NearPlace<'a> {
    fn from(place: &'a answer::NearPlace) -> Self {
        Self {
            title: place.title.as_str().into(),
            section: place.section.iter().map(|heading| heading.as_str().into()).collect(),
            link: document_address(place.document.as_str(), &place.revision, place.span),
        }
    }
}

impl<'a> From<&'a answer::NoticeAction> for NoticeAction<'a> {
    fn from(action: &'a answer::NoticeAction) -> Self {
        Self { label: action.label.as_str().into(), href: action.href.as_str().into() }
    }
}

impl<'a> From<&'a answer::Correction> for Correction<'a> {
    fn from(correction: &'a answer::Correction) -> Self {
        Self { from: correction.from.as_str().into(), to: correction.to.as_str().into() }
    }
}

impl<'a> From<&'a answer::Notice> for Notice<'a> {
    fn from(notice: &'a answer::Notice) -> Self {
        let kind = match notice.kind {
            NoticeKind::Emergency => "emergency",
            NoticeKind::Crisis => "crisis",
        };
        let actions = notice.actions.iter();
        Self {
            kind: kind.into(),
            title: notice.title.as_str().into(),
            text: notice.text.as_str().into(),
            actions: actions.map(NoticeAction::from).collect(),
        }
    }
}

impl<'a> From<&'a answer::Citation> for Citation<'a> {
    fn from(citation: &'a answer::Citation) -> Self {
        Self {
            rank: citation.rank,
            score: round4(citation.score),
            confidence: round4(citation.confidence),
            quote: citation.quote.as_str().into(),
            runs: runs(&citation.quote, &citation.matches),
            passage: citation.passage.as_str().into(),
            lead_in: optional(&citation.lead_in),
            reference: Reference::from(&citation.reference),
        }
    }
}

impl<'a> From<&'a answer::Reference> for Reference<'a> {
    fn from(reference: &'a answer::Reference) -> Self {
        Self {
            document: reference.document.as_str().into(),
            title: reference.title.as_str().into(),
            section: reference.section.iter().map(|heading| heading.as_str().into()).collect(),
            lines: reference.lines,
            page: reference.pages.map(|(first, _)| first),
            last_page: reference.pages.filter(|(first, last)| first < last).map(|(_, last)| last),
            bytes: reference.span.into(),
            revision: reference.revision.as_str().into(),
            sha256: reference.sha256.as_str().into(),
            url: optional(&reference.url),
            link: document_address(reference.document.as_str(), &reference.revision, reference.span),
            reviewed: optional(&reference.reviewed),
            language: optional(&reference.language),
            bibliography: reference.bibliography.iter().map(Bibliography::from).collect(),
        }
    }
}

impl<'a> From<&'a answer::Literature> for Bibliography<'a> {
    fn from(entry: &'a answer::Literature) -> Self {
        let relation = match entry.relation {
            Relation::Cited => "cited",
            Relation::Related => "related",
        };
        Self {
            label: entry.label.as_str().into(),
            text: entry.text.as_str().into(),
            url: optional(&entry.url),
            doi: optional(&entry.doi),
            relation: relation.into(),
        }
    }
}

/// The name of an outcome on the wire.
pub(crate) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::LowConfidence => "low_confidence",
        Outcome::NotFound => "not_found",
        Outcome::RedFlag => "red_flag",
        Outcome::SmallTalk => "small_talk",
        Outcome::Handoff => "handoff",
    }
}

const fn not_found_reason(reason: NotFoundReason) -> &'static str {
    match reason {
        NotFoundReason::NoMatch => "no_match",
        NotFoundReason::OffTopic => "off_topic",
        NotFoundReason::TooVague => "too_vague",
        NotFoundReason::Empty => "empty",
        NotFoundReason::Language => "language",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn matched_words_are_marked() {
        let runs = runs("over days", &[Span::new(5, 9)]);
        assert_eq!(
            runs,
            [Run { text: "over ".into(), matches: false }, Run { text: "days".into(), matches: true }]
        );
    }

    proptest! {
        #[test]
        fn runs_joined_are_the_quote_whatever_the_matches(
            quote in "\\PC{0,40}",
            matches in prop::collection::vec((0usize..60, 0usize..60), 0..8),
        ) {
            let matches: Vec<Span> = matches.into_iter().map(Span::from).collect();
            let runs = runs(&quote, &matches);
            prop_assert!(runs.iter().all(|run| !run.text.is_empty()));
            prop_assert_eq!(runs.iter().map(|run| run.text.as_ref()).collect::<String>(), quote);
        }
    }
}
