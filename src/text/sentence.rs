//! Sentence boundaries of English prose and of lists written into one line.
//!
//! One pass over the text: every stop, question mark, line break and bullet is judged where it stands,
//! from a bounded number of bytes before and after it, so the time is linear in the text. What a stop
//! after a certain word means is decided in `abbreviation`.
//!
//! Two things are left out of the sentences: white space, and bullet markers (`•`, `-`, `*`, `–` with
//! white space after them) between or before sentences. A number that labels an item (`1.`) stays with
//! its sentence, as do closing quotes, brackets and citation marks (`[5]`, `⁵`) after the stop.

mod abbreviation;
mod scan;
#[cfg(test)]
mod tests;

use self::abbreviation::Verdict;
use self::scan::{Gap, Scan, is_solid_bullet, is_terminator};
use super::Span;

/// Longest sentence in bytes. What is longer, by lack of stops, is cut at the last `,`, `;` or `:` or
/// else at the last white space before that many bytes.
pub const MAX_SENTENCE_BYTES: usize = 2_000;

/// The sentences of the part `within` of `text`, ascending, trimmed and never empty; together they hold
/// all of it but white space and bullet markers.
///
/// A blank line always ends a sentence; a single line break does so only before a bullet, or before a number
/// where that is 1, a numbered list is open or what stands before is finished.
/// A range that is not of `text` has none.
#[must_use]
pub fn sentences(text: &str, within: Span) -> Vec<Span> {
    let Some(part) = within.slice(text) else { return Vec::new() };
    let mut splitter = Splitter {
        scan: Scan(part),
        origin: within.start(),
        start: 0,
        listing: false,
        numbering: false,
        found: Vec::new(),
    };
    splitter.run();
    splitter.found
}

struct Splitter<'a> {
    scan: Scan<'a>,
    origin: usize,
    /// Where the current sentence begins.
    start: usize,
    /// Whether a list written into the line is open, so that ` - ` before a capital begins an item.
    listing: bool,
    /// Whether a sentence since the last blank line begins with a number, so that a number on a new line
    /// begins another.
    numbering: bool,
    found: Vec<Span>,
}

impl Splitter<'_> {
    fn run(&mut self) {
        let begin = self.scan.gap(0).end;
        self.start = self.scan.after_marker(begin).unwrap_or(begin);
        self.numbering = self.scan.is_numbered(self.start);
        let mut at = self.start;
        loop {
            at = self.scan.next_interesting(at);
            let Some(found) = self.scan.char_at(at) else { break };
            at = match found {
                '\n' => self.line_break(at),
                ':' => self.colon(at),
                '-' | '–' | '—' | '*' => self.dash(at),
                other if is_terminator(other) => self.stop(at, other),
                other if is_solid_bullet(other) => self.bullet(at),
                other => at + other.len_utf8(),
            };
        }
        let end = self.scan.0.len();
        self.close(end, end);
    }

    /// Ends the current sentence at `end`; the next begins at `next`. Returns `next`.
    fn close(&mut self, end: usize, next: usize) -> usize {
        let mut rest = Span::new(self.start, end).trimmed(self.scan.0);
        while rest.len() > MAX_SENTENCE_BYTES {
            let cut = self.scan.cut_before(rest.start(), rest.start() + MAX_SENTENCE_BYTES);
            self.push(Span::new(rest.start(), cut).trimmed(self.scan.0));
            rest = Span::new(cut, rest.end()).trimmed(self.scan.0);
        }
        self.push(rest);
        self.start = next;
        self.numbering |= self.scan.is_numbered(next);
        next
    }

    fn push(&mut self, span: Span) {
        if !span.is_empty() {
            self.found.push(Span::new(self.origin + span.start(), self.origin + span.end()));
        }
    }

    fn line_break(&mut self, at: usize) -> usize {
        let gap = self.scan.gap(at);
        if gap.blank_line {
            return self.paragraph(at, gap);
        }
        if let Some(content) = self.scan.after_marker(gap.end) {
            self.listing = true;
            return self.close(at, content);
        }
        if self.begins_numbered(at, gap.end) {
            return self.close(at, gap.end);
        }
        gap.end.max(at + 1)
    }

    /// Whether the number at `next`, on a new line, begins a sentence: "raised to 5 or" may go on with "10.".
    fn begins_numbered(&self, at: usize, next: usize) -> bool {
        let is_first =
            || self.scan.0.get(next..).is_some_and(|rest| rest.starts_with("1.") || rest.starts_with("1)"));
        self.scan.is_numbered(next) && (self.numbering || is_first() || self.scan.is_finished(at))
    }

    fn paragraph(&mut self, end: usize, gap: Gap) -> usize {
        (self.listing, self.numbering) = (false, false);
        let next = self.scan.after_marker(gap.end).unwrap_or(gap.end);
        self.close(end, next)
    }

    fn stop(&mut self, at: usize, first: char) -> usize {
        let run_end = self.scan.skip(at, is_terminator);
        let end = self.scan.after_closers(run_end);
        let gap = self.scan.gap(end);
        if gap.end == end {
            let unspaced = matches!(first, '。' | '！' | '？');
            return if unspaced { self.close(end, end) } else { end };
        }
        if gap.blank_line {
            return self.paragraph(end, gap);
        }
        if let Some(content) = self.scan.after_marker(gap.end) {
            let solid = self.scan.char_at(gap.end).is_some_and(is_solid_bullet);
            if solid || gap.line_break || self.scan.may_start(content) {
                self.listing = true;
                return self.close(end, content);
            }
        }
        if self.ends(at, run_end, gap.end) { self.close(end, gap.end) } else { gap.end }
    }

    fn ends(&self, at: usize, run_end: usize, next: usize) -> bool {
        if !self.scan.may_start(next) {
            return false;
        }
        if run_end - at > 1 || self.scan.char_at(at) != Some('.') {
            return true;
        }
        let before = self.scan.words_before(self.start, at);
        match abbreviation::judge(before, self.scan.char_at(next)) {
            Verdict::End => true,
            Verdict::Inside => false,
            Verdict::OnlyBeforeAnOpener => abbreviation::opens_sentences(self.scan.word_at(next)),
        }
    }

    /// `include: - Fever` begins a list within the line.
    fn colon(&mut self, at: usize) -> usize {
        let end = at + 1;
        let gap = self.scan.gap(end);
        if gap.end == end || gap.line_break {
            return end;
        }
        match self.scan.after_marker(gap.end) {
            Some(content) if self.scan.may_start(content) => {
                self.listing = true;
                self.close(end, content)
            }
            _ => end,
        }
    }

    fn dash(&mut self, at: usize) -> usize {
        let next = at + self.scan.char_at(at).map_or(1, char::len_utf8);
        let content = self.scan.after_marker(at).filter(|&content| self.scan.may_start(content));
        match content {
            Some(content) if self.listing && self.scan.follows_space(at) => self.close(at, content),
            _ => next,
        }
    }

    fn bullet(&mut self, at: usize) -> usize {
        let next = at + self.scan.char_at(at).map_or(1, char::len_utf8);
        match self.scan.after_marker(at) {
            Some(content) if self.scan.follows_space(at) => {
                self.listing = true;
                self.close(at, content)
            }
            _ => next,
        }
    }
}
