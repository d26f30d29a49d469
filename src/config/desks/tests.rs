use super::*;

#[test]
fn kinds_are_written_by_their_names() {
    for kind in DeskKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}

#[test]
fn a_bot_is_proven_by_a_secret_or_by_tokens() {
    let places = |desk: DeskConfig| {
        let problems = desk.problems("bots").into_iter().chain(desk.problems_of_secrets("bots"));
        problems.map(|problem| problem.place).collect::<Vec<_>>()
    };
    let signed = DeskConfig { signed: true, ..DeskConfig::of(DeskKind::BotFramework) };
    assert_eq!(places(signed.clone()), ["desks.bots.account", "desks.bots.token"]);
    let whole = DeskConfig { account: "app".into(), token: Secret::new("s"), ..signed };
    assert!(places(whole.clone()).is_empty());
    let elsewhere = DeskConfig { url: "ftp://x".into(), keys_url: String::new(), ..whole };
    assert_eq!(places(elsewhere), ["desks.bots.url", "desks.bots.keys_url"]);
    let own = DeskConfig { url: "http://connector".into(), ..DeskConfig::of(DeskKind::BotFramework) };
    assert_eq!(places(own.clone()), ["desks.bots.secret"]);
    assert!(places(DeskConfig { secret: Secret::new("0123456789abcdef"), ..own }).is_empty());
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let desk = DeskConfig { quotes: 9, ..DeskConfig::of(DeskKind::DjangoHelpdesk) };
    let mut problems = desk.problems("Clinic");
    problems.extend(desk.problems_of_secrets("Clinic"));
    let places: Vec<&str> = problems.iter().map(|problem| problem.place.as_str()).collect();
    let wanted = ["desks.Clinic.", "desks.Clinic.url", "desks.Clinic.quotes", "desks.Clinic.bot"];
    assert_eq!(places, [&wanted[..], &["desks.Clinic.token", "desks.Clinic.secret"]].concat());
}

#[test]
fn what_is_passed_on_reaches_somebody() {
    let places = |desk: &DeskConfig| -> Vec<String> {
        desk.problems("d").into_iter().map(|problem| problem.place).collect()
    };
    let slack = DeskConfig::of(DeskKind::Slack);
    assert_eq!(places(&slack), ["desks.d.account"]);
    let mention = DeskConfig { hand_over_to: "S0".into(), ..slack.clone() };
    assert_eq!(places(&mention), ["desks.d.account"], "nobody else can open a direct message");
    let notes = DeskConfig { account: "C0".into(), ..slack.clone() };
    assert!(places(&notes).is_empty());
    let nobody = DeskConfig { notes: Notes::Never, ..notes };
    assert_eq!(places(&nobody), ["desks.d.hand_over_to"]);
    assert!(places(&DeskConfig { hand_over_to: "S0".into(), ..nobody }).is_empty());
    let silent = DeskConfig { when_unsure: WhenUnsure::Silent, hand_over: Vec::new(), ..slack };
    assert!(places(&silent).is_empty());
    let chatwoot = DeskConfig {
        url: "https://desk".into(),
        account: "1".into(),
        hand_over_to: "nurses".into(),
        ..DeskConfig::of(DeskKind::Chatwoot)
    };
    assert_eq!(places(&chatwoot), ["desks.d.hand_over_to"]);
    for to in ["", "team:4", "17"] {
        assert!(places(&DeskConfig { hand_over_to: to.into(), ..chatwoot.clone() }).is_empty(), "{to}");
    }
}

#[test]
fn a_desk_that_signs_has_a_secret_that_libraries_read_alike() {
    let problems = |secret: &str| {
        let desk = DeskConfig { secret: Secret::new(secret), ..DeskConfig::of(DeskKind::Webhook) };
        desk.problems_of_secrets("d").len()
    };
    assert_eq!(problems(&"0f".repeat(32)), 1);
    assert_eq!(problems("whsec_!"), 1);
    assert_eq!(problems("whsec_dGhpcy1pcy1hLXNlY3JldC1vZi10aGUtdGVzdHM="), 0);
}
