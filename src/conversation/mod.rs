//! Sessions and turns: a pure state machine, without I/O and without a clock.

mod session;

pub use session::{Session, SessionLimits, Turn};
