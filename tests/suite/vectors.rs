//! Vectors made behind the questions.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ibid::answer::Outcome;
use ibid::engine::Engine;
use ibid::index::vectors::{Pace, VectorsError};
use ibid::retrieve::Question;
use ibid::server::Drained;
use serde_json::{Value, json};

use crate::corpus::Corpus;
use crate::driver::{Driver, KETTLES, QUESTION};
use crate::program::{self, Program};

/// Longest wait for vectors.
const PATIENCE: Duration = Duration::from_secs(60);

/// Rooms enough to be busy with for a while.
fn rooms(number: u32) -> String {
    (0..number)
        .map(|n| format!("Room {n}\n\nThe plaster number {n} is kept in room {n} of the clinic.\n\n"))
        .collect()
}

fn corpus_with_encoder(files: &[(&str, &str)]) -> Corpus {
    let mut corpus = Corpus::of(files);
    corpus.config.encoder.enabled = true;
    corpus
}

fn loaded(corpus: &Corpus) -> Engine {
    corpus.build();
    let engine = Engine::new(corpus.config.clone().into());
    engine.load().unwrap();
    engine
}

/// Waits until `/readyz` tells that vectors are made; gives their number.
async fn vectors_of(server: &Driver) -> u64 {
    let begun = Instant::now();
    loop {
        let ready: Value = server.get("/readyz").await.ok().json();
        let number = |name: &str| ready["vectors"][name].as_u64().unwrap();
        if number("pending") == 0 && number("done") > 0 {
            return number("done");
        }
        assert!(begun.elapsed() < PATIENCE, "{ready}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_makes_vectors_behind_the_questions_and_tells_how_far_it_is() {
    let server = Driver::with(|config| config.encoder.enabled = true).await;
    let asked = server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok();
    assert_eq!(asked.json()["outcome"], "answered", "words find it before there are vectors");
    let made = vectors_of(&server).await;
    let metrics = server.get("/metrics").await.ok().text();
    assert!(metrics.contains(&format!("ibid_vectors_done {made}\n")), "{metrics}");
    assert!(metrics.contains("ibid_vectors_pending 0\n"));
    server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok();

    let more = "# Mugs\n\nA mug of enamel is washed by hand.\n";
    std::fs::write(server.engine.config().paths.corpus.join("mugs.md"), more).unwrap();
    server.load();
    assert!(server.engine.lacks_vectors());
    assert_eq!(vectors_of(&server).await, made + 2, "a new document has a passage and a heading");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_while_it_makes_vectors() {
    let folder = tempfile::tempdir().unwrap();
    let server = Driver::without_index(|config| {
        config.encoder.enabled = true;
        config.paths.index = folder.path().join("index");
    })
    .await;
    let engine = server.engine.clone();
    std::fs::write(engine.config().paths.corpus.join("rooms.txt"), rooms(1_000)).unwrap();
    server.load();
    until(|| engine.stats().vectors.done > 0).await;
    assert_eq!(server.stopped().await, Drained::Clean);
    // Its thread gives the lock back while there is still something to make.
    let mut left = Ok(());
    until(|| {
        left = engine.encode_at_pace(1, &mut |_| Pace::Stop);
        !matches!(left, Err(VectorsError::Locked { .. }))
    })
    .await;
    assert!(matches!(left, Err(VectorsError::Stopped)), "{left:?}");
}

/// Waits until `done`, but not for ever.
async fn until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "it does not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_cannot_be_loaded_leaves_the_words() {
    let server = Driver::with(|config| {
        config.encoder.enabled = true;
        config.encoder.path = "no/such/model".into();
    })
    .await;
    let ready: Value = server.get("/readyz").await.ok().json();
    assert_eq!(ready["vectors"], json!({"done": 0, "pending": 0}));
    let asked = server.post("/api/v1/ask", &json!({"question": QUESTION})).await.ok();
    assert_eq!(asked.json()["citations"][0]["reference"]["document"], KETTLES);
}

#[test]
fn vectors_come_in_while_questions_are_asked() {
    let corpus = corpus_with_encoder(&[("rooms.txt", &rooms(8))]);
    let engine = loaded(&corpus);
    let question = Question::new("Where is the plaster number 3 kept?", 1000).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) {
                assert_ne!(engine.ask(&question).unwrap().outcome, Outcome::NotFound);
                asked += 1;
            }
            asked
        });
        let mut seen = Vec::new();
        let never = AtomicBool::new(false);
        engine.encode_pending(&mut |done, pending| seen.push((done, pending)), &never).unwrap();
        done.store(true, Ordering::Relaxed);
        assert!(asking.join().unwrap() > 0);
        assert!(seen.len() > 2 && seen.is_sorted(), "{seen:?}");
        assert_eq!(seen.last().map(|(done, pending)| (*done, *pending)), Some((seen[0].1, 0)));
    });
    assert!(!engine.lacks_vectors());
    let again = Engine::new(corpus.config.clone().into());
    again.load().unwrap();
    assert!(!again.lacks_vectors(), "vectors made before are there from the start");
    assert_eq!(again.stats(), engine.stats());
}

