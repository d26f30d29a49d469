//! Tagged files: what the structure says, and structures that are not to be believed.

use super::parse;
use crate::ingest::draft::shown;

/// Text at a place, as marked content of this number.
fn put(number: usize, x: u32, y: u32, text: &str) -> String {
    format!("/P <</MCID {number}>> BDC BT /F 10 Tf {x} {y} Td ({text}) Tj ET EMC\n")
}

/// A tagged file of one page, object 3, with this content, these kids of the root, and further objects.
fn tagged(content: &str, kids: &str, objects: &str) -> Vec<u8> {
    let length = content.len();
    format!(
        "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 9 0 R>> endobj\n\
         2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
         3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R/B 6 0 R>>\
         /Properties<</M <</MCID 0>>>>/XObject<</X 7 0 R>>>>>> endobj\n\
         5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n\
         6 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>> endobj\n\
         9 0 obj <</Type/StructTreeRoot/RoleMap<</Ward#20title/H2/Text/P>>/K [{kids}]>> endobj\n{objects}\
         4 0 obj <</Length {length}>> stream\n{content}\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
    )
    .into_bytes()
}

/// An element of this kind with these kids.
fn element(kind: &str, kids: &str) -> String {
    format!("<</S/{kind}/Pg 3 0 R/K [{kids}]>>")
}

fn read(content: &str, kids: &str) -> Vec<String> {
    read_with(content, kids, "")
}

fn read_with(content: &str, kids: &str, objects: &str) -> Vec<String> {
    shown(&parse(&tagged(content, kids, objects)).unwrap())
}

/// Lines of running text, one below the other, of which each is marked content.
fn page(texts: &[&str]) -> String {
    texts.iter().enumerate().map(|(at, text)| put(at, 50, 700 - 30 * at as u32, text)).collect()
}

const PROSE: &str =
    "The nurse rings you on the day before and tells you when to come in and what to bring with you.";

#[test]
fn headings_are_those_that_the_file_marks_however_they_look() {
    let content = page(&["Knees", "Before", PROSE, "After", PROSE])
        + "/P <</MCID 5>> BDC BT /B 10 Tf 50 500 Td (Bring your stick) Tj /F 10 Tf 0 -12 Td (and walk with it.) Tj ET EMC \
           /P <</MCID 6>> BDC BT /B 10 Tf 50 450 Td (Your stick) Tj ET EMC";
    let kids = [
        element("H1", "0"),
        element("Sect", &(element("Ward#20title", "1") + &element("Text", "2"))),
        element(
            "Sect",
            &element(
                "Sect",
                &(element("H", "3") + &element("Text", "4") + &element("P", "5") + &element("P", "6")),
            ),
        ),
    ];
    let prose = format!("p0|{PROSE}");
    let bold = "p0|Bring your stick and walk with it.";
    let expected = ["h1|Knees", "h2|Before", &prose, "h2|After", &prose, bold, "p0|Your stick"];
    assert_eq!(read(&content, &kids.concat()), expected);
}

#[test]
fn where_few_headings_are_marked_the_look_tells_the_others() {
    let content = "/P <</MCID 0>> BDC BT /F 20 Tf 50 760 Td (Knees) Tj ET EMC\n".to_owned()
        + &put(1, 50, 700, PROSE)
        + "/P <</MCID 2>> BDC BT /B 10 Tf 50 660 Td (Going home) Tj ET EMC\n"
        + &put(3, 50, 645, PROSE);
    let prose = format!("p0|{PROSE}");
    for title in ["H1", "P"] {
        let kids = element(title, "0") + &["1", "2", "3"].map(|at| element("P", at)).concat();
        assert_eq!(read(&content, &kids), ["h1|Knees", &prose, "h2|Going home", &prose]);
    }
    // Nor where the file leaves more of them to the look than it marks.
    let set = |font: &str, at: usize, text: &str| {
        format!("/P <</MCID {at}>> BDC BT /{font} 10 Tf 50 {} Td ({text}) Tj ET EMC ", 700 - 30 * at)
    };
    let texts = ["Knees", "Before", PROSE, "Rest", PROSE, "Walk", PROSE, "Work", PROSE];
    let content: String = texts
        .iter()
        .enumerate()
        .map(|(at, text)| set(if *text == PROSE { "F" } else { "B" }, at, text))
        .collect();
    let kids: String = (0..9).map(|at| element(if at < 2 { "H1" } else { "P" }, &at.to_string())).collect();
    let levels: Vec<_> = read(&content, &kids).iter().map(|block| block[..2].to_owned()).collect();
    assert_eq!(levels, ["h1", "h1", "p0", "h1", "p0", "h1", "p0", "h1", "p0"]);
    // A heading of a whole paragraph is one.
    let line = |at: u32| format!("BT /F 10 Tf 50 {} Td ({PROSE}) Tj ET ", 780 - 12 * at);
    let long = format!("/H1 <</MCID 4>> BDC {} EMC ", (0..3).map(line).collect::<String>());
    let long = long + &page(&["Rest", PROSE, "Walk", PROSE]);
    let kids: String = [("H1", "4"), ("H2", "0"), ("P", "1"), ("H2", "2"), ("P", "3")]
        .map(|(kind, at)| element(kind, at))
        .concat();
    let read = read(&long, &kids);
    assert_eq!(read.iter().map(|block| &block[..3]).collect::<Vec<_>>(), ["p0|", "h2|", "p0|", "h2|", "p0|"]);
}

