//! "Yes please" and "the second one": taking up what was offered or listed.

use super::focus::Focus;
use super::words::Words;
use super::{Exchange, StandaloneKind};

/// Most words of a message that only says yes or names a number.
const MAX_WORDS: usize = 8;
/// Longest name of a listed item, in words.
const MAX_ITEM_WORDS: usize = 10;
/// Shortest word of a quote that may need explaining, in letters.
const HARD_WORD: usize = 9;

const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "please",
    "ok",
    "okay",
    "do",
    "go",
    "ahead",
    "on",
    "of",
    "course",
    "absolutely",
    "definitely",
    "id",
    "i",
    "would",
    "like",
    "love",
    "that",
    "to",
    "know",
    "it",
    "show",
    "me",
    "tell",
    "why",
    "not",
    "sounds",
    "good",
    "great",
    "the",
    "lets",
    "hear",
    "thanks",
    "thank",
    "you",
    "yess",
    "ya",
    "pls",
    "plz",
    "one",
    "ask",
    "so",
    "want",
    "more",
    "too",
    "ahd",
];
const SURE: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "please",
    "absolutely",
    "definitely",
    "yess",
    "ya",
    "course",
    "ahead",
    "pls",
    "plz",
];
/// Words of a message that wants more of the same.
const ONWARD: &[&str] = &[
    "tell",
    "me",
    "more",
    "about",
    "that",
    "this",
    "it",
    "go",
    "on",
    "continue",
    "carry",
    "keep",
    "going",
    "what",
    "any",
    "anything",
    "other",
    "others",
    "else",
    "elaborate",
    "details",
    "detail",
    "again",
    "repeat",
    "explain",
    "further",
    "say",
    "please",
    "ok",
    "okay",
    "yes",
    "yeah",
    "sure",
    "info",
    "information",
    "can",
    "could",
    "you",
    "give",
    "some",
    "and",
    "is",
    "there",
    "are",
    "i",
    "should",
    "know",
    "need",
    "to",
    "would",
    "like",
    "a",
    "bit",
    "little",
    "in",
    "id",
    "want",
    "pls",
    "read",
    "rest",
    "the",
    "of",
];
/// Of these the ones without which it does not.
const MORE: &[&str] =
    &["more", "continue", "others", "else", "elaborate", "further", "on", "going", "rest", "again", "repeat"];
/// Of these the ones that can mean nothing else.
const MORE_OF_IT: &[&str] = &["more", "others", "else", "elaborate", "further"];
/// And those that want the same once more.
const AGAIN: &[&str] = &["again", "repeat"];
/// Exchanges back in which something counted is looked for: what was asked since may have found nothing.
const COUNTED_WITHIN: usize = 3;
const ORDINALS: [&[&str]; 9] = [
    &["first", "1st"],
    &["second", "2nd"],
    &["third", "3rd"],
    &["fourth", "4th"],
    &["fifth", "5th"],
    &["sixth", "6th"],
    &["seventh", "7th"],
    &["eighth", "8th"],
    &["ninth", "9th"],
];
const NUMBERS: [&[&str]; 9] = [
    &["one", "1"],
    &["two", "2"],
    &["three", "3"],
    &["four", "4"],
    &["five", "5"],
    &["six", "6"],
    &["seven", "7"],
    &["eight", "8"],
    &["nine", "9"],
];
/// What an ordinal may count without naming it.
const COUNTED: &[&str] = &[
    "one",
    "question",
    "option",
    "point",
    "item",
    "suggestion",
    "thing",
    "treatment",
    "test",
    "answer",
    "choice",
    "method",
];
/// What may stand beside an ordinal that is the whole message.
const AROUND: &[&str] = &[
    "the", "please", "tell", "me", "about", "more", "what", "how", "is", "and", "yes", "number", "no",
    "show", "ask", "id", "like", "i", "want", "to", "know", "answer", "explain", "of", "them", "those",
    "these", "ok", "then", "s", "whats", "mean", "does", "pls", "take", "lets", "do",
];

