//! What a question may mean after what was said before.

use super::carry::Named;
use super::focus::{self, Focus};
use super::lean::{self, Lean};
use super::words::{Word, Words};
use super::{Exchange, offer, own};
use crate::text::brackets::last_brackets;

/// Most readings of a question.
const MAX_READINGS: usize = 4;
/// Most words of a question that says nothing by itself: "by whom", "and what not".
const MAX_BARE: usize = 4;
/// Longest subject that is put in the place of a pronoun, in words.
const MAX_PUT_IN: usize = 6;

/// Readings, none twice.
#[derive(Default)]
struct Readings(Vec<String>);

impl Readings {
    fn add(&mut self, text: impl Into<String>) {
        let text = text.into();
        if self.0.len() < MAX_READINGS && !self.0.contains(&text) {
            self.0.push(text);
        }
    }
}

/// What a question may mean that does not lean on the conversation but goes on from it or does not say all of its
/// subject.
pub(super) fn beside(recent: &[Exchange], question: &str, words: &Words) -> Vec<String> {
    let mut readings = Readings::default();
    let goes_on = words.get(0).is_some_and(|word| word.is(&["and", "but", "so", "then", "or", "anything"]));
    if let Some(subject) = subjects(recent).first().filter(|_| goes_on || !own::names_subject(words)) {
        readings.add(behind(question, subject));
    }
    readings.0
}

/// The readings of a question that leans, the likeliest first.
pub(super) fn leaning(
    recent: &[Exchange],
    last: &Exchange,
    question: &str,
    words: &Words,
    lean: Lean,
) -> Vec<String> {
    let mut readings = Readings::default();
    let word = last.answered.as_deref().and_then(offer::hardest_word);
    if let Some(word) = word.filter(|_| lean == Lean::Word) {
        readings.add(behind(question, &word));
        return readings.0;
    }
    let subjects = subjects(recent);
    let Some(subject) = subjects.first() else { return readings.0 };
    match lean {
        Lean::Person { at } => {
            let person = words.get(at).and_then(|pronoun| with_staff(last, question, pronoun));
            person.into_iter().for_each(|text| readings.add(text));
        }
        // "What about burning it?" brings a subject of its own, and "it" may be anything.
        Lean::Pronoun { .. } if turns(words) => readings.add(question),
        Lean::One { at } => readings.add(in_place(question, words, at, subject)),
        Lean::Choice => {
            let whole = Focus::plain(earlier(last));
            whole.iter().for_each(|whole| readings.add(behind(question, whole)));
        }
        Lean::Repair => repaired(&mut readings, last, question, words),
        Lean::Pronoun { at } => {
            let condition = Named::of(question, words).filter(Named::is_condition);
            let carried = condition.and_then(|named| named.asked_as(earlier(last)));
            carried.into_iter().for_each(|text| readings.add(text));
            let farther = farther(recent, words, at, &subjects);
            let all: Vec<Focus> = farther.into_iter().chain(subjects.iter().cloned()).collect();
            put_in(&mut readings, question, words, at, &all);
        }
        _ => left_out(&mut readings, last, question, words, subject),
    }
    let stands_in = matches!(lean, Lean::Pronoun { .. } | Lean::One { .. }) && subject.words <= MAX_PUT_IN;
    if !stands_in {
        readings.add(behind(question, subject));
    }
    let phrase = lean == Lean::Open && Named::of(question, words).is_some_and(|named| named.is_phrase());
    if !phrase && words.iter().any(|word| word.is_content() && !word.is_loose) {
        readings.add(question);
    }
    readings.0
}

/// "I meant the left knee": the question before, asked of that, or that beside the question before.
fn repaired(readings: &mut Readings, last: &Exchange, question: &str, words: &Words) {
    let Some(named) = Named::of(question, words) else { return };
    let earlier = earlier(last);
    let beside = format!("{} ({})", earlier.trim_end_matches(['?', '.', '!', ' ']), named.text);
    let mut both: Vec<String> = named.asked_as(earlier).into_iter().chain([beside]).collect();
    // Which of the things asked about was wrong cannot be told from "I meant the knee".
    if named.thing().is_some() {
        both.reverse();
    }
    both.into_iter().for_each(|text| readings.add(text));
}

/// Where nothing in `subjects` agrees with the pronoun at word `at`, what was spoken of before it and does.
fn farther(recent: &[Exchange], words: &Words, at: usize, subjects: &[Focus]) -> Option<Focus> {
    let plural = is_plural(words, at);
    if subjects.iter().any(|subject| subject.agrees(plural)) {
        return None;
    }
    let before = (1..recent.len()).rev().filter_map(|end| recent.get(..end));
    before.flat_map(self::subjects).find(|subject| subject.agrees(plural))
}

fn is_plural(words: &Words, at: usize) -> bool {
    words.get(at).is_some_and(|word| word.is(&["them", "they", "these", "those"]))
}

