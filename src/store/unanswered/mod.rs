//! Questions that were asked in vain: one SQLite file, what was asked encrypted.
//!
//! Nobody waits for it. What is to be kept goes into a bounded queue to the one thread that writes; where that is full it
//! is not kept, and whoever asked is answered all the same. An entry has no time but the day and nothing that tells
//! whose it is; personal details are taken out of its words before they are sealed. What is too old, or too much, is
//! erased at the start and once a day.

mod file;
mod mask;
mod worker;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

pub use file::{KeptQuestions, UnansweredFile};
pub use mask::MARKS;

use super::worker::start;
use super::{Key, QUEUE, StoreError, unix_now};
use worker::{Job, Worker};

/// A question that was asked in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnansweredQuestion {
    /// As it was read.
    pub question: String,
    /// Name of the door that it came by.
    pub door: String,
    /// What became of it, as on the wire.
    pub outcome: String,
    /// Why nothing was found, as on the wire.
    pub reason: Option<String>,
    /// Its language, where that is told and another one than the documents'.
    pub language: Option<String>,
    /// What came nearest in the documents.
    pub nearest: Option<NearestSection>,
    /// Whether who asked said that the answer was of no help.
    pub is_unhelpful: bool,
}

#[cfg(test)]
impl UnansweredQuestion {
    /// One that came by the socket and that no passage answers.
    pub(crate) fn asked(question: &str) -> Self {
        Self {
            question: question.into(),
            door: "socket".into(),
            outcome: "not_found".into(),
            reason: Some("no_match".into()),
            language: None,
            nearest: None,
            is_unhelpful: false,
        }
    }
}

/// A place in the documents.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NearestSection {
    /// Id of the document.
    pub document: String,
    /// Its title.
    pub title: String,
    /// Headings from the outermost inwards.
    pub section: Vec<String>,
}

/// A question and the day on which it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedQuestion {
    /// Days since 1970-01-01, in UTC.
    pub day: u64,
    /// The question.
    pub question: UnansweredQuestion,
}

/// How long questions are kept, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnansweredLimits {
    /// In days.
    pub days: u64,
    /// At most so many; the oldest make room.
    pub entries: u64,
}

/// Stands for an entry that was put in line, so that it can be changed later.
#[derive(Debug, Clone, Default)]
pub struct UnansweredReceipt(Arc<AtomicI64>);

impl UnansweredReceipt {
    /// The number of the entry, if it is there.
    fn number(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|number| *number > 0)
    }

    /// Takes the number of the entry; 0 where it is not there.
    fn set(&self, number: i64) {
        self.0.store(number, Ordering::Relaxed);
    }
}

/// So many wait to be written that one more cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueFull;

/// What hears of every write: how many questions it was to keep, and why they are not on the disk.
pub type Heard = Box<dyn Fn(usize, Result<(), &StoreError>) + Send>;

/// Unanswered questions on disk, for the server that keeps them. The file is closed when it is dropped and everything in
/// line is written.
#[derive(Debug)]
pub struct UnansweredStore {
    jobs: mpsc::Sender<Job>,
}

impl UnansweredStore {
    /// Opens or makes the file at `path`, readable by its owner alone, and erases what is past its time.
    ///
    /// # Errors
    /// It cannot be opened, is another program's, of another version, or made with another key.
    pub fn open(path: &Path, key: &Key, limits: UnansweredLimits, heard: Heard) -> Result<Self, StoreError> {
        let file = UnansweredFile::open(path, key)?;
        file.sweep(limits)?;
        // Where it cannot be emptied now, every sweep tries again.
        let _ = file.empty_log();
        let (jobs, queue) = mpsc::channel(QUEUE);
        let mut worker = Worker::new(file, limits, heard);
        start("unanswered", queue, move |batch| worker.run(batch))?;
        Ok(Self { jobs })
    }

    /// Puts `question` in line to be kept, as one of today. Never waits.
    ///
    /// # Errors
    /// [`QueueFull`].
    pub fn keep(&self, question: UnansweredQuestion) -> Result<UnansweredReceipt, QueueFull> {
        let receipt = UnansweredReceipt::default();
        self.send(Job::Keep { question: Box::new(question), day: today(), receipt: receipt.clone() })?;
        Ok(receipt)
    }

    /// Puts `question` in line in the place of the entry that `receipt` stands for; where that is erased by then nothing is
    /// kept. Never waits.
    ///
    /// # Errors
    /// [`QueueFull`].
    pub fn replace(&self, receipt: UnansweredReceipt, question: UnansweredQuestion) -> Result<(), QueueFull> {
        self.send(Job::Replace { question: Box::new(question), receipt })
    }

    /// Has the thread erase what is past its time. Never waits; to be called now and then.
    pub fn sweep(&self) {
        // Where the line is full, the next call does.
        let _ = self.send(Job::Sweep);
    }

    /// Waits until everything that was put in line before is written.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.jobs.send(Job::Flush { done }).await.is_ok() {
            let _ = written.await;
        }
    }

    fn send(&self, job: Job) -> Result<(), QueueFull> {
        self.jobs.try_send(job).map_err(|_| QueueFull)
    }
}

/// Days since 1970-01-01, in UTC.
fn today() -> u64 {
    unix_now() / 86_400
}

#[cfg(test)]
mod tests;
