//! The words of a question, each with what it can do in a sentence, as far as short lists tell.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;

use crate::text::Span;
use crate::text::normalize::fold;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// Words that begin or bind a question and name nothing.
static FRAME: List = List::new(
    "what which who whom whose when where why how whether is are was were am be been being do does did \
    done can could may might will would shall should must have has had having i me my mine myself im ive id we us our you your \
    yours he him his she her it its they them their this that these those there here a an the some any no not dont doesnt and \
    or but if so then also between without within behind against through near since until while because than via besides among anyway too very much many more most about for of in on at to from with by as into during after before \
    like please just really actually ok okay well hi hello hey thanks thank yes up out off over under again ever still only even \
    all both each other another one ones what's whats tell know explain describe say talk give show list let lets wondering wonder \
    understand curious question questions ask asking heard read told mean means meaning exactly instead afterwards afterward beforehand else \
    others itself themselves nothing now yet already maybe perhaps though although unless once",
);
/// Common verbs, by stem: where a noun phrase ends.
static VERBS: List = List::new(
    "remove cure cause help work hurt spread grow treat kill affect change stop start come go take get make need \
    want use do feel look see find show tell happen last begin end eat drink drive fly travel sleep walk bring wear pay \
    choose decide expect prepare avoid prevent reduce improve keep lose gain leave stay return wait call meet live die survive provide offer play write identify \
    recover heal shrink recur mean involve include require perform prescribe diagnose detect inject insert receive \
    undergo cope deal manage handle think believe worry try put turn run move hold carry become seem apply compare differ \
    register update create build install configure deploy enable delete add connect access \
    taken given done seen known made found told sent kept held felt",
);
/// Adjectives and adverbs that say nothing by themselves.
static LOOSE: List = List::new(
    "safe painful dangerous normal common long often soon far big bad good better best worse worst serious important \
    necessary possible expensive free cheap hard easy difficult new old different same available effective likely rare risky contagious \
    hereditary harmful okay fine true right wrong usual used special quick fast slow late early sure ready able next first second third \
    afraid scared frightened worried nervous anxious",
);

/// Contractions of pronouns and auxiliaries as many type them; what is a word without its apostrophe is not among them.
static CONTRACTIONS: List = List::new(
    "hes shes theyre youre weve theyve youve itll theyll youll thats theres wont cant couldnt wouldnt shouldnt mustnt isnt \
    arent wasnt werent havent hasnt hadnt didnt",
);
/// Those that a verb follows.
const BEFORE_VERBS: &[&str] = &["weve", "theyve", "youve", "itll", "theyll", "youll"];
/// What "is" and "has" are contracted with.
const BEFORE_IS: &[&str] =
    &["he", "she", "it", "that", "there", "here", "who", "what", "where", "when", "how", "let"];

/// Words after which a noun phrase may begin with a participle.
const OPENERS: &[&str] = &[
    "a", "an", "the", "my", "your", "is", "are", "whats", "of", "for", "with", "about", "does", "do", "gets",
    "get", "and", "or",
];
/// Words of a question that are looked at: comparing two questions takes the product of their lengths.
const MAX_WORDS: usize = 256;

/// A word of a question.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Folded, without apostrophes.
    pub(super) folded: String,
    /// As the index knows it.
    pub(super) term: String,
    /// Bytes of the question.
    pub(super) span: Span,
    /// Whether a comma, full stop or the like stands before it.
    pub(super) after_break: bool,
    pub(super) is_frame: bool,
    pub(super) is_verb: bool,
    pub(super) is_loose: bool,
    /// Whether it is a contraction that a verb follows: "i'll", "they've".
    pub(super) leads_verb: bool,
}

impl Word {
    /// Whether it can name what is spoken of.
    pub(super) fn is_content(&self) -> bool {
        !self.is_frame && weight_class(&self.term) == WeightClass::Content
    }

    /// Whether it can be part of a noun phrase.
    pub(super) fn can_name(&self) -> bool {
        !self.is_frame && !self.is_verb && !self.is_loose
    }

    /// Whether it is `word` without its last letter: "befor".
    pub(super) fn is_slip_of(&self, word: &str) -> bool {
        self.folded.len() >= 5 && self.folded.len() + 1 == word.len() && word.starts_with(&self.folded)
    }

    pub(super) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.folded.as_str())
    }
}

