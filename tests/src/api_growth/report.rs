//! What was measured, as a table for people.

use std::fmt::Write as _;

use crate::times::Times;

/// A route, and how long its requests and their statements alone took, at each size of the tables.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) route: String,
    taken: Vec<Taken>,
}

#[derive(Debug, Clone, Copy)]
struct Taken {
    p50: f64,
    p95: f64,
    p99: f64,
    /// Of the statements alone.
    bare: f64,
}

impl Row {
    pub(super) fn new(route: String) -> Self {
        Self { route, taken: Vec::new() }
    }

    pub(super) fn add(&mut self, api: Times, bare: Times) {
        let [p50, p95, p99] = api.percentiles([50, 95, 99]);
        let [bare] = bare.percentiles([50]);
        self.taken.push(Taken { p50, p95, p99, bare });
    }

    /// What was measured last, in a line.
    pub(super) fn latest(&self) -> String {
        let shown = self.taken.last().map(Taken::shown).unwrap_or_default();
        format!("{}: {shown}", self.route)
    }

    /// How many times longer than over the smallest tables it took over the largest.
    fn growth(&self) -> f64 {
        match (self.taken.first(), self.taken.last()) {
            (Some(first), Some(last)) => last.p50 / first.p50,
            _ => f64::NAN,
        }
    }
}

impl Taken {
    fn shown(&self) -> String {
        format!("{:.0}, {:.0}, {:.0} ms, {:.2} times", self.p50, self.p95, self.p99, self.p50 / self.bare)
    }
}

/// The table of all routes over tables of so many events.
pub(super) fn table(held: &[u64], rows: &[Row]) -> String {
    let mut text = String::from(
        "p50, p95 and p99, and how many times the statements alone the median is, by the events in the tables:\n\n|",
    );
    for events in held {
        // Writing to a string cannot fail.
        let _ = write!(text, " | {events}");
    }
    let _ = writeln!(text, " | growth |\n|---{}|---|", "|---".repeat(held.len()));
    for row in rows {
        let shown: Vec<String> = row.taken.iter().map(Taken::shown).collect();
        let _ = writeln!(text, "| `{}` | {} | {:.2} |", row.route, shown.join(" | "), row.growth());
    }
    text
}
