//! A message with history: looked up in several ways, and the best of what they find.
//!
//! The words alone seldom tell what a follow-up is about, or whether a message is one: "and back to my desk?", "how far
//! back would that push me". So it is looked up as typed, with what its words lean on, and with the question before
//! behind it; in all documents, and in the one spoken of. What is found is put together, and ordered by what is learned
//! from conversations.

use std::sync::Arc;
use std::time::Instant;

use super::follow_up::{Leaning, Place, Way};
use super::{AskError, Documented, Engine, FoundAfter};
use crate::answer::{Answer, Citation, NotFoundReason, requoted};
use crate::conversation::{Exchange, Standalone, StandaloneKind};
use crate::retrieve::{DEFAULT_LIMIT, Finder, Question};

/// A question that stands by itself and is answered so surely from the document spoken of is looked up in no other way.
const SURE: f32 = 0.8;
/// A document with fewer passages is about one thing, and a follow-up may well leave it.
const MIN_PASSAGES: usize = 12;
/// Most readings by its words that a question is looked up in.
const MAX_READINGS: usize = 2;
/// Most characters of the question before that are put behind a question.
const MAX_BEFORE: usize = 200;

/// A question as read, and its answer.
pub(super) struct AnswerAfter {
    pub(super) read: String,
    pub(super) answer: Arc<Answer>,
    /// Everything found, best first, where it was looked up in several ways.
    pub(super) found: Vec<FoundAfter>,
}

/// `question`, of which the words say that it is to be read as `read` after `history`, and its answer.
pub(super) fn answer(
    engine: &Engine,
    finder: &Finder,
    history: &[Exchange],
    question: &Question,
    read: Standalone,
) -> Result<AnswerAfter, AskError> {
    let begun = Instant::now();
    let alone = |text: String| -> Result<AnswerAfter, AskError> {
        let answer = engine.documents_answer(finder, &question.reworded(&text, longest(engine, question)))?;
        Ok(AnswerAfter { read: text, answer, found: Vec::new() })
    };
    let told =
        matches!(read.kind, StandaloneKind::TakesUpOffer | StandaloneKind::GoesOn | StandaloneKind::Ordinal);
    if told || history.is_empty() || question.is_as_typed() || question.text().is_empty() {
        return alone(read.text);
    }
    let spoken_of = spoken_of(finder, history)?;
    let mut tries = Tries { engine, finder, question, tried: Vec::new() };
    let typed = tries.look_up(Way::Typed, question.text(), None)?;
    if is_enough(&typed, &read, spoken_of.as_ref()) {
        let read = question.text().to_owned();
        // Of a longer answer the start need not be the shorter one.
        if question.limit() < DEFAULT_LIMIT {
            return alone(read);
        }
        let answer = Arc::new(Answer { took: begun.elapsed(), ..Answer::clone(&typed.answer) });
        return Ok(AnswerAfter { read, answer, found: Vec::new() });
    }
    tries.look_up_more(history, &read, spoken_of.as_ref())?;
    let leaning = Leaning::of(finder, history, question.text(), &read, spoken_of);
    let rows = ordered(finder, &leaning, &tries.tried);
    let best = rows.first().and_then(|row| Some((row, tries.tried.get(row.tried)?)));
    let Some((row, tried)) = best else { return alone(read.text) };
    let read = tried.told(question.text(), &row.found.citation);
    let citations = rows.iter().map(|row| row.found.citation.clone()).collect();
    let Documented { answer, related, .. } = &*tried.documented;
    let (config, limit) = (&engine.config().answer, question.limit());
    let mut answer = requoted(Answer::clone(answer), citations, related, config, finder, &read, limit);
    engine.tell(&mut answer);
    answer.took = begun.elapsed();
    let found = rows.into_iter().map(|row| row.found).collect();
    Ok(AnswerAfter { read, answer: Arc::new(answer), found })
}

fn longest(engine: &Engine, question: &Question) -> usize {
    engine.config().answer.max_question_chars.max(question.text().chars().count())
}

/// Whether `typed`, the answer to the question as typed, leaves nothing to be looked up.
fn is_enough(typed: &Documented, read: &Standalone, spoken_of: Option<&Place>) -> bool {
    let first = typed.considered.first().map(|first| &first.reference.document);
    let stays = spoken_of.is_none_or(|place| first == Some(&place.document));
    let stands = read.kind != StandaloneKind::FollowUp;
    let is_sure = stands && stays && typed.answer.confidence >= SURE;
    // Words of which the documents know none say nothing, whatever was spoken of.
    let is_foreign = stands && typed.answer.reason == Some(NotFoundReason::OffTopic);
    is_sure || is_foreign || typed.answer.reason == Some(NotFoundReason::Language)
}

/// Where what was quoted last stands, if its document is long enough to be stayed in.
fn spoken_of(finder: &Finder, history: &[Exchange]) -> Result<Option<Place>, AskError> {
    let Some(place) = history.iter().rev().find_map(Place::of) else { return Ok(None) };
    let ordinal = finder.snapshot.ordinal(&place.document);
    let document = ordinal.map(|ordinal| finder.snapshot.document(ordinal)).transpose()?;
    Ok(document.filter(|document| document.passages.len() >= MIN_PASSAGES).map(|_| place))
}

/// A question looked up in one way.
struct Tried {
    way: Way,
    text: String,
    documented: Arc<Documented>,
}

impl Tried {
    /// How it is told that `typed` was read, where `citation` is quoted first.
    fn told(&self, typed: &str, citation: &Citation) -> String {
        match self.way {
            Way::TypedWithin => behind(typed, &citation.reference.title),
            _ => self.text.clone(),
        }
    }
}

