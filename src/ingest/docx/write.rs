//! Pieces to the canonical text and its blocks.

use super::note::Notes;
use super::piece::{Item, Paragraph, Piece, Role};
use super::symbol::is_bullet;
use crate::ingest::draft::{Draft, DraftKind};
use crate::ingest::field;
use crate::ingest::writer::Writer;

/// Name in the report of the table of contents.
const CONTENTS: &str = "word table of contents";
/// How much further an item of another list is indented that lies in the item before, in twentieths of a point.
const DEEPER: i32 = 120;
/// Longest heading that is told by its bold type alone, in words.
const MAX_HEADING_WORDS: usize = 12;
/// Longest heading that is told by its bold type alone, in bytes.
const MAX_HEADING: usize = 120;
/// The level of such a heading.
const BOLD_LEVEL: u8 = 2;
/// Longest number of an item that was typed, in bytes.
const MAX_TYPED: usize = 6;

/// What was written.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) draft: Draft,
    /// What the document says its title is, in its text.
    pub(super) title: Option<String>,
    /// Whether there is anything but a table of contents.
    pub(super) has_content: bool,
}

/// Writes the pieces, then the notes that they refer to.
pub(super) fn write(mut pieces: Vec<Piece>, notes: &Notes) -> Written {
    pieces.iter_mut().for_each(find_typed_item);
    let has_headings = pieces.iter().any(is_marked_heading);
    if !has_headings {
        find_bold_headings(&mut pieces);
    }
    let title = pieces.iter().find_map(title_of);
    let below_title = u8::from(pieces.iter().any(|piece| title_of(piece).is_some()));
    let mut out = Out { has_headings, below_title, ..Out::default() };
    pieces.iter().for_each(|piece| out.piece(piece));
    for (label, text) in notes.referred() {
        let kind = DraftKind::Note { label: label.to_owned() };
        out.writer.block(kind, &format!("{label}. "), text, None);
    }
    let has_content = out.writer.has_content();
    Written { draft: out.writer.finish(), title, has_content }
}

#[derive(Debug, Default)]
struct Out {
    writer: Writer,
    /// The items that the one before lies in, itself last.
    items: Vec<Item>,
    has_headings: bool,
    /// By how much headings are deeper than they say: the title is above them.
    below_title: u8,
}

