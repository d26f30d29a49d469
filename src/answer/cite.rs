//! The one place where citations are made: by slicing the stored document.

use super::extract::Extract;
use super::literature::{Idf, literature};
use super::model::{Citation, Literature, Reference};
use crate::document::{Document, sha256_hex};
use crate::retrieve::{RankedPassage, Reading};
use crate::text::Span;
use crate::text::token::{Analyzer, WeightClass, weight_class};

/// How the path of a PDF file ends, in whichever case.
const PDF: &str = ".pdf";

/// Makes the citation of `extract` from `ranked`. Quote and passage are slices of the document, by
/// construction.
pub(super) fn cite(
    analyzer: &Analyzer,
    idf: &Idf<'_>,
    reading: &Reading,
    ranked: &RankedPassage,
    extract: Extract,
    confidence: f32,
) -> Citation {
    let document = &*ranked.document;
    let own = ranked.get().and_then(|passage| passage.section);
    let section = enclosing_section(document, own, extract.quote);
    let bibliography = literature(analyzer, idf, document, section, extract.quote, extract.backed_by);
    Citation {
        rank: 0,
        score: ranked.score,
        confidence,
        quote: document.slice(extract.quote).to_owned(),
        matches: matches(analyzer, reading, document, extract.quote),
        passage: document.slice(extract.passage).to_owned(),
        lead_in: extract.lead_in.map(|span| document.slice(span).to_owned()),
        reference: reference(document, section, extract.quote, bibliography),
    }
}

/// The reference to the whole of the passage at place `passage` of `document`; without literature.
///
/// For a place that does not exist it refers to the empty beginning of the document.
#[must_use]
pub fn reference_to_passage(document: &Document, passage: u32) -> Reference {
    let passage = document.passages.get(passage as usize);
    let span = passage.map_or_else(|| Span::new(0, 0), |passage| passage.span);
    reference(document, passage.and_then(|passage| passage.section), span, Vec::new())
}

fn reference(
    document: &Document,
    section: Option<u32>,
    span: Span,
    bibliography: Vec<Literature>,
) -> Reference {
    let pages = document.pages_of(span);
    let url = document.metadata.url.as_deref();
    Reference {
        document: document.id.clone(),
        title: document.metadata.title.clone(),
        section: document.section_path(section).into_iter().map(str::to_owned).collect(),
        lines: lines(&document.text, span),
        pages,
        span,
        revision: document.revision.to_string(),
        sha256: sha256_hex(document.slice(span).as_bytes()),
        url: url.map(|url| address_of_page(url, pages.map(|(first, _)| first))),
        reviewed: document.metadata.reviewed.clone(),
        language: document.metadata.language.clone(),
        bibliography,
    }
}

/// The address of `page` of what is published at `url`, where that is a PDF file (RFC 8118) and the address names no
/// place in it yet; else `url` itself.
fn address_of_page(url: &str, page: Option<u32>) -> String {
    match page {
        Some(page) if is_pdf(url) && !url.contains('#') => format!("{url}#page={page}"),
        _ => url.to_owned(),
    }
}

/// Whether the path of the address `url` ends in `.pdf`.
fn is_pdf(url: &str) -> bool {
    let place = url.split(['?', '#']).next().unwrap_or_default();
    let path = match place.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => place,
    };
    let ending = path.len().checked_sub(PDF.len()).and_then(|at| path.get(at..));
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case(PDF))
}

/// The innermost section from `section` outwards that holds all of `quote`: a list that is quoted whole does
/// not stand in the section of the item that was found.
fn enclosing_section(document: &Document, section: Option<u32>, quote: Span) -> Option<u32> {
    let mut next = section;
    while let Some(at) = next {
        let found = document.sections.get(at as usize)?;
        if found.body.contains(quote) {
            return next;
        }
        next = found.parent.filter(|&parent| parent < at);
    }
    None
}

