//! What can be typed on the command line.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

use super::eval::EvalArgs;
use super::logging::LogFormat;
use crate::access::Scope;
use crate::config::Overrides;

/// Answers questions with the passages of your own documents that answer, word for word, with their source
#[derive(Debug, Parser)]
#[command(
    name = "ibid",
    version,
    after_help = "Examples:
  ibid                                  serve the documents in ./corpus on the configured address
  ibid --listen 127.0.0.1:0             the same on a free port
  ibid --corpus leaflets ask \"How long does PRRT take to work?\"
  ibid check                            look over configuration, corpus and index

Without a command ibid serves. Exit codes: 0 done or answered, 1 not found, 2 error."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(flatten)]
    pub(super) serve: ServeArgs,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Globals {
    /// Configuration file [default: config.toml if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Folder of the documents
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) corpus: Option<PathBuf>,
    /// Folder of the index
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) index: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the chat page, HTTP and WebSocket (what ibid does without a command)
    Serve(ServeArgs),
    /// Read the corpus and build the index
    Index(IndexArgs),
    /// Ask one question
    Ask(AskArgs),
    /// Talk to a running server
    Chat(ChatArgs),
    /// Be the tools of one assistant that speaks MCP
    #[command(after_help = "The assistant starts it; see docs/assistants.md. Example of its configuration:
  {\"mcpServers\": {\"documents\": {\"command\": \"ibid\", \"args\": [\"--config\", \"/etc/ibid.toml\", \"mcp\"]}}}

Where a server runs already, its address with /mcp does the same.")]
    Mcp,
    /// Look over configuration, corpus and index and list every problem
    Check(CheckArgs),
    /// List the documents as they were read, with the dates of their reviews
    Documents(DocumentsArgs),
    /// Measure the answers against a set of questions
    Eval(Box<EvalArgs>),
    /// Make, list and take away API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// See what waits for help desks and what they did not take
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// See what patients asked in vain, most asked first
    Unanswered(UnansweredArgs),
    /// Write a completion script for a shell
    Completions(CompletionsArgs),
}

#[derive(Debug, Default, Clone, Args)]
#[command(after_help = "Examples:
  ibid serve                            on the configured address, 127.0.0.1:7878 by default
  ibid serve --listen 127.0.0.1:0       on a free port; the address is printed when ready
  ibid serve --log-format json 2>>ibid.log
  kill -HUP PID                         read the corpus again, without a pause

The one line on standard output is `ibid listening on http://HOST:PORT`. SIGTERM and SIGINT let running
answers finish; a second one stops at once. RUST_LOG sets what is logged.")]
pub(super) struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", value_parser = socket_address)]
    pub(super) listen: Option<SocketAddr>,
    /// How log lines look
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) log_format: Option<LogFormat>,
}

