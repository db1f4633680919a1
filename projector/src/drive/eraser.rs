//! The last part of an erasure, once no projector folds the person any more: rows that are outranked, what is in
//! quarantine, the catalogue's entry.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use loupe_schemas::topics::{self, CatalogKey};
use loupe_service::clock;
use tokio_util::sync::CancellationToken;

use super::patience::Patience;
use crate::config::Config;
use crate::erase::{DONE, Order, TOMBSTONE, partition_step};
use crate::log::{Consumer, Producer, forget_quarantined};
use crate::store::Store;

const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often it is counted who waits, whatever is done for them meanwhile.
const COUNT_EVERY: Duration = Duration::from_secs(10);
/// How long after the last partition was noted rows are taken out, in seconds: longer than it takes every owner of a
/// partition to learn of an erasure.
const GRACE_S: i64 = 5;
/// How often it is looked for orders that another database has still; and how old they are by then, so that whoever folds it
/// has ended them if anybody does.
const LOOK_ASIDE_EVERY: Duration = Duration::from_secs(600);

/// Ends erasures. Several projectors may do so at once.
pub(crate) struct Eraser {
    pub(crate) config: Config,
    pub(crate) store: Store,
    /// Whether the store's database is the one that is served: then it erases in the others too.
    pub(crate) is_served: bool,
    pub(crate) consumer: Arc<Consumer>,
    pub(crate) producer: Producer,
    pub(crate) timeout: Duration,
}

impl Eraser {
    /// Ends every erasure that can be ended, until shutdown.
    pub(crate) async fn run(&self, shutdown: &CancellationToken) {
        let mut patience = Patience::new(self.timeout);
        let mut looked_aside = None;
        loop {
            if self.is_served && looked_aside.is_none_or(|at: Instant| at.elapsed() >= LOOK_ASIDE_EVERY) {
                self.look_aside().await;
                looked_aside = Some(Instant::now());
            }
            match self.look(&patience).await {
                Ok(()) => patience = Patience::new(self.timeout),
                Err(error) => {
                    tracing::warn!(error, "an erasure cannot be ended; trying again");
                    if !patience.pause(shutdown).await {
                        return;
                    }
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Ends what other databases have still. Who is erased in this one does not wait for those.
    async fn look_aside(&self) {
        let before = clock::now_micros() - i64::try_from(LOOK_ASIDE_EVERY.as_micros()).unwrap_or(i64::MAX);
        if let Err(error) = self.store.end_orders_aside(before).await {
            tracing::warn!(error = format!("{error:#}"), "orders of other databases are not ended");
        }
    }

    /// Says again and again how many clients wait to be erased: that they do is to be seen also while nobody ends erasures, and
    /// while those of other databases take their time.
    pub(crate) async fn count(self: Arc<Self>) -> Infallible {
        loop {
            // Who reads and writes meanwhile says that ClickHouse does not answer.
            drop(self.orders(&Patience::new(self.timeout)).await);
            tokio::time::sleep(COUNT_EVERY).await;
        }
    }

    /// Who waits to be erased.
    async fn orders(&self, patience: &Patience) -> Result<Vec<Order>, String> {
        let orders = patience.wait(self.store.erasure_orders()).await?;
        metrics::gauge!("loupe_projector_erasures_pending").set(orders.len() as f64);
        Ok(orders)
    }

    async fn look(&self, patience: &Patience) -> Result<(), String> {
        let orders = self.orders(patience).await?;
        if orders.is_empty() {
            return Ok(());
        }
        let partitions = tokio::task::block_in_place(|| self.consumer.event_partitions());
        let partitions = partitions.map_err(|error| error.to_string())?;
        let is_written_anew = |order: &Order| {
            order.last_step_age_s >= GRACE_S
                && (0..partitions).all(|partition| order.steps.contains(&partition_step(partition)))
        };
        for order in orders.iter().filter(|order| is_written_anew(order)) {
            self.end(order, patience).await?;
        }
        Ok(())
    }

    /// The order itself goes last: until then all of this is done again.
    async fn end(&self, order: &Order, patience: &Patience) -> Result<(), String> {
        let names = patience.wait(self.store.names_of(order)).await?;
        patience.wait(self.store.erase_rows(order)).await?;
        let rows = patience.wait(self.store.erase_quarantined(&names)).await?;
        let records = tokio::task::block_in_place(|| forget_quarantined(&self.config, &names));
        let records = records.map_err(|error| error.to_string())?;
        if let Some((partition, before)) = records {
            patience.wait(self.producer.delete_before(&topics::QUARANTINE, partition, before)).await?;
        }
        if self.is_served {
            self.store.erase_aside(order).await.map_err(|error| format!("{error:#}"))?;
        }
        if order.is_again() || !order.steps.contains(TOMBSTONE) {
            let key = CatalogKey::Client(order.account_id, order.client_id.clone()).to_string();
            patience.wait(self.producer.erased(&key, order.account_id, order.erased)).await?;
            self.note(order, TOMBSTONE, patience).await?;
        }
        if !order.is_done() {
            self.note(order, DONE, patience).await?;
            metrics::counter!("loupe_projector_erasures_total").increment(1);
            tracing::info!(account_id = order.account_id.0, quarantined = rows, "a client is erased");
        }
        patience.wait(self.store.erase_order(order)).await
    }

    async fn note(&self, order: &Order, step: &str, patience: &Patience) -> Result<(), String> {
        patience.wait(self.store.write_erasure_steps(&[order.step(step, clock::now_micros())])).await
    }
}
