//! What ingest measures.

use loupe_service::telemetry::catalogue::Metric;

/// Every metric of ingest.
pub const METRICS: &[Metric] = &[
    Metric::counter("loupe_ingest_requests_total", &["status"], "Requests by the status they were answered with.")
        .beginning_with(&["200", "500", "503"]),
    Metric::histogram("loupe_ingest_request_seconds", &[], "Time from a request's head to its answer."),
    Metric::counter("loupe_ingest_body_bytes_total", &["encoding"], "Bytes of bodies as they were sent."),
    Metric::counter("loupe_ingest_decoded_bytes_total", &[], "Bytes of bodies after gzip or zstd was undone."),
    Metric::gauge("loupe_ingest_in_flight_bytes", &[], "Bytes of bodies that are held now."),
    Metric::counter("loupe_ingest_events_accepted_total", &[], "Events that Kafka acknowledged."),
    Metric::counter("loupe_ingest_events_rejected_total", &["code"], "Events refused, by the rule they break."),
    Metric::histogram("loupe_ingest_publish_seconds", &[], "Time until Kafka acknowledged the events of a request."),
    Metric::counter("loupe_ingest_canaries_total", &[], "Canaries that Kafka acknowledged."),
    Metric::counter("loupe_ingest_canary_failures_total", &[], "Canaries that could not be published."),
];
