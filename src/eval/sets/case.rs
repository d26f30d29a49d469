//! One question of a set, and what is known of its answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a question is in a set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The corpus answers it.
    Answerable,
    /// The corpus does not answer it.
    Unanswerable,
    /// The last turn of a conversation.
    Conversation,
    /// A message that is or only looks like one of danger.
    Safety,
    /// Greeting, thanks and the like.
    SmallTalk,
    /// Nothing is known of its answer.
    Plain,
}

impl Part {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answerable => "answerable",
            Self::Unanswerable => "unanswerable",
            Self::Conversation => "conversation",
            Self::Safety => "safety",
            Self::SmallTalk => "small_talk",
            Self::Plain => "plain",
        }
    }
}

/// Words of a document that answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldSpan {
    /// The answer as it stands in the document.
    pub text: String,
    /// Where it begins in the document's text, in characters; sets are off by a few.
    pub start: usize,
}

/// What the set says of a question's answer. What is empty is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// A right quote holds one of these strings (see [`super::fold`]).
    pub gold: Vec<String>,
    /// Grades of documents by id; 0 is judged and not relevant.
    pub grades: BTreeMap<String, u32>,
    /// Where the answer stands.
    pub spans: Vec<GoldSpan>,
    /// Safety messages: the kind of notice, or `none`. Small talk: the outcome, where one is named.
    pub expect: Option<String>,
}

/// One question of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Unique within its part.
    pub id: String,
    /// What it is for.
    pub part: Part,
    /// As typed.
    pub question: String,
    /// What the person asked before, oldest first.
    pub history: Vec<String>,
    /// What is known of the answer.
    pub expected: Expected,
}

impl Case {
    /// A question without history of which nothing is known.
    #[must_use]
    pub fn new(part: Part, id: String, question: String) -> Self {
        Self { id, part, question, history: Vec::new(), expected: Expected::default() }
    }

    /// Whether the set can tell a right quote from a wrong one.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        let Expected { gold, grades, spans, .. } = &self.expected;
        !gold.is_empty() || !spans.is_empty() || grades.values().any(|&grade| grade > 0)
    }
}

/// `text` as gold strings are compared: lower case, typographic quotes and dashes as plain ones, white space as one
/// blank.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{2bc}' => folded.push('\''),
            '\u{201c}' | '\u{201d}' => folded.push('"'),
            '\u{2010}'..='\u{2015}' => folded.push('-'),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gold_is_compared_without_case_white_space_and_typography() {
        assert_eq!(fold("  It\u{2019}s \n\t OVER \u{201c}days\u{201d} "), "it's over \"days\"");
        assert_eq!(fold("x\u{2013}y"), "x-y");
        assert_eq!(fold(" "), "");
    }
}
