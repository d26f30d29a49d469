//! Reading at the level of characters with places, and files that no program would write.

use super::block::{Block, PageParts, blocks};
use super::furniture::{PagePieces, take_out};
use super::glyph::{Dot, Frame, Glyph, Lines, Rule, Shift, Upright};
use super::piece::{Piece, pieces};
use super::{layout, parse};
use crate::ingest::draft::DraftKind;
use crate::ingest::report::SkipReason;

/// Characters half an em wide from `x` on, spaces left out.
fn set(text: &str, x: f32, y: f32, size: f32) -> Vec<Glyph> {
    let glyph = |(at, c): (usize, char)| {
        let x0 = x + at as f32 * size / 2.0;
        Glyph { c, x0, x1: x0 + size / 2.0, y, size, bold: false, shift: Shift::None, tag: None }
    };
    text.chars().enumerate().filter(|(_, c)| *c != ' ').map(glyph).collect()
}

fn bold(text: &str, x: f32, y: f32, size: f32) -> Vec<Glyph> {
    set(text, x, y, size).into_iter().map(|glyph| Glyph { bold: true, ..glyph }).collect()
}

/// Lines of 10 points, 12 apart.
fn column(lines: &[&str], x: f32, y: f32) -> Vec<Glyph> {
    lines.iter().enumerate().flat_map(|(at, line)| set(line, x, y + 12.0 * at as f32, 10.0)).collect()
}

fn texts(glyphs: Vec<Glyph>) -> Vec<String> {
    pieces(glyphs, &[]).into_iter().map(|piece| piece.text).collect()
}

fn read(pages: Vec<Vec<Glyph>>, rules: &[Rule]) -> Vec<Block> {
    read_among(pages, &Lines { rules: rules.to_vec(), frames: Vec::new() })
}

fn read_among(pages: Vec<Vec<Glyph>>, lines: &Lines) -> Vec<Block> {
    let parts = |(page, glyphs)| PageParts { page, parts: layout::parts(pieces(glyphs, &[]), lines) };
    blocks(pages.into_iter().enumerate().map(parts).collect())
}

fn said(blocks: &[Block]) -> Vec<&str> {
    blocks.iter().map(|block| block.text.as_str()).collect()
}

#[test]
fn spaces_are_where_the_gaps_are() {
    assert_eq!(texts(set("one two", 0.0, 0.0, 10.0)), ["one two"]);
    // Not where letters are set apart a little, nor twice where a character is printed twice.
    let mut spread = set("spread", 0.0, 0.0, 10.0);
    spread.iter_mut().enumerate().for_each(|(at, glyph)| glyph.x0 += at as f32 * 0.02);
    spread.extend(set("spread", 0.3, 0.0, 10.0));
    assert_eq!(texts(spread), ["spread"]);
    // A hyphen that shows at line ends only is none within a line.
    assert_eq!(texts(set("treat\u{AD}ment", 0.0, 0.0, 10.0)), ["treatment"]);
    assert_eq!(texts(set("treat\u{AD}", 0.0, 0.0, 10.0)), ["treat\u{AD}"]);
}

#[test]
fn the_order_of_the_file_plays_no_part() {
    let mut glyphs = column(&["first line", "second line"], 0.0, 0.0);
    glyphs.reverse();
    assert_eq!(texts(glyphs), ["first line", "second line"]);
}

