//! Threads that compute, each with its own memory.
//!
//! A text is computed by one thread from beginning to end: sharing one out costs more than it gains, and
//! so the result cannot depend on the number of threads. rten shares work out wherever it finds a rayon
//! pool of several threads, so each thread is a pool of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use bert::Scratch;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::error::EmbedError;

const STOPPED: EmbedError = EmbedError::Compute("there are no threads to compute on");

/// A fixed number of computing threads.
pub(super) struct Lanes {
    lanes: Vec<Mutex<Lane>>,
    next: AtomicUsize,
}

struct Lane {
    thread: ThreadPool,
    scratch: Scratch,
}

impl Lanes {
    /// Starts `threads` threads, 0 for one a core.
    pub(super) fn start(threads: usize) -> Result<Self, EmbedError> {
        let threads = match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let lanes = (0..threads).map(|number| {
            let thread = ThreadPoolBuilder::new()
                .num_threads(1)
                .thread_name(move |_| format!("encode-{number}"))
                .build()
                .map_err(|error| EmbedError::Threads(error.into()))?;
            Ok(Mutex::new(Lane { thread, scratch: Scratch::default() }))
        });
        Ok(Self { lanes: lanes.collect::<Result<_, EmbedError>>()?, next: AtomicUsize::new(0) })
    }

    pub(super) fn count(&self) -> usize {
        self.lanes.len()
    }

    /// Does `work` on an idle thread, or waits for one.
    pub(super) fn run<T: Send>(
        &self,
        work: impl FnOnce(&mut Scratch) -> Result<T, EmbedError> + Send,
    ) -> Result<T, EmbedError> {
        let mut lane = self.lane().ok_or(STOPPED)?;
        let Lane { thread, scratch } = &mut *lane;
        thread.install(|| work(scratch))
    }

    /// What `work` gives for each number below `count`, in their order; on all threads, the largest by `size`
    /// first.
    pub(super) fn share_out<T: Send>(
        &self,
        count: usize,
        size: &(dyn Fn(usize) -> usize + Sync),
        work: &(dyn Fn(usize, &mut Scratch) -> Result<T, EmbedError> + Sync),
    ) -> Result<Vec<T>, EmbedError> {
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(size(at)));
        let next = AtomicUsize::new(0);
        let some = || {
            let mut done = Vec::new();
            while let Some(&at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push((at, self.run(|scratch| work(at, scratch))?));
            }
            Ok::<_, EmbedError>(done)
        };
        let mut found = std::thread::scope(|scope| {
            let others: Vec<_> = (1..self.count().min(count)).map(|_| scope.spawn(some)).collect();
            let mut found = some()?;
            for other in others {
                found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok::<_, EmbedError>(found)
        })?;
        found.sort_by_key(|(at, _)| *at);
        Ok(found.into_iter().map(|(_, done)| done).collect())
    }

    fn lane(&self) -> Option<MutexGuard<'_, Lane>> {
        for lane in &self.lanes {
            match lane.try_lock() {
                Ok(lane) => return Some(lane),
                // What was left half done is overwritten by the next text.
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len().max(1);
        Some(self.lanes.get(next)?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
