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
fn a_slip_in_an_everyday_word_makes_no_two_words_of_it() {
    let analyzer = Analyzer::english();
    let words = [("harm", 20), ("full", 40), ("were", 90), ("house", 20), ("blood", 20), ("test", 20)];
    let speller = Speller::new(words, &Lexicon::shipped(&analyzer), &analyzer);
    assert_eq!(speller.correct("is it harmfull").text, "is it harmfull");
    assert_eq!(speller.correct("a werehouse").text, "a werehouse");
    assert_eq!(speller.correct("a bloodtest").text, "a blood test");
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
fn a_plural_is_mended_that_the_documents_have_in_the_singular_alone() {
    let analyzer = Analyzer::english();
    let speller = Speller::new([("mammogram", 20)], &Lexicon::shipped(&analyzer), &analyzer);
    assert_eq!(speller.correct("are mamograms safe").text, "are mammograms safe");
}

#[test]
fn a_name_does_not_become_what_it_sounds_like() {
    let analyzer = Analyzer::english();
    let words = [("labours", 20), ("hereditary", 20), ("whipple", 9)];
    let speller = Speller::new(words, &Lexicon::shipped(&analyzer), &analyzer);
    assert_eq!(speller.correct("they call it Lebers hereditary").text, "they call it Lebers hereditary");
    assert_eq!(speller.correct("is it a Wipple then").text, "is it a Whipple then");
}

#[test]
fn a_name_behind_a_title_stays() {
    for text in
        ["did Dr Wipple ring", "is Mrs. Wipple here", "ask Nurse Anna Wipple", "Prof Newmonia's clinic"]
    {
        assert_eq!(speller().correct(text).text, text);
    }
    assert_mends(&[
        ("ask the doctor. Newmonia hurts", "ask the doctor. Pneumonia hurts"),
        ("the doctor said newmonia", "the doctor said pneumonia"),
        ("Dr Wipple said newmonia", "Dr Wipple said pneumonia"),
    ]);
}

#[test]
fn a_number_of_years_is_no_possessive() {
    assert_mends(&[("my 2 yr old", "my 2 year old"), ("ten yrs", "ten years"), ("yur pain", "your pain")]);
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

/// The lines of a list that are no remarks.
fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The pairs of a line of `misspelt.txt`; a word without a slip stands for itself.
fn pairs(line: &str) -> impl Iterator<Item = (String, Vec<String>)> {
    line.split_whitespace().map(|token| {
        let (typed, meant) = token.split_once('>').unwrap_or((token, token));
        (typed.replace('_', " "), meant.split('/').map(|meant| meant.replace('_', " ")).collect())
    })
}

/// A speller whose documents have the words that were meant, the example page and the invented leaflets.
fn speller_of_lists() -> Speller {
    let mut counts = std::collections::BTreeMap::new();
    let mut add = |text: &str, times: u32| {
        Analyzer::for_each_word(text, &mut |word, _| {
            if word.len() >= 3 {
                *counts.entry(word.to_owned()).or_insert(0) += times;
            }
        });
    };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["corpus", "tests/quality/clinic/corpus"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            add(&std::fs::read_to_string(file.unwrap().path()).unwrap(), 1);
        }
    }
    for line in entries(include_str!("misspelt.txt")) {
        pairs(line).for_each(|(_, meant)| meant.iter().for_each(|meant| add(meant, 20)));
    }
    let analyzer = Analyzer::english();
    let corpus = counts.iter().map(|(word, count)| (word.as_str(), *count));
    Speller::new(corpus, &Lexicon::shipped(&analyzer), &analyzer)
}

#[test]
fn most_slips_of_the_list_are_mended_and_their_neighbours_stay() {
    let speller = speller_of_lists();
    let analyzer = Analyzer::english();
    let stems =
        |text: &str| -> Vec<String> { analyzer.tokens(text).into_iter().map(|token| token.term).collect() };
    let (mut all, mut missed, mut spoilt) = (0, Vec::new(), Vec::new());
    for line in entries(include_str!("misspelt.txt")) {
        let typed: Vec<String> = pairs(line).map(|(typed, _)| typed).collect();
        let mended = stems(&speller.correct(&typed.join(" ")).text);
        let mut rest = mended.as_slice();
        for (typed, meant) in pairs(line) {
            let found = meant.iter().map(|meant| stems(meant)).find(|meant| rest.starts_with(meant));
            let slip = meant != [typed.as_str()];
            all += usize::from(slip);
            rest = rest.get(found.as_ref().map_or(typed.split(' ').count(), Vec::len)..).unwrap_or_default();
            match found {
                None if slip => missed.push(typed),
                None => spoilt.push(typed),
                Some(_) => {}
            }
        }
    }
    assert!(all >= 250);
    assert!(missed.len() * 100 <= all * 12, "{} of {all}: {missed:?}", missed.len());
    assert!(spoilt.len() <= 3, "{spoilt:?}");
}

#[test]
fn right_questions_stay_as_they_are() {
    let speller = speller_of_lists();
    let lines: Vec<&str> = entries(include_str!("right.txt")).collect();
    let changed: Vec<_> = lines.iter().flat_map(|line| speller.correct(line).corrections).collect();
    assert!(lines.len() >= 250);
    assert!(changed.len() * 100 <= lines.len() * 3, "{changed:?}");
}

#[test]
fn an_ending_that_sounds_the_same_is_mended() {
    let words = [("peptide", 9), ("receptor", 9), ("therapy", 9), ("reception", 9)];
    let analyzer = Analyzer::english();
    let speller = Speller::new(words, &Lexicon::shipped(&analyzer), &analyzer);
    assert_eq!(speller.correct("perptide recepter therapy").text, "peptide receptor therapy");
}

#[test]
fn a_right_word_does_not_become_one_of_another_ending() {
    let words = [("gastric", 90), ("progression", 40), ("wart", 20), ("kills", 9), ("tank", 9), ("hay", 9)];
    let analyzer = Analyzer::english();
    let speller = Speller::new(words, &Lexicon::shipped(&analyzer), &analyzer);
    for text in ["what is gastrin", "St John's wort", "ten kilos", "it wont heal", "haha", "a protrusion"] {
        assert_eq!(speller.correct(text).text, text);
    }
    assert_eq!(speller.correct("i tink so").text, "i think so");
}
