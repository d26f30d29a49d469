//! Personal details are taken out of what is kept.
//!
//! The form tells e-mail addresses, links, postal addresses, telephone and other long numbers, dates with their year, and
//! names that are given as such: after "my name is", after a title or a relative ("my son Tom"), under a letter. A name or
//! an illness that is only mentioned stays, so what is kept is not anonymous. Rather a number too many is taken out than
//! one too few.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern::literal;
use crate::text::token::{Analyzer, WeightClass, weight_class};

const ADDRESS: &str = "[address]";
const E_MAIL: &str = "[e-mail]";
const LINK: &str = "[link]";
const NAME: &str = "[name]";
const NUMBER: &str = "[number]";

/// What stands in the place of personal details.
pub const MARKS: [&str; 5] = [ADDRESS, E_MAIL, LINK, NAME, NUMBER];

/// Most characters that are read of a text.
const MAX_READ_CHARS: usize = 4000;
/// Most characters that are kept of it.
const MAX_KEPT_CHARS: usize = 1000;
/// Most words of a name, beside those that only join them.
const MAX_NAME_WORDS: usize = 3;
/// Words that join those of a name.
const PARTICLES: [&str; 11] = ["van", "von", "de", "der", "den", "del", "della", "di", "da", "al", "el"];

struct Patterns {
    link: Regex,
    e_mail: Regex,
    address: Regex,
    code: Regex,
    date: Regex,
    closing: Regex,
    farewell: Regex,
    title: Regex,
    introduction: Regex,
    greeting: Regex,
    relative: Regex,
    word: Regex,
    number: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    link: literal(r"(?i)\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.)\S+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*"),
    e_mail: literal(concat!(
        r#"[^\s@<>()\[\],;:"]+@[^\s@<>()\[\],;:"]+"#,
        r"|(?i:[a-z0-9._%+-]+[ \t]*(?:@|\(at\)|\[at\])[ \t]*(?:[a-z0-9-]+\.)+[a-z]{2,})",
    )),
    // A house in its street, or a postcode of the United Kingdom.
    address: literal(concat!(
        r"\b\d{1,4}[A-Za-z]?,?[ \t]+(?:\p{Lu}[\p{L}\p{M}'\x{2019}-]+[ \t]+){1,3}",
        r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Close|Drive|Crescent|Court|Gardens|Terrace|Place|Square|Grove|Way)\b",
        r"|\b\p{Lu}[\p{L}-]+(?:stra\x{df}e|strasse|str\.|allee)[ \t]+\d{1,3}[a-z]?\b",
        r"|\b[A-Z]{1,2}\d[A-Z\d]?[ \t]*\d[ABD-HJLNP-UW-Z]{2}\b",
        r"|(?i:\bpost[ \t]?code(?:[ \t]+is)?[ \t:=]+[a-z]{1,2}\d[a-z\d]?[ \t]*\d[a-z]{2})\b",
    )),
    // A number with letters, or a short one that is said to be somebody's.
    code: literal(concat!(
        r"(?i)\b((?:(?:hospital|patient|nhs|chi|case|record|insurance|policy|reference|booking|member(?:ship)?|passport)[ \t]*",
        r"(?:number|no\.?|nr\.?|id|ref|reference|\#)|mrn|ref)(?:[ \t]+is\b)?[ \t]*[:=\#]?[ \t]*)",
        r"(?:[a-z]{1,4}[/-]?)?\d[\w/-]*(?:[ ]\d{2,}){0,4}",
        r"|\b[a-z]{1,3}\d{5}\b|\b[a-z]{2}[ ]?\d\d[ ]?\d\d[ ]?\d\d[ ]?[a-d]\b",
    )),
    date: literal(concat!(
        r"(?i)\b\d{1,2}[ \t]?[./][ \t]?\d{1,2}[ \t]?[./][ \t]?\d{2}(?:\d{2})?\b|\b\d{1,2}-\d{1,2}-(?:\d{4}|[3-9]\d)\b",
        r"|\b\d{1,2}(?:st|nd|rd|th|\.)?[ \t]*(?:(?:of|de)[ \t]+)?",
        r"(?:jan|feb|f\x{e9}v|m[a\x{e4}]r|mrt|apr|avr|abr|ma[iyg]|mei|ju[in]|jul|ao\x{fb}|au?g|sep|set|o[ckt]t|nov|d[ei\x{e9}][cz]|ene|gen|giu|lug)",
        r"\p{L}{0,7}\.?,?[ \t]*(?:de[ \t]+)?(?:\d{4}|['\x{2019}]\d\d|[3-9]\d)\b",
        r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?[ \t]+\d{1,2}(?:st|nd|rd|th)?,?[ \t]+\d{4}\b",
    )),
    closing: literal(concat!(
        r"(?im)((?:^|[.?!,;)])[ \t]*(?:(?:(?:with )?(?:kind|kindest|best|warm|warmest) )?(?:regards|wishes)|(?:yours )?(?:sincerely|faithfully|truly)",
        r"|(?:many )?thanks|thank you|cheers|(?:all the )?best",
        r"|mit freundlichen gr\x{fc}(?:\x{df}|ss)en|(?:viele|liebe) gr\x{fc}(?:\x{df}|ss)e|(?:vielen )?dank|danke",
        r"|cordialement|merci|saludos|gracias|cordiali saluti|grazie|met vriendelijke groet(?:en)?)[,.!]?\s+)",
        r"(?-i:\p{Lu}[\p{L}\p{M}'\x{2019}.-]*(?:[ \t]+\p{Lu}[\p{L}\p{M}'\x{2019}.-]*){0,3})[ \t\r]*$",
    )),
    // After these nothing but a name ends a text, however it is written.
    farewell: literal(concat!(
        r"(?i)(\b(?:(?:kind|kindest|best|warm|warmest) regards|yours (?:sincerely|faithfully|truly)",
        r"|mit freundlichen gr\x{fc}(?:\x{df}|ss)en|(?:viele|liebe) gr\x{fc}(?:\x{df}|ss)e)[,.!]?\s+)",
        r"\p{L}[\p{L}\p{M}'\x{2019}.-]*(?:[ \t]+\p{L}[\p{L}\p{M}'\x{2019}.-]*){0,2}\s*$",
    )),
    title: literal(concat!(
        r"\b(?:(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Doctor|Prof|Professor|Herrn?|Frau|Mme|Mlle|Madame|Monsieur|Sr|Sra|Se\x{f1}ora?|Signora?|Dott)\.?[ \t]+",
        r"(?:med\.[ \t]+)?)+(?:\p{Lu}\.[ \t]*|\p{Lu}[ \t]+){0,3}(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|al|el)[ \t]+){0,2}",
        r"(?:[ae]l-)?\p{Lu}[\p{L}\p{M}'\x{2019}-]+(?:[ \t]+\p{Lu}[\p{L}\p{M}'\x{2019}-]+)?",
        r"|mrs\.?[ \t]+\p{L}[\p{L}\p{M}'\x{2019}-]+)",
    )),
    introduction: literal(concat!(
        r"(?im)(?:\b(?:my|his|her|our|their)\s+(?:(?:full|first|last|middle|family|maiden|own|son|daughter|wife|husband|mother|father",
        r"|mum|mom|dad|partner|baby|child|sister|brother)(?:['\x{2019}]s)?\s+){0,2}name(?:\s+is|\s*['\x{2019}]?s)",
        r"|\b(?:i\s+am|i['\x{2019}]?m)\s+called|^[ \t]*(?:(?:full|first|last|family|patient)\s+)?(?:sur)?name[ \t]*[:=]",
        r"|\bich\s+hei(?:\x{df}|ss)e|\bmein\s+name\s+ist|\bik\s+heet|\bmijn\s+naam\s+is|\bje\s+m['\x{2019}]appelle|\bmon\s+nom\s+est",
        r"|\bme\s+(?:llamo|chamo)|\bmi\s+nombre\s+es|\bmeu\s+nome\s+\x{e9}|\bmi\s+chiamo|\bnazywam\s+si\x{119}|\bменя\s+зовут)\s+",
    )),
    // Two words written as names are one; a single one is only behind a greeting.
    greeting: literal(concat!(
        r"\b((?:[Ii] am|[Ii]['\x{2019}]m|[Tt]his is|[Hh]ier ist|[Jj]e suis|[Ss]oy|(?i:patient)[ \t]*:)[ \t]+)",
        r"\p{Lu}[\p{Ll}'\x{2019}][\p{L}\p{M}'\x{2019}-]*(?:[ \t]+\p{Lu}\.?)?[ \t]+\p{Lu}[\p{Ll}'\x{2019}][\p{L}\p{M}'\x{2019}-]*",
        r"|\b((?i:hi|hello|hey|hiya|good (?:morning|afternoon|evening))[ \t,.!]+(?:[Ii] am|[Ii]['\x{2019}]?m|[Tt]his is|[Ii]t['\x{2019}]s)[ \t]+)",
        r"\p{Lu}\p{Ll}[\p{Ll}\p{M}-]*(?:[ \t]+\p{Lu}[\p{Ll}'\x{2019}][\p{L}\p{M}'\x{2019}-]*)?\b",
    )),
    // Written small before a word written as a name: not so in a headline.
    relative: literal(concat!(
        r"\b((?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir)[ \t]+(?:(?:late|elderly|older|younger|eldest|youngest|little|baby)[ \t]+)?(?:husband|wife|partner",
        r"|son|daughter|baby|child|brother|sister|mother|father|mum|mom|dad|gran|grandma|grandmother|grandad|granddad|grandpa|grandfather|nan|aunt",
        r"|uncle|cousin|niece|nephew|friend|boyfriend|girlfriend|neighbou?r|carer|nurse|surgeon|consultant|doctor)(?:[ \t]+(?:called|named))?[ \t]+",
        r"|(?:[Mm]on|[Mm]a)[ \t]+(?:mari|femme|fils|fille|m\x{e8}re|p\x{e8}re|fr\x{e8}re|s\x{153}ur)[ \t]+",
        r"|[Mm]i[ \t]+(?:marido|esposo|esposa|mujer|hijo|hija|madre|padre|hermano|hermana)[ \t]+)",
        r"\p{Lu}\p{Ll}[\p{L}\p{M}-]*(?:[ \t]+\p{Lu}\p{Ll}[\p{L}\p{M}-]*)?\b",
    )),
    word: literal(r"\p{L}[\p{L}\p{M}'\x{2019}-]*"),
    number: literal(r"\+?\(?\d(?:[ \t\x{a0}().\x{2010}-\x{2015}/-]{0,3}\d){6,}|\d{6,}"),
});

