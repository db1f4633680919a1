//! What accounts have lately had ClickHouse do, beside each other.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::REMEMBERED_MAX;

/// After so long half as much of what ran counts, and an account that asked nothing does not ask any more.
const HALF_LIFE: Duration = Duration::from_secs(5);
/// So much, of which a page of many figures takes a part, is within the share of any account.
const LITTLE_S: f64 = 1.0;

/// How long the statements of accounts ran lately. Time, since a row read costs a hundred times more in one statement than
/// in another.
#[derive(Debug, Default)]
pub(super) struct Work {
    lately: Mutex<HashMap<u64, Lately>>,
}

#[derive(Debug, Clone, Copy)]
struct Lately {
    seconds: f64,
    /// When it asked last, or its last statement ended.
    at: Instant,
}

impl Lately {
    fn seconds(self, now: Instant) -> f64 {
        let half_lives = now.saturating_duration_since(self.at).as_secs_f64() / HALF_LIFE.as_secs_f64();
        self.seconds * (-half_lives).exp2()
    }

    fn asks(self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) < HALF_LIFE
    }
}

impl Work {
    /// Counts what a statement of an account has run: nothing when it begins, all of it when it ends.
    pub(super) fn count(&self, account: u64, ran: Duration, now: Instant) {
        let mut lately = self.lately();
        if lately.len() > REMEMBERED_MAX {
            lately.retain(|_, of| of.asks(now));
        }
        let before = lately.get(&account).map_or(0.0, |of| of.seconds(now));
        lately.insert(account, Lately { seconds: before + ran.as_secs_f64(), at: now });
    }

    /// Whether an account has had more than a little while another asks: what one that is alone has, nobody misses.
    pub(super) fn is_much(&self, account: u64, now: Instant) -> bool {
        let is_much = self.lately().get(&account).is_some_and(|of| of.seconds(now) > LITTLE_S);
        is_much && self.another_asks(account, now)
    }

    /// Whether there is another account that asks.
    pub(super) fn another_asks(&self, account: u64, now: Instant) -> bool {
        self.lately().iter().any(|(other, of)| *other != account && of.asks(now))
    }

    fn lately(&self) -> MutexGuard<'_, HashMap<u64, Lately>> {
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUCH: Duration = Duration::from_secs(3);
    const SHORT: Duration = Duration::from_millis(10);

    #[test]
    fn an_account_that_is_alone_may_have_all_of_it() {
        let (work, now) = (Work::default(), Instant::now());
        work.count(1, MUCH, now);
        assert!(!work.is_much(1, now) && !work.another_asks(1, now));
        work.count(2, Duration::ZERO, now);
        assert!(work.is_much(1, now) && work.another_asks(1, now));
        assert!(!work.is_much(2, now));
    }

    #[test]
    fn a_little_is_never_much() {
        let (work, now) = (Work::default(), Instant::now());
        work.count(2, SHORT, now);
        for _ in 0..90 {
            work.count(1, SHORT, now);
        }
        assert!(!work.is_much(1, now));
        work.count(1, MUCH, now);
        assert!(work.is_much(1, now));
    }

    #[test]
    fn what_ran_counts_less_with_time() {
        let (work, begun) = (Work::default(), Instant::now());
        work.count(1, MUCH, begun);
        for (half_lives, is_much) in [(1, true), (2, false)] {
            let now = begun + HALF_LIFE * half_lives;
            work.count(2, SHORT, now);
            assert_eq!(work.is_much(1, now), is_much, "after {half_lives} half-lives");
        }
    }

    #[test]
    fn who_stops_asking_misses_nothing() {
        let (work, begun) = (Work::default(), Instant::now());
        work.count(2, MUCH, begun);
        let later = begun + HALF_LIFE;
        work.count(1, MUCH, later);
        assert!(!work.is_much(1, later));
    }
}
