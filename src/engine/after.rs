//! Which reading of a message the documents answer most surely.
//!
//! The words alone do not always tell what a follow-up is about. Then each reading is looked up, and the
//! answers tell: a reading that is more doubtful by its words has to be surer by a margin.

use std::sync::Arc;

use super::follow_up::Leaning;
use super::{AskError, Engine};
use crate::answer::Answer;
use crate::conversation::{Doubt, Exchange, Standalone};
use crate::document::DocumentId;
use crate::retrieve::{FollowUp, Question};

/// What an answer from the document spoken of is worth, in confidence.
const SAME_DOCUMENT: f32 = 0.15;
/// So sure an answer is not held against those of other readings, which cost as much time again.
const NOT_DOUBTED: f32 = 0.7;
/// A document with fewer passages is about one thing, and a follow-up may well leave it.
const MIN_PASSAGES: usize = 12;

/// A question as read, and its answer.
pub(super) struct Surest {
    pub(super) read: String,
    pub(super) answer: Arc<Answer>,
    /// What the confidence is made of, where something is quoted for a question that may lean on what was said before.
    pub(super) signals: Option<FollowUp>,
}

/// The surest of the readings of `question` in `read`, and its answer, as sure as it is after `history`.
pub(super) fn reading(
    engine: &Engine,
    history: &[Exchange],
    question: &Question,
    read: Standalone,
) -> Result<Surest, AskError> {
    let leaning = Leaning::of(engine, history, question.text(), &read)?;
    let (read, answer) = chosen(engine, history, question, read)?;
    let Some(leaning) = leaning.filter(|leaning| leaning.leans(&read)) else {
        return Ok(Surest { read, answer, signals: None });
    };
    let finder = engine.finder()?;
    let is_quoted = !answer.citations.is_empty();
    let signals = is_quoted.then(|| leaning.signals(&finder, &read, &answer));
    let weighed = leaning.weighed(engine, &finder, &read, &answer);
    Ok(Surest { read, answer: weighed.map_or(answer, Arc::new), signals })
}

fn chosen(
    engine: &Engine,
    history: &[Exchange],
    question: &Question,
    read: Standalone,
) -> Result<(String, Arc<Answer>), AskError> {
    let longest = engine.config().answer.max_question_chars.max(question.text().chars().count());
    let free = !read.others.is_empty() && question.document().is_none();
    let last = history.last().filter(|_| free);
    let spoken_of = last.map(|last| spoken_of(engine, last)).transpose()?.flatten();
    let ask = |text: &str| -> Result<Asked, AskError> {
        let reworded = question.reworded(text, longest);
        let asked = Asked::of(engine.documents_answer(&reworded)?, spoken_of.as_ref());
        let Some(document) = spoken_of.as_ref().filter(|_| !asked.stays && text != question.text()) else {
            return Ok(asked);
        };
        let within = engine.documents_answer(&reworded.within(document.clone()))?;
        let within = Asked::of(within, spoken_of.as_ref());
        Ok(if within.worth() > asked.worth() { within } else { asked })
    };
    let mut best = (read.text, None);
    for other in read.others {
        let first = match best.1.take() {
            Some(first) => first,
            None => ask(&best.0)?,
        };
        if first.answer.confidence >= NOT_DOUBTED {
            return Ok((best.0, first.answer));
        }
        let asked = ask(&other.text)?;
        let is_surer = asked.worth() > first.worth() + margin(other.doubt);
        best = if is_surer { (other.text, Some(asked)) } else { (best.0, Some(first)) };
    }
    let answer = match best.1 {
        Some(asked) => asked.answer,
        None => engine.documents_answer(&question.reworded(&best.0, longest))?,
    };
    Ok((best.0, answer))
}

/// How much surer a reading must be than one before it.
const fn margin(doubt: Doubt) -> f32 {
    match doubt {
        Doubt::Little => 0.05,
        Doubt::Some => 0.15,
        Doubt::Great => 0.3,
    }
}

struct Asked {
    answer: Arc<Answer>,
    /// Whether it is from the document spoken of.
    stays: bool,
}

impl Asked {
    fn of(answer: Arc<Answer>, spoken_of: Option<&DocumentId>) -> Self {
        let first = answer.citations.first().map(|citation| &citation.reference.document);
        Self { stays: first.is_some() && first == spoken_of, answer }
    }

    fn worth(&self) -> f32 {
        self.answer.confidence + if self.stays { SAME_DOCUMENT } else { 0.0 }
    }
}

/// The document that was quoted first in `exchange`, where it is long enough to be stayed in.
pub(super) fn spoken_of(engine: &Engine, exchange: &Exchange) -> Result<Option<DocumentId>, AskError> {
    let Some(id) = &exchange.document else { return Ok(None) };
    let document = engine.document(id.as_str())?;
    Ok(document.filter(|document| document.passages.len() >= MIN_PASSAGES).map(|_| id.clone()))
}
