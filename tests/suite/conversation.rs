//! Red flags, small talk and follow-ups, through every door.

use serde_json::{Value, json};

use crate::driver::{Driver, QUESTION};

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
