//! What a question wants to know of its subject: the "side effects" of "what are the side effects of ...".
//!
//! A passage about the subject that does not touch the aspect is the commonest wrong answer.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;
use crate::text::pattern::literal;

/// Words between the one who acts and what is done: "can I still have to".
const BETWEEN: &str = r"(?:(?:still|ever|also|just|really|safely|have\s+to|need\s+to|be\s+able\s+to|want\s+to|be|been|get|have|go|do)\s+)*";
/// One to four words, as few as what follows allows.
const WORDS: &str = r"([\w'-]+(?:\s+[\w'-]+){0,3}?)";
/// Where what is wanted ends.
const END: &str = r"\s*(?:\b(?:of|for|from|with|in|to|after|before|during|while|on|at|do|does|did|can|could|should|will|would|are|is|have|has|when|if|about|because|once|and|or)\b|[?.!,;]|$)";

/// In order of precedence; the first group is the aspect.
static FORMS: LazyLock<[Regex; 6]> = LazyLock::new(|| {
    [
        literal(
            r"(?i)\bhow\s+(?:much|many)\s+(?:do|does|did|is|are|will|would)\b.*\b(costs?|weighs?|paid|pay)\b",
        ),
        literal(r"(?i)\bhow\s+many\s+(?:of\s+)?(?:my\s+|the\s+)?([\w-]+)"),
        literal(&format!(
            r"(?i)\b(?:what|which)(?:'s|s)?\s+(?:(?:is|are|was|were|will\s+be|would\s+be)\s+)?(?:(?:the|my|a|an|any|some|main|most|common|usual|normal|typical|possible|of)\s+)*{WORDS}{END}",
        )),
        // "Can I drive home after the scan": what is done, not who does it.
        literal(&format!(
            r"(?i)(?:^|[.,;!?]\s*)(?:(?:and|so|but|also|then|please|hi|hello|how|when|where|why|what|which)\s+)*(?:can|may|could|should|must|will|would|do|does|did|shall)\s+(?:(?:my|the|a|an|this|that|your|our)\s+[\w'-]+|[\w'-]+)\s+{BETWEEN}{WORDS}{END}",
        )),
        // "Is a biopsy dangerous".
        literal(&format!(
            r"(?i)(?:^|[.,;!?]\s*)(?:(?:and|so|but|also|then)\s+)*(?:is|are|was|were|am)\s+(?:(?:it|there|i)\s+(?:(?:ok|okay|safe|possible|allowed|normal|dangerous|a|an|any)\s+)?(?:for\s+\w+\s+)?(?:to\s+)?|(?:(?:my|the|a|an|this|that)\s+)?[\w'-]+\s+){BETWEEN}{WORDS}{END}",
        )),
        literal(r"(?i)^\s*([\w-]+(?:\s+[\w-]+){0,2}?)\s+(?:of|for|after|during|from)\b"),
    ]
});

/// Words with which no aspect begins: who acts, and what only helps a verb along.
const NO_ASPECT: &[&str] = &[
    "i", "we", "you", "he", "she", "they", "it", "this", "that", "there", "one", "do", "does", "did", "can",
    "could", "should", "shall", "must", "will", "would", "may", "might", "am", "to", "if", "how", "happens",
    "happen", "like", "about", "on", "not", "no", "else", "exactly", "sort", "kind", "type", "is", "are",
    "be", "for", "and", "or",
];

/// The bytes of `question` that say what is wanted of its subject, where its form tells.
pub(super) fn aspect(question: &str) -> Option<Span> {
    let found = FORMS.iter().filter_map(|form| form.captures(question)?.get(1)).find(|found| {
        let first = found.as_str().split_whitespace().next().unwrap_or_default();
        !NO_ASPECT.iter().any(|word| first.eq_ignore_ascii_case(word))
    })?;
    Some(found.range().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_listed_twice() {
        assert_eq!(crate::text::repeated(NO_ASPECT.iter().copied()), [""; 0]);
    }

    #[test]
    fn the_aspect_is_read_off_the_form() {
        for (question, wanted) in [
            ("what are the side effects of the scan?", Some("side effects")),
            ("What is the usual dose for children", Some("dose")),
            ("what is the ten year survival rate for that", Some("ten year survival rate")),
            ("how much does the operation cost", Some("cost")),
            ("how many days will I stay", Some("days")),
            ("which organizations can help me?", Some("organizations")),
            ("side effects of a stent", Some("side effects")),
            ("can I drive home after the scan?", Some("drive home")),
            ("Will the plaster damage my skin", Some("damage my skin")),
            ("Can I get pregnant after it", Some("pregnant")),
            ("is a cast dangerous?", Some("dangerous")),
            ("what does it do", None),
            ("what should I bring", Some("bring")),
            ("cast", None),
            ("", None),
        ] {
            assert_eq!(aspect(question).map(|span| span.slice(question).unwrap()), wanted, "{question}");
        }
    }
}
