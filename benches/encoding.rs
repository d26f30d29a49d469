//! The sentence encoder: loading, a question, passages a second, and the search over vectors.
//!
//! `cargo bench --bench encoding`; medians and 99th percentiles. Nothing else should run beside it.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a benchmark prints figures and may stop"
)]

mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use ibid::embed::{DIMENSIONS, Encoder, EncoderConfig, QueryCodes, dot_rows};
use support::{memory_mb, ms, percentile};

/// Of 12 tokens, those for begin and end included.
const QUESTION: &str = "how long does the treatment take to work for me";
const SENTENCE: &str = "The treatment is given in the hospital by a specialist team over several hours. ";
const PASSAGE_TOKENS: usize = 128;
const PASSAGES: usize = 200;
const ROWS: usize = 100_000;

fn main() {
    let memory = || memory_mb(std::process::id(), "VmRSS:").unwrap();
    let before = memory();
    let begun = Instant::now();
    let encoder = Encoder::load(&EncoderConfig::default()).unwrap();
    println!("load {:.0} ms, {:.0} MB", ms(begun.elapsed()), memory() - before);

    let tokens = encoder.count_tokens(QUESTION).unwrap();
    let times = repeat(500, || drop(black_box(encoder.encode(QUESTION).unwrap())));
    let (p50, p99) = (percentile(&times, 0.5), percentile(&times, 0.99));
    println!("question of {tokens} tokens on one thread: p50 {:.2} ms, p99 {:.2} ms", ms(p50), ms(p99));

    let config = EncoderConfig { max_tokens: PASSAGE_TOKENS, ..EncoderConfig::default() };
    let passages = Encoder::load(&config).unwrap();
    let passage = SENTENCE.repeat(20);
    let tokens = passages.count_tokens(&passage).unwrap();
    for threads in [1, 2] {
        let passages = passages.on_threads(threads).unwrap();
        let begun = Instant::now();
        black_box(passages.encode_batch(&[passage.as_str(); PASSAGES]).unwrap());
        let rate = PASSAGES as f64 / begun.elapsed().as_secs_f64();
        println!("passages of {tokens} tokens on {threads} threads: {rate:.1} a second");
    }

    let query = QueryCodes::from(&encoder.encode(QUESTION).unwrap());
    let rows: Vec<u8> = (0..ROWS * DIMENSIONS).map(|at| (at % 251) as u8).collect();
    let mut products = Vec::with_capacity(ROWS);
    let times = repeat(50, || {
        products.clear();
        dot_rows(&query, &rows, &mut products);
    });
    let row = percentile(&times, 0.5).as_secs_f64() * 1e9 / ROWS as f64;
    println!("search through {ROWS} vectors on one thread: {row:.0} ns each");
}

/// The sorted times of `work`.
fn repeat(times: usize, mut work: impl FnMut()) -> Vec<Duration> {
    work();
    let mut taken: Vec<Duration> = (0..times)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    taken.sort();
    taken
}
