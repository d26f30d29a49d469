//! The corpus to documents, one at a time.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::assemble::Assembler;
use super::boilerplate::InvalidPattern;
use super::draft::{Draft, DraftNote};
use super::jsonl::Records;
use super::report::{BoilerplateFinding, IngestReport, MAX_LISTED, Note, Skip, SkipReason};
use super::walk::{SourceFile, Survey, format_of};
use super::{IngestConfig, Progress, docx, encoding, field, html, markdown, pdf, plain_text};
use crate::document::{Document, DocumentId, Format, Revision, sha256_hex};

/// The error of whatever takes the documents.
pub type SinkError = Box<dyn Error + Send + Sync>;

/// Why a corpus could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// There is no such folder.
    #[error("the corpus folder {} does not exist: create it and put documents into it, or name another", path.display())]
    Missing {
        /// The folder as configured.
        path: PathBuf,
    },
    /// Something else than a folder.
    #[error("the corpus {} is not a folder: name the folder that holds the documents", path.display())]
    NotAFolder {
        /// The path as configured.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("the corpus folder {} cannot be read: check who may read it", path.display())]
    Unreadable {
        /// The folder as configured.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A boilerplate pattern of the configuration is wrong.
    #[error("a pattern in `ingest.boilerplate` is wrong")]
    InvalidPattern(#[from] InvalidPattern),
    /// Whatever takes the documents failed.
    #[error("a document could not be handed on")]
    Sink(#[source] SinkError),
}

/// Reads the files of `survey`, which lie below `root`, in its order and hands each document to `sink` as
/// soon as it is finished. A document that cannot be read is in the report and ends nothing.
///
/// # Errors
/// [`IngestError::InvalidPattern`] and [`IngestError::Sink`].
pub fn load_corpus(
    root: &Path,
    survey: &Survey,
    config: &IngestConfig,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Document) -> Result<(), SinkError>,
) -> Result<IngestReport, IngestError> {
    load_and_compare(root, survey, config, progress, sink).map(|(report, _)| report)
}

/// As [`load_corpus`], and gives beside the report the paths of the files that were others when they were read
/// than when the survey hashed them.
///
/// # Errors
/// Those of [`load_corpus`].
pub fn load_and_compare(
    root: &Path,
    survey: &Survey,
    config: &IngestConfig,
    progress: &mut dyn Progress,
    sink: &mut dyn FnMut(Document) -> Result<(), SinkError>,
) -> Result<(IngestReport, Vec<String>), IngestError> {
    let begun = Instant::now();
    let total = survey.files.iter().map(|file| file.bytes).sum();
    let assembler = Assembler::new(config)?;
    let report = IngestReport { bytes: total, ..IngestReport::default() };
    let changed = Vec::new();
    let (files, seen) = (survey.files.as_slice(), HashMap::new());
    let mut loader =
        Loader { config, assembler, report, changed, progress, sink, files, seen, before: 0, total };
    for skip in &survey.skipped {
        loader.skip(skip.place.clone(), skip.reason.clone());
    }
    for note in &survey.notes {
        loader.note(note.place.clone(), note.detail.clone());
    }
    for (at, file) in files.iter().enumerate() {
        loader.file(root, at, file)?;
        loader.before += file.bytes;
        loader.advance(0);
    }
    loader.report.took = begun.elapsed();
    Ok((loader.report, loader.changed))
}

/// Reads the bytes of one file as `format`: all documents in it, without a corpus around it. Total: whatever
/// the bytes, it returns. Bad records of a JSON lines file are passed over.
///
/// # Errors
/// Why the file is skipped; for a wrong boilerplate pattern, [`SkipReason::Malformed`].
pub fn parse_bytes(
    id: &DocumentId,
    format: Format,
    bytes: &[u8],
    config: &IngestConfig,
) -> Result<Vec<Document>, SkipReason> {
    let assembler = Assembler::new(config).map_err(|why| SkipReason::Malformed(why.to_string()))?;
    if format != Format::JsonLines {
        let draft = parse_whole(format, bytes, config)?;
        let (document, _) = assembler.assemble(draft, id.clone(), format, Revision::of(bytes))?;
        return Ok(vec![document]);
    }
    let mut records = Records::new(bytes, id.path(), config.max_record_bytes);
    let mut documents = Vec::new();
    while let Some(line) = records.next_line().map_err(|why| SkipReason::Unreadable(why.to_string()))? {
        let Ok(record) = line.record else { continue };
        let (id, revision) = (record.id.clone(), record.revision.clone());
        let made = record.into_draft().and_then(|draft| assembler.assemble(draft, id, format, revision));
        documents.extend(made.ok().map(|(document, _)| document));
    }
    Ok(documents)
}

fn parse_whole(format: Format, bytes: &[u8], config: &IngestConfig) -> Result<Draft, SkipReason> {
    match format {
        Format::Html => return html::parse(bytes),
        Format::Word => return docx::parse(bytes, config.max_file_bytes),
        Format::Pdf => return pdf::parse(bytes),
        Format::PlainText | Format::Markdown | Format::JsonLines => {}
    }
    let text = encoding::decode(bytes)?;
    encoding::refuse_long_lines(&text, config.max_line_bytes)?;
    if format == Format::Markdown { markdown::parse(text) } else { Ok(plain_text::parse(text)) }
}

/// A document and what the report is to tell of it.
#[derive(Debug)]
struct Reading {
    document: Document,
    findings: Vec<BoilerplateFinding>,
    notes: Vec<DraftNote>,
    /// Hash of what it says.
    content: u64,
}

type Made = Result<Reading, SkipReason>;

/// Where a document stands: a file, by its number, and the line of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    file: usize,
    line: Option<u64>,
}

struct Loader<'a> {
    config: &'a IngestConfig,
    assembler: Assembler,
    report: IngestReport,
    changed: Vec<String>,
    progress: &'a mut dyn Progress,
    sink: &'a mut dyn FnMut(Document) -> Result<(), SinkError>,
    files: &'a [SourceFile],
    /// The first document of each content.
    seen: HashMap<u64, Place>,
    /// Bytes of the files before the one that is being read.
    before: u64,
    total: u64,
}

