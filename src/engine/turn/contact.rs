//! Who asks whom to contact: the hand-over, and what the documents say of that.

use std::sync::LazyLock;

use regex::Regex;

use super::super::AskError;
use super::{Turn, ranked};
use crate::answer::{Answer, Citation, Outcome};
use crate::conversation::Standalone;
use crate::text::pattern::literal;

/// How a quote tells whom to contact: by a telephone number, or by a word for ringing or speaking to somebody.
static TELLS_WHOM: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)\b(?:call|contact|email|e-mail|phone|ring|speak|talk|telephone)\b",
        r"|\d(?:[ \x{a0}()/-]{0,2}\d){5}",
    ))
});

impl Turn<'_> {
    /// The hand-over of who asks whom to contact, and beside it the quotes that surely answer and tell whom.
    pub(super) fn handed_over(&self, read: Standalone) -> Result<Answer, AskError> {
        let config = self.engine.config();
        let found = self.found(read)?;
        let tells = |one: &&Citation| {
            one.confidence >= config.answer.answered_confidence && TELLS_WHOM.is_match(&one.quote)
        };
        let citations = ranked(found.citations.iter().filter(tells).cloned());
        let bare = self.bare(Outcome::Handoff, &config.texts.handoff);
        let Some(confidence) = citations.first().map(|first| first.confidence) else { return Ok(bare) };
        Ok(Answer { citations, confidence, read_as: found.read_as.clone(), ..bare })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_to_contact_is_told_by_a_number_or_by_whom_to_speak_to() {
        for quote in [
            "The stoma nurses, Monday to Friday: 5550 1733.",
            "Speak first to the nurse in charge of the ward.",
            "For anything less urgent **ring the ward**.",
        ] {
            assert!(TELLS_WHOM.is_match(quote), "{quote}");
        }
        for quote in [
            "a speech and language therapist, for talking and swallowing",
            "Only nurses and doctors with a special certificate do it.",
            "You meet the surgeon that morning; surgeons are called Mr or Ms.",
            "The pump beeps every 15 to 20 minutes.",
        ] {
            assert!(!TELLS_WHOM.is_match(quote), "{quote}");
        }
    }
}
