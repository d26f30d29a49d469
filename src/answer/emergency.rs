//! Texts that tell to call for help at once.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern::literal;

/// A call to an emergency number or an ambulance, "… is an emergency", the way to the emergency department. A longer number
/// that only begins with one of the emergency numbers is none.
static CALLS_FOR_HELP: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)\b(?:call|dial|phone|ring|telephone)\s+(?:[a-z]+\s+){0,2}?",
        r"(?:(?:999|112|911|000)\b(?:\s*[^\s\d]|\s*$)|(?:an|the)\s+ambulance\b|(?:the\s+)?emergency\s+(?:number|services?)\b)",
        r"|^\W*(?:999|112|911|000)\s*:",
        r"|\b(?:is|are)\s+(?:always\s+)?(?:an?\s+(?:medical\s+)?emergency|emergencies)\b",
        r"|\bto\s+(?:(?:the|your)\s+)?(?:nearest\s+)?(?:A&E|accident\s+and\s+emergency|emergency\s+(?:department|room))(?:\W|$)",
    ))
});

/// Whether `text` tells to call for help at once.
pub(super) fn calls_for_help(text: &str) -> bool {
    CALLS_FOR_HELP.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_for_help_are_told_from_other_numbers() {
        for text in [
            "Call 999 for a fit.",
            "Chest pain is an emergency: dial\u{a0}999.",
            "999: weakness on one side.",
            "With blue lips, ring straight for an ambulance.",
            "Go to the nearest emergency department now.",
            "Go to A&E even if you feel well.",
            "In Europe phone 112",
        ] {
            assert!(calls_for_help(text), "{text}");
        }
        for text in [
            "Call 0555 999 123 for a new date.",
            "Ring 999 4410 to change your appointment.",
            "Some 999 machines were made.",
            "Emergency contraception works for five days.",
            "The ward takes emergency patients as well.",
            "There is no emergency department here, and a cold is not an emergency.",
            "",
        ] {
            assert!(!calls_for_help(text), "{text}");
        }
    }
}
