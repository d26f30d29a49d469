//! Lists of patterns over words, in plain text that a nurse can read and change.
//!
//! A list (`lexicon/red-flags.txt`, `lexicon/small-talk.txt`) holds classes of words, guards and rules;
//! `docs/safety.md` describes the language. A pattern is matched against the words of one sentence, folded,
//! stemmed and mended where they are misspelt ([`spelling`]). Matching keeps the set of places reached as
//! the bits of one number ([`run`]), so its time is bounded whatever the patterns and the message.

mod message;
mod parse;
mod run;
mod spelling;

pub(crate) use message::Message;
pub use parse::PatternError;

use crate::text::Span;
use message::Sentence;
use run::{classes_in, is_possible, places};
use spelling::Vocabulary;

/// One piece of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Element {
    /// One of these words, as numbers in the vocabulary.
    Words(Vec<usize>),
    /// One of a class's alternatives.
    Class(usize),
    /// There or not.
    Optional(Box<Element>),
    /// Up to so many words; `any`: also commas and words of the class `barrier`.
    Gap { most: u32, any: bool },
    /// The beginning of the sentence, or a comma before.
    Begin,
    /// The end of the sentence, or a comma after.
    End,
    /// The sentence ends with a question mark.
    Asks,
    /// What follows is not this.
    Not(Box<Element>),
    /// A number of this range, both ends included.
    Number { least: f32, most: f32 },
    /// This stands somewhere in the message.
    Also(Sequence),
}

/// Elements one after the other.
type Sequence = Vec<Element>;

/// Where a match is let pass: the words before and after it, or with `around` unset, words that it shares.
#[derive(Debug, Clone, PartialEq)]
struct Exception {
    before: Sequence,
    after: Sequence,
    around: bool,
}

/// What makes a match not count, and what makes it count all the same.
#[derive(Debug, Clone, Default)]
struct Guard {
    name: String,
    lines: Vec<Exception>,
    lifted_by: Vec<Sequence>,
}

/// A named group of patterns with its kind, exceptions and guards.
#[derive(Debug, Clone)]
struct Rule {
    kind: String,
    name: String,
    guards: Vec<usize>,
    patterns: Vec<Sequence>,
    exceptions: Vec<Exception>,
}

/// A list, ready to be matched.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    version: u32,
    vocabulary: Vocabulary,
    classes: Vec<Vec<Sequence>>,
    barrier: Option<usize>,
    guards: Vec<Guard>,
    rules: Vec<Rule>,
}

/// A match: the rule's kind and name and the bytes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found<'p> {
    /// The rule's kind, such as `crisis`.
    pub(crate) kind: &'p str,
    /// The rule's name, such as `wish-to-die`.
    pub(crate) rule: &'p str,
    /// In bytes of the message.
    pub(crate) span: Span,
}

impl Patterns {
    /// Reads a list and the lists that add to it, each with the name that errors give it. The first one's
    /// `version` counts.
    ///
    /// # Errors
    /// The first line that is not understood, with its remedy.
    pub(crate) fn parse(lists: &[(&str, &str)], kinds: &[&str]) -> Result<Self, PatternError> {
        parse::parse(lists, kinds)
    }

    /// As [`Patterns::parse`] for a list that a test has read; where it fails all the same, no patterns.
    #[must_use]
    pub(crate) fn parse_or_empty(name: &str, text: &str, kinds: &[&str]) -> Self {
        Self::parse(&[(name, text)], kinds).unwrap_or_default()
    }

    /// The version that the list gives itself.
    #[must_use]
    pub(crate) const fn version(&self) -> u32 {
        self.version
    }

    /// Number of patterns.
    #[must_use]
    pub(crate) fn count(&self) -> usize {
        self.rules.iter().map(|rule| rule.patterns.len()).sum()
    }

    /// Splits `text` into sentences of words that the list knows.
    #[must_use]
    pub(crate) fn read(&self, text: &str) -> Message {
        let mut message = Message::read(text, &self.vocabulary);
        let sentences = message.sentences().iter();
        message.set_classes(sentences.map(|sentence| classes_in(self, &message, sentence)).collect());
        message
    }

