//! Making vectors behind the questions: one thread that is done when every passage has its vectors, and
//! begins anew when another generation is served.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::app::App;
use crate::engine::Engine;
use crate::index::vectors::{EncodeProgress, Pace, VectorsError};

/// How often it is looked whether vectors are lacking.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Time between two lines of progress in the log.
const LOG_EVERY: Duration = Duration::from_secs(10);
/// After a failure, or where another process makes the vectors, the next attempt.
const RETRY_AFTER: Duration = Duration::from_secs(10);
/// How long it gives way to questions before it does a little all the same.
const YIELD_AT_MOST: Duration = Duration::from_millis(500);
const YIELD_STEP: Duration = Duration::from_millis(5);

/// The thread; dropping this stops it within a second.
#[derive(Debug)]
pub(super) struct Background {
    stop: Arc<AtomicBool>,
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Background {
    /// Starts the thread. Without it passages are found by words alone, so that is only logged.
    pub(super) fn start(app: &Arc<App>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        if app.config.encoder.enabled {
            let work = Work {
                engine: app.engine.clone(),
                app: Arc::downgrade(app),
                stop: Arc::clone(&stop),
                logged: Instant::now(),
            };
            if let Err(error) = thread::Builder::new().name("vectors".into()).spawn(|| work.run()) {
                tracing::error!(%error, "no thread to make vectors");
            }
        }
        Self { stop }
    }
}

struct Work {
    engine: Engine,
    app: Weak<App>,
    stop: Arc<AtomicBool>,
    logged: Instant,
}

impl Work {
    fn run(mut self) {
        while !self.stopped() {
            if self.engine.is_ready() && self.engine.lacks_vectors() {
                self.encode();
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    fn encode(&mut self) {
        // One core is left to the questions.
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let (engine, begun) = (self.engine.clone(), Instant::now());
        self.logged = begun;
        match engine.encode_at_pace(cores.saturating_sub(1).max(1), &mut |at| self.steer(at)) {
            Ok(()) => {
                let vectors = engine.stats().vectors.done;
                tracing::info!(vectors, took = ?begun.elapsed(), "passages are found by meaning too");
            }
            Err(VectorsError::Stopped) => {}
            Err(error @ VectorsError::Locked { .. }) => {
                tracing::info!(%error, "waiting for it");
                self.wait(RETRY_AFTER);
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "vectors were not made; passages are found by words alone");
                self.wait(RETRY_AFTER);
            }
        }
    }

    /// Tells the log how far it is, and gives way to questions.
    fn steer(&mut self, EncodeProgress { done, pending }: EncodeProgress) -> Pace {
        if self.logged.elapsed() >= LOG_EVERY {
            self.logged = Instant::now();
            tracing::info!(done, pending, "making vectors");
        }
        let begun = Instant::now();
        while !self.stopped() && self.is_busy() && begun.elapsed() < YIELD_AT_MOST {
            thread::sleep(YIELD_STEP);
        }
        if self.stopped() { Pace::Stop } else { Pace::Go }
    }

    fn wait(&self, time: Duration) {
        let begun = Instant::now();
        while !self.stopped() && begun.elapsed() < time {
            thread::sleep(LOOK_EVERY);
        }
    }

    fn is_busy(&self) -> bool {
        self.app.upgrade().is_some_and(|app| app.pool.is_busy())
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
