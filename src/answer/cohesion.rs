//! How the sentences of a passage hang together: which of them cannot be quoted without the next, or without the
//! one before.

use std::sync::LazyLock;

use regex::Regex;

use super::emergency::calls_for_help;
use crate::text::pattern::literal;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// Words at the beginning of a sentence that can take up one of the sentence before.
const OPENING_WORDS: u32 = 4;

/// How a sentence begins that cannot do without the one before it, or takes something of it back.
static CONTINUATION: LazyLock<Regex> = LazyLock::new(|| {
    literal(
        r"^\W*(?:It|This|That|These|Those|They|Then|If|Unless|Except|However|But|Otherwise|Instead|Also|Even so|For example|Only)\b",
    )
});

/// How a sentence begins that takes something of the one before it back: it is never cut off while it fits.
static TAKES_BACK: LazyLock<Regex> =
    LazyLock::new(|| literal(r"^\W*(?:Unless|Except|However|But|Otherwise|Only)\b"));

/// How a sentence ends that says that there are some of something and not which: what follows names them.
static ANNOUNCES: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)\b(?:several|various|many|two|three|four|five|six|seven|a (?:few|number of)|the following)",
        r"(?: \w+){0,2} (?:causes|choices|complications|conditions|criteria|effects|exercises|factors|forms|groups|kinds|",
        r"measures|methods|options|parts|phases|points|precautions|problems|reasons|remedies|rules|signs|stages|steps|",
        r"symptoms|tests|things|tips|treatments|types|ways)(?: \w+){0,6}\.\W*$",
        r"|(?:\b(?:a couple of|certain|simple|some)|(?:^\W*|\b(?:are|do|have|try|use) )other)(?: \w+)? ",
        r"(?:exercises|measures|precautions|remedies|steps|things|tips|tricks|ways)(?: \w+){0,6}\.\W*$",
    ))
});

/// How a sentence ends that says how often something is: "five treatments a week".
static HOW_OFTEN: LazyLock<Regex> = LazyLock::new(|| {
    literal(r"(?i)\b(?:(?:a|each|every|per) (?:day|hour|month|night|week|year)|daily|weekly|monthly)\.\W*$")
});

/// How a sentence shows that it speaks of what was said before it: by its first words, with or without "If" before them,
/// or by "this" and the like anywhere, unless these point on to a list.
static LEANS: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)^\W*(?:(?:if|when|once|until|after|before|while|where|as soon as)\s+)?",
        r"(?:it|its|this|that|these|those|they|them|their|he|his|she|her|both|neither|such|some of them)\b",
        r"|^\W*(?:then|unless|except|however|but|otherwise|instead|also|even so|for example|only|afterwards)\b",
        r"|\b(?:this|these|those)\b(?:[^:]|$)",
        r"|\b(?:otherwise|in that case|then)\b",
    ))
});

/// How the first sentence of a quote shows that it cannot do without the one before: "This usually …", "On other days …".
/// "It is …" may be said of nothing: "It is best to rest."
static POINTS_BACK: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"^\W*(?:(?:They|This|These|That|Those)\s+(?:(?:also|mostly|normally|often|sometimes|usually)|(?:(?:all|both)\s+)?",
        r"(?:are|can|cannot|could|do|does|has|have|happens?|helps?|is|lasts?|may|means?|might|must|needs?|should|takes?|was|were|",
        r"will|would))\b|It\s+(?:(?:also|mostly|normally|often|sometimes|usually)\s+)?(?:contains|does|goes|has|helps|lasts|means|",
        r"needs|stays|works)\b|(?:However|Otherwise|Unless|Except|Even so|In that case)\b",
        r"|(?:After|Before|If|Once|Unless|Until|When|Where|While)\b[^.!?,:;]{0,80}\b(?:this|that|these|those)\s*[,.;]",
        r"|(?:At|For|In|On)\s+(?:all\s+)?other\s+\w+)",
    ))
});

/// A telephone number: six digits or more, or four that are told to be one. "999" is nobody's own number.
static TELEPHONE: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)\d(?:[ \x{a0}()/-]{0,2}\d){5}",
        r"|\b(?:bleep|call|contact|dial|ext|extension|phone|ring|tel|telephone)\b",
        r"(?:\W+(?:is|no|number|on|the|us|ward)\b){0,3}\W*\d{4}",
    ))
});

