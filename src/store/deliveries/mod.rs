//! What help desks sent and what they are to get: two lines that survive a crash.
//!
//! An event is in the file before the desk is told that it came, and leaves it in the same transaction that
//! puts what follows from it into the other line. What is to be sent leaves that line when the desk has
//! taken it; what it will not take stays as dead until an operator sends it again or drops it. Payloads
//! are bytes of the caller's, encrypted. The log beside the file, which still holds what was erased, is emptied when
//! nothing is written.

mod events;
mod file;
mod links;
mod steps;
#[cfg(test)]
mod tests;
mod worker;

use std::path::Path;

use tokio::sync::{mpsc, oneshot};

pub use file::DeliveryFile;
pub use steps::MAX_WAIT_SECS;

use super::worker::start;
use super::{Key, QUEUE, StoreError};

/// An event that came from a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The desk's name for it: the same event has the same.
    pub key: String,
    /// The conversation that it belongs to.
    pub conversation: String,
    /// The event.
    pub payload: Vec<u8>,
}

/// Something whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its place in the line.
    pub number: u64,
    /// The desk's name in the settings.
    pub desk: String,
    /// The conversation.
    pub conversation: String,
}

/// An event in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the line.
    pub number: u64,
    /// The desk's name in the settings.
    pub desk: String,
    /// The conversation.
    pub conversation: String,
    /// When it came, in seconds since 1970.
    pub received: u64,
    /// The event; empty where it is damaged.
    pub payload: Vec<u8>,
}

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// Whether it speaks to the patient, and is dropped when a person takes over before it was sent.
    pub is_reply: bool,
    /// Remembered beforehand as something of ours, so that its echo is known.
    pub own: Option<String>,
    /// What is to be sent.
    pub payload: Vec<u8>,
}

/// Something in line to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStep {
    /// Its place in the line.
    pub number: u64,
    /// The desk's name in the settings.
    pub desk: String,
    /// The conversation.
    pub conversation: String,
    /// When it was put in line, in seconds since 1970.
    pub made: u64,
    /// Since when it is tried, in seconds since 1970: since it was put in line, or since an operator sent it again.
    pub since: u64,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is to be tried next, in seconds since 1970.
    pub due: u64,
    /// Whether nothing more is tried.
    pub is_dead: bool,
    /// What went wrong last; nothing that anybody wrote.
    pub error: Option<String>,
    /// Whether an attempt may have arrived of which that is not known.
    pub unsure: bool,
    /// What is to be sent; empty where it is damaged.
    pub payload: Vec<u8>,
}

/// What follows from an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// How the conversation stands from now on.
    pub conversation: Option<Vec<u8>>,
    /// What is to be sent.
    pub steps: Vec<NewStep>,
    /// Whether replies that still wait to be sent are dropped.
    pub silence: bool,
}

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events that wait for an answer.
    pub events: u64,
    /// Steps that wait to be sent.
    pub waiting: u64,
    /// Steps that nobody tries any more.
    pub dead: u64,
}

/// The two lines, off the asynchronous threads. Cheap to clone; the file is closed when the last one is dropped.
#[derive(Debug, Clone)]
pub struct Deliveries {
    jobs: mpsc::Sender<worker::Job>,
}

impl Deliveries {
    /// Opens or makes the file at `path`, readable by its owner alone, for one server at a time.
    ///
    /// # Errors
    /// It cannot be opened, is another program's, of another version, another server's, or made with another key.
    pub fn open(path: &Path, key: &Key) -> Result<Self, StoreError> {
        let file = DeliveryFile::open_to_serve(path, key)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let mut worker = worker::Worker::new(file);
        start("deliveries", queue, move |batch| worker.run(batch))?;
        Ok(Self { jobs })
    }

    /// Does `work` with the file; what it wrote is on the disk when this returns, or nothing of it is there.
    ///
    /// # Errors
    /// What `work` says, or the disk.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&DeliveryFile) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, answer) = oneshot::channel();
        let job = worker::job(work, done);
        self.jobs.send(job).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}
