//! The `ibid` program. Everything is in the library, so that tests can reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    ibid::cli::run(std::env::args_os())
}
