//! One generation, opened for reading.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use quick_cache::sync::Cache;

use super::IndexConfig;
use super::error::{IndexError, OpenError};
use super::folder::Folder;
use super::lexical::Lexical;
use super::manifest::{self, Manifest};
use super::schema::FieldBoosts;
use super::search::{self, Candidate, Query};
use super::store::{DOCUMENTS, DocumentSummary, Store};
use super::words::CorpusWords;
use crate::document::{Document, DocumentId};

/// How often opening is tried anew when builds replace the generation meanwhile.
const OPEN_ATTEMPTS: usize = 4;
/// A guess at the decoded size of a document, for the cache to size its table.
const TYPICAL_DOCUMENT_BYTES: u64 = 8 << 10;

/// One generation of the index: a cheap handle on files that stay as they are.
///
/// A snapshot goes on answering after newer generations were built and its own was removed from the
/// folder, because the system keeps mapped files.
#[derive(Clone)]
pub struct IndexSnapshot {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    manifest: Manifest,
    generation: Generation,
    cache: Cache<u32, Arc<Document>, DecodedBytes>,
}

/// The open files of a generation.
pub(super) struct Generation {
    store: Store,
    lexical: Option<Lexical>,
    words: CorpusWords,
}

impl Generation {
    pub(super) fn open(path: &Path, manifest: &Manifest) -> Result<Self, OpenError> {
        let store = Store::open(path)?;
        if store.documents() != manifest.documents || store.passages() != manifest.passages {
            return Err(OpenError::corrupt(DOCUMENTS, "it does not hold as many documents as the manifest"));
        }
        let lexical = Lexical::open(path, manifest.passages)?;
        Ok(Self { store, lexical, words: CorpusWords::open(path)? })
    }

