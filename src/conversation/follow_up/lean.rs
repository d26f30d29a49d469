//! Whether a question leans on the conversation, and where.

use super::words::{Word, Words};
use super::{own, repair, said};

/// A longer question brings its own context.
const MAX_WORDS: usize = 24;
/// Most words of a question whose pronouns point out of it.
const MAX_POINTING: usize = 16;
/// Most words of a question that begins with "and" or "what about" and still leans.
const MAX_OPENED: usize = 9;
/// Most words of a fragment.
const MAX_FRAGMENT: usize = 5;

/// What ties a question to what was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lean {
    /// Nothing.
    None,
    /// A pronoun that can be replaced, by its place.
    Pronoun {
        /// Number of the word.
        at: usize,
    },
    /// "One" for a thing named before, by its place: "how do I get one".
    One {
        /// Number of the word.
        at: usize,
    },
    /// "Him", "her": somebody, by the place of the word.
    Person {
        /// Number of the word.
        at: usize,
    },
    /// Something is left out, or a pronoun is there that cannot be replaced.
    Open,
    /// One of several is asked for that are not named: "which is better".
    Choice,
    /// What was said before is put right: "I meant the left knee".
    Repair,
    /// "What does that word mean".
    Word,
}

pub(super) const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "must",
    "may", "might", "has", "have", "had",
];
const PREPOSITIONS: &[&str] = &[
    "in", "on", "at", "for", "with", "without", "after", "before", "during", "from", "by", "near", "under",
    "over", "if", "when", "as", "to", "of", "through", "between", "against", "than", "about", "like", "into",
];
pub(super) const QUESTION_WORDS: &[&str] =
    &["what", "which", "who", "when", "where", "why", "how", "whose", "whom"];

/// Words at the end of a question that point back.
const POINTERS: &[&str] = &[
    "then",
    "afterwards",
    "afterward",
    "beforehand",
    "instead",
    "too",
    "there",
    "else",
    "otherwise",
    "meanwhile",
    "later",
];

/// Whether and how `words` lean on what was said before.
pub(super) fn of(words: &Words) -> Lean {
    if words.len() == 0 || words.len() > MAX_WORDS {
        return Lean::None;
    }
    if repair::of(words).is_some() {
        return Lean::Repair;
    }
    if words.len() <= MAX_POINTING
        && let Some(lean) = pronoun(words)
    {
        return of_event(words, lean);
    }
    if is_choice(words) {
        return Lean::Choice;
    }
    let leaves_out =
        is_opened(words) || is_fragment(words) || is_condition(words) || own::asks_contact(words);
    if leaves_out || points_back(words) || said::asks_meaning(words) { Lean::Open } else { Lean::None }
}

/// Words behind a pronoun for what happens, which is no thing.
const HAPPENS: &[&str] = &["happen", "happens", "happened", "happening", "occur", "occurs"];

/// "How often does that happen": no name can be put in the place of the pronoun that `lean` found in `words`.
fn of_event(words: &Words, lean: Lean) -> Lean {
    match lean {
        Lean::Pronoun { at } if words.get(at + 1).is_some_and(|word| word.is(HAPPENS)) => Lean::Open,
        other => other,
    }
}

/// "Can I drive afterwards", "what can be done then".
fn points_back(words: &Words) -> bool {
    // "Which risks are there", "are you there".
    let before = words.len().checked_sub(2).and_then(|at| words.get(at));
    let ends = words.iter().next_back().is_some_and(|word| word.is(&["there"]))
        && before
            .is_some_and(|word| word.is(&["are", "is", "you", "anyone", "anybody", "someone", "somebody"]));
    let last = !ends && words.iter().next_back().is_some_and(|word| word.is(POINTERS));
    let asks = words.iter().any(|word| word.is(AUXILIARIES) || word.is(QUESTION_WORDS));
    last && asks && words.len() > 1 && words.len() <= MAX_OPENED && !own::names_subject(words)
}

/// "Do they put me to sleep": they are the people who treat.
fn is_doer(words: &Words, at: usize) -> bool {
    words.from(at + 1).iter().take(3).any(|word| word.is_deed() || word.is(&["me", "my", "us"]))
}

