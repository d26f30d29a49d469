//! Jobs of the file, many in one transaction.

use tokio::sync::oneshot;

use super::file::UnansweredFile;
use super::{Heard, UnansweredLimits, UnansweredQuestion, UnansweredReceipt, today};
use crate::store::StoreError;

/// One thing to do.
#[derive(Debug)]
pub(super) enum Job {
    Keep { question: Box<UnansweredQuestion>, day: u64, receipt: UnansweredReceipt },
    Replace { question: Box<UnansweredQuestion>, receipt: UnansweredReceipt },
    Sweep,
    Flush { done: oneshot::Sender<()> },
}

impl Job {
    const fn writes(&self) -> bool {
        matches!(self, Self::Keep { .. } | Self::Replace { .. })
    }

    /// Takes the number back that an entry had: the next one gets it.
    fn undo(&self) {
        if let Self::Keep { receipt, .. } = self {
            receipt.set(0);
        }
    }
}

/// Does the jobs of a file.
pub(super) struct Worker {
    pub(super) file: UnansweredFile,
    limits: UnansweredLimits,
    heard: Heard,
    /// The day on which what was past its time was last erased.
    swept: u64,
}

impl Worker {
    /// Takes a file from which everything that is past its time has been erased today.
    pub(super) fn new(file: UnansweredFile, limits: UnansweredLimits, heard: Heard) -> Self {
        Self { file, limits, heard, swept: today() }
    }

    /// Does them. Where one fails nothing of them is kept.
    pub(super) fn run(&mut self, batch: Vec<Job>) {
        let questions = batch.iter().filter(|job| matches!(job, Job::Keep { .. })).count();
        if batch.iter().any(Job::writes) || self.swept != today() {
            let written = self.write(&batch);
            if written.is_err() {
                batch.iter().for_each(Job::undo);
            }
            (self.heard)(questions, written.as_ref().copied());
        }
        if batch.iter().any(|job| matches!(job, Job::Sweep)) {
            // The log may hold what was erased, here or by another program. Where it is read, the next sweep tries again.
            let _ = self.file.empty_log();
        }
        for job in batch {
            if let Job::Flush { done } = job {
                let _ = done.send(());
            }
        }
    }

    fn write(&mut self, batch: &[Job]) -> Result<(), StoreError> {
        let today = today();
        self.file.database.begin()?;
        let done = batch.iter().try_for_each(|job| self.perform(job));
        if let Err(error) = done.and_then(|()| self.file.sweep(self.limits).map(drop)) {
            if !self.file.database.is_ended() {
                self.file.database.connection.execute_batch("ROLLBACK")?;
            }
            return Err(error);
        }
        self.file.database.commit()?;
        self.swept = today;
        Ok(())
    }

    fn perform(&self, job: &Job) -> Result<(), StoreError> {
        match job {
            Job::Keep { question, day, receipt } => {
                receipt.set(self.file.insert(*day, question)?);
            }
            Job::Replace { question, receipt } => {
                if let Some(number) = receipt.number() {
                    self.file.replace(number, question)?;
                }
            }
            Job::Sweep | Job::Flush { .. } => {}
        }
        Ok(())
    }
}