impl Loader<'_> {
    /// Reads `file`, the one of number `at`.
    fn file(&mut self, root: &Path, at: usize, file: &SourceFile) -> Result<(), IngestError> {
        let Some(format) = format_of(&file.path) else {
            self.skip(file.path.clone(), SkipReason::UnknownFormat);
            return Ok(());
        };
        let path = root.join(&file.path);
        if format == Format::JsonLines {
            return self.records(&path, at, file);
        }
        let read = read_whole(&path, self.config.max_file_bytes);
        self.compare(file, read.as_ref().ok().map(|bytes| sha256_hex(bytes)));
        let made = read.and_then(|bytes| {
            let id =
                DocumentId::new(file.path.as_str()).map_err(|why| SkipReason::BadName(why.to_string()))?;
            guarded(|| {
                let draft = parse_whole(format, &bytes, self.config)?;
                self.make(draft, id, format, Revision::of(&bytes))
            })
        });
        self.take(Place { file: at, line: None }, made)
    }

    fn make(&self, mut draft: Draft, id: DocumentId, format: Format, revision: Revision) -> Made {
        let (notes, content) = (std::mem::take(&mut draft.notes), content(&draft));
        let (document, findings) = self.assembler.assemble(draft, id, format, revision)?;
        Ok(Reading { document, findings, notes, content })
    }

    /// Notes a file that was another when it was read. `sha256`: of what was read of it; `None` where nothing
    /// could be, which is as it was listed only for a file that is too large.
    fn compare(&mut self, file: &SourceFile, sha256: Option<String>) {
        let is_too_large =
            format_of(&file.path) != Some(Format::JsonLines) && file.bytes > self.config.max_file_bytes;
        if sha256.map_or(!is_too_large, |sha256| sha256 != file.sha256) {
            self.changed.push(file.path.clone());
        }
    }

    fn records(&mut self, path: &Path, at: usize, file: &SourceFile) -> Result<(), IngestError> {
        let read = match open(path) {
            Ok(source) => {
                let mut source = BufReader::with_capacity(128 * 1024, Hashed::new(source));
                self.lines(&mut source, at, file)?.map(|()| source.into_inner().sha256())
            }
            Err(reason) => Err(reason),
        };
        self.compare(file, read.as_ref().ok().cloned());
        if let Err(reason) = read {
            self.skip(file.path.clone(), reason);
        }
        Ok(())
    }

    /// Takes every record of `source`, or says why it could not be read to its end.
    fn lines(
        &mut self,
        source: impl BufRead,
        at: usize,
        file: &SourceFile,
    ) -> Result<Result<(), SkipReason>, IngestError> {
        let mut records = Records::new(source, &file.path, self.config.max_record_bytes);
        loop {
            let line = match records.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return Ok(Ok(())),
                Err(why) => return Ok(Err(SkipReason::Unreadable(why.to_string()))),
            };
            let made = line.record.and_then(|record| {
                let (id, revision) = (record.id.clone(), record.revision.clone());
                guarded(|| self.make(record.into_draft()?, id, Format::JsonLines, revision))
            });
            self.take(Place { file: at, line: Some(line.number) }, made)?;
            self.advance(line.bytes_done.min(file.bytes));
        }
    }

    fn take(&mut self, place: Place, made: Made) -> Result<(), IngestError> {
        let Reading { document, findings, notes, content } = match made {
            Ok(made) => made,
            Err(reason) => {
                self.skip(self.shown(place), reason);
                return Ok(());
            }
        };
        self.take_notes(place, notes, content);
        self.report.documents += 1;
        self.report.passages += document.passages.len() as u64;
        self.report.boilerplate_total += findings.len() as u64;
        let room = MAX_LISTED.saturating_sub(self.report.boilerplate.len());
        let shown = findings
            .into_iter()
            .take(room)
            .map(|finding| BoilerplateFinding { excerpt: field::one_line(&finding.excerpt, 80), ..finding });
        self.report.boilerplate.extend(shown);
        (self.sink)(document).map_err(IngestError::Sink)
    }

    /// Notes what a document's parser found, and that it says what an earlier one does.
    fn take_notes(&mut self, place: Place, notes: Vec<DraftNote>, content: u64) {
        for DraftNote { line, detail } in notes {
            let line = line.map(|line| line as u64).or(place.line);
            self.note(self.shown(Place { line, ..place }), detail);
        }
        let first = *self.seen.entry(content).or_insert(place);
        if first != place {
            let detail = format!("it says word for word what {} says: keep one of them", self.shown(first));
            self.note(self.shown(place), detail);
        }
    }

    /// A place as the report shows it.
    fn shown(&self, place: Place) -> String {
        let path = self.files.get(place.file).map(|file| file.path.as_str()).unwrap_or_default();
        place.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
    }

    fn note(&mut self, place: String, detail: String) {
        self.report.notes_total += 1;
        if self.report.notes.len() < MAX_LISTED {
            self.report.notes.push(Note { place, detail });
        }
    }

    fn skip(&mut self, place: String, reason: SkipReason) {
        self.report.skipped_total += 1;
        if self.report.skipped.len() < MAX_LISTED {
            self.report.skipped.push(Skip { place, reason });
        }
    }

    fn advance(&mut self, in_file: u64) {
        self.progress.advanced(self.before + in_file, self.total, self.report.documents);
    }
}

