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
    let after = |inner: &Element, from: u128| step(patterns, message, sentence, inner, from);
    match element {
        Element::Words(words) => over(from, one_of(sentence, words)),
        Element::Class(class) => {
            let alternatives = patterns.classes.get(*class).map_or(&[][..], Vec::as_slice);
            let after_one = |one: &Sequence| places(patterns, message, sentence, one, from);
            alternatives.iter().fold(0, |all, one| all | after_one(one))
        }
        Element::Optional(inner) => from | after(inner, from),
        Element::Gap { most, any: true } => through(from, *most, sentence.all_words(), u128::MAX),
        Element::Gap { most, any: false } => {
            let passable = sentence.all_words() & !barriers(patterns, sentence);
            through(from, *most, passable, !sentence.borders())
        }
        Element::Begin => from & (1 | sentence.borders()),
        Element::End => from & (sentence.end_bit() | sentence.borders()),
        Element::Asks => only_if(sentence.asks(), from),
        Element::Not(inner) => each(from, |place| after(inner, place) == 0),
        Element::Also(sequence) => only_if(stands_anywhere(patterns, message, sequence), from),
        Element::Number { least, most } => over(from, sentence.numbers(*least, *most)),
    }
}

/// The places `from`, and those after up to `most` words of `passable`, as far as they are `free`.
fn through(from: u128, most: u32, passable: u128, free: u128) -> u128 {
    (0..most).fold(from & free, |reached, _| reached | (over(reached, passable) & free))
}

/// Those of the places `from` that `holds` is true of, each looked at by itself.
fn each(from: u128, holds: impl Fn(u128) -> bool) -> u128 {
    let mut left = from;
    let mut kept = 0;
    while left != 0 {
        let place = left & left.wrapping_neg();
        left &= left - 1;
        kept |= only_if(holds(place), place);
    }
    kept
}

const fn only_if(holds: bool, places: u128) -> u128 {
    if holds { places } else { 0 }
}

/// Whether `sequence` matches anywhere in the first sentences of `message`.
fn stands_anywhere(patterns: &Patterns, message: &Message, sequence: &[Element]) -> bool {
    message.sentences().iter().take(MAX_ALSO).any(|other| {
        is_possible(other, sequence) && places(patterns, message, other, sequence, other.all_places()) != 0
    })
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
