//! What the benchmarks share: corpora, server processes, percentiles.

#![allow(dead_code, reason = "each benchmark uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark may stop")]
#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a benchmark prints figures")]
#![allow(missing_docs, unreachable_pub, reason = "not an interface")]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A corpus to measure on and questions to ask it.
pub struct Material {
    pub name: String,
    pub corpus: PathBuf,
    pub questions: Vec<String>,
    _unpacked: Option<tempfile::TempDir>,
}

impl Material {
    /// The shipped page and what `tests/quality/page` asks of it, answerable and not in turn: more questions than the
    /// judge remembers.
    pub fn page() -> Self {
        let of = |name: &str| {
            let half = |half: &str| asked(&Path::new("tests/quality/page").join(half).join(name), "question");
            ["fit", "check"].into_iter().flat_map(half).collect::<Vec<_>>()
        };
        let (answerable, unanswerable) = (of("answerable.jsonl"), of("unanswerable.jsonl"));
        let turns = unanswerable.iter().cycle().take(answerable.len());
        let questions = answerable.iter().zip(turns).flat_map(|(one, other)| [one.clone(), other.clone()]);
        let questions = questions.collect();
        Self { name: "page".into(), corpus: "corpus".into(), questions, _unpacked: None }
    }

    /// The same with few questions, so that most answers are remembered: for what measures sockets and not finding.
    pub fn with_few_questions(mut self) -> Self {
        self.questions.truncate(32);
        self
    }

    /// A large set: `IBID_BENCH_CORPUS` names a `.jsonl` or `.jsonl.gz` file, `IBID_BENCH_QUESTIONS` a JSON
    /// lines file whose records have a `text`.
    pub fn large() -> Option<Self> {
        let corpus = PathBuf::from(std::env::var_os("IBID_BENCH_CORPUS")?);
        let folder = tempfile::tempdir().unwrap();
        let unpacked = folder.path().join("corpus.jsonl");
        let mut to = std::fs::File::create(&unpacked).unwrap();
        let mut from: Box<dyn Read> = Box::new(std::fs::File::open(&corpus).unwrap());
        if corpus.extension().is_some_and(|ending| ending == "gz") {
            from = Box::new(flate2::read::GzDecoder::new(from));
        }
        std::io::copy(&mut from, &mut to).unwrap();
        let questions = std::env::var_os("IBID_BENCH_QUESTIONS");
        let questions = questions.map_or_else(Vec::new, |path| asked(Path::new(&path), "text"));
        let name = "large".into();
        Some(Self { name, corpus: folder.path().into(), questions, _unpacked: Some(folder) })
    }

    pub fn all() -> Vec<Self> {
        std::iter::once(Self::page()).chain(Self::large()).collect()
    }
}

/// The member `name` of each record of a JSON lines file.
fn asked(path: &Path, name: &str) -> Vec<String> {
    records(path).iter().filter_map(|record| record[name].as_str().map(str::to_owned)).collect()
}

/// The records of a JSON lines file.
pub fn records(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Copies the caches of vectors that `IBID_BENCH_VECTORS` holds into `index`, for the large set.
pub fn reuse_vectors(material: &Material, index: &Path) {
    let Some(made) = std::env::var_os("IBID_BENCH_VECTORS").filter(|_| material.name == "large") else {
        return;
    };
    for folder in std::fs::read_dir(made).unwrap() {
        let folder = folder.unwrap();
        let to = index.join("vectors").join(folder.file_name());
        std::fs::create_dir_all(&to).unwrap();
        std::fs::copy(folder.path().join("cache"), to.join("cache")).unwrap();
    }
}

/// A process that is killed when it goes out of scope.
pub struct Process {
    child: Child,
    pub address: String,
}

impl Process {
    /// Starts `command`, which prints one line that ends in `http://ADDRESS`; gives the time until then.
    pub fn start(mut command: Command) -> (Self, Duration) {
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().to_owned();
        assert!(address.contains(':'), "the process did not start: {line:?}");
        (Self { child, address }, begun.elapsed())
    }

    /// Resident memory in MB.
    pub fn resident_mb(&self) -> f64 {
        memory_mb(self.child.id(), "VmRSS:").unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What builds the index of `corpus` in `index`.
pub fn build(corpus: &Path, index: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ibid"));
    command.args(["index", "--corpus"]).arg(corpus).arg("--index").arg(index);
    command
}

/// The server on `corpus` and `index`, with limits that do not stop a benchmark.
pub fn server(corpus: &Path, index: &Path, cached_answers: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ibid"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--corpus"]).arg(corpus).arg("--index").arg(index);
    command
        .env("IBID_SERVER__QUESTIONS_PER_MINUTE", "100000000")
        .env("IBID_SERVER__QUESTION_BURST", "100000000");
    command.env("IBID_ANSWER__CACHED_ANSWERS", cached_answers.to_string()).env("RUST_LOG", "warn");
    command
}

/// A chat over a WebSocket.
pub struct Chat {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Chat {
    /// Connects to `url`, whose server may have something to say first.
    pub async fn open(url: &str, greeted: bool) -> Self {
        let request = url.into_client_request().unwrap();
        let (mut socket, _) =
            tokio_tungstenite::connect_async(request).await.expect("the server takes connections");
        if greeted {
            socket.next().await.unwrap().unwrap();
        }
        Self { socket }
    }

    /// Sends `frame`; the time until there is a reply, and the reply.
    pub async fn say(&mut self, frame: String) -> (Duration, Utf8Bytes) {
        let begun = Instant::now();
        self.socket.send(Message::text(frame)).await.unwrap();
        loop {
            match self.socket.next().await.unwrap().unwrap() {
                Message::Text(text) if text.starts_with("{\"type\":\"status\"") => {}
                Message::Text(text) => return (begun.elapsed(), text),
                _ => {}
            }
        }
    }
}

/// The frame that asks `question`, of number `id`.
pub fn asking(question: &str, id: usize) -> String {
    serde_json::json!({"type": "ask", "id": format!("q{id}"), "question": question}).to_string()
}

pub fn runtime(threads: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap()
}

/// A figure of `/proc/PID/status`, in MB.
pub fn memory_mb(pid: u32, field: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Runs `command` to its end; gives the time taken and the peak of its resident memory in MB.
pub fn measure(mut command: Command) -> (Duration, f64) {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut peak = 0.0;
    loop {
        peak = memory_mb(child.id(), "VmHWM:").unwrap_or(peak);
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{command:?} failed");
            return (begun.elapsed(), peak);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The value below which `share` of the sorted `values` lie.
pub fn percentile(values: &[Duration], share: f64) -> Duration {
    let at = ((values.len() as f64) * share).ceil() as usize;
    values[at.clamp(1, values.len()) - 1]
}

pub fn median(mut values: Vec<Duration>) -> Duration {
    values.sort();
    percentile(&values, 0.5)
}

pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