/// How a sentence asks to be rung: "Ring if …", "If it bleeds, call us." `whom`: a department, where it is named.
static ASKS_TO_RING: LazyLock<Regex> = LazyLock::new(|| {
    literal(concat!(
        r"(?i)(?:^\W*|,\s*|\b(?:please|always|only|but|also|then|and|or|so|should|must|can|to)\s+)",
        r"(?:call|contact|phone|ring|telephone)",
        r"(?:\s+(?:us|at\s+once|as\s+soon|before|between|first|if|straight\s+away|when|whenever)\b",
        r"|\s+the\s+(?<whom>\w+)\b|\s*[.;!]?\W*$)",
    ))
});

/// Whether a quote is followed on to `next`.
pub(super) fn goes_on(next: &str) -> bool {
    CONTINUATION.is_match(next)
}

/// Whether `next` takes something back of the sentence before it.
pub(super) fn takes_back(next: &str) -> bool {
    TAKES_BACK.is_match(next)
}

/// Whether `opening`, the first sentence of a quote, takes up what stands before it.
pub(super) fn points_back(opening: &str) -> bool {
    POINTS_BACK.is_match(opening)
}

/// Whether `sentence` says that there are some of something, and leaves it to what follows to name them.
pub(super) fn announces(sentence: &str) -> bool {
    ANNOUNCES.is_match(sentence) && !HOW_OFTEN.is_match(sentence)
}

/// Whether `sentence` says too little without `before`, the one before it.
pub(super) fn leans_on(before: &str, sentence: &str) -> bool {
    let leads_in = before.trim_end().trim_end_matches(['*', '_', ')', '"']).ends_with([':', '?']);
    leads_in
        || announces(before)
        || LEANS.is_match(sentence)
        || takes_up(before, sentence)
        || lacks_number_of(before, sentence)
}

/// Whether `sentence` asks to be rung and leaves it to `before`, the one before it, to give the number. A call for help
/// has its own, and so has a department that `before` does not speak of.
pub(super) fn lacks_number_of(before: &str, sentence: &str) -> bool {
    let Some(asks) = ASKS_TO_RING.captures(sentence) else { return false };
    let is_known = asks.name("whom").is_none_or(|whom| holds_word(before, whom.as_str()));
    is_known && TELEPHONE.is_match(before) && !TELEPHONE.is_match(sentence) && !calls_for_help(sentence)
}

/// Whether `word` is one of the words of `text`, in capitals or small letters.
fn holds_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|own| own.to_lowercase() == word.to_lowercase())
}

/// Whether `before` may be quoted in front of `sentence`: who is to call for help reads that first.
pub(super) fn may_precede(before: &str, sentence: &str) -> bool {
    !calls_for_help(sentence) || calls_for_help(before) || leans_on(before, sentence)
}

