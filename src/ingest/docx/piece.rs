//! What a document is made of, one after the other, before it is written.

use super::line::Finished;

/// A paragraph, or a table as the lines of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Paragraph(Paragraph),
    Rows(Vec<String>),
}

/// A paragraph with text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) line: Finished,
    pub(super) role: Role,
}

/// What a paragraph is to those around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Names the document.
    Title,
    /// A heading; `level` is 1 for the outermost, `number` what Word shows before it.
    Heading { level: u8, number: Option<String> },
    /// An item of a list.
    Item(Item),
    /// Text without a number in the style of lists: it goes on with the item before it.
    Continued,
    /// A line of the table of contents.
    Contents,
    /// Anything else.
    Text,
}

/// Where an item belongs, and what stands before its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) marker: String,
    pub(super) label: Option<String>,
    /// The list that it is counted in.
    pub(super) list: String,
    /// The level in that list, from 0.
    pub(super) level: u8,
    /// The left indentation in twentieths of a point.
    pub(super) indent: i32,
}

impl Piece {
    /// Whether it is a heading of the document or of a part of it.
    pub(super) fn is_heading(&self) -> bool {
        let Self::Paragraph(paragraph) = self else { return false };
        matches!(paragraph.role, Role::Title | Role::Heading { .. })
    }

    fn lines(&self) -> Vec<&str> {
        match self {
            Self::Paragraph(paragraph) => paragraph.line.text.split('\n').collect(),
            Self::Rows(rows) => rows.iter().map(String::as_str).collect(),
        }
    }
}

/// The text of `pieces` on one line; they are told apart by punctuation.
pub(super) fn flatten(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for line in pieces.iter().flat_map(Piece::lines).filter(|line| !line.trim().is_empty()) {
        if text.ends_with(char::is_alphanumeric) {
            text.push(',');
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line.trim());
    }
    text
}
