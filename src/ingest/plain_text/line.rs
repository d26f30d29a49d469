//! The lines of a text that hold something, and the markers that items begin with.

/// Columns between tab stops.
const TAB: usize = 4;

/// A line that is not blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Byte in the whole text where `text` begins.
    pub(super) start: usize,
    /// Columns of white space before it.
    pub(super) indent: usize,
    /// The line without surrounding white space. Never empty.
    pub(super) text: &'a str,
    /// Whether a blank line or the beginning of the text stands before it.
    pub(super) blank_before: bool,
}

/// The beginning of a list item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    /// Number or letter; `None` for a bullet.
    pub(super) label: Option<String>,
    /// Bytes from the line's text to the content.
    pub(super) content_at: usize,
    /// Column of the content.
    pub(super) content_column: usize,
    /// Whether the bullet is a dash or hyphen, which may also stand in running text.
    pub(super) is_dash: bool,
    /// Whether the content begins with a capital.
    pub(super) content_is_capital: bool,
    /// Whether it is a number in square brackets, which may also be a citation mark in running text.
    pub(super) is_bracketed: bool,
}

impl Line<'_> {
    /// One past its last byte in the whole text.
    pub(super) const fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The bullet, number or letter that it begins with, if white space and text follow.
    pub(super) fn marker(&self) -> Option<Marker> {
        let (label, width) =
            bullet(self.text).or_else(|| bracketed(self.text)).or_else(|| number(self.text))?;
        let rest = self.text.get(width..)?;
        let content = rest.trim_start();
        if content.len() == rest.len() || content.is_empty() {
            return None;
        }
        if label.as_deref().is_some_and(|label| self.dials(label, content)) {
            return None;
        }
        let content_at = self.text.len() - content.len();
        let before = self.text.get(..content_at)?;
        Some(Marker {
            label,
            content_at,
            content_column: columns(before, self.indent),
            is_dash: self.text.starts_with(['-', '–', '—']),
            content_is_capital: content.starts_with(char::is_uppercase),
            is_bracketed: self.text.starts_with('['),
        })
    }

    /// Whether label and content are a telephone number: `(555) 123-4567`, `(02) 9555 1234`.
    fn dials(&self, label: &str, content: &str) -> bool {
        let is_area = label.len() == 3 || label.starts_with('0');
        self.text.starts_with('(') && is_area && begins_with_digit(label) && begins_with_digit(content)
    }
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn bullet(text: &str) -> Option<(Option<String>, usize)> {
    let first = text.chars().next()?;
    let is_bullet =
        matches!(first, '•' | '‣' | '▪' | '◦' | '●' | '○' | '·' | '⁃' | '-' | '–' | '—' | '*' | '+' | 'o');
    is_bullet.then_some((None, first.len_utf8()))
}

/// `[7]`
fn bracketed(text: &str) -> Option<(Option<String>, usize)> {
    let (label, _) = text.strip_prefix('[')?.split_once(']')?;
    let is_number = (1..=3).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (Some(label.to_owned()), label.len() + 2))
}

/// `7.`, `12)`, `(3)`, `b.`, `c)`, `(iv)`.
fn number(text: &str) -> Option<(Option<String>, usize)> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let opened = inner.len() < text.len();
    let end = inner.find(['.', ')'])?;
    let (label, close) = (inner.get(..end)?, inner.get(end..=end)?);
    let digits = label.len() <= 3 && label.bytes().all(|byte| byte.is_ascii_digit());
    let letter = label.len() == 1 && label.bytes().all(|byte| byte.is_ascii_lowercase() || close == ")");
    let roman = label.len() <= 4 && label.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
    let is_label = !label.is_empty()
        && (digits || roman || letter && label.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let well_closed = !opened || close == ")";
    (is_label && well_closed).then(|| (Some(label.to_owned()), usize::from(opened) + end + 1))
}

/// The column after `text` that begins at column `from`.
fn columns(text: &str, from: usize) -> usize {
    text.chars().fold(from, |column, found| if found == '\t' { (column / TAB + 1) * TAB } else { column + 1 })
}

/// Iterates over the lines that are not blank.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    blank: bool,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, blank: true }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let whole = rest.split_inclusive('\n').next()?;
            let begin = self.at;
            self.at += whole.len();
            let unindented = whole.trim_start();
            if unindented.is_empty() {
                self.blank = true;
                continue;
            }
            let lead = whole.len() - unindented.len();
            let indent = columns(whole.get(..lead)?, 0);
            let blank_before = std::mem::take(&mut self.blank);
            return Some(Line { start: begin + lead, indent, text: unindented.trim_end(), blank_before });
        }
    }
}
