//! A chat of our own goes on in a desk: opened there with what was said, passed on in both directions, given back
//! when it is closed there.
//!
//! Until the desk has given the conversation a name it goes by one of ours, in whose line everything waits that
//! the patient says.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::conversation::{Owner, State, stored_step};
use super::{Desks, note_failure};
use crate::adapters::{Content, Event, Happened, Step};
use crate::conversation::Exchange;
use crate::protocol::HandoffState;
use crate::server::app::App;
use crate::server::chats::{Absent, Post, Posted};
use crate::store::{DeliveryFile, StoreError, StoredEvent, StoredStep};

/// Where texts are remembered with which conversations were opened: their names are not known yet.
pub(super) const OPENED: &str = "\u{0}opened";

/// Most characters of a note for the staff.
const MAX_NOTE_CHARS: usize = 2000;

/// Our name for the conversation in which a chat goes on; the session's own name stays here.
fn line_of(session: &str) -> String {
    let hash = hex::encode(Sha256::digest(session.as_bytes()));
    format!("chat {}", hash.get(..16).unwrap_or(&hash))
}

impl Desks {
    /// Whether a patient of our own chat can be passed on to a person.
    pub(crate) const fn takes_chats(&self) -> bool {
        self.handoff.is_some()
    }

    /// Asks for a person to go on with the chat. None where that cannot be kept.
    pub(crate) async fn request_person(
        &self,
        app: &App,
        session: &str,
        exchanges: &[Exchange],
        note: Option<&str>,
    ) -> Option<()> {
        let desk = self.handoff.clone()?;
        let line = line_of(session);
        let content = transcript(exchanges, note);
        let subject =
            format!("A patient in the chat asks for a person ({})", line.trim_start_matches("chat "));
        let adapter = &*self.get(&desk)?.adapter;
        let step = stored_step(adapter, &line, &Step::Open { subject, content, reference: line.clone() })?;
        let note = note.map(|note| Step::note(Content::text(&note_of(note))));
        let note = note.and_then(|note| stored_step(adapter, &line, &note));
        let session = session.to_owned();
        let put = self.deliveries.run(move |file| {
            if let Some((desk, _)) = file.linked(&session)? {
                return note.map_or(Ok(()), |note| file.put(&desk, &line, &[note]));
            }
            file.link(&session, &desk, &line)?;
            file.put(&desk, &line, &[step])
        });
        note_failure(app, put.await)?;
        self.steps.wake.notify_one();
        Some(())
    }

    /// Whether the chat goes on in a desk.
    pub(crate) async fn has_chat(&self, app: &App, session: &str) -> Option<bool> {
        let session = session.to_owned();
        note_failure(app, self.deliveries.run(move |file| file.linked(&session)).await)
            .map(|linked| linked.is_some())
    }

    /// Passes on what the patient says. None where that cannot be kept.
    pub(crate) async fn forward(&self, app: &App, session: &str, text: &str) -> Option<()> {
        self.put_for(app, session, &Step::Forward { text: text.to_owned() }).await
    }

    /// The patient has the chat erased: the desk is told, and nothing more is passed on.
    pub(crate) async fn withdraw(&self, app: &App, session: &str) -> Option<()> {
        let content = Content::text("The patient has ended the chat and had it erased.");
        self.put_for(app, session, &Step::note(content)).await?;
        self.unlink(app, session).await
    }

    async fn put_for(&self, app: &App, session: &str, step: &Step) -> Option<()> {
        let line = line_of(session);
        let adapter = &*self.get(self.handoff.as_ref()?)?.adapter;
        let step = stored_step(adapter, &line, step)?;
        let session = session.to_owned();
        let put = self.deliveries.run(move |file| match file.linked(&session)? {
            Some((desk, _)) => file.put(&desk, &line, &[step]),
            None => Ok(()),
        });
        note_failure(app, put.await)?;
        self.steps.wake.notify_one();
        Some(())
    }

    pub(super) async fn unlink(&self, app: &App, session: &str) -> Option<()> {
        let session = session.to_owned();
        note_failure(app, self.deliveries.run(move |file| file.unlink(&session)).await)
    }

