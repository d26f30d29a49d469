//! Unanswerable questions for a set that has none: the answers of half of its questions are hidden.

use std::collections::BTreeSet;

use super::EvalError;
use super::random::hash;
use super::sets::{Case, EvalSet, Expected, Part};

/// A set in two halves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halves {
    /// To be asked of the whole corpus.
    pub answered: EvalSet,
    /// To be asked, as unanswerable questions, of a corpus without `records`.
    pub hidden: EvalSet,
    /// Every document that is relevant to a question of `hidden`.
    pub records: BTreeSet<String>,
}

/// Cuts the answerable questions of `set` into halves by a hash of `seed` and the first document, by id, that is
/// relevant to them, so that about half of the documents stay. All other questions stay in the first half.
///
/// # Errors
/// The set does not say which documents answer.
pub fn hide_half(set: &EvalSet, seed: u64) -> Result<Halves, EvalError> {
    let hides =
        |case: &Case| case.part == Part::Answerable && case.is_judged() && hash(seed, &case.id) & 1 == 1;
    let (hidden, answered): (Vec<Case>, Vec<Case>) = set.cases.iter().cloned().partition(|case| hides(case));
    let records: BTreeSet<String> = hidden
        .iter()
        .flat_map(|case| &case.expected.grades)
        .filter(|(_, grade)| **grade > 0)
        .map(|(document, _)| document.clone())
        .collect();
    if records.is_empty() {
        let why = "this set does not say which documents answer, so none can be hidden";
        return Err(EvalError::Unusable(why.to_owned()));
    }
    let unanswerable = |case: Case| Case {
        id: format!("hidden {}", case.id),
        part: Part::Unanswerable,
        expected: Expected::default(),
        ..case
    };
    let half = |cases: Vec<Case>| EvalSet { cases, ..set.clone() };
    let hidden = half(hidden.into_iter().map(unanswerable).collect());
    Ok(Halves { answered: half(answered), hidden, records })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_half_is_hidden_and_with_it_all_that_is_relevant_to_it() {
        let case = |n: usize| {
            let mut case = Case::new(Part::Answerable, n.to_string(), "?".to_owned());
            case.expected.grades = [(format!("d{n}"), 2), (format!("no{n}"), 0)].into();
            case
        };
        let mut cases: Vec<Case> = (0..200).map(case).collect();
        cases.push(Case::new(Part::Unanswerable, "u".into(), "?".into()));
        let set = EvalSet { name: "s".into(), corpus: None, cases };
        let halves = hide_half(&set, 1).unwrap();
        let hidden = halves.hidden.cases.len();
        assert!((70..130).contains(&hidden), "{hidden}");
        assert_eq!(halves.answered.cases.len() + hidden, 201);
        assert_eq!(halves.records.len(), hidden, "what is judged not relevant stays");
        assert!(halves.hidden.cases.iter().all(|case| case.part == Part::Unanswerable && !case.is_judged()));
        assert_eq!(halves, hide_half(&set, 1).unwrap());
        assert_ne!(halves, hide_half(&set, 2).unwrap());
    }

    #[test]
    fn without_judged_documents_nothing_can_be_hidden() {
        let mut case = Case::new(Part::Answerable, "1".into(), "?".into());
        case.expected.gold = vec!["x".into()];
        let cases = vec![case];
        let set = EvalSet { name: "s".into(), corpus: None, cases };
        assert!(hide_half(&set, 1).is_err() && hide_half(&set, 2).is_err());
    }
}
