//! The text within one paragraph: white space folded, raised numbers written as marks or in raised digits.

use crate::ingest::field;
use crate::ingest::raised::{MAX_RAISED, is_of_numbers, may_be_cited, raised};

/// The text of a paragraph that is being read.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    space: bool,
    /// Whether a tab stands after the first characters, which are [`head`](Self::head) bytes.
    head: Option<usize>,
    /// Where the strong emphasis ends that begins the line, and whether it has ended.
    strong: (usize, bool),
    /// Raised characters that are not written yet: a number may come in pieces.
    raised: String,
    raised_is_bold: bool,
}

/// The finished text of a paragraph.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Finished {
    /// Without white space around it.
    pub(super) text: String,
    /// Length of the strong emphasis that begins it, in bytes.
    pub(super) strong: Option<usize>,
    /// Length of what stands before the first tab, in bytes.
    pub(super) head: Option<usize>,
}

impl Finished {
    /// Whether all of it is strong.
    pub(super) fn is_strong(&self) -> bool {
        self.strong == Some(self.text.len())
    }
}

impl Line {
    /// Adds text of a run.
    pub(super) fn push(&mut self, text: &str, is_bold: bool) {
        self.write_raised();
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                self.space = true;
            } else if !field::is_invisible(c) && c != '\u{AD}' {
                if std::mem::take(&mut self.space) && !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push(' ');
                }
                self.add(c, is_bold);
            }
        }
    }

    /// Adds raised text of a run.
    pub(super) fn push_raised(&mut self, text: &str, is_bold: bool) {
        self.raised_is_bold = is_bold;
        if self.raised.len() > MAX_RAISED {
            let raised = std::mem::take(&mut self.raised);
            self.push(&raised, is_bold);
        }
        self.raised.push_str(text);
    }

    /// Adds the mark of a note.
    pub(super) fn mark(&mut self, label: &str, is_bold: bool) {
        self.write_raised();
        if std::mem::take(&mut self.space) && !self.text.is_empty() {
            self.text.push(' ');
        }
        for c in ['['].into_iter().chain(label.chars()).chain([']']) {
            self.add(c, is_bold);
        }
    }

    pub(super) fn tab(&mut self) {
        self.write_raised();
        if !self.text.is_empty() && self.head.is_none() {
            self.head = Some(self.text.len());
        }
        self.space = true;
    }

    pub(super) fn line_break(&mut self) {
        self.write_raised();
        self.space = false;
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    pub(super) fn take(&mut self) -> Finished {
        self.write_raised();
        let line = std::mem::take(self);
        let text = line.text.trim_end().to_owned();
        let strong = Some(line.strong.0.min(text.len())).filter(|&end| end > 0);
        let head = line.head.filter(|&head| head < text.len());
        Finished { text, strong, head }
    }

    fn add(&mut self, c: char, is_bold: bool) {
        self.text.push(c);
        let (end, has_ended) = &mut self.strong;
        *has_ended |= !is_bold;
        if !*has_ended {
            *end = self.text.len();
        }
    }

    fn write_raised(&mut self) {
        if self.raised.is_empty() {
            return;
        }
        let (run, is_bold) = (std::mem::take(&mut self.raised), self.raised_is_bold);
        let label: String =
            run.chars().filter(|c| !c.is_whitespace() && !matches!(c, '[' | ']' | '(' | ')')).collect();
        let is_mark = is_of_numbers(&label)
            && label.len() <= MAX_RAISED
            && !self.space
            && !self.text.ends_with(['[', '('])
            && may_be_cited(&self.text);
        if is_mark {
            return self.mark(&label, is_bold);
        }
        let digits = raised(&run).filter(|_| !self.text.ends_with('['));
        self.push(digits.as_deref().unwrap_or(&run), is_bold);
    }
}
