use proptest::prelude::*;

use super::*;

const KINDS: &[&str] = &["alarm", "calm"];

fn patterns(text: &str) -> Patterns {
    Patterns::parse(&[("list", text)], KINDS).unwrap()
}

fn finds(list: &str, message: &str) -> bool {
    let patterns = patterns(list);
    patterns.find(&patterns.read(message), "alarm").is_some()
}

fn error(text: &str) -> String {
    Patterns::parse(&[("list", text)], KINDS).unwrap_err().to_string()
}

#[test]
fn words_match_inflected_and_misspelt_but_exact_ones_only_themselves() {
    let list = "[alarm a]\nbleeding badly";
    for message in ["it bleeds badly", "bleding badly", "BLEEDING  badly!", "bleeeding badley"] {
        assert!(finds(list, message), "{message}");
    }
    assert!(!finds(list, "feeding badly"), "the first letter counts");
    assert!(!finds("[alarm a]\n=bleed", "bleeding"));
    assert!(finds("[alarm a]\nwant nurse", "wnat nurs"), "short words: swapped or left out");
    assert!(finds("[alarm a]\nbye", "byeeee"), "a letter held down");
    assert!(!finds("[alarm a]\nchoking", "cooking"), "a word of its own");
    assert!(!finds("@lookalikes = blending\n[alarm a]\nbleeding", "blending"));
}

#[test]
fn gaps_are_bounded_and_pass_no_comma_and_no_barrier() {
    let list = "@barrier = not\n[alarm a]\nheart ..2 stopped";
    assert!(finds(list, "his heart just now stopped"));
    assert!(!finds(list, "his heart one two three stopped"));
    assert!(!finds(list, "heart, stopped"));
    assert!(!finds(list, "heart has not stopped"));
    assert!(finds("@barrier = not\n[alarm a]\nheart ...3 stopped", "heart, it has not stopped"));
}

#[test]
fn a_match_lies_in_one_sentence_but_another_may_be_asked_for_anywhere() {
    assert!(!finds("[alarm a]\nfever chemo", "fever. chemo"));
    assert!(finds("[alarm a]\nfever && chemo", "I had chemo. Now a fever."));
    assert!(!finds("[alarm a]\nfever && chemo", "Now a fever."));
}

#[test]
fn classes_options_numbers_and_places() {
    let list = "@who = i | my wife\n[alarm a]\n^ @who really? is/am <38-40.5> $";
    assert!(finds(list, "so, my wife really is 38.5c"));
    assert!(finds(list, "I am 40"));
    assert!(!finds(list, "I am 41"));
    assert!(!finds(list, "I am 40 today"));
    assert!(finds("[alarm a]\nfever ?", "a fever?"));
    assert!(!finds("[alarm a]\nfever ?", "a fever."));
    assert!(!finds("[alarm a]\npain !relief", "pain relief"));
}

#[test]
fn guards_exceptions_and_what_lifts_them() {
    let list = "[guard asked]\n^ can ..5 *\n- now\n[alarm a] not asked\nfaint\n- faint praise";
    assert!(finds(list, "I faint"));
    assert!(!finds(list, "can people faint"));
    assert!(finds(list, "can people faint now"));
    assert!(!finds(list, "faint praise"));
    assert!(finds(list, "faint praise made me faint"));
}

#[test]
fn a_guard_reaches_no_further_than_its_steps() {
    let list = "@step = ...1 !^ !but\n[guard denied]\nnot !^ !but @step @step *\n[alarm a] not denied\nfaint";
    assert!(!finds(list, "I do not faint"));
    assert!(!finds(list, "I do not really ever faint"));
    assert!(finds(list, "not well, I faint"), "a comma");
    assert!(finds(list, "not ill but faint"), "another thought");
    assert!(finds(list, "not one of us may faint"), "too far");
    assert!(finds("[alarm a]\n!? faint", "I faint"));
    assert!(!finds("[alarm a]\n!? faint", "I faint?"));
}

#[test]
fn a_line_that_is_not_understood_is_told_with_its_place_and_remedy() {
    assert_eq!(error("\nword"), "list:2: a pattern stands under a heading such as `[crisis wish-to-die]`");
    assert!(error("[alram a]\n").contains("list:1: `alram` is no kind; here are: guard, alarm, calm"));
    assert!(error("[alarm a] not b\n").contains("there is no `[guard b]` above"));
    assert!(error("[alarm a]\n@who").contains("there is no class `@who` above"));
    assert!(error("[alarm a]\ndon't").contains("no apostrophe"));
    assert!(error("[alarm a]\n..").contains("match any text"));
    assert!(error("[alarm a]\na ..99 b").contains("at most 40"));
    assert!(error("[guard g]\n*").contains("let every match pass"));
}

#[test]
fn a_second_list_adds_rules_and_words_to_the_first() {
    let first = "version 3\n@who = i\n[alarm a]\n@who faint";
    let second = "@who = we\n[alarm b]\n@who fall";
    let patterns = Patterns::parse(&[("1", first), ("2", second)], KINDS).unwrap();
    let rule = |message| patterns.find(&patterns.read(message), "alarm").map(|found| found.rule);
    assert_eq!(patterns.version(), 3);
    assert_eq!(rule("we faint"), Some("a"));
    assert_eq!(rule("we fall"), Some("b"));
}

#[test]
fn sentences_are_told_whether_they_are_made_up_of_kinds() {
    let patterns = patterns("[alarm a]\nhelp me\n[calm c]\nplease\nthank you");
    let read = patterns.read("Help me please, thank you! help him");
    let covered = patterns.covered_by(&read, &["alarm", "calm"]);
    assert_eq!(covered, [Some(vec!["alarm", "calm"]), None]);
}

#[test]
fn a_sentence_without_end_is_read_to_its_end() {
    let long = "word ".repeat(5000);
    assert!(finds("[alarm a]\nheart stopped", &format!("{long} heart stopped {long}")));
}

proptest! {
    #[test]
    fn any_list_and_any_message_are_read(list in "(\\PC{0,12}|\\[alarm a\\]|\\n|[@*?^$!/=<>.-]| ){0,30}", message in "\\PC{0,200}") {
        if let Ok(patterns) = Patterns::parse(&[("list", &list)], KINDS) {
            let read = patterns.read(&message);
            if let Some(found) = patterns.find(&read, "alarm") {
                prop_assert!(found.span.slice(&message).is_some());
            }
        }
    }
}
