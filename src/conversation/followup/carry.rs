//! "And for a colonoscopy?": the question before, asked of what the new one names.

use super::focus::{self, Focus};
use super::lean;
use super::words::{Word, Words};

/// Words before what is named.
const JOINERS: &[&str] = &["and", "or", "but", "then", "so", "also", "ok", "okay"];
/// Words after it.
const TRAILING: &[&str] = &["instead", "then", "too", "please", "though", "thanks"];
/// Prepositions for which one may stand in place of another.
const OF: &[&str] = &["of", "for", "about"];
const PREPOSITIONS: &[&str] =
    &["of", "for", "about", "in", "on", "at", "after", "before", "during", "with", "without", "from", "by"];

/// What a question that only names something names.
#[derive(Debug)]
pub(super) struct Named<'q> {
    pub(super) text: &'q str,
    words: Words,
}

impl<'q> Named<'q> {
    /// What stands behind "and" or "what about" in `question`; `None` where that is another question.
    pub(super) fn of(question: &'q str, words: &Words) -> Option<Self> {
        let joined = words.iter().take_while(|word| word.is(JOINERS)).count();
        let about = ["what", "how"].iter().any(|what| words.starts(joined, &[what, "about"]));
        let from = lean::repaired(words).unwrap_or(joined + if about { 2 } else { 0 });
        let end = words.len() - words.iter().rev().take_while(|word| word.is(TRAILING)).count();
        let opened = from > 0 || words.get(0).is_some_and(is_preposition);
        let (first, last) = (words.get(from)?, words.get(end.checked_sub(1)?)?);
        let text = question.get(first.span.start()..last.span.end()).filter(|_| opened && from < end)?;
        let named = Self { text, words: Words::of(text) };
        let asks = named.words.iter().any(|word| word.is(lean::AUXILIARIES) || word.is(lean::QUESTION_WORDS));
        (!asks || named.is_condition()).then_some(named)
    }

    fn begins(&self, list: &[&str]) -> bool {
        self.words.get(0).is_some_and(|word| word.is(list))
    }

    /// Whether it is another case: "and if it has spread".
    pub(super) fn is_condition(&self) -> bool {
        self.begins(&["if"])
    }

    /// Whether it is a place, time or the like: "and in the tail".
    pub(super) fn is_phrase(&self) -> bool {
        self.words.get(0).is_some_and(is_preposition)
    }

    /// The thing it names, where it names one and nothing else.
    pub(super) fn thing(&self) -> Option<Focus> {
        if self.is_phrase() || self.begins(&["if", "when"]) || !super::own::names_any(&self.words) {
            return None;
        }
        let whole = |word: &Word| word.can_name() || word.is(&["a", "an", "the", "my", "of", "in", "for"]);
        let focus = focus::of(self.text, &self.words)?;
        self.words.iter().all(whole).then_some(focus)
    }

    /// `earlier` with this in the place of what it corresponds to, or behind it.
    pub(super) fn asked_as(&self, earlier: &str) -> Option<String> {
        let earlier = earlier.trim().trim_end_matches(['?', '.', '!', ' ']);
        let words = Words::of(earlier);
        if words.len() == 0 || !super::own::names_any(&words) {
            return None;
        }
        if self.is_condition() {
            let from = words
                .iter()
                .skip(1)
                .find(|word| word.is(&["if"]))
                .map_or(earlier.len(), |word| word.span.start());
            return Some(format!("{} {}", earlier.get(..from)?.trim_end(), self.text));
        }
        if let Some(preposition) = self.words.get(0).filter(|word| is_preposition(word)) {
            return self.in_place_of_phrase(preposition, earlier, &words);
        }
        let thing = self.thing()?;
        let old = focus::of(earlier, &words)?;
        let put_in = if thing.span.start() < self.text.len() && self.begins(&["a", "an", "the", "my"]) {
            self.text.to_owned()
        } else {
            let article = earlier.get(old.span.start()..old.span.end())?.strip_suffix(old.text.as_str())?;
            format!("{article}{}", self.text)
        };
        Some(format!("{}{put_in}{}", earlier.get(..old.span.start())?, earlier.get(old.span.end()..)?))
    }

    fn in_place_of_phrase(&self, preposition: &Word, earlier: &str, words: &Words) -> Option<String> {
        let same = |word: &Word| {
            word.folded == preposition.folded
                || (word.is(OF) && preposition.is(OF))
                || preposition.is_slip_of(&word.folded)
        };
        let Some(at) = words.iter().skip(1).rposition(same).map(|at| at + 1) else {
            return Some(format!("{earlier} {}", self.text));
        };
        let (_, end) = focus::phrase_in(earlier, words, at + 1)?;
        let (from, to) = (words.get(at)?.span.start(), words.get(end.checked_sub(1)?)?.span.end());
        Some(format!("{}{}{}", earlier.get(..from)?, self.text, earlier.get(to..)?))
    }
}

fn is_preposition(word: &Word) -> bool {
    PREPOSITIONS.iter().any(|known| word.folded == *known || word.is_slip_of(known))
}
