use super::*;

fn read(text: &str) -> Reading {
    let analyzer = Analyzer::english();
    let frequency = |term: &str| u64::from(term == "liver") * 10;
    let collection = Collection { passages: 100, frequency: &frequency, titled: &|_| 0, is_name: &|_| false };
    Reading::of(Understanding::of(text, &analyzer), &analyzer, &|_| Vec::new(), &collection)
}

#[test]
fn function_words_are_dropped_and_repeats_counted_once() {
    let reading = read("What is the liver, and where is the liver?");
    assert_eq!(reading.keys, ["liver"]);
    assert_eq!(reading.sequence, [0, 0]);
}

#[test]
fn an_unknown_word_weighs_more_than_a_known_one_and_is_not_looked_up() {
    let reading = read("liver of a walrus");
    assert!(reading.slots[1].weight() > reading.slots[0].weight());
    assert_eq!(reading.query(None).terms.len(), 1);
}

#[test]
fn a_long_message_keeps_what_the_documents_know() {
    let many: Vec<String> = (0..100).map(|n| format!("word{n}x")).collect();
    let reading = read(&format!("{} liver", many.join(" ")));
    assert_eq!(reading.slots.len(), MAX_SLOTS);
    assert!(reading.place("liver").is_some());
    assert!(reading.sequence.iter().all(|&at| at < MAX_SLOTS));
}

/// As [`read`], over passages of which a tenth have "Lyme" in their title, and all "ticket".
fn read_among_titles(text: &str) -> Reading {
    let analyzer = Analyzer::english();
    let titled = |term: &str| match term {
        "lyme" => 10,
        "ticket" => 100,
        _ => 0,
    };
    let collection = Collection { passages: 100, frequency: &|_| 10, titled: &titled, is_name: &|_| false };
    Reading::of(Understanding::of(text, &analyzer), &analyzer, &|_| Vec::new(), &collection)
}

fn weight_of(reading: &Reading, term: &str) -> f32 {
    let slot = reading.slots.iter().find(|slot| reading.keys[slot.key] == term);
    slot.map_or(0.0, |slot| slot.class_weight)
}

#[test]
fn a_subject_of_the_background_weighs_nearly_as_much_as_the_question() {
    let reading = read_among_titles(
        "Last week I was told that I have Lyme, and I bought a ticket home. My sister is with me. Am I being \
         short-changed with two weeks of medicine?",
    );
    assert_eq!(weight_of(&reading, "lyme"), SUBJECT_WEIGHT);
    // What every title has is no subject among others, and "sister" is in none.
    assert!(weight_of(&reading, "ticket") < SUBJECT_WEIGHT, "{:?}", reading.slots);
    assert!(weight_of(&reading, "sister") < SUBJECT_WEIGHT);
    assert_eq!(
        reading.subject.as_deref(),
        Some("Last week I was told that I have Lyme, and I bought a ticket home.")
    );
    assert!(reading.with_subject().starts_with("Am I being short-changed"), "{}", reading.with_subject());
}

#[test]
fn what_stands_in_brackets_behind_a_question_is_read_with_it_as_it_stands() {
    let reading = read("how long does it take (What is dialysis (at home))");
    assert_eq!(reading.understanding.question, "how long does it take");
    assert_eq!(reading.with_subject(), "how long does it take (What is dialysis (at home))");
}

#[test]
fn a_question_that_names_its_subject_needs_none_of_the_background() {
    let reading = read_among_titles(
        "My son was bitten by a tick in the forest and he is only seven years old. How long does Lyme take to heal?",
    );
    assert_eq!(reading.subject, None);
    assert_eq!(reading.with_subject(), reading.understanding.question);
}
