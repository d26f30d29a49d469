use super::*;
use crate::protocol::HandoffState;
use crate::store::{Key, Retention};

fn chats(change: impl FnOnce(&mut SessionsConfig)) -> Chats {
    let mut config = SessionsConfig::default();
    change(&mut config);
    Chats::new(config, None, Counter::default())
}

fn claim(credentials: &Credentials) -> Claim<'_> {
    Claim { session: &credentials.session, token: &credentials.token, origin: Some("https://a.example") }
}

fn begin(chats: &Chats) -> (Box<ChatState>, Credentials, Attachment) {
    let (mut state, credentials, attachment) = chats.begin(Some("https://a.example")).unwrap();
    state.log.begin();
    (state, credentials, attachment)
}

fn say(state: &mut ChatState, text: &str) {
    state.log.push(Logged { kind: FrameKind::Answer("c1".into()), text: text.into() });
}

/// Sessions in a file in `folder`, of which no more than `sessions` are kept there.
fn on_disk(folder: &tempfile::TempDir, sessions: u64) -> Chats {
    let config = SessionsConfig::default();
    let retention = Retention { sessions, ..config.retention() };
    let key = Key::parse(&"a1".repeat(32)).unwrap();
    let store = SessionStore::open(&folder.path().join("sessions.sqlite"), &key, retention).unwrap();
    Chats::new(config, Some(store), Counter::default())
}

/// As after a restart: what was in memory is gone.
fn restarted(chats: Chats) -> Chats {
    Chats { table: Mutex::new(Table::new(chats.config.max_resting, chats.config.max_resting_bytes)), ..chats }
}

async fn keep(chats: &Chats, state: &mut ChatState, kind: FrameKind, text: &str) {
    chats.keep(state, kind, text.to_owned().into(), None).await.unwrap();
}

#[tokio::test]
async fn only_the_one_who_began_it_goes_on() {
    let chats = chats(|_| {});
    let (mut state, credentials, attachment) = begin(&chats);
    say(&mut state, "hello");
    chats.rest(state, attachment).await;
    let right = claim(&credentials);
    let wrong = [
        Claim { token: "0", ..right },
        Claim { session: "0", ..right },
        Claim { origin: None, ..right },
        Claim { origin: Some("https://b.example"), ..right },
    ];
    for claim in wrong {
        assert!(!chats.knows(claim) && chats.resume(claim, 1).await.is_err());
    }
    assert!(chats.knows(right));
    assert!(chats.resume(right, 9).await.is_err(), "that frame is yet to come");
    let (state, _attachment) = chats.resume(right, 1).await.unwrap();
    assert_eq!(state.log.since(1).unwrap().count(), 1);
}

#[tokio::test]
async fn a_newer_connection_gets_it_from_the_one_that_has_it() {
    let chats = chats(|_| {});
    let (mut state, credentials, mut first) = begin(&chats);
    say(&mut state, "hello");
    let holder = async {
        let request = first.wanted().await;
        assert!(request.send(state).is_ok());
    };
    let (taken, ()) = tokio::join!(chats.resume(claim(&credentials), 1), holder);
    assert_eq!(taken.unwrap().0.log.last(), 2);
}