#[test]
fn raised_numbers_are_marks_behind_words_and_stay_raised_behind_figures() {
    let raised = |text: &str, x: f32| set(text, x, -3.5, 6.0);
    let mut cited = set("dressing", 0.0, 0.0, 10.0);
    cited.extend(raised("1,2", 40.0));
    cited.extend(set("stays", 52.0, 0.0, 10.0));
    assert_eq!(texts(cited), ["dressing[1,2] stays"]);
    let mut power = set("10", 0.0, 0.0, 10.0);
    power.extend(raised("9", 10.0));
    power.extend(set("cells", 18.0, 0.0, 10.0));
    assert_eq!(texts(power), ["10⁹ cells"]);
    let mut isotope = raised("177", 0.0);
    isotope.extend(set("Lu", 9.0, 0.0, 10.0));
    assert_eq!(texts(isotope), ["¹⁷⁷Lu"]);
    let mut water = set("H", 0.0, 0.0, 10.0);
    water.extend(set("2", 5.0, 2.0, 6.0));
    water.extend(set("O", 8.0, 0.0, 10.0));
    assert_eq!(texts(water), ["H2O"]);
    // Some programs lower a number by half an em.
    let mut gas = set("CO", 0.0, 0.0, 10.0);
    gas.extend(set("2", 10.0, 5.0, 8.0));
    gas.extend(set("is breathed out", 16.5, 0.0, 10.0));
    gas.extend(set("all the time", 0.0, 12.0, 10.0));
    assert_eq!(texts(gas), ["CO2 is breathed out", "all the time"]);
}

#[test]
fn a_sign_that_stands_a_little_off_its_line_is_read_in_its_place() {
    let mut glyphs = set("a row of", 0.0, 0.0, 10.0);
    glyphs.extend(set("*", 43.0, 1.5, 10.0));
    glyphs.extend(set("stars", 51.0, 0.0, 10.0));
    assert_eq!(texts(glyphs), ["a row of * stars"]);
}

#[test]
fn a_line_that_is_drawn_between_words_parts_them() {
    let glyphs = [set("Weekend", 0.0, 0.0, 10.0), set("960 224", 37.0, 0.0, 10.0)].concat();
    let parted = |x, top, bottom| {
        let pieces = pieces(glyphs.clone(), &[Upright { x, top, bottom }]);
        pieces.into_iter().map(|piece| piece.text).collect::<Vec<_>>()
    };
    assert_eq!(parted(36.0, -10.0, 4.0), ["Weekend", "960 224"]);
    // Not one beside the gap, of another line, or within a word.
    for (x, top, bottom) in [(80.0, -10.0, 4.0), (36.0, 4.0, 20.0), (15.0, -10.0, 4.0)] {
        assert_eq!(parted(x, top, bottom), ["Weekend 960 224"]);
    }
}

#[test]
fn dashes_and_ticks_that_begin_no_item_stay_where_they_are() {
    // A line whose gaps are wide as it is set to the width of the column.
    let spread =
        [set("Take 2", 0.0, 0.0, 10.0), set("–", 38.0, 0.0, 10.0), set("3 tablets", 51.0, 0.0, 10.0)];
    assert_eq!(said(&read(vec![spread.concat()], &[])), ["Take 2 – 3 tablets"]);
    let mut cells = column(&["", "Driving", "With food"], 0.0, 0.0);
    cells.extend(column(&["Ibuprofen", "✓", "✓"], 80.0, 0.0));
    cells.extend(column(&["Codeine", "–", "*"], 140.0, 0.0));
    let rules: Vec<_> = [-10.0, 3.0, 15.0, 27.0].map(|y| Rule { x0: 0.0, x1: 200.0, y }).into();
    let rows = ["Driving; Ibuprofen: ✓; Codeine: –", "With food; Ibuprofen: ✓; Codeine: *"];
    assert_eq!(said(&read(vec![cells], &rules)), rows);
    // A bullet of nothing says nothing.
    assert_eq!(said(&read(vec![column(&["Rest well.", "•"], 0.0, 0.0)], &[])), ["Rest well."]);
}

#[test]
fn columns_are_read_one_after_the_other_below_what_spans_them() {
    let left = ["the left column says", "how to wash a wound", "with water and soap", "every second day."];
    let middle = ["The middle column is", "about the dressing", "and about its tape", "that holds it down."];
    let right = ["The right column has", "the numbers of the", "ward and the clinic", "for the evenings."];
    let mut glyphs = set("A heading that spans all of the three columns", 0.0, 0.0, 16.0);
    glyphs.extend(column(&left, 0.0, 30.0));
    // The lines of a column need not stand in line with those of the next.
    glyphs.extend(column(&middle, 130.0, 34.0));
    glyphs.extend(column(&right, 260.0, 30.0));
    let blocks = read(vec![glyphs], &[]);
    let spanning = "A heading that spans all of the three columns";
    assert_eq!(said(&blocks), [spanning, &left.join(" "), &middle.join(" "), &right.join(" ")]);
    assert_eq!(blocks[0].kind, DraftKind::Heading { level: 1 });
}

