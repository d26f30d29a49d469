//! PDF to a draft.
//!
//! The library reads the format and tells which character each code of a font means. [`content`] collects the characters
//! page by page, [`piece`] makes stretches of text of them, [`furniture`] takes out what stands on every page. Of a file
//! that is tagged, [`tags`] reads what it says of its text, and [`tagged`] puts that together. Everything else is judged
//! from where the characters stand: [`layout`] finds columns and, with [`table`] and [`boxes`], tables and boxes,
//! [`block`] makes headings, lists and paragraphs. [`mod@write`] makes the draft. Where a file does not say what its
//! characters mean, its text is left out rather than guessed.

mod block;
mod boxes;
mod content;
mod drawing;
mod file;
mod font;
mod furniture;
mod glyph;
mod heading;
mod join;
mod layout;
mod line;
mod mark;
mod marker;
mod matrix;
mod meaning;
mod meta;
mod piece;
mod role;
mod state;
mod stretch;
mod table;
mod tagged;
mod tagged_table;
#[cfg(test)]
mod tagged_tests;
mod tags;
#[cfg(test)]
mod tests;
mod write;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::Pdf;

use self::block::{Block, PageParts};
use self::content::Limits;
use self::font::Fonts;
use self::furniture::PagePieces;
use self::glyph::{Lines, Sheet};
use self::tagged::TaggedPage;
use self::tags::Tags;
use super::draft::{Draft, DraftKind, DraftNote};
use super::report::SkipReason;

/// Most pages that are read.
const MAX_PAGES: usize = 5_000;
/// A document of which more than one in so many characters is of unknown meaning is not read.
const UNREADABLE: usize = 5;
/// Most lines of a page, and of the document, that are kept of what the file marks as headers and footers.
const MAX_ARTIFACTS: usize = 8;
const MAX_LISTED: usize = 100;
/// Most page numbers that a note lists.
const MAX_LISTED_PAGES: usize = 20;

/// Reads the bytes of a PDF file.
///
/// # Errors
/// [`SkipReason::Malformed`] for a file that is damaged, saved with a password, of pictures alone, of characters whose
/// meaning it does not tell, written from right to left, or too large to be held; [`SkipReason::Empty`] for one
/// without text.
pub(crate) fn parse(bytes: &[u8]) -> Result<Draft, SkipReason> {
    // The library may fail on a file that is broken in a way that it does not expect.
    let damaged = |_| {
        Err(SkipReason::Malformed("it is damaged: open it in a viewer and save it anew as PDF".to_owned()))
    };
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or_else(damaged)
}

fn read(bytes: &[u8]) -> Result<Draft, SkipReason> {
    let pdf = file::open(bytes)?;
    if let Some(tags) = tags::read(&pdf)
        && let Some(draft) = draft(&pdf, read_pages(&pdf, Some(&tags))?, Some(&tags))
    {
        return Ok(draft);
    }
    Ok(draft(&pdf, read_pages(&pdf, None)?, None).unwrap_or_default())
}

/// The draft of what was read; `None` where the tags are not to be believed.
fn draft(pdf: &Pdf, reading: Reading, tags: Option<&Tags>) -> Option<Draft> {
    let Reading { mut pages, lines, stretches, unnamed, artifacts, pictures } = reading;
    let count = pages.len();
    let furniture = furniture::take_out(&mut pages);
    let pages = pages.into_iter().map(|page| page.pieces).zip(lines);
    let mut blocks = match tags {
        None => {
            let parts = |(page, (pieces, lines))| PageParts { page, parts: layout::parts(pieces, &lines) };
            block::blocks(pages.enumerate().map(parts).collect())
        }
        Some(tags) => {
            let page = |((pieces, lines), stretches)| TaggedPage { pieces, stretches, lines };
            tagged::blocks(tags, pages.zip(stretches).map(page).collect(), unnamed)?
        }
    };
    blocks.extend(furniture.into_iter().chain(artifacts).map(|text| left_out(text, count)));
    let mut draft = write::write(blocks, count);
    draft.metadata = meta::read(pdf);
    draft.notes.extend(note_of_pictures(&pictures));
    Some(draft)
}

