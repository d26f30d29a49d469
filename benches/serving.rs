//! How fast questions are answered, over the WebSocket in a conversation and over HTTP out of one, beside two floors
//! measured in the same run: the same terms straight on the tantivy index, and an axum WebSocket echo of messages of
//! the same size.
//!
//! `cargo bench --bench serving`; with `IBID_BENCH_CORPUS` and `IBID_BENCH_QUESTIONS` also on a large set, whose
//! vectors are taken from the folder `IBID_BENCH_VECTORS` (`vectors` of an index of the same corpus) as far as
//! they are there, since making them takes an hour.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark prints and may stop"
)]
#![allow(clippy::cast_precision_loss, clippy::indexing_slicing, reason = "a benchmark prints and may stop")]

mod support;

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use support::{Chat, Material, Process, asking, build, measure, median, ms, percentile, runtime, server};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

const SEQUENTIAL: usize = 3000;
const CLIENTS: usize = 32;
const EACH: usize = 200;

fn main() {
    if std::env::args().any(|argument| argument == "--echo") {
        return runtime(2).block_on(echo());
    }
    for material in Material::all().into_iter().filter(|material| !material.questions.is_empty()) {
        let index = tempfile::tempdir().unwrap();
        support::reuse_vectors(&material, index.path());
        measure(build(&material.corpus, index.path()));
        let floor = tantivy_floor(&material, index.path());
        println!("{}: tantivy alone p50 {:.3} ms", material.name, ms(floor));
        for cached in [0, 1024] {
            serve(&material, index.path(), cached, floor);
        }
    }
}

fn serve(material: &Material, index: &std::path::Path, cached: usize, tantivy: Duration) {
    let (process, _) = Process::start(server(&material.corpus, index, cached));
    let questions = Arc::new(material.questions.clone());
    let url = format!("ws://{}/api/v1/chat?start=new", process.address);
    let one = runtime(1).block_on(client(&url, true, &questions, SEQUENTIAL, &asking));
    let label = format!("{}, cache {}", material.name, if cached == 0 { "off" } else { "on" });
    let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|share| percentile(&one.times, share));
    println!(
        "{label}: in one conversation each: one client p50 {:.3} ms, p95 {:.3} ms, p99 {:.3} ms",
        ms(p50),
        ms(p95),
        ms(p99)
    );
    let (rate, many) = crowd(&url, true, &questions, &asking);
    let (crowd_p50, crowd_p99) = (percentile(&many, 0.5), percentile(&many, 0.99));
    println!(
        "{label}: {CLIENTS} clients {rate:.0} answers/s, p50 {:.2} ms, p99 {:.2} ms (p99/p50 {:.1})",
        ms(crowd_p50),
        ms(crowd_p99),
        crowd_p99.as_secs_f64() / crowd_p50.as_secs_f64()
    );
    let asker = Asker { address: &process.address, questions: &questions };
    let alone = runtime(1).block_on(asker.ask(0, SEQUENTIAL));
    let [alone_p50, alone_p95, alone_p99] = [0.5, 0.95, 0.99].map(|share| percentile(&alone, share));
    println!(
        "{label}: over HTTP, out of conversation: one client p50 {:.3} ms, p95 {:.3} ms, p99 {:.3} ms, {CLIENTS} clients {:.0} answers/s",
        ms(alone_p50),
        ms(alone_p95),
        ms(alone_p99),
        asker.crowd()
    );
    println!("{label}: resident memory {:.0} MB", process.resident_mb());

    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("--echo");
    let (process, _) = Process::start(command);
    let url = format!("ws://{}/", process.address);
    let size = one.bytes / SEQUENTIAL;
    let blob = move |_: &str, _: usize| "x".repeat(size);
    let echo = runtime(1).block_on(client(&url, false, &questions, SEQUENTIAL, &blob));
    let echo_p50 = percentile(&echo.times, 0.5);
    let (echo_rate, _) = crowd(&url, false, &questions, &blob);
    println!("{label}: echo of {size} bytes p50 {:.3} ms, {CLIENTS} clients {echo_rate:.0}/s", ms(echo_p50));
    println!(
        "{label}: answer p50 is {:.1} times tantivy alone, {:.1} times the echo; echo rate is {:.1} times the answer rate",
        p50.as_secs_f64() / tantivy.as_secs_f64(),
        p50.as_secs_f64() / echo_p50.as_secs_f64(),
        echo_rate / rate
    );
}

/// Asks over HTTP, on connections that stay open; no question belongs to a conversation.
#[derive(Clone, Copy)]
struct Asker<'a> {
    address: &'a str,
    questions: &'a [String],
}

