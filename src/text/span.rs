//! Byte ranges and line numbers.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A half-open range of UTF-8 bytes, `start..end`, into one text.
///
/// `start <= end` always holds. Whether both ends are character boundaries depends on the text, so
/// slicing is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "(usize, usize)", into = "(usize, usize)")]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// Makes the range `start..end`; an `end` before `start` gives the empty range at `start`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        let end = if end < start { start } else { end };
        Self { start, end }
    }

    /// First byte.
    #[must_use]
    pub const fn start(self) -> usize {
        self.start
    }

    /// One past the last byte.
    #[must_use]
    pub const fn end(self) -> usize {
        self.end
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same range as the standard library's type.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The slice of `text`, or `None` where the range is out of bounds or cuts a character.
    #[must_use]
    pub fn slice(self, text: &str) -> Option<&str> {
        text.get(self.range())
    }

    /// Whether `other` lies wholly within this range.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// This range without leading and trailing white space of `text`.
    #[must_use]
    pub fn trimmed(self, text: &str) -> Self {
        let Some(slice) = self.slice(text) else { return self };
        let head = slice.len() - slice.trim_start().len();
        let body = slice.trim().len();
        Self::new(self.start + head, self.start + head + body)
    }
}

impl From<(usize, usize)> for Span {
    fn from((start, end): (usize, usize)) -> Self {
        Self::new(start, end)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl From<Span> for (usize, usize) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

/// Where each line of a text begins; answers line numbers from byte offsets in logarithmic time.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Reads `text` once. A line ends after `\n`; a lone `\r` does not end one.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        Self { starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect() }
    }

    /// The number of the line, from 1, that holds byte `offset`.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1)
    }

    /// First and last line, from 1, that `span` touches. An empty range touches one line.
    #[must_use]
    pub fn lines(&self, span: Span) -> (usize, usize) {
        let last = if span.is_empty() { span.start() } else { span.end() - 1 };
        (self.line_of(span.start()), self.line_of(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slicing_refuses_a_cut_character() {
        assert_eq!(Span::new(0, 1).slice("é"), None);
        assert_eq!(Span::new(0, 2).slice("é"), Some("é"));
        assert_eq!(Span::new(1, 9).slice("abc"), None);
    }

    #[test]
    fn a_reversed_range_is_empty() {
        assert_eq!(Span::new(5, 2), Span::new(5, 5));
    }

    #[test]
    fn trimming_keeps_offsets() {
        let text = "ab  cd \n";
        assert_eq!(Span::new(2, 8).trimmed(text).slice(text), Some("cd"));
        assert!(Span::new(2, 4).trimmed(text).is_empty());
    }

    #[test]
    fn lines_are_counted_from_one_and_exclude_the_next() {
        let lines = LineIndex::new("one\ntwo\nthree");
        assert_eq!(lines.lines(Span::new(0, 4)), (1, 1));
        assert_eq!(lines.lines(Span::new(0, 5)), (1, 2));
        assert_eq!(lines.lines(Span::new(8, 13)), (3, 3));
        assert_eq!(LineIndex::new("").lines(Span::new(0, 0)), (1, 1));
    }
}