impl ServeArgs {
    /// These flags, and `other` where one was not given.
    pub(super) fn or(self, other: &Self) -> Self {
        Self { listen: self.listen.or(other.listen), log_format: self.log_format.or(other.log_format) }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid index                            build the index if the corpus has changed
  ibid index --rebuild                  build it anew, also over a damaged one
  ibid index --strict --json            for automation: fail if any file was skipped

The index that is being served stays in place until the new one is complete.")]
pub(super) struct IndexArgs {
    /// Build even if nothing has changed
    #[arg(long)]
    pub(super) rebuild: bool,
    /// Read everything again and fail if anything is skipped; the old index then stays
    #[arg(long)]
    pub(super) strict: bool,
    /// Write the report as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// List what was left out as boilerplate
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Leave the vectors to `ibid serve`, which makes them in the background
    #[arg(long)]
    pub(super) no_vectors: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid ask \"How long does PRRT take to work?\"
  ibid ask --json --limit 1 what should I bring to my appointment
  echo \"Which tests will I need?\" | ibid ask -

Exit codes: 0 answered, 1 not found, 2 error.")]
pub(super) struct AskArgs {
    /// The question; - reads it from standard input
    #[arg(required = true, value_name = "QUESTION")]
    pub(super) question: Vec<String>,
    /// Write the answer as JSON, as the server does
    #[arg(long)]
    pub(super) json: bool,
    /// How many quotes at most
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=10))]
    pub(super) limit: u8,
    /// Ask this document only
    #[arg(long, value_name = "ID")]
    pub(super) document: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid chat                             the server at the configured address
  ibid chat ws://127.0.0.1:7878/api/v1/chat
  ibid chat http://127.0.0.1:7878       the same
  ibid chat < questions.txt             one question a line; exit code 0, 1 or 2

In the chat, /help lists what can be typed.")]
pub(super) struct ChatArgs {
    /// Address of the server [default: the configured one]
    #[arg(value_name = "URL")]
    pub(super) url: Option<String>,
    /// Keep what was typed in this file. Questions may tell of someone's health: nothing is kept without it
    #[arg(long, value_name = "FILE")]
    pub(super) history: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid check                            list every problem with its place and remedy
  ibid --config new.toml check --json   before new settings are put in place

Exit codes: 0 ready to serve (warnings allowed), 2 not.")]
pub(super) struct CheckArgs {
    /// Write the problems as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid documents                        one a line: date of review, language, passages, id, title, address
  ibid documents --reviewed-before 2024-01-01
  ibid documents --json                 the same for programs

A `-` stands for what a document does not say.")]
pub(super) struct DocumentsArgs {
    /// Only those that were last reviewed before this day, or do not say when
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) reviewed_before: Option<jiff::civil::Date>,
    /// Write the list as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
#[command(
    after_help = "The keys are kept, as hashes, in the file that `access.keys` names. A running server sees a change within a second."
)]
pub(super) enum KeyCommand {
    /// Make a key and print it, for the only time
    #[command(after_help = "Example: ibid key new \"help desk\" --scope ask --scope search")]
    New {
        /// Whose it is, in your words
        #[arg(value_name = "NAME")]
        name: String,
        /// What it is for: ask, chat, documents, metrics, search or visitors; may be given several times
        #[arg(long, required = true, value_name = "SCOPE")]
        scope: Vec<Scope>,
    },
    /// List ids, scopes and names
    List,
    /// Take a key away
    Revoke {
        /// Its id or name
        #[arg(value_name = "ID|NAME")]
        key: String,
    },
}

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  ibid deliveries list                  what waits, and what was given up with the reason
  ibid deliveries retry 17              send number 17 again
  ibid deliveries retry all             send everything again that was given up

The file that `deliveries.path` names may be in use by a running server, which sees a change within two seconds.")]
pub(super) enum DeliveriesCommand {
    /// List what waits to be sent and what was given up
    List {
        /// Write it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Send something again that was given up
    Retry {
        /// Its number, or `all`
        #[arg(value_name = "NUMBER|all")]
        which: String,
    },
    /// Drop something that was given up
    Drop {
        /// Its number, or `all`
        #[arg(value_name = "NUMBER|all")]
        which: String,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid unanswered                       how often, when, by which doors, why, and what came nearest
  ibid unanswered --since 2026-11-01 --limit 20
  ibid unanswered --html gaps.html      the same as a page to open in a browser
  ibid unanswered --csv > gaps.csv      for a spreadsheet; --json for programs
  ibid unanswered --forget              erase all of them

Questions are kept only where `unanswered.path` is set. They are health data: see docs/operations.md. The file may be in
use by a running server.")]
pub(super) struct UnansweredArgs {
    /// Only what was asked on this day (UTC) or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) since: Option<jiff::civil::Date>,
    /// How many groups of questions at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) limit: u32,
    /// Write them as JSON
    #[arg(long, conflicts_with_all = ["csv", "html"])]
    pub(super) json: bool,
    /// Write them as comma-separated values
    #[arg(long, conflicts_with = "html")]
    pub(super) csv: bool,
    /// Write them into this file, which nobody else can read, as a page to open in a browser
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Erase all that are kept
    #[arg(long, conflicts_with_all = ["since", "limit", "json", "csv", "html"])]
    pub(super) forget: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ibid completions bash > ~/.local/share/bash-completion/completions/ibid
  ibid completions zsh > \"${fpath[1]}/_ibid\"
  ibid completions fish > ~/.config/fish/completions/ibid.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

impl Arguments {
    /// How the log of a server looks; `None` for other commands, and where nothing is said.
    pub(super) fn log_format(&self) -> Option<LogFormat> {
        match &self.command {
            None => self.serve.log_format,
            Some(Command::Serve(args)) => args.log_format.or(self.serve.log_format),
            Some(_) => None,
        }
    }

    /// Refuses the flags of `serve` before another command, where they would do nothing.
    pub(super) fn checked(self) -> Result<Self, clap::Error> {
        let serving = matches!(self.command, None | Some(Command::Serve(_)));
        let stray = if self.serve.listen.is_some() {
            Some("--listen")
        } else {
            self.serve.log_format.map(|_| "--log-format")
        };
        match stray {
            Some(flag) if !serving => {
                Err(Self::command()
                    .error(ErrorKind::ArgumentConflict, format!("{flag} belongs to `ibid serve`")))
            }
            _ => Ok(self),
        }
    }
}

impl Globals {
    /// What these flags set over the configuration.
    pub(super) fn overrides(&self, listen: Option<SocketAddr>) -> Overrides {
        Overrides {
            config: self.config.clone(),
            corpus: self.corpus.clone(),
            index: self.index.clone(),
            listen,
        }
    }

    /// The command that builds the index anew, with the flags that lead to the same index; `None` where
    /// there are no flags.
    pub(super) fn repair_command(&self) -> Option<String> {
        let flags = [("--config", &self.config), ("--corpus", &self.corpus), ("--index", &self.index)];
        let mut command = String::from("ibid index --rebuild");
        for (flag, value) in flags {
            if let Some(path) = value {
                command.push_str(&format!(" {flag} {}", quoted(&path.to_string_lossy())));
            }
        }
        (self.config.is_some() || self.corpus.is_some() || self.index.is_some()).then_some(command)
    }
}

/// `text` as one word of a shell.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// An address with its port; the host may be a name.
fn socket_address(text: &str) -> Result<SocketAddr, String> {
    let wanted = "HOST:PORT is wanted, as in 127.0.0.1:7878";
    let mut found = text.to_socket_addrs().map_err(|error| format!("{wanted} ({error})"))?;
    found.next().ok_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    /// Whether the help of `command`, or of a command below it, shows an example.
    fn shows_an_example(command: &clap::Command) -> bool {
        let shown = command.get_after_help().is_some_and(|help| help.to_string().contains("Example"));
        shown || command.get_subcommands().any(shows_an_example)
    }

    #[test]
    fn the_help_of_every_command_shows_an_example() {
        let program = Arguments::command();
        let commands = program.get_subcommands();
        let without: Vec<&str> =
            commands.filter(|command| !shows_an_example(command)).map(clap::Command::get_name).collect();
        assert_eq!(without, [""; 0]);
    }

    #[test]
    fn flags_of_serve_work_without_the_command_and_only_there() {
        let parse = |line: &str| Arguments::try_parse_from(line.split(' ')).and_then(Arguments::checked);
        assert!(parse("ibid --listen 127.0.0.1:0").is_ok());
        assert!(parse("ibid --listen 127.0.0.1:0 serve").is_ok());
        assert!(parse("ibid --listen 127.0.0.1:0 check").is_err());
        assert!(parse("ibid --corpus a check").is_ok());
        assert!(parse("ibid check --corpus a").is_ok());
        assert!(parse("ibid serve --listen nonsense").is_err());
    }

    #[test]
    fn the_repair_command_can_be_pasted_into_a_shell() {
        let globals = Globals { index: Some("my index's".into()), ..Globals::default() };
        let expected = r"ibid index --rebuild --index 'my index'\''s'";
        assert_eq!(globals.repair_command().as_deref(), Some(expected));
        assert_eq!(Globals::default().repair_command(), None);
    }
}