impl Out {
    fn piece(&mut self, piece: &Piece) {
        match piece {
            Piece::Rows(rows) => {
                self.items.clear();
                rows.iter().for_each(|row| self.writer.block(DraftKind::TableRow, "", row, None));
            }
            Piece::Paragraph(paragraph) => self.paragraph(paragraph),
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph) {
        let text = paragraph.line.text.as_str();
        match &paragraph.role {
            Role::Item(item) => return self.item(item, paragraph),
            Role::Continued if !self.items.is_empty() => {
                return self.writer.block(DraftKind::Paragraph { depth: self.depth() }, "", text, None);
            }
            _ => self.items.clear(),
        }
        match &paragraph.role {
            Role::Title => self.heading(1, None, text),
            Role::Heading { level, number } => {
                self.heading(level.saturating_add(self.below_title).min(6), number.as_deref(), text);
            }
            Role::Contents => {
                let kind = DraftKind::Boilerplate { pattern: CONTENTS.to_owned() };
                self.writer.block(kind, "", &text.replace('\n', " "), None);
            }
            Role::Item(_) | Role::Continued | Role::Text => {
                let asks = self.has_headings && paragraph.line.is_strong() && text.ends_with('?');
                let kind = if asks { DraftKind::Question } else { DraftKind::Paragraph { depth: 0 } };
                self.writer.block(kind, "", text, None);
            }
        }
    }

    fn heading(&mut self, level: u8, number: Option<&str>, text: &str) {
        let marker = number.map(|number| format!("{number} ")).unwrap_or_default();
        self.writer.block(DraftKind::Heading { level }, &marker, &text.replace('\n', " "), None);
    }

    fn item(&mut self, item: &Item, paragraph: &Paragraph) {
        while self.items.pop_if(|above| !lies_in(item, above)).is_some() {}
        self.items.push(item.clone());
        let kind = DraftKind::Item { depth: self.depth(), label: item.label.clone() };
        self.writer.block(kind, &format!("{} ", item.marker), &paragraph.line.text, run_in(paragraph));
    }

    fn depth(&self) -> u8 {
        u8::try_from(self.items.len()).unwrap_or(u8::MAX)
    }
}

/// Whether an item lies in the one above: in the same list by its level, else by its indentation.
fn lies_in(item: &Item, above: &Item) -> bool {
    if item.list == above.list {
        item.level > above.level
    } else {
        item.indent > above.indent.saturating_add(DEEPER)
    }
}

/// The length of a strong beginning that ends in `.` or `:`, that mark left out.
fn run_in(paragraph: &Paragraph) -> Option<usize> {
    let (strong, after) = paragraph.line.text.split_at_checked(paragraph.line.strong?)?;
    let words = strong.trim_end().trim_end_matches(['.', ':']);
    let is_closed = words.len() < strong.trim_end().len() || after.starts_with(['.', ':']);
    Some(words.len()).filter(|&len| is_closed && len > 0)
}

fn is_marked_heading(piece: &Piece) -> bool {
    matches!(piece, Piece::Paragraph(Paragraph { role: Role::Heading { .. }, .. }))
}

fn title_of(piece: &Piece) -> Option<String> {
    match piece {
        Piece::Paragraph(Paragraph { role: Role::Title, line }) => field::title(&line.text),
        _ => None,
    }
}

/// Takes a paragraph for an item of a list that begins with a bullet, or with a tab after a dash or a number.
fn find_typed_item(piece: &mut Piece) {
    let Piece::Paragraph(paragraph) = piece else { return };
    if !matches!(paragraph.role, Role::Text | Role::Continued) {
        return;
    }
    let line = &paragraph.line;
    let head = line.head.and_then(|head| line.text.get(..head)).unwrap_or_default();
    let begin = line.text.chars().next().filter(|&c| is_bullet(c)).map(char::len_utf8);
    let is_dash = matches!(head, "-" | "–" | "—" | "*" | "o");
    let label = typed_number(head);
    let marker = match begin {
        Some(begin) => begin,
        None if is_dash || label.is_some() => head.len(),
        None => return,
    };
    let text = line.text.get(marker..).unwrap_or_default();
    let rest = text.trim_start();
    if rest.is_empty() {
        return;
    }
    let taken = line.text.len() - rest.len();
    let strong = line.strong.and_then(|end| end.checked_sub(taken)).filter(|&end| end > 0);
    let marker = if label.is_some() { head.to_owned() } else { "•".to_owned() };
    let item = Item { marker, label, list: String::new(), level: 0, indent: 0 };
    let line = super::line::Finished { text: rest.to_owned(), strong, head: None };
    *paragraph = Paragraph { line, role: Role::Item(item) };
}

/// The number of `3.`, `b)` or `(iv)`.
fn typed_number(head: &str) -> Option<String> {
    let bare = head.trim_start_matches('(').trim_end_matches(['.', ')']);
    let is_closed = bare.len() < head.len() && head.ends_with(['.', ')']);
    let is_number = bare.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = bare.len() == 1 || bare.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
    let fits = (1..=MAX_TYPED).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_closed && fits && (is_number || is_letter)).then(|| bare.to_owned())
}

/// Makes headings of the short bold paragraphs that stand above text, in a document that marks none otherwise. Two in a
/// row are the title and the first heading only where the document begins; more of them are a notice in bold type.
fn find_bold_headings(pieces: &mut [Piece]) {
    let candidates: Vec<bool> = pieces.iter().map(may_be_heading).collect();
    let bold = candidates.iter().filter(|is_candidate| **is_candidate).count();
    if bold > pieces.len() - bold + 1 {
        return;
    }
    let is_candidate = |at: Option<usize>| at.and_then(|at| candidates.get(at)).copied().unwrap_or_default();
    let first = pieces.iter().position(|piece| !is_title(piece)).unwrap_or_default();
    let has_title = pieces.iter().any(is_title);
    for (at, piece) in pieces.iter_mut().enumerate().filter(|(at, _)| is_candidate(Some(*at))) {
        let Some(below) = candidates.get(at + 1) else { continue };
        let is_title = at == first && !has_title && bold > 1;
        let heads_text = !below && (!is_candidate(at.checked_sub(1)) || at == first + 1);
        let heads_heading = is_title && *below && !is_candidate(Some(at + 2));
        let Piece::Paragraph(paragraph) = piece else { continue };
        if heads_text || heads_heading {
            let asks = paragraph.line.text.ends_with('?');
            let level = if is_title && !asks { 1 } else { BOLD_LEVEL };
            paragraph.role = Role::Heading { level, number: None };
        }
    }
}

fn is_title(piece: &Piece) -> bool {
    title_of(piece).is_some()
}

/// Whether a piece is a short paragraph outside lists, wholly bold, and no sentence.
fn may_be_heading(piece: &Piece) -> bool {
    let Piece::Paragraph(Paragraph { line, role: Role::Text }) = piece else { return false };
    let text = line.text.as_str();
    line.is_strong()
        && text.len() <= MAX_HEADING
        && text.split_whitespace().count() <= MAX_HEADING_WORDS
        && text.contains(char::is_alphabetic)
        && !text.contains('\n')
        && !text.ends_with(['.', '!', ',', ';', ':'])
}
