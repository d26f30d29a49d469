//! What the shipped corpus answers, kept in `tests/golden/answers.json`.
//!
//! `IBID_UPDATE_GOLDEN=1 cargo test golden` writes the file anew; read the difference before committing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ibid::answer::{Outcome, Relation};
use ibid::engine::Engine;
use serde_json::{Value, json};

use crate::corpus::{Corpus, ask};
use crate::verbatim::assert_verbatim;

const FILE: &str = "tests/golden/answers.json";
const QUESTIONS: &str = "tests/golden/questions.txt";

/// The shipped corpus, read once for all; what is mapped of its index stays when the folder goes.
fn shipped() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Corpus::shipped().engine());
    &ENGINE
}

#[test]
fn golden_answers_of_the_shipped_corpus() {
    let engine = shipped();
    let mut answers = BTreeMap::new();
    for question in std::fs::read_to_string(QUESTIONS).unwrap().lines() {
        let answer = ask(engine, question);
        assert_verbatim(engine, &answer);
        let citations: Vec<Value> = answer
            .citations
            .iter()
            .map(|citation| {
                let cited = |relation| {
                    let of = citation
                        .reference
                        .bibliography
                        .iter()
                        .filter(move |entry| entry.relation == relation);
                    of.map(|entry| entry.label.clone()).collect::<Vec<_>>()
                };
                json!({
                    "quote": citation.quote,
                    "section": citation.reference.section,
                    "lines": citation.reference.lines,
                    "cited": cited(Relation::Cited),
                    "related": cited(Relation::Related),
                })
            })
            .collect();
        let reason = answer.reason.map(|reason| format!("{reason:?}"));
        let value =
            json!({"outcome": format!("{:?}", answer.outcome), "reason": reason, "citations": citations});
        answers.insert(question.to_owned(), value);
    }
    let found = serde_json::to_string_pretty(&answers).unwrap() + "\n";
    if std::env::var_os("IBID_UPDATE_GOLDEN").is_some() {
        std::fs::write(FILE, &found).unwrap();
    }
    let golden: BTreeMap<String, Value> =
        serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    for (question, answer) in &answers {
        assert_eq!(golden.get(question), Some(answer), "{question}");
    }
    assert_eq!(golden.len(), answers.len(), "an answer is kept that nobody asks for");
}

/// The promise of the first page of the manual.
#[test]
fn how_long_prrt_takes_is_quoted_with_section_and_literature() {
    let answer = ask(shipped(), "how long does PRRT take to work?");
    assert_eq!(answer.outcome, Outcome::Answered);
    let first = &answer.citations[0];
    assert!(
        first.quote.contains("days to weeks") || first.quote.contains("days and weeks"),
        "{}",
        first.quote
    );
    assert!(first.reference.section.iter().any(|heading| heading.contains("PRRT")));
    assert!(first.reference.bibliography.iter().any(|entry| entry.relation == Relation::Cited));
}

#[test]
fn what_no_document_holds_is_not_found() {
    for question in ["what is the capital of France", "how do I bake bread", "parking fees"] {
        let answer = ask(shipped(), question);
        assert_eq!(answer.outcome, Outcome::NotFound, "{question}: {answer:#?}");
        assert!(answer.citations.is_empty() && answer.reason.is_some());
    }
}
