//! The documents themselves, beside the inverted index.
//!
//! - `documents.bin`: each [`Document`] by postcard, one after the other.
//! - `summaries.bin`: each [`DocumentSummary`] likewise, to list and look up without decoding whole texts.
//! - `documents.idx`: little-endian `u64`s: the number of documents `n`; `n + 1` offsets into
//!   `documents.bin`; `n + 1` offsets into `summaries.bin`; `n + 1` numbers of the first passage; `n`
//!   documents in the order of their ids.
//!
//! Files are mapped into memory by tantivy's own directory, which keeps this crate free of `unsafe`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

use super::error::{IndexError, OpenError};
use crate::document::{Document, DocumentId, Revision};

pub(super) const DOCUMENTS: &str = "documents.bin";
const SUMMARIES: &str = "summaries.bin";
const TABLE: &str = "documents.idx";
/// Tantivy's document numbers, which are our passage numbers, end at `i32::MAX`.
const MAX_COUNT: u32 = i32::MAX as u32 - 1;

/// What a list of documents shows of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSummary {
    /// The document's id.
    pub id: DocumentId,
    /// Its title.
    pub title: String,
    /// Hash of its source.
    pub revision: Revision,
    /// Where it is published.
    pub url: Option<String>,
}

/// Writes the three files.
#[derive(Debug)]
pub(super) struct StoreWriter {
    folder: PathBuf,
    documents: BufWriter<File>,
    summaries: BufWriter<File>,
    hasher: Sha256,
    document_offsets: Vec<u64>,
    summary_offsets: Vec<u64>,
    first_passages: Vec<u64>,
    ids: BTreeMap<DocumentId, u32>,
    buffer: Vec<u8>,
}

/// What was written.
#[derive(Debug)]
pub(super) struct StoreTotals {
    pub(super) documents: u32,
    pub(super) passages: u64,
    /// Hash of `documents.bin`.
    pub(super) sha256: String,
}

impl StoreWriter {
    pub(super) fn create(folder: &Path) -> Result<Self, IndexError> {
        let create = |name: &str| {
            let path = folder.join(name);
            File::create(&path).map(BufWriter::new).map_err(|e| IndexError::io(&path, e))
        };
        Ok(Self {
            folder: folder.to_owned(),
            documents: create(DOCUMENTS)?,
            summaries: create(SUMMARIES)?,
            hasher: Sha256::new(),
            document_offsets: vec![0],
            summary_offsets: vec![0],
            first_passages: vec![0],
            ids: BTreeMap::new(),
            buffer: Vec::new(),
        })
    }

    /// Appends `document`. After an error the files are of no use.
    pub(super) fn add(&mut self, document: &Document) -> Result<(), IndexError> {
        let ordinal = self.ids.len() as u32;
        let passages = last(&self.first_passages) + document.passages.len() as u64;
        if ordinal >= MAX_COUNT {
            return Err(IndexError::TooMany { what: "documents", limit: MAX_COUNT });
        }
        if passages > u64::from(MAX_COUNT) {
            return Err(IndexError::TooMany { what: "passages", limit: MAX_COUNT });
        }
        match self.ids.entry(document.id.clone()) {
            Entry::Occupied(taken) => return Err(IndexError::Duplicate { id: taken.key().clone() }),
            Entry::Vacant(free) => free.insert(ordinal),
        };
        self.encode(ordinal, document)?;
        self.hasher.update(&self.buffer);
        self.documents.write_all(&self.buffer).map_err(|e| self.io(DOCUMENTS, e))?;
        self.document_offsets.push(last(&self.document_offsets) + self.buffer.len() as u64);
        self.encode(ordinal, &summary_of(document))?;
        self.summaries.write_all(&self.buffer).map_err(|e| self.io(SUMMARIES, e))?;
        self.summary_offsets.push(last(&self.summary_offsets) + self.buffer.len() as u64);
        self.first_passages.push(passages);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<StoreTotals, IndexError> {
        self.documents.flush().map_err(|e| self.io(DOCUMENTS, e))?;
        self.summaries.flush().map_err(|e| self.io(SUMMARIES, e))?;
        self.write_table().map_err(|e| self.io(TABLE, e))?;
        Ok(StoreTotals {
            documents: self.ids.len() as u32,
            passages: last(&self.first_passages),
            sha256: hex::encode(self.hasher.finalize()),
        })
    }

    fn write_table(&self) -> io::Result<()> {
        let mut table = BufWriter::new(File::create(self.folder.join(TABLE))?);
        let by_id = self.ids.values().map(|&ordinal| u64::from(ordinal));
        let rows = [self.ids.len() as u64]
            .into_iter()
            .chain(self.document_offsets.iter().copied())
            .chain(self.summary_offsets.iter().copied())
            .chain(self.first_passages.iter().copied())
            .chain(by_id);
        for number in rows {
            table.write_all(&number.to_le_bytes())?;
        }
        table.flush()
    }

    fn encode(&mut self, ordinal: u32, value: &impl Serialize) -> Result<(), IndexError> {
        self.buffer.clear();
        let buffer = std::mem::take(&mut self.buffer);
        self.buffer =
            postcard::to_extend(value, buffer).map_err(|source| IndexError::Document { ordinal, source })?;
        Ok(())
    }

    fn io(&self, name: &str, error: io::Error) -> IndexError {
        IndexError::io(&self.folder.join(name), error)
    }
}

fn last(numbers: &[u64]) -> u64 {
    numbers.last().copied().unwrap_or_default()
}

fn summary_of(document: &Document) -> DocumentSummary {
    DocumentSummary {
        id: document.id.clone(),
        title: document.metadata.title.clone(),
        revision: document.revision.clone(),
        url: document.metadata.url.clone(),
    }
}

/// Reads the three files. Every number read is checked; a bad one is an error, never a panic.
pub(super) struct Store {
    table: OwnedBytes,
    documents: OwnedBytes,
    summaries: OwnedBytes,
    count: usize,
}

impl Store {
    pub(super) fn open(folder: &Path) -> Result<Self, OpenError> {
        let directory =
            MmapDirectory::open(folder).map_err(|e| OpenError::corrupt(DOCUMENTS, e.to_string()))?;
        let map = |name: &str| {
            let slice =
                directory.open_read(Path::new(name)).map_err(|e| OpenError::corrupt(name, e.to_string()))?;
            slice.read_bytes().map_err(|e| OpenError::io(&folder.join(name), e))
        };
        let (table, documents, summaries) = (map(TABLE)?, map(DOCUMENTS)?, map(SUMMARIES)?);
        let mut store = Self { table, documents, summaries, count: 0 };
        store.check().ok_or_else(|| OpenError::corrupt(TABLE, "it does not fit the documents"))?;
        Ok(store)
    }

