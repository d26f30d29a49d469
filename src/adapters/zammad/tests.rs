use super::*;
use crate::adapters::Keys;
use crate::config::Secret;

const SECRET: &str = "0123456789abcdef";

fn desk() -> Zammad {
    Zammad(Base {
        url: "http://desk".into(),
        bot: "ibid@clinic.example".into(),
        secret: Secret::new(SECRET),
        token: Secret::new("t"),
        signed: true,
        hand_over_to: "group:Nurses".into(),
        ..Base::default()
    })
}

fn receive(body: &Value, signature: Option<String>) -> Result<Vec<Event>, Rejection> {
    let body = body.to_string();
    let right = format!("sha1={}", hex::encode(hmac_sha1(SECRET.as_bytes(), &[body.as_bytes()])));
    let signature = signature.unwrap_or(right);
    let header = |name: &str| (name == "x-hub-signature").then_some(signature.as_str());
    let delivery = Delivery {
        path_secret: None,
        header: &header,
        body: body.as_bytes(),
        now: 0,
        keys: &Keys::default(),
    };
    desk().receive(&delivery).map(|received| received.events)
}

fn article(sender: &str, by: &str, internal: bool) -> Value {
    json!({
        "ticket": { "id": 81, "number": "67081", "title": "Question", "state": "new" },
        "article": { "id": 144, "from": "Anna <anna@example.org>", "body": "<p>how long<br>does it take?</p>",
                     "content_type": "text/html", "type": "email", "sender": sender, "internal": internal,
                     "created_by": { "login": by, "email": by } }
    })
}

#[test]
fn customers_ask_agents_take_over_and_the_bot_is_known() {
    let happened = |sender: &str, by: &str, internal| {
        let events = receive(&article(sender, by, internal), None).unwrap();
        events.into_iter().map(|event| event.what).collect::<Vec<_>>()
    };
    let asked = Happened::Asked { text: "how long does it take?".into() };
    assert_eq!(happened("Customer", "anna@example.org", false), [asked]);
    let answered = Happened::Answered { text: "how long does it take?".into() };
    assert_eq!(happened("Agent", "nurse@clinic.example", false), [answered]);
    assert_eq!(happened("Agent", "IBID@clinic.example", false), []);
    assert_eq!(happened("Agent", "nurse@clinic.example", true), []);
    assert_eq!(happened("System", "system", false), []);
}

#[test]
fn a_change_without_an_article_may_close_the_ticket() {
    let happened = |state: &str| {
        let body = json!({ "ticket": { "id": 81, "title": "Question", "state": state,
                                       "updated_at": "2026-11-02T09:30:00.000Z" }, "article": {} });
        receive(&body, None).unwrap().into_iter().map(|event| event.what).collect::<Vec<_>>()
    };
    assert_eq!(happened("open"), []);
    assert_eq!(happened("closed"), [Happened::Closed]);
}

#[test]
fn a_ticket_in_which_the_patient_writes_was_over_before_and_one_that_an_agent_closes_is_after() {
    let kinds = |sender: &str| {
        let mut body = article(sender, "somebody@example.org", false);
        body["ticket"]["state"] = json!("closed");
        let events = receive(&body, None).unwrap();
        events.iter().map(|event| event.what == Happened::Closed).collect::<Vec<_>>()
    };
    assert_eq!((kinds("Customer"), kinds("Agent")), (vec![true, false], vec![false, true]));
}

#[test]
fn another_signature_is_refused() {
    let wrong = receive(&article("Customer", "a", false), Some("sha1=00".into()));
    assert_eq!(wrong, Err(Rejection::NotProven));
}

#[test]
fn a_letter_is_answered_with_a_letter_and_a_note_is_internal() {
    let events = receive(&article("Customer", "anna@example.org", false), None).unwrap();
    let conversation = Conversation { name: "81", details: &events[0].details };
    let content = Content::text("a < b");
    let step = Step::say(content.clone());
    let call = desk().call(conversation, &step).unwrap();
    assert_eq!(call.body["type"], "email");
    assert_eq!(call.body["to"], "Anna <anna@example.org>");
    assert_eq!(call.body["body"], "<p>a &lt; b</p>");
    let note = desk().call(conversation, &Step::note(content)).unwrap();
    assert_eq!((&note.body["type"], &note.body["internal"]), (&json!("note"), &json!(true)));
    assert_eq!(desk().call(conversation, &Step::Assign).unwrap().body, json!({ "group": "Nurses" }));
    assert_eq!(desk().headers("", 0, b"")[0].1, "Token token=t");
}

#[test]
fn what_was_missed_is_listed_ticket_by_ticket() {
    let listed = json!([{ "id": 81, "title": "Question", "state": "new", "group": "Users" }]).to_string();
    let polled = desk().polled(listed.as_bytes()).unwrap();
    assert_eq!(polled.events, []);
    assert_eq!(polled.more[0].url, "http://desk/api/v1/ticket_articles/by_ticket/81?expand=true");
    let article = |id: u64, sender: &str, by: &str| {
        json!({ "id": id, "ticket_id": 81, "subject": "Question", "body": "how long?", "type": "email",
                "content_type": "text/plain", "sender": sender, "internal": false, "created_by": by,
                "from": "a@example.org" })
    };
    let happened = |articles: Value| {
        let polled = desk().polled(articles.to_string().as_bytes()).unwrap();
        polled.events.into_iter().map(|event| event.what).collect::<Vec<_>>()
    };
    let asked = Happened::Asked { text: "how long?".into() };
    assert!(happened(json!([article(1, "Customer", "a@example.org")])).contains(&asked));
    let answered = Happened::Answered { text: "how long?".into() };
    let both = json!([article(1, "Customer", "a@example.org"), article(2, "Agent", "nurse@clinic.example")]);
    assert_eq!(happened(both), [answered, asked], "who answers first keeps the ticket");
    assert_eq!(happened(json!([article(3, "Agent", "ibid@clinic.example")])), []);
}

