//! A message to its question: spelling put right, greetings, thanks and biography set aside.
//!
//! A short message is its question. Of a long one the sentences that ask are kept as the question, and the
//! others as its background, which says what "it" is about. Nothing is ever added: every word of the
//! result is a word of the message, or its corrected spelling.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;
use crate::text::sentence::sentences;
use crate::text::spelling::SpellingCorrection;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// A message of at most this many words is its question as it stands.
const SHORT: usize = 14;
/// Most sentences of the background that are looked at.
const MAX_BACKGROUND: usize = 8;

/// What a message asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understanding {
    /// What is asked.
    pub question: String,
    /// What else is said and may tell what the question is about, in order.
    pub background: Vec<String>,
    /// Whether something was set aside.
    pub condensed: bool,
    /// What was changed in the spelling.
    pub corrections: Vec<SpellingCorrection>,
}

#[allow(clippy::expect_used, reason = "literal patterns, compiled by a test")]
fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern compiles")
}

/// Pleasantries at the beginning of a message.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^\s*(?:(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening|day))\b(?:\s+(?:there|all|everyone|team|doctor|sir|madam|sir/madam))?\s*[,.!:;-]*\s*)+",
    )
});

/// Pleasantries at the end.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)[\s,.!;-]*\b(?:(?:many\s+)?thanks?(?:\s+you)?(?:\s+(?:so|very)\s+much|\s+a\s+lot|\s+in\s+advance|\s+for\s+(?:your|any|the)\s+(?:help|time|answer|information|advice))*|(?:kind|best|warm)\s+regards|regards|cheers|god\s+bless(?:\s+you)?)\b[\s,.!:;-]*$",
    )
});

/// A sentence that only thanks or greets.
static PLEASANTRY: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^\W*(?:thanks?\b.*|thank\s+you\b.*|(?:kind|best|warm)\s+regards\b.*|i\s+(?:would\s+)?(?:really\s+)?appreciate\b.*|sorry\b[^?]{0,60}|please\s+(?:help|advise|reply|answer)\b[^?]{0,30}|any\s+help\b[^?]{0,60})$",
    )
});

/// How a clause that asks begins.
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)^\W*(?:(?:so|and|but|or|also|then|now|well|ok|okay|please|my\s+question\s+is)\b[\s,:]*)*",
        r"(?:what|what's|whats|how|when|where|who|whom|which|why|can|could|should|shall|do|does|did|is|are|was|were|will|would|may|might|must|has|have|am)\b",
        r"(?:\s|$)|\b(?:i\s+(?:want|would\s+like|need|wish|like)\s+to\s+(?:know|ask|understand|find\s+out)|(?:i\s*(?:'m|am)\s+|just\s+)?wondering|tell\s+me|explain|(?:do|does)\s+any(?:one|body)\s+know|i\s+(?:do\s*n[o']?t|dont)\s+(?:know|understand)\s+(?:what|how|when|where|who|which|why|if|whether)|information\s+(?:on|about))\b",
    ))
});

/// Where a clause that asks begins within a longer sentence.
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)[,;:]\s+(?:(?:so|and|but|please)\s+)?(?:what|how|when|where|who|which|why|can|could|should|do|does|is|are|will|would)\b",
    )
});

impl Understanding {
    /// Reads what `message` asks.
    #[must_use]
    pub fn of(message: &str, analyzer: &Analyzer) -> Self {
        let (message, aside) = split_aside(message);
        let mut understood = Self::without_aside(message, analyzer);
        understood.background.extend(aside.map(str::to_owned));
        understood
    }

    fn without_aside(message: &str, analyzer: &Analyzer) -> Self {
        let trimmed = trim_pleasantries(message);
        let plain = |question: &str, condensed| Self {
            question: question.to_owned(),
            background: Vec::new(),
            condensed,
            corrections: Vec::new(),
        };
        if trimmed.split_whitespace().count() <= SHORT {
            return plain(trimmed, trimmed.len() < message.trim().len());
        }
        let clauses = clauses(trimmed);
        let (asking, telling): (Vec<&str>, Vec<&str>) = clauses
            .into_iter()
            .filter(|clause| !PLEASANTRY.is_match(clause))
            .partition(|clause| clause.trim_end().ends_with('?') || ASKS.is_match(clause));
        let question = asking.join(" ");
        if telling.is_empty() || !says_something(&question, analyzer) {
            return plain(trimmed, trimmed.len() < message.trim().len());
        }
        let from = telling.len().saturating_sub(MAX_BACKGROUND);
        let background = telling.into_iter().skip(from).map(str::to_owned).collect();
        Self { question, background, condensed: true, corrections: Vec::new() }
    }