#[test]
fn boxes_side_by_side_are_read_one_after_the_other() {
    let frame = |x0, x1| Frame { x0, x1, top: 30.0, bottom: 62.0 };
    let frames =
        vec![Frame { x0: 0.0, x1: 400.0, top: 0.0, bottom: 300.0 }, frame(5.0, 150.0), frame(160.0, 320.0)];
    let mut glyphs = column(&["What you may eat and what you may not eat while you are ill"], 10.0, 12.0);
    glyphs.extend(column(&["Eat hard cheese and", "eggs that are cooked."], 10.0, 44.0));
    glyphs.extend(column(&["Never eat soft cheese", "or meat that is raw."], 170.0, 44.0));
    glyphs.extend(column(&["The box on the left and this text on its right."], 10.0, 80.0));
    let blocks = read_among(vec![glyphs.clone()], &Lines { rules: Vec::new(), frames });
    let rest = [
        "What you may eat and what you may not eat while you are ill",
        "Eat hard cheese and eggs that are cooked.",
        "Never eat soft cheese or meat that is raw.",
        "The box on the left and this text on its right.",
    ];
    assert_eq!(said(&blocks), rest);
    // However deep boxes lie in each other, no text is lost.
    let deep = (0..40).map(|at| Frame { x0: -400.0 + 10.0 * at as f32, x1: 600.0, top: 0.0, bottom: 500.0 });
    let marks = (0..40).flat_map(|at| set("and", -397.0 + 10.0 * at as f32, 200.0 + 6.0 * at as f32, 4.0));
    let nested = read_among(vec![marks.collect()], &Lines { rules: Vec::new(), frames: deep.collect() });
    assert_eq!(nested.iter().map(|block| block.text.matches("and").count()).sum::<usize>(), 40);
    // A box that cuts through text encloses nothing.
    let through = vec![Frame { x0: 5.0, x1: 200.0, top: 30.0, bottom: 62.0 }];
    assert_eq!(
        said(&read_among(vec![glyphs.clone()], &Lines { rules: Vec::new(), frames: through })),
        said(&read(vec![glyphs], &[]))
    );
}

#[test]
fn a_box_with_a_heading_is_read_behind_the_text_that_it_stands_beside() {
    let page = |x: f32, text_x: f32, box_lines: &[&str]| {
        let mut glyphs = bold("Going home", 0.0, 12.0, 10.0);
        glyphs.extend(column(
            &["You go home on the", "day after. Someone", "takes you there."],
            text_x,
            36.0,
        ));
        glyphs.extend(bold("When to ring", x, 38.0, 10.0));
        glyphs.extend(column(box_lines, x, 50.0));
        glyphs.extend(column(
            &["A nurse visits you at home in the week after and looks at the wound."],
            0.0,
            110.0,
        ));
        glyphs.extend(bold("Back at work", 0.0, 140.0, 10.0));
        glyphs.extend(column(&["Most people are back at work after six weeks at the latest."], 0.0, 152.0));
        let frame = Frame { x0: x - 10.0, x1: x + 190.0, top: 24.0, bottom: 90.0 };
        read_among(vec![glyphs], &Lines { rules: Vec::new(), frames: vec![frame] })
    };
    let expected = [
        "Going home",
        "You go home on the day after. Someone takes you there.",
        "A nurse visits you at home in the week after and looks at the wound.",
        "When to ring",
        "The wound bleeds or you have a fever.",
        "Back at work",
        "Most people are back at work after six weeks at the latest.",
    ];
    for (x, text_x) in [(200.0, 0.0), (10.0, 230.0)] {
        assert_eq!(said(&page(x, text_x, &["The wound bleeds", "or you have", "a fever."])), expected);
        // Nor where the box is too short to make a column.
        assert_eq!(said(&page(x, text_x, &["The wound bleeds or you have a fever."])), expected);
    }
}

