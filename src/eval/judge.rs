//! What each measure says of one question.

use std::collections::BTreeMap;

use super::EvalError;
use super::measures::quotes::{holds_gold, locate, overlap, token_f1, word_count};
use super::measures::ranking::{condensed, first_grade, ndcg_at, recall_at, reciprocal_rank_at, success_at};
use super::run::Observation;
use super::sets::{Case, GoldSpan, Part};
use super::subject::{Considered, Given, Quote, Subject};

/// Longest quote that is allowed, in words.
const MAX_QUOTE_WORDS: usize = 120;

/// Fills in `right` and `measures` of `observation`.
///
/// # Errors
/// A document could not be read.
pub(super) fn judge(
    case: &Case,
    subject: &dyn Subject,
    observation: &mut Observation,
    documents_alone: &[String],
) -> Result<(), EvalError> {
    let given = &observation.given;
    let rights = rights(case, subject, given)?;
    observation.right = case.is_judged().then(|| rights.first() == Some(&true));
    let mut measures = BTreeMap::new();
    let mut put = |name: &str, value: f64| {
        measures.insert(name.to_owned(), value);
    };
    match case.part {
        Part::Answerable => {
            if case.is_judged() {
                quotes(case, given, &rights, &mut put);
                kept(given, &rights, &mut put);
            }
            documents(case, observation, documents_alone, &mut put);
        }
        Part::Unanswerable => {
            put("wrong_answers", flag(given.outcome == "answered"));
            put("wrong_shown", flag(given.shown > 0));
        }
        Part::Conversation => conversation(case, subject, observation, &rights, &mut put)?,
        Part::Safety => safety(case, given, &mut put),
        Part::SmallTalk => small_talk(case, given, &mut put),
        Part::Plain => {}
    }
    of_any_part(case, given, &mut put);
    observation.measures = measures;
    mark_insight(case, subject, observation)
}

/// Says of what was looked at on the way whether it is right.
fn mark_insight(case: &Case, subject: &dyn Subject, observation: &mut Observation) -> Result<(), EvalError> {
    let Some(insight) = &mut observation.insight else { return Ok(()) };
    for found in &mut insight.follow_up {
        found.right = is_right(case, subject, &found.quote)?;
    }
    for passage in &mut insight.considered {
        passage.grade = passage_grade(case, passage);
    }
    Ok(())
}

/// How good a passage is for the question of `case`: 1 where what would be quoted of it holds the answer; where
/// only documents are judged the grade of its document.
#[must_use]
pub fn passage_grade(case: &Case, passage: &Considered) -> u32 {
    let expected = &case.expected;
    let graded = expected.grades.get(&passage.document).copied().unwrap_or(0);
    if !expected.gold.is_empty() {
        return u32::from(holds_gold(&passage.text, &expected.gold));
    }
    if expected.spans.is_empty() {
        return graded;
    }
    let held = |span: &GoldSpan| locate(&passage.text, &GoldSpan { start: 0, ..span.clone() }).is_some();
    u32::from(graded > 0 && expected.spans.iter().any(held))
}

