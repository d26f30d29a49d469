//! What a question wants to know of its subject: the "side effects" of "what are the side effects of ...".
//!
//! A passage about the subject that does not touch the aspect is the commonest wrong answer.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;

#[allow(clippy::expect_used, reason = "literal patterns, compiled by a test")]
fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern compiles")
}

/// In order of precedence; the first group is the aspect.
static FORMS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        compile(
            r"(?i)\bhow\s+(?:much|many)\s+(?:do|does|did|is|are|will|would)\b.*\b(costs?|weighs?|paid|pay)\b",
        ),
        compile(r"(?i)\bhow\s+many\s+(?:of\s+)?(?:my\s+|the\s+)?([\w-]+)"),
        compile(concat!(
            r"(?i)\b(?:what|which)(?:'s|s)?\s+(?:(?:is|are|was|were|will\s+be|would\s+be)\s+)?",
            r"(?:(?:the|my|a|an|any|some|main|most|common|usual|normal|typical|possible|of)\s+)*",
            r"([\w-]+(?:\s+[\w-]+){0,3}?)",
            r"\s*(?:\b(?:of|for|from|with|in|to|after|before|during|do|does|did|can|could|should|will|would|are|is|have|has|when|if|about)\b|[?.!,]|$)",
        )),
        compile(r"(?i)^\s*([\w-]+(?:\s+[\w-]+){0,2}?)\s+(?:of|for|after|during|from)\b"),
    ]
});

/// The bytes of `question` that say what is wanted of its subject, where its form tells.
pub(super) fn aspect(question: &str) -> Option<Span> {
    let found = FORMS.iter().find_map(|form| form.captures(question)?.get(1))?;
    Some(found.range().into())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("can my sister come along", None),
            ("", None),
        ] {
            assert_eq!(aspect(question).map(|span| span.slice(question).unwrap()), wanted, "{question}");
        }
    }
}
