//! Who asks whom: "what should I ask the doctor" and "what will the doctor ask me" share their words.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern::literal;

/// Who puts the questions that a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// The patient, or who comes along.
    Patient,
    /// Those who treat.
    Team,
}

const TEAM: &str = r"(?:\w*doctors?|docs?|physicians?|surgeons?|specialists?|consultants?|nurses?|gps?|\w+ologists?|providers?|teams?|anaesthetists?|anesthetists?|midwi(?:fe|ves)|dentists?)";

static TEAM_ASKS: LazyLock<Regex> = LazyLock::new(|| {
    literal(&format!(
        r"(?i)\b(?:{TEAM}|they|she|he)\b(?:\W+\w+){{0,4}}?\W+(?:asks?|asking|want\s+to\s+know|wants\s+to\s+know|question)\b(?:\W+(?:me|us|you|him|her|my|your|a\s+(?:few|number)|some|several|about))|\b(?:be|being|get|getting|am|are)\s+asked\b|\basks?\s+(?:me|us|you)\b"
    ))
});

static PATIENT_ASKS: LazyLock<Regex> = LazyLock::new(|| {
    literal(&format!(
        r"(?i)\b(?:i|we|you|my\s+\w+|to|can|could|may|should|and|please|free\s+to)\s+(?:want\s+to\s+)?(?:ask|asking|question)\b|\bask(?:ing)?\s+(?:\w+\s+)?(?:the|my|your|our|a|an|his|her)?\s*(?:\w+\s+)?{TEAM}\b|\bquestions?\s+(?:for|to)\s+(?:\w+\s+){{0,2}}{TEAM}\b"
    ))
});

impl Asker {
    /// Who asks in `text`, where it is about asking and leaves no doubt.
    pub(super) fn of(text: &str) -> Option<Self> {
        match (TEAM_ASKS.is_match(text), PATIENT_ASKS.is_match(text)) {
            (true, _) => Some(Self::Team),
            (false, true) => Some(Self::Patient),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_read_off_the_words() {
        for (text, asker) in [
            ("what should I ask my surgeon?", Some(Asker::Patient)),
            ("good questions to ask the eye doctor", Some(Asker::Patient)),
            ("Questions for your nurse:", Some(Asker::Patient)),
            ("what will the doctor ask me", Some(Asker::Team)),
            ("The nurse may ask you about allergies, such as:", Some(Asker::Team)),
            ("what am i going to be asked there", Some(Asker::Team)),
            ("how is the knee replaced", None),
        ] {
            assert_eq!(Asker::of(text), asker, "{text}");
        }
    }
}
