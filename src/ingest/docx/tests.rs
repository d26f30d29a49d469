//! Tests of the Word reader as a whole, on packages with the parts that Word and LibreOffice write.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::ingest::draft::shown as shown_of;

const LIMIT: u64 = 1_000_000;
const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const STYLES: &str = r#"<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-GB"/></w:rPr></w:rPrDefault></w:docDefaults>
    <w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
    <w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
    <w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
    <w:style w:type="paragraph" w:styleId="Own"><w:name w:val="Ward heading"/><w:basedOn w:val="Below"/></w:style>
    <w:style w:type="paragraph" w:styleId="Below"><w:name w:val="Ward base"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
    <w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
    <w:style w:type="paragraph" w:styleId="ListParagraph"><w:name w:val="List Paragraph"/></w:style>
    <w:style w:type="paragraph" w:styleId="Step"><w:name w:val="Step"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
    <w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
    <w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
    <w:style w:type="character" w:styleId="Up"><w:name w:val="Up"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
    <w:style w:type="table" w:styleId="Banded"><w:name w:val="Banded"/><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>"#;
const NUMBERING: &str = r#"<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/><w:pPr><w:ind w:left="720"/></w:pPr></w:lvl>
      <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/><w:pPr><w:ind w:left="1440"/></w:pPr></w:lvl></w:abstractNum>
    <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:pPr><w:ind w:left="720"/></w:pPr></w:lvl>
      <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum>
    <w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="4"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Step %1:"/><w:pStyle w:val="Step"/></w:lvl></w:abstractNum>
    <w:abstractNum w:abstractNumId="3"><w:numStyleLink w:val="House"/></w:abstractNum>
    <w:abstractNum w:abstractNumId="4"><w:styleLink w:val="House"/><w:lvl w:ilvl="0"><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="(%1)"/></w:lvl></w:abstractNum>
    <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
    <w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
    <w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
    <w:num w:numId="4"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
    <w:num w:numId="5"><w:abstractNumId w:val="3"/></w:num>"#;

/// A zip of `parts`, each a name and its content.
fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn relationships(targets: &[(&str, &str)]) -> String {
    let one = |(at, (kind, target)): (usize, &(&str, &str))| {
        format!("<Relationship Id='r{at}' Type='{OFFICE}/{kind}' Target='{target}'/>")
    };
    let all: String = targets.iter().enumerate().map(one).collect();
    format!("<?xml version='1.0'?><Relationships xmlns='{RELATIONSHIPS}'>{all}</Relationships>")
}

/// A Word file of `body` and of `parts`, which are those of the folder `word` with the names of their relationships.
fn word(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let part = |root: &str, content: &str| {
        format!(
            "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><w:{root} xmlns:w='{W}'>{content}</w:{root}>"
        )
    };
    let mut all = vec![
        ("_rels/.rels".to_owned(), relationships(&[("officeDocument", "word/document.xml")])),
        ("word/document.xml".to_owned(), part("document", &format!("<w:body>{body}<w:sectPr/></w:body>"))),
    ];
    let targets: Vec<_> = parts.iter().map(|(kind, _)| (*kind, format!("{kind}.xml"))).collect();
    let targets: Vec<_> = targets.iter().map(|(kind, target)| (*kind, target.as_str())).collect();
    all.push(("word/_rels/document.xml.rels".to_owned(), relationships(&targets)));
    all.extend(parts.iter().map(|(kind, content)| (format!("word/{kind}.xml"), part(kind, content))));
    zipped(&all.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect::<Vec<_>>())
}

fn read(body: &str) -> Draft {
    parse(&word(body, &[("styles", STYLES), ("numbering", NUMBERING)]), LIMIT).unwrap()
}

fn shown(body: &str) -> Vec<String> {
    shown_of(&read(body))
}

/// A paragraph of plain text.
fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>")
}

/// A paragraph with properties.
fn styled(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn bold(text: &str) -> String {
    format!("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>")
}

fn heading(text: &str) -> String {
    styled("<w:pStyle w:val='berschrift1'/>", text)
}

fn item(list: u32, level: u32, text: &str) -> String {
    styled(&format!("<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{list}'/></w:numPr>"), text)
}

fn cell(content: &str) -> String {
    format!("<w:tc><w:tcPr/>{content}</w:tc>")
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|text| cell(&p(text))).collect();
    format!("<w:tr>{cells}</w:tr>")
}

fn reason(bytes: &[u8]) -> String {
    parse(bytes, LIMIT).unwrap_err().to_string()
}

