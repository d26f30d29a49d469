//! The engine's sentence encoder, and the making of vectors behind questions.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use super::{Engine, Inner};
use crate::embed::Encoder;
use crate::index::IndexSnapshot;
use crate::index::vectors::{EncodeProgress, Pace, VectorSpace, Vectors, VectorsError, encode};
use crate::judge::Judge;
use crate::retrieve::Finder;

/// Where the vectors stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VectorStats {
    /// Texts that have a vector.
    pub done: u64,
    /// Texts that need one yet; before they are counted, the passages.
    pub pending: u64,
}

/// [`VectorStats`] that many threads read.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicU64,
    pending: AtomicU64,
}

impl Progress {
    fn set(&self, done: u64, pending: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.pending.store(pending, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> VectorStats {
        VectorStats { done: self.done.load(Ordering::Relaxed), pending: self.pending.load(Ordering::Relaxed) }
    }
}

impl Inner {
    /// The sentence encoder, loaded when it is first wanted. `None` where it is switched off or cannot be
    /// loaded; why is logged once.
    pub(super) fn encoder(&self) -> Option<&Encoder> {
        let load = || {
            let config = &self.config.encoder;
            if !config.enabled {
                return None;
            }
            let loaded = Encoder::load(config);
            loaded.inspect_err(|error| tracing::error!(%error, "passages are found by words alone")).ok()
        };
        self.encoder.get_or_init(load).as_ref()
    }

    /// The judge, loaded when it is first wanted. `None` where it is switched off or cannot be loaded; why is
    /// logged once.
    fn judge(&self) -> Option<&Judge> {
        let load = || {
            // It sees what was found by meaning, so it is not of use without.
            self.encoder()?;
            let loaded = Judge::load(&self.config.judge);
            loaded.inspect_err(|error| tracing::error!(%error, "answers are not judged")).ok().flatten()
        };
        self.judge.get_or_init(load).as_ref()
    }

    fn space(&self) -> Option<(&Encoder, VectorSpace)> {
        let encoder = self.encoder()?;
        Some((encoder, VectorSpace::new(encoder, self.config.encoder.sentences)))
    }

    /// Serves `snapshot`, with its vectors if they were made before.
    pub(super) fn serve(&self, snapshot: IndexSnapshot) {
        let space = self.space();
        let open =
            |(_, space): &(&Encoder, VectorSpace)| Vectors::open(&self.config.paths.index, &snapshot, space);
        let vectors = space.as_ref().and_then(open);
        let _swapping = self.swapping.lock().unwrap_or_else(PoisonError::into_inner);
        match (&space, &vectors) {
            (_, Some(vectors)) => self.progress.set(vectors.rows(), 0),
            (Some(_), None) => self.progress.set(0, snapshot.passages()),
            (None, None) => self.progress.set(0, 0),
        }
        let dense = self.encoder().cloned().zip(vectors);
        let (analyzer, lexicon) = (self.analyzer.clone(), self.lexicon.clone());
        let (weights, config) = (Arc::clone(&self.weights), self.config.retrieve.clone());
        let finder = Finder::new(snapshot, analyzer, lexicon, weights, config)
            .with_vectors(dense)
            .with_memory(self.config.answer.cached_answers)
            .with_judge(self.judge().cloned());
        self.served.store(Some(Arc::new(finder)));
    }

    /// Adds the vectors of `of` to it, unless another generation is served by now.
    fn add_vectors(&self, of: &Arc<Finder>, vectors: Vectors) {
        let _swapping = self.swapping.lock().unwrap_or_else(PoisonError::into_inner);
        if self.served.load().as_ref().is_some_and(|now| Arc::ptr_eq(now, of)) {
            self.progress.set(vectors.rows(), 0);
            let dense = self.encoder().cloned().map(|encoder| (encoder, vectors));
            self.served.store(Some(Arc::new(Finder::clone(of).with_vectors(dense))));
        }
    }
}

impl Engine {
    /// Whether [`Engine::encode_pending`] has something to do.
    #[must_use]
    pub fn lacks_vectors(&self) -> bool {
        let served = self.inner.served.load();
        served.as_ref().is_some_and(|served| served.dense.is_none()) && self.inner.encoder().is_some()
    }

    /// Makes the vectors that the served generation lacks, on all threads of the encoder, and serves
    /// them. `progress` is told how many texts are done and how many are not; once `cancel` is set the
    /// next few texts are the last, and what was made is kept. Does nothing where nothing is lacking.
    ///
    /// # Errors
    /// A failing disk or encoder, another process at the same work, a stop. Questions are answered as
    /// before.
    pub fn encode_pending(
        &self,
        progress: &mut dyn FnMut(u64, u64),
        cancel: &AtomicBool,
    ) -> Result<(), VectorsError> {
        self.encode_at_pace(self.inner.config.encoder.threads, &mut |EncodeProgress { done, pending }| {
            progress(done, pending);
            if cancel.load(Ordering::Relaxed) { Pace::Stop } else { Pace::Go }
        })
    }

    /// As [`Engine::encode_pending`], on `threads` threads of its own (0 for one a core), at the pace that
    /// `steer` sets.
    ///
    /// # Errors
    /// As [`Engine::encode_pending`].
    pub fn encode_at_pace(
        &self,
        threads: usize,
        steer: &mut dyn FnMut(EncodeProgress) -> Pace,
    ) -> Result<(), VectorsError> {
        let inner = &self.inner;
        let Some(served) = inner.served.load_full().filter(|served| served.dense.is_none()) else {
            return Ok(());
        };
        let Some((encoder, space)) = inner.space() else { return Ok(()) };
        let encoder = encoder.on_threads(threads)?;
        let still_served = || inner.served.load().as_ref().is_some_and(|now| Arc::ptr_eq(now, &served));
        let mut steer = |at: EncodeProgress| {
            if !still_served() {
                // What is made for an old generation nobody would see.
                return Pace::Stop;
            }
            inner.progress.set(at.done, at.pending);
            steer(at)
        };
        let vectors = encode(&inner.config.paths.index, &served.snapshot, &encoder, &space, &mut steer)?;
        inner.add_vectors(&served, vectors);
        Ok(())
    }
}
