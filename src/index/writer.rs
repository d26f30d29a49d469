//! Builds a generation beside the one that is served, and swaps it in.
//!
//! Order on disk: files, manifest, everything synced, read back and checked; then the folder gets its
//! final name; then the pointer is replaced; only then are older generations removed. A crash between
//! any two of these leaves the pointer on a whole generation, the old or the new one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::error::{IndexError, OpenError};
use super::folder::{Folder, generation_name, sync, write_durably};
use super::lexical::LexicalWriter;
use super::manifest::{IndexedFile, MANIFEST, Manifest, Provenance, fingerprint};
use super::snapshot::Generation;
use super::store::{DOCUMENTS, StoreTotals, StoreWriter};
use super::words::WordsWriter;
use super::{FORMAT_VERSION, IndexConfig};
use crate::document::{Document, Revision, hash_file, sha256_hex};
use crate::text::token::Analyzer;

/// Builds one generation. Dropped before [`Writer::finish`], it takes its files with it.
#[derive(Debug)]
pub struct Writer {
    store: StoreWriter,
    lexical: LexicalWriter,
    words: WordsWriter,
    unfinished: Unfinished,
}

/// The folder being built; removed on drop unless it was installed.
#[derive(Debug)]
struct Unfinished {
    folder: Folder,
    path: PathBuf,
    /// Held until the build is over.
    _lock: File,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After a successful build the folder has another name; an error here has nobody to hear it,
        // and the next build removes what is left.
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Writer {
    /// Begins a build in the index folder `root`, which is made where it is missing. What builds that
    /// died have left is removed.
    ///
    /// # Errors
    /// [`IndexError::Locked`] at once where another process is building; or the folder cannot be written.
    pub fn create(root: &Path, config: &IndexConfig) -> Result<Self, IndexError> {
        let folder = Folder::new(root);
        let generations = folder.generations();
        fs::create_dir_all(&generations).map_err(|e| IndexError::io(&generations, e))?;
        let lock = folder.lock()?;
        folder.remove_unfinished()?;
        let path = folder.building();
        fs::create_dir(&path).map_err(|e| IndexError::io(&path, e))?;
        let unfinished = Unfinished { folder, path, _lock: lock };
        let memory_bytes = usize::try_from(config.writer_memory_bytes).unwrap_or(usize::MAX);
        let store = StoreWriter::create(&unfinished.path)?;
        let lexical = LexicalWriter::create(&unfinished.path, memory_bytes);
        let words = WordsWriter::create(&unfinished.path);
        Ok(Self { store, lexical, words, unfinished })
    }

    /// Adds a document and its passages. The order of additions is the order of ordinals.
    ///
    /// # Errors
    /// An id that was added before, a corpus over the limits, or a failing disk. The writer can then only
    /// be dropped.
    pub fn add(&mut self, document: &Document) -> Result<(), IndexError> {
        self.store.add(document)?;
        self.words.add(document);
        self.lexical.add(document)
    }

    /// Completes the generation, checks it by reading it back, and makes it the one that is served.
    ///
    /// # Errors
    /// A failing disk, or a generation that does not pass its check; the one served before stays.
    pub fn finish(self, provenance: Provenance) -> Result<Manifest, IndexError> {
        self.seal(provenance)?.install()
    }

    /// Completes and checks the generation where it was built.
    pub(super) fn seal(self, provenance: Provenance) -> Result<Sealed, IndexError> {
        let Self { store, lexical, words, unfinished } = self;
        let totals = store.finish()?;
        lexical.finish()?;
        words.finish()?;
        let files = list_files(&unfinished.path)?;
        check_documents(&files, &totals)?;
        let manifest = manifest(provenance, &totals, files);
        let bytes = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| IndexError::io(&unfinished.path.join(MANIFEST), error.into()))?;
        write_durably(&unfinished.path.join(MANIFEST), &bytes)?;
        sync(&unfinished.path)?;
        Generation::open(&unfinished.path, &manifest)?.check(&manifest)?;
        Ok(Sealed { unfinished, manifest, name: generation_name(&sha256_hex(&bytes)) })
    }
}

/// A complete generation that is not served yet.
#[derive(Debug)]
pub(super) struct Sealed {
    unfinished: Unfinished,
    manifest: Manifest,
    name: String,
}

impl Sealed {
    fn install(self) -> Result<Manifest, IndexError> {
        self.rename()?;
        let previous = self.swap()?;
        if let Err(error) = self.remove_older(previous.as_deref()) {
            tracing::warn!(%error, "an old generation of the index could not be removed");
        }
        Ok(self.manifest)
    }

    /// Gives the folder its final name.
    pub(super) fn rename(&self) -> Result<(), IndexError> {
        let folder = &self.unfinished.folder;
        let target = folder.generation(&self.name);
        fs::rename(&self.unfinished.path, &target).map_err(|e| IndexError::io(&target, e))?;
        sync(&folder.generations())?;
        sync(folder.root())
    }

    /// Replaces the pointer; gives the name that it held.
    pub(super) fn swap(&self) -> Result<Option<String>, IndexError> {
        let previous = self.unfinished.folder.read_current().ok();
        self.unfinished.folder.point_to(&self.name)?;
        Ok(previous)
    }

    /// Removes all but this generation and the one it replaced, which a reader may be about to open.
    pub(super) fn remove_older(&self, previous: Option<&str>) -> Result<(), IndexError> {
        self.unfinished.folder.remove_others(&[&self.name, previous.unwrap_or_default()])
    }
}

/// Syncs and hashes every file below `root`.
fn list_files(root: &Path) -> Result<Vec<IndexedFile>, IndexError> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry.map_err(|error| IndexError::io(root, error.into()))?;
        sync(entry.path())?;
        if entry.file_type().is_file() {
            let io = |error| IndexError::io(entry.path(), error);
            let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let parts: Vec<_> =
                relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            let (bytes, sha256) = hash_file(entry.path()).map_err(io)?;
            files.push(IndexedFile { path: parts.join("/"), bytes, sha256 });
        }
    }
    Ok(files)
}

/// Whether the documents read back as they were written.
fn check_documents(files: &[IndexedFile], totals: &StoreTotals) -> Result<(), IndexError> {
    if files.iter().any(|file| file.path == DOCUMENTS && file.sha256 == totals.sha256) {
        Ok(())
    } else {
        Err(OpenError::corrupt(DOCUMENTS, "it does not read back as it was written").into())
    }
}

fn manifest(provenance: Provenance, totals: &StoreTotals, files: Vec<IndexedFile>) -> Manifest {
    let fingerprint = fingerprint(&provenance.ingest);
    Manifest {
        format: FORMAT_VERSION,
        analyzer: Analyzer::VERSION,
        revision: Revision::of(format!("{}\n{fingerprint}\n", totals.sha256).as_bytes()),
        fingerprint,
        documents: totals.documents,
        passages: totals.passages,
        survey: provenance.survey,
        ingest: provenance.ingest,
        report: provenance.report,
        files,
        created_by: concat!("ibid ", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}