#[test]
fn a_row_above_the_first_rule_of_a_table_names_its_columns() {
    let rules: Vec<_> = [18.0, 32.0, 46.0, 60.0].map(|y| Rule { x0: 0.0, x1: 200.0, y }).into();
    let rows = [
        column(&["Ibuprofen", "Codeine", "Aspirin"], 2.0, 28.0),
        column(&["with food", "at night", "never"], 100.0, 28.0),
    ];
    let spread = |glyphs: Vec<Glyph>| -> Vec<Glyph> {
        glyphs.into_iter().map(|glyph| Glyph { y: 28.0 + (glyph.y - 28.0) * 14.0 / 12.0, ..glyph }).collect()
    };
    let above = |left: &str, right: &str| {
        let mut glyphs = set(left, 2.0, 14.0, 10.0);
        glyphs.extend(set(right, 100.0, 14.0, 10.0));
        glyphs.extend(spread(rows.concat()));
        read(vec![glyphs], &rules)
    };
    let named =
        ["Drug: Ibuprofen; When: with food", "Drug: Codeine; When: at night", "Drug: Aspirin; When: never"];
    assert_eq!(said(&above("Drug", "When")), named);
    // Not a line of text, nor one that stands over one column.
    let plain = ["Ibuprofen; with food", "Codeine; at night", "Aspirin; never"];
    for (left, right) in [("Take these drugs only as told by us.", ""), ("Drug", "")] {
        assert_eq!(said(&above(left, right)), [&[left], &plain[..]].concat());
    }
}

#[test]
fn a_paragraph_goes_on_in_the_next_column_and_on_the_next_page() {
    let mut first =
        column(&["Take the tablets with", "a glass of water and", "do not lie down until"], 0.0, 0.0);
    first.extend(column(
        &["half an hour has gone", "by, because they can", "burn the gullet and so"],
        130.0,
        0.0,
    ));
    let second = column(&["must not stay in it.", "Ask us otherwise."], 0.0, 0.0);
    let blocks = read(vec![first, second], &[]);
    let whole = "Take the tablets with a glass of water and do not lie down until half an hour has gone by, because they \
                 can burn the gullet and so must not stay in it. Ask us otherwise.";
    assert_eq!(said(&blocks), [whole]);
    let at = whole.find("must not").unwrap();
    assert_eq!(blocks[0].pages, [(0, 0), (at, 1)]);
}

#[test]
fn headings_are_taller_or_bolder_than_the_text() {
    let mut glyphs = set("Your new knee", 0.0, 0.0, 20.0);
    glyphs.extend(set("Going home", 0.0, 40.0, 14.0));
    glyphs.extend(column(&["You go home on the second day.", "A nurse visits you in the week"], 0.0, 60.0));
    glyphs.extend(set("after.", 0.0, 84.0, 10.0));
    glyphs.extend(bold("Pain", 0.0, 108.0, 10.0));
    glyphs.extend(column(&["The pain is worst at night and", "gets better within six weeks."], 0.0, 120.0));
    let blocks = read(vec![glyphs], &[]);
    let kinds: Vec<_> = blocks.iter().map(|block| block.kind.heading_level()).collect();
    assert_eq!(kinds, [Some(1), Some(2), None, Some(3), None]);
    assert_eq!(blocks[2].text, "You go home on the second day. A nurse visits you in the week after.");
}

