//! "And for a colonoscopy?": the question before, asked of what the new one names.

use super::focus::{self, Focus};
use super::words::{Word, Words};
use super::{lean, own, repair};

/// Words before what is named.
const JOINERS: &[&str] = &["and", "or", "but", "then", "so", "also", "ok", "okay", "even", "now"];
/// Words after it.
const TRAILING: &[&str] = &["instead", "then", "too", "please", "though", "thanks", "now"];
/// Prepositions for which one may stand in place of another.
const OF: &[&str] = &["of", "for", "about"];
/// Prepositions that say when, of which one may stand in place of another.
const TIMES: &[&str] = &["after", "before", "during"];
/// Prepositions of a circumstance that another may take the place of.
const CIRCUMSTANCES: &[&str] = &["after", "before", "during", "with"];
const PREPOSITIONS: &[&str] =
    &["of", "for", "about", "in", "on", "at", "after", "before", "during", "with", "without", "from", "by"];
/// Articles and the like, which a thing comes with.
pub(super) const ARTICLES: &[&str] = &["a", "an", "the", "my", "our", "your", "his", "her", "their"];

/// What a question that only names something names.
#[derive(Debug)]
pub(super) struct Named<'q> {
    pub(super) text: &'q str,
    words: Words,
    /// What it takes back: "not the MRI, the PET scan".
    wrong: Words,
    /// Whether it says that another thing was meant.
    pub(super) swaps: bool,
}

/// The question before, asked of what a new one names.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) text: String,
    /// Whether that surely stands in the place of what was asked about, and not beside it.
    pub(super) is_turned: bool,
}

impl Asked {
    fn turned(text: String) -> Self {
        Self { text, is_turned: true }
    }

    fn beside(text: String) -> Self {
        Self { text, is_turned: false }
    }
}

impl<'q> Named<'q> {
    /// What stands behind "and" or "what about" in `question`; `None` where that is another question.
    pub(super) fn of(question: &'q str, words: &Words) -> Option<Self> {
        let joined = words.iter().take_while(|word| word.is(JOINERS)).count();
        let about = ["what", "how"].iter().any(|what| words.starts(joined, &[what, "about"]));
        let repair = repair::of(words);
        let (from, to) = match &repair {
            Some(repair) => (repair.right.start, repair.right.end),
            None => (joined + if about { 2 } else { 0 }, words.len()),
        };
        let end = to - words.iter().take(to).rev().take_while(|word| word.is(TRAILING)).count();
        let begins = |word: &Word| is_preposition(word) || word.is(&["if"]);
        let opened = repair.is_some() || from > 0 || words.get(0).is_some_and(begins);
        let text = text_of(question, words, from, end).filter(|_| opened)?;
        let wrong = repair.as_ref().and_then(|repair| {
            let text = text_of(question, words, repair.wrong.start, repair.wrong.end)?;
            Some(Words::of(text))
        });
        let swaps = repair.is_some_and(|repair| repair.swaps);
        let named = Self { text, words: Words::of(text), wrong: wrong.unwrap_or_default(), swaps };
        let asks = named.words.iter().any(|word| word.is(lean::AUXILIARIES) || word.is(lean::QUESTION_WORDS));
        (!asks || named.is_condition()).then_some(named)
    }

    fn begins(&self, list: &[&str]) -> bool {
        self.words.get(0).is_some_and(|word| word.is(list))
    }

    /// Whether it is another case: "and if it has spread".
    pub(super) fn is_condition(&self) -> bool {
        lean::is_condition(&self.words)
    }

    /// Whether it is a place, time or the like: "and in the tail".
    pub(super) fn is_phrase(&self) -> bool {
        self.words.get(0).is_some_and(is_preposition)
    }

    /// Whether it names anything that may be a subject.
    fn names_any(&self) -> bool {
        own::names_any(&self.words)
    }

    /// Whether it names another subject, and not something of the one before: "and the side effects".
    pub(super) fn names_subject(&self) -> bool {
        self.names_any() && !self.words.iter().any(Word::is_aspect)
    }

    /// The thing it names, where it names one and nothing else.
    pub(super) fn thing(&self) -> Option<Focus> {
        if self.is_phrase() || self.begins(&["if", "when"]) || !self.names_any() {
            return None;
        }
        let whole = |word: &Word| word.can_name() || word.is(ARTICLES) || word.is(&["of", "in", "for"]);
        let focus = focus::of(self.text, &self.words)?;
        self.words.iter().all(whole).then_some(focus)
    }

    /// `earlier` with this in the place of what it corresponds to, or behind it, the likeliest first.
    pub(super) fn asked_as(&self, earlier: &str) -> Vec<Asked> {
        let earlier = earlier.trim().trim_end_matches(['?', '.', '!', ' ']);
        let words = Words::of(earlier);
        if words.len() == 0 || !own::names_any(&words) {
            return Vec::new();
        }
        if self.is_condition() {
            return self.on_condition(earlier, &words).into_iter().collect();
        }
        match self.words.get(0).filter(|word| is_preposition(word)) {
            Some(preposition) => self.in_place_of_phrase(preposition, earlier, &words),
            None => self.in_place_of_thing(earlier, &words).into_iter().collect(),
        }
    }

