//! Steps are sent: in order within a conversation, tried again when the desk is down, given up in the end.

use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::time::sleep;

use super::channel::{gone, opened};
use super::client::{Failure, Reply};
use super::conversation::{KeptStep, State, letters, own_key, said, stored_step};
use super::{Desk, Desks, PAUSE, note_failure};
use crate::adapters::{Call, Conversation, Step, Verdict};
use crate::server::app::App;
use crate::store::{MAX_WAIT_SECS, StoredStep, Turn, unix_now};

/// How much longer to wait after each failure, and the longest wait, in seconds.
const BACKOFF_FACTOR: u64 = 4;
const MAX_BACKOFF_SECS: u64 = 7200;

/// Statuses that say that the desk did not take the call: too many, or not now. Others may come from a proxy after it did.
pub(super) const NOT_TAKEN: [u16; 2] = [429, 503];

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
pub(super) async fn attempt(app: &App, desks: &Desks, number: u64) -> Option<()> {
    let begun = desks.deliveries.run(move |file| {
        let Some(step) = file.begin(number)? else { return Ok(None) };
        let state = State::load(file, &step.desk, &step.conversation)?;
        Ok(Some(match &state.moved_to {
            Some(name) => {
                let there = State::load(file, &step.desk, name)?;
                (step, name.clone(), there)
            }
            None => (step.clone(), step.conversation, state),
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
    Again(Setback),
    Never { why: String },
}

/// Why an attempt failed.
struct Setback {
    /// When the desk wants it again, in seconds.
    after: Option<u64>,
    why: String,
    /// Whether it may have arrived all the same.
    unsure: bool,
}

/// What a step is known again by at a desk that keeps marks: the same whenever it is tried, also where an operator sends
/// it again. What it says is in it, since another file of deliveries has the same numbers.
pub(super) fn mark(step: &StoredStep) -> String {
    let mut hash = Sha256::new();
    hash.update(step.number.to_le_bytes());
    hash.update(&step.payload);
    hex::encode(hash.finalize())
}

/// The name of a delivery, by which a desk knows a repeated one: the same whenever the step is tried, also where an
/// operator sends it again, and another file's has another time.
pub(super) fn delivery_name(step: &StoredStep) -> String {
    format!("ibid-{}-{}", step.made, step.number)
}

/// Whether a step that was put off has been tried for long enough, in seconds. Where the clock was ahead when that began
/// its attempts tell how long, which come as far apart as they may: else it would hold up what waits behind it until then.
pub(super) fn is_given_up(step: &StoredStep, now: u64, give_up_secs: u64) -> bool {
    let tried = if step.since > now.saturating_add(MAX_WAIT_SECS) {
        u64::from(step.attempts).saturating_mul(MAX_BACKOFF_SECS)
    } else {
        now.saturating_sub(step.since)
    };
    tried >= give_up_secs
}

/// Whether something of ours stands at the desk.
enum Place {
    There,
    NotThere,
    NotKnown(Setback),
}

impl Sending<'_> {
    /// Sends it to the conversation of this name at the desk.
    async fn send(&self, name: &str, state: &State) -> Option<()> {
        let Some(desk) = self.desks.get(&self.step.desk) else {
            return self.bury("this desk is not set up any more".into(), self.step.unsure).await;
        };
        let Some(KeptStep { step, details }) = KeptStep::read(&self.step.payload) else {
            let is_damaged = self.step.payload.is_empty();
            let why =
                if is_damaged { "it is damaged on the disk" } else { "it was written by another version" };
            return self.bury(why.into(), self.step.unsure).await;
        };
        let details = if details.is_null() { &state.details } else { &details };
        let conversation = Conversation { name, details };
        let Some(call) = desk.adapter.call(conversation, &step) else {
            return if matches!(step, Step::Open { .. } | Step::Forward { .. }) {
                self.bury("the desk has nothing like it".into(), false).await
            } else {
                self.done(None).await
            };
        };
        let call = desk.adapter.marked(call, &mark(self.step));
        let text = said(&*desk.adapter, &step);
        // Where the desk said of every attempt that it did not take it, what stands there is older.
        let unsure = self.step.unsure;
        if let (true, Step::Open { subject, .. }) = (unsure, &step) {
            match self.find(desk, subject).await {
                // Where the chat went on before it was closed there may have the same subject.
                Ok(Some(found)) if found.0 != name => return self.opened_as(desk, found).await,
                Ok(_) => {}
                Err(setback) => return self.postpone(setback).await,
            }
        } else if unsure {
            match self.is_there(desk, conversation, &step, text.as_deref()).await? {
                Place::There => return self.done(text).await,
                Place::NotKnown(setback) => return self.postpone(setback).await,
                Place::NotThere => {}
            }
        }
        match self.attempt(desk, call).await {
            Attempt::Done(body) if matches!(step, Step::Open { .. }) => self.opened(desk, &body).await,
            Attempt::Done(_) => self.done(text).await,
            Attempt::Never { why } => self.bury(why, unsure).await,
            Attempt::Again(setback) => {
                let unsure = setback.unsure || unsure;
                self.postpone(Setback { unsure, ..setback }).await
            }
        }
    }

    async fn opened(&self, desk: &Desk, body: &[u8]) -> Option<()> {
        let name = desk.adapter.opened(body).unwrap_or_else(|| (self.step.conversation.clone(), Value::Null));
        self.opened_as(desk, name).await
    }

    async fn opened_as(&self, desk: &Desk, name: (String, Value)) -> Option<()> {
        let step = self.step.clone();
        let gone = stored_step(&*desk.adapter, &step.conversation, gone(), &Value::Null);
        let work = self.desks.deliveries.run(move |file| opened(file, &step, name, gone.as_ref()));
        if !note_failure(self.app, work.await)? {
            return self
                .bury("the desk named a conversation in which another chat goes on".into(), false)
                .await;
        }
        self.app.metrics.delivered(true);
        Some(())
    }

    /// The conversation with this subject, if an earlier attempt, of which nobody knows, has opened it.
    async fn find(&self, desk: &Desk, subject: &str) -> Result<Option<(String, Value)>, Setback> {
        let Some(look) = desk.adapter.look_for(subject) else { return Ok(None) };
        match self.attempt(desk, look).await {
            Attempt::Done(body) => Ok(desk.adapter.found(&body, subject)),
            Attempt::Again(setback) => Err(Setback { unsure: true, ..setback }),
            Attempt::Never { .. } => Ok(None),
        }
    }

    /// Whether an earlier attempt, of which nobody knows, arrived after all: its mark stands there, or the text without
    /// one more often than it is known to have been delivered. Where the desk cannot show it, it counts as not there:
    /// better twice than never.
    async fn is_there(
        &self,
        desk: &Desk,
        conversation: Conversation<'_>,
        step: &Step,
        text: Option<&str>,
    ) -> Option<Place> {
        let place = desk.adapter.place(conversation, step);
        let look = place.and_then(|name| desk.adapter.look(Conversation { name: &name, ..conversation }));
        let Some(look) = look else { return Some(Place::NotThere) };
        let body = match self.attempt(desk, look).await {
            Attempt::Done(body) => body,
            Attempt::Again(setback) => return Some(Place::NotKnown(Setback { unsure: true, ..setback })),
            Attempt::Never { .. } => return Some(Place::NotThere),
        };
        let Some(seen) = desk.adapter.seen(&body) else { return Some(Place::NotThere) };
        if seen.marks.contains(&mark(self.step)) {
            return Some(Place::There);
        }
        let Some(text) = text else { return Some(Place::NotThere) };
        let wanted = letters(text);
        let times = seen.ours.iter().filter(|text| letters(text) == wanted).count() as u64;
        let (name, key) = (self.step.desk.clone(), own_key(&self.step.conversation, text));
        let delivered = self.desks.deliveries.run(move |file| file.times_delivered(&name, &key)).await;
        let delivered = note_failure(self.app, delivered)?;
        Some(if times > delivered { Place::There } else { Place::NotThere })
    }

    async fn attempt(&self, desk: &Desk, call: Call) -> Attempt {
        let id = delivery_name(self.step);
        let again = |after, why, unsure| Attempt::Again(Setback { after, why, unsure });
        match desk.perform(&self.desks.client, &id, call).await {
            Err(failure @ Failure::BadAddress) => Attempt::Never { why: failure.to_string() },
            Err(failure) => again(None, failure.to_string(), failure.may_have_arrived()),
            // Its token was no good any more; the next attempt has a new one.
            Ok(Reply { status: 401, .. }) if desk.has_login() => {
                again(None, "the desk does not take our token".into(), false)
            }
            Ok(Reply { status, retry_after, body }) => {
                let why = format!("the desk answered {status}");
                match desk.adapter.verdict(status, retry_after, &body) {
                    Verdict::Done => Attempt::Done(body),
                    Verdict::Again(after) => again(after, why, !NOT_TAKEN.contains(&status)),
                    Verdict::Refused => {
                        let reason = desk.adapter.reason(&body).map(|reason| format!(": {reason}"));
                        Attempt::Never { why: why + &reason.unwrap_or_default() }
                    }
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

    async fn bury(&self, why: String, unsure: bool) -> Option<()> {
        self.app.metrics.delivered(false);
        let number = self.step.number;
        if KeptStep::read(&self.step.payload).is_none_or(|kept| kept.is_open()) {
            self.desks.not_opened(self.app, self.step).await?;
        }
        tracing::error!(desk = self.step.desk, step = number, why, "given up; `ibid deliveries` shows it");
        let work = self.desks.deliveries.run(move |file| file.bury(number, &why, unsure));
        note_failure(self.app, work.await)
    }

    async fn postpone(&self, setback: Setback) -> Option<()> {
        let Setback { after, why, unsure } = setback;
        let now = unix_now();
        let give_up = self.app.config.deliveries.give_up_hours.saturating_mul(3600);
        if is_given_up(self.step, now, give_up) {
            return self.bury(why, unsure).await;
        }
        let number = self.step.number;
        let first = self.app.config.deliveries.first_retry_secs;
        let wait =
            first.saturating_mul(BACKOFF_FACTOR.saturating_pow(self.step.attempts)).min(MAX_BACKOFF_SECS);
        let wait = after.map_or(wait, |asked| asked.clamp(1, MAX_WAIT_SECS));
        tracing::warn!(desk = self.step.desk, step = number, why, wait_secs = wait, "not sent yet");
        let due = now.saturating_add(wait);
        let work = self.desks.deliveries.run(move |file| file.postpone(number, due, &why, unsure));
        note_failure(self.app, work.await)
    }
}
