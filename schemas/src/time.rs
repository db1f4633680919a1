//! Event time: microseconds since the Unix epoch, UTC.

use std::fmt;

use chrono::{DateTime, Days, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Microseconds in one UTC day.
pub const DAY_MICROS: i64 = 86_400_000_000;
/// Microseconds in a quarter of an hour, the finest bucket every time zone is a multiple of.
pub const QUARTER_HOUR_MICROS: i64 = 900_000_000;
/// Microseconds in the half-minute window of a beacon (rule 69).
pub const HALF_MINUTE_MICROS: i64 = 30_000_000;

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub i64);

/// A UTC day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub u16);

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", (DateTime::UNIX_EPOCH + Days::new(u64::from(self.0))).date_naive())
    }
}

impl Micros {
    /// The UTC day; times outside 1970..2149 take the nearest day a `Day` can hold.
    #[must_use]
    pub fn day(self) -> Day {
        Day(u16::try_from(self.0.div_euclid(DAY_MICROS).clamp(0, i64::from(u16::MAX))).unwrap_or(u16::MAX))
    }

    /// The start of the clock-aligned quarter hour this time lies in.
    #[must_use]
    pub fn quarter_hour(self) -> Self {
        Self(self.0 - self.0.rem_euclid(QUARTER_HOUR_MICROS))
    }

    /// The number of the clock-aligned half-minute this time lies in (rule 69).
    #[must_use]
    pub fn half_minute(self) -> i64 {
        self.0.div_euclid(HALF_MINUTE_MICROS)
    }

    /// The same time for a calendar; `None` outside chrono's range.
    #[must_use]
    pub fn to_datetime(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }
}

impl Day {
    /// Midnight UTC at which the day starts.
    #[must_use]
    pub fn start(self) -> Micros {
        Micros(i64::from(self.0) * DAY_MICROS)
    }
}

impl From<DateTime<Utc>> for Micros {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_micros())
    }
}

/// Prints as answers do: `2026-05-02T18:04:13.000000Z`.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_datetime() {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None => write!(f, "{} µs", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_with_microseconds_and_z() {
        assert_eq!(Micros(1_777_745_053_000_000).to_string(), "2026-05-02T18:04:13.000000Z");
    }

    #[test]
    fn rule_69_half_minutes_are_aligned_to_the_clock() {
        assert_eq!(Micros(29_999_999).half_minute(), 0);
        assert_eq!(Micros(30_000_000).half_minute(), 1);
        assert_eq!(Micros(-1).half_minute(), -1);
    }

    #[test]
    fn days_and_quarter_hours_start_where_utc_says() {
        assert_eq!(Micros(DAY_MICROS - 1).day(), Day(0));
        assert_eq!(Micros(DAY_MICROS).day().start(), Micros(DAY_MICROS));
        assert_eq!(Micros(QUARTER_HOUR_MICROS * 3 + 5).quarter_hour(), Micros(QUARTER_HOUR_MICROS * 3));
    }
}
