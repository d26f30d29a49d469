use super::*;
use crate::adapters::Keys;
use crate::config::Secret;

const SECRET: &str = "0123456789abcdef";

fn desk() -> Chatwoot {
    Chatwoot(Base {
        url: "http://desk".into(),
        account: "2".into(),
        secret: Secret::new(SECRET),
        token: Secret::new("t"),
        signed: true,
        hand_over_to: "team:4".into(),
        ..Base::default()
    })
}

fn receive(body: &Value) -> Vec<Happened> {
    events_of(body).into_iter().map(|event| event.what).collect()
}

fn events_of(body: &Value) -> Vec<Event> {
    let body = body.to_string();
    let signature = hmac_sha256(SECRET.as_bytes(), &[b"1000.", body.as_bytes()]);
    let signature = format!("sha256={}", hex::encode(signature));
    let header = |name: &str| match name {
        "x-chatwoot-timestamp" => Some("1000"),
        "x-chatwoot-signature" => Some(signature.as_str()),
        _ => None,
    };
    let delivery = Delivery {
        path_secret: None,
        header: &header,
        body: body.as_bytes(),
        now: 1100,
        keys: &Keys::default(),
    };
    desk().receive(&delivery).unwrap().events
}

fn message(kind: &str, status: &str, sender: &str, private: bool) -> Value {
    json!({ "event": "message_created", "id": 9, "content": "how long does it take?",
            "message_type": kind, "content_type": "text", "content_attributes": {}, "private": private,
            "sender": { "id": 1, "name": "A", "type": sender },
            "conversation": { "id": 5, "inbox_id": 1, "status": status, "channel": "Channel::WebWidget" },
            "account": { "id": 2, "name": "Clinic" } })
}

#[test]
fn only_a_patients_words_in_a_pending_conversation_are_a_question() {
    let asked = Happened::Asked { text: "how long does it take?".into() };
    assert_eq!(receive(&message("incoming", "pending", "contact", false)), [Happened::GivenBack, asked]);
    assert_eq!(receive(&message("incoming", "open", "contact", false)), []);
    assert_eq!(receive(&message("outgoing", "pending", "agent_bot", false)), [], "our own");
    assert_eq!(receive(&message("outgoing", "open", "user", true)), [], "a private note");
    assert_eq!(receive(&message("activity", "pending", "contact", false)), []);
    let answered = Happened::Answered { text: "how long does it take?".into() };
    assert_eq!(receive(&message("outgoing", "open", "user", false)), [answered]);
    let mut other = message("incoming", "pending", "contact", false);
    other["account"]["id"] = json!(3);
    assert_eq!(receive(&other), [], "another account");
}

#[test]
fn what_was_pressed_is_a_question_and_opening_and_resolving_are_told() {
    let mut pressed = message("outgoing", "pending", "agent_bot", false);
    pressed["event"] = json!("message_updated");
    pressed["content_attributes"] =
        json!({ "submitted_values": [{ "title": "Why?", "value": "why is it done?" }] });
    assert_eq!(receive(&pressed)[1], Happened::Asked { text: "why is it done?".into() });
    pressed["content_attributes"] =
        json!({ "submitted_values": { "csat_survey_response": { "rating": 5 } } });
    assert_eq!(receive(&pressed), [], "a rating");
    let opened = json!({ "event": "conversation_opened", "id": 5, "status": "open" });
    assert_eq!(receive(&opened), [Happened::Taken]);
    let resolved = json!({ "event": "conversation_resolved", "id": 5, "status": "resolved" });
    assert_eq!(receive(&resolved), [Happened::Closed]);
    assert_eq!(receive(&json!({ "event": "webwidget_triggered" })), []);
}

#[test]
fn who_answers_in_a_pending_conversation_gets_it_at_the_desk_too() {
    let step = |body: &Value| desk().acknowledge(&events_of(body)[0]);
    assert_eq!(step(&message("outgoing", "pending", "user", false)), Some(Step::HandOver));
    assert_eq!(step(&message("outgoing", "open", "user", false)), None);
    let mut campaign = message("outgoing", "pending", "user", false);
    campaign["additional_attributes"] = json!({ "campaign_id": 3 });
    assert_eq!(events_of(&campaign), []);
    assert_eq!(step(&message("incoming", "pending", "contact", false)), None);
}

