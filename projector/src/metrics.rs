//! What the projector measures.

use loupe_service::telemetry::catalogue::Metric;

use crate::log::Rejected;

const PARTITION: &[&str] = &["topic", "partition"];

/// Every metric of the projector.
pub const METRICS: &[Metric] = &[
    Metric::gauge("loupe_projector_partitions", &[], "Partitions that are assigned to this process."),
    Metric::gauge("loupe_projector_stopped_partitions", &[], "Partitions that the breaker stopped."),
    Metric::gauge("loupe_projector_lag_records", PARTITION, "Records in Kafka whose rows are not written."),
    Metric::gauge(
        "loupe_projector_lag_seconds",
        PARTITION,
        "How long the oldest record waits whose rows are not written.",
    ),
    Metric::gauge(
        "loupe_projector_unaccounted_offsets",
        &[],
        "Offsets that were passed and that no range of the ledger names.",
    ),
    Metric::counter("loupe_projector_records_total", &[], "Records that were folded into flushes."),
    Metric::counter("loupe_projector_events_total", &[], "Events that were new to their slices."),
    Metric::counter("loupe_projector_duplicates_total", &[], "Events that had come before."),
    Metric::counter(
        "loupe_projector_event_id_collisions_total",
        &[],
        "Other events under an id that had come before (rule 10).",
    ),
    Metric::counter("loupe_projector_quarantined_total", &["reason"], "Records that are no events, by reason.")
        .beginning_with(Rejected::REASONS),
    Metric::counter("loupe_projector_rows_total", &[], "Rows of read models and events that were written."),
    Metric::histogram("loupe_projector_flush_seconds", &[], "Time that writing a flush took, repetitions included."),
    Metric::histogram(
        "loupe_projector_flush_step_seconds",
        &["step"],
        "Time that a step of a flush took when it succeeded.",
    ),
    Metric::counter(
        "loupe_projector_flush_failures_total",
        &["condition"],
        "Steps of flushes that failed and were tried again.",
    ),
    Metric::histogram("loupe_projector_hydration_seconds", &[], "Time that reading stored slices took."),
    Metric::counter("loupe_projector_hydrated_slices_total", &[], "Slices that were read from the table of events."),
    Metric::gauge("loupe_projector_resident_slices", &[], "Slices in memory."),
    Metric::gauge("loupe_projector_resident_bytes", &[], "Memory of the slices, about."),
    Metric::counter(
        "loupe_projector_backfilled_events_total",
        &["table"],
        "Events that new read models were filled from.",
    ),
    Metric::gauge("loupe_projector_erasures_pending", &[], "Clients who are to be erased from what is stored."),
    Metric::counter("loupe_projector_erasures_total", &[], "Clients who were erased from what is stored."),
    Metric::counter("loupe_projector_audited_rows_total", &[], "Rows that background audits recomputed."),
    Metric::counter("loupe_projector_audit_differences_total", &[], "Rows that were not what their events say."),
    Metric::gauge("loupe_projector_active_parts", &["table"], "Active parts of the table's partition that has most."),
];
