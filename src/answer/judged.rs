//! Finding with the judge: it reads what answers in the passages that can still be first.

use super::AnswerConfig;
use super::confidence::{DEPTH, confidence};
use super::distinct::put_sure_first;
use super::extract::core;
use super::named::{leave_out_other_drugs, put_named_first};
use super::ranges::put_fitting_first;
use crate::embed::{EmbedError, Second};
use crate::index::IndexError;
use crate::judge::{Judge, Mode};
use crate::retrieve::{Finder, Findings, Question, RankedPassage, Reading, Way};
use crate::text::Span;

/// A passage this far behind the first, by score, cannot be first any more.
const REACH: f32 = 4.0;
/// Between these confidences an answer is not plain without the judge.
const UNSURE: std::ops::Range<f32> = 0.05..0.9;
/// Above them it is, unless the judge says of the first quote that it answers less well than this.
const CONTRADICTS: f32 = -0.2;
/// From here on a quote is an answer, and no other sentence is looked at.
const ANSWERS: f32 = 0.2;
/// How much better another sentence has to be, and how many are looked at.
const BETTER: f32 = 0.2;
const OTHERS: usize = 2;
/// What a passage counts that was not judged.
const NOT_JUDGED: f32 = -1.0;

/// The passages for `question`, best first, at most `limit` of them; judged where there is a judge. The first is one that
/// surely answers, where one of those that are quoted does, and of a list one for the numbers that the question gives.
///
/// # Errors
/// The index could not be read.
pub fn find(
    finder: &Finder,
    config: &AnswerConfig,
    question: &Question,
    limit: usize,
) -> Result<Findings, IndexError> {
    let candidates = finder.judge.as_ref().map_or(0, Judge::candidates);
    let mut findings = finder.find(question, limit.max(candidates).max(DEPTH))?;
    put_in_place(finder, config, &mut findings);
    if let Some(judge) = &finder.judge
        && findings.way == Way::Hybrid
    {
        match judge_as_wanted(judge, finder, &mut findings, config.max_quote_words) {
            Ok(()) => put_in_place(finder, config, &mut findings),
            Err(error) => tracing::error!(%error, "passages are ordered without the judge"),
        }
    }
    findings.ranked.truncate(limit);
    Ok(findings)
}

/// What words and vectors do not order: nothing for other drugs than the one asked about, what is sure before what is not,
/// and of a list what is for the drug or the numbers given.
fn put_in_place(finder: &Finder, config: &AnswerConfig, findings: &mut Findings) {
    leave_out_other_drugs(finder, config, findings);
    put_sure_first(finder, config, findings);
    put_named_first(finder, config, findings);
    put_fitting_first(finder, config, findings);
}

fn judge_as_wanted(
    judge: &Judge,
    finder: &Finder,
    findings: &mut Findings,
    max_words: usize,
) -> Result<(), EmbedError> {
    match judge.mode() {
        Mode::Off => return Ok(()),
        Mode::Always => {}
        Mode::WhenUnsure => {
            let sure = confidence(&finder.weights, findings, 0);
            if sure < UNSURE.start || sure >= UNSURE.end && confirm_first(judge, findings, max_words)? {
                return Ok(());
            }
        }
    }
    judge_first(judge, finder, findings, max_words)
}

/// Whether the judge does not say that what would be quoted first is no answer; what it says then counts in the
/// confidence.
fn confirm_first(judge: &Judge, findings: &mut Findings, max_words: usize) -> Result<bool, EmbedError> {
    let Findings { reading, ranked, way, .. } = findings;
    let Some(first) = ranked.first_mut() else { return Ok(true) };
    let Some(core) = core(reading, first, max_words) else { return Ok(true) };
    let judged = judge.judge(&reading.with_subject(), &[to_read(first, core)])?;
    let Some(&judged) = judged.first() else { return Ok(true) };
    if judged < CONTRADICTS {
        return Ok(false);
    }
    first.features.judged = judged;
    ranked.iter_mut().skip(1).for_each(|other| other.features.judged = NOT_JUDGED);
    *way = Way::Confirmed;
    Ok(true)
}

