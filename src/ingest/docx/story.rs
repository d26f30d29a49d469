//! A part with text (the document, its footnotes, its endnotes) to pieces.
//!
//! The part is walked once, without a tree. What is open, be it a paragraph, a table, a text box or a field, lies on
//! stacks, so that nesting costs no recursion. What Word does not show is left out: deleted and hidden text, the codes
//! of fields, placeholders, the second form of what is stored in two.

mod format;
mod frame;
mod text;

use self::frame::{Control, Field, OpenParagraph, Run, Tag};
use super::note::{Key, Kind, Notes};
use super::numbering::Numbering;
use super::package;
use super::piece::{Paragraph, Piece, Role, flatten};
use super::styles::Styles;
use super::table::{self, Cell, Row, Table};
use super::xml::{self, Element, Step};
use crate::ingest::report::SkipReason;

/// Not shown, or an earlier state of what is shown.
const LEFT_OUT: &[&str] = &[
    "cellDel",
    "del",
    "delInstrText",
    "delText",
    "moveFrom",
    "numberingChange",
    "pPrChange",
    "rPrChange",
    "rt",
    "sectPr",
    "tblGrid",
    "tblPrChange",
    "tblPrExChange",
    "tcPrChange",
    "trPrChange",
];

/// What the stories of a document share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) styles: Styles,
    pub(super) numbering: Numbering,
    pub(super) notes: Notes,
    /// Whether a picture or another object has been met.
    pub(super) has_pictures: bool,
}

/// Reads the part with the document.
///
/// # Errors
/// [`SkipReason::Malformed`] for what is no XML, or the document of another program.
pub(super) fn document(source: &str, part: &str, shared: &mut Shared) -> Result<Vec<Piece>, SkipReason> {
    let mut reader = Reader::new(shared, None);
    let mut root = None;
    xml::walk(source, part, |step| {
        if let (None, Step::Open(element)) = (&root, &step) {
            root = Some(element.name().to_owned());
        }
        reader.step(step)
    })?;
    let pieces = reader.finish();
    if root.as_deref() == Some("document") { Ok(pieces) } else { Err(package::no_word()) }
}

/// Reads a part with notes into the notes of `shared`.
///
/// # Errors
/// [`SkipReason::Malformed`] for what is no XML.
pub(super) fn notes(source: &str, part: &str, kind: Kind, shared: &mut Shared) -> Result<(), SkipReason> {
    let mut reader = Reader::new(shared, Some(kind));
    xml::walk(source, part, |step| reader.step(step))
}

#[derive(Debug)]
struct Reader<'s> {
    shared: &'s mut Shared,
    /// The kind of the notes that are read; `None` for the document.
    kind: Option<Kind>,
    note: Option<Key>,
    open: Vec<Tag>,
    /// Where pieces go: the document, then the open cells and text boxes. Never empty.
    sinks: Vec<Vec<Piece>>,
    paragraphs: Vec<OpenParagraph>,
    /// A paragraph whose end is deleted.
    joined: Option<OpenParagraph>,
    runs: Vec<Run>,
    tables: Vec<Table>,
    fields: Vec<Field>,
    controls: Vec<Control>,
    /// For what stands in several forms, whether one has been read.
    forms: Vec<bool>,
    /// The note whose mark is the text that follows.
    marked: Option<Key>,
    /// How many exponents of formulas are open.
    raised: usize,
}

