//! Lines to blocks: headings, items, paragraphs, rows, each with the page that every part of it stands on.

use super::heading::{HEADING_PITCH, Style, find_headings, is_leader};
use super::join::{Words, append};
use super::layout::Part;
use super::line::{Line, Usual, find_reaches, find_right_ends, is_same_size, lines, usual};
use super::marker::{Marker, marker};
use super::table::Table;
use crate::ingest::draft::DraftKind;

/// Most kinds of headings that are told apart.
const MAX_STYLES: usize = 32;
/// Deepest list.
const MAX_DEPTH: usize = 6;

/// A block of the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) kind: DraftKind,
    pub(super) text: String,
    /// Where each page that it reaches into begins in `text`; the first is 0.
    pub(super) pages: Vec<(usize, usize)>,
    /// Bytes of the bold text that it begins with.
    pub(super) bold_len: usize,
}

/// The parts of a page.
#[derive(Debug)]
pub(super) struct PageParts {
    pub(super) page: usize,
    pub(super) parts: Vec<Part>,
}

/// The blocks of a document.
pub(super) fn blocks(pages: Vec<PageParts>) -> Vec<Block> {
    let mut words = Words::default();
    let mut parts: Vec<(usize, Content)> = Vec::new();
    for page in pages {
        for part in page.parts {
            parts.push((page.page, Content::of(part, page.page)));
        }
    }
    let all = || parts.iter().flat_map(|(_, content)| content.lines());
    all().for_each(|line| words.add(&line.piece.text));
    let usual = usual(all());
    for (_, content) in &mut parts {
        if let Content::Lines(lines) = content {
            describe(lines, usual);
        }
    }
    let mut builder = Builder::new(words, parts.iter().flat_map(|(_, content)| content.lines()));
    for (page, content) in parts {
        builder.begin_part();
        match content {
            Content::Lines(lines) => lines.into_iter().for_each(|line| builder.line(line)),
            Content::Table(table) => builder.table(&table, page),
        }
    }
    builder.finish()
}

/// Finds how lines stand to each other, and the headings among them.
pub(super) fn describe(lines: &mut [Line], usual: Usual) {
    find_reaches(lines, usual);
    find_headings(lines, usual);
    find_right_ends(lines);
}

/// What a part of a page holds.
#[derive(Debug)]
pub(super) enum Content {
    Lines(Vec<Line>),
    Table(Table),
}

impl Content {
    /// The content of a part of this page.
    pub(super) fn of(part: Part, page: usize) -> Self {
        match part {
            Part::Lines(pieces) => Self::Lines(lines(pieces, page)),
            Part::Table(table) => Self::Table(table),
        }
    }

    /// How many letters and figures it holds.
    pub(super) fn letters(&self) -> usize {
        let count = |text: &String| text.chars().filter(|c| c.is_alphanumeric()).count();
        match self {
            Self::Lines(lines) => lines.iter().map(|line| count(&line.piece.text)).sum(),
            Self::Table(table) => table.rows.iter().flatten().map(count).sum(),
        }
    }

    pub(super) fn lines(&self) -> &[Line] {
        match self {
            Self::Lines(lines) => lines,
            Self::Table(_) => &[],
        }
    }
}

/// A block whose last line may not have been seen.
#[derive(Debug)]
struct Open {
    block: Block,
    last: Line,
    heading: Option<Style>,
    /// Where the block's text begins behind its marker.
    content_x: f32,
    marker_x: f32,
    /// Whether the part in which `last` stands has ended.
    part_ended: bool,
}

/// Makes blocks of lines that come one after the other.
#[derive(Debug)]
pub(super) struct Builder {
    words: Words,
    /// Of headings, the outermost first.
    styles: Vec<Style>,
    blocks: Vec<Block>,
    open: Option<Open>,
    /// Where the markers of the open lists stand and their content begins, the outermost first.
    levels: Vec<(f32, f32)>,
    last_label: Option<String>,
    /// The level of every heading that only its look tells, where that is given.
    level: Option<u8>,
}

