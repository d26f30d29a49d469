//! What is quoted of lists, tables, answers and lead-ins, in small documents made for one case each.

use std::sync::atomic::AtomicBool;

use ibid::answer::{Outcome, Relation};
use ibid::retrieve::Question;

use crate::corpus::{Corpus, ask};
use crate::verbatim::assert_verbatim;

#[test]
fn the_surroundings_of_a_quote_from_an_endless_list_are_bounded() {
    let mut text = "# Herbs\n\nThe garden holds these herbs:\n\n".to_owned();
    (0..2_000).for_each(|at| text.push_str(&format!("- herb number {at} of the bed by the wall\n")));
    let corpus = Corpus::of(&[("herbs.md", &text)]);
    let engine = corpus.engine();
    let answer = ask(&engine, "which herbs does the garden hold");
    assert_verbatim(&engine, &answer);
    for citation in &answer.citations {
        assert!(citation.passage.len() < 8_000, "{} bytes", citation.passage.len());
    }
    assert!(answer.citations[0].quote.starts_with("The garden holds these herbs:\n\n- herb number 0"));
}

#[test]
fn a_list_that_is_quoted_stands_in_the_section_of_its_lead_in_and_has_the_literature_of_what_is_quoted() {
    for (sentences, is_whole) in [(1, true), (12, false)] {
        let varnish =
            "The varnish hardens slowly in the cold workshop and needs a warm room. ".repeat(sentences);
        let text = format!(
            "# Lutes\n\n## Repair\n\nRepair options include:\n\n- **Glue.** The glue option closes a crack.\n- \
             **Varnish.** {varnish}[1]\n\n## References\n\n1. Adler W. Varnish of lutes. 2018; doi:10.5555/lute.\n"
        );
        let corpus = Corpus::of(&[("lutes.md", &text)]);
        let engine = corpus.engine();
        let answer = ask(&engine, "what are the repair options");
        assert_verbatim(&engine, &answer);
        let first = &answer.citations[0];
        assert!(first.quote.starts_with("Repair options include:\n\n- **Glue.**"), "{}", first.quote);
        assert_eq!(first.reference.section, ["Repair"]);
        let mut entries = first.reference.bibliography.iter();
        assert_eq!(entries.any(|entry| entry.relation == Relation::Cited), is_whole, "{}", first.quote);
    }
}

#[test]
fn how_long_is_answered_by_the_sentence_with_a_time_under_the_heading_that_names_the_subject() {
    let text = "Wood glue\n\nKinds include:\n\n  • Bone glue (BG). BG is boiled from hides and bones. Over two \
                to three days, the joint becomes hard.\n  • Casein. Casein is mixed with lime.\n";
    let corpus = Corpus::of(&[("glue.txt", text)]);
    let answer = ask(&corpus.engine(), "how long does BG take to work?");
    assert_eq!(answer.citations[0].quote, "Over two to three days, the joint becomes hard.");
    assert_eq!(answer.citations[0].reference.section, ["Bone glue (BG)"]);
}

#[test]
fn how_long_is_answered_by_the_sentence_with_a_time_and_by_no_neighbour_without() {
    let text = "# Lutes\n\n## Oil varnish\n\nAn oil varnish protects the wood of a lute and gives it its colour. A varnish takes \
                about six weeks to harden in the sun. Many makers mix their own varnish of linseed oil and \
                resin.\n\n## Casein glue\n\nCasein glue is mixed with lime. It keeps for two days.\n";
    let mut corpus = Corpus::of(&[("lutes.md", text)]);
    corpus.config.encoder.enabled = true;
    let engine = corpus.engine();
    engine.encode_pending(&mut |_, _| {}, &AtomicBool::new(false)).unwrap();
    for (question, quote) in [
        ("how many weeks does oil varnish take?", "A varnish takes about six weeks to harden in the sun."),
        ("how long does casein glue keep?", "Casein glue is mixed with lime. It keeps for two days."),
    ] {
        let answer = ask(&engine, question);
        assert_verbatim(&engine, &answer);
        assert_eq!(answer.citations[0].quote, quote);
    }
}

/// A page as hospitals write them, with every lead-in that is no "list with a colon above it".
const LEAFLET: &str = "\
Going home after a tooth is drawn

Bleeding

Signs of trouble include
- blood that does not stop
- a bad taste from
  the wound
