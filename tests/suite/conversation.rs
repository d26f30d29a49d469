//! Red flags, small talk and follow-ups, through every door.

use serde_json::{Value, json};

use crate::driver::{Driver, QUESTION};

/// Leaflets of which two have a section of the same name.
const LEAFLETS: [(&str, &str); 3] = [
    (
        "stoma.md",
        "# Help with a stoma\n\n## Whom to ring\n\nYou can talk to a stoma nurse on 01632 960111, day and night.\n\n\
         ## Cleaning\n\nClean the stoma with warm water twice a day.\n",
    ),
    (
        "port.md",
        "# Living with a port\n\nA port is a small chamber under the skin.\n\n## Flushing the port\n\n\
         The port is flushed every six weeks by a nurse.\n\n## The first days at home\n\n\
         Showers are allowed after two days.\n",
    ),
    (
        "scan.md",
        "# The first days at home after a heart scan\n\nA heart scan shows how well the heart muscle works.\n\n\
         ## Getting the tracer\n\nThe tracer goes into a vein of the arm.\n\n## The first days at home\n\n\
         In the first days at home, drink two litres of water.\n",
    ),
];

async fn with_leaflets() -> Driver {
    Driver::with(|config| {
        config.texts.handoff = "Ring the ward.".into();
        std::fs::create_dir_all(&config.paths.corpus).unwrap();
        for (name, text) in LEAFLETS {
            std::fs::write(config.paths.corpus.join(name), text).unwrap();
        }
    })
    .await
}

/// The answer to the last of `questions`, asked one after the other in `session`.
async fn last_of(server: &Driver, session: &str, questions: &[&str]) -> Value {
    let mut last = Value::Null;
    for question in questions {
        let turn = json!({"question": question, "session": session});
        last = server.post("/api/v1/ask", &turn).await.ok().json();
    }
    last
}

async fn ask(server: &Driver, question: &str) -> Value {
    server.post("/api/v1/ask", &json!({"question": question})).await.ok().json()
}

#[tokio::test]
async fn a_notice_stands_beside_the_quotes() {
    let server = Driver::start().await;
    let quoted = ask(&server, QUESTION).await;
    let flagged = ask(&server, &format!("{QUESTION} My husband has collapsed.")).await;
    assert_eq!(flagged["outcome"], "red_flag");
    assert_eq!(flagged["reason"], Value::Null);
    assert_eq!(flagged["notice"]["kind"], "emergency");
    assert_eq!(flagged["notice"]["actions"][0]["href"], "tel:112");
    assert_eq!(flagged["citations"][0]["quote"], quoted["citations"][0]["quote"]);
    let crisis = ask(&server, "I want to end my life").await;
    assert_eq!((&crisis["outcome"], &crisis["notice"]["kind"]), (&json!("red_flag"), &json!("crisis")));
    assert_eq!(crisis["message"], Value::Null);
}

#[tokio::test]
async fn the_notice_is_the_operators_and_comes_from_the_operators_list_too() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("own.txt");
    std::fs::write(&list, "[emergency kettle]\nkettle ..2 fire\n").unwrap();
    let server = Driver::with(|config| {
        config.safety.additions = vec![list];
        config.safety.emergency_title = "Ring the ward".into();
        config.safety.emergency_actions = vec!["Ward 7 | tel:5550107".into()];
    })
    .await;
    let answer = ask(&server, "the kettle is on fire").await;
    assert_eq!(answer["notice"]["title"], "Ring the ward");
    assert_eq!(answer["notice"]["actions"], json!([{"label": "Ward 7", "href": "tel:5550107"}]));
}

#[tokio::test]
async fn small_talk_and_the_wish_for_a_person_get_the_operators_texts() {
    let server = Driver::with(|config| config.texts.handoff = "Ring the ward.".into()).await;
    for (text, outcome) in
        [("Hello!", "small_talk"), ("thanks a lot", "small_talk"), ("I want to talk to a nurse", "handoff")]
    {
        let answer = ask(&server, text).await;
        assert_eq!(answer["outcome"], outcome, "{text}");
        assert!(answer["message"].is_string() && answer["citations"] == json!([]), "{answer}");
    }
    assert_eq!(ask(&server, "call me back please").await["message"], "Ring the ward.");
    let greeted = ask(&server, &format!("Hi, {QUESTION}")).await;
    assert_eq!(greeted["outcome"], "answered", "{greeted}");
}

