//! Events of desks are dealt with: one after the other within a conversation, several conversations at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::channel::{OPENED, cut_off};
use super::conversation::{KeptStep, Owner, State, own_key, stored_step};
use super::{Desk, Desks, PAUSE, note_failure};
use crate::adapters::{Content, Conversation, Decision, Event, Happened, Situation, Step, decide};
use crate::answer::Answer;
use crate::config::DeskKind;
use crate::protocol::ErrorCode;
use crate::retrieve::Question;
use crate::server::app::{App, Door};
use crate::server::chats::Unsaid;
use crate::store::{NewStep, Settlement, StoredEvent, StoredStep, Turn, unix_now};

/// An answer that takes longer than this is announced, where the desk can show that somebody types.
const TYPING_AFTER: Duration = Duration::from_millis(700);

/// Most characters of a letter that are read for its question.
const MAX_LETTER_CHARS: usize = 4000;

/// How often the engine may fail at one message.
const MAX_FAILURES: u32 = 3;

/// Most steps of a conversation that are looked through for a hand-over that waits.
const MAX_WAITING: usize = 100;

/// What people are told who get a message with which Ibid can do nothing.
const NOT_DEALT_WITH: &str = "Ibid could not read or answer what came here last. Please look at it.";

/// Works the line off, for ever.
pub(super) async fn work(app: Arc<App>) {
    let Some(desks) = &app.desks else { return };
    let list = async |limit: usize| {
        if !app.engine.is_ready() {
            return None;
        }
        note_failure(&app, desks.deliveries.run(move |file| file.next_events(limit)).await)
    };
    let begin = |turn| drop(app.tasks.spawn(deal_with(Arc::clone(&app), turn)));
    desks.events.work_off(list, begin).await;
}

async fn deal_with(app: Arc<App>, turn: Turn) {
    let Some(desks) = &app.desks else { return };
    if settle(&app, desks, &turn).await.is_none() {
        sleep(PAUSE).await;
    }
    desks.events.give_back(&turn.desk, &turn.conversation);
    desks.steps.wake.notify_one();
}

/// None where the disk failed and it has to be tried again.
pub(super) async fn settle(app: &App, desks: &Desks, turn: &Turn) -> Option<()> {
    let number = turn.number;
    let stored = note_failure(app, desks.deliveries.run(move |file| file.event(number)).await)?;
    // Dealt with already.
    let Some(stored) = &stored else { return Some(()) };
    let settlement = match (desks.get(&stored.desk), serde_json::from_slice::<Event>(&stored.payload)) {
        (Some(desk), Ok(event)) => Dealing { app, desks, desk, stored, event }.deal().await?,
        (None, _) => {
            tracing::warn!(desk = stored.desk, "an event of a desk that is not set up any more is dropped");
            Settlement::default()
        }
        (Some(desk), Err(_)) => {
            let why = if stored.payload.is_empty() { "damaged on the disk" } else { "of another version" };
            tracing::error!(desk = stored.desk, why, "an event cannot be read; people are told");
            let state = state_of(app, desks, stored).await?;
            leave_to_people(app, desks, desk, stored, state).await?
        }
    };
    let stored = stored.clone();
    note_failure(app, desks.deliveries.run(move |file| file.settle(&stored, &settlement)).await)
}

/// How the conversation stands.
async fn state_of(app: &App, desks: &Desks, stored: &StoredEvent) -> Option<State> {
    let (desk, name) = (stored.desk.clone(), stored.conversation.clone());
    note_failure(app, desks.deliveries.run(move |file| State::load(file, &desk, &name)).await)
}

/// Number of the last event of the conversation that has come.
async fn last_event(app: &App, desks: &Desks, stored: &StoredEvent) -> Option<u64> {
    let (desk, name) = (stored.desk.clone(), stored.conversation.clone());
    let last = desks.deliveries.run(move |file| file.last_event(&desk, &name)).await;
    Some(note_failure(app, last)?.unwrap_or(stored.number))
}