impl Asker<'_> {
    /// Sorted times of `count` questions, from number `from` on.
    async fn ask(self, from: usize, count: usize) -> Vec<Duration> {
        let stream =
            tokio::net::TcpStream::connect(self.address).await.expect("the server takes connections");
        stream.set_nodelay(true).unwrap();
        let mut stream = BufReader::new(stream);
        let mut times = Vec::with_capacity(count);
        for question in self.questions.iter().cycle().skip(from).take(count) {
            let body = serde_json::json!({ "question": question }).to_string();
            let head = "POST /api/v1/ask HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length:";
            let begun = Instant::now();
            stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
            let (mut line, mut length, mut ok) = (String::new(), 0, false);
            while stream.read_line(&mut line).await.unwrap() > 2 {
                ok |= line.starts_with("HTTP/1.1 200");
                if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = said.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut answer = vec![0; length];
            stream.read_exact(&mut answer).await.unwrap();
            times.push(begun.elapsed());
            assert!(ok && length > 0, "not an answer: {}", String::from_utf8_lossy(&answer));
        }
        times.sort();
        times
    }

    /// Answers a second with many clients asking at once.
    fn crowd(self) -> f64 {
        let begun = Instant::now();
        runtime(1).block_on(futures_util::future::join_all((0..CLIENTS).map(|at| self.ask(at * EACH, EACH))));
        (CLIENTS * EACH) as f64 / begun.elapsed().as_secs_f64()
    }
}

struct Times {
    times: Vec<Duration>,
    bytes: usize,
}

async fn client(
    url: &str,
    greeted: bool,
    questions: &[String],
    count: usize,
    message: &(dyn Fn(&str, usize) -> String + Sync),
) -> Times {
    let mut chat = Chat::open(url, greeted).await;
    let (mut times, mut bytes) = (Vec::with_capacity(count), 0);
    for at in 0..count {
        let (time, reply) = chat.say(message(&questions[at % questions.len()], at)).await;
        times.push(time);
        assert!(!greeted || reply.starts_with("{\"type\":\"answer\""), "not an answer: {reply}");
        bytes += reply.len();
    }
    times.sort();
    Times { times, bytes }
}

/// Answers a second, and every time taken, with many clients asking at once.
fn crowd(
    url: &str,
    greeted: bool,
    questions: &Arc<Vec<String>>,
    message: &(dyn Fn(&str, usize) -> String + Sync),
) -> (f64, Vec<Duration>) {
    let begun = Instant::now();
    let runtime = runtime(1);
    let all = runtime.block_on(async {
        let clients = (0..CLIENTS).map(|at| {
            let mut mine = questions.to_vec();
            let shift = at * EACH % mine.len();
            mine.rotate_left(shift);
            async move { client(url, greeted, &mine, EACH, message).await.times }
        });
        futures_util::future::join_all(clients).await
    });
    let rate = (CLIENTS * EACH) as f64 / begun.elapsed().as_secs_f64();
    let mut times: Vec<Duration> = all.into_iter().flatten().collect();
    times.sort();
    (rate, times)
}

/// Median time of the same terms, boosts and limit straight on the tantivy index.
fn tantivy_floor(material: &Material, index: &std::path::Path) -> Duration {
    use ibid::retrieve::{Collection, Reading, RetrieveConfig, Understanding};
    use ibid::text::token::Analyzer;
    use tantivy::collector::TopDocs;
    use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
    use tantivy::schema::IndexRecordOption;

    let generation = std::fs::read_to_string(index.join("current")).unwrap();
    let folder = index.join("generations").join(generation.trim()).join("lexical");
    let searcher = tantivy::Index::open_in_dir(folder).unwrap().reader().unwrap().searcher();
    let config = RetrieveConfig::default();
    let boosts = &config.boosts;
    let fields = [
        ("title", boosts.title),
        ("section", boosts.section),
        ("context", boosts.context),
        ("question", boosts.question),
        ("text", boosts.text),
    ];
    let analyzer = Analyzer::english();
    let mut times = Vec::new();
    for text in material.questions.iter().cycle().take(2000.max(material.questions.len())) {
        let understanding = Understanding::of(text, &analyzer);
        let collection =
            Collection { passages: 1000, frequency: &|_| 1, titled: &|_| 0, is_name: &|_| false };
        let reading = Reading::of(understanding, &analyzer, &|_| Vec::new(), &collection);
        let begun = Instant::now();
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for term in reading.query(None).terms {
            for (field, boost) in fields {
                let field = searcher.schema().get_field(field).unwrap();
                let term_in = tantivy::Term::from_field_text(field, &term.term);
                let query = TermQuery::new(term_in, IndexRecordOption::WithFreqs);
                clauses
                    .push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost * term.weight))));
            }
        }
        let top = TopDocs::with_limit(config.candidates).order_by_score();
        std::hint::black_box(searcher.search(&BooleanQuery::new(clauses), &top).unwrap());
        times.push(begun.elapsed());
    }
    median(times)
}

async fn echo() {
    use axum::extract::ws::WebSocketUpgrade;
    let upgrade = |upgrade: WebSocketUpgrade| async move {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(message)) = socket.recv().await {
                if socket.send(message).await.is_err() {
                    break;
                }
            }
        })
    };
    let app = axum::Router::new().route("/", axum::routing::any(upgrade));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("echo on http://{}", listener.local_addr().unwrap());
    axum::serve(listener, app).await.unwrap();
}
