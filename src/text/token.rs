//! The one analyzer, for indexing and for questions alike.
//!
//! A word is a run of letters and digits with inner apostrophes, and a decimal number is one word. Words
//! are folded ([`super::normalize`]), a possessive `'s` and the ends of `I'll` and `we're` are dropped, other apostrophes are closed up, and
//! English words are stemmed (Snowball's English stemmer). Every word is kept, function words too:
//! whether a word counts is for the question to decide ([`weight_class`]).

use std::sync::OnceLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::Span;
use super::normalize::{fold_into, is_apostrophe};

/// Longest term in bytes; longer words are cut.
const MAX_TERM_BYTES: usize = 64;

/// Words that carry no subject of their own. English function words, one a line or more.
const FUNCTION_WORDS: &str = "a about above after again all also am an and any anyone are as at be because been \
    before being below between both but by can could did do does doing done down during each else every few for from \
    further had has have having he her here hers him his how i if in into is it its itself just let like me might \
    mine more most much must my no nor not now of off on once one only or other our ours out over own per please \
    quite rather really same shall she should so some such than that the their theirs them then there these they \
    this those through to too under until up upon us very was we were what whatever when where whether which while \
    who whom whose why will with would yes yet you your yours tell know want show explain say im ive id dont doesnt \
    didnt isnt arent wasnt cant couldnt wont wouldnt hasnt havent thats whats hi hello hey ok okay thanks thank \
    may said told got went came gave thought somebody someone something anybody anything everything nothing nobody \
    everybody everyone always never maybe perhaps cannot alright myself himself herself themselves ourselves yourself \
    since without within against though although away theyll theyre youre hes shes weve whos lets shouldnt werent \
    aint till either neither whatsoever anyway actually";

/// Verbs and nouns so general that they hardly say what is asked about.
const LIGHT_WORDS: &str = "able bit come find get getting give go going happen happens help involve \
    involves kind lot make makes mean means need needs part people person possible put question sort start \
    take takes taken thing things think time try type use used using way work works working long exactly ever \
    still usually normally first next last old new good best better bad sure different many several took made \
    today stuff idea advice tip alone together soon already ago";

/// How much a term can say about the subject of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightClass {
    /// Names a subject.
    Content,
    /// Says little.
    Light,
    /// Says nothing.
    Function,
}

/// A word of a text as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Folded and stemmed.
    pub term: String,
    /// The word's bytes in the text.
    pub span: Span,
    /// Number of the word in the text, from 0.
    pub position: u32,
}

/// Splits text into terms.
#[derive(Clone)]
pub struct Analyzer {
    stemmer: std::sync::Arc<Stemmer>,
}

impl std::fmt::Debug for Analyzer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyzer").field("version", &Self::VERSION).finish()
    }
}

impl Default for Analyzer {
    fn default() -> Self {
        Self::english()
    }
}

impl Analyzer {
    /// Counts up whenever the same text can give other terms.
    pub const VERSION: u32 = 2;

    /// The analyzer for English. Words of other languages are folded and pass the stemmer too.
    #[must_use]
    pub fn english() -> Self {
        Self { stemmer: std::sync::Arc::new(Stemmer::create(Algorithm::English)) }
    }

    /// The tokens of `text` in order.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.for_each(text, &mut |term, span, position| {
            tokens.push(Token { term: term.to_owned(), span, position });
        });
        tokens
    }

    /// Calls `f` with the term, its bytes in `text` and its position, for every word in order.
    pub fn for_each(&self, text: &str, f: &mut dyn FnMut(&str, Span, u32)) {
        self.for_each_if(text, &|_| true, f);
    }

    /// As [`Analyzer::for_each`], but only for words that `wanted` lets through. Most words of a text are
    /// none of a few terms and need no stemming to see that, which is where most of the time goes.
    pub fn for_each_of(&self, text: &str, wanted: &TermFilter, f: &mut dyn FnMut(&str, Span, u32)) {
        self.for_each_if(text, &|folded| wanted.may_become(folded), f);
    }

    /// Calls `f` with every word in order as it is before stemming, folded and without a possessive `'s` and
    /// inner apostrophes, and with its bytes in `text`.
    pub fn for_each_word(text: &str, f: &mut dyn FnMut(&str, Span)) {
        let mut folded = String::new();
        for span in (Words { text, at: 0 }) {
            let Some(word) = span.slice(text) else { continue };
            folded.clear();
            fold_into(word, &mut folded);
            close_up(&mut folded);
            f(&folded, span);
        }
    }

    /// The term of a word that [`Analyzer::for_each_word`] gave.
    #[must_use]
    pub fn stem(&self, folded: &str) -> String {
        self.stemmer.stem(folded).into_owned()
    }

    fn for_each_if(&self, text: &str, wanted: &dyn Fn(&str) -> bool, f: &mut dyn FnMut(&str, Span, u32)) {
        let mut folded = String::new();
        for (position, span) in (0u32..).zip(Words { text, at: 0 }) {
            let Some(word) = span.slice(text) else { continue };
            folded.clear();
            fold_into(word, &mut folded);
            close_up(&mut folded);
            if wanted(&folded) {
                f(&self.stemmer.stem(&folded), span, position);
            }
        }
    }

    /// The term of a single word.
    #[must_use]
    pub fn term(&self, word: &str) -> String {
        let mut term = String::new();
        self.for_each(word, &mut |found, _, _| {
            if term.is_empty() {
                term.push_str(found);
            }
        });
        term
    }
}

