//! Conversations on disk: one embedded SQLite file, what was said in it encrypted.
//!
//! One thread owns the file and takes jobs from a bounded queue, many in one transaction, so that a write is on
//! the disk before its caller goes on and a crowd shares the wait. It knows nothing of sockets: a frame is a
//! text with a number.

mod file;
mod worker;

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::worker::start;
use super::{Key, QUEUE, StoreError};
use crate::conversation::Exchange;

/// What identifies a session and who may go on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionHead {
    /// Its public name.
    pub id: String,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// The origin of the page that began it; none for programs.
    pub origin: Option<String>,
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// Whether it waits for a person of a help desk, and so is kept although nobody says anything.
    pub waits: bool,
}

/// A numbered frame that was sent, or would have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFrame {
    /// Its number in the session, from 1.
    pub seq: u64,
    /// The client's id of the question it replies to.
    pub in_reply_to: Option<String>,
    /// Whether it is an answer, which can be judged.
    pub is_answer: bool,
    /// The frame as it goes over the wire.
    pub text: String,
    /// What later questions may lean on.
    pub exchange: Option<Exchange>,
}

/// A session as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSession {
    /// Who may go on with it.
    pub head: SessionHead,
    /// When it was last used, in seconds since 1970.
    pub used: u64,
    /// Its latest frames, ascending, without gaps.
    pub frames: Vec<SavedFrame>,
}

/// How long sessions are kept and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// After its last use.
    pub idle: Duration,
    /// After its beginning, whatever happens.
    pub whole: Duration,
    /// At most so many; those unused for longest make room, those in which nothing was said before all others, those that
    /// wait for a person after them.
    pub sessions: u64,
}

/// Sessions on disk. Cheap to clone; the file is closed when the last one is dropped.
#[derive(Debug, Clone)]
pub struct SessionStore {
    jobs: mpsc::Sender<worker::Job>,
}

impl SessionStore {
    /// Opens or makes the file at `path`, readable by its owner alone.
    ///
    /// # Errors
    /// It cannot be opened, is another program's, of another version, in use, or made with another key.
    pub fn open(path: &Path, key: &Key, retention: Retention) -> Result<Self, StoreError> {
        let file = file::File::open(path, key, retention)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        start("sessions", queue, move |batch| worker::run(&file, batch))?;
        Ok(Self { jobs })
    }

    /// Keeps `frames`, and of those before them none whose number is below `oldest`; they are on the disk when this
    /// returns.
    ///
    /// # Errors
    /// They could not be written.
    pub async fn append(
        &self,
        head: SessionHead,
        frames: Vec<SavedFrame>,
        oldest: u64,
    ) -> Result<(), StoreError> {
        let what = Box::new(worker::Append { head, frames, oldest });
        self.ask(|done| worker::Job::Append { what, done }).await
    }

    /// The session `id`, if it is kept and not expired.
    ///
    /// # Errors
    /// It could not be read.
    pub async fn load(&self, id: &str) -> Result<Option<SavedSession>, StoreError> {
        self.ask(|done| worker::Job::Load { id: id.to_owned(), done }).await
    }

    /// Erases the session `id`.
    ///
    /// # Errors
    /// It could not be erased.
    pub async fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.ask(|done| worker::Job::Forget { id: id.to_owned(), done }).await
    }

    /// Counts sessions as used now: somebody is connected, even if nothing is said.
    ///
    /// # Errors
    /// It could not be written.
    pub async fn touch(&self, ids: Vec<String>) -> Result<(), StoreError> {
        self.ask(|done| worker::Job::Touch { ids, done }).await
    }

    /// Erases what is past its time.
    ///
    /// # Errors
    /// It could not be erased.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        self.ask(|done| worker::Job::Sweep { done }).await
    }

    /// One whose thread has ended, so that everything fails.
    #[cfg(test)]
    pub(crate) fn stopped() -> Self {
        Self { jobs: mpsc::channel(1).0 }
    }

    async fn ask<T>(&self, job: impl FnOnce(worker::Done<T>) -> worker::Job) -> Result<T, StoreError> {
        let (done, answer) = oneshot::channel();
        self.jobs.send(job(done)).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}

#[cfg(test)]
mod tests;