/// Judges those that can still be first and orders all anew; the others come after them.
fn judge_first(
    judge: &Judge,
    finder: &Finder,
    findings: &mut Findings,
    max_words: usize,
) -> Result<(), EmbedError> {
    let Findings { reading, ranked, way, .. } = findings;
    let best = ranked.first().map_or(0.0, |first| first.score);
    let near =
        ranked.iter().take(judge.candidates()).take_while(|passage| passage.score >= best - REACH).count();
    let (near, far) = ranked.split_at_mut(near);
    let texts: Vec<Second> = near
        .iter()
        .map(|passage| match core(reading, passage, max_words) {
            Some(core) => to_read(passage, core),
            None => Second::default(),
        })
        .collect();
    let judged = judge.judge(&reading.with_subject(), &texts)?;
    for (passage, judged) in near.iter_mut().zip(judged) {
        passage.features.judged = judged;
        passage.score = finder.weights.score(&passage.features, Way::Judged);
    }
    near.sort_by(|a, b| b.score.total_cmp(&a.score));
    let lowest = near.last().map_or(0.0, |last| last.score);
    for passage in far {
        passage.features.judged = NOT_JUDGED;
        passage.score = finder.weights.score(&passage.features, Way::Judged).min(lowest);
    }
    for (rank, passage) in (1..).zip(ranked.iter_mut()) {
        passage.rank = rank;
    }
    if let Some(first) = ranked.first_mut() {
        choose_sentence(judge, finder, reading, first, max_words)?;
    }
    *way = Way::Judged;
    Ok(())
}

/// Where the quote of `first` is not plainly an answer, the sentence beside it that answers better, if one does.
fn choose_sentence(
    judge: &Judge,
    finder: &Finder,
    reading: &Reading,
    first: &mut RankedPassage,
    max_words: usize,
) -> Result<(), EmbedError> {
    let quote = core(reading, first, max_words);
    let (Some(quote), Some(passage)) = (quote, first.get()) else { return Ok(()) };
    if first.features.judged >= ANSWERS {
        return Ok(());
    }
    let near = first.similarities.as_ref().map_or(&[][..], |near| near.sentences.as_slice());
    let others = passage.sentences.iter().zip(near).filter(|(sentence, _)| !quote.overlaps(**sentence));
    let mut others: Vec<(Span, f32)> = others.map(|(sentence, near)| (*sentence, *near)).collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    others.truncate(OTHERS);
    let texts: Vec<Second> = others.iter().map(|(sentence, _)| to_read(first, *sentence)).collect();
    let judged = judge.judge(&reading.with_subject(), &texts)?;
    let best = judged.into_iter().zip(others).max_by(|(a, _), (b, _)| a.total_cmp(b));
    if let Some((judged, (sentence, _))) = best.filter(|(judged, _)| *judged > first.features.judged + BETTER)
    {
        first.answering = Some(sentence);
        first.features.judged = judged;
        first.score = first.score.max(finder.weights.score(&first.features, Way::Judged));
    }
    Ok(())
}

/// `quote` with what a reader sees above it: the title, the nearest heading, the lead-in.
fn to_read(passage: &RankedPassage, quote: Span) -> Second {
    let document = &*passage.document;
    let own = passage.get();
    let heading = own.and_then(|own| document.section_path(own.section).pop());
    let lead_in = own.and_then(|own| own.context).filter(|context| !context.overlaps(quote));
    let parts = [
        Some(document.metadata.title.as_str()),
        document.metadata.question.as_deref(),
        heading,
        lead_in.map(|lead_in| document.slice(lead_in)),
    ];
    let mut above: Vec<&str> = Vec::new();
    for part in parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()) {
        if !above.contains(&part) {
            above.push(part);
        }
    }
    Second { context: above.join(". "), text: document.slice(quote).to_owned() }
}