/// Tells most words that cannot become one of a few terms, before they are stemmed.
///
/// Stemming makes no word longer and leaves its first two bytes, but that `y` may become `i` ("dying", "die")
/// and that little may be left of a short word.
#[derive(Debug, Clone)]
pub struct TermFilter {
    /// The length of the shortest term with such a beginning, [`NO_TERM`] where there is none.
    shortest: [u8; BEGINNINGS],
}

/// Slots for beginnings; those of different beginnings may coincide, which only lets more words through.
const BEGINNINGS: usize = 1024;
const NO_TERM: u8 = u8::MAX;

impl TermFilter {
    /// Lets words through that may become one of `terms`.
    pub fn of<'t>(terms: impl IntoIterator<Item = &'t str>) -> Self {
        let mut shortest = [NO_TERM; BEGINNINGS];
        for term in terms {
            if let Some(length) = shortest.get_mut(beginning(term.as_bytes())) {
                *length = short(term).min(*length);
            }
        }
        Self { shortest }
    }

    fn may_become(&self, folded: &str) -> bool {
        let bytes = folded.as_bytes();
        let holds =
            |bytes| self.shortest.get(beginning(bytes)).is_some_and(|&length| short(folded) >= length);
        holds(bytes) || bytes.get(..1).is_some_and(holds)
    }
}

/// The length of a word, of which the stems of long ones need no more than that they are long.
fn short(word: &str) -> u8 {
    u8::try_from(word.len()).unwrap_or(NO_TERM).min(NO_TERM - 1)
}

fn beginning(word: &[u8]) -> usize {
    let byte = |at| match word.get(at) {
        Some(b'y') => usize::from(b'i'),
        Some(&byte) => usize::from(byte),
        None => 0,
    };
    (byte(0) * 33 + byte(1)) % BEGINNINGS
}

/// Endings that say nothing of the word before them: the possessive, and verbs that are run into a pronoun.
/// "I'll" must not become "ill", nor "we're" "were".
const ENCLITICS: [&str; 6] = ["'s", "'ll", "'re", "'ve", "'m", "'d"];

/// Drops an enclitic ending and inner apostrophes, and cuts what is too long.
fn close_up(word: &mut String) {
    let apostrophes = word.contains('\'');
    if let Some(ending) = ENCLITICS.iter().find(|ending| apostrophes && word.ends_with(**ending)) {
        word.truncate(word.len() - ending.len());
    }
    if apostrophes || !word.is_ascii() {
        word.retain(|c| !is_apostrophe(c));
    }
    if word.len() > MAX_TERM_BYTES {
        word.truncate(word.floor_char_boundary(MAX_TERM_BYTES));
    }
}

/// How much `term`, as the analyzer gives it, can say about a subject.
#[must_use]
pub fn weight_class(term: &str) -> WeightClass {
    static CLASSES: OnceLock<std::collections::HashMap<String, WeightClass>> = OnceLock::new();
    let classes = CLASSES.get_or_init(|| {
        let analyzer = Analyzer::english();
        let of = |words: &'static str, class| words.split_whitespace().map(move |word| (word, class));
        let all = of(LIGHT_WORDS, WeightClass::Light).chain(of(FUNCTION_WORDS, WeightClass::Function));
        all.map(|(word, class)| (analyzer.term(word), class)).collect()
    });
    if term.chars().count() == 1 && term.chars().all(char::is_alphabetic) {
        return WeightClass::Function;
    }
    classes.get(term).copied().unwrap_or(WeightClass::Content)
}

/// The words of a text as byte ranges.
struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + word_start(rest)?;
        if let Some(length) = plain_word(self.text.as_bytes().get(start..)?) {
            self.at = start + length;
            return Some(Span::new(start, self.at));
        }
        let mut end = start;
        let mut chars = self.text.get(start..)?.char_indices().peekable();
        let mut previous = ' ';
        while let Some((offset, c)) = chars.next() {
            let next = chars.peek().map_or(' ', |&(_, next)| next);
            if !(is_word(c) || joins(previous, c, next)) {
                break;
            }
            end = start + offset + c.len_utf8();
            previous = c;
        }
        self.at = end;
        Some(Span::new(start, end))
    }
}

/// Where the first word of `text` begins.
fn word_start(text: &str) -> Option<usize> {
    let at = text.bytes().position(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    Some(at + text.get(at..)?.find(char::is_alphanumeric)?)
}

/// The length of the word that `bytes` begins with, where that can be told from ASCII letters and digits
/// alone; `None` where what follows them may join or belong to the word. Most words end at a space.
fn plain_word(bytes: &[u8]) -> Option<usize> {
    let length = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
    let ends = bytes.get(length).is_none_or(|&next| next.is_ascii() && next != b'.' && next != b'\'');
    (length > 0 && ends).then_some(length)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && unicode_normalization::char::is_combining_mark(c))
}

/// Whether `c` between two characters belongs to the word: an apostrophe between letters, a point
/// between digits.
fn joins(previous: char, c: char, next: char) -> bool {
    let letters = previous.is_alphabetic() && next.is_alphabetic();
    let digits = previous.is_ascii_digit() && next.is_ascii_digit();
    (is_apostrophe(c) && letters) || (c == '.' && digits)
}

#[cfg(test)]
mod tests;
