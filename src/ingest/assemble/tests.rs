use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::document::{BlockKind, GroupKind, PassageKind};
use crate::ingest::plain_text;
use crate::text::Span;

const PAGE: &str = include_str!("../../../tests/fixtures/river-knee.txt");

fn try_assemble(text: &str, name: &str) -> Result<(Document, Vec<BoilerplateFinding>), SkipReason> {
    static ASSEMBLER: LazyLock<Assembler> =
        LazyLock::new(|| Assembler::new(&IngestConfig::default()).unwrap());
    let draft = plain_text::parse(text.to_owned());
    let revision = Revision::of(text.as_bytes());
    ASSEMBLER.assemble(draft, DocumentId::new(name).unwrap(), Format::PlainText, revision)
}

fn assemble(text: &str) -> Document {
    try_assemble(text, "folder/some-page.txt").unwrap().0
}

#[test]
fn a_first_line_that_says_the_title_again_is_no_passage() {
    let title = "The night brace for the river knee of rowers, its straps and hinges, how often it is worn in the first \
                 and in the second winter, and what twelve clubs on two rivers have found out about it";
    let read = |text: String| {
        let mut draft = plain_text::parse(text.clone());
        draft.metadata.title = title.to_owned();
        let assembler = Assembler::new(&IngestConfig::default()).unwrap();
        let revision = Revision::of(text.as_bytes());
        assembler.assemble(draft, DocumentId::new("a.txt").unwrap(), Format::PlainText, revision).unwrap()
    };
    let passages = |document: &Document| -> Vec<String> {
        document.passages.iter().map(|passage| document.slice(passage.span).to_owned()).collect()
    };
    let (document, findings) =
        read(format!("{title}\n\nThe brace is worn at night, and taken off for rowing.\n"));
    assert_eq!(passages(&document), ["The brace is worn at night, and taken off for rowing."]);
    assert_eq!(
        findings.iter().map(|found| found.pattern.as_str()).collect::<Vec<_>>(),
        ["title: said again"]
    );
    let (document, findings) = read(format!("{title}\n"));
    assert_eq!((passages(&document), findings.len()), (vec![title.to_owned()], 0));
}

fn headings(document: &Document) -> Vec<(u8, &str)> {
    document.sections.iter().map(|section| (section.level, document.slice(section.heading))).collect()
}

#[test]
fn a_page_copied_from_a_site_gets_its_sections_from_the_layout() {
    let document = try_assemble(PAGE, "river-knee.txt").unwrap().0;
    assert_eq!(document.metadata.title, "River knee");
    assert_eq!(document.metadata.reviewed.as_deref(), Some("2022-03-09"));
    let expected = [
        (1, "Bending test"),
        (1, "Water scan"),
        (1, "Looking into the joint through a thin tube"),
        (1, "Bracing"),
        (1, "Warm reed packing (WRP)"),
        (1, "Rowing therapy"),
        (1, "Studies"),
        (1, "Living with it"),
        (2, "Write a knee diary"),
        (2, "Keep your neighbors close"),
        (1, "Before your visit"),
        (1, "What to bring"),
    ];
    assert_eq!(headings(&document), expected);
}

#[test]
fn a_page_copied_from_a_site_gets_its_lists_with_their_lead_ins() {
    let document = try_assemble(PAGE, "river-knee.txt").unwrap().0;
    let lists: Vec<(&str, u32)> = document
        .groups
        .iter()
        .filter(|group| group.kind == GroupKind::List)
        .map(|group| (document.slice(group.lead_in.unwrap()), group.end - group.first))
        .collect();
    let expected = [
        ("Examinations that can show a river knee are:", 5),
        ("You may be offered:", 6),
        ("It takes time to find out what does your knee good. Until you know, it may help to:", 3),
        ("Make a list of:", 4),
        ("Questions that people often ask are:", 4),
    ];
    assert_eq!(lists, expected);
    let passage =
        |words: &str| document.passages.iter().find(|one| document.slice(one.span).contains(words)).unwrap();
    let dye = passage("blue dye");
    assert_eq!(document.section_path(dye.section), ["Water scan"]);
    assert_eq!((dye.kind, dye.sentences.len()), (PassageKind::ListItem, 1));
    assert_eq!(document.slice(dye.context.unwrap()), "Examinations that can show a river knee are:");
    assert_eq!(document.section_path(passage("I row for a living").section), ["What to bring"]);
    assert!(
        document
            .slice(passage("thin tube").span)
            .starts_with("Looking into the joint through a thin tube. A tube")
    );
}

