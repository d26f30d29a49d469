//! From runs to what the weights are fitted on.

use std::collections::BTreeSet;

use super::logistic::Example;
use super::ranking::{Group, Row, tells};
use crate::eval::random::hash;
use crate::eval::run::{Observation, Run};
use crate::eval::sets::Part;
use crate::retrieve::{Features, FollowUp, Sign, Signals};

/// Everything that is learned from, in the order of the runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lessons {
    /// Names of the features, ascending.
    pub features: Vec<String>,
    /// Names of the signals, ascending.
    pub signals: Vec<String>,
    /// Passages, a group a question, each with its fold.
    pub groups: Vec<(Group, usize)>,
    /// Questions, each with its fold.
    pub examples: Vec<(Example, usize)>,
    /// Of each example, whether its question is answerable.
    pub answerable: Vec<bool>,
    /// Whether the examples are last turns of conversations, and not single questions.
    in_conversation: bool,
}

impl Lessons {
    /// Takes what `runs` hold; each run counts its weight in all, however many questions it has. A question
    /// falls into one of `folds` folds by its id.
    #[must_use]
    pub fn of(runs: &[(Run, f32)], folds: usize, seed: u64) -> Self {
        let observations = || runs.iter().flat_map(|(run, _)| &run.observations);
        let considered = observations().filter_map(|one| one.insight.as_ref()).flat_map(|i| &i.considered);
        let features = names(considered.flat_map(|passage| &passage.features));
        let signals = names(observations().filter_map(|o| o.insight.as_ref()).flat_map(|i| &i.signals));
        Self { features, signals, ..Self::default() }.taking(runs, folds, seed)
    }

    /// The same of the last turns of conversations that may lean on what was said before: what was found for each, and
    /// what of it came first.
    #[must_use]
    pub fn of_conversations(runs: &[(Run, f32)], folds: usize, seed: u64) -> Self {
        let figures = FollowUp::NAMES.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        let signals: Vec<String> = figures.into_iter().collect();
        let orders = |name: &&String| !FollowUp::UNORDERED.contains(&name.as_str());
        let features = signals.iter().filter(orders).cloned().collect();
        Self { features, signals, in_conversation: true, ..Self::default() }.taking(runs, folds, seed)
    }

    fn taking(mut self, runs: &[(Run, f32)], folds: usize, seed: u64) -> Self {
        for (run, weight) in runs {
            self.take(run, *weight, folds, seed);
        }
        self
    }

    /// Whether the feature at place `at` may speak against a passage.
    #[must_use]
    pub fn may_be_negative(&self, at: usize) -> bool {
        self.in_conversation
            || self.features.get(at).is_none_or(|name| Features::AGAINST.contains(&name.as_str()))
    }

    /// The sign that the weight of the signal at place `at` may have.
    #[must_use]
    pub fn sign(&self, at: usize) -> Sign {
        match self.signals.get(at) {
            Some(name) if !self.in_conversation => Signals::sign(name),
            _ => Sign::Either,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of questions")]
    fn take(&mut self, run: &Run, weight: f32, folds: usize, seed: u64) {
        let (mut groups, mut examples) = (Vec::new(), Vec::new());
        for one in &run.observations {
            let fold = usize::try_from(hash(seed, &one.id) % folds.max(1) as u64).unwrap_or(0);
            groups.extend(self.group(one).map(|group| (group, fold)));
            if let Some(example) = self.example(one) {
                examples.push((example, fold));
                self.answerable.push(match one.part {
                    Part::Conversation => one.right.is_some(),
                    part => part != Part::Unanswerable,
                });
            }
        }
        let share = |count: usize| 1000.0 * weight / count.max(1) as f32;
        let (each_group, each_example) = (share(groups.len()), share(examples.len()));
        groups.iter_mut().for_each(|(group, _)| group.weight = each_group);
        examples.iter_mut().for_each(|(example, _)| example.weight = each_example);
        self.groups.append(&mut groups);
        self.examples.append(&mut examples);
    }

    fn group(&self, one: &Observation) -> Option<Group> {
        if self.in_conversation {
            let found = one.insight.as_ref()?.follow_up.iter();
            let rows = found.map(|found| Row {
                features: in_order(&self.features, &found.figures),
                grade: f32::from(u8::from(found.right)),
            });
            return Some(Group { rows: rows.collect(), weight: 1.0 }).filter(tells);
        }
        let considered = &one.insight.as_ref()?.considered;
        #[expect(clippy::cast_precision_loss, reason = "grades are small")]
        let rows = considered.iter().map(|passage| Row {
            features: in_order(&self.features, &passage.features),
            grade: passage.grade as f32,
        });
        Some(Group { rows: rows.collect(), weight: 1.0 }).filter(tells)
    }

    fn example(&self, one: &Observation) -> Option<Example> {
        if self.in_conversation {
            let first = one.insight.as_ref()?.follow_up.first()?;
            let signals = in_order(&self.signals, &first.figures);
            return Some(Example { signals, right: first.right, weight: 1.0 });
        }
        let right = match one.part {
            Part::Answerable => one.right?,
            Part::Unanswerable => false,
            _ => return None,
        };
        let signals = &one.insight.as_ref()?.signals;
        // Where nothing was found there is nothing to be unsure of.
        if one.given.quotes.is_empty() {
            return None;
        }
        Some(Example { signals: in_order(&self.signals, signals), right, weight: 1.0 })
    }
}

fn names<'a>(figures: impl Iterator<Item = &'a (String, f64)>) -> Vec<String> {
    let names: BTreeSet<&str> = figures.map(|(name, _)| name.as_str()).collect();
    names.into_iter().map(str::to_owned).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "features are kept in single precision")]
fn in_order(names: &[String], figures: &[(String, f64)]) -> Vec<f32> {
    let value = |name: &String| figures.iter().find(|(known, _)| known == name).map_or(0.0, |(_, v)| *v);
    names.iter().map(|name| value(name) as f32).collect()
}