#[test]
fn items_hold_their_wrapped_lines_and_nest() {
    let mut glyphs = column(&["Call the ward if"], 0.0, 0.0);
    glyphs.extend(column(&["•", "", "•"], 10.0, 12.0));
    glyphs.extend(column(
        &["the wound bleeds through", "its dressing twice", "you have a fever"],
        25.0,
        12.0,
    ));
    glyphs.extend(column(&["– of 39 degrees or more"], 40.0, 48.0));
    glyphs.extend(column(&["1. Breathe in.", "2. Breathe out."], 0.0, 84.0));
    let blocks = read(vec![glyphs], &[]);
    let item = |depth, label: Option<&str>| DraftKind::Item { depth, label: label.map(str::to_owned) };
    let kinds: Vec<_> = blocks.iter().map(|block| block.kind.clone()).collect();
    let paragraph = DraftKind::Paragraph { depth: 0 };
    assert_eq!(
        kinds,
        [paragraph, item(1, None), item(1, None), item(2, None), item(1, Some("1")), item(1, Some("2"))]
    );
    assert_eq!(blocks[1].text, "the wound bleeds through its dressing twice");
    assert_eq!(blocks[5].text, "Breathe out.");
}

#[test]
fn a_small_shape_before_a_line_is_a_bullet_and_one_elsewhere_is_none() {
    let mut found = pieces(column(&["Wash your hands", "Dry them well"], 20.0, 10.0), &[]);
    let dot = |x: f32, y: f32| Dot { x, y, width: 3.5 };
    layout::take_bullets(&mut found, &[dot(10.0, 7.0), dot(10.0, 19.0), dot(200.0, 7.0), dot(10.0, 300.0)]);
    let texts: Vec<_> = found.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(texts, ["• Wash your hands", "• Dry them well"]);
}

#[test]
fn rows_of_a_table_repeat_the_header_of_each_cell() {
    let mut ruled = bold("Drug", 2.0, 10.0, 10.0);
    ruled.extend(bold("How often", 60.0, 10.0, 10.0));
    ruled.extend(column(&["Ibuprofen"], 2.0, 30.0));
    ruled.extend(column(&["three times a day", "with some food"], 60.0, 30.0));
    ruled.extend(column(&["Codeine"], 2.0, 62.0));
    ruled.extend(column(&["at night"], 60.0, 62.0));
    let rules: Vec<_> = [0.0, 18.0, 48.0, 70.0].map(|y| Rule { x0: 0.0, x1: 160.0, y }).into();
    let blocks = read(vec![ruled], &rules);
    assert!(blocks.iter().all(|block| block.kind == DraftKind::TableRow));
    let rows = [
        "Drug: Ibuprofen; How often: three times a day with some food",
        "Drug: Codeine; How often: at night",
    ];
    assert_eq!(said(&blocks), rows);
    // Without rules only short cells that stand in line are one.
    let mut aligned = column(&["Age", "2 to 4", "5 to 9"], 0.0, 0.0);
    aligned.extend(column(&["Dose", "5 ml", "10 ml"], 100.0, 0.0));
    assert_eq!(said(&read(vec![aligned], &[])), ["Age: 2 to 4; Dose: 5 ml", "Age: 5 to 9; Dose: 10 ml"]);
    // A cell may take several lines, which stand nearer to each other than rows do.
    let row = |texts: [&str; 2], y| [set(texts[0], 0.0, y, 10.0), set(texts[1], 100.0, y, 10.0)].concat();
    let mut wrapped = row(["Flow", "Zone"], 0.0);
    wrapped.extend(row(["300 to 400", "Amber: ring the nurse"], 18.0));
    wrapped.extend(set("within two days", 100.0, 30.0, 10.0));
    wrapped.extend(row(["Under 300", "Red"], 48.0));
    let rows =
        ["Flow: 300 to 400; Zone: Amber: ring the nurse within two days", "Flow: Under 300; Zone: Red"];
    assert_eq!(said(&read(vec![wrapped], &[])), rows);
}

