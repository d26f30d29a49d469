//! The files of a corpus folder.
//!
//! Lists what can be read, in the order of names, with sizes and hashes; reads no document. Links are
//! followed only where they stay in the folder, so that a link cannot publish the rest of the machine.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::field;
use super::load::IngestError;
use super::report::{Note, Skip, SkipReason};
use crate::document::{DocumentId, Format, hash_file};

/// A file of the corpus that has a known format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Path below the corpus folder, with `/` between parts.
    pub path: String,
    /// Size in bytes when it was hashed.
    pub bytes: u64,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// What lies in a corpus folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Files to read, in the order in which they are read.
    pub files: Vec<SourceFile>,
    /// Files and links that will not be read. Hidden files, `README`, `README.md` and `LICENSE*` are not
    /// listed: they are not meant to be documents.
    pub skipped: Vec<Skip>,
    /// Folders that are passed over because a browser saved them with a page: what is in them is no document.
    pub notes: Vec<Note>,
}

/// What browsers add to a page's name for the folder of its pictures, scripts and frames, in the languages that
/// Windows knows as "connected files" and ties to the page.
const COMPANIONS: &[&str] = &[
    "_files",
    ".files",
    "-Dateien",
    "_fichiers",
    "_bestanden",
    "_file",
    "_archivos",
    "-filer",
    "_tiedostot",
    "_pliki",
    "_soubory",
    "_elemei",
    "_ficheiros",
    "_arquivos",
    "_dosyalar",
    "_datoteke",
    "_fitxers",
    "_failid",
    "_fails",
    "_bylos",
    "_fajlovi",
    "_fitxategiak",
];
/// Endings of a saved page.
const PAGES: &[&str] = &["html", "htm", "xhtml", "HTML", "HTM"];

/// Lists and hashes the files below `root`.
///
/// # Errors
/// [`IngestError`] where `root` is missing, no folder, or cannot be read. What is wrong with a single file
/// is in [`Survey::skipped`].
pub fn survey(root: &Path) -> Result<Survey, IngestError> {
    let home = canonical_folder(root)?;
    let mut surveyor = Surveyor { home, survey: Survey::default(), followed: HashSet::new() };
    let mut entries =
        WalkDir::new(&surveyor.home).follow_links(true).min_depth(1).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) => {
                let enter = surveyor.entry(&entry);
                if entry.file_type().is_dir() && !enter {
                    entries.skip_current_dir();
                }
            }
            Err(why) => surveyor.failed(&why),
        }
    }
    Ok(surveyor.survey)
}

/// The format of a file by the ending of its name.
#[must_use]
pub fn format_of(path: &str) -> Option<Format> {
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    match ending.to_ascii_lowercase().as_str() {
        "txt" | "text" => Some(Format::PlainText),
        "md" | "markdown" => Some(Format::Markdown),
        "html" | "htm" | "xhtml" => Some(Format::Html),
        "jsonl" | "ndjson" => Some(Format::JsonLines),
        "docx" => Some(Format::Word),
        "pdf" => Some(Format::Pdf),
        _ => None,
    }
}

fn canonical_folder(root: &Path) -> Result<PathBuf, IngestError> {
    let unreadable = |source| IngestError::Unreadable { path: root.to_owned(), source };
    let home = match root.canonicalize() {
        Ok(home) => home,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            return Err(IngestError::Missing { path: root.to_owned() });
        }
        Err(why) => return Err(unreadable(why)),
    };
    if !home.metadata().map_err(unreadable)?.is_dir() {
        return Err(IngestError::NotAFolder { path: root.to_owned() });
    }
    std::fs::read_dir(&home).map_err(unreadable)?;
    Ok(home)
}

struct Surveyor {
    /// The canonical corpus folder.
    home: PathBuf,
    survey: Survey,
    /// Folders that a link has led to: each is entered by one link only, or links between folders could
    /// multiply the files without end.
    followed: HashSet<PathBuf>,
}

