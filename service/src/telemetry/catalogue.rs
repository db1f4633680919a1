//! What metrics there are: each process lists its own, so that they are described where they are scraped, counted from 0, and
//! written down.

/// What a metric is to Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows; its name ends in `_total`.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How long something took, by buckets in seconds.
    Histogram,
}

/// A metric, by its base unit in its name: `_seconds`, `_bytes`, else a count.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it says, in a sentence.
    pub help: &'static str,
    /// Values of its one label that a counter begins at 0 with.
    pub known: &'static [&'static str],
}

impl Metric {
    /// A counter.
    #[must_use]
    pub const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Counter, labels, help, known: &[] }
    }

    /// A gauge.
    #[must_use]
    pub const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Gauge, labels, help, known: &[] }
    }

    /// A histogram of seconds.
    #[must_use]
    pub const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Histogram, labels, help, known: &[] }
    }

    /// The same, a counter with one label that begins at 0 with each of these values: the first increase is then one, however
    /// large it is.
    #[must_use]
    pub const fn beginning_with(self, known: &'static [&'static str]) -> Self {
        Self { known, ..self }
    }
}

impl Kind {
    /// As Prometheus calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What every process has.
pub const METRICS: &[Metric] = &[
    Metric::gauge("loupe_build_info", &["service", "version"], "1, with what runs here."),
    Metric::gauge("loupe_ready", &["condition"], "1 while the condition of /readyz holds, else 0."),
    Metric::gauge(
        "loupe_key_file_refused",
        &[],
        "1 while the file of API keys cannot be used and the last good one holds.",
    ),
];

/// Describes metrics for whoever scrapes them. A counter without labels begins at 0, and one with a label at 0 with the values
/// that are known: the first increase is then one.
pub fn describe(all: &[Metric]) {
    for Metric { name, kind, labels, help, known } in all {
        match kind {
            Kind::Counter => metrics::describe_counter!(*name, *help),
            Kind::Gauge => metrics::describe_gauge!(*name, *help),
            Kind::Histogram => metrics::describe_histogram!(*name, *help),
        }
        if *kind == Kind::Counter && labels.is_empty() {
            metrics::counter!(*name).increment(0);
        }
        if let (Kind::Counter, [label]) = (kind, labels) {
            known.iter().for_each(|value| metrics::counter!(*name, *label => *value).increment(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Metrics;

    #[test]
    fn counters_begin_at_0_with_what_is_known_of_them() {
        let metrics = Metrics::install();
        describe(&[
            Metric::counter("catalogue_plain_total", &[], "One."),
            Metric::counter("catalogue_known_total", &["reason"], "Two.").beginning_with(&["this", "that"]),
            Metric::counter("catalogue_open_total", &["reason"], "Three."),
        ]);
        let text = metrics.render();
        let begun: Vec<&str> = text.lines().filter(|line| line.starts_with("catalogue_")).collect();
        for line in ["plain_total 0", "known_total{reason=\"this\"} 0", "known_total{reason=\"that\"} 0"] {
            assert!(begun.contains(&&*format!("catalogue_{line}")), "{text}");
        }
        assert_eq!(begun.len(), 3, "{text}");
    }
}
