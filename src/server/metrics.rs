//! What is counted, one registry a server. No label holds anything that a person typed or where they are.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::Server;
use super::app::Door;
use crate::adapters::Rejection;
use crate::answer::Outcome;
use crate::engine::Stats;
use crate::protocol::{ErrorCode, FeedbackReason};
use crate::store::{Backlog, unix_now};

type Label = (&'static str, &'static str);

impl Server {
    /// What is to hear, for the metrics, of every attempt to bring the index up to date: how many files and records of
    /// the corpus were skipped, or `None` where it failed.
    #[must_use]
    pub fn on_refresh(&self) -> Arc<dyn Fn(Option<u64>) + Send + Sync> {
        let refreshes = self.app.metrics.refreshes.clone();
        Arc::new(move |skipped| refreshes.attempted(skipped))
    }
}

/// Attempts to bring the index up to date.
#[derive(Debug, Clone, Default)]
struct Refreshes {
    failures: Counter,
    last: Gauge,
    skipped: Gauge,
}

impl Refreshes {
    fn attempted(&self, skipped: Option<u64>) {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        match skipped {
            Some(skipped) => {
                self.last.set(number(unix_now()));
                self.skipped.set(number(skipped));
            }
            None => {
                self.failures.inc();
            }
        }
    }
}

/// What became of questions that were asked in vain, where they are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptCounts(Family<[Label; 1], Counter>);

impl KeptCounts {
    /// So many are on the disk.
    pub(crate) fn kept(&self, questions: usize) {
        self.count("kept", questions);
    }

    /// So many could not be written.
    pub(crate) fn failed(&self, questions: usize) {
        self.count("failed", questions);
    }

    /// One was not put in line, in which too many waited.
    pub(crate) fn dropped(&self) {
        self.count("dropped", 1);
    }

    fn count(&self, result: &'static str, questions: usize) {
        self.0.get_or_create(&[("result", result)]).inc_by(questions as u64);
    }
}

/// Bounds of the answer times, in seconds.
const ANSWER_SECONDS: [f64; 12] =
    [0.0005, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.5, 2.0, 10.0];

/// Counters and gauges.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    questions: Family<[Label; 2], Counter>,
    answer_seconds: Histogram,
    errors: Family<[Label; 2], Counter>,
    feedback: Family<[Label; 2], Counter>,
    queue: Gauge,
    documents: Gauge,
    passages: Gauge,
    refreshes: Refreshes,
    vectors_done: Gauge,
    vectors_pending: Gauge,
    resumed: Family<[Label; 1], Counter>,
    resting: Gauge,
    hooks: Family<[Label; 1], Counter>,
    steps: Family<[Label; 1], Counter>,
    backlog: Family<[Label; 1], Gauge>,
    /// Failures of the files of sessions and deliveries.
    pub(crate) store_failures: Counter,
    /// Questions that were asked in vain.
    pub(crate) unanswered: KeptCounts,
    /// Open chat sockets.
    pub(crate) chats: Gauge,
    /// Open TCP connections.
    pub(crate) connections: Gauge,
}

impl Metrics {
    /// All at zero.
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("ibid"),
            questions: Family::default(),
            answer_seconds: Histogram::new(ANSWER_SECONDS),
            errors: Family::default(),
            feedback: Family::default(),
            queue: Gauge::default(),
            documents: Gauge::default(),
            passages: Gauge::default(),
            refreshes: Refreshes::default(),
            vectors_done: Gauge::default(),
            vectors_pending: Gauge::default(),
            resumed: Family::default(),
            resting: Gauge::default(),
            hooks: Family::default(),
            steps: Family::default(),
            backlog: Family::default(),
            store_failures: Counter::default(),
            unanswered: KeptCounts::default(),
            chats: Gauge::default(),
            connections: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("questions", "Questions answered, by door and outcome", self.questions.clone());
        let help = "Seconds from a question's arrival to its answer, waiting included";
        registry.register("answer_seconds", help, self.answer_seconds.clone());
        registry.register("errors", "Refusals and failures, by door and code", self.errors.clone());
        registry.register("feedback", "Answers that people judged", self.feedback.clone());
        registry.register("search_queue", "Questions that wait for a search thread", self.queue.clone());
        registry.register("index_documents", "Documents in the index", self.documents.clone());
        registry.register("index_passages", "Passages in the index", self.passages.clone());
        let Refreshes { failures, last, skipped } = self.refreshes.clone();
        registry.register("index_refresh_failures", "Times the index was not brought up to date", failures);
        let help = "When the index was last found or brought up to date, in seconds since 1970";
        registry.register("index_refreshed_timestamp_seconds", help, last);
        let help = "Files and records of the corpus that the index lacks";
        registry.register("corpus_skipped_files", help, skipped);
        registry.register("vectors_done", "Texts that have a vector", self.vectors_done.clone());
        let help = "Texts that need a vector yet";
        registry.register("vectors_pending", help, self.vectors_pending.clone());
        let help = "Connections that wanted to go on with a session, by whether it was known";
        registry.register("sessions_resumed", help, self.resumed.clone());
        registry.register("sessions_resting", "Sessions without a connection", self.resting.clone());
        let help =
            "Times that the file of sessions or of deliveries failed: something was not kept, read or erased";
        registry.register("session_store_failures", help, self.store_failures.clone());
        let help = "Unanswered questions that were to be kept on disk, by what became of them";
        registry.register("unanswered_questions", help, self.unanswered.0.clone());
        let help = "Calls of help desks that were not listened to, by reason";
        registry.register("desk_calls_rejected", help, self.hooks.clone());
        let help = "Things sent to help desks, or given up";
        registry.register("desk_steps", help, self.steps.clone());
        let help = "What waits: events to be answered, things to be sent, and what was given up";
        registry.register("desk_backlog", help, self.backlog.clone());
        registry.register("chat_sockets", "Open chat sockets", self.chats.clone());
        registry.register("connections", "Open TCP connections", self.connections.clone());
        registry.register(
            "build",
            "The running program",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
    }

