//! What each frame of the client does.

use std::sync::Arc;

use axum::extract::ws::Message;
use tokio::time::Instant;

use super::chat::{Chat, Outcome};
use super::link::End;
use super::outgoing::write;
use crate::answer::Answer;
use crate::engine::AskError;
use crate::protocol::{AskFrame, ClientFrame, ErrorCode, FeedbackFrame, Problem, ServerFrame};
use crate::server::app::{Door, busy, internal, refusal};
use crate::server::chats::{Asked, Running};
use crate::server::pool::{Failed, Ticket};
use crate::server::sessions::MAX_WAITING;

/// Answers of a session that are remembered to have been judged.
const MAX_JUDGED: usize = 1000;
/// Answers of a connection whose questions are remembered until they are judged.
const MAX_JUDGEABLE: usize = 8;

impl Chat {
    pub(super) async fn on_message(&mut self, message: Message) -> Result<(), End> {
        if let Some(link) = &mut self.link {
            link.heard();
        }
        match message {
            Message::Text(text) => self.on_text(text.as_str()).await,
            Message::Binary(bytes) if bytes.len() > self.app.limits().max_message_bytes => Err(End::TooBig),
            Message::Binary(_) => {
                let problem = Problem::new(ErrorCode::Unsupported, "frames are JSON in text messages");
                self.refuse(problem, None).await;
                Ok(())
            }
            Message::Pong(payload) => {
                self.on_pong(&payload);
                Ok(())
            }
            Message::Ping(_) | Message::Close(_) => Ok(()),
        }
    }

    /// Notes how much has come, as [`Chat::probe`] asked.
    fn on_pong(&mut self, payload: &[u8]) {
        if let Ok(seq) = <[u8; 8]>::try_from(payload) {
            self.inherited.came(u64::from_be_bytes(seq));
        }
    }

    pub(super) async fn on_text(&mut self, text: &str) -> Result<(), End> {
        if text.len() > self.app.limits().max_message_bytes {
            return Err(End::TooBig);
        }
        let is_first = self.link.as_mut().is_some_and(|link| {
            link.frames += 1;
            link.frames == 1
        });
        match ClientFrame::parse(text) {
            Err(bad) => self.refuse(Problem::new(bad.code, bad.detail), None).await,
            Ok(ClientFrame::Ping(_)) => {
                if let Some(text) = write(&ServerFrame::Pong {}) {
                    self.send(text).await;
                }
            }
            Ok(ClientFrame::Ask(ask)) => self.on_ask(ask).await,
            Ok(ClientFrame::Feedback(feedback)) => self.on_feedback(&feedback).await,
            Ok(ClientFrame::Forget(_)) => return self.forget().await,
            Ok(ClientFrame::Handoff(frame)) => self.on_handoff(frame.note.as_deref()).await,
            Ok(ClientFrame::Resume(resume)) if is_first => return self.resume_late(&resume).await,
            Ok(ClientFrame::Resume(_)) => {
                let problem = Problem::new(ErrorCode::BadFrame, "`resume` must be the first frame");
                self.refuse(problem, None).await;
            }
        }
        Ok(())
    }

    /// Erases the session and says so; what was still to be answered is not. Where it cannot be erased it goes on, and
    /// nobody is told that it was.
    async fn forget(&mut self) -> Result<(), End> {
        if self.erase().await.is_none() {
            self.refuse(busy("the chat cannot be erased now; please try again"), None).await;
            return Ok(());
        }
        self.state.waiting.clear();
        self.state.running = None;
        let seq = self.state.log.last() + 1;
        let goodbye = ServerFrame::Goodbye { seq, reason: "forgotten".into(), resume: false };
        if let Some(text) = write(&goodbye) {
            self.send(text).await;
        }
        Err(End::Forgotten)
    }

    /// Erases the session, at the desk first: what was not sent there yet is not to be sent any more. None where a disk
    /// fails.
    async fn erase(&mut self) -> Option<()> {
        self.withdraw().await?;
        let erased = self.app.chats.forget(&self.state.id).await;
        if let Err(error) = &erased {
            self.app.metrics.store_failures.inc();
            tracing::error!(error = error as &dyn std::error::Error, "a session cannot be erased");
        }
        erased.ok()
    }