/// What becomes of an event with which Ibid can do nothing. None where the disk failed.
async fn leave_to_people(
    app: &App,
    desks: &Desks,
    desk: &Desk,
    stored: &StoredEvent,
    mut state: State,
) -> Option<Settlement> {
    let mut steps = vec![Step::note(Content::text(NOT_DEALT_WITH))];
    if state.owner == Owner::Ibid {
        state.misses = 0;
        // This desk says itself whether anybody takes it.
        if desk.config.kind != DeskKind::BotFramework {
            state.owner = Owner::Person;
            state.taken_after = last_event(app, desks, stored).await?;
        }
        steps.push(Step::HandOver);
        steps.extend((!desk.config.hand_over_to.is_empty()).then_some(Step::Assign));
    }
    let kept = |step| stored_step(&*desk.adapter, &stored.conversation, step, &state.details);
    let steps = steps.into_iter().filter_map(kept).collect();
    Some(Settlement { conversation: state.written(), steps, silence: false })
}

struct Dealing<'a> {
    app: &'a App,
    desks: &'a Desks,
    desk: &'a Desk,
    stored: &'a StoredEvent,
    event: Event,
}

impl Dealing<'_> {
    async fn deal(self) -> Option<Settlement> {
        if let Happened::Answered { text } = &self.event.what
            && self.is_ours(text).await?
        {
            return Some(Settlement::default());
        }
        let mut state = state_of(self.app, self.desks, self.stored).await?;
        if !self.event.details.is_null() {
            state.details.clone_from(&self.event.details);
        }
        let mut steps = self.tell_chat(&mut state).await?;
        let (before, mut silence) = (state.owner, false);
        match &self.event.what {
            Happened::Asked { text } if self.was_opened_by_us(text).await? => {
                state.owner = Owner::Person;
            }
            Happened::Asked { text } if state.owner == Owner::Ibid => {
                let Some(answer) = self.answer(&mut state, text).await else {
                    tracing::error!(desk = self.stored.desk, "a message cannot be answered; people are told");
                    return leave_to_people(self.app, self.desks, self.desk, self.stored, state).await;
                };
                steps.extend(answer);
            }
            Happened::Asked { .. } => {}
            Happened::Answered { .. } | Happened::Taken => {
                state.owner = Owner::Person;
                silence = true;
            }
            // Some desks say so with every message; what did not help before still counts.
            Happened::GivenBack if state.owner == Owner::Ibid => {}
            // It was written before the desk knew that a person has it.
            Happened::GivenBack if self.is_outdated(&state).await? => {}
            Happened::GivenBack | Happened::Closed => state.give_back(),
        }
        if (before, state.owner) == (Owner::Ibid, Owner::Person) {
            state.taken_after = last_event(self.app, self.desks, self.stored).await?;
        }
        let acknowledged = self.desk.adapter.acknowledge(&self.event);
        steps.extend(acknowledged.and_then(|step| self.stored_step(step, &state)));
        Some(Settlement { conversation: state.written(), steps, silence })
    }

    async fn is_ours(&self, text: &str) -> Option<bool> {
        self.knows(own_key(&self.stored.conversation, text)).await
    }

    /// Whether this is the transcript of a chat of our own, which some desks tell us as a patient's letter.
    async fn was_opened_by_us(&self, text: &str) -> Option<bool> {
        match self.desks.handoff {
            Some(_) => self.knows(own_key(OPENED, text)).await,
            None => Some(false),
        }
    }

    /// Whether what is told of the conversation was so before a person got it: it had come by then, or the hand-over still
    /// waits to be sent.
    async fn is_outdated(&self, state: &State) -> Option<bool> {
        if !self.desk.adapter.is_aside(&self.event) {
            return Some(false);
        }
        let (desk, name) = (self.stored.desk.clone(), self.stored.conversation.clone());
        let waiting =
            self.desks.deliveries.run(move |file| file.waiting_steps(&desk, &name, MAX_WAITING)).await;
        let is_hand_over =
            |step: &StoredStep| KeptStep::read(&step.payload).is_some_and(|kept| kept.step == Step::HandOver);
        let waits = note_failure(self.app, waiting)?.iter().any(is_hand_over);
        Some(waits || self.stored.number <= state.taken_after)
    }

    async fn knows(&self, key: String) -> Option<bool> {
        let desk = self.stored.desk.clone();
        note_failure(self.app, self.desks.deliveries.run(move |file| file.knows(&desk, &key)).await)
    }

    /// Passes on to the chat of our own that goes on here, where one does.
    async fn tell_chat(&self, state: &mut State) -> Option<Vec<NewStep>> {
        let Some(session) = self.desks.chat_of(self.app, self.stored).await? else { return Some(Vec::new()) };
        match self.desks.tell_chat(self.app, &session, &self.event, state).await {
            Ok(()) => {
                let told = cut_off(&self.event).and_then(|step| self.stored_step(step, state));
                Some(told.into_iter().collect())
            }
            Err(Unsaid::Later) => None,
            Err(Unsaid::Absent) => {
                self.desks.unlink(self.app, &session).await?;
                let content = Content::text("The patient has left the chat and has not read this.");
                Some(self.stored_step(Step::note(content), state).into_iter().collect())
            }
        }
    }

    /// None where the engine fails, however often it is asked.
    async fn answer(&self, state: &mut State, text: &str) -> Option<Vec<NewStep>> {
        let asked = Instant::now();
        let mut failures = 0;
        let letter: String = text.chars().take(MAX_LETTER_CHARS).collect();
        let question = Question::new(&letter, MAX_LETTER_CHARS).ok()?.with_limit(self.desk.config.quotes);
        let mut session = state.session();
        let answered = loop {
            let question = question.clone();
            let mut before = session.clone();
            let work = self
                .app
                .run(move |engine| engine.reply(&mut before, &question).map(|answer| (answer, before)));
            tokio::pin!(work);
            let done = tokio::select! {
                done = &mut work => done,
                () = sleep(TYPING_AFTER) => tokio::join!(&mut work, self.say_typing(state)).0,
            };
            match done {
                Ok(answered) => break answered,
                Err(problem) if matches!(problem.code, ErrorCode::Busy | ErrorCode::NotReady) => {
                    sleep(PAUSE).await;
                }
                Err(_) if failures + 1 < MAX_FAILURES => {
                    failures += 1;
                    sleep(PAUSE).await;
                }
                Err(_) => return None,
            }
        };
        let answer: Arc<Answer>;
        (answer, session) = answered;
        self.app.note_answer(Door::Desk, &letter, &answer, asked);
        let now = unix_now();
        let (misses, is_open) = (state.misses, self.desk.hours.is_open(now));
        let situation = Situation { misses, is_open, before: &state.exchanges };
        let Decision { steps, hands_over, misses } =
            decide(&self.desk.config, &self.desks.links, &answer, situation);
        state.exchanges = session.exchanges().to_vec();
        state.misses = misses;
        if hands_over {
            state.owner = Owner::Person;
        }
        let message = self.event.message.as_deref();
        let steps = steps.into_iter().map(|step| step.replying_to(message));
        Some(steps.filter_map(|step| self.stored_step(step, state)).collect())
    }

    /// Not kept and not tried again: it is over before that would help.
    async fn say_typing(&self, state: &State) {
        let adapter = &self.desk.adapter;
        let conversation = Conversation { name: &self.stored.conversation, details: &state.details };
        let Some(call) =
            adapter.call(conversation, &Step::Typing).filter(|_| self.desk.config.kind.is_chat())
        else {
            return;
        };
        let id = format!("typing-{}-{}", self.stored.received, self.stored.number);
        if let Err(failure) = self.desk.perform(&self.desks.client, &id, call).await {
            tracing::debug!(desk = self.stored.desk, %failure, "typing could not be shown");
        }
    }

    fn stored_step(&self, step: Step, state: &State) -> Option<NewStep> {
        stored_step(&*self.desk.adapter, &self.stored.conversation, step, &state.details)
    }
}
