//! The lines under a title or at the end that say whose a document is, when it was reviewed and when it will be.
//!
//! They answer nothing, and being short they are near to every question that names the clinic or the subject.

use super::date::{DateLine, date_line, is_due_line, surer};
use super::draft::{Draft, DraftBlock, DraftKind};

/// Name in the report.
const BYLINE: &str = "byline";
/// How far from the beginning or the end of a document it stands, in blocks that are kept.
const NEAR_THE_EDGE: usize = 5;
/// Longest name of an author or a department, in words.
const MAX_NAME_WORDS: usize = 8;
/// Longest word of a name without a capital, in letters.
const MAX_PARTICLE: usize = 3;
/// Between the parts of a line.
const SEPARATORS: &[&str] = &[". ", " · ", " • ", " | ", " - ", " – ", "; "];

/// Takes bylines out of `draft` by naming them in `dropped`; gives the first date, a vague one only where nothing says
/// that the document was written before it.
pub(super) fn take_out(draft: &Draft, dropped: &mut [Option<String>]) -> Option<String> {
    let kept = draft.blocks.iter().zip(dropped).filter(|(_, dropped)| dropped.is_none());
    let kept: Vec<_> = kept.collect();
    let last = kept.len().saturating_sub(NEAR_THE_EDGE);
    let (mut first, mut written): (Option<DateLine>, Option<DateLine>) = (None, None);
    for (at, (block, dropped)) in kept.into_iter().enumerate() {
        let is_near = at < NEAR_THE_EDGE || at >= last;
        if !is_near || !matches!(block.kind, DraftKind::Paragraph { depth: 0 }) {
            continue;
        }
        let Some(text) = text_of(draft, block) else { continue };
        if let Some(byline) = read(text) {
            *dropped = Some(BYLINE.to_owned());
            first = surer(first, byline.reviewed);
        } else {
            written = written.or_else(|| date_line(bare(text)));
        }
    }
    let is_next =
        |line: &DateLine| line.is_vague && written.as_ref().is_some_and(|written| written.date < line.date);
    first.filter(|line| !is_next(line)).map(|line| line.date)
}

fn text_of<'d>(draft: &'d Draft, block: &DraftBlock) -> Option<&'d str> {
    block.span.slice(&draft.text)
}

/// What a byline tells.
#[derive(Debug, PartialEq, Eq)]
struct Byline {
    /// The date of the review; `None` where it tells of the next one alone.
    reviewed: Option<DateLine>,
}

/// Reads `text` as a byline: it tells of a review, and beside it there are names alone.
fn read(text: &str) -> Option<Byline> {
    // The label may be emphasised without its date.
    let text = text.replace("**", "");
    let (mut reviewed, mut is_byline) = (None, false);
    for line in text.lines() {
        let mut parts = vec![bare(line)];
        if labelled(bare(line)).is_none() && !is_due_line(bare(line)) {
            for separator in SEPARATORS {
                parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
            }
        }
        for part in parts.into_iter().map(bare).filter(|part| !part.is_empty()) {
            let found = labelled(part);
            let tells = found.is_some() || is_due_line(part);
            if !tells && !is_name(part) {
                return None;
            }
            is_byline |= tells;
            reviewed = surer(reviewed, found);
        }
    }
    is_byline.then_some(Byline { reviewed })
}

fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '.' | '(' | ')' | '\\'))
}

fn labelled(text: &str) -> Option<DateLine> {
    date_line(text).filter(|line| line.labelled)
}

fn is_name(text: &str) -> bool {
    text.split_whitespace().count() <= MAX_NAME_WORDS
        && text.starts_with(char::is_uppercase)
        && !text.contains(|found: char| matches!(found, '?' | '!') || found.is_numeric())
        && text.split_whitespace().all(may_be_in_a_name)
}

/// Whether a word is written with a capital or as short as "of", "the" and "von".
fn may_be_in_a_name(word: &str) -> bool {
    let word = word.trim_matches(|found: char| !found.is_alphanumeric());
    word.chars().count() <= MAX_PARTICLE || !word.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date_of(text: &str) -> Option<String> {
        read(text)?.reviewed.map(|line| line.date)
    }

    #[test]
    fn the_next_review_is_no_date_of_the_document_and_no_answer() {
        for text in [
            "Page last reviewed: 14 January 2025\nNext review due: 14 January 2028",
            "**Page last reviewed:** 14 January 2025\\\n**Next review due:** 14 January 2028",
            "Next review date: January 2028\nReviewed: 14 January 2025",
            "Northmoor Hospital. Last reviewed: 14 January 2025. Next review: January 2028.",
            "Last reviewed: 14 January 2025 | Review due: 14/01/2028 | Eye Unit",
            "Review date: January 2028\nLast reviewed: 14 January 2025",
        ] {
            assert_eq!(date_of(text).as_deref(), Some("2025-01-14"), "{text}");
        }
        assert_eq!(read("Next review due: 14 January 2028"), Some(Byline { reviewed: None }));
        assert_eq!(read("Your next review is due in June 2028"), None);
        assert_eq!(read("Next review due: 14 January 2028\nBring your tablets."), None);
    }

    #[test]
    fn a_byline_is_a_date_of_review_with_names_beside_it() {
        for text in [
            "Northmoor Hospital, Chest Clinic\nReviewed: 14 January 2025",
            "*Northmoor Hospital, Urology. Last reviewed: 14 January 2025.*",
            "Northmoor Hospital · Eye Unit · Review date: 2025-01-14",
            "Author: Dr A. Person\n(Last updated on January 14, 2025)",
            "Institute of the Chest, Clinic von Reed\nReviewed: 14 January 2025",
        ] {
            assert_eq!(date_of(text).as_deref(), Some("2025-01-14"), "{text}");
        }
    }

    #[test]
    fn what_says_more_is_none() {
        for text in [
            "Northmoor Hospital, Chest Clinic",
            "Reviewed every year by the nurse",
            "Your tablets were reviewed on 14 January 2025",
            "The ward closes for the summer while the roof is being mended. Reviewed: 14 January 2025",
            "will you come?\nReviewed: 14 January 2025",
            "Do not drive for 24 hours.\nLast reviewed: 14 January 2025",
            "Keep the dressing dry\nLast reviewed: 14 January 2025",
            "Ward 7\nLast reviewed: 14 January 2025",
            "14 January 2025",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