/// What is kept of `text`: without personal details, bounded.
pub(super) fn masked(text: &str) -> String {
    let text = first_chars(text, MAX_READ_CHARS);
    let p = &*PATTERNS;
    let after_first = format!("${{1}}{NAME}");
    let text = p.link.replace_all(text, LINK);
    let text = p.e_mail.replace_all(&text, E_MAIL);
    let text = p.address.replace_all(&text, ADDRESS);
    let text = p.code.replace_all(&text, format!("${{1}}{NUMBER}"));
    let text = p.date.replace_all(&text, NUMBER);
    let text = p.closing.replace_all(&text, &after_first);
    let text = p.farewell.replace_all(&text, &after_first);
    let text = p.title.replace_all(&text, NAME);
    let text = without_names(&text);
    let text = p.greeting.replace_all(&text, format!("${{1}}${{2}}{NAME}"));
    let text = p.relative.replace_all(&text, &after_first);
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
    if text.starts_with(NAME) {
        return NAME.len();
    }
    let (mut length, mut words, mut last) = (0, 0, "");
    for word in PATTERNS.word.find_iter(text) {
        let between = text.get(length..word.start()).unwrap_or_default();
        let is_next = if length == 0 { between.chars().count() <= 1 } else { goes_on(last, between) };
        last = word.as_str();
        words += usize::from(!PARTICLES.contains(&last));
        if !is_next || words > MAX_NAME_WORDS || !is_name(last) {
            break;
        }
        length = word.end();
    }
    length
}

