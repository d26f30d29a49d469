use super::*;
use crate::adapters::{Content, Keys};
use crate::config::Secret;

fn desk() -> DjangoHelpdesk {
    DjangoHelpdesk(Base {
        url: "http://desk".into(),
        bot: "7".into(),
        secret: Secret::new("0123456789abcdef"),
        token: Secret::new("t"),
        hand_over_to: "3".into(),
        ..Base::default()
    })
}

fn receive(body: &Value) -> Result<Received, Rejection> {
    let body = body.to_string();
    let path_secret = Some("0123456789abcdef");
    desk().receive(&Delivery {
        path_secret,
        header: &|_| None,
        body: body.as_bytes(),
        now: 0,
        keys: &Keys::default(),
    })
}

fn ticket(followups: &Value) -> Value {
    json!({ "id": 12, "queue": 1, "title": "Treatment", "description": "how long does PRRT take to work?",
            "submitter_email": "a@b.example", "assigned_to": null, "status": 1, "on_hold": false,
            "priority": 3, "followup_set": followups })
}

fn asked(received: &Received) -> Vec<&str> {
    let texts = received.events.iter().filter_map(|event| match &event.what {
        Happened::Asked { text } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[test]
fn a_new_ticket_is_a_question() {
    let received = receive(&json!({ "ticket": ticket(&json!([])), "queue_slug": "q" })).unwrap();
    assert_eq!(asked(&received), ["how long does PRRT take to work?"]);
    assert_eq!(
        (received.events[0].conversation.as_str(), received.events[0].key.as_str()),
        ("12", "ticket 12")
    );
}

#[test]
fn a_follow_up_is_a_question_only_from_the_patient() {
    let of = |user: Value, public: bool| {
        let one = json!([{ "id": 5, "user": user, "title": "x", "comment": "hello", "public": public }]);
        receive(&json!({ "ticket": ticket(&one), "queue_slug": "q", "followup_id": 5 })).unwrap().events
    };
    assert_eq!(of(json!(null), true)[0].what, Happened::Asked { text: "hello".into() });
    assert_eq!(of(json!(7), true), [], "our own");
    assert_eq!(of(json!(3), false), [], "a note among staff");
    let person: Vec<_> = of(json!(3), true).into_iter().map(|event| event.what).collect();
    assert_eq!(person, [Happened::Taken, Happened::Answered { text: "hello".into() }]);
}

#[test]
fn the_text_that_the_desk_writes_twice_is_one_question_and_nobodys_answer() {
    let opening = json!([{ "id": 4, "user": 3, "title": "Ticket Opened", "public": true,
                           "comment": "how long does PRRT take to work? " }]);
    let body = json!({ "results": [ticket(&opening)] }).to_string();
    let polled = desk().polled(body.as_bytes()).unwrap();
    assert_eq!(polled.events.len(), 1, "{:?}", polled.events);
}

#[test]
fn without_the_secret_in_the_address_nothing_is_read() {
    let body = json!({ "ticket": ticket(&json!([])) }).to_string();
    for path_secret in [None, Some("0123456789abcdee")] {
        let delivery = Delivery {
            path_secret,
            header: &|_| None,
            body: body.as_bytes(),
            now: 0,
            keys: &Keys::default(),
        };
        assert_eq!(desk().receive(&delivery), Err(Rejection::NotProven));
    }
    assert!(matches!(receive(&json!([])), Err(Rejection::NotUnderstood(_))));
}

#[test]
fn a_reply_keeps_the_tickets_title_and_is_no_template() {
    let details = json!({ "title": "Treatment" });
    let conversation = Conversation { name: "12", details: &details };
    let content = Content::text("{{ secret }} {# gone #} {% if %}");
    let step = Step::say(content);
    let call = desk().call(conversation, &step).unwrap();
    assert_eq!((call.method, call.url.as_str()), (Method::Post, "http://desk/api/followups/"));
    assert!(call.body.get("title").is_none());
    assert_eq!(call.body["public"], true);
    assert_eq!(call.body["comment"], "{{ \"{{\" }} secret }} {{ \"{#\" }} gone #} {% if %}");
    let assigned = desk().call(conversation, &Step::Assign).unwrap();
    assert_eq!((assigned.method, assigned.body), (Method::Patch, json!({ "assigned_to": 3 })));
}

#[test]
fn the_list_of_open_tickets_tells_whose_a_ticket_is_before_what_stands_in_it() {
    let one = json!([{ "id": 5, "user": 3, "title": "x", "comment": "I will call you.", "public": true }]);
    let body = json!({ "count": 1, "next": null, "results": [ticket(&one)] }).to_string();
    let polled = desk().polled(body.as_bytes()).unwrap();
    assert_eq!(polled.events[0].what, Happened::Taken);
    assert!(matches!(polled.events[1].what, Happened::Asked { .. }));
    assert_eq!(polled.more, []);
}

#[test]
fn the_next_page_is_asked_of_the_desk_itself_by_whatever_name_it_gives_itself() {
    let more = |next: &str| {
        let body = json!({ "count": 101, "next": next, "results": [] }).to_string();
        desk().polled(body.as_bytes()).unwrap().more
    };
    let page = "page=2&page_size=100&status=1%2C2";
    let call = Call::get(format!("http://desk/api/tickets/?{page}"));
    for host in ["http://desk", "https://desk", "http://inside:8000", "http://elsewhere"] {
        assert_eq!(
            more(&format!("{host}/api/tickets/?{page}")),
            std::slice::from_ref(&call),
            "another host gets no token"
        );
    }
    for odd in ["", "http://desk/api/tickets/", "http://desk/?", "http://desk/?a b", "http://desk/?a\r\nx: y"]
    {
        assert_eq!(more(odd), [], "{odd}");
    }
}

#[test]
fn a_ticket_is_closed_before_its_patient_writes_again_and_never_by_our_own_words() {
    let closing = json!({ "id": 5, "user": 3, "comment": "All done.", "public": true, "new_status": 3 });
    let told = |more: &[Value], id: u64| {
        let mut ticket = ticket(&json!([std::slice::from_ref(&closing), more].concat()));
        ticket["status"] = json!(3);
        let hook = json!({ "ticket": ticket, "queue_slug": "q", "followup_id": id });
        let events = receive(&hook).unwrap().events;
        events.into_iter().map(|event| (event.key, event.what)).collect::<Vec<_>>()
    };
    let closed = ("closed 12 by 5".to_owned(), Happened::Closed);
    let taken = ("taken 12 5".to_owned(), Happened::Taken);
    let answered = ("followup 5".to_owned(), Happened::Answered { text: "All done.".into() });
    assert_eq!(told(&[], 5), [taken.clone(), answered, closed.clone()]);
    let patient = json!({ "id": 6, "user": null, "comment": "It hurts.", "public": true });
    let asked = ("followup 6".to_owned(), Happened::Asked { text: "It hurts.".into() });
    assert_eq!(told(&[patient], 6), [taken.clone(), closed.clone(), asked], "known by the same name");
    let ours = json!({ "id": 6, "user": 7, "comment": "A person will answer you.", "public": true });
    assert_eq!(told(&[ours], 6), std::slice::from_ref(&taken));
    let hidden = json!({ "id": 6, "user": 3, "comment": "Closed.", "public": false, "new_status": 4 });
    assert_eq!(told(&[hidden], 6), [taken, ("closed 12 by 6".to_owned(), Happened::Closed)]);
}

#[test]
fn open_and_reopened_tickets_are_listed_and_it_is_told_when_they_were_written() {
    let url = desk().poll().unwrap().url;
    assert_eq!(url, "http://desk/api/tickets/?status=1,2&page_size=100");
    let one = |id: u64, user: Value, date: &str| json!({ "id": id, "user": user, "comment": "hello", "public": true, "date": date });
    let both = json!([
        one(4, Value::Null, "2026-11-02T09:30:00.123456Z"),
        one(5, json!(3), "2026-11-02T11:30:00+01:00"),
        one(6, Value::Null, "2026-11-02T09:30:00"),
    ]);
    let body = json!({ "results": [ticket(&both)] }).to_string();
    let polled = desk().polled(body.as_bytes()).unwrap();
    let written: Vec<_> = polled.events.iter().map(|event| (event.key.as_str(), event.written)).collect();
    let (first, second) = (1_793_611_800, 1_793_615_400);
    assert_eq!(
        written,
        [
            ("taken 12 5", Some(second)),
            ("ticket 12", Some(first)),
            ("followup 4", Some(first)),
            ("followup 5", Some(second)),
            ("followup 6", None),
        ]
    );
}

#[test]
fn a_ticket_that_was_opened_is_found_by_its_subject() {
    let call = desk().look_for("Treatment").unwrap();
    assert_eq!(call.url, "http://desk/api/tickets/?status=1,2&page_size=100&page=last");
    let body = json!({ "results": [ticket(&json!([]))] }).to_string();
    let found = desk().found(body.as_bytes(), "Treatment");
    assert_eq!(found, Some(("12".into(), json!({ "title": "Treatment" }))));
    assert_eq!(desk().found(body.as_bytes(), "Treatment (b1946ac92492d234)"), None);
}
