//! Tests of the HTML parser as a whole.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::ingest::draft::{self, Scope};

/// Every block as kind, text and run-in heading.
fn shown(source: &str) -> Vec<String> {
    draft::shown(&parse(source.as_bytes()).unwrap())
}

/// The blocks that elements hold together, with `*` where the first heads the others.
fn scopes(source: &str) -> Vec<String> {
    let show = |scope: Scope| format!("{:?}{}", scope.blocks, if scope.headed { "*" } else { "" });
    parse(source.as_bytes()).unwrap().scopes.into_iter().map(show).collect()
}

#[test]
fn navigation_around_the_content_is_told_apart() {
    let page = "<body class='has-sidebar'><header><h1>Clinic</h1></header><nav><a href=/>Home</a></nav>\
                <div class='cookie-bar'>We use cookies</div>\
                <form action=/><h1>Scans</h1><p>Bring  your\n card.</p></form><aside>Ad</aside>\
                <div class=footnotes>Kept</div><p hidden>no</p><footer>Imprint</footer><script>x</script>";
    assert_eq!(
        shown(page),
        [
            "h1|Clinic",
            "x html nav|Home",
            "x html class cookie|We use cookies",
            "h1|Scans",
            "p0|Bring your card.",
            "x html aside|Ad",
            "p0|Kept",
            "x html hidden|no",
            "x html footer|Imprint",
        ]
    );
}

#[test]
fn main_is_taken_and_all_around_it_reported() {
    let page = "<div class=menu-page><p>Before</p><main><header><p>In</p></header><p>Text</p><nav>Next</nav></main>\
                <div>After</div></div>";
    assert_eq!(
        shown(page),
        ["x html outside main|Before", "p0|In", "p0|Text", "x html nav|Next", "x html outside main|After"]
    );
}

#[test]
fn an_empty_main_does_not_lose_the_page() {
    assert_eq!(shown("<main></main><p>Text</p>"), ["p0|Text"]);
    assert_eq!(
        shown("<p>a</p><article><p>One</p></article><article><p>Two</p></article>"),
        ["p0|a", "p0|One", "p0|Two"]
    );
}

#[test]
fn lists_keep_their_nesting_numbers_and_run_in_headings() {
    let list = "<p>Ask:</p><ul><li><b>Rest.</b> Sleep.<ul><li>a</ul>more<li><p><strong>Food</strong>: eat</p><p>well</p></ul>\
                <ol start=3><li>x<li value=7>y</ol>";
    assert_eq!(
        shown(list),
        [
            "p0|Ask:",
            "i1-|Rest. Sleep. <Rest>",
            "i2-|a",
            "p1|more",
            "i1-|Food: eat <Food>",
            "p1|well",
            "i13|x",
            "i17|y"
        ]
    );
    let draft = parse(list.as_bytes()).unwrap();
    assert!(
        draft.text.starts_with("Ask:\n\n• Rest. Sleep.\n• a\nmore\n• Food: eat\nwell\n3. x\n7. y"),
        "{}",
        draft.text
    );
}

#[test]
fn table_rows_repeat_their_headers_and_spanning_cells() {
    let table = "<table><caption>Doses</caption><tr><th>Drug<th>Dose<th>When</tr>\
                 <tr><td rowspan=2>A<td>1 mg<td>noon<tr><td colspan=2>none<tr><th>B<td><p>2 mg<p>or 3<td></table>";
    assert_eq!(
        shown(table),
        [
            "p0|Doses",
            "tr|Drug: A; Dose: 1 mg; When: noon",
            "tr|Drug: A; Dose: none",
            "tr|Drug: B; Dose: 2 mg, or 3"
        ]
    );
    assert_eq!(shown("<table><tr><td>a<td>b</table>"), ["tr|a; b"]);
    assert_eq!(
        shown("<table><tr><th>Phone<td>123<tr><th>Open<td>daily</table>"),
        ["tr|Phone: 123", "tr|Open: daily"]
    );
    assert_eq!(shown("<table><tr><td><h2>Layout</h2><p>Text</table>"), ["h2|Layout", "p0|Text"]);
}

#[test]
fn terms_and_summaries_are_headings_or_questions() {
    let page = "<dl><dt>Scan:<dd>A picture.<dd>Of you.<dt>Does it hurt?<dd>No.</dl>\
                <details><summary>Is it safe?</summary><p>Yes.</p></details><h2>Why me?</h2><p><b>And now?</b></p>";
    assert_eq!(
        shown(page),
        [
            "i1-|Scan: A picture. <Scan>",
            "i1-|Of you.",
            "q|Does it hurt?",
            "p0|No.",
            "q|Is it safe?",
            "p0|Yes.",
            "h2|Why me?",
            "q|And now?",
        ]
    );
}

