//! HTML between the paragraphs of Markdown: the text between its tags, where they only lay text out.
//!
//! A block with any other tag (a script, a table, a form), with a comment or with something hidden is not read.

use crate::ingest::draft::DraftKind;
use crate::text::Span;

/// Elements that begin and end a stretch of text.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "li",
    "main",
    "ol",
    "p",
    "section",
    "summary",
    "ul",
];
/// Elements within a stretch; their tags stay in it, as they do within a paragraph of Markdown.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "br", "cite", "code", "em", "font", "i", "ins", "kbd", "mark", "q", "small", "span",
    "strong", "sub", "sup", "time", "u", "wbr",
];

/// What a block of HTML is made of, in its order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text, as bytes of the block.
    Text(DraftKind, Span),
    /// A `details` begins.
    Open,
    /// A `details` ends.
    Close,
}

/// Reads a block that lies in `depth` list items; `None` where it is more than text.
pub(super) fn read(source: &str, depth: u8) -> Option<Vec<Piece>> {
    // A line of a quotation begins with its marker, which is no text.
    if source.contains("\n>") {
        return None;
    }
    let mut reader =
        Reader { source, depth, pieces: Vec::new(), name: String::new(), start: 0, has_text: false };
    let mut at = 0;
    while let Some((text, tag)) = source.get(at..)?.split_once('<') {
        reader.text(text);
        let begin = at + text.len();
        at = begin + 1;
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            continue;
        }
        let (inside, _) = tag.split_once('>')?;
        at += inside.len() + 1;
        reader.tag(inside, begin, at)?;
    }
    reader.text(source.get(at..)?);
    reader.end_text(source.len());
    Some(reader.pieces)
}

#[derive(Debug)]
struct Reader<'s> {
    source: &'s str,
    depth: u8,
    pieces: Vec<Piece>,
    /// The element that began last, while it has not ended.
    name: String,
    /// Where the stretch begins that is being read.
    start: usize,
    has_text: bool,
}

impl Reader<'_> {
    /// Takes what stands between two tags.
    fn text(&mut self, text: &str) {
        let mut parts = text.split('&');
        let first = parts.next().unwrap_or_default();
        let after_entities = parts.map(|part| part.split_once(';').map_or(part, |(_, after)| after));
        self.has_text |=
            std::iter::once(first).chain(after_entities).any(|part| part.contains(char::is_alphanumeric));
    }

    /// Takes a tag, `inside` its brackets, which stands from `begin` to `end`.
    fn tag(&mut self, inside: &str, begin: usize, end: usize) -> Option<()> {
        let bare = inside.strip_prefix('/').unwrap_or(inside);
        let length = bare.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(bare.len());
        let (name, attributes) = bare.split_at(length);
        let name = name.to_ascii_lowercase();
        // A bracket within quotes is no end of the tag.
        let is_cut = ['"', '\''].iter().any(|&quote| attributes.matches(quote).count() % 2 == 1);
        let is_hidden = ["hidden", "display"].iter().any(|word| attributes.contains(word));
        if is_cut || is_hidden {
            return None;
        }
        if INLINE.contains(&name.as_str()) {
            if name == "br" && !self.has_text {
                self.start = end;
            }
            return Some(());
        }
        if !BLOCKS.contains(&name.as_str()) {
            return None;
        }
        self.end_text(begin);
        self.start = end;
        let closes = bare.len() < inside.len();
        if name == "details" {
            self.pieces.push(if closes { Piece::Close } else { Piece::Open });
        }
        self.name = if closes { String::new() } else { name };
        Some(())
    }

    /// Ends the stretch that is being read.
    fn end_text(&mut self, end: usize) {
        let span = Span::new(self.start, end).trimmed(self.source);
        if !std::mem::take(&mut self.has_text) {
            return;
        }
        let asks = span.slice(self.source).is_some_and(|text| text.ends_with('?'));
        let kind = match self.name.as_str() {
            "h1" => DraftKind::Heading { level: 1 },
            "h2" => DraftKind::Heading { level: 2 },
            "h3" => DraftKind::Heading { level: 3 },
            "h4" => DraftKind::Heading { level: 4 },
            "h5" => DraftKind::Heading { level: 5 },
            "h6" => DraftKind::Heading { level: 6 },
            "summary" if asks => DraftKind::Question,
            "li" => DraftKind::Item { depth: self.depth.saturating_add(1), label: None },
            _ => DraftKind::Paragraph { depth: self.depth },
        };
        self.pieces.push(Piece::Text(kind, span));
    }
}
