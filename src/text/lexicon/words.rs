//! The words of the lexicon one by one, for spelling: which exist, which are names, which are chat spellings.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::{Term, sides};
use crate::text::spelling::WORD_LETTERS;
use crate::text::token::Analyzer;

/// What spelling wants to know of the lexicon. Words are folded and not stemmed.
#[derive(Debug, Default)]
pub(super) struct WordLists {
    /// Words of terms.
    pub(super) terms: BTreeSet<String>,
    /// Everyday words.
    pub(super) common: BTreeSet<String>,
    /// Words of terms that are marked as names and are no everyday words.
    pub(super) names: BTreeSet<String>,
    /// Chat spellings and what they mean.
    pub(super) chat: BTreeMap<String, String>,
}

impl WordLists {
    pub(super) fn new(common: [&str; 2], chat: &str) -> Self {
        let common = common.into_iter().flat_map(lines).flat_map(str::split_whitespace).map(str::to_owned);
        Self { common: common.collect(), chat: chat_spellings(chat), ..Self::default() }
    }

    pub(super) fn add(&mut self, terms: &[Term]) {
        for term in terms {
            Analyzer::for_each_word(&term.text, &mut |word, _| {
                let letters = word.bytes().all(|byte| byte.is_ascii_lowercase());
                if !letters || !WORD_LETTERS.contains(&word.len()) {
                    return;
                }
                self.terms.insert(word.to_owned());
                if term.name && !self.common.contains(word) {
                    self.names.insert(word.to_owned());
                }
            });
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
}

/// Lines such as `pls, plz = please`.
fn chat_spellings(text: &str) -> BTreeMap<String, String> {
    let mut spellings = BTreeMap::new();
    for line in lines(text) {
        let Ok((left, _, right)) = sides(line) else { continue };
        for typed in left.split(',').map(str::trim).filter(|typed| !typed.is_empty()) {
            spellings.insert(typed.to_lowercase(), right.trim().to_owned());
        }
    }
    spellings
}
