//! Jobs of the file: many share a transaction, each in a savepoint of its own.

use std::time::{Duration, Instant};

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

/// How often the log beside the file is emptied, at most.
const EMPTY_EVERY: Duration = Duration::from_secs(10);

/// Does the jobs of a file.
pub(super) struct Worker {
    file: DeliveryFile,
    /// Whether the log may hold something that was erased.
    has_written: bool,
    /// When the log was last to be emptied.
    emptied: Option<Instant>,
}

impl Worker {
    pub(super) const fn new(file: DeliveryFile) -> Self {
        Self { file, has_written: true, emptied: None }
    }

    /// Does them; who waits is told when they are on the disk, or why nothing was done. Then, where nothing was
    /// written, there is time to empty the log.
    pub(super) fn run(&mut self, batch: Vec<Job>) {
        let before = self.file.database.connection.total_changes();
        run(&self.file, batch);
        if self.file.database.connection.total_changes() != before {
            self.has_written = true;
        } else if self.has_written && self.emptied.is_none_or(|at| at.elapsed() >= EMPTY_EVERY) {
            self.emptied = Some(Instant::now());
            self.has_written = !self.file.empty_log().unwrap_or(false);
        }
    }
}

fn run(file: &DeliveryFile, batch: Vec<Job>) {
    let mut jobs = batch.into_iter();
    while jobs.len() > 0 {
        share_transaction(file, &mut jobs);
    }
}

/// Does as many as one transaction takes: all, unless SQLite ends it because the disk is full or fails. What came
/// before that is undone with it, what comes after needs another.
fn share_transaction(file: &DeliveryFile, jobs: &mut impl Iterator<Item = Job>) {
    let begun = file.database.begin();
    let mut told: Vec<Told> = Vec::new();
    for job in jobs {
        told.push(job(begun.clone().map(|()| file)));
        if begun.is_ok() && file.database.is_ended() {
            break;
        }
    }
    let committed = begun.and_then(|()| file.database.commit());
    for tell in told {
        tell(committed.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Key, NewEvent, NewStep, Settlement};

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

    /// Puts steps of so many bytes in line, each in a job of its own, and says which are told to be kept.
    fn kept(file: &DeliveryFile, sizes: &[usize]) -> Vec<bool> {
        let put = |bytes: usize| {
            let step = NewStep { is_reply: false, own: None, payload: vec![7; bytes] };
            let (done, outcome) = oneshot::channel();
            (job(move |file| file.put("desk", "x", &[step]), done), outcome)
        };
        let (jobs, outcomes): (Vec<_>, Vec<_>) = sizes.iter().map(|bytes| put(*bytes)).unzip();
        run(file, jobs);
        outcomes.into_iter().map(|mut outcome| matches!(outcome.try_recv(), Ok(Ok(())))).collect()
    }

    #[test]
    fn after_the_disk_was_full_exactly_what_is_told_to_be_kept_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::parse(&"a".repeat(64)).unwrap();
        let file = DeliveryFile::open(&folder.path().join("deliveries.sqlite"), &key).unwrap();
        let connection = &file.database.connection;
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let limit = format!("PRAGMA max_page_count = {}", pages + 20);
        connection.query_row(&limit, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(kept(&file, &[10, 1_000_000, 30, 40]), [false, false, true, true]);
        let sizes: Vec<usize> = file.all_steps(10).unwrap().iter().map(|step| step.payload.len()).collect();
        assert_eq!(sizes, [30, 40]);
        assert_eq!(kept(&file, &[50]), [true]);
    }

    #[test]
    fn what_was_erased_is_in_no_file_once_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::parse(&"a".repeat(64)).unwrap();
        let file = DeliveryFile::open(&folder.path().join("deliveries.sqlite"), &key).unwrap();
        let mut worker = Worker::new(file);
        let sealed = {
            let event = NewEvent { key: "1".into(), conversation: "x".into(), payload: b"a lump".to_vec() };
            worker.file.accept("desk", &[event]).unwrap();
            let connection = &worker.file.database.connection;
            connection.query_row("SELECT sealed FROM event", [], |row| row.get::<_, Vec<u8>>(0)).unwrap()
        };
        let is_anywhere = || {
            std::fs::read_dir(folder.path()).unwrap().any(|entry| {
                let bytes = std::fs::read(entry.unwrap().path()).unwrap();
                bytes.windows(sealed.len()).any(|window| window == sealed)
            })
        };
        assert!(is_anywhere());
        let settle = |file: &DeliveryFile| {
            let event = file.event(1)?.ok_or(StoreError::Stopped)?;
            file.settle(&event, &Settlement::default())
        };
        worker.run(vec![job(settle, oneshot::channel().0)]);
        worker.run(vec![job(|file| file.backlog(), oneshot::channel().0)]);
        assert!(!is_anywhere());
    }
}
