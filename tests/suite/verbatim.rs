//! Whatever the document, every quote is a slice of it, and its reference leads back to it.

use std::sync::Arc;

use ibid::answer::{Answer, Claim, Outcome, Verdict};
use ibid::document::{DocumentId, Format};
use ibid::engine::Engine;
use ibid::index::{Provenance, Writer};
use ibid::ingest::{IngestConfig, parse_bytes};
use ibid::protocol;
use ibid::text::LineIndex;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::corpus::{Corpus, ask};

/// Everything that a quote promises.
#[track_caller]
pub(crate) fn assert_verbatim(engine: &Engine, answer: &Answer) {
    for citation in &answer.citations {
        let reference = &citation.reference;
        let document =
            engine.document(reference.document.as_str()).unwrap().expect("the cited document is served");
        assert_eq!(reference.span.slice(&document.text), Some(citation.quote.as_str()));
        assert!(citation.passage.contains(&citation.quote), "{citation:#?}");
        assert!(document.text.contains(&citation.passage));
        assert_eq!(reference.sha256, hex::encode(Sha256::digest(&citation.quote)));
        assert!(citation.quote.split_whitespace().count() <= 120);
        assert!(!citation.quote.trim().is_empty());
        let lines = LineIndex::new(&document.text).lines(reference.span);
        assert_eq!(reference.lines, lines);
        assert_eq!(reference.pages, document.pages_of(reference.span));
        let mut end = 0;
        for span in &citation.matches {
            assert!(span.start() >= end && span.slice(&citation.quote).is_some());
            end = span.end();
        }
        let claim = Claim {
            document: reference.document.to_string(),
            revision: reference.revision.clone(),
            span: reference.span.into(),
            sha256: reference.sha256.clone(),
        };
        assert_eq!(engine.verify(&claim).unwrap(), Verdict::Valid { quote: citation.quote.clone() });
        let shifted = Claim { span: (claim.span.0, claim.span.1 + 1), ..claim };
        assert!(matches!(engine.verify(&shifted).unwrap(), Verdict::Invalid { .. }));
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec!["tumor", "liver", "scan", "Dr.", "e.g.", "dose", "naïve", "Größe", "痛み", "🙂"])
            .prop_map(str::to_owned),
        2 => "[a-z]{1,9}",
        1 => "\\PC{1,6}",
    ]
}

fn sentence() -> impl Strategy<Value = String> {
    (prop::collection::vec(word(), 1..14), prop::sample::select(vec![".", "?", "!", "", " [1].", ":"]))
        .prop_map(|(words, end)| words.join(" ") + end)
}

fn block() -> impl Strategy<Value = String> {
    let items = |mark: &'static str| {
        prop::collection::vec(sentence(), 1..5)
            .prop_map(move |items| items.iter().map(|item| format!("{mark}{item}\n")).collect::<String>())
    };
    prop_oneof![
        4 => prop::collection::vec(sentence(), 1..6).prop_map(|sentences| sentences.join(" ") + "\n"),
        2 => prop::collection::vec(sentence(), 1..6).prop_map(|sentences| sentences.join("\r\n") + "\r\n"),
        1 => items("  • "),
        1 => items("- "),
        1 => sentence().prop_map(|heading| format!("## {heading}\n")),
        1 => Just("| Drug | Dose |\n|---|---|\n| tumor | liver scan |\n".to_owned()),
        1 => Just("<main><p>liver &amp; <b>scan</b></p><ul><li>tumor</ul>\n".to_owned()),
        1 => Just("References\n\n  1. Doe J, et al. Liver scan. 2019; doi:10.1000/x.\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn quotes_are_slices_of_any_document(
        blocks in prop::collection::vec(block(), 1..12),
        ending in prop::sample::select(vec!["txt", "md", "html"]),
        asked in sentence(),
    ) {
        let corpus = Corpus::of(&[(&format!("a.{ending}"), &blocks.join("\n")), ("b.txt", "The liver is scanned once.\n")]);
        let engine = corpus.engine();
        for question in ["what is a liver scan", "tumor", "how long is the dose", asked.as_str()] {
            assert_verbatim(&engine, &ask(&engine, question));
        }
    }
}

#[test]
fn an_edit_of_the_corpus_shifts_no_quote() {
    let corpus = Corpus::of(&[("a.md", "# Care\n\nWash the wound twice a day.\n")]);
    let engine = corpus.engine();
    corpus.write("a.md", b"# Care\n\nA new line.\n\nWash the wound once a day.\n");
    let answer = ask(&engine, "how often do I wash the wound");
    assert_eq!(answer.outcome, Outcome::Answered);
    assert_eq!(answer.citations[0].quote, "Wash the wound twice a day.");
    assert_verbatim(&engine, &answer);

    corpus.build();
    engine.load().unwrap();
    let answer = ask(&engine, "how often do I wash the wound");
    assert_eq!(answer.citations[0].quote, "Wash the wound once a day.");
    assert_verbatim(&engine, &answer);
}

#[test]
fn a_document_taken_away_answers_no_longer() {
    let corpus =
        Corpus::of(&[("a.md", "# Care\n\nWash the wound twice.\n"), ("b.md", "# Food\n\nEat fruit.\n")]);
    let engine = corpus.engine();
    std::fs::remove_file(corpus.config.paths.corpus.join("a.md")).unwrap();
    corpus.build();
    engine.load().unwrap();
    assert_eq!(ask(&engine, "wash the wound").outcome, Outcome::NotFound);
}

/// The reference on the wire to the sentence on the shield, in a leaflet published as a PDF file whose second page
/// begins with the words `second`; without these it has no pages.
fn reference_to_shield(second: Option<&str>) -> Value {
    let text = "# Cataract surgery\n\nIt takes half an hour.\n\n## At home\n\nWear the shield at night for two weeks.\n";
    let id = DocumentId::new("eye.md").unwrap();
    let parsed = parse_bytes(&id, Format::Markdown, text.as_bytes(), &IngestConfig::default());
    let mut document = parsed.unwrap().remove(0);
    document.metadata.url = Some("https://clinic.example/eye.pdf".to_owned());
    document.pages = second.map(|words| vec![0, text.find(words).unwrap()]).unwrap_or_default();
    let corpus = Corpus::of(&[]);
    let mut writer = Writer::create(&corpus.config.paths.index, &corpus.config.index).unwrap();
    writer.add(&document).unwrap();
    writer.finish(Provenance::default()).unwrap();
    let engine = Engine::new(Arc::new(corpus.config.clone()));
    engine.load().unwrap();
    let answer = ask(&engine, "how long do I wear the shield at night");
    assert_verbatim(&engine, &answer);
    let answer = serde_json::to_value(protocol::Answer::from(&*answer)).unwrap();
    let citation = &answer["citations"][0];
    assert_eq!(citation["quote"], "Wear the shield at night for two weeks.");
    citation["reference"].clone()
}

#[test]
fn who_gets_a_quote_from_pages_gets_its_page() {
    let address = "https://clinic.example/eye.pdf";
    for (second, page, last_page, place) in [
        (Some("## At home"), json!(2), None, "#page=2"),
        (Some("at night"), json!(1), Some(2), "#page=1"),
        (None, json!(null), None, ""),
    ] {
        let reference = reference_to_shield(second);
        assert_eq!(reference["page"], page, "{second:?}");
        assert_eq!(reference.get("last_page"), last_page.map(Value::from).as_ref(), "{second:?}");
        assert_eq!(reference["url"], format!("{address}{place}"), "{second:?}");
    }
}
