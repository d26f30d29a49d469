//! The packed vectors of one generation: one file, written once, mapped into memory.
//!
//! Little-endian, without gaps:
//!
//! | part | bytes |
//! |---|---|
//! | magic with version, number of passages `p`, rows `r`, sentences `s`, rows of bodies and headings | 8, 4, 4, 4, 4 |
//! | fingerprint of the vectors, name of the generation (hexadecimal) | 64, 32 |
//! | SHA-256 of everything after it | 32 |
//! | for each passage: row of body and heading, first sentence and how many | 16 `p` |
//! | rows of the sentences | 4 `s` |
//! | for each row its scale, `f32` | 4 `r` |
//! | for each row its codes, those of bodies and headings first | 384 `r` |

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::cache::{Cache, VECTOR_BYTES};
use super::error::VectorsError;
use super::plan::Plan;
use crate::embed::DIMENSIONS;

/// Raised with every change of the layout.
const MAGIC: &[u8; 8] = b"ibidvec\x02";
const COUNTS: usize = 8;
const FINGERPRINT: usize = COUNTS + 16;
const GENERATION: usize = FINGERPRINT + 64;
const CHECK: usize = GENERATION + 32;
const HEADER: usize = CHECK + 32;
const ENDING: &str = "vec";
/// Of files that do not have all that belongs into them yet.
const UNFINISHED: &str = "next";

/// Where the parts of a packed file are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) passages: Range<usize>,
    pub(super) sentences: Range<usize>,
    pub(super) scales: Range<usize>,
    pub(super) codes: Range<usize>,
    /// The codes of bodies and headings among them.
    pub(super) leading: Range<usize>,
}

impl Layout {
    fn new([passages, rows, sentences, leading]: [u32; 4]) -> Option<Self> {
        let part = |start: usize, number: u32, bytes: usize| {
            Some(start..start.checked_add(bytes.checked_mul(number as usize)?)?)
        };
        let passages = part(HEADER, passages, 16)?;
        let sentences = part(passages.end, sentences, 4)?;
        let scales = part(sentences.end, rows, 4)?;
        let codes = part(scales.end, rows, DIMENSIONS)?;
        let leading = part(scales.end, leading, DIMENSIONS).filter(|leading| leading.end <= codes.end)?;
        Some(Self { passages, sentences, scales, codes, leading })
    }

    /// Reads the layout of `file` if it is whole and is what it should be.
    pub(super) fn read(file: &[u8], fingerprint: &str, generation: &str) -> Option<Self> {
        let (header, rest) = file.split_at_checked(HEADER)?;
        let number = |at: usize| Some(u32::from_le_bytes(*header.get(COUNTS + 4 * at..)?.first_chunk()?));
        let layout = Self::new([number(0)?, number(1)?, number(2)?, number(3)?])?;
        let fits = header.starts_with(MAGIC)
            && header.get(FINGERPRINT..GENERATION)? == fingerprint.as_bytes()
            && header.get(GENERATION..CHECK)? == generation.as_bytes()
            && layout.codes.end == file.len()
            && header.get(CHECK..)? == Sha256::digest(rest).as_slice();
        fits.then_some(layout)
    }
}

pub(super) fn file_name(generation: &str) -> String {
    format!("{generation}.{ENDING}")
}

/// Writes the vectors of `plan` beside `folder`'s other files and gives the file its name when it is
/// whole and on disk.
pub(super) fn write(
    folder: &Path,
    plan: &Plan,
    cache: &mut Cache,
    fingerprint: &str,
    generation: &str,
) -> Result<(), VectorsError> {
    let path = folder.join(file_name(generation));
    let next = path.with_extension(UNFINISHED);
    let header = header(plan, fingerprint, generation)?;
    let written = write_whole(&next, &header, plan, cache)
        .and_then(|()| fs::rename(&next, &path).map_err(VectorsError::io(&path)));
    if written.is_err() {
        let _ = fs::remove_file(&next);
    }
    written
}

fn write_whole(path: &Path, header: &[u8], plan: &Plan, cache: &mut Cache) -> Result<(), VectorsError> {
    let file = File::create(path).map_err(VectorsError::io(path))?;
    let mut out = Hashing { out: BufWriter::new(file), hasher: Sha256::new() };
    out.out.write_all(header).map_err(VectorsError::io(path))?;
    write_tables(&mut out, plan).map_err(VectorsError::io(path))?;
    let scale = |vector: &[u8; VECTOR_BYTES]| out.write_all(vector.split_at(4).0);
    cache.read(&plan.rows, &mut { scale })?;
    cache.read(&plan.rows, &mut |vector| out.write_all(vector.split_at(4).1))?;
    let finish = || {
        let Hashing { mut out, hasher } = out;
        out.seek(SeekFrom::Start(CHECK as u64))?;
        out.write_all(&hasher.finalize())?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    };
    finish().map_err(VectorsError::io(path))
}

fn header(plan: &Plan, fingerprint: &str, generation: &str) -> Result<Vec<u8>, VectorsError> {
    let mut header = MAGIC.to_vec();
    let leading = plan.leading as usize;
    for number in [plan.passages.len(), plan.rows.len(), plan.sentences.len(), leading] {
        let number = u32::try_from(number).map_err(|_| VectorsError::TooMany { what: "passages" })?;
        header.extend_from_slice(&number.to_le_bytes());
    }
    header.extend_from_slice(fingerprint.as_bytes());
    header.extend_from_slice(generation.as_bytes());
    header.resize(HEADER, 0);
    Ok(header)
}

fn write_tables(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    for rows in &plan.passages {
        for number in [rows.body, rows.heading, rows.first_sentence, rows.sentences] {
            out.write_all(&number.to_le_bytes())?;
        }
    }
    plan.sentences.iter().try_for_each(|row| out.write_all(&row.to_le_bytes()))
}

/// Removes the packed files of generations that are no more, and what was not written to its end. To be called by the
/// holder of the lock: nobody else writes.
pub(super) fn remove_old(folder: &Path, kept: &dyn Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        let generation = path.file_stem().and_then(|stem| stem.to_str());
        let has_ending = |wanted| path.extension().is_some_and(|ending| ending == wanted);
        let is_old = has_ending(ENDING) && generation.is_some_and(|generation| !kept(generation));
        if is_old || has_ending(UNFINISHED) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Hashes what is written.
struct Hashing<W> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
