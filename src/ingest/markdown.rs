//! Markdown (CommonMark with tables, footnotes and task lists) to a draft.
//!
//! The canonical text is the file itself, so every span is a slice of the source, with the markers that
//! stand within it; the markers around it (`#`, `-`, `>`, the tags of [`html`]) are left out. Front matter is covered
//! by no block. Neither this file nor the parser below it recurses.

mod html;

use std::cmp::Reverse;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use self::html::Piece;
use super::draft::{Draft, DraftBlock, DraftKind, Scope};
use super::report::SkipReason;
use super::{field, front_matter};
use crate::text::Span;

/// Deepest nesting of quotes and lists that one line may ask for. Real documents have a handful; the
/// parser's work for each line grows with the open ones, so thousands are an attack.
const MAX_NESTING: usize = 100;
/// Deepest `details` whose end is known; one in it ends with it, so that paths of sections stay short.
const MAX_DETAILS: usize = 4;

/// Reads a Markdown file.
///
/// # Errors
/// [`SkipReason::Malformed`] for broken front matter and for nesting beyond reason.
pub(crate) fn parse(text: String) -> Result<Draft, SkipReason> {
    let front = front_matter::read(&text)?;
    refuse_deep_nesting(&text)?;
    let body = text.get(front.end..).unwrap_or_default();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut reader = Reader { text: &text, ..Reader::default() };
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        reader.event(&event, Span::new(range.start + front.end, range.end + front.end));
    }
    reader.flush();
    let Reader { mut blocks, title, mut scopes, .. } = reader;
    let (mut end, all) = (0, blocks.len());
    blocks.retain(|block| {
        let fits = block.span.start() >= end;
        end = end.max(block.span.end());
        fits
    });
    if blocks.len() < all {
        scopes.clear();
    }
    // Of two that hold the same blocks the outer ended last.
    scopes.reverse();
    scopes.sort_by_key(|scope| (scope.blocks.start, Reverse(scope.blocks.end)));
    let mut metadata = front.metadata;
    if metadata.title.is_empty() {
        metadata.title = field::title(&title).unwrap_or_default();
    }
    Ok(Draft { metadata, text, blocks, scopes, notes: front.notes, ..Draft::default() })
}

fn refuse_deep_nesting(text: &str) -> Result<(), SkipReason> {
    match text.lines().position(|line| nesting(line) > MAX_NESTING) {
        None => Ok(()),
        Some(at) => Err(SkipReason::Malformed(format!(
            "line {} opens more than {MAX_NESTING} quotes and lists inside one another",
            at + 1
        ))),
    }
}

/// An upper bound for the quotes and lists that a line is in: its markers, and before its first list
/// marker every second column of indentation.
fn nesting(line: &str) -> usize {
    let (mut blanks, mut markers, mut in_list) = (0, 0, false);
    for byte in line.bytes() {
        match byte {
            b' ' => blanks += 1,
            b'\t' => blanks += 4,
            b'>' => markers += 1,
            b'-' | b'+' | b'*' | b'.' | b')' => {
                markers += 1;
                in_list = true;
            }
            b'0'..=b'9' => {}
            _ => break,
        }
    }
    // A rule of dashes or dots in a row is no nesting: each list marker is followed by a blank.
    let quotes = line.bytes().filter(|&byte| byte == b'>').take(MAX_NESTING + 1).count();
    let lists = if in_list { markers.min(blanks + 1) } else { 0 };
    quotes.min(markers).max(lists) + if in_list { (blanks / 2).saturating_sub(lists) } else { 0 }
}

/// Name in the report of HTML between the paragraphs.
const HTML_BLOCK: &str = "html block in markdown";

/// The text of the innermost block that is being read.
#[derive(Debug, Default)]
struct Leaf {
    kind: Option<DraftKind>,
    /// From the first to the last piece of text.
    content: Option<Span>,
    /// Strong emphasis at the very beginning: with its markers, and its text.
    strong: Option<(Span, Option<Span>)>,
    in_strong: bool,
}

/// A list item that is being read.
#[derive(Debug)]
struct Item {
    label: Option<String>,
    /// Whether its first paragraph has been seen.
    begun: bool,
}

