//! What is typed: edited lines on a terminal, plain lines from a pipe.
//!
//! Reading blocks, so it has a thread of its own, which reads a line only when one is asked for. The
//! thread is not waited for at the end: it may stand in a read that never returns.

use std::io::{BufRead, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use anyhow::{Context, Result};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longest line taken from a pipe, in bytes; the rest of it is the next line.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// What stands before the place to type.
const PROMPT: &str = "> ";

/// Where lines come from.
#[derive(Debug)]
pub(super) struct Input {
    /// Whether a person types.
    pub(super) interactive: bool,
    wanted: Sender<()>,
    lines: UnboundedReceiver<Result<String>>,
    waiting: bool,
}

impl Input {
    /// Edits lines where both ends are a terminal. `history` is read and written; without it what was
    /// typed is forgotten at the end.
    pub(super) fn start(history: Option<PathBuf>) -> Result<Self> {
        let interactive = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let (wanted, asked) = channel();
        let (deliver, lines) = unbounded_channel();
        let read = move || {
            if interactive { edited(&asked, &deliver, history.as_deref()) } else { piped(&asked, &deliver) }
        };
        std::thread::Builder::new().name("input".into()).spawn(read).context("no thread for the input")?;
        Ok(Self { interactive, wanted, lines, waiting: false })
    }

    /// The next line, or `None` at the end. Nothing is lost when this is dropped while it waits.
    pub(super) async fn next(&mut self) -> Result<Option<String>> {
        if !self.waiting {
            self.waiting = self.wanted.send(()).is_ok();
        }
        let line = self.lines.recv().await;
        self.waiting = false;
        line.transpose()
    }
}

fn edited(asked: &Receiver<()>, deliver: &UnboundedSender<Result<String>>, history: Option<&Path>) {
    let mut editor = match DefaultEditor::new() {
        Ok(editor) => editor,
        Err(error) => return drop(deliver.send(Err(error.into()))),
    };
    let known = history.filter(|file| file.exists());
    if let Err(error) = known.map_or(Ok(()), |file| editor.load_history(file)) {
        return drop(deliver.send(Err(error).context("the history could not be read")));
    }
    while asked.recv().is_ok() {
        let line = match editor.readline(PROMPT) {
            Ok(line) => line,
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => break,
            Err(error) => return drop(deliver.send(Err(error.into()))),
        };
        let _ = editor.add_history_entry(&line);
        // At once, and not at the end: the program may be stopped.
        let saved = history.map_or(Ok(()), |file| editor.save_history(file));
        let line = saved.map(|()| line).context("the history could not be written");
        if deliver.send(line).is_err() {
            break;
        }
    }
}

fn piped(asked: &Receiver<()>, deliver: &UnboundedSender<Result<String>>) {
    let mut stdin = std::io::stdin().lock();
    while asked.recv().is_ok() {
        let mut bytes = Vec::new();
        let line = match stdin.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            Ok(_) => Ok(String::from_utf8_lossy(&bytes).trim().to_owned()),
            Err(error) => Err(error).context("standard input could not be read"),
        };
        if deliver.send(line).is_err() {
            break;
        }
    }
}
