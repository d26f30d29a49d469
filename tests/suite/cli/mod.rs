//! The program as people and scripts run it: processes, their output and their exit codes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

mod commands;
mod serving;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::program::{self, Program};

const LEAFLET: &str = "\
# Zircon therapy

## How it works

Zircon therapy takes three to five weeks to work [1]. Most people go home on the same day.

## What to bring

Please bring these to your first visit:

- a list of your medicines
- a warm coat

## References

1. Miller A. Zircon in practice. https://example.org/zircon
";

/// A folder with a corpus in it, and the program run there.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.path("corpus")).unwrap();
        place.document("zircon.md", LEAFLET);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn document(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path("corpus").join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::command(self.folder.path());
        command.env("IBID_ENCODER__ENABLED", "false").args(arguments);
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> Done {
        Done::from(self.command(arguments).output().unwrap())
    }

    #[track_caller]
    fn run_with_input(&self, arguments: &[&str], input: &str) -> Done {
        let mut command = self.command(arguments);
        let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Done::from(child.wait_with_output().unwrap())
    }

    /// Starts a server and waits for its line.
    #[track_caller]
    fn serve(&self, arguments: &[&str]) -> Program {
        Program::serve(self.command(arguments))
    }
}

/// How a run ended.
#[derive(Debug)]
struct Done {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Done {
    #[track_caller]
    fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "no {text:?} in {self:#?}");
        self
    }

    #[track_caller]
    fn complains(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in {self:#?}");
        self
    }
}
