//! What a question is about: its noun phrase, as far as the order of its words tells.

use super::words::{Word, Words};

/// Longest focus in words; a longer phrase is cut at its end.
const MAX_WORDS: usize = 10;
/// Longest focus in bytes.
const MAX_BYTES: usize = 120;

/// The noun phrase that a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Focus {
    /// As in the question, without an article.
    pub(super) text: String,
    /// Number of its words.
    pub(super) words: usize,
    /// The article or possessive to put before it.
    article: Option<&'static str>,
}

impl Focus {
    /// `text` as it is, such as a heading. It may be a sentence, so it is never put in the place of a word.
    pub(super) fn plain(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['?', '.', ':', '!']);
        (!text.is_empty() && text.len() <= MAX_BYTES).then(|| Self {
            text: text.to_owned(),
            words: usize::MAX,
            article: None,
        })
    }

    /// With the article that fits something named before: "a scan" becomes "the scan".
    pub(super) fn with_article(&self) -> String {
        match self.article {
            Some(article) => format!("{article} {}", self.text),
            None => self.text.clone(),
        }
    }
}

/// Words that bind noun phrases: "the tail of the pancreas".
const BINDERS: &[&str] =
    &["of", "in", "for", "the", "a", "an", "and", "or", "with", "my", "on", "from", "to"];
const PRONOUNS: &[&str] =
    &["i", "you", "we", "they", "he", "she", "it", "one", "people", "doctors", "im", "ive"];

/// The focus of `text`, whose words are `words`; `None` where it names nothing.
pub(super) fn of(text: &str, words: &Words) -> Option<Focus> {
    let last = last_sentence(words);
    phrase_in(text, words, last, words.len()).or_else(|| phrase_in(text, words, 0, words.len()))
}

/// Where the last sentence begins that names anything.
fn last_sentence(words: &Words) -> usize {
    let mut starts = words.iter().enumerate().filter(|(_, word)| word.after_break).map(|(at, _)| at);
    starts.rfind(|&at| words.from(at).iter().any(|word| word.can_name() && word.is_content())).unwrap_or(0)
}

fn phrase_in(text: &str, words: &Words, from: usize, to: usize) -> Option<Focus> {
    let names =
        |at: usize| words.get(at).is_some_and(|word| word.can_name() && !is_verb_of_pronoun(words, at));
    let strong = |at: usize| words.get(at).is_some_and(Word::is_content) && names(at);
    let mut first = (from..to).find(|&at| strong(at)).or_else(|| (from..to).find(|&at| names(at)))?;
    while first > from && names(first - 1) && words.get(first).is_some_and(|word| !word.after_break) {
        first -= 1;
    }
    let mut end = first + 1;
    loop {
        let mut next = end;
        while words.get(next).is_some_and(|word| word.is(BINDERS) && !word.after_break) {
            next += 1;
        }
        let goes_on = next < to && names(next) && words.get(next).is_some_and(|word| !word.after_break);
        if !goes_on || next + 1 - first > MAX_WORDS {
            break;
        }
        end = next + 1;
    }
    let start = words.get(first)?.span;
    let phrase = text.get(start.start()..words.get(end - 1)?.span.end())?;
    (phrase.len() <= MAX_BYTES).then(|| Focus {
        text: phrase.to_owned(),
        words: end - first,
        article: first.checked_sub(1).and_then(|at| article(words.get(at)?)),
    })
}

/// "How do I [cope]": the word after a pronoun is what is done, not what it is about.
fn is_verb_of_pronoun(words: &Words, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    before.is_some_and(|word| word.is(PRONOUNS))
}

fn article(before: &Word) -> Option<&'static str> {
    match before.folded.as_str() {
        "a" | "an" | "the" => Some("the"),
        "my" => Some("my"),
        "our" => Some("our"),
        "your" => Some("your"),
        _ => None,
    }
}
