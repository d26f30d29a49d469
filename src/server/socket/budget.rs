//! How many frames a second one socket may send before it is read more slowly.
//!
//! Guards against a client that floods: pings and bad frames cost little each, but without bound they would
//! keep a thread from serving the others. Nothing is refused; reading pauses until the second is over, and
//! the sender is held up by its own full buffers.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::ServerConfig;

/// Frames a second that any client may send, questions apart.
const OTHER_FRAMES: u32 = 64;

const SECOND: Duration = Duration::from_secs(1);

/// Counts the frames of one socket.
#[derive(Debug)]
pub(super) struct FrameBudget {
    a_second: u32,
    left: u32,
    renewed: Instant,
}

impl FrameBudget {
    /// Room for as many questions as the rate limit lets through, and for [`OTHER_FRAMES`].
    pub(super) fn new(limits: &ServerConfig, now: Instant) -> Self {
        let questions = match limits.questions_per_minute {
            0 => u32::MAX,
            per_minute => limits.question_burst.saturating_add(per_minute / 60),
        };
        let a_second = questions.saturating_add(OTHER_FRAMES);
        Self { a_second, left: a_second, renewed: now }
    }

    /// Counts a frame.
    pub(super) fn spend(&mut self, now: Instant) {
        if now >= self.renewed + SECOND {
            self.renewed = now;
            self.left = self.a_second;
        }
        self.left = self.left.saturating_sub(1);
    }

    /// When to read on, if not now.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        let renewal = self.renewed + SECOND;
        (self.left == 0 && now < renewal).then_some(renewal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_paused_until_the_second_is_over() {
        let limits = ServerConfig { question_burst: 0, questions_per_minute: 60, ..ServerConfig::default() };
        let start = Instant::now();
        let mut budget = FrameBudget::new(&limits, start);
        for _ in 0..=OTHER_FRAMES {
            assert_eq!(budget.paused_until(start), None);
            budget.spend(start);
        }
        assert_eq!(budget.paused_until(start), Some(start + SECOND));
        assert_eq!(budget.paused_until(start + SECOND), None);
        budget.spend(start + SECOND);
        assert_eq!(budget.paused_until(start + SECOND), None);
    }
}