#[test]
fn the_list_of_tickets_needs_no_search_engine() {
    let states = json!([{ "id": 11, "name": "new", "state_type_id": 1, "state_type": "new" }]).to_string();
    let call = desk().polled(states.as_bytes()).unwrap().more.remove(0);
    assert!(call.url.starts_with("http://desk/api/v1/tickets/search?expand=true&limit=100"), "{}", call.url);
    let states = json!({ "ticket.state_id": { "operator": "is", "value": [11] } });
    assert_eq!((call.method, call.body), (Method::Post, json!({ "condition": states })));
}

#[test]
fn the_numbers_of_the_states_in_which_a_ticket_waits_are_the_desks_own() {
    assert_eq!(desk().poll().unwrap(), Call::get("http://desk/api/v1/ticket_states?expand=true".into()));
    let state = |id: u64, name: &str, kind: Value| json!({ "id": id, "name": name, "state_type_id": id, "state_type": kind });
    let asked = |states: Value| {
        let polled = desk().polled(states.to_string().as_bytes())?;
        assert_eq!(polled.events, []);
        Some(polled.more[0].body["condition"]["ticket.state_id"]["value"].clone())
    };
    let own = json!([
        state(11, "neu", json!("new")),
        state(12, "open", json!("open")),
        state(14, "closed", json!("closed")),
        state(18, "in progress", json!("open")),
        state(19, "open", json!("pending reminder")),
    ]);
    assert_eq!(asked(own), Some(json!([11, 12, 18])));
    let unexpanded = json!([state(3, "new", Value::Null), state(4, "closed", Value::Null)]);
    assert_eq!(asked(unexpanded), Some(json!([3])));
    assert_eq!(asked(json!([state(4, "closed", json!("closed"))])), None, "that is no list to ask by");
    assert_eq!(desk().polled(b"[]"), Some(Polled::default()), "no ticket waits");
}

#[test]
fn an_operator_is_told_which_name_the_desk_does_not_know() {
    let reason = |error: &str| desk().reason(json!({ "error": error }).to_string().as_bytes());
    let state = reason("No lookup value found for 'state': \"open\"").unwrap();
    assert!(state.contains("`open`"), "{state}");
    let group = reason("No lookup value found for 'group': \"Nurses\"").unwrap();
    assert!(group.contains("`hand_over_to`"), "{group}");
    for other in
        ["No lookup value found for 'type': \"letter\"", "Not authorized", "No lookup value found for '"]
    {
        assert_eq!(reason(other), None, "{other}");
    }
    assert_eq!(desk().reason(b"<html>"), None);
}

#[test]
fn it_is_told_when_an_article_was_written() {
    let mut body = article("Customer", "anna@example.org", false);
    assert_eq!(receive(&body, None).unwrap()[0].written, None);
    body["article"]["created_at"] = json!("2026-11-02T09:30:00.000Z");
    assert_eq!(receive(&body, None).unwrap()[0].written, Some(1_793_611_800));
    body["article"]["created_at"] = json!("yesterday");
    assert_eq!(receive(&body, None).unwrap()[0].written, None);
}

#[test]
fn what_a_machine_sent_is_not_answered() {
    let mut body = article("Customer", "anna@example.org", false);
    body["article"]["preferences"] = json!({ "send-auto-response": false, "is-auto-response": true });
    assert_eq!(receive(&body, None).unwrap(), []);
    body["article"]["preferences"] = json!({ "send-auto-response": true });
    assert_eq!(receive(&body, None).unwrap().len(), 1);
}

#[test]
fn a_letter_is_answered_where_it_asks_for_it() {
    let to = |reply_to: Value| {
        let mut body = article("Customer", "anna@example.org", false);
        body["article"]["reply_to"] = reply_to;
        let events = receive(&body, None).unwrap();
        let conversation = Conversation { name: "81", details: &events[0].details };
        desk().call(conversation, &Step::say(Content::text("a"))).unwrap().body["to"].clone()
    };
    assert_eq!(to(json!("ward@example.org")), "ward@example.org");
    for nothing in [json!(""), json!(" "), Value::Null] {
        assert_eq!(to(nothing), "Anna <anna@example.org>");
    }
}

#[test]
fn a_ticket_that_was_opened_is_found_by_its_subject() {
    let subject = "A patient in the chat asks for a person (b1946ac92492d234)";
    let call = desk().look_for(subject).unwrap();
    assert_eq!(call.body["condition"]["ticket.title"]["value"], subject);
    assert_eq!(call.body["condition"].as_object().unwrap().len(), 1, "whatever its state is named");
    let listed = json!([
        { "id": 80, "title": "Re: b1946ac92492d234", "state": "new" },
        { "id": 79, "title": subject, "state": "closed" },
        { "id": 81, "title": subject, "state": "new" },
    ]);
    let found = desk().found(listed.to_string().as_bytes(), subject);
    assert_eq!(found, Some(("81".into(), json!({ "title": subject }))));
    assert_eq!(desk().found(b"[]", subject), None);
}

#[test]
fn a_letter_of_nested_tags_is_read_in_passing() {
    let mut body = article("Customer", "anna@example.org", false);
    let nested: String = (0..20_000).map(|number| format!("<b id={number}><p>")).collect();
    body["article"]["body"] = json!(nested + "why?");
    assert_eq!(receive(&body, None).unwrap()[0].what, Happened::Asked { text: "why?".into() });
}
