//! Which sentences of a passage answer.
//!
//! The best sentence by the weight of the question's words in it and by the kind of statement that is
//! wanted; its neighbours where they hold nearly as much. A lead-in is never quoted without its list: it
//! brings the whole list where that is short, else as many items as fit.

use crate::document::{Document, Group, GroupKind, Passage, PassageKind};
use crate::retrieve::{QuestionKind, RankedPassage, Reading};
use crate::text::Span;

/// What the wanted kind of statement counts, as a share of the question's weight.
const KIND_SHARE: f32 = 0.8;
/// A neighbour joins the quote when it holds at least this share of the best sentence's score.
const NEIGHBOUR_SHARE: f32 = 0.7;
/// Longest run of sentences that is quoted of running text.
const MAX_RUN: usize = 3;

/// A stretch to quote, and the surroundings to show with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extract {
    /// What answers.
    pub(super) quote: Span,
    /// What surrounds it; holds `quote`.
    pub(super) passage: Span,
    /// Lead-in or header row that belongs with the quote and is not in it.
    pub(super) lead_in: Option<Span>,
}

/// Chooses what to quote of `ranked`, at most `max_words` words of it.
pub(super) fn extract(reading: &Reading, ranked: &RankedPassage, max_words: usize) -> Option<Extract> {
    let document = &*ranked.document;
    let passage = ranked.get()?;
    let group = passage.group.and_then(|at| document.groups.get(at as usize));
    if let Some(group) = group.filter(|group| wants_group(reading, document, passage, group))
        && let Some(quote) = group_quote(document, group, passage, max_words)
    {
        return Some(Extract { quote, passage: group.span.cover(quote), lead_in: None });
    }
    let quote = sentences(reading, ranked, passage, max_words)?;
    let lead_in =
        passage.context.filter(|context| !context.overlaps(quote) && !passage.span.overlaps(*context));
    Some(Extract { quote, passage: passage.span, lead_in })
}

/// Whether the whole list or table is the answer: the passage is its lead-in, or several things were
/// asked for and the passage is not singled out by the question.
fn wants_group(reading: &Reading, document: &Document, passage: &Passage, group: &Group) -> bool {
    if group.kind == GroupKind::Section {
        return false;
    }
    let is_lead_in = group.lead_in.is_some_and(|lead_in| lead_in.overlaps(passage.span));
    let is_item = passage.kind == PassageKind::ListItem && document.slice(group.span).len() < 2000;
    is_lead_in || (is_item && reading.kind == QuestionKind::Several && group.lead_in.is_some())
}

/// The whole group, or from its lead-in as far as whole passages fit. The passage that was found must be
/// in it.
fn group_quote(document: &Document, group: &Group, passage: &Passage, max_words: usize) -> Option<Span> {
    if words(document, group.span) <= max_words {
        return Some(group.span);
    }
    let members = document.passages.get(group.first as usize..group.end as usize)?;
    let start = group.span.start();
    let fitting = members.iter().map(|member| Span::new(start, member.span.end().max(start)));
    let quote = fitting.take_while(|&span| words(document, span) <= max_words).last()?;
    let lead_in_only = group.lead_in.is_some_and(|lead_in| quote.end() <= lead_in.end());
    (quote.contains(passage.span) && !lead_in_only).then_some(quote)
}

fn sentences(reading: &Reading, ranked: &RankedPassage, passage: &Passage, max_words: usize) -> Option<Span> {
    let document = &*ranked.document;
    let score = |sentence: Span| {
        let kind = match reading.kind.evidence(document.slice(sentence)) {
            Some(true) => KIND_SHARE * reading.total_weight.max(1.0),
            _ => 0.0,
        };
        ranked.evidence.weight_within(reading, sentence) + kind
    };
    let heading = passage.section.and_then(|at| document.sections.get(at as usize)).map(|s| s.heading);
    let body: Vec<(Span, f32)> = passage
        .sentences
        .iter()
        .filter(|sentence| heading.is_none_or(|heading| !sentence.contains(heading)))
        .map(|&sentence| (sentence, score(sentence)))
        .collect();
    let best = body.iter().map(|&(_, score)| score).fold(f32::MIN, f32::max);
    let at = body.iter().position(|&(_, score)| score >= best);
    let Some(at) = at else { return shorten(document, passage.span, max_words) };
    let (mut first, mut last) = (at, at);
    let joins =
        |at: usize| body.get(at).is_some_and(|&(_, score)| score > 0.0 && score >= NEIGHBOUR_SHARE * best);
    let span = |first: usize, last: usize| Some(body.get(first)?.0.cover(body.get(last)?.0));
    let fits = |first, last| span(first, last).is_some_and(|span| words(document, span) <= max_words);
    while last + 1 - first < MAX_RUN && joins(last + 1) && fits(first, last + 1) {
        last += 1;
    }
    while last + 1 - first < MAX_RUN && first > 0 && joins(first - 1) && fits(first - 1, last) {
        first -= 1;
    }
    shorten(document, span(first, last)?, max_words)
}

/// The first `max_words` words of `span`, for a sentence that is longer than a quote may be.
fn shorten(document: &Document, span: Span, max_words: usize) -> Option<Span> {
    let text = document.slice(span);
    let mut ends = text.split_whitespace().map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        start + word.len()
    });
    let last =
        if words(document, span) <= max_words { ends.next_back() } else { ends.nth(max_words.max(1) - 1) };
    last.map(|end| Span::new(span.start(), span.start() + end))
}

/// Number of words of `span`, by white space.
pub(super) fn words(document: &Document, span: Span) -> usize {
    document.slice(span).split_whitespace().count()
}
