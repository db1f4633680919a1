//! How long rows are kept: set in one place, applied to the tables when a projector starts. docs/RETENTION.md says what each
//! choice costs.
//!
//! A slice is rebuilt from its events, so no slice may be folded of which some are gone already. Rows go by the day of their
//! slice, all of a slice alike, and a record whose slice is within [`MARGIN_DAYS`] of its end is not folded but quarantined.
//! That is decided by the record alone, its day and when Kafka took it, so every reading of the log decides alike.

mod apply;

use loupe_schemas::time::Day;
use loupe_schemas::{Event, Micros};

/// Events of a day are folded no more so many days before they go: the log keeps a record for 30 days, in which it may be
/// read again, and 5 days are left for whatever is late.
pub const MARGIN_DAYS: u32 = 35;
/// The fewest days that events may be kept: as many as they are folded, and the margin.
pub const EVENTS_DAYS_MIN: u32 = 2 * MARGIN_DAYS;

/// How many days rows are kept, by what they are; 0 for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// `events`: what slices are rebuilt from.
    pub events_days: u32,
    /// `downloads`, `deliveries` and `identity_daily`: rows that tell what somebody did.
    pub people_days: u32,
    /// `media_daily`, `collection_quarter_hourly` and `link_daily`: numbers that name nobody.
    pub aggregates_days: u32,
    /// `quarantine`: bytes that are no event.
    pub quarantine_days: u32,
}

/// A record tells of a slice that is kept no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "lies {age_days} days before its receipt; with retention_events_days {events_days} at most {days_max} are folded"
)]
pub struct TooOld {
    age_days: u32,
    events_days: u32,
    days_max: u32,
}

impl Retention {
    /// Refuses an event whose slice may be gone, in part or whole, while its record can still be read.
    ///
    /// # Errors
    /// The event's day lies too long before `appended_at`.
    pub fn admit(&self, event: &Event, appended_at: Micros) -> Result<(), TooOld> {
        if self.events_days == 0 || event.fact.event_type().is_catalogue() {
            return Ok(());
        }
        let age_days = u32::from(appended_at.day().0).saturating_sub(u32::from(event.slice_day().0));
        let days_max = self.events_days.saturating_sub(MARGIN_DAYS);
        if age_days <= days_max {
            return Ok(());
        }
        Err(TooOld { age_days, events_days: self.events_days, days_max })
    }

    /// The first day of which a record that is taken today is folded.
    #[must_use]
    pub fn admitted_since(&self, today: Day) -> Day {
        if self.events_days == 0 {
            return Day(0);
        }
        let days_max = self.events_days.saturating_sub(MARGIN_DAYS);
        Day(u16::try_from(u32::from(today.0).saturating_sub(days_max)).unwrap_or(0))
    }
}

/// Days that are taken for going before they may: ClickHouse ends days by the zone of its server, which is up to half a day
/// ahead, and what is decided on one day may be done on the next.
const GOING_DAYS: u32 = 2;

/// The first day of which every event is kept, on a given day and the one after it.
#[must_use]
pub fn whole_since(events_days: u32, today: Day) -> Day {
    let gone_before = u32::from(today.0).saturating_sub(events_days) + 1;
    Day(u16::try_from(gone_before + GOING_DAYS).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fixture::{AT, example};

    #[test]
    fn what_is_too_old_for_its_slice_to_be_whole_is_refused_wherever_it_is_read() {
        let event = example("PhotoViewed", "full", 0);
        let keeping = |events_days| Retention { events_days, ..Retention::default() };
        let after = |days: i64| Micros(AT.0 + days * 86_400_000_000);
        assert_eq!(keeping(0).admit(&event, after(40_000)), Ok(()));
        assert_eq!(keeping(100).admit(&event, after(65)), Ok(()));
        let refused = keeping(100).admit(&event, after(66)).unwrap_err().to_string();
        assert!(refused.contains("66 days") && refused.contains("at most 65"), "{refused}");
        assert_eq!(keeping(100).admit(&example("MediaUpserted", "full", 0), after(40_000)), Ok(()));
    }

    #[test]
    fn a_day_is_whole_until_the_next_is_over_wherever_the_server_is() {
        // Rows of a day go once so many days passed since its beginning; in Kiritimati that is 14 hours sooner.
        let today = Day(20_000);
        for hours in [0, 24, 47] {
            let there = today.start().0 + (hours + 14) * 3_600_000_000;
            let due = |day: Day| day.start().0 + 100 * 86_400_000_000 <= there;
            assert!(!due(whole_since(100, today)), "after {hours} hours");
        }
        assert!(whole_since(100, today) < Retention { events_days: 100, ..Retention::default() }.admitted_since(today));
    }

    #[test]
    fn a_record_that_is_folded_can_be_read_again_for_as_long_as_the_log_keeps_it() {
        let log_days = loupe_schemas::topics::EVENTS.retention_us().unwrap() / 86_400_000_000;
        assert!(log_days < i64::from(MARGIN_DAYS));
    }
}
