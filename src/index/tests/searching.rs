//! Scores and their order, against the search library's own and against a plain computation.

use proptest::prelude::*;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, Term};

use super::super::folder::Folder;
use super::super::schema::schema;
use super::*;

fn open(documents: &[Document], config: &IndexConfig) -> (tempfile::TempDir, IndexSnapshot) {
    let root = tempfile::tempdir().unwrap();
    build_with(root.path(), documents, config);
    let snapshot = IndexSnapshot::open(root.path()).unwrap();
    (root, snapshot)
}

fn places(candidates: &[Candidate]) -> Vec<(u32, u32)> {
    candidates.iter().map(|candidate| (candidate.document, candidate.passage)).collect()
}

#[test]
fn the_passage_with_more_of_the_terms_comes_first() {
    let (_root, snapshot) = open(&corpus(), &IndexConfig::default());
    assert_eq!(places(&search(&snapshot, "green steamed"))[0], (2, 1));
    assert_eq!(places(&search(&snapshot, "dry"))[0], (0, 2));
    // "Storing" stands only in the heading above that passage.
    assert_eq!(places(&search(&snapshot, "storing")), [(0, 2)]);
    assert_eq!(search(&snapshot, "absent"), []);
    assert_eq!(search(&snapshot, ""), []);
}

#[test]
fn equal_scores_fall_in_the_order_of_the_corpus() {
    let same: Vec<_> = (0..9).rev().map(|n| document(&format!("{n}.md"), "T", "Same.\nSame.")).collect();
    let (_root, snapshot) = open(&same, &IndexConfig::default());
    let expected: Vec<_> = (0..9).flat_map(|document| [(document, 0), (document, 1)]).collect();
    assert_eq!(places(&search(&snapshot, "same")), expected);
    let some = snapshot.search(&query("same"), &FieldBoosts::default(), 5).unwrap();
    assert_eq!(places(&some), expected[..5]);
}

#[test]
fn a_query_can_be_kept_to_one_document() {
    let (_root, snapshot) = open(&corpus(), &IndexConfig::default());
    for ordinal in 0..3 {
        let one = Query { document: Some(ordinal), ..query("tea green") };
        let found = snapshot.search(&one, &FieldBoosts::default(), 100).unwrap();
        let mut expected = search(&snapshot, "tea green");
        expected.retain(|candidate| candidate.document == ordinal);
        assert_eq!(found, expected);
    }
    let none = Query { document: Some(3), ..query("tea") };
    assert!(snapshot.search(&none, &FieldBoosts::default(), 1).is_err());
}

#[test]
fn limits_weights_and_boosts_can_be_anything() {
    let (_root, snapshot) = open(&corpus(), &IndexConfig::default());
    let boosts = FieldBoosts::default();
    assert_eq!(snapshot.search(&query("tea"), &boosts, 0).unwrap(), []);
    assert_eq!(snapshot.search(&query("tea"), &boosts, usize::MAX).unwrap(), search(&snapshot, "tea"));
    for weight in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let mut strange = query("tea");
        strange.terms[0].weight = weight;
        assert_eq!(snapshot.search(&strange, &boosts, 9).unwrap(), []);
    }
    let only_titles = FieldBoosts { title: 1.0, section: 0.0, context: 0.0, question: 0.0, text: 0.0 };
    let found = snapshot.search(&query("tea"), &only_titles, 9).unwrap();
    assert_eq!(places(&found), [(0, 0), (0, 1), (0, 2)]);
    let many = Query { terms: vec![QueryTerm { term: "tea".into(), weight: 1.0 }; 5000], document: None };
    assert!(!snapshot.search(&many, &boosts, 9).unwrap().is_empty());
}

#[test]
fn a_term_is_counted_in_the_field_where_it_is_most_frequent() {
    let (_root, snapshot) = open(&corpus(), &IndexConfig::default());
    // In the text of three passages, in the title above three.
    assert_eq!(snapshot.document_frequency("tea"), 3);
    assert_eq!(snapshot.document_frequency("store"), 1);
    assert!(snapshot.document_frequency("coffe") > 0 && snapshot.document_frequency("cocoa") == 0);
}

