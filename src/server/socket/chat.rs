//! One chat: reads frames, answers questions in order, keeps the connection honest.
//!
//! A single task owns the socket and the conversation, and one place sends. Questions are answered one at a
//! time on the search threads; while one runs, frames are still read, up to a bound.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::time::{Instant, sleep_until};

use super::budget::FrameBudget;
use super::outgoing::{Gone, Outgoing};
use crate::answer::Answer;
use crate::engine::AskError;
use crate::protocol::{
    self, AskFrame, ClientFrame, CloseCode, ErrorCode, FeedbackFrame, HelloFrame, Limits, PROTOCOL, Problem,
    ServerFrame, StatusState,
};
use crate::server::app::{App, Door, busy, internal, refusal};
use crate::server::client::ClientKey;
use crate::server::pool::{Failed, Ticket};
use crate::server::sessions::{MAX_WAITING, SharedSession, new_session};

/// An answer that takes longer than this is announced by a `status` frame.
const STATUS_AFTER: Duration = Duration::from_millis(300);

/// Unanswered pings that close the socket.
const MAX_UNANSWERED: u32 = 2;

/// Answers that feedback may still name.
const MAX_JUDGEABLE: usize = 1000;

type Outcome = Result<Result<Arc<Answer>, AskError>, Failed>;

/// Why a chat ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Gone,
    Stopping,
    Idle,
    Unanswered,
    TooBig,
    Malformed,
    NotUtf8,
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl End {
    /// What an error in reading ends the chat with.
    fn after(error: &axum::Error) -> Self {
        use tokio_tungstenite::tungstenite::Error;
        use tokio_tungstenite::tungstenite::error::ProtocolError;
        let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>());
        match source {
            Some(Error::Capacity(_)) => Self::TooBig,
            Some(Error::Utf8(_)) => Self::NotUtf8,
            Some(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Self::Gone,
            Some(Error::Protocol(_)) => Self::Malformed,
            _ => Self::Gone,
        }
    }
}

/// A question that arrived.
struct Asked {
    frame: AskFrame,
    at: Instant,
}

/// The question that is being answered.
struct Running {
    id: String,
    asked: Instant,
    ticket: Ticket<Result<Arc<Answer>, AskError>>,
    /// The state last told, and when it was last looked at.
    told: Option<(StatusState, Instant)>,
}

enum Event {
    Read(Option<Result<Message, axum::Error>>),
    Done(Outcome),
    Timer,
    Stop,
}

struct Chat {
    app: Arc<App>,
    client: ClientKey,
    out: Outgoing,
    name: String,
    token: String,
    session: SharedSession,
    running: Option<Running>,
    waiting: VecDeque<Asked>,
    /// `seq` of the latest answers, and whether they have been judged.
    answers: BTreeMap<u64, bool>,
    budget: FrameBudget,
    unanswered: u32,
    next_ping: Instant,
    last_ask: Instant,
    frames: u64,
    draining: bool,
}

/// Talks until the chat ends.
pub(super) async fn run(app: Arc<App>, client: ClientKey, socket: WebSocket) {
    let opened = Instant::now();
    let limits = app.limits();
    let (Some(name), Some(token)) = (random_hex::<16>(), random_hex::<32>()) else {
        tracing::error!("the operating system gives no random bytes");
        return;
    };
    let mut chat = Chat {
        client,
        out: Outgoing::new(socket, Duration::from_secs(limits.send_timeout_secs)),
        name,
        token,
        session: new_session(),
        running: None,
        waiting: VecDeque::new(),
        answers: BTreeMap::new(),
        budget: FrameBudget::new(limits, opened),
        unanswered: 0,
        next_ping: opened + heartbeat(&app),
        last_ask: opened,
        frames: 0,
        draining: false,
        app,
    };
    let end = chat.talk().await;
    chat.part(end).await;
    tracing::info!(?end, frames = chat.frames, secs = opened.elapsed().as_secs(), "chat closed");
}

fn heartbeat(app: &App) -> Duration {
    Duration::from_secs(app.limits().heartbeat_secs.max(1))
}

fn random_hex<const N: usize>() -> Option<String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex::encode(bytes))
}