/// A block for the report, on the last page.
fn left_out(text: String, pages: usize) -> Block {
    let kind = DraftKind::Boilerplate { pattern: "pdf page header or footer".to_owned() };
    Block { kind, text, pages: vec![(0, pages.saturating_sub(1))], bold_len: 0 }
}

/// The pages of a file.
#[derive(Debug, Default)]
struct Reading {
    pages: Vec<PagePieces>,
    lines: Vec<Lines>,
    /// Of each page, the tagged block of each stretch of its text.
    stretches: Vec<Vec<usize>>,
    /// How many letters and figures stand in artifacts that may be text.
    unnamed: usize,
    /// Headers and footers that the file marks as such, each once.
    artifacts: Vec<String>,
    /// The numbers of the pages that are pictures without text, from 1.
    pictures: Vec<usize>,
}

fn read_pages(pdf: &Pdf, tags: Option<&Tags>) -> Result<Reading, SkipReason> {
    let pages = pdf.pages();
    if pages.len() > MAX_PAGES {
        return Err(SkipReason::Malformed(format!("it has more than {MAX_PAGES} pages: split it")));
    }
    let (fonts, mut limits) = (Fonts::default(), Limits::default());
    let mut reading = Reading::default();
    let (mut letters, mut unreadable, mut leftward) = (0, 0, 0);
    for (at, page) in pages.iter().enumerate() {
        let sheet = content::read(page, &fonts, tags, &mut limits)?;
        unreadable += sheet.unreadable;
        letters += sheet.glyphs.iter().filter(|glyph| glyph.c.is_alphanumeric()).count();
        leftward += sheet.glyphs.iter().filter(|glyph| is_leftward(glyph.c)).count();
        let has_text = sheet.glyphs.iter().any(|glyph| glyph.c.is_alphanumeric());
        if sheet.has_pictures && !has_text && sheet.unreadable == 0 {
            reading.pictures.push(at + 1);
        }
        reading.take(sheet);
    }
    refuse(letters, unreadable, leftward, &reading)?;
    Ok(reading)
}

impl Reading {
    fn take(&mut self, sheet: Sheet) {
        let Sheet { height, mut glyphs, artifacts, unnamed, lines, uprights, dots, .. } = sheet;
        self.unnamed += unnamed;
        self.stretches.push(stretch::stretches(&mut glyphs));
        for line in piece::pieces(artifacts, &[]).into_iter().take(MAX_ARTIFACTS).map(|piece| piece.text) {
            if self.artifacts.len() < MAX_LISTED && !self.artifacts.contains(&line) {
                self.artifacts.push(line);
            }
        }
        let mut pieces = piece::pieces(glyphs, &uprights);
        layout::take_bullets(&mut pieces, &dots);
        self.pages.push(PagePieces { height, pieces });
        self.lines.push(lines);
    }
}

/// Refuses a document that could not be quoted word for word.
fn refuse(letters: usize, unreadable: usize, leftward: usize, reading: &Reading) -> Result<(), SkipReason> {
    let malformed = |why: &str| Err(SkipReason::Malformed(why.to_owned()));
    if unreadable * UNREADABLE > letters {
        return malformed(
            "its fonts do not tell which characters they show: save it anew from the program that made it, or run text \
             recognition (OCR) on it",
        );
    }
    if letters == 0 {
        return if reading.pictures.is_empty() {
            Err(SkipReason::Empty)
        } else {
            malformed(
                "its pages are pictures without text: run text recognition (OCR) on it first, or give the text",
            )
        };
    }
    if leftward * 4 > letters {
        return malformed(
            "its text runs from right to left, which is not read from PDF: give the text or a web page",
        );
    }
    Ok(())
}

/// Whether a letter is of a script that is written from right to left.
const fn is_leftward(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}')
}

fn note_of_pictures(pages: &[usize]) -> Option<DraftNote> {
    let listed: Vec<String> = pages.iter().take(MAX_LISTED_PAGES).map(usize::to_string).collect();
    let more = pages.len().saturating_sub(MAX_LISTED_PAGES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (name, are) = if pages.len() == 1 { ("page", "is a picture") } else { ("pages", "are pictures") };
    (!pages.is_empty()).then(|| DraftNote {
        line: None,
        detail: format!(
            "{name} {}{more} {are} without text and not read: run text recognition (OCR) on the file first",
            listed.join(", ")
        ),
    })
}