Ring the desk on 555 0100 then.

Rinsing:
1. Salt water: from the second day on. Dr. Moll decides.
2. Mouthwash: after one week.

May I eat nuts?
No. Their crumbs get stuck in the wound.
";

#[test]
fn lead_ins_are_known_without_a_colon_and_bring_what_they_lead_in() {
    let table = "# Drops\n\nThe dose goes by age, as follows:\n\n| Age | Dose |\n|---|---|\n| Adult | 5 drops |\n\n\
                 Never mix them with:\n\n> Milk, in any form.\n";
    let corpus = Corpus::of(&[("leaflet.txt", LEAFLET), ("drops.md", table)]);
    let engine = corpus.engine();
    let first = |question: &str| {
        let answer = ask(&engine, question);
        assert_verbatim(&engine, &answer);
        answer.citations[0].clone()
    };
    let found = first("what are the signs of trouble");
    assert!(found.quote.starts_with("Signs of trouble include\n- blood"), "{}", found.quote);
    assert!(found.quote.ends_with("a bad taste from\n  the wound"), "{}", found.quote);
    assert_eq!(first("ring the desk").quote, "Ring the desk on 555 0100 then.");
    assert_eq!(first("how is the dose by age").quote.lines().last(), Some("| Adult | 5 drops |"));
    assert_eq!(first("what must I never mix").quote, "Never mix them with:\n\n> Milk, in any form.");
}

#[test]
fn what_is_left_out_between_a_lead_in_and_its_list_is_not_quoted() {
    let text =
        "# Pottery class\n\n## Bag\n\nBring to the pottery class:\n\nShare this page\n\n- an old shirt\n";
    let corpus = Corpus::of(&[("class.md", text)]);
    let answer = ask(&corpus.engine(), "what should I bring to the pottery class");
    assert!(!answer.citations.is_empty());
    for citation in &answer.citations {
        assert!(!citation.quote.contains("Share this page"), "{}", citation.quote);
    }
}

#[test]
fn what_stands_in_one_sentence_with_a_run_in_heading_is_quoted() {
    let corpus = Corpus::of(&[("leaflet.txt", LEAFLET)]);
    let found = ask(&corpus.engine(), "when can I use mouthwash").citations[0].clone();
    assert_eq!(
        (found.quote.as_str(), found.lead_in.as_deref()),
        ("Mouthwash: after one week.", Some("Rinsing:"))
    );
}

#[test]
fn a_short_answer_to_a_posed_question_is_quoted_with_its_reason() {
    let corpus = Corpus::of(&[("leaflet.txt", LEAFLET)]);
    let found = ask(&corpus.engine(), "may I eat nuts").citations[0].clone();
    assert_eq!(found.quote, "No. Their crumbs get stuck in the wound.");
}

/// Short passages whose first sentence is about something else, but for one.
const POTTERY: &str = "\
# Pottery

## The day

The kiln is lit on Mondays. Glazes with lead are kept in the locked cupboard.

## Cracks

The lid may tear in the cold. If this happens to the rim as well, scrape it off.

## Handles

Bowls dry for a week. Handles are put on damp cups. Unless the clay is very soft, press them on by hand.

## When to get help

See your family doctor within two weeks if you bleed more than a year after your last period.
A swollen painful leg, chest pain or trouble breathing is an emergency: dial 999.
For questions about your tablets, leave a message and a nurse rings back.
";

#[test]
fn a_quote_of_a_short_passage_begins_with_what_answers_or_what_that_leans_on() {
    let corpus = Corpus::of(&[("pots.md", POTTERY)]);
    let engine = corpus.engine();
    for (question, quote) in [
        ("where are glazes with lead kept", "Glazes with lead are kept in the locked cupboard."),
        (
            "scrape off the rim",
            "The lid may tear in the cold. If this happens to the rim as well, scrape it off.",
        ),
        (
            "how are handles put on cups",
            "Handles are put on damp cups. Unless the clay is very soft, press them on by hand.",
        ),
    ] {
        let answer = ask(&engine, question);
        assert_verbatim(&engine, &answer);
        assert_eq!(answer.citations[0].quote, quote, "{question}");
    }
}

