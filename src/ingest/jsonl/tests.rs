use std::io::{BufReader, Cursor};

use super::*;

fn lines(text: &[u8], limit: u64) -> Vec<Line> {
    // A small buffer, so that lines come in pieces.
    let mut records =
        Records::new(BufReader::with_capacity(7, Cursor::new(text.to_vec())), "f/faq.jsonl", limit);
    std::iter::from_fn(|| records.next_line().unwrap()).collect()
}

fn reason(line: &Line) -> String {
    line.record.as_ref().err().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn a_record_becomes_a_draft_with_its_metadata() {
    let line = r#"{"_id": 7, "title": "A\u0007 b", "text": " One.\nTwo é. ", "question": "Why?", "url": "https://example.org/",
        "language": "en", "more": {"x": [1]}}"#
        .replace('\n', "");
    let text = format!("\u{feff}\n  \r\n{line}\r\n");
    let mut all = lines(text.as_bytes(), 1_000);
    assert_eq!(all.len(), 1);
    let line_3 = all.remove(0);
    assert_eq!((line_3.number, line_3.bytes_done), (3, text.len() as u64));
    let record = line_3.record.unwrap();
    assert_eq!(record.id.as_str(), "f/faq.jsonl#7");
    assert_eq!(record.revision, Revision::of(line.as_bytes()));
    let draft = record.into_draft().unwrap();
    assert_eq!(draft.text, " One.\nTwo é. ");
    assert_eq!((draft.metadata.title.as_str(), draft.metadata.question.as_deref()), ("A b", Some("Why?")));
    assert_eq!(draft.metadata.url.as_deref(), Some("https://example.org/"));
}

#[test]
fn bad_lines_are_skipped_and_the_reading_goes_on() {
    let long = format!(r#"{{"_id":"l","text":"{}"}}"#, "x".repeat(300));
    let deep = format!(r#"{{"_id":"d","text":"x","y":{}}}"#, "[".repeat(120));
    let good = r#"{"_id":"a","text":"x"}"#;
    let parts: Vec<&[u8]> = vec![
        b"{\"_id\":\"secret",
        long.as_bytes(),
        b"{\"_id\":\"\xFF\",\"text\":\"x\"}",
        good.as_bytes(),
        deep.as_bytes(),
        b"[]",
        br#"{"_id":"n","text":5}"#,
        br#"{"text":"x"}"#,
        good.as_bytes(),
        br#"{"_id":"c\u001b","text":"x"}"#,
        br#"{"_id":"z","text":"x"}"#,
        br#"{"_id":"q","te"#,
    ];
    let all = lines(&parts.join(&b'\n'), 200);
    let reasons: Vec<String> = all.iter().map(reason).collect();
    assert_eq!(all.iter().map(|line| line.number).collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
    let said = [
        "not valid JSON",
        "max_record_bytes",
        "not UTF-8",
        "",
        "not valid JSON",
        "right types",
        "right types",
        "no `_id`",
        "taken",
        "name",
        "",
        "cut off",
    ];
    for (reason, said) in reasons.iter().zip(said) {
        assert!(
            reason.contains(said) && (!said.is_empty() || reason.is_empty()),
            "{reason:?} does not say {said:?}"
        );
        assert!(!reason.contains("secret"));
    }
}

/// The date of review and the notes of a record with `members` besides id and text.
fn said(members: &str) -> (Option<String>, Vec<String>) {
    let line = format!(r#"{{"_id":"a","text":"x",{members}}}"#);
    let record = lines(line.as_bytes(), 1_000).remove(0).record.unwrap();
    let draft = record.into_draft().unwrap();
    (draft.metadata.reviewed, draft.notes.into_iter().map(|note| note.detail).collect())
}

#[test]
fn a_record_tells_when_it_was_reviewed() {
    assert_eq!(said(r#""reviewed":"2024-01-01""#), (Some("2024-01-01".to_owned()), Vec::new()));
    assert_eq!(said(r#""reviewed":2024"#), (Some("2024".to_owned()), Vec::new()));
    assert_eq!(said(r#""reviewed":null"#), (None, Vec::new()));
    for value in [r#""2021-13-45""#, "true", r#"{"year":2024}"#, r#"["2024-01-01"]"#] {
        let (reviewed, notes) = said(&format!(r#""reviewed":{value}"#));
        assert_eq!(reviewed, None, "{value}");
        assert!(matches!(notes.as_slice(), [note] if note.contains("no date")), "{notes:?}");
    }
}

#[test]
fn members_near_to_missing_ones_and_languages_that_are_none_are_noted() {
    let (_, notes) = said(r#""Url":"https://example.org/","topic":"knees","last_reviewed":"2024-01-01""#);
    assert_eq!(
        notes,
        ["`Url` is not read: did you mean `url`?", "`last_reviewed` is not read: did you mean `reviewed`?"]
    );
    let (_, notes) = said(r#""language":"English""#);
    assert!(matches!(notes.as_slice(), [note] if note.contains("`English`")), "{notes:?}");
    let (_, notes) = said(r#""url":"https://example.org/","Url":"https://example.org/b","Title":5"#);
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn an_address_that_is_not_of_the_web_is_refused() {
    let all = lines(br#"{"_id":"a","text":"x","url":"javascript:1"}"#, 100);
    let record = all.into_iter().next().unwrap().record.unwrap();
    assert!(matches!(record.into_draft(), Err(SkipReason::Malformed(_))));
}