/// Each subject in the place of the pronoun at word `at`, those first that agree with it in number.
fn put_in(readings: &mut Readings, question: &str, words: &Words, at: usize, subjects: &[Focus]) {
    let plural = is_plural(words, at);
    let (agreeing, others): (Vec<_>, Vec<_>) = subjects.iter().partition(|subject| subject.agrees(plural));
    for subject in agreeing.into_iter().chain(others).take(MAX_READINGS - 2) {
        readings.add(in_place(question, words, at, subject));
    }
}

/// "What about burning it", "how about that".
fn turns(words: &Words) -> bool {
    words.starts(0, &["what", "about"]) || words.starts(0, &["how", "about"])
}

/// The question before as read, without a subject in brackets.
fn earlier(last: &Exchange) -> &str {
    let earlier = last.read_as.as_deref().unwrap_or(&last.question);
    match last_brackets(earlier) {
        Some((before, _)) if !before.trim().is_empty() => before.trim_end(),
        _ => earlier,
    }
}

/// What is left out, from the question before.
fn left_out(readings: &mut Readings, last: &Exchange, question: &str, words: &Words, subject: &Focus) {
    let earlier = earlier(last);
    let before = Words::of(earlier);
    let says_nothing = words.content() == 0 && !words.iter().any(Word::is_aspect);
    if says_nothing && words.len() <= MAX_BARE && own::names_any(&before) && !own::is_definition(&before) {
        let whole = Focus::plain(earlier);
        whole.iter().for_each(|whole| readings.add(behind(question, whole)));
    }
    let named = Named::of(question, words);
    let Some(carried) = named.as_ref().and_then(|named| named.asked_as(earlier)) else { return };
    if named.is_some_and(|named| named.thing().is_some()) {
        readings.add(behind(question, subject));
    }
    readings.add(carried);
}

/// `question` with the one of the staff whom the question before spoke of in the place of `pronoun`.
fn with_staff(last: &Exchange, question: &str, pronoun: &Word) -> Option<String> {
    let before = Words::of(&last.question);
    let person = before.iter().find(|word| word.is_staff())?;
    let (before, after) = (question.get(..pronoun.span.start())?, question.get(pronoun.span.end()..)?);
    Some(format!("{before}the {}{after}", person.folded))
}

/// What the conversation is about: what the last question named that stood by itself, the likeliest first.
fn subjects(history: &[Exchange]) -> Vec<Focus> {
    let named = history.iter().rev().find_map(|exchange| {
        let read = exchange.read_as.as_deref().filter(|read| !is_joined(read, &exchange.question));
        let text = read.unwrap_or(&exchange.question);
        let words = Words::of(text);
        let lean = if read.is_some() { Lean::None } else { lean::of(&words) };
        if lean == Lean::None {
            let mut found = focus::all(text, &words);
            found.retain(|focus| own::names_thing(&Words::of(&focus.text)));
            return (!found.is_empty()).then_some(found);
        }
        let thing = Named::of(text, &words).and_then(|named| named.thing());
        thing.map(|thing| vec![thing])
    });
    // What opened the conversation leans on nothing, whatever its form: "what means RBAC?".
    let opening = || {
        let first = history.first()?;
        let text = first.read_as.as_deref().unwrap_or(&first.question);
        let mut found = focus::all(text, &Words::of(text));
        found.retain(|focus| own::names_thing(&Words::of(&focus.text)));
        (!found.is_empty()).then_some(found)
    };
    let whole = || {
        history.iter().rev().find_map(|exchange| {
            let words = Words::of(&exchange.question);
            (lean::of(&words) == Lean::None).then(|| Focus::plain(&exchange.question)).flatten()
        })
    };
    named.or_else(opening).unwrap_or_else(|| whole().into_iter().collect())
}

/// Whether `read` is `question` with something put in or behind it, and not another question.
fn is_joined(read: &str, question: &str) -> bool {
    let (read, question) = (Words::of(read), Words::of(question));
    let kept = question.iter().filter(|word| read.iter().any(|other| other.folded == word.folded)).count();
    kept * 2 > question.len()
}

/// `question` with `subject` in the place of the word `at`, or behind it in brackets where that would be long
/// or change the sense.
fn in_place(question: &str, words: &Words, at: usize, subject: &Focus) -> String {
    let Some(word) = words.get(at).filter(|word| !word.is(&["its", "their"])) else {
        return behind(question, subject);
    };
    let parts = (question.get(..word.span.start()), question.get(word.span.end()..));
    match parts {
        (Some(before), Some(after)) if subject.words <= MAX_PUT_IN => {
            format!("{before}{}{after}", subject.with_article())
        }
        _ => behind(question, subject),
    }
}

fn behind(question: &str, subject: &Focus) -> String {
    format!("{} ({})", question.trim_end(), subject.text)
}
