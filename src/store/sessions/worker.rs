//! The thread that owns the file.

use std::io;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::super::StoreError;
use super::file::File;
use super::{SavedFrame, SavedSession, SessionHead};

/// Jobs that share a transaction.
const BATCH: usize = 256;

/// Where the outcome of a job goes.
pub(super) type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// One thing to do.
#[derive(Debug)]
pub(super) enum Job {
    Append { what: Box<(SessionHead, SavedFrame)>, done: Done<()> },
    Load { id: String, done: Done<Option<SavedSession>> },
    Forget { id: String, done: Done<()> },
    Touch { ids: Vec<String>, done: Done<()> },
    Sweep { done: Done<()> },
}

/// Starts the thread; it ends when nobody can send any more.
pub(super) fn start(mut file: File, mut queue: mpsc::Receiver<Job>) -> Result<(), Arc<io::Error>> {
    let work = move || {
        let mut batch = Vec::new();
        while let Some(first) = queue.blocking_recv() {
            batch.push(first);
            while batch.len() < BATCH
                && let Ok(next) = queue.try_recv()
            {
                batch.push(next);
            }
            run(&mut file, &mut batch);
        }
    };
    std::thread::Builder::new().name("sessions".into()).spawn(work).map(drop).map_err(Arc::new)
}

/// What a job came to; told only when the transaction is on the disk.
enum Outcome {
    Written(Done<()>, Result<(), StoreError>),
    Erased(Done<()>, Result<(), StoreError>),
    Read(Done<Option<SavedSession>>, Result<Option<SavedSession>, StoreError>),
}

fn run(file: &mut File, batch: &mut Vec<Job>) {
    let mut outcomes = Vec::with_capacity(batch.len());
    let committed =
        file.in_transaction(|file| outcomes.extend(batch.drain(..).map(|job| perform(file, job))));
    batch.clear();
    let erased = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Erased(_, Ok(()))));
    let emptied = if erased && committed.is_ok() { file.empty_log() } else { Ok(()) };
    for outcome in outcomes {
        let _ = match outcome {
            Outcome::Written(done, result) => done.send(result.and(committed.clone())).is_ok(),
            Outcome::Erased(done, result) => {
                done.send(result.and(committed.clone()).and(emptied.clone())).is_ok()
            }
            Outcome::Read(done, result) => done.send(result).is_ok(),
        };
    }
}

fn perform(file: &File, job: Job) -> Outcome {
    match job {
        Job::Append { what, done } => Outcome::Written(done, file.append(&what.0, &what.1)),
        Job::Load { id, done } => Outcome::Read(done, file.load(&id)),
        Job::Forget { id, done } => Outcome::Erased(done, file.forget(&id)),
        Job::Touch { ids, done } => Outcome::Written(done, file.touch(&ids)),
        Job::Sweep { done } => match file.sweep() {
            Ok(0) => Outcome::Written(done, Ok(())),
            swept => Outcome::Erased(done, swept.map(drop)),
        },
    }
}
