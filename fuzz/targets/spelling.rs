//! Any text: its spelling is mended once and for all, what was changed is told in order, and terms lie in it.
#![no_main]

use ibid::text::lexicon::Lexicon;
use ibid::text::spelling::Speller;
use ibid::text::token::Analyzer;

thread_local! {
    static SPELLER: (Analyzer, Lexicon, Speller) = {
        let analyzer = Analyzer::english();
        let lexicon = Lexicon::shipped(&analyzer);
        let words = ["surgery", "chemotherapy", "blood", "test", "pneumonia", "doctor", "what"];
        let speller = Speller::new(words.map(|word| (word, 9)), &lexicon, &analyzer);
        (analyzer, lexicon, speller)
    };
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    SPELLER.with(|(analyzer, lexicon, speller)| {
        let mended = speller.correct(text);
        assert_eq!(speller.correct(&mended.text).text, mended.text, "mended twice");
        let mut end = 0;
        for correction in &mended.corrections {
            assert!(correction.span.start() >= end, "in order");
            assert_eq!(correction.span.slice(text), Some(correction.from.as_str()), "of the text");
            end = correction.span.end();
        }
        let tokens = analyzer.tokens(text);
        let expansions = lexicon.expand(&tokens);
        assert!(expansions.iter().all(|expansion| expansion.tokens.end <= tokens.len()), "terms of the text");
    });
});