#[tokio::test]
async fn one_that_ends_while_it_is_asked_hands_over() {
    let chats = chats(|_| {});
    let (state, credentials, first) = begin(&chats);
    let (taken, ()) = tokio::join!(chats.resume(claim(&credentials), 1), chats.rest(state, first));
    assert!(taken.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_does_not_answer_costs_the_newcomer_the_session_but_not_for_ever() {
    let chats = chats(|_| {});
    let (state, credentials, stuck) = begin(&chats);
    assert!(chats.resume(claim(&credentials), 1).await.is_err());
    chats.rest(state, stuck).await;
    assert!(chats.resume(claim(&credentials), 1).await.is_ok());
}

#[tokio::test]
async fn what_rests_is_bounded_in_number_and_bytes() {
    let chats = chats(|config| (config.max_resting, config.max_resting_bytes) = (3, 100));
    let mut all = Vec::new();
    for size in [10, 10, 10, 10, 90] {
        let (mut state, credentials, attachment) = begin(&chats);
        say(&mut state, &"x".repeat(size));
        chats.rest(state, attachment).await;
        all.push(credentials);
    }
    let known: Vec<bool> = all.iter().map(|credentials| chats.knows(claim(credentials))).collect();
    assert_eq!(known, [false, false, false, true, true]);
    assert_eq!(chats.resting(), 2);
}

#[tokio::test]
async fn one_in_which_nothing_was_said_makes_room_first_and_one_that_waits_for_a_person_last() {
    let chats = chats(|config| config.max_resting = 2);
    let rest = async |waits: bool, said: bool| {
        let (mut state, credentials, attachment) = begin(&chats);
        state.handoff = waits.then_some(HandoffState::Requested);
        if said {
            say(&mut state, "hello");
        }
        chats.rest(state, attachment).await;
        credentials
    };
    let waits = rest(true, true).await;
    let said = rest(false, true).await;
    let empty = rest(false, false).await;
    assert!(!chats.knows(claim(&empty)) && chats.knows(claim(&said)) && chats.knows(claim(&waits)));
    let newer = rest(false, true).await;
    assert!(!chats.knows(claim(&said)) && chats.knows(claim(&newer)) && chats.knows(claim(&waits)));
}

#[tokio::test]
async fn who_is_only_refused_pushes_nobody_out() {
    let chats = chats(|config| config.max_resting = 2);
    let rest = async |kind: FrameKind| {
        let (mut state, credentials, attachment) = begin(&chats);
        state.log.push(Logged { kind, text: "{}".into() });
        chats.rest(state, attachment).await;
        credentials
    };
    let answered = rest(FrameKind::Answer("c1".into())).await;
    let told = rest(FrameKind::Desk("event".into())).await;
    for _ in 0..3 {
        rest(FrameKind::Refusal("c1".into())).await;
        rest(FrameKind::Other).await;
    }
    assert!(chats.resume(claim(&answered), 1).await.is_ok());
    assert!(chats.knows(claim(&told)));
}

#[tokio::test]
async fn who_cannot_go_on_does_not_take_it_from_the_connection_that_has_it() {
    let chats = chats(|_| {});
    let (mut state, credentials, mut attachment) = begin(&chats);
    say(&mut state, "hello");
    assert_eq!(chats.resume(claim(&credentials), 9).await.err(), Some(NotResumed::Unknown));
    assert!(attachment.takeover.try_recv().is_err(), "nobody wants it");
    let holder = async {
        let request = attachment.wanted().await;
        assert!(request.send(state).is_ok());
    };
    let (taken, ()) = tokio::join!(chats.resume(claim(&credentials), 2), holder);
    assert!(taken.is_ok());
}

#[tokio::test]
async fn a_session_comes_to_the_disk_whole_when_something_is_said_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let chats = on_disk(&folder, 9);
    let (mut state, credentials, _attachment) = begin(&chats);
    let is_stored = async || chats.store().unwrap().load(&credentials.session).await.unwrap().is_some();
    keep(&chats, &mut state, FrameKind::Refusal("c1".into()), "no").await;
    keep(&chats, &mut state, FrameKind::Other, "bye").await;
    assert!(!is_stored().await);
    keep(&chats, &mut state, FrameKind::Answer("c2".into()), "yes").await;
    keep(&chats, &mut state, FrameKind::Refusal("c3".into()), "never").await;
    assert!(is_stored().await);
    let (state, _attachment) = restarted(chats).resume(claim(&credentials), 1).await.unwrap();
    assert_eq!(texts(&state, 1), ["no", "bye", "yes", "never"]);
}

#[tokio::test]
async fn on_disk_is_no_more_of_a_session_than_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let chats = on_disk(&folder, 9);
    let (mut state, credentials, _attachment) = begin(&chats);
    let large = "x".repeat(chats.config.max_frame_bytes / 2);
    for text in ["a", large.as_str(), "b", large.as_str()] {
        keep(&chats, &mut state, FrameKind::Answer("c1".into()), text).await;
    }
    let saved = chats.store().unwrap().load(&credentials.session).await.unwrap().unwrap();
    let kept: Vec<u64> = saved.frames.iter().map(|frame| frame.seq).collect();
    assert_eq!(kept, [4, 5]);
    assert_eq!(state.log.oldest(), 4);
}

#[tokio::test]
async fn sessions_on_disk_are_bounded_in_number() {
    let folder = tempfile::tempdir().unwrap();
    let chats = on_disk(&folder, 2);
    let mut all = Vec::new();
    for _ in 0..3 {
        let (mut state, credentials, _attachment) = begin(&chats);
        keep(&chats, &mut state, FrameKind::Answer("c1".into()), "yes").await;
        all.push(credentials);
    }
    let chats = restarted(chats);
    let mut known = Vec::new();
    for credentials in &all {
        known.push(chats.resume(claim(credentials), 1).await.is_ok());
    }
    assert_eq!(known, [false, true, true]);
}

#[tokio::test]
async fn one_that_waits_for_a_person_still_does_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let chats = on_disk(&folder, 9);
    let (mut state, credentials, _attachment) = begin(&chats);
    state.handoff = Some(HandoffState::Requested);
    keep(&chats, &mut state, FrameKind::Other, "requested").await;
    let chats = restarted(chats);
    chats.recall(&credentials.session).await;
    let (state, attachment) = chats.resume(claim(&credentials), 1).await.unwrap();
    assert_eq!((state.is_handed_over(), texts(&state, 1)), (Some(true), vec!["requested".to_owned()]));
    chats.rest(state, attachment).await;
    let closed = Post { key: "closed".into(), what: Posted::Handoff(HandoffState::Closed) };
    assert_eq!(chats.post(&credentials.session, &closed).await, Ok(()));
    let saved = chats.store().unwrap().load(&credentials.session).await.unwrap().unwrap();
    assert!(!saved.head.waits);
}

