//! Vectors of whole indexes in temporary folders.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use super::units::units;
use super::*;
use crate::document::{Document, DocumentId, Format};
use crate::embed::{Embedding, EncoderConfig};
use crate::index::{IndexConfig, IndexSnapshot, Provenance, Writer};
use crate::ingest::{IngestConfig, parse_bytes};

const BREAD: &str = "# Bread\n\n## Baking\n\nThe oven must be hot. Bake the loaf for forty minutes.\n\n\
                     You need:\n\n- flour of wheat\n- a pinch of salt\n\n## Keeping\n\nKeep it in a paper bag.\n";
const CHEESE: &str = "# Cheese\n\nCheese is kept cool. It is eaten at room temperature.\n";
const MILK: &str = "# Milk\n\nMilk turns sour in the sun.\n";

fn encoder() -> Encoder {
    static ENCODER: LazyLock<Encoder> =
        LazyLock::new(|| Encoder::load(&EncoderConfig { threads: 2, ..EncoderConfig::default() }).unwrap());
    ENCODER.clone()
}

fn space() -> VectorSpace {
    VectorSpace::new(&encoder(), true)
}

fn parse(id: &str, text: &str) -> Document {
    let id = DocumentId::new(id).unwrap();
    parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default()).unwrap().remove(0)
}

fn build(root: &Path, texts: &[&str]) -> IndexSnapshot {
    let mut writer = Writer::create(root, &IndexConfig::default()).unwrap();
    for (number, text) in texts.iter().enumerate() {
        writer.add(&parse(&format!("{number}.md"), text)).unwrap();
    }
    writer.finish(Provenance::default()).unwrap();
    IndexSnapshot::open(root).unwrap()
}

/// Makes the vectors; tells how many texts were encoded.
fn make(root: &Path, snapshot: &IndexSnapshot) -> (Vectors, u64) {
    let mut lacking = None;
    let vectors = encode(root, snapshot, &encoder(), &space(), &mut |at| {
        lacking.get_or_insert(at.pending);
        Pace::Go
    });
    (vectors.unwrap(), lacking.unwrap())
}

fn ask(text: &str) -> Embedding {
    encoder().encode(text).unwrap()
}

#[test]
fn a_passage_is_encoded_with_what_stands_above_it_and_by_its_sentences() {
    let document = parse("bread.md", BREAD);
    let all: Vec<_> = units(&document, true).collect();
    let bodies: Vec<&str> = all.iter().map(|units| units.body.as_str()).collect();
    let expected = [
        "Baking: The oven must be hot. Bake the loaf for forty minutes.",
        "Baking: You need:",
        "Baking: You need: flour of wheat",
        "Baking: You need: a pinch of salt",
        "Keeping: Keep it in a paper bag.",
    ];
    assert_eq!(bodies, expected);
    assert_eq!(all[0].sentences, ["The oven must be hot.", "Bake the loaf for forty minutes."]);
    assert!(all[1..].iter().all(|units| units.sentences.is_empty()));
    assert_eq!((all[0].heading.as_str(), all[4].heading.as_str()), ("Bread: Baking", "Bread: Keeping"));
    assert!(units(&document, false).all(|units| units.sentences.is_empty()));
}

#[test]
fn the_question_that_is_answered_stands_for_the_headings() {
    let mut document = parse("bread.md", BREAD);
    document.metadata.question = Some("How is bread made?".into());
    assert!(units(&document, true).all(|units| units.heading == "How is bread made?"));
}

#[test]
fn long_headings_are_not_encoded_whole_with_each_passage() {
    let text = format!("# {}\n\nOne line.\n\nAnother line.\n", "very \u{e9}long ".repeat(5000));
    for units in units(&parse("long.md", &text), true) {
        assert!(units.body.len() < 500 && units.heading.len() <= 400, "{}", units.body.len());
    }
}

