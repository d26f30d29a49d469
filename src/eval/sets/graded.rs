//! Sets with a corpus of many documents and graded judgements: `queries*.jsonl`, `qrels.tsv`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::case::{Case, GoldSpan, Part};
use super::lines::for_each_line;
use crate::eval::EvalError;

const QUERIES: &str = "queries.jsonl";
const UNANSWERABLE: &str = "queries_unanswerable.jsonl";
const QRELS: &str = "qrels.tsv";

/// Grades of documents, by question and by document.
type Qrels = BTreeMap<String, BTreeMap<String, u32>>;

#[derive(Debug, Deserialize)]
struct Query {
    #[serde(rename = "_id")]
    id: String,
    text: String,
    #[serde(default)]
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    #[serde(default)]
    answers: Vec<String>,
    #[serde(default)]
    answer_start: Vec<usize>,
    #[serde(default)]
    history: Vec<Said>,
}

#[derive(Debug, Deserialize)]
struct Said {
    role: String,
    text: String,
}

/// Whether `folder` holds a set of this kind.
pub(super) fn is_one(folder: &Path) -> bool {
    folder.join(QUERIES).is_file() || folder.join(UNANSWERABLE).is_file()
}

/// Reads the set in `folder`, with other questions or judgements than its own where they are named.
pub(super) fn read(
    folder: &Path,
    queries: Option<&Path>,
    qrels: Option<&Path>,
) -> Result<Vec<Case>, EvalError> {
    let at = |named: Option<&Path>, usual: &str| named.map_or_else(|| folder.join(usual), Path::to_owned);
    let mut cases = Vec::new();
    let asked = at(queries, QUERIES);
    if queries.is_some() || asked.is_file() {
        let judged = at(qrels, QRELS);
        let grades = if qrels.is_some() || judged.is_file() { read_qrels(&judged)? } else { Qrels::new() };
        read_queries(&asked, Part::Answerable, &grades, &mut cases)?;
    }
    cases.extend(read_unanswerable(folder)?);
    Ok(cases)
}

/// The questions of the set in `folder` that its corpus does not answer.
fn read_unanswerable(folder: &Path) -> Result<Vec<Case>, EvalError> {
    let path: PathBuf = folder.join(UNANSWERABLE);
    let mut cases = Vec::new();
    if path.is_file() {
        read_queries(&path, Part::Unanswerable, &Qrels::new(), &mut cases)?;
    }
    Ok(cases)
}

fn read_queries(path: &Path, part: Part, grades: &Qrels, cases: &mut Vec<Case>) -> Result<(), EvalError> {
    for_each_line(path, &mut |line| {
        let Query { id, text, meta } = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let mut case = Case::new(part, id, text);
        case.history = meta.history.into_iter().filter(|said| said.role == "user").map(|s| s.text).collect();
        case.expected.grades = grades.get(&case.id).cloned().unwrap_or_default();
        if meta.answer_start.is_empty() {
            case.expected.gold = meta.answers;
        } else {
            let spans = meta.answers.into_iter().zip(meta.answer_start);
            case.expected.spans = spans.map(|(text, start)| GoldSpan { text, start }).collect();
        }
        cases.push(case);
        Ok(())
    })
}

/// Reads judgements: three columns (question, document, grade) under a head line, or TREC's four
/// (question, iteration, document, grade). A negative grade counts as 0.
fn read_qrels(path: &Path) -> Result<Qrels, EvalError> {
    let mut qrels = Qrels::new();
    let mut first = true;
    for_each_line(path, &mut |line| {
        let tabs = line.contains('\t');
        let columns: Vec<&str> =
            if tabs { line.split('\t').collect() } else { line.split_whitespace().collect() };
        let ([question, document, grade] | [question, _, document, grade]) = *columns.as_slice() else {
            return Err("three or four columns are wanted: question, document, grade".to_owned());
        };
        let head = std::mem::take(&mut first);
        match grade.trim().parse::<i64>() {
            Ok(grade) => {
                let grade = u32::try_from(grade.max(0)).map_err(|_| "the grade is too large")?;
                qrels
                    .entry(question.trim().to_owned())
                    .or_default()
                    .insert(document.trim().to_owned(), grade);
            }
            Err(_) if head => {}
            Err(_) => return Err(format!("`{}` is not a whole number", grade.trim())),
        }
        Ok(())
    })?;
    Ok(qrels)
}