#[test]
fn a_page_copied_from_a_site_gets_its_references() {
    let document = try_assemble(PAGE, "river-knee.txt").unwrap().0;
    let labels: Vec<&str> = document.bibliography.iter().map(|entry| entry.label.as_str()).collect();
    assert_eq!(labels, ["1", "2", "3", "9", "10"]);
    let [first, second, third, fourth, _] = document.bibliography.as_slice() else { panic!("five entries") };
    assert_eq!(first.url.as_deref(), Some("https://joints.example.org"));
    assert_eq!(second.url.as_deref(), Some("https://rowers.example.org/knee/default.aspx"));
    assert_eq!((third.url.as_deref(), third.doi.as_deref()), (None, None));
    assert_eq!(fourth.doi.as_deref(), Some("10.9999/JR(20)31-0"));
    assert!(document.slice(first.span).starts_with("Adler B, et al."));
    assert!(document.passages.iter().all(|one| !document.slice(one.span).contains("Journal of Reeds")));
}

#[test]
fn a_page_copied_from_a_site_loses_what_is_not_content_and_says_so() {
    let (document, findings) = try_assemble(PAGE, "river-knee.txt").unwrap();
    let left_out: Vec<&str> = findings.iter().map(|finding| finding.excerpt.as_str()).collect();
    let begins = [
        "The best of Otter",
        "Subscribe for free",
        "I'd like to hear",
        "So that our letters fit",
        "River knee care at",
        "Associated Procedures",
        "News from",
        "Products & Services",
    ];
    assert_eq!(left_out.len(), begins.len(), "{left_out:?}");
    for (excerpt, begin) in left_out.iter().zip(begins) {
        assert!(excerpt.starts_with(begin), "{excerpt:?} instead of {begin:?}");
    }
    assert_eq!(findings.last().unwrap().line, PAGE.lines().count());
    let quotable =
        document.passages.iter().map(|one| document.slice(one.span)).collect::<Vec<_>>().join("\n");
    for kept in [
        "Studies at the river",
        "Over two to three days",
        "Marsh 177, is meant",
        "six to eight weeks",
        "comes to mind",
    ] {
        assert!(quotable.contains(kept), "{kept:?} is in no passage");
    }
    for gone in ["unsubscribe", "privacy", "Otter Bank Clinic", "March 09"] {
        assert!(!quotable.contains(gone), "{gone:?} is in a passage");
    }
}

#[test]
fn the_title_is_the_first_heading_of_level_one_and_then_no_section() {
    let document = assemble("All about knees\n===============\n\nSore knees\n----------\n\nThey hurt.\n");
    assert_eq!(document.metadata.title, "All about knees");
    assert_eq!(headings(&document), [(1, "Sore knees")]);
    assert_eq!(document.blocks.first().unwrap().kind, BlockKind::Heading { level: 1 });
    assert_eq!(document.blocks.first().unwrap().section, None);
}

#[test]
fn without_a_heading_the_file_name_is_the_title() {
    assert_eq!(assemble("Only one sentence here.").metadata.title, "Some page");
}

#[test]
fn a_title_given_by_the_format_wins_and_another_heading_stays_a_section() {
    let mut draft = plain_text::parse("All about knees\n\nThey hurt.\n".to_owned());
    draft.metadata.title = "Leaflet 7".to_owned();
    let id = DocumentId::new("a.txt").unwrap();
    let assembler = Assembler::new(&IngestConfig::default()).unwrap();
    let (document, _) = assembler.assemble(draft, id, Format::PlainText, Revision::of(b"")).unwrap();
    assert_eq!(document.metadata.title, "Leaflet 7");
    assert_eq!(headings(&document), [(1, "All about knees")]);
}

