//! Questions that the documents answer, near what was asked: those that they pose themselves, and the
//! headings beside the one that was quoted. Always words of the documents.
//!
//! Of a leaflet only its own are offered, those first under which most was found for the question. What says
//! nothing when it stands alone, stands in other leaflets that were found as well, or names a harm that nobody asked
//! about, is not offered; nor is anything to somebody who is told to call for help.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::Citation;
use super::confidence::DEPTH;
use super::emergency::calls_for_help;
use crate::document::{Document, Section};
use crate::retrieve::{Findings, RankedPassage};
use crate::text::Span;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// Most related questions.
const MAX_RELATED: usize = 3;
/// Longest heading that is offered, in bytes.
const MAX_BYTES: usize = 90;
/// A passage must reach this share of the question's weight for its question to be offered.
const NEAR: f32 = 0.3;
/// Words that point at what only the document tells; in a question "that" does so, too.
const POINTING: [&str; 6] = ["it", "these", "they", "them", "this", "those"];
/// Headings that say nothing alone.
const GENERIC: &str = include_str!("generic-headings.txt");
/// Headings that name a harm.
const HARMS: &str = include_str!("harms.txt");

/// What to ask next.
pub(super) fn related(
    analyzer: &Analyzer,
    asked: &str,
    findings: &Findings,
    citations: &[Citation],
) -> Vec<String> {
    let mut related = Related { asked, offered: Vec::new() };
    let Some(first) = citations.first() else { return related.offered };
    if citations.iter().any(|citation| calls_for_help(&citation.quote)) {
        return related.offered;
    }
    for passage in findings.ranked.iter().filter(|passage| !is_quoted(passage, citations)) {
        if passage.features.coverage >= NEAR {
            related.offer(posed(passage, first));
        }
    }
    let own = findings.ranked.iter().find(|passage| passage.document.id == first.reference.document);
    if let Some(passage) = own {
        for heading in beside(analyzer, asked, &passage.document, findings, citations) {
            related.offer(Some(heading));
        }
    }
    related.offered
}

struct Related<'a> {
    asked: &'a str,
    offered: Vec<String>,
}

impl Related<'_> {
    fn offer(&mut self, text: Option<&str>) {
        let Some(text) = text.map(as_offered) else { return };
        let is_new = !text.eq_ignore_ascii_case(self.asked.trim())
            && !self.offered.iter().any(|known| known.eq_ignore_ascii_case(text));
        let is_short = text.len() <= MAX_BYTES && text.chars().filter(|c| c.is_alphabetic()).count() > 2;
        if is_new && is_short && says_something(text) && self.offered.len() < MAX_RELATED {
            self.offered.push(text.to_owned());
        }
    }
}

/// A heading or question as it is offered.
fn as_offered(text: &str) -> &str {
    text.trim().trim_end_matches([':', '.'])
}

/// Whether `offer` is a heading or a question of `document`; where that answers a question of its own, as a record does,
/// those of others are offered with it.
pub(super) fn is_offered_by(document: &Document, offer: &str) -> bool {
    let is_same = |span: Span| as_offered(document.slice(span)) == offer;
    document.metadata.question.is_some()
        || document.sections.iter().any(|section| is_same(section.heading))
        || document.passages.iter().filter_map(|passage| passage.context).any(is_same)
}

/// The words of `heading` in small letters, without numbers and marks.
fn plain(heading: &str) -> String {
    let words: Vec<String> = heading
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '\u{2019}'))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// Whether `heading` says without its document what would be answered, and names no mere harm.
fn says_something(heading: &str) -> bool {
    let plain = plain(heading);
    let is_in = |list: &str| list.lines().filter(|line| !line.starts_with('#')).any(|line| line == plain);
    !plain.is_empty() && !is_in(GENERIC) && !is_in(HARMS) && names_a_subject(heading, &plain)
}

/// Whether a word of `heading`, in `plain` words, names a subject: two, where another points at what only the document
/// tells ("Does it hurt?"), unless that is for the sake of grammar ("How long does it take to get the result?").
fn names_a_subject(heading: &str, plain: &str) -> bool {
    let is_question = heading.ends_with('?');
    let points = |word: &str| POINTING.contains(&word) || is_question && word == "that";
    let mut rest = plain.split(' ').skip_while(|&word| !points(word));
    let wanted = if rest.next().is_some() && !rest.any(|word| word == "to") { 2 } else { 1 };
    terms(&Analyzer::english(), plain).len() >= wanted
}

/// The question that `passage` answers, where it is of the document of `first`, or the one of its document where
/// the documents are answers to a question each.
fn posed<'p>(passage: &'p RankedPassage, first: &Citation) -> Option<&'p str> {
    let document = &*passage.document;
    let context = passage.get()?.context.map(|span| document.slice(span));
    let own = context.filter(|text| text.trim_end().ends_with('?'));
    own.filter(|_| document.id == first.reference.document).or(document.metadata.question.as_deref())
}

fn is_quoted(passage: &RankedPassage, citations: &[Citation]) -> bool {
    let own = passage.get().map(|own| own.span);
    citations.iter().any(|citation| {
        citation.reference.document == passage.document.id
            && own.is_some_and(|own| own.overlaps(citation.reference.span))
    })
}

