//! The inverted index: one tantivy segment whose documents are our passages in the order they were added.
//!
//! That order is what makes the rest simple: a passage's number in tantivy is its number over the whole
//! index, the passages of one document are a range, and equal scores fall in the order of the corpus.
//! A corpus that does not fit the memory budget is written in parts, which are merged in their order.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::MmapDirectory;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::{InvertedIndexReader, SegmentReader};
use tantivy::indexer::merge_filtered_segments;
use tantivy::schema::{Field, Schema};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, IndexSettings, SingleSegmentIndexWriter, TantivyDocument, TantivyError};

use super::analyzer::{self, AnalyzerAdapter};
use super::error::{IndexError, OpenError};
use super::schema::{FIELDS, schema};
use super::score::length_norms;
use crate::document::{Document, Passage};
use crate::text::token::Analyzer;

/// The folder below the generation's.
const LEXICAL: &str = "lexical";
const PARTS: &str = "parts";
/// Where the table of terms starts; it grows as needed.
const INITIAL_TABLE_BYTES: usize = 2 << 20;

/// Writes the inverted index.
pub(super) struct LexicalWriter {
    folder: PathBuf,
    schema: Schema,
    fields: [Field; FIELDS],
    memory_bytes: usize,
    parts: Vec<PathBuf>,
    open: Option<SingleSegmentIndexWriter>,
}

impl fmt::Debug for LexicalWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LexicalWriter").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl LexicalWriter {
    pub(super) fn create(folder: &Path, memory_bytes: usize) -> Self {
        let (schema, fields) = schema();
        Self { folder: folder.to_owned(), schema, fields, memory_bytes, parts: Vec::new(), open: None }
    }

    /// Adds all passages of `document`.
    pub(super) fn add(&mut self, document: &Document) -> Result<(), IndexError> {
        for passage in &document.passages {
            let entry = self.entry(document, passage);
            let full = {
                let writer = self.writer()?;
                writer.add_document(entry)?;
                writer.mem_usage() >= self.memory_bytes
            };
            if full {
                self.close_part()?;
            }
        }
        Ok(())
    }

    fn entry(&self, document: &Document, passage: &Passage) -> TantivyDocument {
        let [title, section, context, question, text] = self.fields;
        let mut entry = TantivyDocument::default();
        entry.add_text(title, &document.metadata.title);
        for heading in document.section_path(passage.section) {
            entry.add_text(section, heading);
        }
        if let Some(span) = passage.context {
            entry.add_text(context, document.slice(span));
        }
        if let Some(asked) = &document.metadata.question {
            entry.add_text(question, asked);
        }
        entry.add_text(text, document.slice(passage.span));
        entry
    }

    fn writer(&mut self) -> Result<&mut SingleSegmentIndexWriter, IndexError> {
        match self.open {
            Some(ref mut writer) => Ok(writer),
            None => {
                let writer = self.open_part()?;
                Ok(self.open.insert(writer))
            }
        }
    }

    fn open_part(&mut self) -> Result<SingleSegmentIndexWriter, IndexError> {
        let path = self.folder.join(PARTS).join(self.parts.len().to_string());
        let directory = make_directory(&path)?;
        self.parts.push(path);
        let tokenizers = TokenizerManager::new();
        let adapter = AnalyzerAdapter::new(Analyzer::english());
        tokenizers.register(analyzer::NAME, TextAnalyzer::from(adapter));
        let builder = Index::builder().schema(self.schema.clone()).settings(settings());
        Ok(builder.tokenizers(tokenizers).single_segment_index_writer(directory, INITIAL_TABLE_BYTES)?)
    }

    fn close_part(&mut self) -> Result<(), IndexError> {
        if let Some(writer) = self.open.take() {
            writer.finalize()?;
        }
        Ok(())
    }

    /// Leaves one segment in `lexical/`, or no folder at all where there is no passage.
    pub(super) fn finish(mut self) -> Result<(), IndexError> {
        self.close_part()?;
        let target = self.folder.join(LEXICAL);
        let parts = self.folder.join(PARTS);
        match self.parts.as_slice() {
            [] => return Ok(()),
            [only] => fs::rename(only, &target).map_err(|e| IndexError::io(&target, e))?,
            many => merge(many, &target)?,
        }
        fs::remove_dir_all(&parts).map_err(|e| IndexError::io(&parts, e))
    }
}

fn settings() -> IndexSettings {
    IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() }
}

fn make_directory(path: &Path) -> Result<MmapDirectory, IndexError> {
    fs::create_dir_all(path).map_err(|e| IndexError::io(path, e))?;
    Ok(MmapDirectory::open(path).map_err(TantivyError::from)?)
}

/// Merges the parts in their order into one segment.
fn merge(parts: &[PathBuf], target: &Path) -> Result<(), IndexError> {
    let mut segments = Vec::new();
    for part in parts {
        segments.extend(Index::open_in_dir(part)?.searchable_segments()?);
    }
    let none_deleted = segments.iter().map(|_| None).collect();
    merge_filtered_segments(&segments, settings(), none_deleted, make_directory(target)?)?;
    Ok(())
}

/// Reads the inverted index.
pub(super) struct Lexical {
    pub(super) fields: [FieldReader; FIELDS],
    /// How many passages there are.
    pub(super) passages: u32,
}

/// One field of it.
pub(super) struct FieldReader {
    pub(super) inverted: Arc<InvertedIndexReader>,
    pub(super) lengths: FieldNormReader,
    /// What a field of each coded length adds to the frequency in BM25's denominator.
    pub(super) norms: [f32; 256],
}

impl Lexical {
    /// Opens what [`LexicalWriter`] left; `None` where there is no passage.
    pub(super) fn open(generation: &Path, passages: u64) -> Result<Option<Self>, OpenError> {
        if passages == 0 {
            return Ok(None);
        }
        let lexical = open_segment(&generation.join(LEXICAL))
            .map_err(|e| OpenError::corrupt(LEXICAL, e.to_string()))?;
        match lexical {
            Some(lexical) if u64::from(lexical.passages) == passages => Ok(Some(lexical)),
            _ => Err(OpenError::corrupt(LEXICAL, "it does not hold one segment with every passage")),
        }
    }
}

fn open_segment(folder: &Path) -> Result<Option<Lexical>, TantivyError> {
    let index = Index::open(MmapDirectory::open(folder)?)?;
    let (expected, fields) = schema();
    let segments = index.searchable_segments()?;
    let [segment] = segments.as_slice() else { return Ok(None) };
    if index.schema() != expected {
        return Ok(None);
    }
    let reader = SegmentReader::open(segment)?;
    if reader.has_deletes() {
        return Ok(None);
    }
    let [title, section, context, question, text] = fields.map(|field| open_field(&reader, field));
    let fields = [title?, section?, context?, question?, text?];
    Ok(Some(Lexical { fields, passages: reader.max_doc() }))
}

fn open_field(reader: &SegmentReader, field: Field) -> Result<FieldReader, TantivyError> {
    let inverted = reader.inverted_index(field)?;
    let norms = length_norms(inverted.total_num_tokens(), reader.max_doc());
    Ok(FieldReader { inverted, lengths: reader.get_fieldnorms_reader(field)?, norms })
}