#[test]
fn anchors_are_unique_even_against_numbered_ones() {
    let text = "Pain\n----\nIt hurts.\n\nPain 2\n------\nMore.\n\nPain\n----\nStill.\n\n痛み\n---\nYes.\n\n???\n---\nNo.\n";
    let document = assemble(text);
    let anchors: Vec<&str> = document.sections.iter().map(|section| section.anchor.as_str()).collect();
    assert_eq!(anchors, ["pain", "pain-2", "pain-3", "痛み", "section"]);
}

#[test]
fn a_section_ends_where_the_next_of_its_level_begins() {
    let document = assemble("Knees\n-----\nOne.\n\nFeet\n----\nTwo.\n\nThree.\n");
    let bodies: Vec<&str> = document.sections.iter().map(|section| document.slice(section.body)).collect();
    assert_eq!(bodies, ["Knees\n-----\nOne.", "Feet\n----\nTwo.\n\nThree."]);
}

#[test]
fn a_question_heads_its_answer_and_is_the_context_of_it() {
    let document =
        assemble("Knee leaflet\n\nWhat helps?\n\nRest helps most.\n\nWhat is a brace?\nA stiff sleeve.\n");
    assert_eq!(headings(&document), [(1, "What helps?"), (1, "What is a brace?")]);
    let context = |at: usize| document.slice(document.passages[at].context.unwrap());
    assert_eq!((context(0), context(1)), ("What helps?", "What is a brace?"));
    assert!(document.passages.iter().all(|one| one.kind == PassageKind::QuestionAndAnswer));
}

#[test]
fn citation_marks_point_at_the_entries() {
    let document = assemble(
        "Bees dance [2], and they hum [1-3, 9].\n\nReferences\n\n1. Adler B.\n2. Finch K.\n3. Moss P.\n",
    );
    let marks: Vec<(&str, u32)> =
        document.marks.iter().map(|mark| (document.slice(mark.span), mark.entry)).collect();
    assert_eq!(marks, [("[2]", 1), ("[1-3, 9]", 0), ("[1-3, 9]", 1), ("[1-3, 9]", 2)]);
    assert!(
        document.blocks.iter().any(|block| matches!(block.kind, BlockKind::Heading { .. })),
        "its heading is shown"
    );
}

#[test]
fn text_without_content_is_skipped() {
    for text in ["", " \n\n ", "====\n", "Print\n\nShare\n", "June 5, 2021"] {
        assert_eq!(try_assemble(text, "a.txt").unwrap_err(), SkipReason::Empty, "of {text:?}");
    }
}

#[test]
fn spans_that_do_not_fit_are_malformed() {
    let block = DraftBlock { kind: DraftKind::Paragraph { depth: 0 }, span: Span::new(0, 2), run_in: None };
    let draft = Draft { text: "ab".to_owned(), blocks: vec![block.clone(), block], ..Draft::default() };
    let made = Assembler::new(&IngestConfig::default()).unwrap().assemble(
        draft,
        DocumentId::new("a").unwrap(),
        Format::PlainText,
        Revision::of(b""),
    );
    assert!(matches!(made, Err(SkipReason::Malformed(_))));
}

#[test]
fn hostile_text_takes_linear_time() {
    let pieces = [
        "a\n\n",
        "- A b.\n",
        "Pain\n----\n",
        "[1]",
        "Pain\n\n",
        "a. ",
        "References\n\n1. a\n\n",
        "- a:\n",
        "Share. ",
    ];
    for piece in pieces {
        let text = piece.repeat(200_000 / piece.len());
        let began = std::time::Instant::now();
        let _ = try_assemble(&text, "a.txt");
        assert!(began.elapsed().as_secs() < 60, "{piece:?} took {:?}", began.elapsed());
    }
}