/// Whether a name may go on behind `word` and what stands `between` it and the next one: a blank, or the full stop of an
/// initial.
fn goes_on(word: &str, between: &str) -> bool {
    let rest = match word.chars().count() {
        1 => between.strip_prefix('.').unwrap_or(between),
        _ => between,
    };
    (1..=2).contains(&rest.len()) && rest.chars().all(|c| matches!(c, ' ' | '\t'))
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
            (
                "write to anna.miller @ mail.example or anna (at) mail.example",
                "write to [e-mail] or [e-mail]",
            ),
            ("I live at 14 Elm Road, SW9 8HR", "I live at [address], [address]"),
            ("Lindenstra\u{df}e 14a, how far is it?", "[address], how far is it?"),
            ("my postcode is m13 9wl", "my [address]"),
            (
                "hospital no. K1234, MRN 48291, NHS number 943 476 5919",
                "hospital no. [number], MRN [number], NHS number [number]",
            ),
            ("ticket K12345, insured as QQ 12 34 56 C", "ticket [number], insured as [number]"),
            ("born 3/4/61, 12-3-61 or 3.4.1961", "born [number], [number] or [number]"),
            ("born on the 3rd of May 1958 or May 3, 1958", "born on the [number] or [number]"),
            ("geboren am 12. M\u{e4}rz 61", "geboren am [number]"),
            ("May I run? Kind regards, Anna Miller", "May I run? Kind regards, [name]"),
            ("May I run? thanks, Anna", "May I run? thanks, [name]"),
            ("May I run? Best, Anna", "May I run? Best, [name]"),
            ("may i run? kind regards anna miller", "may i run? kind regards [name]"),
            ("May I run?\r\nKind regards\r\nAnna\r\n", "May I run?\r\nKind regards\r\n[name]\n"),
            ("Dr. A. K. Sharma and Dr J Smith said no", "[name] and [name] said no"),
            ("Dr de Silva and Mr van der Berg said no", "[name] and [name] said no"),
            ("Herr Dr. med. Weber und Herrn M\u{fc}ller", "[name] und [name]"),
            ("mrs jones told me", "[name] told me"),
            ("My name is Mr. Smith, may I run?", "[name], may I run?"),
            ("My name is Anna B. Miller and I run", "[name] and I run"),
            ("my name is J. van der Berg. May I run?", "[name]. May I run?"),
            ("Hi, I'm Anna. May I run?", "Hi, I'm [name]. May I run?"),
            ("This is John O'Neill, may I run?", "This is [name], may I run?"),
            (
                "my husband Peter and our son called Tom Miller ran",
                "my husband [name] and our son called [name] ran",
            ),
            ("Mon mari Pierre peut courir ?", "Mon mari [name] peut courir ?"),
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
            "with regards to swimming",
            "Which is best, rest or exercise?",
            "Is it open on 12 March or 3 April, from 9.30 to 10.15?",
            "Do I ring 111 or NHS 111?",
            "CA125 35, HER2 positive, vitamin B12 1000 mcg, Creon 25000, T4 N1, Lu-177",
            "Cycles 6-8-10 weeks apart, no 3 in release 5.1.2",
            "I am Type 2 diabetic, I'm on Metformin",
            "My mum's Parkinson's is worse, my doctor said so",
            "MR enterography or MRI near Station Road?",
            "Kann ich im Zimmer Besuch haben? Ich bin Diabetiker Typ 2. Darf mein Mann Auto fahren?",
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
