//! Many chat sockets at once: what an idle one costs in memory, and how long answers take while hundreds of people
//! ask, each now and then. Clients and server share the machine.
//!
//! `cargo bench --bench sockets`; `IBID_ENCODER__ENABLED=false` in the environment leaves the encoder out.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints and may stop"
)]

mod support;

use std::time::{Duration, Instant};

use support::{Chat, Material, Process, asking, build, measure, ms, percentile, runtime, server};

const IDLE: usize = 2000;
const ACTIVE: usize = 500;
/// Questions of each active client, one a second.
const EACH: usize = 20;

fn main() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let material = Material::page().with_few_questions();
    let index = tempfile::tempdir().unwrap();
    measure(build(&material.corpus, index.path()));
    let runtime = runtime(1);
    let mut command = server(&material.corpus, index.path(), 1024);
    command.env("IBID_SERVER__MAX_CONNECTIONS_PER_ADDRESS", "10000");
    let (process, _) = Process::start(command);
    runtime.block_on(async {
        idle(&process).await;
        // The first round finds the answers, as the first minutes of a day do.
        for round in ["asked for the first time", "remembered"] {
            active(&process, &material, round).await;
        }
    });
}

async fn connect(address: &str) -> Chat {
    Chat::open(&format!("ws://{address}/api/v1/chat?start=new"), true).await
}

async fn idle(process: &Process) {
    let before = process.resident_mb();
    let mut sockets = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        sockets.push(connect(&process.address).await);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = process.resident_mb();
    println!("{IDLE} idle sockets: {before:.0} MB before, {after:.0} MB with them");
}

async fn active(process: &Process, material: &Material, round: &str) {
    let begun = Instant::now();
    let clients = (0..ACTIVE).map(|number| {
        let questions = &material.questions;
        async move {
            // Spread over the second, as people are.
            let mut next =
                begun + Duration::from_secs(1) + Duration::from_millis(2) * u32::try_from(number).unwrap();
            let mut chat = connect(&process.address).await;
            let mut times = Vec::with_capacity(EACH);
            for asked in 0..EACH {
                tokio::time::sleep_until(next.into()).await;
                next += Duration::from_secs(1);
                let question = &questions[(number + asked * 7) % questions.len()];
                let (time, reply) = chat.say(asking(question, asked)).await;
                assert!(reply.starts_with("{\"type\":\"answer\""), "not an answer: {reply}");
                times.push(time);
            }
            times
        }
    });
    let mut times: Vec<Duration> =
        futures_util::future::join_all(clients).await.into_iter().flatten().collect();
    times.sort();
    println!(
        "{ACTIVE} active sockets, a question a second each, {round}: p50 {:.2} ms, p99 {:.2} ms, {:.0} MB",
        ms(percentile(&times, 0.5)),
        ms(percentile(&times, 0.99)),
        process.resident_mb()
    );
}
