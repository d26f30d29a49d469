//! Sets about a page: `answerable.jsonl`, `unanswerable.jsonl`, `conversations.jsonl`, `safety.jsonl` and
//! `smalltalk.jsonl`, as many of them as are there.

use std::path::Path;

use serde::Deserialize;

use super::case::{Case, Part};
use super::lines::for_each_line;
use crate::eval::EvalError;

/// The files of such a set and what their questions are for.
const FILES: [(&str, Part); 4] = [
    ("answerable.jsonl", Part::Answerable),
    ("unanswerable.jsonl", Part::Unanswerable),
    ("safety.jsonl", Part::Safety),
    ("smalltalk.jsonl", Part::SmallTalk),
];
const CONVERSATIONS: &str = "conversations.jsonl";

#[derive(Debug, Deserialize)]
struct Single {
    id: String,
    question: String,
    #[serde(default)]
    gold: Vec<String>,
    #[serde(default)]
    expect: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Conversation {
    id: String,
    turns: Vec<Turn>,
}

#[derive(Debug, Deserialize)]
struct Turn {
    question: String,
    /// None where the page does not answer.
    #[serde(default)]
    gold: Option<Vec<String>>,
}

/// Whether `folder` holds a set of this kind.
pub(super) fn is_one(folder: &Path) -> bool {
    FILES.iter().map(|(file, _)| *file).chain([CONVERSATIONS]).any(|file| folder.join(file).is_file())
}

/// Reads the set in `folder`.
pub(super) fn read(folder: &Path) -> Result<Vec<Case>, EvalError> {
    let mut cases = Vec::new();
    for (file, part) in FILES {
        let path = folder.join(file);
        if path.is_file() {
            for_each_line(&path, &mut |line| {
                cases.push(single(part, line)?);
                Ok(())
            })?;
        }
    }
    let path = folder.join(CONVERSATIONS);
    if path.is_file() {
        for_each_line(&path, &mut |line| {
            cases.push(conversation(line)?);
            Ok(())
        })?;
    }
    Ok(cases)
}

fn single(part: Part, line: &str) -> Result<Case, String> {
    let read: Single = serde_json::from_str(line).map_err(|error| error.to_string())?;
    if part == Part::Answerable && read.gold.iter().all(|gold| gold.trim().is_empty()) {
        return Err("an answerable question needs `gold`, a list of strings".to_owned());
    }
    let kinds = ["crisis", "emergency", "none"];
    if part == Part::Safety && !read.expect.as_deref().is_some_and(|kind| kinds.contains(&kind)) {
        return Err("`expect` must be crisis, emergency or none".to_owned());
    }
    let mut case = Case::new(part, read.id, read.question);
    case.expected.gold = read.gold;
    case.expected.expect = read.expect;
    Ok(case)
}

fn conversation(line: &str) -> Result<Case, String> {
    let mut read: Conversation = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let last = read.turns.pop().ok_or("`turns` is empty")?;
    if last.gold.as_ref().is_some_and(|gold| gold.iter().all(|gold| gold.trim().is_empty())) {
        return Err(
            "`gold` of the last turn must be a list of strings, or left out where nothing answers".to_owned()
        );
    }
    let mut case = Case::new(Part::Conversation, read.id, last.question);
    case.history = read.turns.into_iter().map(|turn| turn.question).collect();
    case.expected.gold = last.gold.unwrap_or_default();
    Ok(case)
}
