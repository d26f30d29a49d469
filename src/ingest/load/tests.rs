//! Tests of reading a whole corpus.

use std::time::Duration;

use proptest::prelude::*;

use super::super::NoProgress;
use super::super::walk::survey;
use super::*;

fn load(root: &Path, config: &IngestConfig) -> (IngestReport, Vec<Document>) {
    let mut documents = Vec::new();
    let mut sink = |document| {
        documents.push(document);
        Ok(())
    };
    let report = load_corpus(root, &survey(root).unwrap(), config, &mut NoProgress, &mut sink).unwrap();
    (report, documents)
}

/// A leaflet that python-docx wrote.
const EAR_SYRINGING: &[u8] = include_bytes!("../../../tests/fixtures/ear-syringing.docx");

#[test]
fn the_limit_of_a_file_holds_for_what_is_packed_in_it() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a.docx"), EAR_SYRINGING).unwrap();
    let max_file_bytes = 100_000;
    assert!((EAR_SYRINGING.len() as u64) < max_file_bytes);
    let config = IngestConfig { max_file_bytes, ..IngestConfig::default() };
    let (report, documents) = load(root.path(), &config);
    assert_eq!(documents, []);
    let told = report.skipped[0].to_string();
    assert_eq!(
        told,
        "a.docx: the text packed in it is larger than 100000 bytes: raise `ingest.max_file_bytes` to read it"
    );
}

#[test]
fn every_format_is_read_and_bad_files_are_reported() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(root.path().join(name), bytes).unwrap();
    write("a.txt", b"\xEF\xBB\xBFPlain text.");
    write("b.md", b"# Title\n\nMarked text.");
    write("c.docx", EAR_SYRINGING);
    write("c.html", b"<h1>Page</h1><p>Text.");
    write("d.jsonl", b"{\"_id\":1,\"text\":\"One.\"}\nbroken\n{\"_id\":1,\"text\":\"Two.\"}\n{\"_id\":2,\"text\":\"Three.\"}");
    write("e.txt", b"\0\0\0\x01binary");
    write("f.txt", b"");
    write("g.txt", &b"x".repeat(10_000_000));
    write("h.md", b"---\ntitle: x\n");
    let (report, documents) = load(root.path(), &IngestConfig::default());
    let ids: Vec<_> = documents.iter().map(|document| document.id.as_str()).collect();
    assert_eq!(ids, ["a.txt", "b.md", "c.docx", "c.html", "d.jsonl#1", "d.jsonl#2"]);
    let places: Vec<_> = report.skipped.iter().map(|skip| skip.place.as_str()).collect();
    assert_eq!(places, ["d.jsonl:2", "d.jsonl:3", "e.txt", "f.txt", "g.txt", "h.md"]);
    assert_eq!((report.documents, report.skipped_total), (6, 6));
    assert_eq!(documents[0].text, "Plain text.");
    assert_eq!(documents[0].revision, Revision::of(b"\xEF\xBB\xBFPlain text."));
    assert!(matches!(&report.skipped[4].reason, SkipReason::TooLarge { key, .. } if key == "max_line_bytes"));
    assert!(report.took > Duration::ZERO && report.bytes > 10_000_000);
}

#[test]
fn a_file_over_the_limit_is_skipped_unread() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a.txt"), "eleven bytes").unwrap();
    let (report, _) = load(root.path(), &IngestConfig { max_file_bytes: 11, ..IngestConfig::default() });
    assert!(matches!(&report.skipped[0].reason, SkipReason::TooLarge { key, .. } if key == "max_file_bytes"));
}

#[test]
fn what_a_document_says_wrongly_of_itself_is_noted_with_its_line() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
    write(
        "a.jsonl",
        "{\"_id\":1,\"text\":\"One.\"}\n{\"_id\":2,\"text\":\"Two.\",\"Url\":\"https://example.org/\"}\n",
    );
    write("b.md", "---\ntitle: B\nreviewed: 2021-13-45\n---\n\nThree.\n");
    let (report, documents) = load(root.path(), &IngestConfig::default());
    let notes: Vec<_> = report.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "a.jsonl:2: `Url` is not read: did you mean `url`?",
            "b.md:3: `2021-13-45` is no date and is left out: write YYYY-MM-DD"
        ]
    );
    assert_eq!((report.notes_total, report.skipped_total), (2, 0));
    assert_eq!(documents[2].metadata.reviewed, None);
}

#[test]
fn documents_that_say_the_same_are_noted() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
    write("a.md", "# Knees\n\nThey bend.\n");
    write("b (copy).md", "# Knees\n\nThey bend.\n");
    write("c.txt", "Feet are flat.\n");
    write("d.txt", "Feet are flat.\n");
    let records = [
        r#"{"_id":1,"question":"May I row?","text":"Ask us."}"#,
        r#"{"_id":2,"question":"May I swim?","text":"Ask us."}"#,
        r#"{"_id":3,"question":"May I row?","text":"Ask us."}"#,
    ];
    write("e.jsonl", &records.join("\n"));
    let (report, documents) = load(root.path(), &IngestConfig::default());
    let notes: Vec<_> = report.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "b (copy).md: it says word for word what a.md says: keep one of them",
            "d.txt: it says word for word what c.txt says: keep one of them",
            "e.jsonl:3: it says word for word what e.jsonl:1 says: keep one of them"
        ]
    );
    assert_eq!(documents.len(), 7);
}

