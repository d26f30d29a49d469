//! A message that tells something of what was spoken of, said in full: "it's gone black" after a question on a stoma.

use super::readings::{self, MAX_PUT_IN};
use super::turn::Turn;
use super::words::{Word, Words};
use super::{Exchange, MAX_HISTORY, lean};

/// Most subjects that a message is said of.
const MAX_SUBJECTS: usize = 2;
/// Most words of a message that leaves out what it is said of.
const MAX_WORDS: usize = 16;
/// Most words of one that has no pronoun: "gone black".
const MAX_BARE: usize = 6;
/// Words before what is told.
const LEADING: &[&str] =
    &["and", "but", "so", "then", "now", "well", "also", "oh", "help", "please", "suddenly"];
/// Pronouns that may stand for a thing, with "is" or without.
const PRONOUNS: &[&str] = &["it", "this", "they"];
const WITH_IS: &[&str] = &["its", "theyre"];
/// How something begins that is told of a thing without a pronoun.
const TURNED: &[&str] = &[
    "gone", "turned", "going", "turning", "looks", "looking", "wont", "keeps", "came", "come", "fell",
    "fallen",
];
/// How a question begins that has no mark.
const ASKING: &[&str] =
    &["is", "are", "do", "does", "did", "can", "could", "will", "would", "should", "must", "may"];

/// Words behind a pronoun that tell of what may come: "it could burst".
const MAY: &[&str] = &["could", "may", "might"];
/// Words with which it may be so already: "it could have burst", "it might be infected", "it could not be stopped".
const BY_NOW: &[&str] = &["have", "be", "not", "hardly", "barely"];

/// A message as said of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfSubject {
    /// What it is said of: "my stoma".
    pub subject: String,
    /// All of it: "my stoma is gone black".
    pub message: String,
}

/// `message` said of what was spoken of in `history`, the likeliest first; nothing where it asks, or says itself what it
/// is about.
#[must_use]
pub fn of_subject(history: &[Exchange], message: &str) -> Vec<OfSubject> {
    let recent = history.get(history.len().saturating_sub(MAX_HISTORY)..).unwrap_or(history);
    let words = Words::of(message);
    if recent.is_empty() || message.contains('?') || words.len() > MAX_WORDS {
        return Vec::new();
    }
    let Some((from, to, verb)) = gap(&words) else { return Vec::new() };
    let (Some(before), Some(after)) = (message.get(..from), message.get(to..)) else { return Vec::new() };
    let subjects = readings::subjects(&Turn::all(recent)).into_iter();
    let short = subjects.filter(|subject| subject.words <= MAX_PUT_IN).take(MAX_SUBJECTS);
    short
        .map(|subject| {
            let subject = subject.as_owned();
            let message = format!("{before}{subject}{verb}{after}");
            OfSubject { subject, message }
        })
        .collect()
}

/// Where in a message the subject belongs, in bytes, and what has to stand behind it.
fn gap(words: &Words) -> Option<(usize, usize, &'static str)> {
    let at = words.iter().take_while(|word| word.is(LEADING)).count();
    let first = words.get(at)?;
    if first.is(ASKING) || first.is(lean::QUESTION_WORDS) {
        return None;
    }
    if first.is(TURNED) && words.len() - at <= MAX_BARE && !words.iter().any(is_somebody) {
        return Some((first.span.start(), first.span.start(), " "));
    }
    let is_pronoun = |word: &Word| word.is(PRONOUNS) || word.is(WITH_IS);
    let place = (at..words.len()).find(|&place| words.get(place).is_some_and(is_pronoun))?;
    if is_to_come(words.from(place + 1)) {
        return None;
    }
    let pronoun = words.get(place)?;
    let names = |word: &Word| word.is_content() && word.can_name() && !word.is_when();
    let mut before = words.iter().skip(at).take_while(|word| word.span.start() < pronoun.span.start());
    let verb = if pronoun.is(WITH_IS) { " is" } else { "" };
    (!before.any(names)).then(|| (pronoun.span.start(), pronoun.span.end(), verb))
}

/// Whether `told`, the words behind a pronoun, tell of what may come and is not so yet.
fn is_to_come(told: &[Word]) -> bool {
    told.first().is_some_and(|word| word.is(MAY)) && !told.iter().any(|word| word.is(BY_NOW))
}

fn is_somebody(word: &Word) -> bool {
    word.is(&["i", "im", "ive", "my", "me", "he", "she", "we", "you"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, message: &str, expected: &[&str]) {
        let history = [Exchange { question: before.to_owned(), ..Exchange::default() }];
        let said: Vec<String> = of_subject(&history, message).into_iter().map(|said| said.message).collect();
        assert_eq!(said, expected, "{before} / {message}");
    }

    #[test]
    fn what_is_left_out_is_said() {
        let stoma = "how do I look after a stoma";
        check(stoma, "it's gone black", &["my stoma is gone black"]);
        check(stoma, "and now it has turned purple", &["and now my stoma has turned purple"]);
        check(stoma, "gone black!", &["my stoma gone black!"]);
        check(stoma, "it could be black", &["my stoma could be black"]);
        check("can my mum shower with her stoma", "it looks black", &["her stoma looks black"]);
    }

    #[test]
    fn questions_and_what_says_its_subject_are_left_alone() {
        let stoma = "how do I look after a stoma";
        for message in [
            "is it normal that it bleeds a little",
            "it's gone black?",
            "why is it black",
            "and can it go black",
            "my bag is full and it leaks",
            "black stools",
            "it might go black",
            "thanks",
            "",
        ] {
            check(stoma, message, &[]);
        }
        assert_eq!(of_subject(&[], "it's gone black"), []);
    }
}
