//! Every vector made so far, by the hash of its text.
//!
//! A file of records of one size, only ever added to: hash (16 bytes), scale (`f32`), 384 codes, and the
//! first 4 bytes of the SHA-256 of these. What a crash left of a last record does not pass its check, and
//! is cut off before the next is added.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::TextHash;
use super::error::VectorsError;
use crate::embed::{DIMENSIONS, Quantized};

const NAME: &str = "cache";
/// Bytes of scale and codes.
pub(super) const VECTOR_BYTES: usize = 4 + DIMENSIONS;
const CHECKED_BYTES: usize = 16 + VECTOR_BYTES;
const RECORD_BYTES: usize = CHECKED_BYTES + 4;
/// A cache of fewer records is not worth compacting.
const MIN_COMPACTED: usize = 1024;

/// The cache of one encoder, opened by the holder of the lock.
#[derive(Debug)]
pub(super) struct Cache {
    path: PathBuf,
    file: File,
    /// Places of the records.
    known: HashMap<TextHash, u32>,
    records: u32,
}

impl Cache {
    /// Opens or makes the cache in `folder`, and cuts off what is not whole.
    pub(super) fn open(folder: &Path) -> Result<Self, VectorsError> {
        let path = folder.join(NAME);
        let open = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = open.map_err(VectorsError::io(&path))?;
        let mut cache = Self { path, file, known: HashMap::new(), records: 0 };
        cache.scan()?;
        Ok(cache)
    }

    fn scan(&mut self) -> Result<(), VectorsError> {
        let mut reader = BufReader::with_capacity(1 << 18, &self.file);
        let mut record = [0; RECORD_BYTES];
        while reader.read_exact(&mut record).is_ok() {
            let Some(hash) = checked(&record) else { break };
            self.known.insert(hash, self.records);
            self.records += 1;
        }
        let whole = u64::from(self.records) * RECORD_BYTES as u64;
        let io = VectorsError::io(&self.path);
        self.file.set_len(whole).and_then(|()| self.file.seek(SeekFrom::Start(whole))).map_err(io)?;
        Ok(())
    }

    pub(super) fn holds(&self, hash: &TextHash) -> bool {
        self.known.contains_key(hash)
    }

    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.records as usize
    }

    /// Adds vectors. They are whole or cut off at the next opening.
    pub(super) fn add(&mut self, vectors: &[(TextHash, Quantized)]) -> Result<(), VectorsError> {
        let mut bytes = Vec::with_capacity(vectors.len() * RECORD_BYTES);
        for (hash, vector) in vectors {
            let scale = vector.scale.to_le_bytes();
            push_record(&mut bytes, hash, &scale, &vector.codes.map(i8::cast_unsigned));
        }
        self.file.write_all(&bytes).map_err(VectorsError::io(&self.path))?;
        for (hash, _) in vectors {
            self.known.insert(*hash, self.records);
            self.records = self.records.checked_add(1).ok_or(VectorsError::TooMany { what: "texts" })?;
        }
        Ok(())
    }

    /// Reads the vectors of `hashes` in their order and hands on each: scale, then codes.
    pub(super) fn read(
        &mut self,
        hashes: &[TextHash],
        each: &mut dyn FnMut(&[u8; VECTOR_BYTES]) -> std::io::Result<()>,
    ) -> Result<(), VectorsError> {
        let Self { path, file, known, .. } = self;
        let mut reader = BufReader::with_capacity(1 << 16, &*file);
        let mut at = reader.seek(SeekFrom::Start(0)).map_err(VectorsError::io(path))?;
        let mut record = [0; RECORD_BYTES];
        for hash in hashes {
            let wanted = u64::from(*known.get(hash).ok_or(VectorsError::Check)?) * RECORD_BYTES as u64;
            let step = wanted.cast_signed() - at.cast_signed();
            reader.seek_relative(step).map_err(VectorsError::io(path))?;
            reader.read_exact(&mut record).map_err(VectorsError::io(path))?;
            at = wanted + RECORD_BYTES as u64;
            let vector = record.get(16..CHECKED_BYTES).and_then(|bytes| bytes.first_chunk());
            each(vector.ok_or(VectorsError::Check)?).map_err(VectorsError::io(path))?;
        }
        drop(reader);
        file.seek(SeekFrom::End(0)).map_err(VectorsError::io(path))?;
        Ok(())
    }

    /// Rewrites the cache with nothing but `wanted`, where that is less than half of it.
    pub(super) fn compact(&mut self, wanted: &[TextHash]) -> Result<(), VectorsError> {
        if self.len() < MIN_COMPACTED || self.len() / 2 <= wanted.len() {
            return Ok(());
        }
        let next = self.path.with_extension("next");
        let written = self
            .write_only(wanted, &next)
            .and_then(|()| fs::rename(&next, &self.path).map_err(VectorsError::io(&self.path)));
        if let Err(error) = written {
            let _ = fs::remove_file(&next);
            return Err(error);
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        *self = Self::open(folder)?;
        Ok(())
    }

    fn write_only(&mut self, wanted: &[TextHash], path: &Path) -> Result<(), VectorsError> {
        let io = || VectorsError::io(path);
        let mut writer = std::io::BufWriter::new(File::create(path).map_err(io())?);
        let (mut hashes, mut bytes) = (wanted.iter(), Vec::new());
        self.read(wanted, &mut |vector| {
            bytes.clear();
            let (scale, codes) = vector.split_at(4);
            push_record(&mut bytes, hashes.next().unwrap_or(&[0; 16]), scale, codes);
            writer.write_all(&bytes)
        })?;
        let file = writer.into_inner().map_err(|error| io()(error.into_error()))?;
        file.sync_all().map_err(io())
    }

    /// Waits until everything added is on disk.
    pub(super) fn sync(&self) -> Result<(), VectorsError> {
        self.file.sync_data().map_err(VectorsError::io(&self.path))
    }
}

