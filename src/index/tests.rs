//! Tests over whole indexes in temporary folders.

mod damage;
mod generations;
mod searching;
mod words;

use std::path::Path;

use super::*;
use crate::document::{Document, DocumentId, Format, Metadata, Passage, PassageKind, Revision, Section};
use crate::text::Span;
use crate::text::token::Analyzer;

/// A document with a title; lines that begin with `#` are headings, the others passages.
fn document(id: &str, title: &str, text: &str) -> Document {
    let mut sections: Vec<Section> = Vec::new();
    let mut passages = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(at, at + line.len()).trimmed(text);
        at += line.len();
        if let Some(heading) = line.strip_prefix('#') {
            let heading = Span::new(at - heading.len(), at).trimmed(text);
            let anchor = format!("s{}", sections.len());
            sections.push(Section { heading, level: 1, parent: None, body: span, anchor });
        } else if !span.is_empty() {
            let section = sections.len().checked_sub(1).map(|at| at as u32);
            let kind = PassageKind::Prose;
            passages.push(Passage { kind, span, section, sentences: vec![span], context: None, group: None });
        }
    }
    let document = Document {
        id: DocumentId::new(id).unwrap(),
        format: Format::PlainText,
        revision: Revision::of(text.as_bytes()),
        metadata: Metadata { title: title.to_owned(), ..Metadata::default() },
        text: text.to_owned(),
        sections,
        blocks: Vec::new(),
        passages,
        groups: Vec::new(),
        bibliography: Vec::new(),
        marks: Vec::new(),
        pages: Vec::new(),
    };
    Document::new(document).unwrap()
}

/// Three small documents, the second without a passage.
fn corpus() -> Vec<Document> {
    vec![
        document(
            "b.md",
            "Tea",
            "# Brewing\nGreen tea is brewed cool.\nBlack tea is brewed hot.\n# Storing\nKeep it dry.",
        ),
        document("empty.md", "Nothing yet", ""),
        document("a.md", "Coffee", "Coffee is roasted.\nTea is not roasted, but green tea is steamed."),
    ]
}

fn build_with(root: &Path, documents: &[Document], config: &IndexConfig) -> Manifest {
    let mut writer = Writer::create(root, config).unwrap();
    for document in documents {
        writer.add(document).unwrap();
    }
    writer.finish(Provenance::default()).unwrap()
}

fn build(root: &Path, documents: &[Document]) -> Manifest {
    build_with(root, documents, &IndexConfig::default())
}

fn query(terms: &str) -> Query {
    let tokens = Analyzer::english().tokens(terms).into_iter();
    Query { terms: tokens.map(|token| QueryTerm { term: token.term, weight: 1.0 }).collect(), document: None }
}

fn search(snapshot: &IndexSnapshot, terms: &str) -> Vec<Candidate> {
    snapshot.search(&query(terms), &FieldBoosts::default(), 100).unwrap()
}

#[test]
fn what_was_added_reads_back_the_same() {
    let root = tempfile::tempdir().unwrap();
    let documents = corpus();
    let manifest = build(root.path(), &documents);
    let snapshot = IndexSnapshot::open(root.path()).unwrap();
    assert_eq!(snapshot.manifest(), &manifest);
    assert_eq!(inspect(root.path()).unwrap(), manifest);
    assert_eq!((snapshot.documents(), snapshot.passages()), (3, 5));
    for (at, document) in documents.iter().enumerate() {
        // Twice: decoded, then from the cache.
        for _ in 0..2 {
            assert_eq!(snapshot.document(at as u32).unwrap().as_ref(), document);
        }
        assert_eq!(snapshot.ordinal(&document.id), Some(at as u32));
    }
    assert_eq!(snapshot.ordinal(&DocumentId::new("aa.md").unwrap()), None);
    assert!(matches!(snapshot.document(3), Err(IndexError::NoDocument { ordinal: 3, documents: 3 })));
}

#[test]
fn summaries_are_listed_from_anywhere() {
    let root = tempfile::tempdir().unwrap();
    build(root.path(), &corpus());
    let snapshot = IndexSnapshot::open(root.path()).unwrap();
    let ids = |from, limit| -> Vec<String> {
        let listed = snapshot.summaries(from, limit).unwrap();
        listed.into_iter().map(|summary| summary.id.to_string()).collect()
    };
    assert_eq!(ids(0, 100), ["b.md", "empty.md", "a.md"]);
    assert_eq!(ids(1, 1), ["empty.md"]);
    assert_eq!(ids(3, usize::MAX), [""; 0]);
    assert_eq!(ids(u32::MAX, 1), [""; 0]);
    assert_eq!(snapshot.summaries(2, 1).unwrap()[0].title, "Coffee");
}

#[test]
fn an_empty_corpus_makes_an_index_that_finds_nothing() {
    let root = tempfile::tempdir().unwrap();
    for documents in [vec![], vec![document("empty.md", "Nothing", "")]] {
        build(root.path(), &documents);
        let snapshot = IndexSnapshot::open(root.path()).unwrap();
        assert_eq!(snapshot.passages(), 0);
        assert_eq!(search(&snapshot, "tea"), []);
        assert_eq!(snapshot.document_frequency("nothing"), 0);
    }
}

#[test]
fn the_same_corpus_has_the_same_revision_and_any_change_another() {
    let root = tempfile::tempdir().unwrap();
    let documents = corpus();
    let first = build(root.path(), &documents);
    let other = tempfile::tempdir().unwrap();
    let config = IndexConfig { writer_memory_bytes: 1, document_cache_bytes: 0 };
    assert_eq!(build_with(other.path(), &documents, &config).revision, first.revision);

    let reordered = [documents[2].clone(), documents[0].clone(), documents[1].clone()];
    assert_ne!(build(root.path(), &reordered).revision, first.revision);
    let mut changed = documents;
    changed[0].metadata.title.push('!');
    assert_ne!(build(root.path(), &changed).revision, first.revision);
}

#[test]
fn another_ingest_configuration_has_another_fingerprint() {
    let default = crate::ingest::IngestConfig::default();
    let other = crate::ingest::IngestConfig { max_passage_words: 7, ..default.clone() };
    assert_eq!(fingerprint(&default), fingerprint(&default.clone()));
    assert_ne!(fingerprint(&default), fingerprint(&other));
}

#[test]
fn an_id_can_be_added_once() {
    let root = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(root.path(), &IndexConfig::default()).unwrap();
    writer.add(&corpus()[0]).unwrap();
    assert!(matches!(writer.add(&corpus()[0]), Err(IndexError::Duplicate { .. })));
}
