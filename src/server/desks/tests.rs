//! What is kept for desks and what is sent to one, without a patient.

mod giving_up;
mod hand_over;
mod listing;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};

use super::channel::{gone, opened};
use super::conversation::{KeptStep, State as Stands, stored_step};
use super::*;
use crate::adapters::{Content, Step};
use crate::config::{DeskKind, Secret};
use crate::conversation::Exchange;
use crate::engine::Engine;
use crate::protocol::ErrorCode;
use crate::store::{NewEvent, NewStep, StoredStep};

const SECRET: &str = "0123456789abcdef";

/// A server with one desk, named `clinic`, where chats go on.
struct Opened {
    _folder: tempfile::TempDir,
    app: Arc<App>,
}

fn server(kind: DeskKind, url: &str) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.encoder.enabled = false;
    config.server.search_threads = 1;
    config.deliveries.path = folder.path().join("deliveries.sqlite");
    config.deliveries.key_file = folder.path().join("key");
    config.deliveries.first_retry_secs = 0;
    std::fs::write(&config.deliveries.key_file, "a".repeat(64)).unwrap();
    let desk = DeskConfig {
        url: url.into(),
        account: "1".into(),
        bot: "7".into(),
        token: Secret::new("t"),
        secret: Secret::new(SECRET),
        ..DeskConfig::of(kind)
    };
    config.desks.insert("clinic".into(), desk);
    config.handoff.desk = "clinic".into();
    let config = Arc::new(config);
    let app = App::new(Arc::clone(&config), Engine::new(config)).unwrap();
    Opened { _folder: folder, app: Arc::new(app) }
}

/// One that no desk answers.
fn alone() -> Opened {
    server(DeskKind::DjangoHelpdesk, "http://127.0.0.1:9")
}

impl Opened {
    fn desks(&self) -> &Desks {
        self.app.desks.as_ref().unwrap()
    }

    async fn stored(&self) -> Vec<StoredStep> {
        self.desks().deliveries.run(|file| file.all_steps(10)).await.unwrap()
    }

    async fn steps(&self) -> Vec<Step> {
        let stored = self.stored().await;
        stored.iter().map(|step| KeptStep::read(&step.payload).unwrap().step).collect()
    }

    async fn request(&self, session: &str) {
        self.desks().request_person(&self.app, session, &[], None).await.unwrap();
    }

    async fn forward(&self, session: &str, ask: &str, text: &str) -> Option<()> {
        self.desks().forward(&self.app, session, ask, text).await
    }

    async fn withdraw(&self, session: &str) {
        self.desks().withdraw(&self.app, session).await.unwrap();
    }

    /// The desk has opened the conversation of the first step, under the name 7.
    async fn open(&self, step: StoredStep) {
        let gone = stored_step(&*self.desks().get("clinic").unwrap().adapter, "line", gone(), &Value::Null);
        let name = ("7".to_owned(), Value::Null);
        let opened = self.desks().deliveries.run(move |file| opened(file, &step, name, gone.as_ref()));
        assert!(opened.await.unwrap());
    }

    async fn put(&self, conversation: &'static str, step: NewStep) {
        self.desks().deliveries.run(move |file| file.put("clinic", conversation, &[step])).await.unwrap();
    }

    async fn attempt(&self, number: u64) {
        sending::attempt(&self.app, self.desks(), number).await.unwrap();
    }
}

fn is_note(step: &Step) -> bool {
    matches!(step, Step::Note { .. })
}

#[tokio::test]
async fn a_chat_that_is_erased_is_not_sent_any_more() {
    let server = alone();
    server.request("s").await;
    server.forward("s", "q1", "hello").await.unwrap();
    server.request("another").await;
    server.desks().deliveries.run(|file| file.bury(1, "410", false)).await.unwrap();
    assert_eq!(server.steps().await.len(), 3);
    server.withdraw("s").await;
    let left = server.steps().await;
    assert!(matches!(left.as_slice(), [Step::Open { .. }]), "{left:?}");
    assert_eq!(server.desks().has_chat(&server.app, "s").await, Some(false));
    assert_eq!(server.forward("s", "q2", "are you there?").await, None, "it goes nowhere");
}

