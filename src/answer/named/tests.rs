use std::sync::Arc;

use super::*;
use crate::document::{DocumentId, Format};
use crate::ingest::{IngestConfig, parse_bytes};
use crate::retrieve::{Evidence, Features};

/// How well each passage of `text` names what `question` asks about, by its first word.
fn meant(text: &str, question: &str) -> Vec<(String, Option<f32>)> {
    told(text, question, &|asked, passage| asked.meant(passage).map(|meant| meant.weight))
}

/// What is told of each passage of `text` to somebody who asks `question`, by its first word.
fn told<T>(
    text: &str,
    question: &str,
    tell: &dyn Fn(&Asked<'_>, &RankedPassage) -> Option<T>,
) -> Vec<(String, Option<T>)> {
    let (analyzer, id) = (Analyzer::english(), DocumentId::new("tablets.md").unwrap());
    let lexicon = Lexicon::shipped(&analyzer);
    let document = parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default());
    let document = Arc::new(document.unwrap().remove(0));
    let asked = Asked::of(&lexicon, &analyzer, question).unwrap();
    let of = |passage: usize| {
        let ranked = RankedPassage {
            document: Arc::clone(&document),
            document_ordinal: 0,
            passage: u32::try_from(passage).unwrap(),
            rank: 1,
            score: 0.0,
            lexical: 0.0,
            features: Features::default(),
            evidence: Evidence::default(),
            similarities: None,
            answering: None,
        };
        let words = document.slice(document.passages[passage].span);
        let words = words.trim_start_matches(['*', '|', ' ']).split([' ', ':', '*']).next().unwrap();
        (words.to_owned(), tell(&asked, &ranked))
    };
    (0..document.passages.len()).map(of).collect()
}

#[track_caller]
fn of<T: Copy + std::fmt::Debug>(told: &[(String, Option<T>)], word: &str) -> Option<T> {
    told.iter().find(|(first, _)| first == word).unwrap_or_else(|| panic!("{word}: {told:?}")).1
}

const LIST: &str = "# Sick days\n\nIf you are being sick:\n\n- **Beta-blockers:** go on, and ring if you are \
                    dizzy.\n- **ACE inhibitors (names ending in -pril):** stop for a day.\n- **Metformin:** stop, \
                    and ask about bisoprolol.\n- **Warfarin (Marvan):** ask.\n- **Heart tablets such as \
                    digoxin:** go on.\n- **Drinks:** sip water.\n- Stop aspirin.\n- Stop codeine and \
                    all other tablets.\n";

#[test]
fn an_item_is_for_the_drugs_that_it_names_and_for_those_of_a_class() {
    let found = meant(LIST, "should I stop my ramipril");
    assert_eq!((of(&found, "Beta-blockers"), of(&found, "Metformin")), (Some(0.0), Some(0.0)));
    assert!(of(&found, "ACE").is_some_and(|weight| weight > 0.5), "{found:?}");
    assert_eq!(found.iter().filter(|(_, weight)| *weight == Some(0.0)).count(), 3, "{found:?}");
    // What may name it by a word that nobody knows, what is for all tablets, and what is for none.
    for open in ["Warfarin", "Heart", "Drinks"] {
        assert_eq!(of(&found, open), None, "{open}");
    }
    let found = meant(LIST, "do I take bisoprolol");
    assert!(of(&found, "Beta-blockers").is_some_and(|weight| weight > 0.5), "{found:?}");
    assert_eq!((of(&found, "ACE"), of(&found, "Metformin")), (Some(0.0), None));
}

#[test]
fn an_item_for_tablets_against_something_is_for_the_drugs_of_that_class() {
    let list = "# Before\n\nOn the day:\n\n- **Diabetes tablets:** leave them out.\n- **Blood pressure tablets:** \
                go on.\n- **Iron tablets:** stop.\n";
    for (question, own, others) in [
        ("do I take my metformin", "Diabetes", ["Blood", "Iron"]),
        ("do I take bisoprolol", "Blood", ["Diabetes", "Iron"]),
        ("do I stop ferrous fumarate", "Iron", ["Diabetes", "Blood"]),
    ] {
        let found = meant(list, question);
        assert!(of(&found, own).is_some_and(|weight| weight > 0.5), "{question}: {found:?}");
        assert_eq!(others.map(|other| of(&found, other)), [Some(0.0); 2], "{question}");
    }
}

#[test]
fn the_narrowest_class_of_a_drug_comes_first() {
    let list = "# Before\n\nOn the day:\n\n- **Blood pressure tablets:** leave them out.\n- **Beta blockers:** go on.\n\
                - **ACE inhibitors:** ring us.\n";
    for (question, own) in [("do I take my bisoprolol", "Beta"), ("do I take my ramipril", "ACE")] {
        let found = meant(list, question);
        let (narrow, wide) = (of(&found, own), of(&found, "Blood"));
        assert!(wide.is_some_and(|wide| wide > 0.5) && narrow > wide, "{question}: {found:?}");
    }
}

