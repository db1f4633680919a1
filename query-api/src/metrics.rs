//! What the query API measures.

use loupe_service::telemetry::catalogue::Metric;

/// Every metric of the query API.
pub const METRICS: &[Metric] = &[
    Metric::counter("loupe_query_requests_total", &["route", "status"], "Requests by route and status."),
    Metric::histogram(
        "loupe_query_request_seconds",
        &["route"],
        "Time from a request's head to the head of its answer.",
    ),
    Metric::histogram("loupe_query_freshness_seconds", &[], "Time from a canary's publishing until readers saw it."),
    Metric::gauge(
        "loupe_query_canary_timestamp_seconds",
        &["topic", "partition"],
        "When the last canary was published that readers see, as Unix time.",
    ),
    Metric::gauge(
        "loupe_query_edge_last_event_timestamp_seconds",
        &["node"],
        "When the last event of an edge happened that readers see, as Unix time.",
    ),
    Metric::gauge(
        "loupe_query_edge_missing_events",
        &["node"],
        "Events of an edge that never arrived though later ones did.",
    ),
];
