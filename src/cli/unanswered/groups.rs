//! Questions that ask the same, put together: by their words, then by their meaning.
//!
//! The outcome depends on the questions and their order alone. The work is bounded: of many groups only those that were
//! asked most are compared by meaning.

#[cfg(test)]
mod pairs;
mod stance;

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::embed::{EmbedError, Embedding, Encoder};
use crate::store::{DatedQuestion, MARKS};
use crate::text::normalize::fold;
use crate::text::token::{Analyzer, WeightClass, weight_class};
use stance::Stance;

/// Groups whose first questions have at least this cosine ask the same; `pairs` measures how often.
const NEAR: f32 = 0.85;
/// Most groups that are compared by meaning.
const MAX_COMPARED: usize = 1000;
/// A term of so many bytes is a sentence of a script that writes no spaces, or may be cut.
const NO_WORD_BYTES: usize = 40;

/// Questions that ask the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group<'q> {
    /// Never empty.
    pub(super) questions: Vec<&'q DatedQuestion>,
    /// The words of the first one, without the marks of personal details.
    words: String,
    /// Those of all its questions, none of which excludes another; never empty.
    stances: Vec<Stance>,
}

/// Groups of `questions` that ask the same of the same things, most asked first, then in the order of their coming.
pub(super) fn by_words(questions: &[DatedQuestion]) -> Vec<Group<'_>> {
    let analyzer = Analyzer::english();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: HashMap<(Stance, Vec<String>), usize> = HashMap::new();
    for question in questions {
        let words = without_marks(&question.question.question);
        let stance = Stance::of(&analyzer, &words);
        let key = (stance.clone(), things(&analyzer, &words));
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.questions.push(question),
            None => groups.push(Group { questions: vec![question], words, stances: vec![stance] }),
        }
    }
    groups.sort_by_key(|group| Reverse(group.questions.len()));
    groups
}

/// Adds each of `groups` to the nearest before it that asks the same by its meaning.
///
/// # Errors
/// The encoder fails.
pub(super) fn by_meaning<'q>(
    groups: Vec<Group<'q>>,
    encoder: &Encoder,
) -> Result<Vec<Group<'q>>, EmbedError> {
    let is_compared: Vec<bool> =
        groups.iter().enumerate().map(|(at, group)| at < MAX_COMPARED && group.is_plain()).collect();
    let compared = groups.iter().zip(&is_compared).filter(|(_, is_compared)| **is_compared);
    let words: Vec<&str> = compared.map(|(group, _)| group.words.as_str()).collect();
    let mut made = encoder.encode_batch(&words)?.into_iter();
    let vectors = is_compared.iter().map(|is_compared| if *is_compared { made.next() } else { None });
    let vectors = vectors.collect();
    Ok(merged(groups, vectors))
}

