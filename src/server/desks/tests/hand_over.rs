//! A person has the conversation: what the desk tells of the time before, and who gets what is written there.

use super::super::conversation::Owner;
use super::*;
use crate::adapters::{Event, Happened};
use crate::server::chats::Claim;

/// Something that happened in the conversation 7.
fn event(key: &str, what: Happened, details: Value) -> NewEvent {
    let (key, conversation) = (key.to_owned(), "7".to_owned());
    let event = Event { key, conversation, what, message: None, details, written: None };
    let payload = serde_json::to_vec(&event).unwrap();
    NewEvent { key: event.key, conversation: event.conversation, payload }
}

impl Opened {
    /// The desk tells of these.
    async fn tell(&self, events: Vec<NewEvent>) {
        self.desks().deliveries.run(move |file| file.accept("clinic", &events)).await.unwrap();
    }

    /// Deals with the next event.
    async fn deal(&self) {
        let turns = self.desks().deliveries.run(|file| file.next_events(1)).await.unwrap();
        answering::settle(&self.app, self.desks(), &turns[0]).await.unwrap();
    }

    async fn owner(&self) -> Owner {
        self.desks().deliveries.run(|file| Stands::load(file, "clinic", "7")).await.unwrap().owner
    }

    /// The hand-over waits to be sent.
    async fn put_hand_over(&self) {
        let adapter = &*self.desks().get("clinic").unwrap().adapter;
        self.put("7", stored_step(adapter, "7", Step::HandOver, &Value::Null).unwrap()).await;
    }

    async fn remove(&self, step: u64) {
        assert!(self.desks().deliveries.run(move |file| file.remove(step)).await.unwrap());
    }
}

#[tokio::test]
async fn what_was_written_before_the_desk_knew_of_a_hand_over_does_not_undo_it() {
    let server = server(DeskKind::Chatwoot, "http://127.0.0.1:9");
    let pending = json!({ "channel": "Channel::WebWidget", "status": "pending" });
    let answered = event("message 1", Happened::Answered { text: "I will help.".into() }, pending.clone());
    let back =
        |message: u64| event(&format!("message {message} pending"), Happened::GivenBack, pending.clone());
    server.tell(vec![answered, back(2)]).await;
    server.deal().await;
    assert_eq!((server.owner().await, server.steps().await), (Owner::Person, vec![Step::HandOver]));
    server.remove(1).await;
    server.deal().await;
    assert_eq!(server.owner().await, Owner::Person, "it had come before");
    server.put_hand_over().await;
    server.tell(vec![back(3)]).await;
    server.deal().await;
    assert_eq!(server.owner().await, Owner::Person, "the desk does not know yet");
    server.remove(2).await;
    server.tell(vec![back(4)]).await;
    server.deal().await;
    assert_eq!(server.owner().await, Owner::Ibid, "somebody has set it to pending");
}

#[tokio::test]
async fn what_had_come_when_people_got_what_cannot_be_read_does_not_undo_it() {
    let server = server(DeskKind::Chatwoot, "http://127.0.0.1:9");
    let unread = NewEvent { key: "message 1".into(), conversation: "7".into(), payload: Vec::new() };
    server.tell(vec![unread, event("message 2 pending", Happened::GivenBack, Value::Null)]).await;
    server.deal().await;
    let steps = server.steps().await;
    assert!(matches!(steps.as_slice(), [note, Step::HandOver] if is_note(note)), "{steps:?}");
    server.remove(2).await;
    server.deal().await;
    assert_eq!(server.owner().await, Owner::Person);
}

#[tokio::test]
async fn a_desk_that_says_that_it_gives_a_conversation_back_is_believed_at_once() {
    let server = server(DeskKind::Webhook, "http://127.0.0.1:9");
    let taken = event("1", Happened::Taken, Value::Null);
    server.tell(vec![taken, event("2", Happened::GivenBack, Value::Null)]).await;
    server.deal().await;
    assert_eq!(server.owner().await, Owner::Person);
    server.put_hand_over().await;
    server.deal().await;
    assert_eq!(server.owner().await, Owner::Ibid);
}

#[tokio::test]
async fn no_chat_goes_on_where_another_one_does() {
    let same = async || r#"{"conversation": "8"}"#;
    let (url, _calls) = listening(StatusCode::OK, Router::new().fallback(same)).await;
    let server = server(DeskKind::Webhook, &url);
    server.request("s").await;
    server.request("another").await;
    server.attempt(1).await;
    server.attempt(2).await;
    let linked = server.desks().deliveries.run(|file| Ok((file.linked("s")?, file.linked("another")?))).await;
    assert_eq!(linked.unwrap(), (Some(("clinic".to_owned(), "8".to_owned())), None));
    let dead = server.stored().await.remove(0);
    let why = "the desk named a conversation in which another chat goes on";
    assert_eq!((dead.number, dead.is_dead, dead.error.as_deref()), (2, true, Some(why)));
}

#[tokio::test]
async fn a_message_that_is_too_long_for_the_chat_comes_as_far_as_it_fits_and_the_staff_are_told() {
    let server = alone();
    let patient = server.app.chats.mint(None).unwrap();
    server.request(&patient.session).await;
    server.open(server.stored().await.remove(0)).await;
    let text = "\u{e9}".repeat(100_000);
    server.tell(vec![event("followup 5", Happened::Answered { text }, Value::Null)]).await;
    server.deal().await;
    let claim = Claim { session: &patient.session, token: &patient.token, origin: None };
    let (state, _attachment) = server.app.chats.resume(claim, 0).await.unwrap();
    let (_, last) = state.log.numbered(0).last().unwrap();
    let frame: Value = serde_json::from_str(last.text.as_str()).unwrap();
    assert_eq!(
        (frame["type"].as_str(), frame["text"].as_str().unwrap().chars().count()),
        (Some("message"), 8000)
    );
    let left = server.steps().await;
    assert!(matches!(left.as_slice(), [note] if is_note(note)), "{left:?}");
}
