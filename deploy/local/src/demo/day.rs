//! The day that is played: 24 hours that end one minute before now, busiest in the local evening.

use chrono::{DateTime, Utc};
use loupe_schemas::Micros;
use loupe_schemas::time::DAY_MICROS;

use super::dice::Dice;

/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub(super) const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// The catalogue fills the first minute of the day; people come after it.
const CATALOGUE_MICROS: i64 = MINUTE;

/// How busy each local hour is, from midnight: people look at wedding pictures after supper.
const BUSYNESS: [(u8, u32); 24] = [
    (0, 9),
    (1, 5),
    (2, 3),
    (3, 2),
    (4, 2),
    (5, 4),
    (6, 9),
    (7, 17),
    (8, 25),
    (9, 31),
    (10, 35),
    (11, 37),
    (12, 43),
    (13, 39),
    (14, 35),
    (15, 36),
    (16, 41),
    (17, 52),
    (18, 70),
    (19, 92),
    (20, 100),
    (21, 88),
    (22, 54),
    (23, 24),
];

/// The span of time every event of the demo lies in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    /// Its first instant, included.
    pub(super) start: Micros,
    /// Its end, excluded.
    pub(super) end: Micros,
}

impl Day {
    /// The 24 hours that end one minute before `now`.
    pub(super) fn before(now: DateTime<Utc>) -> Self {
        let end = Micros::from(now).0 - MINUTE;
        Self { start: Micros(end - DAY_MICROS), end: Micros(end) }
    }

    /// When people may first come: the catalogue is complete.
    pub(super) const fn opens(self) -> Micros {
        Micros(self.start.0 + CATALOGUE_MICROS)
    }

    /// The time of the `index`-th of `count` catalogue events.
    pub(super) fn catalogue_time(self, index: usize, count: usize) -> Micros {
        let share = index as f64 / count.max(1) as f64;
        Micros(self.start.0 + (share * (CATALOGUE_MICROS - 1) as f64) as i64)
    }

    /// A time at a share of the day, 0 when it opens and 1 when it ends.
    pub(super) fn at(self, share: f64) -> Micros {
        let opens = self.opens().0;
        Micros(opens + ((self.end.0 - 1 - opens) as f64 * share.clamp(0.0, 1.0)) as i64)
    }

    /// When somebody at `utc_offset_hours` comes: one hour of their clock by its busyness, any moment of it.
    pub(super) fn arrival(self, dice: &mut Dice, utc_offset_hours: i64) -> Micros {
        let hour = i64::from(dice.weighted(&BUSYNESS));
        let local = hour * HOUR + dice.between(0, HOUR as u64 - 1) as i64;
        let time_of_day = (local - utc_offset_hours * HOUR).rem_euclid(DAY_MICROS);
        // A span of 24 hours has every time of day exactly once.
        let since_start = (time_of_day - self.start.0).rem_euclid(DAY_MICROS);
        Micros((self.start.0 + since_start).max(self.opens().0))
    }

    /// Whether `time` lies in the day.
    pub(super) fn contains(self, time: Micros) -> bool {
        self.start <= time && time < self.end
    }
}
