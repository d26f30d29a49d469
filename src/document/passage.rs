//! Passages and groups: what can be found and quoted.

use serde::{Deserialize, Serialize};

use super::{Document, InvalidDocument, SectionIndex, check_span};
use crate::text::Span;

/// What kind of text a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// Running text.
    Prose,
    /// A list item, or a paragraph that continues one.
    ListItem,
    /// A row of a table.
    TableRow,
    /// An answer under its question; the question is the passage's `context`.
    QuestionAndAnswer,
}

/// The unit of finding: a slice of the document that stands for one thought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// What kind of text it is.
    pub kind: PassageKind,
    /// Where it stands. Its text is stored nowhere else.
    pub span: Span,
    /// The innermost section it stands in.
    pub section: Option<SectionIndex>,
    /// Its sentences, ascending, without overlap; together they hold all of it but white space.
    pub sentences: Vec<Span>,
    /// Text elsewhere in the document that belongs with it: the lead-in of its list, the header row of
    /// its table, the question that it answers.
    pub context: Option<Span>,
    /// Place in [`Document::groups`] of the list, table or section that it is quoted with.
    pub group: Option<u32>,
}

/// What a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// A list with its lead-in.
    List,
    /// A table with its header row.
    Table,
    /// The passages directly under one heading.
    Section,
}

/// Neighbouring passages that can be quoted whole when they are short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What it is.
    pub kind: GroupKind,
    /// From its lead-in, header row or first passage to the end of its last passage.
    pub span: Span,
    /// The lead-in or header row, where there is one; it lies in `span`.
    pub lead_in: Option<Span>,
    /// First passage, place in [`Document::passages`].
    pub first: u32,
    /// One past the last passage.
    pub end: u32,
}

pub(super) fn check(document: &Document) -> Result<(), InvalidDocument> {
    let text = &document.text;
    let mut end = 0;
    for (at, passage) in document.passages.iter().enumerate() {
        check_span(text, "passage", at, passage.span)?;
        if passage.span.start() < end {
            return Err(InvalidDocument::Order { part: "passage", at });
        }
        end = passage.span.end();
        check_sentences(text, at, passage)?;
        if let Some(context) = passage.context {
            check_span(text, "passage", at, context)?;
        }
        if passage.section.is_some_and(|section| section as usize >= document.sections.len()) {
            return Err(InvalidDocument::Dangling { part: "passage", at, target: "section" });
        }
        if passage.group.is_some_and(|group| group as usize >= document.groups.len()) {
            return Err(InvalidDocument::Dangling { part: "passage", at, target: "group" });
        }
    }
    for (at, group) in document.groups.iter().enumerate() {
        check_span(text, "group", at, group.span)?;
        if group.first > group.end || group.end as usize > document.passages.len() {
            return Err(InvalidDocument::Dangling { part: "group", at, target: "passage" });
        }
    }
    Ok(())
}

fn check_sentences(text: &str, at: usize, passage: &Passage) -> Result<(), InvalidDocument> {
    let mut end = passage.span.start();
    for &sentence in &passage.sentences {
        check_span(text, "sentence of passage", at, sentence)?;
        if sentence.start() < end || !passage.span.contains(sentence) {
            return Err(InvalidDocument::Order { part: "sentence of passage", at });
        }
        end = sentence.end();
    }
    Ok(())
}
