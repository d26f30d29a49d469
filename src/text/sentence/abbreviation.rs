//! What a full stop means after a certain word.

use super::scan::Before;

/// What a full stop before something that could begin a sentence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The end of a sentence.
    End,
    /// Part of an abbreviation, an initial or a label.
    Inside,
    /// The end only where the next word is one that often begins sentences.
    OnlyBeforeAnOpener,
}

/// Never the last word of a sentence.
const INTRODUCING: &[&str] = &[
    "mr", "mrs", "ms", "dr", "drs", "prof", "st", "rev", "hon", "capt", "sgt", "messrs", "vs", "v", "e.g",
    "i.e", "eg", "ie", "cf", "viz", "approx", "esp", "incl", "figs", "nos", "pp", "vols",
];

/// Inside before a number, otherwise a word like any other.
const NUMBERED: &[&str] =
    &["no", "nr", "p", "fig", "vol", "ch", "sec", "art", "ca", "para", "ref", "eq", "max", "min", "temp"];

/// Inside before a telephone number.
const PHONED: &[&str] = &["tel", "ext"];

/// Days that are words as well without their capital: inside before a number.
const DAYS: &[&str] = &["Wed", "Sat", "Sun"];

/// May or may not be the last word.
const SHORTENED: &[&str] = &[
    "al", "inc", "ltd", "co", "corp", "jr", "sr", "dept", "ed", "eds", "jan", "feb", "mar", "apr", "jun",
    "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "thu", "thur", "thurs", "fri",
];

/// A single capital after one of these is a name of its own and not an initial.
const LETTERED: &[&str] = &[
    "vitamin",
    "vitamins",
    "hepatitis",
    "type",
    "types",
    "group",
    "class",
    "grade",
    "stage",
    "factor",
    "protein",
    "plan",
    "part",
    "step",
    "influenza",
    "strep",
    "category",
    "option",
    "phase",
    "appendix",
    "figure",
    "table",
];

/// Words that often begin a sentence and are hardly ever a name.
const OPENERS: &[&str] = &[
    "A",
    "After",
    "All",
    "Also",
    "Although",
    "An",
    "And",
    "Any",
    "Are",
    "As",
    "Ask",
    "At",
    "Because",
    "Before",
    "Both",
    "But",
    "By",
    "Call",
    "Can",
    "Do",
    "Doctors",
    "Does",
    "During",
    "Each",
    "For",
    "Four",
    "From",
    "Have",
    "He",
    "Her",
    "His",
    "How",
    "However",
    "If",
    "In",
    "Is",
    "It",
    "Its",
    "Many",
    "Most",
    "My",
    "No",
    "Not",
    "On",
    "Once",
    "One",
    "Only",
    "Or",
    "Other",
    "Our",
    "Patients",
    "People",
    "She",
    "Signs",
    "Since",
    "So",
    "Some",
    "Symptoms",
    "Take",
    "Talk",
    "Tell",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Three",
    "To",
    "Treatment",
    "Two",
    "Until",
    "We",
    "What",
    "When",
    "Where",
    "Which",
    "While",
    "Who",
    "Why",
    "With",
    "Without",
    "Yes",
    "You",
    "Your",
];

/// Judges the stop after `before`, where `next` is the first character after the white space.
pub(super) fn judge(before: Before<'_>, next: Option<char>) -> Verdict {
    let word = before.word;
    let among = |list: &[&str]| list.iter().any(|entry| entry.eq_ignore_ascii_case(word));
    let digit_follows = next.is_some_and(|next| next.is_ascii_digit());
    let mut letters = word.chars();
    let single = letters.next().filter(|_| letters.next().is_none());
    if before.alone && is_label(word) {
        return Verdict::Inside;
    }
    if let Some(letter) = single.filter(|letter| letter.is_uppercase()) {
        let named = LETTERED.iter().any(|entry| entry.eq_ignore_ascii_case(before.previous));
        return if named || letter == 'I' { Verdict::End } else { Verdict::OnlyBeforeAnOpener };
    }
    if is_acronym_with_stops(word) && !among(INTRODUCING) {
        return if digit_follows { Verdict::Inside } else { Verdict::OnlyBeforeAnOpener };
    }
    // "MR", "MS" and "NO" are things in medicine, not short forms.
    if word.len() > 1 && word.chars().all(char::is_uppercase) {
        return Verdict::End;
    }
    let is_numbered = among(NUMBERED) || among(SHORTENED) || among(PHONED) || DAYS.contains(&word);
    let is_phoned = among(PHONED) && matches!(next, Some('(' | '+'));
    if among(INTRODUCING) || is_phoned || digit_follows && is_numbered {
        Verdict::Inside
    } else if among(SHORTENED) {
        Verdict::OnlyBeforeAnOpener
    } else {
        Verdict::End
    }
}

/// Whether `word`, before the character `after` it, often begins a sentence. "A." is an initial.
pub(super) fn opens_sentences((word, after): (&str, Option<char>)) -> bool {
    after != Some('.') && OPENERS.binary_search(&word).is_ok()
}

/// `7`, `12`, `b`, `iv`: what can number an item.
fn is_label(word: &str) -> bool {
    let number = word.len() <= 3 && word.chars().all(|found| found.is_ascii_digit());
    let letter = word.len() == 1 && word.chars().all(|found| found.is_ascii_alphabetic());
    let roman = word.len() <= 4 && word.chars().all(|found| matches!(found, 'i' | 'v' | 'x'));
    !word.is_empty() && (number || letter || roman)
}

/// `U.S`, `a.m`, `Ph.D`: pieces of one or two letters with stops between them.
fn is_acronym_with_stops(word: &str) -> bool {
    let short = |piece: &str| {
        (1..=2).contains(&piece.len()) && piece.chars().all(|found| found.is_ascii_alphabetic())
    };
    word.contains('.') && word.split('.').all(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openers_are_sorted() {
        assert!(OPENERS.is_sorted());
    }
}
