//! What a message is besides a question, and how it goes on from the messages before it: pure functions
//! and a state machine, without I/O and without a clock.
//!
//! [`RedFlags`] sees danger, [`Session`] remembers the turns.

pub mod act;
pub mod follow_up;
mod pattern;
mod red_flags;
mod session;

pub use act::{Act, Acts, SmallTalk};
pub use follow_up::{Exchange, Standalone, StandaloneKind, standalone};
pub use pattern::PatternError;
pub use red_flags::{RedFlag, RedFlags};
pub use session::{Session, SessionLimits};