    /// Reads the number of documents and checks the lengths against it.
    fn check(&mut self) -> Option<()> {
        let count = usize::try_from(self.number(0)?).ok().filter(|&count| count <= MAX_COUNT as usize)?;
        self.count = count;
        let fits = self.table.len() == 8 * (4 * count + 4)
            && self.document_offset(count)? == self.documents.len()
            && self.summary_offset(count)? == self.summaries.len();
        fits.then_some(())
    }

    pub(super) fn documents(&self) -> u32 {
        self.count as u32
    }

    pub(super) fn passages(&self) -> u64 {
        self.first_passage(self.count).unwrap_or_default()
    }

    /// Decodes one document.
    pub(super) fn document(&self, ordinal: u32) -> Result<Document, IndexError> {
        let at = self.check_ordinal(ordinal)?;
        let bytes = self.document_offset(at).zip(self.document_offset(at + 1));
        let bytes = bytes.and_then(|(start, end)| self.documents.get(start..end));
        let bytes = bytes.ok_or(IndexError::Table { ordinal })?;
        postcard::from_bytes(bytes).map_err(|source| IndexError::Document { ordinal, source })
    }

    pub(super) fn summary(&self, ordinal: u32) -> Result<DocumentSummary, IndexError> {
        let at = self.check_ordinal(ordinal)?;
        let bytes = self.summary_bytes(at).ok_or(IndexError::Table { ordinal })?;
        postcard::from_bytes(bytes).map_err(|source| IndexError::Document { ordinal, source })
    }

    /// The document with this id.
    pub(super) fn ordinal(&self, id: &DocumentId) -> Option<u32> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let ordinal = self.number(3 * self.count + 4 + middle)?;
            let bytes = self.summary_bytes(usize::try_from(ordinal).ok()?)?;
            let (found, _) = postcard::take_from_bytes::<&str>(bytes).ok()?;
            match found.cmp(id.as_str()) {
                std::cmp::Ordering::Equal => return u32::try_from(ordinal).ok(),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The passages of a document in the numbering over the whole index.
    pub(super) fn passages_of(&self, ordinal: u32) -> Result<Range<u32>, IndexError> {
        let at = self.check_ordinal(ordinal)?;
        let range = self.first_passage(at).zip(self.first_passage(at + 1));
        range
            .and_then(|(start, end)| Some(u32::try_from(start).ok()?..u32::try_from(end).ok()?))
            .ok_or(IndexError::Table { ordinal })
    }

    /// The document that holds a passage, and the passage's place in it.
    pub(super) fn locate(&self, passage: u32) -> Option<(u32, u32)> {
        let wanted = u64::from(passage);
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            // The last document whose first passage is not after the wanted one.
            if self.first_passage(middle + 1)? <= wanted { low = middle + 1 } else { high = middle }
        }
        let within = wanted.checked_sub(self.first_passage(low)?)?;
        (low < self.count).then_some((low as u32, within as u32))
    }

    fn check_ordinal(&self, ordinal: u32) -> Result<usize, IndexError> {
        let at = ordinal as usize;
        if at < self.count {
            Ok(at)
        } else {
            Err(IndexError::NoDocument { ordinal, documents: self.documents() })
        }
    }

    fn summary_bytes(&self, at: usize) -> Option<&[u8]> {
        self.summaries.get(self.summary_offset(at)?..self.summary_offset(at + 1)?)
    }

    fn document_offset(&self, at: usize) -> Option<usize> {
        self.number(1 + at).and_then(|offset| usize::try_from(offset).ok())
    }

    fn summary_offset(&self, at: usize) -> Option<usize> {
        self.number(self.count + 2 + at).and_then(|offset| usize::try_from(offset).ok())
    }

    fn first_passage(&self, at: usize) -> Option<u64> {
        self.number(2 * self.count + 3 + at)
    }

    fn number(&self, at: usize) -> Option<u64> {
        let bytes = self.table.get(8 * at..8 * at + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }
}