impl Surveyor {
    /// Takes an entry and says whether to enter it, if it is a folder.
    fn entry(&mut self, entry: &DirEntry) -> bool {
        let place = self.place(entry.path());
        let name = entry.file_name().to_string_lossy();
        if name.starts_with('.') {
            return false;
        }
        if entry.path_is_symlink()
            && let Err(reason) = self.check_link(entry)
        {
            self.skip(place, reason);
            return false;
        }
        if entry.file_type().is_dir() {
            let page = saved_page(entry.path());
            if let Some(page) = &page {
                let detail = format!("passed over: a browser saved it with {}", shown(page));
                self.survey.notes.push(Note { place, detail });
            }
            return page.is_none();
        }
        if name.eq_ignore_ascii_case("readme")
            || name.eq_ignore_ascii_case("readme.md")
            || name.starts_with("LICENSE")
        {
            return false;
        }
        match self.file(entry) {
            Ok(file) => self.survey.files.push(file),
            Err(reason) => self.skip(place, reason),
        }
        false
    }

    fn check_link(&mut self, entry: &DirEntry) -> Result<(), SkipReason> {
        let target = entry.path().canonicalize().map_err(|why| SkipReason::Unreadable(why.to_string()))?;
        if !target.starts_with(&self.home) {
            return Err(SkipReason::OutsideCorpus);
        }
        if entry.file_type().is_dir() && !self.followed.insert(target) {
            let why = "another link to the same folder has been followed";
            return Err(SkipReason::Unreadable(why.to_owned()));
        }
        Ok(())
    }

    fn file(&self, entry: &DirEntry) -> Result<SourceFile, SkipReason> {
        let path = usable_path(entry.path().strip_prefix(&self.home).unwrap_or(entry.path()))?;
        format_of(&path).ok_or(SkipReason::UnknownFormat)?;
        // A pipe or device would never end.
        if !entry.file_type().is_file() {
            return Err(SkipReason::Unreadable("it is not a regular file".to_owned()));
        }
        let (bytes, sha256) =
            hash_file(entry.path()).map_err(|why| SkipReason::Unreadable(why.to_string()))?;
        Ok(SourceFile { path, bytes, sha256 })
    }

    fn failed(&mut self, why: &walkdir::Error) {
        let place = why.path().map(|path| self.place(path)).unwrap_or_default();
        if place.rsplit('/').next().is_some_and(|name| name.starts_with('.')) {
            return;
        }
        let reason = match (why.loop_ancestor(), why.io_error()) {
            (Some(_), _) => "it is a link to a folder that it lies in".to_owned(),
            (None, Some(error)) => error.to_string(),
            (None, None) => "the folder could not be walked".to_owned(),
        };
        self.skip(place, SkipReason::Unreadable(reason));
    }

    fn skip(&mut self, place: String, reason: SkipReason) {
        self.survey.skipped.push(Skip { place, reason });
    }

    /// A path below the corpus folder as it can be shown.
    fn place(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.home).unwrap_or(path);
        let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        shown(&parts.join("/"))
    }
}

/// A name with its odd characters escaped.
fn shown(name: &str) -> String {
    name.chars().map(|c| if is_odd(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// The page beside `folder` that a browser saved together with it: `Knees.html` for `Knees_files`.
fn saved_page(folder: &Path) -> Option<String> {
    let name = folder.file_name()?.to_str()?;
    let stem = COMPANIONS.iter().find_map(|companion| name.strip_suffix(*companion))?;
    let mut pages = PAGES.iter().map(|ending| format!("{stem}.{ending}"));
    pages.find(|page| !stem.is_empty() && folder.with_file_name(page).is_file())
}

/// The path as part of a document's id.
fn usable_path(path: &Path) -> Result<String, SkipReason> {
    let bad = |why: &str| SkipReason::BadName(why.to_owned());
    let mut parts = Vec::new();
    for part in path.components() {
        let part = part.as_os_str().to_str().ok_or_else(|| bad("it is not UTF-8"))?;
        if part.chars().any(is_odd) {
            return Err(bad("it holds a control character"));
        }
        if part.contains('#') {
            return Err(bad("it holds `#`, which marks the records of a file"));
        }
        if part.rsplit_once('.').map_or(part, |(stem, _)| stem).trim().is_empty() {
            return Err(bad("it is empty but for its ending"));
        }
        parts.push(part);
    }
    let path = parts.join("/");
    DocumentId::new(path.as_str()).map_err(|why| SkipReason::BadName(why.to_string()))?;
    Ok(path)
}

fn is_odd(c: char) -> bool {
    c.is_control() || field::is_invisible(c)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