#[test]
fn so_many_tables_of_a_page_are_told_by_their_rules() {
    const TABLES: usize = 203;
    let corner = |at: usize| (10.0 * at as f32, 100.0 * at as f32);
    let table = |at: usize| {
        let (x, y) = corner(at);
        let row = |y: f32| [set("ab", x + 2.0, y, 10.0), set("cd", x + 80.0, y, 10.0)].concat();
        [row(y + 15.0), row(y + 35.0)].concat()
    };
    let rules = |at: usize| {
        let (x, y) = corner(at);
        [0.0, 20.0, 40.0].map(|down| Rule { x0: x, x1: x + 160.0, y: y + down })
    };
    let rules: Vec<Rule> = (0..TABLES).flat_map(rules).collect();
    let blocks = read(vec![(0..TABLES).flat_map(table).collect()], &rules);
    assert_eq!(blocks.iter().filter(|block| block.kind == DraftKind::TableRow).count(), 2 * 200);
    assert_eq!(said(&blocks).concat().matches("ab").count(), 2 * TABLES);
}

#[test]
fn few_pieces_in_many_empty_cells_are_no_table() {
    let (rows, side) = (60, 30.0);
    let row = |at: usize| {
        let (x, y) = (2.0 * side * at as f32, 12.0 * at as f32);
        [set("ab", x, y, 10.0), set("cd", x + side, y, 10.0)].concat()
    };
    let rules: Vec<_> =
        (0..=rows).map(|at| Rule { x0: 0.0, x1: 4_000.0, y: 12.0 * at as f32 - 9.0 }).collect();
    let among = |rows: usize| read(vec![(0..rows).flat_map(row).collect()], &rules);
    let is_table = |block: &Block| block.kind == DraftKind::TableRow;
    assert!(among(5).iter().any(is_table), "a small table may have many");
    let blocks = among(rows);
    assert!(!blocks.iter().any(is_table), "{blocks:?}");
    assert_eq!(said(&blocks).concat().matches("ab").count(), rows);
}

#[test]
fn a_table_of_contents_is_no_table_and_left_out() {
    let mut glyphs = column(&["2.1", "2.2", "2.3"], 0.0, 0.0);
    glyphs.extend(column(
        &["Before you come ........ 4", "On the ward ........ 6", "At home ........ 8"],
        40.0,
        0.0,
    ));
    let blocks = read(vec![glyphs], &[]);
    assert!(blocks.iter().all(|block| matches!(block.kind, DraftKind::Boilerplate { .. })), "{blocks:?}");
}

#[test]
fn what_stands_on_every_page_is_left_out() {
    let page = |number: usize, text: &str| {
        let mut glyphs = set("Larkfield Hospital", 0.0, 30.0, 8.0);
        glyphs.extend(set(text, 0.0, 400.0, 10.0));
        glyphs.extend(set(&format!("Page {number} of 3"), 200.0, 820.0, 8.0));
        PagePieces { height: 842.0, pieces: pieces(glyphs, &[]) }
    };
    let mut pages = [page(1, "One."), page(2, "Two."), page(3, "Two.")];
    assert_eq!(take_out(&mut pages), ["Larkfield Hospital", "Page 1 of 3"]);
    let left: Vec<_> =
        pages.iter().flat_map(|page| &page.pieces).map(|piece: &Piece| piece.text.as_str()).collect();
    assert_eq!(left, ["One.", "Two.", "Two."]);
}

#[test]
fn what_stands_on_every_page_is_left_out_however_many_pieces_it_is_of() {
    const PIECES: usize = 20_000;
    let page = || {
        let mut glyphs: Vec<Glyph> =
            (0..PIECES).flat_map(|at| set("a", 20.0 * at as f32, 30.0, 8.0)).collect();
        glyphs.extend(set("One.", 0.0, 400.0, 10.0));
        PagePieces { height: 842.0, pieces: pieces(glyphs, &[]) }
    };
    let mut pages = [page(), page()];
    assert_eq!(take_out(&mut pages).iter().map(String::len).collect::<Vec<_>>(), [2 * PIECES - 1]);
    assert!(pages.iter().all(|page| page.pieces.len() == 1));
}