struct Tries<'a> {
    engine: &'a Engine,
    finder: &'a Finder,
    question: &'a Question,
    tried: Vec<Tried>,
}

impl Tries<'_> {
    fn look_up(&mut self, way: Way, text: &str, within: Option<&Place>) -> Result<Arc<Documented>, AskError> {
        // What comes first does not depend on how many quotes are wanted.
        let limit = self.question.limit().max(DEFAULT_LIMIT);
        let asked = self.question.reworded(text, longest(self.engine, self.question)).with_limit(limit);
        let asked = match within {
            Some(place) => asked.within(place.document.clone()),
            None => asked,
        };
        let (documented, _) = self.engine.documented(self.finder, &asked)?;
        self.tried.push(Tried { way, text: text.to_owned(), documented: Arc::clone(&documented) });
        Ok(documented)
    }

    /// The ways other than as typed in all documents.
    fn look_up_more(
        &mut self,
        history: &[Exchange],
        read: &Standalone,
        spoken_of: Option<&Place>,
    ) -> Result<(), AskError> {
        let typed = self.question.text();
        let others = read.others.iter().map(String::as_str);
        let readings = std::iter::once(read.text.as_str()).chain(others).filter(|text| *text != typed);
        for text in readings.take(MAX_READINGS) {
            self.look_up(Way::Read, text, None)?;
        }
        let before = history.last().map(|last| behind(typed, end_of(&last.question, MAX_BEFORE)));
        if let Some(before) = &before {
            self.look_up(Way::Before, before, None)?;
        }
        let Some(place) = spoken_of else { return Ok(()) };
        let is_only = self.finder.snapshot.documents() == 1;
        if is_only || self.question.document().is_some() {
            for tried in 0..self.tried.len() {
                self.repeat_within(tried);
            }
            return Ok(());
        }
        self.look_up(Way::TypedWithin, typed, Some(place))?;
        if let Some(before) = &before {
            self.look_up(Way::BeforeWithin, before, Some(place))?;
        }
        Ok(())
    }

    /// What was found at place `at` is found within the only document alike.
    fn repeat_within(&mut self, at: usize) {
        let again = self.tried.get(at).and_then(|tried| {
            let way = match tried.way {
                Way::Typed => Way::TypedWithin,
                Way::Before => Way::BeforeWithin,
                _ => return None,
            };
            Some(Tried { way, text: tried.text.clone(), documented: Arc::clone(&tried.documented) })
        });
        self.tried.extend(again);
    }
}

/// A quote that was found in one way or in several.
struct Row {
    /// As found most surely.
    citation: Citation,
    /// Which of the tries that was.
    tried: usize,
    /// The first of the tries with what its words lean on that found it.
    read: Option<usize>,
    ways: Vec<(Way, f32)>,
}

/// A quote in its place.
struct Ordered {
    found: FoundAfter,
    /// The try that tells how the question was read.
    tried: usize,
}

/// Everything that was found, as sure as it is in this conversation, best first.
fn ordered(finder: &Finder, leaning: &Leaning, tried: &[Tried]) -> Vec<Ordered> {
    let mut scored: Vec<(f32, Ordered)> = Vec::new();
    for Row { citation, tried, read, ways } in rows(tried) {
        let figures = leaning.figures(finder, &citation, &ways);
        let confidence = finder.weights.confidence_after(&figures).unwrap_or(citation.confidence);
        let found = FoundAfter { citation: Citation { confidence, ..citation }, figures };
        let tried = read.filter(|_| leaning.needs()).unwrap_or(tried);
        scored.push((finder.weights.score_after(&figures), Ordered { found, tried }));
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, ordered)| ordered).collect()
}

/// What was tried, each quote once: quotes that overlap are one.
fn rows(tried: &[Tried]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let all = tried
        .iter()
        .enumerate()
        .flat_map(|(at, one)| one.documented.considered.iter().map(move |citation| (at, one.way, citation)));
    for (tried, way, citation) in all {
        let sure = citation.confidence;
        let read = (way == Way::Read).then_some(tried);
        let is_same = |row: &&mut Row| {
            let (one, other) = (&row.citation.reference, &citation.reference);
            one.document == other.document && one.span.overlaps(other.span)
        };
        match rows.iter_mut().find(is_same) {
            Some(row) => {
                row.ways.push((way, sure));
                row.read = row.read.or(read);
                if sure > row.citation.confidence {
                    (row.citation, row.tried) = (citation.clone(), tried);
                }
            }
            None => rows.push(Row { citation: citation.clone(), tried, read, ways: vec![(way, sure)] }),
        }
    }
    rows
}

/// The end of `text`, whole words of at most `chars` characters, without the mark behind it.
fn end_of(text: &str, chars: usize) -> &str {
    let text = text.trim().trim_end_matches(['?', '!', '.', ' ']);
    let Some(over) = text.chars().count().checked_sub(chars).filter(|&over| over > 0) else { return text };
    let from = text.char_indices().nth(over).map_or(0, |(at, _)| at);
    let end = text.get(from..).unwrap_or(text);
    end.split_once(' ').map_or(end, |(_, words)| words)
}

fn behind(question: &str, text: &str) -> String {
    format!("{} ({text})", question.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_question_before_is_cut_to_its_last_words() {
        assert_eq!(end_of("Is it painful? ", 200), "Is it painful");
        assert_eq!(end_of("one two three", 8), "three");
        assert_eq!(end_of("one two three", 9), "three");
        assert_eq!(end_of("\u{e9}t\u{e9} \u{e9}t\u{e9} \u{e9}t\u{e9}", 6), "\u{e9}t\u{e9}");
        assert_eq!(end_of("", 4), "");
    }
}
