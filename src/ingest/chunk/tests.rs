use proptest::prelude::*;

use super::*;

const ITEM: BlockKind = BlockKind::ListItem { depth: 1, ordered: false };
const INNER: BlockKind = BlockKind::ListItem { depth: 2, ordered: false };
const PROSE: BlockKind = BlockKind::Paragraph { depth: 0 };
const HEADING: BlockKind = BlockKind::Heading { level: 2 };

/// Joins the pieces with blank lines; `None` for a section stands for the time before any heading.
fn lay_out(pieces: &[(BlockKind, &str)]) -> (String, Vec<Block>) {
    let (mut text, mut blocks, mut section) = (String::new(), Vec::new(), None);
    for &(kind, piece) in pieces {
        if matches!(kind, BlockKind::Heading { .. }) {
            section = Some(section.map_or(0, |section| section + 1));
        }
        let start = text.len();
        text.push_str(piece);
        blocks.push(Block { kind, span: Span::new(start, text.len()), section });
        text.push_str("\n\n");
    }
    (text, blocks)
}

/// A passage's text, its context and its group.
type Shown = (String, Option<String>, Option<u32>);

fn chunk(pieces: &[(BlockKind, &str)], max_words: usize) -> (Vec<Shown>, Vec<Group>) {
    let (text, blocks) = lay_out(pieces);
    let (passages, groups) = passages(&text, &blocks, &[], max_words);
    let slice = |span: Span| span.slice(&text).unwrap().to_owned();
    (passages.iter().map(|one| (slice(one.span), one.context.map(slice), one.group)).collect(), groups)
}

#[test]
fn items_know_the_lead_in_of_their_list_and_share_a_group_with_it() {
    let (passages, groups) =
        chunk(&[(PROSE, "Bring these [5]:"), (ITEM, "a hat"), (ITEM, "a coat"), (PROSE, "Go.")], 50);
    let lead = Some("Bring these [5]:".to_owned());
    assert_eq!(passages[0], ("Bring these [5]:".to_owned(), None, Some(0)));
    assert_eq!(passages[1], ("a hat".to_owned(), lead.clone(), Some(0)));
    assert_eq!(passages[2], ("a coat".to_owned(), lead, Some(0)));
    assert_eq!(passages[3].2, None);
    let [group] = groups.as_slice() else { panic!("one group") };
    assert_eq!((group.kind, group.first, group.end, group.span), (GroupKind::List, 0, 3, Span::new(0, 31)));
}

#[test]
fn a_paragraph_that_does_not_lead_in_stays_outside_the_list() {
    let (passages, groups) = chunk(&[(PROSE, "Hats are good."), (ITEM, "a hat")], 50);
    assert_eq!((&passages[0].2, &passages[1].1), (&None, &None));
    assert_eq!(groups[0].lead_in, None);
}

#[test]
fn a_heading_with_a_colon_leads_in_too() {
    let (passages, _) = chunk(&[(HEADING, "To bring:"), (ITEM, "a hat")], 50);
    assert_eq!(passages, [("a hat".to_owned(), Some("To bring:".to_owned()), Some(0))]);
}

#[test]
fn only_the_last_sentence_of_a_long_paragraph_leads_in() {
    let long = format!("{}. Bring these:", "Hats ".repeat(45).trim());
    let (passages, groups) = chunk(&[(PROSE, &long), (ITEM, "a hat")], 100);
    assert_eq!(passages[1].0, "Bring these:");
    assert_eq!(passages[2].1.as_deref(), Some("Bring these:"));
    assert_eq!((passages[0].2, passages[1].2, groups[0].first), (None, Some(0), 1));
}

#[test]
fn an_inner_list_belongs_to_the_outer_group_but_has_its_own_lead_in() {
    let pieces = [(PROSE, "Bring:"), (ITEM, "hats:"), (INNER, "red"), (INNER, "blue"), (ITEM, "a coat")];
    let (passages, groups) = chunk(&pieces, 50);
    let contexts: Vec<Option<&str>> = passages.iter().map(|one| one.1.as_deref()).collect();
    assert_eq!(contexts, [None, Some("Bring:"), Some("hats:"), Some("hats:"), Some("Bring:")]);
    assert_eq!((groups.len(), groups[0].end), (1, 5));
}

