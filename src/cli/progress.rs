//! How far a long reading has come: a bar on a terminal, else a line every few seconds.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::report::{counted, megabytes};
use super::terminal::Terminal;
use crate::ingest::Progress;

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(3);

/// Shows progress on standard error. A bar is removed when this goes.
#[derive(Debug)]
pub(super) enum BuildProgress {
    /// On a terminal.
    Bar(ProgressBar),
    /// Elsewhere.
    Lines {
        /// When the next line is due.
        due: Instant,
    },
    /// In the log of a server.
    Logged {
        /// When the next line is due.
        due: Instant,
    },
}

impl BuildProgress {
    /// Looks at standard error.
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines { due: Instant::now() + LINE_EVERY };
        }
        Self::Bar(bar("Reading {wide_bar} {decimal_bytes} of {decimal_total_bytes}, {msg}"))
    }

    /// The same for a server: lines go to the log.
    pub(super) fn of_server() -> Self {
        match Self::new() {
            Self::Lines { due } => Self::Logged { due },
            other => other,
        }
    }
}

fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Shows how many vectors are made, as [`BuildProgress`] does. Nothing is shown where none are lacking.
#[derive(Debug)]
pub(super) struct VectorProgress {
    bar: Option<ProgressBar>,
    due: Instant,
    /// What the cache held at the start, which says nothing about the speed.
    known: Option<u64>,
}

impl VectorProgress {
    /// Begins the clock.
    pub(super) fn new() -> Self {
        Self { bar: None, due: Instant::now() + LINE_EVERY, known: None }
    }

    /// `done` texts have a vector, `pending` need one.
    pub(super) fn advanced(&mut self, done: u64, pending: u64) {
        let known = *self.known.get_or_insert(done);
        let (made, wanted) = (done.saturating_sub(known), done.saturating_add(pending).saturating_sub(known));
        if std::io::stderr().is_terminal() {
            let bar = self.bar.get_or_insert_with(|| bar("Encoding {wide_bar} {pos} of {len}, {eta} left"));
            bar.set_length(wanted);
            bar.set_position(made);
        } else if Instant::now() >= self.due {
            self.due = Instant::now() + LINE_EVERY;
            Terminal::default().complain(&format!("encoding: {made} of {}", counted(wanted, "text")));
        }
    }
}

impl Drop for VectorProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for BuildProgress {
    fn advanced(&mut self, bytes_done: u64, bytes_total: u64, documents: u64) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(bytes_total);
                bar.set_position(bytes_done);
                // Making the message for each of many small documents would cost more than reading them.
                if documents.is_multiple_of(64) || bytes_done >= bytes_total {
                    bar.set_message(counted(documents, "document"));
                }
            }
            Self::Lines { due } => {
                if is_due(due) {
                    let (done, total) = (megabytes(bytes_done), megabytes(bytes_total));
                    let documents = counted(documents, "document");
                    Terminal::default()
                        .complain(&format!("reading: {done:.1} of {total:.1} MB, {documents}"));
                }
            }
            Self::Logged { due } => {
                if is_due(due) {
                    tracing::info!(bytes_done, bytes_total, documents, "reading the corpus");
                }
            }
        }
    }
}

/// Whether it is time for a line; if so, sets the time of the next.
fn is_due(due: &mut Instant) -> bool {
    let now = Instant::now();
    let is_due = now >= *due;
    if is_due {
        *due = now + LINE_EVERY;
    }
    is_due
}

impl Drop for BuildProgress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
