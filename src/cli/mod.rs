//! The command line: one `execute` a subcommand, and the only home of `anyhow`.
//!
//! Answers and reports go to standard output, everything else to standard error. Text of documents is
//! cleaned before a terminal sees it (`terminal`). The exit code is 0 when done or answered, 1 when
//! nothing was found, 2 on an error.

mod args;
mod ask;
mod chat;
mod check;
mod completions;
mod deliveries;
mod descriptors;
mod documents;
mod eval;
mod index;
mod key;
mod logging;
mod mcp;
mod prepare;
mod progress;
mod render;
mod report;
mod serve;
mod signals;
mod terminal;
mod unanswered;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser};

use args::{Arguments, Command};
use logging::LogFormat;
use terminal::{StdoutClosed, Terminal};

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Done or answered.
    Done,
    /// Nothing in the documents answers.
    NotFound,
    /// The failure has been told already.
    Failed,
    /// Stopped at once by this signal.
    Signal(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::NotFound => Self::from(1),
            Exit::Failed => Self::from(2),
            Exit::Signal(number) => Self::from(128_u8.saturating_add(number)),
        }
    }
}

/// Runs the command that `arguments` name, the program's own name first, and says how it ended.
///
/// A reader of standard output that goes away ends the command quietly.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = match Arguments::try_parse_from(arguments).and_then(Arguments::checked) {
        Ok(parsed) => parsed,
        Err(error) => {
            // A closed pipe under `--help` is not worth a word.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let log_format = parsed.log_format().unwrap_or(LogFormat::Text);
    match execute(parsed, log_format) {
        Ok(exit) => exit.into(),
        Err(error) if error.is::<StdoutClosed>() => ExitCode::SUCCESS,
        Err(error) if log_format == LogFormat::Json => {
            tracing::error!(error = %format!("{error:#}"), "the server could not go on");
            Exit::Failed.into()
        }
        Err(error) => {
            Terminal::detect().complain(&format!("error: {error:#}"));
            Exit::Failed.into()
        }
    }
}

fn execute(arguments: Arguments, log_format: LogFormat) -> Result<Exit> {
    let Arguments { globals, serve, command } = arguments;
    logging::install(log_format);
    logging::install_panic_hook();
    match command.unwrap_or(Command::Serve(args::ServeArgs::default())) {
        Command::Serve(args) => serve::execute(&globals, &args.or(&serve)),
        Command::Index(args) => index::execute(&globals, &args),
        Command::Ask(args) => ask::execute(&globals, &args),
        Command::Chat(args) => chat::execute(&globals, &args),
        Command::Eval(args) => eval::execute(&globals, &args),
        Command::Check(args) => check::execute(&globals, &args),
        Command::Documents(args) => documents::execute(&globals, &args),
        Command::Mcp => mcp::execute(&globals),
        Command::Key(command) => key::execute(&globals, &command),
        Command::Deliveries(command) => deliveries::execute(&globals, &command),
        Command::Unanswered(args) => unanswered::execute(&globals, &args),
        Command::Completions(args) => completions::execute(&args, &mut Arguments::command()),
    }
}
