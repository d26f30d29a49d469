//! Steps are sent: in order within a conversation, tried again when the desk is down, given up in the end.

use std::sync::Arc;

use serde_json::Value;
use tokio::time::sleep;

use super::channel::opened;
use super::client::{Failure, Reply};
use super::conversation::{State, letters, own_key, said};
use super::{Desk, Desks, PAUSE, note_failure};
use crate::adapters::{Call, Conversation, Step, Verdict};
use crate::server::app::App;
use crate::store::{StoredStep, Turn, unix_now};

/// How much longer to wait after each failure, and the longest wait, in seconds.
const BACKOFF_FACTOR: u64 = 4;
const MAX_BACKOFF_SECS: u64 = 7200;

/// Longest that a desk may ask us to wait.
const MAX_WAIT_SECS: u64 = 24 * 3600;

/// Works the line off, for ever.
pub(super) async fn work(app: Arc<App>) {
    let Some(desks) = &app.desks else { return };
    let list = async |limit: usize| {
        let now = unix_now();
        note_failure(&app, desks.deliveries.run(move |file| file.due_steps(now, limit)).await)
    };
    let begin = |turn| drop(app.tasks.spawn(send(Arc::clone(&app), turn)));
    desks.steps.work_off(list, begin).await;
}

async fn send(app: Arc<App>, turn: Turn) {
    let Some(desks) = &app.desks else { return };
    if attempt(&app, desks, turn.number).await.is_none() {
        sleep(PAUSE).await;
    }
    desks.steps.give_back(&turn.desk, &turn.conversation);
}

/// None where the disk failed and it has to be looked at again.
async fn attempt(app: &App, desks: &Desks, number: u64) -> Option<()> {
    let begun = desks.deliveries.run(move |file| {
        let Some(step) = file.begin(number)? else { return Ok(None) };
        let name = step.conversation.clone();
        let state = State::read(file.conversation(&step.desk, &name)?.as_deref());
        Ok(Some(match &state.moved_to {
            Some(name) => {
                let state = State::read(file.conversation(&step.desk, name)?.as_deref());
                (step, name.clone(), state)
            }
            None => (step, name, state),
        }))
    });
    // Not in line any more, or not due: a person has taken over, or it was sent just now.
    let Some((step, name, state)) = note_failure(app, begun.await)? else { return Some(()) };
    Sending { app, desks, step: &step }.send(&name, &state).await
}

struct Sending<'a> {
    app: &'a App,
    desks: &'a Desks,
    step: &'a StoredStep,
}

/// What an attempt came to.
enum Attempt {
    Done(Vec<u8>),
    Again { after: Option<u64>, why: String },
    Never { why: String },
}

/// Whether something of ours stands at the desk.
enum Place {
    There,
    NotThere,
    NotKnown { after: Option<u64>, why: String },
}

