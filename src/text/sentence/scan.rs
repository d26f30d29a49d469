//! Looking around in a text without ever slicing it wrongly.
//!
//! Every function looks at a bounded number of bytes, or at a run that the caller then steps over.

use crate::text::normalize::is_superscript_digit;

/// Longest citation mark that is looked for after a stop, in bytes.
const MAX_MARK: usize = 40;
/// How far back the words before a stop are looked for, in bytes.
const MAX_LOOK_BACK: usize = 60;

/// A text with questions about single places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a>(pub(super) &'a str);

/// A run of white space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) end: usize,
    pub(super) line_break: bool,
    pub(super) blank_line: bool,
}

/// The text just before a stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'a> {
    /// The word that the stop stands after, without opening brackets and quotes.
    pub(super) word: &'a str,
    /// The word before that one.
    pub(super) previous: &'a str,
    /// Whether `word` is all there is of the sentence so far.
    pub(super) alone: bool,
}

pub(super) fn is_terminator(found: char) -> bool {
    matches!(found, '.' | '?' | '!' | '…' | '。' | '！' | '？')
}

/// Characters that are hardly ever anything but a bullet.
pub(super) fn is_solid_bullet(found: char) -> bool {
    matches!(found, '•' | '‣' | '▪' | '◦' | '●' | '○' | '·' | '⁃')
}

fn is_bullet(found: char) -> bool {
    is_solid_bullet(found) || matches!(found, '-' | '–' | '—' | '*')
}

fn is_closer(found: char) -> bool {
    matches!(found, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '}' | '*' | '_')
}

fn is_opener(found: char) -> bool {
    matches!(found, '"' | '\'' | '“' | '‘' | '«' | '(' | '[' | '{' | '*' | '_' | '¿' | '¡')
}

fn is_superscript(found: char) -> bool {
    is_superscript_digit(found) || found == '⁻'
}

impl<'a> Scan<'a> {
    pub(super) fn char_at(self, at: usize) -> Option<char> {
        self.0.get(at..)?.chars().next()
    }

    /// The next place from `at` on that may end a sentence, or the end.
    pub(super) fn next_interesting(self, at: usize) -> usize {
        let rest = self.0.as_bytes().get(at..).unwrap_or_default();
        let is_interesting =
            |&byte: &u8| matches!(byte, b'\n' | b'.' | b'?' | b'!' | b':' | b'-' | b'*') || byte >= 0xC0;
        rest.iter().position(is_interesting).map_or(self.0.len(), |found| at + found)
    }

    /// The end of the run of characters from `at` on that `wanted` accepts.
    pub(super) fn skip(self, at: usize, wanted: fn(char) -> bool) -> usize {
        let rest = self.0.get(at..).unwrap_or_default();
        self.0.len() - rest.trim_start_matches(wanted).len()
    }

    pub(super) fn gap(self, at: usize) -> Gap {
        let end = self.skip(at, char::is_whitespace);
        let breaks = self.0.get(at..end).map_or(0, |gap| gap.bytes().filter(|&byte| byte == b'\n').count());
        Gap { end, line_break: breaks > 0, blank_line: breaks > 1 }
    }

    /// Where the content after a bullet marker at `at` begins; `None` where there is no marker with
    /// white space and content after it.
    pub(super) fn after_marker(self, at: usize) -> Option<usize> {
        let marker = self.char_at(at).filter(|&found| is_bullet(found))?;
        let gap = self.gap(at + marker.len_utf8());
        let is_marker = gap.end > at + marker.len_utf8() && !gap.line_break && gap.end < self.0.len();
        is_marker.then_some(gap.end)
    }

    /// Whether a label such as `1.` or `12)` with text after it stands at `at`.
    pub(super) fn is_numbered(self, at: usize) -> bool {
        let end = self.skip(at, |found| found.is_ascii_digit());
        let digits = end - at;
        let closed = matches!(self.char_at(end), Some('.' | ')'));
        (1..=2).contains(&digits) && closed && matches!(self.char_at(end + 1), Some(' ' | '\t'))
    }

