//! A chat of our own goes on in a desk: opened there with what was said, passed on in both directions, given back
//! when it is closed there.
//!
//! Until the desk has given the conversation a name it goes by one of ours, in whose line everything waits that
//! the patient says.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::conversation::{Owner, State, own_key, stored_step};
use super::{Desks, note_failure};
use crate::adapters::{Content, Event, Happened, Step};
use crate::conversation::Exchange;
use crate::protocol::HandoffState;
use crate::server::app::App;
use crate::server::chats::{Post, Posted, Unsaid};
use crate::store::{DeliveryFile, NewStep, StoreError, StoredEvent, StoredStep};

/// Where texts are remembered with which conversations were opened: their names are not known yet.
pub(super) const OPENED: &str = "\u{0}opened";

/// Most characters of a note for the staff.
const MAX_NOTE_CHARS: usize = 2000;

/// Most characters of a message to the patient: it has to fit among the frames that are kept of a chat.
const MAX_MESSAGE_CHARS: usize = 8000;

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
        let passed_on = self.passed_on(app, &line, exchanges).await?;
        let content = transcript(exchanges, &passed_on, note);
        let subject =
            format!("A patient in the chat asks for a person ({})", line.trim_start_matches("chat "));
        let reference = line.clone();
        let open = self.kept(&line, Step::Open { subject, content, reference })?;
        let note = note.and_then(|note| self.kept(&line, Step::note(Content::text(&note_of(note)))));
        let session = session.to_owned();
        let put = self.deliveries.run(move |file| {
            if let Some((desk, _)) = file.linked(&session)? {
                file.touch(&session, &line)?;
                return note.map_or(Ok(()), |note| file.put(&desk, &line, &[note]));
            }
            file.link(&session, &desk, &line)?;
            file.put(&desk, &line, &[open])
        });
        note_failure(app, put.await)?;
        self.steps.wake.notify_one();
        Some(())
    }

    /// Which of these questions went to a person, whatever Ibid had found.
    async fn passed_on(&self, app: &App, line: &str, exchanges: &[Exchange]) -> Option<Vec<bool>> {
        let desk = self.handoff.clone()?;
        let keys: Vec<String> = exchanges.iter().map(|exchange| own_key(line, &exchange.question)).collect();
        let known = self
            .deliveries
            .run(move |file| keys.iter().map(|key| file.knows(&desk, key)).collect::<Result<Vec<bool>, _>>());
        note_failure(app, known.await)
    }

    /// A step in the line of a chat, as it is kept.
    fn kept(&self, line: &str, step: Step) -> Option<NewStep> {
        let adapter = &*self.get(self.handoff.as_ref()?)?.adapter;
        stored_step(adapter, line, step, &Value::Null)
    }

    /// Whether the chat goes on in a desk.
    pub(crate) async fn has_chat(&self, app: &App, session: &str) -> Option<bool> {
        let session = session.to_owned();
        note_failure(app, self.deliveries.run(move |file| file.linked(&session)).await)
            .map(|linked| linked.is_some())
    }

    /// Passes on what the patient says with the question `ask`, once however often it is asked. None where that cannot
    /// be kept, or the chat goes on in no desk.
    pub(crate) async fn forward(&self, app: &App, session: &str, ask: &str, text: &str) -> Option<()> {
        let line = line_of(session);
        let step = self.kept(&line, Step::Forward { text: text.to_owned() })?;
        let (asked, session) = (asked_key(session, ask, text), session.to_owned());
        let put = self.deliveries.run(move |file| {
            let Some((desk, _)) = file.linked(&session)? else { return Ok(false) };
            file.touch(&session, &line)?;
            if file.note(&desk, &asked)? {
                file.put(&desk, &line, &[step])?;
            }
            Ok(true)
        });
        let is_linked = note_failure(app, put.await)?;
        self.steps.wake.notify_one();
        is_linked.then_some(())
    }

    /// The patient has the chat erased: what of it was not sent is erased, the desk is told where it has opened the
    /// conversation, and nothing more is passed on. None where that cannot be kept.
    pub(crate) async fn withdraw(&self, app: &App, session: &str) -> Option<()> {
        let line = line_of(session);
        let content = Content::text("The patient has ended the chat and had it erased.");
        let note = self.kept(&line, Step::note(content));
        let session = session.to_owned();
        let withdrawn = self.deliveries.run(move |file| {
            file.erase_steps(&line)?;
            if let Some((desk, conversation)) = file.linked(&session)?
                && conversation != line
            {
                file.put(&desk, &line, note.as_slice())?;
            }
            file.unlink(&session)
        });
        note_failure(app, withdrawn.await)?;
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
        let found = self.deliveries.run(move |file| {
            let session = file.session_of(&desk, &name)?;
            if let Some(session) = &session {
                file.touch(session, &line_of(session))?;
            }
            Ok(session)
        });
        note_failure(app, found.await)
    }

    /// Tells the patient what happened in the desk.
    pub(super) async fn tell_chat(
        &self,
        app: &App,
        session: &str,
        event: &Event,
        state: &mut State,
    ) -> Result<(), Unsaid> {
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
                let text = text.chars().take(MAX_MESSAGE_CHARS).collect();
                let post = Post { key: event.key.clone(), what: Posted::Message(text) };
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

    /// What stands first in this line is given up: where that opens a chat, the patient is told that nobody will come.
    pub(super) async fn not_opened(&self, app: &App, step: &StoredStep) -> Option<()> {
        let (desk, line) = (step.desk.clone(), step.conversation.clone());
        let session =
            note_failure(app, self.deliveries.run(move |file| file.session_of(&desk, &line)).await)?;
        let Some(session) = session.filter(|session| line_of(session) == step.conversation) else {
            return Some(());
        };
        let key = format!("not opened {}", step.number);
        let post = Post { key, what: Posted::Handoff(HandoffState::Closed) };
        let _ = app.chats.post(&session, &post).await;
        self.unlink(app, &session).await
    }
}

