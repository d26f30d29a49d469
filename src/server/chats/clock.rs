//! Whether the clock can be trusted with what is erased for its age: a machine may start with a wrong one, and one
//! that is put right jumps.

use std::time::{Duration, Instant};

/// How long it must have gone evenly.
const PROBATION: Duration = Duration::from_secs(60);

/// Seconds by which it may be put right between two looks without that being a jump.
const SLACK_SECS: u64 = 5;

/// The clock, as far as it was looked at.
#[derive(Debug)]
pub(super) struct SteadyClock {
    looked: Instant,
    /// What it said then, in seconds since 1970.
    said: u64,
    steady_since: Instant,
}

impl SteadyClock {
    /// On probation from `now` on, where it says `says`.
    pub(super) const fn new(now: Instant, says: u64) -> Self {
        Self { looked: now, said: says, steady_since: now }
    }

    /// Whether it has gone evenly for long enough; to be asked now and then.
    pub(super) fn is_steady(&mut self, now: Instant, says: u64) -> bool {
        let expected = self.said.saturating_add(now.duration_since(self.looked).as_secs());
        if says.abs_diff(expected) > SLACK_SECS {
            tracing::warn!("the clock was set; what is past its time is erased a little later");
            self.steady_since = now;
        }
        (self.looked, self.said) = (now, says);
        now.duration_since(self.steady_since) >= PROBATION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Duration = Duration::from_secs(30);
    const YEAR: u64 = 31_536_000;

    #[test]
    fn a_clock_is_trusted_when_it_has_gone_evenly_for_a_minute() {
        let start = Instant::now();
        let mut clock = SteadyClock::new(start, 1000);
        assert!(!clock.is_steady(start, 1000));
        assert!(!clock.is_steady(start + HALF, 1030));
        assert!(clock.is_steady(start + 2 * HALF, 1061));
    }

    #[test]
    fn one_that_is_set_is_on_probation_again() {
        for jump in [|says: u64| says + YEAR, |says: u64| says - YEAR] {
            let (start, says) = (Instant::now(), 10 * YEAR);
            let mut clock = SteadyClock::new(start, says);
            assert!(clock.is_steady(start + 2 * HALF, says + 60));
            let set = jump(says);
            assert!(!clock.is_steady(start + 3 * HALF, set + 90));
            assert!(!clock.is_steady(start + 4 * HALF, set + 120));
            assert!(clock.is_steady(start + 5 * HALF, set + 150));
        }
    }
}