/// What `question` takes up from the last of `recent`, if it does.
pub(super) fn taken_up(recent: &[Exchange], question: &str) -> Option<(String, StandaloneKind)> {
    let last = recent.last()?;
    let words = Words::of(question);
    if words.len() == 0 || words.len() > MAX_WORDS {
        return None;
    }
    if let Some((at, length, number)) = ordinal(&words) {
        let counts = |one: &&Exchange| !one.listed.is_empty() || !one.offered.is_empty();
        let last = recent.iter().rev().take(COUNTED_WITHIN).find(counts)?;
        return counted(last, question, &words, at, length, number);
    }
    let agrees = words.iter().all(|word| word.is(YES)) && words.iter().any(|word| word.is(SURE));
    // A heading is no question, and "yes" no answer to it.
    let asked = last.offered.iter().find(|offered| offered.trim_end().ends_with('?'));
    let again = last.answered.as_ref().map(|_| last.read_as.as_ref().unwrap_or(&last.question));
    let (taken, kind) = match (agrees, goes_on(&words)) {
        (_, true) if words.iter().any(|word| word.is(AGAIN)) => (again, StandaloneKind::TakesUpOffer),
        (_, true) => (again, StandaloneKind::GoesOn),
        (true, false) => (asked.or(again), StandaloneKind::TakesUpOffer),
        (false, false) => return None,
    };
    taken.map(|text| (text.clone(), kind))
}

/// Whether the message only wants more of the same.
fn goes_on(words: &Words) -> bool {
    words.len() <= MAX_WORDS
        && words.iter().all(|word| word.is(ONWARD))
        && words.iter().any(|word| word.is(MORE))
        && (!asks_leave(words) || words.iter().any(|word| word.is(MORE_OF_IT)))
}

/// Whether it is asked what one may or should do oneself: "can I carry on?", "is it ok to rest?".
fn asks_leave(words: &Words) -> bool {
    let mut pairs = words.iter().zip(words.iter().skip(1));
    let is_own = pairs.any(|(word, next)| word.is(&["can", "could", "should"]) && next.is(&["i"]));
    is_own || words.iter().any(|word| word.is(&["ok", "okay"])) && words.iter().any(|word| word.is(&["to"]))
}

/// Where "the second one" stands: first word, number of words, and the number from 0; `usize::MAX` for the last.
fn ordinal(words: &Words) -> Option<(usize, usize, usize)> {
    for (at, word) in words.iter().enumerate() {
        let counts = words.get(at + 1).is_some_and(|next| next.is(COUNTED));
        let ends = words.get(at + 1).is_none();
        let the =
            at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|before| before.is(&["the", "that"]));
        let number = ORDINALS.iter().position(|names| word.is(names));
        let number = number.or_else(|| (word.is(&["last"]) && the).then_some(usize::MAX));
        if let Some(number) = number.filter(|_| counts || (the && ends)) {
            let from = if the { at - 1 } else { at };
            return Some((from, at + 1 + usize::from(counts) - from, number));
        }
        if word.is(&["number", "option", "question"])
            && let Some(number) =
                words.get(at + 1).and_then(|next| NUMBERS.iter().position(|names| next.is(names)))
        {
            return Some((at, 2, number));
        }
    }
    let alone = words.get(0).filter(|_| words.len() == 1)?;
    NUMBERS.iter().position(|names| alone.is(names)).map(|number| (0, 1, number))
}

fn counted(
    last: &Exchange,
    question: &str,
    words: &Words,
    at: usize,
    length: usize,
    number: usize,
) -> Option<(String, StandaloneKind)> {
    let pick = |list: &[String]| {
        list.get(number.min(list.len().saturating_sub(1)))
            .cloned()
            .filter(|_| number == usize::MAX || number < list.len())
    };
    let others = words.iter().enumerate().filter(|&(place, _)| place < at || place >= at + length);
    let only = others.clone().all(|(_, word)| word.is(AROUND));
    let item = pick(&last.listed).map(|item| name_of(&item)).filter(|item| !item.is_empty());
    let text = match item {
        Some(item) if only => item,
        Some(item) => {
            let start = words.get(at)?.span.start();
            let end = words.get(at + length - 1)?.span.end();
            format!("{}{item}{}", question.get(..start)?, question.get(end..)?)
        }
        None if only => pick(&last.offered)?,
        None => return None,
    };
    Some((text, StandaloneKind::Ordinal))
}

/// What a listed item is called: its beginning, up to a colon, dash, bracket or full stop.
fn name_of(item: &str) -> String {
    let item = item.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = item.find([':', '(', '.', ';', '\u{2013}', '\u{2014}', '\n']).unwrap_or(item.len());
    let name = item.get(..end).unwrap_or(item);
    name.split_whitespace().take(MAX_ITEM_WORDS).collect::<Vec<_>>().join(" ")
}

/// The longest word of a quote, where it is long enough to need explaining.
pub(super) fn hardest_word(quote: &str) -> Option<Focus> {
    let words = quote.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    let longest =
        words.take(200).fold(
            "",
            |longest, word| if word.chars().count() > longest.chars().count() { word } else { longest },
        );
    if longest.chars().count() >= HARD_WORD { Focus::plain(longest) } else { None }
}