#[test]
fn headings_are_told_by_name_level_and_what_a_style_is_based_on() {
    let body = [
        styled("<w:pStyle w:val='Titel'/>", "Ear drops"),
        heading("Storing"),
        p("In the fridge."),
        styled("<w:pStyle w:val='Own'/>", "Opened bottles"),
        p("Four weeks."),
        styled("<w:outlineLvl w:val='2'/>", "Travel"),
        styled("<w:pStyle w:val='berschrift1'/><w:outlineLvl w:val='9'/>", "No heading"),
        styled("<w:pStyle w:val='Loop'/>", "Text"),
        bold("Does it sting?"),
    ];
    let draft = read(&body.concat());
    let expected = [
        "h1|Ear drops",
        "h2|Storing",
        "p0|In the fridge.",
        "h3|Opened bottles",
        "p0|Four weeks.",
        "h4|Travel",
        "p0|No heading",
        "p0|Text",
        "q|Does it sting?",
    ];
    assert_eq!(shown_of(&draft), expected);
    assert_eq!(draft.metadata.title, "Ear drops");
    assert_eq!(draft.metadata.language.as_deref(), Some("en-GB"));
    assert_eq!(draft.text.lines().next(), Some("Ear drops"));
    let unlisted = word(&styled("<w:pStyle w:val='Heading2'/>", "Washing"), &[]);
    assert_eq!(shown_of(&parse(&unlisted, LIMIT).unwrap()), ["h2|Washing"]);
}

#[test]
fn lists_have_the_numbers_that_word_shows() {
    let body = [
        p("Bring:"),
        item(1, 0, "a hat"),
        item(1, 1, "of wool"),
        styled("<w:pStyle w:val='ListParagraph'/>", "or of cotton"),
        item(2, 0, "Sit"),
        item(2, 1, "down"),
        item(2, 1, "slowly"),
        item(2, 0, "Wait"),
        p("Then:"),
        item(4, 0, "Go"),
        item(2, 0, "Rest"),
        styled("<w:pStyle w:val='Step'/>", "Eat"),
        styled("<w:pStyle w:val='Step'/>", "Drink"),
        item(5, 0, "Sleep"),
        item(0, 0, "No item"),
        item(99, 0, "Unknown list"),
        styled("<w:pStyle w:val='Step'/><w:numPr><w:numId w:val='0'/></w:numPr>", "No step"),
    ];
    let draft = read(&body.concat());
    let expected = [
        "p0|Bring:",
        "i1-|a hat",
        "i2-|of wool",
        "p2|or of cotton",
        "i11|Sit",
        "i21.a|down",
        "i21.b|slowly",
        "i12|Wait",
        "p0|Then:",
        "i17|Go",
        "i18|Rest",
        "i1Step IV|Eat",
        "i1Step V|Drink",
        "i1i|Sleep",
        "p0|No item",
        "p0|Unknown list",
        "p0|No step",
    ];
    assert_eq!(shown_of(&draft), expected);
    assert!(
        draft.text.contains("\n\n• a hat\n• of wool\nor of cotton\n1. Sit\n1.a) down\n"),
        "{}",
        draft.text
    );
    assert!(draft.text.contains("Step IV: Eat\n") && draft.text.contains("(i) Sleep\n"), "{}", draft.text);
}

#[test]
fn a_list_that_is_indented_further_lies_in_the_item_before() {
    let indented = |text: &str| {
        styled("<w:numPr><w:ilvl w:val='0'/><w:numId w:val='2'/></w:numPr><w:ind w:left='1500'/>", text)
    };
    let body = [item(1, 0, "Cloths:"), indented("cotton"), indented("linen"), item(1, 0, "Soap")];
    assert_eq!(shown(&body.concat()), ["i1-|Cloths:", "i21|cotton", "i22|linen", "i1-|Soap"]);
}

#[test]
fn a_numbered_heading_keeps_its_number_out_of_its_text() {
    let heading = "<w:pStyle w:val='berschrift1'/><w:numPr><w:numId w:val='2'/></w:numPr>";
    let draft = read(&format!("{}{}", styled(heading, "Rest"), p("Lie down.")));
    assert_eq!(shown_of(&draft), ["h1|Rest", "p0|Lie down."]);
    assert!(draft.text.starts_with("1. Rest\n\n"), "{}", draft.text);
}