    /// The chat that goes on in the conversation of `event`.
    pub(super) async fn chat_of(&self, app: &App, event: &StoredEvent) -> Option<Option<String>> {
        if self.handoff.as_ref() != Some(&event.desk) {
            return Some(None);
        }
        let (desk, name) = (event.desk.clone(), event.conversation.clone());
        note_failure(app, self.deliveries.run(move |file| file.session_of(&desk, &name)).await)
    }

    /// Tells the patient what happened in the desk.
    pub(super) async fn tell_chat(
        &self,
        app: &App,
        session: &str,
        event: &Event,
        state: &mut State,
    ) -> Result<(), Absent> {
        let handoff = |name: &str, handoff| Post {
            key: format!("{} {name}", event.key),
            what: Posted::Handoff(handoff),
        };
        if matches!(event.what, Happened::Taken | Happened::Answered { .. }) && !state.is_accepted {
            app.chats.post(session, &handoff("accepted", HandoffState::Accepted)).await?;
            state.is_accepted = true;
        }
        match &event.what {
            Happened::Answered { text } => {
                let post = Post { key: event.key.clone(), what: Posted::Message(text.clone()) };
                app.chats.post(session, &post).await
            }
            Happened::GivenBack | Happened::Closed => {
                state.is_accepted = false;
                app.chats.post(session, &handoff("closed", HandoffState::Closed)).await?;
                self.unlink(app, session).await;
                Ok(())
            }
            Happened::Asked { .. } | Happened::Taken => Ok(()),
        }
    }

    /// The desk does not take the chat: the patient is told that nobody will come.
    pub(super) async fn not_opened(&self, app: &App, step: &StoredStep) -> Option<()> {
        let (desk, line) = (step.desk.clone(), step.conversation.clone());
        let session =
            note_failure(app, self.deliveries.run(move |file| file.session_of(&desk, &line)).await)?;
        let Some(session) = session else { return Some(()) };
        let key = format!("not opened {}", step.number);
        let post = Post { key, what: Posted::Handoff(HandoffState::Closed) };
        let _ = app.chats.post(&session, &post).await;
        self.unlink(app, &session).await
    }
}

/// Notes under which name the desk has opened the conversation, and takes the step out of its line.
pub(super) fn opened(
    file: &DeliveryFile,
    step: &StoredStep,
    (name, details): (String, Value),
) -> Result<(), StoreError> {
    let StoredStep { desk, conversation: line, number, .. } = step;
    let person = State { owner: Owner::Person, ..State::default() };
    let there = State { details, ..person.clone() };
    let here = State { moved_to: Some(name.clone()), ..person };
    if let Some(session) = file.session_of(desk, line)? {
        file.link(&session, desk, &name)?;
    }
    for (name, state) in [(&name, there), (line, here)] {
        if let Some(state) = state.written() {
            file.keep(desk, name, &state)?;
        }
    }
    file.remove(*number).map(drop)
}

fn note_of(note: &str) -> String {
    let note: String = note.chars().take(MAX_NOTE_CHARS).collect();
    format!("Note of the patient: {note}")
}

fn transcript(exchanges: &[Exchange], note: Option<&str>) -> Content {
    let mut content = Content::default();
    if let Some(note) = note {
        content.push_text(&note_of(note));
    }
    content.push_text("What was said in the chat so far:");
    for exchange in exchanges {
        content.push_text(&format!("Patient: {}", exchange.question));
        match &exchange.answered {
            Some(quote) => content.push_text(&format!("Ibid: \u{201c}{quote}\u{201d}")),
            None => content.push_text("Ibid: (found nothing)"),
        }
    }
    if exchanges.is_empty() {
        content.push_text("(nothing)");
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_chats_name_and_does_not_tell_the_session() {
        assert_eq!(line_of("abc"), line_of("abc"));
        assert_ne!(line_of("abc"), line_of("abd"));
        assert!(!line_of("0123456789abcdef").contains("0123456789abcdef"));
    }

    #[test]
    fn a_person_reads_what_was_said() {
        let exchange = |question: &str, answered: Option<&str>| Exchange {
            question: question.into(),
            answered: answered.map(str::to_owned),
            ..Exchange::default()
        };
        let said = [exchange("how long?", Some("Over weeks.")), exchange("and then?", None)];
        let text = transcript(&said, Some("please call me")).plain();
        for part in ["please call me", "Patient: how long?", "\u{201c}Over weeks.\u{201d}", "(found nothing)"]
        {
            assert!(text.contains(part), "{text}");
        }
    }
}
