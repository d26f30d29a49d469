//! Citation marks in the running text.

use std::collections::HashMap;

use crate::document::Mark;
use crate::text::Span;
use crate::text::normalize::is_superscript_digit;

/// Longest content of a bracketed mark, in bytes.
const MAX_BRACKET: usize = 60;
/// Longest range `[3-9]` that is counted out.
const MAX_RANGE: u32 = 50;
/// Units that a superscript 2 or 3 belongs to.
const UNITS: &[&str] =
    &["m", "cm", "mm", "km", "dm", "kg/m", "g/m", "mg/m", "ft", "in", "µm", "ml/m", "s", "x", "r"];

/// Adds to `marks` those of the part `within`, ascending; a bracket with several numbers gives one mark
/// for each, all with the bracket's span.
pub(crate) fn find(text: &str, within: Span, labels: &HashMap<&str, u32>, marks: &mut Vec<Mark>) {
    let Some(part) = within.slice(text) else { return };
    let mut at = 0;
    while let Some(next) =
        part.get(at..).and_then(|rest| rest.find(|found| found == '[' || is_superscript_digit(found)))
    {
        at += next;
        let rest = part.get(at..).unwrap_or_default();
        let (length, entries) = if rest.starts_with('[') {
            bracket(rest, labels).unwrap_or((1, Vec::new()))
        } else {
            superscript(part, at, labels)
        };
        let span = Span::new(within.start() + at, within.start() + at + length);
        marks.extend(entries.into_iter().map(|entry| Mark { span, entry }));
        at += length.max(1);
    }
}

fn bracket(rest: &str, labels: &HashMap<&str, u32>) -> Option<(usize, Vec<u32>)> {
    let window = rest.get(1..rest.floor_char_boundary(MAX_BRACKET))?;
    let (content, _) = window.split_once(']')?;
    let entries = match content.strip_prefix('^') {
        Some(label) => labels.get(label).copied().into_iter().collect(),
        None => numbers(content, labels),
    };
    Some((content.len() + 2, entries))
}

/// The entries of `9, 10` or `1-3`. None at all where something else stands between them.
fn numbers(content: &str, labels: &HashMap<&str, u32>) -> Vec<u32> {
    let mut entries = Vec::new();
    for piece in content.split([',', ';']).map(str::trim) {
        if let Some(&entry) = labels.get(piece) {
            entries.push(entry);
        } else if let Some((first, last)) = piece.split_once(['-', '–', '—']) {
            let (Ok(first), Ok(last)) = (first.trim().parse::<u32>(), last.trim().parse::<u32>()) else {
                return Vec::new();
            };
            if last >= first && last - first <= MAX_RANGE {
                entries.extend(
                    (first..=last).filter_map(|number| labels.get(number.to_string().as_str()).copied()),
                );
            }
        } else if piece.is_empty() || !piece.bytes().all(|byte| byte.is_ascii_digit()) {
            return Vec::new();
        }
    }
    entries
}

/// The run of superscripts at `at`. An exponent (10⁵, cm²), an isotope (¹⁷⁷Lu) or a charge (Ca²⁺) is no mark.
fn superscript(part: &str, at: usize, labels: &HashMap<&str, u32>) -> (usize, Vec<u32>) {
    let rest = part.get(at..).unwrap_or_default();
    let run = rest
        .trim_start_matches(|found| is_superscript_digit(found) || matches!(found, '⁻' | '˒' | ',' | '–'));
    let whole = rest.get(..rest.len() - run.len()).unwrap_or_default();
    let marked = whole.trim_end_matches(|found| !is_superscript_digit(found));
    let window = part.get(part.floor_char_boundary(at.saturating_sub(24))..at).unwrap_or_default();
    let word = window.rsplit(|found: char| found.is_whitespace() || found == '(').next().unwrap_or_default();
    let exponent = word.ends_with(|found: char| found.is_ascii_digit()) || UNITS.contains(&word);
    let isotope = run.starts_with(char::is_alphabetic) && marked.len() == whole.len();
    let charge = run.starts_with('⁺') || whole.ends_with('⁻');
    if exponent || isotope || charge || word.is_empty() {
        return (marked.len(), Vec::new());
    }
    (marked.len(), numbers(&marked.chars().map(plain_digit).collect::<String>(), labels))
}

const fn plain_digit(found: char) -> char {
    match found {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        '⁻' | '–' => '-',
        _ => ',',
    }
}
