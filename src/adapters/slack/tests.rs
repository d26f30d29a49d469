use super::incoming::{MAX_QUESTION_CHARS, WRITTEN, shortened};
use super::*;
use crate::adapters::content::Block;
use crate::adapters::{Event, Happened, Keys};
use crate::config::Secret;

fn desk(secret: &str) -> Slack {
    Slack(Base {
        secret: Secret::new(secret),
        account: "C0STAFF".into(),
        hand_over_to: "S0614TZR7".into(),
        signed: true,
        ..Base::default()
    })
}

fn receive(secret: &str, body: &str) -> Received {
    let signature = hmac_sha256(secret.as_bytes(), &[b"v0:1000:", body.as_bytes()]);
    let signature = format!("v0={}", hex::encode(signature));
    let header = |name: &str| match name {
        "x-slack-request-timestamp" => Some("1000"),
        "x-slack-signature" => Some(signature.as_str()),
        _ => None,
    };
    let delivery = Delivery {
        path_secret: None,
        header: &header,
        body: body.as_bytes(),
        now: 1000,
        keys: &Keys::default(),
    };
    desk(secret).receive(&delivery).unwrap()
}

fn message(more: &Value) -> Option<Event> {
    let mut event = json!({ "type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.2",
                            "text": "<@U9> how long &lt; does it take?" });
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    let body = json!({ "type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event });
    let body = body.to_string();
    receive("0123456789abcdef", &body).events.pop()
}

#[test]
fn the_published_signature_is_right() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signed = hmac_sha256(b"8f742231b10e8888abcd99yyyzzz85a5", &[b"v0:1531420618:", body.as_bytes()]);
    assert_eq!(hex::encode(signed), "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
}

#[test]
fn a_challenge_is_echoed() {
    let body = r#"{"type":"url_verification","challenge":"abc","token":"t"}"#;
    assert_eq!(receive("0123456789abcdef", body).reply, Some(json!({ "challenge": "abc" })));
}

#[test]
fn mentions_and_direct_messages_are_questions_in_their_thread() {
    let event = message(&json!({})).unwrap();
    assert_eq!(event.what, Happened::Asked { text: "how long < does it take?".into() });
    assert_eq!(event.conversation, "C1 1.2");
    assert_eq!(message(&json!({ "thread_ts": "0.9" })).unwrap().conversation, "C1 0.9");
    assert!(message(&json!({ "type": "message", "channel_type": "im" })).is_some());
    for ignored in [
        json!({ "bot_id": "B1" }),
        json!({ "subtype": "message_changed" }),
        json!({ "type": "message", "channel_type": "channel" }),
        json!({ "channel": "C1&ts=2" }),
        json!({ "ts": "1.2&channel=C2", "thread_ts": "0.9" }),
        json!({ "text": "<@U9>" }),
        json!({ "subtype": "file_share", "bot_id": "B1" }),
        json!({ "subtype": "file_share", "text": "" }),
    ] {
        assert_eq!(message(&ignored), None, "{ignored}");
    }
}

#[test]
fn a_message_with_a_picture_is_a_question() {
    for subtype in WRITTEN {
        assert!(message(&json!({ "subtype": subtype })).is_some(), "{subtype}");
    }
}

#[test]
fn what_is_never_closed_stands_as_it_is() {
    let open = "<".repeat(500_000);
    let event = message(&json!({ "text": format!("<@U9> why {open}") })).unwrap();
    assert_eq!(event.what, Happened::Asked { text: format!("why {open}") });
}

#[test]
fn staff_who_do_not_see_a_message_are_told_who_asked_what() {
    let note = |event: &Event, step: &Step| {
        let conversation = Conversation { name: &event.conversation, details: &event.details };
        desk("0123456789abcdef").call(conversation, step).unwrap().body
    };
    let direct = message(&json!({ "type": "message", "channel_type": "im", "channel": "D1" })).unwrap();
    let mention = note(&direct, &Step::Assign);
    assert_eq!((&mention["channel"], mention.get("thread_ts")), (&json!("C0STAFF"), None));
    let line = "<@U1> in a direct message: how long &lt; does it take?";
    assert_eq!(mention["text"], format!("<!subteam^S0614TZR7> {line}"));
    let said = note(&direct, &Step::note(Content::text("Ibid was not sure.")));
    assert_eq!(said["text"], format!("{line}\n\nIbid was not sure."));
    let shown = &said["blocks"][0]["elements"];
    assert_eq!(shown[0]["elements"][0], json!({ "type": "user", "user_id": "U1" }));
    assert_eq!(shown[1]["elements"][0]["text"], "how long < does it take?");
    assert_eq!(shown[2]["elements"][0]["text"], "Ibid was not sure.");
    let in_channel = message(&json!({})).unwrap();
    assert_eq!(note(&in_channel, &Step::Assign)["channel"], "C1", "everybody there sees the thread");
    let who = note(&in_channel, &Step::note(Content::text("x")))["blocks"][0]["elements"][0].clone();
    assert_eq!(who["elements"][2], json!({ "type": "channel", "channel_id": "C1" }));
    let link = "https://slack.com/app_redirect?team=T1&channel=C1&message_ts=1.2";
    assert_eq!(who["elements"][4]["url"], link);
}

#[test]
fn staff_are_shown_the_beginning_of_a_long_question() {
    assert_eq!(shortened("\u{e9}"), "\u{e9}");
    let long = shortened(&"\u{e9}".repeat(MAX_QUESTION_CHARS + 1));
    assert_eq!(long.chars().count(), MAX_QUESTION_CHARS + 1);
    assert!(long.ends_with('\u{2026}'));
}

#[test]
fn replies_stand_in_the_thread_and_their_quotes_have_no_markup() {
    let conversation = Conversation { name: "C1 1.2", details: &Value::Null };
    let content = Content { blocks: vec![Block::Quote("<!channel> *now*".into())] };
    let step = Step::say(content);
    let call = desk("0123456789abcdef").call(conversation, &step).unwrap();
    assert_eq!((&call.body["channel"], &call.body["thread_ts"]), (&json!("C1"), &json!("1.2")));
    assert_eq!(call.body["text"], "\u{201c}&lt;!channel&gt; *now*\u{201d}");
    let quote = &call.body["blocks"][0]["elements"][0];
    assert_eq!(quote["elements"][0], json!({ "type": "text", "text": "<!channel> *now*" }));
    let assign = desk("0123456789abcdef").call(conversation, &Step::Assign).unwrap();
    assert_eq!(assign.body["text"], "<!subteam^S0614TZR7>");
}

#[test]
fn what_went_wrong_stands_in_the_body() {
    let verdict = |body: &str| desk("0123456789abcdef").verdict(200, Some(7), body.as_bytes());
    assert_eq!(verdict(r#"{"ok":true}"#), Verdict::Done);
    assert_eq!(verdict(r#"{"ok":false,"error":"ratelimited"}"#), Verdict::Again(Some(7)));
    assert_eq!(verdict(r#"{"ok":false,"error":"channel_not_found"}"#), Verdict::Refused);
    assert_eq!(verdict("<html>"), Verdict::Again(None));
}

#[test]
fn what_was_written_is_known_again_by_its_mark_wherever_it_stands() {
    let desk = desk("0123456789abcdef");
    let event = message(&json!({})).unwrap();
    let direct = message(&json!({ "type": "message", "channel_type": "im", "channel": "D1" })).unwrap();
    let looked = |event: &Event, step: &Step| {
        let conversation = Conversation { name: &event.conversation, details: &event.details };
        let call = desk.marked(desk.call(conversation, step)?, "m1");
        assert_eq!(call.body["metadata"]["event_payload"], json!({ "step": "m1" }));
        let place = desk.place(conversation, step)?;
        let look = desk.look(Conversation { name: &place, ..conversation })?;
        let shown = look.url.strip_prefix("https://slack.com/api/conversations.")?.to_owned();
        let posted =
            json!({ "type": "message", "bot_id": "B1", "text": "a", "metadata": call.body["metadata"] });
        let body = json!({ "ok": true, "messages": [posted] }).to_string();
        let seen = Seen { marks: vec!["m1".into()], ours: Vec::new() };
        assert_eq!(desk.seen(body.as_bytes()), Some(seen));
        Some(shown)
    };
    let how = "include_all_metadata=true&limit=500";
    let (reply, note) = (Step::say(Content::text("a")), Step::note(Content::text("a")));
    let thread = Some(format!("replies?channel=C1&ts=1.2&{how}"));
    let staff = Some(format!("history?channel=C0STAFF&{how}"));
    assert_eq!((looked(&event, &reply), looked(&event, &Step::Assign)), (thread.clone(), thread));
    assert_eq!((looked(&event, &note), looked(&direct, &Step::Assign)), (staff.clone(), staff));
    assert_eq!(looked(&event, &Step::HandOver), None);
}

#[test]
fn what_was_written_without_our_mark_is_known_by_its_text() {
    let of_another = json!({ "event_type": "task_created", "event_payload": { "step": "m1" } });
    let messages = json!([
        { "type": "message", "user": "U1", "text": "why?" },
        { "type": "message", "bot_id": "B1", "text": "a &lt; b" },
        { "type": "message", "bot_id": "B2", "text": "c", "metadata": of_another },
    ]);
    let body = json!({ "ok": true, "messages": messages }).to_string();
    let seen = Seen { marks: Vec::new(), ours: vec!["a < b".into(), "c".into()] };
    assert_eq!(desk("0123456789abcdef").seen(body.as_bytes()), Some(seen));
}

#[test]
fn an_operator_is_told_what_went_wrong() {
    let reason = |body: &Value| desk("0123456789abcdef").reason(body.to_string().as_bytes());
    assert_eq!(reason(&json!({ "ok": false, "error": "not_in_channel" })).unwrap(), "not_in_channel");
    let scope = json!({ "ok": false, "error": "missing_scope", "needed": "channels:history" });
    assert_eq!(reason(&scope).unwrap(), "missing_scope, which needs channels:history");
    assert_eq!(reason(&json!({ "ok": false, "error": "Why does it hurt?" })), None);
    assert_eq!(reason(&json!("x")), None);
}