#[test]
fn nothing_is_quoted_before_the_sentence_that_tells_to_call_for_help() {
    let corpus = Corpus::of(&[("pots.md", POTTERY)]);
    let engine = corpus.engine();
    for question in ["I take the tablets and have chest pain", "doctor, bleed, chest pain, breathing"] {
        let answer = ask(&engine, question);
        assert_verbatim(&engine, &answer);
        let quote = &answer.citations[0].quote;
        assert!(quote.starts_with("A swollen painful leg"), "{question}: {quote}");
    }
}

#[test]
fn a_passage_that_surely_answers_comes_before_one_that_shares_more_words() {
    let text = "# The kiln\n\n## Glaze firing\n\nHow long a glaze firing takes depends on the clay, the glaze and \
                the kiln.\n\nThe kiln needs nine hours for it.\n\n## Biscuit firing\n\nBiscuit firing is done on \
                Mondays.\n";
    let corpus = Corpus::of(&[("kiln.md", text)]);
    let engine = corpus.engine();
    for limit in [1, 3, 10] {
        let question = Question::new("how long does a glaze firing take", 1000).unwrap().with_limit(limit);
        let answer = engine.ask(&question).unwrap();
        assert_eq!(answer.outcome, Outcome::Answered);
        let first = &answer.citations[0];
        assert_eq!((first.quote.as_str(), first.rank), ("The kiln needs nine hours for it.", 1));
        assert_eq!(answer.confidence, first.confidence);
        let found = engine.search(&question).unwrap();
        let passage = found[0].get().unwrap();
        assert_eq!((found[0].document.slice(passage.span), found[0].rank), (first.quote.as_str(), 1));
    }
}

#[test]
fn of_a_list_the_item_for_the_number_in_the_question_comes_first() {
    let text = "# Operations for weight\n\n## Who can have one\n\nWe offer the operation to people who have:\n\n\
                - a BMI of 40 or more\n- a BMI of 35 to 40 with an illness caused by weight\n\
                - a BMI of 30 to 35 with type 2 diabetes found in the last ten years\n\n\
                ## Afterwards\n\nYou go home after two nights.\n";
    let mut corpus = Corpus::of(&[("weight.md", text)]);
    corpus.config.answer.low_confidence = 0.1;
    let engine = corpus.engine();
    let first = |question: &str| ask(&engine, question).citations[0].quote.clone();
    assert!(first("my bmi is 36 and I have diabetes").starts_with("a BMI of 35 to 40"));
    assert!(first("I have type 2 diabetes and a bmi of 33").starts_with("a BMI of 30 to 35"));
    assert!(first("I am 36 and have diabetes").starts_with("a BMI of 30 to 35"));
}

#[test]
fn of_a_list_the_item_for_the_drug_in_the_question_comes_first_and_none_for_another_is_quoted() {
    let text = "# Tablets before the operation\n\n## What to take\n\nYour usual tablets on the morning of the \
                operation:\n\n- **ACE inhibitors (names ending in -pril):** leave out.\n- **Beta-blockers (names ending \
                in -olol):** swallow them on the morning with a sip of water, also when you fast.\n- **Statins:** \
                swallow as usual.\n- **Warfarin:** ring the ward.\n\n## Coming in\n\nCome at seven and bring a book.\n";
    let corpus = Corpus::of(&[("tablets.md", text)]);
    let engine = corpus.engine();
    for (question, drug) in [
        ("may I swallow my ramipril with a sip of water when I fast", "**ACE inhibitors"),
        ("can I have simvastatin with a sip of water", "**Statins"),
        ("do I take my bisoprolol on the morning of the operation", "**Beta-blockers"),
    ] {
        let answer = ask(&engine, question);
        assert_verbatim(&engine, &answer);
        assert!(answer.citations[0].quote.starts_with(drug), "{question}: {}", answer.citations[0].quote);
        let mut others = answer.citations.iter().skip(1).map(|citation| &citation.quote);
        assert!(others.all(|quote| !quote.starts_with("**")), "{question}: {answer:#?}");
    }
    let answer = ask(&engine, "do I take my sertraline on the morning with a sip of water");
    assert!(answer.citations.iter().all(|citation| !citation.quote.starts_with("**")), "{answer:#?}");
}