    /// A question was answered.
    pub(crate) fn answered(&self, door: Door, outcome: Outcome, took: Duration) {
        let labels = [("door", door.as_str()), ("outcome", crate::protocol::outcome_name(outcome))];
        self.questions.get_or_create(&labels).inc();
        self.answer_seconds.observe(took.as_secs_f64());
    }

    /// Something was refused or failed.
    pub(crate) fn failed(&self, door: Door, code: ErrorCode) {
        self.errors.get_or_create(&[("door", door.as_str()), ("code", code.as_str())]).inc();
    }

    /// Someone judged an answer.
    pub(crate) fn judged(&self, helpful: bool, reason: Option<FeedbackReason>) {
        let reason = match reason {
            None => "none",
            Some(FeedbackReason::Wrong) => "wrong",
            Some(FeedbackReason::Incomplete) => "incomplete",
            Some(FeedbackReason::Unclear) => "unclear",
            Some(FeedbackReason::Unsafe) => "unsafe",
            Some(FeedbackReason::Other) => "other",
        };
        let helpful = if helpful { "true" } else { "false" };
        self.feedback.get_or_create(&[("helpful", helpful), ("reason", reason)]).inc();
    }

    /// A connection wanted to go on with a session.
    pub(crate) fn resumed(&self, known: bool) {
        self.resumed.get_or_create(&[("known", if known { "true" } else { "false" })]).inc();
    }

    /// A help desk's call was not listened to.
    pub(crate) fn rejected(&self, rejection: Rejection) {
        let reason = match rejection {
            Rejection::NotProven => "not_proven",
            Rejection::OutOfTime => "out_of_time",
            Rejection::UnknownKey => "unknown_key",
            Rejection::NotUnderstood(_) => "not_understood",
        };
        self.hooks.get_or_create(&[("reason", reason)]).inc();
    }

    /// A help desk took something, or it was given up.
    pub(crate) fn delivered(&self, taken: bool) {
        let outcome = if taken { "taken" } else { "given_up" };
        self.steps.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// How much waits for help desks.
    pub(crate) fn set_backlog(&self, backlog: Backlog) {
        let waiting = [("events", backlog.events), ("steps", backlog.waiting), ("given_up", backlog.dead)];
        for (what, number) in waiting {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.backlog.get_or_create(&[("what", what)]).set(number);
        }
    }

    /// Everything in the OpenMetrics text format.
    pub(crate) fn render(&self, stats: &Stats, queue: usize, resting: usize) -> String {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.documents.set(count(stats.documents));
        self.passages.set(count(stats.passages));
        self.vectors_done.set(count(stats.vectors.done));
        self.vectors_pending.set(count(stats.vectors.pending));
        self.resting.set(i64::try_from(resting).unwrap_or(i64::MAX));
        self.queue.set(i64::try_from(queue).unwrap_or(i64::MAX));
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => {
                tracing::error!(%error, "cannot write the metrics");
                String::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refreshes_that_fail_are_counted_and_leave_what_the_last_one_found() {
        let metrics = Metrics::new();
        metrics.refreshes.attempted(Some(3));
        metrics.refreshes.attempted(None);
        let text = metrics.render(&Stats::default(), 0, 0);
        let value = |name: &str| -> u64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
        };
        assert_eq!(value("ibid_corpus_skipped_files"), 3);
        assert_eq!(value("ibid_index_refresh_failures_total"), 1);
        assert!(value("ibid_index_refreshed_timestamp_seconds") > 1_700_000_000);
    }
}
