//! What is not so: "which foods can I not eat" is not answered by what can be eaten.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern::literal;

static ASKED: LazyLock<Regex> =
    LazyLock::new(|| literal(r"(?i)n['\x{2019}]t\b|\b(?:not|cannot|never|without|except)\b"));

static SAID: LazyLock<Regex> = LazyLock::new(|| {
    literal(
        r"(?i)n['\x{2019}]t\b|\b(?:not|cannot|never|without|except|no|none|neither|nor|only|un\w+|avoid\w*|stop\w*|instead)\b",
    )
});

/// Whether `question` asks for what is not so. One for a yes or no, such as "can't I drive", asks the same as its
/// opposite.
pub(super) fn asked(question: &str) -> bool {
    let first = question.split_whitespace().next().unwrap_or_default();
    let is_polar = first.to_lowercase().ends_with("n't") || first.to_lowercase().ends_with("n\u{2019}t");
    !is_polar && ASKED.is_match(question)
}

/// Whether `sentence` says what is not so.
pub(super) fn negates(sentence: &str) -> bool {
    SAID.is_match(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_so_is_asked_and_said() {
        assert!(asked("What should I not eat?") && asked("which drugs don't help"));
        assert!(!asked("What may I eat?") && !asked("Isn't it dangerous?"));
        assert!(negates("Avoid grapefruit.") && negates("You can\u{2019}t drive."));
        assert!(!negates("Eat what you like."));
    }
}
