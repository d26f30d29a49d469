//! Settings that make no sense.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;

use super::{Config, Problem};
use crate::text::token::Analyzer;

/// Every value of `config` out of its range.
pub(super) fn problems(config: &Config) -> Vec<Problem> {
    let mut check = Check::default();
    let Config { ingest, answer, retrieve, server, texts, .. } = config;
    check.within("ingest.max_file_bytes", ingest.max_file_bytes, 1024..=4 << 30);
    check.within("ingest.max_record_bytes", ingest.max_record_bytes, 1024..=1 << 30);
    check.within("ingest.max_line_bytes", ingest.max_line_bytes, 1024..=1 << 30);
    check.within("ingest.max_passage_words", ingest.max_passage_words, 20..=2000);
    for pattern in &ingest.boilerplate {
        if let Err(error) = regex::Regex::new(pattern) {
            check.wrong("ingest.boilerplate", format!("`{pattern}` is not a regular expression: {error}"));
        }
    }
    check.within("index.writer_memory_bytes", config.index.writer_memory_bytes, 16 << 20..=64 << 30);
    check.within("index.document_cache_bytes", config.index.document_cache_bytes, 0..=64 << 30);
    check.within("encoder.threads", config.encoder.threads, 0..=1024);
    check.within("encoder.max_tokens", config.encoder.max_tokens, 8..=512);
    check.within("judge.threads", config.judge.threads, 0..=1024);
    check.within("judge.candidates", config.judge.candidates, 1..=40);
    if let Err(error) = config.read_lexicon(&Analyzer::english()) {
        check.problems.extend(error.problems);
    }
    check.within("retrieve.candidates", retrieve.candidates, 1..=1000);
    if let Err(error) = retrieve.learned() {
        check.wrong("retrieve.weights", error.to_string());
    }
    for (key, weight) in [
        ("boosts.title", retrieve.boosts.title),
        ("boosts.section", retrieve.boosts.section),
        ("boosts.context", retrieve.boosts.context),
        ("boosts.question", retrieve.boosts.question),
        ("boosts.text", retrieve.boosts.text),
    ] {
        check.within(&format!("retrieve.{key}"), weight, 0.0..=100.0);
    }
    check.within("answer.max_question_chars", answer.max_question_chars, 1..=100_000);
    check.within("answer.max_quote_words", answer.max_quote_words, 1..=120);
    check.within("answer.answered_confidence", answer.answered_confidence, 0.0..=1.0);
    check.within("answer.low_confidence", answer.low_confidence, 0.0..=answer.answered_confidence);
    check.within("answer.cached_answers", answer.cached_answers, 0..=1_000_000);
    check.within("server.max_connections", server.max_connections, 1..=1_000_000);
    check.within("server.max_connections_per_address", server.max_connections_per_address, 1..=1_000_000);
    check.within("server.max_message_bytes", server.max_message_bytes, 256..=16 << 20);
    check.within("server.questions_per_minute", server.questions_per_minute, 0..=100_000_000);
    check.within("server.handoffs_per_hour", server.handoffs_per_hour, 0..=1_000_000);
    check.within("server.question_burst", server.question_burst, 1..=100_000_000);
    check.within("server.search_threads", server.search_threads, 0..=1024);
    check.within("server.search_queue", server.search_queue, 1..=1_000_000);
    check.within("server.idle_timeout_secs", server.idle_timeout_secs, 1..=7 * 86_400);
    check.within("server.heartbeat_secs", server.heartbeat_secs, 1..=3600);
    check.within("server.send_timeout_secs", server.send_timeout_secs, 1..=3600);
    check.within("server.request_timeout_secs", server.request_timeout_secs, 1..=3600);
    check.within("server.drain_timeout_secs", server.drain_timeout_secs, 0..=3600);
    check.within("server.max_sessions", server.max_sessions, 1..=10_000_000);
    if !server.public_url.is_empty() && !is_base(&server.public_url) {
        check.wrong(
            "server.public_url",
            format!("`{}` is no address; write it as in https://ask.clinic.example", server.public_url),
        );
    }
    for origin in &server.allowed_origins {
        if !is_origin(origin) {
            check.wrong(
                "server.allowed_origins",
                format!(
                    "`{origin}` is not an origin; write scheme and host only, as in https://clinic.example"
                ),
            );
        }
    }
    if !is_language_tag(&texts.language) {
        check.wrong(
            "texts.language",
            format!("`{}` is no language tag; write one as in en, de or pt-BR", texts.language),
        );
    }
    check.within("texts.suggestions (entries)", texts.suggestions.len(), 0..=10);
    check.problems.extend(config.safety.problems());
    check.problems.extend(config.brand.problems());
    let sessions = &config.sessions;
    check.within("sessions.idle_secs", sessions.idle_secs, 1..=30 * 86_400);
    check.within("sessions.retention_secs", sessions.retention_secs, sessions.idle_secs..=366 * 86_400);
    check.within("sessions.max_frames", sessions.max_frames, 8..=100_000);
    check.within("sessions.max_frame_bytes", sessions.max_frame_bytes, 64 << 10..=1 << 30);
    check.within("sessions.max_resting", sessions.max_resting, 1..=10_000_000);
    check.within("sessions.max_resting_bytes", sessions.max_resting_bytes, 1 << 20..=64 << 30);
    let unanswered = &config.unanswered;
    check.within("unanswered.retention_days", unanswered.retention_days, 1..=365);
    check.within("unanswered.max_entries", unanswered.max_entries, 1..=100_000);
    let deliveries = &config.deliveries;
    check.within("deliveries.retention_days", deliveries.retention_days, 1..=3660);
    check.within("deliveries.first_retry_secs", deliveries.first_retry_secs, 1..=3600);
    check.within("deliveries.give_up_hours", deliveries.give_up_hours, 1..=24 * 30);
    for (name, desk) in &config.desks {
        check.problems.extend(desk.problems(name));
    }
    check.files(config);
    let wanted = &config.handoff.desk;
    match config.desks.get(wanted) {
        None if !wanted.is_empty() => {
            check.wrong("handoff.desk", format!("there is no `[desks.{wanted}]`"));
        }
        Some(desk) if !desk.kind.takes_chats() => check.wrong(
            "handoff.desk",
            format!("a {} cannot open a conversation; name a desk of another kind", desk.kind.as_str()),
        ),
        Some(desk) if desk.account.trim().is_empty() && desk.kind.opens_in_an_account() => check.wrong(
            &format!("desks.{wanted}.account"),
            "the queue (django-helpdesk: its number; Zammad: the name of a group) in which chats that are \
             handed over are opened"
                .into(),
        ),
        _ => {}
    }
    check.problems
}