/// Every block of content is covered by passages.
fn assert_covered(document: &Document) -> Result<(), TestCaseError> {
    let is_content = |kind: BlockKind| {
        use BlockKind::{Boilerplate, Heading, Reference, TableHeader};
        !matches!(kind, Boilerplate | Heading { .. } | Reference | TableHeader)
    };
    let mut at = 0;
    for block in document.blocks.iter().filter(|block| is_content(block.kind)) {
        // A header row without rows below it is a passage.
        while document.passages.get(at).is_some_and(|one| one.span.end() <= block.span.start()) {
            at += 1;
        }
        let mut covered = block.span.start();
        while let Some(passage) = document.passages.get(at).filter(|one| one.span.start() < block.span.end())
        {
            let between = &document.text[covered.min(passage.span.start())..passage.span.start()];
            prop_assert!(
                between.chars().all(|found| found.is_whitespace() || "•‣▪◦●○·⁃-–—*".contains(found)),
                "{between:?}"
            );
            covered = passage.span.end();
            at += 1;
        }
        prop_assert_eq!(covered, block.span.end());
    }
    Ok(())
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z]{1,6}( [a-z]{1,6}){0,8}[.:?]?",
        "( {0,6})(•|-|\\*|[1-9][.)]|a\\.|o) [A-Z][a-z]{1,6}( [a-z]{1,5}){0,3}(\\.|:)? ?([A-Z][a-z]{2,6}( [a-z]{1,5}){2,9}\\.)?",
        "( {2,6})[A-Z][a-z]{1,6} [a-z]{1,6}\\.( - [A-Z][a-z]{2,5}\\.){0,3}",
        "(References|Share|SYMPTOMS|June 5, 2021|-----|=====|Q: What [a-z]{1,5}\\?|A: [A-Z][a-z]{1,5}\\.|1\\.2 Knees)",
        "[a-z]{1,5} ?\\| ?[a-z]{1,5}( \\| [a-z]{1,5})?",
        "[a-z]{1,5}\t[a-z]{1,5}",
        " {0,3}[1-9]\\. Adler B, et al\\. Bees\\. 2019; doi:10\\.9999/[a-z]{1,5}\\.",
        "[A-Z][a-z]{1,6} \\[[1-9](, ?[1-9])?\\][.⁵]",
        "",
        "",
    ]
}

proptest! {
    #[test]
    fn structured_text_becomes_a_covered_document(lines in prop::collection::vec(line(), 0..40), crlf: bool) {
        let text = lines.join(if crlf { "\r\n" } else { "\n" });
        match try_assemble(&text, "a.txt") {
            Ok((document, _)) => {
                assert_covered(&document)?;
                prop_assert!(document.marks.is_sorted_by_key(|mark| mark.span.start()));
                let paths = document.passages.iter().map(|one| document.section_path(one.section).len());
                prop_assert!(paths.max().unwrap_or_default() <= document.sections.len());
                for section in &document.sections {
                    prop_assert!(section.body.contains(section.heading));
                    let parent = section.parent.map(|parent| document.sections[parent as usize].body);
                    prop_assert!(parent.is_none_or(|parent| parent.contains(section.body)));
                }
                for group in &document.groups {
                    let members = &document.passages[group.first as usize..group.end as usize];
                    prop_assert!(!members.is_empty() && members.iter().all(|one| group.span.contains(one.span)));
                    prop_assert!(group.lead_in.is_none_or(|lead| group.span.contains(lead)));
                }
            }
            Err(reason) => prop_assert_eq!(reason, SkipReason::Empty),
        }
    }

    #[test]
    fn any_text_gives_a_document_or_is_empty(text in "\\PC{0,80}|[\\x00-\\x7f]{0,80}") {
        match try_assemble(&text, "a.txt") {
            Ok((document, _)) => assert_covered(&document)?,
            Err(reason) => prop_assert_eq!(reason, SkipReason::Empty),
        }
    }
}

