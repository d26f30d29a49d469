use proptest::prelude::*;

use super::*;

fn with(text: &str) -> Result<Lexicon, LexiconErrors> {
    Lexicon::with_additions(&Analyzer::english(), &[("mine.txt".to_owned(), text.to_owned())])
}

/// Each expansion as the words read and the alternatives.
fn expand(lexicon: &Lexicon, question: &str) -> Vec<(String, Vec<String>)> {
    let tokens = Analyzer::english().tokens(question);
    let expansions = lexicon.expand(&tokens).into_iter();
    expansions
        .map(|Expansion { tokens: range, alternatives }| {
            let span = tokens[range.start].span.cover(tokens[range.end - 1].span);
            let texts = alternatives.into_iter().map(|alternative| alternative.text).collect();
            (span.slice(question).unwrap().to_owned(), texts)
        })
        .collect()
}

#[track_caller]
fn assert_gives(question: &str, read: &str, wanted: &str) {
    let found = expand(&Lexicon::shipped(&Analyzer::english()), question);
    let of = found.iter().find(|(words, _)| words == read);
    let given = of.map(|(_, alternatives)| alternatives.clone()).unwrap_or_default();
    assert!(given.iter().any(|text| text == wanted), "{question}: {found:#?}");
}

#[test]
fn the_shipped_files_have_no_problem() {
    if let Err(errors) = Lexicon::with_additions(&Analyzer::english(), &[]) {
        panic!("{}", errors.problems.iter().map(|problem| format!("{problem}\n")).collect::<String>());
    }
}

#[test]
fn all_problems_come_at_once_with_file_line_and_remedy() {
    let text = "a yak => b\nyak goat\nyak =\nyak = yaks\n# a remark\nyak = goat # another\ngoats > yak\n\
                yak > one = two\nthe = gnat\n.. gnat = goat\nyak = one two three four five six seven eight nine";
    let errors = with(text).unwrap_err();
    let told: Vec<String> = errors.problems.iter().map(ToString::to_string).collect();
    let expected = [
        "mine.txt:1: `=>` is no relation; use `=`",
        "mine.txt:2: there is no `=`, `>` or `~`",
        "mine.txt:3: a term is missing",
        "mine.txt:4: `yaks` stands for itself",
        "mine.txt:7: `goat` and `yak` stand together in line 6 already",
        "mine.txt:8: there are two signs",
        "mine.txt:9: `the` is too common",
        "mine.txt:10: `.. gnat` has a `..` that stands between no two words",
        "mine.txt:11: `one two three four five six seven eight nine` has more than 8 words",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.contains(expected), "{told} is not {expected}");
    }
}

#[test]
fn equal_terms_stand_for_each_other_and_a_kind_only_for_the_whole() {
    let lexicon = with("yak, humped ox = bos indicus\nyak > bovine").unwrap();
    assert_eq!(
        expand(&lexicon, "Humped ox"),
        [("Humped ox".to_owned(), vec!["bos indicus".into(), "yak".into(), "bovine".into()])]
    );
    assert_eq!(expand(&lexicon, "a bovine"), []);
    let weights = |question: &str| -> Vec<f32> {
        let tokens = Analyzer::english().tokens(question);
        lexicon.expand(&tokens)[0].alternatives.iter().map(|alternative| alternative.weight).collect()
    };
    assert_eq!(weights("yaks"), [0.9, 0.9, 0.7]);
    assert_eq!(weights("humped ox"), [0.9, 0.9, 0.9 * 0.7]);
}

#[test]
fn drugs_and_their_classes_are_found_by_all_their_names() {
    let lexicon = Lexicon::shipped(&Analyzer::english());
    let drugs = |text: &str| -> Vec<String> {
        let tokens = Analyzer::english().tokens(text);
        let spans = lexicon.drugs(&tokens).into_iter();
        let spans = spans.map(|range| tokens[range.start].span.cover(tokens[range.end - 1].span));
        spans.map(|span| span.slice(text).unwrap().to_owned()).collect()
    };
    assert_eq!(drugs("Beta-blockers (names ending in -olol)"), ["Beta-blockers", "olol"]);
    assert_eq!(drugs("Is Tritace an ACE inhibitor?"), ["Tritace", "ACE inhibitor"]);
    assert_eq!(drugs("Water tablets and diabetes medicines"), ["Water tablets", "diabetes medicines"]);
    assert_eq!(drugs("Stop insulin glargine, not insulin"), ["insulin glargine", "insulin"]);
    assert_eq!(drugs("Diabetes, heart disease, all other tablets and a glass of water"), [""; 0]);
}

