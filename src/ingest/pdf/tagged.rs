//! The blocks of a tagged file, in the order of its structure.
//!
//! The structure is not believed where it does not hold most of the text, or breaks it into lines: then the layout
//! decides, as for a file without tags. Text that no element names follows what its page holds.

use std::collections::HashSet;

use super::block::{Block, Builder, Content, describe};
use super::glyph::Lines;
use super::heading::Style;
use super::join::Words;
use super::layout::{self, join_marker};
use super::line::{Line, Usual, half_points, lines, usual};
use super::marker::{is_bare, marker};
use super::piece::{MAX_COMPARED, Piece, order};
use super::tagged_table::Tables;
use super::tags::{Kind, Tags};
use crate::ingest::draft::DraftKind;

/// Longest paragraph, in letters and figures: longer text in one element is not told apart.
const MAX_PARAGRAPH: usize = 2_500;
/// Longest heading, in characters.
const MAX_HEADING: usize = 200;
/// Longest label of an item, in characters.
const MAX_LABEL: usize = 8;
/// Fewest headings that a file marks which marks all of them.
const MIN_HEADINGS: usize = 2;
/// Of the text, the part in tenths that elements hold at least, and that headings hold at most.
const COVERED: usize = 9;
const HEADINGS: usize = 4;
/// One paragraph in so many may go on in the next one, or lie on a page before that of the last.
const FAULTS: usize = 5;

/// Longest mark of no block before the text of one, in characters, and how far it stands from that, in ems.
const MAX_MARK: usize = 2;
const MARK_GAP: f32 = 3.0;

/// A page of a tagged file.
#[derive(Debug)]
pub(super) struct TaggedPage {
    pub(super) pieces: Vec<Piece>,
    /// The block of each stretch.
    pub(super) stretches: Vec<usize>,
    pub(super) lines: Lines,
}

/// The blocks of a document, where its structure holds; `unnamed` letters and figures stand in artifacts that may be
/// text.
pub(super) fn blocks(tags: &Tags, pages: Vec<TaggedPage>, unnamed: usize) -> Option<Vec<Block>> {
    let text = Text::gather(tags, pages);
    text.is_covered(tags, unnamed).then_some(())?;
    text.is_whole(tags).then(|| text.write(tags))
}

/// The text of a document.
#[derive(Debug, Default)]
struct Text {
    /// The lines of each tagged block.
    lines: Vec<Vec<Line>>,
    /// What is of no block, with its page.
    others: Vec<(usize, Content)>,
}

impl Text {
    fn gather(tags: &Tags, pages: Vec<TaggedPage>) -> Self {
        let mut text = Self { lines: vec![Vec::new(); tags.blocks.len()], others: Vec::new() };
        for (at, mut page) in pages.into_iter().enumerate() {
            take_marks(&mut page.pieces);
            let mut by_stretch = vec![Vec::new(); page.stretches.len()];
            let mut others = Vec::new();
            for piece in page.pieces {
                match piece.tag.and_then(|stretch| by_stretch.get_mut(stretch)) {
                    Some(stretch) => stretch.push(piece),
                    None => others.push(piece),
                }
            }
            for (block, pieces) in page.stretches.into_iter().zip(by_stretch) {
                if let Some(block) = text.lines.get_mut(block) {
                    block.extend(lines(pieces, at));
                }
            }
            let parts = layout::parts(others, &page.lines).into_iter();
            text.others.extend(parts.map(|part| (at, Content::of(part, at))));
        }
        text
    }

    fn all(&self) -> impl Iterator<Item = &Line> + Clone {
        self.lines.iter().flatten().chain(self.others.iter().flat_map(|(_, content)| content.lines()))
    }

    /// Whether elements hold most of the text, none of them too much.
    fn is_covered(&self, tags: &Tags, unnamed: usize) -> bool {
        let of_blocks = self.lines.iter().map(|lines| letters(lines));
        let covered: usize = of_blocks.clone().filter(|letters| *letters <= MAX_PARAGRAPH).sum();
        let tables = self.others.iter().map(|(_, content)| content.letters());
        let total = of_blocks.sum::<usize>() + tables.sum::<usize>() + unnamed;
        covered * 10 >= total * COVERED && tags.blocks.len() == self.lines.len()
    }

    /// Whether elements hold whole paragraphs, in the order of the pages.
    fn is_whole(&self, tags: &Tags) -> bool {
        let is_text = |kind| matches!(kind, Kind::Paragraph | Kind::Item { .. });
        let blocks = tags.blocks.iter().zip(&self.lines);
        let texts =
            blocks.filter(|(block, lines)| is_text(block.kind) && block.cell.is_none() && !lines.is_empty());
        let texts: Vec<_> = texts.map(|(block, lines)| (block.kind, lines.as_slice())).collect();
        let neighbours = || texts.iter().zip(texts.iter().skip(1));
        let broken = neighbours().filter(|((one, above), (next, below))| {
            *one == Kind::Paragraph && *next == Kind::Paragraph && breaks_off(above, below)
        });
        let backwards = neighbours().filter(|((_, above), (_, below))| {
            above.first().zip(below.first()).is_some_and(|(above, below)| below.page < above.page)
        });
        (broken.count() + backwards.count()) * FAULTS <= texts.len().max(FAULTS)
    }

