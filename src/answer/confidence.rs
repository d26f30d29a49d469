//! How sure we are that a quote answers: a logistic function of what is known of question and passage,
//! its weights fitted to judged questions (`ibid eval fit`).

use crate::retrieve::{Features, Findings, QuestionKind, RankedPassage, Reading, Signals, Slot, Weights};
use crate::text::token::Analyzer;

/// How many of the first passages the confidence is told from, however many are asked for.
pub(super) const DEPTH: usize = 15;

/// "How long" was asked, and the passage names no span of time: it may be near, but is no answer.
const NO_SPAN_OF_TIME: f32 = 0.25;

/// The confidence, 0 to 1, that a quote of the passage at place `at` of the findings answers.
pub(super) fn confidence(weights: &Weights, findings: &Findings, at: usize) -> f32 {
    let signals = signals(findings, at);
    let fitted = weights.confidence(&signals, findings.way.of_passage(at));
    let is_missing = findings.reading.kind == QuestionKind::Duration && signals.kind_missing > 0.0;
    if is_missing { NO_SPAN_OF_TIME * fitted } else { fitted }
}

/// What is known of the question and the passage at place `at` of the findings.
pub(super) fn signals(findings: &Findings, at: usize) -> Signals {
    let Findings { reading, ranked, .. } = findings;
    let Some(passage) = ranked.get(at) else { return Signals::default() };
    let ranked = ranked.get(..DEPTH).unwrap_or(ranked);
    let features: &Features = &passage.features;
    let contrast = contrast(ranked, passage, at);
    Signals {
        coverage: features.coverage,
        text_coverage: features.text_coverage,
        sentence_coverage: features.sentence_coverage,
        heading_coverage: features.heading_coverage,
        aspect: features.aspect,
        proximity: features.proximity,
        kind: features.kind,
        kind_missing: features.kind_missing,
        sentence_kind: features.sentence_kind,
        sentence_kind_missing: features.sentence_kind_missing,
        fragment: features.fragment,
        roles: features.roles,
        defines: features.defines,
        posed: features.posed,
        lexical_strength: if reading.total_weight > 0.0 {
            passage.lexical / reading.total_weight
        } else {
            0.0
        },
        known: reading.known_share(),
        missing: missing(reading, passage),
        unknown_words: unknown_words(reading),
        names_missing: names_missing(reading, passage),
        name_unknown: f32::from(u8::from(reading.slots.iter().any(|slot| slot.is_unknown_name))),
        negated: features.negated,
        contrast,
        aspect_unknown: f32::from(u8::from(aspect_is_unknown(reading))),
        body_similarity: features.body_similarity,
        heading_similarity: features.heading_similarity,
        sentence_similarity: features.sentence_similarity,
        agreement: features.coverage * features.sentence_similarity.max(0.0),
        both_first: f32::from(u8::from(features.lexical_rank >= 1.0 && features.dense_rank >= 1.0)),
        margin: margin(ranked, passage),
        brevity: brevity(reading),
        judged: features.judged,
        judged_most: ranked.iter().map(|other| other.features.judged).fold(features.judged, f32::max),
        judged_against: features.judged.min(0.0).powi(2),
        judged_contrast: features.judged * contrast,
    }
}

/// The weight of the heaviest content word that is nowhere near, beside that of the heaviest of all.
fn missing(reading: &Reading, passage: &RankedPassage) -> f32 {
    let content = |(slot, filled): (&Slot, &f32)| {
        (slot.class_weight >= 1.0).then_some((slot.idf, slot.idf * (1.0 - filled)))
    };
    let slots = reading.slots.iter().zip(&passage.evidence.in_all).filter_map(content);
    let (heaviest, absent) = slots.fold((0.0_f32, 0.0_f32), |(h, a), (idf, gone)| (h.max(idf), a.max(gone)));
    if heaviest > 0.0 { absent / heaviest } else { 0.0 }
}

#[allow(clippy::cast_precision_loss, reason = "a count of words")]
fn unknown_words(reading: &Reading) -> f32 {
    let unknown = reading.slots.iter().filter(|slot| slot.class_weight >= 1.0 && slot.passages == 0).count();
    (unknown as f32 / 3.0).min(1.0)
}

fn is_capitalised(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase) && word.chars().skip(1).any(char::is_lowercase)
}

/// Names in the question, its first word aside, that neither `passage` nor what stands around it holds: half for
/// each.
fn names_missing(reading: &Reading, passage: &RankedPassage) -> f32 {
    let question = reading.understanding.question.as_str();
    let is_gone = |word: &&str| {
        let term = Analyzer::english().term(word);
        let slot = reading.place(&term).and_then(|key| reading.slots.iter().position(|slot| slot.key == key));
        slot.and_then(|slot| passage.evidence.in_all.get(slot)).is_some_and(|filled| *filled <= 0.0)
    };
    let names = question.split_whitespace().skip(1).filter(|word| is_capitalised(word));
    match names.filter(is_gone).take(2).count() {
        0 => 0.0,
        1 => 0.5,
        _ => 1.0,
    }
}

/// Passages that the one in question is compared with.
const FOLLOWERS: usize = 10;

#[allow(clippy::cast_precision_loss, reason = "at most ten passages")]
fn contrast(ranked: &[RankedPassage], passage: &RankedPassage, at: usize) -> f32 {
    let nearest = |passage: &RankedPassage| passage.features.sentence_similarity;
    let others: Vec<f32> = ranked
        .iter()
        .enumerate()
        .filter(|&(other, _)| other != at)
        .map(|(_, o)| nearest(o))
        .take(FOLLOWERS)
        .collect();
    if others.is_empty() { 0.0 } else { nearest(passage) - others.iter().sum::<f32>() / others.len() as f32 }
}

fn aspect_is_unknown(reading: &Reading) -> bool {
    let mut aspect =
        reading.slots.iter().filter(|slot| slot.is_aspect && slot.class_weight >= 1.0).peekable();
    aspect.peek().is_some() && aspect.all(|slot| slot.passages == 0)
}

/// A difference of scores that leaves no doubt.
const MARGIN: f32 = 5.0;

/// How far `passage` is above the best passage elsewhere: of another document or section.
fn margin(ranked: &[RankedPassage], passage: &RankedPassage) -> f32 {
    let section = |ranked: &RankedPassage| ranked.get().and_then(|passage| passage.section);
    let elsewhere = ranked.iter().find(|other| {
        other.document_ordinal != passage.document_ordinal || section(other) != section(passage)
    });
    elsewhere.map_or(1.0, |other| ((passage.score - other.score) / MARGIN).clamp(-1.0, 1.0))
}

#[allow(clippy::cast_precision_loss, reason = "a count of words")]
fn brevity(reading: &Reading) -> f32 {
    let is_content = |slot: &&Slot| slot.class_weight >= 1.0;
    1.0 / reading.slots.iter().filter(is_content).count().max(1) as f32
}
