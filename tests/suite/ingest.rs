//! Files as owners have them, in one corpus: what is read off each, found in it and quoted from it; and files
//! that cannot be read, which are skipped with their reason while the rest is served.

use std::sync::{Arc, LazyLock};

use ibid::answer::{Answer, Citation, Outcome, Relation};
use ibid::document::{Document, Format};
use ibid::engine::Engine;
use ibid::ingest::{IngestReport, SkipReason};

use crate::corpus::{Corpus, ask};
use crate::verbatim::assert_verbatim;

struct Zoo {
    engine: Engine,
    report: IngestReport,
}

/// The files of the zoo, read once for all; what is mapped of the index stays when its folder goes.
fn zoo() -> &'static Zoo {
    static ZOO: LazyLock<Zoo> = LazyLock::new(|| {
        let corpus = Corpus::of(&[]);
        for entry in std::fs::read_dir("tests/fixtures/zoo").unwrap() {
            let entry = entry.unwrap();
            corpus.write(entry.file_name().to_str().unwrap(), &std::fs::read(entry.path()).unwrap());
        }
        Zoo::of(&corpus)
    });
    &ZOO
}

impl Zoo {
    /// What is read of `corpus`, all of it.
    #[track_caller]
    fn of(corpus: &Corpus) -> Self {
        let report = corpus.build();
        assert_eq!(report.skipped, []);
        Self { engine: corpus.engine(), report }
    }

    #[track_caller]
    fn document(&self, id: &str) -> Arc<Document> {
        self.engine.document(id).unwrap().unwrap_or_else(|| panic!("no {id}"))
    }

    /// Asks, checks every promise of the quotes, and gives the first.
    #[track_caller]
    fn first(&self, question: &str) -> Citation {
        self.ask(question).citations[0].clone()
    }

    #[track_caller]
    fn ask(&self, question: &str) -> Arc<Answer> {
        let answer = ask(&self.engine, question);
        assert_verbatim(&self.engine, &answer);
        assert_ne!(answer.outcome, Outcome::NotFound, "{question}");
        answer
    }
}

fn headings(document: &Document) -> Vec<String> {
    let path = |at: usize| document.section_path(Some(u32::try_from(at).unwrap())).join(" > ");
    (0..document.sections.len()).map(path).collect()
}

#[test]
fn a_text_of_an_old_encoding_keeps_its_quotes_and_dashes() {
    let zoo = zoo();
    let document = zoo.document("plaster-care.txt");
    assert_eq!(document.metadata.title, "Looking after a plaster cast");
    assert_eq!(document.metadata.reviewed.as_deref(), Some("2023-03-12"));
    assert_eq!(headings(&document), ["Itching under the plaster", "When to come back"]);
    let found = zoo.first("how long until the itch under the plaster settles");
    assert_eq!(
        found.quote,
        "A hairdryer set to cold eases the itch — most people’s skin settles within four days."
    );
    assert_eq!(found.reference.section, ["Itching under the plaster"]);
    assert_eq!(found.reference.lines, (5, 5));
    let found = zoo.first("plaster feels too tight");
    assert_eq!(found.quote, "the plaster feels “too tight” although the leg lies high");
    assert_eq!(found.lead_in.as_deref(), Some("Come back at once if:"));
    let marked: Vec<_> = found.matches.iter().map(|span| span.slice(&found.quote).unwrap()).collect();
    assert_eq!(marked, ["plaster feels", "tight"]);
}

#[test]
fn a_lead_in_brings_its_list() {
    let found = zoo().first("when to come back at once");
    assert_eq!(
        found.quote,
        "Come back at once if:\n\n  • your toes turn blue or white\n  • the plaster feels “too tight” although \
         the leg lies high"
    );
    assert_eq!(found.lead_in, None);
}

