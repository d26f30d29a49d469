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
    /// Whether it is no likely subject, so that putting it in could change the sense.
    pub(super) is_odd: bool,
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
            is_odd: false,
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

    /// As something that somebody has: "a stoma" becomes "my stoma", "his stoma" stays.
    pub(super) fn as_owned(&self) -> String {
        format!("{} {}", self.article.filter(|article| *article != "the").unwrap_or("my"), self.text)
    }
}

/// Words that bind noun phrases: "the tail of the pancreas".
pub(super) const BINDERS: &[&str] = &[
    "of", "in", "for", "the", "a", "an", "and", "or", "with", "my", "on", "from", "to", "between", "behind",
];
const PRONOUNS: &[&str] =
    &["i", "you", "we", "they", "he", "she", "it", "one", "people", "doctors", "im", "ive"];

/// Auxiliaries between which and a verb somebody stands: "can my wife press the button".
const BEFORE_SOMEBODY: &[&str] =
    &["do", "does", "did", "can", "could", "will", "would", "should", "must", "may", "might"];

/// The focus of `text`, whose words are `words`; `None` where it names nothing.
pub(super) fn of(text: &str, words: &Words) -> Option<Focus> {
    all(text, words).into_iter().next()
}

/// The noun phrases of `text`: of the last sentence that names anything, the focus first, then of those before it.
pub(super) fn all(text: &str, words: &Words) -> Vec<Focus> {
    let sentence = last_sentence(words);
    let (focus, rest) = match phrase_in(text, words, sentence) {
        Some((focus, end)) => (Some(focus), end),
        None => (phrase_in(text, words, 0).map(|(focus, _)| focus), words.len()),
    };
    let mut phrases: Vec<Focus> = focus.into_iter().collect();
    let mut from = rest;
    while let Some((phrase, end)) = phrase_in(text, words, from).filter(|_| phrases.len() < MAX_PHRASES) {
        phrases.push(phrase);
        from = end;
    }
    from = 0;
    let is_before = |(_, end): &(Focus, usize)| *end <= sentence;
    while let Some((phrase, end)) = phrase_in(text, words, from).filter(is_before) {
        if phrases.len() >= MAX_PHRASES {
            break;
        }
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
        from = end;
    }
    phrases
}

/// What the first words of `phrase` are an aspect of: the hernia repair in "the risks of a hernia repair".
pub(super) fn without_aspect(text: &str, words: &Words, phrase: &Focus) -> Option<Focus> {
    let from = words.iter().position(|word| word.span.start() >= phrase.span.start())?;
    let binds =
        |word: &Word| word.is(&["of", "for"]) && word.span.end() <= phrase.span.end() && !word.after_break;
    let at = (from..words.len()).find(|&at| words.get(at).is_some_and(binds))?;
    words.get(at.checked_sub(1)?).filter(|head| head.is_aspect())?;
    phrase_in(text, words, at + 1).map(|(of, _)| of)
}

/// Where the last sentence begins that names anything.
fn last_sentence(words: &Words) -> usize {
    let mut starts = words.iter().enumerate().filter(|(_, word)| word.after_break).map(|(at, _)| at);
    starts.rfind(|&at| words.from(at).iter().any(|word| word.can_name() && word.is_content())).unwrap_or(0)
}

