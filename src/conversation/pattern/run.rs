//! Matching a sequence of elements against a sentence.
//!
//! Place `p` is before word `p`; a set of places is the bits of a `u128`. Stepping over an element maps
//! the set of places before it to the set after it, so that a pattern takes a few operations however
//! many ways it could match (after Baeza-Yates and Gonnet, "A new approach to text searching", 1992).

use super::message::{Message, Sentence};
use super::{Element, Patterns, Sequence};

/// Sentences of a message in which what stands "anywhere" is looked for.
const MAX_ALSO: usize = 64;
/// Up to this many words are looked up one by one.
const FEW_WORDS: usize = 6;

/// The places after `sequence`, begun at any of the places `from`.
pub(super) fn places(
    patterns: &Patterns,
    message: &Message,
    sentence: &Sentence,
    sequence: &[Element],
    from: u128,
) -> u128 {
    let mut at = from;
    for element in sequence {
        if at == 0 {
            break;
        }
        at = step(patterns, message, sentence, element, at);
    }
    at
}

fn step(patterns: &Patterns, message: &Message, sentence: &Sentence, element: &Element, from: u128) -> u128 {
    match element {
        Element::Words(words) => over(from, one_of(sentence, words)),
        Element::Class(class) => {
            let alternatives = patterns.classes.get(*class).map_or(&[][..], Vec::as_slice);
            alternatives
                .iter()
                .fold(0, |reached, one: &Sequence| reached | places(patterns, message, sentence, one, from))
        }
        Element::Optional(inner) => from | step(patterns, message, sentence, inner, from),
        Element::Gap { most, any: true } => {
            let mut reached = from;
            for _ in 0..*most {
                reached |= over(reached, sentence.all_words());
            }
            reached
        }
        Element::Gap { most, any: false } => {
            let free = !sentence.borders();
            let mut reached = from & free;
            let passable = sentence.all_words() & !barriers(patterns, sentence);
            for _ in 0..*most {
                reached |= over(reached, passable) & free;
            }
            reached
        }
        Element::Begin => from & (1 | sentence.borders()),
        Element::End => from & (sentence.end_bit() | sentence.borders()),
        Element::Asks => {
            if sentence.asks() {
                from
            } else {
                0
            }
        }
        Element::Not(inner) => {
            let mut left = from;
            let mut out = 0;
            while left != 0 {
                let bit = left & left.wrapping_neg();
                left &= left - 1;
                if step(patterns, message, sentence, inner, bit) == 0 {
                    out |= bit;
                }
            }
            out
        }
        Element::Also(sequence) => {
            let mut sentences = message.sentences().iter().take(MAX_ALSO);
            let stands = sentences.any(|other| {
                is_possible(other, sequence)
                    && places(patterns, message, other, sequence, other.all_places()) != 0
            });
            if stands { from } else { 0 }
        }
        Element::Number { least, most } => over(from, sentence.numbers(*least, *most)),
    }
}

/// Whether `sequence` can match in `sentence`: every word and class that it asks for stands somewhere in it.
pub(super) fn is_possible(sentence: &Sentence, sequence: &[Element]) -> bool {
    sequence.iter().all(|element| match element {
        Element::Words(words) => one_of(sentence, words) != 0,
        Element::Class(class) => sentence.may_hold(*class),
        Element::Number { least, most } => sentence.numbers(*least, *most) != 0,
        Element::Asks => sentence.asks(),
        _ => true,
    })
}

/// For every class, whether it stands anywhere in `sentence`. Classes are made of earlier ones.
pub(super) fn classes_in(patterns: &Patterns, message: &Message, sentence: &Sentence) -> Vec<bool> {
    let mut found = Sentence::clone(sentence);
    for class in &patterns.classes {
        let stands = class.iter().any(|one| {
            is_possible(&found, one) && places(patterns, message, &found, one, found.all_places()) != 0
        });
        found.add_class(stands);
    }
    found.into_classes()
}

/// Steps over a word where `words` has the place of the word set.
const fn over(from: u128, words: u128) -> u128 {
    (from & words) << 1
}

fn one_of(sentence: &Sentence, words: &[usize]) -> u128 {
    if words.len() > FEW_WORDS { sentence.mask_of_any(words) } else { sentence.masks_of(words) }
}

fn barriers(patterns: &Patterns, sentence: &Sentence) -> u128 {
    let Some(class) = patterns.barrier.and_then(|at| patterns.classes.get(at)) else { return 0 };
    let words = class.iter().flatten().map(|element| match element {
        Element::Words(words) => one_of(sentence, words),
        _ => 0,
    });
    words.fold(0, |all, one| all | one)
}