/// First and last line of `span`, counted up to its end only.
fn lines(text: &str, span: Span) -> (usize, usize) {
    let count = |range: std::ops::Range<usize>| {
        text.as_bytes().get(range).unwrap_or_default().iter().filter(|&&byte| byte == b'\n').count()
    };
    let first = 1 + count(0..span.start());
    let end = if span.is_empty() { span.start() } else { span.end() - 1 };
    (first, first + count(span.start()..end))
}

/// What matches in the quote: words that are terms of the question, neighbours joined, and where none of
/// these stands, what a question of this kind asks for.
fn matches(analyzer: &Analyzer, reading: &Reading, document: &Document, quote: Span) -> Vec<Span> {
    let mut matches = term_matches(analyzer, reading, document, quote);
    for found in reading.kind.evidence_in(document.slice(quote)) {
        if !matches.iter().any(|known| known.overlaps(found)) {
            matches.push(found);
        }
    }
    matches.sort_unstable();
    matches
}

fn term_matches(analyzer: &Analyzer, reading: &Reading, document: &Document, quote: Span) -> Vec<Span> {
    let mut matches: Vec<Span> = Vec::new();
    let mut last_position = None;
    let text = document.slice(quote);
    analyzer.for_each_of(text, &reading.filter(), &mut |term, span, position| {
        if reading.place(term).is_none() || weight_class(term) == WeightClass::Function {
            return;
        }
        let adjacent = last_position.is_some_and(|last| position == last + 1);
        let gap = matches.last().and_then(|previous| text.get(previous.end()..span.start()));
        match matches.last_mut() {
            Some(previous) if adjacent && gap.is_some_and(|gap| gap == " " || gap == "-") => {
                *previous = previous.cover(span);
            }
            _ => matches.push(span),
        }
        last_position = Some(position);
    });
    matches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocumentId, Format};
    use crate::ingest::{IngestConfig, parse_bytes};

    /// Two paragraphs, of which the second begins the second page of a file published at `url`.
    fn leaflet(url: &str, pages: &[&str]) -> Document {
        let text = "# Kilns\n\nThe kiln cools for a day.\n\nThen it is opened.\n";
        let id = DocumentId::new("kilns.md").unwrap();
        let parsed = parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default());
        let mut document = parsed.unwrap().remove(0);
        document.metadata.url = Some(url.to_owned());
        document.pages = pages.iter().map(|begin| text.find(begin).unwrap()).collect();
        document
    }

    #[test]
    fn a_reference_names_the_pages_of_its_quote_and_leads_to_the_first() {
        let address = "https://clinic.example/kilns.pdf";
        let document = leaflet(address, &["# Kilns", "Then"]);
        let of = |passage| reference_to_passage(&document, passage);
        assert_eq!([of(0).pages, of(1).pages], [Some((1, 1)), Some((2, 2))]);
        assert_eq!(of(1).url, Some(format!("{address}#page=2")));
        let across = Span::new(document.passages[0].span.start(), document.passages[1].span.end());
        assert_eq!(reference(&document, None, across, Vec::new()).pages, Some((1, 2)));
    }

    #[test]
    fn without_pages_a_reference_names_none() {
        let address = "https://clinic.example/kilns.pdf";
        let reference = reference_to_passage(&leaflet(address, &[]), 1);
        assert_eq!((reference.pages, reference.url.as_deref()), (None, Some(address)));
    }

    #[test]
    fn only_the_address_of_a_pdf_file_gets_the_page_and_a_place_in_it_stays() {
        let address = |url: &str| address_of_page(url, Some(3));
        for url in [
            "https://clinic.example/a/KILNS.PDF",
            "https://clinic.example/kilns.pdf?version=2",
            "/files/kilns.pdf",
        ] {
            assert_eq!(address(url), format!("{url}#page=3"));
        }
        for url in [
            "https://clinic.example/kilns.pdf#care",
            "https://clinic.example/kilns",
            "https://clinic.example/?file=kilns.pdf",
            "https://clinic.pdf",
            "https://clinic.example/pdf",
            "https://clinic.example/\u{e9}pdf",
            "",
        ] {
            assert_eq!(address(url), url);
        }
    }
}
