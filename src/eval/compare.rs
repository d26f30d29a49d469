//! Two runs of the same set, question by question.

use std::collections::BTreeMap;

use super::figures::{MEANS, confidences};
use super::measures::abstention::{Judged, auroc};
use super::measures::mean;
use super::measures::resampling::randomisation_p;
use super::random::Random;
use super::run::{Observation, Run};

/// Shuffles for a figure that is made of all confidences at once; each sorts them anew.
const WHOLE_SHUFFLES: usize = 1000;

/// A figure of both runs over the questions that both have.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// In the run compared with.
    pub before: f64,
    /// In this run.
    pub after: f64,
    /// Chance of a difference as large if the runs were alike, by a paired randomisation test.
    pub p: f64,
    /// Questions of which more is said now.
    pub up: usize,
    /// Questions of which less is said now.
    pub down: usize,
    /// Questions in all.
    pub questions: usize,
}

/// A question whose first quote was right in one run only.
#[derive(Debug, Clone, PartialEq)]
pub struct Turned<'a> {
    /// As it was.
    pub before: &'a Observation,
    /// As it is.
    pub after: &'a Observation,
}

/// The figures of `after` beside those of `before`, over the questions of both.
#[must_use]
pub fn differences(before: &Run, after: &Run, seed: u64) -> Vec<Difference> {
    let pairs = pairs(before, after);
    let means = MEANS.iter().filter_map(|(name, ..)| {
        let values = |one: &Observation| one.measures.get(*name).copied();
        let both: Vec<(f64, f64)> =
            pairs.iter().filter_map(|(old, new)| Some((values(old)?, values(new)?))).collect();
        let changes: Vec<f64> = both.iter().map(|(old, new)| new - old).collect();
        Some(Difference {
            name: (*name).to_owned(),
            before: mean(both.iter().map(|pair| pair.0))?,
            after: mean(both.iter().map(|pair| pair.1))?,
            p: randomisation_p(&changes, seed),
            up: changes.iter().filter(|change| **change > 0.0).count(),
            down: changes.iter().filter(|change| **change < 0.0).count(),
            questions: both.len(),
        })
    });
    means.chain(auroc_difference(&pairs, seed)).collect()
}

/// Questions whose first quote is right now and was not, and the other way round.
#[must_use]
pub fn turned<'a>(before: &'a Run, after: &'a Run) -> (Vec<Turned<'a>>, Vec<Turned<'a>>) {
    let (mut won, mut lost) = (Vec::new(), Vec::new());
    for (before, after) in pairs(before, after) {
        match (good(before), good(after)) {
            (false, true) => won.push(Turned { before, after }),
            (true, false) => lost.push(Turned { before, after }),
            _ => {}
        }
    }
    (won, lost)
}

/// Whether the question was dealt with as it should be: a right first quote, nothing shown where nothing
/// answers, the right notice, small talk taken as such.
fn good(one: &Observation) -> bool {
    let is = |name: &str, wanted: f64| one.measures.get(name).is_some_and(|value| *value == wanted);
    one.right == Some(true)
        || is("wrong_shown", 0.0)
        || is("red_flag_recall", 1.0)
        || is("false_alarms", 0.0)
        || is("small_talk", 1.0)
}

/// The observations of the questions that both runs have, in the order of `after`.
fn pairs<'a>(before: &'a Run, after: &'a Run) -> Vec<(&'a Observation, &'a Observation)> {
    let known: BTreeMap<_, _> =
        before.observations.iter().map(|one| ((one.part, one.id.as_str()), one)).collect();
    let partner = |one: &'a Observation| Some((*known.get(&(one.part, one.id.as_str()))?, one));
    after.observations.iter().filter_map(partner).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of shuffles")]
fn auroc_difference(pairs: &[(&Observation, &Observation)], seed: u64) -> Option<Difference> {
    let of = |pick: &dyn Fn(&(&Observation, &Observation)) -> Observation| -> Vec<Judged> {
        confidences(&pairs.iter().map(pick).collect::<Vec<_>>()).0
    };
    let (old, new) = (of(&|pair| pair.0.clone()), of(&|pair| pair.1.clone()));
    let (before, after) = (auroc(&old)?, auroc(&new)?);
    let mut random = Random::new(seed);
    let mut as_far = 1_usize;
    for _ in 0..WHOLE_SHUFFLES {
        let (mut a, mut b) = (Vec::with_capacity(old.len()), Vec::with_capacity(old.len()));
        for (x, y) in old.iter().zip(&new) {
            let (x, y) = if random.flip() { (x, y) } else { (y, x) };
            a.push(*x);
            b.push(*y);
        }
        let far = (auroc(&b)? - auroc(&a)?).abs() >= (after - before).abs() - 1e-12;
        as_far += usize::from(far);
    }
    let moved = |up: bool| {
        let change = |(x, y): (&Judged, &Judged)| {
            if up { y.confidence > x.confidence } else { y.confidence < x.confidence }
        };
        old.iter().zip(&new).filter(|pair| change(*pair)).count()
    };
    Some(Difference {
        name: "auroc".to_owned(),
        before,
        after,
        p: as_far as f64 / (WHOLE_SHUFFLES + 1) as f64,
        up: moved(true),
        down: moved(false),
        questions: old.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::sets::Part;
    use crate::eval::subject::Given;

    fn observation(id: &str, part: Part, confidence: f64, right: bool) -> Observation {
        let hit = (part == Part::Answerable).then(|| ("hit@1".to_owned(), f64::from(u8::from(right))));
        Observation {
            id: id.into(),
            part,
            question: String::new(),
            given: Given { confidence, ..Given::default() },
            alone: None,
            documents: Vec::new(),
            insight: None,
            right: (part == Part::Answerable).then_some(right),
            measures: hit.into_iter().collect(),
        }
    }

    fn run(rights: &[bool], confidence: f64) -> Run {
        let asked = rights.iter().enumerate();
        let mut all: Vec<Observation> = asked
            .map(|(n, right)| observation(&n.to_string(), Part::Answerable, confidence, *right))
            .collect();
        all.push(observation("u", Part::Unanswerable, 0.5, false));
        Run { set: "s".into(), subject: String::new(), observations: all }
    }

    #[test]
    fn wins_losses_and_figures_are_those_of_the_questions_in_both() {
        let mut before = run(&[true, false, false, false], 0.4);
        let after = run(&[false, true, true, false], 0.9);
        before.observations.remove(3);
        let (won, lost) = turned(&before, &after);
        let ids = |turned: &[Turned<'_>]| turned.iter().map(|t| t.after.id.clone()).collect::<Vec<_>>();
        assert_eq!((ids(&won), ids(&lost)), (vec!["1".into(), "2".into()], vec!["0".into()]));
        let all = differences(&before, &after, 1);
        let hit = &all[0];
        assert_eq!((hit.name.as_str(), hit.questions, hit.up, hit.down), ("hit@1", 3, 2, 1));
        assert_eq!((hit.before, hit.after), (1.0 / 3.0, 2.0 / 3.0));
        assert!(hit.p > 0.9, "three changes prove nothing: {}", hit.p);
        let area = all.last().unwrap();
        assert_eq!((area.name.as_str(), area.before, area.after), ("auroc", 0.0, 1.0));
    }

    #[test]
    fn a_run_does_not_differ_from_itself() {
        let one = run(&[true, false], 0.4);
        assert!(differences(&one, &one, 1).iter().all(|d| d.p == 1.0 && d.up == 0 && d.down == 0));
    }
}
