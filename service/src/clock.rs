//! The time and the fresh ids of the outside world: the one place where they are taken.
//!
//! Everything below a process's edge receives time and ids as arguments, so that folds, validation and tests repeat.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The current UTC time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the edge where time enters")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The current time in microseconds since the Unix epoch, the unit of every event time.
#[must_use]
pub fn now_micros() -> i64 {
    now().timestamp_micros()
}

/// A new time-ordered id (UUIDv7), as events and downloads carry.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the edge where ids are minted")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A new id of one run of one process (UUIDv4): the `boot_id` within which an edge numbers its events.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the edge where ids are minted")]
pub fn new_boot_id() -> Uuid {
    Uuid::new_v4()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_versions_that_rules_rely_on() {
        assert_eq!(new_id().get_version_num(), 7);
        assert_eq!(new_boot_id().get_version_num(), 4);
    }

    #[test]
    fn micros_are_the_same_clock() {
        let before = now().timestamp_micros();
        let micros = now_micros();
        assert!(before <= micros && micros <= now().timestamp_micros());
    }

    #[test]
    fn the_time_inside_a_new_id_is_now() {
        let (seconds, _) = new_id().get_timestamp().expect("a v7 id carries its time").to_unix();
        assert!(now().timestamp().abs_diff(i64::try_from(seconds).unwrap()) <= 2);
    }
}
