//! A message to its question: greetings, thanks and biography set aside.
//!
//! A short message is its question. Of a long one the sentences that ask are kept as the question, and the
//! others as its background, which says what "it" is about. Nothing is ever added: every word of the
//! result is a word of the message, whose spelling was put right before.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;
use crate::text::brackets::last_brackets;
use crate::text::pattern::literal;
use crate::text::sentence::sentences;
use crate::text::spelling::SpellingCorrection;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// A message of at most this many words is its question as it stands.
const SHORT: usize = 14;
/// Longest clause, in words, that is read with a question that points back to it.
const MAX_LEANT_ON: usize = 30;
/// Longest clause, in words, that may be nothing but thanks.
const MAX_PLEASANTRY: usize = 10;
/// What may stand before a question.
const LEADING: &[&str] = &["so", "and", "but", "or", "also", "then", "now", "well", "ok", "okay", "please"];
const AUXILIARIES: &[&str] = &[
    "is",
    "are",
    "am",
    "was",
    "were",
    "do",
    "does",
    "did",
    "can",
    "could",
    "should",
    "shall",
    "will",
    "would",
    "may",
    "might",
    "must",
    "has",
    "have",
    "isn't",
    "aren't",
    "wasn't",
    "weren't",
    "don't",
    "doesn't",
    "didn't",
    "can't",
    "couldn't",
    "shouldn't",
    "won't",
    "wouldn't",
    "hasn't",
    "haven't",
];
/// Words that a subject begins with.
const SUBJECTS: &[&str] = &[
    "i", "we", "you", "he", "she", "it", "they", "there", "this", "that", "these", "those", "the", "a", "an",
    "my", "our", "your", "his", "her", "their", "any", "anyone", "someone", "people", "patients",
];
/// Most sentences of the background that are looked at.
const MAX_BACKGROUND: usize = 8;

/// What a message asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understanding {
    /// What is asked.
    pub question: String,
    /// The clause of it that says what kind of answer is wanted; empty where that is all of it.
    pub(super) focus: String,
    /// What else is said and may tell what the question is about, in order.
    pub background: Vec<String>,
    /// What stands in brackets at the end of the message: the last of `background`, empty where nothing does.
    pub(super) aside: String,
    /// Whether something was set aside.
    pub condensed: bool,
    /// What was changed in the spelling.
    pub corrections: Vec<SpellingCorrection>,
}

/// Pleasantries at the beginning of a message.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    literal(
        r"(?i)^\s*(?:(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening|day))\b(?:\s+(?:there|all|everyone|team|doctor|sir|madam|sir/madam))?\s*[,.!:;-]*\s*)+",
    )
});

/// Pleasantries at the end.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    literal(
        r"(?i)[\s,.!;-]*\b(?:(?:many\s+)?thanks?(?:\s+you)?(?:\s+(?:so|very)\s+much|\s+a\s+lot|\s+in\s+advance|\s+for\s+(?:your|any|the)\s+(?:help|time|answer|information|advice))*|(?:kind|best|warm)\s+regards|regards|cheers|god\s+bless(?:\s+you)?)\b[\s,.!:;-]*$",
    )
});

/// How a sentence begins that only thanks or excuses itself.
static PLEASANTRY: LazyLock<Regex> = LazyLock::new(|| {
    literal(
        r"(?i)^\W*(?:thanks?\b.*|thank\s+you\b.*|(?:kind|best|warm)\s+regards\b.*|i\s+(?:would\s+)?(?:really\s+)?appreciate\b.*|sorry(?:\W*$|\s+(?:for|about|if|to)\b[^?]*)|please\s+(?:help|advise|reply|answer)\b[^?]{0,30}|any\s+help\b[^?]{0,60})$",
    )
});

/// How a clause that asks begins.
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)^\W*(?:(?:so|and|but|or|also|then|now|well|ok|okay|please|my\s+question\s+is)\b[\s,:]*)*",
        r"(?:what|what's|whats|how|when|where|who|whom|which|why|can|could|should|shall|do|does|did|is|are|was|were|will|would|may|might|must|has|have|am)\b",
        r"(?:\s|$)|\b(?:i\s+(?:want|would\s+like|need|wish|like)\s+to\s+(?:know|ask|understand|find\s+out)|(?:i\s*(?:'m|am)\s+|just\s+)?wondering|tell\s+me|explain|(?:do|does)\s+any(?:one|body)\s+know|i\s+(?:do\s*n[o']?t|dont)\s+(?:know|understand)\s+(?:what|how|when|where|who|which|why|if|whether)|information\s+(?:on|about))\b",
    ))
});