#[tokio::test]
async fn an_empty_message_goes_on_with_nothing() {
    let server = Driver::start().await;
    let mut last = Value::Null;
    for question in [QUESTION, "  "] {
        let ask = json!({"question": question, "session": "sixteen-letters-1"});
        last = server.post("/api/v1/ask", &ask).await.ok().json();
    }
    assert_eq!((&last["outcome"], &last["reason"]), (&json!("not_found"), &json!("empty")), "{last}");
}

#[tokio::test]
async fn another_language_is_told() {
    let server = Driver::start().await;
    let answer = ask(&server, "Wie lange dauert die Behandlung?").await;
    assert_eq!((&answer["outcome"], &answer["reason"]), (&json!("not_found"), &json!("language")));
    assert!(answer["message"].as_str().unwrap().contains("English"));
}

#[tokio::test]
async fn a_follow_up_is_read_with_its_session_and_only_with_it() {
    let server = Driver::start().await;
    let session = "a-session-of-this-test";
    let turn = |question: &str| json!({"question": question, "session": session});
    server.post("/api/v1/ask", &turn("how do I descale the kettle?")).await.ok();
    let follow = server.post("/api/v1/ask", &turn("where do I store it?")).await.ok().json();
    assert_eq!(follow["read_as"], "where do I store the kettle?");
    assert!(follow["citations"][0]["quote"].as_str().unwrap().contains("dry"), "{follow}");
    let alone = ask(&server, "where do I store it?").await;
    assert_eq!(alone.get("read_as"), None);
    let again = server.post("/api/v1/ask", &turn("thanks")).await.ok().json();
    assert_eq!(again["outcome"], "small_talk");
}

#[tokio::test]
async fn who_wants_more_gets_what_was_not_quoted_yet() {
    let server = Driver::with(|config| config.texts.nothing_more = "That is all.".into()).await;
    let mut quoted: Vec<String> = Vec::new();
    let mut last = Value::Null;
    for question in [QUESTION, "anything else?", "tell me more", "go on", "what else?"] {
        let ask = json!({"question": question, "session": "sixteen-letters-2", "limit": 1});
        last = server.post("/api/v1/ask", &ask).await.ok().json();
        for citation in last["citations"].as_array().unwrap() {
            assert_eq!(citation["rank"], 1);
            let quote = citation["quote"].as_str().unwrap().to_owned();
            assert!(!quoted.contains(&quote), "{question}: {quote}");
            quoted.push(quote);
        }
    }
    assert!(quoted.len() > 1, "{quoted:?}");
    assert_eq!((&last["outcome"], &last["message"]), (&json!("small_talk"), &json!("That is all.")));
    assert_eq!(last["read_as"], QUESTION);
}

#[tokio::test]
async fn who_complains_gets_other_quotes_or_an_excuse() {
    let server = Driver::with(|config| config.texts.complaint = "Sorry.".into()).await;
    let mut quoted: Vec<String> = Vec::new();
    let mut last = Value::Null;
    let complaint = "That doesn't answer my question!";
    for question in [QUESTION, complaint, "tell me more", "thats not what i asked", "your not helping me"] {
        let ask = json!({"question": question, "session": "sixteen-letters-3", "limit": 1});
        last = server.post("/api/v1/ask", &ask).await.ok().json();
        for citation in last["citations"].as_array().unwrap() {
            let quote = citation["quote"].as_str().unwrap().to_owned();
            assert!(!quoted.contains(&quote), "{question}: {quote}");
            quoted.push(quote);
        }
    }
    assert!(quoted.len() > 1, "{quoted:?}");
    assert_eq!((&last["outcome"], &last["message"]), (&json!("small_talk"), &json!("Sorry.")));
    assert_eq!(last["read_as"], QUESTION);
    let alone = ask(&server, complaint).await;
    assert_eq!((&alone["outcome"], &alone["message"]), (&json!("small_talk"), &json!("Sorry.")));
    let asked = ask(&server, &format!("{complaint} {QUESTION}")).await;
    assert_ne!(asked["outcome"], "small_talk", "{asked}");
}