#[test]
fn a_therapy_is_known_by_its_mark_and_by_what_means_the_same() {
    let therapies = |lexicon: &Lexicon, text: &str| -> Vec<String> {
        let tokens = Analyzer::english().tokens(text);
        let spans = lexicon.therapies(&tokens).into_iter();
        let spans = spans.map(|range| tokens[range.start].span.cover(tokens[range.end - 1].span));
        spans.map(|span| span.slice(text).unwrap().to_owned()).collect()
    };
    let shipped = Lexicon::shipped(&Analyzer::english());
    assert_eq!(therapies(&shipped, "Chemo and hormone treatment"), ["Chemo", "hormone treatment"]);
    assert_eq!(therapies(&shipped, "radiotherapy, then immunotherapy"), ["radiotherapy", "immunotherapy"]);
    assert_eq!(therapies(&shipped, "an iron infusion"), ["iron infusion"]);
    assert_eq!(therapies(&shipped, "cisplatin, water tablets, an antibiotic, statins, insulin"), [""; 0]);

    let own = with("+*yakking = gnawing\nyakking > grooming").unwrap();
    assert_eq!(therapies(&own, "yakking, gnawing, grooming"), ["yakking", "gnawing"]);
    assert!(own.is_name("yakking"));
    assert_eq!(expand(&own, "gnawing")[0].1, ["yakking", "grooming"], "marks are no part of a term");
}

#[test]
fn the_longest_term_is_read_and_no_word_twice() {
    let lexicon = with("yak = bos\nyak market = bos fair\nmarket day = fair").unwrap();
    let read = |question: &str| -> Vec<String> {
        expand(&lexicon, question).into_iter().map(|(words, _)| words).collect()
    };
    assert_eq!(read("yak market day"), ["yak market"]);
    assert_eq!(read("the yak on market day"), ["yak", "market day"]);
}

#[test]
fn two_dots_leave_out_two_words_at_most() {
    let lexicon = with("pluck .. yak > grooming\nquiet = silent").unwrap();
    let read = |question: &str| -> Vec<String> {
        expand(&lexicon, question).into_iter().map(|(words, _)| words).collect()
    };
    assert_eq!(read("pluck yak"), ["pluck yak"]);
    assert_eq!(read("pluck a quiet yak"), ["pluck a quiet yak", "quiet"]);
    assert_eq!(read("pluck my very quiet yak"), ["quiet"]);
}

#[test]
fn an_addition_overrides_what_is_shipped() {
    let first = ("one.txt".to_owned(), "yak = goat".to_owned());
    let second = ("two.txt".to_owned(), "yak ~ goat".to_owned());
    let analyzer = Analyzer::english();
    let lexicon = Lexicon::with_additions(&analyzer, &[first, second]).unwrap();
    assert_eq!(lexicon.expand(&analyzer.tokens("yak"))[0].alternatives[0].weight, 0.5);
}

#[test]
fn names_are_marked_and_everyday_words_are_known() {
    let lexicon = with("*morbus yakensis = yak fever").unwrap();
    assert!(lexicon.is_name("yakensis") && !lexicon.is_name("fever"));
    assert!(lexicon.knows_word("yak") && lexicon.knows_word("password") && !lexicon.knows_word("wat"));
    assert_eq!(lexicon.chat_spelling("wat"), Some("what"));
    assert!(lexicon.words().any(|word| word == "yakensis"));
}

proptest! {
#[test]
fn expanding_is_total_and_its_ranges_lie_in_the_question(
    text in "((take|my|belly|scan|out|blood|test|of|chemo|cut|open|doctor|é,) ?){0,40}|\\PC{0,80}",
) {
    let analyzer = Analyzer::english();
    let tokens = analyzer.tokens(&text);
    let mut start = 0;
    for expansion in Lexicon::shipped(&analyzer).expand(&tokens) {
        prop_assert!(expansion.tokens.start >= start && !expansion.tokens.is_empty());
        prop_assert!(expansion.tokens.end <= tokens.len());
        start = expansion.tokens.start;
        prop_assert!(!expansion.alternatives.is_empty());
        for alternative in expansion.alternatives {
            prop_assert!((1..=4).contains(&alternative.terms.len()));
            prop_assert!(alternative.weight > 0.0 && alternative.weight < 1.0);
        }
    }
}}

