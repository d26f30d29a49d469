//! Making the vectors of a generation.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::cache::Cache;
use super::error::VectorsError;
use super::plan::{Plan, texts};
use super::reader::Vectors;
use super::{TextHash, VectorSpace, pack};
use crate::embed::{Encoder, Quantized};
use crate::index::IndexSnapshot;

/// Texts for each thread that are encoded between two looks at the pace: half a second of work at most.
const BATCH_PER_THREAD: usize = 4;

/// How far encoding has come, in texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EncodeProgress {
    /// That have a vector.
    pub done: u64,
    /// That need one yet.
    pub pending: u64,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// With the next few texts.
    Go,
    /// Not at all; what was made is kept.
    Stop,
}

/// Makes the vectors of `snapshot` that are not in the cache, packs all of them, and opens them. After
/// every few texts `steer` is told how far it is, and says whether to go on; it may take its time.
///
/// # Errors
/// [`VectorsError::Locked`] at once where another process is at it; a failing disk or encoder; a stop.
pub fn encode(
    root: &Path,
    snapshot: &IndexSnapshot,
    encoder: &Encoder,
    space: &VectorSpace,
    steer: &mut dyn FnMut(EncodeProgress) -> Pace,
) -> Result<Vectors, VectorsError> {
    let folder = space.folder(root);
    fs::create_dir_all(&folder).map_err(VectorsError::io(&folder))?;
    let _lock = lock(&folder)?;
    let plan = Plan::of(snapshot, space.sentences)?;
    let mut cache = Cache::open(&folder)?;
    fill(&mut cache, &plan, snapshot, encoder, space, steer)?;
    cache.sync()?;
    pack::write(&folder, &plan, &mut cache, &space.fingerprint(), snapshot.generation())?;
    let vectors = Vectors::open(root, snapshot, space).ok_or(VectorsError::Check)?;
    // The vectors are complete; what cannot be tidied up is tidied up next time.
    let generations = root.join("generations");
    let tidied = pack::remove_old(&folder, &|name| generations.join(name).is_dir());
    if let Err(error) = tidied.map_err(VectorsError::io(&folder)).and_then(|()| cache.compact(&plan.rows)) {
        tracing::warn!(%error, "old vectors could not be removed");
    }
    Ok(vectors)
}

fn lock(folder: &Path) -> Result<File, VectorsError> {
    let path = folder.join("lock");
    let open = File::options().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(VectorsError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(VectorsError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(VectorsError::io(&path)(error)),
    }
}

/// Encodes the texts that the cache does not hold.
fn fill(
    cache: &mut Cache,
    plan: &Plan,
    snapshot: &IndexSnapshot,
    encoder: &Encoder,
    space: &VectorSpace,
    steer: &mut dyn FnMut(EncodeProgress) -> Pace,
) -> Result<(), VectorsError> {
    let mut missing: HashSet<TextHash> =
        plan.rows.iter().filter(|hash| !cache.holds(hash)).copied().collect();
    let total = plan.rows.len() as u64;
    let mut batch: Vec<(TextHash, String)> = Vec::new();
    let full = BATCH_PER_THREAD * encoder.threads().max(1);
    let mut steered = |left: usize| {
        let pending = left as u64;
        match steer(EncodeProgress { done: total.saturating_sub(pending), pending }) {
            Pace::Go => Ok(()),
            Pace::Stop => Err(VectorsError::Stopped),
        }
    };
    steered(missing.len())?;
    for ordinal in 0..snapshot.documents() {
        if missing.is_empty() {
            break;
        }
        let document = snapshot.decode(ordinal)?;
        for (hash, text) in texts(&document, space.sentences) {
            if !missing.remove(&hash) {
                continue;
            }
            batch.push((hash, text));
            if batch.len() >= full {
                encode_into(cache, encoder, &mut batch)?;
                steered(missing.len())?;
            }
        }
    }
    encode_into(cache, encoder, &mut batch)?;
    steered(missing.len())
}

fn encode_into(
    cache: &mut Cache,
    encoder: &Encoder,
    batch: &mut Vec<(TextHash, String)>,
) -> Result<(), VectorsError> {
    let texts: Vec<&str> = batch.iter().map(|(_, text)| text.as_str()).collect();
    let embeddings = encoder.encode_batch(&texts)?;
    let vectors: Vec<(TextHash, Quantized)> =
        batch.iter().zip(&embeddings).map(|((hash, _), embedding)| (*hash, embedding.into())).collect();
    batch.clear();
    cache.add(&vectors)
}
