//! Jobs of the file, many in one transaction.

use tokio::sync::oneshot;

use super::super::StoreError;
use super::file::File;
use super::{SavedFrame, SavedSession, SessionHead};

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

/// What a job came to; told only when the transaction is on the disk.
enum Outcome {
    Written(Done<()>, Result<(), StoreError>),
    Erased(Done<()>, Result<(), StoreError>),
    Read(Done<Option<SavedSession>>, Result<Option<SavedSession>, StoreError>),
}

/// Does them; who waits is told when they are on the disk.
pub(super) fn run(file: &mut File, batch: Vec<Job>) {
    let mut outcomes = Vec::with_capacity(batch.len());
    let committed =
        file.in_transaction(|file| outcomes.extend(batch.into_iter().map(|job| perform(file, job))));
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
