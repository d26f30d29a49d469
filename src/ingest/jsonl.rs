//! JSON lines: one record a line, read as a stream.
//!
//! A record is an object with `_id` and `text`, and optionally `title`, `question`, `url`, `language` and
//! `reviewed`; other members are ignored, and one that is near to a missing one is noted. A bad line is skipped with its number and the reading goes on. Memory is bounded by
//! the longest line allowed, not by the file.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::draft::{Draft, DraftNote};
use super::key::{self, Key};
use super::report::SkipReason;
use super::{field, plain_text};
use crate::document::{DocumentId, Metadata, Revision};

/// The members that are read.
const MEMBERS: &[&str] = &["_id", "title", "text", "question", "url", "language", "reviewed"];

/// One line of the file.
#[derive(Debug)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: u64,
    /// Bytes of the file up to the end of this line.
    pub(crate) bytes_done: u64,
    /// The record, or why there is none.
    pub(crate) record: Result<Record, SkipReason>,
}

/// A record that can become a document.
#[derive(Debug)]
pub(crate) struct Record {
    /// `path#_id`.
    pub(crate) id: DocumentId,
    /// Hash of the line without its end.
    pub(crate) revision: Revision,
    raw: RawRecord,
    /// Of members that are not read.
    notes: Vec<String>,
}

impl Record {
    /// Works out the structure of the record's text; that text is the canonical one.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] for a `url` that is not a web address.
    pub(crate) fn into_draft(self) -> Result<Draft, SkipReason> {
        let Self { raw, mut notes, .. } = self;
        let said = raw.reviewed();
        let url = match raw.url.as_deref().map(str::trim).filter(|url| !url.is_empty()) {
            None => None,
            Some(url) => Some(field::web_address(url).ok_or_else(|| {
                SkipReason::Malformed("its `url` does not begin with http:// or https://".to_owned())
            })?),
        };
        let mut draft = plain_text::parse(raw.text);
        if let Some(title) = raw.title.as_deref().and_then(field::title) {
            draft.metadata.title = title;
        }
        draft.metadata.question = raw.question.as_deref().and_then(field::title);
        draft.metadata.url = url.or(draft.metadata.url);
        if let Some(language) = raw.language.as_deref().filter(|language| !language.trim().is_empty()) {
            draft.metadata.language = field::language(language);
            notes.extend(draft.metadata.language.is_none().then(|| key::no_language(language)));
        }
        if let Some(said) = said {
            let reviewed = field::date(&said);
            notes.extend(reviewed.is_none().then(|| key::no_date(&said)));
            draft.metadata.reviewed = reviewed.or(draft.metadata.reviewed);
        }
        draft.notes.extend(notes.into_iter().map(|detail| DraftNote { line: None, detail }));
        Ok(draft)
    }
}

#[derive(Debug, Deserialize)]
struct RawRecord {
    #[serde(rename = "_id", default)]
    id: Option<RawId>,
    #[serde(default)]
    title: Option<String>,
    text: String,
    #[serde(default)]
    question: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    language: Option<String>,
    /// Of any type: a record is not lost for it.
    #[serde(default)]
    reviewed: Option<Value>,
}

impl RawRecord {
    /// The date of review as it is written; `None` for an empty one.
    fn reviewed(&self) -> Option<String> {
        let said = match self.reviewed.as_ref()? {
            Value::String(said) => said.clone(),
            Value::Number(year) => year.to_string(),
            Value::Null => return None,
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => "reviewed".to_owned(),
        };
        Some(said).filter(|said| !said.trim().is_empty())
    }

    /// What nothing is said of.
    fn missing(&self) -> Vec<Key> {
        let blank = |said: &Option<String>| said.as_deref().is_none_or(|said| said.trim().is_empty());
        let metadata = Metadata {
            title: self.title.clone().unwrap_or_default(),
            url: self.url.clone(),
            language: self.language.clone(),
            reviewed: self.reviewed(),
            ..Metadata::default()
        };
        let mut missing = key::missing(&metadata);
        missing.extend(blank(&self.question).then_some(Key::Question));
        missing
    }
}

