//! What a desk could not tell while nobody listened is asked for, at the start and now and then.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::hooks::stored;
use super::sending::NOT_TAKEN;
use super::{Desk, Desks, note_failure, retention_secs};
use crate::adapters::{Call, Event};
use crate::server::app::App;
use crate::store::{DeliveryFile, StoreError, unix_now};

/// Most calls for what a desk lists.
const MAX_CALLS: usize = 128;

/// Under this name it is kept when the desk was first asked. No desk has a conversation of this name.
const ASKED_BEFORE: &str = "\u{0}asked";

/// Asks the desk `name`, for ever.
pub(super) async fn work(app: Arc<App>, name: String) {
    let Some(desks) = &app.desks else { return };
    let Some(desk) = desks.get(&name) else { return };
    let every = desk.config.poll_secs;
    let Some(first) = desk.adapter.poll().filter(|_| every > 0) else { return };
    loop {
        let now = unix_now();
        if let Some(listed) = list(desks, desk, &name, first.clone()).await {
            take(&app, desks, &name, listed, now).await;
        }
        sleep(Duration::from_secs(every)).await;
    }
}

/// What a desk lists.
pub(super) struct Listed {
    pub(super) events: Vec<Event>,
    /// Whether all of it could be read.
    pub(super) is_whole: bool,
}

/// What the desk lists; none where it cannot be had. One ticket that cannot be read holds up no other; a desk that wants no
/// more calls gets none.
pub(super) async fn list(desks: &Desks, desk: &Desk, name: &str, first: Call) -> Option<Listed> {
    let (mut events, mut unread) = (Vec::new(), 0);
    let mut next = VecDeque::from([first]);
    for number in 0..MAX_CALLS {
        let Some(call) = next.pop_front() else { break };
        let reply = match desk.perform(&desks.client, "", call).await {
            Ok(reply) => reply,
            Err(failure) => {
                tracing::warn!(desk = name, %failure, "the desk does not list what waits");
                return None;
            }
        };
        let is_good = (200..300).contains(&reply.status);
        match desk.adapter.polled(&reply.body).filter(|_| is_good) {
            Some(polled) => {
                events.extend(polled.events);
                next.extend(polled.more);
            }
            None if number == 0 => {
                tracing::warn!(desk = name, status = reply.status, "the desk does not list what waits");
                return None;
            }
            None => unread += 1,
        }
        if NOT_TAKEN.contains(&reply.status) {
            break;
        }
    }
    if unread > 0 {
        tracing::warn!(desk = name, unread, "some of what the desk lists cannot be read");
    }
    Some(Listed { events, is_whole: unread == 0 })
}

/// Puts what is new in line, and tells the operator.
async fn take(app: &App, desks: &Desks, name: &str, listed: Listed, now: u64) {
    let desk = name.to_owned();
    let oldest = now.saturating_sub(retention_secs(app));
    let taken = desks.deliveries.run(move |file| take_new(file, &desk, listed, now, oldest)).await;
    if let Some(found @ 1..) = note_failure(app, taken) {
        desks.events.wake.notify_one();
        tracing::info!(desk = name, found, "the desk had something that it could not tell");
    }
}

/// Puts what is new in line and says how much that is. The first time ever nothing is answered: what was there before
/// Ibid came is old, though the desk may list it only later. So is what was written before `oldest`, of which it is not
/// remembered any more whether it was answered. The first time is over when all that was listed could be read.
fn take_new(
    file: &DeliveryFile,
    desk: &str,
    Listed { mut events, is_whole }: Listed,
    now: u64,
    oldest: u64,
) -> Result<usize, StoreError> {
    let before = first_asked(file, desk)?;
    let found = match before {
        Some(first) => {
            let oldest = oldest.max(first);
            events.retain(|event| event.written.is_none_or(|written| written >= oldest));
            file.accept(desk, &stored(events))?
        }
        None if !is_whole => return Ok(0),
        None => {
            for event in events {
                file.note(desk, &event.key)?;
            }
            0
        }
    };
    file.keep(desk, ASKED_BEFORE, before.unwrap_or(now).to_string().as_bytes())?;
    Ok(found)
}

