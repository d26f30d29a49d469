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
}

impl BuildProgress {
    /// Looks at standard error.
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines { due: Instant::now() + LINE_EVERY };
        }
        let bar = ProgressBar::new(0);
        let template = "Reading {wide_bar} {decimal_bytes} of {decimal_total_bytes}, {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self::Bar(bar)
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
                let now = Instant::now();
                if now >= *due {
                    *due = now + LINE_EVERY;
                    let (done, total) = (megabytes(bytes_done), megabytes(bytes_total));
                    let documents = counted(documents, "document");
                    Terminal::default()
                        .complain(&format!("reading: {done:.1} of {total:.1} MB, {documents}"));
                }
            }
        }
    }
}

impl Drop for BuildProgress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
