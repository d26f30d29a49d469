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
    let last = |conversation| file.last_event("desk", conversation).unwrap();
    assert_eq!((last("x"), last("y"), last("z")), (Some(2), Some(3), None));
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
    file.postpone(one, now + 60, "503", false).unwrap();
    assert_eq!(file.begin(one).unwrap(), None, "it is not due");
    assert_eq!(due(now), ["three"]);
    file.bury(one, "410", false).unwrap();
    assert_eq!(due(now), ["two", "three"]);
    let dead = file.all_steps(1).unwrap().remove(0);
    assert_eq!((dead.is_dead, dead.attempts, dead.error.as_deref()), (true, 1, Some("410")));
    assert!(file.revive(dead.number).unwrap());
    assert_eq!(due(now), ["one", "three"]);
    assert!(file.remove(dead.number).unwrap());
    assert!(!file.remove(dead.number).unwrap());
}

#[test]
fn what_is_sent_again_is_the_same_step_and_tried_as_long_as_a_new_one() {
    let Opened { file, .. } = &opened();
    file.put("desk", "x", &[step("one", true), step("two", true)]).unwrap();
    let first = file.all_steps(1).unwrap().remove(0);
    assert_eq!(first.made, first.since);
    file.database.connection.execute("UPDATE step SET made = 7, since = 7", []).unwrap();
    file.bury(first.number, "410", false).unwrap();
    file.revive(first.number).unwrap();
    let again = file.begin(first.number).unwrap().unwrap();
    assert_eq!((again.number, again.made), (first.number, 7), "its name at the desk is made of these");
    assert!(again.since >= first.since);
    file.bury(first.number, "410", false).unwrap();
    file.sweep(3600).unwrap();
    assert_eq!(file.all_steps(10).unwrap().len(), 2, "it was given up just now");
}

#[test]
fn what_is_dead_is_found_by_its_number_and_what_waits_by_its_conversation() {
    let Opened { file, .. } = &opened();
    file.put("desk", "x", &[step("one", true), step("two", true)]).unwrap();
    file.put("desk", "y", &[step("three", true)]).unwrap();
    let numbers: Vec<u64> = file.all_steps(10).unwrap().iter().map(|step| step.number).collect();
    for dead in &numbers[1..] {
        file.bury(*dead, "410", false).unwrap();
    }
    let dead = |number| file.dead_steps(number).unwrap();
    assert_eq!(dead(None), numbers[1..]);
    assert_eq!((dead(Some(numbers[0])), dead(Some(numbers[2]))), (vec![], vec![numbers[2]]));
    let waiting = |desk, conversation| file.waiting_steps(desk, conversation, 10).unwrap();
    assert_eq!(texts(&waiting("desk", "x")), ["one"]);
    assert_eq!((waiting("desk", "y"), waiting("other", "x")), (vec![], vec![]));
}

#[test]
fn a_clock_that_was_ahead_holds_up_nothing() {
    let Opened { file, .. } = &opened();
    file.put("desk", "x", &[step("one", true)]).unwrap();
    let made = crate::store::unix_now();
    let one = file.due_steps(0, 10).unwrap().first().map(|turn| turn.number);
    assert!(one.is_some(), "what was never tried is due");
    let one = file.begin(one.unwrap()).unwrap().unwrap().number;
    file.postpone(one, made + 60, "503", false).unwrap();
    assert_eq!(file.due_steps(made, 10).unwrap(), []);
    file.postpone(one, made + 365 * 86_400, "503", false).unwrap();
    assert_eq!(file.due_steps(made, 10).unwrap().len(), 1);
    assert!(file.begin(one).unwrap().is_some());
}

#[test]
fn it_is_known_whether_an_attempt_may_have_arrived() {
    let Opened { file, .. } = &opened();
    file.put("desk", "x", &[step("one", true)]).unwrap();
    let now = crate::store::unix_now() + 1;
    let one = file.due_steps(now, 10).unwrap()[0].number;
    let begun = || file.begin(one).unwrap().unwrap().unsure;
    assert!(!begun());
    assert!(begun(), "nobody told what became of the first attempt");
    file.postpone(one, 0, "429", false).unwrap();
    assert!(!begun());
    file.postpone(one, 0, "timeout", true).unwrap();
    assert!(begun());
    file.bury(one, "410", true).unwrap();
    file.revive(one).unwrap();
    assert!(begun());
}

