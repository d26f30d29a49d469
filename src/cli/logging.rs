//! Log lines on standard error.

use std::io::IsTerminal;
use std::panic::{self, PanicHookInfo};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// What is logged when `RUST_LOG` does not say.
const DEFAULT_FILTER: &str = "warn,ibid=info";

/// What is not logged whatever `RUST_LOG` says.
const SILENT: &str = "rmcp=off";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Sends the log to standard error from now on. Where a log is set up already, that one stays.
pub(super) fn install(format: LogFormat) {
    let filter = std::env::var("RUST_LOG").ok().filter(|text| !text.trim().is_empty());
    let filter = EnvFilter::try_new(filter.as_deref().unwrap_or(DEFAULT_FILTER))
        .unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    // The library of MCP logs what clients send, questions too.
    let filter = match SILENT.parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let colour =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // Not `log_internal_errors`: it would print to a closed standard error, and panic.
    let builder = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .log_internal_errors(false);
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// Logs from now on where a panic happened and nothing else: its message can hold text of a document or a
/// question ("byte index 7 is not a char boundary; it is inside ...").
pub(super) fn install_panic_hook() {
    panic::set_hook(Box::new(report_panic));
}

fn report_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
    let thread = std::thread::current();
    tracing::error!(
        place,
        thread = thread.name().unwrap_or("unnamed"),
        "a mistake of the program: please report it"
    );
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const CHILD: &str = "IBID_TEST_PANICS";

    /// The hook is the whole process's, so that the test runs itself once more as a process of its own.
    #[test]
    fn a_panic_tells_its_place_and_not_its_message() {
        if std::env::var_os(CHILD).is_some() {
            install(LogFormat::Text);
            install_panic_hook();
            let question = String::from("what the patient asked");
            let _ = question.get(..4).map(|_| panic!("at {question}"));
        }
        let name = "cli::logging::tests::a_panic_tells_its_place_and_not_its_message";
        let child = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = [child.stdout, child.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("src/cli/logging.rs:") && said.contains("a mistake of the program"), "{said}");
        assert!(!said.contains("patient"), "{said}");
    }
}
