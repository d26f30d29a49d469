//! What outlives the process: conversations, what help desks sent and get, and questions that were asked in vain;
//! embedded SQLite files, their texts encrypted.
//!
//! The only module that names SQLite and the cipher.

mod database;
mod deliveries;
mod error;
mod key;
mod seal;
mod sessions;
mod unanswered;
mod worker;

use std::time::{SystemTime, UNIX_EPOCH};

pub use deliveries::{
    Backlog, Deliveries, DeliveryFile, MAX_WAIT_SECS, NewEvent, NewStep, Settlement, StoredEvent, StoredStep,
    Turn,
};
pub use error::StoreError;
pub use key::{InvalidKey, Key};
pub use sessions::{Retention, SavedFrame, SavedSession, SessionHead, SessionStore};
pub use unanswered::{
    DatedQuestion, Heard, KeptQuestions, MARKS, NearestSection, QueueFull, UnansweredFile, UnansweredLimits,
    UnansweredQuestion, UnansweredReceipt, UnansweredStore,
};

/// Jobs that may wait for the thread of a file; more wait in their callers.
const QUEUE: usize = 1024;

/// Now, in seconds since 1970.
#[must_use]
pub fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
