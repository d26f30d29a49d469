//! Jobs of the file: many share a transaction, each in a savepoint of its own.

use tokio::sync::oneshot;

use super::DeliveryFile;
use crate::store::StoreError;

/// Told when the transaction is on the disk, or why it is not.
type Told = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Work with the file, and what comes after; without a transaction only that is told.
pub(super) type Job = Box<dyn FnOnce(Result<&DeliveryFile, StoreError>) -> Told + Send>;

/// `work` in a savepoint, whose outcome goes to `done` when it is on the disk.
pub(super) fn job<T: Send + 'static>(
    work: impl FnOnce(&DeliveryFile) -> Result<T, StoreError> + Send + 'static,
    done: oneshot::Sender<Result<T, StoreError>>,
) -> Job {
    Box::new(move |file: Result<&DeliveryFile, StoreError>| {
        let outcome = file.and_then(|file| file.in_savepoint(work));
        Box::new(move |committed| {
            let _ = done.send(outcome.and_then(|value| committed.map(|()| value)));
        })
    })
}

/// Does them; who waits is told when they are on the disk, or why nothing was done.
pub(super) fn run(file: &DeliveryFile, batch: Vec<Job>) {
    let begun = file.database.begin();
    let told: Vec<Told> = batch.into_iter().map(|job| job(begun.clone().map(|()| file))).collect();
    let committed = begun.and_then(|()| file.database.commit());
    for tell in told {
        tell(committed.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Key;

    #[test]
    fn whoever_waits_is_told_that_a_transaction_could_not_begin() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::parse(&"a".repeat(64)).unwrap();
        let file = DeliveryFile::open(&folder.path().join("deliveries.sqlite"), &key).unwrap();
        // None begins within another.
        file.database.begin().unwrap();
        let (done, mut outcome) = oneshot::channel();
        run(&file, vec![job(|file| file.backlog(), done)]);
        assert!(matches!(outcome.try_recv(), Ok(Err(StoreError::Access(_)))));
        file.database.commit().unwrap();
        let (done, mut outcome) = oneshot::channel();
        run(&file, vec![job(|file| file.backlog(), done)]);
        assert!(matches!(outcome.try_recv(), Ok(Ok(_))));
    }
}
