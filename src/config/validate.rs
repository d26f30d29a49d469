//! Settings that make no sense.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;

use regex::Regex;

use super::{Config, DeliveriesConfig, Problem, ServerConfig, SessionsConfig, TextsConfig, UnansweredConfig};
use crate::answer::AnswerConfig;
use crate::embed::EncoderConfig;
use crate::index::IndexConfig;
use crate::ingest::IngestConfig;
use crate::judge::JudgeConfig;
use crate::retrieve::RetrieveConfig;
use crate::text::token::Analyzer;

/// Everything that is wrong with `config`, secrets aside.
pub(super) fn problems(config: &Config) -> Vec<Problem> {
    let mut check = Check::default();
    check.ingest(&config.ingest);
    check.index(&config.index);
    check.models(&config.encoder, &config.judge);
    if let Err(error) = config.read_lexicon(&Analyzer::english()) {
        check.problems.extend(error.problems);
    }
    check.retrieve(&config.retrieve);
    check.answer(&config.answer);
    check.limits(&config.server);
    check.addresses(&config.server);
    check.texts(&config.texts);
    check.problems.extend(config.safety.problems());
    check.problems.extend(config.brand.problems());
    check.sessions(&config.sessions);
    check.unanswered(&config.unanswered);
    check.deliveries(&config.deliveries);
    for (name, desk) in &config.desks {
        check.problems.extend(desk.problems(name));
    }
    check.files(config);
    check.handoff(config);
    check.problems
}

/// What is wrong with the secrets that a server needs.
pub(super) fn problems_of_secrets(config: &Config) -> Vec<Problem> {
    let Config { sessions, unanswered, deliveries, desks, .. } = config;
    let mut problems = Vec::new();
    if sessions.is_kept() {
        problems.extend(sessions.key().err());
    }
    if unanswered.is_kept() {
        problems.extend(unanswered.key().err());
    }
    for (name, desk) in desks {
        problems.extend(desk.problems_of_secrets(name));
    }
    if !desks.is_empty() {
        problems.extend(deliveries.key().err());
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

/// What stands behind `http(s)://`.
fn after_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))
}

/// Whether `text` is `http(s)://host[:port][/path]`.
fn is_base(text: &str) -> bool {
    after_scheme(text).is_some_and(|rest| {
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
    after_scheme(text).is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '*', ' ', '@']))
}

/// Collects what is wrong.
#[derive(Default)]
struct Check {
    problems: Vec<Problem>,
}

impl Check {
    fn wrong(&mut self, key: &str, detail: String) {
        self.problems.push(Problem { place: key.to_owned(), detail });
    }

    fn within<T: PartialOrd + Display + Copy>(&mut self, key: &str, value: T, range: RangeInclusive<T>) {
        if !range.contains(&value) {
            self.wrong(key, format!("{value} is out of range; use {} to {}", range.start(), range.end()));
        }
    }

    fn ingest(&mut self, ingest: &IngestConfig) {
        self.within("ingest.max_file_bytes", ingest.max_file_bytes, 1024..=4 << 30);
        self.within("ingest.max_record_bytes", ingest.max_record_bytes, 1024..=1 << 30);
        self.within("ingest.max_line_bytes", ingest.max_line_bytes, 1024..=1 << 30);
        self.within("ingest.max_passage_words", ingest.max_passage_words, 20..=2000);
        for pattern in &ingest.boilerplate {
            if let Err(error) = Regex::new(pattern) {
                let detail = format!("`{pattern}` is not a regular expression: {error}");
                self.wrong("ingest.boilerplate", detail);
            }
        }
    }

    fn index(&mut self, index: &IndexConfig) {
        self.within("index.writer_memory_bytes", index.writer_memory_bytes, 16 << 20..=64 << 30);
        self.within("index.document_cache_bytes", index.document_cache_bytes, 0..=64 << 30);
    }

    fn models(&mut self, encoder: &EncoderConfig, judge: &JudgeConfig) {
        self.within("encoder.threads", encoder.threads, 0..=1024);
        self.within("encoder.max_tokens", encoder.max_tokens, 8..=512);
        self.within("judge.threads", judge.threads, 0..=1024);
        self.within("judge.candidates", judge.candidates, 1..=40);
    }

    fn retrieve(&mut self, retrieve: &RetrieveConfig) {
        self.within("retrieve.candidates", retrieve.candidates, 1..=1000);
        if let Err(error) = retrieve.learned() {
            self.wrong("retrieve.weights", error.to_string());
        }
        for (key, weight) in [
            ("boosts.title", retrieve.boosts.title),
            ("boosts.section", retrieve.boosts.section),
            ("boosts.context", retrieve.boosts.context),
            ("boosts.question", retrieve.boosts.question),
            ("boosts.text", retrieve.boosts.text),
        ] {
            self.within(&format!("retrieve.{key}"), weight, 0.0..=100.0);
        }
    }

    fn answer(&mut self, answer: &AnswerConfig) {
        self.within("answer.max_question_chars", answer.max_question_chars, 1..=100_000);
        self.within("answer.max_quote_words", answer.max_quote_words, 1..=120);
        self.within("answer.answered_confidence", answer.answered_confidence, 0.0..=1.0);
        self.within("answer.low_confidence", answer.low_confidence, 0.0..=answer.answered_confidence);
        self.within("answer.cached_answers", answer.cached_answers, 0..=1_000_000);
    }

