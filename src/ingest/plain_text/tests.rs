use super::*;

/// Each block as its kind, a space and its text.
fn read(text: &str) -> Vec<String> {
    let draft = parse(text.to_owned());
    let show = |block: &DraftBlock| {
        let kind = match &block.kind {
            DraftKind::Heading { level } => format!("h{level}"),
            DraftKind::Paragraph { depth: 0 } => "p".to_owned(),
            DraftKind::Paragraph { depth } => format!("p{depth}"),
            DraftKind::Item { depth, label: None } => format!("i{depth}"),
            DraftKind::Item { depth, label: Some(label) } => format!("i{depth}({label})"),
            DraftKind::TableHeader => "th".to_owned(),
            DraftKind::TableRow => "tr".to_owned(),
            DraftKind::Question => "q".to_owned(),
            other => format!("{other:?}"),
        };
        format!("{kind} {}", block.span.slice(&draft.text).unwrap())
    };
    draft.blocks.iter().map(show).collect()
}

fn run_ins(text: &str) -> Vec<Option<String>> {
    let draft = parse(text.to_owned());
    draft
        .blocks
        .iter()
        .map(|block| block.run_in.map(|span| span.slice(&draft.text).unwrap().to_owned()))
        .collect()
}

#[test]
fn wrapped_lines_are_one_paragraph_and_blank_lines_separate() {
    assert_eq!(
        read("one two\nthree four.\n\nfive\r\nsix.\r\n"),
        ["p one two\nthree four.", "p five\r\nsix."]
    );
}

#[test]
fn lines_too_long_to_be_wrapped_are_paragraphs_of_their_own() {
    let long = format!("It {}ends.", "goes on and ".repeat(12));
    assert_eq!(read(&format!("{long}\nThen more.")), [format!("p {long}"), "p Then more.".to_owned()]);
}

#[test]
fn bare_lines_underlines_capitals_and_numbers_make_headings() {
    assert_eq!(
        read("All about knees\n\nSore knees\n\nThey hurt.\n"),
        ["h1 All about knees", "h2 Sore knees", "p They hurt."]
    );
    assert_eq!(
        read("Knees\n=====\nText.\n\nFeet\n----\nText."),
        ["h1 Knees", "p Text.", "h2 Feet", "p Text."]
    );
    assert_eq!(
        read("Text.\n\nCAUSES:\nWater.\n\nOld age\n\nText."),
        ["p Text.", "h2 CAUSES", "p Water.", "h3 Old age", "p Text."]
    );
    assert_eq!(read("Text.\n\n1.2 Swollen knees\n\nText."), ["p Text.", "h3 Swollen knees", "p Text."]);
    assert_eq!(read("Text.\n\n2. Feet\n\nText."), ["p Text.", "h2 Feet", "p Text."]);
    assert_eq!(
        read("Text.\n\nKey Points\n- One.\n- Two."),
        ["p Text.", "h2 Key Points", "i1 One.", "i1 Two."]
    );
}

#[test]
fn an_underlined_line_with_a_number_is_a_heading_without_it() {
    assert_eq!(
        read(
            "1. The knee\n===========\nIt bends.\n\n2) What helps?\n---\n\n- rest\n- ice\n\n3. The kinds\n------------\nTwo."
        ),
        ["h1 The knee", "p It bends.", "h2 What helps?", "i1 rest", "i1 ice", "h2 The kinds", "p Two."]
    );
    let list = "Steps:\n\n1. Wash\n2. Dry\n\n1. Heat\n2. Cool\n---\nText.";
    assert_eq!(read(list), ["p Steps:", "i1(1) Wash", "i1(2) Dry", "i1(1) Heat", "i1(2) Cool", "p Text."]);
    for item in ["1. Wash\n\n2. Dry", "1. Wash your hands.", "[1] Adler", "  1. Wash", "1. wash", "- Wash"] {
        let text = format!("Text.\n\n{item}\n-----\nText.");
        assert!(read(&text).iter().all(|block| !block.starts_with('h')), "{item}");
    }
}

#[test]
fn the_date_of_the_next_review_heads_nothing() {
    assert_eq!(read("Text.\n\nNext review due: June 2028\n\nText.")[1], "p Next review due: June 2028");
}

#[test]
fn lines_that_only_look_short_are_no_headings() {
    for text in [
        "It hurts.",
        "what to do",
        "Symptoms include:",
        "Call 01234 567890",
        "See https://example.org",
        "Mail a@example.org",
    ] {
        assert_eq!(read(&format!("Text.\n\n{text}\n\nText."))[1], format!("p {text}"));
    }
    assert_eq!(read("Text.\n\nSigns are\n- heat\n- cold")[1], "p Signs are");
}

