//! The operator's own words: `[texts]`. Answers hold no other words of ours; labels of the page are its own.

use serde::{Deserialize, Serialize};

/// Fixed texts that patients see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextsConfig {
    /// Name of the service, at the head of the page.
    pub title: String,
    /// First words in the chat.
    pub greeting: String,
    /// Example questions offered at the start, at most ten.
    pub suggestions: Vec<String>,
    /// Shown when nothing was found.
    pub not_found: String,
    /// Shown above quotes that may not answer.
    pub low_confidence: String,
}

impl Default for TextsConfig {
    fn default() -> Self {
        Self {
            title: "Ibid".into(),
            greeting:
                "Ask about the documents here. The answers are quotes from them, word for word, each with \
                       its source."
                    .into(),
            suggestions: vec![
                "How long does PRRT take to work?".into(),
                "Which tests will I need?".into(),
                "What should I bring to my appointment?".into(),
            ],
            not_found: "The documents here do not answer that. Please ask your care team.".into(),
            low_confidence: "These quotes may not answer your question.".into(),
        }
    }
}
