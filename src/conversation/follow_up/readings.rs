//! What a question may mean after what was said before.

use super::carry::Named;
use super::focus::{self, Focus};
use super::lean::{self, Lean};
use super::turn::{self, Turn};
use super::words::{Word, Words};
use super::{Exchange, offer, own, said, told};
use crate::document::DocumentId;
use crate::text::brackets::in_brackets;

/// Most readings of a question.
const MAX_READINGS: usize = 4;
/// Most words of a question that says nothing by itself: "by whom", "and what not".
const MAX_BARE: usize = 4;
/// Words before a figure: "is about 36".
const BESIDE_FIGURES: &[&str] = &["about", "around", "over", "under", "only", "now", "nearly"];
/// Longest subject that is put in the place of a pronoun, in words.
pub(super) const MAX_PUT_IN: usize = 6;

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
pub(super) fn beside(turns: &[Turn], question: &str, words: &Words) -> Vec<String> {
    let mut readings = Readings::default();
    let goes_on = words.get(0).is_some_and(|word| word.is(&["and", "but", "so", "then", "or", "anything"]));
    let says_all = own::names_subject(words) && !own::is_bare(words);
    if let Some(subject) = subjects(turns).first().filter(|_| goes_on || !says_all) {
        readings.add(behind(question, subject));
    }
    readings.0
}

