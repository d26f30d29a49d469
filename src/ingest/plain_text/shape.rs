//! What a single line looks like: a heading, a question, an underline.

use super::line::Line;

/// Longest bare heading, in words and bytes.
const MAX_HEADING_WORDS: usize = 12;
const MAX_HEADING_BYTES: usize = 100;
/// Longest question that counts as a heading, in words.
const MAX_QUESTION_WORDS: usize = 25;
/// Longest heading that may stand directly above a list, in words.
const MAX_TIGHT_WORDS: usize = 4;

/// Headings that begin a part and are never a whole document's title.
const PARTS: &[&str] = &[
    "overview",
    "introduction",
    "summary",
    "key points",
    "about",
    "definition",
    "description",
    "symptoms",
    "signs and symptoms",
    "causes",
    "risk factors",
    "diagnosis",
    "treatment",
    "treatments",
    "prevention",
    "background",
];

/// Words of a clause, which a heading seldom is. Questions are another matter.
const CLAUSE_WORDS: &[&str] = &[
    "is", "are", "was", "were", "may", "can", "could", "should", "will", "would", "must", "has", "had",
    "include", "includes",
];

/// A line that is a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading {
    /// 1 for the document's title; `None` for a question.
    pub(super) level: Option<u8>,
    /// Whether it is written in capitals.
    pub(super) capitals: bool,
    /// Whether it would be a list item but for its place.
    pub(super) is_item: bool,
    /// Bytes from the line's text to the heading without its number.
    pub(super) text_at: usize,
    /// Bytes from the line's text to the heading's end.
    pub(super) text_end: usize,
}

/// Reads `line` as a heading, given the line after it. `first`: nothing stands before it.
pub(super) fn heading(line: Line<'_>, next: Option<&Line<'_>>, first: bool) -> Option<Heading> {
    let text = line.text;
    if text.len() > MAX_HEADING_BYTES * 2 {
        return None;
    }
    let whole = Heading { level: Some(2), capitals: false, is_item: false, text_at: 0, text_end: text.len() };
    if is_question(text) {
        let answered = next.is_some_and(|next| answers(next));
        return (line.marker().is_none() && answered).then_some(Heading { level: None, ..whole });
    }
    let loose = next.is_none_or(|next| next.blank_before);
    if let Some((parts, at)) = outline_number(text).filter(|_| loose) {
        let level = u8::try_from(parts + 1).unwrap_or(6).min(6);
        return is_title_like(text.get(at..)?).then_some(Heading {
            level: Some(level),
            text_at: at,
            ..whole
        });
    }
    if let Some(marker) = line.marker() {
        let stands_alone =
            loose && line.indent == 0 && next.is_some_and(|next| next.indent == 0 && next.marker().is_none());
        let is_heading =
            stands_alone && marker.label.is_some() && is_title_like(text.get(marker.content_at..)?);
        return is_heading.then_some(Heading { is_item: true, text_at: marker.content_at, ..whole });
    }
    let unclosed = text.trim_end_matches(':').trim_end();
    if in_capitals(unclosed)
        && is_title_like(unclosed)
        && next.is_none_or(|next| next.blank_before || !in_capitals(next.text))
    {
        let level = if first && loose { 1 } else { 2 };
        return Some(Heading { level: Some(level), capitals: level > 1, text_end: unclosed.len(), ..whole });
    }
    let above_list = next.is_some_and(|next| next.marker().is_some()) && words(text) <= MAX_TIGHT_WORDS;
    let is_part = names_a_part(text);
    let level = if first && loose && !is_part { 1 } else { 2 };
    let clause = !loose && has_clause_word(text);
    (is_title_like(text) && (loose || above_list) && !clause)
        .then_some(Heading { level: Some(level), ..whole })
}

/// The level that a line of `===` (1) or `---`, `~~~`, `___`, `***` (2) gives to the line above it.
pub(super) fn underline_level(text: &str) -> Option<u8> {
    let first = text.chars().next().filter(|first| matches!(first, '=' | '-' | '~' | '_' | '*'))?;
    let is_rule = text.len() >= 3 && text.chars().all(|found| found == first);
    is_rule.then_some(if first == '=' { 1 } else { 2 })
}

/// `Q:`, `Q3.`, `A:`, `Question:`, `Answer:` with text after it: the letter and where the text begins.
pub(super) fn speaker(text: &str) -> Option<(char, usize)> {
    let letter = text.chars().next().filter(|first| matches!(first, 'Q' | 'A'))?;
    let end = text.find([':', '.', ')']).filter(|&end| end <= 12)?;
    let name = text.get(..end)?;
    let word = name.trim_end_matches(|found: char| found.is_ascii_digit() || found == ' ');
    let is_speaker = matches!(word, "Q" | "A")
        || matches!(word, "Question" | "Answer") && text.get(end..=end) == Some(":");
    let rest = text.get(end + 1..)?;
    let content = rest.trim_start();
    (is_speaker && content.len() < rest.len() && !content.is_empty())
        .then_some((letter, text.len() - content.len()))
}

pub(super) fn has_clause_word(text: &str) -> bool {
    text.split_whitespace().any(|word| CLAUSE_WORDS.contains(&word))
}

pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn is_question(text: &str) -> bool {
    text.ends_with('?')
        && text.starts_with(char::is_uppercase)
        && words(text) <= MAX_QUESTION_WORDS
        && !text.contains(". ")
        && !text.contains("? ")
}

/// Whether `next` can begin an answer: it is no further question and no heading.
fn answers(next: &Line<'_>) -> bool {
    !is_question(next.text)
        && (next.marker().is_some() || next.text.ends_with(['.', ':', '!']) || words(next.text) > 6)
}

/// Whether a line is written as headings are: short, begun with a capital or a figure, without a stop.
pub(super) fn is_title_like(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() <= MAX_HEADING_BYTES
        && words(text) <= MAX_HEADING_WORDS
        && text.starts_with(|first: char| {
            first.is_uppercase() || first.is_ascii_digit() || first.is_alphabetic() && !first.is_lowercase()
        })
        && !text.ends_with(['.', ',', ';', ':', '!', '…'])
        && text.chars().any(char::is_alphabetic)
        && digits < 5
        && !text.contains(['@', '|', '\t'])
        && !text.contains("://")
}

fn in_capitals(text: &str) -> bool {
    text.chars().filter(|found| found.is_uppercase()).count() >= 4 && !text.chars().any(char::is_lowercase)
}

/// `1.2 Title`, `2.1.3. Title`: how many numbers, and where the title begins.
fn outline_number(text: &str) -> Option<(usize, usize)> {
    let end = text.find(char::is_whitespace)?;
    let number = text.get(..end)?.trim_end_matches('.');
    let parts = number.split('.').count();
    let is_number =
        |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let rest = text.get(end..)?;
    let title = rest.trim_start();
    let is_outline = parts > 1 && number.split('.').all(is_number) && title.starts_with(char::is_uppercase);
    is_outline.then_some((parts, text.len() - title.len()))
}

/// Whether `heading` is the usual name of a part ("Symptoms"), which does not name a document.
pub(crate) fn names_a_part(heading: &str) -> bool {
    PARTS.iter().any(|part| part.eq_ignore_ascii_case(heading))
}
