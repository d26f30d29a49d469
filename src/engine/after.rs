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
use crate::answer::{Answer, Citation, NotFoundReason, Outcome, requoted};
use crate::conversation::follow_up::says_nothing;
use crate::conversation::{Exchange, Standalone, StandaloneKind};
use crate::document::DocumentId;
use crate::retrieve::{DEFAULT_LIMIT, Finder, Question};
use crate::text::brackets::in_brackets;

/// A question that stands by itself and is answered so surely from the document spoken of is looked up in no other way.
const SURE: f32 = 0.8;
/// A document with fewer passages is about one thing, and a follow-up may well leave it.
const MIN_PASSAGES: usize = 12;
/// Most readings by its words that a question is looked up in.
const MAX_READINGS: usize = 2;
/// Most questions without a sure quote that are looked at for what they name.
const MAX_UNANSWERED: usize = 3;
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
    let is_settled =
        matches!(read.kind, StandaloneKind::TakesUpOffer | StandaloneKind::GoesOn | StandaloneKind::Ordinal);
    if is_settled || !is_about_anything(history) || question.is_as_typed() || question.text().is_empty() {
        return alone(read.text);
    }
    let place = last_place(engine, finder, history, question)?;
    // The only document is always the one spoken of.
    let is_placed = place.is_some() || finder.snapshot.documents() == 1;
    let spoken_of = to_stay_in(finder, place, question.text())?;
    let mut tries = Tries { engine, finder, question, tried: Vec::new() };
    let typed = tries.look_up(Way::Typed, question.text(), None)?;
    if is_enough(&typed, &read, spoken_of.as_ref(), is_placed) {
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
    let read = told(finder, &leaning, tried, &typed, question.text(), &row.found.citation);
    let citations = rows.iter().map(|row| row.found.citation.clone()).collect();
    let Documented { answer, .. } = &*tried.documented;
    let all = std::iter::once(tried).chain(&tries.tried);
    let related = related_to(&row.found.citation.reference.document, all.map(Tried::offer));
    let (config, limit) = (&engine.config().answer, question.limit());
    let mut answer = requoted(Answer::clone(answer), citations, related, config, finder, &read, limit);
    engine.tell(&mut answer);
    answer.took = begun.elapsed();
    let found = rows.into_iter().map(|row| row.found).collect();
    Ok(AnswerAfter { read, answer: Arc::new(answer), found })
}

/// Whether anything was said or quoted in `history` that a question could lean on.
fn is_about_anything(history: &[Exchange]) -> bool {
    history.iter().any(|exchange| exchange.document.is_some() || exchange.said().is_some())
}

fn longest(engine: &Engine, question: &Question) -> usize {
    engine.config().answer.max_question_chars.max(question.text().chars().count())
}

/// Whether `typed`, the answer to the question as typed, leaves nothing to be looked up where the conversation is
/// `spoken_of`, or somewhere at least.
fn is_enough(typed: &Documented, read: &Standalone, spoken_of: Option<&Place>, is_placed: bool) -> bool {
    let first = typed.considered.first().map(|first| &first.reference.document);
    let stays = stays(first, read, spoken_of, is_placed);
    let stands = read.kind != StandaloneKind::FollowUp;
    let is_sure = stands && stays && typed.answer.confidence >= SURE;
    // Words of which the documents know none say nothing, whatever was spoken of.
    let is_foreign = stands && typed.answer.reason == Some(NotFoundReason::OffTopic);
    // What says all of its subject leans on nothing that could answer it.
    let is_missing = stands && read.others.is_empty() && typed.answer.outcome == Outcome::NotFound;
    is_sure || is_foreign || is_missing || typed.answer.reason == Some(NotFoundReason::Language)
}

/// Whether a question answered from document `first` is likely of what the conversation is about.
fn stays(first: Option<&DocumentId>, read: &Standalone, spoken_of: Option<&Place>, is_placed: bool) -> bool {
    match spoken_of {
        Some(place) => first == Some(&place.document),
        // Where nothing was quoted or named, what does not say all of its subject may be of anything.
        None => is_placed || read.others.is_empty(),
    }
}