/// The readings of a question that leans, the likeliest first.
pub(super) fn leaning(turns: &[Turn], question: &str, words: &Words, lean: Lean) -> Vec<String> {
    let mut readings = Readings::default();
    let Some(last) = turns.last() else { return readings.0 };
    let word = last.exchange.answered.as_deref().and_then(offer::hardest_word);
    if let Some(word) = word.filter(|_| lean == Lean::Word) {
        readings.add(behind(question, &word));
        return readings.0;
    }
    let subjects = subjects(turns);
    let (Some(subject), Some(before)) = (subjects.first(), turn::last_said(turns)) else { return readings.0 };
    match lean {
        Lean::Person { at } => {
            let person = words.get(at).and_then(|pronoun| with_staff(last.exchange, question, pronoun));
            person.into_iter().for_each(|text| readings.add(text));
        }
        // "What about burning it?" brings a subject of its own, and "it" may be anything.
        Lean::Pronoun { .. } if is_turn(words) => readings.add(question),
        Lean::One { at } => readings.add(in_place(question, words, at, subject)),
        Lean::Choice => {
            let whole = Focus::plain(before.earlier());
            whole.iter().for_each(|whole| readings.add(behind(question, whole)));
        }
        Lean::Repair => repaired(&mut readings, turns, question, words),
        Lean::Pronoun { at } => {
            let condition = Named::of(question, words).filter(Named::is_condition);
            let asked = condition.map(|named| named.asked_as(before.earlier()));
            asked.into_iter().flatten().for_each(|asked| readings.add(asked.text));
            let farther = farther(turns, words, at, &subjects);
            let all: Vec<Focus> = farther.into_iter().chain(subjects.iter().cloned()).collect();
            put_in(&mut readings, question, words, at, &all);
        }
        _ => left_out(&mut readings, before, question, words, subject),
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
fn repaired(readings: &mut Readings, turns: &[Turn], question: &str, words: &Words) {
    let Some(named) = Named::of(question, words) else { return };
    let Some(earlier) = turn::taken_up(turns, Lean::Repair) else { return };
    let beside = in_brackets(earlier.trim_end_matches(['?', '.', '!', ' ']), named.text);
    let asked = named.asked_as(earlier);
    let is_clear = named.swaps && asked.iter().any(|asked| asked.is_turned);
    let mut both: Vec<String> = asked.into_iter().map(|asked| asked.text).chain([beside]).collect();
    // Which of several things asked about was wrong cannot be told from "I meant the knee".
    if named.thing().is_some() && !is_clear {
        both.reverse();
    }
    both.into_iter().for_each(|text| readings.add(text));
}

/// Where nothing in `subjects` agrees with the pronoun at word `at`, what was spoken of before it and does.
fn farther(turns: &[Turn], words: &Words, at: usize, subjects: &[Focus]) -> Option<Focus> {
    let plural = is_plural(words, at);
    if subjects.iter().any(|subject| subject.agrees(plural)) {
        return None;
    }
    let before = (1..turns.len()).rev().filter_map(|end| turns.get(..end));
    before.flat_map(self::subjects).find(|subject| subject.agrees(plural))
}

fn is_plural(words: &Words, at: usize) -> bool {
    words.get(at).is_some_and(|word| word.is(&["them", "they", "these", "those"]))
}

/// Each subject in the place of the pronoun at word `at`: those that agree with it in number, or all where none does.
fn put_in(readings: &mut Readings, question: &str, words: &Words, at: usize, subjects: &[Focus]) {
    let plural = is_plural(words, at);
    let (agreeing, others): (Vec<_>, Vec<_>) = subjects.iter().partition(|subject| subject.agrees(plural));
    let fitting = if agreeing.is_empty() { others } else { agreeing };
    for subject in fitting.into_iter().take(MAX_READINGS - 2) {
        readings.add(in_place(question, words, at, subject));
    }
}

/// "What about burning it", "how about that".
fn is_turn(words: &Words) -> bool {
    words.starts(0, &["what", "about"]) || words.starts(0, &["how", "about"])
}

/// What is left out, from the question before.
fn left_out(readings: &mut Readings, last: &Turn, question: &str, words: &Words, subject: &Focus) {
    let earlier = last.earlier();
    let before = Words::of(earlier);
    let says_nothing = words.content() == 0 && !words.iter().any(Word::is_aspect);
    if says_nothing && words.len() <= MAX_BARE && own::names_any(&before) && !own::is_definition(&before) {
        let whole = Focus::plain(earlier);
        whole.iter().for_each(|whole| readings.add(behind(question, whole)));
    }
    let Some(named) = Named::of(question, words) else { return };
    let asked = named.asked_as(earlier);
    if !asked.is_empty() && named.thing().is_some() {
        readings.add(behind(question, subject));
    }
    if asked.is_empty() && (named.is_phrase() || named.is_condition()) && !said::is_bare(&before) {
        readings.add(in_case(earlier, &named, subject));
    }
    asked.into_iter().for_each(|asked| readings.add(asked.text));
}

/// `earlier`, which leaves out `subject`, asked in the case that is named now: "how long for children (scan)".
fn in_case(earlier: &str, named: &Named, subject: &Focus) -> String {
    let asked = format!("{} {}", earlier.trim_end_matches(['?', '.', '!', ' ']), named.text);
    if says(earlier, &subject.text) { asked } else { in_brackets(&asked, &subject.text) }
}

/// Whether the words of `phrase` stand in `text`, one behind the other.
fn says(text: &str, phrase: &str) -> bool {
    let (text, phrase) = (Words::of(text), Words::of(phrase));
    let phrase: Vec<&str> = phrase.iter().map(|word| word.folded.as_str()).collect();
    (0..text.len()).any(|at| text.starts(at, &phrase))
}

/// `question` with the one of the staff whom the question before spoke of in the place of `pronoun`.
fn with_staff(last: &Exchange, question: &str, pronoun: &Word) -> Option<String> {
    let before = Words::of(&last.question);
    let person = before.iter().find(|word| word.is_staff())?;
    let (before, after) = (question.get(..pronoun.span.start())?, question.get(pronoun.span.end()..)?);
    Some(format!("{before}the {}{after}", person.folded))
}

/// What the conversation is about, the likeliest first: what the last question named that stood by itself, and before
/// that what stands above what was quoted last.
pub(super) fn subjects(turns: &[Turn]) -> Vec<Focus> {
    let found = spoken_of(turns);
    let Some(last) = turns.last().map(|turn| turn.exchange).filter(|last| last.document.is_some()) else {
        return operated_first(found);
    };
    if own::is_definition(&Words::of(&last.question)) {
        return found;
    }
    let place = Place::of(last);
    let mut ranked: Vec<(Standing, Focus)> = found.into_iter().map(|focus| place.rank(focus)).collect();
    let opened = opening(turns).unwrap_or_default().into_iter().map(|focus| place.rank(focus));
    for (standing, focus) in opened.filter(|(standing, _)| *standing == Standing::Above) {
        if !ranked.iter().any(|(_, known)| known.text == focus.text) {
            ranked.push((standing, focus));
        }
    }
    ranked.sort_by_key(|(standing, _)| *standing);
    ranked.into_iter().map(|(_, focus)| focus).collect()
}

/// Where a phrase is named, the likeliest subjects first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// In the title or a heading above what was quoted.
    Above,
    /// In the quote.
    Quoted,
    /// In neither.
    Nowhere,
}

/// The words of what was quoted last.
struct Place {
    above: Words,
    quote: Words,
}

impl Place {
    fn of(exchange: &Exchange) -> Self {
        // Of the title the name of the document's file is all that is known here.
        let name = exchange.document.as_ref().map(DocumentId::as_str).unwrap_or_default();
        let name = name.replace(|c: char| !c.is_alphanumeric(), " ");
        let above = format!("{name} {}", exchange.section.join(" "));
        Self { above: Words::of(&above), quote: Words::of(exchange.answered.as_deref().unwrap_or_default()) }
    }

    fn rank(&self, mut focus: Focus) -> (Standing, Focus) {
        let words = Words::of(&focus.text);
        if words.shares_content(&self.above) {
            return (Standing::Above, focus);
        }
        if words.shares_content(&self.quote) {
            return (Standing::Quoted, focus);
        }
        focus.is_odd = true;
        (Standing::Nowhere, focus)
    }
}

/// `found`, that first which is the name of a scan, an operation or the like: that is what is spoken of, and not
/// what somebody has besides.
fn operated_first(mut found: Vec<Focus>) -> Vec<Focus> {
    found.sort_by_key(|focus| {
        let words = Words::of(&focus.text);
        !(own::names_any(&words) && words.iter().any(Word::is_generic))
    });
    found
}

/// The noun phrases of `text` that name a thing, the likeliest subject first.
fn things(text: &str) -> Vec<Focus> {
    let words = Words::of(text);
    let mut found = focus::all(text, &words);
    found.retain(|focus| own::names_thing(&Words::of(&focus.text)));
    found.iter_mut().for_each(|focus| focus.is_odd = has_figure(&words, focus));
    found.sort_by_key(|focus| focus.is_odd);
    found
}

/// "My BMI is 36": what a figure is given for is a circumstance, and seldom the subject.
fn has_figure(words: &Words, phrase: &Focus) -> bool {
    let Some(next) = words.iter().position(|word| word.span.start() >= phrase.span.end()) else {
        return false;
    };
    if !words.get(next).is_some_and(|word| word.is(&["is", "was"]) && !word.after_break) {
        return false;
    }
    let beside = words.from(next + 1).iter().take_while(|word| word.is(BESIDE_FIGURES)).count();
    let figure = next + 1 + beside;
    let is_counted = words.get(figure + 1).is_some_and(Word::is_when);
    words.get(figure).is_some_and(Word::is_number) && !is_counted
}

/// What opened the conversation leans on nothing, whatever its form: "what means RBAC?".
fn opening(turns: &[Turn]) -> Option<Vec<Focus>> {
    let first = turns.first()?.exchange;
    let found = things(first.read_as.as_deref().unwrap_or(&first.question));
    (!found.is_empty()).then_some(found)
}

/// What the last question named that stood by itself.
fn spoken_of(turns: &[Turn]) -> Vec<Focus> {
    let named = turns.iter().rev().find_map(|turn| {
        if let Some(carried) = &turn.carried {
            let mut found = things(carried);
            let own = Words::of(&turn.exchange.question);
            found.sort_by_key(|focus| !Words::of(&focus.text).shares_content(&own));
            return (!found.is_empty()).then_some(found);
        }
        let exchange = turn.exchange;
        let is_other =
            |read: &&str| !is_joined(read, &exchange.question) && !told::is_told(read, &exchange.question);
        let read = exchange.read_as.as_deref().filter(is_other);
        let text = read.unwrap_or(&exchange.question);
        let words = Words::of(text);
        let lean = if read.is_some() { Lean::None } else { lean::of(&words) };
        if lean == Lean::None {
            return Some(things(text)).filter(|found| found.iter().any(|focus| !focus.is_odd));
        }
        let thing = Named::of(text, &words).and_then(|named| named.thing());
        thing.map(|thing| vec![thing])
    });
    let whole = || {
        turns.iter().rev().find_map(|turn| {
            let question = &turn.exchange.question;
            let words = Words::of(question);
            let is_whole = lean::of(&words) == Lean::None && !said::is_bare(&words);
            is_whole.then(|| Focus::plain(question)).flatten()
        })
    };
    named.or_else(|| opening(turns)).unwrap_or_else(|| whole().into_iter().collect())
}

/// Whether `read` is `question` with something put in or behind it, and not another question.
pub(super) fn is_joined(read: &str, question: &str) -> bool {
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
        (Some(before), Some(after)) if subject.words <= MAX_PUT_IN && !subject.is_odd => {
            format!("{before}{}{after}", subject.with_article())
        }
        _ => behind(question, subject),
    }
}

fn behind(question: &str, subject: &Focus) -> String {
    in_brackets(question, &subject.text)
}