    /// Whether what stands before `at` is a whole sentence or announces something; closing signs are stepped over.
    pub(super) fn is_finished(self, at: usize) -> bool {
        let from = self.0.floor_char_boundary(at.saturating_sub(MAX_LOOK_BACK));
        let before = self.0.get(from..at).unwrap_or_default();
        let before = before.trim_end_matches(|found: char| found.is_whitespace() || is_closer(found));
        before.ends_with(|last: char| is_terminator(last) || matches!(last, ':' | ';'))
    }

    pub(super) fn follows_space(self, at: usize) -> bool {
        self.0.get(..at).and_then(|before| before.chars().next_back()).is_none_or(char::is_whitespace)
    }

    /// The end of the closing quotes, brackets and citation marks from `at` on.
    pub(super) fn after_closers(self, at: usize) -> usize {
        let mut at = at;
        loop {
            let closed =
                self.skip(at, |found| is_closer(found) || is_superscript(found) || is_terminator(found));
            let marked = self.after_mark(closed).unwrap_or(closed);
            if marked == at {
                return at;
            }
            at = marked;
        }
    }

    /// The end of a citation mark like `[5]`, `[2, 3]` or `[^a]`, with a space before it or not.
    fn after_mark(self, at: usize) -> Option<usize> {
        let rest = self.0.get(at..)?;
        let inner = rest.strip_prefix('[').or_else(|| rest.strip_prefix(" ["))?;
        let window = inner.get(..inner.floor_char_boundary(MAX_MARK))?;
        let (label, _) = window.split_once(']')?;
        let is_number = |found: char| found.is_ascii_digit() || matches!(found, ',' | ';' | '-' | '–' | ' ');
        let numeric = label.starts_with(|first: char| first.is_ascii_digit()) && label.chars().all(is_number);
        let footnote = label.strip_prefix('^').is_some_and(|name| name.chars().all(char::is_alphanumeric));
        (numeric || footnote).then_some(at + (rest.len() - inner.len()) + label.len() + 1)
    }

    /// Whether what stands at `at` can begin a sentence: no small letter, unless capitals follow it as in
    /// "mRNA", and no punctuation that goes on with one.
    pub(super) fn may_start(self, at: usize) -> bool {
        let at = self.skip(at, is_opener);
        let mut ahead = self.0.get(at..).unwrap_or_default().chars();
        match ahead.next() {
            None => true,
            Some(first) if first.is_lowercase() => ahead.take(2).any(char::is_uppercase),
            Some(first) => !matches!(first, ',' | ';' | ':' | ')' | ']' | '}' | '-' | '–' | '—' | '/'),
        }
    }

    /// The word at `at`, with the character after it; openers are stepped over.
    pub(super) fn word_at(self, at: usize) -> (&'a str, Option<char>) {
        let at = self.skip(at, is_opener);
        let rest = self.0.get(at..).unwrap_or_default();
        let window = rest.get(..rest.floor_char_boundary(MAX_LOOK_BACK)).unwrap_or_default();
        let word = window.split(|found: char| !found.is_alphabetic()).next().unwrap_or_default();
        (word, self.char_at(at + word.len()))
    }

    pub(super) fn words_before(self, start: usize, at: usize) -> Before<'a> {
        let from = start.max(self.0.floor_char_boundary(at.saturating_sub(MAX_LOOK_BACK)));
        let window = self.0.get(from..at).unwrap_or_default();
        let mut words = window.rsplit(char::is_whitespace);
        let whole = words.next().unwrap_or_default();
        let inner = |found: char| is_opener(found) || matches!(found, '/' | '—' | '–' | ',' | ';' | '-');
        let word = whole.rsplit(inner).next().unwrap_or_default();
        let previous = words.find(|word| !word.is_empty()).unwrap_or_default();
        Before { word, previous, alone: from == start && whole.len() == window.len() }
    }

    /// Where to cut an over-long stretch between `from` and `limit`.
    pub(super) fn cut_before(self, from: usize, limit: usize) -> usize {
        let limit = self.0.floor_char_boundary(limit);
        let window = self.0.get(from..limit).unwrap_or_default();
        let half = window.len() / 2;
        let clause = window.rmatch_indices([',', ';', ':']).find(|&(at, _)| {
            window.get(at + 1..).is_some_and(|after| after.starts_with(char::is_whitespace))
        });
        match clause {
            Some((at, _)) if at > half => from + at + 1,
            _ => window.rfind(char::is_whitespace).filter(|&at| at > 0).map_or(limit, |at| from + at),
        }
    }
}
