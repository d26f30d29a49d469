//! Numbers as they are written: rounded, so that the same answer gives the same bytes.

use std::time::Duration;

/// Rounds to 4 decimals; what is not a number becomes 0, which JSON can write.
pub(super) fn round4(value: f32) -> f64 {
    if value.is_finite() { (f64::from(value) * 1e4).round() / 1e4 } else { 0.0 }
}

/// Milliseconds with 3 decimals.
pub(super) fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_always_writable() {
        assert_eq!(serde_json::to_string(&round4(0.930_001)).unwrap(), "0.93");
        assert_eq!(serde_json::to_string(&round4(f32::NAN)).unwrap(), "0.0");
        assert_eq!(serde_json::to_string(&millis(Duration::from_nanos(3_200_400))).unwrap(), "3.2");
    }
}
