//! What help desks and assistants are told: answers as texts for other people's screens.
//!
//! Pure: it reads and writes bytes and values, and knows no network and no server.

mod content;

pub use content::{Content, Links};