#[test]
fn the_nearest_passages_are_those_of_a_search_through_all_exact_vectors() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[BREAD, CHEESE, MILK]);
    let (vectors, encoded) = make(root.path(), &snapshot);
    assert_eq!(encoded, vectors.rows());
    for question in ["how long must it be in the oven", "where do I keep the loaf", "why is my milk sour"] {
        let query = ask(question);
        let mut expected = Vec::new();
        for ordinal in 0..snapshot.documents() {
            let document = snapshot.document(ordinal).unwrap();
            for (place, units) in units(&document, true).enumerate() {
                let all =
                    [units.body.as_str(), &units.heading].into_iter().chain(units.sentences.iter().copied());
                let best = all.map(|text| ask(text).dot(&query)).fold(-1.0, f32::max);
                expected.push((ordinal, place as u32, best));
            }
        }
        let found = vectors.nearest(&query, 100, None);
        assert_eq!(found.len() as u64, snapshot.passages());
        for candidate in &found {
            let (.., exact) = expected
                .iter()
                .find(|(document, passage, _)| {
                    (*document, *passage) == (candidate.document, candidate.passage)
                })
                .unwrap();
            assert!((candidate.score - exact).abs() < 0.01, "{candidate:?}, exactly {exact}");
        }
        assert!(found.is_sorted_by(|a, b| a.score >= b.score));
        assert_eq!(vectors.nearest(&query, 2, None), found[..2]);
        let within: Vec<_> = found.iter().copied().filter(|candidate| candidate.document == 0).collect();
        assert_eq!(vectors.nearest(&query, 100, Some(0)), within);
    }
    assert_eq!(vectors.nearest(&ask("milk"), 0, None), []);
    assert_eq!(vectors.nearest(&ask("milk"), 10, Some(99)), []);
    let best = vectors.nearest(&ask("why is my milk sour"), 1, None)[0];
    assert_eq!((best.document, best.passage), (2, 0));
}

#[test]
fn a_shortlist_holds_what_is_nearest_by_body_or_headings() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[BREAD, CHEESE, MILK]);
    let (vectors, _) = make(root.path(), &snapshot);
    let query = ask("how long must it be in the oven");
    let exact = vectors.nearest(&query, 100, None);
    let by_body = |candidate: &DenseCandidate| candidate.body.max(candidate.heading);
    for most in 1..exact.len() {
        let mut expected = exact.clone();
        expected.sort_by(|a, b| by_body(b).total_cmp(&by_body(a)));
        expected.truncate(most);
        expected.sort_by(|a, b| b.score.total_cmp(&a.score));
        assert_eq!(vectors.nearest_of(&query, 100, None, most), expected, "{most}");
    }
    assert_eq!(vectors.nearest_of(&query, 2, None, exact.len()), exact[..2]);
}

#[test]
fn equal_passages_come_in_the_order_of_the_corpus() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[MILK, MILK, MILK]);
    let (vectors, encoded) = make(root.path(), &snapshot);
    assert_eq!(encoded, 2, "a text that occurs three times is encoded once");
    let found = vectors.nearest(&ask("sour milk"), 3, None);
    assert_eq!(found.iter().map(|candidate| candidate.document).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn the_similarities_of_a_passage_are_those_that_it_was_found_by() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[BREAD, CHEESE]);
    let (vectors, _) = make(root.path(), &snapshot);
    let query = ask("how long does it bake");
    for candidate in vectors.nearest(&query, 100, None) {
        let found = vectors.similarities(candidate.document, candidate.passage, &query).unwrap();
        assert_eq!((found.body, found.heading), (candidate.body, candidate.heading));
        assert_eq!(found.best_sentence, candidate.best_sentence);
        let document = snapshot.document(candidate.document).unwrap();
        let passage = &document.passages[candidate.passage as usize];
        assert_eq!(found.sentences.len(), passage.sentences.len());
    }
    assert_eq!(vectors.similarities(0, 99, &query), None);
    assert_eq!(vectors.similarities(99, 0, &query), None);
}

#[test]
fn an_unchanged_passage_is_never_encoded_twice() {
    let root = tempfile::tempdir().unwrap();
    let first = build(root.path(), &[BREAD, CHEESE]);
    let (before, _) = make(root.path(), &first);
    let second = build(root.path(), &[BREAD, CHEESE, MILK]);
    assert!(Vectors::open(root.path(), &second, &space()).is_none(), "of another generation");
    let (after, encoded) = make(root.path(), &second);
    assert_eq!(encoded, 2, "the new document's passage and its heading");
    let query = ask("a cool place");
    let old: Vec<_> = after.nearest(&query, 100, None).into_iter().filter(|c| c.document < 2).collect();
    assert_eq!(old, before.nearest(&query, 100, None));
}

