//! Running text in lines, with the styles of its stretches kept.

use super::{RESET, Style, Terminal, clean};

/// A word of a wrapped text: pieces that stand together without white space.
type Word = Vec<(String, Option<Style>)>;

/// The stretches of a text as paragraphs: line breaks of the source are spaces, except at an empty line
/// and before a list marker.
///
/// `stretches` are cleaned here.
pub(in crate::cli) fn paragraphs<'a>(
    stretches: impl Iterator<Item = (&'a str, Option<Style>)>,
) -> Vec<Vec<(String, Option<Style>)>> {
    let mut lines: Vec<Vec<(String, Option<Style>)>> = vec![Vec::new()];
    for (text, style) in stretches {
        for (at, part) in clean(text).split('\n').enumerate() {
            if at > 0 {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
                line.push((part.to_owned(), style));
            }
        }
    }
    let mut paragraphs: Vec<Vec<(String, Option<Style>)>> = Vec::new();
    let mut apart = true;
    for line in lines {
        let text: String = line.iter().map(|(part, _)| part.as_str()).collect();
        if text.trim().is_empty() {
            apart = true;
            continue;
        }
        match paragraphs.last_mut().filter(|_| !apart && !begins_item(&text)) {
            Some(paragraph) => {
                paragraph.push((" ".to_owned(), None));
                paragraph.extend(line);
            }
            None => paragraphs.push(line),
        }
        apart = false;
    }
    paragraphs
}

/// Whether a line begins a list item or a table row: a bullet, a number with a full stop or bracket, a
/// bar.
fn begins_item(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with(['\u{2022}', '\u{2013}', '|', '\u{25aa}', '\u{25e6}'])
        || ["- ", "* ", "+ "].iter().any(|bullet| line.starts_with(bullet))
    {
        return true;
    }
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.len() && (rest.starts_with(". ") || rest.starts_with(") "))
}

/// Sets one paragraph in lines that begin with `indent`, at most as wide as the terminal (counted in
/// characters; a longer word stands alone). Ends with a line break.
pub(in crate::cli) fn wrap(
    terminal: Terminal,
    indent: &str,
    stretches: &[(String, Option<Style>)],
) -> String {
    let width = terminal.width.unwrap_or(usize::MAX).saturating_sub(indent.chars().count()).max(1);
    let mut out = Painted { terminal, text: String::new(), open: None };
    let mut used = 0;
    for word in words(stretches) {
        let length: usize = word.iter().map(|(part, _)| part.chars().count()).sum();
        if used == 0 {
            out.push(indent, None);
        } else if used + 1 + length > width {
            out.push("\n", None);
            out.push(indent, None);
            used = 0;
        } else {
            // A space between two words of one style has it too: fewer escapes, and no gaps in a colour.
            let style = out.open.filter(|_| word.first().is_some_and(|(_, first)| *first == out.open));
            out.push(" ", style);
            used += 1;
        }
        used += length;
        for (part, style) in word {
            out.push(&part, style);
        }
    }
    if !out.text.is_empty() {
        out.push("\n", None);
    }
    out.text
}

/// Text with its escapes; neighbours of one style share them.
struct Painted {
    terminal: Terminal,
    text: String,
    open: Option<Style>,
}

impl Painted {
    fn push(&mut self, text: &str, style: Option<Style>) {
        if self.terminal.escapes && style != self.open {
            if self.open.is_some() {
                self.text.push_str(RESET);
            }
            self.text.push_str(style.map_or("", Style::sequence));
        }
        self.open = style;
        self.text.push_str(text);
    }
}

fn words(stretches: &[(String, Option<Style>)]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    for (text, style) in stretches {
        for part in text.split_inclusive(char::is_whitespace) {
            let core = part.trim_end();
            if !core.is_empty() {
                let piece = (core.to_owned(), *style);
                match words.last_mut().filter(|_| open) {
                    Some(word) => word.push(piece),
                    None => words.push(vec![piece]),
                }
            }
            open = core.len() == part.len();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: usize) -> Terminal {
        Terminal { escapes: false, width: Some(width) }
    }

    fn set(width: usize, text: &str) -> String {
        let set = |paragraph: &Vec<_>| wrap(plain(width), "  ", paragraph);
        paragraphs(std::iter::once((text, None))).iter().map(set).collect()
    }

    #[test]
    fn lines_keep_to_the_width_and_lose_no_word() {
        let text = "Over days to weeks, the medicine reaches the cells.";
        let shown = set(22, text);
        assert!(shown.lines().all(|line| line.chars().count() <= 22), "{shown}");
        assert_eq!(shown.split_whitespace().collect::<Vec<_>>().join(" "), text);
        assert!(set(22, "incomprehensibilities-and-more").contains("incomprehensibilities-and-more"));
    }

    #[test]
    fn list_items_and_paragraphs_stay_apart_and_hard_breaks_do_not() {
        assert_eq!(
            set(80, "Bring:\n- your\n  list\n- a friend\n\nThen go."),
            "  Bring:\n  - your list\n  - a friend\n  Then go.\n"
        );
        assert_eq!(set(80, "1. one\n2) two\n1.5 mg"), "  1. one\n  2) two 1.5 mg\n");
    }

    #[test]
    fn a_match_inside_a_word_is_styled_without_splitting_it() {
        let able = Terminal { escapes: true, width: Some(80) };
        let stretches =
            [("un".to_owned(), None), ("treat".to_owned(), Some(Style::Bold)), ("ed now".to_owned(), None)];
        assert_eq!(wrap(able, "", &stretches), "un\u{1b}[1mtreat\u{1b}[0med now\n");
        let two = [("one two".to_owned(), Some(Style::Dim))];
        assert_eq!(wrap(able, "", &two), "\u{1b}[2mone two\u{1b}[0m\n");
        let narrow = Terminal { escapes: true, width: Some(4) };
        assert_eq!(wrap(narrow, " ", &two), " \u{1b}[2mone\u{1b}[0m\n \u{1b}[2mtwo\u{1b}[0m\n");
    }

    #[test]
    fn without_a_width_nothing_is_wrapped() {
        let long = "word ".repeat(500);
        let shown = wrap(Terminal::default(), "", &[(long, None)]);
        assert_eq!(shown.lines().count(), 1);
    }
}
