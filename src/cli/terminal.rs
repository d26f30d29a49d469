//! The terminal: what it can show, how text is styled, and what must never reach it.
//!
//! Text of documents, servers and file names goes through [`clean`] before it is printed: an escape
//! sequence in a document could otherwise rewrite the screen, or make a link lie about where it leads.

mod wrap;

use std::io::{self, ErrorKind, IsTerminal, Write};

use anyhow::Result;

pub(super) use wrap::{paragraphs, wrap};

/// Widest line of running text, in characters; longer ones are hard to read.
const MAX_WIDTH: usize = 100;
/// Narrowest line that is still wrapped, in characters.
const MIN_WIDTH: usize = 20;
/// Ends every style.
const RESET: &str = "\u{1b}[0m";
/// Longest address that is made a link, in bytes; terminals drop longer ones.
const MAX_LINK_BYTES: usize = 2000;

/// Who read standard output has gone away. Not a failure worth words.
#[derive(Debug, thiserror::Error)]
#[error("standard output was closed")]
pub(super) struct StdoutClosed;

/// How a stretch of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Matches of a question.
    Bold,
    /// What stands around a quote.
    Dim,
    /// Headings of ours.
    Accent,
    /// Cautions and errors.
    Alert,
}

impl Style {
    /// The "select graphic rendition" sequence, ECMA-48 8.3.117.
    const fn sequence(self) -> &'static str {
        match self {
            Self::Bold => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
            Self::Accent => "\u{1b}[36m",
            Self::Alert => "\u{1b}[1;31m",
        }
    }
}

/// What standard output can show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Terminal {
    /// Whether escape sequences are understood and wanted.
    pub(super) escapes: bool,
    /// Characters to a line; `None` where nothing is to be wrapped.
    pub(super) width: Option<usize>,
}

impl Terminal {
    /// Looks at standard output and `NO_COLOR` (no-color.org). What is not a terminal gets plain,
    /// unwrapped text.
    pub(super) fn detect() -> Self {
        if !io::stdout().is_terminal() {
            return Self::default();
        }
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let columns = rustyline::DefaultEditor::new().ok().and_then(|mut editor| editor.dimensions());
        let width = columns.map_or(80, |(columns, _)| usize::from(columns));
        Self { escapes: !plain, width: Some(width.clamp(MIN_WIDTH, MAX_WIDTH)) }
    }

    /// `text` in this style; the plain text where there are no escapes.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.escapes && !text.is_empty() {
            format!("{}{text}{RESET}", style.sequence())
        } else {
            text.to_owned()
        }
    }

    /// `text` as a link to `address` (OSC 8), where the terminal can and the address is fit to be one.
    pub(super) fn link(self, text: &str, address: &str) -> String {
        let fit = address.len() <= MAX_LINK_BYTES
            && (address.starts_with("http://") || address.starts_with("https://"))
            && address.bytes().all(|byte| byte.is_ascii_graphic());
        if self.escapes && fit {
            format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
        } else {
            text.to_owned()
        }
    }

    /// Writes `text` to standard output, at once.
    ///
    /// # Errors
    /// [`StdoutClosed`] where nobody reads it any more, else what the system says.
    pub(super) fn print(self, text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(StdoutClosed.into()),
            other => Ok(other?),
        }
    }

    /// Writes a line to standard error. A closed one is no reason to fail.
    pub(super) fn complain(self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", clean(line));
    }
}

/// `text` with nothing in it that a terminal obeys: control characters (C0, C1, DEL) and the marks that
/// reverse the direction of text become U+FFFD; line breaks stay, tabs become spaces.
pub(super) fn clean(text: &str) -> String {
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() };
    let harmless = |c: char| match c {
        '\n' => '\n',
        '\t' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(harmless).collect()
}

/// [`clean`] on one line: line breaks and runs of white space become one space.
pub(super) fn clean_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_sequence_of_a_document_gets_through() {
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{7}\u{8}\u{7f}\u{0}d\u{1b}]8;;http://x\u{1b}\\e\u{202e}f\rg";
        let shown = clean(hostile);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert!(!shown.contains('\u{202e}'));
        assert!(shown.starts_with("a\u{fffd}[2Jb"));
        assert_eq!(clean("one\r\ntwo\tthree"), "one\ntwo three");
    }

    #[test]
    fn a_link_is_only_made_of_a_plain_web_address() {
        let able = Terminal { escapes: true, width: None };
        assert!(able.link("t", "https://example.org/a").contains("]8;;https://example.org/a"));
        for bad in ["javascript:alert(1)", "https://x/\u{1b}\\", "http://x/a b", "http://x/\u{e9}"] {
            assert_eq!(able.link("t", bad), "t", "{bad:?}");
        }
        assert_eq!(Terminal::default().link("t", "https://example.org"), "t");
    }

    #[test]
    fn a_terminal_without_escapes_gets_none() {
        assert_eq!(Terminal::default().paint(Style::Bold, "x"), "x");
        let able = Terminal { escapes: true, width: None };
        assert_eq!(able.paint(Style::Bold, "x"), "\u{1b}[1mx\u{1b}[0m");
    }

    proptest::proptest! {
        #[test]
        fn cleaned_text_holds_no_control_character_but_line_breaks(text in "\\PC*|(?s).*") {
            proptest::prop_assert!(clean(&text).chars().all(|c| c == '\n' || !c.is_control()));
            proptest::prop_assert!(clean_line(&text).chars().all(|c| !c.is_control()));
        }
    }
}
