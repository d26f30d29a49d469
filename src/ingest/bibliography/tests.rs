use super::*;
use crate::ingest::plain_text;

fn entries(text: &str) -> Vec<(String, String)> {
    let draft = plain_text::parse(text.to_owned());
    let found = find(&draft, &vec![None; draft.blocks.len()]);
    let show = |entry: &BibliographyEntry| (entry.label.clone(), entry.span.slice(text).unwrap().to_owned());
    found.entries.iter().map(show).collect()
}

fn marks(text: &str) -> Vec<(&str, u32)> {
    let entry = |label: &str| BibliographyEntry {
        label: label.to_owned(),
        span: Span::new(0, 0),
        url: None,
        doi: None,
    };
    let entries: Vec<BibliographyEntry> = ["1", "2", "3", "4", "5", "9", "10", "a"].map(entry).into();
    let mut marks = Vec::new();
    find_marks(text, Span::new(0, text.len()), &labels(&entries), &mut marks);
    marks.iter().map(|mark| (mark.span.slice(text).unwrap(), mark.entry)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|&(label, text)| (label.to_owned(), text.to_owned())).collect()
}

#[test]
fn everything_under_a_heading_that_says_so_is_a_reference() {
    let text = "Bees dance.\n\nReferences\n\n1. Adler on bees.\n2. Finch on knees.\n";
    assert_eq!(entries(text), pairs(&[("1", "Adler on bees."), ("2", "Finch on knees.")]));
    let text = "Bees.\n\nReferences\n\n- Adler on bees.\n- Finch on knees.\n";
    assert_eq!(entries(text), pairs(&[("1", "Adler on bees."), ("2", "Finch on knees.")]));
    let text = "Bees.\n\nReferences\n\n[a] Adler B, et al. Bees.\n\n[b] Finch. https://example.org/x\n";
    assert_eq!(
        entries(text),
        pairs(&[("a", "Adler B, et al. Bees."), ("b", "Finch. https://example.org/x")])
    );
}

#[test]
fn bracketed_numbers_directly_under_their_heading_are_references() {
    let text = "Ice helps the toe [2].\n\nReferences\n[1] Roe A. Ice.\n[2] Poe B. Time of gout.\n    2002;5:6-7.\n\nBy us.";
    assert_eq!(entries(text), pairs(&[("1", "Roe A. Ice."), ("2", "Poe B. Time of gout.\n    2002;5:6-7.")]));
    let text = "Ice helps the toe and heat\n[1] does not. It helps much\n[2] It is said.";
    assert_eq!(plain_text::parse(text.to_owned()).blocks.len(), 1);
}

#[test]
fn under_a_heading_with_other_meanings_entries_must_look_like_literature() {
    assert_eq!(entries("Text.\n\nSources\n\n- Spinach\n- Liver\n- Beans\n"), []);
    let text = "Text.\n\nSources\n\n- Adler B, et al. Iron.\n- Finch K. https://example.org\n";
    assert_eq!(entries(text).len(), 2);
}

#[test]
fn a_numbered_run_that_looks_like_literature_needs_no_heading() {
    let text =
        "Bees.\n\n  1. Adler B, et al. Bees. Hive; 2019.\n  2. Finch K. Hums. Hive Press. Sept. 3, 2018.\n";
    assert_eq!(entries(text).len(), 2);
}

#[test]
fn numbered_steps_are_no_references() {
    assert_eq!(
        entries("Do this:\n\n1. Wash the knee.\n2. Dry it for 5 minutes.\n3. See www.example.org in 2024.\n"),
        []
    );
    assert_eq!(
        entries("1. Read https://example.org first.\n2. Sit down.\n3. Rest.\n\nThen rest more.\n"),
        []
    );
}

#[test]
fn addresses_and_identifiers_lose_the_punctuation_around_them() {
    let read = |text: &str| entry::read(text, Span::new(0, text.len()), None, 1);
    let entry = read("Adler (https://example.org/a_(b)). 2019.");
    assert_eq!(entry.url.as_deref(), Some("https://example.org/a_(b)"));
    let entry = read("Finch. https://doi.org/10.1234/ab(19)3-0.");
    assert_eq!(entry.doi.as_deref(), Some("10.1234/ab(19)3-0"));
    assert_eq!(read("Version 10.2 costs 10.1234 crowns").doi, None);
    assert_eq!(read("No address: http").url, None);
}

#[test]
fn marks_are_found_in_brackets_and_superscripts() {
    assert_eq!(marks("so [5] it is"), [("[5]", 4)]);
    assert_eq!(marks("so [9, 10] it [2;1] is"), [("[9, 10]", 5), ("[9, 10]", 6), ("[2;1]", 1), ("[2;1]", 0)]);
    assert_eq!(
        marks("[1-3][3–5]"),
        [("[1-3]", 0), ("[1-3]", 1), ("[1-3]", 2), ("[3–5]", 2), ("[3–5]", 3), ("[3–5]", 4)]
    );
    assert_eq!(marks("a note[^a] and[^5]"), [("[^a]", 7), ("[^5]", 4)]);
    assert_eq!(marks("Bees dance.⁵ They hum¹⁰, too²,³."), [("⁵", 4), ("¹⁰", 6), ("²,³", 1), ("²,³", 2)]);
}

#[test]
fn other_numbers_are_no_marks() {
    for text in [
        "[20 mg]",
        "[2020]",
        "[7]",
        "[]",
        "[5",
        "[0-99999999]",
        "10⁵ cells",
        "3 cm² wide",
        "kg/m²",
        "¹⁷⁷Lu",
        "with ¹⁷⁷Lu",
        "Ca²⁺ and O²⁻",
        "[5 or 9]",
        "[^]",
        "⁵",
    ] {
        assert_eq!(marks(text), [], "of {text:?}");
    }
}

#[test]
fn hostile_runs_take_linear_time() {
    for piece in ["[", "[1", "[1-50]", "⁵", "10.1234/", "http://", "⁵,"] {
        let text = piece.repeat(500_000 / piece.len());
        let began = std::time::Instant::now();
        let _ = marks(&text);
        let _ = entry::read(&text, Span::new(0, text.len()), None, 1);
        assert!(began.elapsed().as_secs() < 60, "{piece:?} took {:?}", began.elapsed());
    }
}
