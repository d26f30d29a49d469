use proptest::prelude::*;

use super::*;

fn understand(message: &str) -> Understanding {
    Understanding::of(message, &Analyzer::english())
}

#[test]
fn a_short_question_is_left_alone() {
    let read = understand("can my sister come along?");
    assert_eq!((read.question.as_str(), read.condensed), ("can my sister come along?", false));
}

#[test]
fn greetings_and_thanks_are_set_aside() {
    for message in [
        "Hello, how long does it take? Thank you very much",
        "good morning! how long does it take? thanks in advance!",
    ] {
        assert_eq!(understand(message).question, "how long does it take?", "{message}");
    }
    assert_eq!(understand("thank you").question, "thank you");
}

#[test]
fn of_a_long_message_the_sentences_that_ask_are_the_question() {
    let read = understand(
        "Dear team, my aunt is 71 and fell on the stairs on Monday. The X-ray showed a broken wrist. \
         She lives alone and we are all very worried. How long will she wear the cast? Many thanks",
    );
    assert_eq!(read.question, "How long will she wear the cast?");
    assert_eq!(read.background.len(), 3);
    assert!(read.whole().contains("broken wrist"));
}

#[test]
fn where_a_question_is_marked_only_what_asks_is_asked() {
    let read = understand(
        "My father, who is 79, fell on the stairs and when he is nervous nothing stays in his head. \
         Which exercises are good for the wrist after the plaster?",
    );
    assert_eq!(read.question, "Which exercises are good for the wrist after the plaster?");
}

#[test]
fn what_has_the_form_of_a_question_asks_without_a_mark_too() {
    let read = understand(
        "How long will I wear the cast. I am a builder and broke my wrist on Monday. Do I need a sick note?",
    );
    assert_eq!(read.question, "How long will I wear the cast. Do I need a sick note?");
    for clause in ["so which tests are done then", "Can't I shower", "when will the cast come off"] {
        assert!(has_form_of_question(clause), "{clause}");
    }
    for clause in ["when I walk it hurts", "Can't sleep at night", "what the nurse said is odd", "May 5th"] {
        assert!(!has_form_of_question(clause), "{clause}");
    }
}

#[test]
fn a_line_ends_what_is_said() {
    let read = understand("I broke my wrist and they put a cast on it on Monday\nCan I eat eggs");
    assert_eq!(read.question, "Can I eat eggs");
    let short = understand("my wrist\nhow long");
    assert_eq!(short.question, "my wrist how long");
}

#[test]
fn thanks_that_say_more_stay() {
    let read = understand(
        "Thank you for getting back to me, I want to know if I can fly after my wrist operation. \
         I am going to Spain. Is that too soon?",
    );
    assert!(read.question.contains("wrist operation"), "{read:?}");
    let read = understand(
        "I am 62 and my wrist is broken. Can I have a scan next week? Sorry I forgot to say I had a stent \
         put in last month.",
    );
    assert!(read.whole().contains("stent"), "{read:?}");
    let read = understand(
        "I am 62 and my wrist is in a cast since Monday. Can I have a scan next week? Sorry for the long mail.",
    );
    assert!(!read.whole().contains("mail"), "{read:?}");
}

#[test]
fn brackets_at_the_end_are_background() {
    let read = understand("what about the left one? (wrist)");
    assert_eq!(
        (read.question.as_str(), read.background.as_slice()),
        ("what about the left one?", &["wrist".to_owned()][..])
    );
}

#[test]
fn a_clause_that_asks_is_found_in_a_run_on_sentence() {
    let read = understand(
        "they told me i get some kind of cast for the wrist and i am worried, can i still drive with it",
    );
    assert_eq!(read.focus(), read.question);
    let cast =
        "they told me i get some kind of cast for the wrist and i am worried can i still drive with it";
    assert_eq!(read.question, cast, "it is in the clause before");
}

#[test]
fn a_long_message_without_a_question_is_kept_whole() {
    let message =
        "my wrist hurts since they put the cast on and the fingers are swollen and blue and cold today";
    let read = understand(message);
    assert_eq!((read.question.as_str(), read.condensed), (message, false));
}

proptest! {
    #[test]
    fn nothing_is_added(message in "([a-zA-Z']{1,9}[ ,.?!]{1,2}){0,60}|\\PC{0,200}") {
        let read = understand(&message);
        prop_assert!(read.question.len() <= message.len());
        let words: Vec<&str> = message.split_whitespace().collect();
        for word in read.question.split_whitespace() {
            prop_assert!(words.iter().any(|known| known.contains(word)), "{word}");
        }
    }
}
