//! What a question names by itself.

use super::words::{Word, Words};

/// A question with more words brings its own context.
const MAX_WORDS: usize = 12;

/// Whether `words` say what they ask about, so that nothing from before can be meant.
pub(super) fn names_subject(words: &Words) -> bool {
    match count(words) {
        0 => words.len() > MAX_WORDS,
        1 => words.len() > MAX_WORDS || is_definition(words) || is_name(words),
        _ => true,
    }
}

/// Whether `words` name anything that may be a subject.
pub(super) fn names_any(words: &Words) -> bool {
    count(words) > 0
}

/// Whether `words` name a thing at all, be it one that may stand for another.
pub(super) fn names_thing(words: &Words) -> bool {
    words.iter().any(|word| word.is_content() && word.can_name() && !word.is_person() && !word.is_when())
}

fn count(words: &Words) -> usize {
    words.iter().filter(|word| is_own(word)).count()
}

fn is_own(word: &Word) -> bool {
    word.is_content()
        && word.can_name()
        && !word.is_person()
        && !word.is_when()
        && !word.is_aspect()
        && !word.is_generic()
        && !word.is_contact()
}

/// "What's the phone number", "is there a number I can ring": asks how somebody is reached and does not say who.
pub(super) fn asks_contact(words: &Words) -> bool {
    let mut names = words.iter().filter(|word| word.can_name());
    let last = names.next_back();
    last.is_some_and(Word::is_contact) && names.all(Word::is_of_contact)
}

/// "What is a stent", "tell me about stents", "what does stent mean": asks for nothing but what it names.
pub(super) fn is_definition(words: &Words) -> bool {
    let opens: &[&[&str]] = &[
        &["what", "is"],
        &["what", "are"],
        &["whats"],
        &["tell", "me", "about"],
        &["explain"],
        &["define"],
        &["describe"],
    ];
    let only_names = |from: usize| words.from(from).iter().all(|word| word.can_name() || is_article(word));
    let opened = opens.iter().any(|open| words.starts(0, open) && only_names(open.len()));
    opened
        || (words.starts(0, &["what", "does"])
            && words.iter().next_back().is_some_and(|word| word.is(&["mean"])))
}

/// Most words of a message that only names a thing.
const MAX_BARE: usize = 3;

/// "Glasses", "contact lenses?": a thing and nothing else.
pub(super) fn is_bare(words: &Words) -> bool {
    words.len() <= MAX_BARE && count(words) <= 2 && names_any(words) && is_name(words)
}

fn is_name(words: &Words) -> bool {
    words.iter().all(|word| word.can_name() || is_article(word))
}

fn is_article(word: &Word) -> bool {
    word.is(&["a", "an", "the", "of", "in", "for"])
}
