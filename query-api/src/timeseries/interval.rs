//! Hours, days, weeks and months of a time zone, as half-open spans of time (rule 107).

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::parameters::QUARTER_HOUR_US;

/// Quarters of an hour in the longest gap of a clock: a whole day that a zone left out.
const GAP_QUARTER_HOURS: i64 = 2 * 96;

/// What a bucket is as long as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interval {
    Hour,
    Day,
    Week,
    Month,
}

impl Interval {
    /// The interval of a word of the parameter `interval`.
    pub(crate) fn of_word(word: &str) -> Self {
        match word {
            "hour" => Self::Hour,
            "week" => Self::Week,
            "month" => Self::Month,
            _ => Self::Day,
        }
    }

    /// No bucket is longer, but for a day beside one that a zone left out: in so long a span there is at least one.
    pub(crate) const fn longest_us(self) -> i64 {
        const HOUR_US: i64 = 3_600_000_000;
        match self {
            Self::Hour => 2 * HOUR_US,
            Self::Day => 2 * 25 * HOUR_US,
            Self::Week => 8 * 25 * HOUR_US,
            Self::Month => 32 * 25 * HOUR_US,
        }
    }

    /// The edges of the buckets that cover `[from, to)`: bucket `n` is from edge `n` up to edge `n + 1`. Whole buckets, so
    /// that the first may begin before `from` and the last end after `to`. Both must be whole quarters of an hour, which
    /// the offsets of all zones are since 2010.
    pub(crate) fn edges(self, from: i64, to: i64, tz: Tz) -> Vec<i64> {
        let mut edges = vec![self.start(from, tz)];
        while let Some(last) = edges.last().copied().filter(|last| *last < to) {
            edges.push(self.next(last, tz));
        }
        edges
    }

    /// The start of the bucket that `at` is in.
    fn start(self, at: i64, tz: Tz) -> i64 {
        match self {
            Self::Hour => {
                let mut start = at.div_euclid(QUARTER_HOUR_US) * QUARTER_HOUR_US;
                while !is_hour_edge(start, tz) {
                    start -= QUARTER_HOUR_US;
                }
                start
            }
            _ => {
                let mut start = first_instant(self.first_day(local(at, tz).date()), tz);
                // Clocks that went back over midnight show the day before once more; it has ended all the same.
                while let Some(next) = Some(self.next(start, tz)).filter(|next| *next <= at) {
                    start = next;
                }
                start
            }
        }
    }

    /// The end of the bucket that begins at `start`.
    fn next(self, start: i64, tz: Tz) -> i64 {
        if self == Self::Hour {
            let mut end = start + QUARTER_HOUR_US;
            while !is_hour_edge(end, tz) {
                end += QUARTER_HOUR_US;
            }
            return end;
        }
        let mut day = self.first_day(local(start, tz).date());
        loop {
            day = self.following(day);
            let end = first_instant(day, tz);
            // A day that the zone left out begins and ends with the day after it, and is no bucket.
            if end > start && first_instant(self.following(day), tz) > end {
                return end;
            }
        }
    }

    /// The first day of the interval that a day is in.
    fn first_day(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Hour | Self::Day => day,
            Self::Week => day - Days::new(u64::from(day.weekday().num_days_from_monday())),
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }

    /// The first day of the interval after the one that begins on `day`.
    fn following(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Hour | Self::Day => day + Days::new(1),
            Self::Week => day + Days::new(7),
            Self::Month => day + Months::new(1),
        }
    }
}

/// What clocks of the zone show.
pub(crate) fn local(at: i64, tz: Tz) -> NaiveDateTime {
    DateTime::from_timestamp_micros(at).unwrap_or_default().with_timezone(&tz).naive_local()
}

/// Whether clocks come to another hour at `at`, or to the same hour once more from its beginning.
fn is_hour_edge(at: i64, tz: Tz) -> bool {
    let (now, before) = (local(at, tz), local(at - QUARTER_HOUR_US, tz));
    now.minute() == 0 || (now.date(), now.hour()) != (before.date(), before.hour())
}

