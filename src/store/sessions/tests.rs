use std::time::Duration;

use super::*;
use crate::store::{InvalidKey, unix_now};

const DAY: Duration = Duration::from_secs(86_400);
const KEPT: Retention = Retention { idle: DAY, whole: DAY, frames: 3 };

fn key(digit: &str) -> Key {
    Key::parse(&digit.repeat(64)).unwrap()
}

fn head(id: &str) -> SessionHead {
    let origin = Some("https://clinic.example".to_owned());
    SessionHead { id: id.into(), token_hash: [7; 32], origin, began: unix_now() }
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
            store.append(head("s"), frame(seq)).await.unwrap();
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
            store.append(head("s"), frame(seq)).await.unwrap();
        }
        let saved = store.load("s").await.unwrap().unwrap();
        assert_eq!(saved.frames, [frame(4)]);
    });
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
        store.append(head("0123456789abcdef"), frame(1)).await.unwrap();
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
        store.append(old, frame(1)).await.unwrap();
        store.append(head("new"), frame(1)).await.unwrap();
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
            store.append(head(name), frame(1)).await.unwrap();
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
