//! PDF files of real programs, from bytes on disk to answers.

use ibid::document::{Document, DocumentId, Format};
use ibid::ingest::{IngestConfig, IngestReport, parse_bytes};

use crate::corpus::{Corpus, ask};
use crate::verbatim::assert_verbatim;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/fixtures/pdf/{name}")).unwrap()
}

fn read(name: &str) -> Document {
    let id = DocumentId::new(name).unwrap();
    let documents = parse_bytes(&id, Format::Pdf, &bytes(name), &IngestConfig::default()).unwrap();
    documents.into_iter().next().unwrap()
}

/// A corpus of these fixtures, with what was told when it was read.
fn corpus(names: &[&str]) -> (Corpus, IngestReport) {
    let corpus = Corpus::of(&[]);
    names.iter().for_each(|name| corpus.write(name, &bytes(name)));
    let report = corpus.build();
    (corpus, report)
}

#[test]
fn a_browser_writes_columns_bullets_that_are_drawn_and_tables() {
    let document = read("chromium.pdf");
    assert_eq!(document.metadata.title, "Cataract surgery: your questions");
    assert_eq!(document.metadata.language.as_deref(), Some("en-GB"));
    let times = "How should I use the drops?\n\n\
        • Wash your hands first.\n\
        • Pull the lower lid down and let one drop fall into the pocket, without touching the eye with the tip of the \
        bottle, and then close the eye for a full minute.\n\
        • Wait five minutes between two kinds of drops.\n\
        • Missed drops. Use them as soon as you remember.\n\n\
        Times\n\n\
        Drops: Dexamethasone; First week: four times a day; Weeks two to four: twice a day, and then stop unless the \
        clinic has told you something else\n\
        Drops: Chloramphenicol; First week: four times a day; Weeks two to four: none\n\n\
        When can I go back to sport?\n\n\
        1. Walking: the next day.\n\
        2. Swimming: after four weeks.\n\n\
        The field of view[2] is tested at 10³ points with fifty efficient flashes.\n";
    assert!(document.text.ends_with(times), "{}", document.text);
    // The second column goes on where the first ends.
    let across = "Wearing sunglasses in bright light may slow them down a little, but only an operation can remove a \
                  cataract that has formed, and the operation is done under local anaesthetic in about half an hour.";
    assert!(document.text.contains(across), "{}", document.text);
}

#[test]
fn a_tagged_file_is_read_as_its_structure_says_however_it_looks() {
    let document = read("tagged.pdf");
    assert_eq!(document.metadata.title, "Having your tonsils out");
    let text = "Having your tonsils out\n\n\
        Please read all of this leaflet.\n\n\
        The operation takes about half an hour. You are asleep all the time and feel nothing of it. Most people go home on \
        the evening of the same day.\n\n\
        Before the operation\n\n\
        Ring the ward on 01632 960177 if you have a cold\n\n\
        Eat nothing from midnight on. You may drink water until six in the morning, and the nurse gives you your usual \
        tablets with a sip of it. Leave your jewellery at home, and bring something to read, as you may have to wait.\n\n\
        Somebody has to take you home and stay with you for one night.\n\n\
        At home\n\n\
        What helps\n\n\
        • Rest for two weeks\n\
        • Drink a little every hour, even at night when you are awake, because a dry throat hurts more than a moist one\n\
        • Chew gum\n\
        • without sugar\n\n\
        Painkillers\n\n\
        Medicine: Paracetamol; Adults: two tablets four times a day; Children: by weight, see the bottle\n\
        Medicine: Paracetamol; Adults: never more than the pack says, whatever else you take\n\
        Medicine: Ibuprofen; Adults: one tablet three times a day with food, and not if you have had a stomach ulcer or \
        have asthma; Children: ask us first\n\n\
        Steps when it bleeds\n\n\
        1. Sit up and lean forward.\n\
        2. Spit the blood out.\n\
        3. Ring 999 if it has not stopped after ten minutes.\n\n\
        Back to work\n\n\
        Stay away from work for two weeks. Many people find it takes that long until they can eat as before, and infections \
        are caught more easily.\n";
    assert_eq!(document.text, text);
    let headings: Vec<_> = document
        .sections
        .iter()
        .map(|section| (section.level, section.heading.slice(&document.text).unwrap()))
        .collect();
    let expected = [
        (1, "Before the operation"),
        (1, "At home"),
        (2, "What helps"),
        (2, "Painkillers"),
        (2, "Steps when it bleeds"),
        (1, "Back to work"),
    ];
    assert_eq!(headings, expected);
    // The table goes on over the end of the page, and its header, which stands there once more, is read once.
    let page =
        |text: &str| document.pages.partition_point(|begin| *begin <= document.text.find(text).unwrap());
    assert_eq!((page("two tablets four"), page("never more than")), (1, 2));
}

