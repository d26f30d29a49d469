use super::*;

const CRISES: &str = include_str!("tests/crisis.txt");
const EMERGENCIES: &str = include_str!("tests/emergency.txt");
const ORDINARY: &str = include_str!("tests/ordinary.txt");

fn wrong(messages: &str, expected: Option<NoticeKind>) -> Vec<String> {
    let flags = RedFlags::shipped();
    let lines = messages.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let outcomes = lines.map(|line| (line, flags.detect(line)));
    outcomes
        .filter(|(_, flag)| flag.as_ref().map(|flag| flag.kind) != expected)
        .map(|(line, flag)| match flag {
            Some(flag) => format!("{line}\n    {}: {:?}", flag.rule, flag.span.slice(line)),
            None => line.to_owned(),
        })
        .collect()
}

#[track_caller]
fn check(messages: &str, expected: Option<NoticeKind>) {
    let wrong = wrong(messages, expected);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_shipped_list_is_read() {
    RedFlags::with_additions(&[]).unwrap();
    assert_eq!(RedFlags::shipped().version(), 9);
    assert!(RedFlags::shipped().count() > 200);
}

#[test]
fn every_crisis_is_seen() {
    check(CRISES, Some(NoticeKind::Crisis));
}

#[test]
fn every_emergency_is_seen() {
    check(EMERGENCIES, Some(NoticeKind::Emergency));
}

#[test]
fn ordinary_messages_raise_no_alarm() {
    check(ORDINARY, None);
}

#[test]
fn a_danger_is_seen_within_a_long_message() {
    let flags = RedFlags::shipped();
    let chat = "I had my scan on Monday and the staff were kind. The food was fine too. ".repeat(6);
    let text = format!("{chat}Now my husband has collapsed. {chat}");
    let flag = flags.detect(&text).unwrap();
    assert_eq!(flag.kind, NoticeKind::Emergency);
    assert!(flag.span.slice(&text).unwrap().contains("collapsed"));
}

#[test]
fn a_crisis_comes_before_an_emergency() {
    let flag = RedFlags::shipped().detect("I have chest pain and I want to kill myself").unwrap();
    assert_eq!(flag.kind, NoticeKind::Crisis);
}

#[test]
fn an_operators_list_adds_and_its_errors_name_it() {
    let own = |text: &str| RedFlags::with_additions(&[("own.txt".into(), text.into())]);
    let flags = own("[emergency pump]\npump alarm").unwrap();
    assert_eq!(flags.detect("my pump alarms").unwrap().rule, "pump");
    assert_eq!(own("[urgent x]").unwrap_err().line, 1);
    assert_eq!(own("[urgent x]").unwrap_err().place, "own.txt");
}

#[test]
fn the_list_of_the_manual_sees_what_it_is_for() {
    let manual = include_str!("../../../docs/safety.md");
    let (_, rest) = manual.split_once("```text\n").unwrap();
    let (list, _) = rest.split_once("```").unwrap();
    let flags = RedFlags::with_additions(&[("own.txt".into(), list.into())]).unwrap();
    for seen in ["my pump is beeping", "my mother's pump has stopped", "his pump stopped"] {
        assert_eq!(flags.detect(seen).unwrap().rule, "pump-alarm", "{seen}");
    }
    for passed in ["what if my pump stops", "my pump alarm clock", "how does the pump work"] {
        assert!(flags.detect(passed).is_none(), "{passed}");
    }
}
