//! What a block that has been read becomes: its kind, its marker, and how far its heading runs in.

use super::{Context, Reader};
use crate::ingest::draft::DraftKind;
use crate::ingest::html::inline::{Finished, Line};

impl Reader<'_> {
    /// Ends the block that is being read and writes it as what its context makes of it.
    pub(super) fn flush(&mut self) {
        if self.line.is_empty() {
            self.line = Line::default();
            return;
        }
        let done = self.line.take();
        let depth = self.depth();
        let list_continues = DraftKind::Paragraph { depth };
        match self.contexts.last_mut().map(|(_, context)| context) {
            Some(Context::Heading(level)) => {
                let kind = DraftKind::Heading { level: *level };
                self.writer.block(kind, "", &done.text.replace('\n', " "), None);
            }
            Some(Context::Pre) => self.writer.block(DraftKind::Preformatted, "", &done.text, None),
            Some(Context::Summary) => self.write_summary(&done.text),
            Some(Context::Term) => self.write_term(&done.text),
            Some(Context::Note { label }) => {
                let label = label.clone();
                self.write_note(label, &done.text);
            }
            Some(Context::Item { label, begun }) if !*begun => {
                *begun = true;
                let label = label.clone();
                self.write_item(label, &done);
            }
            Some(Context::Definition { begun }) if !*begun => {
                *begun = true;
                self.write_definition(&done);
            }
            Some(_) => self.writer.block(list_continues, "", &done.text, None),
            None => {
                let asks = done.strong == Some(done.text.len()) && done.text.ends_with('?');
                let kind = if asks { DraftKind::Question } else { list_continues };
                self.writer.block(kind, "", &done.text, None);
            }
        }
    }

    fn write_item(&mut self, label: Option<String>, done: &Finished) {
        let marker = label.as_ref().map_or_else(|| "• ".to_owned(), |label| format!("{label}. "));
        let kind = DraftKind::Item { depth: self.depth().max(1), label };
        self.writer.block(kind, &marker, &done.text, run_in(done));
    }

    fn write_note(&mut self, label: String, text: &str) {
        // Where the note repeats its label, the marker says it already.
        let bare = text.trim_start_matches(['[', '(']).strip_prefix(label.as_str());
        let bare = bare.filter(|rest| rest.starts_with([']', ')', '.', ' ', ':']));
        let text = bare.map_or(text, |rest| rest.trim_start_matches([']', ')', '.', ':', ' ']));
        let marker = format!("{label}. ");
        self.writer.block(DraftKind::Note { label }, &marker, text, None);
    }

    fn write_summary(&mut self, text: &str) {
        let level = self.level.saturating_add(1).clamp(2, 6);
        let asks = text.ends_with('?');
        if !asks && !self.details.is_empty() {
            self.level = level;
        }
        let kind = if asks { DraftKind::Question } else { DraftKind::Heading { level } };
        self.writer.block(kind, "", text, None);
    }

    fn write_term(&mut self, text: &str) {
        self.answering = text.ends_with('?');
        if self.answering {
            self.write_lone_term();
            if let Some(list) = self.lists.last_mut() {
                list.asks = true;
            }
            return self.writer.block(DraftKind::Question, "", text, None);
        }
        if !self.terms.is_empty() {
            self.terms.push_str(", ");
        }
        self.terms.push_str(text.trim_end_matches([':', '.', ' ']));
    }

    pub(super) fn write_lone_term(&mut self) {
        let term = std::mem::take(&mut self.terms);
        let kind = DraftKind::Item { depth: self.depth().max(1), label: None };
        self.writer.block(kind, "• ", &term, None);
    }

    fn write_definition(&mut self, done: &Finished) {
        let depth = self.depth();
        if self.answering {
            let kind = DraftKind::Paragraph { depth: depth.saturating_sub(1) };
            return self.writer.block(kind, "", &done.text, None);
        }
        let term = std::mem::take(&mut self.terms);
        let kind = DraftKind::Item { depth: depth.max(1), label: None };
        if term.is_empty() {
            self.writer.block(kind, "• ", &done.text, run_in(done));
        } else {
            self.writer.block(kind, "• ", &format!("{term}: {}", done.text), Some(term.len()));
        }
    }
}

/// The length of a strong beginning that ends in `.` or `:`, that mark left out.
fn run_in(done: &Finished) -> Option<usize> {
    let end = done.strong?;
    let (strong, after) = done.text.split_at_checked(end)?;
    let words = strong.trim_end().trim_end_matches(['.', ':']);
    let closed = words.len() < strong.trim_end().len() || after.starts_with(['.', ':']);
    closed.then_some(words.len()).filter(|&len| len > 0)
}
