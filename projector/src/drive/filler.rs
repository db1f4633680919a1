//! Drives the backfills, beside the two halves: a step that fails is tried again.

use std::time::{Duration, Instant};

use loupe_service::health::Health;
use tokio_util::sync::CancellationToken;

use super::condition;
use super::patience::Patience;
use crate::backfill::{Backfill, EVENTS_MAX, LATER, ReadModel};
use crate::store::Store;

/// How often it is said how far a backfill is.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// Fills every read model that is younger than the events.
pub(crate) struct Filler {
    pub(crate) store: Store,
    pub(crate) health: Health,
    pub(crate) timeout: Duration,
}

impl Filler {
    /// Whether all are filled; `false` when shutdown came first, after which the next start goes on from here.
    pub(crate) async fn run(&self, shutdown: &CancellationToken) -> bool {
        for model in LATER {
            let mut patience = Patience::new(self.timeout);
            while let Err(reason) = self.fill(model, &mut patience, shutdown).await {
                let reason = format!("{} waits: {reason}", model.table);
                tracing::warn!(condition = condition::BACKFILL, reason, "trying again");
                self.health.set_not_ready(condition::BACKFILL, reason);
                if !patience.pause(shutdown).await {
                    return false;
                }
            }
        }
        if !shutdown.is_cancelled() {
            self.health.set_ready(condition::BACKFILL);
        }
        !shutdown.is_cancelled()
    }

    /// Steps until the read model is filled or shutdown comes.
    async fn fill(
        &self,
        model: &'static ReadModel,
        patience: &mut Patience,
        shutdown: &CancellationToken,
    ) -> Result<(), String> {
        let table = model.table;
        let mut backfill = patience.wait(Backfill::resume(&self.store, model, EVENTS_MAX)).await?;
        let mut said = Instant::now();
        while !backfill.is_done() && !shutdown.is_cancelled() {
            let (before, events) = backfill.progress();
            self.health
                .set_not_ready(condition::BACKFILL, format!("{table} is filled from {before} of {events} events"));
            patience.wait(backfill.step()).await?;
            *patience = Patience::new(self.timeout);
            let (filled, _) = backfill.progress();
            metrics::counter!("loupe_projector_backfilled_events_total", "table" => table).increment(filled - before);
            if backfill.is_done() && filled > 0 || said.elapsed() > SAID_EVERY {
                said = Instant::now();
                tracing::info!(table, filled, events, is_done = backfill.is_done(), "filling a read model");
            }
        }
        Ok(())
    }
}