#[tokio::test]
async fn a_desk_that_has_opened_a_chat_is_told_that_it_was_erased() {
    let server = alone();
    server.request("s").await;
    server.forward("s", "q1", "hello").await.unwrap();
    server.open(server.stored().await.remove(0)).await;
    server.withdraw("s").await;
    let left = server.steps().await;
    assert!(matches!(left.as_slice(), [note] if is_note(note)), "{left:?}");
}

#[tokio::test]
async fn a_chat_that_is_erased_while_the_desk_opens_it_leaves_a_note_there() {
    let server = alone();
    server.request("s").await;
    let step = server.stored().await.remove(0);
    server.withdraw("s").await;
    assert_eq!(server.steps().await, []);
    server.open(step).await;
    let left = server.steps().await;
    assert!(matches!(left.as_slice(), [note] if is_note(note)), "{left:?}");
}

#[tokio::test]
async fn what_is_asked_again_after_a_crash_is_passed_on_once() {
    let server = alone();
    server.request("s").await;
    for (ask, text) in [("q1", "hello"), ("q1", "hello"), ("q1", "hello?"), ("q2", "hello")] {
        server.forward("s", ask, text).await.unwrap();
    }
    let forwarded = |step: &Step| matches!(step, Step::Forward { .. });
    assert_eq!(server.steps().await.into_iter().filter(forwarded).count(), 3);
}

