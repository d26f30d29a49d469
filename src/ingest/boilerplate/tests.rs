use super::*;
use crate::ingest::draft::DraftBlock;

fn name(text: &str) -> Option<String> {
    Boilerplate::new(&IngestConfig::default()).unwrap().name(text)
}

#[test]
fn what_surrounds_a_page_is_recognised() {
    for text in [
        "Garden tips from Fernhill delivered to your inbox each month.",
        "Subscribe for free, and a calendar of sowing comes with it. Unsubscribe whenever you please.",
        "Sign up for our monthly newsletter.",
        "I'd like to hear more about",
        "Skip to main content",
        "Home > Garden > Roses",
        "Home » Bees",
        "Associated Procedures",
        "Related articles",
        "News from Fernhill Gardens",
        "Products & Services",
        "Products and services",
        "Request an Appointment",
        "Share",
        "Print this page",
        "Share on Facebook",
        "Explore our clinical studies",
        "© 2024 Fernhill Gardens",
        "Copyright © 2020-2024 Fernhill. All rights reserved.",
        "This website uses cookies to improve your visit.",
        "Accept all cookies",
        "Privacy policy",
        "Please enable JavaScript to see this page.",
        "Advertising revenue supports our gardens.",
        "You may opt out of e-mail communications at any time.",
        "So that our letters fit, we may combine your email with what else we know. Protected health information may be among it.",
    ] {
        assert!(name(text).is_some(), "{text:?} was kept");
    }
}

#[test]
fn medical_text_that_merely_mentions_such_things_is_kept() {
    for text in [
        "Share with your doctor any change that you see.",
        "Share your list of medicines with the nurse.",
        "Request an appointment with the ward doctor if the fever lasts for three days.",
        "Related to the dose, nausea may occur.",
        "Print this list and take it to your appointment.",
        "Do not skip to the next dose.",
        "Cookies and other sweets raise your blood sugar.",
        "You can agree to a plan for cookies and cakes with your dietitian.",
        "Sign up for a class on giving up smoking; it is free.",
        "Your records are private, and your doctor protects your health information.",
        "We will use this information to plan your care.",
        "Explore studies of new creams for psoriasis.",
        "Clinical trials",
        "Related conditions include asthma and hay fever.",
        "Products with caffeine can keep you awake.",
        "Home dialysis",
        "Home oxygen / concentrators need an outlet.",
        "Search for lumps once a month.",
        "Contact us at the ward if the wound bleeds.",
        "Receptors in the blood vessels subscribe to this signal.",
        "The next page of your diary is for the night.",
        "Some ask their doctor to e-mail the results.",
        "Follow-up after surgery",
        "Close contacts should be tested.",
        "The privacy of the changing room matters to many patients.",
    ] {
        assert_eq!(name(text), None, "{text:?} was left out");
    }
}

#[test]
fn one_notice_in_a_long_paragraph_does_not_take_it_away() {
    let text = "Rest the knee. Cool it. Raise it. Our newsletter has more: subscribe to our newsletter.";
    assert_eq!(name(text), None);
    assert_eq!(
        name("Rest the knee. You can unsubscribe at the foot of each letter.").as_deref(),
        Some("subscription")
    );
}

#[test]
fn own_patterns_add_to_the_built_in_ones_which_can_be_switched_off() {
    let config = IngestConfig { boilerplate: vec!["^ward 7".to_owned()], ..IngestConfig::default() };
    let patterns = Boilerplate::new(&config).unwrap();
    assert_eq!(patterns.name("Ward 7 is open.").as_deref(), Some("^ward 7"));
    assert!(patterns.name("Print").is_some());
    let patterns = Boilerplate::new(&IngestConfig { builtin_boilerplate: false, ..config }).unwrap();
    assert_eq!(patterns.name("Print"), None);
    assert!(patterns.name("ward 7").is_some());
}

#[test]
fn a_bad_pattern_is_named() {
    let config =
        IngestConfig { boilerplate: vec!["fine".to_owned(), "(".to_owned()], ..IngestConfig::default() };
    let error = Boilerplate::new(&config).unwrap_err();
    assert_eq!(error.pattern, "(");
    assert!(error.to_string().contains("ingest.boilerplate"));
}

#[test]
fn links_under_a_heading_of_the_navigation_go_with_it() {
    let text = "Associated procedures\nKnee scan\nKnee scans are safe.\nKnee scan";
    let block = |kind, start, end| DraftBlock { kind, span: Span::new(start, end), run_in: None };
    let item = || DraftKind::Item { depth: 1, label: None };
    let blocks = vec![
        block(DraftKind::Heading { level: 2 }, 0, 21),
        block(item(), 22, 31),
        block(item(), 32, 52),
        block(item(), 53, 62),
    ];
    let draft = Draft { text: text.to_owned(), blocks, ..Draft::default() };
    let found = Boilerplate::new(&IngestConfig::default()).unwrap().find(&draft);
    assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, false]);
}

/// For each block of a Markdown text whether it is left out.
fn left_out(text: &str) -> Vec<bool> {
    let draft = crate::ingest::markdown::parse(text.to_owned()).unwrap();
    let found = Boilerplate::new(&IngestConfig::default()).unwrap().find(&draft);
    found.iter().map(Option::is_some).collect()
}

#[test]
fn what_the_site_lets_its_visitors_do_is_a_heading_where_text_stands_under_it() {
    let ways = "- Ward 7: 01632 960001\n- Night desk: 01632 960002\n";
    assert_eq!(left_out(&format!("## Contact us\n\n{ways}")), [false; 3]);
    assert_eq!(left_out(&format!("## Contact us\n\n### At night\n\n{ways}")), [false; 4]);
    assert_eq!(left_out("## Book an appointment\n\nDial 7 on any telephone.\n"), [false; 2]);
    assert_eq!(left_out("## Find a doctor\n\n- Knee clinic\n- Chest clinic\n"), [false; 3]);
    assert_eq!(left_out("## Contact us\n\n## Costs\n\nIt is free.\n"), [true, false, false]);
    assert_eq!(left_out("## Read more\n\n- Knee scan\n"), [true, false]);
}

#[test]
fn telephone_numbers_and_addresses_are_no_links() {
    assert_eq!(
        left_out("## Related content\n\n- Knee scan\n- Ward 7: 01632 960001\n- Chest scan\n"),
        [true, true, false, false]
    );
    assert_eq!(left_out("## Related content\n\n- ward7@clinic.example\n"), [true, false]);
}
