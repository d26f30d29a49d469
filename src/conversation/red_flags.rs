//! Messages that call for help now: of the mind (crisis) or of the body (emergency).
//!
//! The list is `lexicon/red-flags.txt`; operators add their own with `[safety] additions`. What is found is
//! only ever a reason to show the operator's notice, beside what else is answered or, in a crisis in which
//! nothing is asked, alone; it is never a diagnosis.

use super::pattern::{PatternError, Patterns};
use crate::answer::NoticeKind;
use crate::text::Span;

/// The list that is shipped.
const SHIPPED: &str = include_str!("../../lexicon/red-flags.txt");
/// What errors call it.
const SHIPPED_NAME: &str = "lexicon/red-flags.txt";
const CRISIS: &str = "crisis";
const EMERGENCY: &str = "emergency";

/// A danger that a message tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedFlag {
    /// Of the mind or of the body.
    pub kind: NoticeKind,
    /// Name of the rule in the list.
    pub rule: String,
    /// The words that told it, in bytes of the message.
    pub span: Span,
}

/// The list of red flags.
#[derive(Debug, Clone)]
pub struct RedFlags {
    patterns: Patterns,
}

impl RedFlags {
    /// The shipped list. Were it damaged, nothing would be seen; a test reads it.
    #[must_use]
    pub fn shipped() -> Self {
        Self { patterns: Patterns::parse_or_empty(SHIPPED_NAME, SHIPPED, &[CRISIS, EMERGENCY]) }
    }

    /// The shipped list and lists that add to it, each with the name that errors give it.
    ///
    /// # Errors
    /// A line of an addition that is not understood.
    pub fn with_additions(additions: &[(String, String)]) -> Result<Self, PatternError> {
        let mut lists = vec![(SHIPPED_NAME, SHIPPED)];
        lists.extend(additions.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        Ok(Self { patterns: Patterns::parse(&lists, &[CRISIS, EMERGENCY])? })
    }

    /// Version of the shipped list.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.patterns.version()
    }

    /// Number of patterns, additions included.
    #[must_use]
    pub fn count(&self) -> usize {
        self.patterns.count()
    }

    /// The danger that `text` tells of, if any; a crisis before an emergency.
    #[must_use]
    pub fn detect(&self, text: &str) -> Option<RedFlag> {
        let message = self.patterns.read(text);
        [(CRISIS, NoticeKind::Crisis), (EMERGENCY, NoticeKind::Emergency)].into_iter().find_map(
            |(name, kind)| {
                let found = self.patterns.find(&message, name)?;
                Some(RedFlag { kind, rule: found.rule.to_owned(), span: found.span })
            },
        )
    }
}

#[cfg(test)]
mod tests;
