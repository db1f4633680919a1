//! Collections at random are recomputed from `events` and compared, for as long as the projector runs.

use std::time::Duration;

use loupe_service::clock;
use tokio_util::sync::CancellationToken;

use crate::audit::{self, Choice, Source};
use crate::store::Store;

/// A background audit holds a collection's events in memory.
const SAMPLE_EVENTS_MAX: u64 = 200_000;

/// Audits a collection at random every `interval` until shutdown; differences show as a metric and in the log.
pub(crate) async fn audit_samples(store: Store, interval: Duration, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = shutdown.cancelled() => return,
        }
        let seed = clock::now_micros().unsigned_abs();
        let chosen = store.collections_of(Choice::Sample { count: 1, seed, events_max: SAMPLE_EVENTS_MAX }).await;
        for collection in chosen.unwrap_or_default() {
            match audit::collection(&store, collection, &Source::Events).await {
                Ok(report) => {
                    metrics::counter!("loupe_projector_audited_rows_total").increment(report.rows as u64);
                    let differences = report.differences.len() as u64;
                    metrics::counter!("loupe_projector_audit_differences_total").increment(differences);
                    for difference in &report.differences {
                        // Keys and values may name a person, and a log is erased by nobody.
                        let (table, fields) = (difference.table, difference.names());
                        tracing::error!(?collection, table, ?fields, "a row is not what its events say");
                    }
                }
                Err(error) => tracing::warn!(%error, ?collection, "an audit could not be made"),
            }
        }
    }
}
