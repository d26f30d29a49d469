//! What can be open while a story is read.

use crate::ingest::docx::line::Line;
use crate::ingest::docx::piece::Piece;
use crate::ingest::docx::styles::Format;

/// The code of a field that writes the table of contents.
const CONTENTS: &str = "TOC";

/// What an open element is to those in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Paragraph,
    ParagraphFormat,
    /// The format of the mark that ends a paragraph.
    MarkFormat,
    Run,
    RunFormat,
    Text,
    Code,
    Field,
    Table,
    TableFormat,
    Row,
    RowFormat,
    Cell,
    CellFormat,
    TextBox,
    /// The same in several forms.
    Forms,
    Control,
    Note,
    /// The exponent of a formula.
    Raised,
    /// A formula in brackets.
    Bracket,
    Other,
}

#[derive(Debug, Default)]
pub(super) struct OpenParagraph {
    pub(super) style: Option<String>,
    pub(super) format: Format,
    pub(super) line: Line,
    /// Whether all of its text stands in the table of contents; `None` before any.
    pub(super) is_contents: Option<bool>,
    /// Whether its end is deleted, so that the next paragraph goes on with it.
    pub(super) is_joined: bool,
    /// What text boxes in it hold.
    pub(super) boxes: Vec<Piece>,
    /// How many sinks were open when it began.
    pub(super) sink: usize,
}

#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) style: Option<String>,
    pub(super) format: Format,
    pub(super) font: String,
}

#[derive(Debug, Default)]
pub(super) struct Field {
    pub(super) code: String,
    pub(super) in_result: bool,
}

impl Field {
    pub(super) fn is_contents(&self) -> bool {
        self.code.split_whitespace().next() == Some(CONTENTS)
    }
}

/// A content control.
#[derive(Debug, Default)]
pub(super) struct Control {
    pub(super) is_placeholder: bool,
    pub(super) is_contents: bool,
}

impl Tag {
    /// What an element of this name is, unless what is around it says otherwise.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "p" => Self::Paragraph,
            "r" => Self::Run,
            "fldSimple" => Self::Field,
            "tbl" => Self::Table,
            "tr" => Self::Row,
            "tc" => Self::Cell,
            "txbxContent" => Self::TextBox,
            "AlternateContent" => Self::Forms,
            "sdt" => Self::Control,
            "footnote" | "endnote" => Self::Note,
            "sup" => Self::Raised,
            "d" => Self::Bracket,
            _ => Self::Other,
        }
    }
}
