//! The search threads: a fixed number of them behind a bounded queue.
//!
//! Searching is CPU work and must not run on the threads that serve sockets. A flood of questions fills the
//! queue, and whoever comes then is told at once that the service is busy; nothing piles up without bound.
//! A question whose asker has gone is not searched for. A panic costs the one question.

use std::collections::VecDeque;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::{io, thread};

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// The work panicked, or the threads have stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed;

/// Search threads; they end when this is dropped.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    threads: usize,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    capacity: usize,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    idle: usize,
    closed: bool,
}

impl Pool {
    /// Starts `threads` threads, 0 for one a core, before which at most `capacity` jobs wait.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub(crate) fn start(threads: usize, capacity: usize) -> io::Result<Self> {
        let threads = match threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let shared = Arc::new(Shared { queue: Mutex::default(), wake: Condvar::new(), capacity });
        let pool = Self { shared, threads };
        for number in 0..threads {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new().name(format!("search-{number}")).spawn(move || shared.serve())?;
        }
        Ok(pool)
    }

    /// Queues `work`.
    ///
    /// # Errors
    /// As many jobs wait as may.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Ticket<T>, Full> {
        self.submit_up_to(self.shared.capacity, work)
    }

    /// Queues `work` that must leave room for other work: it may fill half of the queue.
    ///
    /// # Errors
    /// Half as many jobs wait as may.
    pub(crate) fn submit_modestly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Ticket<T>, Full> {
        self.submit_up_to(self.shared.capacity.div_ceil(2), work)
    }

    fn submit_up_to<T: Send + 'static>(
        &self,
        capacity: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Ticket<T>, Full> {
        let (sender, result) = oneshot::channel();
        let started = Arc::new(AtomicBool::new(false));
        let begun = Arc::clone(&started);
        let job = move || {
            if sender.is_closed() {
                return;
            }
            begun.store(true, Ordering::Relaxed);
            // Whatever `work` holds is dropped by the unwinding; nothing of it is looked at again.
            let done = catch_unwind(AssertUnwindSafe(work)).map_err(|_| Failed);
            let _ = sender.send(done);
        };
        let mut queue = self.shared.lock();
        if queue.jobs.len() >= capacity.saturating_add(queue.idle) {
            return Err(Full);
        }
        queue.jobs.push_back(Box::new(job));
        drop(queue);
        self.shared.wake.notify_one();
        Ok(Ticket { result, started })
    }

    /// Whether any thread works.
    pub(crate) fn is_busy(&self) -> bool {
        self.shared.lock().idle < self.threads
    }

    /// How many jobs wait.
    pub(crate) fn depth(&self) -> usize {
        self.shared.lock().jobs.len()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        queue.idle += 1;
        let job = loop {
            match queue.jobs.pop_front() {
                Some(job) => break Some(job),
                None if queue.closed => break None,
                None => queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        };
        queue.idle -= 1;
        job
    }
}

/// A queued job; awaiting it gives its result, dropping it gives it up.
#[derive(Debug)]
pub(crate) struct Ticket<T> {
    result: oneshot::Receiver<Result<T, Failed>>,
    started: Arc<AtomicBool>,
}

impl<T> Ticket<T> {
    /// Whether a thread works on it.
    pub(crate) fn has_started(&self) -> bool {
        self.started.load(Ordering::Relaxed)
    }
}

impl<T> Future for Ticket<T> {
    type Output = Result<T, Failed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.result).poll(context).map(|done| done.unwrap_or(Err(Failed)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Occupies the pool's only thread until the sender is dropped.
    fn occupy(pool: &Pool) -> mpsc::Sender<()> {
        let (release, wait) = mpsc::channel::<()>();
        let (begun, running) = mpsc::channel();
        let _unread = pool
            .submit(move || {
                begun.send(()).unwrap();
                let _ = wait.recv();
            })
            .unwrap();
        running.recv().unwrap();
        release
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_recovers() {
        let pool = Pool::start(1, 1).unwrap();
        let release = occupy(&pool);
        let waiting = pool.submit(|| 7).unwrap();
        assert_eq!(pool.submit(|| 8).unwrap_err(), Full);
        assert_eq!((pool.depth(), waiting.has_started()), (1, false));
        drop(release);
        assert_eq!(waiting.await, Ok(7));
        assert_eq!(pool.submit(|| 9).unwrap().await, Ok(9));
    }

    #[tokio::test]
    async fn modest_work_leaves_half_of_the_queue() {
        let pool = Pool::start(1, 4).unwrap();
        let _release = occupy(&pool);
        let _modest = [pool.submit_modestly(|| 1).unwrap(), pool.submit_modestly(|| 2).unwrap()];
        assert_eq!(pool.submit_modestly(|| 3).unwrap_err(), Full);
        let _others = [pool.submit(|| 4).unwrap(), pool.submit(|| 5).unwrap()];
        assert_eq!(pool.submit(|| 6).unwrap_err(), Full);
    }

    #[tokio::test]
    async fn a_panic_costs_one_job() {
        let pool = Pool::start(1, 4).unwrap();
        assert_eq!(pool.submit(|| -> u8 { panic!("on purpose") }).unwrap().await, Err(Failed));
        assert_eq!(pool.submit(|| 1).unwrap().await, Ok(1));
    }

    #[tokio::test]
    async fn a_job_that_nobody_waits_for_is_not_done() {
        let pool = Pool::start(1, 4).unwrap();
        let release = occupy(&pool);
        let done = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&done);
        drop(pool.submit(move || flag.store(true, Ordering::SeqCst)).unwrap());
        drop(release);
        assert_eq!(pool.submit(|| 1).unwrap().await, Ok(1));
        assert!(!done.load(Ordering::SeqCst));
    }
}
