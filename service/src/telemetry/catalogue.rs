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
}

impl Metric {
    /// A counter.
    #[must_use]
    pub const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Counter, labels, help }
    }

    /// A gauge.
    #[must_use]
    pub const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Gauge, labels, help }
    }

    /// A histogram of seconds.
    #[must_use]
    pub const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Histogram, labels, help }
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

/// Describes metrics for whoever scrapes them. A counter without labels begins at 0: the first increase is then one.
pub fn describe(all: &[Metric]) {
    for Metric { name, kind, labels, help } in all {
        match kind {
            Kind::Counter => metrics::describe_counter!(*name, *help),
            Kind::Gauge => metrics::describe_gauge!(*name, *help),
            Kind::Histogram => metrics::describe_histogram!(*name, *help),
        }
        if *kind == Kind::Counter && labels.is_empty() {
            metrics::counter!(*name).increment(0);
        }
    }
}