#[test]
fn both_orders_of_utf_16_and_windows_line_ends_are_read() {
    let zoo = zoo();
    assert_eq!(headings(&zoo.document("inhaler.txt")), ["Cleaning"]);
    assert_eq!(headings(&zoo.document("spacer.txt")), ["Washing"]);
    assert_eq!(headings(&zoo.document("crutches.txt")), ["STAIRS", "FITTING"]);
    assert_eq!(
        zoo.first("how often do I wash the spacer").quote,
        "Wash the spacer in warm soapy water every month and let it drip dry."
    );
    assert!(zoo.first("rinse the inhaler with water").quote.contains("Never rinse the inhaler with water."));
    let found = zoo.first("how far does my elbow bend");
    assert_eq!(found.quote, "Your elbow should bend about thirty degrees\r\nwhen you hold the handle.");
    assert_eq!(found.reference.section, ["FITTING"]);
    assert_eq!(found.reference.lines, (8, 9));
}

#[test]
fn a_hospital_page_is_read_without_what_surrounds_it() {
    let zoo = zoo();
    let document = zoo.document("hearing-aid.html");
    assert_eq!(document.metadata.title, "Hearing aids");
    assert_eq!(document.metadata.language.as_deref(), Some("en-GB"));
    assert_eq!(document.metadata.url.as_deref(), Some("https://lakeside.example/hearing-aids"));
    assert_eq!(document.metadata.reviewed.as_deref(), Some("2024-02-11"));
    assert_eq!(
        headings(&document),
        [
            "Batteries",
            "Cleaning",
            "Questions people ask",
            "Questions people ask > Can I swim with my hearing aid?",
            "References",
        ]
    );
    let found = zoo.first("how long does a hearing aid battery last");
    assert_eq!(found.quote, "A battery lasts five to fourteen days[1].");
    let literature = &found.reference.bibliography;
    assert_eq!((literature.len(), literature[0].relation), (1, Relation::Cited));
    assert_eq!(literature[0].url.as_deref(), Some("https://ears.example/cells"));
    for text in ["cookies", "Wards", "newsletter", "reception"] {
        let document = &document;
        let passages = document.passages.iter().map(|passage| document.slice(passage.span));
        assert!(!passages.into_iter().any(|passage| passage.contains(text)), "{text} is found");
    }
    assert!(zoo.report.boilerplate.iter().any(|finding| finding.pattern == "html class cookie"));
    assert!(zoo.report.boilerplate.iter().any(|finding| finding.document == "plaster-care.txt"));
}

#[test]
fn a_cell_over_two_rows_stands_in_both() {
    let zoo = zoo();
    assert_eq!(
        zoo.first("behind the ear brown battery").quote,
        "Type: Behind the ear; Colour: brown; Lasts: five days"
    );
}

#[test]
fn a_question_for_several_things_brings_the_list_within_the_list_and_no_more() {
    let zoo = zoo();
    let found = zoo.first("which cloths for cleaning");
    assert_eq!(found.quote, "Cloths, which may be:\n• of cotton\n• of microfibre without bleach");
    let found = zoo.first("microfibre without bleach");
    assert_eq!(found.quote, "of microfibre without bleach");
    assert_eq!(found.lead_in.as_deref(), Some("Cloths, which may be:"));
    let found = zoo.first("what things do I need for cleaning the hearing aid");
    assert!(found.quote.starts_with("What you need for cleaning:\n"), "{}", found.quote);
    assert!(found.quote.ends_with("a wax pick"), "{}", found.quote);
}

#[test]
fn an_answer_is_quoted_with_its_question_as_context() {
    let zoo = zoo();
    let found = zoo.first("can I swim with a hearing aid");
    assert!(found.quote.contains("Take it out before you swim or shower."), "{}", found.quote);
    assert_eq!(found.lead_in.as_deref(), Some("Can I swim with my hearing aid?"));
    let found = zoo.first("coffee before the sleep study");
    assert!(found.quote.contains("Drink no coffee after noon"), "{}", found.quote);
    assert_eq!(found.lead_in.as_deref(), Some("Must I stop drinking coffee before the sleep study?"));
    assert_eq!(found.reference.document.as_str(), "sleep-clinic.txt");
}

