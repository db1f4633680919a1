//! What was measured, as a table for people.

use std::fmt::Write as _;

use crate::times::Times;

/// A route, and how long its requests and their statements alone took, at each size of the tables.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) route: String,
    taken: Vec<Taken>,
}

#[derive(Debug)]
struct Taken {
    /// Of all collections together.
    p50: f64,
    p95: f64,
    p99: f64,
    /// Of the statements alone.
    bare: f64,
    /// The median of each collection.
    medians: Vec<f64>,
}

impl Row {
    pub(super) fn new(route: String) -> Self {
        Self { route, taken: Vec::new() }
    }

    /// Adds how long requests about each collection took, and their statements alone.
    pub(super) fn add(&mut self, by_collection: Vec<(Times, Times)>) {
        let (mut api, mut bare, mut medians) = (Times::default(), Times::default(), Vec::new());
        for (of_api, of_bare) in by_collection {
            let [median] = of_api.percentiles([50]);
            medians.push(median);
            api.append(of_api);
            bare.append(of_bare);
        }
        let [p50, p95, p99] = api.percentiles([50, 95, 99]);
        let [bare] = bare.percentiles([50]);
        self.taken.push(Taken { p50, p95, p99, bare, medians });
    }

    /// What was measured last, in a line.
    pub(super) fn latest(&self) -> String {
        let shown = self.taken.last().map(Taken::shown).unwrap_or_default();
        format!("{}: {shown}", self.route)
    }

    /// How many times longer than over the smallest tables it took over the largest, of the collection of which it grew most.
    fn growth(&self) -> f64 {
        let (Some(first), Some(last)) = (self.taken.first(), self.taken.last()) else { return f64::NAN };
        last.medians.iter().zip(&first.medians).map(|(last, first)| last / first).fold(f64::NAN, f64::max)
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
        "p50, p95 and p99, and how many times the statements alone the median is, by the events in the tables; the growth \
         is that of the collection whose median grew most:\n\n|",
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
