//! The kind of answer that a question wants, and what such an answer looks like.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;

/// What a question asks for, as far as its form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuestionKind {
    /// "How long ...": a span of time.
    Duration,
    /// "When ...", "how often ...": a time.
    Time,
    /// "How much", "how many": a number.
    Quantity,
    /// "What are my options", "which tests", "what should I ask": several things.
    Several,
    /// "What is ...": a statement that says what something is.
    Definition,
    /// Anything else.
    Open,
}

struct Patterns {
    duration: Regex,
    time: Regex,
    quantity: Regex,
    several: Regex,
    definition: Regex,
    span_of_time: Regex,
    point_in_time: Regex,
    number: Regex,
    named_span: Regex,
}

#[allow(clippy::expect_used, reason = "literal patterns, compiled by a test")]
fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern compiles")
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    duration: compile(
        r"(?i)\bhow\s+(?:long|soon|quick(?:ly)?|fast|many\s+(?:days|weeks|months|years|hours|minutes))\b",
    ),
    time: compile(r"(?i)\b(?:when|how\s+often|what\s+time)\b"),
    quantity: compile(r"(?i)\bhow\s+(?:much|many)\b"),
    several: compile(
        r"(?i)\b(?:which|what)\s+(?:(?:are|other|kinds?|sorts?|types?)\b|(?:\w+\s+){0,2}(?:options|tests|treatments|questions|symptoms|scans|ways|things|choices|steps|signs|side\s+effects)\b|(?:should|do|can|could|must|will|would)\s+(?:i|we|my)\b)|\b(?:list|options|alternatives|choices)\b",
    ),
    definition: compile(r"(?i)\b(?:what\s+(?:is|are|does\s+.+\s+mean)|what's|whats|define|meaning\s+of)\b"),
    span_of_time: compile(
        r"(?i)\b(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|overnight|lifelong|rest of (?:your|their) li(?:fe|ves))\b",
    ),
    named_span: compile(concat!(
        r"(?i)\b(?:(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|a few)",
        r"(?:\s*(?:to|or|and|-|\x{2013})\s*(?:\d+(?:[.,]\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve))?\s+)?",
        r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|overnight|lifelong)",
        r"(?:\s+(?:to|or)\s+(?:(?:\w+\s+)?(?:minutes?|hours?|days?|weeks?|months?|years?)))?\b",
    )),
    point_in_time: compile(
        r"(?i)\b(?:before|after|during|when|until|once|twice|every|daily|weekly|monthly|morning|evening|as soon as|(?:minutes?|hours?|days?|weeks?|months?|years?))\b",
    ),
    number: compile(
        r"(?i)\b(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|dozen|half|several|most|few)\b",
    ),
});

impl QuestionKind {
    /// Reads the kind off the form of the question.
    #[must_use]
    pub fn of(question: &str) -> Self {
        let is = |pattern: &Regex| pattern.is_match(question);
        match &*PATTERNS {
            p if is(&p.duration) => Self::Duration,
            p if is(&p.several) => Self::Several,
            p if is(&p.quantity) => Self::Quantity,
            p if is(&p.definition) => Self::Definition,
            p if is(&p.time) => Self::Time,
            _ => Self::Open,
        }
    }

    /// Whether a word of the question is spent on saying its kind: "how long ... take to work".
    #[must_use]
    pub fn consumes(self, term: &str) -> bool {
        match self {
            Self::Duration => matches!(term, "long" | "take" | "taken" | "time" | "work" | "last"),
            Self::Time => matches!(term, "time" | "often"),
            _ => false,
        }
    }

    /// The stretches of `text` that say how long, where that was asked: "six weeks", "days to weeks". In
    /// bytes of `text`, ascending.
    #[must_use]
    pub fn evidence_in(self, text: &str) -> Vec<Span> {
        match self {
            Self::Duration => PATTERNS.named_span.find_iter(text).map(|found| found.range().into()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether `sentence` holds what an answer of this kind must hold; `None` where the kind asks for
    /// nothing that can be seen in a sentence.
    #[must_use]
    pub fn evidence(self, sentence: &str) -> Option<bool> {
        let p = &*PATTERNS;
        match self {
            Self::Duration => Some(p.span_of_time.is_match(sentence)),
            Self::Time => Some(p.point_in_time.is_match(sentence)),
            Self::Quantity => Some(p.number.is_match(sentence)),
            Self::Several | Self::Definition | Self::Open => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_off_the_form() {
        for (question, kind) in [
            ("how long does it take to heal?", QuestionKind::Duration),
            ("How soon can I drive", QuestionKind::Duration),
            ("when should I call?", QuestionKind::Time),
            ("what is a stent", QuestionKind::Definition),
            ("What are my options for treatment?", QuestionKind::Several),
            ("which tests will they do", QuestionKind::Several),
            ("what should I ask the surgeon", QuestionKind::Several),
            ("how many stitches", QuestionKind::Quantity),
            ("can my sister come along", QuestionKind::Open),
        ] {
            assert_eq!(QuestionKind::of(question), kind, "{question}");
        }
    }

    #[test]
    fn a_duration_wants_a_span_of_time() {
        assert_eq!(QuestionKind::Duration.evidence("It heals within six weeks."), Some(true));
        assert_eq!(QuestionKind::Duration.evidence("It heals well."), Some(false));
        assert_eq!(QuestionKind::Open.evidence("It heals well."), None);
    }

    #[test]
    fn the_span_of_time_itself_is_found() {
        for (sentence, spans) in [
            ("It heals in days to weeks.", vec!["days to weeks"]),
            ("Wait 2-3 weeks, or six months.", vec!["2-3 weeks", "six months"]),
            ("It heals well.", vec![]),
        ] {
            let found = QuestionKind::Duration.evidence_in(sentence);
            assert_eq!(found.iter().map(|span| span.slice(sentence).unwrap()).collect::<Vec<_>>(), spans);
        }
        assert!(QuestionKind::Open.evidence_in("six weeks").is_empty());
    }
}
