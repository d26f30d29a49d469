//! Help desks: their calls are put in line, answered, and the replies sent, each at its own pace.
//!
//! A call is proven, read, and on the disk before it is acknowledged (`hooks`). Events are answered one after the
//! other within a conversation (`answering`), replies are sent in order and tried again (`sending`). What a desk
//! could not tell while nobody listened is asked for (`polling`). A chat of our own goes on in a desk when a person is
//! wanted (`channel`).

mod access;
mod answering;
mod channel;
mod client;
mod conversation;
mod hooks;
mod polling;
mod sending;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

pub(crate) use hooks::{receive, receive_with_secret};

use super::ServeError;
use super::app::App;
use crate::adapters::{Adapter, Links, adapter};
use crate::config::{Config, DeskConfig, OfficeHours};
use crate::store::{Deliveries, StoreError, Turn};
use access::Access;
use client::Client;

/// How long a line may go unlooked at: a step that is put off is due in time, and one that an operator sends again
/// is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often what is too old is forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// A desk and what speaks with it.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) config: DeskConfig,
    pub(crate) adapter: Box<dyn Adapter>,
    pub(crate) hours: OfficeHours,
    access: Access,
}

/// All desks of a server.
#[derive(Debug)]
pub(crate) struct Desks {
    desks: BTreeMap<String, Desk>,
    pub(crate) deliveries: Deliveries,
    links: Links,
    /// The desk that takes chats of our own.
    handoff: Option<String>,
    client: Client,
    events: Line,
    steps: Line,
}

/// Conversations that are at work at once in a line.
const AT_ONCE: usize = 16;

/// How long to wait where the index is not ready, the queue of questions is full, or the disk fails.
const PAUSE: Duration = Duration::from_millis(500);

/// A line that is worked off: who is to be woken, and which conversations are at work.
#[derive(Debug, Default)]
struct Line {
    wake: Notify,
    busy: Mutex<HashSet<(String, String)>>,
}

impl Line {
    /// Takes a conversation, unless somebody has it.
    fn take(&self, desk: &str, conversation: &str) -> bool {
        self.busy().insert((desk.to_owned(), conversation.to_owned()))
    }

    fn give_back(&self, desk: &str, conversation: &str) {
        self.busy().remove(&(desk.to_owned(), conversation.to_owned()));
        self.wake.notify_one();
    }

    fn at_work(&self) -> usize {
        self.busy().len()
    }

    async fn wait(&self) {
        let _ = tokio::time::timeout(LOOK_EVERY, self.wake.notified()).await;
    }

    /// Works it off, for ever: `list` says whose turn it is, at most so many, and `begin` has somebody do it, who
    /// gives the conversation back.
    async fn work_off<L>(&self, list: impl Fn(usize) -> L, begin: impl Fn(Turn))
    where
        L: Future<Output = Option<Vec<Turn>>>,
    {
        loop {
            let at_work = self.at_work();
            // Those at work are listed too, each once.
            let turns = if at_work < AT_ONCE { list(AT_ONCE + at_work).await } else { Some(Vec::new()) };
            let Some(turns) = turns else {
                sleep(PAUSE).await;
                continue;
            };
            let mut started = 0;
            for turn in turns {
                if at_work + started < AT_ONCE && self.take(&turn.desk, &turn.conversation) {
                    started += 1;
                    begin(turn);
                }
            }
            if started == 0 {
                self.wait().await;
            }
        }
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, HashSet<(String, String)>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desks {
    /// Opens the file of deliveries; none where no desk is set up.
    ///
    /// # Errors
    /// A secret or the file cannot be had.
    pub(crate) fn open(config: &Config) -> Result<Option<Self>, ServeError> {
        if config.desks.is_empty() {
            return Ok(None);
        }
        let mut desks = BTreeMap::new();
        for (name, desk) in &config.desks {
            let made = Desk {
                adapter: adapter(name, desk).map_err(ServeError::Desk)?,
                hours: desk.hours(name).map_err(ServeError::Desk)?,
                config: desk.clone(),
                access: Access::default(),
            };
            desks.insert(name.clone(), made);
        }
        let key = config.deliveries.key().map_err(ServeError::Desk)?;
        Ok(Some(Self {
            desks,
            deliveries: Deliveries::open(&config.deliveries.path, &key)?,
            links: Links::new(&config.server.public_url),
            handoff: Some(config.handoff.desk.clone()).filter(|desk| !desk.is_empty()),
            client: Client::new(),
            events: Line::default(),
            steps: Line::default(),
        }))
    }

    fn get(&self, name: &str) -> Option<&Desk> {
        self.desks.get(name)
    }
}

/// Works off the lines until the server stops.
pub(crate) fn start(app: &Arc<App>) {
    let Some(desks) = &app.desks else { return };
    let until_stop = |work: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
        let stop = app.stop.clone();
        app.tasks.spawn(async move {
            tokio::select! {
                () = work => {}
                () = stop.cancelled() => {}
            }
        });
    };
    until_stop(Box::pin(answering::work(Arc::clone(app))));
    until_stop(Box::pin(sending::work(Arc::clone(app))));
    until_stop(Box::pin(sweep(Arc::clone(app))));
    for name in desks.desks.keys() {
        until_stop(Box::pin(polling::work(Arc::clone(app), name.clone())));
        until_stop(Box::pin(keep_keys(Arc::clone(app), name.clone())));
    }
}

async fn keep_keys(app: Arc<App>, name: String) {
    let Some(desks) = &app.desks else { return };
    if let Some(desk) = desks.get(&name) {
        desk.keep_keys(&name, &desks.client).await;
    }
}

/// How long it is remembered what happened.
fn retention_secs(app: &App) -> u64 {
    app.config.deliveries.retention_days.saturating_mul(86_400)
}

async fn sweep(app: Arc<App>) {
    let Some(desks) = &app.desks else { return };
    loop {
        let retention = retention_secs(&app);
        let swept = desks.deliveries.run(move |file| file.sweep(retention)).await;
        note_failure(&app, swept);
        sleep(SWEEP_EVERY).await;
    }
}

/// Tells the operator of a failure of the disk, and passes on what was had without one.
fn note_failure<T>(app: &App, outcome: Result<T, StoreError>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) => {
            app.metrics.store_failures.inc();
            tracing::error!(error = &error as &dyn std::error::Error, "the file of deliveries failed");
            None
        }
    }
}
