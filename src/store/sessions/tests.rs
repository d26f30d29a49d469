use std::time::Duration;

use super::*;
use crate::store::{InvalidKey, unix_now};

const DAY: Duration = Duration::from_secs(86_400);
const KEPT: Retention = Retention { idle: DAY, whole: DAY, sessions: 100 };

fn key(digit: &str) -> Key {
    Key::parse(&digit.repeat(64)).unwrap()
}

fn head(id: &str) -> SessionHead {
    let origin = Some("https://clinic.example".to_owned());
    SessionHead { id: id.into(), token_hash: [7; 32], origin, began: unix_now(), waits: false }
}

fn frame(seq: u64) -> SavedFrame {
    let exchange = Exchange { question: "is it a carbuncle?".into(), ..Exchange::default() };
    SavedFrame {
        seq,
        in_reply_to: Some(format!("c{seq}")),
        is_answer: true,
        text: format!("{{\"seq\":{seq},\"text\":\"carbuncle\"}}"),
        exchange: Some(exchange),
    }
}

/// Keeps frame `seq`, and before it no more than two.
async fn keep(store: &SessionStore, head: SessionHead, seq: u64) {
    store.append(head, vec![frame(seq)], seq.saturating_sub(2)).await.unwrap();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

#[test]
fn what_was_kept_is_there_after_a_restart_and_frames_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    runtime().block_on(async {
        let store = SessionStore::open(&path, &key("a"), KEPT).unwrap();
        for seq in 1..=5 {
            keep(&store, head("s"), seq).await;
        }
    });
    runtime().block_on(async {
        let store = reopened(&path, "a", KEPT);
        let saved = store.load("s").await.unwrap().unwrap();
        assert_eq!(saved.head.origin, head("s").origin);
        assert_eq!(saved.frames, (3..=5).map(frame).collect::<Vec<_>>());
        assert_eq!(store.load("other").await.unwrap(), None);
    });
}

#[test]
fn what_follows_a_frame_that_could_not_be_written_is_there() {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let store = SessionStore::open(&folder.path().join("sessions.sqlite"), &key("a"), KEPT).unwrap();
        for seq in [1, 2, 4] {
            keep(&store, head("s"), seq).await;
        }
        let saved = store.load("s").await.unwrap().unwrap();
        assert_eq!(saved.frames, [frame(4)]);
    });
}

#[test]
fn too_many_make_room_the_longest_unused_first_and_those_that_wait_for_a_person_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    runtime().block_on(async {
        let store = SessionStore::open(&path, &key("a"), Retention { sessions: 2, ..KEPT }).unwrap();
        keep(&store, SessionHead { waits: true, ..head("waits") }, 1).await;
        for name in ["a", "b", "c"] {
            keep(&store, head(name), 1).await;
        }
        let is_there = async |name| store.load(name).await.unwrap().is_some();
        assert!(is_there("waits").await && is_there("c").await);
        assert!(!is_there("a").await && !is_there("b").await);
        for name in ["d", "e"] {
            keep(&store, SessionHead { waits: true, ..head(name) }, 1).await;
        }
        assert!(!is_there("waits").await && !is_there("c").await, "the oldest of those that wait");
        assert!(is_there("d").await && is_there("e").await);
    });
}

#[test]
fn one_in_which_nothing_was_said_makes_room_before_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = reopened(&folder.path().join("sessions.sqlite"), "a", Retention { sessions: 2, ..KEPT });
    runtime().block_on(async {
        store.append(head("empty"), Vec::new(), 0).await.unwrap();
        assert_eq!(store.load("empty").await.unwrap().unwrap().frames, []);
        store.append(head("spoken"), Vec::new(), 0).await.unwrap();
        keep(&store, head("spoken"), 2).await;
        keep(&store, head("newer"), 2).await;
        store.append(head("newest"), Vec::new(), 0).await.unwrap();
        let goodbye = SavedFrame { in_reply_to: None, is_answer: false, exchange: None, ..frame(2) };
        store.append(head("refused"), Vec::new(), 0).await.unwrap();
        store.append(head("refused"), vec![goodbye], 0).await.unwrap();
        let mut known = Vec::new();
        for id in ["empty", "spoken", "newer", "newest", "refused"] {
            known.push(store.load(id).await.unwrap().is_some());
        }
        assert_eq!(known, [false, true, true, false, false]);
    });
}

#[test]
fn one_that_waits_for_a_person_is_not_idle_until_that_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    let none = Retention { idle: Duration::ZERO, ..KEPT };
    let waits = |waits| SessionHead { waits, ..head("s") };
    runtime().block_on(async {
        let store = SessionStore::open(&path, &key("a"), none).unwrap();
        keep(&store, waits(true), 1).await;
        store.sweep().await.unwrap();
        assert!(store.load("s").await.unwrap().unwrap().head.waits);
        keep(&store, waits(false), 2).await;
        assert_eq!(store.load("s").await.unwrap(), None);
    });
}