/// Whether `sentence` begins with "The" and a word of `before`: "Imaging tests make pictures. The imaging tests …".
fn takes_up(before: &str, sentence: &str) -> bool {
    let analyzer = Analyzer::english();
    let mut opening = Vec::new();
    let mut is_definite = false;
    analyzer.for_each(sentence, &mut |term, _, position| {
        is_definite |= position == 0 && term == "the";
        if position < OPENING_WORDS && weight_class(term) == WeightClass::Content {
            opening.push(term.to_owned());
        }
    });
    let mut is_taken_up = false;
    if is_definite && !opening.is_empty() {
        analyzer.for_each(before, &mut |term, _, _| is_taken_up |= opening.iter().any(|known| known == term));
    }
    is_taken_up
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_leans_on_the_one_that_it_cannot_do_without() {
        for (before, sentence) in [
            ("The plaster stays on for a week.", "It may get wet."),
            ("The wound may ooze.", "If this happens, press on it."),
            ("The wound may ooze.", "Ring the ward if this happens."),
            ("Some people feel their heart race.", "Call 999 if this lasts."),
            ("Wait for the letter.", "Otherwise come at eight."),
            ("May I swim?", "Wait for two weeks."),
            ("There are two reasons for a crack.", "Dry air shrinks wood."),
            ("Imaging tests make pictures.", "The imaging test that is chosen is painless."),
        ] {
            assert!(leans_on(before, sentence), "{before} {sentence}");
        }
        for (before, sentence) in [
            ("See your family doctor if you bleed.", "A swollen leg is an emergency: dial 999."),
            ("Bleeding is common.", "Call 999 for any of these:"),
            ("You will have a monthly bleed.", "Testosterone gel can be added."),
            ("The lid is of tin.", "The base is of oak."),
            ("", ""),
        ] {
            assert!(!leans_on(before, sentence), "{before} {sentence}");
        }
    }

    #[test]
    fn a_sentence_announces_what_it_leaves_to_the_next_to_name() {
        for sentence in [
            "There are two reasons for a crack.",
            "Simple measures often ease the pain without tablets.",
            "Some things help.",
            "Several blood tests are done on the day.",
            "**There are a few precautions.**",
            "There are other ways to ease the pain.",
            "Other measures can help.",
        ] {
            assert!(announces(sentence), "{sentence}");
        }
        for sentence in [
            "Some people feel well.",
            "Two tablets are taken in the morning.",
            "These measures are simple.",
            "Most people have five treatments a week.",
            "Put no creams or other things on the wound.",
            "No other measures are needed.",
            "Some things help, such as rest and warmth.",
            "Several tests: blood, urine and a scan.",
            "",
        ] {
            assert!(!announces(sentence), "{sentence}");
        }
    }

    #[test]
    fn a_sentence_that_takes_up_the_one_before_it_is_told_by_its_first_words() {
        for opening in [
            "This usually settles within a week.",
            "They are taken out after ten days.",
            "It lasts two days.",
            "However, some people need more.",
            "These may itch.",
            "If you cannot arrange this, tell the nurse.",
            "After that, rest.",
            "On other days use gloves.",
        ] {
            assert!(points_back(opening), "{opening}");
        }
        for opening in [
            "This leaflet is for parents.",
            "It is best to rest.",
            "Those who smoke heal slowly.",
            "These tablets may make you drowsy.",
            "If this tablet sticks, drink.",
            "On Mondays, others come.",
            "The stitches dissolve.",
            "",
        ] {
            assert!(!points_back(opening), "{opening}");
        }
    }

    #[test]
    fn who_is_to_ring_is_given_the_number() {
        let ward = "The ward answers day and night on 01632 960 555.";
        for (before, sentence) in [
            (ward, "Ring if blood soaks the dressing."),
            (ward, "Call us if you have a fever."),
            (ward, "Please ring us within 24 hours."),
            (ward, "If blood soaks the dressing, ring."),
            (ward, "If you have a fever, call the ward."),
            ("The desk has extension 4410.", "Phone when you are late."),
            ("Tel. (01632)\u{a0}960-555", "Contact us as soon as you can."),
        ] {
            assert!(lacks_number_of(before, sentence) && leans_on(before, sentence), "{before} {sentence}");
        }
        for (before, sentence) in [
            (ward, "Ring for an ambulance if you have chest pain."),
            (ward, "Call the emergency services if you faint."),
            (ward, "Call your doctor if you have a rash."),
            (ward, "Call the pharmacy if you run out."),
            (ward, "Ring us on 01632 960 777 if you have a fever."),
            (ward, "Contact lenses stay at home."),
            (ward, "Call bells hang at each bed."),
            ("Call 999 for chest pain.", "Ring us if you have a rash."),
            ("Visitors come from 2 to 8 in ward 12.", "Ring if you are late."),
            ("", "Ring us."),
            ("", ""),
        ] {
            assert!(!lacks_number_of(before, sentence), "{before} {sentence}");
        }
    }

    #[test]
    fn nothing_is_put_before_a_call_for_help_but_what_it_leans_on() {
        let bleeding = "See your family doctor within two weeks if you bleed.";
        assert!(!may_precede(bleeding, "Chest pain is an emergency: dial 999."));
        assert!(may_precede("Some people feel their heart race.", "Call 999 if this lasts."));
        assert!(may_precede("Call an ambulance for chest pain.", "Dial 999 for a swollen face."));
        assert!(may_precede(bleeding, "For questions, leave a message."));
    }
}
