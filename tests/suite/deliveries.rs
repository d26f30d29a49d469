//! Ten thousand calls of a help desk, and a desk that fails: every genuine message is answered once.
//!
//! The desk is a real HTTP server on the other side; it calls the real program, which is killed now and then.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use ibid::adapters::{webhook_key, webhook_signature};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::program::{self, Program};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Conversations, unless `IBID_TEST_CONVERSATIONS` says how many; these make more than ten thousand calls.
const CONVERSATIONS: usize = 1600;
const MESSAGES: usize = 4;
const SENDERS: usize = 16;
const KILLS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(240);

fn key() -> Vec<u8> {
    webhook_key(SECRET)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// What the desk did not like, and what it took.
#[derive(Default)]
struct Desk {
    /// Answers by conversation: the messages that they name, in the order of their coming.
    answers: Mutex<BTreeMap<String, Vec<String>>>,
    /// Names of deliveries that were taken, each once.
    taken: Mutex<BTreeSet<String>>,
    tries: Mutex<BTreeMap<String, usize>>,
    again: AtomicUsize,
    wrong: AtomicUsize,
}

/// As a desk may fail: before it has taken a delivery, after it, or for a moment; but not for ever.
async fn take(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, time) = (header("webhook-id").to_owned(), header("webhook-timestamp"));
    let signature = webhook_signature(&key(), &id, time, &body);
    if header("webhook-signature") != signature || time.parse::<u64>().unwrap_or(0).abs_diff(now()) > 5 {
        desk.wrong.fetch_add(1, Ordering::SeqCst);
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let number: usize = id.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    let attempt = {
        let mut tries = desk.tries.lock().unwrap();
        let tries = tries.entry(id.clone()).or_default();
        *tries += 1;
        *tries
    };
    let fault = if attempt == 1 { number % 20 } else { 0 };
    match fault {
        1 => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        2 => return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response(),
        _ => {}
    }
    if desk.taken.lock().unwrap().insert(id) {
        let event: Value = serde_json::from_slice(&body).unwrap();
        if event["type"] == "answer.created" {
            let name = |member: &str| event["data"][member].as_str().unwrap_or_default().to_owned();
            let mut answers = desk.answers.lock().unwrap();
            answers.entry(name("conversation")).or_default().push(name("in_reply_to"));
        }
    } else {
        desk.again.fetch_add(1, Ordering::SeqCst);
    }
    match fault {
        // Taken, and the other side never learns of it.
        3 => StatusCode::BAD_GATEWAY.into_response(),
        4 if number % 400 == 4 => {
            sleep(Duration::from_secs(25)).await;
            StatusCode::OK.into_response()
        }
        _ => StatusCode::OK.into_response(),
    }
}

/// The program as a server with its files in `folder`.
fn serve(folder: &Path, listen: &str) -> Program {
    let mut command = program::command(folder);
    command.args(["serve", "--listen", listen]).env("IBID_DELIVERIES_KEY", "0f".repeat(32));
    command.env("RUST_LOG", "off");
    Program::serve(command)
}

/// Status of a call to the program; 0 where there is none.
async fn call(address: &str, id: &str, time: u64, signature: &str, body: &str) -> u16 {
    let request = format!(
        "POST /hooks/clinic HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         webhook-id: {id}\r\nwebhook-timestamp: {time}\r\nwebhook-signature: {signature}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.ok()?;
        String::from_utf8_lossy(&response).split(' ').nth(1)?.parse().ok()
    };
    timeout(Duration::from_secs(10), exchange).await.ok().flatten().unwrap_or(0)
}

/// What a sender did.
#[derive(Debug, Default, Clone, Copy)]
struct Sent {
    genuine: usize,
    calls: usize,
    duplicates: usize,
    forged: usize,
    stale: usize,
    let_in: usize,
}

/// Sends the messages of its conversations, each conversation in order, with everything that goes wrong.
async fn send(address: String, sender: usize, conversations: usize) -> Sent {
    let mut sent = Sent::default();
    for message in 0..MESSAGES {
        for conversation in (sender..conversations).step_by(SENDERS) {
            let (name, number) = (format!("c{conversation}"), conversation * MESSAGES + message);
            let body = json!({
                "type": "message.created",
                "data": { "conversation": name, "message": format!("m{message}"), "author": "patient",
                          "text": "How often should the kettle be descaled?" }
            })
            .to_string();
            let id = format!("d{number}");
            let signed = |time: u64| webhook_signature(&key(), &id, &time.to_string(), body.as_bytes());
            if number % 9 == 0 {
                sent.forged += 1;
                let forged = webhook_signature(b"another key", &id, &now().to_string(), body.as_bytes());
                sent.let_in += usize::from(call(&address, &id, now(), &forged, &body).await == 200);
            }
            if number % 9 == 1 {
                sent.stale += 1;
                let then = now() - 400;
                sent.let_in += usize::from(call(&address, &id, then, &signed(then), &body).await == 200);
            }
            sent.genuine += 1;
            loop {
                sent.calls += 1;
                let time = now();
                match call(&address, &id, time, &signed(time), &body).await {
                    200 => break,
                    // The program is down, or cannot keep it: a desk sends it again.
                    0 | 503 => sleep(Duration::from_millis(100)).await,
                    other => panic!("{other} for {id}"),
                }
            }
            if number % 3 == 0 {
                sent.duplicates += 1;
                let time = now();
                call(&address, &id, time, &signed(time), &body).await;
            }
        }
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn every_genuine_message_is_answered_once_whatever_fails() {
    let wanted = std::env::var("IBID_TEST_CONVERSATIONS").ok().and_then(|number| number.parse().ok());
    let conversations: usize = wanted.unwrap_or(CONVERSATIONS);
    let folder = tempfile::tempdir().unwrap();
    let desk = Arc::new(Desk::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    let router = Router::new().route("/in", post(take)).with_state(Arc::clone(&desk));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let corpus = folder.path().join("corpus");
    std::fs::create_dir(&corpus).unwrap();
    std::fs::write(
        corpus.join("kettles.md"),
        "# Kettles\n\nThe kettle should be descaled every six weeks with vinegar.\n",
    )
    .unwrap();
    let config = format!(
        "[encoder]\nenabled = false\n[deliveries]\nfirst_retry_secs = 1\n[desks.clinic]\nkind = \"webhook\"\n\
         url = \"{url}\"\nsecret = \"{SECRET}\"\nanswer_from = 0.0\nnotes = \"never\"\n"
    );
    std::fs::write(folder.path().join("config.toml"), config).unwrap();
    let mut program = serve(folder.path(), "127.0.0.1:0");
    let address = program.address.clone();

    let senders = (0..SENDERS).map(|sender| tokio::spawn(send(address.clone(), sender, conversations)));
    let senders: Vec<_> = senders.collect();
    let genuine = conversations * MESSAGES;
    for kill in 1..=KILLS {
        let answered = || desk.answers.lock().unwrap().values().map(Vec::len).sum::<usize>();
        let enough = async {
            while answered() < genuine * kill / (KILLS + 1) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, enough).await.expect("answers");
        program.kill();
        program = serve(folder.path(), &address);
    }
    let mut sent = Sent::default();
    for sender in senders {
        let one = sender.await.unwrap();
        sent.genuine += one.genuine;
        sent.calls += one.calls;
        sent.duplicates += one.duplicates;
        sent.forged += one.forged;
        sent.stale += one.stale;
        sent.let_in += one.let_in;
    }
    let all = async {
        let distinct = |named: &Vec<String>| named.iter().collect::<BTreeSet<_>>().len();
        while desk.answers.lock().unwrap().values().map(distinct).sum::<usize>() < genuine {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let complete = timeout(PATIENCE, all).await.is_ok();
    // What a second answer gets to show itself.
    sleep(Duration::from_secs(3)).await;
    program.kill();

    let answers = desk.answers.lock().unwrap().clone();
    let answered: usize = answers.values().map(|named| named.iter().collect::<BTreeSet<_>>().len()).sum();
    let doubled = answers.values().map(Vec::len).sum::<usize>() - answered;
    let in_order = answers.values().filter(|named| named.is_sorted()).count();
    let total = sent.calls + sent.duplicates + sent.forged + sent.stale;
    println!(
        "{total} calls ({} duplicates, {} forged, {} stale), {KILLS} kills; {} genuine messages, {answered} answered, \
         {} lost, {doubled} doubled, {in_order} of {conversations} conversations in order; the desk failed {} times and \
         was sent {} deliveries again that it had taken",
        sent.duplicates,
        sent.forged,
        sent.stale,
        sent.genuine,
        sent.genuine - answered,
        desk.tries.lock().unwrap().values().filter(|tries| **tries > 1).count(),
        desk.again.load(Ordering::SeqCst),
    );
    assert!(total > genuine * 3 / 2 && complete);
    assert_eq!((answered, doubled, in_order), (genuine, 0, conversations));
    assert_eq!((sent.let_in, desk.wrong.load(Ordering::SeqCst)), (0, 0));
}