#[test]
fn a_leaflet_folded_in_three_is_read_panel_by_panel() {
    let document = read("three-fold.pdf");
    assert_eq!(document.metadata.title, "Looking after your plaster cast");
    let panels = [
        "What is a cast?",
        "Keep it dry",
        "Move your fingers",
        "When to call us",
        "Swelling",
        "After the cast",
    ];
    let places: Vec<_> = panels.iter().map(|panel| document.text.find(&format!("\n{panel}\n"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{}", document.text);
    let list = "• the pain gets worse although you keep the arm up on a pillow and take your tablets\n• the cast cracks";
    assert!(document.text.contains(list), "{}", document.text);
}

#[test]
fn headers_footers_and_numbers_of_pages_are_left_out_and_reported() {
    let (corpus, report) = corpus(&["hernia.pdf"]);
    assert_eq!(report.skipped, []);
    let left_out: Vec<_> = report.boilerplate.iter().map(|found| found.excerpt.as_str()).collect();
    assert!(left_out.contains(&"Larkfield Hospital - Day Surgery Unit"), "{left_out:?}");
    assert!(left_out.contains(&"Leaflet L-204, version 3 Page 1 of 2"), "{left_out:?}");
    let answer = ask(&corpus.engine(), "which version is leaflet L-204 of Larkfield Hospital");
    assert!(answer.citations.iter().all(|citation| !citation.quote.contains("L-204")));
}

#[test]
fn a_question_is_answered_word_for_word_with_the_page() {
    let (corpus, _) = corpus(&["hernia.pdf", "three-fold.pdf", "eye-drops.pdf"]);
    let engine = corpus.engine();
    let first = |question: &str| {
        let answer = ask(&engine, question);
        assert_verbatim(&engine, &answer);
        answer.citations[0].clone()
    };
    let found = first("how much may I lift after a hernia repair");
    assert!(found.quote.contains("Do not lift more than 5 kg for 4 weeks."), "{}", found.quote);
    assert_eq!(found.reference.pages, Some((2, 2)));
    assert_eq!(found.reference.section, ["Going home"]);
    let found = first("how often can I take ibuprofen");
    let row = "Medicine: Ibuprofen; Dose: 400 mg; How often: every 8 hours with food";
    assert!(found.quote.contains(row), "{}", found.quote);
    assert_eq!(found.reference.pages, Some((1, 1)));
    let found = first("may I keep the bottle in the fridge");
    assert!(found.quote.contains("Keep the bottle in the fridge."), "{}", found.quote);
}

#[test]
fn what_cannot_be_read_is_told_with_a_remedy() {
    let (corpus, report) = corpus(&["scan.pdf", "half-scan.pdf", "password.pdf", "no-printing.pdf"]);
    let reason =
        |name: &str| report.skipped.iter().find(|skip| skip.place == name).unwrap().reason.to_string();
    assert_eq!(report.skipped.len(), 2);
    assert!(reason("scan.pdf").contains("run text recognition (OCR) on it first"));
    assert!(reason("password.pdf").contains("save it without one"));
    let note = report.notes.iter().find(|note| note.place == "half-scan.pdf").unwrap();
    assert!(note.detail.starts_with("page 2 is a picture without text"), "{}", note.detail);
    let answer = ask(&corpus.engine(), "when does the clinic open");
    assert_eq!(answer.citations[0].quote, "The clinic opens at eight in the morning on weekdays.");
}

#[test]
fn a_file_that_breaks_off_is_read_as_far_as_it_can_or_refused() {
    for name in ["hernia.pdf", "tagged.pdf"] {
        let whole = bytes(name);
        for end in (0..whole.len()).step_by(whole.len() / 59) {
            let id = DocumentId::new(name).unwrap();
            if let Ok(documents) = parse_bytes(&id, Format::Pdf, &whole[..end], &IngestConfig::default()) {
                documents.into_iter().for_each(|document| drop(Document::new(document).unwrap()));
            }
        }
    }
}