#[test]
fn what_was_erased_before_a_crash_is_not_in_the_log_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| file::File::open(&folder.path().join(name), &key("a"), KEPT).unwrap();
    let bytes_of = |name: &str| std::fs::metadata(folder.path().join(name)).map_or(0, |about| about.len());
    let before = open("before");
    let what = worker::Append { head: head("s"), frames: vec![frame(1)], oldest: 1 };
    before.append(&what).unwrap();
    before.forget("s").unwrap();
    // As one that is killed now leaves its files.
    for (from, to) in [("before", "after"), ("before-wal", "after-wal")] {
        std::fs::copy(folder.path().join(from), folder.path().join(to)).unwrap();
    }
    assert!(bytes_of("after-wal") > 0, "the test looks at the right file");
    let after = open("after");
    assert_eq!(bytes_of("after-wal"), 0);
    assert!(!after.log_holds_erased());
}

/// The thread of the store before lets go of the file a moment after its last handle.
#[track_caller]
fn reopened(path: &std::path::Path, digit: &str, retention: Retention) -> SessionStore {
    for _ in 0..500 {
        match SessionStore::open(path, &key(digit), retention) {
            Err(StoreError::InUse { .. }) => std::thread::sleep(Duration::from_millis(10)),
            other => return other.unwrap(),
        }
    }
    panic!("the file stays in use");
}

#[test]
fn no_word_is_readable_on_disk_and_a_forgotten_session_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    let on_disk = |needle: &[u8]| {
        std::fs::read_dir(folder.path()).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    };
    runtime().block_on(async {
        let store = SessionStore::open(&path, &key("a"), KEPT).unwrap();
        keep(&store, head("0123456789abcdef"), 1).await;
        assert!(on_disk(b"0123456789abcdef"), "the test looks at the right files");
        for secret in [b"carbuncle".as_slice(), b"clinic.example"] {
            assert!(!on_disk(secret), "{secret:?}");
        }
        store.forget("0123456789abcdef").await.unwrap();
        assert_eq!(store.load("0123456789abcdef").await.unwrap(), None);
        assert!(!on_disk(b"0123456789abcdef"));
    });
}

#[test]
fn what_is_past_its_time_is_neither_given_nor_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    let old = SessionHead { began: unix_now() - 90_000, ..head("old") };
    runtime().block_on(async {
        let store = SessionStore::open(&path, &key("a"), KEPT).unwrap();
        keep(&store, old, 1).await;
        keep(&store, head("new"), 1).await;
        assert_eq!(store.load("old").await.unwrap(), None);
        store.sweep().await.unwrap();
        assert!(store.load("new").await.unwrap().is_some());
    });
    runtime().block_on(async {
        let century = Retention { whole: DAY * 36_500, idle: DAY * 36_500, ..KEPT };
        let store = reopened(&path, "a", century);
        assert_eq!(store.load("old").await.unwrap(), None, "it was erased, not only hidden");
        assert!(store.load("new").await.unwrap().is_some());
    });
}

#[test]
fn a_session_that_somebody_is_connected_to_is_kept_though_nothing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let short = Retention { idle: Duration::from_secs(2), ..KEPT };
    runtime().block_on(async {
        let path = folder.path().join("sessions.sqlite");
        let store = SessionStore::open(&path, &key("a"), short).unwrap();
        for name in ["connected", "gone"] {
            keep(&store, head(name), 1).await;
        }
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(1500));
            store.touch(vec!["connected".into()]).await.unwrap();
        }
        store.sweep().await.unwrap();
        assert!(store.load("connected").await.unwrap().is_some());
        assert_eq!(store.load("gone").await.unwrap(), None);
    });
}

#[test]
fn each_wrong_file_has_its_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    let open = |digit: &str| SessionStore::open(&path, &key(digit), KEPT);
    let first = open("a").unwrap();
    assert!(matches!(open("a"), Err(StoreError::InUse { .. })));
    drop(first);
    drop(reopened(&path, "a", KEPT));
    let other = (0..500).find_map(|_| match open("b") {
        Err(StoreError::InUse { .. }) => {
            std::thread::sleep(Duration::from_millis(10));
            None
        }
        other => Some(other),
    });
    assert!(matches!(other, Some(Err(StoreError::OtherKey { .. }))));
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be taken for one ".repeat(20)).unwrap();
    assert!(matches!(SessionStore::open(&text, &key("a"), KEPT), Err(StoreError::Format { .. })));
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("not a database"), "it is left alone");
    let nowhere = folder.path().join("no/such/folder/file");
    assert!(matches!(SessionStore::open(&nowhere, &key("a"), KEPT), Err(StoreError::Make { .. })));
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.sqlite");
    let _store = SessionStore::open(&path, &key("a"), KEPT).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_key_is_told_from_other_texts_and_never_shown() {
    assert_eq!(Key::parse("abc"), Err(InvalidKey));
    assert_eq!(Key::parse(&"g".repeat(64)), Err(InvalidKey));
    assert_eq!(format!("{:?}", key("a")), "Key(..)");
}
