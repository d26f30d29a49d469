//! Jobs of the file: many share a transaction, each in a savepoint of its own.

use tokio::sync::oneshot;

use super::DeliveryFile;
use crate::store::StoreError;

/// Told when the transaction is on the disk, or why it is not.
type Told = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Work with the file, and what comes after.
pub(super) type Job = Box<dyn FnOnce(&DeliveryFile) -> Told + Send>;

/// `work` in a savepoint, whose outcome goes to `done` when it is on the disk.
pub(super) fn job<T: Send + 'static>(
    work: impl FnOnce(&DeliveryFile) -> Result<T, StoreError> + Send + 'static,
    done: oneshot::Sender<Result<T, StoreError>>,
) -> Job {
    Box::new(move |file| {
        let outcome = file.in_savepoint(work);
        Box::new(move |committed| {
            let _ = done.send(outcome.and_then(|value| committed.map(|()| value)));
        })
    })
}

/// Does them; who waits is told when they are on the disk.
pub(super) fn run(file: &DeliveryFile, batch: Vec<Job>) {
    let mut told = Vec::with_capacity(batch.len());
    let committed = file.in_transaction(|file| told.extend(batch.into_iter().map(|job| job(file))));
    for tell in told {
        tell(committed.clone());
    }
}
