//! What someone is told for whom nothing was found: the words that were looked for, and the headings that
//! come nearest. Always words of the question and of the documents.

use super::NearPlace;
use crate::document::{Document, Passage};
use crate::retrieve::{Findings, RankedPassage};
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// Most headings that are named.
const MAX_PLACES: usize = 3;
/// Most words that are named.
const MAX_WORDS: usize = 12;
/// A passage must reach this share of the question's weight for its heading to be named.
const NEAR: f32 = 0.25;

/// The content words of `question`, in its order, each once.
pub(super) fn looked_for(analyzer: &Analyzer, question: &str) -> Vec<String> {
    let mut words: Vec<(String, String)> = Vec::new();
    for token in analyzer.tokens(question) {
        let is_content = weight_class(&token.term) == WeightClass::Content;
        let word = token.span.slice(question).unwrap_or_default();
        if is_content && !words.iter().any(|(term, _)| *term == token.term) && words.len() < MAX_WORDS {
            words.push((token.term, word.to_owned()));
        }
    }
    words.into_iter().map(|(_, word)| word).collect()
}

/// Where the passages stand that share most with the question, each heading once.
pub(super) fn nearest(findings: &Findings) -> Vec<NearPlace> {
    let near = findings.ranked.iter().filter(|passage| passage.features.coverage >= NEAR);
    each_once(near.filter_map(place))
}

/// The first of `all`, each heading once.
pub(super) fn each_once(all: impl Iterator<Item = NearPlace>) -> Vec<NearPlace> {
    let mut places: Vec<NearPlace> = Vec::new();
    for place in all {
        let is_new = !places.iter().any(|known| known.title == place.title && known.section == place.section);
        if is_new && places.len() < MAX_PLACES {
            places.push(place);
        }
    }
    places
}

fn place(passage: &RankedPassage) -> Option<NearPlace> {
    Some(place_in(&passage.document, passage.get()?))
}

/// Where `passage` of `document` stands.
pub(super) fn place_in(document: &Document, passage: &Passage) -> NearPlace {
    let path = document.section_path(passage.section);
    let heading =
        passage.section.and_then(|at| document.sections.get(at as usize)).map(|section| section.heading);
    NearPlace {
        document: document.id.clone(),
        title: document.metadata.title.clone(),
        section: path.into_iter().map(str::to_owned).collect(),
        revision: document.revision.to_string(),
        span: heading.unwrap_or(passage.span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_words_are_told_as_they_were_written() {
        let words = looked_for(&Analyzer::english(), "How do I book the Badminton courts and court shoes?");
        assert_eq!(words, ["book", "Badminton", "courts", "shoes"]);
    }
}
