//! `ibid completions`: scripts that complete commands and flags in a shell.

use anyhow::Result;

use super::Exit;
use super::args::CompletionsArgs;
use super::terminal::Terminal;

/// Writes the script for the shell asked for.
pub(super) fn execute(args: &CompletionsArgs, command: &mut clap::Command) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "ibid", &mut script);
    Terminal::detect().print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
