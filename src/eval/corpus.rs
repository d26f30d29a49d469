//! Where the documents of a set lie, and the folder in which its index is kept.
//!
//! A packed corpus is unpacked once into a folder of its own, from which records can be left out and
//! members of records as well; a second run finds it there. A folder of documents is used where it is.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::EvalError;
use super::random::hash;
use super::sets::for_each_line;
use crate::config::Config;

/// Name of the unpacked file; a document's id is this, `#` and the record's own id.
const UNPACKED: &str = "corpus.jsonl";
/// Holds what the unpacked file was made of.
const STAMP: &str = "stamp";

/// What is taken out of a corpus before it is indexed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Without {
    /// Members of every record, e.g. `question`.
    pub members: Vec<String>,
    /// Records, by id.
    pub records: BTreeSet<String>,
}

/// Points `config` at `corpus` and at a folder for its index below `cache`.
///
/// # Errors
/// The corpus cannot be unpacked, or something is to be left out of a folder of documents.
pub fn prepare(config: &mut Config, corpus: &Path, without: &Without, cache: &Path) -> Result<(), EvalError> {
    let packed = packed_in(corpus);
    let whole = without.members.is_empty() && without.records.is_empty();
    let place = cache.join(place_name(corpus, without));
    config.paths.index = place.join("index");
    match packed {
        Some(file) => {
            config.paths.corpus = place.join("corpus");
            unpack(&file, without, &place)
        }
        None if whole => {
            corpus.clone_into(&mut config.paths.corpus);
            make_folder(&place)
        }
        None => Err(EvalError::Unusable(format!(
            "{} is a folder of documents; parts can be left out of a JSON lines file only",
            corpus.display()
        ))),
    }
}

/// The one JSON lines file that `corpus` is or, as in a set, holds.
fn packed_in(corpus: &Path) -> Option<PathBuf> {
    if corpus.is_file() {
        return Some(corpus.to_owned());
    }
    ["corpus.jsonl.gz", "corpus.jsonl"].iter().map(|name| corpus.join(name)).find(|file| file.is_file())
}

fn place_name(corpus: &Path, without: &Without) -> String {
    let absolute = corpus.canonicalize().unwrap_or_else(|_| corpus.to_owned());
    let mut key = absolute.to_string_lossy().into_owned();
    for left_out in without.members.iter().chain(&without.records) {
        key.push('\n');
        key.push_str(left_out);
    }
    let parts = absolute.components().rev().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let name = parts.into_iter().find(|part| !part.starts_with("corpus")).unwrap_or_default();
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).take(40).collect();
    format!("{name}-{:08x}", hash(0, &key) >> 32)
}

fn make_folder(folder: &Path) -> Result<(), EvalError> {
    fs::create_dir_all(folder).map_err(|error| EvalError::writing(folder, error))
}

fn unpack(file: &Path, without: &Without, place: &Path) -> Result<(), EvalError> {
    let stamp = stamp_of(file)?;
    let stamp_file = place.join(STAMP);
    let folder = place.join("corpus");
    let target = folder.join(UNPACKED);
    if target.is_file() && fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) {
        return Ok(());
    }
    make_folder(&folder)?;
    let part = place.join("unpacking");
    let wrong = |error| EvalError::writing(&part, error);
    let mut out = BufWriter::new(fs::File::create(&part).map_err(wrong)?);
    for_each_line(file, &mut |line| {
        if let Some(kept) = kept(line, without)? {
            out.write_all(kept.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(|e| e.to_string())?;
        }
        Ok(())
    })?;
    out.into_inner().map_err(|error| EvalError::writing(&part, error.into_error()))?;
    fs::rename(&part, &target).map_err(|error| EvalError::writing(&target, error))?;
    fs::write(&stamp_file, stamp).map_err(|error| EvalError::writing(&stamp_file, error))
}

/// Size and time of change: enough to see that a set's corpus is another one than before.
fn stamp_of(file: &Path) -> Result<String, EvalError> {
    let about = fs::metadata(file).map_err(|error| EvalError::reading(file, error))?;
    let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Ok(format!("{} {}", about.len(), changed.unwrap_or_default().as_nanos()))
}

fn kept(line: &str, without: &Without) -> Result<Option<String>, String> {
    if without.members.is_empty() && without.records.is_empty() {
        return Ok(Some(line.to_owned()));
    }
    let mut record: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(line).map_err(|error| error.to_string())?;
    let id = record.get("_id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    if id.is_some_and(|id| without.records.contains(&id)) {
        return Ok(None);
    }
    record.retain(|name, _| !without.members.contains(name));
    serde_json::to_string(&record).map(Some).map_err(|error| error.to_string())
}
