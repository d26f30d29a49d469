//! Groups of questions as comma-separated values (RFC 4180), for a spreadsheet.

use super::line::{Line, listed};
use crate::cli::terminal::clean_line;

/// A spreadsheet takes a cell that begins so for a formula.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The lines, with names of the columns above.
pub(super) fn csv(lines: &[Line<'_>]) -> String {
    let mut out = String::from("times,first,last,doors,reasons,question,document,nearest\n");
    for line in lines {
        let document = line.nearest.map(|nearest| nearest.document.as_str()).unwrap_or_default();
        let texts = [
            listed(&line.doors),
            listed(&line.reasons),
            line.question.to_owned(),
            document.to_owned(),
            line.place(),
        ];
        let cells = texts.map(|text| cell(&text)).join(",");
        out.push_str(&format!("{},{},{},{cells}\n", line.times, line.first, line.last));
    }
    out
}

/// A text as a cell that no spreadsheet takes for a formula, nor a part of it: where lists are separated by semicolons a
/// spreadsheet cuts a line there, and takes the quotes for text.
fn cell(text: &str) -> String {
    let mut cell = String::from("\"");
    let mut begins = true;
    for c in clean_line(text).chars() {
        if begins && FORMULA.contains(&c) {
            cell.push('\'');
        }
        begins = c == ';' || (begins && matches!(c, ' ' | '"'));
        if c == '"' {
            cell.push('"');
        }
        cell.push(c);
    }
    cell.push('"');
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\n=1", "\u{ff1d}1"] {
            assert!(cell(formula).starts_with("\"'"), "{formula:?}");
        }
        for (text, expected) in [
            ("May I fly; =1+A1;+2", "\"May I fly; '=1+A1;'+2\""),
            ("a;\"=1", "\"a;\"\"'=1\""),
            ("a; b = 1, c-d", "\"a; b = 1, c-d\""),
            ("a \"b\"\nc", "\"a \"\"b\"\" c\""),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