/// What is wrong with the secrets that a server needs.
pub(super) fn problems_of_secrets(config: &Config) -> Vec<Problem> {
    let mut problems = config.sessions.problems();
    problems.extend(config.unanswered.problems());
    for (name, desk) in &config.desks {
        problems.extend(desk.problems_of_secrets(name));
    }
    if !config.desks.is_empty() {
        problems.extend(config.deliveries.key().err());
    }
    problems
}

/// Whether both paths lead to one file, which need not be there yet.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| {
        let whole = path.canonicalize().or_else(|_| std::path::absolute(path));
        whole.unwrap_or_else(|_| path.to_owned())
    };
    real(one) == real(other)
}

/// Whether `text` is `http(s)://host[:port][/path]`.
fn is_base(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains(['?', '#', ' ', '@', '"', '<', '>'])
    })
}

/// Whether `text` has the form of a BCP 47 tag.
fn is_language_tag(text: &str) -> bool {
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    text.split('-').all(is_part) && text.split('-').next().is_some_and(|first| first.len() >= 2)
}

/// Whether `text` is `http(s)://host[:port]` with nothing after it.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '*', ' ', '@']))
}

#[derive(Default)]
struct Check {
    problems: Vec<Problem>,
}

impl Check {
    fn wrong(&mut self, key: &str, detail: String) {
        self.problems.push(Problem { place: key.to_owned(), detail });
    }

    /// Looks whether two things are to be kept in one file.
    fn files(&mut self, config: &Config) {
        let Config { sessions, unanswered, deliveries, .. } = config;
        let files = [
            ("sessions.path", &sessions.path, sessions.is_kept()),
            ("unanswered.path", &unanswered.path, unanswered.is_kept()),
            ("deliveries.path", &deliveries.path, !config.desks.is_empty()),
        ];
        let used: Vec<_> = files.into_iter().filter(|&(_, _, is_used)| is_used).collect();
        for (at, (key, path, _)) in used.iter().enumerate() {
            for (other, other_path, _) in used.iter().skip(at + 1) {
                if is_same_file(path, other_path) {
                    let detail = format!("it is the file of `{other}` too; each needs a file of its own");
                    self.wrong(key, detail);
                }
            }
        }
    }

    fn within<T: PartialOrd + Display + Copy>(&mut self, key: &str, value: T, range: RangeInclusive<T>) {
        if !range.contains(&value) {
            self.wrong(key, format!("{value} is out of range; use {} to {}", range.start(), range.end()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::DeskConfig;
    use super::*;

    #[test]
    fn whatever_is_kept_needs_a_file_of_its_own() {
        let mut config = Config::default();
        config.sessions.path = "./data/both.sqlite".into();
        config.deliveries.path = "data/both.sqlite".into();
        let told = |config: &Config| problems(config).iter().any(|problem| problem.place == "sessions.path");
        assert!(!told(&config), "without a desk there are no deliveries");
        config.desks.insert("clinic".into(), DeskConfig::default());
        assert!(told(&config));
        config.deliveries.path = "data/deliveries.sqlite".into();
        assert!(!told(&config));
        config.unanswered.path = "data/both.sqlite".into();
        assert!(told(&config));
        config.sessions.path = "".into();
        assert!(!told(&config), "sessions are not kept");
    }
}
