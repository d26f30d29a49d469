//! How long a patient waits for the answer to a follow-up: the conversations of `tests/quality` over the WebSocket, one
//! after the other, each in a chat of its own; the first turns beside the last ones.
//!
//! `cargo bench --bench conversations`

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and may stop")]

mod support;

use std::path::Path;
use std::time::Duration;

use support::{Chat, Process, asking, build, measure, ms, percentile, records, runtime, server};

/// Collections with conversations in both halves of a set.
const SETS: [(&str, &str); 3] = [
    ("page", "corpus"),
    ("clinic", "tests/quality/clinic/corpus"),
    ("hospital", "tests/quality/hospital/corpus"),
];

fn main() {
    for (name, corpus) in SETS {
        let index = tempfile::tempdir().unwrap();
        let corpus = Path::new(corpus);
        measure(build(corpus, index.path()));
        let (process, _) = Process::start(server(corpus, index.path(), 0));
        let url = format!("ws://{}/api/v1/chat?start=new", process.address);
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for turns in ["fit", "check"].iter().flat_map(|half| conversations(name, half)) {
            let times = runtime(1).block_on(conversation(&url, &turns));
            first.extend(times.first());
            last.extend(times.last());
        }
        for (turn, times) in [("first", &mut first), ("last", &mut last)] {
            times.sort();
            let [p50, p95] = [0.5, 0.95].map(|share| ms(percentile(times, share)));
            println!(
                "{name}: {turn} turns of {} conversations: p50 {p50:.1} ms, p95 {p95:.1} ms",
                times.len()
            );
        }
    }
}

/// What is asked in each conversation of a half.
fn conversations(name: &str, half: &str) -> Vec<Vec<String>> {
    let path = Path::new("tests/quality").join(name).join(half).join("conversations.jsonl");
    let asked = |record: &serde_json::Value| {
        let turns = record["turns"].as_array().unwrap().iter();
        turns.map(|turn| turn["question"].as_str().unwrap().to_owned()).collect()
    };
    records(&path).iter().map(asked).collect()
}

/// How long each of `turns` takes.
async fn conversation(url: &str, turns: &[String]) -> Vec<Duration> {
    let mut chat = Chat::open(url, true).await;
    let mut times = Vec::new();
    for (at, question) in turns.iter().enumerate() {
        let (time, reply) = chat.say(asking(question, at)).await;
        assert!(reply.starts_with("{\"type\":\"answer\""), "not an answer: {reply}");
        times.push(time);
    }
    times
}
