//! Writes flushes, in order, until each is durable: a failed insert stops here and tries again, and never skips.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use loupe_schemas::position::Position;
use loupe_service::health::Health;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Flush;
use crate::log::{Consumer, Producer};
use crate::store::Store;

const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// Makes flushes durable and commits their offsets.
pub struct Writer {
    /// Where rows go.
    pub store: Store,
    /// Where quarantined and rerouted records go.
    pub producer: Producer,
    /// Whose offsets are committed.
    pub consumer: Arc<Consumer>,
    /// Told why nothing moves.
    pub health: Health,
    /// The number of the last flush written.
    pub written: Arc<AtomicU64>,
    /// How far each partition is written.
    pub reached: Arc<Mutex<Position>>,
}

impl Writer {
    /// Writes every flush that comes, until there are no more. After `shutdown` a flush that fails is given up: its
    /// offsets are not committed, and it is read again.
    pub async fn run(self, mut flushes: mpsc::Receiver<Flush>, shutdown: CancellationToken) {
        while let Some(flush) = flushes.recv().await {
            let started = Instant::now();
            let mut backoff = BACKOFF_MIN;
            while let Err((condition, reason)) = self.write(&flush).await {
                tracing::warn!(condition, reason, "a flush failed; trying again");
                metrics::counter!("loupe_projector_flush_failures_total", "condition" => condition).increment(1);
                self.health.set_not_ready(condition, reason);
                tokio::select! {
                    biased;
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(backoff) => {}
                }
                backoff = (backoff * 2).min(BACKOFF_MAX);
            }
            self.finish(&flush);
            metrics::histogram!("loupe_projector_flush_seconds").record(started.elapsed().as_secs_f64());
        }
    }

    /// The name of the readiness condition that does not hold, and why.
    async fn write(&self, flush: &Flush) -> Result<(), (&'static str, String)> {
        self.producer.quarantine(&flush.rejected).await.map_err(|error| ("kafka", error.to_string()))?;
        self.producer.reroute(&flush.misrouted).await.map_err(|error| ("kafka", error.to_string()))?;
        let written = self.store.write(&flush.rows, &flush.quarantine).await;
        written.map_err(|error| ("clickhouse", error.to_string()))?;
        let written = self.store.write_ledger(&flush.ledger).await;
        written.map_err(|error| ("clickhouse", error.to_string()))
    }

    fn finish(&self, flush: &Flush) {
        self.health.set_ready("clickhouse");
        self.health.set_ready("kafka");
        self.written.store(flush.number, Ordering::SeqCst);
        let committed = tokio::task::block_in_place(|| self.consumer.commit(&flush.next));
        if let Err(error) = committed {
            // The rows are durable; whoever owns the partition now reads these records again, as duplicates.
            tracing::warn!(%error, "offsets were not committed");
        }
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        for (topic, partition, next) in &flush.next {
            reached.advance(topic, *partition, *next);
        }
        metrics::counter!("loupe_projector_rows_total").increment(flush.rows.len() as u64);
    }
}
