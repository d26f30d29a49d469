//! What is never logged.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use crate::driver::Driver;

/// Keeps log lines in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_line_holds_what_a_person_typed() {
    const SECRET: &str = "marmalade";
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(lines.clone()).finish();
    // While there is one subscriber only, a callsite that another test's thread comes to first is asked about
    // on that thread, where there is none, and stays silent for ever. With two, all of them are asked.
    let _second = tracing::Dispatch::new(
        tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(io::sink).finish(),
    );
    // The runtime of this test has one thread, so that the server's tasks log here too.
    let _guard = tracing::subscriber::set_default(log);
    let mut server = Driver::start().await;
    let ask = json!({"question": SECRET, "session": format!("{SECRET}-{SECRET}")});
    server.post("/api/v1/ask", &ask).await.ok();
    server.post("/api/v1/ask", &json!({"question": "a", SECRET: 1})).await.problem(400, "bad_request");
    assert_eq!(server.get(&format!("/documents/{SECRET}?mark={SECRET}")).await.status, 404);
    server.get(&format!("/{SECRET}")).await.problem(404, "not_found");
    let greet = json!({"sender": SECRET, "message": format!("/{SECRET}")});
    server.post("/webhooks/rest/webhook?stream=true", &greet).await.ok();
    server.post("/webhooks/rest/webhook", &json!({"sender": SECRET, "message": SECRET})).await.ok();
    let completion = json!({"messages": [{"role": "user", "content": SECRET}], SECRET: SECRET});
    server.post("/v1/chat/completions", &completion).await.ok();
    assert_eq!(server.post("/v1/chat/completions", &json!({"model": SECRET})).await.status, 400);
    let mut chat = server.chat().await;
    chat.ask(SECRET, SECRET).await;
    chat.answer(SECRET).await;
    chat.send(&json!({"type": "feedback", "answer": 2, "helpful": true, "comment": SECRET})).await;
    chat.send_text(SECRET).await;
    chat.error("bad_json").await;
    let token = chat.hello["token"].as_str().unwrap().to_owned();
    server.begin_stop();
    assert_eq!(chat.frame().await["type"], "goodbye");
    chat.closed(1001).await;
    drop(chat);
    server.stopped().await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("/api/v1/ask") && log.contains("chat closed"), "{log}");
    for never in [SECRET, token.as_str(), "127.0.0.1"] {
        assert!(!log.contains(never), "{never} in {log}");
    }
}