#[test]
fn what_folds_up_holds_its_blocks_together() {
    let outer = "<p>a</p><details><summary>One</summary><p>b</p><details><summary>Two?</summary><p>c</p></details><p>d</p></details>";
    assert_eq!(scopes(&format!("{outer}<p>e</p>")), ["1..6*", "3..5*"]);
    assert_eq!(scopes("<details><details><summary>One</summary><p>b"), ["0..2", "0..2*"]);
    assert_eq!(scopes("<details><p>a</p></details><details></details>"), ["0..1"]);
    assert_eq!(scopes("<dl><dt>Scan<dd>A picture.</dl><dl><dt>Safe?<dd>Yes.<dt>Loud?<dd>No.</dl>"), ["1..5"]);
    let deep = format!("{}<p>x</p>{}", "<details><summary>a</summary>".repeat(9), "</details>".repeat(9));
    assert_eq!(scopes(&deep).len(), 4);
}

#[test]
fn a_summary_in_another_is_one_level_deeper_and_the_next_is_not() {
    let fold = |summary: &str, text: &str| format!("<details><summary>{summary}</summary>{text}</details>");
    let page =
        format!("<h2>Food</h2>{}{}", fold("Fish", &fold("Cod", "<p>a</p>")), fold("Meat", "<h5>Ham</h5>"));
    assert_eq!(shown(&page), ["h2|Food", "h3|Fish", "h4|Cod", "p0|a", "h3|Meat", "h5|Ham"]);
}

#[test]
fn a_saved_page_keeps_the_address_it_was_saved_from() {
    let url = |head: &str| parse(format!("<!DOCTYPE html>\n{head}<p>x").as_bytes()).unwrap().metadata.url;
    let saved = "<!-- saved from url=(0027)https://example.org/a/page -->";
    assert_eq!(url(saved).as_deref(), Some("https://example.org/a/page"));
    let canonical = "<link rel=canonical href='https://example.org/b'>";
    assert_eq!(url(&format!("{saved}{canonical}")).as_deref(), Some("https://example.org/b"));
    for comment in [
        "<!-- saved from url=(0014)about:internet -->",
        "<!-- saved from url=(0027)javascript:alert(1) -->",
        "<!-- saved from url=(x)https://example.org/ -->",
        "<!-- saved from url=(0027)https://example.org/",
    ] {
        assert_eq!(url(comment), None, "{comment}");
    }
    assert_eq!(url(&format!("<p>{}</p>{saved}", "x".repeat(5_000))), None);
}

#[test]
fn reference_marks_are_written_in_brackets_and_notes_labelled() {
    let page = "<p>It works.<sup><a href='#ref5'>5</a></sup> In 10<sup>5</sup> cells, therapy<sup>5,6</sup> of 3 m<sup>2</sup> \
                [<a href='#ref6'>6</a>] and <a href='#fn1' class=fn>[1]</a>.</p>\
                <ol><li id=ref5>Five. <a href='#back'>↩</a><li id=ref6>Six.</ol><p id=fn1>1. Note.</p>";
    assert_eq!(
        shown(page),
        [
            "p0|It works.[5] In 10⁵ cells, therapy[5,6] of 3 m² [6] and [1].",
            "n5|Five.",
            "n6|Six.",
            "n1|Note."
        ]
    );
}

#[test]
fn breaks_code_entities_and_hidden_characters_are_read() {
    let page = "<p>a<br> b &eacute;&nbsp;c&#8203;d</p><pre>\n  x\n    y\n</pre><img alt=no src=x>";
    assert_eq!(shown(page), ["p0|a\nb é cd", "pre|x\n    y"]);
}

#[test]
fn what_is_struck_out_is_left_out() {
    let page = "<p>Take <del>two</del> <ins>one</ins> tablet.</p><p><s>Come at <b>nine</b>.</s></p>\
                <table><tr><td>Dose<td><strike>5 mg</strike> 4 mg</table><del><p>Old.</p></del>";
    assert_eq!(shown(page), ["p0|Take one tablet.", "tr|Dose; 4 mg"]);
    assert_eq!(shown("<p>A <s>b</p><p>c</p>"), ["p0|A", "p0|c"]);
}

#[test]
fn the_page_tells_its_title_address_language_and_date() {
    let page = "<html lang=de-AT><head><title>Scans | Clinic</title><meta property='og:title' content='Scans'>\
                <link rel=canonical href='https://example.org/scans'><meta name=date content=2020-01-01>\
                <meta property='article:modified_time' content='2024-05-06T01:02'></head><body><p>x</p></body>";
    let metadata = parse(page.as_bytes()).unwrap().metadata;
    assert_eq!(metadata.title, "Scans");
    assert_eq!(metadata.url.as_deref(), Some("https://example.org/scans"));
    assert_eq!(metadata.language.as_deref(), Some("de-AT"));
    assert_eq!(metadata.reviewed.as_deref(), Some("2024-05-06"));
    let page = "<title>T</title><header><h1>Clinic</h1></header><main><h1>Your <i>scan</i></h1><time datetime=2023-02-01>x</time>";
    let draft = parse(page.as_bytes()).unwrap();
    assert_eq!((draft.metadata.title.as_str(), draft.dated.as_deref()), ("Your scan", Some("2023-02-01")));
    assert_eq!(draft.metadata.reviewed, None);
}

