//! Long responses under way: what they take together is bounded.
//!
//! A response stays in memory until the client has read it. Connections are bounded in number, which is enough
//! for short ones; whoever asked for a long document on each of them and read none could fill the memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

use super::app::busy;
use super::client::ClientKey;
use crate::protocol::Problem;

/// A response of fewer bytes is not counted.
const SHORT_BYTES: usize = 64 * 1024;

/// Most bytes of long responses at a time, in all and to one client.
const MAX_BYTES: usize = 64 * 1024 * 1024;
const MAX_BYTES_OF_CLIENT: usize = MAX_BYTES / 4;

/// Counts the bytes of long responses.
#[derive(Debug, Default)]
pub(crate) struct Underway {
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    by_client: HashMap<ClientKey, usize>,
}

impl Underway {
    /// `bytes` as a body, counted until the last of it is sent or given up. One that is longer than all may be together
    /// is let through alone.
    ///
    /// # Errors
    /// `busy`.
    pub(crate) fn hold(&self, client: ClientKey, bytes: Vec<u8>) -> Result<Bytes, Problem> {
        let size = bytes.capacity();
        if size < SHORT_BYTES {
            return Ok(bytes.into());
        }
        let mut taken = lock(&self.taken);
        let of_client = taken.by_client.get(&client).copied().unwrap_or(0);
        if !fits(size, of_client, MAX_BYTES_OF_CLIENT) || !fits(size, taken.total, MAX_BYTES) {
            return Err(busy("too many long documents are being read already"));
        }
        taken.total = taken.total.saturating_add(size);
        taken.by_client.insert(client, of_client.saturating_add(size));
        drop(taken);
        Ok(Bytes::from_owner(Held { bytes, size, client, taken: Arc::clone(&self.taken) }))
    }
}

fn fits(size: usize, taken: usize, max: usize) -> bool {
    taken == 0 || taken.saturating_add(size) <= max
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A body that is counted; it is dropped with the last of the slices that are yet to be sent.
#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    size: usize,
    client: ClientKey,
    taken: Arc<Mutex<Taken>>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.total = taken.total.saturating_sub(self.size);
        if let Entry::Occupied(mut entry) = taken.by_client.entry(self.client) {
            *entry.get_mut() = entry.get().saturating_sub(self.size);
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ErrorCode;

    fn client(last: u8) -> ClientKey {
        ClientKey::new([192, 0, 2, last].into())
    }

    #[track_caller]
    fn is_refused(underway: &Underway, last: u8, size: usize) {
        assert_eq!(underway.hold(client(last), vec![0; size]).unwrap_err().code, ErrorCode::Busy);
    }

    #[test]
    fn long_responses_are_bounded_for_each_client_and_in_all() {
        let underway = Underway::default();
        let hold = |last| underway.hold(client(last), vec![7; MAX_BYTES_OF_CLIENT]).unwrap();
        let mut held: Vec<Bytes> = (1..=4).map(hold).collect();
        is_refused(&underway, 1, SHORT_BYTES);
        is_refused(&underway, 5, SHORT_BYTES);
        assert_eq!(held[0].len(), MAX_BYTES_OF_CLIENT);
        // What is yet to be sent keeps the whole.
        let rest = held[0].split_off(MAX_BYTES_OF_CLIENT - 1);
        drop(held.remove(0));
        is_refused(&underway, 5, SHORT_BYTES);
        assert_eq!(*rest, [7]);
        drop(rest);
        let _fifth = hold(5);
        is_refused(&underway, 1, SHORT_BYTES);
        drop(held);
        assert_eq!(lock(&underway.taken).by_client.len(), 1);
    }

    #[test]
    fn short_ones_are_not_counted_and_one_that_is_longer_than_all_passes_alone() {
        let underway = Underway::default();
        let _short = underway.hold(client(1), vec![0; SHORT_BYTES - 1]).unwrap();
        let long = underway.hold(client(1), vec![0; MAX_BYTES + 1]).unwrap();
        is_refused(&underway, 2, SHORT_BYTES);
        assert_eq!(underway.hold(client(2), vec![0; 1]).unwrap().len(), 1);
        drop(long);
        assert_eq!(lock(&underway.taken).total, 0);
    }
}
