use super::*;

fn key(digit: &str) -> Key {
    Key::parse(&digit.repeat(64)).unwrap()
}

fn event(key: &str, conversation: &str) -> NewEvent {
    let payload = format!("a lump, {key}").into_bytes();
    NewEvent { key: key.into(), conversation: conversation.into(), payload }
}

fn step(text: &str, is_reply: bool) -> NewStep {
    NewStep { is_reply, own: Some(format!("own:{text}")), payload: text.into() }
}

fn texts(steps: &[StoredStep]) -> Vec<&str> {
    steps.iter().map(|step| std::str::from_utf8(&step.payload).unwrap()).collect()
}

fn whole(file: &DeliveryFile, turn: &Turn) -> StoredEvent {
    file.event(turn.number).unwrap().unwrap()
}

struct Opened {
    _folder: tempfile::TempDir,
    file: DeliveryFile,
}

fn opened() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let file = DeliveryFile::open(&folder.path().join("deliveries.sqlite"), &key("a")).unwrap();
    Opened { _folder: folder, file }
}

#[test]
fn the_same_event_is_taken_once_and_conversations_keep_their_order() {
    let Opened { file, .. } = &opened();
    let came = [event("1", "x"), event("2", "x"), event("3", "y"), event("1", "x")];
    assert_eq!(file.accept("desk", &came).unwrap(), 3);
    assert_eq!(file.accept("desk", &came).unwrap(), 0);
    assert_eq!(file.accept("other", &came[..1]).unwrap(), 1, "another desk has names of its own");
    let first: Vec<_> = file.next_events(10).unwrap().iter().map(|turn| whole(file, turn)).collect();
    let names: Vec<_> = first.iter().map(|event| (event.desk.as_str(), event.payload.as_slice())).collect();
    assert_eq!(
        names,
        [("desk", &b"a lump, 1"[..]), ("desk", &b"a lump, 3"[..]), ("other", &b"a lump, 1"[..])]
    );
    file.settle(&first[0], &Settlement::default()).unwrap();
    assert_eq!(file.event(first[0].number).unwrap(), None);
    assert_eq!(whole(file, &file.next_events(1).unwrap()[0]).payload, b"a lump, 2");
}

#[test]
fn what_follows_from_an_event_is_kept_with_its_leaving_the_line() {
    let Opened { file, .. } = &opened();
    file.accept("desk", &[event("1", "x")]).unwrap();
    let first = whole(file, &file.next_events(1).unwrap()[0]);
    let steps = vec![step("hello", true), step("for the team", false)];
    let settlement = Settlement { conversation: Some(b"open".to_vec()), steps, silence: false };
    file.settle(&first, &settlement).unwrap();
    assert_eq!(file.backlog().unwrap(), Backlog { events: 0, waiting: 2, dead: 0 });
    assert_eq!(file.conversation("desk", "x").unwrap().unwrap(), b"open");
    assert!(file.knows("desk", "own:hello").unwrap());
    file.settle(&first, &settlement).unwrap();
    assert_eq!(file.backlog().unwrap().waiting, 2, "an event is dealt with once");
    // A person takes over: what would speak to the patient is dropped.
    file.accept("desk", &[event("2", "x")]).unwrap();
    let first = whole(file, &file.next_events(1).unwrap()[0]);
    let settlement = Settlement { silence: true, ..Settlement::default() };
    file.settle(&first, &settlement).unwrap();
    assert_eq!(texts(&file.all_steps(10).unwrap()), ["for the team"]);
}

#[test]
fn a_line_waits_for_its_first_step_and_goes_on_after_a_dead_one() {
    let Opened { file, .. } = &opened();
    file.put("desk", "x", &[step("one", true), step("two", true)]).unwrap();
    file.put("desk", "y", &[step("three", true)]).unwrap();
    let now = crate::store::unix_now() + 1;
    let due = |now: u64| -> Vec<String> {
        let steps = file.all_steps(10).unwrap();
        let text = |turn: Turn| steps.iter().find(|step| step.number == turn.number).unwrap().payload.clone();
        let turns = file.due_steps(now, 10).unwrap();
        turns.into_iter().map(|turn| String::from_utf8(text(turn)).unwrap()).collect()
    };
    let one = file.due_steps(now, 10).unwrap()[0].number;
    assert_eq!(due(now), ["one", "three"]);
    assert_eq!(file.begin(one).unwrap().unwrap().attempts, 0);
    file.postpone(one, now + 60, "503").unwrap();
    assert_eq!(file.begin(one).unwrap(), None, "it is not due");
    assert_eq!(due(now), ["three"]);
    file.bury(one, "410").unwrap();
    assert_eq!(due(now), ["two", "three"]);
    let dead = file.all_steps(1).unwrap().remove(0);
    assert_eq!((dead.is_dead, dead.attempts, dead.error.as_deref()), (true, 1, Some("410")));
    assert!(file.revive(dead.number).unwrap());
    assert_eq!(due(now), ["one", "three"]);
    assert!(file.remove(dead.number).unwrap());
    assert!(!file.remove(dead.number).unwrap());
}

#[test]
fn what_was_delivered_is_counted_by_its_text() {
    let Opened { file, .. } = &opened();
    file.put("desk", "x", &[step("one", true), step("one", true), step("two", true)]).unwrap();
    let numbers: Vec<u64> = file.all_steps(10).unwrap().iter().map(|step| step.number).collect();
    for (number, text) in numbers.iter().zip([Some("own 1"), Some("own 1"), None]) {
        file.delivered(*number, "desk", text).unwrap();
        file.delivered(*number, "desk", text).unwrap();
    }
    let times = |desk, text| file.times_delivered(desk, text).unwrap();
    assert_eq!((times("desk", "own 1"), times("desk", "own"), times("other", "own 1")), (2, 0, 0));
    assert_eq!(file.backlog().unwrap().waiting, 0);
}

#[test]
fn a_chat_goes_on_in_one_conversation() {
    let Opened { file, .. } = &opened();
    file.link("s", "desk", "x").unwrap();
    file.link("s", "desk", "y").unwrap();
    assert_eq!(file.linked("s").unwrap(), Some(("desk".into(), "y".into())));
    assert_eq!(file.session_of("desk", "y").unwrap().as_deref(), Some("s"));
    assert_eq!(file.session_of("desk", "x").unwrap(), None);
    file.unlink("s").unwrap();
    assert_eq!(file.linked("s").unwrap(), None);
}

#[test]
fn texts_are_encrypted_the_key_is_checked_and_one_server_serves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deliveries.sqlite");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let deliveries = Deliveries::open(&path, &key("a")).unwrap();
        assert!(matches!(Deliveries::open(&path, &key("a")), Err(StoreError::InUse { .. })));
        assert!(matches!(DeliveryFile::open(&path, &key("b")), Err(StoreError::OtherKey { .. })));
        let accepted = deliveries.run(|file| file.accept("desk", &[event("1", "x")])).await.unwrap();
        assert_eq!(accepted, 1);
        let failed: Result<(), _> = deliveries
            .run(|file| {
                file.accept("desk", &[event("2", "x")])?;
                Err(StoreError::Stopped)
            })
            .await;
        assert!(failed.is_err());
        // Beside the server.
        let file = DeliveryFile::open(&path, &key("a")).unwrap();
        assert_eq!(file.backlog().unwrap().events, 1, "a job that fails leaves nothing");
        // While it is open, the log beside it is there too.
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"a lump"));
        }
    });
}