#[test]
fn typed_bullets_and_numbers_are_items() {
    let tabbed = |head: &str| format!("<w:p><w:r><w:t>{head}</w:t><w:tab/><w:t>a coat</w:t></w:r></w:p>");
    let symbol = "<w:p><w:r><w:sym w:font='Wingdings' w:char='F0A7'/><w:t xml:space='preserve'> a coat</w:t></w:r></w:p>";
    for (body, shown_as) in [
        (p("• a coat"), "i1-|a coat"),
        (symbol.to_owned(), "i1-|a coat"),
        (tabbed("-"), "i1-|a coat"),
        (tabbed("o"), "i1-|a coat"),
        (tabbed("2."), "i12|a coat"),
        (tabbed("(b)"), "i1b|a coat"),
        (tabbed("iv)"), "i1iv|a coat"),
        (tabbed("Mon"), "p0|Mon a coat"),
        (tabbed("Open."), "p0|Open. a coat"),
        (p("- a coat"), "p0|- a coat"),
        (p("•"), "p0|•"),
    ] {
        assert_eq!(shown(&body), [shown_as], "{body}");
    }
}

#[test]
fn a_bold_beginning_of_an_item_is_its_run_in_heading() {
    let runs = "<w:r><w:rPr><w:rStyle w:val='Strong'/></w:rPr><w:t>Blood</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space='preserve'> tests.</w:t></w:r>\
                <w:r><w:rPr><w:b w:val='0'/></w:rPr><w:t xml:space='preserve'> They hurt little.</w:t></w:r>";
    let item = format!("<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>{runs}</w:p>");
    assert_eq!(shown(&item), ["i1-|Blood tests. They hurt little. <Blood tests>"]);
}

#[test]
fn what_word_does_not_show_is_left_out() {
    let body = "<w:p><w:r><w:t>Take </w:t></w:r><w:ins w:id='1'><w:r><w:t>two</w:t></w:r></w:ins>\
        <w:del w:id='2'><w:r><w:delText>three</w:delText></w:r></w:del><w:moveFrom w:id='3'><w:r><w:t>four</w:t></w:r></w:moveFrom>\
        <w:moveTo w:id='4'><w:r><w:t xml:space='preserve'> drops</w:t></w:r></w:moveTo>\
        <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:rPr><w:vanish w:val='false'/></w:rPr><w:t>.</w:t></w:r>\
        <w:commentRangeStart w:id='0'/><w:r><w:commentReference w:id='0'/></w:r></w:p>\
        <w:p><w:pPr><w:rPr><w:del w:id='5'/></w:rPr></w:pPr><w:r><w:t xml:space='preserve'>Wash your </w:t></w:r></w:p><w:p><w:r><w:t>hands.</w:t></w:r></w:p>\
        <w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Click here to enter text.</w:t></w:r></w:p></w:sdtContent></w:sdt>\
        <w:sdt><w:sdtPr><w:rPr><w:b/></w:rPr></w:sdtPr><w:sdtContent><w:p><w:pPr><w:pPrChange w:id='6'><w:pPr><w:pStyle w:val='berschrift1'/></w:pPr></w:pPrChange></w:pPr><w:r><w:t>Kept.</w:t></w:r></w:p></w:sdtContent></w:sdt>";
    assert_eq!(shown(body), ["p0|Take two drops.", "p0|Wash your hands.", "p0|Kept."]);
}

#[test]
fn what_is_struck_out_is_left_out() {
    let run = |format: &str, text: &str| {
        format!("<w:r><w:rPr>{format}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>")
    };
    for struck in ["<w:strike/>", "<w:dstrike/>", "<w:strike w:val='true'/><w:dstrike w:val='0'/>"] {
        let runs =
            [run("", "Take "), run(struck, "two "), run("<w:strike w:val='0'/>", "one tablet.")].concat();
        assert_eq!(shown(&format!("<w:p>{runs}</w:p>")), ["p0|Take one tablet."], "{struck}");
    }
}

#[test]
fn of_a_field_the_result_is_read_and_not_the_code() {
    let field = |code: &str, result: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>{code}</w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType='separate'/></w:r>{result}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
        )
    };
    let link = "<w:hyperlink r:id='r1' xmlns:r='x'><w:r><w:t>our page</w:t></w:r></w:hyperlink>";
    let result = "<w:r><w:t>9 May</w:t></w:r>";
    let nested = field(&format!("IF {} = 1", field("PAGE", "<w:r><w:t>77</w:t></w:r>")), result);
    let body = format!(
        "<w:p><w:r><w:t xml:space='preserve'>On </w:t></w:r>{nested}<w:r><w:t xml:space='preserve'> see </w:t></w:r>{link}\
         <w:fldSimple w:instr='DATE'><w:r><w:t xml:space='preserve'> today</w:t></w:r></w:fldSimple></w:p>\
         <w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:t>never</w:t></w:r></w:p>{}",
        p("Rest.")
    );
    assert_eq!(shown(&body), ["p0|On 9 May see our page today", "p0|Rest."]);
}