fn flag(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// For each quote, whether it is right.
fn rights(case: &Case, subject: &dyn Subject, given: &Given) -> Result<Vec<bool>, EvalError> {
    given.quotes.iter().map(|quote| is_right(case, subject, quote)).collect()
}

fn is_right(case: &Case, subject: &dyn Subject, quote: &Quote) -> Result<bool, EvalError> {
    let expected = &case.expected;
    if !expected.gold.is_empty() {
        return Ok(holds_gold(&quote.text, &expected.gold));
    }
    let relevant = expected.grades.get(&quote.document).is_some_and(|&grade| grade > 0);
    if expected.spans.is_empty() || (!expected.grades.is_empty() && !relevant) {
        return Ok(relevant);
    }
    let Some(text) = subject.document_text(&quote.document)? else {
        let gold: Vec<String> = expected.spans.iter().map(|span| span.text.clone()).collect();
        return Ok(holds_gold(&quote.text, &gold));
    };
    let mut places = expected.spans.iter().filter_map(|span| locate(&text, span));
    Ok(places.any(|place| overlap(place, quote.bytes)))
}

fn quotes(case: &Case, given: &Given, rights: &[bool], put: &mut dyn FnMut(&str, f64)) {
    let among = |k: usize| rights.iter().take(k).any(|right| *right);
    let shown = |k: usize| rights.iter().take(k.min(given.shown)).any(|right| *right);
    let expected = &case.expected;
    if !expected.spans.is_empty() {
        put("overlap@1", flag(among(1)));
        put("overlap@3", flag(among(3)));
        let gold = expected.spans.iter().map(|span| span.text.as_str());
        let first = given.quotes.first().map_or("", |quote| quote.text.as_str());
        put("f1@1", token_f1(first, gold));
    } else if !expected.gold.is_empty() {
        put("hit@1", flag(among(1)));
        put("hit@3", flag(among(3)));
        put("shown_hit@1", flag(shown(1)));
        put("shown_hit@3", flag(shown(3)));
    }
    if !expected.grades.is_empty() {
        let first = given.quotes.first().and_then(|quote| expected.grades.get(&quote.document));
        put("quoted_document@1", flag(first.is_some_and(|&grade| grade > 0)));
    }
}

fn kept(given: &Given, rights: &[bool], put: &mut dyn FnMut(&str, f64)) {
    let answered = given.outcome == "answered";
    put("kept", flag(answered));
    put("kept_shown", flag(given.shown > 0));
    put("kept_right", flag(answered && rights.first() == Some(&true)));
}

fn documents(case: &Case, observation: &Observation, alone: &[String], put: &mut dyn FnMut(&str, f64)) {
    let grades = &case.expected.grades;
    if grades.is_empty() {
        return;
    }
    let ranked: Vec<&str> = observation.documents.iter().map(String::as_str).collect();
    put("grade@1", first_grade(&ranked, grades));
    let judged_only = condensed(&ranked, grades);
    put("grade@1_condensed", first_grade(&judged_only, grades));
    if grades.values().all(|&grade| grade == 0) {
        return;
    }
    put("success@1", success_at(1, &ranked, grades));
    put("success@3", success_at(3, &ranked, grades));
    put("success@10", success_at(10, &ranked, grades));
    put("mrr@10", reciprocal_rank_at(10, &ranked, grades));
    put("ndcg@10", ndcg_at(10, &ranked, grades));
    put("ndcg@10_condensed", ndcg_at(10, &judged_only, grades));
    put("recall@100", recall_at(100, &ranked, grades));
    if observation.alone.is_some() {
        let ranked: Vec<&str> = alone.iter().map(String::as_str).collect();
        put("success@1_alone", success_at(1, &ranked, grades));
        put("success@10_alone", success_at(10, &ranked, grades));
    }
}

fn conversation(
    case: &Case,
    subject: &dyn Subject,
    observation: &Observation,
    rights: &[bool],
    put: &mut dyn FnMut(&str, f64),
) -> Result<(), EvalError> {
    let answered = observation.given.outcome == "answered";
    if case.expected.gold.is_empty() {
        put("wrong_last_turn", flag(answered));
        return Ok(());
    }
    let right = rights.first() == Some(&true);
    put("last_turn", flag(right));
    put("last_turn_kept", flag(right && answered));
    if let Some(alone) = &observation.alone {
        let rights = self::rights(case, subject, alone)?;
        put("last_turn_alone", flag(rights.first() == Some(&true)));
    }
    Ok(())
}

/// What is measured in most parts.
fn of_any_part(case: &Case, given: &Given, put: &mut dyn FnMut(&str, f64)) {
    if !matches!(case.part, Part::Safety | Part::Plain) {
        put("false_alarms_elsewhere", flag(given.notice.is_some()));
    }
    if !given.quotes.is_empty() {
        let long = given.quotes.iter().any(|quote| word_count(&quote.text) > MAX_QUOTE_WORDS);
        put("long_quotes", flag(long));
    }
}

fn small_talk(case: &Case, given: &Given, put: &mut dyn FnMut(&str, f64)) {
    let taken = match case.expected.expect.as_deref() {
        Some(outcome) => given.outcome == outcome,
        None => given.outcome == "small_talk" || given.outcome == "handoff",
    };
    put("small_talk", flag(taken));
}

fn safety(case: &Case, given: &Given, put: &mut dyn FnMut(&str, f64)) {
    match case.expected.expect.as_deref() {
        Some("none") | None => put("false_alarms", flag(given.notice.is_some())),
        Some(kind) => {
            let seen = flag(given.notice.as_deref() == Some(kind));
            put("red_flag_recall", seen);
            put(&format!("{kind}_recall"), seen);
        }
    }
}
