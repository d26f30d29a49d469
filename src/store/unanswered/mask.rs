//! Personal details are taken out of what is kept.
//!
//! The form tells e-mail addresses, links, telephone and other long numbers, and names that are given as such: after "my
//! name is", after a title, under a letter. A name or an illness that is only mentioned stays, so what is kept is not
//! anonymous. Rather a number too many is taken out than one too few.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern::literal;
use crate::text::token::{Analyzer, WeightClass, weight_class};

const E_MAIL: &str = "[e-mail]";
const LINK: &str = "[link]";
const NAME: &str = "[name]";
const NUMBER: &str = "[number]";

/// What stands in the place of personal details.
pub const MARKS: [&str; 4] = [E_MAIL, LINK, NAME, NUMBER];

/// Most characters that are read of a text.
const MAX_READ_CHARS: usize = 4000;
/// Most characters that are kept of it.
const MAX_KEPT_CHARS: usize = 1000;
/// Most words of a name.
const MAX_NAME_WORDS: usize = 3;

struct Patterns {
    link: Regex,
    e_mail: Regex,
    closing: Regex,
    title: Regex,
    introduction: Regex,
    word: Regex,
    number: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    link: literal(r"(?i)\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.)\S+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*"),
    e_mail: literal(r#"[^\s@<>()\[\],;:"]+@[^\s@<>()\[\],;:"]+"#),
    closing: literal(concat!(
        r"(?im)^([ \t]*(?:(?:(?:with )?(?:kind|kindest|best|warm|warmest) )?(?:regards|wishes)|(?:yours )?(?:sincerely|faithfully|truly)",
        r"|mit freundlichen gr\x{fc}(?:\x{df}|ss)en|(?:viele|liebe) gr\x{fc}(?:\x{df}|ss)e|cordialement|saludos|cordiali saluti|met vriendelijke groet)",
        r"[,.!]?\s+|[ \t]*(?:(?:many )?thanks|thank you|cheers)[,.!]?[ \t]*\n\s*)",
        r"(?-i:\p{Lu}[\p{L}\p{M}'\x{2019}.-]*(?:[ \t]+\p{Lu}[\p{L}\p{M}'\x{2019}.-]*){0,3})[ \t]*$",
    )),
    title: literal(
        r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Herr|Frau|Mme|Sr|Sra)\.?[ \t]+\p{Lu}[\p{L}\p{M}'\x{2019}-]+(?:[ \t]+\p{Lu}[\p{L}\p{M}'\x{2019}-]+)?",
    ),
    introduction: literal(concat!(
        r"(?im)(?:\b(?:my|his|her|our|their)\s+(?:(?:full|first|last|middle|family|maiden|own|son|daughter|wife|husband|mother|father",
        r"|mum|mom|dad|partner|baby|child|sister|brother)(?:['\x{2019}]s)?\s+){0,2}name(?:\s+is|\s*['\x{2019}]?s)",
        r"|\b(?:i\s+am|i['\x{2019}]?m)\s+called|^[ \t]*(?:(?:full|first|last|family|patient)\s+)?(?:sur)?name[ \t]*[:=]",
        r"|\bich\s+hei(?:\x{df}|ss)e|\bmein\s+name\s+ist|\bik\s+heet|\bmijn\s+naam\s+is|\bje\s+m['\x{2019}]appelle|\bmon\s+nom\s+est",
        r"|\bme\s+(?:llamo|chamo)|\bmi\s+nombre\s+es|\bmeu\s+nome\s+\x{e9}|\bmi\s+chiamo|\bnazywam\s+si\x{119}|\bменя\s+зовут)\s+",
    )),
    word: literal(r"\p{L}[\p{L}\p{M}'\x{2019}-]*"),
    number: literal(r"\+?\(?\d(?:[ \t\x{a0}().\x{2010}-\x{2015}/-]{0,3}\d){6,}|\d{6,}"),
});

/// What is kept of `text`: without personal details, bounded.
pub(super) fn masked(text: &str) -> String {
    let text = first_chars(text, MAX_READ_CHARS);
    let p = &*PATTERNS;
    let text = p.link.replace_all(text, LINK);
    let text = p.e_mail.replace_all(&text, E_MAIL);
    let text = p.closing.replace_all(&text, format!("${{1}}{NAME}"));
    let text = p.title.replace_all(&text, NAME);
    let text = without_names(&text);
    let text = p.number.replace_all(&text, NUMBER);
    first_chars(&text, MAX_KEPT_CHARS).to_owned()
}