#[test]
fn a_table_of_contents_is_left_out() {
    let line = |text: &str| styled("<w:pStyle w:val='TOC1'/>", text);
    let field = "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC \\o \"1-3\"</w:instrText></w:r>\
                 <w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>Rest 3</w:t></w:r></w:p>";
    let end = "<w:p><w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:t>Welcome.</w:t></w:r></w:p>";
    let left_out = "x word table of contents";
    assert_eq!(
        shown(&format!("{}{field}{}{end}", line("Sleep 2"), p("Eat 4"))),
        [
            format!("{left_out}|Sleep 2"),
            format!("{left_out}|Rest 3"),
            format!("{left_out}|Eat 4"),
            "p0|Welcome.".to_owned()
        ]
    );
    let without_end = format!("{field}{}{}", heading("Rest"), p("Lie down."));
    assert_eq!(shown(&without_end), [&format!("{left_out}|Rest 3"), "h1|Rest", "p0|Lie down."]);
    let control = "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr><w:sdtContent>";
    let body = format!("{control}{}</w:sdtContent></w:sdt>{}", p("Contents"), p("Text."));
    assert_eq!(shown(&body), [&format!("{left_out}|Contents"), "p0|Text."]);
}

#[test]
fn a_text_box_is_read_once_and_after_the_paragraph_that_it_hangs_on() {
    let inner =
        format!("<w:txbxContent>{}{}</w:txbxContent>", p("Ring 555 0100."), item(1, 0, "day or night"));
    let body = format!(
        "<w:p><w:r><w:t xml:space='preserve'>Before the </w:t><mc:AlternateContent xmlns:mc='m'><mc:Choice Requires='wps'><w:drawing>{inner}</w:drawing></mc:Choice>\
         <mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>scan</w:t></w:r></w:p>{}",
        p("After it.")
    );
    assert_eq!(shown(&body), ["p0|Before the scan", "p0|Ring 555 0100.", "i1-|day or night", "p0|After it."]);
}

#[test]
fn breaks_hyphens_symbols_and_formulas_are_read() {
    let body = "<w:p><w:r><w:t>X</w:t><w:noBreakHyphen/><w:t>ray</w:t><w:br/><w:t>po</w:t><w:softHyphen/><w:t>\u{AD}wer</w:t><w:tab/>\
        <w:sym w:font='Symbol' w:char='F0B3'/><w:t xml:space='preserve'> 5 </w:t><w:sym w:font='Symbol' w:char='006D'/><w:t>g</w:t></w:r>\
        <w:r><w:rPr><w:rFonts w:ascii='Symbol'/></w:rPr><w:t>\u{F0B0}</w:t></w:r><w:r><w:t>&amp; &#233;</w:t></w:r></w:p>\
        <w:p><m:oMath xmlns:m='m'><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>\
        <m:sSup><m:e><m:r><m:t>m</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></w:p>";
    assert_eq!(shown(body), ["p0|X-ray\npower ≥ 5 μg°& é", "p0|1/2m²"]);
}

#[test]
fn raised_numbers_are_marks_after_words_and_else_stay_raised() {
    let raised = |before: &str, raised: &str, after: &str| {
        format!(
            "<w:p><w:r><w:t>{before}</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>{raised}</w:t></w:r><w:r><w:t xml:space='preserve'>{after}</w:t></w:r></w:p>"
        )
    };
    for (body, text) in [
        (raised("10", "9", "/L"), "10⁹/L"),
        (raised("cm", "2", " wide"), "cm² wide"),
        (
            raised("cm", "2", "").replace("<w:vertAlign w:val='superscript'/>", "<w:rStyle w:val='Up'/>"),
            "cm²",
        ),
        (raised("It helps.", "5,6", " Rest"), "It helps.[5,6] Rest"),
        (raised("the 1", "st", " day"), "the 1st day"),
        (
            raised("10", "1</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2", ""),
            "10¹²",
        ),
    ] {
        assert_eq!(shown(&body), [format!("p0|{text}")]);
    }
}

