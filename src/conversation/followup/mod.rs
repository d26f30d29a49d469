//! Reading a question with what was said before.
//!
//! [`standalone`] leaves a question alone that can stand by itself, byte for byte. One that leans on the
//! conversation ("how long does it take?", "and in the tail?", "the second one") is read with the subject of
//! the conversation put in its place, or behind it in brackets where putting it in could change the sense.
//! Nothing is guessed beyond words: no model, no clock, the same history gives the same reading.

mod focus;
mod lean;
mod offer;
mod words;

use focus::Focus;
use lean::Lean;
use words::Words;

/// Earlier turns that are looked at.
const MAX_HISTORY: usize = 8;
/// Longest subject that is put in the place of a pronoun, in words.
const MAX_PUT_IN: usize = 6;

/// An earlier question and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// As typed.
    pub question: String,
    /// As read, where that differs.
    pub read_as: Option<String>,
    /// Heading of the section that was quoted first.
    pub subject: Option<String>,
    /// What was quoted first.
    pub answered: Option<String>,
    /// Questions offered, in order.
    pub offered: Vec<String>,
    /// Items of what was quoted first, where that is a list.
    pub listed: Vec<String>,
}

/// How a question stands to the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StandaloneKind {
    /// It needs nothing from before.
    SelfContained,
    /// It is read with the subject of the conversation.
    FollowUp,
    /// It says yes to a question that was offered.
    TakesUpOffer,
    /// It names one of several by its number.
    Ordinal,
    /// It needs nothing from before and shares no word with it.
    TopicChange,
}

/// A question that can be looked up without the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standalone {
    /// What is to be looked up. Never longer than the question and what it was joined with, and four bytes.
    pub text: String,
    /// How the question stands to the conversation.
    pub kind: StandaloneKind,
    /// Earlier questions as read, newest first; empty where the question stands by itself.
    pub context: Vec<String>,
}

/// Reads `question` with `history`, oldest first.
#[must_use]
pub fn standalone(history: &[Exchange], question: &str) -> Standalone {
    let recent = history.get(history.len().saturating_sub(MAX_HISTORY)..).unwrap_or(history);
    let alone = |kind| Standalone { text: question.to_owned(), kind, context: Vec::new() };
    let Some(last) = recent.last() else { return alone(StandaloneKind::SelfContained) };
    let context = || recent.iter().rev().map(|one| one.read_as.as_ref().unwrap_or(&one.question).clone());
    let with = |text, kind| Standalone { text, kind, context: context().collect() };
    if let Some((text, kind)) = offer::taken_up(last, question) {
        return with(text, kind);
    }
    let words = Words::of(question);
    let lean = lean::of(&words);
    if lean == Lean::None {
        let shared = context().any(|earlier| words.shares_content(&Words::of(&earlier)));
        return alone(if shared { StandaloneKind::SelfContained } else { StandaloneKind::TopicChange });
    }
    let subject = match lean {
        Lean::Word => last.answered.as_deref().and_then(offer::hardest_word).or_else(|| subject(recent)),
        _ => subject(recent),
    };
    match subject {
        Some(subject) => with(join(question, &words, lean, &subject), StandaloneKind::FollowUp),
        None => alone(StandaloneKind::SelfContained),
    }
}

/// Whether `question` leans on something said before, whatever that was.
#[must_use]
pub fn leans(question: &str) -> bool {
    lean::of(&Words::of(question)) != Lean::None
}

/// What the conversation is about: the focus of the last question that stood by itself.
fn subject(history: &[Exchange]) -> Option<Focus> {
    history.iter().rev().find_map(|exchange| {
        let read = exchange.read_as.as_deref().filter(|read| !is_joined(read, &exchange.question));
        let text = match (read, &exchange.read_as) {
            (Some(taken_up), _) => taken_up,
            (None, Some(_)) => return None,
            (None, None) => &exchange.question,
        };
        let words = Words::of(text);
        let stands = read.is_some() || lean::of(&words) == Lean::None;
        let focus = stands.then(|| focus::of(text, &words)).flatten();
        focus.or_else(|| stands.then(|| Focus::plain(exchange.subject.as_deref()?)).flatten())
    })
}

/// Whether `read` is `question` with something put in or behind it, and not another question.
fn is_joined(read: &str, question: &str) -> bool {
    let (read, question) = (Words::of(read), Words::of(question));
    let kept = question.iter().filter(|word| read.iter().any(|other| other.folded == word.folded)).count();
    kept * 2 > question.len()
}

/// `question` with `subject` in the place of what leans, or behind it in brackets.
fn join(question: &str, words: &Words, lean: Lean, subject: &Focus) -> String {
    // "What about burning it?" brings a subject of its own, and "it" may be anything.
    let turns = matches!(words.from(0), [first, second, ..]
        if matches!(first.folded.as_str(), "what" | "how") && second.folded == "about");
    if let Lean::Pronoun { at } = lean
        && !turns
        && subject.words <= MAX_PUT_IN
        && let Some(word) = words.get(at)
        && let (Some(before), Some(after)) =
            (question.get(..word.span.start()), question.get(word.span.end()..))
    {
        let put_in = match word.folded.as_str() {
            "its" | "their" => return behind(question, subject),
            _ => subject.with_article(),
        };
        return format!("{before}{put_in}{after}");
    }
    behind(question, subject)
}

fn behind(question: &str, subject: &Focus) -> String {
    format!("{} ({})", question.trim_end(), subject.text)
}

#[cfg(test)]
mod tests;