    fn on_condition(&self, earlier: &str, words: &Words) -> Option<Asked> {
        let condition = words.iter().skip(1).find(|word| word.is(&["if"]));
        let from = condition.map_or(earlier.len(), |word| word.span.start());
        Some(Asked::beside(format!("{} {}", earlier.get(..from)?.trim_end(), self.text)))
    }

    fn in_place_of_thing(&self, earlier: &str, words: &Words) -> Option<Asked> {
        self.thing()?;
        let (old, is_sure) = self.counterpart(earlier, words)?;
        let put_in = if self.begins(ARTICLES) {
            self.text.to_owned()
        } else {
            let article = earlier.get(old.span.start()..old.span.end())?.strip_suffix(old.text.as_str())?;
            format!("{article}{}", self.text)
        };
        let text = format!("{}{put_in}{}", earlier.get(..old.span.start())?, earlier.get(old.span.end()..)?);
        Some(Asked { text, is_turned: is_sure })
    }

    /// What in `earlier` this stands in the place of, and whether it can be nothing else.
    fn counterpart(&self, earlier: &str, words: &Words) -> Option<(Focus, bool)> {
        let mut phrases = focus::all(earlier, words);
        phrases.retain(|phrase| own::names_thing(&Words::of(&phrase.text)));
        let is_wrong = |phrase: &&Focus| Words::of(&phrase.text).shares_content(&self.wrong);
        if let Some(wrong) = phrases.iter().find(is_wrong) {
            return Some((wrong.clone(), true));
        }
        let old = focus::of(earlier, words)?;
        // Of "the risks of a hernia repair" it is the repair that another operation stands for.
        let old = focus::without_aspect(earlier, words, &old).unwrap_or(old);
        let is_simple = !Words::of(&old.text).iter().any(|word| word.is(focus::BINDERS));
        Some((old, phrases.len() == 1 && is_simple))
    }

    fn in_place_of_phrase(&self, preposition: &Word, earlier: &str, words: &Words) -> Vec<Asked> {
        let same = |word: &Word| {
            word.folded == preposition.folded
                || (word.is(OF) && preposition.is(OF))
                || preposition.is_slip_of(&word.folded)
        };
        let is_place = |&at: &usize| words.get(at).is_some_and(same) && !words.is_particle(at);
        if let Some(at) = (1..words.len()).rev().find(is_place) {
            return with_phrase(earlier, words, at, self.text).map(Asked::turned).into_iter().collect();
        }
        let beside = Asked::beside(format!("{earlier} {}", self.text));
        let turned = self.in_place_of_circumstance(preposition, earlier, words).map(Asked::turned);
        // "With a pacemaker" is likelier one circumstance more.
        let (first, second) =
            if preposition.is(&["with"]) { (Some(beside), turned) } else { (turned, Some(beside)) };
        first.into_iter().chain(second).collect()
    }

    /// "Can I swim with a port" asked after an operation, "when do I eat before a scan" asked for a biopsy.
    fn in_place_of_circumstance(&self, preposition: &Word, earlier: &str, words: &Words) -> Option<String> {
        let at = circumstance(earlier, words).filter(|_| self.names_any())?;
        let old = words.get(at)?;
        let says_when = is_one_of(old, TIMES);
        if is_one_of(preposition, TIMES) || (preposition.is(&["with"]) && says_when) {
            return with_phrase(earlier, words, at, self.text);
        }
        // "For the biopsy" says of what and not when.
        let of_what = self.text.get(preposition.span.end()..).filter(|_| preposition.is(OF) && says_when)?;
        with_phrase(earlier, words, at, &format!("{}{of_what}", old.span.slice(earlier)?))
    }
}

/// Where the last circumstance of a thing begins in `earlier`: "after the operation", "with a port".
fn circumstance(earlier: &str, words: &Words) -> Option<usize> {
    (1..words.len()).rev().find(|&at| {
        let is_own = |word: &&Word| is_one_of(word, CIRCUMSTANCES) && !words.is_particle(at);
        let Some(word) = words.get(at).filter(is_own) else { return false };
        focus::phrase_in(earlier, words, at + 1).is_some_and(|(phrase, _)| {
            let between = earlier.get(word.span.end()..phrase.span.start());
            between.is_some_and(|between| between.trim().is_empty())
                && own::names_any(&Words::of(&phrase.text))
        })
    })
}

/// `earlier` with `text` in the place of the preposition at word `at` and the noun phrase behind it.
fn with_phrase(earlier: &str, words: &Words, at: usize, text: &str) -> Option<String> {
    let (_, end) = focus::phrase_in(earlier, words, at + 1)?;
    let (from, to) = (words.get(at)?.span.start(), words.get(end.checked_sub(1)?)?.span.end());
    Some(format!("{}{text}{}", earlier.get(..from)?, earlier.get(to..)?))
}

/// The text of the words of `question` from `from` to before `end`, if there are any.
fn text_of<'q>(question: &'q str, words: &Words, from: usize, end: usize) -> Option<&'q str> {
    let (first, last) = (words.get(from)?, words.get(end.checked_sub(1)?)?);
    question.get(first.span.start()..last.span.end()).filter(|_| from < end)
}

fn is_one_of(word: &Word, list: &[&str]) -> bool {
    list.iter().any(|known| word.folded == *known || word.is_slip_of(known))
}

fn is_preposition(word: &Word) -> bool {
    is_one_of(word, PREPOSITIONS)
}
