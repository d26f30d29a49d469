use super::*;
use crate::adapters::Content;
use crate::config::Secret;

const SECRET: &str = "0123456789abcdef";

fn desk() -> BotFramework {
    BotFramework(Base {
        url: "http://connector".into(),
        secret: Secret::new(SECRET),
        token: Secret::new("t"),
        hand_over_to: "nurses".into(),
        ..Base::default()
    })
}

fn receive(activity: &Value) -> Result<Received, Rejection> {
    let body = activity.to_string();
    let delivery = Delivery {
        path_secret: Some(SECRET),
        header: &|_| None,
        body: body.as_bytes(),
        now: 0,
        keys: &Keys::default(),
    };
    desk().receive(&delivery)
}

/// A bot of Microsoft's service.
fn signed_desk(url: &str) -> BotFramework {
    BotFramework(Base {
        url: url.into(),
        account: "app".into(),
        token: Secret::new("password"),
        signed: true,
        token_url: "https://login/token".into(),
        ..Base::default()
    })
}

fn with(more: &Value) -> Value {
    let mut activity = json!({ "type": "message", "id": "a 1", "serviceUrl": "http://connector/",
        "conversation": { "id": "c/1" }, "from": { "id": "u", "name": "Anna" }, "text": "why?" });
    let members = activity.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    activity
}

fn happened(more: &Value) -> Option<Happened> {
    receive(&with(more)).unwrap().events.pop().map(|event| event.what)
}

#[test]
fn activities_are_read() {
    assert_eq!(happened(&json!({})), Some(Happened::Asked { text: "why?".into() }));
    let mention = json!({ "text": "<at>Ibid</at> why? " });
    assert_eq!(happened(&mention), Some(Happened::Asked { text: "why?".into() }));
    let open = json!({ "text": format!("why?<at>{}", "<at>".repeat(250_000)) });
    let rest = format!("why?{}", "<at>".repeat(250_000));
    assert_eq!(happened(&open), Some(Happened::Asked { text: rest }), "what is never closed stands as it is");
    assert_eq!(happened(&json!({ "type": "endOfConversation" })), Some(Happened::Closed));
    for (state, what) in [
        ("accepted", Some(Happened::Taken)),
        ("completed", Some(Happened::Closed)),
        ("failed", Some(Happened::GivenBack)),
        ("other", None),
    ] {
        let status = json!({ "type": "event", "name": "handoff.status", "value": { "state": state } });
        assert_eq!(happened(&status), what);
    }
    for nothing in [
        json!({ "text": " " }),
        json!({ "text": null }),
        json!({ "type": "typing" }),
        json!({ "type": "conversationUpdate", "membersAdded": [] }),
        json!({ "from": { "id": "other", "role": "bot" } }),
    ] {
        assert_eq!(happened(&nothing), None, "{nothing}");
    }
}

#[test]
fn replies_go_nowhere_else() {
    for url in [
        "http://connector.evil.example",
        "http://connector@evil.example",
        "http://evil.example/http://connector",
        "http://connector/../x?y=#z",
        "",
    ] {
        let refused = receive(&with(&json!({ "serviceUrl": url })));
        assert!(matches!(refused, Err(Rejection::NotUnderstood(_))), "{url}");
    }
    let nowhere = Conversation { name: "c", details: &json!({ "service": "http://evil.example" }) };
    let call = desk().call(nowhere, &Step::Typing).unwrap();
    assert_eq!(call.url, "http://connector/v3/conversations/c/activities");
    assert!(receive(&with(&json!({ "serviceUrl": "http://connector/teams/" }))).is_ok());
    let stranger =
        Delivery { path_secret: None, header: &|_| None, body: b"{}", now: 0, keys: &Keys::default() };
    assert_eq!(desk().receive(&stranger), Err(Rejection::NotProven));
    assert!(receive(&with(&json!({ "conversation": { "id": ".." } }))).is_err());
}

#[test]
fn a_bot_of_the_service_is_proven_by_tokens_and_calls_with_them() {
    let desk = signed_desk("");
    let body =
        with(&json!({ "serviceUrl": "https://smba.example/teams/", "channelId": "msteams" })).to_string();
    let keys = Keys::default();
    let prove = |token: &str| {
        let header = |name: &str| (name == "authorization").then_some(token);
        let delivery = Delivery {
            path_secret: Some(SECRET),
            header: &header,
            body: body.as_bytes(),
            now: 0,
            keys: &keys,
        };
        (desk.prove(&delivery), desk.read(&delivery))
    };
    let (proven, read) = prove("Bearer a.b.c");
    assert_eq!(proven, Err(Rejection::NotProven));
    assert_eq!(read.unwrap().events[0].details["service"], "https://smba.example/teams");
    // {"alg":"RS256","kid":"k"}.{"iss":"i","aud":"app","exp":9,"serviceurl":"https://smba.example/teams"}
    let unknown = "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJpIiwiYXVkIjoiYXBwIiwiZXhwIjo5LCJzZXJ2aWNl\
        dXJsIjoiaHR0cHM6Ly9zbWJhLmV4YW1wbGUvdGVhbXMifQ.AAAA";
    assert_eq!(prove(unknown).0, Err(Rejection::UnknownKey));
    for url in ["http://smba.example", "https://a@b", "https://", "https:///x", "https://b?x", "ftp://b"] {
        assert!(!desk.may_call(url), "{url}");
    }
    assert!(desk.may_call("https://smba.example:443/teams/1"));
    assert!(!signed_desk("https://smba.example").may_call("https://other.example"));
    let login = desk.login(&keys).unwrap();
    assert!(login.form.contains(&("client_secret", "password".into())));
    assert!(!format!("{login:?} {desk:?}").contains("password"));
    assert_eq!((desk.headers("", 0, b""), super::tests::desk().login(&keys)), (Vec::new(), None));
}

#[test]
fn a_reply_names_what_it_replies_to() {
    let event = receive(&with(&json!({}))).unwrap().events.pop().unwrap();
    let conversation = Conversation { name: &event.conversation, details: &event.details };
    let step = Step::Reply {
        content: Content::text("a *b*"),
        buttons: vec!["more".into()],
        answer: json!({ "outcome": "answered" }),
        in_reply_to: event.message.clone(),
    };
    let call = desk().call(conversation, &step).unwrap();
    assert_eq!(call.url, "http://connector/v3/conversations/c%2F1/activities/a%201");
    assert_eq!((&call.body["replyToId"], &call.body["text"]), (&json!("a 1"), &json!("a \\*b\\*")));
    assert_eq!(call.body["recipient"], json!({ "id": "u", "name": "Anna" }));
    assert_eq!(call.body["suggestedActions"]["actions"][0]["value"], "more");
    assert_eq!(call.body["channelData"]["ibid"]["outcome"], "answered");
    let person = desk().call(conversation, &Step::HandOver).unwrap();
    assert_eq!(
        (&person.body["name"], &person.body["value"]["skill"]),
        (&json!("handoff.initiate"), &json!("nurses"))
    );
    assert_eq!(desk().call(conversation, &Step::note(Content::text("x"))), None);
    assert_eq!(desk().headers("", 0, b"")[0].1, "Bearer t");
}
