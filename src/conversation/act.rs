//! What a message does besides asking: greeting, thanks, the wish for a person.
//!
//! The list is `lexicon/small-talk.txt`. A message is small talk only where small talk makes up all of it, so
//! that a question after a greeting stays a question.

use std::sync::LazyLock;

use super::pattern::Patterns;

const SHIPPED: &str = include_str!("../../lexicon/small-talk.txt");
/// Kinds that can make up a message, those that say most first.
const TALK: &[(&str, Option<Act>)] = &[
    ("complaint", Some(Act::SmallTalk(SmallTalk::Complaint))),
    ("about", Some(Act::SmallTalk(SmallTalk::About))),
    ("capabilities", Some(Act::SmallTalk(SmallTalk::Capabilities))),
    (HERE, Some(Act::Here)),
    ("agree", Some(Act::Agree)),
    ("why-not", Some(Act::WhyNot)),
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
const CONTACT: &str = "contact";
const TELLING: &str = "telling";
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
    /// It wants one and asks whom: "is there a nurse I can talk to". The documents may tell.
    Contact,
    /// It says yes.
    Agree,
    /// "Why not": it says yes to what was offered, or asks why something is not so.
    WhyNot,
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
    /// "That does not answer my question".
    Complaint,
}

/// Tells what messages do.
#[derive(Debug, Clone)]
pub struct Acts {
    patterns: Patterns,
}

impl Acts {
    /// The shipped list. Were it damaged, every message would be a question; a test reads it.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static ACTS: LazyLock<Acts> = LazyLock::new(|| Acts {
            patterns: Patterns::parse_or_empty("lexicon/small-talk.txt", SHIPPED, &kinds()),
        });
        &ACTS
    }

    /// What `text` does.
    #[must_use]
    pub fn of(&self, text: &str) -> Act {
        let message = self.patterns.read(text);
        if self.patterns.find(&message, HANDOFF).is_some() {
            let asks_whom = self.patterns.find(&message, CONTACT).is_some();
            return if asks_whom { Act::Contact } else { Act::Handoff };
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

    /// What stands in `text` behind words that tell of an illness or a treatment, such as "I'm having" or "my mum was told
    /// she has", where nothing but a greeting stands before them.
    #[must_use]
    pub fn told<'t>(&self, text: &'t str) -> Option<&'t str> {
        let message = self.patterns.read(text);
        let span = self.patterns.find(&message, TELLING)?.span;
        let before = text.get(..span.start())?;
        let is_greeted = || self.of(before) == Act::SmallTalk(SmallTalk::Greeting);
        let is_led = !before.contains(char::is_alphanumeric) || is_greeted();
        text.get(span.end()..).filter(|_| is_led)
    }
}

fn kinds() -> Vec<&'static str> {
    TALK.iter().map(|&(name, _)| name).chain([HANDOFF, CONTACT, TELLING]).collect()
}

#[cfg(test)]
mod tests;
