//! Questions that were asked in vain: what is kept of them, and what the operator sees.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::driver::{Driver, OFF_TOPIC, QUESTION, within};
use crate::program;

/// A folder with a key, where questions are kept.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(place.path("key"), "0f".repeat(32)).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.path("unanswered.sqlite")
    }

    async fn server(&self) -> Driver {
        Driver::with(|config| {
            config.unanswered.path = self.file();
            config.unanswered.key_file = self.path("key");
        })
        .await
    }

    fn run_with(&self, key: &Path, arguments: &[&str]) -> Output {
        let mut command = program::command(self.folder.path());
        command.env("IBID_ENCODER__ENABLED", "false").env("IBID_UNANSWERED__PATH", self.file());
        command.env("IBID_UNANSWERED__KEY_FILE", key).args(arguments).output().unwrap()
    }

    /// What the program prints.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.run_with(&self.path("key"), arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn listed(&self) -> Value {
        serde_json::from_str(&self.run(&["unanswered", "--json"])).unwrap()
    }

    /// The one group that is listed for questions with `word` in them.
    #[track_caller]
    fn group(&self, word: &str) -> Value {
        let listed = self.listed();
        let groups = listed["unanswered"].as_array().unwrap().iter();
        let found: Vec<&Value> =
            groups.filter(|group| group["question"].as_str().unwrap().contains(word)).collect();
        assert_eq!(found.len(), 1, "{word} in {listed:#}");
        found[0].clone()
    }

    fn is_in_clear(&self, word: &str) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(word.len()).any(|window| window == word.as_bytes())
        })
    }
}

/// Waits until so many questions are on the disk.
async fn kept(server: &Driver, questions: usize) {
    let line = format!("ibid_unanswered_questions_total{{result=\"kept\"}} {questions}");
    within(async { while !server.get("/metrics").await.ok().text().lines().any(|found| found == line) {} })
        .await;
}

#[tokio::test]
async fn a_question_asked_in_vain_is_listed_while_the_server_runs_and_nowhere_in_clear() {
    let place = Place::new();
    let server = place.server().await;
    let mut chat = server.chat().await;
    for id in ["c1", "c2"] {
        chat.ask(id, OFF_TOPIC).await;
        assert_eq!(chat.answer(id).await["answer"]["outcome"], "not_found");
    }
    chat.ask("c3", QUESTION).await;
    assert_eq!(chat.answer("c3").await["answer"]["outcome"], "answered");
    server.post("/api/v1/ask", &json!({"question": OFF_TOPIC})).await.ok();
    kept(&server, 3).await;
    let group = place.group("zygomorphic");
    assert_eq!((&group["times"], &group["question"]), (&json!(3), &json!(OFF_TOPIC)));
    assert_eq!(group["doors"], json!({"http": 1, "socket": 2}));
    assert_eq!(group["reasons"], json!({"off_topic": 3}));
    assert!(place.run(&["unanswered"]).contains("3 questions in 1 group"));
    assert!(place.run(&["unanswered", "--csv"]).contains("\"zygomorphic quixotry\""));
    assert!(place.run(&["unanswered", "--since", "2999-01-01"]).contains("0 questions"));
    for word in ["zygomorphic", "quixotry", "off_topic", "socket"] {
        assert!(!place.is_in_clear(word), "{word}");
    }
    let check = place.run_with(&place.path("key"), &["check"]);
    let told = String::from_utf8(check.stdout).unwrap();
    assert!(told.contains("unanswered questions: kept in") && told.contains("for 30 days"), "{told}");
    assert_eq!(place.run(&["unanswered", "--forget"]), "3 questions forgotten\n");
    assert_eq!(place.listed()["questions"], 0);
}

#[tokio::test]
async fn what_tells_of_danger_or_asks_nothing_is_not_kept_and_personal_details_are_masked() {
    let place = Place::new();
    let server = place.server().await;
    let mut chat = server.chat().await;
    for (id, message, outcome) in [
        ("c1", "I want to end my life", "red_flag"),
        ("c2", "thanks a lot", "small_talk"),
        ("c3", "I want to talk to a nurse", "handoff"),
    ] {
        chat.ask(id, message).await;
        assert_eq!(chat.answer(id).await["answer"]["outcome"], outcome, "{message}");
    }
    let question = "My name is Zebedee Quirk, zebedee@mail.example, 020 7946 0018: any zygomorphic quixotry?";
    chat.send(&json!({"type": "ask", "id": "c4", "question": question, "as_typed": true})).await;
    assert_eq!(chat.answer("c4").await["answer"]["outcome"], "not_found");
    kept(&server, 1).await;
    let listed = place.listed();
    assert_eq!(listed["questions"], 1, "{listed:#}");
    let masked = "[name], [e-mail], [number]: any zygomorphic quixotry?";
    assert_eq!(listed["unanswered"][0]["question"], masked);
}

#[tokio::test]
async fn an_answer_that_did_not_help_counts_as_none() {
    let place = Place::new();
    let server = place.server().await;
    let mut chat = server.chat().await;
    for (id, helpful) in [("c1", true), ("c2", false)] {
        chat.ask(id, QUESTION).await;
        let seq = chat.answer(id).await["seq"].clone();
        chat.send(&json!({"type": "feedback", "answer": seq, "helpful": helpful})).await;
    }
    kept(&server, 1).await;
    let group = place.group("kettle");
    assert_eq!((&group["times"], &group["reasons"]), (&json!(1), &json!({"not_helpful": 1})));
    assert_eq!(group["nearest"]["document"], "kettles.md");
    // One that is kept already is not kept twice.
    let mut chat = server.chat().await;
    chat.ask("c3", OFF_TOPIC).await;
    let seq = chat.answer("c3").await["seq"].clone();
    chat.send(&json!({"type": "feedback", "answer": seq, "helpful": false})).await;
    chat.send(&json!({"type": "ping"})).await;
    assert_eq!(chat.frame().await["type"], "pong");
    drop(chat);
    server.stopped().await;
    let group = place.group("zygomorphic");
    assert_eq!((&group["times"], &group["reasons"]), (&json!(1), &json!({"not_helpful": 1})));
}