#[tokio::test]
async fn a_person_is_not_told_that_the_patient_saw_what_was_passed_on() {
    let server = alone();
    server.request("s").await;
    server.forward("s", "q1", "are you there?").await.unwrap();
    server.desks().unlink(&server.app, "s").await.unwrap();
    let exchange = |question: &str| Exchange {
        question: question.into(),
        answered: Some("A quote.".into()),
        ..Exchange::default()
    };
    let said = [exchange("how long?"), exchange("are you there?")];
    server.desks().request_person(&server.app, "s", &said, None).await.unwrap();
    let steps = server.steps().await;
    let Some(Step::Open { content, .. }) = steps.last() else { panic!("{steps:?}") };
    let text = content.plain();
    assert_eq!((text.matches("A quote.").count(), text.matches("(passed on to a person)").count()), (1, 1));
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_left_to_people() {
    let server = alone();
    for (key, payload) in [("1", b"".to_vec()), ("2", b"{".to_vec())] {
        let event = NewEvent { key: key.into(), conversation: "7".into(), payload };
        server.desks().deliveries.run(move |file| file.accept("clinic", &[event])).await.unwrap();
        let turns = server.desks().deliveries.run(|file| file.next_events(1)).await.unwrap();
        answering::settle(&server.app, server.desks(), &turns[0]).await.unwrap();
    }
    assert_eq!(server.desks().deliveries.run(|file| file.next_events(1)).await.unwrap(), []);
    let left = server.steps().await;
    let [first, Step::HandOver, second] = left.as_slice() else { panic!("{left:?}") };
    assert!(is_note(first) && is_note(second));
    let stands = server.desks().deliveries.run(|file| Stands::load(file, "clinic", "7")).await.unwrap();
    assert_eq!(stands.owner, super::conversation::Owner::Person);
}

#[tokio::test]
async fn a_step_that_cannot_be_read_is_given_up_and_its_patient_is_not_kept_waiting() {
    let server = alone();
    server.request("s").await;
    let open = server.stored().await.remove(0);
    let payload = NewStep { is_reply: false, own: None, payload: Vec::new() };
    let line = open.conversation.clone();
    let damage = move |file: &crate::store::DeliveryFile| {
        file.remove(open.number)?;
        file.put("clinic", &line, &[payload])
    };
    server.desks().deliveries.run(damage).await.unwrap();
    server.attempt(2).await;
    let dead = server.stored().await.remove(0);
    assert_eq!((dead.is_dead, dead.error.as_deref()), (true, Some("it is damaged on the disk")));
    assert_eq!(server.desks().has_chat(&server.app, "s").await, Some(false));
}

/// What a desk was called with, and the status that it answers the first writing call with.
#[derive(Clone)]
struct Calls {
    first: StatusCode,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Calls {
    fn number(&self) -> usize {
        self.bodies.lock().unwrap().len()
    }
}

/// Its ticket holds one old reply. In its list is what the first call opened.
async fn take(State(calls): State<Calls>, method: Method, uri: Uri, body: Bytes) -> Response {
    if method == Method::GET && uri.path() == "/api/tickets/" {
        let opened = calls.bodies.lock().unwrap().first().map(|body| body["title"].clone());
        let ticket = json!({ "id": 7, "title": opened, "status": 1 });
        return json!({ "results": [ticket] }).to_string().into_response();
    }
    if method == Method::GET {
        let old = json!({ "id": 1, "user": 7, "comment": "Good day.", "public": true });
        return json!({ "id": 7, "followup_set": [old] }).to_string().into_response();
    }
    let mut bodies = calls.bodies.lock().unwrap();
    bodies.push(serde_json::from_slice(&body).unwrap_or_default());
    if bodies.len() == 1 { calls.first.into_response() } else { StatusCode::OK.into_response() }
}

fn shown(posted: &Value) -> Value {
    let (text, metadata) = (&posted["text"], &posted["metadata"]);
    json!({ "type": "message", "bot_id": "B1", "text": text, "metadata": metadata })
}

/// As Slack takes and shows messages.
async fn post(State(calls): State<Calls>, method: Method, body: Bytes) -> Response {
    let mut bodies = calls.bodies.lock().unwrap();
    if method == Method::GET {
        let messages: Vec<Value> = bodies.iter().map(shown).collect();
        return json!({ "ok": true, "messages": messages }).to_string().into_response();
    }
    bodies.push(serde_json::from_slice(&body).unwrap_or_default());
    let is_first = bodies.len() == 1;
    if is_first { calls.first.into_response() } else { json!({ "ok": true }).to_string().into_response() }
}

async fn desk(first: StatusCode) -> (String, Calls) {
    listening(first, Router::new().fallback(take)).await
}

async fn listening(first: StatusCode, router: Router<Calls>) -> (String, Calls) {
    let calls = Calls { first, bodies: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = router.with_state(calls.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, calls)
}

fn reply(server: &Opened, details: &Value) -> NewStep {
    let adapter = &*server.desks().get("clinic").unwrap().adapter;
    stored_step(adapter, "7", Step::say(Content::text("Good day.")), details).unwrap()
}

#[tokio::test]
async fn a_reply_goes_to_whoever_asked_whoever_wrote_since() {
    let (url, calls) = desk(StatusCode::OK).await;
    let server = server(DeskKind::Webhook, &url);
    let stands = Stands { details: json!({ "from": "Berta" }), ..Stands::default() }.written().unwrap();
    server.desks().deliveries.run(move |file| file.keep("clinic", "7", &stands)).await.unwrap();
    server.put("7", reply(&server, &json!({ "from": "Anna" }))).await;
    server.put("7", reply(&server, &Value::Null)).await;
    server.attempt(1).await;
    server.attempt(2).await;
    let bodies = calls.bodies.lock().unwrap();
    let to: Vec<&Value> = bodies.iter().map(|body| &body["data"]["details"]["from"]).collect();
    assert_eq!(to, ["Anna", "Berta"]);
}

#[tokio::test]
async fn an_old_copy_is_taken_for_a_reply_only_where_that_may_have_arrived() {
    let wanted = [
        (StatusCode::TOO_MANY_REQUESTS, 2),
        (StatusCode::SERVICE_UNAVAILABLE, 2),
        (StatusCode::BAD_GATEWAY, 1),
    ];
    for (first, number) in wanted {
        let (url, calls) = desk(first).await;
        let server = server(DeskKind::DjangoHelpdesk, &url);
        server.put("7", reply(&server, &Value::Null)).await;
        server.attempt(1).await;
        assert_eq!(server.stored().await.len(), 1);
        server.attempt(1).await;
        assert_eq!((server.stored().await.len(), calls.number()), (0, number), "{first}");
    }
}

#[tokio::test]
async fn what_stands_there_under_the_mark_of_a_step_is_not_written_again() {
    let steps = [Step::say(Content::text("Good day.")), Step::note(Content::text("Good day.")), Step::Assign];
    for step in steps {
        for (first, number) in [(StatusCode::BAD_GATEWAY, 1), (StatusCode::TOO_MANY_REQUESTS, 2)] {
            let (url, calls) = listening(first, Router::new().fallback(post)).await;
            let server = server(DeskKind::Slack, &url);
            let adapter = &*server.desks().get("clinic").unwrap().adapter;
            server.put("D1 1.2", stored_step(adapter, "D1 1.2", step.clone(), &Value::Null).unwrap()).await;
            server.attempt(1).await;
            assert_eq!(server.stored().await.len(), 1);
            server.attempt(1).await;
            assert_eq!((server.stored().await.len(), calls.number()), (0, number), "{step:?} {first}");
        }
    }
}

#[tokio::test]
async fn a_step_has_the_names_that_it_had_when_an_operator_sends_it_again() {
    let server = alone();
    server.put("7", reply(&server, &Value::Null)).await;
    server.put("7", reply(&server, &Value::Null)).await;
    let stored = server.stored().await;
    let marks: Vec<String> = stored.iter().map(sending::mark).collect();
    assert_ne!(marks[0], marks[1], "the same words another time");
    let revived = StoredStep { since: stored[0].since + 60, attempts: 3, ..stored[0].clone() };
    assert_eq!(sending::mark(&revived), marks[0]);
    let names = [&stored[0], &stored[1], &revived].map(sending::delivery_name);
    assert!(names[0] == names[2] && names[0] != names[1], "{names:?}");
}

#[tokio::test]
async fn an_operator_is_told_why_a_desk_refuses() {
    const REFUSED: &str = r#"{"error":"No lookup value found for 'state': \"open\""}"#;
    let refuse = async || (StatusCode::UNPROCESSABLE_ENTITY, REFUSED);
    let (url, _calls) = listening(StatusCode::OK, Router::new().fallback(refuse)).await;
    let server = server(DeskKind::Zammad, &url);
    let adapter = &*server.desks().get("clinic").unwrap().adapter;
    server.put("7", stored_step(adapter, "7", Step::HandOver, &Value::Null).unwrap()).await;
    server.attempt(1).await;
    let dead = server.stored().await.remove(0);
    let why = "the desk answered 422: it has no state named `open`, which a hand-over sets";
    assert_eq!((dead.is_dead, dead.error.as_deref()), (true, Some(why)));
}

#[tokio::test]
async fn a_chat_that_was_opened_in_an_attempt_of_which_nobody_knows_is_not_opened_again() {
    for (first, number) in [(StatusCode::BAD_GATEWAY, 1), (StatusCode::SERVICE_UNAVAILABLE, 2)] {
        let (url, calls) = desk(first).await;
        let server = server(DeskKind::DjangoHelpdesk, &url);
        server.request("s").await;
        server.attempt(1).await;
        assert_eq!(server.stored().await.len(), 1);
        server.attempt(1).await;
        assert_eq!((server.stored().await.len(), calls.number()), (0, number), "{first}");
        let linked = server.desks().deliveries.run(|file| file.linked("s")).await.unwrap();
        let (_, conversation) = linked.unwrap();
        assert_eq!(conversation == "7", number == 1, "{conversation}");
    }
}

#[tokio::test]
async fn nothing_is_read_of_a_caller_without_the_secret_of_the_address() {
    let server = alone();
    let body = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let request = Request::post("/").body(body).unwrap();
    let names = Path(("clinic".to_owned(), SECRET.replace('f', "e")));
    let refused = receive_with_secret(State(Arc::clone(&server.app)), Ok(names), request).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::NotAuthorised);
}

#[tokio::test]
async fn a_long_call_is_taken_too() {
    let server = alone();
    let ticket = json!({ "id": 7, "title": "Question", "description": "why? ".repeat(40_000), "status": 1 });
    let request = Request::post("/").body(Body::from(json!({ "ticket": ticket }).to_string())).unwrap();
    let names = Path(("clinic".to_owned(), SECRET.to_owned()));
    let taken = receive_with_secret(State(Arc::clone(&server.app)), Ok(names), request).await;
    assert_eq!(taken.unwrap().status(), StatusCode::OK);
    let backlog = server.desks().deliveries.run(|file| file.backlog()).await.unwrap();
    assert_eq!(backlog.events, 1);
}