    /// Whether the file marks its headings, rather than leave them to the look, and not much else as headings.
    fn headings(&self, tags: &Tags) -> Headings {
        let blocks = || tags.blocks.iter().zip(&self.lines);
        let headings = blocks().filter(|(block, lines)| is_heading(block.kind, lines));
        let lengths: Vec<usize> = headings.map(|(_, lines)| letters(lines)).collect();
        let seen = blocks().filter(|(block, lines)| {
            let is_text = block.kind == Kind::Paragraph && block.cell.is_none() && !lines.is_empty();
            is_text && lines.iter().all(|line| line.heading.is_some())
        });
        let all: usize = self.all().map(line_letters).sum();
        if lengths.iter().sum::<usize>() * 10 > all * HEADINGS {
            Headings::Layout
        } else if lengths.len() < MIN_HEADINGS || seen.count() > lengths.len() {
            Headings::Both
        } else {
            Headings::Tags
        }
    }

    fn write(mut self, tags: &Tags) -> Vec<Block> {
        let mut words = Words::default();
        self.all().for_each(|line| words.add(&line.piece.text));
        self.look(usual(self.all()));
        let headings = self.headings(tags);
        self.settle(tags, headings);
        let builder = Builder::new(words, self.all());
        let tables = Tables::of(tags, &self.lines);
        let label = |kind| if let Kind::Item { label, .. } = kind { label } else { None };
        let labels = tags.blocks.iter().filter_map(|block| label(block.kind)).collect();
        let mut writer =
            Writer { tags, headings, tables, labels, text: self, builder, reached: 0, in_item: false };
        for at in 0..tags.blocks.len() {
            writer.block(at);
        }
        writer.others_before(usize::MAX);
        writer.builder.finish()
    }

    /// Finds how the lines of each block stand to each other, and which look like headings.
    fn look(&mut self, usual: Usual) {
        self.lines.iter_mut().for_each(|lines| describe(lines, usual));
        for (_, content) in &mut self.others {
            if let Content::Lines(lines) = content {
                describe(lines, usual);
            }
        }
    }

    /// Keeps the headings that the look tells where the file does not say better, and makes lines paragraphs as it says.
    fn settle(&mut self, tags: &Tags, headings: Headings) {
        for (block, lines) in tags.blocks.iter().zip(&mut self.lines) {
            let is_tagged = headings != Headings::Layout && is_heading(block.kind, lines);
            let is_kept = match block.kind {
                Kind::Loose => true,
                Kind::Paragraph | Kind::Heading(_) => headings != Headings::Tags,
                _ => false,
            };
            let look = lines.first().map(|line| style(&line.piece)).filter(|_| is_tagged);
            let flows = block.kind != Kind::Loose;
            for (at, line) in lines.iter_mut().enumerate() {
                line.heading = line.heading.filter(|_| is_kept && !is_tagged).or(look);
                line.flows = flows && at > 0;
            }
        }
    }
}

/// What tells headings from other text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Headings {
    Tags,
    Layout,
    /// The file marks some: their look and that of others tell.
    Both,
}

/// Puts the blocks one after the other.
#[derive(Debug)]
struct Writer<'t> {
    tags: &'t Tags,
    headings: Headings,
    tables: Tables,
    /// The blocks that are labels of items.
    labels: HashSet<usize>,
    text: Text,
    builder: Builder,
    /// The page up to which what is of no block has been written.
    reached: usize,
    /// Whether the block written last is of an item.
    in_item: bool,
}

