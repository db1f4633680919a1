//! What an expression of PromQL names, held to what there is.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use anyhow::ensure;
use loupe_service::telemetry::catalogue::{Kind, METRICS, Metric};
use regex::Regex;

static NAMES: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:loupe|process)_[a-z0-9_]+\b"));
static SELECTIONS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{([^}]*)\}"));
static LABELS: LazyLock<Regex> = LazyLock::new(|| pattern(r"([a-z_]+)\s*(?:=~|!~|!=|=)"));
static GROUPS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:by|without)\s*\(([^)]*)\)"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of ours")
}

/// Every metric of every service.
pub(crate) fn all() -> impl Iterator<Item = &'static Metric> {
    [METRICS, loupe_ingest::metrics::METRICS, loupe_projector::metrics::METRICS, loupe_query_api::metrics::METRICS]
        .into_iter()
        .flatten()
}

/// Fails when an expression names a metric or a label that there is not.
pub(crate) fn check(expression: &str) -> anyhow::Result<()> {
    let mut labels: BTreeSet<&str> = BTreeSet::from(["job", "instance", "le"]);
    for name in NAMES.find_iter(expression).map(|found| found.as_str()) {
        let Some(metric) = all().find(|metric| is_series_of(name, metric)) else {
            ensure!(name.starts_with("process_"), "there is no metric {name}: {expression}");
            continue;
        };
        labels.extend(metric.labels);
    }
    let selected = SELECTIONS.captures_iter(expression).flat_map(|found| {
        let inside = found.get(1).map_or("", |inside| inside.as_str());
        LABELS.captures_iter(inside).filter_map(|label| Some(label.get(1)?.as_str())).collect::<Vec<_>>()
    });
    let grouped = GROUPS.captures_iter(expression).flat_map(|found| {
        found.get(1).map_or("", |inside| inside.as_str()).split(',').map(str::trim).collect::<Vec<_>>()
    });
    for label in selected.chain(grouped) {
        ensure!(labels.contains(label), "no metric of it has the label {label}: {expression}");
    }
    Ok(())
}

/// Whether a series of this name is one of the metric.
fn is_series_of(name: &str, metric: &Metric) -> bool {
    match metric.kind {
        Kind::Histogram => ["_bucket", "_sum", "_count"].iter().any(|end| name.strip_suffix(end) == Some(metric.name)),
        Kind::Counter | Kind::Gauge => name == metric.name,
    }
}

#[test]
fn an_expression_about_what_there_is_not_is_refused() {
    assert!(check("sum by (route) (rate(loupe_query_requests_total{status=~\"5..\"}[5m]))").is_ok());
    assert!(check("histogram_quantile(0.9, sum by (le) (rate(loupe_query_freshness_seconds_bucket[5m])))").is_ok());
    for wrong in [
        "loupe_query_request_total",
        "loupe_query_freshness_seconds",
        "loupe_query_requests_total{code=\"500\"}",
        "sum by (table) (loupe_query_requests_total)",
    ] {
        assert!(check(wrong).is_err(), "{wrong}");
    }
}
