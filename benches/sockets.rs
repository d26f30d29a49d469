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

use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use support::{Material, Process, measure, ms, percentile, server};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const IDLE: usize = 2000;
const ACTIVE: usize = 500;
/// Questions of each active client, one a second.
const EACH: usize = 20;

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

fn main() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let material = Material::page().with_few_questions();
    let index = tempfile::tempdir().unwrap();
    let mut build = Command::new(env!("CARGO_BIN_EXE_ibid"));
    build.args(["index", "--corpus"]).arg(&material.corpus).arg("--index").arg(index.path());
    measure(build);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
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

async fn connect(address: &str) -> Socket {
    let url = format!("ws://{address}/api/v1/chat?start=new");
    let (mut socket, _) = connect_async(url).await.expect("the server takes connections");
    socket.next().await.unwrap().unwrap();
    socket
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
            let mut socket = connect(&process.address).await;
            let mut times = Vec::with_capacity(EACH);
            for asked in 0..EACH {
                tokio::time::sleep_until(next.into()).await;
                next += Duration::from_secs(1);
                let question = &questions[(number + asked * 7) % questions.len()];
                let frame = serde_json::json!({"type": "ask", "id": asked.to_string(), "question": question});
                let asked = Instant::now();
                socket.send(Message::text(frame.to_string())).await.unwrap();
                loop {
                    match socket.next().await.unwrap().unwrap() {
                        Message::Text(text) if text.starts_with("{\"type\":\"answer\"") => break,
                        Message::Text(text) => assert!(text.starts_with("{\"type\":\"status\""), "{text}"),
                        _ => {}
                    }
                }
                times.push(asked.elapsed());
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