#[test]
fn an_unfinished_line_before_a_list_leads_it_in_and_a_sentence_does_not() {
    let (passages, groups) = chunk(&[(PROSE, "Signs include"), (ITEM, "heat"), (ITEM, "cold")], 50);
    assert_eq!(passages[1].1.as_deref(), Some("Signs include"));
    assert_eq!((groups.len(), groups[0].first, groups[0].end), (1, 0, 3));
    let (passages, _) = chunk(&[(PROSE, "It hurts."), (ITEM, "heat"), (ITEM, "cold")], 50);
    assert_eq!((passages[1].1.as_deref(), passages[0].2), (None, None));
}

#[test]
fn a_lead_in_of_a_table_belongs_to_it() {
    let pieces = [
        (PROSE, "The dose is:"),
        (BlockKind::TableHeader, "Day | Dose"),
        (BlockKind::TableRow, "1 | 5 mg"),
        (BlockKind::TableRow, "2 | 6 mg"),
    ];
    let (passages, groups) = chunk(&pieces, 50);
    assert_eq!((groups.len(), groups[0].first, groups[0].end), (1, 0, 3));
    assert_eq!(passages[1].1.as_deref(), Some("Day | Dose"));
    let (passages, groups) = chunk(&[(PROSE, "The dose is:"), (BlockKind::TableRow, "1 | 5 mg")], 50);
    assert_eq!((groups.len(), groups[0].end), (1, 2));
    assert_eq!(passages[1].1.as_deref(), Some("The dose is:"));
}

#[test]
fn rows_know_their_header_and_a_header_alone_is_prose() {
    let pieces = [
        (BlockKind::TableHeader, "Day | Dose"),
        (BlockKind::TableRow, "1 | 5 mg"),
        (BlockKind::TableRow, "2 | 6 mg"),
    ];
    let (passages, groups) = chunk(&pieces, 50);
    assert_eq!(passages.len(), 2);
    assert!(passages.iter().all(|one| one.1.as_deref() == Some("Day | Dose") && one.2 == Some(0)));
    assert_eq!(
        (groups[0].kind, groups[0].span.start(), groups[0].lead_in),
        (GroupKind::Table, 0, Some(Span::new(0, 10)))
    );
    assert_eq!(chunk(&pieces[..1], 50).0[0].0, "Day | Dose");
}

#[test]
fn neighbours_in_a_section_form_a_group_and_lists_do_not_join_it() {
    let pieces = [
        (HEADING, "Hats"),
        (PROSE, "One."),
        (PROSE, "Two."),
        (ITEM, "a hat"),
        (HEADING, "Coats"),
        (PROSE, "Three."),
    ];
    let (passages, groups) = chunk(&pieces, 50);
    assert_eq!(passages.iter().map(|one| one.2).collect::<Vec<_>>(), [Some(0), Some(0), Some(1), None]);
    assert_eq!(
        groups.iter().map(|group| group.kind).collect::<Vec<_>>(),
        [GroupKind::Section, GroupKind::List]
    );
}

#[test]
fn boilerplate_and_references_are_no_passages() {
    let (passages, _) =
        chunk(&[(BlockKind::Boilerplate, "Print"), (BlockKind::Reference, "Adler"), (PROSE, "Text.")], 50);
    assert_eq!(passages.len(), 1);
}

#[test]
fn long_text_is_cut_between_sentences_into_pieces_of_like_length() {
    let text = "One two three four five. ".repeat(10);
    let (passages, _) = chunk(&[(PROSE, text.trim())], 40);
    let lengths: Vec<usize> = passages.iter().map(|one| one.0.split_whitespace().count()).collect();
    assert_eq!(lengths, [25, 25]);
    let endless = "word ".repeat(100);
    assert_eq!(chunk(&[(PROSE, endless.trim())], 10).0.len(), 1, "a sentence is never cut");
}

proptest! {
    #[test]
    fn pieces_hold_every_sentence_in_order_and_are_no_longer_than_need_be(
        lengths in prop::collection::vec(1usize..30, 1..30), max in 1usize..60,
    ) {
        let sentences: Vec<String> = lengths.iter().map(|&length| format!("Word{}.", " word".repeat(length - 1))).collect();
        let text = sentences.join(" ");
        let pieces = cut::pieces(&text, Span::new(0, text.len()), max);
        let held: usize = pieces.iter().map(|(_, sentences)| sentences.len()).sum();
        prop_assert_eq!(held, lengths.len());
        for (span, sentences) in &pieces {
            prop_assert!(sentences.len() == 1 || cut::words(&text, *span) <= max);
            prop_assert!(sentences.iter().all(|sentence| span.contains(*sentence)));
        }
        prop_assert!(pieces.is_sorted_by(|one, next| one.0.end() <= next.0.start()));
    }
}
