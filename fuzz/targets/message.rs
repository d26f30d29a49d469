//! Any text as a conversation, a message a line: every message is read, and what is found lies in it.
#![no_main]

use std::sync::LazyLock;

use ibid::conversation::{Act, Acts, Exchange, RedFlags, StandaloneKind, standalone};
use ibid::text::language::{Language, other_than};

static FLAGS: LazyLock<RedFlags> = LazyLock::new(RedFlags::shipped);

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut history: Vec<Exchange> = Vec::new();
    for message in text.lines().take(12) {
        if let Some(flag) = FLAGS.detect(message) {
            assert!(flag.span.slice(message).is_some_and(|words| !words.is_empty()), "a flag has words");
        }
        let act = Acts::shipped().of(message);
        let _ = other_than(Language::English, message);
        let read = standalone(&history, message);
        if matches!(read.kind, StandaloneKind::SelfContained | StandaloneKind::TopicChange) {
            assert_eq!(read.text, message, "what stands by itself is left alone");
        }
        if act == Act::Question {
            let read_as = (read.text != message).then_some(read.text);
            let offered = vec![message.chars().rev().collect()];
            history.push(Exchange { question: message.to_owned(), read_as, offered, ..Exchange::default() });
        }
    }
});
