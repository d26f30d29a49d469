//! Tests of the Markdown parser.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::ingest::draft;

/// Every block as kind, text and run-in heading.
fn shown(text: &str) -> Vec<String> {
    let draft = parse(text.to_owned()).unwrap();
    assert_eq!(draft.text, text);
    draft::shown(&draft)
}

#[test]
fn headings_of_both_kinds_lose_their_markers() {
    let text = "# One `two` *three* #\n\nSub\n---\n\n#### What is it?\nText\nmore\n";
    assert_eq!(shown(text), ["h1|One `two` *three*", "h2|Sub", "h4|What is it?", "p0|Text\nmore"]);
    assert_eq!(parse(text.to_owned()).unwrap().metadata.title, "One two three");
}

#[test]
fn front_matter_is_covered_by_no_block_and_names_the_title() {
    let text = "---\ntitle: Given\n---\n# Heading\n\nText";
    assert_eq!(shown(text), ["h1|Heading", "p0|Text"]);
    assert_eq!(parse(text.to_owned()).unwrap().metadata.title, "Given");
}

#[test]
fn tight_and_loose_lists_give_items_and_their_paragraphs() {
    let text = "Ask:\n\n- a\n- b\n  - c\n\n1. x\n\n   more x\n2. y\n";
    assert_eq!(shown(text), ["p0|Ask:", "i1-|a", "i1-|b", "i2-|c", "i11|x", "p1|more x", "i12|y"]);
}

#[test]
fn bold_beginnings_of_items_are_run_in_headings() {
    let text =
        "- **Surgery.** It may help.\n- **Scan**: a picture.\n- **Bold** words only.\n- [x] **Rest:** now\n";
    assert_eq!(
        shown(text),
        [
            "i1-|**Surgery.** It may help. <Surgery>",
            "i1-|**Scan**: a picture. <Scan>",
            "i1-|**Bold** words only.",
            "i1-|**Rest:** now <Rest>",
        ]
    );
}

#[test]
fn emphasis_and_links_keep_both_their_ends() {
    assert_eq!(shown("*All* of [it](http://a.b/c)\n"), ["p0|*All* of [it](http://a.b/c)"]);
    assert_eq!(shown("![a picture](x.png)\n\nText ![b](y.png)\n"), ["p0|Text"]);
    assert_eq!(shown("Entities &amp; \\*escapes\\*.\n"), ["p0|Entities &amp; \\*escapes\\*."]);
}

#[test]
fn a_bold_line_that_asks_is_a_question() {
    assert_eq!(shown("**Does it hurt?**\n\nNo.\n"), ["q|Does it hurt?", "p0|No."]);
    assert_eq!(shown("**Does it hurt?** No.\n"), ["p0|**Does it hurt?** No."]);
}

#[test]
fn table_rows_are_their_source_lines() {
    let text = "| Drug | Dose |\n|---|---|\n| **A** | 1 mg |\n| B | 2 mg |\n\nAfter.\n";
    assert_eq!(shown(text), ["th|| Drug | Dose |", "tr|| **A** | 1 mg |", "tr|| B | 2 mg |", "p0|After."]);
}

#[test]
fn quotes_code_and_notes_are_told_apart_and_html_that_is_no_text_is_left_out_and_told() {
    let text = "> Quoted.[^1]\n\n```text\ncode\n  more\n```\n\n<div hidden>\nno\n</div>\n\n<!-- nor this -->\n\n<a id=\"x\"></a>\n\n[^1]: The note.\n\n    Its end.\n";
    assert_eq!(
        shown(text),
        [
            "p0|Quoted.[^1]",
            "pre|code\n  more",
            "x html block in markdown|<div hidden>\nno\n</div>",
            "n1|The note.\n\n    Its end."
        ]
    );
}

#[test]
fn text_between_the_tags_of_html_is_read() {
    let text = "<div class=\"warning\">\nDo not drive.\n</div>\n\n<h3>Later</h3>\n<p>Phone <a href=\"tel:1\">us</a> &amp; wait.</p>\n\n\
                <ul><li>a < b</li>\n<li>&nbsp;</li></ul>\n\n<br>\nSit.\n";
    assert_eq!(
        shown(text),
        [
            "p0|Do not drive.",
            "h3|Later",
            "p0|Phone <a href=\"tel:1\">us</a> &amp; wait.",
            "i1-|a < b",
            "p0|Sit."
        ]
    );
    for source in [
        "<form><p>no</p></form>",
        "<table><tr><td>no</td></tr></table>",
        "<div><!-- x -->no</div>",
        "<div title=\"a>b\">no</div>",
        "<div>no</div",
    ] {
        assert_eq!(html::read(source, 0), None, "{source}");
    }
}

#[test]
fn details_hold_their_blocks_together() {
    let text = "<details>\n<summary>Does it hurt?</summary>\n\nNo.\n\n</details>\n\nCome at nine.\n";
    assert_eq!(shown(text), ["q|Does it hurt?", "p0|No.", "p0|Come at nine."]);
    let scopes = parse(text.to_owned()).unwrap().scopes;
    assert_eq!(scopes, [Scope { blocks: 0..2, headed: true }]);
    let nested = format!("{}\n\nx\n\n{}\n", "<details>".repeat(9), "</details>".repeat(9));
    assert_eq!(parse(nested).unwrap().scopes.len(), MAX_DETAILS);
    assert_eq!(parse("</details>\n\nx\n".to_owned()).unwrap().scopes, []);
}

#[test]
fn an_anchor_behind_a_heading_is_no_part_of_it() {
    assert_eq!(shown("## Rest {#rest .wide}\n\nSit.\n"), ["h2|Rest", "p0|Sit."]);
}

#[test]
fn windows_line_ends_stay_in_the_text() {
    assert_eq!(shown("# A\r\n\r\nb\r\nc\r\n\r\n* d\r\n"), ["h1|A", "p0|b\r\nc", "i1-|d"]);
}

#[test]
fn nesting_beyond_reason_is_refused_and_nothing_is_slow() {
    let stairs: String = (0..1000).map(|depth| format!("{}- a\n", " ".repeat(depth * 2))).collect();
    for text in [">".repeat(10_000), "- ".repeat(10_000), "> ".repeat(10_000), stairs, "1. ".repeat(10_000)] {
        let text = format!("{text} a\n\n{}", "b\n\n".repeat(10_000));
        let Err(SkipReason::Malformed(why)) = parse(text) else { panic!("accepted") };
        assert!(why.contains("line"), "{why}");
    }
    let begun = Instant::now();
    let pieces =
        ["[", "![", "*a ", "**a", "_a*", "`", "<", "<!--", "[a](", "[^a]", "&", "\\", "a|", "||\n", "\n"];
    for piece in pieces {
        parse(piece.repeat(30_000)).unwrap();
    }
    parse(format!("a\n{}\n{}", "|-".repeat(5_000), "|a\n".repeat(5_000))).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn rules_and_dot_leaders_are_not_nesting() {
    let text = format!("{}\n\n{}\n\n{}\n", "-".repeat(500), "* ".repeat(60), "-".repeat(300));
    assert!(parse(text).is_ok());
}

proptest! {
    #[test]
    fn blocks_ascend_and_are_slices_whatever_the_text(
        text in "([-#>*+|`~!\\[\\]()<^:.0-9 a-e?\n\r\t\"&é—]|\\*\\*|\\[\\^1\\]: |---\n|  ){0,80}"
    ) {
        if let Ok(draft) = parse(text) {
            prop_assert_eq!(draft::misplaced(&draft), None);
        }
    }
}