/// The first noun phrase of the words from `from` on, without a time at its end, and the word after both.
pub(super) fn phrase_in(text: &str, words: &Words, from: usize) -> Option<(Focus, usize)> {
    let to = words.len();
    let names = |at: usize| words.get(at).is_some_and(Word::can_name) && !is_no_noun(words, at);
    let strong = |at: usize| words.get(at).is_some_and(Word::is_content) && names(at);
    let mut first = (from..to).find(|&at| strong(at)).or_else(|| (from..to).find(|&at| names(at)))?;
    while first > from && names(first - 1) && words.get(first).is_some_and(|word| !word.after_break) {
        first -= 1;
    }
    let (end, head) = end_of(words, first, &names);
    let kept = without_time(words, first, end);
    let joined = words.from(first).iter().take(kept - first).any(|word| word.is(&["and"]));
    let start = words.get(first)?.span;
    let phrase = text.get(start.start()..words.get(kept - 1)?.span.end())?;
    let before = first.checked_sub(1).and_then(|at| words.get(at));
    let article = before.and_then(article);
    let begin = before.filter(|_| article.is_some()).map_or(start.start(), |word| word.span.start());
    let focus = Focus {
        text: phrase.to_owned(),
        words: kept - first,
        span: Span::new(begin, start.start() + phrase.len()),
        plural: words.get(head.min(kept - 1)).map(|head| joined || is_plural(head)),
        article,
        is_odd: false,
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

/// The word after the phrase of the words from `first` to before `end` where the time at its end is no part of it: "the
/// biopsy 3 days ago", "my scan on friday".
fn without_time(words: &Words, first: usize, end: usize) -> usize {
    let is_part = |at: usize| words.get(at).is_some_and(|word| tells_time(word) || word.is(BINDERS));
    let mut from = end;
    while from > first + 1 && is_part(from - 1) {
        from -= 1;
    }
    while from < end && is_of_name(words, from) {
        from += 1;
    }
    from
}

/// "Type 2", "visiting hours": a number that counts no time, or a time that nothing counts.
fn is_of_name(words: &Words, at: usize) -> bool {
    let counts = || words.get(at + 1).is_some_and(|next| tells_time(next) && !next.is_number());
    let is_of_name =
        |word: &Word| if word.is_number() { !counts() } else { word.is_time() && !word.is_day() };
    words.get(at).is_some_and(is_of_name)
}

/// Words that count a time or how long it is past: "a few days ago".
const QUANTITIES: &[&str] = &["few", "couple", "ago"];

fn tells_time(word: &Word) -> bool {
    let is_named = word.is(&["home", "place", "time", "times"]);
    word.is_when() && !is_named || word.is(QUANTITIES)
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

/// Auxiliaries that a verb follows behind a pronoun: "they won't numb my foot".
const BEFORE_VERBS: &[&str] = &[
    "can", "could", "will", "would", "should", "must", "may", "might", "wont", "cant", "couldnt", "wouldnt",
    "shouldnt", "mustnt", "dont", "doesnt", "didnt",
];

/// "I cope", "they won't numb my foot": what is done behind a pronoun.
fn is_done(words: &Words, at: usize) -> bool {
    let back = |steps: usize| at.checked_sub(steps).and_then(|at| words.get(at));
    let is_pronoun = |word: &Word| word.is(PRONOUNS);
    back(1).is_some_and(|word| is_pronoun(word) || word.leads_verb)
        || back(1).is_some_and(|word| word.is(BEFORE_VERBS)) && back(2).is_some_and(is_pronoun)
}

/// "Can my wife press the button": what somebody is asked to do.
fn is_done_by_somebody(words: &Words, at: usize) -> bool {
    let is_person = |at: usize| words.get(at).is_some_and(Word::is_person);
    let Some(somebody) = at.checked_sub(1).filter(|&before| is_person(before) && !is_person(at)) else {
        return false;
    };
    let mut before = (0..somebody).rev().filter_map(|at| words.get(at));
    before.find(|word| article(word).is_none()).is_some_and(|word| word.is(BEFORE_SOMEBODY))
}

/// "How do I cope", "go back to work": what is done, and where to, is not what it is about.
fn is_no_noun(words: &Words, at: usize) -> bool {
    is_direction(words, at)
        || is_age(words, at)
        || is_after(words, at)
        || is_done(words, at)
        || is_done_by_somebody(words, at)
}

/// "Go back to work", "back at my desk"; not "pain in my back at night".
fn is_direction(words: &Words, at: usize) -> bool {
    let to = &["to", "from", "home", "in", "at", "on", "into"];
    let is_part = |before: &Word| article(before).is_some() || before.is(&["lower", "upper"]);
    words.get(at).is_some_and(|word| word.is(&["back"]))
        && words.get(at + 1).is_some_and(|next| next.is(to))
        && !at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(is_part)
}

/// "My son is 13 with asthma": a number of nothing that is named.
fn is_age(words: &Words, at: usize) -> bool {
    words.get(at).is_some_and(Word::is_number)
        && words.get(at + 1).is_some_and(|next| next.is(BINDERS))
        && !at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(Word::can_name)
}

/// "3 weeks post hernia repair".
fn is_after(words: &Words, at: usize) -> bool {
    words.get(at).is_some_and(|word| word.is(&["post"]))
        && words.get(at + 1).is_some_and(|next| next.can_name() && !next.after_break)
        && at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(tells_time)
}

fn article(before: &Word) -> Option<&'static str> {
    match before.folded.as_str() {
        "a" | "an" | "the" => Some("the"),
        "my" => Some("my"),
        "our" => Some("our"),
        "your" => Some("your"),
        "her" => Some("her"),
        "his" => Some("his"),
        "their" => Some("their"),
        _ => None,
    }
}
