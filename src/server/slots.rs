//! Connection limits, in all and per client.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::metrics::gauge::Gauge;

use super::client::ClientKey;

/// No slot is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSlot {
    /// Too many in all.
    InAll,
    /// Too many of this client.
    OfClient,
}

/// Counts connections.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    taken: Arc<Mutex<Taken>>,
    max: usize,
    max_per_client: usize,
    gauge: Gauge,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    by_client: HashMap<ClientKey, usize>,
}

impl Slots {
    /// Allows `max` connections, `max_per_client` of them to one client; `gauge` shows how many there are.
    pub(crate) fn new(max: usize, max_per_client: usize, gauge: Gauge) -> Self {
        Self { taken: Arc::default(), max, max_per_client, gauge }
    }

    /// Takes a slot until the guard is dropped; without a client only the number in all counts.
    ///
    /// # Errors
    /// Which limit is reached.
    pub(crate) fn take(&self, client: Option<ClientKey>) -> Result<Slot, NoSlot> {
        let mut taken = self.lock();
        if taken.total >= self.max {
            return Err(NoSlot::InAll);
        }
        if let Some(client) = client {
            let count = taken.by_client.get(&client).copied().unwrap_or(0);
            if count >= self.max_per_client {
                return Err(NoSlot::OfClient);
            }
            taken.by_client.insert(client, count + 1);
        }
        taken.total += 1;
        self.gauge.inc();
        Ok(Slot { slots: self.clone(), client })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A taken slot; dropping it, by unwinding too, gives it back.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Slots,
    client: Option<ClientKey>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        taken.total = taken.total.saturating_sub(1);
        self.slots.gauge.dec();
        let Some(client) = self.client else { return };
        if let Entry::Occupied(mut entry) = taken.by_client.entry(client) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_hold_and_slots_come_back() {
        let slots = Slots::new(2, 1, Gauge::default());
        let [a, b, c] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
            .map(|address| Some(ClientKey::new(address.parse().unwrap())));
        let first = slots.take(a).unwrap();
        assert_eq!(slots.take(a).unwrap_err(), NoSlot::OfClient);
        let _second = slots.take(b).unwrap();
        assert_eq!(slots.take(c).unwrap_err(), NoSlot::InAll);
        drop(first);
        assert_eq!(slots.gauge.get(), 1);
        let _third = slots.take(a).unwrap();
        assert_eq!(slots.lock().by_client.len(), 2);
    }
}
