//! Numbers as they are written: rounded, so that the same answer gives the same bytes. And whole numbers as they
//! are read: as JSON Schema has it, 7.0 is one too.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// The largest whole number that every client can write exactly, 2^53 - 1 (RFC 8259, section 6).
const MAX_WHOLE: u64 = (1 << 53) - 1;

/// A whole number from 0 to [`MAX_WHOLE`].
struct Whole(usize);

/// Reads a whole number, or none for null.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    Ok(Option::<Whole>::deserialize(deserializer)?.map(|number| number.0))
}

/// Reads the number of a frame.
pub(super) fn seq<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Whole::deserialize(deserializer)?.0 as u64)
}

/// Reads two whole numbers.
pub(super) fn range<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(usize, usize), D::Error> {
    let (start, end) = <(Whole, Whole)>::deserialize(deserializer)?;
    Ok((start.0, end.0))
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for an integer, what has read ahead to the `type` of a frame would refuse 7.0.
        deserializer.deserialize_any(WholeVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {MAX_WHOLE}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        let fits = usize::try_from(number).ok().filter(|_| number <= MAX_WHOLE);
        fits.map(Whole).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Whole, E> {
        if number.fract() == 0.0 && (0.0..=MAX_WHOLE as f64).contains(&number) {
            return self.visit_u64(number as u64);
        }
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }
}

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

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let read = |text: &str| range(&mut serde_json::Deserializer::from_str(text)).ok();
        assert_eq!(read("[7, 7.0]"), Some((7, 7)));
        assert_eq!(read("[0, 9007199254740991]"), Some((0, 9_007_199_254_740_991)));
        for not_whole in ["7.5", "-1", "-1.0", "9007199254740992", "1e300", "\"7\"", "null", "true"] {
            assert_eq!(read(&format!("[0, {not_whole}]")), None, "{not_whole}");
        }
        assert_eq!(whole(&mut serde_json::Deserializer::from_str("null")).ok(), Some(None));
    }
}
