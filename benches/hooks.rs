//! How soon a help desk's call is acknowledged while 200 come in every second, and how soon its reply is sent. The desk
//! is a server in this process; everything shares the machine.
//!
//! `cargo bench --bench hooks`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints and may stop"
)]

mod support;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use ibid::adapters::{webhook_key, webhook_signature};
use serde_json::{Value, json};
use support::{Material, Process, build, measure, ms, percentile, runtime, server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const A_SECOND: u32 = 200;
const CALLS: u32 = 20 * A_SECOND;

/// When the reply in each conversation came.
type Replies = Arc<Mutex<HashMap<String, Instant>>>;

fn main() {
    let material = Material::page().with_few_questions();
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    measure(build(&material.corpus, &index));
    runtime(1).block_on(async {
        let replies = Replies::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let router = Router::new().route("/in", post(take)).with_state(Arc::clone(&replies));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = folder.path().join("config.toml");
        let path = folder.path().join("deliveries.sqlite");
        let text = format!(
            "[deliveries]\npath = {path:?}\n[desks.clinic]\nkind = \"webhook\"\nurl = \"{url}\"\n\
             secret = \"{SECRET}\"\nanswer_from = 0.0\nnotes = \"never\"\n"
        );
        std::fs::write(&config, text).unwrap();
        let mut command = server(&material.corpus, &index, 1024);
        command.arg("--config").arg(&config).env("IBID_DELIVERIES_KEY", "0f".repeat(32));
        let (process, _) = Process::start(command);
        run(&process, &material, &replies).await;
    });
}

async fn take(State(replies): State<Replies>, body: Bytes) {
    let event: Value = serde_json::from_slice(&body).unwrap();
    if event["type"] == "answer.created" {
        let conversation = event["data"]["conversation"].as_str().unwrap().to_owned();
        replies.lock().unwrap().insert(conversation, Instant::now());
    }
}

async fn run(process: &Process, material: &Material, replies: &Replies) {
    let begun = Instant::now() + Duration::from_millis(200);
    let calls = (0..CALLS).map(|number| {
        let question = &material.questions[number as usize % material.questions.len()];
        let (address, question) = (process.address.clone(), question.clone());
        tokio::spawn(async move {
            tokio::time::sleep_until((begun + Duration::from_secs(1) / A_SECOND * number).into()).await;
            let sent = Instant::now();
            call(&address, number, &question).await;
            (sent, sent.elapsed())
        })
    });
    let done = futures_util::future::join_all(calls).await;
    let sent: Vec<(Instant, Duration)> = done.into_iter().map(Result::unwrap).collect();
    for _ in 0..600 {
        if replies.lock().unwrap().len() >= CALLS as usize {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let replies = replies.lock().unwrap();
    let mut acknowledged: Vec<Duration> = sent.iter().map(|(_, took)| *took).collect();
    acknowledged.sort();
    let replied = sent
        .iter()
        .enumerate()
        .filter_map(|(number, (sent, _))| Some(replies.get(&format!("c{number}"))?.duration_since(*sent)));
    let mut replied: Vec<Duration> = replied.collect();
    replied.sort();
    println!(
        "{CALLS} calls, {A_SECOND} a second: acknowledged p50 {:.2} ms, p99 {:.2} ms; {} replies, p50 {:.1} ms, p99 {:.1} ms; \
         {:.0} MB",
        ms(percentile(&acknowledged, 0.5)),
        ms(percentile(&acknowledged, 0.99)),
        replied.len(),
        ms(percentile(&replied, 0.5)),
        ms(percentile(&replied, 0.99)),
        process.resident_mb()
    );
}

async fn call(address: &str, number: u32, question: &str) {
    let body = json!({
        "type": "message.created",
        "data": { "conversation": format!("c{number}"), "message": "m", "author": "patient", "text": question }
    })
    .to_string();
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let id = format!("d{number}");
    let signature = webhook_signature(&webhook_key(SECRET), &id, &time, body.as_bytes());
    let request = format!(
        "POST /hooks/clinic HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         webhook-id: {id}\r\nwebhook-timestamp: {time}\r\nwebhook-signature: {signature}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    assert!(response.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&response));
}