impl Builder {
    /// A builder that tells the levels of headings by how all the `lines` are set.
    pub(super) fn new<'l>(words: Words, lines: impl Iterator<Item = &'l Line>) -> Self {
        let mut styles: Vec<Style> = lines.filter_map(|line| line.heading).collect();
        styles.sort_by(|one, other| other.cmp(one));
        styles.dedup();
        styles.truncate(MAX_STYLES);
        Self {
            words,
            styles,
            blocks: Vec::new(),
            open: None,
            levels: Vec::new(),
            last_label: None,
            level: None,
        }
    }

    /// The blocks.
    pub(super) fn finish(mut self) -> Vec<Block> {
        self.close();
        self.blocks
    }

    /// Begins a part of the page, in which other lists stand than above it.
    pub(super) fn begin_part(&mut self) {
        self.levels.clear();
        self.end_part();
    }

    /// Notes that the next line stands in another part of the page than the last.
    pub(super) fn end_part(&mut self) {
        if let Some(open) = &mut self.open {
            open.part_ended = true;
        }
    }

    /// Adds lines that the file says to be of this kind, which begins at byte `content_at` of the first.
    pub(super) fn told(&mut self, kind: DraftKind, content_at: usize, lines: Vec<Line>) {
        self.close();
        self.levels.clear();
        self.last_label = None;
        let mut lines = lines.into_iter();
        if let Some(first) = lines.next() {
            self.begin(kind, &first, content_at);
        }
        lines.for_each(|line| self.append(line));
        self.close();
    }

    /// Adds a block whose text is made.
    pub(super) fn add(&mut self, block: Block) {
        self.close();
        self.levels.clear();
        self.last_label = None;
        self.blocks.push(block);
    }

    /// The level of a heading that is set in `style`.
    pub(super) fn level(&self, style: Style) -> u8 {
        let place = self.styles.iter().position(|other| *other == style).unwrap_or(MAX_STYLES);
        self.level.unwrap_or(u8::try_from(place + 1).unwrap_or(6)).min(6)
    }

    /// Puts the headings that only their look tells one below `level` from here on.
    pub(super) const fn put_headings_under(&mut self, level: u8) {
        self.level = Some(level + 1);
    }

    pub(super) const fn words(&self) -> &Words {
        &self.words
    }

    /// Adds a line whose kind its look tells.
    pub(super) fn line(&mut self, line: Line) {
        if is_leader(&line.piece.text) {
            self.close();
            let kind = DraftKind::Boilerplate { pattern: "pdf table of contents".to_owned() };
            return self.begin(kind, &line, 0);
        }
        if let Some(style) = line.heading {
            return self.heading(style, &line);
        }
        if let Some(marker) = marker(&line.piece.text).filter(|marker| self.is_item(&line, marker)) {
            return self.item(&line, marker);
        }
        if self.goes_on(&line) {
            return self.append(line);
        }
        let depth = self.depth_of(&line);
        self.close();
        if depth == 0 {
            self.levels.clear();
            self.last_label = None;
        }
        self.begin(DraftKind::Paragraph { depth }, &line, 0);
    }

    fn heading(&mut self, style: Style, line: &Line) {
        let is_more = self.open.as_ref().is_some_and(|open| {
            open.heading == Some(style)
                && !open.part_ended
                && line.pitch.is_some_and(|pitch| pitch <= HEADING_PITCH * line.piece.size)
                && marker(&line.piece.text).is_none()
                && !open.block.text.ends_with(['?', ':', '!'])
        });
        if is_more {
            return self.append(line.clone());
        }
        self.close();
        self.levels.clear();
        self.last_label = None;
        self.begin(DraftKind::Heading { level: self.level(style) }, line, 0);
        if let Some(open) = &mut self.open {
            open.heading = Some(style);
        }
    }

    /// Whether a marker begins an item, and does not stand at the beginning of a line by chance.
    fn is_item(&self, line: &Line, marker: &Marker) -> bool {
        let text = &line.piece.text;
        let (is_dash, is_letter_o) = (text.starts_with(['-', '–', '—', '*']), text.starts_with('o'));
        let gap = line.piece.second.map_or(0.0, |second| second - line.piece.x0);
        if is_letter_o && marker.label.is_none() && gap < 1.2 * line.piece.size {
            return false;
        }
        let Some(open) = self.open.as_ref().filter(|_| self.goes_on(line)) else { return true };
        let is_fresh = open.block.text.ends_with(['.', ':', ';', '?', '!', ')']) || !self.levels.is_empty();
        match &marker.label {
            Some(label) => match &self.last_label {
                Some(last) => follows(last, label),
                None => matches!(label.as_str(), "1" | "a" | "i") && is_fresh,
            },
            None => !(is_dash || is_letter_o) || is_fresh,
        }
    }

    fn item(&mut self, line: &Line, marker: Marker) {
        self.close();
        let x = line.piece.x0;
        let near = 0.6 * line.piece.size;
        while self.levels.last().is_some_and(|(top, _)| x < top - near) {
            self.levels.pop();
        }
        let content = line.piece.second.unwrap_or(x);
        let is_full = self.levels.len() >= MAX_DEPTH;
        match self.levels.last_mut() {
            Some(top) if is_full || x <= top.0 + near => *top = (x, content),
            _ => self.levels.push((x, content)),
        }
        self.last_label.clone_from(&marker.label);
        let depth = u8::try_from(self.levels.len()).unwrap_or(u8::MAX);
        self.begin(DraftKind::Item { depth, label: marker.label }, line, marker.content_at);
        if let Some(open) = &mut self.open {
            open.content_x = content;
        }
    }

    /// The depth of the item that a new paragraph is part of: it is set in as the item's text is.
    fn depth_of(&self, line: &Line) -> u8 {
        let near = 0.3 * line.piece.size;
        let is_in = |(marker, content): &(f32, f32)| {
            line.piece.x0 > marker + near && (line.piece.x0 - content).abs() <= near * 2.0
        };
        self.levels.iter().rposition(is_in).and_then(|at| u8::try_from(at + 1).ok()).unwrap_or(0)
    }

    /// Whether a line goes on with the open block, as the file says or its look tells.
    fn goes_on(&self, line: &Line) -> bool {
        let is_text = self.open.as_ref().is_some_and(|open| {
            open.heading.is_none()
                && !matches!(open.block.kind, DraftKind::Boilerplate { .. } | DraftKind::TableRow)
        });
        line.flows && is_text || self.continues(line)
    }

    /// Whether a line goes on with the open block by its look.
    fn continues(&self, line: &Line) -> bool {
        let Some(open) = self.open.as_ref().filter(|open| open.heading.is_none()) else { return false };
        if matches!(open.block.kind, DraftKind::Boilerplate { .. } | DraftKind::TableRow) {
            return false;
        }
        let (above, next) = (&open.last, &line.piece);
        let text = &open.block.text;
        let is_lower = next.text.starts_with(char::is_lowercase);
        if !is_same_size(&above.piece, next) {
            return false;
        }
        if open.part_ended {
            let is_unfinished = !text.ends_with(['.', ':', ';', '?', '!', '”', '"']);
            return is_lower && is_unfinished;
        }
        if !line.pitch.is_some_and(|pitch| pitch <= line.reach) {
            return false;
        }
        let near = 0.3 * next.size;
        let is_item = matches!(open.block.kind, DraftKind::Item { .. });
        if is_item && next.x0 < open.marker_x - near {
            return false;
        }
        if is_item && next.x0 <= open.marker_x + near && open.content_x > open.marker_x + 2.0 * near {
            return is_lower;
        }
        let is_over = text.ends_with(['.', ':', '?', '!']);
        if is_lower || text.ends_with([',', '-', '\u{2010}', '\u{AD}']) {
            return true;
        }
        let has_room = above.piece.x1 + next.first_word + 0.35 * next.size < above.right;
        let is_set_in = !is_item && is_over && next.x0 > above.piece.x0 + 0.8 * next.size;
        let changes_weight = is_over && above.piece.bold != next.bold;
        !(has_room || is_set_in || changes_weight)
    }

    fn begin(&mut self, kind: DraftKind, line: &Line, content_at: usize) {
        self.close();
        let text = line.piece.text.get(content_at..).unwrap_or_default().trim().to_owned();
        let bold_len = line.piece.bold_len.saturating_sub(content_at).min(text.len());
        let block = Block { kind, text, pages: vec![(0, line.page)], bold_len };
        let x = line.piece.x0;
        self.open = Some(Open {
            block,
            last: line.clone(),
            heading: None,
            content_x: x,
            marker_x: x,
            part_ended: false,
        });
    }

    fn append(&mut self, line: Line) {
        let Some(open) = &mut self.open else { return };
        let is_bold_so_far = open.block.bold_len == open.block.text.len();
        append(&mut open.block.text, &line.piece.text, &self.words);
        let begin = open.block.text.len() - line.piece.text.trim().len();
        if open.block.pages.last().is_none_or(|(_, page)| *page != line.page) {
            open.block.pages.push((begin, line.page));
        }
        if is_bold_so_far && line.piece.bold_len > 0 {
            open.block.bold_len = begin + line.piece.bold_len;
        }
        open.block.bold_len = open.block.bold_len.min(open.block.text.len());
        open.last = line;
        open.part_ended = false;
    }

    /// Adds the rows of a table.
    pub(super) fn table(&mut self, table: &Table, page: usize) {
        for text in table.lines() {
            self.add(Block { kind: DraftKind::TableRow, text, pages: vec![(0, page)], bold_len: 0 });
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.blocks.push(open.block);
        }
    }
}

/// Whether `label` comes right after `before`: 4 after 3, c after b.
fn follows(before: &str, label: &str) -> bool {
    match (before.parse::<u32>(), label.parse::<u32>()) {
        (Ok(before), Ok(label)) => label == before + 1,
        (Err(_), Err(_)) => match (before.as_bytes(), label.as_bytes()) {
            ([before], [label]) => *label == before.wrapping_add(1),
            // Roman numbers: any may follow any.
            _ => before.len() > 1 || label.len() > 1,
        },
        _ => matches!(label, "1" | "a" | "i"),
    }
}
