//! A person of the help desk takes the chat, and gives it back.

use std::sync::Arc;

use super::chat::Chat;
use crate::answer::{Answer, Outcome};
use crate::protocol::{ErrorCode, HandoffState, Problem};
use crate::server::app::busy;
use crate::server::chats::Asked;
use crate::server::desks::Desks;

/// Most characters of a note.
const MAX_NOTE_CHARS: usize = 2000;

impl Chat {
    /// Asks for a person.
    pub(super) async fn on_handoff(&mut self, note: Option<&str>) {
        if note.is_some_and(|note| note.chars().count() > MAX_NOTE_CHARS) {
            let detail = format!("`note` may have {MAX_NOTE_CHARS} characters");
            return self.refuse(Problem::new(ErrorCode::BadFrame, detail), None).await;
        }
        let app = Arc::clone(&self.app);
        let Some(desks) = app.desks.as_ref().filter(|desks| desks.takes_chats()) else {
            let problem = Problem::new(ErrorCode::HandoffUnavailable, "no help desk is connected here");
            return self.refuse(problem, None).await;
        };
        if let Err(problem) = self.app.admit(self.client) {
            return self.refuse(problem, None).await;
        }
        let is_new = !self.is_handed_over(desks).await;
        if let Err(problem) = self.keep_wish(desks, note).await {
            return self.refuse(problem, None).await;
        }
        if is_new {
            self.state.note_asked_for_person();
        }
        self.deliver_handoff(self.state.handoff.unwrap_or(HandoffState::Requested)).await;
    }

    /// Keeps that a person is wanted.
    async fn keep_wish(&mut self, desks: &Desks, note: Option<&str>) -> Result<(), Problem> {
        if !self.is_handed_over(desks).await {
            self.app.admit_handoff(self.client)?;
        }
        let exchanges = self.state.conversation.lock().await.exchanges().to_vec();
        desks
            .request_person(&self.app, &self.state.id, &exchanges, note)
            .await
            .ok_or_else(|| busy("the wish cannot be kept; please try again"))?;
        // Who asks again while a person is there still has that person.
        if self.state.handoff != Some(HandoffState::Accepted) {
            self.state.handoff = Some(HandoffState::Requested);
        }
        Ok(())
    }

    /// Whether a person has the chat; asked of the file once.
    async fn is_handed_over(&mut self, desks: &Desks) -> bool {
        if self.state.handoff.is_none() {
            let has_chat = desks.has_chat(&self.app, &self.state.id).await;
            let state = |has_chat| if has_chat { HandoffState::Requested } else { HandoffState::Closed };
            self.state.handoff = has_chat.map(state);
        }
        self.state.is_handed_over().unwrap_or(false)
    }

    /// Answers a question; or passes it on where a person has the chat, whom Ibid does not interrupt but for danger; or
    /// asks for a person where one is wanted. What was asked before the person was is still answered.
    pub(super) async fn answer(&mut self, asked: &Asked, answer: Arc<Answer>) {
        let (id, question) = (asked.frame.id.as_str(), asked.frame.question.as_str());
        let app = Arc::clone(&self.app);
        let Some(desks) = app.desks.as_ref().filter(|desks| desks.takes_chats()) else {
            return self.deliver_answer(id, &answer, &answer).await;
        };
        if self.is_handed_over(desks).await {
            if asked.precedes_handoff {
                return self.deliver_answer(id, &answer, &answer).await;
            }
            if desks.forward(&app, &self.state.id, id, question).await.is_some() {
                let shown = passed_on(&answer, &app.config.texts.forwarded);
                return self.deliver_answer(id, &shown, &answer).await;
            }
            if desks.has_chat(&app, &self.state.id).await != Some(false) {
                return self.refuse(busy("the message cannot be kept; please send it again"), Some(id)).await;
            }
            // It goes on in no desk any more.
            self.state.handoff = Some(HandoffState::Closed);
            self.deliver_handoff(HandoffState::Closed).await;
        }
        if answer.outcome != Outcome::Handoff {
            return self.deliver_answer(id, &answer, &answer).await;
        }
        // Nothing is promised that is not kept.
        match self.keep_wish(desks, None).await {
            Ok(()) => {}
            // What the operator says to who wants a person: how to reach one otherwise.
            Err(problem) if problem.code == ErrorCode::RateLimited => {
                return self.deliver_answer(id, &answer, &answer).await;
            }
            Err(problem) => return self.refuse(problem, Some(id)).await,
        }
        let said = Answer { message: Some(app.config.texts.handing_over.clone()), ..Answer::clone(&answer) };
        self.deliver_answer(id, &said, &answer).await;
        self.deliver_handoff(HandoffState::Requested).await;
    }

    /// Takes the chat back from the desk, since the patient has it erased. None where that cannot be kept.
    pub(super) async fn withdraw(&mut self) -> Option<()> {
        let app = Arc::clone(&self.app);
        let Some(desks) = app.desks.as_ref().filter(|desks| desks.takes_chats()) else { return Some(()) };
        desks.withdraw(&app, &self.state.id).await?;
        self.state.handoff = Some(HandoffState::Closed);
        Some(())
    }
}

/// No quotes while a person answers; a notice of danger stays.
fn passed_on(answer: &Answer, forwarded: &str) -> Answer {
    let outcome = match answer.outcome {
        Outcome::RedFlag => Outcome::RedFlag,
        _ => Outcome::Handoff,
    };
    Answer {
        outcome,
        reason: None,
        message: Some(forwarded.to_owned()),
        read_as: None,
        corrections: Vec::new(),
        citations: Vec::new(),
        related: Vec::new(),
        looked_for: Vec::new(),
        nearest: Vec::new(),
        ..answer.clone()
    }
}
