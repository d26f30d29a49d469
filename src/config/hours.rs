//! When somebody is there: office hours in a time zone.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

/// Days in the order of a week, as they are written.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Office hours.
#[derive(Debug, Clone)]
pub struct OfficeHours {
    zone: TimeZone,
    spans: Vec<Hours>,
}

#[derive(Debug, Clone, Copy)]
struct Hours {
    first: usize,
    last: usize,
    from: Time,
    to: Time,
}

impl OfficeHours {
    /// Reads lines such as `Mon-Fri 08:00-17:00`, in the time zone `zone`, e.g. `Europe/Berlin`. No line: always.
    ///
    /// # Errors
    /// What is wrong, and how to write it.
    pub fn parse(lines: &[String], zone: &str) -> Result<Self, String> {
        let zone = TimeZone::get(zone)
            .map_err(|_| format!("`{zone}` is no time zone; write one as in Europe/Berlin"))?;
        let spans = lines.iter().map(|line| {
            hours(line)
                .ok_or_else(|| format!("`{line}` is no span of hours; write it as in Mon-Fri 08:00-17:00"))
        });
        Ok(Self { zone, spans: spans.collect::<Result<_, _>>()? })
    }

    /// Whether somebody is there at `unix_secs`, seconds since 1970.
    #[must_use]
    pub fn is_open(&self, unix_secs: u64) -> bool {
        let moment = i64::try_from(unix_secs).ok().and_then(|secs| Timestamp::from_second(secs).ok());
        let Some(moment) = moment.map(|moment| moment.to_zoned_datetime(self.zone.clone())) else {
            return true;
        };
        let (day, time) = (place(moment.weekday()), moment.time());
        let holds = |span: &Hours| {
            let is_day = if span.first <= span.last {
                (span.first..=span.last).contains(&day)
            } else {
                day >= span.first || day <= span.last
            };
            is_day && span.from <= time && time < span.to
        };
        self.spans.is_empty() || self.spans.iter().any(holds)
    }
}

fn place(day: Weekday) -> usize {
    DAYS.iter().position(|(_, known)| *known == day).unwrap_or(0)
}

fn hours(line: &str) -> Option<Hours> {
    let (days, times) = line.trim().split_once(' ')?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (from, to) = times.trim().split_once('-')?;
    let day = |name: &str| DAYS.iter().position(|(known, _)| name.trim().eq_ignore_ascii_case(known));
    let (from, to) = (time(from)?, time(to)?);
    (from < to).then_some(Hours { first: day(first)?, last: day(last)?, from, to })
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    if hour.trim() == "24" && minute == "00" {
        return Some(Time::MAX);
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: &str) -> u64 {
        moment.parse::<Timestamp>().unwrap().as_second().try_into().unwrap()
    }

    #[test]
    fn hours_are_those_of_the_clinics_clock_in_summer_and_in_winter() {
        let hours = OfficeHours::parse(&["Mon-Fri 08:00-17:00".into()], "Europe/Berlin").unwrap();
        // A Wednesday in July (UTC+2) and one in January (UTC+1).
        for (moment, open) in [
            ("2026-07-01T06:00:00Z", true),
            ("2026-07-01T05:59:59Z", false),
            ("2026-07-01T15:00:00Z", false),
            ("2026-01-07T07:00:00Z", true),
            ("2026-01-07T06:30:00Z", false),
            ("2026-07-04T10:00:00Z", false),
        ] {
            assert_eq!(hours.is_open(at(moment)), open, "{moment}");
        }
    }

    #[test]
    fn days_may_wrap_and_no_line_means_always() {
        let hours = OfficeHours::parse(&["Sat-Mon 00:00-24:00".into()], "UTC").unwrap();
        assert!(hours.is_open(at("2026-07-05T23:59:00Z")) && !hours.is_open(at("2026-07-07T12:00:00Z")));
        assert!(OfficeHours::parse(&[], "UTC").unwrap().is_open(0));
    }

    #[test]
    fn what_is_no_span_is_told_with_the_way_to_write_it() {
        for line in ["", "Mon", "Mon 8-17", "Mon-Fri 17:00-08:00", "Mon-Foo 08:00-09:00", "Mon 25:00-26:00"] {
            let told = OfficeHours::parse(&[line.into()], "UTC").unwrap_err();
            assert!(told.contains("Mon-Fri 08:00-17:00"), "{told}");
        }
        assert!(OfficeHours::parse(&[], "Mars/Base").unwrap_err().contains("Europe/Berlin"));
    }
}
