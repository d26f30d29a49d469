//! How long the engine takes for a question, without a socket: asked, and asked and written as JSON.
//!
//! `cargo bench --bench answering`; with `IBID_BENCH_CORPUS` and `IBID_BENCH_QUESTIONS` also on a large
//! set. One thread, no answer remembered, every question many times; medians and 99th percentiles.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints figures and may stop"
)]

mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ibid::config::Config;
use ibid::engine::{Engine, build_index};
use ibid::ingest::NoProgress;
use ibid::protocol::Answer;
use ibid::retrieve::Question;
use support::{Material, ms, percentile};

/// Questions asked of each corpus.
const ASKED: usize = 20_000;

fn main() {
    for material in Material::all().into_iter().filter(|material| !material.questions.is_empty()) {
        let index = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.paths.corpus = material.corpus.clone();
        config.paths.index = index.path().into();
        config.answer.cached_answers = 0;
        build_index(&config, false, &mut NoProgress).unwrap();
        let engine = Engine::new(Arc::new(config));
        engine.load().unwrap();
        let questions: Vec<Question> =
            material.questions.iter().map(|text| Question::new(text, 5000).unwrap()).collect();
        measure(&material.name, "answer", &questions, |question| {
            black_box(engine.ask(question).unwrap());
        });
        measure(&material.name, "answer as JSON", &questions, |question| {
            let answer = engine.ask(question).unwrap();
            black_box(serde_json::to_string(&Answer::from(&*answer)).unwrap());
        });
    }
}

fn measure(corpus: &str, what: &str, questions: &[Question], work: impl Fn(&Question)) {
    questions.iter().for_each(&work);
    let mut times: Vec<Duration> = Vec::with_capacity(ASKED);
    for question in questions.iter().cycle().take(ASKED.max(questions.len())) {
        let begun = Instant::now();
        work(question);
        times.push(begun.elapsed());
    }
    times.sort();
    let rate = times.len() as f64 / times.iter().sum::<Duration>().as_secs_f64();
    let (p50, p99) = (percentile(&times, 0.5), percentile(&times, 0.99));
    println!("{corpus}: {what} p50 {:.3} ms, p99 {:.3} ms, {rate:.0}/s on one thread", ms(p50), ms(p99));
}
