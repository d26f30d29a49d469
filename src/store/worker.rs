//! The thread that owns a file and takes jobs from a queue, many at a time.

use std::io;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::StoreError;

/// Most jobs that share a transaction.
const BATCH: usize = 256;

/// Starts the thread `name`, which gives what waits to `run`, in order; it ends when nobody can send any more.
///
/// # Errors
/// The operating system gives no thread.
pub(super) fn start<J: Send + 'static>(
    name: &str,
    mut queue: mpsc::Receiver<J>,
    mut run: impl FnMut(Vec<J>) + Send + 'static,
) -> Result<(), StoreError> {
    let work = move || {
        while let Some(first) = queue.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH
                && let Ok(next) = queue.try_recv()
            {
                batch.push(next);
            }
            run(batch);
        }
    };
    let started: io::Result<_> = std::thread::Builder::new().name(name.into()).spawn(work);
    started.map(drop).map_err(|error| StoreError::Thread(Arc::new(error)))
}
