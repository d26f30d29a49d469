//! Jobs of the file, many in one transaction.

use tokio::sync::oneshot;

use super::super::StoreError;
use super::file::File;
use super::{SavedFrame, SavedSession, SessionHead};

/// Where the outcome of a job goes.
pub(super) type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// Frames of a session to be kept, and the number of the oldest that may stay.
#[derive(Debug)]
pub(super) struct Append {
    pub(super) head: SessionHead,
    pub(super) frames: Vec<SavedFrame>,
    pub(super) oldest: u64,
}

/// One thing to do.
#[derive(Debug)]
pub(super) enum Job {
    Append { what: Box<Append>, done: Done<()> },
    Load { id: String, done: Done<Option<SavedSession>> },
    Forget { id: String, done: Done<()> },
    Touch { ids: Vec<String>, done: Done<()> },
    Sweep { done: Done<()> },
}

impl Job {
    /// Tells who waits that nothing was done.
    fn refuse(self, error: StoreError) {
        let _ = match self {
            Self::Load { done, .. } => done.send(Err(error)).is_ok(),
            Self::Append { done, .. }
            | Self::Forget { done, .. }
            | Self::Touch { done, .. }
            | Self::Sweep { done } => done.send(Err(error)).is_ok(),
        };
    }
}

/// What a job came to; told only when the transaction is on the disk.
enum Outcome {
    Written(Done<()>, Result<(), StoreError>),
    Erased(Done<()>, Result<(), StoreError>),
    Read(Done<Option<SavedSession>>, Result<Option<SavedSession>, StoreError>),
}

/// Does them; who waits is told when they are on the disk, or why nothing was done.
pub(super) fn run(file: &File, batch: Vec<Job>) {
    if let Err(error) = file.begin() {
        batch.into_iter().for_each(|job| job.refuse(error.clone()));
        return;
    }
    let outcomes: Vec<Outcome> = batch.into_iter().map(|job| perform(file, job)).collect();
    let committed = file.commit();
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
        Job::Append { what, done } => Outcome::Written(done, file.append(&what)),
        Job::Load { id, done } => Outcome::Read(done, file.load(&id)),
        Job::Forget { id, done } => Outcome::Erased(done, file.forget(&id)),
        Job::Touch { ids, done } => Outcome::Written(done, file.touch(&ids)),
        Job::Sweep { done } => match file.sweep() {
            Ok(0) if !file.log_holds_erased() => Outcome::Written(done, Ok(())),
            swept => Outcome::Erased(done, swept.map(drop)),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Key, Retention};
    use super::*;

    #[test]
    fn whoever_waits_is_told_that_a_transaction_could_not_begin() {
        let folder = tempfile::tempdir().unwrap();
        let day = Duration::from_secs(86_400);
        let kept = Retention { idle: day, whole: day, sessions: 3 };
        let key = Key::parse(&"a".repeat(64)).unwrap();
        let file = File::open(&folder.path().join("sessions.sqlite"), &key, kept).unwrap();
        // None begins within another.
        file.begin().unwrap();
        let (forgotten, mut is_forgotten) = oneshot::channel();
        let (loaded, mut is_loaded) = oneshot::channel();
        run(
            &file,
            vec![Job::Forget { id: "s".into(), done: forgotten }, Job::Load { id: "s".into(), done: loaded }],
        );
        assert!(matches!(is_forgotten.try_recv(), Ok(Err(StoreError::Access(_)))));
        assert!(matches!(is_loaded.try_recv(), Ok(Err(StoreError::Access(_)))));
        file.commit().unwrap();
        let (loaded, mut is_loaded) = oneshot::channel();
        run(&file, vec![Job::Load { id: "s".into(), done: loaded }]);
        assert!(matches!(is_loaded.try_recv(), Ok(Ok(None))));
    }
}