#[test]
fn markdown_has_front_matter_footnotes_and_tables() {
    let zoo = zoo();
    let document = zoo.document("iron-tablets.md");
    assert_eq!(document.metadata.title, "Iron tablets");
    assert_eq!(document.metadata.reviewed.as_deref(), Some("2022-09-30"));
    assert_eq!(headings(&document), ["Taking them", "Storing them"]);
    let found = zoo.first("iron tablet with orange juice");
    assert_eq!(
        found.quote,
        "Swallow the tablet **with orange juice**, which doubles what the body takes up.[^juice]"
    );
    assert_eq!(found.reference.url.as_deref(), Some("https://leaflets.example/iron"));
    let literature = &found.reference.bibliography;
    assert_eq!((literature[0].label.as_str(), literature[0].relation), ("juice", Relation::Cited));
    assert_eq!(literature[0].doi.as_deref(), Some("10.5555/juice.1"));
    let found = zoo.first("how many tablets a day for teenagers");
    assert!(found.quote.contains("Teenagers | one"), "{}", found.quote);
    let header = found.lead_in.as_deref().unwrap_or(&found.quote);
    assert!(header.contains("Age | Tablets a day"), "{found:#?}");
    let found = zoo.first("away from the cooker");
    assert_eq!(
        (found.quote.as_str(), found.lead_in.as_deref()),
        ("away from the cooker", Some("Put the box:"))
    );
}

#[test]
fn records_carry_their_own_address_and_question() {
    let zoo = zoo();
    let found = zoo.first("when are my stitches taken out");
    assert_eq!(found.reference.document.as_str(), "short-answers.jsonl#stitches");
    assert_eq!(found.reference.url.as_deref(), Some("https://answers.example/stitches"));
    assert_eq!(found.quote, "Stitches on the face are taken out after five days.");
    let found = zoo.first("who writes the sick note");
    assert_eq!(found.reference.document.as_str(), "short-answers.jsonl#7");
}

#[test]
fn a_word_file_is_quoted_with_its_headings_lists_and_rows() {
    let corpus = Corpus::of(&[]);
    corpus.write("ear-syringing.docx", include_bytes!("../fixtures/ear-syringing.docx"));
    let word = Zoo::of(&corpus);
    let document = word.document("ear-syringing.docx");
    assert_eq!(document.format, Format::Word);
    assert_eq!(document.metadata.title, "Having your ears syringed");
    assert_eq!(document.metadata.language.as_deref(), Some("en-GB"));
    assert_eq!(document.metadata.reviewed, None);
    assert_eq!(
        headings(&document),
        ["Before you come", "What happens", "Afterwards", "Afterwards > Can I swim afterwards?"]
    );
    assert!(!document.text.contains("internal draft") && !document.text.contains("4711"));
    let found = word.first("how long must I keep my ear dry after syringing");
    assert!(found.quote.contains("Keep your ear dry for two days."), "{}", found.quote);
    assert_eq!(found.reference.section, ["Afterwards", "Can I swim afterwards?"]);
    let found = word.first("should I come with a hole in my eardrum");
    assert!(found.quote.contains("you have had a hole in your eardrum"), "{}", found.quote);
    let lead_in = found.lead_in.as_deref().unwrap_or(&found.quote);
    assert!(lead_in.starts_with("Do not come if:"), "{found:#?}");
    let found = word.first("how many visits a year when I am over 65");
    let row = "Age: over 65; Visits a year: three; Which nurse: Ear nurse";
    assert!(found.quote.contains(row), "{}", found.quote);
}

#[test]
fn no_quote_begins_with_a_bullet_or_breaks_a_word() {
    let zoo = zoo();
    for question in [
        "what do I need for cleaning",
        "what should I do if toes turn blue",
        "which battery",
        "iron",
        "plaster",
        "what are the tablets",
        "hearing aid",
        "which cloths",
        "stairs with crutches",
        "sleep study",
    ] {
        for citation in &zoo.ask(question).citations {
            assert_whole(&zoo.engine, citation);
        }
    }
}

#[track_caller]
fn assert_whole(engine: &Engine, citation: &Citation) {
    let quote = citation.quote.as_str();
    assert!(!quote.starts_with(['•', '-', '*', ' ', '\n']) || quote.starts_with("**"), "{quote}");
    let document = engine.document(citation.reference.document.as_str()).unwrap().unwrap();
    let after = document.text[citation.reference.span.end()..].chars().next();
    let last = quote.chars().next_back().unwrap();
    assert!(!(last.is_alphanumeric() && after.is_some_and(char::is_alphanumeric)), "{quote}");
}