#[test]
fn vectors_of_generations_that_are_no_more_are_removed() {
    let root = tempfile::tempdir().unwrap();
    for text in [BREAD, CHEESE, MILK, "# Tea\n\nTea is brewed.\n"] {
        make(root.path(), &build(root.path(), &[text]));
    }
    let files = fs::read_dir(space().folder(root.path())).unwrap();
    let packed = files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|e| e == "vec"));
    assert_eq!(packed.count(), 2, "the served one and the one before");
}

#[test]
fn what_a_crash_leaves_of_a_packed_file_is_removed() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[BREAD]);
    make(root.path(), &snapshot);
    let folder = space().folder(root.path());
    for name in ["0123456789abcdef0123456789abcdef.next", "cache.next"] {
        fs::write(folder.join(name), b"begun").unwrap();
    }
    make(root.path(), &snapshot);
    let left = fs::read_dir(&folder).unwrap();
    let unfinished =
        left.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|e| e == "next"));
    assert_eq!(unfinished.count(), 0);
}

#[test]
fn what_cannot_be_packed_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[BREAD]);
    let plan = plan::Plan::of(&snapshot, true).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut empty = cache::Cache::open(folder.path()).unwrap();
    let packed = pack::write(folder.path(), &plan, &mut empty, &space().fingerprint(), snapshot.generation());
    assert!(matches!(packed, Err(VectorsError::Check)), "{packed:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the cache");
}

#[test]
fn what_a_crash_leaves_of_a_record_is_dropped_and_made_anew() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[BREAD, CHEESE]);
    let (vectors, all) = make(root.path(), &snapshot);
    let query = ask("salt");
    let expected = vectors.nearest(&query, 100, None);
    let cache = space().folder(root.path()).join("cache");
    let whole = fs::read(&cache).unwrap();
    let record = whole.len() / all as usize;
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let torn = [
        (whole[..whole.len() - 1].to_vec(), 1),
        (whole[..whole.len() - record - 7].to_vec(), 2),
        (flipped(whole.len() - 2), 1),
        (flipped(whole.len() - 3 * record + 20), 3),
        ([whole.as_slice(), &[0; 500]].concat(), 0),
        (Vec::new(), all),
    ];
    for (bytes, lost) in torn {
        fs::write(&cache, bytes).unwrap();
        let (vectors, encoded) = make(root.path(), &snapshot);
        assert_eq!(encoded, lost);
        assert_eq!(vectors.nearest(&query, 100, None), expected);
        assert_eq!(fs::metadata(&cache).unwrap().len(), whole.len() as u64);
    }
}

#[test]
fn vectors_of_another_kind_or_damaged_ones_are_as_good_as_none() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[CHEESE]);
    make(root.path(), &snapshot);
    let opens = |space: &VectorSpace| Vectors::open(root.path(), &snapshot, space).is_some();
    assert!(opens(&space()));
    assert!(!opens(&VectorSpace::new(&encoder(), false)), "without sentences");
    let config = EncoderConfig { max_tokens: 32, threads: 1, ..EncoderConfig::default() };
    assert!(!opens(&VectorSpace::new(&Encoder::load(&config).unwrap(), true)), "of another encoder");
    let path = space().folder(root.path()).join(pack::file_name(snapshot.generation()));
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert!(!opens(&space()), "byte {at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert!(!opens(&space()), "cut at {at}");
    }
    let (_, encoded) = make(root.path(), &snapshot);
    assert_eq!(encoded, 0, "packed again from the cache");
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[test]
fn a_stop_keeps_what_was_made_and_two_do_not_encode_at_once() {
    let root = tempfile::tempdir().unwrap();
    let snapshot = build(root.path(), &[BREAD, CHEESE]);
    let one = encoder().on_threads(1).unwrap();
    let mut calls = 0;
    let stopped = encode(root.path(), &snapshot, &one, &space(), &mut |_| {
        let second = encode(root.path(), &snapshot, &one, &space(), &mut |_| Pace::Go);
        assert!(matches!(second, Err(VectorsError::Locked { .. })), "{second:?}");
        calls += 1;
        if calls > 1 { Pace::Stop } else { Pace::Go }
    });
    assert!(matches!(stopped, Err(VectorsError::Stopped)), "{stopped:?}");
    assert!(Vectors::open(root.path(), &snapshot, &space()).is_none());
    let (vectors, encoded) = make(root.path(), &snapshot);
    assert!(encoded > 0 && encoded < vectors.rows(), "{encoded} of {}", vectors.rows());
}
