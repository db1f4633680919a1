//! How long things took, as percentiles.

use std::fmt::{Display, Formatter};
use std::time::Duration;

/// How long things took.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Adds those of another.
    pub fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// The times that so many of a hundred did not exceed, in milliseconds; no numbers when there are none.
    #[must_use]
    pub fn percentiles<const N: usize>(&self, shares: [usize; N]) -> [f64; N] {
        let mut times = self.0.clone();
        times.sort_unstable();
        let at =
            |share: usize| times.get(times.len() * share / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0);
        shares.map(at)
    }
}

impl Display for Times {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let [p50, p95, p99] = self.percentiles([50, 95, 99]);
        write!(f, "p50 {p50:.1} ms, p95 {p95:.1} ms, p99 {p99:.1} ms of {}", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut times = Times::default();
        (1..=100).rev().for_each(|millis| times.add(Duration::from_millis(millis)));
        assert_eq!(times.to_string(), "p50 51.0 ms, p95 96.0 ms, p99 100.0 ms of 100");
    }
}