/// How a clause says in so many words that it asks.
static WISHES: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)\bi\s+(?:(?:just|really|only)\s+)?(?:want|would\s+like|'?d\s+like|need|wish)\s+to\s+(?:know|ask|understand|find\s+out)\b",
        r"|\bwondering\b|^\W*(?:(?:please|so|and|can\s+you|could\s+you)\s+)*(?:tell\s+me|explain)\b|\b(?:do|does|can)\s+any(?:one|body)\b|\bmy\s+question\s+is\b|\binformation\s+(?:on|about)\b",
    ))
});

/// How a clause begins that describes what stands before it.
static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    literal(r"(?i)^\W*(?:and\s+|but\s+|so\s+)?(?:who|which|when|where|whose|is|are|do|does|will|would)\b")
});

/// Words that stand for something said before.
static POINTS_BACK: LazyLock<Regex> =
    LazyLock::new(|| literal(r"(?i)\b(?:it|that|this|these|those|them|there|one)\b"));

/// Where a clause that asks begins within a longer sentence.
static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    literal(
        r"(?i)[,;:]\s+(?:(?:so|and|but|please)\s+)?(?:what|how|when|where|who|which|why|can|could|should|do|does|is|are|will|would)\b",
    )
});

impl Understanding {
    /// Reads what `message` asks.
    #[must_use]
    pub fn of(message: &str, analyzer: &Analyzer) -> Self {
        let (message, aside) = split_aside(message);
        let mut understood = Self::without_aside(message, analyzer);
        if let Some(aside) = aside {
            understood.background.push(aside.to_owned());
            aside.clone_into(&mut understood.aside);
        }
        understood
    }

    fn without_aside(message: &str, analyzer: &Analyzer) -> Self {
        let trimmed = trim_pleasantries(message);
        let is_trimmed = trimmed.len() < message.trim().len();
        let plain =
            || Self { question: trimmed.replace('\n', " "), condensed: is_trimmed, ..Self::default() };
        if trimmed.split_whitespace().count() <= SHORT {
            return plain();
        }
        let mut clauses = clauses(trimmed);
        clauses.retain(|clause| !clause.is_pleasantry());
        let is_marked = clauses.iter().any(Clause::is_marked);
        let asks: Vec<bool> = clauses.iter().map(|clause| clause.asks(is_marked)).collect();
        let first = asks.iter().position(|asks| *asks);
        let asking = clauses.iter().zip(&asks).filter(|(_, asks)| **asks).map(|(clause, _)| clause.text);
        let asking: Vec<&str> = asking.collect();
        let Some(first) = first.filter(|_| asking.len() < clauses.len()) else { return plain() };
        let focus = asking.iter().rfind(|clause| clause.trim_end().ends_with('?'));
        let focus = focus.filter(|focus| says_something(focus, analyzer)).map(|focus| (*focus).to_owned());
        let mut question = asking.join(" ");
        let before = first.checked_sub(1).and_then(|before| clauses.get(before));
        let leans_on = before.filter(|before| {
            points_back(&question, analyzer)
                && before.text.split_whitespace().count() <= MAX_LEANT_ON
                && says_something(before.text, analyzer)
        });
        if let Some(before) = leans_on {
            question = format!("{} {question}", before.text);
        }
        if !says_something(&question, analyzer) {
            return plain();
        }
        let is_told = |at: &usize| asks.get(*at) == Some(&false) && (leans_on.is_none() || at + 1 != first);
        let told: Vec<usize> = (0..clauses.len()).filter(is_told).collect();
        let told = told.iter().skip(told.len().saturating_sub(MAX_BACKGROUND));
        let background = told.filter_map(|&at| Some(clauses.get(at)?.text.to_owned())).collect();
        Self { question, focus: focus.unwrap_or_default(), background, condensed: true, ..Self::default() }
    }

    /// The clause that says what kind of answer is wanted: the last one with a question mark, else all of the
    /// question. A part of `question`.
    #[must_use]
    pub fn focus(&self) -> &str {
        if self.focus.is_empty() { &self.question } else { &self.focus }
    }

    /// All that counts of the message, background first.
    #[must_use]
    pub fn whole(&self) -> String {
        let mut whole = self.background.join(" ");
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole + &self.question
    }
}