impl<'s> Reader<'s> {
    fn new(shared: &'s mut Shared, kind: Option<Kind>) -> Self {
        Self {
            shared,
            kind,
            note: None,
            open: Vec::new(),
            sinks: vec![Vec::new()],
            paragraphs: Vec::new(),
            joined: None,
            runs: Vec::new(),
            tables: Vec::new(),
            fields: Vec::new(),
            controls: Vec::new(),
            forms: Vec::new(),
            marked: None,
            raised: 0,
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.write_joined();
        self.sinks.into_iter().next().unwrap_or_default()
    }

    fn step(&mut self, step: Step<'_>) -> bool {
        match step {
            Step::Open(element) => {
                let Some(tag) = self.open(&element) else { return false };
                self.open.push(tag);
            }
            Step::Close => {
                if let Some(tag) = self.open.pop() {
                    self.close(tag);
                }
            }
            Step::Text(text) => match self.open.last() {
                Some(Tag::Text) => self.text(text),
                Some(Tag::Code) => self.code(text),
                _ => {}
            },
        }
        true
    }

    /// Takes the beginning of an element and says what it is to those in it; `None` where they are left out.
    fn open(&mut self, element: &Element<'_>) -> Option<Tag> {
        let (name, around) = (element.name(), self.open.last().copied());
        match around {
            Some(Tag::ParagraphFormat | Tag::MarkFormat) => return self.open_in_paragraph_format(element),
            Some(Tag::RunFormat) => self.run_format(element),
            Some(Tag::Run) if self.open_in_run(element) => return Some(Tag::Other),
            Some(Tag::TableFormat | Tag::RowFormat | Tag::CellFormat) => self.table_format(element),
            _ => {}
        }
        if LEFT_OUT.contains(&name) {
            return None;
        }
        match (around, name) {
            (_, "p") => self.open_paragraph(),
            (Some(Tag::Paragraph), "pPr") => return Some(Tag::ParagraphFormat),
            (Some(Tag::Run), "rPr") => return Some(Tag::RunFormat),
            (_, "pPr" | "rPr") => return None,
            (_, "r") => self.runs.push(Run::default()),
            (_, "t") => return Some(Tag::Text),
            (_, "instrText") => return Some(Tag::Code),
            (_, "fldSimple") => {
                let code = element.attribute("instr").unwrap_or_default();
                self.fields.push(Field::of_code(&code));
            }
            (_, "tbl") => {
                self.write_joined();
                self.tables.push(Table::default());
            }
            (Some(Tag::Table), "tblPr") => return Some(Tag::TableFormat),
            (Some(Tag::Row), "trPr") => return Some(Tag::RowFormat),
            (Some(Tag::Cell), "tcPr") => return Some(Tag::CellFormat),
            (_, "tr") => self.table()?.rows.push(Row::default()),
            (_, "tc") => {
                self.row()?.cells.push(Cell::default());
                self.sinks.push(Vec::new());
            }
            (_, "txbxContent") => self.sinks.push(Vec::new()),
            (_, "AlternateContent") => self.forms.push(false),
            (Some(Tag::Forms), "Choice" | "Fallback") if std::mem::replace(self.forms.last_mut()?, true) => {
                return None;
            }
            (_, "sdt") => self.controls.push(Control::default()),
            (_, "sdtContent") if self.controls.last().is_some_and(|control| control.is_placeholder) => {
                return None;
            }
            (_, "showingPlcHdr") => self.controls.last_mut()?.is_placeholder = element.is_on(),
            (_, "docPartGallery") => {
                self.controls.last_mut()?.is_contents =
                    element.value().as_deref() == Some("Table of Contents");
            }
            (_, "drawing" | "pict" | "object") => self.shared.has_pictures = true,
            (_, "footnote" | "endnote") if self.kind.is_none() => return Some(Tag::Other),
            (_, "footnote" | "endnote") => self.open_note(element),
            (_, "sup") => self.raised += 1,
            (_, "den") => self.write(|line, is_bold| line.push("/", is_bold)),
            (_, "d") => self.write(|line, is_bold| line.push("(", is_bold)),
            _ => {}
        }
        Some(Tag::of(name))
    }

    fn close(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph => self.close_paragraph(),
            Tag::Run => {
                self.runs.pop();
                self.marked = None;
            }
            Tag::Field => {
                self.fields.pop();
            }
            Tag::Table => {
                self.write_joined();
                if let Some(table) = self.tables.pop() {
                    table::read(table, &self.shared.styles).into_iter().for_each(|piece| self.emit(piece));
                }
            }
            Tag::Cell => {
                let pieces = self.close_sink();
                if let Some(cell) = self.cell() {
                    cell.pieces = pieces;
                }
            }
            Tag::TextBox => {
                let pieces = self.close_sink();
                pieces.into_iter().for_each(|piece| self.emit(piece));
            }
            Tag::Raised => self.raised = self.raised.saturating_sub(1),
            Tag::Bracket => self.write(|line, is_bold| line.push(")", is_bold)),
            Tag::Forms => {
                self.forms.pop();
            }
            Tag::Control => {
                self.controls.pop();
            }
            Tag::Note => {
                let pieces = self.close_sink();
                if let Some(key) = self.note.take() {
                    self.shared.notes.add(key, flatten(&pieces));
                }
            }
            _ => {}
        }
    }

    fn table(&mut self) -> Option<&mut Table> {
        self.tables.last_mut()
    }

    fn row(&mut self) -> Option<&mut Row> {
        self.table()?.rows.last_mut()
    }

    fn cell(&mut self) -> Option<&mut Cell> {
        self.row()?.cells.last_mut()
    }

    fn open_paragraph(&mut self) {
        let sink = self.sinks.len();
        let before = self.joined.take_if(|joined| joined.sink == sink);
        self.write_joined();
        let before = before.unwrap_or_default();
        let OpenParagraph { line, boxes, is_contents, .. } = before;
        self.paragraphs.push(OpenParagraph { line, boxes, is_contents, sink, ..OpenParagraph::default() });
    }

    fn close_paragraph(&mut self) {
        // A field whose code has not ended with its paragraph would swallow the rest of the document.
        while self.fields.pop_if(|field| !field.in_result).is_some() {}
        let Some(paragraph) = self.paragraphs.pop() else { return };
        if paragraph.is_joined {
            self.joined = Some(paragraph);
        } else {
            self.write_paragraph(paragraph);
        }
    }

    fn write_joined(&mut self) {
        if let Some(paragraph) = self.joined.take() {
            self.write_paragraph(paragraph);
        }
    }

    fn write_paragraph(&mut self, mut paragraph: OpenParagraph) {
        let line = paragraph.line.take();
        let role = self.role(&paragraph);
        if matches!(role, Role::Title | Role::Heading { .. }) && !line.text.is_empty() {
            // No heading stands in a table of contents: its end is missing.
            self.fields.retain(|field| !field.is_contents());
        }
        if !line.text.is_empty() {
            self.emit(Piece::Paragraph(Paragraph { line, role }));
        }
        paragraph.boxes.into_iter().for_each(|piece| self.emit(piece));
    }

    /// Puts a piece where it belongs: behind the open paragraph that it stands in, or into the innermost sink.
    fn emit(&mut self, piece: Piece) {
        let sink = self.sinks.len();
        let around = self.paragraphs.last_mut().filter(|paragraph| paragraph.sink == sink);
        let place = around.map(|paragraph| &mut paragraph.boxes).or_else(|| self.sinks.last_mut());
        if let Some(place) = place {
            place.push(piece);
        }
    }

    fn close_sink(&mut self) -> Vec<Piece> {
        self.write_joined();
        if self.sinks.len() > 1 { self.sinks.pop().unwrap_or_default() } else { Vec::new() }
    }

    fn open_note(&mut self, element: &Element<'_>) {
        let is_text = matches!(element.attribute("type").as_deref(), None | Some("normal"));
        let id = element.attribute("id").filter(|_| is_text);
        self.note = self.kind.zip(id);
        self.sinks.push(Vec::new());
    }
}