#[test]
fn a_sentence_is_quoted_with_the_heading_in_bold_type_before_it() {
    let filler =
        "The ringers meet in the tower after the walk through the village and drink tea together. ".repeat(3);
    let text = format!(
        "# The tower\n\n{filler}**Ropes.** Wait two weeks. The sallies are of wool, and each ringer has a rope of a length \
         of its own. **Bells.** Grease them in May.\n\nVisitors may look around.\n"
    );
    let corpus = Corpus::of(&[("tower.md", &text)]);
    let engine = corpus.engine();
    let answer = ask(&engine, "how long to wait for ropes");
    assert_verbatim(&engine, &answer);
    assert!(answer.citations[0].quote.starts_with("**Ropes.** Wait two weeks."), "{answer:#?}");
    assert!(!answer.citations[0].quote.contains("**Bells.**"), "{answer:#?}");
}

#[test]
fn a_quote_that_takes_up_what_stands_before_it_begins_there() {
    let text = "# The glaze\n\n## Firing\n\nThe kiln stands in the yard. The pots may tear at the rim.\n\nThis usually \
                happens with thin clay, and patience helps.\n\n## Clay\n\nClay comes from the river.\n\nThis jar holds \
                patience cards for thin potters.\n\n## Evening\n\nWhoever stays needs:\n\n- a lamp\n- a blanket\n\nIf you \
                cannot bring these, borrow some from the miller.\n\n## Opening\n\nThe yard is open on market days, and \
                the gate stands wide. On other days knock at the window of the mill. The dog is tame. Bring no \
                horses into the yard. Leave carts in the lane by the well, and mind the ducks on the pond.\n";
    let corpus = Corpus::of(&[("glaze.md", text)]);
    let engine = corpus.engine();
    let first = |question: &str| {
        let answer = ask(&engine, question);
        assert_verbatim(&engine, &answer);
        answer.citations[0].quote.clone()
    };
    let quote = first("does it happen with thin clay");
    assert_eq!(
        quote,
        "The pots may tear at the rim.\n\nThis usually happens with thin clay, and patience helps."
    );
    assert_eq!(first("jar with cards for potters"), "This jar holds patience cards for thin potters.");
    let quote = first("can I borrow some from the miller");
    assert!(quote.starts_with("Whoever stays needs:\n\n- a lamp"), "{quote}");
    assert!(quote.ends_with("borrow some from the miller."), "{quote}");
    let quote = first("knock at the window");
    assert!(quote.starts_with("The yard is open on market days"), "{quote}");
}

#[test]
fn what_is_offered_stands_beside_the_quote_and_says_something_alone() {
    let kiln = "# The kiln\n\n## Glaze firing\n\nA glaze firing takes nine hours, and nobody opens the door.\n\n\
                ## Questions and answers\n\nAsk the potter.\n\n## Infection\n\nWash small cuts.\n\n\
                ## Visitors\n\nRelatives wait in the yard.\n\n## Cooling the glaze\n\nLeave the door shut \
                overnight.\n\n## Shared shelves\n\nPots dry on shelves.\n\n## Smoke\n\nIf smoke comes from the kiln, leave the house and call 999.\n";
    let loom = "# The loom\n\n## Can I glaze a loom?\n\nNo, paint it.\n\n## Shared shelves\n\nAfter the glaze firing, \
                yarn lies on shelves for nine hours.\n";
    let corpus = Corpus::of(&[("kiln.md", kiln), ("loom.md", loom)]);
    let engine = corpus.engine();
    let offered = |question: &str| ask(&engine, question).related.clone();
    let found = offered("how long does a glaze firing take");
    assert_eq!(found.first().map(String::as_str), Some("Cooling the glaze"), "{found:?}");
    assert_eq!(found.len(), 3);
    for heading in ["Questions and answers", "Infection", "Can I glaze a loom?", "Shared shelves"] {
        assert!(!found.iter().any(|offer| offer == heading), "{found:?}");
    }
    assert!(offered("what if smoke comes from the kiln").is_empty());
}

#[test]
fn how_long_is_not_answered_without_a_span_of_time() {
    let is_answered = |kept: &str| {
        let text = format!("The kiln\n\nDuring a glaze firing, the kiln is kept {kept}.\n");
        let corpus = Corpus::of(&[("kiln.txt", &text)]);
        let answer = ask(&corpus.engine(), "how long does a glaze firing take in the kiln");
        answer.outcome == Outcome::Answered
    };
    assert!(is_answered("shut for nine hours") && !is_answered("shut"));
}