#[test]
fn what_is_listed_beside_names_nothing_that_is_asked_about_and_is_not_for_all() {
    let list = "# Before\n\nA week before:\n\n- **Medicines against cramps:** stop.\n- **Blood thinners or diabetes \
                medicines:** ring.\n- **Smoking:** stop.\n- **All other medicines:** go on.\n- Stop at noon.\n";
    let beside = |question: &str| told(list, question, &|asked, passage| asked.listed_beside(passage));
    let found = beside("do I stop gliclazide");
    for (word, is_beside) in
        [("Medicines", true), ("Blood", false), ("Smoking", true), ("All", false), ("Stop", false)]
    {
        assert_eq!(of(&found, word).is_some(), is_beside, "{word}");
    }
    assert!(of(&meant(list, "do I stop gliclazide"), "Blood").is_some_and(|weight| weight > 0.0));
    assert!(of(&beside("do I stop paracetamol"), "Blood").is_some());
}

#[test]
fn a_kind_of_what_is_asked_about_is_no_other_drug() {
    let list = "# Before\n\nStop these:\n\n- Warfarin: five days before\n- Apixaban: two days before\n- \
                Metformin: on the day\n";
    let found = meant(list, "do I stop my blood thinners");
    assert_eq!((of(&found, "Warfarin"), of(&found, "Apixaban")), (None, None));
    assert_eq!(of(&found, "Metformin"), Some(0.0));
    let found = meant(list, "do I stop my Eliquis");
    assert!(of(&found, "Apixaban").is_some_and(|weight| weight >= ITSELF), "{found:?}");
    assert_eq!(of(&found, "Warfarin"), Some(0.0));
}

#[test]
fn rows_have_their_first_cell_and_sections_their_heading_for_a_label() {
    let table = "# Before\n\n| Medicine | The morning |\n|---|---|\n| Beta-blockers | take |\n| Statins | \
                 leave out |\n";
    let found = meant(table, "can I take simvastatin");
    assert_eq!(of(&found, "Beta-blockers"), Some(0.0));
    assert!(of(&found, "Statins").is_some_and(|weight| weight > 0.0), "{found:?}");
    let sections = "# Heart\n\n## Beta-blockers\n\nSwallow it whole.\n\n## Statins\n\nEvery evening.\n\n## \
                    Before your iron infusion\n\nCome early.\n\n## Insulin\n\nYour tablets go on.\n";
    let found = meant(sections, "do I take simvastatin in the morning");
    assert_eq!(of(&found, "Swallow"), Some(0.0));
    assert!(of(&found, "Every").is_some_and(|weight| weight > 0.0), "{found:?}");
    assert_eq!((of(&found, "Come"), of(&found, "Your")), (None, None));
}

#[test]
fn a_call_for_help_is_for_everybody() {
    let list = "# Head\n\nAfter a knock:\n\n- Warfarin: call 999.\n- Fits: call 999.\n- Metformin: rest.\n";
    let question = "can I take ramipril";
    let found = meant(list, question);
    assert_eq!((of(&found, "Warfarin"), of(&found, "Metformin")), (None, Some(0.0)));
    let found = told(list, question, &|asked, passage| asked.listed_beside(passage));
    assert_eq!((of(&found, "Warfarin"), of(&found, "Fits")), (None, None));
    assert!(of(&found, "Metformin").is_some());
}

#[test]
fn under_the_name_of_the_drug_itself_nothing_is_for_another() {
    let text = "# Ramipril\n\nDo not take it with:\n\n- Ibuprofen: it raises the pressure.\n";
    assert_eq!(of(&meant(text, "can I take ramipril"), "Ibuprofen"), None);
}

#[test]
fn questions_whether_to_take_a_drug_are_told_from_those_that_only_name_one() {
    let (analyzer, lexicon) = (Analyzer::english(), Lexicon::shipped(&Analyzer::english()));
    let asked = |question: &str| Asked::of(&lexicon, &analyzer, question).map(|asked| asked.is_to_take);
    for question in [
        "do i take my ramipril on the day",
        "Should I keep taking my usual dose of warfarin?",
        "when do I need to stop metformin",
        "is it ok to have ibuprofen",
        "I'm going away. Can I leave out my evening insulin?",
    ] {
        assert_eq!(asked(question), Some(true), "{question}");
    }
    for question in [
        "what can I take for pain, I'm on sertraline",
        "can I drink alcohol with metformin",
        "I take warfarin. When do I stop eating?",
        "what does ramipril do",
    ] {
        assert_eq!(asked(question), Some(false), "{question}");
    }
    assert_eq!(asked("do I take sugar"), None);
}
