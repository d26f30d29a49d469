//! Tests of the forms: what was asked as a table, as CSV, as JSON and as a page.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use serde_json::json;

use super::*;
use crate::store::{NearestSection, UnansweredQuestion};

fn dated(day: u64, question: &str, change: impl Fn(&mut UnansweredQuestion)) -> DatedQuestion {
    let mut question = UnansweredQuestion::asked(question);
    change(&mut question);
    DatedQuestion { day, question }
}

fn near(question: &mut UnansweredQuestion) {
    question.nearest = Some(NearestSection {
        document: "port.md".into(),
        title: "Your port".into(),
        section: vec!["Your port".into(), "Sport".into()],
    });
}

fn asked() -> KeptQuestions {
    let questions = vec![
        dated(20_000, "May I swim with a port?", near),
        dated(20_002, "can I swim with the port", |question| {
            near(question);
            question.door = "desk".into();
            question.is_unhelpful = true;
        }),
        dated(20_001, "May I swim with a port?", near),
        dated(20_001, "=HYPERLINK(\"x\")", |_| {}),
    ];
    KeptQuestions { questions, damaged: 0 }
}

/// What is shown of `kept`, grouped by the words alone.
fn listing(kept: &KeptQuestions, limit: u32) -> Listing<'_> {
    Listing::of(kept, &groups::by_words(&kept.questions), limit)
}

#[test]
fn the_table_tells_how_often_when_where_and_what_was_nearest() {
    let kept = asked();
    let expected = "\
times  first       last        doors             reasons                    question
    3  2024-10-04  2024-10-06  socket 2, desk 1  no_match 2, not_helpful 1  May I swim with a port?
       nearest: Your port \u{203a} Sport
    1  2024-10-05  2024-10-05  socket 1          no_match 1                 =HYPERLINK(\"x\")
";
    assert_eq!(table::table(&listing(&kept, 50).lines), expected);
}

#[test]
fn the_spreadsheet_tells_the_same_and_has_no_formula() {
    let kept = asked();
    let expected = "\
times,first,last,doors,reasons,question,document,nearest
3,2024-10-04,2024-10-06,\"socket 2, desk 1\",\"no_match 2, not_helpful 1\",\"May I swim with a port?\",\"port.md\",\"Your port \u{203a} Sport\"
1,2024-10-05,2024-10-05,\"socket 1\",\"no_match 1\",\"'=HYPERLINK(\"\"x\"\")\",\"\",\"\"
";
    assert_eq!(csv::csv(&listing(&kept, 50).lines), expected);
}

#[test]
fn programs_get_the_same_as_json() {
    let kept = asked();
    let found: serde_json::Value = serde_json::from_str(&listing(&kept, 1).json()).unwrap();
    let group = json!({
        "times": 3,
        "first": "2024-10-04",
        "last": "2024-10-06",
        "question": "May I swim with a port?",
        "doors": {"socket": 2, "desk": 1},
        "reasons": {"no_match": 2, "not_helpful": 1},
        "languages": {},
        "nearest": {"document": "port.md", "title": "Your port", "section": ["Your port", "Sport"]},
    });
    assert_eq!(found, json!({"questions": 4, "groups": 2, "damaged": 0, "unanswered": [group]}));
}

#[test]
fn what_is_not_among_what_is_shown_is_told() {
    let kept = KeptQuestions { damaged: 2, ..asked() };
    assert_eq!(
        listing(&kept, 1).summary(),
        "4 questions in 2 groups; 1 shown, `--limit` shows more; 2 damaged"
    );
    assert_eq!(listing(&KeptQuestions::default(), 1).summary(), "0 questions in 0 groups");
}

/// The page of `kept`, made on 28 October 2024.
fn page_of(kept: &KeptQuestions) -> String {
    let about = About {
        service: "Leaflets of the ward",
        language: "en",
        since: Some("2024-10-01".parse().unwrap()),
        today: 20_024,
        retention_days: 30,
    };
    page::page(&listing(kept, 50), &about)
}

/// What patients of a clinic may ask in a month, of every reason, in two languages.
fn month() -> KeptQuestions {
    let mut questions = Vec::new();
    for at in 0..24_u64 {
        let wording = if at % 3 == 0 { "can i swim with my port" } else { "May I swim with a port?" };
        questions.push(dated(20_000 + at, wording, near));
        if at % 2 == 0 {
            questions.push(dated(20_001 + at, "Who brings me home after the scan?", |question| {
                (question.outcome, question.reason) = ("low_confidence".into(), None);
                near(question);
            }));
        }
        if at % 4 == 0 {
            questions.push(dated(20_001 + at, "How long do I wait for a letter?", |question| {
                question.is_unhelpful = true;
            }));
        }
        if at % 6 == 0 {
            questions.push(dated(20_000 + at, "Wie lange dauert die Behandlung?", |question| {
                (question.reason, question.language) = (Some("language".into()), Some("german".into()));
            }));
        }
    }
    questions.push(dated(20_020, "[name], is there a bus?", |question| {
        question.reason = Some("off_topic".into());
    }));
    KeptQuestions { questions, damaged: 0 }
}

fn select<'p>(page: &'p Html, selector: &str) -> Vec<ElementRef<'p>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let text = |element: ElementRef<'_>| element.text().collect::<String>();
    let lines = select(page, selector).into_iter().map(text);
    lines.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// `IBID_UNANSWERED_PAGE=FILE cargo test --lib the_page_tells` writes it, to be looked at.