#[test]
fn notes_stand_at_the_end_under_the_labels_of_their_marks() {
    let mark = |kind: &str, id: u32| format!("<w:r><w:{kind}Reference w:id='{id}'/></w:r>");
    let body = format!(
        "<w:p><w:r><w:t>It helps.</w:t></w:r>{}{}<w:r><w:t xml:space='preserve'> Rest</w:t></w:r>\
         <w:r><w:footnoteReference w:customMarkFollows='1' w:id='4'/><w:t>*</w:t></w:r>{}{}</w:p>",
        mark("footnote", 3),
        mark("endnote", 2),
        mark("footnote", 2),
        mark("footnote", 99)
    );
    let note = |kind: &str, id: u32, text: &str| {
        format!(
            "<w:{kind} w:id='{id}'><w:p><w:r><w:{kind}Ref/></w:r><w:r><w:t xml:space='preserve'> {text}</w:t></w:r></w:p></w:{kind}>"
        )
    };
    let footnotes = [
        "<w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>-</w:t></w:r></w:p></w:footnote>".to_owned(),
        note("footnote", 2, "Two."),
        note("footnote", 3, "Three."),
        note("footnote", 4, "Star."),
        note("footnote", 5, "Never marked."),
    ];
    let endnotes = note("endnote", 2, "End.");
    let parts = [("footnotes", footnotes.concat()), ("endnotes", endnotes)];
    let parts: Vec<_> = parts.iter().map(|(kind, part)| (*kind, part.as_str())).collect();
    let draft = parse(&word(&body, &parts), LIMIT).unwrap();
    let expected = ["p0|It helps.[1][i] Rest[*][2]", "n1|Three.", "ni|End.", "n*|Star.", "n2|Two."];
    assert_eq!(shown_of(&draft), expected);
    let settings =
        "<w:endnotePr><w:numFmt w:val='upperLetter'/></w:endnotePr><w:themeFontLang w:val='de-AT'/>";
    let draft = parse(&word(&body, &[parts[1], ("settings", settings)]), LIMIT).unwrap();
    assert_eq!(shown_of(&draft), ["p0|It helps.[A] Rest*", "nA|End."]);
    assert_eq!(draft.metadata.language.as_deref(), Some("de-AT"));
}

#[test]
fn rows_repeat_the_header_and_cells_that_are_merged() {
    let rows = "<w:tr><w:trPr><w:tblHeader/></w:trPr>".to_owned()
        + &[cell(&p("Drug")), cell(&p("Dose")), cell(&p("When"))].concat()
        + "</w:tr><w:tr><w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>"
        + &p("A")
        + "</w:tc>"
        + &[cell(&p("1 mg")), cell(&format!("{}{}", p("noon"), p("night")))].concat()
        + "</w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>"
        + &p("none")
        + "</w:tc></w:tr><w:tr><w:trPr><w:del w:id='1'/></w:trPr>"
        + &cell(&p("deleted"))
        + "</w:tr>";
    let table = format!("<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>");
    assert_eq!(
        shown(&format!("{}{table}{}", p("Doses:"), p("Text."))),
        ["p0|Doses:", "tr|Drug: A; Dose: 1 mg; When: noon, night", "tr|Drug: A; Dose: none", "p0|Text."]
    );
}

#[test]
fn a_first_row_is_the_header_where_it_is_set_off_or_names_three_columns() {
    let table = |rows: &[String]| shown(&format!("<w:tbl><w:tblPr/>{}</w:tbl>", rows.concat()));
    let open = [row(&["Ward", "Phone"]), row(&["Ears", "555 1"]), row(&["Eyes", "555 2"])];
    assert_eq!(table(&open), ["tr|Ward; Phone", "tr|Ears; 555 1", "tr|Eyes; 555 2"]);
    let set_off = format!("<w:tr>{}{}</w:tr>", cell(&bold("Ward")), cell(&bold("Phone")));
    let expected = ["tr|Ward: Ears; Phone: 555 1", "tr|Ward: Eyes; Phone: 555 2"];
    assert_eq!(table(&[set_off, open[1].clone(), open[2].clone()]), expected);
    let shaded = open[0].replace("<w:tcPr/>", "<w:tcPr><w:shd w:val='clear' w:fill='D9D9D9'/></w:tcPr>");
    assert_eq!(table(&[shaded, open[1].clone(), open[2].clone()]), expected);
    let look = "<w:tblStyle w:val='Banded'/><w:tblLook w:val='04A0'/>";
    assert_eq!(shown(&format!("<w:tbl><w:tblPr>{look}</w:tblPr>{}</w:tbl>", open.concat())), expected);
    let three = [row(&["Ward", "Phone", "Bus"]), row(&["Ears", "555 1", "7"])];
    assert_eq!(table(&three), ["tr|Ward: Ears; Phone: 555 1; Bus: 7"]);
    let figures = [row(&["Ward 3", "555 1", "7"]), row(&["Ward 4", "555 2", "8"])];
    assert_eq!(table(&figures), ["tr|Ward 3; 555 1; 7", "tr|Ward 4; 555 2; 8"]);
    let named = |name: &str, text: &str| format!("<w:tr>{}{}</w:tr>", cell(&bold(name)), cell(&p(text)));
    assert_eq!(
        table(&[named("Phone", "555 1"), named("Open", "daily")]),
        ["tr|Phone: 555 1", "tr|Open: daily"]
    );
}

