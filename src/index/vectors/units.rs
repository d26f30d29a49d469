//! Which texts of a document are encoded.

use crate::document::{Document, Passage, PassageKind};
use crate::text::Span;

/// Version of the choice of texts: raised whenever a document gives other texts than before.
pub const UNITS_VERSION: u32 = 1;

/// Bytes of the headings above a passage, and of its lead-in or question, that are encoded with it. They
/// stand before each passage of a section or list, so without a bound one long heading would make the
/// work quadratic.
const MAX_SHARED_BYTES: usize = 400;

/// The texts of one passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Units<'a> {
    /// Headings, lead-in and the passage itself.
    pub(super) body: String,
    /// The question that it answers, or title and headings.
    pub(super) heading: String,
    /// Its sentences where it has several; else none.
    pub(super) sentences: Vec<&'a str>,
}

/// The texts of each passage of `document`, in order.
pub(super) fn units(document: &Document, sentences: bool) -> impl Iterator<Item = Units<'_>> {
    document.passages.iter().map(move |passage| of_passage(document, passage, sentences))
}

fn of_passage<'a>(document: &'a Document, passage: &Passage, sentences: bool) -> Units<'a> {
    let path = document.section_path(passage.section);
    let title = document.metadata.title.as_str();
    let slice = |span: &Span| document.slice(*span).trim();
    let context = cut(passage.context.as_ref().map_or("", slice));
    let above = if path.is_empty() { title.to_owned() } else { path.join(", ") };
    let body = [cut(&above), context, slice(&passage.span)];
    let body = match body.map(str::trim) {
        [above, "", text] => format!("{above}: {text}"),
        [above, context, text] => format!("{above}: {context} {text}"),
    };
    let question = document.metadata.question.as_deref().filter(|question| !question.trim().is_empty());
    let own = Some(context).filter(|own| passage.kind == PassageKind::QuestionAndAnswer && !own.is_empty());
    let heading = match own.or(question) {
        Some(question) => cut(question).to_owned(),
        None if path.first().is_none_or(|first| *first == title) => cut(&above).to_owned(),
        None => cut(&format!("{title}: {above}")).to_owned(),
    };
    let several = sentences && passage.sentences.len() > 1;
    let own = if several { passage.sentences.iter().map(slice).collect() } else { Vec::new() };
    Units { body, heading, sentences: own }
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_SHARED_BYTES)).unwrap_or(text)
}
