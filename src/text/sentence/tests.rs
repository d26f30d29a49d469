use proptest::prelude::*;

use super::*;

fn split(text: &str) -> Vec<&str> {
    sentences(text, Span::new(0, text.len())).into_iter().map(|span| span.slice(text).unwrap()).collect()
}

#[track_caller]
fn assert_one(text: &str) {
    assert_eq!(split(text), [text]);
}

#[track_caller]
fn assert_parts(text: &str, parts: &[&str]) {
    assert_eq!(split(text), parts, "of {text:?}");
}

#[test]
fn plain_sentences_are_split_at_stops_and_marks() {
    assert_parts("It heals. Does it hurt? No! Good.", &["It heals.", "Does it hurt?", "No!", "Good."]);
    assert_parts("  Last without stop ", &["Last without stop"]);
    assert_parts("", &[]);
    assert_parts(" \n\n ", &[]);
}

#[test]
fn short_forms_do_not_end_a_sentence() {
    for text in [
        "Take a painkiller, e.g. Brandname, before the ride.",
        "The first choice (i.e. Plan Blue) is free.",
        "See Dr. Moss or Mrs. Reed at St. Anne on Monday.",
        "Adler et al. Described it first in mice.",
        "Warm vs. Cold packs were compared.",
        "It takes approx. 20 minutes.",
        "Read No. 5 and Fig. 3 on p. 12 of vol. 4.",
        "It was found on Dec. 13, 2018 in a barn.",
        "K. J. Ashdown and P. Birch wrote it.",
        "The U.S. Army paid for it.",
        "A dose of 3.5 mg was used at 5.30 p.m. Monday.",
        "Look at www.example.org/a.b?c=d.e or https://example.org/x.Y for more.",
        "Jane Roe, Ph.D. Professor of bees, said so.",
        "He waited ... and waited … then left.",
        "Version 2.1.3 is out.",
        "Call the ward, tel. 01632 960001, ext. 12, at night.",
        "Call the ward, tel. (01632) 960001 or Tel. +44 1632 960001.",
        "Take max. 4 tablets, min. 6 hours apart, at temp. 20 to 25 degrees.",
        "Open Wed. 9 to 5, Sat. 9 to 12 and Sun. 10 to 11.",
    ] {
        assert_one(text);
    }
}

#[test]
fn short_forms_end_a_sentence_where_the_next_word_shows_it() {
    assert_parts("So did Adler et al. The mice recovered.", &["So did Adler et al.", "The mice recovered."]);
    assert_parts("It is sold in the U.S. It is cheap.", &["It is sold in the U.S.", "It is cheap."]);
    assert_parts("Eat nuts, seeds, etc. Drink water.", &["Eat nuts, seeds, etc.", "Drink water."]);
    assert_parts("Come at 5 p.m. The door is open.", &["Come at 5 p.m.", "The door is open."]);
    assert_parts("Take vitamin D. Milk has some.", &["Take vitamin D.", "Milk has some."]);
    assert_parts("You get an MR. Nurses help.", &["You get an MR.", "Nurses help."]);
    assert_parts("She said no. Later she came.", &["She said no.", "Later she came."]);
    assert_parts("She sat. Nurses came.", &["She sat.", "Nurses came."]);
    assert_parts("Sit in the sun. 20 minutes will do.", &["Sit in the sun.", "20 minutes will do."]);
    assert_parts("It takes 5 min. Nurses help.", &["It takes 5 min.", "Nurses help."]);
}

#[test]
fn a_number_before_a_stop_ends_a_sentence_unless_it_labels_one() {
    assert_parts("They use Lu 177. Nurses wear gloves.", &["They use Lu 177.", "Nurses wear gloves."]);
    assert_one("They use Lu 177 dotatate on Mondays.");
    assert_one("1. Wash your hands.");
    assert_parts("Do it. 2. Rinse them.", &["Do it.", "2. Rinse them."]);
    assert_parts("b. Second choice. Third.", &["b. Second choice.", "Third."]);
}

#[test]
fn small_letters_go_on_with_the_sentence_but_mixed_case_words_do_not() {
    assert_one("“Stop!” he said to the horse.");
    assert_one("Is it ripe? not yet.");
    assert_parts("It is copied. mRNA comes first.", &["It is copied.", "mRNA comes first."]);
}

#[test]
fn closing_signs_and_citation_marks_belong_to_the_sentence_before() {
    assert_parts("(It works.) Try it.", &["(It works.)", "Try it."]);
    assert_parts("He said “yes.” She left.", &["He said “yes.”", "She left."]);
    assert_parts("Bees dance.[5] They hum.", &["Bees dance.[5]", "They hum."]);
    assert_parts("Bees dance. [5, 6] They hum [7]. So.", &["Bees dance. [5, 6]", "They hum [7].", "So."]);
    assert_parts("Bees dance.⁵ They hum⁶. So.[^a] Yes.", &["Bees dance.⁵", "They hum⁶.", "So.[^a]", "Yes."]);
    assert_parts("**Rest.** Sleep well.", &["**Rest.**", "Sleep well."]);
    assert_parts("It grows. (See below.) It dies.", &["It grows.", "(See below.)", "It dies."]);
}