/// Scores of the search library's own scorer, by passage number over the whole index.
fn library_scores(root: &Path, query: &Query, boosts: FieldBoosts) -> Vec<(u32, f32)> {
    let folder = Folder::new(root);
    let lexical = folder.generation(&folder.read_current().unwrap()).join("lexical");
    let index = Index::open_in_dir(lexical).unwrap();
    let (_, fields) = schema();
    let mut clauses: Vec<(Occur, Box<dyn tantivy::query::Query>)> = Vec::new();
    for term in &query.terms {
        for (field, boost) in fields.into_iter().zip(boosts.in_order()) {
            let term_query =
                TermQuery::new(Term::from_field_text(field, &term.term), IndexRecordOption::WithFreqs);
            let boosted = BoostQuery::new(Box::new(term_query), term.weight * boost);
            clauses.push((Occur::Should, Box::new(boosted)));
        }
    }
    let searcher = index.reader().unwrap().searcher();
    let top = TopDocs::with_limit(1000).order_by_score();
    let found = searcher.search(&BooleanQuery::new(clauses), &top).unwrap();
    found.into_iter().map(|(score, address)| (address.doc_id, score)).collect()
}

/// Random documents over few words, so that terms repeat across passages and fields.
fn any_corpus() -> impl Strategy<Value = Vec<Document>> {
    let words =
        |most| prop::collection::vec(prop::sample::select(vec!["ab", "cd", "ef", "gh", "ij", "kl"]), 0..most);
    let line = (words(30), prop::bool::weighted(0.2))
        .prop_map(|(words, heading)| format!("{}{}\n", if heading { "#" } else { "" }, words.join(" ")));
    let one = (words(4), prop::collection::vec(line, 0..12));
    prop::collection::vec(one, 1..8).prop_map(|documents| {
        let numbered = documents.into_iter().enumerate();
        numbered
            .map(|(n, (title, lines))| document(&format!("{n}.md"), &title.join(" "), &lines.concat()))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn scores_equal_those_of_the_search_library(documents in any_corpus(), limit in 1..40_usize) {
        let (root, snapshot) = open(&documents, &IndexConfig::default());
        let boosts = FieldBoosts::default();
        let mut query = query("ab ef kl zz");
        query.terms[1].weight = 0.3;
        let all = snapshot.search(&query, &boosts, 1000).unwrap();
        let mut in_order = all.clone();
        in_order.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then((a.document, a.passage).cmp(&(b.document, b.passage)))
        });
        prop_assert_eq!(&all, &in_order);
        let fewer = snapshot.search(&query, &boosts, limit).unwrap();
        prop_assert_eq!(&fewer[..], &all[..limit.min(all.len())]);
        if snapshot.passages() > 0 {
            let firsts: Vec<u32> = documents.iter().scan(0, |next, document| {
                let first = *next;
                *next += document.passages.len() as u32;
                Some(first)
            }).collect();
            let mut ours: Vec<_> = all.iter().map(|c| (firsts[c.document as usize] + c.passage, c.score)).collect();
            let mut library = library_scores(root.path(), &query, boosts);
            ours.sort_by_key(|&(passage, _)| passage);
            library.sort_by_key(|&(passage, _)| passage);
            prop_assert_eq!(ours.len(), library.len());
            for (ours, library) in ours.iter().zip(&library) {
                prop_assert_eq!(ours.0, library.0);
                prop_assert!((ours.1 - library.1).abs() <= 1e-4 * library.1, "{:?} {:?}", ours, library);
            }
        }
    }

}

proptest! {
    // A part a passage, and each part is several synced files.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_corpus_written_in_parts_gives_the_same_answers(documents in any_corpus()) {
        let small = IndexConfig { writer_memory_bytes: 1, document_cache_bytes: 0 };
        let (_parts, parts) = open(&documents, &small);
        let (_whole, whole) = open(&documents, &IndexConfig::default());
        prop_assert_eq!(search(&parts, "ab cd gh"), search(&whole, "ab cd gh"));
        prop_assert_eq!(parts.revision(), whole.revision());
    }
}

#[test]
fn passages_beyond_the_first_window_are_found_and_scored_alike() {
    let lines: String =
        (0..10_000).map(|n| if n % 4999 == 7 { "rare common\n" } else { "common\n" }).collect();
    let (_root, snapshot) = open(&[document("big.md", "Big", &lines)], &IndexConfig::default());
    assert_eq!(places(&search(&snapshot, "rare common"))[..2], [(0, 7), (0, 5006)]);
    let all = snapshot.search(&query("common"), &FieldBoosts::default(), 20_000).unwrap();
    assert_eq!(all.len(), 10_000);
}
