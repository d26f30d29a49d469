//! What of a passage is quoted as one: its sentences, each with a heading that it begins with.

use super::emergency::calls_for_help;
use crate::document::{Document, Passage};
use crate::text::Span;

/// Most words of a heading in bold type that a sentence begins with, and of one without at the beginning of a passage.
const MAX_HEADING_WORDS: usize = 6;
const MAX_OPENING_WORDS: usize = 2;
/// The mark of Markdown around bold type.
pub(super) const BOLD: &str = "**";

/// What is quoted as one: a sentence, with the heading that it begins with where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) span: Span,
    /// The places of its sentence and of its heading in [`Passage::sentences`].
    pub(super) sentence: usize,
    pub(super) heading: Option<usize>,
}

/// The sentences of `passage` without the run-in heading that is a section's: "**Driving.**" and the sentence behind it
/// are one.
pub(super) fn units(document: &Document, passage: &Passage) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut heading: Option<Unit> = None;
    for (at, &span) in passage.sentences.iter().enumerate() {
        if is_run_in_heading(document, passage, span) {
            continue;
        }
        let own = Unit { span, sentence: at, heading: None };
        if heading.is_none() && heads_next(document.slice(span), at == 0) {
            heading = Some(own);
            continue;
        }
        units.push(match heading.take() {
            Some(above) => Unit { span: above.span.cover(span), heading: Some(above.sentence), ..own },
            None => own,
        });
    }
    units.extend(heading);
    units
}

/// Whether `sentence` is a few words in bold type, or two at most at the beginning of a passage: "**After the bath.**",
/// "Driving.". A call for help stands for itself.
fn heads_next(sentence: &str, is_first: bool) -> bool {
    let in_bold = sentence.strip_prefix(BOLD).and_then(|rest| rest.strip_suffix(BOLD));
    let (words, most) = match in_bold {
        Some(words) => (words, MAX_HEADING_WORDS),
        None if is_first => (sentence, MAX_OPENING_WORDS),
        None => return false,
    };
    let is_short = (1..=most).contains(&words.split_whitespace().take(most + 1).count());
    is_short && !words.contains(BOLD) && !words.ends_with('?') && !calls_for_help(words)
}

/// Whether `sentence` is nothing but the run-in heading of `passage`; in "Sports: after eight weeks." it is
/// not.
fn is_run_in_heading(document: &Document, passage: &Passage, sentence: Span) -> bool {
    let section = passage.section.and_then(|at| document.sections.get(at as usize));
    let heading = section.map(|section| section.heading).filter(|heading| sentence.contains(*heading));
    let rest = heading.map(|heading| document.slice(Span::new(heading.end(), sentence.end())));
    rest.is_some_and(|rest| !rest.contains(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocumentId, Format};
    use crate::ingest::{IngestConfig, parse_bytes};

    #[test]
    fn a_heading_in_bold_type_and_the_sentence_behind_it_are_one() {
        let units = |text: &str| -> Vec<String> {
            let (id, text) = (DocumentId::new("bells.md").unwrap(), format!("# Bells\n\n{text}\n"));
            let documents = parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default());
            let document = documents.unwrap().remove(0);
            let units = units(&document, &document.passages[0]);
            units.iter().map(|unit| document.slice(unit.span).to_owned()).collect()
        };
        assert_eq!(
            units("**Ropes.** They wear. Oil them. **On the day.** Ring at noon. **Last words.**"),
            ["**Ropes.** They wear.", "Oil them.", "**On the day.** Ring at noon.", "**Last words.**"]
        );
        assert_eq!(units("Ropes. They wear. Oil them."), ["Ropes. They wear.", "Oil them."]);
        for alone in ["They wear out. Ropes. Oil them.", "**Dial 999.** They wear. Oil them."] {
            assert_eq!(units(alone).len(), 3, "{alone}");
        }
        let long = "**Nobody may ring the bells at night.** They wear.";
        assert_eq!(units(long).len(), 2);
    }
}