fn paths(document: &Document) -> Vec<String> {
    let path = |at: usize| document.section_path(Some(u32::try_from(at).unwrap())).join(" > ");
    (0..document.sections.len()).map(path).collect()
}

#[test]
fn a_bare_heading_directly_above_another_is_its_parent() {
    let text =
        "Knees\n\nText about knees.\n\nTreatment\n\nSurgery\n\nThe knee is opened.\n\nRest\n\nSit down.\n";
    assert_eq!(paths(&assemble(text)), ["Treatment", "Treatment > Surgery", "Rest"]);
}

#[test]
fn bare_lines_left_over_of_a_menu_are_no_parents() {
    let text = "Knees\n\nText about knees.\n\nDoctors\n\nWards\n\nVisits\n\nSurgery\n\nThe knee is opened.\n";
    assert_eq!(paths(&assemble(text)), ["Surgery"]);
    let text = "Knees\n\nText about knees.\n\nRelated articles\n\nSurgery\n\nThe knee is opened.\n";
    assert_eq!(paths(&assemble(text)), ["Surgery"]);
}

#[test]
fn a_line_without_a_full_stop_that_heads_nothing_is_text() {
    let quotable = |text: &str| -> Vec<String> {
        let document = assemble(text);
        document.passages.iter().map(|passage| document.slice(passage.span).to_owned()).collect()
    };
    assert_eq!(
        quotable("Knees\n\nText about knees.\n\nCall us then\n"),
        ["Text about knees.", "Call us then"]
    );
    let text = "Knees\n\nWatch for:\n\nRedness that spreads further up\n\nA fever above 38\n\nDoctors\n\nSurgery\n\nThe \
                knee is opened.\n";
    assert_eq!(
        quotable(text),
        ["Watch for:", "Redness that spreads further up", "A fever above 38", "The knee is opened."]
    );
    let text = "Bees dance.\n\nThe hive at the river bank\n\n1. Adler B, et al. Bees. Hive; 2019.\n2. Finch K. Hums. \
                Hive. Sept. 3, 2018.\n";
    assert_eq!(quotable(text), ["Bees dance."]);
}

#[test]
fn a_date_that_does_not_say_what_it_is_of_counts_where_no_other_does() {
    let reviewed = |page: &str| {
        let id = DocumentId::new("a.html").unwrap();
        let made = crate::ingest::parse_bytes(&id, Format::Html, page.as_bytes(), &IngestConfig::default());
        made.unwrap().remove(0).metadata.reviewed
    };
    let time = "<p>Text about knees.</p><p>Posted <time datetime=2020-01-02>then</time></p>";
    assert_eq!(reviewed(time).as_deref(), Some("2020-01-02"));
    let labelled = format!("{time}<p>Last reviewed: 14 January 2025</p>");
    assert_eq!(reviewed(&labelled).as_deref(), Some("2025-01-14"));
}

fn page(html: &str) -> Document {
    let id = DocumentId::new("a.html").unwrap();
    let made = crate::ingest::parse_bytes(&id, Format::Html, html.as_bytes(), &IngestConfig::default());
    made.unwrap().remove(0)
}

/// Each passage as its section path, its text and the question or lead-in that is its context.
fn placed(document: &Document) -> Vec<(String, &str, Option<&str>)> {
    let show = |passage: &crate::document::Passage| {
        let path = document.section_path(passage.section).join(" > ");
        (path, document.slice(passage.span), passage.context.map(|context| document.slice(context)))
    };
    document.passages.iter().map(show).collect()
}

#[test]
fn what_follows_a_fold_stands_under_what_was_open_before_it() {
    let page = page(
        "<h1>Day surgery</h1><details><summary>Can I drive home?</summary><p>You must not drive.</p></details>\
         <p>Stop iron tablets.</p><h2>Food</h2><details><summary>Fish</summary><p>Eat cod.</p></details>\
         <p>Drink water.</p><details><summary>And after?</summary><p>Rest.</p></details>",
    );
    assert_eq!(
        placed(&page),
        [
            ("Can I drive home?".to_owned(), "You must not drive.", Some("Can I drive home?")),
            (String::new(), "Stop iron tablets.", None),
            ("Food > Fish".to_owned(), "Eat cod.", None),
            ("Food".to_owned(), "Drink water.", None),
            ("Food > And after?".to_owned(), "Rest.", Some("And after?")),
        ]
    );
}

