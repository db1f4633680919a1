//! Canaries: every so often a record in each partition, by which readers measure how long the log takes to show.

use std::sync::Arc;
use std::time::Duration;

use loupe_schemas::Micros;
use loupe_schemas::canary::Canary;
use loupe_service::clock;
use tokio_util::sync::CancellationToken;

use crate::publisher::Publisher;

/// Publishes canaries every `interval` until `shutdown`. One that fails is not sent again: the next one says as much.
pub(crate) async fn publish(publisher: Arc<Publisher>, interval: Duration, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = shutdown.cancelled() => return,
        }
        let published = publisher.publish_canaries(Canary { published_at: Micros(clock::now_micros()) }).await;
        let results = match published {
            Ok(publication) => publication.results,
            Err(error) => vec![Err(error)],
        };
        let sent = results.iter().flatten().count();
        metrics::counter!("loupe_ingest_canaries_total").increment(sent as u64);
        if let Some(Err(error)) = results.iter().find(|result| result.is_err()) {
            let failed = results.len() - sent;
            metrics::counter!("loupe_ingest_canary_failures_total").increment(failed as u64);
            tracing::warn!(%error, failed, "canaries were not published");
        }
    }
}