impl Writer<'_> {
    fn block(&mut self, at: usize) {
        let Some(block) = self.tags.blocks.get(at) else { return };
        let Some(page) = self.text.lines.get(at).and_then(|lines| lines.first()).map(|line| line.page) else {
            return;
        };
        self.others_before(page);
        if let Some(table) = self.tables.of_cell(self.tags, block.cell) {
            if self.tables.is_new(table) {
                let rows = self.tables.rows(self.tags, table, &self.text.lines, self.builder.words());
                rows.into_iter().for_each(|row| self.builder.add(row));
            }
            return;
        }
        let lines = self.text.lines.get(at).cloned().unwrap_or_default();
        let was_in_item = std::mem::take(&mut self.in_item);
        match block.kind {
            Kind::Label if self.labels.contains(&at) => self.in_item = was_in_item,
            Kind::Heading(level) if is_heading(block.kind, &lines) => self.heading(level, lines),
            Kind::Item { depth, label } => self.item(depth, label, lines),
            Kind::Continuation { depth } => {
                let depth = if was_in_item { depth } else { 0 };
                self.in_item = was_in_item;
                self.builder.told(DraftKind::Paragraph { depth }, 0, lines);
            }
            Kind::Contents => {
                let pattern = "pdf table of contents".to_owned();
                self.builder.told(DraftKind::Boilerplate { pattern }, 0, lines);
            }
            Kind::Loose | Kind::Note => self.part(lines),
            Kind::Paragraph | Kind::Heading(_) | Kind::Label => {
                self.builder.end_part();
                lines.into_iter().for_each(|line| self.builder.line(line));
            }
        }
    }

    fn part(&mut self, lines: Vec<Line>) {
        self.builder.begin_part();
        lines.into_iter().for_each(|line| self.builder.line(line));
    }

    fn heading(&mut self, level: u8, lines: Vec<Line>) {
        let look = lines.first().and_then(|line| line.heading).map_or(level, |look| self.builder.level(look));
        let level = match self.headings {
            Headings::Tags => {
                self.builder.put_headings_under(level);
                level
            }
            Headings::Both => look,
            Headings::Layout => return self.part(lines),
        };
        self.builder.told(DraftKind::Heading { level }, 0, lines);
    }

    /// An item, with its label or with the marker that its text begins with.
    fn item(&mut self, depth: u8, label: Option<usize>, mut lines: Vec<Line>) {
        let told = label.and_then(|label| self.text.lines.get(label)).map(|lines| joined(lines));
        let text = lines.first().map(|line| line.piece.text.clone()).unwrap_or_default();
        let (label, content_at) = match told.filter(|told| !told.is_empty()) {
            Some(told) => match label_of(&told) {
                Ok(label) => (label, 0),
                Err(words) => {
                    if let Some(first) = lines.first_mut() {
                        first.piece.text = format!("{words} {text}");
                        first.piece.bold_len = 0;
                    }
                    (None, 0)
                }
            },
            None => marker(&text).map_or((None, 0), |marker| (marker.label, marker.content_at)),
        };
        self.builder.told(DraftKind::Item { depth, label }, content_at, lines);
        self.in_item = true;
    }

    /// Writes what is of no block on the pages before `page`.
    fn others_before(&mut self, page: usize) {
        if page <= self.reached {
            return;
        }
        self.reached = page;
        let count = self.text.others.iter().take_while(|(at, _)| *at < page).count();
        for (page, content) in self.text.others.drain(..count).collect::<Vec<_>>() {
            match content {
                Content::Lines(lines) => self.part(lines),
                Content::Table(table) => self.builder.table(&table, page),
            }
        }
    }
}

/// Puts what is of no block and stands alone before text of a block, such as a tick that a style draws, in that text.
fn take_marks(pieces: &mut Vec<Piece>) {
    if pieces.len() > MAX_COMPARED {
        return;
    }
    let is_mark = |piece: &mut Piece| piece.tag.is_none() && piece.text.chars().count() <= MAX_MARK;
    for mark in pieces.extract_if(.., is_mark).collect::<Vec<_>>() {
        let gap = |piece: &Piece| piece.x0 - mark.x1;
        let is_text = |piece: &&mut Piece| {
            let is_near = (0.0..=MARK_GAP * piece.size).contains(&gap(piece));
            piece.tag.is_some() && piece.is_level_with(&mark) && is_near
        };
        match pieces.iter_mut().filter(is_text).min_by(|one, other| order(gap(one), gap(other))) {
            Some(piece) => join_marker(piece, &mark),
            None => pieces.push(mark),
        }
    }
}

/// The label of an item without its stops, `None` for a bullet; words that are to be read with the item as an error.
fn label_of(told: &str) -> Result<Option<String>, String> {
    if is_bare(told) {
        return Ok(marker(&format!("{told} x")).and_then(|marker| marker.label));
    }
    let label = told.trim_matches(|c: char| !c.is_alphanumeric());
    match label.chars().count() {
        0 => Ok(None),
        1..=MAX_LABEL if !label.contains(char::is_whitespace) => Ok(Some(label.to_owned())),
        _ => Err(told.to_owned()),
    }
}

/// Whether a block that is marked as a heading can be one.
fn is_heading(kind: Kind, lines: &[Line]) -> bool {
    let length: usize = lines.iter().map(|line| line.piece.text.chars().count()).sum();
    matches!(kind, Kind::Heading(_)) && (1..=MAX_HEADING).contains(&length) && letters(lines) > 0
}

fn style(piece: &Piece) -> Style {
    Style { size: half_points(piece.size), bold: piece.bold }
}

/// Whether a paragraph goes on in the next one.
fn breaks_off(above: &[Line], below: &[Line]) -> bool {
    let end = above.last().map(|line| line.piece.text.as_str()).unwrap_or_default();
    let begin = below.first().map(|line| line.piece.text.as_str()).unwrap_or_default();
    begin.starts_with(char::is_lowercase) && end.ends_with(|c: char| c.is_alphanumeric() || c == ',')
}

fn joined(lines: &[Line]) -> String {
    lines.iter().map(|line| line.piece.text.trim()).collect::<Vec<_>>().join(" ")
}

fn letters(lines: &[Line]) -> usize {
    lines.iter().map(line_letters).sum()
}

fn line_letters(line: &Line) -> usize {
    line.piece.text.chars().filter(|c| c.is_alphanumeric()).count()
}