/// Adds each of `groups` to the one before it whose vector is nearest to its own, where one is near and may ask the same;
/// a group without a vector stays alone.
fn merged(groups: Vec<Group<'_>>, vectors: Vec<Option<Embedding>>) -> Vec<Group<'_>> {
    let mut kept: Vec<(Group<'_>, Option<Embedding>)> = Vec::new();
    for (group, vector) in groups.into_iter().zip(vectors) {
        let near = vector.as_ref().and_then(|vector| nearest(&kept, &group, vector));
        match near.and_then(|at| kept.get_mut(at)) {
            Some((same, _)) => same.take_in(group),
            None => kept.push((group, vector)),
        }
    }
    let mut groups: Vec<Group<'_>> = kept.into_iter().map(|(group, _)| group).collect();
    groups.sort_by_key(|group| Reverse(group.questions.len()));
    groups
}

/// The place of the group that is nearest to `group`, which has this vector, and may ask the same; of equally near ones the
/// first.
fn nearest(
    groups: &[(Group<'_>, Option<Embedding>)],
    group: &Group<'_>,
    vector: &Embedding,
) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (at, (other, others)) in groups.iter().enumerate() {
        let cosine = others.as_ref().map_or(0.0, |others| others.dot(vector));
        let is_nearer = cosine >= NEAR && best.is_none_or(|(_, found)| cosine > found);
        if is_nearer && !other.excludes(group) {
            best = Some((at, cosine));
        }
    }
    best.map(|(at, _)| at)
}

impl<'q> Group<'q> {
    /// Adds the questions of `other`.
    fn take_in(&mut self, other: Group<'q>) {
        self.questions.extend(other.questions);
        for stance in other.stances {
            if !self.stances.contains(&stance) {
                self.stances.push(stance);
            }
        }
    }

    /// Whether a question of one cannot ask the same as one of the other.
    fn excludes(&self, other: &Group<'_>) -> bool {
        self.stances.iter().any(|own| other.stances.iter().any(|others| own.excludes(others)))
    }

    /// Whether the encoder can tell what is asked: it reads English.
    fn is_plain(&self) -> bool {
        let folded = fold(&self.words);
        let mut letters = folded.chars().filter(|c| c.is_alphabetic()).peekable();
        letters.peek().is_some()
            && letters.all(|c| c.is_ascii())
            && self.questions.iter().all(|dated| dated.question.language.is_none())
    }
}

fn without_marks(text: &str) -> String {
    let bare = MARKS.iter().fold(text.to_owned(), |text, mark| text.replace(mark, " "));
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The terms of what `text` names, each once, ascending; the text itself where it has no words that name anything.
fn things(analyzer: &Analyzer, text: &str) -> Vec<String> {
    let terms = analyzer.tokens(text).into_iter().map(|token| token.term);
    let mut things: Vec<String> = terms.filter(|term| weight_class(term) == WeightClass::Content).collect();
    things.sort_unstable();
    things.dedup();
    if things.is_empty() || things.iter().any(|term| term.len() >= NO_WORD_BYTES) {
        return vec![fold(text)];
    }
    things
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::DIMENSIONS;
    use crate::store::UnansweredQuestion;

    fn dated(question: &str) -> DatedQuestion {
        DatedQuestion { day: 20_000, question: UnansweredQuestion::asked(question) }
    }

    fn texts(groups: &[Group<'_>]) -> Vec<Vec<String>> {
        let text = |dated: &&DatedQuestion| dated.question.question.clone();
        groups.iter().map(|group| group.questions.iter().map(text).collect()).collect()
    }

    #[test]
    fn what_asks_the_same_of_the_same_things_is_together_and_nothing_else() {
        let asked = [
            "How long is the scan?",
            "May I swim with a cast?",
            "Where is the scan?",
            "[name] can I go swimming with my cast",
            "ok?",
            "how long will the scans be",
            "Can we swim with casts? [number]",
        ];
        let questions = asked.map(dated);
        let expected = vec![
            vec![asked[1].to_owned(), asked[3].to_owned(), asked[6].to_owned()],
            vec![asked[0].to_owned(), asked[5].to_owned()],
            vec![asked[2].to_owned()],
            vec![asked[4].to_owned()],
        ];
        assert_eq!(texts(&by_words(&questions)), expected);
    }

    #[test]
    fn sentences_without_spaces_are_not_taken_for_one_word() {
        let begin = "\u{6cbb}".repeat(30);
        let questions = [dated(&format!("{begin}\u{75db}")), dated(&format!("{begin}\u{5403}"))];
        assert_eq!(by_words(&questions).len(), 2);
    }

    /// A vector at this angle, in degrees, to the first axis.
    fn at(degrees: f32) -> Option<Embedding> {
        let mut values = [0.0; DIMENSIONS];
        (values[0], values[1]) = (degrees.to_radians().cos(), degrees.to_radians().sin());
        Some(Embedding::new(values))
    }

    #[test]
    fn a_group_joins_the_nearest_of_those_that_are_near() {
        let questions = ["a scan?", "a cast?", "a scan or so?", "a boat?", "a tooth?"].map(dated);
        let groups: Vec<Group<'_>> =
            questions.iter().flat_map(|one| by_words(std::slice::from_ref(one))).collect();
        let vectors = vec![at(0.0), at(40.0), at(22.0), at(90.0), None];
        let expected = [vec!["a cast?", "a scan or so?"], vec!["a scan?"], vec!["a boat?"], vec!["a tooth?"]];
        assert_eq!(texts(&merged(groups, vectors)), expected);
    }

    #[test]
    fn what_asks_the_opposite_is_never_together() {
        let questions = ["May I eat before the scan?", "May I eat after the scan?"].map(dated);
        let groups = by_words(&questions);
        let expected = [vec!["May I eat before the scan?"], vec!["May I eat after the scan?"]];
        assert_eq!(texts(&groups), expected, "though they name the same things");
        assert_eq!(texts(&merged(groups, vec![at(0.0), at(0.0)])), expected, "though they are near");
        let questions =
            ["May I eat on the day of the scan?", "May I eat before the scan?", "May I eat after the scan?"];
        let questions = questions.map(dated);
        let expected = [
            vec!["May I eat on the day of the scan?", "May I eat before the scan?"],
            vec!["May I eat after the scan?"],
        ];
        let groups = merged(by_words(&questions), vec![at(0.0), at(0.0), at(0.0)]);
        assert_eq!(texts(&groups), expected, "nor with a third that either may ask");
    }

    #[test]
    fn only_what_the_encoder_reads_is_compared_by_meaning() {
        let is_plain = |question: DatedQuestion| by_words(&[question])[0].is_plain();
        assert!(is_plain(dated("What\u{2019}s the r\u{f4}le of a scan \u{2013} before or after?")));
        assert!(!is_plain(dated("\u{43a}\u{430}\u{43a} \u{434}\u{43e}\u{43b}\u{433}\u{43e}?")));
        assert!(!is_plain(dated("37.5?")));
        let mut german = dated("wie lange?");
        german.question.language = Some("german".into());
        assert!(!is_plain(german));
    }
}