#[test]
fn items_have_their_labels_their_paragraphs_and_lists_of_their_own() {
    let content =
        page(&["Please", "1.", "wash", PROSE, "-", "dry", "Step A one", "rest", "(c)", "walk", "2. sleep"]);
    let item = |label: &str, body: &str| element("LI", &(element("Lbl", label) + &element("LBody", body)));
    let inner = element("L", &item("4", &element("P", "5")));
    let first = element("P", "2") + &element("P", "3") + &inner;
    let list = [item("1", &first), item("6", "7"), item("8", "9"), element("LI", "10")].concat();
    let kids = element("P", "0") + &element("L", &list);
    let expected = [
        "p0|Please",
        "i11|wash",
        &format!("p1|{PROSE}"),
        "i2-|dry",
        "i1-|Step A one rest",
        "i1c|walk",
        "i12|sleep",
    ];
    assert_eq!(read(&content, &kids), expected);
}

#[test]
fn rows_are_those_that_the_file_marks() {
    let content = page(&["Drug", "Dose", "Codeine", "30 mg", "at night", "not with wine", PROSE]);
    let cell = |kind: &str, more: &str, kids: &str| format!("<</S/{kind}/Pg 3 0 R{more}/K [{kids}]>>");
    let head = element("TR", &(cell("TH", "", "0") + &cell("TH", "/A[0 <</O/Table/ColSpan 2>>]", "1")));
    let one = cell("TD", "/A<</O/Table/RowSpan 2>>", "2")
        + &cell("TD", "", &element("P", "3"))
        + &cell("TD", "", "4");
    let rows = [element("TR", &one), element("TR", &cell("TD", "/A<</ColSpan 2>>", "5"))].concat();
    let kids = element("Table", &(element("THead", &head) + &element("TBody", &rows))) + &element("P", "6");
    let expected = [
        "tr|Drug: Codeine; Dose: 30 mg; Dose: at night",
        "tr|Drug: Codeine; Dose: not with wine",
        &format!("p0|{PROSE}"),
    ];
    assert_eq!(read(&content, &kids), expected);
    // A table with headings in it only lays out the page.
    let content = page(&["Knees", PROSE, "Hips", PROSE]);
    let side = |heading, text| element("TD", &(element("H1", heading) + &element("P", text)));
    let kids = element("Table", &(element("TR", &(side("0", "1") + &side("2", "3"))) + &element("TR", "")));
    let prose = format!("p0|{PROSE}");
    assert_eq!(read(&content, &kids), ["h1|Knees", &prose, "h1|Hips", &prose]);
}

#[test]
fn the_order_is_that_of_the_structure_and_artifacts_are_left_out() {
    let content = put(1, 50, 700, PROSE)
        + &put(0, 50, 600, "This comes first.")
        + "/Artifact BMC BT /F 8 Tf 50 780 Td (Ward 7) Tj ET EMC /P /M BDC BT /F 10 Tf 50 585 Td (And this.) Tj ET EMC";
    let kids = element("P", "<</Type/MCR/Pg 3 0 R/MCID 0>> <</Type/OBJR/Obj 3 0 R>>") + &element("P", "1");
    let expected = [
        "p0|This comes first. And this.".to_owned(),
        format!("p0|{PROSE}"),
        "x pdf page header or footer|Ward 7".to_owned(),
    ];
    assert_eq!(read(&content, &kids), expected);
}

#[test]
fn a_paragraph_goes_on_in_the_next_column_and_behind_a_note() {
    let line = |x, y, text| format!("BT /F 10 Tf {x} {y} Td ({text}) Tj ET ");
    let content = "/P <</MCID 0>> BDC ".to_owned()
        + &line(50, 700, "Take the tablets with water,")
        + &line(50, 688, "do not lie down until")
        + &line(300, 700, "half an hour has gone by")
        + "EMC "
        + &put(1, 50, 100, "1 See the pack.")
        + &put(2, 300, 688, "and tell us how it went.");
    let kids = element("P", &format!("0 {} 2", element("Note", "1")));
    let whole = "Take the tablets with water, do not lie down until half an hour has gone by and tell us how it went.";
    assert_eq!(read(&content, &kids), [&format!("p0|{whole}"), "p0|1 See the pack."]);
}

