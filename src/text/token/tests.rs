//! Tests of the analyzer.

use proptest::prelude::*;

use super::*;
use crate::text::repeated;

fn terms(text: &str) -> Vec<String> {
    Analyzer::english().tokens(text).into_iter().map(|token| token.term).collect()
}

#[test]
fn inflections_share_a_term() {
    assert_eq!(terms("Tumors tumor TUMOR's"), ["tumor", "tumor", "tumor"]);
    assert_eq!(terms("treating treated"), ["treat", "treat"]);
}

#[test]
fn apostrophes_hyphens_and_numbers() {
    assert_eq!(terms("don’t follow-up 3.5 mg, Lu 177."), ["dont", "follow", "up", "3.5", "mg", "lu", "177"]);
    assert_eq!(terms("patients' rights"), ["patient", "right"]);
    assert_eq!(terms("I'll we\u{2019}re they've"), ["i", "we", "they"]);
}

#[test]
fn spans_are_of_the_text_as_typed() {
    let text = "Über: Ménière’s";
    let spans: Vec<_> = Analyzer::english()
        .tokens(text)
        .iter()
        .map(|token| token.span.slice(text).unwrap().to_owned())
        .collect();
    assert_eq!(spans, ["Über", "Ménière’s"]);
}

#[test]
fn function_words_are_known_by_their_terms() {
    assert_eq!(weight_class(&terms("please")[0]), WeightClass::Function);
    assert_eq!(weight_class(&terms("takes")[0]), WeightClass::Light);
    assert_eq!(weight_class(&terms("surgery")[0]), WeightClass::Content);
}

#[test]
fn no_list_has_a_word_twice() {
    for list in [FUNCTION_WORDS, LIGHT_WORDS] {
        assert_eq!(repeated(list.split_ascii_whitespace()), [""; 0]);
    }
}

#[test]
fn irregular_words_pass_the_filter_of_their_stems() {
    let analyzer = Analyzer::english();
    for word in ["dying", "lying", "skies", "skis", "gently", "early", "yes", "youth", "sayings", "hoping"] {
        let term = analyzer.term(word);
        assert!(TermFilter::of([term.as_str()]).may_become(word), "{word} {term}");
    }
    assert!(!TermFilter::of(["pain"]).may_become("rain"));
    assert!(!TermFilter::of(["pain"]).may_become("peace"));
    assert!(!TermFilter::of(["painless"]).may_become("pain"));
    assert!(!TermFilter::of([]).may_become("pain"));
}

#[test]
fn a_word_ends_where_its_last_letter_does() {
    let text = "\u{ab}a1, b.c\u{bb} \u{e9}\u{2014}e\u{301}f-don't.' 3.5. g\u{e9} h";
    let words: Vec<_> = Words { text, at: 0 }.map(|span| span.slice(text).unwrap()).collect();
    assert_eq!(words, ["a1", "b", "c", "\u{e9}", "e\u{301}f", "don't", "3.5", "g\u{e9}", "h"]);
}

proptest! {
    #[test]
    fn a_filtered_walk_finds_what_the_whole_one_finds(
        text in "([a-zA-Z]{1,4}(ing|ed|ies|ational|iveness|ly|'s|s|y|é)? ?){0,20}|\\PC{0,60}",
        pick in any::<prop::sample::Index>(),
    ) {
        let analyzer = Analyzer::english();
        let all = analyzer.tokens(&text);
        if all.is_empty() {
            return Ok(());
        }
        let wanted = pick.get(&all).term.clone();
        let mut found = Vec::new();
        analyzer.for_each_of(&text, &TermFilter::of([wanted.as_str()]), &mut |term, span, position| {
            if term == wanted {
                found.push(Token { term: term.to_owned(), span, position });
            }
        });
        prop_assert_eq!(found, all.into_iter().filter(|token| token.term == wanted).collect::<Vec<_>>());
    }

    #[test]
    fn tokens_ascend_and_lie_in_the_text(text in "\\PC{0,200}") {
        let mut end = 0;
        for token in Analyzer::english().tokens(&text) {
            prop_assert!(token.span.start() >= end && !token.span.is_empty());
            prop_assert!(token.span.slice(&text).is_some());
            prop_assert!(token.term.len() <= 4 * MAX_TERM_BYTES);
            end = token.span.end();
        }
    }
}