#[test]
fn the_page_tells_what_was_asked_when_why_and_what_was_nearest() {
    let kept = month();
    let text = page_of(&kept);
    if let Some(file) = std::env::var_os("IBID_UNANSWERED_PAGE") {
        std::fs::write(file, &text).unwrap();
    }
    assert!(text.starts_with(page::HEAD), "or the next page could not take its place");
    let page = Html::parse_document(&text);
    let facts = texts(&page, ".facts div");
    let expected = [
        "Questions47",
        "Groups5",
        "Asked4 October 2024 to 27 October 2024",
        "Only since1 October 2024",
        "Page made28 October 2024",
    ];
    assert_eq!(facts, expected);
    assert_eq!(texts(&page, "main > p"), ["Leaflets of the ward"]);
    let groups = texts(&page, ".groups h3");
    assert_eq!(groups[0], "May I swim with a port?");
    assert_eq!(groups[4], "[name], is there a bus?");
    let about = texts(&page, ".groups dd");
    assert_eq!(about[0], "24 times, 4 October 2024 to 27 October 2024");
    assert_eq!(about[1], "No passage answers");
    assert_eq!(about[2], "Your port \u{203a} Sport (port.md)");
    assert!(about.contains(&"once, 24 October 2024".to_owned()), "{about:?}");
    assert!(about.contains(&"German".to_owned()), "{about:?}");
    assert_eq!(select(&page, "h3[lang=de]").len(), 1);
    assert_eq!(texts(&page, ".groups summary"), ["2 wordings"]);
    assert_eq!(texts(&page, ".groups details li")[0], "May I swim with a port? (16 times)");
    let columns = texts(&page, "th[scope=col]");
    assert_eq!((columns[0].as_str(), columns.len()), ("Week of", 7));
    assert_eq!(texts(&page, "th[scope=row]").len(), 5);
    assert_eq!(texts(&page, "svg .name")[0], "All: 47");
    let data = texts(&page, "section[aria-labelledby=data] p");
    assert!(data[0].contains("[address], [e-mail], [link], [name], [number]"), "{data:?}");
    assert!(
        data[1].contains("30 days") && data[1].contains("3 November 2024 to 26 November 2024"),
        "{data:?}"
    );
}