#[test]
fn a_newer_generation_ends_the_encoding_of_the_old_one() {
    let corpus = corpus_with_encoder(&[("rooms.txt", &rooms(6))]);
    let engine = loaded(&corpus);
    let mut reloaded = false;
    let ended = engine.encode_at_pace(1, &mut |at| {
        if at.done > 0 && !reloaded {
            corpus.write("more.txt", b"Garden\n\nThe garden is behind the house.\n");
            corpus.build();
            engine.load().unwrap();
            reloaded = true;
        }
        Pace::Go
    });
    assert!(matches!(ended, Err(VectorsError::Stopped)), "{ended:?}");
    assert!(engine.lacks_vectors());
    engine.encode_pending(&mut |_, _| (), &AtomicBool::new(false)).unwrap();
    assert!(!engine.lacks_vectors());
}

#[test]
fn without_an_encoder_there_is_nothing_to_make() {
    let corpus = Corpus::of(&[("rooms.txt", &rooms(2))]);
    let engine = loaded(&corpus);
    assert!(!engine.lacks_vectors());
    engine.encode_pending(&mut |_, _| panic!("nothing to do"), &AtomicBool::new(false)).unwrap();
    assert!(!corpus.config.paths.index.join("vectors").exists());
}

fn index_command(corpus: &Corpus) -> Command {
    let mut command = program::command(Path::new("."));
    command.args(["index", "--json", "--corpus"]).arg(&corpus.config.paths.corpus);
    command.arg("--index").arg(&corpus.config.paths.index);
    command
}

#[track_caller]
fn told(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How many bytes of vectors are on the disk, not all of which need be whole.
fn bytes_made(corpus: &Corpus) -> u64 {
    let files = walkdir::WalkDir::new(corpus.config.paths.index.join("vectors")).into_iter();
    let caches = files.filter_map(Result::ok).filter(|file| file.file_name() == "cache");
    caches.map(|cache| cache.metadata().map_or(0, |about| about.len())).sum()
}

#[test]
fn the_index_command_makes_vectors_also_after_it_was_killed_at_it() {
    let corpus = corpus_with_encoder(&[("rooms.txt", &rooms(300))]);
    let without = told(index_command(&corpus).arg("--no-vectors"));
    assert_eq!((&without["status"], &without["vectors"]), (&json!("built"), &json!(0)));
    let served = || {
        let engine = Engine::new(corpus.config.clone().into());
        engine.load().unwrap();
        engine
    };
    for _ in 0..3 {
        let (before, begun) = (bytes_made(&corpus), Instant::now());
        let mut program = Program::start(index_command(&corpus));
        while bytes_made(&corpus) <= before {
            assert!(begun.elapsed() < PATIENCE, "no vector is made: {}", program.log());
            std::thread::sleep(Duration::from_millis(5));
        }
        program.kill();
    }
    assert!(served().lacks_vectors(), "it was done before it was killed");
    let made = told(&mut index_command(&corpus));
    let engine = served();
    assert!(!engine.lacks_vectors());
    assert_eq!(made["status"], "up_to_date");
    assert_eq!(made["vectors"], engine.stats().vectors.done);
}
