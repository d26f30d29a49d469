//! How well questions that ask the same are told from those that don't, by where the cosine is drawn.
//!
//! `cargo test --lib groups::pairs -- --ignored --nocapture` prints the figures. Two thirds of the pairs of the
//! second kind share nearly all of their words: among what patients ask few pairs are so alike, so that fewer are joined
//! wrongly there. The opposites of `stance` were chosen with these pairs in view; others may fare worse.

use super::*;
use crate::cli::terminal::Terminal;
use crate::embed::EncoderConfig;
use crate::store::UnansweredQuestion;

const FIXTURE: &str = include_str!("../../../../tests/fixtures/question-pairs.tsv");
/// Cosines in hundredths at which the figures are told.
const LIMITS: std::ops::RangeInclusive<u8> = 80..=95;

struct Pair {
    asks_the_same: bool,
    questions: [&'static str; 2],
}

/// What grouping sees of a pair.
struct Seen {
    asks_the_same: bool,
    is_joined_by_words: bool,
    /// None where no cosine would join them.
    cosine: Option<f32>,
}

impl Seen {
    fn is_joined(&self, limit: f32) -> bool {
        self.is_joined_by_words || self.cosine.is_some_and(|cosine| cosine >= limit)
    }
}

fn pairs() -> Vec<Pair> {
    let lines = FIXTURE.lines().filter(|line| !line.starts_with('#'));
    let pair = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [kind, one, other] = cells[..] else { panic!("three cells are wanted: {line}") };
        let asks_the_same = match kind {
            "same" => true,
            "other" => false,
            kind => panic!("`{kind}` is neither same nor other: {line}"),
        };
        Pair { asks_the_same, questions: [one, other] }
    };
    lines.map(pair).collect()
}

fn seen(pair: &Pair, encoder: &Encoder) -> Seen {
    let questions = pair
        .questions
        .map(|question| DatedQuestion { day: 20_000, question: UnansweredQuestion::asked(question) });
    let groups = by_words(&questions);
    let cosine = match &groups[..] {
        [one, other] if one.is_plain() && other.is_plain() && !one.excludes(other) => {
            let vectors = encoder.encode_batch(&[one.words.as_str(), other.words.as_str()]).unwrap();
            Some(vectors[0].dot(&vectors[1]))
        }
        _ => None,
    };
    Seen { asks_the_same: pair.asks_the_same, is_joined_by_words: groups.len() == 1, cosine }
}

/// How many pairs that ask the same are joined, and how many others.
fn joined(seen: &[Seen], limit: f32) -> (usize, usize) {
    let joined = |asks_the_same: bool| {
        seen.iter().filter(|pair| pair.asks_the_same == asks_the_same && pair.is_joined(limit)).count()
    };
    (joined(true), joined(false))
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn row(name: &str, seen: &[Seen], limit: f32) -> String {
    let same = seen.iter().filter(|pair| pair.asks_the_same).count();
    let (right, wrong) = joined(seen, limit);
    let (precision, recall) = (share(right, right + wrong), share(right, same));
    format!("{name:>10}  {right:>4} {wrong:>6}  {precision:>9.3}  {recall:>6.3}\n")
}

#[test]
fn the_pairs_are_enough_and_each_is_there_once() {
    let pairs = pairs();
    let same = pairs.iter().filter(|pair| pair.asks_the_same).count();
    assert!(same >= 60 && pairs.len() - same >= 60, "{same} of {}", pairs.len());
    let mut both: Vec<[&str; 2]> = pairs.iter().map(|pair| pair.questions).collect();
    both.iter_mut().for_each(|both| both.sort_unstable());
    both.sort_unstable();
    assert!(both.iter().all(|[one, other]| one != other));
    assert!(both.windows(2).all(|next| next[0] != next[1]));
}

#[test]
#[ignore = "a measurement, to be read"]
fn precision_and_recall_by_where_the_cosine_is_drawn() {
    let encoder = Encoder::load(&EncoderConfig::default()).unwrap();
    let pairs = pairs();
    let seen: Vec<Seen> = pairs.iter().map(|pair| seen(pair, &encoder)).collect();
    let mut out = format!("{} pairs\n{:>10}  same others  precision  recall\n", pairs.len(), "cosine");
    out.push_str(&row("words only", &seen, f32::INFINITY));
    let limits: Vec<f32> = LIMITS.map(|limit| f32::from(limit) / 100.0).collect();
    for limit in limits.iter().copied() {
        out.push_str(&row(&format!("{limit:.2}"), &seen, limit));
    }
    out.push_str("\nOthers that are joined somewhere:\n");
    for (pair, seen) in
        pairs.iter().zip(&seen).filter(|(pair, seen)| !pair.asks_the_same && seen.is_joined(limits[0]))
    {
        let cosine = seen.cosine.map_or_else(|| "words".into(), |cosine| format!("{cosine:.3}"));
        out.push_str(&format!("{cosine:>10}  {} | {}\n", pair.questions[0], pair.questions[1]));
    }
    Terminal::default().print(&out).unwrap();
    let (right, wrong) = joined(&seen, NEAR);
    assert!(
        right > wrong,
        "of pairs as many of each kind, {right} of the same and {wrong} others are joined"
    );
}