/// Notes under which name the desk has opened the conversation, and takes the step out of its line. `gone` is put
/// there where no chat goes on in it by now. False, with nothing done, where another chat goes on under this name: what
/// is said there would reach the wrong patient.
pub(super) fn opened(
    file: &DeliveryFile,
    step: &StoredStep,
    (name, details): (String, Value),
    gone: Option<&NewStep>,
) -> Result<bool, StoreError> {
    let StoredStep { desk, conversation: line, number, .. } = step;
    let session = file.session_of(desk, line)?;
    if file.session_of(desk, &name)?.is_some_and(|other| session.as_ref() != Some(&other)) {
        return Ok(false);
    }
    let person = State { owner: Owner::Person, ..State::default() };
    let there = State { details, ..person.clone() };
    let here = State { moved_to: Some(name.clone()), ..person };
    match (session, gone) {
        (Some(session), _) => file.link(&session, desk, &name)?,
        (None, Some(gone)) => file.put(desk, line, std::slice::from_ref(gone))?,
        (None, None) => {}
    }
    for (name, state) in [(&name, there), (line, here)] {
        if let Some(state) = state.written() {
            file.keep(desk, name, &state)?;
        }
    }
    file.remove(*number)?;
    Ok(true)
}

/// Tells the staff that the patient got the beginning alone of what they wrote, where that is so.
pub(super) fn cut_off(event: &Event) -> Option<Step> {
    let Happened::Answered { text } = &event.what else { return None };
    text.chars().nth(MAX_MESSAGE_CHARS)?;
    let told = format!(
        "This is too long for the chat. The patient has got the first {MAX_MESSAGE_CHARS} characters; \
         please write the rest again, in parts."
    );
    Some(Step::note(Content::text(&told)))
}

/// Tells the staff that nobody reads what they write.
pub(super) fn gone() -> Step {
    Step::note(Content::text("The patient has left the chat. Nobody reads what is written here."))
}

/// Under this name it is remembered that this was passed on. The text is in it: a client may use the name of a
/// question again.
fn asked_key(session: &str, ask: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    for part in [session, ask, text] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    format!("asked {}", hex::encode(hash.finalize()))
}

fn note_of(note: &str) -> String {
    let note: String = note.chars().take(MAX_NOTE_CHARS).collect();
    format!("Note of the patient: {note}")
}

fn transcript(exchanges: &[Exchange], passed_on: &[bool], note: Option<&str>) -> Content {
    let mut content = Content::default();
    if let Some(note) = note {
        content.push_text(&note_of(note));
    }
    content.push_text("What was said in the chat so far:");
    for (exchange, is_passed_on) in exchanges.iter().zip(passed_on) {
        content.push_text(&format!("Patient: {}", exchange.question));
        if let Some(title) = &exchange.notice {
            content.push_text(&format!("Ibid: (notice) {title}"));
        }
        match &exchange.answered {
            _ if *is_passed_on => content.push_text("(passed on to a person)"),
            Some(quote) => content.push_text(&format!("Ibid: \u{201c}{quote}\u{201d}")),
            None if exchange.notice.is_some() => {}
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
    fn staff_are_told_what_of_a_long_message_the_patient_has_not_got() {
        let event = |characters: usize| Event {
            key: "1".into(),
            conversation: "7".into(),
            what: Happened::Answered { text: "\u{e9}".repeat(characters) },
            message: None,
            details: Value::Null,
            written: None,
        };
        assert_eq!(cut_off(&event(MAX_MESSAGE_CHARS)), None);
        let Some(Step::Note { content, .. }) = cut_off(&event(MAX_MESSAGE_CHARS + 1)) else {
            panic!("nobody is told")
        };
        assert!(content.plain().contains("the first 8000 characters"), "{}", content.plain());
    }

    #[test]
    fn a_person_reads_what_was_said() {
        let exchange = |question: &str, answered: Option<&str>| Exchange {
            question: question.into(),
            answered: answered.map(str::to_owned),
            ..Exchange::default()
        };
        let said = [
            exchange("how long?", Some("Over weeks.")),
            exchange("and then?", None),
            exchange("are you there?", Some("What nobody saw.")),
        ];
        let text = transcript(&said, &[false, false, true], Some("please call me")).plain();
        let parts = [
            "please call me",
            "Patient: how long?",
            "\u{201c}Over weeks.\u{201d}",
            "(found nothing)",
            "(passed on to a person)",
        ];
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("What nobody saw."), "{text}");
    }
}
