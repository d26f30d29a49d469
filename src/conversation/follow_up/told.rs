//! What a message tells of and does not ask about: "I'm having an MRI on friday".

use super::carry::ARTICLES;
use super::words::{List, Word, Words};
use super::{focus, own};

/// Most words of what is told.
const MAX_WORDS: usize = 16;
/// What else may stand before the name of an illness or a treatment.
const LEADING: &[&str] = &["some", "another", "this", "these"];
/// What may stand behind it besides a time: "done yesterday", "put in on tuesday".
static TRAILING: List = List::new(
    "on in at for this next last the a few couple of ago since soon now again already later early done put out off fixed \
    repaired replaced fitted inserted removed taken booked scheduled planned coming up please thanks",
);

/// Words that are neither an illness nor a treatment, or any: "the pill" is no pill, "the op" no certain one.
const VAGUE: &[&str] = &[
    "appointment",
    "appointments",
    "letter",
    "letters",
    "meds",
    "op",
    "ops",
    "pill",
    "pills",
    "tablet",
    "tablets",
];

/// The subject of a message that tells of it: the illness or treatment at the beginning of `rest`, which stands behind
/// words such as "I'm having". `None` where anything else is said, so that it is no bare telling.
#[must_use]
pub fn subject_told(rest: &str) -> Option<String> {
    if rest.contains('?') {
        return None;
    }
    let words = Words::of(rest);
    if words.len() > MAX_WORDS {
        return None;
    }
    let (subject, _) = focus::phrase_in(rest, &words, 0)?;
    let leads = |word: &Word| word.is(ARTICLES) || word.is(LEADING);
    let trails = |word: &Word| word.is_when() || TRAILING.has(&word.folded);
    let mut before = words.iter().take_while(|word| word.span.end() <= subject.span.start());
    let mut after = words.iter().skip_while(|word| word.span.start() < subject.span.end());
    let named = Words::of(&subject.text);
    let is_named = own::names_any(&named) && !named.iter().all(|word| word.is(VAGUE));
    let is_bare = before.all(leads) && after.all(trails) && is_named;
    is_bare.then_some(subject.text)
}

/// Whether `read` is the subject that `question` tells of, in its own words.
pub(super) fn is_told(read: &str, question: &str) -> bool {
    read.len() < question.len()
        && question.contains(read)
        && subject_told(read).is_some_and(|subject| subject == read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_no_word_twice() {
        assert_eq!(TRAILING.repeated(), [""; 0]);
    }

    #[test]
    fn what_is_told_of_is_an_illness_or_a_treatment_and_perhaps_a_time() {
        for (rest, subject) in [
            (" an MRI on friday", "MRI"),
            (" gallstones", "gallstones"),
            (" a port put in on tuesday", "port"),
            (" my hernia done yesterday", "hernia"),
            (" a sleeve gastrectomy in march", "sleeve gastrectomy"),
            (" a hysterectomy booked for next month", "hysterectomy"),
            (" my bowel resection 3 days ago.", "bowel resection"),
            (" an MRI of my head", "MRI of my head"),
            (" water tablets", "water tablets"),
        ] {
            assert_eq!(subject_told(rest).as_deref(), Some(subject), "{rest}");
        }
    }

    #[test]
    fn a_subject_is_told_in_words_of_the_question() {
        assert!(is_told("heart scan", "I'm having a heart scan on friday"));
        assert!(!is_told("gastric bypass", "the second one"));
        assert!(!is_told("must I stop apixaban", "I am 78, must I stop apixaban"));
        assert!(!is_told("heart scan", "heart scan"));
    }

    #[test]
    fn what_says_more_or_names_nothing_is_no_bare_telling() {
        for rest in [
            "",
            " no pain",
            " to go now",
            " an operation",
            " two children",
            " the pill",
            " the op yesterday",
            " an appointment on friday",
            " an MRI, can I eat",
            " an MRI?",
            " a scan and it hurt",
            " a metal heart valve so is it safe",
            " my stitches out and the wound came open",
        ] {
            assert_eq!(subject_told(rest), None, "{rest}");
        }
    }
}