/// The first instant whose date in the zone is `day` or, when the zone left it out, a later one.
fn first_instant(day: NaiveDate, tz: Tz) -> i64 {
    let midnight = day.and_time(NaiveTime::MIN);
    let after_gap = (0..=GAP_QUARTER_HOURS).find_map(|quarters| {
        let shown = midnight + Duration::minutes(15 * quarters);
        tz.from_local_datetime(&shown).earliest()
    });
    after_gap.map_or_else(|| midnight.and_utc().timestamp_micros(), |at| at.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    /// The edges as clocks of the zone show them, and the minutes of each bucket.
    fn shown(interval: Interval, from: &str, to: &str, zone: &str) -> Vec<(String, i64)> {
        let tz: Tz = zone.parse().unwrap();
        let edges = interval.edges(at(from), at(to), tz);
        let minutes = |pair: &[i64]| (pair[1] - pair[0]) / 60_000_000;
        edges.windows(2).map(|pair| (local(pair[0], tz).format("%m-%d %H:%M").to_string(), minutes(pair))).collect()
    }

    #[test]
    fn rule_107_days_of_23_and_25_hours() {
        let spring = shown(Interval::Day, "2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z", "Europe/Berlin");
        assert_eq!(spring, [("03-29 00:00".into(), 23 * 60), ("03-30 00:00".into(), 24 * 60)]);
        let autumn = shown(Interval::Day, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "Europe/Berlin");
        assert_eq!(autumn, [("10-25 00:00".into(), 25 * 60)]);
        let hours = shown(Interval::Hour, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "Europe/Berlin");
        assert_eq!(hours.len(), 25);
        assert_eq!([&hours[2].0, &hours[3].0, &hours[4].0], ["10-25 02:00", "10-25 02:00", "10-25 03:00"]);
        assert_eq!(shown(Interval::Hour, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "Europe/Berlin").len(), 23);
    }

    #[test]
    fn rule_107_midnights_that_do_not_exist_and_days_left_out() {
        // Clocks of São Paulo went from 24:00 to 01:00.
        let gap = shown(Interval::Day, "2018-11-03T03:00:00Z", "2018-11-05T02:00:00Z", "America/Sao_Paulo");
        assert_eq!(gap, [("11-03 00:00".into(), 24 * 60), ("11-04 01:00".into(), 23 * 60)]);
        // And from 24:00 back to 23:00.
        let twice = shown(Interval::Day, "2018-02-17T02:00:00Z", "2018-02-18T04:00:00Z", "America/Sao_Paulo");
        assert_eq!(twice, [("02-17 00:00".into(), 25 * 60), ("02-18 00:00".into(), 24 * 60)]);
        // Samoa had no 30 December 2011.
        let left_out = shown(Interval::Day, "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z", "Pacific/Apia");
        assert_eq!(left_out, [("12-29 00:00".into(), 24 * 60), ("12-31 00:00".into(), 24 * 60)]);
    }

    #[test]
    fn rule_107_a_day_ends_once() {
        // Clocks of St. John's went from 00:01 back to 23:01 of the day before.
        for (from, to) in
            [("2010-11-07T02:30:00Z", "2010-11-07T02:45:00Z"), ("2010-11-07T02:45:00Z", "2010-11-07T03:00:00Z")]
        {
            let days = shown(Interval::Day, from, to, "America/St_Johns");
            assert_eq!(days, [("11-07 00:00".into(), 25 * 60)]);
        }
    }

    #[test]
    fn rule_107_hours_that_are_moved_by_half() {
        let of = |from, to| shown(Interval::Hour, from, to, "Australia/Lord_Howe");
        let back = of("2026-04-04T14:00:00Z", "2026-04-04T16:30:00Z");
        assert_eq!(back, [("04-05 01:00".into(), 90), ("04-05 02:00".into(), 60)]);
        let forth = of("2026-10-03T14:30:00Z", "2026-10-03T16:00:00Z");
        assert_eq!(forth, [("10-04 01:00".into(), 60), ("10-04 02:30".into(), 30)]);
        let nepal = shown(Interval::Hour, "2026-05-02T00:00:00Z", "2026-05-02T01:00:00Z", "Asia/Kathmandu");
        assert_eq!(nepal, [("05-02 05:00".into(), 60), ("05-02 06:00".into(), 60)]);
    }

    #[test]
    fn rule_107_weeks_begin_on_monday_and_months_are_whole() {
        let weeks = shown(Interval::Week, "2026-03-25T12:00:00Z", "2026-03-30T12:00:00Z", "Europe/Berlin");
        assert_eq!(weeks, [("03-23 00:00".into(), (7 * 24 - 1) * 60), ("03-30 00:00".into(), 7 * 24 * 60)]);
        let months = shown(Interval::Month, "2026-02-10T00:00:00Z", "2026-03-10T00:00:00Z", "UTC");
        assert_eq!(months, [("02-01 00:00".into(), 28 * 24 * 60), ("03-01 00:00".into(), 31 * 24 * 60)]);
        assert_eq!(Interval::Day.edges(0, 0, Tz::UTC), [0], "nothing is in no bucket");
    }

    fn any_interval() -> impl Strategy<Value = Interval> {
        prop_oneof![Just(Interval::Hour), Just(Interval::Day), Just(Interval::Week), Just(Interval::Month)]
    }

    proptest! {
        #[test]
        fn rule_107_buckets_tile_the_period_in_every_zone(
            interval in any_interval(),
            zone in 0..chrono_tz::TZ_VARIANTS.len(),
            from in 1_262_304_000_000_000_i64 / QUARTER_HOUR_US..2_000_000_000_000_000 / QUARTER_HOUR_US,
            quarters in 1_i64..3_000,
        ) {
            let tz = chrono_tz::TZ_VARIANTS[zone];
            let (from, to) = (from * QUARTER_HOUR_US, (from + quarters) * QUARTER_HOUR_US);
            let edges = interval.edges(from, to, tz);
            prop_assert!(edges.windows(2).all(|pair| pair[0] < pair[1]), "{tz}: {edges:?}");
            prop_assert!(edges[0] <= from && from < edges[1], "{tz}");
            prop_assert!(edges[edges.len() - 2] < to && to <= edges[edges.len() - 1], "{tz}");
            // One bucket is one label: it begins where the bucket of its own start does.
            for pair in edges.windows(2) {
                prop_assert_eq!(interval.edges(pair[1] - QUARTER_HOUR_US, pair[1], tz), pair, "{}", tz);
            }
        }
    }
}