#[test]
fn a_signature_of_another_body_or_time_is_refused() {
    let body = message("incoming", "pending", "contact", false).to_string();
    let signature = hex::encode(hmac_sha256(SECRET.as_bytes(), &[b"1000.", body.as_bytes()]));
    let receive = |time: &'static str, signature: String, now: u64| {
        let header = move |name: &str| match name {
            "x-chatwoot-timestamp" => Some(time),
            "x-chatwoot-signature" => Some(&*signature.clone().leak()),
            _ => None,
        };
        desk()
            .receive(&Delivery {
                path_secret: None,
                header: &header,
                body: body.as_bytes(),
                now,
                keys: &Keys::default(),
            })
            .err()
    };
    assert_eq!(receive("1000", format!("sha256={signature}"), 1000), None);
    assert_eq!(receive("1001", format!("sha256={signature}"), 1000), Some(Rejection::NotProven));
    assert_eq!(receive("1000", signature.clone(), 1000), Some(Rejection::NotProven));
    assert_eq!(receive("1000", format!("sha256={signature}"), 1400), Some(Rejection::OutOfTime));
}

#[test]
fn what_stands_there_is_known_again_with_its_links() {
    let mut content = Content::text("Hello *there*");
    content.push_text("a [b](c)");
    let text = desk().shown(&content);
    let body = json!({ "id": 5, "messages": [{ "content": text, "sender": { "type": "agent_bot" } }] });
    assert_eq!(desk().seen(body.to_string().as_bytes()).unwrap().ours, [text]);
    assert_eq!(desk().seen(br#"{"error":"no"}"#), None);
}

#[test]
fn what_stands_there_is_seen_once_and_behind_a_word_on_what_was_done() {
    let ours = json!({ "id": 7, "content": "Hello", "sender": { "type": "agent_bot" } });
    let done = json!({ "id": 8, "content": "Conversation was marked resolved", "sender": null });
    for last in [&ours, &done] {
        let body = json!({ "id": 5, "messages": [last], "last_non_activity_message": ours });
        assert_eq!(desk().seen(body.to_string().as_bytes()).unwrap().ours, ["Hello"]);
    }
}

#[test]
fn a_message_is_known_again_by_its_mark() {
    let details = json!({ "channel": "Channel::WebWidget" });
    let conversation = Conversation { name: "5", details: &details };
    let marked = |step: &Step| desk().marked(desk().call(conversation, step).unwrap(), "m1").body;
    let buttons = vec!["why?".into()];
    let reply = Step::Reply { content: Content::text("a"), buttons, answer: Value::Null, in_reply_to: None };
    for step in [reply, Step::note(Content::text("a"))] {
        let posted = marked(&step);
        let attributes = &posted["content_attributes"];
        let has_items = attributes.get("items").is_some();
        assert_eq!(has_items, posted["content_type"] == "input_select", "{posted}");
        let shown = json!({ "id": 7, "content": "changed since", "content_attributes": attributes,
                            "sender": { "type": "agent_bot" } });
        let body = json!({ "id": 5, "messages": [shown] }).to_string();
        let seen = Seen { marks: vec!["m1".into()], ours: Vec::new() };
        assert_eq!(desk().seen(body.as_bytes()), Some(seen));
    }
    assert_eq!(marked(&Step::HandOver), json!({ "status": "open" }), "that is no message");
}

#[test]
fn an_answer_has_things_to_press_and_a_note_is_private() {
    let details = events_of(&message("incoming", "pending", "contact", false)).remove(0).details;
    let conversation = Conversation { name: "5", details: &details };
    let content = Content::text("Hello *there*");
    let step = Step::Reply {
        content: content.clone(),
        buttons: vec!["why?".into()],
        answer: Value::Null,
        in_reply_to: None,
    };
    let call = desk().call(conversation, &step).unwrap();
    assert_eq!(call.url, "http://desk/api/v1/accounts/2/conversations/5/messages");
    assert_eq!(call.body["content"], "Hello \\*there\\*");
    assert_eq!(call.body["content_type"], "input_select");
    assert_eq!(call.body["content_attributes"]["items"][0]["value"], "why?");
    for details in [json!({ "channel": "Channel::Whatsapp" }), json!({ "channel": null }), Value::Null] {
        let body = desk().call(Conversation { name: "5", details: &details }, &step).unwrap().body;
        assert_eq!(body["content_type"], "text", "{details}");
        assert_eq!(body.get("content_attributes"), None, "a channel that shows none of it");
    }
    let note = desk().call(conversation, &Step::note(content)).unwrap();
    assert_eq!((&note.body["private"], &note.body["message_type"]), (&json!(true), &json!("outgoing")));
    let over = desk().call(conversation, &Step::HandOver).unwrap();
    assert!(over.url.ends_with("/conversations/5/toggle_status"));
    assert_eq!(desk().call(conversation, &Step::Assign).unwrap().body, json!({ "team_id": 4 }));
    assert_eq!(desk().headers("", 0, b""), [("api_access_token", "t".to_owned())]);
}
