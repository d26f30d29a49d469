//! Any text as a question: it is read, and its terms are in order.
#![no_main]

use ibid::retrieve::{Question, Reading};
use ibid::text::token::Analyzer;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(question) = Question::new(text, 1000) else { return };
    let reading = Reading::of(&question, &Analyzer::english(), 100, &|term| term.len() as u64 % 7);
    assert!(reading.sequence.iter().all(|&at| at < reading.terms.len()), "a place names a term");
    assert!(reading.total_weight.is_finite(), "weights are finite");
});
