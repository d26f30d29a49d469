//! What a question is about: its noun phrase, as far as the order of its words tells.

use super::words::{Word, Words};
use crate::text::Span;

/// Longest focus in words; a longer phrase is cut at its end.
const MAX_WORDS: usize = 10;
/// Longest focus in bytes.
const MAX_BYTES: usize = 120;
/// Most noun phrases of a question that are looked at.
const MAX_PHRASES: usize = 4;

/// The noun phrase that a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Focus {
    /// As in the question, without an article.
    pub(super) text: String,
    /// Number of its words.
    pub(super) words: usize,
    /// Bytes of the question, with its article; empty where it is no part of one.
    pub(super) span: Span,
    /// Whether its head is a plural; `None` where that cannot be told.
    plural: Option<bool>,
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
            span: Span::new(0, 0),
            plural: None,
            article: None,
        })
    }

    /// Whether a pronoun for several things, or for one, can stand for it.
    pub(super) fn agrees(&self, plural: bool) -> bool {
        self.plural.is_none_or(|own| own == plural)
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
    &["of", "in", "for", "the", "a", "an", "and", "or", "with", "my", "on", "from", "to", "between"];
const PRONOUNS: &[&str] =
    &["i", "you", "we", "they", "he", "she", "it", "one", "people", "doctors", "im", "ive"];

/// The focus of `text`, whose words are `words`; `None` where it names nothing.
pub(super) fn of(text: &str, words: &Words) -> Option<Focus> {
    all(text, words).into_iter().next()
}

/// Every noun phrase of the last sentence of `text` that names anything, the focus first.
pub(super) fn all(text: &str, words: &Words) -> Vec<Focus> {
    let from = last_sentence(words);
    let (focus, rest) = match phrase_in(text, words, from) {
        Some((focus, end)) => (Some(focus), end),
        None => (phrase_in(text, words, 0).map(|(focus, _)| focus), words.len()),
    };
    let mut phrases: Vec<Focus> = focus.into_iter().collect();
    let mut from = rest;
    while let Some((phrase, end)) = phrase_in(text, words, from).filter(|_| phrases.len() < MAX_PHRASES) {
        phrases.push(phrase);
        from = end;
    }
    phrases
}

/// Where the last sentence begins that names anything.
fn last_sentence(words: &Words) -> usize {
    let mut starts = words.iter().enumerate().filter(|(_, word)| word.after_break).map(|(at, _)| at);
    starts.rfind(|&at| words.from(at).iter().any(|word| word.can_name() && word.is_content())).unwrap_or(0)
}

/// The first noun phrase of the words from `from` on, and the word after it.
pub(super) fn phrase_in(text: &str, words: &Words, from: usize) -> Option<(Focus, usize)> {
    let to = words.len();
    let names = |at: usize| words.get(at).is_some_and(Word::can_name) && !is_no_noun(words, at);
    let strong = |at: usize| words.get(at).is_some_and(Word::is_content) && names(at);
    let mut first = (from..to).find(|&at| strong(at)).or_else(|| (from..to).find(|&at| names(at)))?;
    while first > from && names(first - 1) && words.get(first).is_some_and(|word| !word.after_break) {
        first -= 1;
    }
    let (end, head) = end_of(words, first, &names);
    let joined = words.from(first).iter().take(end - first).any(|word| word.is(&["and"]));
    let start = words.get(first)?.span;
    let phrase = text.get(start.start()..words.get(end - 1)?.span.end())?;
    let before = first.checked_sub(1).and_then(|at| words.get(at));
    let article = before.and_then(article);
    let begin = before.filter(|_| article.is_some()).map_or(start.start(), |word| word.span.start());
    let focus = Focus {
        text: phrase.to_owned(),
        words: end - first,
        span: Span::new(begin, start.start() + phrase.len()),
        plural: words.get(head).map(|head| joined || is_plural(head)),
        article,
    };
    (phrase.len() <= MAX_BYTES).then_some((focus, end))
}

/// The word after the phrase that begins at word `first`, and the word that is its head.
fn end_of(words: &Words, first: usize, names: &dyn Fn(usize) -> bool) -> (usize, usize) {
    let mut end = first + 1;
    let mut head = None;
    loop {
        let mut next = end;
        while words.get(next).is_some_and(|word| word.is(BINDERS) && !word.after_break) {
            next += 1;
        }
        let goes_on = names(next) && words.get(next).is_some_and(|word| !word.after_break);
        if !goes_on || next + 1 - first > MAX_WORDS {
            return (end, head.unwrap_or(end - 1));
        }
        if next > end {
            head = head.or(Some(end - 1));
        }
        end = next + 1;
    }
}

/// Nouns for several that do not end in s, and nouns for one that do.
const PLURALS: &[&str] = &["people", "children", "women", "men", "teeth", "feet"];
const SINGULARS: &[&str] = &["diabetes", "pancreas", "measles", "rabies", "shingles", "aids", "lens", "ms"];

fn is_plural(word: &Word) -> bool {
    let name = word.folded.as_str();
    let ends =
        name.len() > 3 && name.ends_with('s') && !["ss", "us", "is"].iter().any(|end| name.ends_with(end));
    word.is(PLURALS) || (ends && !word.is(SINGULARS))
}

/// "How do I cope", "go back to work": what is done, and where to, is not what it is about.
fn is_no_noun(words: &Words, at: usize) -> bool {
    let next_is = |list: &[&str]| words.get(at + 1).is_some_and(|word| word.is(list));
    let direction =
        words.get(at).is_some_and(|word| word.is(&["back"])) && next_is(&["to", "from", "home", "in"]);
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    direction || before.is_some_and(|word| word.is(PRONOUNS))
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