#[test]
fn a_time_is_a_date_only_in_the_content_and_to_the_day() {
    let dated = |page: &str| parse(page.as_bytes()).unwrap().dated;
    assert_eq!(dated("<p>Call by <time datetime=14:30>half past two</time>.</p>"), None);
    assert_eq!(dated("<p>In <time datetime=2024-05>May</time>.</p>"), None);
    let around = "<nav><time datetime=2020-01-01>a</time></nav><p>Text</p><footer><time datetime=2020-01-02>b</time></footer>";
    assert_eq!(dated(around), None);
    let page = "<p>x<time datetime=9:00>a</time><time datetime=2024-05-06T07:08>b</time></p>";
    assert_eq!(dated(page).as_deref(), Some("2024-05-06"));
}

#[test]
fn a_row_that_is_one_cell_stands_before_the_rows_below_it() {
    let doses =
        "<tr><td>Paracetamol<td>1 g</tr><tr><th colspan=2>Children:</tr><tr><td>Paracetamol<td>250 mg</tr>";
    let expected =
        ["tr|Adults: Medicine: Paracetamol; Dose: 1 g", "tr|Children: Medicine: Paracetamol; Dose: 250 mg"];
    for adults in ["<th colspan=2>Adults", "<td colspan=2><b>Adults</b>", "<td colspan=9>Adults"] {
        let head = "<tr><th>Medicine<th>Dose</tr>";
        assert_eq!(shown(&format!("<table>{head}<tr>{adults}</tr>{doses}</table>")), expected, "{adults}");
        let page = format!("<table><thead>{head}</thead><tbody><tr>{adults}</tr>{doses}</tbody></table>");
        assert_eq!(shown(&page), expected, "{adults}");
        let page = format!("<table><tr>{adults}</tr>{head}{doses}</table>");
        assert_eq!(shown(&page), expected, "{adults} above the header");
    }
    assert_eq!(
        shown(&format!("<table><tr><th colspan=2>Adults</tr>{doses}</table>")),
        ["tr|Adults: Paracetamol; 1 g", "tr|Children: Paracetamol; 250 mg"]
    );
}

#[test]
fn a_row_that_is_one_cell_and_a_sentence_or_the_last_row_is_a_row() {
    let table = "<table><tr><th>Drug<th>Dose</tr><tr><td colspan=2>Take none with wine.</tr><tr><td>A<td>1 mg</tr>\
                 <tr><td colspan=2>with food</table>";
    assert_eq!(shown(table), ["tr|Take none with wine.", "tr|Drug: A; Dose: 1 mg", "tr|with food"]);
    let table = "<table><tr><th colspan=2>Doses</tr><tr><th>Drug<th>Dose</tr><tr><td>A<td>1 mg</table>";
    assert_eq!(shown(table), ["tr|Doses Drug: A; Doses Dose: 1 mg"]);
    let table = "<table><tr><th colspan=2>A<tr><th>x<th>y<tr><th colspan=2>B</table>";
    assert_eq!(shown(table), ["tr|A: x: y", "tr|B"]);
}

#[test]
fn raised_numbers_stay_raised_where_they_are_no_marks() {
    for (source, text) in [
        ("10<sup>9</sup>/L", "10⁹/L"),
        ("1 in 100<sup>3</sup>", "1 in 100³"),
        ("10<sup>-3</sup> of Ca<sup>2+</sup>", "10⁻³ of Ca²⁺"),
        ("treated with <sup>177</sup>Lu", "treated with ¹⁷⁷Lu"),
        ("(<sup>18</sup>F)", "(¹⁸F)"),
        ("Rest. <sup>5</sup> Sleep", "Rest. ⁵ Sleep"),
        ("the 1<sup>st</sup> day", "the 1st day"),
        ("so [<sup>5</sup>] it is", "so [5] it is"),
        ("a therapy<sup>5</sup>", "a therapy[5]"),
    ] {
        assert_eq!(shown(&format!("<p>{source}</p>")), [format!("p0|{text}")], "{source}");
    }
    assert_eq!(shown("<table><tr><td>Cells<td>10<sup>9</sup></table>"), ["tr|Cells; 10⁹"]);
}