impl Chat {
    async fn talk(&mut self) -> End {
        if let Err(Gone) = self.greet().await {
            return End::Gone;
        }
        loop {
            if self.draining && self.running.is_none() {
                return End::Stopping;
            }
            let step = match self.next_event().await {
                Event::Stop => {
                    self.draining = true;
                    Ok(())
                }
                Event::Timer => self.on_timer().await,
                Event::Done(outcome) => self.on_done(outcome).await.map_err(End::from),
                Event::Read(None | Some(Err(_))) if self.draining => Err(End::Gone),
                Event::Read(message) => self.on_read(message).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn next_event(&mut self) -> Event {
        let now = Instant::now();
        let reads = !self.draining && self.budget.paused_until(now).is_none();
        let timer = self.next_timer(now);
        let running = async {
            match &mut self.running {
                Some(running) => (&mut running.ticket).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            outcome = running => Event::Done(outcome),
            () = self.app.stop.cancelled(), if !self.draining => Event::Stop,
            () = sleep_until(timer) => Event::Timer,
            message = self.out.socket.recv(), if reads => Event::Read(message),
        }
    }

    fn next_timer(&self, now: Instant) -> Instant {
        let status = self.running.as_ref().and_then(Running::status_due);
        let idle = self.running.is_none().then(|| self.idle_at());
        let soonest = [status, idle, self.budget.paused_until(now)].into_iter().flatten().min();
        soonest.map_or(self.next_ping, |soonest| soonest.min(self.next_ping))
    }

    fn idle_at(&self) -> Instant {
        self.last_ask + Duration::from_secs(self.app.limits().idle_timeout_secs.max(1))
    }

    async fn on_timer(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now >= self.next_ping {
            if self.unanswered >= MAX_UNANSWERED {
                return Err(End::Unanswered);
            }
            self.unanswered += 1;
            self.next_ping = now + heartbeat(&self.app);
            self.out.ping().await?;
        }
        if let Some(running) = &mut self.running
            && running.status_due().is_some_and(|due| now >= due)
        {
            let state = running.state();
            let before = running.told.replace((state, now));
            if before.is_none_or(|(before, _)| before != state) {
                let frame = ServerFrame::Status { in_reply_to: running.id.as_str().into(), state };
                self.out.send(&frame).await?;
            }
        }
        if self.running.is_none() && now >= self.idle_at() {
            return Err(End::Idle);
        }
        Ok(())
    }

    async fn on_read(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.unanswered = 0;
        self.budget.spend(Instant::now());
        match message {
            None => Err(End::Gone),
            Some(Err(error)) => Err(End::after(&error)),
            Some(Ok(Message::Text(text))) => self.on_text(text.as_str()).await,
            Some(Ok(Message::Binary(_))) => {
                let problem = Problem::new(ErrorCode::Unsupported, "frames are JSON in text messages");
                Ok(self.out_refuse(problem, None).await?)
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => Ok(()),
        }
    }

    async fn on_text(&mut self, text: &str) -> Result<(), End> {
        if text.len() > self.app.limits().max_message_bytes {
            return Err(End::TooBig);
        }
        let is_first = self.frames == 0;
        self.frames += 1;
        let handled = match ClientFrame::parse(text) {
            Err(bad) => self.out_refuse(Problem::new(bad.code, bad.detail), None).await,
            Ok(ClientFrame::Ping(_)) => self.out.send(&ServerFrame::Pong {}).await,
            Ok(ClientFrame::Ask(ask)) => self.on_ask(ask).await,
            Ok(ClientFrame::Feedback(feedback)) => self.on_feedback(&feedback).await,
            Ok(ClientFrame::Handoff(_)) => {
                let problem = Problem::new(ErrorCode::HandoffUnavailable, "no help desk is connected here");
                self.out_refuse(problem, None).await
            }
            // No session outlives its connection in this version: the client starts anew.
            Ok(ClientFrame::Resume(_)) if is_first => self.greet().await,
            Ok(ClientFrame::Resume(_)) => {
                let problem = Problem::new(ErrorCode::BadFrame, "`resume` must be the first frame");
                self.out_refuse(problem, None).await
            }
        };
        Ok(handled?)
    }

    async fn greet(&mut self) -> Result<(), Gone> {
        let app = Arc::clone(&self.app);
        let (texts, limits) = (&app.config.texts, app.limits());
        let hello = HelloFrame {
            seq: self.out.next_seq(),
            protocol: PROTOCOL.into(),
            session: self.name.clone().into(),
            token: self.token.clone().into(),
            title: texts.title.as_str().into(),
            greeting: texts.greeting.as_str().into(),
            suggestions: texts.suggestions.as_slice().into(),
            limits: Limits {
                question_chars: app.config.answer.max_question_chars,
                message_bytes: limits.max_message_bytes,
                questions_per_minute: limits.questions_per_minute,
            },
            heartbeat_secs: heartbeat(&app).as_secs(),
            resumed: false,
        };
        self.out.send(&ServerFrame::Hello(Box::new(hello))).await
    }

    async fn on_ask(&mut self, frame: AskFrame) -> Result<(), Gone> {
        let at = Instant::now();
        self.last_ask = at;
        if let Err(problem) = self.accept(&frame) {
            return self.out_refuse(problem, Some(&frame.id)).await;
        }
        self.waiting.push_back(Asked { frame, at });
        self.start_next().await
    }

    fn accept(&self, frame: &AskFrame) -> Result<(), Problem> {
        self.app.question(&frame.question)?;
        self.app.admit(self.client)?;
        if self.waiting.len() >= MAX_WAITING {
            return Err(busy("too many questions of this chat wait already"));
        }
        Ok(())
    }

    /// Hands the next waiting question to the search threads, unless one runs.
    async fn start_next(&mut self) -> Result<(), Gone> {
        while self.running.is_none() {
            let Some(asked) = self.waiting.pop_front() else { break };
            let id = asked.frame.id.clone();
            match self.submit(&asked.frame).await {
                Ok(ticket) => self.running = Some(Running { id, asked: asked.at, ticket, told: None }),
                Err(problem) => self.out_refuse(problem, Some(&id)).await?,
            }
        }
        Ok(())
    }

    async fn submit(&mut self, frame: &AskFrame) -> Result<Ticket<Result<Arc<Answer>, AskError>>, Problem> {
        let question = self.app.question(&frame.question)?;
        let id = frame.id.clone();
        // Nobody else holds it: the question before this one is done.
        let mut session = Arc::clone(&self.session).lock_owned().await;
        self.app.submit(move |engine| engine.reply(&mut session, Some(&id), &question))
    }

    async fn on_done(&mut self, outcome: Outcome) -> Result<(), Gone> {
        let Some(Running { id, asked, .. }) = self.running.take() else { return Ok(()) };
        let answer =
            outcome.map_err(|Failed| internal()).and_then(|done| done.map_err(|error| refusal(&error)));
        match answer {
            Err(problem) => self.out_refuse(problem, Some(&id)).await?,
            Ok(answer) => {
                self.app.note_answer(Door::Socket, &answer, asked.into_std());
                let seq = self.out.next_seq();
                self.answers.insert(seq, false);
                if self.answers.len() > MAX_JUDGEABLE {
                    self.answers.pop_first();
                }
                let answer = Box::new(protocol::Answer::from(&*answer));
                self.out.send(&ServerFrame::Answer { seq, in_reply_to: id.into(), answer }).await?;
            }
        }
        self.start_next().await
    }

    /// Counts what someone thought of an answer, once an answer. The comment goes nowhere.
    async fn on_feedback(&mut self, feedback: &FeedbackFrame) -> Result<(), Gone> {
        let Some(judged) = self.answers.get_mut(&feedback.answer) else {
            let problem =
                Problem::new(ErrorCode::UnknownAnswer, "`answer` is not the `seq` of a recent answer");
            return self.out_refuse(problem, None).await;
        };
        if !std::mem::replace(judged, true) {
            self.app.metrics.judged(feedback.helpful, feedback.reason);
        }
        Ok(())
    }

    async fn out_refuse(&mut self, problem: Problem, in_reply_to: Option<&str>) -> Result<(), Gone> {
        self.app.metrics.failed(Door::Socket, problem.code);
        self.out.refuse(problem, in_reply_to).await
    }

    async fn part(&mut self, end: End) {
        match end {
            End::Gone => {}
            End::Stopping => self.out.say_goodbye("shutting_down", CloseCode::GoingAway).await,
            End::Idle => self.out.say_goodbye("idle", CloseCode::Idle).await,
            End::Unanswered => self.out.close(CloseCode::Idle, "pings went unanswered").await,
            End::TooBig => self.out.close(CloseCode::TooBig, "the message is too big").await,
            End::Malformed => self.out.close(CloseCode::Malformed, "that is not WebSocket").await,
            End::NotUtf8 => self.out.close(CloseCode::NotUtf8, "the text is not UTF-8").await,
        }
    }
}

impl Running {
    fn state(&self) -> StatusState {
        if self.ticket.has_started() { StatusState::Searching } else { StatusState::Queued }
    }

    /// When to look how far it is: after a while, and as long as it is queued again and again.
    fn status_due(&self) -> Option<Instant> {
        match self.told {
            None => Some(self.asked + STATUS_AFTER),
            Some((StatusState::Queued, looked)) => Some(looked + STATUS_AFTER),
            Some((StatusState::Searching, _)) => None,
        }
    }
}