    fn limits(&mut self, server: &ServerConfig) {
        self.within("server.max_connections", server.max_connections, 1..=1_000_000);
        self.within("server.max_connections_per_address", server.max_connections_per_address, 1..=1_000_000);
        self.within("server.max_message_bytes", server.max_message_bytes, 256..=16 << 20);
        self.within("server.questions_per_minute", server.questions_per_minute, 0..=100_000_000);
        self.within("server.handoffs_per_hour", server.handoffs_per_hour, 0..=1_000_000);
        self.within("server.question_burst", server.question_burst, 1..=100_000_000);
        self.within("server.search_threads", server.search_threads, 0..=1024);
        self.within("server.search_queue", server.search_queue, 1..=1_000_000);
        self.within("server.idle_timeout_secs", server.idle_timeout_secs, 1..=7 * 86_400);
        self.within("server.heartbeat_secs", server.heartbeat_secs, 1..=3600);
        self.within("server.send_timeout_secs", server.send_timeout_secs, 1..=3600);
        self.within("server.request_timeout_secs", server.request_timeout_secs, 1..=3600);
        self.within("server.drain_timeout_secs", server.drain_timeout_secs, 0..=3600);
        self.within("server.max_sessions", server.max_sessions, 1..=10_000_000);
    }

    fn addresses(&mut self, server: &ServerConfig) {
        if !server.public_url.is_empty() && !is_base(&server.public_url) {
            let url = &server.public_url;
            let detail = format!("`{url}` is no address; write it as in https://ask.clinic.example");
            self.wrong("server.public_url", detail);
        }
        for origin in server.allowed_origins.iter().filter(|origin| !is_origin(origin)) {
            let remedy = "write scheme and host only, as in https://clinic.example";
            self.wrong("server.allowed_origins", format!("`{origin}` is not an origin; {remedy}"));
        }
    }

    fn texts(&mut self, texts: &TextsConfig) {
        if !is_language_tag(&texts.language) {
            let detail = format!("`{}` is no language tag; write one as in en, de or pt-BR", texts.language);
            self.wrong("texts.language", detail);
        }
        self.within("texts.suggestions (entries)", texts.suggestions.len(), 0..=10);
    }

    fn sessions(&mut self, sessions: &SessionsConfig) {
        self.within("sessions.idle_secs", sessions.idle_secs, 1..=30 * 86_400);
        self.within("sessions.retention_secs", sessions.retention_secs, sessions.idle_secs..=366 * 86_400);
        self.within("sessions.max_frames", sessions.max_frames, 8..=100_000);
        self.within("sessions.max_frame_bytes", sessions.max_frame_bytes, 64 << 10..=1 << 30);
        self.within("sessions.max_resting", sessions.max_resting, 1..=10_000_000);
        self.within("sessions.max_resting_bytes", sessions.max_resting_bytes, 1 << 20..=64 << 30);
    }

    fn unanswered(&mut self, unanswered: &UnansweredConfig) {
        self.within("unanswered.retention_days", unanswered.retention_days, 1..=365);
        self.within("unanswered.max_entries", unanswered.max_entries, 1..=100_000);
    }

    fn deliveries(&mut self, deliveries: &DeliveriesConfig) {
        self.within("deliveries.retention_days", deliveries.retention_days, 1..=3660);
        self.within("deliveries.first_retry_secs", deliveries.first_retry_secs, 1..=3600);
        self.within("deliveries.give_up_hours", deliveries.give_up_hours, 1..=24 * 30);
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

    /// Looks whether chats can be opened at the desk that they are to be handed over to.
    fn handoff(&mut self, config: &Config) {
        let wanted = &config.handoff.desk;
        match config.desks.get(wanted) {
            None if !wanted.is_empty() => {
                self.wrong("handoff.desk", format!("there is no `[desks.{wanted}]`"));
            }
            Some(desk) if !desk.kind.takes_chats() => self.wrong(
                "handoff.desk",
                format!("a {} cannot open a conversation; name a desk of another kind", desk.kind.as_str()),
            ),
            Some(desk) if desk.account.trim().is_empty() && desk.kind.opens_in_an_account() => self.wrong(
                &format!("desks.{wanted}.account"),
                "the queue (django-helpdesk: its number; Zammad: the name of a group) in which chats that are \
                 handed over are opened"
                    .into(),
            ),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::DeskConfig;
    use super::*;

    #[test]
    fn every_section_is_looked_at() {
        let mut config = Config::default();
        config.ingest.max_passage_words = 0;
        config.index.writer_memory_bytes = 0;
        config.encoder.max_tokens = 0;
        config.judge.candidates = 0;
        config.lexicon.additions = vec!["no/such/words.txt".into()];
        config.retrieve.candidates = 0;
        config.answer.max_quote_words = 0;
        config.server.max_sessions = 0;
        config.server.public_url = "ask".into();
        config.texts.language = "?".into();
        config.safety.crisis_actions = vec!["Call".into()];
        config.brand.accent = "red".into();
        config.sessions.max_frames = 0;
        config.unanswered.max_entries = 0;
        config.deliveries.give_up_hours = 0;
        let desk = DeskConfig { url: "https://desk".into(), quotes: 0, ..DeskConfig::default() };
        config.desks.insert("clinic".into(), desk);
        config.handoff.desk = "ward".into();
        let places: Vec<String> = problems(&config).into_iter().map(|problem| problem.place).collect();
        let wanted = [
            "ingest.max_passage_words",
            "index.writer_memory_bytes",
            "encoder.max_tokens",
            "judge.candidates",
            "lexicon.additions",
            "retrieve.candidates",
            "answer.max_quote_words",
            "server.max_sessions",
            "server.public_url",
            "texts.language",
            "safety.crisis_actions",
            "brand.accent",
            "sessions.max_frames",
            "unanswered.max_entries",
            "deliveries.give_up_hours",
            "desks.clinic.quotes",
            "handoff.desk",
        ];
        assert_eq!(places, wanted);
    }

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