#[test]
fn text_of_no_element_is_kept_where_it_is_little_and_else_the_layout_decides() {
    let lone = " BT /F 10 Tf 50 300 Td (Ring 555) Tj ET";
    let content = page(&["Knees", PROSE, "Rest", PROSE]) + lone;
    let kids = ["H1", "P", "H2", "P"].iter().enumerate();
    let kids: String = kids.map(|(at, kind)| element(kind, &at.to_string())).collect();
    let prose = format!("p0|{PROSE}");
    assert_eq!(read(&content, &kids), ["h1|Knees", &prose, "h2|Rest", &prose, "p0|Ring 555"]);
    let layout = ["p0|Knees", &prose, "p0|Rest", &prose, "p0|Ring 555"];
    assert_eq!(read(&(page(&["Knees", PROSE, "Rest"]) + &put(9, 50, 610, PROSE) + lone), &kids), layout);
    // An artifact that is not of the page may be text.
    let hidden = format!("/Artifact BMC BT /F 10 Tf 50 610 Td ({PROSE}) Tj ET EMC");
    assert_eq!(read(&(page(&["Knees", PROSE, "Rest"]) + &hidden + lone), &kids), layout);
}

#[test]
fn a_structure_that_breaks_paragraphs_into_lines_is_not_believed() {
    let lines =
        ["The nurse rings you on the", "day before and tells you when", "to come in and what to", "bring."];
    let content: String = (0..8).map(|at| put(at, 50, 700 - 12 * at as u32, lines[at % 4])).collect();
    let kids: String = (0..8).map(|at| element("P", &at.to_string())).collect();
    let whole = format!("p0|{}", lines.join(" "));
    assert_eq!(read(&content, &kids), [whole.clone(), whole]);
}

#[test]
fn a_mark_that_a_style_draws_before_an_item_is_read_with_it() {
    let content = page(&["Rest", PROSE, "Do not", "drive a car", "lift a child"])
        + " BT /F 10 Tf 40 610 Td (x) Tj 0 -30 Td (-) Tj ET";
    let list = element("L", &["3", "4"].map(|at| element("LI", &element("LBody", at))).concat());
    let kids = element("H1", "0") + &element("P", "1") + &element("H1", "2") + &list;
    let expected = ["h1|Rest", &format!("p0|{PROSE}"), "h1|Do not", "i1-|x drive a car", "i1-|lift a child"];
    assert_eq!(read(&content, &kids), expected);
}

#[test]
fn what_goes_on_below_a_heading_in_an_item_is_a_paragraph() {
    let content = page(&["Ring", "Ward 7", PROSE, "Rest", PROSE]);
    let item = element("LI", &(element("P", "0") + &element("H2", "1") + &element("P", "2")));
    let kids = element("L", &item) + &element("H2", "3") + &element("P", "4");
    let prose = format!("p0|{PROSE}");
    assert_eq!(read(&content, &kids), ["i1-|Ring", "h2|Ward 7", &prose, "h2|Rest", &prose]);
}

#[test]
fn structures_that_lead_nowhere_end() {
    let plain = [format!("p0|{PROSE}")];
    let content = put(0, 50, 700, PROSE);
    let deep = "<</S/Div/K [".repeat(30) + "0" + &"]>>".repeat(30);
    for kids in [
        "10 0 R 10 0 R".to_owned(),
        "[[[0]]] 77 0 R -4 99999999999 (text) /Name null".to_owned(),
        deep,
        String::new(),
    ] {
        let round = "10 0 obj <</S/Sect/P 9 0 R/K [9 0 R 10 0 R 11 0 R]>> endobj\n\
                     11 0 obj <</S/P/Pg 3 0 R/K [10 0 R 0]>> endobj\n";
        assert_eq!(read_with(&content, &kids, round), plain, "{kids}");
    }
}

#[test]
fn forms_may_number_their_content_on_their_own() {
    let form = put(0, 50, 600, PROSE);
    let object = format!(
        "7 0 obj <</Type/XObject/Subtype/Form/StructParents 1/BBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>>>/Length \
         {}>> stream\n{form}\nendstream endobj\n",
        form.len()
    );
    let content = put(0, 50, 700, "Second.") + "/X Do";
    let kids = element("P", "<</Type/MCR/Pg 3 0 R/Stm 7 0 R/MCID 0>>") + &element("P", "0");
    assert_eq!(read_with(&content, &kids, &object), [&format!("p0|{PROSE}"), "p0|Second."]);
}

#[test]
fn what_a_file_says_for_characters_counts_where_the_font_says_nothing() {
    let shown = |said: &str, shown: &str| {
        let content = format!(
            "BT /F 10 Tf 50 700 Td (Rest for a while, as the treat) Tj /Span <</ActualText {said}>> BDC ({shown}) Tj EMC \
             0 -12 Td (ment is hard and you are worn out.) Tj ET"
        );
        read(&content, "")
    };
    assert_eq!(
        shown("<FEFF00AD>", "-"),
        ["p0|Rest for a while, as the treatment is hard and you are worn out."]
    );
    // What can be read is what is quoted.
    assert_eq!(shown("(y)", "s"), ["p0|Rest for a while, as the treats ment is hard and you are worn out."]);
}
