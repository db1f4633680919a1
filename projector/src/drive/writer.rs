//! Drives the writing half: flushes in, in order, until each is durable. A step that fails is tried again, never
//! skipped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use loupe_service::health::Health;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::patience::Patience;
use super::{Outstanding, Progress, SentOn, condition, waiting};
use crate::flush::{Flush, Step, Writing, Written};
use crate::log::{Consumer, Producer};
use crate::store::{Inserts, Store};

/// Makes flushes durable and commits their offsets.
pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) producer: Producer,
    pub(crate) consumer: Arc<Consumer>,
    pub(crate) health: Health,
    pub(crate) timeout: Duration,
    /// Told what was written.
    pub(crate) written: mpsc::UnboundedSender<Written>,
    /// Told the same.
    pub(crate) progress: Arc<Progress>,
    /// Told that one less is to be written.
    pub(crate) outstanding: Arc<Outstanding>,
    /// What the projector of another database has sent on before.
    pub(crate) sent_on: SentOn,
}

impl Writer {
    /// Writes every flush that comes, until there are no more. After `shutdown` a flush that fails is given up: its
    /// offsets are not committed, and it is read again.
    pub(crate) async fn run(self, mut flushes: mpsc::Receiver<Flush<Inserts>>, shutdown: CancellationToken) {
        while let Some(flush) = flushes.recv().await {
            let started = Instant::now();
            let rows = flush.rows.rows();
            if !self.write(Writing::new(flush), &shutdown).await {
                break;
            }
            self.outstanding.done();
            metrics::counter!("loupe_projector_rows_total").increment(rows as u64);
            metrics::histogram!("loupe_projector_flush_seconds").record(started.elapsed().as_secs_f64());
        }
        self.outstanding.end();
    }

    async fn write(&self, mut writing: Writing<Inserts>, shutdown: &CancellationToken) -> bool {
        let mut patience = Patience::new(self.timeout);
        while let Some(step) = writing.step() {
            let begun = Instant::now();
            match self.take(step, writing.flush(), &patience).await {
                Ok(()) => {
                    metrics::histogram!("loupe_projector_flush_step_seconds", "step" => step.as_str())
                        .record(begun.elapsed().as_secs_f64());
                    writing.done();
                    patience = Patience::new(self.timeout);
                    if step == Step::Ledger {
                        self.tell(&writing.written());
                    }
                }
                Err((name, reason)) => {
                    let reason = format!("{} waits: {reason}", waiting(&writing.flush().first()));
                    tracing::warn!(condition = name, reason, "a flush failed; trying again");
                    metrics::counter!("loupe_projector_flush_failures_total", "condition" => name).increment(1);
                    self.health.set_not_ready(name, reason);
                    if !patience.pause(shutdown).await {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// The name of the readiness condition that does not hold, and why.
    async fn take(
        &self,
        step: Step,
        flush: &Flush<Inserts>,
        patience: &Patience,
    ) -> Result<(), (&'static str, String)> {
        let kafka = |reason| (condition::KAFKA, reason);
        let clickhouse = |reason| (condition::CLICKHOUSE, reason);
        match step {
            Step::Quarantine => {
                let new = flush.rejected.iter().filter(|(record, _)| !self.sent_on.is_quarantined(record));
                patience.wait(self.producer.quarantine(new)).await.map_err(kafka)?;
            }
            Step::Reroute => {
                let new = flush.misrouted.iter().filter(|(record, key)| !self.sent_on.is_rerouted(record, key));
                patience.wait(self.producer.reroute(new)).await.map_err(kafka)?;
                self.health.set_ready(condition::KAFKA);
            }
            Step::Tables => {
                let written = self.store.insert_tables(&flush.rows, &flush.quarantine);
                patience.wait(written).await.map_err(clickhouse)?;
            }
            Step::Events => {
                patience.wait(self.store.insert_events(&flush.rows)).await.map_err(clickhouse)?;
            }
            Step::Ledger => {
                patience.wait(self.store.write_ledger(&flush.ledger)).await.map_err(clickhouse)?;
                self.health.set_ready(condition::CLICKHOUSE);
            }
            // The rows are durable: whoever owns the partition now may read these records again, as duplicates.
            Step::Commit => {
                // A flush that only writes slices anew reads nothing.
                if flush.next.is_empty() {
                    return Ok(());
                }
                if let Err(error) = tokio::task::block_in_place(|| self.consumer.commit(&flush.next)) {
                    tracing::warn!(%error, "offsets were not committed");
                }
            }
        }
        Ok(())
    }

    fn tell(&self, written: &Written) {
        self.progress.written(written);
        // Nobody listens any more once reading has ended.
        let _ = self.written.send(written.clone());
    }
}
