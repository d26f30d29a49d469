//! How long an index takes to build and to load, and how much memory that needs.
//!
//! `cargo bench --bench indexing`; with `IBID_BENCH_CORPUS=FILE.jsonl.gz` also on a large set. Whole
//! processes, medians of five runs.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints figures and may stop")]

mod support;

use support::{Material, Process, build, measure, median, ms, server};

const RUNS: usize = 5;

fn main() {
    for material in Material::all() {
        let index = tempfile::tempdir().unwrap();
        let mut times = Vec::new();
        let mut peak: f64 = 0.0;
        for _ in 0..RUNS {
            let mut command = build(&material.corpus, index.path());
            command.arg("--rebuild");
            let (took, memory) = measure(command);
            times.push(took);
            peak = peak.max(memory);
        }
        println!("{}: index {:.0} ms, peak memory {peak:.0} MB", material.name, ms(median(times)));
        let ready: Vec<_> =
            (0..RUNS).map(|_| Process::start(server(&material.corpus, index.path(), 0)).1).collect();
        println!("{}: start to ready {:.0} ms", material.name, ms(median(ready)));
    }
}