#[test]
fn a_sentence_that_announces_several_things_is_quoted_with_them() {
    let filler = "The workshop stands behind the mill and smells of resin all the year round. ".repeat(3);
    let named = "There are several reasons for a crack in the soundboard. Dry air shrinks the wood. Old glue lets go \
                 of its bars. A careless repair leaves it under strain.";
    let text = format!("The workshop\n\n{filler}\n\n{named}\n\nVisitors may look around.\n");
    let corpus = Corpus::of(&[("lutes.txt", &text)]);
    let answer = ask(&corpus.engine(), "why does a soundboard get a crack");
    assert_eq!(answer.citations[0].quote, named);
}

#[test]
fn a_list_without_white_space_is_not_quoted_whole() {
    let item = "薬は毎朝飲みます".repeat(60);
    let text = format!("薬:\n\n{}", format!("- {item}\n").repeat(40));
    let corpus = Corpus::of(&[("a.md", &text)]);
    let answer = ask(&corpus.engine(), &item);
    let quotes: Vec<_> = answer.citations.iter().map(|citation| citation.quote.as_str()).collect();
    assert_eq!(quotes, [item]);
}

#[test]
fn a_first_item_too_long_to_be_quoted_is_begun_with_its_lead_in() {
    let sentence = |word: &str| format!("The {word} is turned {}until it sits. ", "slowly and ".repeat(30));
    let text =
        format!("# Lamp\n\nTurning the lamp:\n\n- {}{}\n- The end.\n", sentence("base"), sentence("top"));
    let corpus = Corpus::of(&[("lamp.md", &text)]);
    let engine = corpus.engine();
    let answer = ask(&engine, "turning the lamp");
    assert_verbatim(&engine, &answer);
    let quote = &answer.citations[0].quote;
    assert!(
        quote.starts_with("Turning the lamp:\n\n- The base") && quote.ends_with("until it sits."),
        "{quote}"
    );
}

#[test]
fn matches_are_marked_in_the_letters_of_the_document() {
    let text = "Die Größe\n\n🙂 “Naïve” T‑cells of the Größe “XL” cost 5 € – naïve\u{301} cells, CELLS and cell’s walls.\n";
    let corpus = Corpus::of(&[("a.txt", text)]);
    let engine = corpus.engine();
    let answer = ask(&engine, "naïve cells of which größe?");
    assert_verbatim(&engine, &answer);
    let quote = &answer.citations[0].quote;
    let marked: Vec<_> = answer.citations[0].matches.iter().map(|span| span.slice(quote).unwrap()).collect();
    for word in ["Naïve", "Größe", "CELLS"] {
        assert!(marked.iter().any(|part| part.contains(word)), "{word} is not in {marked:?}");
    }
    assert!(!marked.iter().any(|part| part.contains(['“', '”', '€', '🙂'])), "{marked:?}");
}

#[test]
fn the_same_advice_in_two_documents_is_quoted_once() {
    let one = "Drink two glasses of plum juice before the barley scan, and rest.";
    let corpus =
        Corpus::of(&[("a.txt", one), ("b.md", &format!("# Barley\n\n{}\n", one.replace(", and", " and")))]);
    let answer = ask(&corpus.engine(), "plum juice before the barley scan");
    let quotes: Vec<_> = answer.citations.iter().map(|citation| citation.quote.as_str()).collect();
    assert_eq!(quotes.iter().filter(|quote| quote.contains("two glasses")).count(), 1, "{quotes:?}");
}

#[test]
fn a_sentence_or_item_longer_than_a_quote_may_be_is_cut_between_words() {
    let long = format!("The barley scan {}ends", "goes on and on, ".repeat(90));
    for (name, text) in [("a.txt", long.clone()), ("a.md", format!("It lasts:\n\n- {long}\n- short\n"))] {
        let corpus = Corpus::of(&[(name, &text)]);
        let engine = corpus.engine();
        let answer = ask(&engine, "barley scan");
        assert_verbatim(&engine, &answer);
        let quote = &answer.citations[0].quote;
        let words: Vec<_> = text.split_whitespace().collect();
        assert!(quote.split_whitespace().count() > 60, "{quote}");
        assert!(quote.split_whitespace().all(|word| words.contains(&word)), "{quote}");
    }
}
