//! Measures of an ordered list of documents against graded judgements.
//!
//! A document is relevant from grade 1 on; one without a judgement counts as not relevant unless the list
//! is [`condensed`] first.

use std::collections::{BTreeMap, BTreeSet};

/// Grades by document.
pub type Grades = BTreeMap<String, u32>;

/// `found` without later mentions of the same document: a passage stands for its document.
#[must_use]
pub fn distinct<'a>(found: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    found.into_iter().filter(|document| seen.insert(*document)).collect()
}

/// `ranked` without the documents that nobody has judged (Sakai, "Alternatives to bpref", SIGIR 2007).
#[must_use]
pub fn condensed<'a>(ranked: &[&'a str], grades: &Grades) -> Vec<&'a str> {
    ranked.iter().copied().filter(|document| grades.contains_key(*document)).collect()
}

fn grade(grades: &Grades, document: &str) -> u32 {
    grades.get(document).copied().unwrap_or(0)
}

/// 1 where one of the first `k` is relevant, else 0.
#[must_use]
pub fn success_at(k: usize, ranked: &[&str], grades: &Grades) -> f64 {
    f64::from(u8::from(ranked.iter().take(k).any(|document| grade(grades, document) > 0)))
}

/// One over the place of the first relevant document among the first `k`, else 0.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "places in a list")]
pub fn reciprocal_rank_at(k: usize, ranked: &[&str], grades: &Grades) -> f64 {
    let first = ranked.iter().take(k).position(|document| grade(grades, document) > 0);
    first.map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

/// Normalised discounted cumulative gain over the first `k` with the grade as the gain and
/// `log2(place + 1)` as the discount (Järvelin and Kekäläinen, TOIS 2002, as `trec_eval` has it); 0 where
/// nothing is relevant.
#[must_use]
pub fn ndcg_at(k: usize, ranked: &[&str], grades: &Grades) -> f64 {
    let mut best: Vec<u32> = grades.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = gain(best.into_iter().take(k));
    if ideal > 0.0 { gain(ranked.iter().take(k).map(|d| grade(grades, d))) / ideal } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "places in a list")]
fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    grades.enumerate().map(|(place, grade)| f64::from(grade) / ((place + 2) as f64).log2()).sum()
}

/// The share of the relevant documents among the first `k`; 0 where nothing is relevant.
#[must_use]
pub fn recall_at(k: usize, ranked: &[&str], grades: &Grades) -> f64 {
    let relevant = grades.values().filter(|&&grade| grade > 0).count();
    let found = ranked.iter().take(k).filter(|document| grade(grades, document) > 0).count();
    super::share(found, relevant).unwrap_or(0.0)
}

/// The grade of the first document, 0 of an empty list.
#[must_use]
pub fn first_grade(ranked: &[&str], grades: &Grades) -> f64 {
    ranked.first().map_or(0.0, |document| f64::from(grade(grades, document)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grades(of: &[(&str, u32)]) -> Grades {
        of.iter().map(|&(document, grade)| (document.to_owned(), grade)).collect()
    }

    #[test]
    fn the_measures_are_those_worked_out_by_hand() {
        let judged = grades(&[("a", 3), ("b", 1), ("c", 0), ("d", 2)]);
        let ranked = ["x", "b", "c", "a"];
        assert_eq!(success_at(1, &ranked, &judged), 0.0);
        assert_eq!(success_at(2, &ranked, &judged), 1.0);
        assert_eq!(reciprocal_rank_at(10, &ranked, &judged), 0.5);
        assert_eq!(reciprocal_rank_at(1, &ranked, &judged), 0.0);
        assert_eq!(recall_at(4, &ranked, &judged), 2.0 / 3.0);
        assert_eq!(recall_at(3, &ranked, &judged), 1.0 / 3.0);
        // 1 / log2(3) + 3 / log2(5) over 3 + 2 / log2(3) + 1 / 2
        let expected = (0.630_929_75 + 1.292_029_67) / (3.0 + 1.261_859_51 + 0.5);
        assert!((ndcg_at(10, &ranked, &judged) - expected).abs() < 1e-7);
        assert_eq!(first_grade(&ranked, &judged), 0.0);
        assert_eq!(first_grade(&condensed(&ranked, &judged), &judged), 1.0);
        assert_eq!(condensed(&ranked, &judged), ["b", "c", "a"]);
    }

    #[test]
    fn several_passages_of_one_document_count_once() {
        assert_eq!(distinct(["a", "a", "b", "a"]), ["a", "b"]);
    }

    #[test]
    fn nothing_found_and_nothing_relevant_is_0() {
        let none = grades(&[("a", 0)]);
        assert_eq!((ndcg_at(10, &["a"], &none), recall_at(10, &["a"], &none)), (0.0, 0.0));
        assert_eq!((first_grade(&[], &none), success_at(3, &[], &none)), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn the_best_order_has_an_ndcg_of_1_and_no_order_has_more(
            of in prop::collection::vec(0_u32..4, 1..12),
            turns in 0_usize..12,
        ) {
            let names: Vec<String> = (0..of.len()).map(|n| format!("d{n}")).collect();
            let judged: Grades = names.iter().cloned().zip(of.iter().copied()).collect();
            let mut ranked: Vec<&str> = names.iter().map(String::as_str).collect();
            ranked.rotate_left(turns % of.len());
            let value = ndcg_at(10, &ranked, &judged);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&value));
            ranked.sort_by_key(|d| std::cmp::Reverse(judged[*d]));
            if of.iter().any(|&grade| grade > 0) {
                prop_assert!((ndcg_at(10, &ranked, &judged) - 1.0).abs() < 1e-12);
            }
        }
    }
}