    /// Decodes the first and the last document and looks both up by id.
    pub(super) fn check(&self, manifest: &Manifest) -> Result<(), IndexError> {
        let Some(last) = manifest.documents.checked_sub(1) else { return Ok(()) };
        for ordinal in [0, last] {
            let document = self.store.document(ordinal)?;
            if self.store.ordinal(&document.id) != Some(ordinal) {
                return Err(IndexError::Table { ordinal });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for IndexSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexSnapshot").field("revision", &self.revision()).finish_non_exhaustive()
    }
}

impl IndexSnapshot {
    /// Opens the index in `root` with the default settings; see [`IndexSnapshot::open_with`].
    ///
    /// # Errors
    /// As [`IndexSnapshot::open_with`].
    pub fn open(root: &Path) -> Result<Self, OpenError> {
        Self::open_with(root, &IndexConfig::default())
    }

    /// Opens the generation that the pointer in `root` names, after checking the hash of every file.
    ///
    /// # Errors
    /// No index, a foreign or damaged one, or one of another format or analyzer.
    pub fn open_with(root: &Path, config: &IndexConfig) -> Result<Self, OpenError> {
        let folder = Folder::new(root);
        let mut name = folder.read_current()?;
        for _ in 1..OPEN_ATTEMPTS {
            let opened = Self::open_generation(&folder, &name, config);
            let newer = folder.read_current()?;
            // Two builds meanwhile may have removed files under our hands.
            if opened.is_ok() || newer == name {
                return opened;
            }
            name = newer;
        }
        Self::open_generation(&folder, &name, config)
    }

    fn open_generation(folder: &Folder, name: &str, config: &IndexConfig) -> Result<Self, OpenError> {
        let path = folder.generation(name);
        let manifest = manifest::read(folder, name)?;
        manifest::verify(&path, &manifest)?;
        let generation = Generation::open(&path, &manifest)?;
        let cache = new_cache(config.document_cache_bytes);
        Ok(Self { inner: Arc::new(Inner { name: name.to_owned(), manifest, generation, cache }) })
    }

    /// The revision of the index, `sha256:` and 64 digits; the same for the same corpus.
    #[must_use]
    pub fn revision(&self) -> &str {
        self.inner.manifest.revision.as_str()
    }

    /// Name of the generation; another build from the same corpus may have another.
    pub(super) fn generation(&self) -> &str {
        &self.inner.name
    }

    /// Decodes a document past the cache, for whoever reads them all.
    pub(super) fn decode(&self, ordinal: u32) -> Result<Document, IndexError> {
        self.inner.generation.store.document(ordinal)
    }

    /// The document that holds a passage of this number, and the passage's place in it.
    pub(super) fn locate(&self, passage: u32) -> Option<(u32, u32)> {
        self.inner.generation.store.locate(passage)
    }

    /// The numbers of a document's passages.
    pub(super) fn passages_of(&self, ordinal: u32) -> Result<Range<u32>, IndexError> {
        self.inner.generation.store.passages_of(ordinal)
    }

    /// What the index was made from.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.inner.manifest
    }

    /// How many documents there are; their ordinals begin at 0.
    #[must_use]
    pub fn documents(&self) -> u32 {
        self.inner.manifest.documents
    }

    /// How many passages there are.
    #[must_use]
    pub fn passages(&self) -> u64 {
        self.inner.manifest.passages
    }

    /// The document with this ordinal, from the cache or decoded. A document larger than half the cache
    /// is decoded each time: hold on to the result.
    ///
    /// # Errors
    /// No such ordinal, or it does not decode.
    pub fn document(&self, ordinal: u32) -> Result<Arc<Document>, IndexError> {
        if let Some(document) = self.inner.cache.get(&ordinal) {
            return Ok(document);
        }
        let document = Arc::new(self.inner.generation.store.document(ordinal)?);
        self.inner.cache.insert(ordinal, Arc::clone(&document));
        Ok(document)
    }

    /// The ordinal of the document with this id. Logarithmic.
    #[must_use]
    pub fn ordinal(&self, id: &DocumentId) -> Option<u32> {
        self.inner.generation.store.ordinal(id)
    }

    /// At most `limit` documents from the ordinal `from` on, without their texts.
    ///
    /// # Errors
    /// A summary does not decode.
    pub fn summaries(&self, from: u32, limit: usize) -> Result<Vec<DocumentSummary>, IndexError> {
        let ordinals = (from..self.documents()).take(limit);
        ordinals.map(|ordinal| self.inner.generation.store.summary(ordinal)).collect()
    }

    /// The at most `limit` best passages for `query`, best first; equal scores in the order of the corpus.
    ///
    /// # Errors
    /// The query names a document that does not exist, or posting lists cannot be read.
    pub fn search(
        &self,
        query: &Query,
        boosts: &FieldBoosts,
        limit: usize,
    ) -> Result<Vec<Candidate>, IndexError> {
        let Generation { store, lexical, .. } = &self.inner.generation;
        let within = query.document.map(|ordinal| store.passages_of(ordinal)).transpose()?;
        let Some(lexical) = lexical else { return Ok(Vec::new()) };
        let range = within.unwrap_or(0..lexical.passages);
        let found = search::search(lexical, query, *boosts, &range, limit)?;
        let located = found.into_iter().filter_map(|scored| {
            let (document, passage) = store.locate(scored.passage)?;
            Some(Candidate { document, passage, score: scored.score })
        });
        Ok(located.collect())
    }

    /// The words of the documents as they stand there, and the abbreviations that they define.
    #[must_use]
    pub fn words(&self) -> &CorpusWords {
        &self.inner.generation.words
    }

    /// How many passages hold `term`, in the field where most do.
    #[must_use]
    pub fn document_frequency(&self, term: &str) -> u64 {
        let lexical = self.inner.generation.lexical.as_ref();
        lexical.map_or(0, |lexical| search::document_frequency(lexical, term))
    }

    /// How many passages are of a document with `term` in its title.
    #[must_use]
    pub fn title_frequency(&self, term: &str) -> u64 {
        let lexical = self.inner.generation.lexical.as_ref();
        lexical.map_or(0, |lexical| search::title_frequency(lexical, term))
    }
}

/// Weighs a document by the memory it takes.
#[derive(Clone)]
struct DecodedBytes;

impl quick_cache::Weighter<u32, Arc<Document>> for DecodedBytes {
    fn weight(&self, _ordinal: &u32, document: &Arc<Document>) -> u64 {
        let parts = size_of_val(document.sections.as_slice())
            + size_of_val(document.blocks.as_slice())
            + size_of_val(document.passages.as_slice())
            + size_of_val(document.groups.as_slice())
            + size_of_val(document.bibliography.as_slice())
            + size_of_val(document.marks.as_slice());
        // A sentence is 16 bytes, and seldom shorter than 32 bytes of text.
        (size_of::<Document>() + parts + document.text.len() + document.text.len() / 2) as u64
    }
}

/// Two shards: large documents still fit, and two threads seldom wait for each other.
fn new_cache(bytes: u64) -> Cache<u32, Arc<Document>, DecodedBytes> {
    let items = usize::try_from(bytes / TYPICAL_DOCUMENT_BYTES).unwrap_or(usize::MAX).clamp(16, 1 << 20);
    let options = quick_cache::OptionsBuilder::new()
        .shards(2)
        .estimated_items_capacity(items)
        .weight_capacity(bytes)
        .build();
    match options {
        Ok(options) => Cache::with_options(
            options,
            DecodedBytes,
            quick_cache::DefaultHashBuilder::default(),
            quick_cache::sync::DefaultLifecycle::default(),
        ),
        Err(_) => Cache::with_weighter(items, bytes, DecodedBytes),
    }
}