/// "And in the tail", "what about the liver", "or with chemo".
fn is_opened(words: &Words) -> bool {
    let about =
        (words.starts(0, &["what", "about"]) || words.starts(0, &["how", "about"])) && words.len() > 2;
    let joined =
        words.get(0).is_some_and(|word| word.is(&["and", "or", "but", "then", "so", "also", "even"]));
    let inner = usize::from(joined);
    let about = about || words.starts(inner, &["what", "about"]) || words.starts(inner, &["how", "about"]);
    let whole = words.from(inner);
    let asks = |word: &Word| word.is(AUXILIARIES) || word.is(QUESTION_WORDS);
    let stands = whole.iter().any(asks) && whole.iter().filter(|word| word.is_content()).count() > 1;
    words.len() <= MAX_OPENED && (about || (joined && !stands && words.len() > 1))
}

/// Words before a condition: "and if", "even if".
const BEFORE_CONDITION: &[&str] = &["and", "but", "or", "so", "ok", "okay", "even"];
/// Who or what a clause of its own asks about, behind an auxiliary: "can I".
const ASKED_ABOUT: &[&str] = &["i", "we", "you", "they", "he", "she", "it", "there", "that", "this", "my"];

/// Words behind a comma that go on with the case: "if I have a cold, or a cough".
const JOINING: &[&str] = &["and", "or"];
/// Question words that bind no clause of the case, as "when" does: "if it hurts when I cough".
const ASKING: &[&str] = &["what", "how", "why", "who", "whose", "whom", "which"];

/// "Even if they put me under", "and if the baby is asleep": a case of what was asked, and no question of its own.
pub(super) fn is_condition(words: &Words) -> bool {
    let at = words.iter().take_while(|word| word.is(BEFORE_CONDITION)).count();
    if !words.starts(at, &["if"]) || words.len() > MAX_POINTING {
        return false;
    }
    let told = words.from(at + 1);
    let begins = |(word, next): (&Word, &Word)| {
        word.is(AUXILIARIES) && next.is(ASKED_ABOUT) || word.is(QUESTION_WORDS) && next.is(AUXILIARIES)
    };
    let asks = told.iter().zip(told.iter().skip(1)).any(begins);
    let goes_on = |word: &Word| word.after_break && !word.is(JOINING) || word.is(ASKING);
    !told.is_empty() && !asks && !told.iter().any(goes_on)
}

/// "Why?", "how long?", "for children", "the side effects?".
fn is_fragment(words: &Words) -> bool {
    let verb = words.iter().any(|word| word.is(AUXILIARIES) || word.is(&["i", "am", "im"]));
    if verb {
        return is_bare_question(words);
    }
    let (Some(first), Some(last)) = (words.get(0), words.iter().next_back()) else { return false };
    if words.len() > MAX_FRAGMENT {
        return false;
    }
    let question = first.is(QUESTION_WORDS)
        && words.content() <= 1
        && !words.iter().skip(1).any(|word| word.is(&["to"]));
    let names = words.iter().filter(|word| word.can_name()).count();
    let aspect = last.is_aspect() && names <= 2 && (words.len() <= 3 || names <= 1);
    question || first.is(PREPOSITIONS) || aspect
}

/// "How long will I have to wait", "what can I do": frame and light words only.
fn is_bare_question(words: &Words) -> bool {
    let loose = |word: &Word| word.is_loose || word.is_frame || !word.is_content();
    let names_none = words.iter().all(|word| loose(word) || word.is_aspect());
    let asks = words
        .get(0)
        .is_some_and(|word| word.is(QUESTION_WORDS) || word.is(&["are", "is", "any", "does", "do"]));
    let about_me = words.iter().any(|word| word.is(&["i", "my", "me", "we", "im", "am", "you"]));
    let aspect = words.iter().any(|word| word.is_aspect());
    asks && names_none && (aspect || !about_me) && words.len() <= 8
}

