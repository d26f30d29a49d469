//! Integration tests: real sockets, real clients, ports that the system chooses.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

mod contract;
mod driver;
mod server_drain;
mod server_http;
mod server_limits;
mod server_log;
mod server_socket;
