//! What a message does besides asking: greeting, thanks, the wish for a person.
//!
//! The list is `lexicon/small-talk.txt`. A message is small talk only where small talk makes up all of it, so
//! that a question after a greeting stays a question.

use super::pattern::Patterns;

const SHIPPED: &str = include_str!("../../lexicon/small-talk.txt");
/// Kinds that can make up a message, those that say most first.
const TALK: &[(&str, Option<Act>)] = &[
    ("about", Some(Act::SmallTalk(SmallTalk::About))),
    ("capabilities", Some(Act::SmallTalk(SmallTalk::Capabilities))),
    (HERE, Some(Act::Here)),
    ("agree", Some(Act::Agree)),
    ("decline", Some(Act::Decline)),
    ("goodbye", Some(Act::SmallTalk(SmallTalk::Goodbye))),
    ("thanks", Some(Act::SmallTalk(SmallTalk::Thanks))),
    ("greeting", Some(Act::SmallTalk(SmallTalk::Greeting))),
    ("acknowledge", Some(Act::SmallTalk(SmallTalk::Acknowledgement))),
    ("filler", None),
    ("asking", None),
];
const HERE: &str = "capabilities-here";
const HANDOFF: &str = "handoff";
const COMMAND: &str = "command";
/// Kinds that may stand before a question.
const LEADING: &[&str] = &["greeting", "thanks", "acknowledge", "filler"];
/// Longest message that can be small talk, in words.
const MAX_TALK_WORDS: usize = 30;

/// What a message does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// It asks, or tells what is to be answered.
    Question,
    /// It wants no passage.
    SmallTalk(SmallTalk),
    /// It asks how "this" works: the service, where nothing was spoken of before.
    Here,
    /// It wants a person.
    Handoff,
    /// It says yes.
    Agree,
    /// It says no.
    Decline,
}

/// Kinds of small talk, each with a text of the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmallTalk {
    /// "Good morning".
    Greeting,
    /// "Thanks a lot".
    Thanks,
    /// "Bye".
    Goodbye,
    /// "Who are you", "am I talking to a machine".
    About,
    /// "What can you do", "help".
    Capabilities,
    /// "Ok", "I see".
    Acknowledgement,
}

/// Tells what messages do.
#[derive(Debug, Clone)]
pub struct Acts {
    patterns: Patterns,
}

impl Default for Acts {
    fn default() -> Self {
        Self::shipped()
    }
}

impl Acts {
    /// The shipped list. Were it damaged, every message would be a question; a test reads it.
    #[must_use]
    pub fn shipped() -> Self {
        Self { patterns: Patterns::parse_or_empty("lexicon/small-talk.txt", SHIPPED, &kinds()) }
    }

    /// Version of the list.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.patterns.version()
    }

    /// What `text` does.
    #[must_use]
    pub fn of(&self, text: &str) -> Act {
        let message = self.patterns.read(text);
        if self.patterns.find(&message, HANDOFF).is_some() {
            return Act::Handoff;
        }
        if message.words() > MAX_TALK_WORDS {
            return Act::Question;
        }
        let names: Vec<&str> = TALK.iter().map(|&(name, _)| name).collect();
        let covered = self.patterns.covered_by(&message, &names);
        let Some(used) = covered.into_iter().collect::<Option<Vec<_>>>() else { return Act::Question };
        let acts = TALK.iter().filter(|(name, _)| used.iter().flatten().any(|used| used == name));
        acts.filter_map(|&(_, act)| act).next().unwrap_or(Act::Question)
    }

    /// `text` from where greeting, thanks and the like end; all of it where there are none, or nothing else.
    #[must_use]
    pub fn without_greeting<'t>(&self, text: &'t str) -> &'t str {
        let message = self.patterns.read(text);
        self.patterns.rest_after(&message, LEADING).and_then(|at| text.get(at..)).unwrap_or(text)
    }

    /// Whether `text` asks a machine for something that has nothing to do with health: a poem, an alarm, a
    /// flight, a password.
    #[must_use]
    pub fn is_request_to_machine(&self, text: &str) -> bool {
        self.patterns.find(&self.patterns.read(text), COMMAND).is_some()
    }
}

fn kinds() -> Vec<&'static str> {
    TALK.iter().map(|&(name, _)| name).chain([HANDOFF, COMMAND]).collect()
}

/// Letters that lie side by side on a keyboard.
const KEYBOARD_ROWS: [&str; 6] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz"];
/// Shortest run of neighbouring keys that is no word: shorter ones are in "were", "power".
const KEY_RUN: usize = 4;
/// Runs of neighbouring keys that are parts of words: property, strewn.
const SPELT_RUNS: [&[u8]; 2] = [b"erty", b"trew"];
/// Longest word without vowels that may be an abbreviation.
const ABBREVIATION: usize = 6;

/// Whether nothing in `text` is a word: keys struck at random, a sum, only signs. Empty text is not.
#[must_use]
pub fn is_gibberish(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    if words.peek().is_none() {
        return !text.trim().is_empty();
    }
    words.all(|word| word.chars().all(|c| c.is_ascii_digit()) || is_no_word(&word.to_lowercase()))
}

fn is_no_word(word: &str) -> bool {
    if !word.is_ascii() {
        return false;
    }
    let vowels = word.bytes().filter(|byte| b"aeiouy".contains(byte)).count();
    let mut consonants = word.split(|c| "aeiouy".contains(c)).map(str::len);
    let bytes = word.as_bytes();
    let same = word.len() >= 3 && bytes.windows(2).all(|pair| pair.first() == pair.last());
    let keys = KEYBOARD_ROWS.iter().any(|row| {
        let mut runs = row.as_bytes().windows(KEY_RUN).filter(|run| !SPELT_RUNS.contains(run));
        runs.any(|run| bytes.windows(KEY_RUN).any(|part| part == run))
    });
    same || keys
        || (vowels == 0 && word.len() > ABBREVIATION)
        || (word.len() > ABBREVIATION && consonants.any(|run| run >= 6))
}

#[cfg(test)]
mod tests;
