//! Ibid answers patients' free-text questions by quoting an organisation's own documents.
//!
//! Nothing is generated: an answer is a verbatim slice of a stored document with its reference, or an
//! honest "not in these documents". The modules stand in one order, and each uses only those above it
//! (`tests/suite/architecture.rs` checks that):
//!
//! 1. [`text`]: pure functions over `&str`
//! 2. [`document`]: the model
//! 3. [`ingest`]: bytes on disk to documents and passages
//! 4. [`embed`]: the sentence encoder; [`judge`]: whether a text answers
//! 5. [`index`]: the inverted index, the vectors and their generations on disk
//! 6. [`retrieve`]: a question to ranked passages
//! 7. [`answer`]: ranked passages to quotes, or to "not found"
//! 8. [`conversation`]: sessions and turns, without I/O or a clock
//! 9. [`store`]: conversations on disk; [`access`]: API keys
//! 10. [`config`] and [`engine`]: every setting, and the one facade
//! 11. [`protocol`]: the types on the wire
//! 12. [`adapters`]: answers as help desks and assistants take them
//! 13. [`mcp`]: the engine as tools for other people's assistants
//! 14. [`server`]: HTTP, WebSocket, limits, metrics; beside it [`eval`]: measuring the answers
//! 15. [`cli`]: the command line

pub mod access;
pub mod adapters;
pub mod answer;
pub mod cli;
pub mod config;
pub mod conversation;
pub mod document;
pub mod embed;
pub mod engine;
pub mod eval;
pub mod index;
pub mod ingest;
pub mod judge;
pub mod mcp;
pub mod protocol;
pub mod retrieve;
pub mod server;
pub mod store;
pub mod text;