#[test]
fn what_is_damaged_is_listed_and_stops_nothing() {
    let Opened { file, .. } = &opened();
    file.accept("desk", &[event("1", "x")]).unwrap();
    file.put("desk", "x", &[step("one", true), step("two", true)]).unwrap();
    file.keep("desk", "x", b"open").unwrap();
    for place in [
        "event SET sealed = x'00'",
        "step SET sealed = x'00' WHERE number = 1",
        "conversation SET sealed = x'00'",
    ] {
        file.database.connection.execute(&format!("UPDATE {place}"), []).unwrap();
    }
    assert_eq!(whole(file, &file.next_events(1).unwrap()[0]).payload, b"");
    assert_eq!(texts(&file.all_steps(10).unwrap()), ["", "two"]);
    assert_eq!(file.begin(1).unwrap().unwrap().payload, b"");
    assert!(matches!(file.conversation("desk", "x"), Err(StoreError::Damaged { .. })));
}

#[test]
fn the_steps_of_one_conversation_are_erased_whatever_became_of_them() {
    let Opened { file, .. } = &opened();
    file.put("desk", "x", &[step("one", true), step("two", true)]).unwrap();
    file.put("desk", "y", &[step("three", true)]).unwrap();
    file.bury(1, "410", false).unwrap();
    file.erase_steps("x").unwrap();
    assert_eq!(texts(&file.all_steps(10).unwrap()), ["three"]);
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
fn a_chat_in_use_is_remembered_with_where_it_goes_on() {
    let Opened { file, .. } = &opened();
    for name in ["line", "x", "y"] {
        file.keep("desk", name, b"open").unwrap();
    }
    file.link("s", "desk", "x").unwrap();
    let age = "UPDATE conversation SET used = 1; UPDATE link SET used = 1;";
    file.database.connection.execute_batch(age).unwrap();
    file.touch("s", "line").unwrap();
    file.touch("another", "y").unwrap();
    assert!(file.last_used("desk", "x").unwrap() > Some(1));
    assert_eq!(file.last_used("desk", "y").unwrap(), Some(1));
    file.sweep(3600).unwrap();
    assert!(file.linked("s").unwrap().is_some());
    let names = ["line", "x", "y"].map(|name| file.conversation("desk", name).unwrap().is_some());
    assert_eq!(names, [true, true, false]);
}

#[test]
fn what_waits_in_a_file_of_format_1_waits_in_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deliveries.sqlite");
    let file = DeliveryFile::open(&path, &key("a")).unwrap();
    file.put("desk", "x", &[step("tried", true), step("new", true)]).unwrap();
    let before = "UPDATE step SET attempts = 1 WHERE number = 1; ALTER TABLE step DROP COLUMN unsure;
         ALTER TABLE step DROP COLUMN since; PRAGMA user_version = 1;";
    file.database.connection.execute_batch(before).unwrap();
    drop(file);
    let steps = DeliveryFile::open(&path, &key("a")).unwrap().all_steps(10).unwrap();
    assert_eq!(texts(&steps), ["tried", "new"]);
    assert_eq!(steps.iter().map(|step| step.unsure).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn what_waits_in_a_file_of_format_2_is_tried_as_long_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deliveries.sqlite");
    let file = DeliveryFile::open(&path, &key("a")).unwrap();
    file.put("desk", "x", &[step("one", true)]).unwrap();
    let before = "UPDATE step SET made = 7; ALTER TABLE step DROP COLUMN since; PRAGMA user_version = 2;";
    file.database.connection.execute_batch(before).unwrap();
    drop(file);
    let steps = DeliveryFile::open(&path, &key("a")).unwrap().all_steps(10).unwrap();
    assert_eq!((steps[0].made, steps[0].since), (7, 7));
}

#[test]
fn what_an_older_server_put_in_line_when_the_file_was_of_this_format_already_is_tried_as_long() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deliveries.sqlite");
    let file = DeliveryFile::open(&path, &key("a")).unwrap();
    file.put("desk", "x", &[step("tried", true), step("new", true)]).unwrap();
    let before = "UPDATE step SET since = 0; UPDATE step SET attempts = 1 WHERE number = 1;";
    file.database.connection.execute_batch(before).unwrap();
    drop(file);
    let steps = DeliveryFile::open_to_serve(&path, &key("a")).unwrap().all_steps(10).unwrap();
    assert!(steps.iter().all(|step| step.made > 0 && step.since == step.made));
    assert_eq!(steps.iter().map(|step| step.unsure).collect::<Vec<_>>(), [true, false]);
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