/// The notes on members of the record `text` that may have been meant for one that is missing.
fn misspelt(text: &str, raw: &RawRecord) -> Vec<String> {
    let missing = raw.missing();
    if missing.is_empty() {
        return Vec::new();
    }
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
    let others = members.iter().filter(|(name, _)| !MEMBERS.contains(&name.as_str()));
    let note = |(name, value): (&String, &&RawValue)| {
        let value: String = serde_json::from_str(value.get()).ok()?;
        key::misspelt(name, &value, &missing)
    };
    others.filter_map(note).collect()
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawId {
    Text(String),
    Number(serde_json::Number),
}

/// Reads records off a stream.
#[derive(Debug)]
pub(crate) struct Records<R> {
    source: R,
    path: String,
    max_line: usize,
    line: Vec<u8>,
    number: u64,
    bytes_done: u64,
    /// The first 8 bytes of the SHA-256 of each id seen: 16,000 records take 128 KB, not megabytes.
    seen: HashSet<u64>,
}

impl<R: BufRead> Records<R> {
    /// Reads records of the file `path` (relative to the corpus) from `source`; lines of more than
    /// `max_record_bytes` are skipped.
    pub(crate) fn new(source: R, path: &str, max_record_bytes: u64) -> Self {
        Self {
            source,
            path: path.to_owned(),
            max_line: usize::try_from(max_record_bytes).unwrap_or(usize::MAX),
            line: Vec::new(),
            number: 0,
            bytes_done: 0,
            seen: HashSet::new(),
        }
    }

    /// The next line that is not blank, or `None` at the end.
    ///
    /// # Errors
    /// When the source cannot be read on.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let Some(read) = self.read_line()? else { return Ok(None) };
            let blank = read.fits && self.line.iter().all(u8::is_ascii_whitespace);
            if !blank {
                let record = self.record(read);
                return Ok(Some(Line { number: self.number, bytes_done: self.bytes_done, record }));
            }
        }
    }

    /// Fills `line` with the next line without its end; of a line that is too long nothing is kept.
    fn read_line(&mut self) -> io::Result<Option<Read>> {
        self.line.clear();
        let mut read = Read { fits: true, ended: false };
        let mut any = false;
        while !read.ended {
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(why),
            };
            if buffer.is_empty() {
                break;
            }
            any = true;
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            read.ended = end.is_some();
            read.fits &= self.line.len() + piece.len() <= self.max_line;
            if read.fits {
                self.line.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(read.ended);
            self.source.consume(used);
            self.bytes_done += used as u64;
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if self.number == 1 && self.line.starts_with(b"\xEF\xBB\xBF") {
            self.line.drain(..3);
        }
        Ok(Some(read))
    }

    fn record(&mut self, read: Read) -> Result<Record, SkipReason> {
        if !read.fits {
            let key = "max_record_bytes".to_owned();
            return Err(SkipReason::TooLarge {
                what: "the line".to_owned(),
                limit: self.max_line as u64,
                key,
            });
        }
        let text = std::str::from_utf8(&self.line).map_err(|why| {
            SkipReason::Malformed(format!("byte {} of the line is not UTF-8", why.valid_up_to() + 1))
        })?;
        let raw: RawRecord = serde_json::from_str(text).map_err(|why| refusal(&why, read.ended))?;
        let notes = misspelt(text, &raw);
        let id = match &raw.id {
            Some(RawId::Text(id)) => id.trim().to_owned(),
            Some(RawId::Number(id)) => id.to_string(),
            None => return Err(SkipReason::Malformed("it has no `_id`".to_owned())),
        };
        if id.is_empty() || id.chars().any(field::is_invisible) {
            return Err(SkipReason::BadName("its `_id` is empty or holds invisible characters".to_owned()));
        }
        let key =
            Sha256::digest(id.as_bytes()).iter().take(8).fold(0, |key, &byte| key << 8 | u64::from(byte));
        let id = DocumentId::new(format!("{}#{id}", self.path))
            .map_err(|why| SkipReason::BadName(why.to_string()))?;
        if !self.seen.insert(key) {
            return Err(SkipReason::Duplicate);
        }
        Ok(Record { id, revision: Revision::of(&self.line), raw, notes })
    }
}

#[derive(Debug, Clone, Copy)]
struct Read {
    /// Whether the line was within the limit.
    fits: bool,
    /// Whether it ended in a line break.
    ended: bool,
}

/// Why a line is no record, without any of its text.
fn refusal(why: &serde_json::Error, ended: bool) -> SkipReason {
    let column = why.column();
    SkipReason::Malformed(match why.classify() {
        serde_json::error::Category::Eof if !ended => {
            "the last line is cut off in the middle of a record".to_owned()
        }
        serde_json::error::Category::Data => {
            format!(
                "it is not an object with a string `text` and members of the right types (column {column})"
            )
        }
        _ => format!("it is not valid JSON (column {column})"),
    })
}

#[cfg(test)]
mod tests;