/// The headings under the same parent as the one that the first of `citations` stands under and over none of them, but
/// for those that stand in other documents that were found: those first under which most was found, then those that
/// share words with question and quote, then those after it.
fn beside<'d>(
    analyzer: &Analyzer,
    asked: &str,
    document: &'d Document,
    findings: &Findings,
    citations: &[Citation],
) -> Vec<&'d str> {
    let Some(citation) = citations.first() else { return Vec::new() };
    let innermost = document.sections.iter().rposition(|section| {
        section.body.contains(citation.reference.span) || section.heading.overlaps(citation.reference.span)
    });
    let Some(own) = innermost else { return Vec::new() };
    let parent = document.sections.get(own).and_then(|section| section.parent);
    let holds_quote = |section: &Section| {
        citations
            .iter()
            .map(|citation| &citation.reference)
            .any(|reference| reference.document == document.id && section.body.overlaps(reference.span))
    };
    let said = terms(analyzer, &format!("{asked} {}", citation.quote));
    let elsewhere = headings_elsewhere(document, findings);
    let mut siblings: Vec<_> = document
        .sections
        .iter()
        .enumerate()
        .filter(|(at, section)| *at != own && section.parent == parent && !holds_quote(section))
        .map(|(at, section)| {
            let heading = document.slice(section.heading);
            let shared = terms(analyzer, heading).iter().filter(|term| said.contains(term)).count();
            ((place_of(section, document, findings), Reverse(shared), at < own, at), heading)
        })
        .filter(|(_, heading)| !is_of_title(heading, &document.metadata.title))
        .filter(|(_, heading)| !elsewhere.contains(&plain(heading)))
        .collect();
    siblings.sort_unstable_by_key(|(order, _)| *order);
    siblings.into_iter().map(|(_, heading)| heading).collect()
}

/// The headings of the documents other than `document` of which most was found, in plain words. As many are looked at
/// however many quotes are wanted.
fn headings_elsewhere(document: &Document, findings: &Findings) -> HashSet<String> {
    let mut seen = HashSet::from([&document.id]);
    let found = findings.ranked.iter().take(DEPTH).map(|passage| &*passage.document);
    let others: Vec<&Document> = found.filter(|other| seen.insert(&other.id)).collect();
    let headings = others
        .into_iter()
        .flat_map(|other| other.sections.iter().map(move |section| plain(other.slice(section.heading))));
    headings.collect()
}

/// The place among what was found of the first passage that stands under `section`; past the end where there is none.
fn place_of(section: &Section, document: &Document, findings: &Findings) -> usize {
    let is_under = |passage: &RankedPassage| {
        passage.document.id == document.id
            && passage.get().is_some_and(|passage| section.body.contains(passage.span))
    };
    findings.ranked.iter().position(is_under).unwrap_or(findings.ranked.len())
}

/// Whether `heading` only says what the title says.
fn is_of_title(heading: &str, title: &str) -> bool {
    let words = |text: &str| format!(" {} ", text.trim().to_lowercase());
    !heading.contains('?') && words(title).contains(&words(heading))
}

/// The content words of `text`.
fn terms(analyzer: &Analyzer, text: &str) -> Vec<String> {
    let tokens = analyzer.tokens(text).into_iter().map(|token| token.term);
    tokens.filter(|term| weight_class(term) == WeightClass::Content).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocumentId, Format, Metadata};
    use crate::ingest::{IngestConfig, parse_bytes};

    #[test]
    fn headings_that_say_nothing_alone_are_told() {
        for heading in [
            "Questions and answers",
            "9. Contact",
            "WORDS EXPLAINED:",
            "Whom to ring?",
            "Infection",
            "7",
            "Risks",
        ] {
            assert!(!says_something(heading), "{heading}");
        }
        for heading in ["Can I drive?", "Driving", "Signs of infection", "After the operation", "疼痛"] {
            assert!(says_something(heading), "{heading}");
        }
    }

    #[test]
    fn headings_that_only_point_at_their_subject_are_told() {
        for heading in [
            "What is it?",
            "WHY IT IS DONE",
            "What it does",
            "The kinds",
            "Living with it",
            "Does it hurt?",
            "How long does it take?",
            "Is that normal?",
            "What happens to them",
        ] {
            assert!(!says_something(heading), "{heading}");
        }
        for heading in [
            "Does the scan hurt?",
            "Is it safe in pregnancy?",
            "How long does it take to get the result?",
            "Food that helps",
            "Der Tag danach",
        ] {
            assert!(says_something(heading), "{heading}");
        }
    }

    #[test]
    fn headings_and_questions_of_a_document_are_known_as_its_own() {
        let text = b"# The kiln\n\n## Cooling:\n\nIt cools.\n\n**May I open the door?**\n\nNo.\n";
        let id = DocumentId::new("kiln.md").unwrap();
        let kiln = parse_bytes(&id, Format::Markdown, text, &IngestConfig::default()).unwrap().remove(0);
        for (offer, is_own) in
            [("Cooling", true), ("May I open the door?", true), ("It cools", false), ("Warping", false)]
        {
            assert_eq!(is_offered_by(&kiln, offer), is_own, "{offer}");
        }
        let record = Document {
            metadata: Metadata { question: Some("What is a kiln?".to_owned()), ..Metadata::default() },
            ..kiln
        };
        assert!(is_offered_by(&record, "Warping"));
    }

    #[test]
    fn the_lists_are_in_the_form_that_headings_are_compared_in() {
        for line in
            [GENERIC, HARMS].iter().flat_map(|list| list.lines()).filter(|line| !line.starts_with('#'))
        {
            assert!(!says_something(line), "{line}");
            assert!(says_something(&format!("{line} of the ferry")), "{line}");
        }
    }

    #[test]
    fn a_heading_that_repeats_the_title_is_known() {
        assert!(is_of_title("HYSTERECTOMY", "Your hysterectomy"));
        assert!(!is_of_title("After your hysterectomy", "Your hysterectomy"));
        assert!(!is_of_title("Art", "Your heart"));
        assert!(!is_of_title("Your hysterectomy?", "Your hysterectomy"));
    }
}
