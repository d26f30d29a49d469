//! Integration tests: one binary, a module a subject. Real files, real processes, real sockets on ports that
//! the system chooses.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests may panic and print"
)]

mod access;
mod architecture;
mod bad_network;
mod cli;
mod contract;
mod conversation;
mod corpus;
mod deliveries;
mod directline;
mod disconnects;
mod docs;
mod doors;
mod driver;
mod eval;
mod golden;
mod ingest;
mod judge;
mod kill;
mod patient;
mod pdf;
mod program;
mod quality;
mod quoting;
mod server_drain;
mod server_hostile;
mod server_http;
mod server_limits;
mod server_log;
mod server_socket;
mod sessions;
mod settings;
mod unanswered;
mod vectors;
mod verbatim;