/// Runs a parser so that a mistake in it costs one document and not the index. The panic's own message
/// could hold text of the document and is not passed on.
fn guarded(make: impl FnOnce() -> Made) -> Made {
    let failed = |_| {
        Err(SkipReason::Malformed(
            "reading it failed: please report this as a mistake of the program".to_owned(),
        ))
    };
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(failed)
}

/// The first 8 bytes of the SHA-256 of what a draft says: of its text, and of the title and the question that its
/// format gives it. The name of its file has no say.
fn content(draft: &Draft) -> u64 {
    let mut hasher = Sha256::new();
    let question = draft.metadata.question.as_deref().unwrap_or_default();
    for part in [draft.metadata.title.as_str(), question, draft.text.as_str()] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(8).fold(0, |hash, &byte| hash << 8 | u64::from(byte))
}

/// A source whose bytes are hashed as they are read.
struct Hashed<R> {
    source: R,
    hasher: Sha256,
}

impl<R> Hashed<R> {
    fn new(source: R) -> Self {
        Self { source, hasher: Sha256::new() }
    }

    /// Of what was read, 64 lower-case hexadecimal digits.
    fn sha256(self) -> String {
        hex::encode(self.hasher.finalize())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// Opens a file, which may have become something else since it was listed: to open a pipe would wait for
/// ever.
fn open(path: &Path) -> Result<File, SkipReason> {
    let unreadable = |why: io::Error| SkipReason::Unreadable(why.to_string());
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(SkipReason::Unreadable("it is not a regular file".to_owned()));
    }
    File::open(path).map_err(unreadable)
}

/// Reads a file of at most `limit` bytes; the length is checked again while reading, as the file may grow.
fn read_whole(path: &Path, limit: u64) -> Result<Vec<u8>, SkipReason> {
    let unreadable = |why: io::Error| SkipReason::Unreadable(why.to_string());
    let too_large =
        || SkipReason::TooLarge { what: "the file".to_owned(), limit, key: "max_file_bytes".to_owned() };
    let file = open(path)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests;