/// `message` and what stands in brackets at its end, which says what it is about rather than what is asked.
fn split_aside(message: &str) -> (&str, Option<&str>) {
    match last_brackets(message.trim_end()) {
        Some((before, aside)) if before.chars().any(char::is_alphanumeric) => {
            (before.trim_end(), Some(aside))
        }
        _ => (message, None),
    }
}

/// `message` without greetings before and thanks after it; itself where nothing else is in it.
fn trim_pleasantries(message: &str) -> &str {
    let message = message.trim();
    let start = OPENING.find(message).map_or(0, |found| found.end());
    let rest = message.get(start..).unwrap_or(message);
    let end = CLOSING.find(rest).map_or(rest.len(), |found| found.start());
    // The mark that the thanks followed belongs to the question.
    let mark = rest.get(end..).and_then(|tail| tail.chars().next()).filter(|c| matches!(c, '.' | '!'));
    let kept = rest.get(..end + mark.map_or(0, char::len_utf8)).unwrap_or(rest).trim();
    if kept.chars().any(char::is_alphanumeric) { kept } else { message }
}

/// A part of a message that may ask.
#[derive(Debug, Clone, Copy)]
struct Clause<'t> {
    text: &'t str,
    /// Whether it goes on from another one in the same sentence.
    continues: bool,
}

impl Clause<'_> {
    fn is_marked(&self) -> bool {
        self.text.trim_end().ends_with('?')
    }

    /// Whether it thanks or excuses itself, and says nothing else.
    fn is_pleasantry(&self) -> bool {
        let words = self.text.split_whitespace().count();
        words <= MAX_PLEASANTRY && PLEASANTRY.is_match(self.text) && !WISHES.is_match(self.text)
    }

    /// Whether it asks. Where another clause has a question mark (`is_marked`), one without it has to say that
    /// it asks; "my father, who is 79" asks nothing.
    fn asks(&self, is_marked: bool) -> bool {
        if self.is_marked() || WISHES.is_match(self.text) {
            return true;
        }
        if !self.continues && has_form_of_question(self.text) {
            return true;
        }
        let is_relative = self.continues && RELATIVE.is_match(self.text);
        !is_marked && !is_relative && ASKS.is_match(self.text)
    }
}

/// Whether `clause` begins as only a question does: "how long will I", "which tests are", "do I", and not "when I walk".
fn has_form_of_question(clause: &str) -> bool {
    let words = clause.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(8).map(str::to_lowercase).collect();
    let is = |at: usize, known: &[&str]| words.get(at).is_some_and(|word| known.contains(&word.as_str()));
    let Some(first) = (0..words.len()).find(|&at| !is(at, LEADING)) else { return false };
    if is(first, AUXILIARIES) {
        return is(first + 1, SUBJECTS);
    }
    if is(first, &["what", "which", "how"]) {
        let auxiliary = (first + 1..=first + 3).find(|&at| is(at, AUXILIARIES));
        return auxiliary.is_some_and(|auxiliary| (first + 1..auxiliary).all(|at| !is(at, SUBJECTS)));
    }
    is(first, &["when", "where", "who", "whom", "why"]) && is(first + 1, AUXILIARIES)
}

/// The sentences of `text`, long ones cut where a clause begins to ask.
fn clauses(text: &str) -> Vec<Clause<'_>> {
    let mut clauses = Vec::new();
    let lines = text.split('\n');
    let said = lines.flat_map(|line| {
        sentences(line, Span::new(0, line.len())).into_iter().map(move |span| span.slice(line))
    });
    for mut rest in said.flatten() {
        let mut continues = false;
        while let Some(found) = CLAUSE.find(rest) {
            let (before, after) = rest.split_at(found.start() + 1);
            clauses.push(Clause { text: before.trim_end_matches([',', ';', ':']), continues });
            rest = after.trim_start();
            continues = true;
        }
        clauses.push(Clause { text: rest, continues });
    }
    clauses.retain(|clause| clause.text.chars().any(char::is_alphanumeric));
    clauses
}

/// Whether `question` cannot be understood without what was said before it.
fn points_back(question: &str, analyzer: &Analyzer) -> bool {
    let tokens = analyzer.tokens(question);
    let content = tokens.iter().filter(|token| weight_class(&token.term) == WeightClass::Content);
    POINTS_BACK.is_match(question) || content.count() < 2
}

fn says_something(question: &str, analyzer: &Analyzer) -> bool {
    analyzer.tokens(question).iter().any(|token| weight_class(&token.term) != WeightClass::Function)
}

#[cfg(test)]
mod tests;
