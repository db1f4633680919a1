//! When the flush under way goes to the writer.

use std::time::{Duration, Instant};

use crate::config::Config;
use crate::flush::{ROWS_MAX, Size};

/// While more is there than can be read at once, so many intervals lie between flushes: few large inserts take less of
/// ClickHouse than many small ones, and the sooner the rest is read.
const INTERVALS_BEHIND: u32 = 3;
/// Of something fresh, this part of the records that make a flush full waits for no interval, but for the writer it does:
/// in a queue before it, what is fresh in one partition would wait for a backlog of others once more.
const FRESH_PART: usize = 4;

/// How often flushes go, and how large.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    records_max: usize,
    bytes_max: usize,
    /// Whether something that was read since the last flush went is of no backlog.
    is_fresh: bool,
    /// When the last one went, and its number.
    last: (Option<Instant>, u64),
}

impl Pace {
    /// No flush went yet.
    pub(crate) const fn new(config: &Config) -> Self {
        Self {
            interval: Duration::from_millis(config.flush_interval_ms),
            records_max: config.flush_records_max,
            bytes_max: config.flush_bytes_max,
            is_fresh: false,
            last: (None, 0),
        }
    }

    /// A batch was read, of a backlog alone or of what comes in now too.
    pub(super) const fn read(&mut self, is_backlog: bool) {
        self.is_fresh |= !is_backlog;
    }

    /// Whether a flush of this size goes now: a full one does, and once the flush before it is written, one of any size
    /// when that went long enough ago, and one with something fresh in it when it has enough. So parts stay few, a lone
    /// record waits for nothing, and while ClickHouse is slow flushes become larger instead of more.
    pub(super) fn is_due(&self, size: Size, written: u64, now: Instant) -> bool {
        let is_full = size.records >= self.records_max || size.bytes >= self.bytes_max || size.rows >= ROWS_MAX;
        let interval = if self.is_fresh { self.interval } else { self.interval * INTERVALS_BEHIND };
        let (last, number) = self.last;
        let is_long_ago = last.is_none_or(|last| now.duration_since(last) >= interval);
        is_full || number <= written && (self.is_enough(size) || is_long_ago)
    }

    /// Whether a flush of this size has something fresh in it and enough beside that: to read more before the writer is free
    /// would make it wait for what is read later.
    pub(super) const fn is_enough(&self, size: Size) -> bool {
        self.is_fresh && (size.records >= self.records_max / FRESH_PART || size.rows >= ROWS_MAX / FRESH_PART)
    }

    /// The number of the last flush that went; 0 before the first.
    pub(super) const fn last_number(&self) -> u64 {
        self.last.1
    }

    /// A flush went; what is left of its last batch, if anything, is as fresh as it was.
    pub(super) const fn went(&mut self, number: u64, now: Instant, has_rest: bool) {
        self.last = (Some(now), number);
        self.is_fresh &= has_rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Size = Size { records: 1, bytes: 300, rows: 2 };
    const QUARTER: Size = Size { records: 25, bytes: 300, rows: 2 };

    fn pace() -> Pace {
        let interval = Duration::from_millis(500);
        Pace { interval, records_max: 100, bytes_max: 10_000, is_fresh: false, last: (None, 0) }
    }

    #[test]
    fn the_first_record_waits_for_nothing_and_the_next_for_the_interval() {
        let (mut pace, start) = (pace(), Instant::now());
        pace.read(false);
        assert!(pace.is_due(SMALL, 0, start));
        pace.went(1, start, false);
        pace.read(false);
        assert!(!pace.is_due(SMALL, 1, start + Duration::from_millis(499)));
        assert!(pace.is_due(SMALL, 1, start + Duration::from_millis(500)));
    }

    #[test]
    fn flushes_are_fewer_while_more_waits_than_can_be_read() {
        let (mut pace, start) = (pace(), Instant::now());
        pace.went(1, start, false);
        pace.read(true);
        assert!(!pace.is_due(SMALL, 1, start + Duration::from_millis(1_499)));
        assert!(pace.is_due(SMALL, 1, start + Duration::from_millis(1_500)));
    }

    #[test]
    fn something_fresh_waits_for_no_backlog_that_is_read_after_it() {
        let (mut pace, start) = (pace(), Instant::now());
        pace.went(1, start, false);
        pace.read(false);
        pace.read(true);
        assert!(pace.is_due(SMALL, 1, start + Duration::from_millis(500)));
        assert!(pace.is_due(QUARTER, 1, start));
        assert!(!pace.is_due(QUARTER, 0, start + Duration::from_secs(60)), "it waits in no queue either");
        assert!(pace.is_enough(QUARTER) && !pace.is_enough(SMALL), "nor for more that is read");
        pace.went(2, start, true);
        assert!(pace.is_due(SMALL, 2, start + Duration::from_millis(500)), "the rest of its batch is as fresh");
        pace.went(3, start, false);
        pace.read(true);
        assert!(!pace.is_enough(QUARTER), "a backlog alone waits for nothing");
        assert!(!pace.is_due(QUARTER, 3, start + Duration::from_millis(500)), "it is gone");
    }

    #[test]
    fn a_flush_waits_for_the_one_before_it_until_it_is_full() {
        let (mut pace, start) = (pace(), Instant::now());
        pace.went(1, start, false);
        for is_backlog in [true, false] {
            pace.read(is_backlog);
            let late = start + Duration::from_secs(60);
            assert!(!pace.is_due(SMALL, 0, late), "the one before it is still being written");
            assert!(!pace.is_due(Size { records: 99, ..SMALL }, 0, late));
            assert!(pace.is_due(Size { records: 100, ..SMALL }, 0, start));
            assert!(pace.is_due(Size { bytes: 10_000, ..SMALL }, 0, start));
            assert!(pace.is_due(Size { rows: ROWS_MAX, ..SMALL }, 0, start));
        }
    }
}
