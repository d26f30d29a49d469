//! The package that a Word file is: a zip of parts which name each other by relationships.
//!
//! What is inflated of all parts together is bounded, so that a small file cannot become a huge one.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::xml::{self, Step};
use crate::ingest::encoding;
use crate::ingest::report::SkipReason;

/// Most parts of a package. The directory of a zip is read whole.
const MAX_PARTS: usize = 20_000;
/// Most relationships that are kept of one part.
const MAX_RELATIONSHIPS: usize = 20_000;
/// How an entry of the directory of a zip begins.
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
/// How a file begins that old Word wrote, or that new Word wrote with a password.
const COMPOUND_FILE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// The stream of a compound file that holds an encrypted package; its name is written in UTF-16.
const ENCRYPTED: &str = "EncryptedPackage";

/// An opened package.
#[derive(Debug)]
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// The place of each part by its name in small letters: names do not tell them apart by case.
    places: HashMap<String, usize>,
    /// Bytes that may still be inflated.
    budget: u64,
    limit: u64,
}

/// What one part says of another.
#[derive(Debug)]
struct Relationship {
    kind: String,
    target: String,
}

impl<'b> Package<'b> {
    /// Opens the package in `bytes`. No more than `limit` bytes will be inflated of it.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] with the remedy for what is no package.
    pub(super) fn open(bytes: &'b [u8], limit: u64) -> Result<Self, SkipReason> {
        refuse_others(bytes)?;
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|why| {
            malformed(format!("it is a damaged Word file ({why}): open it in Word and save it anew"))
        })?;
        let names = (0..archive.len()).filter_map(|at| Some((archive.name_for_index(at)?.ok()?, at)));
        let places = names.map(|(name, at)| (key(&name), at)).collect();
        Ok(Self { archive, places, budget: limit, limit })
    }

    /// The name of the part with the text of the document.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`] for a package of another program.
    pub(super) fn main(&mut self) -> Result<String, SkipReason> {
        let named = self.related("", "officeDocument")?;
        let main = match named {
            Some(main) => Some(main),
            None => self.declared_main()?,
        };
        main.ok_or_else(no_word)
    }

    /// The name of the part to which `from` is related by a relationship whose type ends in `kind`; `from` is empty for
    /// the package itself.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub(super) fn related(&mut self, from: &str, kind: &str) -> Result<Option<String>, SkipReason> {
        let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
        let relationships = self.relationships(&join(folder, &format!("_rels/{file}.rels")))?;
        let found = relationships.into_iter().find(|it| it.kind.rsplit('/').next() == Some(kind));
        Ok(found.map(|it| join(folder, &it.target)).filter(|name| self.places.contains_key(&key(name))))
    }

    /// The text of a part, `None` where there is no such part.
    ///
    /// # Errors
    /// [`SkipReason::TooLarge`] where more than the limit would be inflated; else a reason that names the part.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<String>, SkipReason> {
        let Some(&at) = self.places.get(&key(name)) else { return Ok(None) };
        let damaged = |why: &dyn std::fmt::Display| {
            malformed(format!("its part {name} is damaged ({why}): open it in Word and save it anew"))
        };
        if self.archive.by_index_data(at).is_ok_and(|entry| entry.encrypted()) {
            return Err(has_password());
        }
        let part = self.archive.by_index(at).map_err(|why| damaged(&why))?;
        let mut bytes = Vec::new();
        part.take(self.budget.saturating_add(1)).read_to_end(&mut bytes).map_err(|why| damaged(&why))?;
        let read = bytes.len() as u64;
        if read > self.budget {
            let what = "the text packed in it".to_owned();
            return Err(SkipReason::TooLarge { what, limit: self.limit, key: "max_file_bytes".to_owned() });
        }
        self.budget -= read;
        encoding::decode(&bytes).map(Some).map_err(|why| damaged(&why))
    }

    fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, SkipReason> {
        let Some(source) = self.read(part)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        xml::walk(&source, part, |step| {
            if let Step::Open(element) = step
                && element.name() == "Relationship"
                && element.attribute("TargetMode").as_deref() != Some("External")
                && let (Some(kind), Some(target)) = (element.attribute("Type"), element.attribute("Target"))
                && found.len() < MAX_RELATIONSHIPS
            {
                found.push(Relationship { kind, target });
            }
            true
        })?;
        Ok(found)
    }

    /// The part that the list of content types calls a document of Word.
    fn declared_main(&mut self) -> Result<Option<String>, SkipReason> {
        let part = "[Content_Types].xml";
        let Some(source) = self.read(part)? else { return Ok(None) };
        let mut found = None;
        xml::walk(&source, part, |step| {
            if let Step::Open(element) = step
                && let Some(kind) = element.attribute("ContentType")
                && (kind.contains("word") && kind.ends_with(".main+xml"))
                && let Some(name) = element.attribute("PartName")
            {
                found.get_or_insert(join("", &name));
            }
            true
        })?;
        Ok(found.filter(|name| self.places.contains_key(&key(name))))
    }
}

/// Names what is no zip, and a zip of more parts than a document has.
fn refuse_others(bytes: &[u8]) -> Result<(), SkipReason> {
    if bytes.starts_with(COMPOUND_FILE) {
        let name: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_encrypted = bytes.windows(name.len()).any(|window| window == name);
        let old = "it is an old Word file: open it in Word and save it as .docx";
        return Err(if is_encrypted { has_password() } else { malformed(old.to_owned()) });
    }
    if bytes.starts_with(b"{\\rtf") {
        return Err(malformed("it is an RTF file: open it in Word and save it as .docx".to_owned()));
    }
    if !bytes.starts_with(b"PK") {
        return Err(if bytes.is_empty() { SkipReason::Empty } else { no_word() });
    }
    let mut entries = bytes.windows(DIRECTORY_ENTRY.len()).filter(|window| *window == DIRECTORY_ENTRY);
    if entries.nth(MAX_PARTS).is_some() {
        return Err(malformed(format!("it holds more than {MAX_PARTS} parts, as no Word file does")));
    }
    Ok(())
}

/// The reason for what is no document of Word.
pub(super) fn no_word() -> SkipReason {
    malformed("it is no Word document: open it in the program that wrote it and save it as .docx".to_owned())
}

fn has_password() -> SkipReason {
    malformed("it is saved with a password: save it without one".to_owned())
}

fn malformed(why: String) -> SkipReason {
    SkipReason::Malformed(why)
}

/// The name of a part as it is looked up.
fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// `target` as seen from `folder`; one that begins with `/` is seen from the root.
fn join(folder: &str, target: &str) -> String {
    let folder = if target.starts_with('/') { "" } else { folder };
    let mut parts = Vec::new();
    for part in folder.split('/').chain(target.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