/// Where what was quoted last stands, or, of several documents, what a question named since that nothing was quoted for,
/// or with a caution from elsewhere.
fn last_place(
    engine: &Engine,
    finder: &Finder,
    history: &[Exchange],
    question: &Question,
) -> Result<Option<Place>, AskError> {
    let mut left = if finder.snapshot.documents() > 1 { MAX_UNANSWERED } else { 0 };
    for (at, exchange) in history.iter().enumerate().rev() {
        if holds(history, at) {
            return Ok(Place::of(exchange));
        }
        let Some(text) = exchange.said().filter(|_| left > 0) else { continue };
        left -= 1;
        // Asked in the same words and as wide as then, so that it is likely remembered.
        let asked = question.reworded(text, longest(engine, question)).with_limit(DEFAULT_LIMIT);
        let (documented, _) = engine.documented(finder, &asked)?;
        if let Some(place) = Place::named(finder, text, &documented.considered) {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// Whether what the exchange at `at` quoted is what is spoken of from then on. What came with a caution is not, where
/// another document surely answered before and it was not quoted twice in a row.
fn holds(history: &[Exchange], at: usize) -> bool {
    let Some((exchange, before)) = history.get(..=at).and_then(<[Exchange]>::split_last) else {
        return false;
    };
    let Some(document) = &exchange.document else { return false };
    let mut quoted = before.iter().rev().filter(|exchange| exchange.document.is_some());
    let none_sure = quoted.clone().all(|exchange| exchange.is_unsure);
    let last = quoted.next().and_then(|last| last.document.as_ref());
    !exchange.is_unsure || none_sure || last == Some(document)
}

/// `place`, if its document is long enough to be stayed in, or `question` says nothing that could leave it.
fn to_stay_in(finder: &Finder, place: Option<Place>, question: &str) -> Result<Option<Place>, AskError> {
    let Some(place) = place else { return Ok(None) };
    if says_nothing(question) {
        return Ok(Some(place));
    }
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
    /// The document that it found first, and what it offers beside that.
    fn offer(&self) -> (Option<&DocumentId>, &[String]) {
        let first = self.documented.considered.first();
        (first.map(|first| &first.reference.document), &self.documented.related)
    }
}

/// What is offered beside a quote of `document` by the first of `offers` that is of it.
fn related_to<'t>(
    document: &DocumentId,
    mut offers: impl Iterator<Item = (Option<&'t DocumentId>, &'t [String])>,
) -> &'t [String] {
    let offer = offers.find(|(first, _)| *first == Some(document));
    offer.map(|(_, related)| related).unwrap_or_default()
}

/// How it is told that `question` was read, where `citation` is quoted first and was found by `tried`. Nothing was put
/// in that anybody needs to know of where the quote says none of it and is found for the question as `typed`, too.
fn told(
    finder: &Finder,
    leaning: &Leaning,
    tried: &Tried,
    typed: &Documented,
    question: &str,
    citation: &Citation,
) -> String {
    match tried.way {
        Way::TypedWithin => in_brackets(question, &citation.reference.title),
        Way::Read
            if typed.considered.iter().any(|found| are_one(found, citation))
                && !leaning.is_of_reading(finder, &tried.text, citation) =>
        {
            question.to_owned()
        }
        _ => tried.text.clone(),
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
            let is_carried = read.carried.as_deref() == Some(text);
            self.look_up(if is_carried { Way::Carried } else { Way::Read }, text, None)?;
        }
        let before = history.iter().rev().find_map(said_before);
        let before = before.map(|before| in_brackets(typed, end_of(&before, MAX_BEFORE)));
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
        // No other way is surer then, so that is how it was found.
        let is_carried = leaning.carried(finder, &citation, &ways).is_some();
        let figures = leaning.figures(finder, &citation, &ways);
        let confidence = finder.weights.confidence_after(&figures).unwrap_or(citation.confidence);
        let found = FoundAfter { citation: Citation { confidence, ..citation }, figures };
        let read = read.filter(|_| leaning.needs());
        let tried = if is_carried { tried } else { read.unwrap_or(tried) };
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
        let read = matches!(way, Way::Read | Way::Carried).then_some(tried);
        let is_same = |row: &&mut Row| are_one(&row.citation, citation);
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

/// Whether two quotes are one: they overlap.
fn are_one(one: &Citation, other: &Citation) -> bool {
    let (one, other) = (&one.reference, &other.reference);
    one.document == other.document && one.span.overlaps(other.span)
}

/// What `exchange` said, with what it was read with where that is no longer than what is put behind a question.
fn said_before(exchange: &Exchange) -> Option<String> {
    let full = exchange.said_in_full()?;
    let is_short = full.chars().count() <= MAX_BEFORE;
    if is_short { Some(full) } else { exchange.said().map(str::to_owned) }
}

/// The end of `text`, whole words of at most `chars` characters, without the mark behind it.
fn end_of(text: &str, chars: usize) -> &str {
    let text = text.trim().trim_end_matches(['?', '!', '.', ' ']);
    let Some(over) = text.chars().count().checked_sub(chars).filter(|&over| over > 0) else { return text };
    let from = text.char_indices().nth(over).map_or(0, |(at, _)| at);
    let end = text.get(from..).unwrap_or(text);
    end.split_once(' ').map_or(end, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::standalone;

    #[test]
    fn what_does_not_say_its_subject_stays_nowhere_until_something_is_spoken_of() {
        let asked = |question: &str| Exchange { question: question.to_owned(), ..Exchange::default() };
        let history = [asked("they want me to have a heart perfusion scan")];
        let document = DocumentId::new("scans.md").unwrap();
        let first = Some(&document);
        let vague = standalone(&history, "when can I drink");
        let whole = standalone(&history, "when can I drink after a hernia repair under local anaesthetic");
        assert!(!stays(first, &vague, None, false) && stays(first, &whole, None, false));
        assert!(stays(first, &vague, None, true));
        let place = Place::of(&Exchange { document: Some(document.clone()), ..Exchange::default() });
        assert!(place.is_some() && stays(first, &vague, place.as_ref(), true));
        assert!(!stays(None, &whole, place.as_ref(), true));
    }

    #[test]
    fn a_caution_from_elsewhere_leaves_what_was_surely_spoken_of() {
        let quoted = |document: Option<&str>, is_unsure: bool| Exchange {
            document: document.map(|document| DocumentId::new(document).unwrap()),
            is_unsure,
            ..Exchange::default()
        };
        let (sure, other) = (quoted(Some("port.txt"), false), quoted(Some("diet.txt"), true));
        let held = |history: &[Exchange]| (0..history.len()).rev().find(|&at| holds(history, at));
        assert_eq!(held(&[sure.clone(), other.clone()]), Some(0));
        assert_eq!(held(&[sure.clone(), other.clone(), other.clone()]), Some(2));
        assert_eq!(held(&[sure.clone(), quoted(Some("port.txt"), true)]), Some(1));
        assert_eq!(held(&[sure, quoted(Some("diet.txt"), false)]), Some(1));
        assert_eq!(held(&[other, quoted(None, false)]), Some(0));
        assert_eq!(held(&[quoted(None, false)]), None);
        assert!(!holds(&[], 0));
    }

    #[test]
    fn what_is_put_behind_says_what_it_was_read_with() {
        let read = |question: &str, read: &str| Exchange {
            question: question.to_owned(),
            read_as: Some(read.to_owned()),
            ..Exchange::default()
        };
        let before = |question: &str, aside: &str| said_before(&read(question, aside));
        assert_eq!(
            before("and water?", "and water? (knee operation)").unwrap(),
            "and water? (knee operation)"
        );
        assert_eq!(
            before("and water?", &format!("and water? ({})", "knee ".repeat(40))).unwrap(),
            "and water?"
        );
        assert_eq!(before("why?", "why? (stent)"), None);
    }

    #[test]
    fn what_is_offered_is_of_the_document_quoted() {
        let [port, diet] = ["port.txt", "diet.txt"].map(|name| DocumentId::new(name).unwrap());
        let [of_port, of_diet] = ["Flushing", "Breakfast"].map(|heading| vec![heading.to_owned()]);
        let offers = || [(Some(&diet), of_diet.as_slice()), (Some(&port), of_port.as_slice())].into_iter();
        assert_eq!(related_to(&port, offers()), of_port);
        assert_eq!(related_to(&diet, offers()), of_diet);
        assert!(related_to(&port, offers().take(1)).is_empty());
    }

    #[test]
    fn talk_and_questions_back_are_about_nothing() {
        let asked = |question: &str| Exchange { question: question.to_owned(), ..Exchange::default() };
        assert!(!is_about_anything(&[asked("why"), asked("thanks"), asked("what do you mean")]));
        assert!(is_about_anything(&[asked("what is a stent"), asked("why")]));
        let document = DocumentId::new("scans.md").ok();
        assert!(is_about_anything(&[Exchange { document, ..asked("why") }]));
    }

    #[test]
    fn a_long_question_before_is_cut_to_its_last_words() {
        assert_eq!(end_of("Is it painful? ", 200), "Is it painful");
        assert_eq!(end_of("one two three", 8), "three");
        assert_eq!(end_of("one two three", 9), "three");
        assert_eq!(end_of("\u{e9}t\u{e9} \u{e9}t\u{e9} \u{e9}t\u{e9}", 6), "\u{e9}t\u{e9}");
        assert_eq!(end_of("", 4), "");
    }
}
