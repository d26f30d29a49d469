#![no_main]

use ibid::retrieve::{Collection, Reading, Understanding};
use ibid::text::token::Analyzer;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let analyzer = Analyzer::english();
    let understanding = Understanding::of(text, &analyzer);
    assert!(understanding.question.len() <= text.len(), "never longer");
    assert!(understanding.question.contains(understanding.focus()), "the focus is a part of the question");
    let frequency = |term: &str| term.len() as u64 % 7;
    let is_name = |term: &str| term.len() == 5;
    let titled = |term: &str| (term.len() % 60) as u64;
    let collection = Collection { passages: 100, frequency: &frequency, titled: &titled, is_name: &is_name };
    let reading = Reading::of(understanding, &analyzer, &|_| Vec::new(), &collection);
    assert!(reading.sequence.iter().all(|&at| at < reading.slots.len()), "a place names a slot");
    assert!(reading.total_weight.is_finite(), "weights are finite");
});