#[test]
fn a_question_goes_on_behind_a_fold_within_its_answer() {
    let page = page(
        "<h1>Scans</h1><h2>Food</h2><details><summary>May I eat?</summary><p>Yes.</p>\
         <details><summary>Even fish?</summary><p>Not cod.</p></details><p>Chew well.</p>\
         <details><summary><h2>Meat</h2></summary><p>No ham.</p></details><p>Eat slowly.</p></details><p>Sit down.</p>",
    );
    let (question, within) = (Some("May I eat?"), "Food > May I eat?");
    assert_eq!(
        placed(&page),
        [
            (within.to_owned(), "Yes.", question),
            (format!("{within} > Even fish?"), "Not cod.", Some("Even fish?")),
            (within.to_owned(), "Chew well.", question),
            (format!("{within} > Meat"), "No ham.", None),
            (within.to_owned(), "Eat slowly.", question),
            ("Food".to_owned(), "Sit down.", None),
        ]
    );
}

#[test]
fn a_heading_that_folds_ends_what_stands_before_it_and_heads_nothing_behind_it() {
    let page = page(
        "<h1>Scans</h1><h2>Food</h2><p>Eat.</p><details><summary><h2>Drink</h2></summary><h2>Tea</h2><p>Sip.</p>\
         </details><p>Sit down.</p>",
    );
    assert_eq!(
        placed(&page),
        [
            ("Food".to_owned(), "Eat.", None),
            ("Drink > Tea".to_owned(), "Sip.", None),
            (String::new(), "Sit down.", None),
        ]
    );
}

#[test]
fn lists_of_questions_and_lists_in_folds_end_with_them() {
    let page = page(
        "<h1>Scans</h1><p>Come early.</p><dl><dt>Is it loud?<dd>Yes.<dt>Does it hurt?<dd>No.</dl><p>Sit down.</p>\
         <details><summary>Bring</summary><ul><li>a hat</ul></details><ul><li>a pen<li>a book</ul>",
    );
    let placed = placed(&page);
    assert_eq!(placed[2], ("Does it hurt?".to_owned(), "No.", Some("Does it hurt?")));
    assert_eq!(placed[3], (String::new(), "Sit down.", None));
    let list = |at: usize| (placed[at].0.as_str(), placed[at].1, page.passages[at].group);
    let ((bring, hat, first), (none, pen, second)) = (list(4), list(5));
    assert_eq!((bring, hat, none, pen), ("Bring", "a hat", "", "a pen"));
    assert_ne!(first, second);
}

#[test]
fn a_fold_without_text_leaves_no_heading() {
    let page = page("<h1>Scans</h1><details><summary>Is it loud?</summary></details><p>Sit down.</p>");
    assert_eq!((headings(&page), placed(&page)), (Vec::new(), vec![(String::new(), "Sit down.", None)]));
}

#[test]
fn references_that_fold_up_end_with_their_fold() {
    let page = page(
        "<h1>Bees</h1><p>Bees dance.</p><details><summary>References</summary><ol><li>Adler B. Bees. 2019.</ol></details>\
         <ul><li>Bring a hat.</ul><p>Call us.</p>",
    );
    assert_eq!(page.bibliography.len(), 1);
    let texts: Vec<_> = page.passages.iter().map(|passage| page.slice(passage.span)).collect();
    assert_eq!(texts, ["Bees dance.", "Bring a hat.", "Call us."]);
}