#[test]
fn a_table_that_lays_out_the_page_is_read_as_what_stands_in_it() {
    let inner = format!("<w:tbl>{}{}</w:tbl>", row(&["a", "b"]), row(&["c", "d"]));
    for (content, expected) in [
        (
            format!("<w:tr>{}</w:tr>", cell(&format!("{}{}", p("One."), item(1, 0, "two")))),
            vec!["p0|One.", "i1-|two"],
        ),
        (row(&["", "Beside a picture."]) + &row(&["", "Below."]), vec!["p0|Beside a picture.", "p0|Below."]),
        (
            format!("<w:tr>{}{}</w:tr>", cell(&p("Left.")), cell(&inner)),
            vec!["p0|Left.", "tr|a; b", "tr|c; d"],
        ),
        (
            row(&["x", "y"]) + &format!("<w:tr>{}{}</w:tr>", cell(&heading("Rest")), cell(&p("Lie down."))),
            vec!["p0|x", "p0|y", "h1|Rest", "p0|Lie down."],
        ),
    ] {
        assert_eq!(shown(&format!("<w:tbl>{content}</w:tbl>")), expected);
    }
}

#[test]
fn short_bold_paragraphs_are_headings_only_where_there_are_no_others() {
    let body =
        [bold("Ear drops"), bold("Storing"), p("In the fridge."), bold("Travel"), p("In a bag.")].concat();
    assert_eq!(
        shown(&body),
        ["h1|Ear drops", "h2|Storing", "p0|In the fridge.", "h2|Travel", "p0|In a bag."]
    );
    let marked = format!("{}{body}", heading("Drops"));
    assert_eq!(shown(&marked)[1..4], ["p0|Ear drops", "p0|Storing", "p0|In the fridge."]);
    for (text, is_heading) in [
        ("Does it sting?", true),
        ("Do not drive home.", false),
        ("Bring with you:", false),
        ("24", false),
        ("Please tell the nurse at the desk if you are or if you may be pregnant", false),
    ] {
        let shown = shown(&[p("Hello."), bold(text), p("Text."), p("More.")].concat());
        assert_eq!(shown[1].starts_with("h2|"), is_heading, "{text}");
    }
    let notice =
        [p("Hello."), bold("Keep out"), bold("of reach"), bold("of children"), p("Text."), p("More.")];
    assert!(shown(&notice.concat()).iter().all(|block| block.starts_with("p0|")));
    assert_eq!(shown(&[p("Text."), bold("The end")].concat()), ["p0|Text.", "p0|The end"]);
}

#[test]
fn the_properties_give_title_date_and_language() {
    let core = |content: &str| {
        let core = format!(
            "<cp:coreProperties xmlns:cp='c' xmlns:dc='d' xmlns:dcterms='t'>{content}</cp:coreProperties>"
        );
        let document = format!("<w:document xmlns:w='{W}'><w:body>{}</w:body></w:document>", p("Text."));
        let rels = format!(
            "<Relationships><Relationship Type='{OFFICE}/officeDocument' Target='/word/document.xml'/>\
             <Relationship Type='x/metadata/core-properties' Target='docProps/core.xml'/></Relationships>"
        );
        let parts = [("_rels/.rels", &rels), ("word/document.xml", &document), ("docProps/core.xml", &core)];
        parse(&zipped(&parts.map(|(name, content)| (name, content.as_str()))), LIMIT).unwrap()
    };
    let draft = core(
        "<dc:title>Ear &amp; nose</dc:title><dc:language>de-AT</dc:language><dcterms:created>2023-01-02T03:04:05Z</dcterms:created>\
                      <dcterms:modified>2024-05-06T07:08:09Z</dcterms:modified>",
    );
    assert_eq!(draft.metadata.title, "Ear & nose");
    assert_eq!(draft.metadata.language.as_deref(), Some("de-AT"));
    // The day on which a file was saved is not one on which anybody reviewed what it says.
    assert_eq!((draft.metadata.reviewed, draft.dated), (None, None));
    for title in ["Microsoft Word - leaflet v3", "leaflet.docx", "Document1", " "] {
        assert_eq!(core(&format!("<dc:title>{title}</dc:title>")).metadata.title, "", "{title}");
    }
    assert_eq!(core("<dc:title>Documents to bring</dc:title>").metadata.title, "Documents to bring");
}