/// The words of a question in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    words: Vec<Word>,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut end = 0;
        let tokens = Analyzer::english().tokens(text).into_iter().take(MAX_WORDS);
        let words = tokens.map(|token| {
            let between = text.get(end..token.span.start()).unwrap_or_default();
            end = token.span.end();
            let mut folded = fold(token.span.slice(text).unwrap_or_default());
            let contraction = Contraction::of(&folded);
            folded.retain(|c| c != '\'');
            Word {
                after_break: between.contains([',', '.', ';', '!', '?', ':', '(', '\u{2014}', '\u{2013}']),
                is_frame: contraction.is_some() || FRAME.has(&folded),
                leads_verb: contraction == Some(Contraction::LeadsVerb),
                is_verb: VERBS.has(&token.term) || VERBS.has(&folded) || is_past(&folded),
                is_loose: LOOSE.has(&folded),
                folded,
                term: token.term,
                span: token.span,
            }
        });
        let mut words = Self { words: words.collect() };
        words.take_participles_for_adjectives();
        words
    }

    /// "What is targeted therapy": a participle between what opens a phrase and a noun is part of the name.
    fn take_participles_for_adjectives(&mut self) {
        for at in 0..self.len() {
            let opens =
                at.checked_sub(1).is_none_or(|before| self.get(before).is_some_and(|word| word.is(OPENERS)));
            let names = self.get(at + 1).is_some_and(|next| next.can_name() && !next.after_break);
            if let Some(word) = self.words.get_mut(at).filter(|word| opens && names && is_past(&word.folded))
            {
                word.is_verb = false;
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Word> {
        self.words.get(at)
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Word> {
        self.words.iter()
    }

    /// The words from `at` on.
    pub(super) fn from(&self, at: usize) -> &[Word] {
        self.words.get(at..).unwrap_or_default()
    }

    /// The words of these places.
    pub(super) fn within(&self, places: &Range<usize>) -> &[Word] {
        self.words.get(places.clone()).unwrap_or_default()
    }

    /// Whether the words from `at` on begin with `expected`.
    pub(super) fn starts(&self, at: usize, expected: &[&str]) -> bool {
        expected.iter().zip(at..).all(|(word, at)| self.get(at).is_some_and(|found| found.folded == *word))
    }

    /// Whether the word at `at` belongs to the verb before it: "look after".
    pub(super) fn is_particle(&self, at: usize) -> bool {
        let verb = at.checked_sub(1).and_then(|before| self.get(before));
        verb.is_some_and(|verb| verb.term == "look") && self.get(at).is_some_and(|word| word.is(&["after"]))
    }

    pub(super) fn content(&self) -> usize {
        self.words.iter().filter(|word| word.is_content()).count()
    }

    pub(super) fn shares_content(&self, other: &Self) -> bool {
        let mut content = self.words.iter().filter(|word| word.is_content());
        content.any(|word| other.words.iter().any(|known| known.term == word.term))
    }
}

/// A pronoun or auxiliary that is written as one word with what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contraction {
    /// "I'll", "they've".
    LeadsVerb,
    /// "He's", "they're", "won't".
    LeadsAny,
}

impl Contraction {
    /// Of a folded word, with its apostrophe or without.
    fn of(word: &str) -> Option<Self> {
        let (before, after) = word.split_once('\'').unwrap_or((word, ""));
        match after {
            "ll" | "ve" | "d" => Some(Self::LeadsVerb),
            "re" | "m" => Some(Self::LeadsAny),
            "s" => BEFORE_IS.contains(&before).then_some(Self::LeadsAny),
            "" | "t" => {
                let plain = format!("{before}{after}");
                if BEFORE_VERBS.contains(&plain.as_str()) {
                    return Some(Self::LeadsVerb);
                }
                CONTRACTIONS.has(&plain).then_some(Self::LeadsAny)
            }
            _ => None,
        }
    }
}

/// Words between blanks, looked up by hash.
pub(super) struct List {
    words: &'static str,
    set: OnceLock<HashSet<&'static str>>,
}

impl List {
    pub(super) const fn new(words: &'static str) -> Self {
        Self { words, set: OnceLock::new() }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.words.split_ascii_whitespace().collect()).contains(word)
    }

    #[cfg(test)]
    pub(super) fn repeated(&self) -> Vec<&'static str> {
        crate::text::repeated(self.words.split_ascii_whitespace())
    }
}

/// Whether it looks like a past participle: removed, diagnosed. Short words such as "bed" do not.
fn is_past(word: &str) -> bool {
    word.len() > 5 && word.ends_with("ed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_has_a_word_twice() {
        for list in [&FRAME, &VERBS, &LOOSE, &CONTRACTIONS] {
            assert_eq!(list.repeated(), [""; 0]);
        }
        for list in [BEFORE_VERBS, BEFORE_IS, OPENERS] {
            assert_eq!(crate::text::repeated(list.iter().copied()), [""; 0]);
        }
    }
}
