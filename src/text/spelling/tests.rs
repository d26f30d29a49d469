use proptest::prelude::*;

use super::*;

/// Words of an invented leaflet and how often they stand there.
const CORPUS: &[(&str, u32)] = &[
    ("chemotherapy", 40),
    ("pneumonia", 12),
    ("whipple", 9),
    ("support", 30),
    ("groups", 12),
    ("ultrasound", 20),
    ("endoscopic", 14),
    ("alzheimer", 9),
    ("diabetes", 50),
    ("blood", 90),
    ("test", 70),
    ("therapy", 60),
    ("treatment", 80),
    ("hypothyroidism", 7),
    ("hyperthyroidism", 6),
    ("doctor", 40),
    ("surgery", 60),
    ("pain", 50),
    ("metformin", 9),
    ("torumab", 5),
    ("tolumab", 5),
    ("what", 100),
    ("does", 80),
    ("help", 30),
    ("with", 100),
    ("the", 500),
    ("after", 80),
    ("my", 40),
];

fn speller() -> &'static Speller {
    static SPELLER: std::sync::OnceLock<Speller> = std::sync::OnceLock::new();
    SPELLER.get_or_init(|| {
        let analyzer = Analyzer::english();
        Speller::new(CORPUS.iter().copied(), &Lexicon::shipped(&analyzer), &analyzer)
    })
}

#[track_caller]
fn assert_mends(pairs: &[(&str, &str)]) {
    let speller = speller();
    for (typed, meant) in pairs {
        assert_eq!(speller.correct(typed).text, *meant, "{typed}");
    }
}

#[test]
fn words_written_by_ear_are_mended() {
    assert_mends(&[
        ("kemotherapy", "chemotherapy"),
        ("newmonia", "pneumonia"),
        ("the wipple surgery", "the whipple surgery"),
        ("suport groops", "support groups"),
        ("ultrasond", "ultrasound"),
        ("endoscopick", "endoscopic"),
        ("alzimers", "alzheimers"),
        ("Diabeetis?", "Diabetes?"),
        ("after surgury", "after surgery"),
    ]);
}

#[test]
fn spaces_are_put_in_and_taken_out() {
    assert_mends(&[
        ("my bloodtest", "my blood test"),
        ("chemo therapy", "chemotherapy"),
        ("kemo therapy", "chemotherapy"),
        ("blood test", "blood test"),
    ]);
}

#[test]
fn chat_spellings_and_short_slips_are_mended() {
    assert_mends(&[("wat does teh doctor", "what does the doctor"), ("pls help u", "please help you")]);
}

#[test]
fn what_is_known_or_no_plain_word_stays() {
    for text in [
        "treatments help",
        "the weather and my password",
        "What is PRRT or RFAX",
        "ask kemo@clinic.example now",
        "see www.kemotherapy.example",
        "B12xq and Lu177q",
        "I love Kowalczyk",
        "Ménière's tést",
        "the the the",
        "U R",
    ] {
        let corrected = speller().correct(text);
        assert_eq!(corrected.text, text);
        assert_eq!(corrected.corrections, []);
    }
}

#[test]
fn a_name_is_not_taken_for_another() {
    assert_mends(&[
        ("hypothyroidism", "hypothyroidism"),
        ("tosumab", "tosumab"),
        ("metphormin", "metformin"),
        ("Tylenol and Tamiflu", "Tylenol and Tamiflu"),
    ]);
}

#[test]
fn every_change_is_told_with_its_place() {
    let text = "Wat about newmonia's bloodtest?";
    let Corrected { text: mended, corrections } = speller().correct(text);
    assert_eq!(mended, "What about pneumonia's blood test?");
    let told: Vec<_> = corrections.iter().map(|c| (c.from.as_str(), c.to.as_str())).collect();
    assert_eq!(told, [("Wat", "What"), ("newmonia", "pneumonia"), ("bloodtest", "blood test")]);
    assert!(corrections.iter().all(|c| c.span.slice(text) == Some(c.from.as_str())));
}

#[test]
fn a_text_of_unknown_words_is_left_alone() {
    let words: Vec<String> = (b'a'..=b'z').map(|c| format!("treatm{}nt", c as char)).collect();
    let text = words.join(" ");
    assert_eq!(speller().correct(&text).text, text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn known_words_stay(words in prop::collection::vec(0..CORPUS.len(), 0..30)) {
        let text = words.iter().map(|&at| CORPUS[at].0).collect::<Vec<_>>().join(" ");
        prop_assert_eq!(speller().correct(&text).text, text);
    }

    #[test]
    fn mending_twice_is_mending_once_and_spans_ascend(
        text in "(((k|ch)emo|th(e|a)rapy|bl?ood|t(e|ee)st|n(ew|u)monia|gro(o|u)ps|wat|u|pls|Surg[eu]ry|doktor|[a-z]{4,7})[ .'@-]s?){0,20}|\\PC{0,80}",
    ) {
        let speller = speller();
        let Corrected { text: mended, corrections } = speller.correct(&text);
        let again = speller.correct(&mended);
        prop_assert_eq!(&again.text, &mended, "{:?}", again.corrections);
        let mut end = 0;
        for correction in &corrections {
            prop_assert!(correction.span.start() >= end && !correction.span.is_empty());
            prop_assert_eq!(correction.span.slice(&text), Some(correction.from.as_str()));
            end = correction.span.end();
        }
        prop_assert_eq!(corrections.is_empty(), mended == text);
    }
}