proptest! {
    #[test]
    fn folds_of_every_kind_become_a_covered_document(
        source in "(</?(details|summary|h2|h3|dl|dt|dd|ul|li|p)>|Rest\\.|Food|Why\\?|Bring a hat:|<summary>References</summary>){0,60}"
    ) {
        let id = DocumentId::new("a.html").unwrap();
        let made = crate::ingest::parse_bytes(&id, Format::Html, source.as_bytes(), &IngestConfig::default());
        for document in made.unwrap_or_default() {
            assert_covered(&document)?;
            for section in &document.sections {
                let parent = section.parent.map(|parent| document.sections[parent as usize].body);
                prop_assert!(parent.is_none_or(|parent| parent.contains(section.body)));
            }
        }
    }
}

#[test]
fn the_lines_on_the_review_of_a_page_are_no_passage() {
    let html = "<h1>Knees</h1><p>They bend.</p><p>Page last reviewed: 15 June 2023<br>Next review due: 15 June 2026</p>";
    let document = page(html);
    assert_eq!(document.metadata.reviewed.as_deref(), Some("2023-06-15"));
    assert_eq!(placed(&document), [(String::new(), "They bend.", None)]);
    let text = "They bend.\n\nPage last reviewed: 15 June 2023\n\nNext review due: 15 June 2026\n";
    let document = assemble(text);
    assert_eq!(document.metadata.reviewed.as_deref(), Some("2023-06-15"));
    assert_eq!(placed(&document), [(String::new(), "They bend.", None)]);
}

#[test]
fn the_line_on_the_review_is_found_above_all_that_is_left_out_below_it() {
    let links = "<ul><li><a href=1>Hips</a><li><a href=2>Ankles</a><li><a href=3>Toes</a></ul>";
    let below =
        format!("<h2>Related pages</h2>{links}<form>Was this helpful?</form><footer>Imprint</footer>");
    let text = "<p>They turn.</p>".repeat(9);
    let html = format!("<h1>Knees</h1>{text}<p>Last reviewed: 15 June 2023</p>{below}");
    assert_eq!(page(&html).metadata.reviewed.as_deref(), Some("2023-06-15"));
    let amid = format!("<h1>Knees</h1>{text}<p>Last reviewed: 15 June 2023</p>{text}");
    assert_eq!(page(&amid).metadata.reviewed, None);
}

#[test]
fn a_review_date_after_the_day_of_issue_is_that_of_the_next_review() {
    let reviewed = |lines: &str| page(&format!("<h1>Knees</h1><p>They bend.</p>{lines}")).metadata.reviewed;
    let next = "<p>Review date: May 2025</p>";
    assert_eq!(reviewed(next).as_deref(), Some("2025-05"));
    assert_eq!(reviewed(&format!("<p>Date of issue: May 2022</p>{next}")), None);
    assert_eq!(reviewed(&format!("{next}<p>Last reviewed: May 2022</p>")).as_deref(), Some("2022-05"));
}

#[test]
fn pages_stay_where_they_begin_whatever_is_taken_out_of_the_text() {
    let text = "River knee\n\nRest the knee for a week.\n\nShare\n\nReferences\n\n1. Adler B, et al. Bees. Hive; 2019.\n";
    let read = |pages: Vec<usize>| {
        let draft = Draft { pages, ..plain_text::parse(text.to_owned()) };
        let assembler = Assembler::new(&IngestConfig::default()).unwrap();
        let revision = Revision::of(text.as_bytes());
        assembler.assemble(draft, DocumentId::new("a.txt").unwrap(), Format::PlainText, revision)
    };
    let page_of = |document: &Document, words: &str| document.page_at(document.text.find(words).unwrap());
    let (document, findings) =
        read(vec![0, text.find("Rest").unwrap(), text.find("References").unwrap()]).unwrap();
    assert!(!findings.is_empty(), "nothing was taken out");
    let pages = ["River", "Rest", "Share", "Adler"].map(|words| page_of(&document, words));
    assert_eq!(pages, [1, 2, 2, 3].map(Some));
    assert_eq!(document.pages_of(document.bibliography[0].span), Some((3, 3)));
    let refused = read(vec![0, text.len() + 1]).unwrap_err();
    assert!(matches!(&refused, SkipReason::Malformed(why) if why.contains("page 2")), "{refused:?}");
}