/// "Which one is better", "and which is best".
fn is_choice(words: &Words) -> bool {
    let joined = usize::from(words.get(0).is_some_and(|word| word.is(&["and", "but", "so", "then"])));
    let which = words.starts(joined, &["which"]);
    let next = words.get(joined + 1).is_some_and(|word| word.is(&["one", "ones", "is", "are", "of"]));
    which && next && words.content() <= 1
}

/// The first pronoun or demonstrative that points out of the message.
fn pronoun(words: &Words) -> Option<Lean> {
    for (at, word) in words.iter().enumerate() {
        if has_antecedent(words, at) {
            continue;
        }
        let points = match word.folded.as_str() {
            "it" => !is_expletive(words, at),
            "its" | "their" if words.iter().take(at).any(|word| word.is_content() && word.can_name()) => {
                false
            }
            "its" => !words
                .from(at + 1)
                .first()
                .is_some_and(|next| next.is(&["normal", "hard", "ok", "possible", "like"])),
            "them" | "theirs" => true,
            "one" => {
                let used = at
                    .checked_sub(1)
                    .and_then(|at| words.get(at))
                    .is_some_and(|word| word.is_verb || word.is(&["have", "had", "get", "be"]));
                let ends = words.get(at + 1).is_none_or(|word| word.after_break);
                if used && ends {
                    return Some(Lean::One { at });
                }
                false
            }
            "they" if is_doer(words, at) => false,
            "they" | "their" => words.content() <= 1 && !words.iter().any(|word| word.is(&["me", "my"])),
            "he" | "she" | "him" if words.content() <= 1 => return Some(Lean::Person { at }),
            "this" | "that" | "these" | "those" => match demonstrative(words, at) {
                Some(lean) => return Some(lean),
                None => false,
            },
            _ => false,
        };
        if points {
            return Some(if word.is(&["theirs"]) { Lean::Open } else { Lean::Pronoun { at } });
        }
    }
    None
}

/// Whether a thing is named in a clause before word `at`.
fn has_antecedent(words: &Words, at: usize) -> bool {
    let before = || words.iter().take(at);
    let ends =
        words.get(at + 1).is_none_or(|next| next.after_break || next.is(&["and", "or", "too", "then"]));
    let border = |(place, word): (usize, &Word)| {
        // "Can I drink tea before it": no clause of its own, as in "before it starts".
        let led = place + 1 == at && ends;
        let binds = word.is(&["after", "before"]) && !led && !words.is_particle(place)
            || word.is(&["and", "but", "because", "so", "if", "when", "while", "then", "or"]);
        (word.after_break || binds)
            && place > 0
            && words.iter().take(place).any(|word| word.is_content() && word.can_name())
    };
    before().enumerate().any(border)
        || words.get(at).is_some_and(|word| word.after_break)
            && before().any(|word| word.is_content() && word.can_name())
}

/// "Is it normal to", "how long does it take to get results", "it is hard".
fn is_expletive(words: &Words, at: usize) -> bool {
    let after = words.from(at + 1);
    let first_is = |list: &[&str]| after.first().is_some_and(|word| word.is(list));
    if words.starts(at, &["it", "make", "sense"]) || words.starts(at, &["it", "makes", "sense"]) {
        return true;
    }
    if is_cleft(words, at) || is_chosen(words, at) {
        return true;
    }
    let got =
        at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| word.is(&["got", "get", "gotcha"]));
    if got && after.first().is_none_or(|word| word.after_break) {
        return true;
    }
    if first_is(&[
        "take", "takes", "cost", "costs", "hurt", "hurts", "help", "helps", "matter", "matters", "feel",
        "mean", "like",
    ]) {
        let to = after.iter().position(|word| word.is(&["to", "if", "when", "for", "before", "until"]));
        return to.is_some_and(|to| {
            let rest = after.get(to + 1..).unwrap_or_default();
            let named = rest.iter().filter(|word| !word.is_frame).count();
            let has = rest.first().is_some_and(|word| word.is(&["have", "get", "be", "do"]));
            named >= 2 || (has && named == 1)
        });
    }
    let judged = after.first().is_some_and(|word| {
        word.is_loose || word.is(&["ok", "time", "my", "too", "very", "really", "is", "was"])
    });
    let goes_on = after.iter().take(4).skip(1).any(|word| word.is(&["to", "that", "if", "for", "when", "i"]));
    let named = after.iter().skip(1).any(Word::is_content);
    judged && goes_on && named || is_deed_judged(after)
}