#[derive(Debug, Default)]
struct Reader<'a> {
    text: &'a str,
    blocks: Vec<DraftBlock>,
    leaf: Leaf,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    items: Vec<Item>,
    /// The open footnote and what it covers so far.
    note: Option<(String, Option<Span>)>,
    /// Open images: their text describes a picture that is not shown.
    images: usize,
    /// How many blocks stand before each open `details`.
    details: Vec<usize>,
    /// Of `details` that have ended, in the order of their ends.
    scopes: Vec<Scope>,
    title: String,
    title_done: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: &Event<'_>, at: Span) {
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) | Event::Code(text) => {
                if self.leaf.kind == Some(DraftKind::Heading { level: 1 }) && !self.title_done {
                    self.title.push_str(text);
                }
                self.content(at);
            }
            Event::FootnoteReference(_) => self.content(at),
            Event::SoftBreak | Event::HardBreak if !self.title_done => self.title.push(' '),
            Event::Rule => self.flush(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, at: Span) {
        match tag {
            Tag::Paragraph => self.open(None),
            Tag::Heading { level, .. } => self.open(Some(DraftKind::Heading { level: *level as u8 })),
            Tag::CodeBlock(_) => self.open(Some(DraftKind::Preformatted)),
            Tag::TableHead => self.row(DraftKind::TableHeader, at),
            Tag::TableRow => self.row(DraftKind::TableRow, at),
            Tag::List(first) => {
                self.flush();
                self.lists.push(*first);
            }
            Tag::Item => self.open_item(),
            Tag::FootnoteDefinition(label) => {
                self.flush();
                self.note = Some((label.to_string(), None));
            }
            Tag::BlockQuote(_) | Tag::Table(_) => self.flush(),
            Tag::HtmlBlock => self.html(at),
            Tag::Image { .. } => self.images += 1,
            Tag::Strong if self.leaf.content.is_none() && self.leaf.strong.is_none() => {
                self.leaf.strong = Some((at, None));
                self.leaf.in_strong = true;
                self.leaf.content = Some(Span::new(at.start(), at.start()));
            }
            Tag::Emphasis | Tag::Link { .. } if self.leaf.content.is_none() && self.images == 0 => {
                self.leaf.content = Some(Span::new(at.start(), at.start()));
            }
            _ => {}
        }
        if matches!(tag, Tag::Strong | Tag::Emphasis | Tag::Link { .. }) && !self.in_table() {
            self.closing_markers(at);
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::BlockQuote(_) | TagEnd::Table => self.flush(),
            TagEnd::Heading(_) => {
                self.title_done |= !self.title.trim().is_empty();
                self.flush();
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Item => {
                self.flush();
                self.items.pop();
            }
            TagEnd::FootnoteDefinition => self.close_note(),
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            TagEnd::Strong => self.leaf.in_strong = false,
            TagEnd::TableHead | TagEnd::TableRow => self.leaf = Leaf::default(),
            _ => {}
        }
    }

    fn open(&mut self, kind: Option<DraftKind>) {
        self.flush();
        self.leaf.kind = kind;
    }

    fn open_item(&mut self) {
        self.flush();
        let label = self.lists.last_mut().and_then(Option::as_mut).map(|number| {
            let label = number.to_string();
            *number = number.saturating_add(1);
            label
        });
        self.items.push(Item { label, begun: false });
    }

    /// A block of HTML that is more than text is not read; where it holds text, the report tells.
    fn html(&mut self, at: Span) {
        self.flush();
        let source = at.slice(self.text).unwrap_or_default();
        let depth = u8::try_from(self.items.len()).unwrap_or(u8::MAX);
        if let Some(pieces) = html::read(source, depth).filter(|_| self.note.is_none()) {
            return pieces.into_iter().for_each(|piece| self.piece(piece, at.start()));
        }
        let mut after_tags = source.split('<').skip(1).filter_map(|tag| tag.split_once('>'));
        let has_text = after_tags.any(|(_, text)| text.contains(char::is_alphanumeric));
        if has_text && !source.trim_start().starts_with("<!--") {
            self.push(DraftKind::Boilerplate { pattern: HTML_BLOCK.to_owned() }, at, None);
        }
    }

    /// Takes a piece of a block of HTML that begins at `from`.
    fn piece(&mut self, piece: Piece, from: usize) {
        match piece {
            Piece::Text(kind, span) => {
                self.push(kind, Span::new(from + span.start(), from + span.end()), None);
            }
            Piece::Open => self.details.push(self.blocks.len()),
            Piece::Close => {
                let Some(begin) = self.details.pop() else { return };
                let blocks = begin..self.blocks.len();
                if !blocks.is_empty() && self.details.len() < MAX_DETAILS {
                    let first = self.blocks.get(begin).map(|block| &block.kind);
                    let headed = matches!(first, Some(DraftKind::Question));
                    self.scopes.push(Scope { blocks, headed });
                }
            }
        }
    }

    fn in_table(&self) -> bool {
        matches!(self.leaf.kind, Some(DraftKind::TableHeader | DraftKind::TableRow))
    }

    /// A row is emitted when it begins; the text of its cells then belongs to nothing else.
    fn row(&mut self, kind: DraftKind, at: Span) {
        self.flush();
        self.push(kind.clone(), at, None);
        self.leaf.kind = Some(kind);
    }

    fn content(&mut self, at: Span) {
        if self.images > 0 || self.in_table() || at.is_empty() {
            return;
        }
        self.leaf.content = Some(self.leaf.content.map_or(at, |content| content.cover(at)));
        if let (true, Some((_, inner))) = (self.leaf.in_strong, &mut self.leaf.strong) {
            *inner = Some(inner.map_or(at, |inner| inner.cover(at)));
        }
    }

    /// Emphasis and links belong to the text with their closing markers, if they hold any text at all.
    fn closing_markers(&mut self, at: Span) {
        if self.images == 0 && self.leaf.content.is_some() {
            self.leaf.content = self.leaf.content.map(|content| content.cover(at));
        }
    }

    /// Ends the innermost block and emits it, if it holds text.
    fn flush(&mut self) {
        let leaf = std::mem::take(&mut self.leaf);
        let Some(span) = leaf.content.map(|span| span.trimmed(self.text)).filter(|span| !span.is_empty())
        else {
            return;
        };
        if let Some((_, covered)) = &mut self.note {
            *covered = Some(covered.map_or(span, |covered| covered.cover(span)));
            return;
        }
        if let Some(kind) = leaf.kind {
            return self.push(kind, span, None);
        }
        let depth = u8::try_from(self.items.len()).unwrap_or(u8::MAX);
        if let Some(question) = self.whole_question(&leaf, span) {
            return self.push(DraftKind::Question, question, None);
        }
        match self.items.last_mut() {
            Some(item) if !item.begun => {
                item.begun = true;
                let label = item.label.clone();
                let run_in = self.run_in(&leaf, span);
                self.push(DraftKind::Item { depth, label }, span, run_in);
            }
            _ => self.push(DraftKind::Paragraph { depth }, span, None),
        }
    }

    /// The text of a paragraph outside lists that is wholly strong and asks something.
    fn whole_question(&self, leaf: &Leaf, span: Span) -> Option<Span> {
        let (outer, inner) = leaf.strong?;
        let inner = inner?.trimmed(self.text);
        let asks = inner.slice(self.text).is_some_and(|text| text.ends_with('?'));
        (self.items.is_empty() && outer.contains(span) && asks).then_some(inner)
    }

    /// The strong beginning of an item that ends in `.` or `:`, the mark inside the emphasis or after it.
    fn run_in(&self, leaf: &Leaf, span: Span) -> Option<Span> {
        let (outer, inner) = leaf.strong?;
        let inner = inner?.trimmed(self.text);
        let words = inner.slice(self.text)?;
        let name = words.trim_end_matches(['.', ':']);
        let after = Span::new(outer.end(), span.end()).slice(self.text).unwrap_or_default();
        let closed = name.len() < words.len() || after.starts_with(['.', ':']);
        let heading = Span::new(inner.start(), inner.start() + name.len()).trimmed(self.text);
        (closed && !heading.is_empty() && span.contains(heading)).then_some(heading)
    }

    fn close_note(&mut self) {
        self.flush();
        if let Some((label, Some(span))) = self.note.take() {
            self.push(DraftKind::Note { label }, span, None);
        }
    }

    fn push(&mut self, kind: DraftKind, span: Span, run_in: Option<Span>) {
        let span = span.trimmed(self.text);
        if !span.is_empty() && span.slice(self.text).is_some() {
            self.blocks.push(DraftBlock { kind, span, run_in });
        }
    }
}

#[cfg(test)]
mod tests;
