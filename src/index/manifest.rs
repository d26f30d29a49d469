//! The manifest of a generation: what it was made from, and the hash of each of its files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::{Deserialize, Serialize};

use super::FORMAT_VERSION;
use super::error::OpenError;
use super::folder::{Folder, generation_name};
use crate::document::{Revision, hash_file, sha256_hex};
use crate::ingest::{IngestConfig, IngestReport, READING_VERSION, SourceFile};
use crate::text::token::Analyzer;

pub(super) const MANIFEST: &str = "manifest.json";
/// A manifest lists the corpus files and a report; one larger than this is not ours.
const MAX_MANIFEST_BYTES: u64 = 1 << 30;
/// Below this, a second thread costs more than it saves.
const PARALLEL_FROM_BYTES: u64 = 4 << 20;

/// Where the documents of an index come from; kept in its manifest.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The corpus files as they were when they were read.
    pub survey: Vec<SourceFile>,
    /// How they were read.
    pub ingest: IngestConfig,
    /// What became of them.
    pub report: IngestReport,
}

/// A file of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedFile {
    /// Path relative to the generation's folder, `/` between parts.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 as 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// What a generation holds and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the layout on disk.
    pub format: u32,
    /// Version of the analyzer that made the terms.
    pub analyzer: u32,
    /// [`fingerprint`] of the format, the analyzer and the ingest configuration.
    pub fingerprint: String,
    /// Hash of what decides answers: the documents in their order, and the fingerprint. The same corpus
    /// read in the same way has the same revision.
    pub revision: Revision,
    /// How many documents.
    pub documents: u32,
    /// How many passages.
    pub passages: u64,
    /// The corpus files that it was made from.
    pub survey: Vec<SourceFile>,
    /// How they were read.
    pub ingest: IngestConfig,
    /// What became of them.
    pub report: IngestReport,
    /// Every file of the generation but the manifest, by path.
    pub files: Vec<IndexedFile>,
    /// The version of the program that built it.
    pub created_by: String,
}

/// What every format of the manifest has.
#[derive(Deserialize)]
struct Header {
    format: u32,
    analyzer: u32,
}

/// A hash of everything besides the corpus that decides what is in an index: the format on disk, the
/// analyzer, how documents are read. Where it differs from a manifest's, the index is out of date.
#[must_use]
pub fn fingerprint(ingest: &IngestConfig) -> String {
    // A struct of numbers, booleans and strings: serializing it to a string cannot fail.
    let ingest = serde_json::to_string(ingest).unwrap_or_default();
    let parts = format!(
        "ibid index {FORMAT_VERSION}, analyzer {}, reading {READING_VERSION}, ingest {ingest}",
        Analyzer::VERSION
    );
    format!("sha256:{}", sha256_hex(parts.as_bytes()))
}

/// Reads the manifest of the index in `root`; checks it, but not the files that it lists.
///
/// # Errors
/// No index, a foreign or damaged one, or one of another format or analyzer.
pub fn inspect(root: &Path) -> Result<Manifest, OpenError> {
    let folder = Folder::new(root);
    read(&folder, &folder.read_current()?)
}

/// Reads and checks the manifest of the generation `name`.
pub(super) fn read(folder: &Folder, name: &str) -> Result<Manifest, OpenError> {
    let shown = format!("generations/{name}/{MANIFEST}");
    let path = folder.generation(name).join(MANIFEST);
    let bytes = match File::open(&path) {
        Ok(file) => {
            let mut bytes = Vec::new();
            file.take(MAX_MANIFEST_BYTES).read_to_end(&mut bytes).map_err(|e| OpenError::io(&path, e))?;
            bytes
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::corrupt(
                super::folder::CURRENT,
                "it names a generation that is not there",
            ));
        }
        Err(error) => return Err(OpenError::io(&path, error)),
    };
    if generation_name(&sha256_hex(&bytes)) != name {
        return Err(OpenError::corrupt(shown, "its hash is not the generation's name"));
    }
    let header: Header =
        serde_json::from_slice(&bytes).map_err(|_| OpenError::Foreign { file: shown.clone() })?;
    if header.format != FORMAT_VERSION {
        return Err(OpenError::UnknownFormat { found: header.format, wanted: FORMAT_VERSION });
    }
    if header.analyzer != Analyzer::VERSION {
        return Err(OpenError::Outdated { found: header.analyzer, wanted: Analyzer::VERSION });
    }
    serde_json::from_slice(&bytes).map_err(|error| OpenError::corrupt(shown, error.to_string()))
}

/// Checks size and hash of every file that `manifest` lists, by reading them through a small buffer.
pub(super) fn verify(generation: &Path, manifest: &Manifest) -> Result<(), OpenError> {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(file) = manifest.files.get(next.fetch_add(1, Ordering::Relaxed)) {
            verify_file(generation, file)?;
        }
        Ok(())
    };
    let total: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    if total < PARALLEL_FROM_BYTES {
        return work();
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let here = work();
        let there = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        here.and(there)
    })
}

fn verify_file(generation: &Path, file: &IndexedFile) -> Result<(), OpenError> {
    let relative = Path::new(&file.path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(OpenError::corrupt(MANIFEST, "it lists a file outside the generation"));
    }
    let path = generation.join(relative);
    let wrong = |detail: &str| Err(OpenError::corrupt(&file.path, detail));
    match fs::metadata(&path) {
        Ok(found) if found.len() == file.bytes => {}
        Ok(_) => return wrong("its size has changed"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return wrong("it is missing"),
        Err(error) => return Err(OpenError::io(&path, error)),
    }
    match hash_file(&path) {
        Ok((_, hash)) if hash == file.sha256 => Ok(()),
        Ok(_) => wrong("its content has changed"),
        Err(error) => Err(OpenError::io(&path, error)),
    }
}
