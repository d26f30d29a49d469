//! Groups of questions in columns, for a terminal.

use super::line::{Line, cut, listed};

/// The lines in columns, what came nearest below each question.
pub(super) fn table(lines: &[Line<'_>]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let head = ["times", "first", "last", "doors", "reasons"].map(str::to_owned);
    let cells = lines.iter().map(|line| {
        [
            line.times.to_string(),
            line.first.to_string(),
            line.last.to_string(),
            listed(&line.doors),
            listed(&line.reasons),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(cells).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let questions = std::iter::once("question".to_owned()).chain(lines.iter().map(|line| cut(line.question)));
    let places = std::iter::once(String::new()).chain(lines.iter().map(Line::place));
    let mut out = String::new();
    for ((row, question), place) in rows.iter().zip(questions).zip(places) {
        let [times, first, last, doors, reasons] = row;
        let [a, b, c, d, e] = widths;
        let row = format!("{times:>a$}  {first:<b$}  {last:<c$}  {doors:<d$}  {reasons:<e$}  {question}");
        out.push_str(row.trim_end());
        out.push('\n');
        if !place.is_empty() {
            out.push_str(&format!("{:a$}  nearest: {place}\n", ""));
        }
    }
    out
}