#[test]
fn heads_that_name_the_chapter_are_left_out_and_other_lines_at_their_place_are_kept() {
    let page = |head: &str, heading: &str, text: &str| {
        let mut glyphs = set(head, 0.0, 30.0, 8.0);
        glyphs.extend(set(heading, 0.0, 100.0, 14.0));
        glyphs.extend(set(text, 0.0, 400.0, 10.0));
        PagePieces { height: 842.0, pieces: pieces(glyphs, &[]) }
    };
    let mut pages = [
        page("", "Going home", "One."),
        page("2 Going home", "", "Two."),
        page("Pain", "Pain", "Three."),
        page("Keep this page", "", "Four."),
        page("PAIN", "", "Five."),
    ];
    assert_eq!(take_out(&mut pages), ["2 Going home", "Pain", "PAIN"]);
    let left: Vec<_> = pages.iter().flat_map(|page| &page.pieces).map(|piece| piece.text.as_str()).collect();
    assert_eq!(left, ["Going home", "One.", "Two.", "Pain", "Three.", "Keep this page", "Four.", "Five."]);
    // A line that stands there before the heading does is none of them.
    let mut first = [page("Pain", "", "One."), page("Rest", "", "Two."), page("Sleep", "Pain", "Three.")];
    assert_eq!(take_out(&mut first), Vec::<String>::new());
}

/// A file of one page with this content and these further objects.
fn file(content: &str, objects: &[&str]) -> Vec<u8> {
    let mut file = "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> \
                    endobj\n3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 \
                    0 R>>/XObject<</X 6 0 R>>>>>> endobj\n5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n"
        .to_owned();
    file.push_str(&format!("4 0 obj <</Length {}>> stream\n{content}\nendstream endobj\n", content.len()));
    objects.iter().for_each(|object| file.push_str(object));
    file.push_str("trailer <</Root 1 0 R>>\n%%EOF");
    file.into_bytes()
}

fn reason(bytes: &[u8]) -> String {
    parse(bytes).unwrap_err().to_string()
}

#[test]
fn a_file_without_a_table_of_its_objects_is_read() {
    let draft = parse(&file("BT /F 12 Tf 50 700 Td (Rest for two days.) Tj ET", &[])).unwrap();
    assert_eq!(draft.text, "Rest for two days.\n");
    assert_eq!(draft.pages, [0]);
}

#[test]
fn the_cells_of_a_narrow_table_are_not_joined() {
    let content = "BT /F 12 Tf 50 700 Td (Weekend) Tj ET 102 690 m 102 720 l S BT /F 12 Tf 103.5 700 Td (960 224) Tj ET";
    assert_eq!(parse(&file(content, &[])).unwrap().text, "Weekend 960 224\n");
}

#[test]
fn boxes_that_a_file_draws_hold_their_text_together() {
    let text = |x: u32, y: u32, text: &str| format!("BT /F 10 Tf {x} {y} Td ({text}) Tj ET ");
    let content = [
        text(30, 715, "Eat hard cheese and"),
        text(30, 703, "eggs that are cooked."),
        text(230, 715, "Never eat soft cheese"),
        text(230, 703, "or meat that is raw."),
        "20 695 180 40 re S 220 695 m 400 695 l 400 735 l 220 735 l h f".to_owned(),
    ];
    let read = "Eat hard cheese and eggs that are cooked.\n\nNever eat soft cheese or meat that is raw.\n";
    assert_eq!(parse(&file(&content.concat(), &[])).unwrap().text, read);
}

#[test]
fn what_is_no_file_of_the_format_is_refused_with_a_remedy() {
    for bytes in [&b""[..], b"%PDF-1.7", b"a leaflet", &[0; 4096]] {
        assert!(reason(bytes).contains("save it anew as PDF"), "{}", reason(bytes));
    }
    assert_eq!(parse(&file("", &[])).unwrap_err(), SkipReason::Empty);
}

