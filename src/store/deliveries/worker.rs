//! The thread that owns the file: many jobs share a transaction, each in a savepoint of its own.

use std::io;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::DeliveryFile;
use crate::store::StoreError;

/// Jobs that share a transaction.
const BATCH: usize = 128;

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

/// Starts the thread; it ends when nobody can send any more.
pub(super) fn start(file: DeliveryFile, mut queue: mpsc::Receiver<Job>) -> Result<(), Arc<io::Error>> {
    let work = move || {
        let mut batch = Vec::new();
        while let Some(first) = queue.blocking_recv() {
            batch.push(first);
            while batch.len() < BATCH
                && let Ok(next) = queue.try_recv()
            {
                batch.push(next);
            }
            let mut told = Vec::with_capacity(batch.len());
            let committed = file.in_transaction(|file| told.extend(batch.drain(..).map(|job| job(file))));
            batch.clear();
            for tell in told {
                tell(committed.clone());
            }
        }
    };
    std::thread::Builder::new().name("deliveries".into()).spawn(work).map(drop).map_err(Arc::new)
}
