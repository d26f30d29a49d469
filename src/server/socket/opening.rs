//! How a chat begins: with a new session, or with the one of a lost connection.
//!
//! `resume` is the client's first frame, so the server waits for it before it greets: as long as it takes where
//! the client said that it would come (`start=resume`), not at all where it said that it would not
//! (`start=new`), and otherwise a little.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::Message;
use serde::Deserialize;
use tokio::time::timeout;

use super::chat::Chat;
use super::inherited::Inherited;
use super::link::{End, Link};
use super::outgoing::write;
use crate::protocol::{
    ClientFrame, CloseCode, HelloFrame, Limits, PROTOCOL, ResumeFrame, ServerFrame, Service,
};
use crate::server::app::App;
use crate::server::chats::{Attachment, ChatState, Claim, NotResumed};
use crate::server::client::ClientKey;

/// How long to wait for a `resume` that was announced.
const ANNOUNCED: Duration = Duration::from_secs(10);
/// How long to wait for one that may come.
const UNANNOUNCED: Duration = Duration::from_millis(150);

/// How a client says in the address that it wants to begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Start {
    New,
    Resume,
    #[default]
    Unsaid,
}

/// Who connects.
pub(super) struct Visitor {
    pub(super) client: ClientKey,
    /// The page's origin; none for programs.
    pub(super) origin: Option<String>,
    /// Whether a session may begin here, or only one that exists be gone on with.
    pub(super) may_begin: bool,
    pub(super) start: Start,
}

/// Greets, talks, parts.
pub(super) async fn converse(app: Arc<App>, visitor: Visitor, mut link: Link) {
    let first = tokio::select! {
        first = first_text(&mut link, visitor.start) => first,
        () = app.stop.cancelled() => Err(End::Stopping),
    };
    let first = match first {
        Ok(first) => first,
        Err(end) => return close(link, end.close()).await,
    };
    let resume = match first.as_deref().map(ClientFrame::parse) {
        Some(Ok(ClientFrame::Resume(frame))) => Some(frame),
        _ => None,
    };
    let resumed = match &resume {
        Some(frame) => take_up(&app, visitor.origin.as_deref(), frame).await,
        None => Ok(None),
    };
    let resumed = match resumed {
        Ok(resumed) => resumed,
        Err(end) => return close(link, end.close()).await,
    };
    let is_resumed = resumed.is_some();
    let (session, token) = match (resumed, &resume) {
        (Some(session), Some(frame)) => (session, frame.token.clone()),
        _ if !visitor.may_begin => {
            return close(link, Some((CloseCode::NotAuthorised, "a visitor token is needed"))).await;
        }
        _ => match app.chats.begin(visitor.origin.as_deref()) {
            Some((state, credentials, attachment)) => ((state, attachment), credentials.token),
            None => return close(link, None).await,
        },
    };
    if resume.is_some() {
        link.frames += 1;
    }
    let mut chat = Chat::new(app, visitor.client, link, token, session);
    let after = resume.as_ref().filter(|_| is_resumed).map(|frame| frame.after);
    chat.greet(after).await;
    chat.run(first.filter(|_| resume.is_none())).await;
}

async fn close(mut link: Link, close: Option<(CloseCode, &'static str)>) {
    if let Some((code, reason)) = close {
        link.out.close(code, reason).await;
    }
}

/// The client's first text message, if it comes in time.
async fn first_text(link: &mut Link, start: Start) -> Result<Option<String>, End> {
    let patience = match start {
        Start::New => return Ok(None),
        Start::Resume => ANNOUNCED,
        Start::Unsaid => UNANNOUNCED,
    };
    let first = async {
        loop {
            let message = link.read().await?;
            link.heard();
            match message {
                Message::Text(text) => return Ok(Some(text.to_string())),
                Message::Close(_) => return Err(End::Gone),
                _ => {}
            }
        }
    };
    timeout(patience, first).await.unwrap_or(Ok(None))
}

/// The session that `frame` names, if it can be gone on with.
async fn take_up(
    app: &App,
    origin: Option<&str>,
    frame: &ResumeFrame,
) -> Result<Option<(Box<ChatState>, Attachment)>, End> {
    let claim = Claim { session: &frame.session, token: &frame.token, origin };
    let found = match app.chats.resume(claim, frame.after).await {
        Ok(found) => Some(found),
        Err(NotResumed::Unknown) => None,
        // A new session in its place would cost the client the old one.
        Err(NotResumed::Unreadable) => return Err(End::Unreadable),
    };
    app.metrics.resumed(found.is_some());
    Ok(found)
}

impl Chat {
    /// Says hello: as frame 1 of a new session, or before all that came after frame `after` of an older one.
    pub(super) async fn greet(&mut self, after: Option<u64>) {
        let is_new = self.state.log.last() == 0;
        self.state.log.begin();
        let seq = after.unwrap_or(self.state.log.last()).max(1);
        let hello = self.hello(seq, after.is_some());
        if let Some(text) = write(&ServerFrame::Hello(Box::new(hello))) {
            self.send(text).await;
        }
        if is_new {
            return;
        }
        let missed: Vec<_> =
            self.state.log.since(seq).into_iter().flatten().map(|frame| frame.text.clone()).collect();
        for text in missed {
            self.send(text).await;
        }
    }

    fn hello(&self, seq: u64, resumed: bool) -> HelloFrame<'static> {
        let app = &self.app;
        let (texts, limits) = (&app.config.texts, app.limits());
        HelloFrame {
            seq,
            protocol: PROTOCOL.into(),
            session: self.state.id.clone().into(),
            token: self.token.clone().into(),
            title: texts.title.clone().into(),
            greeting: texts.greeting.clone().into(),
            suggestions: texts.suggestions.clone().into(),
            limits: Limits {
                question_chars: app.config.answer.max_question_chars,
                message_bytes: limits.max_message_bytes,
                questions_per_minute: limits.questions_per_minute,
                session_idle_secs: app.config.sessions.idle_secs,
            },
            heartbeat_secs: limits.heartbeat_secs.max(1),
            resumed,
            last_seq: self.state.log.last(),
            service: Service::of(&app.config),
        }
    }

    /// Goes on with an older session after this connection was greeted already. What was begun for it is
    /// forgotten: nothing has been said in it.
    pub(super) async fn resume_late(&mut self, frame: &ResumeFrame) -> Result<(), End> {
        let app = Arc::clone(&self.app);
        let origin = self.state.origin.clone();
        let Some((state, attachment)) = take_up(&app, origin.as_deref(), frame).await? else {
            self.greet(None).await;
            return Ok(());
        };
        app.chats.drop_of(&self.state.id, self.attachment.number);
        self.inherited = Inherited::of(state.pending());
        self.state = state;
        self.attachment = attachment;
        self.token.clone_from(&frame.token);
        self.greet(Some(frame.after)).await;
        Ok(())
    }
}