    async fn on_ask(&mut self, frame: AskFrame) {
        let at = Instant::now();
        self.last_ask = at;
        // Asked over a lost connection too: this is the same question, and its answer comes or has come over
        // this one.
        if self.inherited.asked_again(&frame.id) {
            return;
        }
        if let Err(problem) = self.accept(&frame) {
            return self.refuse(problem, Some(&frame.id)).await;
        }
        self.state.waiting.push_back(Asked { frame, at, precedes_handoff: false });
        self.start_next().await;
    }

    /// Lets a question in. One that has its answer already counts too: that answer may be gone when its turn comes, and
    /// giving it again is work as well.
    fn accept(&self, frame: &AskFrame) -> Result<(), Problem> {
        self.app.question(&frame.question)?;
        self.app.admit(self.client)?;
        if self.state.waiting.len() >= MAX_WAITING {
            return Err(busy("too many questions of this chat wait already"));
        }
        Ok(())
    }

    /// Hands the next waiting question to the search threads, unless one runs.
    pub(super) async fn start_next(&mut self) {
        while self.state.running.is_none() {
            let Some(asked) = self.state.waiting.pop_front() else { break };
            if self.deliver_again(&asked.frame.id).await {
                continue;
            }
            match self.submit(&asked.frame).await {
                Ok(ticket) => self.state.running = Some(Running { asked, ticket, told: None }),
                Err(problem) => self.refuse(problem, Some(&asked.frame.id)).await,
            }
        }
    }

    async fn submit(&mut self, frame: &AskFrame) -> Result<Ticket<Result<Arc<Answer>, AskError>>, Problem> {
        let question = self.app.question(&frame.question)?.as_typed(frame.as_typed);
        // Nobody else holds it: the question before this one is done.
        let mut session = Arc::clone(&self.state.conversation).lock_owned().await;
        self.app.submit(move |engine| engine.reply(&mut session, &question))
    }

    pub(super) async fn on_done(&mut self, outcome: Outcome) {
        let Some(Running { asked, .. }) = self.state.running.take() else { return };
        let answer =
            outcome.map_err(|Failed| internal()).and_then(|done| done.map_err(|error| refusal(&error)));
        match answer {
            Err(problem) => self.refuse(problem, Some(&asked.frame.id)).await,
            Ok(answer) => {
                self.app.count_answer(Door::Socket, &answer, asked.at.into_std());
                let before = self.state.log.last();
                self.answer(&asked, Arc::clone(&answer)).await;
                self.note_question(&asked, &answer, before);
            }
        }
        self.start_next().await;
    }

    /// Keeps the question where it was asked in vain and the operator wishes it, and remembers it for when its answer, the
    /// first after frame `before`, is judged. What was said to a person of a help desk is not the documents' to answer.
    fn note_question(&mut self, asked: &Asked, answer: &Answer, before: u64) {
        let is_persons = self.state.is_handed_over() == Some(true) && !asked.precedes_handoff;
        let Some(unanswered) = self.app.unanswered.as_ref().filter(|_| !is_persons) else { return };
        let Some(judgeable) = unanswered.note(Door::Socket, &asked.frame.question, answer) else { return };
        let log = &self.state.log;
        if let Some(seq) = (before + 1..=log.last()).find(|&seq| log.is_answer(seq)) {
            self.state.judgeable.insert(seq, judgeable);
        }
        if self.state.judgeable.len() > MAX_JUDGEABLE {
            self.state.judgeable.pop_first();
        }
    }

    /// Counts what someone thought of an answer, once an answer. The comment goes nowhere.
    async fn on_feedback(&mut self, feedback: &FeedbackFrame) {
        if !self.state.log.is_answer(feedback.answer) {
            let problem =
                Problem::new(ErrorCode::UnknownAnswer, "`answer` is not the `seq` of a recent answer");
            return self.refuse(problem, None).await;
        }
        let judged = &mut self.state.judged;
        if judged.insert(feedback.answer) {
            self.app.metrics.judged(feedback.helpful, feedback.reason);
            let judgeable = self.state.judgeable.remove(&feedback.answer).filter(|_| !feedback.helpful);
            if let (Some(unanswered), Some(judgeable)) = (&self.app.unanswered, judgeable) {
                unanswered.note_unhelpful(judgeable);
            }
        }
        if judged.len() > MAX_JUDGED {
            judged.pop_first();
        }
    }
}
