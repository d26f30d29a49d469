//! The document's own literature behind a quote.
//!
//! `cited`: the text marks the entry in the quote or in its passage. `related`: nothing is marked there,
//! but the entry's words match; never called cited.

use std::collections::{BTreeSet, HashSet};

use super::model::{Literature, Relation};
use crate::document::{BibliographyEntry, Document};
use crate::text::Span;
use crate::text::token::{Analyzer, TermFilter, WeightClass, weight_class};

/// Most entries shown as related.
const MAX_RELATED: usize = 3;
/// An entry is related when the rare words that it shares with the quote's headings and text weigh at
/// least this much, as a sum of inverse document frequencies.
const MIN_SHARED_WEIGHT: f32 = 6.0;
/// ... and when it shares at least this many of them.
const MIN_SHARED_TERMS: usize = 3;

/// Inverse document frequency of a term in the collection.
pub(super) type Idf<'a> = dyn Fn(&str) -> f32 + 'a;

/// The literature behind `quote`, which stands in `section`, cited entries first, in the order of the document's list.
pub(super) fn literature(
    analyzer: &Analyzer,
    idf: &Idf<'_>,
    document: &Document,
    section: Option<u32>,
    quote: Span,
    surroundings: Span,
) -> Vec<Literature> {
    if document.bibliography.is_empty() {
        return Vec::new();
    }
    let marked = cited(document, quote);
    let marked = if marked.is_empty() { cited(document, surroundings) } else { marked };
    if !marked.is_empty() {
        return marked.into_iter().map(|entry| describe(document, entry, Relation::Cited)).collect();
    }
    let entries = related(analyzer, idf, document, section, surroundings);
    entries.into_iter().map(|entry| describe(document, entry, Relation::Related)).collect()
}

fn describe(document: &Document, entry: &BibliographyEntry, relation: Relation) -> Literature {
    Literature {
        label: entry.label.clone(),
        text: document.slice(entry.span).to_owned(),
        url: entry.url.clone(),
        doi: entry.doi.clone(),
        relation,
    }
}

fn cited(document: &Document, span: Span) -> Vec<&BibliographyEntry> {
    let mut places: Vec<u32> =
        document.marks.iter().filter(|mark| span.contains(mark.span)).map(|mark| mark.entry).collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter_map(|at| document.bibliography.get(at as usize)).collect()
}

fn related<'d>(
    analyzer: &Analyzer,
    idf: &Idf<'_>,
    document: &'d Document,
    section: Option<u32>,
    surroundings: Span,
) -> Vec<&'d BibliographyEntry> {
    let mut terms: HashSet<String> = HashSet::new();
    let mut take = |text: &str| {
        analyzer.for_each(text, &mut |term, _, _| {
            if !terms.contains(term) && weight_class(term) == WeightClass::Content {
                terms.insert(term.to_owned());
            }
        });
    };
    document.section_path(section).last().into_iter().for_each(|heading| take(heading));
    take(document.slice(surroundings));
    let wanted = TermFilter::of(terms.iter().map(String::as_str));
    let mut scored: Vec<(f32, &BibliographyEntry)> = Vec::new();
    for entry in &document.bibliography {
        let shared = shared(analyzer, &wanted, &terms, document.slice(entry.span));
        if shared.len() < MIN_SHARED_TERMS {
            continue;
        }
        let weight = shared.iter().map(|term| idf(term)).sum::<f32>();
        if weight >= MIN_SHARED_WEIGHT {
            scored.push((weight, entry));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.span.cmp(&b.1.span)));
    scored.into_iter().take(MAX_RELATED).map(|(_, entry)| entry).collect()
}

/// In the order of the alphabet, so that a sum over them is always the same.
fn shared(
    analyzer: &Analyzer,
    wanted: &TermFilter,
    terms: &HashSet<String>,
    entry: &str,
) -> BTreeSet<String> {
    let mut shared = BTreeSet::new();
    analyzer.for_each_of(entry, wanted, &mut |term, _, _| {
        if terms.contains(term) {
            shared.insert(term.to_owned());
        }
    });
    shared
}