#[cfg(unix)]
mod hostile {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use ibid::engine::{BuildError, build_index};
    use ibid::ingest::NoProgress;

    use super::*;

    /// A corpus of one good file and everything else that a folder may hold.
    fn corpus() -> Corpus {
        let corpus = Corpus::of(&[("good.txt", "Boil the flannel for ten minutes.\n")]);
        corpus.write("binary.txt", &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        corpus.write("empty.md", b"");
        corpus.write("blank.html", b" \n\t<p> </p>\n");
        corpus.write("old.docx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
        corpus.write("torn.docx", &include_bytes!("../fixtures/ear-syringing.docx")[..20_000]);
        corpus.write("cut.txt", b"M\xC3\xBCsli ist s\xC3\xBC\xC3");
        corpus.write("endless.txt", "word ".repeat(2_000_000).as_bytes());
        corpus.write("deep.html", format!("{}deep flannel", "<div>".repeat(10_000)).as_bytes());
        corpus.write("bell\u{7}.md", b"Ring.\n");
        corpus.write("line\nbreak.md", b"Break.\n");
        corpus.write("escape\u{1b}[2J.md", b"Clear.\n");
        corpus.write(&format!("{}.md", "n".repeat(250)), b"A long name is a name.\n");
        corpus.write("x.md/within.txt", b"A folder may be called so.\n");
        let root = &corpus.config.paths.corpus;
        std::fs::write(root.join(OsStr::from_bytes(b"latin\xE9.txt")), "x").unwrap();
        symlink("/etc/hostname", root.join("link.txt")).unwrap();
        symlink("nowhere", root.join("broken.txt")).unwrap();
        let made = Command::new("mkfifo").arg(root.join("pipe.txt")).status().unwrap();
        assert!(made.success());
        drop(UnixListener::bind(root.join("socket.txt")).unwrap());
        corpus
    }

    #[test]
    fn each_bad_file_is_skipped_with_its_reason_and_the_rest_is_served() {
        let corpus = corpus();
        let report = corpus.build();
        let reason = |place: &str| {
            let skip = report.skipped.iter().find(|skip| skip.place == place);
            skip.unwrap_or_else(|| panic!("{place} is not among {:#?}", report.skipped)).reason.clone()
        };
        assert!(matches!(reason("binary.txt"), SkipReason::Binary(_)));
        assert_eq!(reason("empty.md"), SkipReason::Empty);
        assert_eq!(reason("blank.html"), SkipReason::Empty);
        assert!(matches!(reason("old.docx"), SkipReason::Malformed(why) if why.contains("save it as .docx")));
        assert!(matches!(reason("torn.docx"), SkipReason::Malformed(why) if why.contains("damaged")));
        assert!(matches!(reason("cut.txt"), SkipReason::Malformed(why) if why.contains("cut off")));
        assert!(matches!(reason("endless.txt"), SkipReason::TooLarge { key, .. } if key == "max_line_bytes"));
        for place in ["bell\\u{7}.md", "line\\u{a}break.md", "escape\\u{1b}[2J.md", "latin\u{fffd}.txt"] {
            assert!(matches!(reason(place), SkipReason::BadName(_)), "{place}");
        }
        assert_eq!(reason("link.txt"), SkipReason::OutsideCorpus);
        for place in ["broken.txt", "pipe.txt", "socket.txt"] {
            assert!(matches!(reason(place), SkipReason::Unreadable(_)), "{place}");
        }
        assert!(report.skipped.iter().all(|skip| !skip.to_string().contains(char::is_control)));

        let engine = corpus.engine();
        assert_eq!(ask(&engine, "boil the flannel").citations[0].quote, "Boil the flannel for ten minutes.");
        assert_eq!(ask(&engine, "deep").citations[0].quote, "deep flannel");
        assert!(engine.document("x.md/within.txt").unwrap().is_some());
        assert!(matches!(
            build_index(&corpus.config, true, &mut NoProgress),
            Err(BuildError::Strict { report }) if report.skipped_total == 15
        ));
    }
}