#[test]
fn text_that_turns_or_stands_off_the_page_is_no_part_of_the_lines() {
    let content = "BT /F 12 Tf 50 700 Td (Rest for two days.) Tj ET BT /F 40 Tf 0.7 0.7 -0.7 0.7 100 300 Tm (DRAFT) Tj ET \
                   BT /F 9 Tf 0 1 -1 0 20 300 Tm (Form 7) Tj ET BT /F 9 Tf 900 300 Td (Cut here) Tj ET";
    assert_eq!(parse(&file(content, &[])).unwrap().text, "Rest for two days.\n");
}

#[test]
fn forms_that_use_themselves_end() {
    let content = "/X Do /X Do /X Do /X Do BT /F 9 Tf 50 50 Td (a) Tj ET";
    let form = format!(
        "6 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Length {}>> stream\n{content}\nendstream endobj\n",
        content.len()
    );
    let reason = reason(&file("/X Do", &[&form]));
    assert!(reason.contains("more than can be held"), "{reason}");
}

#[test]
fn the_text_of_forms_is_read() {
    let content = "BT /F 9 Tf 0 0 Td (Rest for two days.) Tj ET";
    let form = format!(
        "6 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Matrix[1 0 0 1 50 50]/Length {}>> stream\n{content}\n\
         endstream endobj\n",
        content.len()
    );
    assert_eq!(parse(&file("/X Do", &[&form])).unwrap().text, "Rest for two days.\n");
}

#[test]
fn a_stream_that_unpacks_to_more_than_the_limit_is_refused() {
    let packed = packed(&vec![b' '; 80 * 1024 * 1024]);
    // With the two bytes that belong before it, and without.
    for packed in [packed.as_slice(), &packed[2..]] {
        let mut bytes = file("", &[]);
        bytes.extend(
            format!("\n7 0 obj <</Filter/FlateDecode/Length {}>> stream\n", packed.len()).into_bytes(),
        );
        bytes.extend(packed);
        bytes.extend(b"\nendstream endobj\n");
        assert!(reason(&bytes).contains("unpacks to more than can be held"), "{}", reason(&bytes));
    }
    let many = b"obj /Fl stream x".repeat(300_000);
    assert!(reason(&many).contains("unpacks to more than can be held"), "{}", reason(&many));
}

#[test]
fn what_a_font_unpacks_to_is_bounded_however_it_is_packed() {
    let once = packed(&vec![b' '; 80 * 1024 * 1024]);
    let twice = packed(&once);
    let font = "5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 7 0 R>> endobj\n8 0 obj /FlateDecode endobj\n";
    for (data, filter) in [
        (once, "/Filter 8 0 R/Of/Image"),
        (twice.clone(), "/Filter[/FlateDecode/FlateDecode]/Of/Image"),
        (twice, "/Filter[/FlateDecode/FlateDecode]"),
    ] {
        let mut bytes = file("BT /F 12 Tf 50 700 Td (Rest.) Tj ET", &[font]);
        bytes.extend(format!("\n7 0 obj <<{filter}/Length {}>> stream\n", data.len()).into_bytes());
        bytes.extend(data);
        bytes.extend(b"\nendstream endobj\n");
        assert!(reason(&bytes).contains("unpacks to more than can be held"), "{filter}: {}", reason(&bytes));
    }
}

fn packed(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn nesting_costs_no_stack() {
    let deep = "[".repeat(200_000);
    let read = parse(&file(&format!("BT /F 12 Tf 50 700 Td (Rest.) Tj ET {deep}"), &[]));
    assert!(read.is_ok_and(|draft| draft.text == "Rest.\n"));
    for deep in [deep, "<</A".repeat(200_000)] {
        let object = format!("6 0 obj {deep} endobj\n");
        assert!(parse(&file("BT /F 12 Tf 50 700 Td (Rest.) Tj ET /X Do", &[&object])).is_ok());
    }
}

#[test]
fn characters_of_unknown_meaning_are_not_quoted() {
    let unknown = "5 0 obj <</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype\
                   /CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]>> endobj\n";
    let reason = reason(&file("BT /F 12 Tf 50 700 Td <00410042004300440045> Tj ET", &[unknown]));
    assert!(reason.contains("fonts do not tell"), "{reason}");
}