/// When the desk was first asked, in seconds since 1970; none where it never was. Of versions that did not keep the
/// time it is known when they last asked.
fn first_asked(file: &DeliveryFile, desk: &str) -> Result<Option<u64>, StoreError> {
    let kept = match file.conversation(desk, ASKED_BEFORE) {
        Err(StoreError::Damaged { .. }) => None,
        other => other?,
    };
    let first = kept.and_then(|kept| String::from_utf8(kept).ok()?.parse().ok());
    Ok(first.or(file.last_used(desk, ASKED_BEFORE)?))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::adapters::Happened;
    use crate::store::{Deliveries, Key};

    fn event(key: &str, written: Option<u64>) -> Event {
        let what = Happened::Asked { text: "why?".into() };
        Event {
            key: key.into(),
            conversation: "x".into(),
            what,
            message: None,
            details: Value::Null,
            written,
        }
    }

    fn listed(events: Vec<Event>) -> Listed {
        Listed { events, is_whole: true }
    }

    fn events(keys: &[&str]) -> Listed {
        listed(keys.iter().map(|key| event(key, None)).collect())
    }

    fn key() -> Key {
        Key::parse(&"a".repeat(64)).unwrap()
    }

    fn opened() -> (tempfile::TempDir, DeliveryFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = DeliveryFile::open(&folder.path().join("deliveries.sqlite"), &key()).unwrap();
        (folder, file)
    }

    #[test]
    fn what_was_there_at_first_is_not_answered_and_what_comes_later_is() {
        let (_folder, file) = opened();
        assert_eq!(first_asked(&file, "desk").unwrap(), None);
        assert_eq!(take_new(&file, "desk", events(&["1", "2"]), 100, 0).unwrap(), 0);
        assert_eq!(take_new(&file, "desk", events(&["1", "2", "3"]), 200, 0).unwrap(), 1);
        assert_eq!(first_asked(&file, "desk").unwrap(), Some(100));
        assert_eq!(take_new(&file, "other", events(&["1"]), 300, 0).unwrap(), 0, "each desk by itself");
    }

    #[test]
    fn what_was_written_before_is_not_answered_however_late_it_is_listed() {
        let (_folder, file) = opened();
        assert_eq!(take_new(&file, "desk", events(&["1"]), 100, 0).unwrap(), 0);
        let late = |written| event(&format!("late {written:?}"), written);
        let all = || listed(vec![late(Some(99)), late(Some(100)), late(Some(250)), late(None)]);
        assert_eq!(take_new(&file, "desk", all(), 300, 200).unwrap(), 2, "250, and what tells no time");
        assert_eq!(take_new(&file, "desk", all(), 300, 0).unwrap(), 1, "100");
    }

    #[test]
    fn what_can_be_read_is_answered_but_for_a_first_time_that_is_not_whole() {
        let (_folder, file) = opened();
        let part = |keys| Listed { is_whole: false, ..events(keys) };
        assert_eq!(take_new(&file, "desk", part(&["1"]), 100, 0).unwrap(), 0);
        assert_eq!(first_asked(&file, "desk").unwrap(), None);
        assert_eq!(take_new(&file, "desk", events(&["1", "2"]), 200, 0).unwrap(), 0, "2 is as old as 1");
        assert_eq!(take_new(&file, "desk", part(&["1", "3"]), 300, 0).unwrap(), 1);
    }

    #[test]
    fn a_desk_that_a_version_without_the_time_asked_was_asked() {
        let (_folder, file) = opened();
        file.keep("desk", ASKED_BEFORE, b"").unwrap();
        let last = file.last_used("desk", ASKED_BEFORE).unwrap();
        assert!(last.is_some());
        assert_eq!(take_new(&file, "desk", events(&["1"]), 7, 0).unwrap(), 1);
        assert_eq!(first_asked(&file, "desk").unwrap(), last);
    }

    #[tokio::test]
    async fn a_first_time_that_fails_is_a_first_time_again() {
        let folder = tempfile::tempdir().unwrap();
        let deliveries = Deliveries::open(&folder.path().join("deliveries.sqlite"), &key()).unwrap();
        let failed: Result<(), _> = deliveries
            .run(|file| {
                take_new(file, "desk", events(&["1"]), 100, 0)?;
                Err(StoreError::Stopped)
            })
            .await;
        assert!(failed.is_err());
        let taken = deliveries.run(|file| take_new(file, "desk", events(&["1"]), 200, 0)).await;
        assert_eq!(taken.unwrap(), 0);
    }
}
