//! One chat: reads frames, answers questions in order, keeps the connection honest.
//!
//! A single task owns the connection and its session, and one place sends (`deliver`). Questions are answered one
//! at a time on the search threads; while one runs, frames are still read, up to a bound. When the connection is
//! lost, what was asked is answered all the same and waits in the session's log; then the session is put to
//! rest, where a later connection finds it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::Message;
use tokio::time::{Instant, sleep_until};

use super::inherited::Inherited;
use super::link::{End, Link};
use crate::answer::Answer;
use crate::engine::AskError;
use crate::protocol::{ServerFrame, StatusState};
use crate::server::app::App;
use crate::server::chats::{Attachment, ChatState, Request, Running, Wish};
use crate::server::client::ClientKey;
use crate::server::pool::Failed;
use crate::store::unix_now;

/// An answer that takes longer than this is announced by a `status` frame.
const STATUS_AFTER: Duration = Duration::from_millis(300);

/// What became of a question on the search threads.
pub(super) type Outcome = Result<Result<Arc<Answer>, AskError>, Failed>;

enum Event {
    Read(Result<Message, End>),
    Done(Outcome),
    Wished(Wish),
    Timer,
    Stop,
}

pub(super) struct Chat {
    pub(super) app: Arc<App>,
    pub(super) client: ClientKey,
    /// None once the connection is lost.
    pub(super) link: Option<Link>,
    pub(super) state: Box<ChatState>,
    pub(super) attachment: Attachment,
    /// For the greeting.
    pub(super) token: String,
    pub(super) last_ask: Instant,
    pub(super) inherited: Inherited,
    /// Whoever wants the session, as soon as that is known.
    pub(super) wanted: Option<Request>,
    draining: bool,
}

impl Chat {
    pub(super) fn new(
        app: Arc<App>,
        client: ClientKey,
        link: Link,
        token: String,
        (state, attachment): (Box<ChatState>, Attachment),
    ) -> Self {
        let last_ask = Instant::now();
        let (link, inherited) = (Some(link), Inherited::of(state.pending()));
        Self {
            inherited,
            app,
            client,
            link,
            state,
            attachment,
            token,
            last_ask,
            wanted: None,
            draining: false,
        }
    }

    /// Talks, beginning with the message `first` that came before the greeting, until the connection ends; answers
    /// what was asked, and puts the session to rest.
    pub(super) async fn run(mut self, first: Option<String>) {
        let opened = Instant::now();
        let end = self.talk(first).await;
        match end {
            End::TakenOver | End::Forgotten => {}
            End::Stopping => self.deliver_goodbye("shutting_down", true).await,
            End::Idle => self.deliver_goodbye("idle", !self.left().is_zero()).await,
            _ => {
                let link = self.link.take();
                tokio::join!(close(link, end), self.finish());
            }
        }
        let link = self.link.take();
        self.let_go(end).await;
        close(link, end).await;
        tracing::info!(?end, secs = opened.elapsed().as_secs(), "chat closed");
    }

    async fn talk(&mut self, first: Option<String>) -> End {
        if let Some(text) = first
            && let Err(end) = self.on_text(&text).await
        {
            return end;
        }
        loop {
            if self.wanted.is_some() {
                return End::TakenOver;
            }
            if self.link.is_none() {
                return End::Gone;
            }
            if self.draining && self.state.is_at_rest() {
                return End::Stopping;
            }
            let event = self.next_event().await;
            if let Err(end) = self.on_event(event).await {
                return end;
            }
        }
    }

    async fn on_event(&mut self, event: Event) -> Result<(), End> {
        match event {
            Event::Wished(Wish::Session(request)) => self.wanted = Some(request),
            Event::Wished(Wish::Post(posting)) => self.deliver_posting(posting).await,
            Event::Stop => self.draining = true,
            Event::Done(outcome) => self.on_done(outcome).await,
            Event::Timer => return self.on_timer().await,
            Event::Read(Err(_)) if self.draining => return Err(End::Gone),
            Event::Read(Err(end)) => return Err(end),
            Event::Read(Ok(message)) => return self.on_message(message).await,
        }
        Ok(())
    }