#[test]
fn what_patients_say_gives_what_documents_say() {
    for (question, read, wanted) in [
        ("Will they cut me open?", "cut me open", "surgery"),
        ("Can they take my tumor out", "take my tumor out", "removal"),
        ("is keyhole surgery possible", "keyhole surgery", "laparoscopy"),
        ("They put a camera down my throat", "camera down my throat", "endoscopy"),
        ("May my wife come along?", "wife", "family member"),
        ("my belly hurts", "belly", "abdomen"),
        ("will I lose my hair", "lose my hair", "alopecia"),
        ("what does the MRI show", "MRI", "magnetic resonance imaging"),
        ("I take Tylenol", "Tylenol", "paracetamol"),
        ("Has it spread?", "spread", "metastatic"),
        ("a tumour of the oesophagus", "oesophagus", "esophagus"),
        ("I was throwing up", "throwing up", "vomiting"),
        ("my doc said", "doc", "physician"),
        ("how long will I live", "how long will I live", "prognosis"),
        ("I am scared", "scared", "anxiety"),
    ] {
        assert_gives(question, read, wanted);
    }
}

#[test]
fn a_family_member_is_no_wife() {
    let found = expand(&Lexicon::shipped(&Analyzer::english()), "a family member");
    assert!(found.iter().all(|(_, given)| given.iter().all(|text| text != "wife")), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_file_is_read_or_refused(text in "(\\PC{0,12}( [=>~] |,|\\.\\.|\n|#)){0,12}") {
        drop(with(&text));
    }
}

#[test]
fn a_name_of_a_disease_or_drug_is_no_everyday_word() {
    let lexicon = Lexicon::shipped(&Analyzer::english());
    let words: Vec<&str> = COMMON_WORDS[1]
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect();
    assert!(
        words.len() > 3000 && words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
    );
    // As an everyday word it would be none of the names that spelling is careful with.
    let terms: Vec<_> = words.iter().filter(|word| lexicon.words().any(|term| term == **word)).collect();
    assert!(terms.is_empty(), "in right-words.txt and among the terms: {terms:?}");
}

#[test]
fn an_abbreviation_with_the_stem_of_an_everyday_word_is_refused_unless_marked() {
    let (analyzer, words) = (Analyzer::english(), WordLists::new(COMMON_WORDS, CHAT_SPELLINGS));
    let text = "MRI! = magnetic resonance imaging\nMRI = magnet\nTENS machine, AFP = stimulation\n\
                AFP, AIDS = syndrome\n# a remark\nTENS = stimulation";
    let mut problems = Vec::new();
    let entries = parse::entries(&analyzer, "short.txt", text, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let kept = parse::without_everyday_words(&analyzer, &words.common, "short.txt", entries, &mut problems);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for (told, expected) in told.iter().zip([
        "short.txt:2: `MRI` is an everyday word",
        "short.txt:4: `AIDS` is an everyday word",
        "short.txt:6: `TENS` is an everyday word",
    ]) {
        assert!(told.starts_with(expected), "{told} is not {expected}");
    }
    assert_eq!(told.len(), 3, "{told:#?}");
    let lines: Vec<usize> = kept.iter().map(|entry| entry.line).collect();
    assert_eq!((lines, kept[0].left[0].text.as_str()), (vec![1, 3], "MRI"));
}

#[test]
fn an_everyday_word_is_no_clinical_one() {
    let lexicon = Lexicon::shipped(&Analyzer::english());
    for (question, harm) in [
        ("can I bathe ten days after", "transcutaneous electrical nerve stimulation"),
        ("I take ten units of insulin", "transcutaneous electrical nerve stimulation"),
        ("which walking aids do I get", "acquired immunodeficiency syndrome"),
        ("am I fit to fly", "fecal immunochemical test"),
        ("how often do I change my pad", "peripheral artery disease"),
        ("I am so sad", "seasonal affective disorder"),
        ("may my pet stay", "positron emission tomography"),
        ("can I eat a bun", "blood urea nitrogen"),
        ("I take 50 mg a day", "myasthenia gravis"),
        ("yellow discharge from my wound", "go home"),
        ("yellow discharge from my wound", "vaginal discharge"),
        ("growth hormone", "tumor"),
        ("is my baby's growth normal", "tumor"),
        ("how long is the recovery period", "menstruation"),
        ("delivery of my medicines", "labor"),
        ("which bag do I bring", "colostomy"),
        ("may I use hair dye", "contrast agent"),
        ("do artificial tears help", "perforation"),
        ("a jab in my knee", "immunization"),
        ("when do I come back for my results", "recurrence"),
        ("when can I return to work", "recurrence"),
        ("do I have to book in advance", "metastatic"),
        ("can I have a glass of water", "corrective lenses"),
        ("will the drug shrink it", "psychiatrist"),
        ("is spotting in pregnancy normal", "skin rash"),
        ("at the end of pregnancy", "termination of pregnancy"),
        ("what are the benefits of surgery", "financial assistance"),
        ("can I get dressed", "bandage"),
        ("should I fill in the form", "dental treatment"),
        ("can I remove a kidney stone", "nephrectomy"),
        ("can I wear my ring", "call"),
        ("can I eat ice cream", "ointment"),
        ("my toes are numb", "local anesthesia"),
    ] {
        let found = expand(&lexicon, question);
        let is_harm = |(_, given): &(String, Vec<String>)| given.iter().any(|text| text == harm);
        assert!(!found.iter().any(is_harm), "{question}: {found:#?}");
    }
}

#[test]
fn words_with_two_meanings_still_help_where_the_clinical_one_is_meant() {
    for (question, read, wanted) in [
        ("may I use a TENS machine", "TENS machine", "transcutaneous electrical nerve stimulation"),
        ("what does the tens machine do", "tens machine", "transcutaneous electrical nerve stimulation"),
        ("is an mri loud", "mri", "magnetic resonance imaging"),
        ("is the FIT test free", "FIT test", "fecal immunochemical test"),
        ("I found a lump", "lump", "tumor"),
        ("is it a tumor", "tumor", "growth"),
        ("when will I be discharged", "be discharged", "go home"),
        ("when can I go home", "go home", "discharge"),
        ("do periods stop", "periods", "menstruation"),
        ("pain after childbirth", "childbirth", "delivery"),
        ("how do I change my bag", "change my bag", "colostomy"),
        ("am I allergic to the dye", "allergic to the dye", "contrast agent"),
        ("I have chest pain", "chest pain", "angina"),
        ("can it come back", "it come back", "recurrence"),
        ("resection of the bowel", "resection", "removal"),
        ("can I wear my glasses", "wear my glasses", "spectacles"),
    ] {
        assert_gives(question, read, wanted);
    }
}

#[test]
fn what_patients_say_of_body_tests_and_treatment_gives_what_leaflets_say() {
    for (question, read, wanted) in [
        ("I need my twenty week scan", "twenty week scan", "anatomy scan"),
        ("drops to make my pupil bigger", "make my pupil bigger", "dilated"),
        ("can the cataract come back", "cataract come back", "posterior capsule opacification"),
        ("whistling in both ears", "whistling in both ears", "tinnitus"),
        ("white patches on my tongue", "white patches on my tongue", "thrush"),
        ("two puffs of the blue one", "puffs of the blue", "reliever"),
        ("I have a tummy bug", "tummy bug", "vomiting"),
        ("dark wee since the morning", "dark wee", "dark urine"),
        ("my white cells have dropped", "white cells have dropped", "neutropenia"),
        ("it has gone weepy", "it has gone weepy", "discharge"),
        ("why do they starve us", "starve", "fasting"),
        ("will the rays burn me", "the rays", "radiotherapy"),
        ("am I on a skinny jab", "skinny jab", "semaglutide"),
        ("can I wake up halfway", "wake up halfway", "conscious"),
        ("my first jabs", "first jabs", "childhood vaccinations"),
    ] {
        assert_gives(question, read, wanted);
    }
}

#[test]
fn a_drug_is_answered_by_what_leaflets_call_its_class() {
    for (drug, class) in [
        ("metformin", "diabetes tablet"),
        ("Glucophage", "diabetes tablet"),
        ("dapagliflozin", "diabetes tablet"),
        ("amlodipine", "blood pressure tablet"),
        ("ACE inhibitor", "blood pressure tablet"),
        ("Lasix", "water tablet"),
        ("levothyroxine", "thyroid tablet"),
        ("simvastatin", "cholesterol tablet"),
        ("ibuprofen", "painkiller"),
        ("Lemsip", "paracetamol"),
        ("apixaban", "blood thinning tablet"),
    ] {
        assert_gives(&format!("do I take my {drug}"), drug, class);
    }
}

#[test]
fn what_a_nurse_keeps_apart_is_not_given() {
    let lexicon = Lexicon::shipped(&Analyzer::english());
    for (question, other) in [
        ("do I stop my low dose aspirin", "painkiller"),
        ("do I take my carbimazole", "thyroid tablet"),
        ("is my Qvar the same as my Clenil", "Clenil"),
        ("I have gone weepy since the birth", "discharge"),
        ("I wake up in the middle of the night", "conscious"),
        ("my platelet count is low", "neutropenia"),
        ("when is my second cataract done", "posterior capsule opacification"),
        ("I had x-rays on my knee", "radiotherapy"),
        ("black dots in my poo", "floaters"),
    ] {
        let found = expand(&lexicon, question);
        assert!(
            !found.iter().flat_map(|(_, given)| given).any(|text| text == other),
            "{question}: {found:#?}"
        );
    }
}

#[test]
fn a_drug_is_answered_by_what_is_said_of_the_ending_of_its_name() {
    for (drug, ending) in [
        ("ramipril", "pril"),
        ("Altace", "pril"),
        ("lisinopril", "pril"),
        ("losartan", "sartan"),
        ("candesartan", "sartan"),
        ("bisoprolol", "olol"),
        ("atorvastatin", "statin"),
        ("sitagliptin", "gliptin"),
        ("dapagliflozin", "gliflozin"),
        ("Eliquis", "xaban"),
        ("omeprazole", "prazole"),
        ("diazepam", "azepam"),
    ] {
        assert_gives(&format!("do I take my {drug}"), drug, ending);
        let words = Analyzer::english().tokens(&format!("tablets ending in \"-{ending}\""));
        assert_eq!(words.last().map(|word| word.term.clone()), Some(Analyzer::english().term(ending)));
    }
}

#[test]
fn an_ending_stands_for_no_drug() {
    let lexicon = Lexicon::shipped(&Analyzer::english());
    for ending in ["pril", "sartan", "olol", "gliptin", "gliflozin", "xaban", "prazole", "azepam"] {
        assert_eq!(expand(&lexicon, &format!("tablets in -{ending}")).len(), 1, "only the tablets: {ending}");
    }
}

#[test]
fn what_patients_write_to_hospitals_gives_what_leaflets_say() {
    for (question, read, wanted) in [
        ("can I vape before", "vape", "e-cigarette"),
        ("I vaped this morning", "vaped", "smoking"),
        ("do I have to abstain first", "abstain", "ejaculate"),
        ("must I abstain from alcohol", "abstain from alcohol", "avoid alcohol"),
        ("will I wake up with a bag", "wake up with a bag", "stoma"),
        ("am I going to intensive care", "intensive care", "high dependency unit"),
        ("I run to the loo", "run to the loo", "bowel movement"),
        ("is the capsule halal", "halal", "gelatin"),
        ("are they kosher", "kosher", "pork"),
        ("can I swim with my line", "swim with my line", "central line"),
        ("my PICC line", "PICC line", "central line"),
        ("my smear came back bad", "smear came back", "colposcopy"),
        ("is Ribena allowed", "Ribena", "clear fluids"),
        ("my tablets to take home", "tablets to take home", "discharge medicines"),
    ] {
        assert_gives(question, read, wanted);
    }
    let found = expand(&Lexicon::shipped(&Analyzer::english()), "must I abstain from alcohol");
    assert!(found.iter().all(|(_, given)| given.iter().all(|text| text != "sex")), "{found:?}");
}