fn push_record(bytes: &mut Vec<u8>, hash: &TextHash, scale: &[u8], codes: &[u8]) {
    let start = bytes.len();
    bytes.extend_from_slice(hash);
    bytes.extend_from_slice(scale);
    bytes.extend_from_slice(codes);
    let check = check(bytes.get(start..).unwrap_or_default());
    bytes.extend_from_slice(&check);
}

fn check(bytes: &[u8]) -> [u8; 4] {
    Sha256::digest(bytes).first_chunk().copied().unwrap_or_default()
}

/// The hash of a record that is whole.
fn checked(record: &[u8; RECORD_BYTES]) -> Option<TextHash> {
    let (content, found) = record.split_at_checked(CHECKED_BYTES)?;
    (check(content) == *found).then(|| content.first_chunk().copied())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(number: u32) -> (TextHash, Quantized) {
        let mut hash = [7; 16];
        hash[..4].copy_from_slice(&number.to_le_bytes());
        (hash, Quantized { scale: number as f32, codes: [number as i8; DIMENSIONS] })
    }

    #[test]
    fn a_cache_far_larger_than_needed_is_rewritten() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        cache.add(&(0..3000).map(vector).collect::<Vec<_>>()).unwrap();
        let most: Vec<TextHash> = (0..2000).map(|number| vector(number).0).collect();
        cache.compact(&most).unwrap();
        assert_eq!(cache.len(), 3000, "less than half would go");
        let few: Vec<TextHash> = [2999, 5, 1200].map(|number| vector(number).0).into();
        cache.compact(&few).unwrap();
        cache.add(&[vector(4000)]).unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        assert_eq!(cache.len(), 4);
        let mut scales = Vec::new();
        let wanted = [vector(1200).0, vector(4000).0, vector(2999).0];
        let mut each = |vector: &[u8; VECTOR_BYTES]| {
            scales.push(f32::from_le_bytes(*vector.first_chunk().unwrap()));
            Ok(())
        };
        cache.read(&wanted, &mut each).unwrap();
        assert_eq!(scales, [1200.0, 4000.0, 2999.0]);
        let missing = cache.read(&[vector(1).0], &mut |_| Ok(()));
        assert!(matches!(missing, Err(VectorsError::Check)));
    }

    #[test]
    fn a_cache_that_cannot_be_rewritten_stays_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path()).unwrap();
        cache.add(&(0..3000).map(vector).collect::<Vec<_>>()).unwrap();
        let unknown = [vector(5).0, vector(9999).0];
        assert!(matches!(cache.compact(&unknown), Err(VectorsError::Check)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(Cache::open(folder.path()).unwrap().len(), 3000);
    }
}