    /// Without reading any more: answers what is running and waiting, unless someone else goes on with it.
    async fn finish(&mut self) {
        self.start_next().await;
        while self.wanted.is_none() && !self.state.is_at_rest() {
            let Some(running) = &mut self.state.running else { return };
            tokio::select! {
                biased;
                outcome = &mut running.ticket => self.on_done(outcome).await,
                request = self.attachment.wanted() => self.wanted = Some(request),
            }
        }
    }

    async fn next_event(&mut self) -> Event {
        let now = Instant::now();
        let timer = self.next_timer(now);
        let Self { app, link, state, attachment, draining, .. } = self;
        let running = async {
            match &mut state.running {
                Some(running) => (&mut running.ticket).await,
                None => std::future::pending().await,
            }
        };
        let read = async {
            match link {
                Some(link) if !*draining && link.budget.paused_until(now).is_none() => link.read().await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            outcome = running => Event::Done(outcome),
            wish = attachment.next() => Event::Wished(wish),
            () = app.stop.cancelled(), if !*draining => Event::Stop,
            () = sleep_until(timer) => Event::Timer,
            message = read => Event::Read(message),
        }
    }

    fn next_timer(&self, now: Instant) -> Instant {
        let status = self.state.running.as_ref().and_then(Running::status_due);
        let idle = self.may_idle_out().then(|| self.idle_at());
        let over = self.state.running.is_none().then(|| now + self.left());
        let paused = self.link.as_ref().and_then(|link| link.budget.paused_until(now));
        let ping = self.link.as_ref().map(|link| link.next_ping);
        let soonest = [status, idle, over, paused, ping].into_iter().flatten().min();
        soonest.unwrap_or(now + STATUS_AFTER)
    }

    /// How long the session may still be kept, whatever happens.
    fn left(&self) -> Duration {
        let until = self.state.began.saturating_add(self.app.config.sessions.retention_secs);
        Duration::from_secs(until.saturating_sub(unix_now()))
    }

    /// Whether it may be closed for want of questions: nothing is being answered, and no person is waited for.
    fn may_idle_out(&self) -> bool {
        self.state.running.is_none() && self.state.is_handed_over() != Some(true)
    }

    fn idle_at(&self) -> Instant {
        self.last_ask + Duration::from_secs(self.app.limits().idle_timeout_secs.max(1))
    }

    async fn on_timer(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let Some(link) = &mut self.link else { return Err(End::Gone) };
        link.beat(now).await?;
        if let Some(running) = &mut self.state.running
            && running.status_due().is_some_and(|due| now >= due)
        {
            let state = running.progress();
            let before = running.told.replace((state, now));
            if before.is_none_or(|(before, _)| before != state) {
                let id = running.asked.frame.id.as_str();
                link.out.send(&ServerFrame::Status { in_reply_to: id.into(), state }).await?;
            }
        }
        let is_over = self.state.running.is_none() && self.left().is_zero();
        if is_over || self.may_idle_out() && now >= self.idle_at() {
            return Err(End::Idle);
        }
        Ok(())
    }

    /// Leaves the session to whoever wants it, or puts it to rest.
    async fn let_go(self, end: End) {
        let Self { app, state, attachment, wanted, .. } = self;
        let left = match wanted {
            _ if end == End::Forgotten => None,
            Some(request) => request.send(state).err(),
            None => Some(state),
        };
        if let Some(mut state) = left {
            state.judgeable.clear();
            app.chats.rest(state, attachment).await;
        }
    }
}

async fn close(link: Option<Link>, end: End) {
    if let (Some(mut link), Some((code, reason))) = (link, end.close()) {
        link.out.close(code, reason).await;
    }
}

impl Running {
    fn progress(&self) -> StatusState {
        if self.ticket.has_started() { StatusState::Searching } else { StatusState::Queued }
    }

    /// When to look how far it is: after a while, and as long as it is queued again and again.
    fn status_due(&self) -> Option<Instant> {
        match self.told {
            None => Some(self.asked.at + STATUS_AFTER),
            Some((StatusState::Queued, looked)) => Some(looked + STATUS_AFTER),
            Some((StatusState::Searching, _)) => None,
        }
    }
}