    /// The first match of a rule of `kind` in the order of the list.
    #[must_use]
    pub(crate) fn find(&self, message: &Message, kind: &str) -> Option<Found<'_>> {
        let rules = self.rules.iter().filter(|rule| rule.kind == kind);
        rules.into_iter().find_map(|rule| {
            message.sentences().iter().find_map(|sentence| {
                let span = self.match_of(rule, sentence, message)?;
                Some(Found { kind: &rule.kind, rule: &rule.name, span })
            })
        })
    }

    /// The places that can be reached in `sentence` by matches of rules of `kind` from the places `from`,
    /// as bits; guards are not looked at, exceptions are.
    fn reach(&self, sentence: &Sentence, message: &Message, kind: &str, from: u128) -> u128 {
        let mut reached = 0;
        for rule in self.rules.iter().filter(|rule| rule.kind == kind) {
            for pattern in rule.patterns.iter().filter(|pattern| is_possible(sentence, pattern)) {
                reached |= places(self, message, sentence, pattern, from);
            }
        }
        reached
    }

    /// For every sentence: the kinds of `kinds` whose matches, one after the other, make up all of it;
    /// `None` where it holds anything else.
    #[must_use]
    pub(crate) fn covered_by<'k>(&self, message: &Message, kinds: &[&'k str]) -> Vec<Option<Vec<&'k str>>> {
        message.sentences().iter().map(|sentence| self.cover(sentence, message, kinds)).collect()
    }

    fn cover<'k>(&self, sentence: &Sentence, message: &Message, kinds: &[&'k str]) -> Option<Vec<&'k str>> {
        let (mut reached, mut used) = (1_u128, Vec::new());
        loop {
            let before = reached;
            for &kind in kinds {
                let ends = self.reach(sentence, message, kind, reached) & !1;
                if ends != 0 && !used.contains(&kind) {
                    used.push(kind);
                }
                reached |= ends;
            }
            if reached == before {
                break;
            }
        }
        (reached & sentence.end_bit() != 0).then_some(used)
    }

    fn match_of(&self, rule: &Rule, sentence: &Sentence, message: &Message) -> Option<Span> {
        for pattern in &rule.patterns {
            if !is_possible(sentence, pattern)
                || places(self, message, sentence, pattern, sentence.all_places()) == 0
            {
                continue;
            }
            for start in 0..=sentence.length() {
                let mut ends = places(self, message, sentence, pattern, 1 << start);
                while ends != 0 {
                    let end = ends.trailing_zeros() as usize;
                    ends &= ends - 1;
                    if !self.is_let_pass(rule, message, sentence, start, end) {
                        return sentence.span(start, end);
                    }
                }
            }
        }
        None
    }

    fn is_let_pass(
        &self,
        rule: &Rule,
        message: &Message,
        sentence: &Sentence,
        start: usize,
        end: usize,
    ) -> bool {
        let applies = |exception: &Exception| self.applies(exception, message, sentence, start, end);
        let guards = rule.guards.iter().filter_map(|&at| self.guards.get(at));
        rule.exceptions.iter().any(applies)
            || guards.into_iter().any(|guard| {
                guard.lines.iter().any(applies)
                    && !guard
                        .lifted_by
                        .iter()
                        .any(|sequence| places(self, message, sentence, sequence, sentence.all_places()) != 0)
            })
    }

    fn applies(
        &self,
        exception: &Exception,
        message: &Message,
        sentence: &Sentence,
        start: usize,
        end: usize,
    ) -> bool {
        let all = sentence.all_places();
        if exception.around {
            return places(self, message, sentence, &exception.before, all) & (1 << start) != 0
                && places(self, message, sentence, &exception.after, 1 << end) != 0;
        }
        if places(self, message, sentence, &exception.before, all) == 0 {
            return false;
        }
        (0..end.max(start + 1)).any(|at| {
            let ends = places(self, message, sentence, &exception.before, 1 << at);
            127_u32.saturating_sub(ends.leading_zeros()) as usize > start && ends != 0
        })
    }
}

#[cfg(test)]
mod tests;
