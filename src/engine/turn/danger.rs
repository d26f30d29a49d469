//! The danger that a message tells of, and the notice beside its answer.

use super::super::Engine;
use crate::answer::{Answer, NoticeKind, Outcome};
use crate::conversation::follow_up::{OfSubject, of_subject};
use crate::conversation::{Exchange, RedFlag, RedFlags};
use crate::text::Span;

/// The danger that `text` tells of, by itself or as said of what `history` speaks of: "it's gone black" of a stoma.
pub(super) fn danger(red_flags: &RedFlags, history: &[Exchange], text: &str) -> Option<RedFlag> {
    red_flag(red_flags, text).or_else(|| {
        // A subject that is a danger itself was one before, whatever is told of it now.
        let found = of_subject(history, text).into_iter().find_map(|OfSubject { subject, message }| {
            let flag = red_flags.detect(&message)?;
            let is_told = flag.kind == NoticeKind::Emergency && red_flags.detect(&subject).is_none();
            (is_told && !is_denied(red_flags, &subject, &message)).then_some(flag)
        });
        found.map(|flag| RedFlag { span: Span::new(0, text.len()), ..flag })
    })
}

/// Words behind which more is told than what is denied: "it has not burst but it bleeds", "it is not just sore".
const MORE: &[&str] =
    &["and", "but", "so", "because", "just", "only", "stop", "stops", "stopped", "stopping"];

/// Whether `message` denies of `subject` what would be a danger: "my line has not burst". "My line is not draining" is a
/// danger by its "not", and is none without.
fn is_denied(red_flags: &RedFlags, subject: &str, message: &str) -> bool {
    let Some((before, after)) = message.split_once(subject) else { return false };
    let words: Vec<String> = after.split_whitespace().map(bare).collect();
    let Some(at) = words.iter().take(2).position(|word| affirmed(word).is_some()) else { return false };
    let is_clause = !after.trim_end_matches(['.', '!']).contains([',', '.', ';', ':', '\n']);
    if !is_clause || words.iter().any(|word| MORE.contains(&word.as_str())) {
        return false;
    }
    let said = words.iter().map(String::as_str).enumerate();
    let said = said.map(|(place, word)| if place == at { affirmed(word).unwrap_or_default() } else { word });
    let said: Vec<&str> = said.collect();
    red_flags.detect(&format!("{before}{subject} {}", said.join(" "))).is_some()
}

/// `word` in small letters, without marks.
fn bare(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What is left of a word that denies, without its "not"; `None` for any other.
fn affirmed(word: &str) -> Option<&str> {
    match word {
        "not" | "never" => Some(""),
        "arent" | "didnt" | "hasnt" | "havent" | "isnt" | "wasnt" => word.strip_suffix("nt"),
        _ => None,
    }
}

/// The danger that `text` tells of, with its lines apart or, as what one line denies goes on in the next, together.
fn red_flag(red_flags: &RedFlags, text: &str) -> Option<RedFlag> {
    let together = || text.contains('\n').then(|| red_flags.detect(&text.replace('\n', " "))).flatten();
    red_flags.detect(text).or_else(together)
}

/// Whether the notice is all that is shown: to somebody in despair who asks nothing, a quote that shares a word is worse
/// than none ("kills the cancer cells").
pub(super) fn stands_alone(flag: &RedFlag, text: &str) -> bool {
    flag.kind == NoticeKind::Crisis && !text.contains('?')
}

/// `answer` beside the operator's notice. To somebody in danger nothing else is offered, and what was put in the place of
/// the words is not told.
pub(super) fn with_notice(engine: &Engine, kind: NoticeKind, mut answer: Answer) -> Answer {
    if answer.outcome == Outcome::NotFound {
        answer.message = None;
    }
    answer.read_as = None;
    answer.related.clear();
    answer.reason = None;
    answer.looked_for.clear();
    answer.nearest.clear();
    answer.outcome = Outcome::RedFlag;
    answer.notice = Some(engine.config().safety.notice(kind));
    answer
}

/// `text` without the sentence that `span` stands in; `None` where nothing else is left. A question beside
/// a cry for help is answered by its own words.
pub(super) fn without_sentence(text: &str, span: Span) -> Option<String> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '\n');
    let (before, after) = (text.get(..span.start())?, text.get(span.end()..)?);
    let before = before.rfind(ends).and_then(|at| before.get(..=at)).unwrap_or_default();
    let after = after.find(ends).and_then(|at| after.get(at + 1..)).unwrap_or_default();
    let rest = format!("{} {}", before.trim(), after.trim());
    let rest = rest.trim();
    rest.contains(char::is_alphanumeric).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, message: &str, is_danger: bool) {
        let history = [Exchange { question: before.to_owned(), ..Exchange::default() }];
        let found = danger(&RedFlags::shipped(), &history, message);
        assert_eq!(
            found.as_ref().map(|flag| flag.kind),
            is_danger.then_some(NoticeKind::Emergency),
            "{message}"
        );
        assert!(found.is_none_or(|flag| flag.span == Span::new(0, message.len())), "{message}");
        assert_eq!(danger(&RedFlags::shipped(), &[], message), None, "alone: {message}");
    }

    #[test]
    fn a_danger_is_seen_with_the_subject_put_in() {
        for (before, message) in [
            ("how do I look after my stoma", "it's gone black"),
            ("how do I look after a stoma", "gone black"),
            ("what is a hernia", "it has gone purple and it hurts"),
            ("how do I look after my hernia wound", "now it's come open"),
            ("what is a picc line", "it has snapped"),
            ("what is a picc line", "it could have snapped"),
            ("what is a picc line", "it has not burst but it has snapped"),
            ("how do I measure my blood sugar", "it's 2.1"),
            ("what should my heart rate be", "it is 140"),
        ] {
            check(before, message, true);
        }
    }

    #[test]
    fn no_danger_is_made_of_what_is_asked_or_harmless() {
        for (before, message) in [
            ("how do I look after my stoma", "is it normal that it bleeds a little"),
            ("how do I look after my stoma", "it bleeds a little"),
            ("how do I look after my stoma", "it's pink and shiny"),
            ("how do I look after my stoma", "it's gone black?"),
            ("how do I look after my stoma", "can it go black"),
            ("how do I look after my stoma", "what if it goes black"),
            ("how do I look after my stoma", "it has not gone black"),
            ("what is a hernia", "it's a bit sore"),
            ("how do I look after my wound", "it's healing nicely"),
            ("what is a picc line", "it is itchy"),
            ("what is a picc line", "it has not burst"),
            ("what is a picc line", "it hasn't snapped."),
            ("what is a picc line", "it could burst"),
            ("what should my heart rate be", "it is 72"),
            ("can HRT give me chest pain", "and it goes away"),
            ("when is my scan", "it's on friday"),
        ] {
            check(before, message, false);
        }
    }

    #[test]
    fn a_sentence_is_left_out_with_the_words_that_tell() {
        let text = "He fell. When may I eat?";
        assert_eq!(without_sentence(text, Span::new(0, 7)).as_deref(), Some("When may I eat?"));
        assert_eq!(without_sentence(text, Span::new(0, text.len())), None);
    }
}