#[tokio::test]
async fn a_page_to_open_is_written_for_its_owner_alone_and_over_nothing_else() {
    let place = Place::new();
    let server = place.server().await;
    server.post("/api/v1/ask", &json!({"question": OFF_TOPIC})).await.ok();
    kept(&server, 1).await;
    let told = place.run(&["unanswered", "--html", "gaps.html"]);
    assert!(told.starts_with("1 question in 1 group\nwritten to gaps.html"), "{told}");
    let page = || std::fs::read_to_string(place.path("gaps.html")).unwrap();
    assert!(page().contains(">zygomorphic quixotry</h3>"), "{}", page());
    assert!(page().contains("The documents do not deal with it: 1</text>"), "{}", page());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let about = std::fs::metadata(place.path("gaps.html")).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
    place.run(&["unanswered", "--html", "gaps.html", "--since", "2999-01-01"]);
    assert!(!page().contains("zygomorphic"), "the new page takes the place of the old one");
    std::fs::write(place.path("leaflet.html"), "<p>Kettles</p>").unwrap();
    for (file, remedy) in [("leaflet.html", "name another file"), ("missing/gaps.html", "folder")] {
        let refused = place.run_with(&place.path("key"), &["unanswered", "--html", file]);
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert!(told.contains(file) && told.contains(remedy), "{told}");
    }
    assert_eq!(std::fs::read_to_string(place.path("leaflet.html")).unwrap(), "<p>Kettles</p>");
    let two_forms = place.run_with(&place.path("key"), &["unanswered", "--html", "gaps.html", "--csv"]);
    assert_eq!(two_forms.status.code(), Some(2));
}

#[tokio::test]
async fn every_door_is_told_apart() {
    let place = Place::new();
    let server = place.server().await;
    let rasa = json!({"sender": "u1", "message": OFF_TOPIC});
    server.post("/webhooks/rest/webhook", &rasa).await.ok();
    let completion = json!({"messages": [{"role": "user", "content": OFF_TOPIC}]});
    server.post("/v1/chat/completions", &completion).await.ok();
    let params = json!({"name": "ask", "arguments": {"question": OFF_TOPIC}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let headers = [("content-type", "application/json"), ("accept", "application/json, text/event-stream")];
    server.send("POST", "/mcp", &headers, &call.to_string()).await.ok();
    let begun = server.send("POST", "/v3/directline/conversations", &[], "").await.json();
    let bearer = format!("Bearer {}", begun["token"].as_str().unwrap());
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let path =
        format!("/v3/directline/conversations/{}/activities", begun["conversationId"].as_str().unwrap());
    let activity = json!({"type": "message", "from": {"id": "u"}, "text": OFF_TOPIC});
    server.send("POST", &path, &headers, &activity.to_string()).await.ok();
    server.stopped().await;
    let doors = json!({"directline": 1, "mcp": 1, "openai": 1, "rasa": 1});
    assert_eq!(place.group("zygomorphic")["doors"], doors);
}

#[tokio::test]
async fn what_is_past_its_time_is_erased_at_the_start_and_another_key_opens_nothing() {
    let place = Place::new();
    let server = place.server().await;
    server.post("/api/v1/ask", &json!({"question": OFF_TOPIC})).await.ok();
    server.stopped().await;
    std::fs::write(place.path("other"), "1e".repeat(32)).unwrap();
    let refused = place.run_with(&place.path("other"), &["unanswered"]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(told.contains("the file of unanswered questions") && told.contains("another key"), "{told}");
    assert_eq!(place.listed()["questions"], 1);
    let file = rusqlite::Connection::open(place.file()).unwrap();
    let count = || file.query_row("SELECT count(*) FROM question", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 1);
    file.execute("UPDATE question SET day = day - 30", []).unwrap();
    place.server().await.stopped().await;
    assert_eq!(count(), 0);
}

#[tokio::test]
async fn without_a_file_nothing_is_kept() {
    let server = Driver::start().await;
    server.post("/api/v1/ask", &json!({"question": OFF_TOPIC})).await.ok();
    assert!(!server.get("/metrics").await.ok().text().contains("ibid_unanswered_questions_total{"));
    let folder = tempfile::tempdir().unwrap();
    let output = program::command(folder.path()).arg("unanswered").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("no questions are kept") && told.contains("unanswered.path"), "{told}");
    let mut check = program::command(folder.path());
    let check = check.env("IBID_ENCODER__ENABLED", "false").arg("check").output().unwrap();
    assert!(String::from_utf8_lossy(&check.stdout).contains("unanswered questions: not kept"));
    // A server that is to keep them does not start without a key.
    let mut serve = program::command(folder.path());
    serve.args(["serve", "--listen", "127.0.0.1:0"]).env("IBID_UNANSWERED__PATH", "unanswered.sqlite");
    let refused = serve.output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(told.contains("IBID_UNANSWERED_KEY") && told.contains("openssl rand -hex 32"), "{told}");
}
