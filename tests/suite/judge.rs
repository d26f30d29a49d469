//! The judge in the engine: what it changes, and what it must not.

use std::sync::atomic::AtomicBool;

use ibid::engine::Engine;
use ibid::judge::Mode;
use ibid::retrieve::{Question, Way};

use crate::corpus::Corpus;

const LEAFLET: &str = "# Your hip operation\n\n## The day itself\n\nThe operation is done by two surgeons, who both know you. \
    You lie on your side. A nurse stays with you all the time. The operation takes about two hours. Afterwards you wake up \
    in a quiet room with large windows.\n\n## At home\n\nYou may shower from the second day on, as the plaster keeps water \
    out well. Unless the wound is wet or the skin around it is red: then keep it dry and call the ward before you \
    shower.\n\nSomebody should cook for you in the first week.\n";

fn engine(mode: Mode, threads: usize) -> (Corpus, Engine) {
    engine_of(&[("hip.md", LEAFLET)], mode, threads)
}

fn engine_of(files: &[(&str, &str)], mode: Mode, threads: usize) -> (Corpus, Engine) {
    let mut corpus = Corpus::of(files);
    corpus.config.encoder.enabled = true;
    corpus.config.judge.mode = mode;
    corpus.config.judge.threads = threads;
    let engine = corpus.engine();
    engine.encode_pending(&mut |_, _| {}, &AtomicBool::new(false)).unwrap();
    (corpus, engine)
}

fn question(text: &str) -> Question {
    Question::new(text, 1000).unwrap()
}

#[test]
fn each_candidate_is_judged_only_where_that_is_wanted() {
    let asked = question("how long does the operation take");
    let (_corpus, judged) = engine(Mode::Always, 2);
    let response = judged.explain(&asked).unwrap();
    assert_eq!(response.findings.way, Way::Judged);
    assert!(response.findings.ranked[0].features.judged > 0.0, "{:?}", response.findings.ranked[0].features);
    assert_eq!(response.signals.judged, response.findings.ranked[0].features.judged);
    let scores: Vec<f32> = response.findings.ranked.iter().map(|passage| passage.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let (_corpus, plain) = engine(Mode::Off, 2);
    let response = plain.explain(&asked).unwrap();
    assert_eq!((response.findings.way, response.signals.judged), (Way::Hybrid, 0.0));
}

#[test]
fn a_plain_answer_is_judged_anew_only_where_the_judge_contradicts_it() {
    let plain = [
        "how long does the operation take",
        "where do I wake up",
        "what happens if the operation takes more than two hours",
    ];
    let (_off, off) = engine(Mode::Off, 2);
    let (_unsure, unsure) = engine(Mode::WhenUnsure, 2);
    let ways = plain.map(|text| {
        let asked = question(text);
        let unjudged = off.ask(&asked).unwrap();
        assert!(unjudged.confidence >= 0.8, "{text}");
        let response = unsure.explain(&asked).unwrap();
        if response.findings.way == Way::Confirmed {
            assert_eq!(response.answer.citations[0].quote, unjudged.citations[0].quote, "{text}");
            assert!(
                response.signals.judged != 0.0 && response.answer.confidence != unjudged.confidence,
                "{text}"
            );
            assert!(
                response.findings.ranked[1..].iter().all(|other| other.features.judged == -1.0),
                "{text}"
            );
        }
        response.findings.way
    });
    assert_eq!(ways, [Way::Confirmed, Way::Confirmed, Way::Judged]);
}

#[test]
fn the_same_question_gets_the_same_answer_on_one_thread_or_two() {
    let (_one, one) = engine(Mode::Always, 1);
    let (_two, two) = engine(Mode::Always, 2);
    for text in ["how long does it take", "can I shower", "who operates", "what does it cost", "windows?"] {
        let (a, b) = (one.ask(&question(text)).unwrap(), two.ask(&question(text)).unwrap());
        assert_eq!(
            (&a.citations, a.confidence, a.outcome),
            (&b.citations, b.confidence, b.outcome),
            "{text}"
        );
        let again = one.explain(&question(text)).unwrap().answer;
        assert_eq!((&a.citations, a.confidence), (&again.citations, again.confidence), "{text}");
    }
}

#[test]
fn what_is_taken_back_by_the_next_sentence_is_not_quoted_without_it() {
    let (_corpus, engine) = engine(Mode::Always, 2);
    let quotes = engine.explain(&question("when can I shower")).unwrap().considered;
    let first = quotes.iter().find(|quote| quote.quote.contains("You may shower")).unwrap();
    assert!(first.quote.contains("Unless the wound is wet"), "{}", first.quote);
}

#[test]
fn how_sure_an_answer_is_does_not_depend_on_how_many_are_wanted() {
    let parts = [
        "Your room",
        "Visitors",
        "Meals",
        "Going home",
        "Stairs",
        "Driving",
        "Work",
        "Sport",
        "Pain",
        "The wound",
        "Sleep",
        "Baths",
    ];
    let sections: Vec<String> = parts
        .iter()
        .zip(2..)
        .map(|(part, weeks)| format!("## {part}\n\nAsk about {} after {weeks} weeks.\n", part.to_lowercase()))
        .collect();
    for mode in [Mode::Off, Mode::WhenUnsure, Mode::Always] {
        let leaflet = format!("# After your operation\n\n{}", sections.join("\n"));
        let (_corpus, engine) = engine_of(&[("after.md", &leaflet)], mode, 2);
        for text in ["when can I ask about driving", "how many weeks until sport", "what about my dog"] {
            let answers: Vec<_> =
                [1, 3, 10].map(|limit| engine.explain(&question(text).with_limit(limit)).unwrap()).into();
            let (first, others) = answers.split_first().unwrap();
            assert!(answers[2].findings.ranked.len() > 10, "{text}");
            for other in others {
                assert_eq!(first.answer.confidence, other.answer.confidence, "{mode:?}: {text}");
                assert_eq!(first.answer.outcome, other.answer.outcome, "{mode:?}: {text}");
                assert_eq!(first.considered.first(), other.considered.first(), "{mode:?}: {text}");
            }
        }
    }
}