#[test]
fn lines_are_joined_but_blank_lines_and_bullets_end() {
    assert_one("one line\nand the next");
    assert_parts("Title\n\nText", &["Title", "Text"]);
    assert_parts("Title\r\n \r\nText", &["Title", "Text"]);
    assert_parts("Bring:\n- a hat\n  • a coat\n* boots", &["Bring:", "a hat", "a coat", "boots"]);
    assert_parts("Bring:\n1. a hat\n2. a coat", &["Bring:", "1. a hat", "2. a coat"]);
}

#[test]
fn a_number_on_a_new_line_ends_a_sentence_only_in_a_list_or_after_a_finished_one() {
    assert_one("the dose was 5 to\n10. then more");
    assert_parts("Bring with you\n1. A hat\n2. A coat", &["Bring with you", "1. A hat", "2. A coat"]);
    assert_parts("Take 5 to\n10. Then rest.", &["Take 5 to\n10.", "Then rest."]);
    assert_parts("It is so (see below.)\n1. a hat", &["It is so (see below.)", "1. a hat"]);
    assert_parts(
        "1. Use soap. It foams\n2. Rinse\n3. Dry",
        &["1. Use soap.", "It foams", "2. Rinse", "3. Dry"],
    );
    assert_parts("1. Rinse\n\nwait for 5 or\n10. then dry", &["1. Rinse", "wait for 5 or\n10. then dry"]);
}

#[test]
fn bullets_within_a_line_end_a_sentence_and_are_left_out() {
    assert_parts("Key Points - One is big. - Two is small.", &["Key Points - One is big.", "Two is small."]);
    assert_parts(
        "Signs include: - Fever - Cold hands - A cough",
        &["Signs include:", "Fever", "Cold hands", "A cough"],
    );
    assert_parts("Bring • a hat • a coat", &["Bring", "a hat", "a coat"]);
    assert_one("The drug - a new one - helps.");
    assert_one("Keep it at 5 - 10 degrees.");
    assert_parts("• a hat", &["a hat"]);
    assert_one("-");
}

#[test]
fn an_endless_sentence_is_cut_at_clauses_or_white_space() {
    let text = "some words, and ".repeat(1000);
    let parts = split(&text);
    assert!(parts.iter().all(|part| part.len() <= MAX_SENTENCE_BYTES));
    assert!(parts[0].ends_with(','));
    let text = "é".repeat(10_000);
    assert_eq!(split(&text).concat(), text);
    assert!(split(&text).iter().all(|part| part.len() <= MAX_SENTENCE_BYTES));
}

#[test]
fn offsets_count_from_the_whole_text() {
    let text = "Skip this. One. Two.";
    assert_eq!(sentences(text, Span::new(11, 20)), [Span::new(11, 15), Span::new(16, 20)]);
    assert_eq!(sentences("é", Span::new(1, 2)), []);
    assert_eq!(sentences("a", Span::new(0, 9)), []);
}

#[test]
fn hostile_runs_take_linear_time() {
    for piece in [". ", "\n", " ", ".", "[1", "- ", "• ", "A. ", "\n ", ".\n- ", "?)[2] "] {
        let text = piece.repeat(300_000 / piece.len());
        let began = std::time::Instant::now();
        let _ = split(&text);
        assert!(began.elapsed().as_secs() < 60, "{piece:?} took {:?}", began.elapsed());
    }
}

fn is_left_out(found: char) -> bool {
    found.is_whitespace() || "•‣▪◦●○·⁃-–—*".contains(found)
}

proptest! {
    #[test]
    fn sentences_ascend_and_leave_out_only_white_space_and_markers(
        text in "([a-zA-Z0-9é]{1,6}|[.?!…]|[ \n]|: |\n- |\n\n|• | - |\\[5\\]|[\"”’)(]|e\\.g\\.|Dr\\.|⁵|-|\\*|\r\n|\u{a0}){0,60}",
    ) {
        check(&text)?;
    }

    #[test]
    fn any_string_can_be_split(text in "\\PC*") {
        check(&text)?;
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let mut end = 0;
    for span in sentences(text, Span::new(0, text.len())) {
        prop_assert!(span.start() >= end);
        let slice = span.slice(text);
        prop_assert!(slice.is_some_and(|slice| !slice.is_empty() && slice.trim() == slice));
        prop_assert!(span.len() <= MAX_SENTENCE_BYTES);
        prop_assert!(text[end..span.start()].chars().all(is_left_out));
        end = span.end();
    }
    prop_assert!(text[end..].chars().all(is_left_out));
    prop_assert!(text.trim().is_empty() || end > 0);
    Ok(())
}