#[tokio::test]
async fn why_not_is_asked_of_what_was_quoted() {
    let server = Driver::start().await;
    let turn = |question: &str| json!({"question": question, "session": "sixteen-letters-4"});
    let quoted = server.post("/api/v1/ask", &turn("where do I store the kettle?")).await.ok().json();
    assert!(quoted["citations"][0]["quote"].is_string(), "{quoted}");
    let asked = server.post("/api/v1/ask", &turn("why not?")).await.ok().json();
    assert_ne!(asked["outcome"], "small_talk", "{asked}");
    assert_eq!(ask(&server, "why not?").await["outcome"], "small_talk");
}

#[tokio::test]
async fn a_crisis_in_which_nothing_is_asked_gets_the_notice_alone() {
    let server = Driver::start().await;
    let turn = |question: &str| json!({"question": question, "session": "sixteen-letters-5"});
    server.post("/api/v1/ask", &turn(QUESTION)).await.ok();
    for cry in [
        "sometimes i think about ending it",
        "i want to cut myself, the kettle should be descaled every six weeks",
    ] {
        let answer = server.post("/api/v1/ask", &turn(cry)).await.ok().json();
        assert_eq!((&answer["outcome"], &answer["notice"]["kind"]), (&json!("red_flag"), &json!("crisis")));
        assert_eq!((&answer["citations"], &answer["read_as"]), (&json!([]), &Value::Null), "{answer}");
    }
    let asks = ask(&server, &format!("I want to kill myself. {QUESTION}")).await;
    assert_eq!(asks["notice"]["kind"], "crisis");
    assert!(asks["citations"][0]["quote"].is_string(), "{asks}");
}

#[tokio::test]
async fn how_a_message_of_danger_was_read_is_not_told() {
    let server = Driver::start().await;
    let turn = |question: &str| json!({"question": question, "session": "sixteen-letters-6"});
    server.post("/api/v1/ask", &turn("how do I descale the kettle?")).await.ok();
    let plain = server.post("/api/v1/ask", &turn("where do I store it?")).await.ok().json();
    assert!(plain["read_as"].is_string(), "{plain}");
    let flagged = server.post("/api/v1/ask", &turn("my husband has collapsed, where do I store it?")).await;
    let flagged = flagged.ok().json();
    assert_eq!((&flagged["outcome"], &flagged["read_as"]), (&json!("red_flag"), &Value::Null), "{flagged}");
}

#[tokio::test]
async fn a_red_flag_is_seen_on_every_turn_of_a_chat() {
    let server = Driver::start().await;
    let mut chat = server.chat().await;
    for (id, question, outcome) in [
        ("1", "hi", "small_talk"),
        ("2", QUESTION, "answered"),
        ("3", "and now I can't breathe", "red_flag"),
        ("4", QUESTION, "answered"),
        ("5", "yes and i want to die", "red_flag"),
    ] {
        chat.ask(id, question).await;
        assert_eq!(chat.answer(id).await["answer"]["outcome"], outcome, "{question}");
    }
}

#[tokio::test]
async fn who_tells_of_a_treatment_gets_what_the_documents_say_on_it() {
    let server = with_leaflets().await;
    let session = "sixteen-letters-7";
    let told = last_of(&server, session, &["Hi, I'm having a heart scan on friday"]).await;
    assert_eq!((&told["outcome"], &told["read_as"]), (&json!("answered"), &json!("heart scan")), "{told}");
    assert_eq!(told["citations"][0]["reference"]["document"], "scan.md");
    let next = last_of(&server, session, &["what does it show"]).await;
    assert_eq!(next["read_as"], "what does the heart scan show", "{next}");
    for unknown in ["they've put me on ramipril", "my mum was told she has gallstones"] {
        let told = ask(&server, unknown).await;
        assert_eq!((&told["outcome"], told.get("read_as")), (&json!("not_found"), None), "{told}");
    }
}

#[tokio::test]
async fn who_tells_of_a_drug_is_not_read_as_asking_for_all_that_is_said_of_it() {
    let server = Driver::with(|config| {
        std::fs::create_dir_all(&config.paths.corpus).unwrap();
        let text = "# Before a biopsy\n\n## Clopidogrel\n\nStop clopidogrel seven days before the biopsy.\n\n\
                    ## Brachytherapy\n\nBrachytherapy puts small seeds into the gland.\n";
        std::fs::write(config.paths.corpus.join("biopsy.md"), text).unwrap();
    })
    .await;
    let drug = ask(&server, "I've been put on clopidogrel").await;
    assert_eq!(drug.get("read_as"), None, "{drug}");
    let therapy = ask(&server, "I'm having brachytherapy on friday").await;
    assert_eq!(therapy["read_as"], "brachytherapy", "{therapy}");
}