#[test]
fn a_section_is_not_left_out_for_its_id() {
    let part = "<h2>Giving consent</h2><p>You sign.</p>";
    let kept = ["h2|Giving consent", "p0|You sign."];
    assert_eq!(shown(&format!("<section id=consent>{part}</section>")), kept);
    let left_out = ["x html class cookie|Giving consent You sign.", "p0|Text"];
    assert_eq!(shown(&format!("<div id=cookie-bar>{part}</div><p>Text</p>")), left_out);
    let left_out = ["x html class consent|Giving consent You sign.", "p0|Text"];
    assert_eq!(shown(&format!("<div class=consent>{part}</div><p>Text</p>")), left_out);
    assert_eq!(shown("<div id=share><p>Here</p></div><p>Text</p>"), ["x html class share|Here", "p0|Text"]);
}

#[test]
fn panels_that_open_are_read() {
    let page = "<h3><button aria-expanded=false>After the scan</button></h3><div><p>Rest.</p></div>\
                <h4><span><button>Later</button></span></h4><div aria-hidden=true><ul><li><b>Sleep</b> well</ul></div>\
                <div hidden=until-found>Drink.</div><div hidden>no</div>\
                <div aria-hidden=true><ul><li><a href=/>Home</a></ul></div><p><i aria-hidden=true>+</i>Eat.</p><button>Go</button>";
    assert_eq!(
        shown(page),
        [
            "h3|After the scan",
            "p0|Rest.",
            "h4|Later",
            "i1-|Sleep well",
            "p0|Drink.",
            "x html hidden|no",
            "x html hidden|Home",
            "x html hidden|+",
            "p0|Eat.",
            "x html button|Go",
        ]
    );
}

#[test]
fn a_page_that_is_one_form_is_read() {
    assert_eq!(
        shown("<body><form><nav>Wards</nav><h2>Rest</h2><p>Sit down.</p></form>"),
        ["x html nav|Wards", "h2|Rest", "p0|Sit down."]
    );
    assert_eq!(shown("<form><p>Search</p></form><p>Text</p>"), ["x html form|Search", "p0|Text"]);
}

#[test]
fn a_term_stands_before_what_its_definition_begins_with() {
    assert_eq!(
        shown(
            "<dl><dt>Bring<dd><ul><li>a hat</ul>and a coat<dt>Doses<dd><table><tr><td>A<td>1 mg</table></dl>"
        ),
        ["i1-|Bring", "i2-|a hat", "i1-|and a coat", "i1-|Doses", "tr|A; 1 mg"]
    );
}

#[test]
fn hostile_pages_end_quickly() {
    let begun = Instant::now();
    let fonts: String = (0..5_000).map(|size| format!("<font size={size}><p>")).collect();
    let attributes: String = (0..50_000).map(|at| format!(" a{at}")).collect();
    let cells = "<tr><td rowspan=9999 colspan=9999>".to_owned() + &"x".repeat(100_000);
    for page in [
        "<div>".repeat(10_000) + "deep",
        "<b>".repeat(10_000) + "deep",
        "<b><div>".repeat(10_000) + "deep",
        "<table><td>".repeat(10_000) + "deep",
        "<a><p></a>".repeat(10_000) + "deep",
        "<ul><li>".repeat(10_000) + "deep",
        "<sup><a href=#x>".repeat(10_000) + "deep",
        "<li><dd>".repeat(10_000) + "deep",
        "<table><b>x".repeat(10_000) + "deep",
        fonts + "deep",
        format!("<p{attributes}>deep"),
        format!("<table>{cells}{}</table>deep", "<tr><td>y".repeat(5_000)),
    ] {
        let draft = parse(page.as_bytes()).unwrap();
        assert!(draft.text.contains("deep"));
        assert!(draft.text.len() <= page.len() * 12 + 20_000, "{} of {}", draft.text.len(), page.len());
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn blocks_ascend_and_are_slices_whatever_the_source(
        source in "(</?(p|b|ul|ol|li|dl|dt|dd|table|tr|th|td|a href=#fn1|sup|h2|div|main|nav|pre|details|summary|title)( id=fn1)?>|[a5.?:<&é \n-]|<br>|<!--|&amp;){0,60}"
    ) {
        let draft = parse(source.as_bytes()).unwrap();
        prop_assert_eq!(draft::misplaced(&draft), None);
        let mut open: Vec<usize> = Vec::new();
        for scope in &draft.scopes {
            let blocks = &scope.blocks;
            open.retain(|&end| end > blocks.start);
            prop_assert!(!blocks.is_empty() && blocks.end <= draft.blocks.len());
            prop_assert!(open.last().is_none_or(|&end| blocks.end <= end));
            open.push(blocks.end);
        }
    }
}

#[test]
fn block_names_are_sorted_for_their_search() {
    assert!(BLOCKS.is_sorted() && is_block("div") && !is_block("b"));
}