    /// All that counts of the message, background first.
    #[must_use]
    pub fn whole(&self) -> String {
        let mut whole = self.background.join(" ");
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole + &self.question
    }
}

/// `message` and what stands in brackets at its end, which says what it is about rather than what is asked.
fn split_aside(message: &str) -> (&str, Option<&str>) {
    let inner = message.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    match inner {
        Some((before, aside)) if before.chars().any(char::is_alphanumeric) && !aside.contains(')') => {
            (before.trim_end(), Some(aside))
        }
        _ => (message, None),
    }
}

/// `message` without greetings before and thanks after it; itself where nothing else is in it.
fn trim_pleasantries(message: &str) -> &str {
    let message = message.trim();
    let start = OPENING.find(message).map_or(0, |found| found.end());
    let rest = message.get(start..).unwrap_or(message);
    let end = CLOSING.find(rest).map_or(rest.len(), |found| found.start());
    // The mark that the thanks followed belongs to the question.
    let mark = rest.get(end..).and_then(|tail| tail.chars().next()).filter(|c| matches!(c, '.' | '!'));
    let kept = rest.get(..end + mark.map_or(0, char::len_utf8)).unwrap_or(rest).trim();
    if kept.chars().any(char::is_alphanumeric) { kept } else { message }
}

/// The sentences of `text`, long ones cut where a clause begins to ask.
fn clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    for sentence in sentences(text, Span::new(0, text.len())) {
        let Some(mut rest) = sentence.slice(text) else { continue };
        while let Some(found) = CLAUSE.find(rest) {
            let (before, after) = rest.split_at(found.start() + 1);
            clauses.push(before.trim_end_matches([',', ';', ':']));
            rest = after.trim_start();
        }
        clauses.push(rest);
    }
    clauses.retain(|clause| clause.chars().any(char::is_alphanumeric));
    clauses
}

fn says_something(question: &str, analyzer: &Analyzer) -> bool {
    analyzer.tokens(question).iter().any(|token| weight_class(&token.term) != WeightClass::Function)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn understand(message: &str) -> Understanding {
        Understanding::of(message, &Analyzer::english())
    }

    #[test]
    fn a_short_question_is_left_alone() {
        let read = understand("can my sister come along?");
        assert_eq!((read.question.as_str(), read.condensed), ("can my sister come along?", false));
    }

    #[test]
    fn greetings_and_thanks_are_set_aside() {
        for message in [
            "Hello, how long does it take? Thank you very much",
            "good morning! how long does it take? thanks in advance!",
        ] {
            assert_eq!(understand(message).question, "how long does it take?", "{message}");
        }
        assert_eq!(understand("thank you").question, "thank you");
    }

    #[test]
    fn of_a_long_message_the_sentences_that_ask_are_the_question() {
        let read = understand(
            "Dear team, my aunt is 71 and fell on the stairs on Monday. The X-ray showed a broken wrist. \
             She lives alone and we are all very worried. How long will she wear the cast? Many thanks",
        );
        assert_eq!(read.question, "How long will she wear the cast?");
        assert_eq!(read.background.len(), 3);
        assert!(read.whole().contains("broken wrist"));
    }

    #[test]
    fn brackets_at_the_end_are_background() {
        let read = understand("what about the left one? (wrist)");
        assert_eq!(
            (read.question.as_str(), read.background.as_slice()),
            ("what about the left one?", &["wrist".to_owned()][..])
        );
    }

    #[test]
    fn a_clause_that_asks_is_found_in_a_run_on_sentence() {
        let read = understand(
            "they told me i get some kind of cast for the wrist and i am worried, can i still drive with it",
        );
        assert_eq!(read.question, "can i still drive with it");
    }

    #[test]
    fn a_long_message_without_a_question_is_kept_whole() {
        let message =
            "my wrist hurts since they put the cast on and the fingers are swollen and blue and cold today";
        let read = understand(message);
        assert_eq!((read.question.as_str(), read.condensed), (message, false));
    }

    proptest! {
        #[test]
        fn nothing_is_added(message in "([a-zA-Z']{1,9}[ ,.?!]{1,2}){0,60}|\\PC{0,200}") {
            let read = understand(&message);
            prop_assert!(read.question.len() <= message.len());
            let words: Vec<&str> = message.split_whitespace().collect();
            for word in read.question.split_whitespace() {
                prop_assert!(words.iter().any(|known| known.contains(word)), "{word}");
            }
        }
    }
}