#[tokio::test]
async fn who_asks_in_the_name_of_a_session_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let chats = on_disk(&folder, 9);
    let (mut state, credentials, _attachment) = begin(&chats);
    keep(&chats, &mut state, FrameKind::Answer("c1".into()), "yes").await;
    let chats = restarted(chats);
    assert!(!chats.knows(claim(&credentials)));
    chats.recall(&credentials.session).await;
    assert!(chats.knows(claim(&credentials)));
    assert!(!chats.knows(Claim { token: "0", ..claim(&credentials) }));
}

#[tokio::test]
async fn where_the_disk_fails_nothing_is_taken_for_gone_and_every_failure_is_counted() {
    let failures = Counter::default();
    let chats = Chats::new(SessionsConfig::default(), Some(SessionStore::stopped()), failures.clone());
    let (state, credentials, attachment) = begin(&chats);
    let session = credentials.session.as_str();
    assert!(chats.forget(session).await.is_err());
    assert!(chats.knows(claim(&credentials)), "it is not erased");
    chats.rest(state, attachment).await;
    assert_eq!(chats.post(session, &posted("soon")).await, Ok(()));
    assert_eq!(failures.get(), 1, "it is not kept");
    chats.sweep().await;
    assert_eq!(failures.get(), 2, "nothing is erased");
    let chats = restarted(chats);
    assert_eq!(chats.resume(claim(&credentials), 1).await.err(), Some(NotResumed::Unreadable));
    assert_eq!(chats.post(session, &posted("hello")).await, Err(Unsaid::Later));
    assert_eq!(failures.get(), 4, "it cannot be read");
}

fn posted(text: &str) -> Post {
    Post { key: format!("event {text}"), what: Posted::Message(text.into()) }
}

fn texts(state: &ChatState, after: u64) -> Vec<String> {
    state.log.since(after).unwrap().map(|frame| frame.text.to_string()).collect()
}

#[tokio::test]
async fn a_person_is_heard_once_by_who_comes_back_and_is_waited_for() {
    let chats = chats(|config| config.idle_secs = 0);
    let (mut state, credentials, attachment) = begin(&chats);
    state.handoff = Some(HandoffState::Requested);
    chats.rest(state, attachment).await;
    let session = credentials.session.as_str();
    for _ in 0..2 {
        assert_eq!(chats.post(session, &posted("hello")).await, Ok(()));
    }
    chats.sweep().await;
    let closed = Post { key: "closed".into(), what: Posted::Handoff(HandoffState::Closed) };
    let (state, attachment) = chats.resume(claim(&credentials), 1).await.unwrap();
    assert_eq!(texts(&state, 1).len(), 1);
    chats.rest(state, attachment).await;
    assert_eq!(chats.post(session, &closed).await, Ok(()));
    chats.sweep().await;
    assert_eq!(chats.post(session, &posted("too late")).await, Err(Unsaid::Absent));
}

#[tokio::test]
async fn a_connection_is_told_what_a_person_says() {
    let chats = chats(|_| {});
    let (mut state, credentials, mut attachment) = begin(&chats);
    let connection = async {
        let Wish::Post(posting) = attachment.next().await else { panic!("nobody wants the session") };
        let text = posting.post.written(state.log.last() + 1).unwrap();
        state.log.push(Logged { kind: FrameKind::Desk(posting.post.key.into()), text });
        posting.done.send(()).unwrap();
    };
    let post = posted("hello");
    let (told, ()) = tokio::join!(chats.post(&credentials.session, &post), connection);
    assert_eq!(told, Ok(()));
    assert!(texts(&state, 1)[0].contains("hello"));
}

#[tokio::test]
async fn what_is_erased_or_past_its_time_is_gone() {
    let chats = chats(|config| config.idle_secs = 0);
    let (state, credentials, attachment) = begin(&chats);
    assert!(chats.knows(claim(&credentials)), "a connected session is not idle");
    chats.rest(state, attachment).await;
    assert!(!chats.knows(claim(&credentials)));
    chats.sweep().await;
    assert_eq!(chats.resting(), 0);
    let (state, credentials, attachment) = begin(&chats);
    chats.forget(&credentials.session).await.unwrap();
    assert!(!chats.knows(claim(&credentials)));
    drop((state, attachment));
    assert_eq!(chats.resume(claim(&credentials), 1).await.err(), Some(NotResumed::Unknown));
}
