//! What can be open while a story is read.

use crate::ingest::docx::line::Line;
use crate::ingest::docx::piece::Piece;
use crate::ingest::docx::styles::Format;

/// The code of a field that writes the table of contents.
const CONTENTS: &str = "TOC";
/// Longest code of a field that is kept, in bytes: its first word tells what it is, and is looked for with every piece of
/// text in the field.
const MAX_CODE: usize = 200;

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
    /// A field whose code is whole, with its result in it.
    pub(super) fn of_code(code: &str) -> Self {
        let mut field = Self { in_result: true, ..Self::default() };
        field.add_code(code);
        field
    }

    /// Adds to the code as much as is kept of it.
    pub(super) fn add_code(&mut self, code: &str) {
        let code = if self.code.is_empty() { code.trim_start() } else { code };
        let room = MAX_CODE.saturating_sub(self.code.len());
        self.code.push_str(code.get(..code.floor_char_boundary(room)).unwrap_or_default());
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_code_is_kept_however_it_comes() {
        let mut field = Field::default();
        ["  TO", "C \\h", &"\u{e9}".repeat(MAX_CODE), "more"].iter().for_each(|part| field.add_code(part));
        assert!(field.is_contents() && !field.in_result);
        assert!((MAX_CODE - 1..=MAX_CODE).contains(&field.code.len()), "{}", field.code);
        let whole = Field::of_code(&(" ".repeat(1_000) + "TOC" + &"x".repeat(1_000)));
        assert_eq!((whole.code.len(), whole.in_result), (MAX_CODE, true));
    }
}
