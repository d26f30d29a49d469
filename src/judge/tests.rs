//! The judge against the floats it was made from.

use serde::Deserialize;

use super::*;

const FIXTURE: &str = include_str!("../../tests/fixtures/judge-pairs.json");
/// Smallest rank correlation with the floats.
const CLOSE: f64 = 0.99;

/// A record of `training/fixtures.py`.
#[derive(Deserialize)]
struct Reference {
    question: String,
    context: String,
    text: String,
    logit: f64,
}

fn references() -> Vec<Reference> {
    serde_json::from_str(FIXTURE).unwrap()
}

fn shipped(threads: usize) -> Judge {
    Judge::load(&JudgeConfig { mode: Mode::Always, threads, ..JudgeConfig::default() }).unwrap().unwrap()
}

fn second(reference: &Reference) -> Second {
    Second { context: reference.context.clone(), text: reference.text.clone() }
}

/// The place of each value among all; equal ones share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let place = |value: f64| {
        let below = values.iter().filter(|other| **other < value).count();
        let equal = values.iter().filter(|other| **other == value).count();
        below as f64 + (equal as f64 + 1.0) / 2.0
    };
    values.iter().map(|value| place(*value)).collect()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let products = |x: &[f64], mean_x: f64, y: &[f64], mean_y: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum()
    };
    products(a, mean_a, b, mean_b) / (products(a, mean_a, a, mean_a) * products(b, mean_b, b, mean_b)).sqrt()
}

#[test]
fn the_recorded_hash_is_that_of_the_shipped_weights() {
    let card = fs::read_to_string(Path::new(SHIPPED).join("README.md")).unwrap();
    let hash = crate::document::sha256_hex(SHIPPED_WEIGHTS);
    assert!(card.contains(&hash), "the model card does not tell {hash}");
}

#[test]
fn the_order_of_pairs_is_that_of_the_floats() {
    let references = references();
    let odds = |references: &[Reference]| -> Vec<f64> {
        let judge = shipped(1);
        let of =
            |reference: &Reference| judge.pairs.score(&reference.question, &[second(reference)]).unwrap()[0];
        references.iter().map(|reference| f64::from(of(reference))).collect()
    };
    let (first, rest) = references.split_at(references.len() / 2);
    let (mut own, others) = std::thread::scope(|scope| {
        let others = scope.spawn(|| odds(rest));
        (odds(first), others.join().unwrap())
    });
    own.extend(others);
    let floats: Vec<f64> = references.iter().map(|reference| reference.logit).collect();
    assert_eq!(own.len(), 500);
    let close = correlation(&ranks(&own), &ranks(&floats));
    println!("rank correlation {close}, correlation {}", correlation(&own, &floats));
    assert!(close >= CLOSE, "{close}");
}

#[test]
fn one_thread_or_two_one_text_or_many_give_the_same_bits() {
    let (one, two) = (shipped(1), shipped(2));
    let references = references();
    let texts: Vec<Second> = references.iter().take(40).map(second).collect();
    let together = two.judge("how long does it take", &texts).unwrap();
    assert_eq!(together, one.judge("how long does it take", &texts).unwrap());
    for (text, expected) in texts.iter().zip(together) {
        assert_eq!(one.judge("how long does it take", std::slice::from_ref(text)).unwrap(), [expected]);
    }
    assert!(two.judge("anything", &[]).unwrap().is_empty());
}

#[test]
fn an_answer_is_above_what_is_only_about_the_same() {
    let text = |text: &str| Second { context: "Your hip operation".into(), text: text.into() };
    let judged = shipped(2)
        .judge(
            "how long does the operation take",
            &[text("The operation takes about two hours."), text("The operation is done by two surgeons.")],
        )
        .unwrap();
    assert!(judged[0] > 0.0 && judged[1] < judged[0], "{judged:?}");
}

#[test]
fn texts_of_any_length_or_none_are_judged() {
    let judge = shipped(1);
    let long = "word ".repeat(100_000);
    for (question, text) in [("", ""), ("?", ""), (long.as_str(), long.as_str()), ("a", "\u{1f600}\u{0}")] {
        let second = Second { context: text.to_owned(), text: text.to_owned() };
        let judged = judge.judge(question, &[second]).unwrap();
        assert!((-1.0..=1.0).contains(&judged[0]), "{judged:?}");
    }
}

#[test]
fn a_model_that_cannot_be_used_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let config = JudgeConfig { mode: Mode::Always, path: folder.path().into(), ..JudgeConfig::default() };
    let missing = Judge::load(&config).unwrap_err().to_string();
    assert!(missing.contains("model.safetensors") && missing.contains("`judge.path`"), "{missing}");
    fs::write(folder.path().join("model.safetensors"), &SHIPPED_WEIGHTS[..1000]).unwrap();
    fs::write(folder.path().join("config.json"), SHIPPED_SIZES).unwrap();
    let torn = Judge::load(&config).unwrap_err().to_string();
    assert!(torn.contains("`judge.path`"), "{torn}");
    assert!(Judge::load(&JudgeConfig { mode: Mode::Off, ..config }).unwrap().is_none());
}
