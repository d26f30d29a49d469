//! What stands on a page: characters with their places, lines that are drawn, pictures.

/// One character where it stands. Places are in points from the upper left corner of the page as it is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub(super) c: char,
    /// Where it begins on its baseline.
    pub(super) x0: f32,
    /// Where the next one would begin.
    pub(super) x1: f32,
    /// The baseline.
    pub(super) y: f32,
    /// Height of an em.
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) shift: Shift,
    /// The place of the tagged block that it is of; once the page is read, that of its stretch on the page.
    pub(super) tag: Option<usize>,
}

/// Whether a character is a small one beside the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shift {
    #[default]
    None,
    Raised,
    Lowered,
}

/// A straight line that is drawn, or the side of a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y: f32,
}

/// A straight line that is drawn from the top down, or the side of a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Upright {
    pub(super) x: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// A box that is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// What is drawn on a page around its text.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    /// Horizontal ones.
    pub(super) rules: Vec<Rule>,
    pub(super) frames: Vec<Frame>,
}

/// A small shape by its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dot {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
}

/// What is drawn on one page.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) height: f32,
    /// The characters of text that runs as most of the page does.
    pub(super) glyphs: Vec<Glyph>,
    /// What the file itself marks as no content: running headers, footers, page numbers.
    pub(super) artifacts: Vec<Glyph>,
    /// How many letters and figures of those it does not say to be of that kind.
    pub(super) unnamed: usize,
    pub(super) lines: Lines,
    /// From the left to the right.
    pub(super) uprights: Vec<Upright>,
    /// Small round or square shapes, which may be bullets.
    pub(super) dots: Vec<Dot>,
    /// How many characters have no known meaning.
    pub(super) unreadable: usize,
    pub(super) has_pictures: bool,
}