#[test]
fn a_line_that_is_all_there_is_heads_nothing() {
    assert_eq!(read("Drink water"), ["p Drink water"]);
}

#[test]
fn bullets_of_every_kind_and_numbers_make_items() {
    for bullet in ["•", "-", "*", "–", "o", "·"] {
        assert_eq!(
            read(&format!("Bring:\n\n  {bullet} a hat\n  {bullet} a coat\n")),
            ["p Bring:", "i1 a hat", "i1 a coat"]
        );
    }
    assert_eq!(
        read("1. one\n2) two\n(3) three\n\na) four"),
        ["i1(1) one", "i1(2) two", "i1(3) three", "i1(a) four"]
    );
    assert_eq!(read(" 9. nine\n10. ten"), ["i1(9) nine", "i1(10) ten"]);
}

#[test]
fn items_nest_by_indentation_and_go_on_over_lines_and_paragraphs() {
    let text =
        "- a hat\n  of felt\n  - red\n  - blue\n\n    or green\n\n  with a band\n\n- a coat\n\nThat is all.";
    let blocks = [
        "i1 a hat\n  of felt",
        "i2 red",
        "i2 blue",
        "p2 or green",
        "p1 with a band",
        "i1 a coat",
        "p That is all.",
    ];
    assert_eq!(read(text), blocks);
}

#[test]
fn a_wrapped_line_that_begins_with_a_number_or_dash_is_no_item() {
    assert_eq!(read("the dose was 5 to\n10. then more"), ["p the dose was 5 to\n10. then more"]);
    assert_eq!(read("the brace\n- a stiff one - helps"), ["p the brace\n- a stiff one - helps"]);
}

#[test]
fn a_sentence_after_a_finished_short_item_stands_outside_the_list() {
    assert_eq!(read("- Rest well.\nThe knee needs it."), ["i1 Rest well.", "p The knee needs it."]);
    assert_eq!(
        read("- heat\n- a bad smell from\n  the knee\nCall us then."),
        ["i1 heat", "i1 a bad smell from\n  the knee", "p Call us then."]
    );
    assert_eq!(read("- a bad smell from\nthe knee"), ["i1 a bad smell from\nthe knee"]);
}

#[test]
fn run_in_headings_are_found_where_most_items_have_one() {
    let text = "- Bracing. A brace holds the knee still.\n- Cold packs: these are laid on at night.\n- Rest";
    assert_eq!(run_ins(text), [Some("Bracing".to_owned()), Some("Cold packs".to_owned()), None]);
}

#[test]
fn items_of_two_sentences_have_no_run_in_heading() {
    for text in [
        "- What then?\n- I row for a living. How can I go on with rowing now?\n- Will it come back?",
        "- Your complaints, including old ones\n- Every medicine, e.g. Brandname, with its dose",
        "- Wash your hands. Use soap.\n- Sit down. Breathe.",
        "- The knee may click. It does so after rowing for long.\n- The foot is cold. It is warm again after a walk.",
        "- Alone here. This one item proves nothing at all.",
    ] {
        assert!(run_ins(text).iter().all(Option::is_none), "of {text:?}");
    }
}

#[test]
fn questions_before_an_answer_are_told_from_lists_of_questions() {
    assert_eq!(read("What helps?\nRest helps."), ["q What helps?", "p Rest helps."]);
    assert_eq!(read("What helps?\n\nRest helps."), ["q What helps?", "p Rest helps."]);
    assert_eq!(read("What helps?\n\nWhat hurts?\n")[0], "p What helps?");
    assert_eq!(
        read("Q: Does it hurt?\nA: Not much.\n\nQ2. Will it last?\n\nA. No."),
        ["q Does it hurt?", "p Not much.", "q Will it last?", "p No.",]
    );
    assert_eq!(read("A. Adler wrote this."), ["p A. Adler wrote this."]);
}

#[test]
fn tables_keep_their_rows() {
    let blocks = ["th Day | Dose", "tr 1 | 5 mg", "tr 2 | 6 mg"];
    assert_eq!(read("| Day | Dose |\n|-----|------|\n| 1 | 5 mg |\n| 2 | 6 mg |\n"), blocks);
    assert_eq!(read("Day\tDose\n1\t5 mg"), ["th Day\tDose", "tr 1\t5 mg"]);
}

