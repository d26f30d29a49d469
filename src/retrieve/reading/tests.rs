use super::*;

fn read(text: &str) -> Reading {
    let analyzer = Analyzer::english();
    let frequency = |term: &str| u64::from(term == "liver") * 10;
    let collection = Collection { passages: 100, frequency: &frequency, is_name: &|_| false };
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
fn a_question_of_function_words_has_no_content() {
    assert!(!read("what is it about then?").has_content);
}

#[test]
fn a_long_message_keeps_what_the_documents_know() {
    let many: Vec<String> = (0..100).map(|n| format!("word{n}x")).collect();
    let reading = read(&format!("{} liver", many.join(" ")));
    assert_eq!(reading.slots.len(), MAX_SLOTS);
    assert!(reading.place("liver").is_some());
    assert!(reading.sequence.iter().all(|&at| at < MAX_SLOTS));
}