/// Every element of `text` ends where the one around it has not yet ended.
#[track_caller]
fn assert_balanced(text: &str) {
    let tag = Regex::new("<(/?)([a-z0-9]+)[^>]*?(/?)>").unwrap();
    let mut open = Vec::new();
    for found in tag.captures_iter(text).filter(|found| &found[2] != "meta" && &found[3] != "/") {
        if found[1].is_empty() {
            open.push(found[2].to_owned());
        } else {
            assert_eq!(open.pop().as_deref(), Some(&found[2]), "{}", &found[0]);
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn the_page_can_be_read_by_everyone() {
    let text = page_of(&month());
    assert_balanced(&text);
    let page = Html::parse_document(&text);
    assert_eq!(select(&page, "html[lang=en]").len(), 1);
    assert_eq!(texts(&page, "head > title"), ["What patients asked in vain"]);
    let levels: Vec<u8> = select(&page, "h1, h2, h3, h4")
        .iter()
        .map(|heading| heading.value().name().as_bytes()[1] - b'0')
        .collect();
    assert_eq!(levels[0], 1);
    assert!(levels[1..].iter().all(|level| *level > 1), "one title: {levels:?}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level is left out: {levels:?}");
    let ids: Vec<&str> = select(&page, "[id]").iter().filter_map(|element| element.value().id()).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "{ids:?}");
    for element in select(&page, "[aria-labelledby]") {
        let labels = element.value().attr("aria-labelledby").unwrap();
        assert!(labels.split(' ').all(|label| known.contains(label)), "{labels}");
    }
    assert_eq!(select(&page, "th").len(), select(&page, "th[scope]").len());
    assert_eq!(select(&page, "table").len(), select(&page, "table caption").len());
    assert_eq!(select(&page, "svg").len(), select(&page, "svg[role=img]").len());
    for wide in select(&page, ".wide") {
        assert_eq!((wide.value().attr("tabindex"), wide.value().attr("role")), (Some("0"), Some("region")));
        assert!(wide.value().attr("aria-label").is_some());
    }
}

/// The relative luminance of a colour, as WCAG 2.2 has it.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn letters_stand_out_in_the_light_in_the_dark_and_on_paper() {
    let set = Regex::new(r"--(\w+): (#[0-9a-f]{6});").unwrap();
    let mut colours = BTreeMap::new();
    let mut schemes = 0;
    for block in include_str!("page.css").split(":root {").skip(1) {
        let block = block.split('}').next().unwrap();
        colours.extend(set.captures_iter(block).map(|found| (found[1].to_owned(), found[2].to_owned())));
        for ground in ["paper", "card"] {
            for letters in ["ink", "soft", "accent"] {
                let found = contrast(&colours[ground], &colours[letters]);
                assert!(found >= 4.5, "{letters} on {ground}: {found:.2} in scheme {schemes}");
            }
        }
        schemes += 1;
        // Paper starts from the light ones.
        if schemes == 2 {
            colours.clear();
            let light = include_str!("page.css").split('}').next().unwrap();
            colours.extend(set.captures_iter(light).map(|found| (found[1].to_owned(), found[2].to_owned())));
        }
    }
    assert_eq!(schemes, 3);
}

#[test]
fn nothing_that_was_asked_or_read_becomes_markup_and_nothing_is_loaded() {
    let hostile = "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'\u{202e}&";
    let kept = KeptQuestions {
        questions: vec![
            dated(20_000, hostile, |question| {
                question.nearest = Some(NearestSection {
                    document: hostile.into(),
                    title: hostile.into(),
                    section: vec![hostile.into()],
                });
                question.reason = Some(hostile.into());
                question.language = Some(hostile.into());
            }),
            dated(20_000, hostile, |question| question.reason = Some("no_match".into())),
        ],
        damaged: 1,
    };
    let about = About { service: hostile, language: hostile, since: None, today: 20_000, retention_days: 30 };
    let text = page::page(&listing(&kept, 50), &about);
    assert_balanced(&text);
    let page = Html::parse_document(&text);
    for selector in ["script", "img", "link", "a", "iframe", "[src]", "[href]", "[style]", "[onerror]"] {
        assert_eq!(select(&page, selector).len(), 0, "{selector}");
    }
    assert!(!text.contains('\u{202e}'));
    assert_eq!((select(&page, "style").len(), select(&page, "main").len()), (1, 1));
    let policy =
        select(&page, "meta[http-equiv=Content-Security-Policy]")[0].value().attr("content").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let style = select(&page, "style")[0].text().collect::<String>();
    assert!(!style.contains("url(") && !style.contains("@import"));
    assert_eq!(texts(&page, ".facts div")[3], "Damaged, not counted1");
}

#[test]
fn without_questions_the_page_says_so() {
    let page = Html::parse_document(&page_of(&KeptQuestions::default()));
    assert_eq!(texts(&page, ".facts div")[2], "AskedNone is kept");
    assert_eq!(select(&page, "svg, table, .groups").len(), 0);
}

#[test]
fn what_holds_for_some_of_a_group_is_counted() {
    let told = |question: &mut UnansweredQuestion| question.language = Some("cyrillic".into());
    let doubted = |question: &mut UnansweredQuestion| question.reason = Some("too_vague".into());
    let questions =
        vec![dated(20_000, "a?", told), dated(20_000, "a?", |_| {}), dated(20_000, "a?", doubted)];
    let page = Html::parse_document(&page_of(&KeptQuestions { questions, damaged: 0 }));
    let about = texts(&page, ".groups dd");
    let expected = [
        "3 times, 4 October 2024",
        "No passage answers: 2; Too vague to look up: 1",
        "in Cyrillic script: 1",
    ];
    assert_eq!(about, expected);
    assert_eq!(select(&page, "h3[lang=en]").len(), 1);
}

#[test]
fn of_many_wordings_the_most_frequent_are_shown() {
    let wording = |at: u64| format!("Can I swim with the port{}", "?".repeat(at as usize));
    let questions = (0..80).map(|at| dated(20_000, &wording(at), |_| {})).collect();
    let page = Html::parse_document(&page_of(&KeptQuestions { questions, damaged: 0 }));
    assert_eq!(texts(&page, ".groups summary"), ["80 wordings"]);
    assert_eq!(select(&page, ".groups details li").len(), 50);
    assert_eq!(texts(&page, ".groups details p"), ["The 50 that came most often are shown."]);
}