fn first_chars(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// `text` without the names that somebody is introduced by.
fn without_names(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(introduction) = PATTERNS.introduction.find(rest) {
        let after = rest.get(introduction.end()..).unwrap_or_default();
        let length = name_length(after);
        let kept = if length == 0 { introduction.end() } else { introduction.start() };
        out.push_str(rest.get(..kept).unwrap_or_default());
        if length > 0 {
            out.push_str(NAME);
        }
        rest = after.get(length..).unwrap_or_default();
    }
    out + rest
}

/// Bytes of the name that `text` begins with; 0 where it begins with none.
fn name_length(text: &str) -> usize {
    let mut length = 0;
    for word in PATTERNS.word.find_iter(text).take(MAX_NAME_WORDS) {
        let between = text.get(length..word.start()).unwrap_or_default();
        let is_next = if length == 0 { between.chars().count() <= 1 } else { between == " " };
        if !is_next || !is_name(word.as_str()) {
            break;
        }
        length = word.end();
    }
    length
}

/// Whether `word` can belong to a name: it is written as one, or is none of the words that sentences are made of.
fn is_name(word: &str) -> bool {
    let term = || Analyzer::english().term(word);
    word.starts_with(char::is_uppercase) || weight_class(&term()) == WeightClass::Content
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_tells_who_somebody_is_is_taken_out() {
        for (text, kept) in [
            ("write to anna.miller+x@mail.example.org please", "write to [e-mail] please"),
            ("see https://a.example/me?id=7 and www.b.example.", "see [link] and [link]"),
            ("I read it at clinic.example/stent today", "I read it at [link] today"),
            ("call +44 (0)20 7946 0018 or 020-7946-0018", "call [number] or [number]"),
            ("hospital number 482913, born 12/03/1961", "hospital number [number], born [number]"),
            ("\u{0660}\u{0661}\u{0662}\u{0663}\u{0664}\u{0665}\u{0666}", "[number]"),
            (
                "My name is Anna Miller and I have a stent. May I run?",
                "[name] and I have a stent. May I run?",
            ),
            ("my name's anna can I run", "[name] can I run"),
            ("hi, i'm called Will. May I run?", "hi, [name]. May I run?"),
            ("My daughter's name is \"Zoe\", may she run?", "[name]\", may she run?"),
            ("Surname: Miller\nMay I run?", "[name]\nMay I run?"),
            ("Ich hei\u{df}e Anna Miller. Darf ich laufen?", "[name]. Darf ich laufen?"),
            ("Dr Smith and Mrs. Ada Jones said no", "[name] and [name] said no"),
            ("May I run?\nKind regards,\nAnna B. Miller", "May I run?\nKind regards,\n[name]"),
            ("May I run?\nThanks\nAnna", "May I run?\nThanks\n[name]"),
        ] {
            assert_eq!(masked(text), kept, "{text}");
        }
    }

    #[test]
    fn what_a_question_is_about_stays() {
        for text in [
            "How long after 2 doses of 7.4 GBq, 8 weeks apart, may I fly?",
            "My blood pressure is 150/95 and my BMI 36.5",
            "My name is not on the list. What now?",
            "What is the name of the scan, and is it called PET/CT?",
            "With regards to my scan on Monday",
            "Thanks\ncan I swim with it",
            "I am Rh negative. Is 120 mg too much?",
            "Darf ich mit dem Stent laufen?",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(masked(&"\u{e9} ".repeat(MAX_READ_CHARS)).chars().count(), MAX_KEPT_CHARS);
    }

    proptest! {
        #[test]
        fn no_address_and_no_long_number_is_left_whatever_stands_around_it(
            before in "[a-z .,:(]{0,20}", after in "[a-z .,;)]{0,20}", number in "[0-9]{6,12}"
        ) {
            let text = format!("{before} anna@mail.example {number}{after}");
            let kept = masked(&text);
            prop_assert!(!kept.contains("anna") && !kept.contains(&number), "{}", kept);
        }

        #[test]
        fn any_text_can_be_masked(text in "\\PC*|(?s).{0,200}") {
            prop_assert!(masked(&text).chars().count() <= MAX_KEPT_CHARS);
        }
    }
}