impl Sending<'_> {
    /// Sends it to the conversation of this name at the desk.
    async fn send(&self, name: &str, state: &State) -> Option<()> {
        let Some(desk) = self.desks.get(&self.step.desk) else {
            return self.bury("this desk is not set up any more".into()).await;
        };
        let Ok(step) = serde_json::from_slice::<Step>(&self.step.payload) else {
            return self.bury("it was written by another version".into()).await;
        };
        let conversation = Conversation { name, details: &state.details };
        let Some(call) = desk.adapter.call(conversation, &step) else {
            return if matches!(step, Step::Open { .. } | Step::Forward { .. }) {
                self.bury("the desk has nothing like it".into()).await
            } else {
                self.done(None).await
            };
        };
        let text = said(&*desk.adapter, &step);
        if self.step.attempts > 0 {
            match self.is_there(desk, conversation, text.as_deref()).await? {
                Place::There => return self.done(text).await,
                Place::NotKnown { after, why } => return self.postpone(after, why).await,
                Place::NotThere => {}
            }
        }
        match self.attempt(desk, call).await {
            Attempt::Done(body) if matches!(step, Step::Open { .. }) => self.opened(desk, &body).await,
            Attempt::Done(_) => self.done(text).await,
            Attempt::Never { why } => self.bury(why).await,
            Attempt::Again { after, why } => self.postpone(after, why).await,
        }
    }

    async fn opened(&self, desk: &Desk, body: &[u8]) -> Option<()> {
        self.app.metrics.delivered(true);
        let step = self.step.clone();
        let name = desk.adapter.opened(body).unwrap_or_else(|| (step.conversation.clone(), Value::Null));
        note_failure(self.app, self.desks.deliveries.run(move |file| opened(file, &step, name)).await)
    }

    /// Whether an earlier attempt, of which nobody knows, arrived after all: the text stands there more often than it
    /// is known to have been delivered. Where the desk cannot show it, it counts as not there: better twice than never.
    async fn is_there(
        &self,
        desk: &Desk,
        conversation: Conversation<'_>,
        text: Option<&str>,
    ) -> Option<Place> {
        let Some((text, look)) = text.zip(desk.adapter.look(conversation)) else {
            return Some(Place::NotThere);
        };
        let body = match self.attempt(desk, look).await {
            Attempt::Done(body) => body,
            Attempt::Again { after, why } => return Some(Place::NotKnown { after, why }),
            Attempt::Never { .. } => return Some(Place::NotThere),
        };
        let Some(seen) = desk.adapter.seen(&body) else { return Some(Place::NotThere) };
        let wanted = letters(text);
        let times = seen.ours.iter().filter(|text| letters(text) == wanted).count() as u64;
        let (name, key) = (self.step.desk.clone(), own_key(&self.step.conversation, text));
        let delivered = self.desks.deliveries.run(move |file| file.times_delivered(&name, &key)).await;
        let delivered = note_failure(self.app, delivered)?;
        Some(if times > delivered { Place::There } else { Place::NotThere })
    }

    async fn attempt(&self, desk: &Desk, call: Call) -> Attempt {
        let id = format!("ibid-{}-{}", self.step.made, self.step.number);
        match desk.perform(&self.desks.client, &id, call).await {
            Err(failure @ Failure::BadAddress) => Attempt::Never { why: failure.to_string() },
            Err(failure) => Attempt::Again { after: None, why: failure.to_string() },
            // Its token was no good any more; the next attempt has a new one.
            Ok(Reply { status: 401, .. }) if desk.has_login() => {
                Attempt::Again { after: None, why: "the desk does not take our token".into() }
            }
            Ok(Reply { status, retry_after, body }) => {
                let why = format!("the desk answered {status}");
                match desk.adapter.verdict(status, retry_after, &body) {
                    Verdict::Done => Attempt::Done(body),
                    Verdict::Again(after) => Attempt::Again { after, why },
                    Verdict::Refused => Attempt::Never { why },
                }
            }
        }
    }

    async fn done(&self, text: Option<String>) -> Option<()> {
        self.app.metrics.delivered(true);
        let (number, desk) = (self.step.number, self.step.desk.clone());
        let key = text.map(|text| own_key(&self.step.conversation, &text));
        let work = self.desks.deliveries.run(move |file| file.delivered(number, &desk, key.as_deref()));
        note_failure(self.app, work.await)
    }

    async fn bury(&self, why: String) -> Option<()> {
        self.app.metrics.delivered(false);
        let number = self.step.number;
        if let Ok(Step::Open { .. }) = serde_json::from_slice(&self.step.payload) {
            self.desks.not_opened(self.app, self.step).await?;
        }
        tracing::error!(desk = self.step.desk, step = number, why, "given up; `ibid deliveries` shows it");
        note_failure(self.app, self.desks.deliveries.run(move |file| file.bury(number, &why)).await)
    }

    async fn postpone(&self, after: Option<u64>, why: String) -> Option<()> {
        let now = unix_now();
        let give_up = self.app.config.deliveries.give_up_hours.saturating_mul(3600);
        if now.saturating_sub(self.step.made) >= give_up {
            return self.bury(why).await;
        }
        let number = self.step.number;
        let first = self.app.config.deliveries.first_retry_secs;
        let wait =
            first.saturating_mul(BACKOFF_FACTOR.saturating_pow(self.step.attempts)).min(MAX_BACKOFF_SECS);
        let wait = after.map_or(wait, |asked| asked.clamp(1, MAX_WAIT_SECS));
        tracing::warn!(desk = self.step.desk, step = number, why, wait_secs = wait, "not sent yet");
        let due = now.saturating_add(wait);
        note_failure(self.app, self.desks.deliveries.run(move |file| file.postpone(number, due, &why)).await)
    }
}