#[test]
fn the_first_row_set_with_tabs_is_a_header_only_above_figures() {
    assert_eq!(read("Monday\t9 to 5\nSunday\tclosed\n"), ["tr Monday\t9 to 5", "tr Sunday\tclosed"]);
    assert_eq!(read("Fever\tcall us\nCough\twait\n"), ["tr Fever\tcall us", "tr Cough\twait"]);
    assert_eq!(
        read("Age\tDose\nadult\tnone\nchild\t5 mg\n\nRice\tgood\nBeans\tbad\n"),
        ["th Age\tDose", "tr adult\tnone", "tr child\t5 mg", "tr Rice\tgood", "tr Beans\tbad"]
    );
}

#[test]
fn a_telephone_number_is_no_numbered_item() {
    for text in ["(555) 123-4567", "(02) 9555 1234"] {
        assert_eq!(read(&format!("Text.\n\n{text}\n"))[1], format!("p {text}"));
    }
    assert_eq!(read("(9) 5 mg\n(10) 6 mg"), ["i1(9) 5 mg", "i1(10) 6 mg"]);
}

#[test]
fn a_line_that_is_a_date_is_the_date_of_the_document() {
    let reviewed = |text: &str| parse(text.to_owned()).metadata.reviewed;
    assert_eq!(reviewed("Text.\n\nJune 05, 2021\n  1. Adler").as_deref(), Some("2021-06-05"));
    assert_eq!(reviewed("1 May 2019\n\nText.\n\nLast reviewed: 2 May 2020").as_deref(), Some("2020-05-02"));
    for (text, date) in [
        ("Text.\n\nReview date: May 2025", "2025-05"),
        ("Text.\n\nReview date: May 2025\n\nLast reviewed: May 2022", "2022-05"),
        ("Text.\n\nDate of issue: May 2022\n\nReview date: May 2025", "2022-05"),
        ("Text.\n\nFirst published: May 2022\n\nReview date: May 2021", "2021-05"),
    ] {
        assert_eq!(reviewed(text).as_deref(), Some(date), "{text}");
    }
    assert_eq!(reviewed("It rained on\nJune 5, 2021\nagain."), None);
    assert_eq!(read("Text.\n\nJune 05, 2021\n\nMore text."), ["p Text.", "p More text."]);
    assert_eq!(read("June 05, 2021\n\nSore knees\n\nThey hurt."), ["h1 Sore knees", "p They hurt."]);
    let list = "- heat\n".repeat(9);
    assert_eq!(reviewed(&format!("{list}\nJune 05, 2021\n\n{list}")).as_deref(), Some("2021-06-05"));
}

#[test]
fn a_date_that_something_announces_or_amid_the_text_is_text() {
    let announced = "Your next visit is on:\n\nJune 05, 2021\n";
    assert_eq!(read(announced), ["p Your next visit is on:", "p June 05, 2021"]);
    assert_eq!(parse(announced.to_owned()).metadata.reviewed, None);
    let text = "They hurt.\n\n".repeat(5);
    let amid = format!("{text}June 05, 2021\n\n{text}");
    assert!(read(&amid).contains(&"p June 05, 2021".to_owned()));
    assert_eq!(parse(amid).metadata.reviewed, None);
    let labelled = parse(format!("{text}Last reviewed: 2 May 2020\n\n{text}"));
    assert_eq!(labelled.metadata.reviewed.as_deref(), Some("2020-05-02"));
}

#[test]
fn hostile_text_takes_linear_time() {
    for piece in [
        "a\n", "- a\n", "\n", " ", "a ", "1. a\n\n", "  - a\n", "|", "a|b\n", "a\tb\n", "Q: a\n", "a?\n\n",
        "A", "\u{a0}",
    ] {
        let text = piece.repeat(500_000 / piece.len());
        let began = std::time::Instant::now();
        let _ = parse(text);
        assert!(began.elapsed().as_secs() < 60, "{piece:?} took {:?}", began.elapsed());
    }
    let deep: String = (0..1_000).map(|depth| format!("{}- a\n", " ".repeat(depth * 2))).collect();
    assert!(
        parse(deep).blocks.iter().all(|block| matches!(block.kind, DraftKind::Item { depth: 1..=16, .. }))
    );
}

#[test]
fn a_line_of_cells_below_an_item_is_no_heading() {
    assert_eq!(read("1. Aa\na|a\n-----"), ["i1(1) Aa\na|a"]);
}
