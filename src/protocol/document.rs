//! Documents on the wire.

use serde::{Deserialize, Serialize};

use crate::document::{Document, Section};
use crate::index::DocumentSummary;

/// One page of the list of documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentList {
    /// In the order of their ids.
    pub documents: Vec<DocumentItem>,
    /// How many there are in all.
    pub total: u64,
    /// `from` of the next page, if there is one.
    pub next: Option<usize>,
}

/// A document in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentItem {
    /// Corpus-relative path, with `#` and the record for JSON lines.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Hash of the source.
    pub revision: String,
    /// Where it is published.
    pub url: Option<String>,
}

/// A document with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentBody {
    /// As in the list.
    #[serde(flatten)]
    pub item: DocumentItem,
    /// BCP 47.
    pub language: Option<String>,
    /// Date of review that it gives.
    pub reviewed: Option<String>,
    /// The canonical text, which every `bytes` points into.
    pub text: String,
    /// Headed parts in text order.
    pub sections: Vec<SectionBody>,
    /// The document's own list of references.
    pub bibliography: Vec<BibliographyBody>,
    /// Where each page begins, in bytes of `text`; left out for a format without pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<usize>,
}

/// A headed part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionBody {
    /// The heading, verbatim.
    pub heading: String,
    /// 1 for the outermost.
    pub level: u8,
    /// Place of the section it lies in.
    pub parent: Option<u32>,
    /// From the heading to its end, half-open, in bytes of `text`.
    pub bytes: (usize, usize),
    /// Name for links in the page.
    pub anchor: String,
}

/// An entry of the list of references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BibliographyBody {
    /// How the text refers to it.
    pub label: String,
    /// The entry, verbatim.
    pub text: String,
    /// First web address in it.
    pub url: Option<String>,
    /// First digital object identifier in it.
    pub doi: Option<String>,
}

impl From<DocumentSummary> for DocumentItem {
    fn from(summary: DocumentSummary) -> Self {
        Self {
            id: summary.id.into(),
            title: summary.title,
            revision: summary.revision.to_string(),
            url: summary.url,
        }
    }
}

impl From<&Document> for DocumentItem {
    fn from(document: &Document) -> Self {
        Self {
            id: document.id.to_string(),
            title: document.metadata.title.clone(),
            revision: document.revision.to_string(),
            url: document.metadata.url.clone(),
        }
    }
}

impl SectionBody {
    /// `section` of `document`.
    #[must_use]
    pub fn new(document: &Document, section: &Section) -> Self {
        Self {
            heading: document.slice(section.heading).to_owned(),
            level: section.level,
            parent: section.parent,
            bytes: section.body.into(),
            anchor: section.anchor.clone(),
        }
    }
}

impl From<&Document> for DocumentBody {
    fn from(document: &Document) -> Self {
        let metadata = &document.metadata;
        let sections = document.sections.iter().map(|section| SectionBody::new(document, section));
        let bibliography = document.bibliography.iter().map(|entry| BibliographyBody {
            label: entry.label.clone(),
            text: document.slice(entry.span).to_owned(),
            url: entry.url.clone(),
            doi: entry.doi.clone(),
        });
        Self {
            item: DocumentItem::from(document),
            language: metadata.language.clone(),
            reviewed: metadata.reviewed.clone(),
            text: document.text.clone(),
            sections: sections.collect(),
            bibliography: bibliography.collect(),
            pages: document.pages.clone(),
        }
    }
}
