use super::*;
use crate::protocol::HandoffState;

fn chats(change: impl FnOnce(&mut SessionsConfig)) -> Chats {
    let mut config = SessionsConfig::default();
    change(&mut config);
    Chats::new(config, None)
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
    state.log.push(Logged { kind: FrameKind::Other, text: text.into() });
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
        assert!(!chats.knows(claim) && chats.resume(claim, 1).await.is_none());
    }
    assert!(chats.knows(right));
    assert!(chats.resume(right, 9).await.is_none(), "that frame is yet to come");
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
    assert!(taken.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_does_not_answer_costs_the_newcomer_the_session_but_not_for_ever() {
    let chats = chats(|_| {});
    let (state, credentials, stuck) = begin(&chats);
    assert!(chats.resume(claim(&credentials), 1).await.is_none());
    chats.rest(state, stuck).await;
    assert!(chats.resume(claim(&credentials), 1).await.is_some());
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
    assert_eq!(chats.post(session, &posted("too late")).await, Err(Absent));
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
    chats.forget(&credentials.session).await;
    assert!(!chats.knows(claim(&credentials)));
    drop((state, attachment));
    assert!(chats.resume(claim(&credentials), 1).await.is_none());
}
