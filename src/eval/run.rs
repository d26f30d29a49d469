//! Asking every question of a set and keeping what came back.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::EvalError;
use super::judge::judge;
use super::measures::ranking::distinct;
use super::sets::{Case, EvalSet, Part};
use super::subject::{Given, Insight, Subject};

/// Passages asked for where documents are ranked; also the most that a server gives.
const RANKED: usize = 100;

/// How a set is run.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Questions asked at the same time.
    pub threads: usize,
    /// Passages whose features are kept for each question; 0 for none.
    pub considered: usize,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { threads: 2, considered: 0 }
    }
}

/// One question and what came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The question's id in the set.
    pub id: String,
    /// What it is for.
    pub part: Part,
    /// As typed.
    pub question: String,
    /// What was answered.
    pub given: Given,
    /// What was answered with the history withheld, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<Given>,
    /// Documents found, best first, where the set judges documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<String>,
    /// How the answer came about, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insight: Option<Insight>,
    /// Whether the first quote is right, where the set can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<bool>,
    /// What each measure says of this question, by name.
    pub measures: BTreeMap<String, f64>,
}

/// A set as run against a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Name of the set.
    pub set: String,
    /// What was asked.
    pub subject: String,
    /// In the order of the set.
    pub observations: Vec<Observation>,
}

/// Asks every question of `set`; `asked` hears after each how many are done.
///
/// # Errors
/// The first question, in the order of the set, that could not be asked.
pub fn run(
    set: &EvalSet,
    subject: &dyn Subject,
    options: RunOptions,
    asked: &(dyn Fn(usize) + Sync),
) -> Result<Run, EvalError> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let failed = std::sync::atomic::AtomicBool::new(false);
    let results = Mutex::new(Vec::with_capacity(set.cases.len()));
    std::thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = set.cases.get(at) else { break };
                    let result = observe(case, subject, options.considered);
                    failed.fetch_or(result.is_err(), Ordering::Relaxed);
                    if let Ok(mut results) = results.lock() {
                        results.push((at, result));
                    }
                    asked(done.fetch_add(1, Ordering::Relaxed) + 1);
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(at, _)| *at);
    let observations = results.into_iter().map(|(_, result)| result).collect::<Result<_, _>>()?;
    Ok(Run { set: set.name.clone(), subject: subject.describe(), observations })
}

fn observe(case: &Case, subject: &dyn Subject, considered: usize) -> Result<Observation, EvalError> {
    let given = subject.ask(&case.question, &case.history)?;
    let ranked = |history: &[String]| -> Result<Vec<String>, EvalError> {
        let found = subject.search(&case.question, history, RANKED)?;
        let found = distinct(found.iter().map(|found| found.document.as_str()));
        Ok(found.into_iter().map(str::to_owned).collect())
    };
    let judges_documents = case.part == Part::Answerable && !case.expected.grades.is_empty();
    let documents = if judges_documents { ranked(&case.history)? } else { Vec::new() };
    let (mut alone, mut documents_alone) = (None, Vec::new());
    if !case.history.is_empty() {
        alone = Some(subject.ask(&case.question, &[])?);
        documents_alone = if judges_documents { ranked(&[])? } else { Vec::new() };
    }
    let insight = match considered {
        0 => None,
        limit => subject.explain(&case.question, &case.history, limit)?,
    };
    let mut observation = Observation {
        id: case.id.clone(),
        part: case.part,
        question: case.question.clone(),
        given,
        alone,
        documents,
        insight,
        right: None,
        measures: BTreeMap::new(),
    };
    judge(case, subject, &mut observation, &documents_alone)?;
    Ok(observation)
}
