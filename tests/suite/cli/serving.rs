//! The server as a process: signals, its output, an index built while it serves.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use super::Place;
use crate::program::{PATIENCE, Program};

#[test]
fn a_server_prints_one_line_answers_and_drains_on_sigterm() {
    let place = Place::new();
    let mut server = place.serve(&["--listen", "127.0.0.1:0"]);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    assert_eq!(server.rest_of_stdout(), "");
    let log = server.log();
    assert!(log.contains("there is no index yet") && log.contains("stopped"), "{log}");
}

#[test]
fn sigterm_during_the_first_build_ends_the_server_at_once() {
    let place = Place::new();
    for number in 0..30 {
        place.document(&format!("{number}.txt"), "Zircon therapy takes nine weeks.\n\n".repeat(30_000));
    }
    let mut server = Program::start(place.command(&["serve", "--listen", "127.0.0.1:0"]));
    wait_for(|| server.log().contains("there is no index yet"));
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    assert_eq!(server.rest_of_stdout(), "", "it was never ready");
}

#[test]
fn a_second_signal_ends_a_server_that_still_drains_at_once() {
    let place = Place::new();
    let mut server = place.serve(&["--listen", "127.0.0.1:0"]);
    // A request whose body never comes is one to wait for.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let address = &server.address;
    let head = "Content-Type: application/json\r\nContent-Length: 99";
    write!(stream, "POST /api/v1/ask HTTP/1.1\r\nHost: {address}\r\n{head}\r\n\r\n{{").unwrap();
    // Answered later than the other request was taken up.
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    server.signal("TERM");
    wait_for(|| server.log().contains("stopping"));
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(143));
}

#[test]
fn a_server_serves_on_when_nobody_reads_its_output() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0);
    let command = place.command(&["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    let mut server = Program::start(command);
    server.hang_up();
    wait_for(|| server.log().contains("ready"));
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(0));
    let log = server.log();
    assert!(log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{log}");
}

#[track_caller]
fn wait_for(mut done: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < until, "it does not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_hang_up_reads_the_corpus_again_without_a_pause() {
    let place = Place::new();
    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!server.get("/api/v1/documents").contains("beryl.txt"));
    place.document("beryl.txt", "Beryl\n\nBeryl therapy takes nine weeks.\n");
    server.signal("HUP");
    wait_for(|| server.get("/api/v1/documents").contains("beryl.txt"));
}

#[test]
fn an_old_index_is_served_until_the_new_one_is_there() {
    let place = Place::new();
    place.run(&["index"]).ends_with(0);
    place.document("beryl.txt", "Beryl\n\nBeryl therapy takes nine weeks.\n");
    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    wait_for(|| server.get("/api/v1/documents").contains("beryl.txt"));
    let log = server.log();
    assert!(log.contains("serving the index as it was"), "{log}");
}

#[test]
fn a_taken_port_is_an_error() {
    let place = Place::new();
    let server = place.serve(&["--listen", "127.0.0.1:0"]);
    place.run(&["--listen", &server.address]).ends_with(2).complains(&server.address);
}

#[test]
fn a_hang_up_while_the_first_index_is_built_is_not_forgotten() {
    let place = Place::new();
    for number in 0..30 {
        place.document(&format!("{number}.txt"), "Zircon therapy takes nine weeks.\n\n".repeat(1_000));
    }
    let server = Program::start(place.command(&["serve", "--listen", "127.0.0.1:0"]));
    let logged = |text: &str| server.log().contains(text);
    wait_for(|| logged("there is no index yet"));
    server.signal("HUP");
    wait_for(|| logged("ready"));
    wait_for(|| logged("the corpus has not changed"));
}

#[cfg(unix)]
#[test]
fn a_hang_up_while_the_settings_are_read_does_not_end_the_server() {
    let place = Place::new();
    let pipe = place.path("config.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let server = Program::start(place.command(&["serve", "--listen", "127.0.0.1:0"]));
    // Open as soon as the server reads, which then waits for what is written.
    let mut settings = File::options().write(true).open(&pipe).unwrap();
    server.signal("HUP");
    writeln!(settings, "[server]\nheartbeat_secs = 7").unwrap();
    drop(settings);
    wait_for(|| server.log().contains("ready"));
    wait_for(|| server.log().contains("the corpus has not changed"));
}

#[test]
fn a_document_that_drops_out_is_named_and_counted() {
    let place = Place::new();
    place.document("beryl.md", "# Beryl\n\nBeryl therapy takes nine weeks.\n");
    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(server.get("/metrics").contains("ibid_corpus_skipped_files 0"));
    place.document("beryl.md", "---\ntitle: Beryl\n\nBeryl therapy takes nine weeks.\n");
    server.signal("HUP");
    wait_for(|| server.get("/metrics").contains("ibid_corpus_skipped_files 1"));
    assert!(server.get("/metrics").contains("ibid_index_refresh_failures_total 0"));
    let log = server.log();
    let warns = |of: &str| log.lines().any(|line| line.contains("WARN") && line.contains(of));
    assert!(warns("the front matter") && warns("served no longer document=beryl.md"), "{log}");
    std::fs::remove_file(place.path("corpus/zircon.md")).unwrap();
    server.signal("HUP");
    wait_for(|| server.get("/metrics").contains("ibid_index_refresh_failures_total 1"));
}

#[test]
fn every_line_of_a_json_log_is_json_the_first_build_and_the_last_error_too() {
    let place = Place::new();
    place.document("picture.txt", b"\0\0\0\0\x01\x02\x03\xff");
    let all_json =
        |log: &str| log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok());
    let mut server = place.serve(&["--listen", "127.0.0.1:0", "--log-format", "json"]);
    let taken = place.run(&["--listen", &server.address, "--log-format", "json"]).ends_with(2);
    assert!(all_json(&taken.stderr) && taken.stderr.contains(&server.address), "{taken:#?}");
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    let log = server.log();
    assert!(all_json(&log) && log.contains("there is no index yet") && log.contains("picture.txt"), "{log}");
}

#[test]
fn keys_that_vanish_are_told() {
    let place = Place::new();
    std::fs::write(place.path("config.toml"), "[access]\nkeys = \"keys.toml\"\n").unwrap();
    place.run(&["key", "new", "ward", "--scope", "metrics"]).ends_with(0);
    let server = place.serve(&["--listen", "127.0.0.1:0"]);
    std::fs::remove_file(place.path("keys.toml")).unwrap();
    wait_for(|| {
        let response = server.get_with("/metrics", "Authorization: Bearer x\r\n");
        assert!(response.starts_with("HTTP/1.1 401"), "{response}");
        server.log().contains("the file of keys is gone")
    });
}
