//! Integration tests: one binary, a module a subject.

mod architecture;
mod corpus;
mod golden;
mod kill;
mod settings;
mod verbatim;
