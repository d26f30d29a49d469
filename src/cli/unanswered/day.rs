//! Days since 1970-01-01 (UTC), as the file has them, and dates.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// The date of a day.
pub(super) fn date_of(day: u64) -> Date {
    let seconds = i64::try_from(day).ok().and_then(|day| day.checked_mul(86_400));
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or(EPOCH, |time| TimeZone::UTC.to_datetime(time).date())
}

/// The day of a date; 0 for one before 1970.
pub(super) fn day_of(date: Date) -> u64 {
    u64::try_from(date.duration_since(EPOCH).as_hours() / 24).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        for (day, date) in [(0, "1970-01-01"), (20_000, "2024-10-04")] {
            let date: Date = date.parse().unwrap();
            assert_eq!((date_of(day), day_of(date)), (date, day));
        }
        assert_eq!(day_of("1969-12-31".parse().unwrap()), 0);
    }
}
