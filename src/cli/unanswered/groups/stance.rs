//! What is asked of the things that a question names: "before the scan" and "after the scan", "what may I eat" and "what may I
//! not eat", "can I see it" and "who can see it". Neither the names of things nor a vector tells such questions apart.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::retrieve::QuestionKind;
use crate::text::token::Analyzer;

/// Each line has sides that exclude each other, parted by bars; the words of a side say the same.
const OPPOSITES: &str = "\
before prior | during while whilst | after afterwards following
high higher highest | low lower lowest
more | less fewer
left | right
start begin | stop
increase raise gain | reduce decrease lower lose
hot warm | cold
adult | child children baby
man men | woman women
";
/// In the words of the analyzer, which drops apostrophes.
const NEGATIONS: &str = "not never without except cannot cant dont doesnt didnt isnt arent wasnt werent couldnt wont wouldnt \
    hasnt havent hadnt shouldnt aint";

/// Terms with the sides that they stand on.
static SIDES: LazyLock<HashMap<String, Vec<Side>>> = LazyLock::new(|| {
    let analyzer = Analyzer::english();
    let mut sides: HashMap<String, Vec<Side>> = HashMap::new();
    for (line, words) in (0..).zip(OPPOSITES.lines()) {
        for (side, words) in (0..).zip(words.split('|')) {
            for word in words.split_whitespace() {
                let known = sides.entry(analyzer.term(word)).or_default();
                if !known.contains(&(line, side)) {
                    known.push((line, side));
                }
            }
        }
    }
    sides
});
static NEGATION_TERMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let analyzer = Analyzer::english();
    NEGATIONS.split_whitespace().map(|word| analyzer.term(word)).collect()
});

/// The number of a line of [`OPPOSITES`] and of a side of it.
type Side = (u8, u8);

/// The kind of a question and the sides that it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Stance {
    kind: QuestionKind,
    /// Each once, ascending.
    sides: Vec<Side>,
    is_negated: bool,
}

impl Stance {
    /// Reads it. A question that begins with its negation ("can't I drive?") asks the same as without.
    pub(super) fn of(analyzer: &Analyzer, question: &str) -> Self {
        let terms: Vec<String> = analyzer.tokens(question).into_iter().map(|token| token.term).collect();
        let mut sides: Vec<Side> =
            terms.iter().filter_map(|term| SIDES.get(term)).flatten().copied().collect();
        sides.sort_unstable();
        sides.dedup();
        let kind = QuestionKind::of(question);
        Self { kind, sides, is_negated: terms.iter().skip(1).any(|term| NEGATION_TERMS.contains(term)) }
    }

    /// Whether two questions cannot ask the same: one is negated and the other is not, one asks who, where or why and the
    /// other something else, or they stand on sides of a line of which they share none.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        let parted = |side: &Side| {
            let is_of_line = |found: &&Side| found.0 == side.0;
            let mut own = self.sides.iter().filter(is_of_line);
            let others = other.sides.iter().filter(is_of_line).count();
            others > 0 && !own.any(|own| other.sides.contains(own))
        };
        self.is_negated != other.is_negated
            || are_parted(self.kind, other.kind)
            || self.sides.iter().any(parted)
    }
}

/// Whether one kind asks who, where or why and the other surely something else.
fn are_parted(one: QuestionKind, other: QuestionKind) -> bool {
    let is_plain = |kind| matches!(kind, QuestionKind::Person | QuestionKind::Place | QuestionKind::Reason);
    one != other && (is_plain(one) || is_plain(other)) && ![one, other].contains(&QuestionKind::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excludes(one: &str, other: &str) -> bool {
        let analyzer = Analyzer::english();
        let [one, other] = [one, other].map(|question| Stance::of(&analyzer, question));
        assert_eq!(one.excludes(&other), other.excludes(&one));
        one.excludes(&other)
    }

    #[test]
    fn what_is_asked_of_opposite_things_is_not_the_same() {
        for (one, other) in [
            ("Can I eat before the scan?", "Can I eat after the scan?"),
            ("Can I fly during treatment?", "Can I fly following treatment?"),
            ("Is my blood pressure too high?", "is my blood pressure low"),
            ("What may I eat?", "What may I not eat?"),
            ("Which drugs help?", "which drugs don\u{2019}t help"),
            ("Do I start the tablets now?", "Do I stop the tablets now?"),
            ("Can I see my records?", "Who can see my records?"),
        ] {
            assert!(excludes(one, other), "{one} {other}");
        }
    }

    #[test]
    fn what_one_says_and_the_other_leaves_open_may_be_the_same() {
        for (one, other) in [
            ("Can I eat before the scan?", "Can I eat on the day of the scan?"),
            ("When can I drive after surgery?", "How soon before I can drive after surgery?"),
            ("Can I drive?", "Can't I drive?"),
            ("When can I drive?", "How long until I can drive?"),
            ("Why can't I eat?", "Why am I not to eat?"),
        ] {
            assert!(!excludes(one, other), "{one} {other}");
        }
    }
}
