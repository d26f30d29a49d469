//! Questions a minute, and wishes for a person an hour, from one client, over all doors.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::client::ClientKey;

/// Most clients that are told apart. Beyond it, newcomers share one allowance, so that a flood from many
/// addresses cannot fill the memory.
const MAX_CLIENTS: usize = 100_000;

/// How many checks pass between two looks at the size of the table.
const LOOK_EVERY: u32 = 256;

/// Counts what clients may do so often.
#[derive(Debug)]
pub(crate) struct RateLimit {
    limiter: Option<DefaultKeyedRateLimiter<ClientKey>>,
    burst: u32,
    clock: DefaultClock,
    checks: AtomicU32,
    crowded: AtomicBool,
}

impl RateLimit {
    /// Allows `per_minute` questions, `burst` of them at once; 0 a minute is no limit.
    pub(crate) fn new(per_minute: u32, burst: u32) -> Self {
        Self::of(NonZeroU32::new(per_minute).map(|per_minute| {
            Quota::per_minute(per_minute).allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
        }))
    }

    /// Allows `per_hour`, all of them at once; 0 an hour is no limit.
    pub(crate) fn hourly(per_hour: u32) -> Self {
        Self::of(NonZeroU32::new(per_hour).map(Quota::per_hour))
    }

    fn of(quota: Option<Quota>) -> Self {
        Self {
            burst: quota.map_or(u32::MAX, |quota| quota.burst_size().get()),
            limiter: quota.map(RateLimiter::keyed),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
        }
    }

    /// Counts one more of `client`.
    ///
    /// # Errors
    /// The milliseconds to wait until the next one is allowed.
    pub(crate) fn check(&self, client: ClientKey) -> Result<(), u64> {
        self.check_many(client, 1)
    }

    /// Counts `number` more of `client`, or as many as are allowed at once where those are fewer.
    ///
    /// # Errors
    /// As [`RateLimit::check`]; then none is counted.
    pub(crate) fn check_many(&self, client: ClientKey, number: u32) -> Result<(), u64> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY)
            && limiter.len() > MAX_CLIENTS
        {
            self.sweep();
        }
        let key = if self.crowded.load(Ordering::Relaxed) { ClientKey::OTHERS } else { client };
        let number = NonZeroU32::new(number.min(self.burst)).unwrap_or(NonZeroU32::MIN);
        let checked = limiter.check_key_n(&key, number).unwrap_or_else(|_| limiter.check_key(&key));
        checked.map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1)
        })
    }

    /// Forgets clients that have their whole allowance again; to be called now and then.
    pub(crate) fn sweep(&self) {
        let Some(limiter) = &self.limiter else { return };
        limiter.retain_recent();
        limiter.shrink_to_fit();
        self.crowded.store(limiter.len() > MAX_CLIENTS, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u32) -> ClientKey {
        ClientKey::new(std::net::Ipv4Addr::from_bits(number).into())
    }

    #[test]
    fn a_burst_passes_and_then_one_waits() {
        let limit = RateLimit::new(60, 2);
        assert_eq!(limit.check(client(1)), Ok(()));
        assert_eq!(limit.check(client(1)), Ok(()));
        let wait = limit.check(client(1)).unwrap_err();
        assert!((1..=1001).contains(&wait), "{wait}");
        assert_eq!(limit.check(client(2)), Ok(()));
    }

    #[test]
    fn many_count_as_many_as_they_are_as_far_as_they_are_allowed_at_once() {
        let limit = RateLimit::new(60, 5);
        assert_eq!(limit.check_many(client(1), 3), Ok(()));
        assert!(limit.check_many(client(1), 3).is_err());
        assert_eq!(limit.check_many(client(1), 2), Ok(()), "what was refused was not counted");
        assert!(limit.check(client(1)).is_err());
        assert_eq!(limit.check_many(client(2), 50), Ok(()));
        assert!(limit.check(client(2)).is_err());
    }

    #[test]
    fn of_an_hours_allowance_all_may_come_at_once() {
        let limit = RateLimit::hourly(2);
        assert_eq!((limit.check(client(1)), limit.check(client(1))), (Ok(()), Ok(())));
        assert!(limit.check(client(1)).unwrap_err() > 60_000);
    }

    #[test]
    fn zero_is_no_limit() {
        for limit in [RateLimit::new(0, 0), RateLimit::hourly(0)] {
            assert!((0..1000).all(|_| limit.check(client(1)).is_ok()));
        }
    }

    #[test]
    fn a_flood_of_addresses_shares_one_allowance_in_bounded_memory() {
        let limit = RateLimit::new(1, 1);
        let allowed =
            (0..2 * MAX_CLIENTS as u32).filter(|&number| limit.check(client(number)).is_ok()).count();
        let slack = 2 * LOOK_EVERY as usize;
        assert!(allowed <= MAX_CLIENTS + slack, "{allowed}");
        assert!(limit.limiter.as_ref().unwrap().len() <= MAX_CLIENTS + slack);
    }
}