#[test]
fn reports_list_some_and_count_all() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a.jsonl"), "x\n".repeat(MAX_LISTED + 5)).unwrap();
    let (report, _) = load(root.path(), &IngestConfig::default());
    assert_eq!((report.skipped.len(), report.skipped_total), (MAX_LISTED, MAX_LISTED as u64 + 5));
    let record = |id| format!("{{\"_id\":{id},\"text\":\"One.\"}}\n");
    std::fs::write(root.path().join("a.jsonl"), (0..MAX_LISTED + 6).map(record).collect::<String>()).unwrap();
    let (report, _) = load(root.path(), &IngestConfig::default());
    assert_eq!((report.notes.len(), report.notes_total), (MAX_LISTED, MAX_LISTED as u64 + 5));
}

#[test]
fn progress_reaches_the_total_and_a_failing_sink_ends_the_reading() {
    struct Last(u64, u64, u64);
    impl Progress for Last {
        fn advanced(&mut self, done: u64, total: u64, documents: u64) {
            assert!(done >= self.0 && done <= total);
            *self = Self(done, total, documents);
        }
    }
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a.txt"), "One.").unwrap();
    std::fs::write(root.path().join("b.jsonl"), "{\"_id\":1,\"text\":\"One.\"}\n\n").unwrap();
    let mut last = Last(0, 0, 0);
    let survey = survey(root.path()).unwrap();
    let config = IngestConfig::default();
    load_corpus(root.path(), &survey, &config, &mut last, &mut |_| Ok(())).unwrap();
    assert_eq!((last.0, last.1, last.2), (29, 29, 2));
    let failed = load_corpus(root.path(), &survey, &config, &mut NoProgress, &mut |_| Err("full".into()));
    assert!(matches!(failed, Err(IngestError::Sink(_))));
}

#[test]
#[cfg(unix)]
fn a_file_that_changes_after_it_was_listed_is_read_as_it_is_or_skipped() {
    let root = tempfile::tempdir().unwrap();
    let names = ["gone.txt", "grown.txt", "pipe.jsonl", "pipe.txt", "shrunk.txt"];
    names.iter().for_each(|name| std::fs::write(root.path().join(name), "As it was listed.").unwrap());
    let listed = survey(root.path()).unwrap();
    for name in ["gone.txt", "pipe.jsonl", "pipe.txt"] {
        std::fs::remove_file(root.path().join(name)).unwrap();
    }
    for name in ["pipe.jsonl", "pipe.txt"] {
        let made = std::process::Command::new("mkfifo").arg(root.path().join(name)).status().unwrap();
        assert!(made.success());
    }
    std::fs::write(root.path().join("grown.txt"), "It has grown. ".repeat(9)).unwrap();
    std::fs::write(root.path().join("shrunk.txt"), "Less.").unwrap();
    let mut texts = Vec::new();
    let mut sink = |document: Document| {
        texts.push(document.text);
        Ok(())
    };
    let config = IngestConfig { max_file_bytes: 100, ..IngestConfig::default() };
    let (report, changed) =
        load_and_compare(root.path(), &listed, &config, &mut NoProgress, &mut sink).unwrap();
    let places: Vec<_> = report.skipped.iter().map(|skip| skip.place.as_str()).collect();
    assert_eq!(places, ["gone.txt", "grown.txt", "pipe.jsonl", "pipe.txt"]);
    assert_eq!(texts, ["Less."]);
    assert_eq!(changed, names);
}

#[test]
fn only_files_that_changed_after_they_were_listed_are_noted() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(root.path().join(name), text).unwrap();
    for name in ["new.jsonl", "old.jsonl"] {
        write(name, "{\"_id\":1,\"text\":\"One.\"}\n");
    }
    write("large.txt", &"One. ".repeat(30));
    write("new.txt", "One.");
    write("old.txt", "One.");
    let listed = survey(root.path()).unwrap();
    write("new.jsonl", "{\"_id\":1,\"text\":\"Two.\"}\n");
    write("new.txt", "Two.");
    let config = IngestConfig { max_file_bytes: 100, ..IngestConfig::default() };
    let (_, changed) =
        load_and_compare(root.path(), &listed, &config, &mut NoProgress, &mut |_| Ok(())).unwrap();
    assert_eq!(changed, ["new.jsonl", "new.txt"]);
}

#[test]
fn a_panic_in_a_parser_costs_one_document() {
    let made = guarded(|| panic!("with the patient's text"));
    let Err(SkipReason::Malformed(why)) = made else { panic!("no skip") };
    assert!(!why.contains("patient"));
}

#[test]
fn a_wrong_pattern_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    let config = IngestConfig { boilerplate: vec!["(".to_owned()], ..IngestConfig::default() };
    let failed = load_corpus(root.path(), &Survey::default(), &config, &mut NoProgress, &mut |_| Ok(()));
    assert!(matches!(failed, Err(IngestError::InvalidPattern(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_documents_or_a_reason(
        bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[-<>/a-c\\[\\]{}\":.|#*\n é]{0,200}"
    ) {
        let id = DocumentId::new("x").unwrap();
        for format in [Format::PlainText, Format::Markdown, Format::Html, Format::JsonLines] {
            for bytes in [&bytes[..], text.as_bytes()] {
                for document in parse_bytes(&id, format, bytes, &IngestConfig::default()).unwrap_or_default() {
                    prop_assert!(!document.passages.is_empty() && !document.metadata.title.trim().is_empty());
                    prop_assert!(Document::new(document).is_ok());
                }
            }
        }
    }
}