#[test]
fn the_main_part_is_found_by_what_the_package_says() {
    let strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    let document = format!(
        "<x:document xmlns:x='{strict}'><x:body><x:p><x:r><x:t>Rest.</x:t></x:r></x:p></x:body></x:document>"
    );
    let rels = "<Relationships><Relationship Type='http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument' Target='deep/../Text.XML'/></Relationships>";
    let types = "<Types><Override PartName='/text.xml' ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>";
    for other in [("_rels/.rels", rels), ("[Content_Types].xml", types)] {
        let bytes = zipped(&[other, ("text.xml", &document)]);
        assert_eq!(shown_of(&parse(&bytes, LIMIT).unwrap()), ["p0|Rest."]);
    }
}

#[test]
fn what_is_no_word_document_is_refused_with_the_remedy() {
    let compound = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 500], &name].concat()
    };
    let sheet = zipped(&[
        ("_rels/.rels", &relationships(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", "<workbook/>"),
    ]);
    let good = word(&p("Text."), &[]);
    for (bytes, remedy) in [
        (compound("EncryptedPackage"), "it is saved with a password: save it without one"),
        (compound("WordDocument"), "it is an old Word file: open it in Word and save it as .docx"),
        (b"{\\rtf1 text}".to_vec(), "it is an RTF file: open it in Word and save it as .docx"),
        (b"Plain text.".to_vec(), "it is no Word document"),
        (zipped(&[("content.xml", "<a/>")]), "it is no Word document"),
        (sheet, "it is no Word document"),
        (good[..good.len() / 2].to_vec(), "it is a damaged Word file"),
        (word("<w:p><w:r>", &[]), "its part word/document.xml is damaged"),
        (word("<w:x>".repeat(5_000).as_str(), &[]), "its part word/document.xml is damaged"),
        (word(&p("Text."), &[("styles", "<w:style>")]), "its part word/styles.xml is damaged"),
        (word("<w:p><w:r><w:drawing/></w:r></w:p>", &[]), "it holds pictures and no text"),
        (word("<w:p/>", &[]), "it holds no text"),
        (Vec::new(), "it holds no text"),
    ] {
        assert!(reason(&bytes).starts_with(remedy), "{} for {remedy}", reason(&bytes));
    }
}

#[test]
fn what_is_inflated_is_bounded_in_all_parts_together() {
    let bomb = word(&p(&"a".repeat(3_000_000)), &[]);
    assert!(bomb.len() < 20_000);
    let too_large = SkipReason::TooLarge {
        what: "the text packed in it".to_owned(),
        limit: LIMIT,
        key: "max_file_bytes".to_owned(),
    };
    assert_eq!(parse(&bomb, LIMIT).unwrap_err(), too_large);
    let note = format!("<w:footnote w:id='1'>{}</w:footnote>", p(&"a".repeat(600_000)));
    let halves = word(&p(&"a".repeat(600_000)), &[("footnotes", &note)]);
    assert_eq!(parse(&halves, LIMIT).unwrap_err(), too_large);
    assert!(parse(&halves, 2 * LIMIT).is_ok());
}

#[test]
fn entities_that_a_part_defines_are_not_followed() {
    let document = format!(
        "<!DOCTYPE d [<!ENTITY a 'x'><!ENTITY b '&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>\
         <w:document xmlns:w='{W}'><w:body>{}</w:body></w:document>",
        p("Text &b;&c;stays.")
    );
    let rels = relationships(&[("officeDocument", "d.xml")]);
    let bytes = zipped(&[("_rels/.rels", &rels), ("d.xml", &document)]);
    assert_eq!(shown_of(&parse(&bytes, LIMIT).unwrap()), ["p0|Text stays."]);
}

#[test]
fn hostile_nesting_is_read_without_recursion() {
    let nest = |open: &str, close: &str, times: usize| {
        format!("{}{}{}", open.repeat(times), p("deep"), close.repeat(times))
    };
    for body in [
        nest("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 1_000),
        nest("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>", 1_000),
        nest("<w:p>", "</w:p>", 4_000),
        nest("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 1_900),
        format!("{}{}", "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r></w:p>".repeat(9_000), p("deep")),
        format!("<w:p>{}</w:p>{}", "<w:tc><w:tr><w:tbl/></w:tr></w:tc>".repeat(9_000), p("deep")),
        format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", cell(&p("deep")).repeat(9_000)),
    ] {
        let draft = read(&body);
        assert!(draft.text.contains("deep"));
        assert!(draft.text.len() < body.len() + 100_000);
    }
}

#[test]
fn a_name_that_is_longer_than_word_writes_them_names_nothing() {
    let long = "a".repeat(2_000);
    let styles = format!(
        "<w:style w:type='paragraph' w:styleId='{long}'><w:name w:val='heading 1'/></w:style>\
         <w:style w:type='paragraph' w:styleId='Own'><w:name w:val='Own'/><w:pPr><w:numPr><w:numId w:val='{long}'/></w:numPr></w:pPr>\
         </w:style>"
    );
    let numbering = format!(
        "<w:abstractNum w:abstractNumId='{long}'><w:lvl w:ilvl='0'><w:lvlText w:val='%1.'/></w:lvl></w:abstractNum>\
         <w:num w:numId='{long}'><w:abstractNumId w:val='{long}'/></w:num>"
    );
    let body = [
        styled(&format!("<w:pStyle w:val='{long}'/>"), "Going home"),
        styled("<w:pStyle w:val='Own'/>", "Rest."),
        format!(
            "<w:p><w:r><w:rPr><w:rFonts w:ascii='Wingdings{long}'/></w:rPr><w:t>Eat well.</w:t></w:r></w:p>"
        ),
    ];
    let bytes = word(&body.concat(), &[("styles", &styles), ("numbering", &numbering)]);
    let draft = parse(&bytes, LIMIT).unwrap();
    assert_eq!(shown_of(&draft), ["p0|Going home", "p0|Rest.", "p0|Eat well."]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn blocks_ascend_and_are_slices_whatever_the_document_says(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "<w:p>", "</w:p>", "<w:pPr>", "</w:pPr>", "<w:r>", "</w:r>", "<w:rPr>", "</w:rPr>", "<w:b/>", "<w:t>", "</w:t>",
                "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:txbxContent>", "</w:txbxContent>",
                "<w:pStyle w:val='berschrift1'/>", "<w:numPr><w:numId w:val='2'/></w:numPr>", "<w:rPr><w:del/></w:rPr>", "<w:tab/>",
                "<w:br/>", "<w:fldChar w:fldCharType='begin'/>", "<w:fldChar w:fldCharType='end'/>", "<w:vMerge/>", "<w:tcPr>",
                "</w:tcPr>", "<w:vertAlign w:val='superscript'/>", "<w:footnote>", "</w:footnote>", "<w:gridSpan w:val='9'/>", "a", "5",
                ". ", "• ", "é", "<w:sup>", "</w:sup>",
            ]),
            0..60
        )
    ) {
        if let Ok(draft) = parse(&word(&balanced(&pieces), &[("styles", STYLES), ("numbering", NUMBERING)]), LIMIT) {
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
    fn any_change_of_a_byte_gives_a_draft_or_a_reason(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = word(&[heading("Rest"), item(2, 0, "Lie down.")].concat(), &[("styles", STYLES)]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let told = parse(&bytes, LIMIT).map_or_else(|why| why.to_string(), |draft| draft.text);
        prop_assert!(!told.is_empty());
    }
}

/// The pieces with an end tag for each open element and no other end tags.
fn balanced(pieces: &[&str]) -> String {
    let (mut source, mut open) = (String::new(), Vec::new());
    for piece in pieces {
        if let Some(name) = piece.strip_prefix("</") {
            if !open.contains(&name) {
                continue;
            }
            while let Some(last) = open.pop() {
                source.push_str(&format!("</{last}"));
                if last == name {
                    break;
                }
            }
            continue;
        }
        source.push_str(piece);
        let is_start = piece.starts_with('<') && !piece.contains('/');
        open.extend(piece.strip_prefix('<').filter(|_| is_start));
    }
    open.iter().rev().for_each(|name| source.push_str(&format!("</{name}")));
    source
}

#[test]
fn numbers_are_written_as_word_writes_them() {
    use super::numbering::Style;
    for (style, number, text) in [
        (Style::LowerLetter, 26, "z"),
        (Style::LowerLetter, 28, "bb"),
        (Style::UpperLetter, 3, "C"),
        (Style::LowerLetter, 0, "0"),
        (Style::LowerRoman, 1994, "mcmxciv"),
        (Style::UpperRoman, 4, "IV"),
        (Style::UpperRoman, 4000, "4000"),
        (Style::Decimal, -1, "-1"),
    ] {
        assert_eq!(style.write(number), text);
    }
}
