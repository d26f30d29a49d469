//! Tests of the HTML parser as a whole.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::ingest::draft::{DraftBlock, DraftKind};
use crate::text::Span;

/// Every block as kind, text and run-in heading.
fn shown(source: &str) -> Vec<String> {
    let draft = parse(source.as_bytes()).unwrap();
    let show = |block: &DraftBlock| {
        let part = |span: Span| span.slice(&draft.text).unwrap();
        let run_in = block.run_in.map(|run_in| format!(" <{}>", part(run_in))).unwrap_or_default();
        let kind = match &block.kind {
            DraftKind::Heading { level } => format!("h{level}"),
            DraftKind::Paragraph { depth } => format!("p{depth}"),
            DraftKind::Item { depth, label } => format!("i{depth}{}", label.as_deref().unwrap_or("-")),
            DraftKind::TableHeader => "th".to_owned(),
            DraftKind::TableRow => "tr".to_owned(),
            DraftKind::Preformatted => "pre".to_owned(),
            DraftKind::Question => "q".to_owned(),
            DraftKind::Note { label } => format!("n{label}"),
            DraftKind::Boilerplate { pattern } => format!("x {pattern}"),
        };
        format!("{kind}|{}{run_in}", part(block.span))
    };
    draft.blocks.iter().map(show).collect()
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
fn reference_marks_are_written_in_brackets_and_notes_labelled() {
    let page = "<p>It works.<sup><a href='#ref5'>5</a></sup> In 10<sup>5</sup> cells, therapy<sup>5,6</sup> of 3 m<sup>2</sup> \
                [<a href='#ref6'>6</a>] and <a href='#fn1' class=fn>[1]</a>.</p>\
                <ol><li id=ref5>Five. <a href='#back'>↩</a><li id=ref6>Six.</ol><p id=fn1>1. Note.</p>";
    assert_eq!(
        shown(page),
        [
            "p0|It works.[5] In 105 cells, therapy[5,6] of 3 m2 [6] and [1].",
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
    let metadata = parse(page.as_bytes()).unwrap().metadata;
    assert_eq!((metadata.title.as_str(), metadata.reviewed.as_deref()), ("Your scan", Some("2023-02-01")));
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
        source in "(</?(p|b|ul|ol|li|dl|dt|dd|table|tr|th|td|a href=#fn1|sup|h2|div|main|nav|pre|summary|title)( id=fn1)?>|[a5.?:<&é \n-]|<br>|<!--|&amp;){0,60}"
    ) {
        let draft = parse(source.as_bytes()).unwrap();
        let mut end = 0;
        for block in &draft.blocks {
            prop_assert!(block.span.start() >= end && !block.span.is_empty());
            prop_assert!(block.span.slice(&draft.text).is_some());
            prop_assert!(block.run_in.is_none_or(|run_in| block.span.contains(run_in)));
            end = block.span.end();
        }
    }
}

#[test]
fn block_names_are_sorted_for_their_search() {
    assert!(
        is_block("address") && is_block("ul") && is_block("section") && is_block("div") && !is_block("b")
    );
}