/// Words that say how something is done and not whether it is good: "slow growing".
const MANNERS: &[&str] = &["long", "fast", "slow", "quick", "late", "early", "hard", "free", "often"];
/// Words that end as what is done does.
const NO_DEEDS: &[&str] =
    &["during", "morning", "evening", "nothing", "anything", "something", "everything", "according"];

/// "Is it painful having it out"; not "is it safe during pregnancy".
fn is_deed_judged(after: &[Word]) -> bool {
    let judges = |word: &Word| word.is_loose && !word.is(MANNERS) || word.is(&["ok"]);
    let is_deed = |word: &Word| word.folded.len() > 4 && word.folded.ends_with("ing") && !word.is(NO_DEEDS);
    after.first().is_some_and(judges) && after.get(1).is_some_and(is_deed)
}

/// "Who is it we ring", "what is it that hurts".
fn is_cleft(words: &Words, at: usize) -> bool {
    let back = |steps: usize| at.checked_sub(steps).and_then(|at| words.get(at));
    let asked = back(1).is_some_and(|word| word.is(&["whos", "whats", "wheres", "whens"]))
        || back(1).is_some_and(|word| word.is(&["is", "was"]))
            && back(2).is_some_and(|word| word.is(QUESTION_WORDS));
    let somebody = words.get(at + 1).is_some_and(|word| word.is(&["i", "we", "you", "they", "he", "she"]));
    let that = words.get(at + 1).is_some_and(|word| word.is(&["that"]));
    asked && (somebody || that && words.get(at + 2).is_some_and(|word| !word.is_loose))
}

/// "Paracetamol it is, then": what was chosen.
fn is_chosen(words: &Words, at: usize) -> bool {
    let is = words.get(at + 1).is_some_and(|word| word.is(&["is"]));
    let ends = words.get(at + 2).is_none_or(|word| word.after_break || word.is(&["then"]));
    let before = || words.iter().take(at);
    let asks = before().any(|word| word.is(AUXILIARIES) || word.is(QUESTION_WORDS));
    let names = before().next_back().is_some_and(|word| word.is_content() && word.can_name());
    is && ends && names && !asks
}

/// "Is that painful", "after this", "this treatment", "that word"; not "the tests that I need".
fn demonstrative(words: &Words, at: usize) -> Option<Lean> {
    let next = words.get(at + 1);
    // "That is fine", "that means you pay": a comment on the answer.
    if at == 0 && next.is_some_and(|word| word.is(&["is", "was", "means", "sounds", "makes", "helps"])) {
        return None;
    }
    let before = at.checked_sub(1).and_then(|at| words.get(at));
    if next.is_some_and(|word| word.is(&["word", "words", "term", "terms", "expression"])) {
        return Some(Lean::Word);
    }
    let ends = next.is_none_or(|word| word.after_break);
    let generic = next.is_some_and(|word| word.is_generic())
        && words.get(at + 2).is_none_or(|word| !word.can_name() || word.is_loose);
    if generic {
        return Some(Lean::Open);
    }
    let led = before.is_none_or(|word| {
        word.is(AUXILIARIES) || word.is(PREPOSITIONS) || word.is_verb || word.is(&["and", "so", "but"])
    });
    let followed = next.is_some_and(|word| {
        word.is(AUXILIARIES)
            || word.is_verb
            || word.is_loose
            || word
                .is(&["mean", "to", "for", "not", "and", "or", "in", "on", "with", "after", "about", "also"])
    });
    // "Would that push me back": what is done to somebody is a verb.
    let acts = words.get(at + 2).is_some_and(|word| word.is(&["me", "us", "him", "her", "them"]))
        && before.is_some_and(|word| word.is(AUXILIARIES));
    let relative =
        words.get(at).is_some_and(|word| word.is(&["that"])) && before.is_some_and(|word| word.can_name());
    (!relative && led && (ends || followed || acts)).then_some(Lean::Pronoun { at })
}
