//! Any bytes as what a help desk sends or answers: events or a reason, never a panic; and whatever was read can be
//! replied to.
#![no_main]

use std::sync::LazyLock;

use ibid::adapters::{AccessToken, Adapter, Content, Conversation, Delivery, Discovery, Keys, Step, adapter};
use ibid::config::{DeskConfig, DeskKind, Secret};
use libfuzzer_sys::fuzz_target;

static DESKS: LazyLock<Vec<Box<dyn Adapter>>> = LazyLock::new(|| {
    let desk = |kind| DeskConfig {
        url: "http://desk".into(),
        account: "1".into(),
        bot: "7".into(),
        secret: Secret::new("0123456789abcdef"),
        hand_over_to: "3".into(),
        ..DeskConfig::of(kind)
    };
    let signed = DeskConfig { signed: true, ..desk(DeskKind::BotFramework) };
    let configs = DeskKind::ALL.map(desk).into_iter().chain([signed]);
    configs.map(|config| adapter("desk", &config).expect("no file is named")).collect()
});

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let desk = &DESKS[usize::from(*first) % DESKS.len()];
    // What comes before a zero is a token; no desk sends one otherwise.
    let (token, body) =
        body.iter().position(|byte| *byte == 0).map_or((&[][..], body), |at| (&body[..at], &body[at + 1..]));
    let token = format!("Bearer {}", String::from_utf8_lossy(token));
    let header = |name: &str| match name {
        "webhook-id" => Some("1"),
        "authorization" => Some(token.as_str()),
        _ => None,
    };
    let delivery = Delivery { path_secret: None, header: &header, body, now: 0, keys: &Keys::default() };
    let _ = (desk.receive(&delivery), desk.seen(body), desk.polled(body), desk.opened(body), desk.found(body, "a subject"));
    let _ = (Discovery::parse(body), Keys::parse("issuer", body), AccessToken::parse(body));
    let Ok(received) = desk.read(&delivery) else { return };
    for event in received.events {
        let _ = desk.acknowledge(&event);
        let conversation = Conversation { name: &event.conversation, details: &event.details };
        let text = String::from_utf8_lossy(body).into_owned();
        let content = Content::text(&text);
        let open = Step::Open { subject: text.clone(), content: content.clone(), reference: "r".into() };
        for step in [
            Step::say(content.clone()),
            Step::note(content),
            Step::HandOver,
            Step::Assign,
            Step::Typing,
            open,
            Step::Forward { text },
        ] {
            let _ = desk.call(conversation, &step);
        }
        let _ = desk.look(conversation);
    }
});