#[tokio::test]
async fn who_asks_whom_to_contact_is_handed_over_with_what_the_documents_name() {
    let server = with_leaflets().await;
    let named = ask(&server, "is there a nurse I can talk to?").await;
    assert_eq!(
        (&named["outcome"], &named["message"]),
        (&json!("handoff"), &json!("Ring the ward.")),
        "{named}"
    );
    assert!(named["citations"][0]["quote"].as_str().unwrap().contains("01632 960111"), "{named}");
    for text in ["is there a manager I can talk to", "get me a nurse"] {
        let bare = ask(&server, text).await;
        assert_eq!((&bare["outcome"], &bare["citations"]), (&json!("handoff"), &json!([])), "{bare}");
        assert_eq!(bare["message"], "Ring the ward.");
    }
}

#[tokio::test]
async fn what_goes_on_from_a_hand_over_goes_on_from_what_was_quoted_beside_it() {
    let server = with_leaflets().await;
    let asked = ["is there a nurse I can talk to?", "and at night?"];
    let last = last_of(&server, "sixteen-letters-11", &asked).await;
    assert_eq!(last["read_as"], "is there a nurse I can talk to at night", "{last}");
    assert_eq!(last["citations"][0]["reference"]["document"], "stoma.md", "{last}");
}

#[tokio::test]
async fn a_number_is_that_of_what_was_spoken_of_from_turn_to_turn() {
    let server = Driver::with(|config| {
        std::fs::create_dir_all(&config.paths.corpus).unwrap();
        for (name, whom, number) in [("scan", "heart scan", 2), ("stoma", "stoma", 1)] {
            let text = format!(
                "# Help with a {whom}\n\n## Whom to ring\n\nRing the {name} nurse on 01632 96011{number} by day, and at \
                 night on 01632 96022{number}.\n\n## Cleaning\n\nClean the {name} with warm water twice a day.\n"
            );
            std::fs::write(config.paths.corpus.join(format!("{name}.md")), text).unwrap();
        }
    })
    .await;
    let asked = ["how do I clean my stoma?", "whats the number", "and at night"];
    for (turns, read) in [(2, "whats the number (stoma)"), (3, "whats the number at night (stoma)")] {
        let session = format!("sixteen-letters-{}", 10 + turns);
        let last = last_of(&server, &session, &asked[..turns]).await;
        assert_eq!(last["read_as"], read, "{last}");
        let nearest =
            last["citations"][0]["reference"]["link"].as_str().or(last["nearest"][0]["link"].as_str());
        assert!(nearest.is_some_and(|link| link.contains("/stoma.md")), "{last}");
    }
}

#[tokio::test]
async fn what_was_offered_is_answered_by_the_section_that_was_meant() {
    let server = with_leaflets().await;
    let offered = "The first days at home";
    let asked = last_of(&server, "sixteen-letters-8", &["how is a port flushed?"]).await;
    assert_eq!(asked["related"], json!([offered]), "{asked}");
    let pressed = last_of(&server, "sixteen-letters-8", &[offered]).await;
    assert_eq!(pressed["citations"][0]["quote"], "Showers are allowed after two days.", "{pressed}");
    assert_eq!(pressed["read_as"], "The first days at home (Living with a port)");
    let typed = ask(&server, offered).await;
    assert_eq!(typed["citations"][0]["reference"]["document"], "scan.md", "{typed}");
}

#[tokio::test]
async fn a_danger_is_seen_with_what_was_spoken_of() {
    let server = with_leaflets().await;
    let stoma = "how do I clean my stoma?";
    let black = last_of(&server, "sixteen-letters-9", &[stoma, "it's gone black"]).await;
    assert_eq!((&black["outcome"], &black["read_as"]), (&json!("red_flag"), &Value::Null), "{black}");
    assert_eq!(black["notice"]["kind"], "emergency");
    for harmless in ["is it normal that it bleeds a little", "it is pink and shiny", "can it go black?"] {
        let answer = last_of(&server, "sixteen-letters-10", &[stoma, harmless]).await;
        assert_ne!(answer["outcome"], "red_flag", "{harmless}");
    }
    assert_ne!(ask(&server, "it's gone black").await["outcome"], "red_flag");
}
