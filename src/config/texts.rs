//! The operator's own words: `[texts]`. Answers hold no other words of ours; labels of the page are its own.

use serde::{Deserialize, Serialize};

/// Fixed texts that patients see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TextsConfig {
    /// Language of these texts and of the notices, a BCP 47 tag: the voice of a screen reader.
    pub language: String,
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
    /// The reply to "tell me more" where there is no more.
    pub nothing_more: String,
    /// Shown when nothing was found for a question in another language than the documents'.
    pub other_language: String,
    /// The reply to a greeting.
    pub greeting_reply: String,
    /// The reply to thanks.
    pub thanks: String,
    /// The reply to a goodbye.
    pub goodbye: String,
    /// The reply to "ok" and the like.
    pub acknowledgement: String,
    /// The reply to "that does not answer my question" where there is nothing else to quote.
    pub complaint: String,
    /// The reply to "who are you".
    pub about: String,
    /// The reply to "what can you do".
    pub capabilities: String,
    /// The reply to the wish for a person, where none can be reached this way.
    pub handoff: String,
    /// The reply to the wish for a person in our own chat, where one is asked to come.
    pub handing_over: String,
    /// The reply to what a patient says while a person has the chat.
    pub forwarded: String,
}

impl Default for TextsConfig {
    fn default() -> Self {
        Self {
            language: "en".into(),
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
            nothing_more: "The documents here say no more about that.".into(),
            other_language: "The documents here are in English. Please ask in English.".into(),
            greeting_reply: "Hello. What would you like to know?".into(),
            thanks: "You are welcome.".into(),
            goodbye: "Goodbye, and all the best.".into(),
            acknowledgement: "All right. You can ask another question at any time.".into(),
            complaint: "I am sorry. I can only quote the documents, word for word. Please ask in other words, or ask \
                your care team."
                .into(),
            about:
                "I am a computer program, not a person. I look up your question in documents and quote them \
                    word for word."
                    .into(),
            capabilities:
                "Ask a question in your own words. You get the passages of the documents that answer \
                           it, word for word, each with its source. I cannot give advice about your own case."
                    .into(),
            handoff: "I cannot connect you to a person here. Please call your clinic or your care team."
                .into(),
            handing_over: "I am passing this on to our team. A person will answer you here.".into(),
            forwarded: "I have passed this on.".into(),
        }
    }
}
