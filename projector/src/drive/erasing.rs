//! The reading half's part of an erasure: to know of it, to forget what was folded without knowing, to write anew.

use std::sync::Arc;
use std::time::{Duration, Instant};

use loupe_schemas::partition::partition_of;
use loupe_service::clock;
use tokio_util::sync::CancellationToken;

use super::Reader;
use super::patience::Patience;
use crate::erase::{Order, Touched, partition_step, parts};
use crate::flush::Want;
use crate::fold::slice_key::SliceKey;
use crate::log::Assignment;

/// How often it is asked whether somebody is to be erased: about how long a person's events may still be written.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the reading half keeps for erasures.
#[derive(Debug, Default)]
pub(crate) struct Erasing {
    looked_at: Option<Instant>,
    /// The partitions of the events topic that are assigned.
    partitions: Vec<i32>,
    event_partitions: i32,
}

impl Erasing {
    /// Takes note of what is assigned.
    pub(super) fn assigned(&mut self, assignment: &Assignment) {
        self.event_partitions = assignment.event_partitions;
        let is_assigned =
            |partition: &i32| assignment.start.next_offset(&loupe_schemas::topics::EVENTS, *partition).is_some();
        self.partitions = (0..assignment.event_partitions).filter(is_assigned).collect();
    }

    /// Whether a slice's collection lies in a partition that is assigned.
    fn owns(&self, key: &SliceKey) -> bool {
        let partition = partition_of(key.collection_id.to_string().as_bytes(), self.event_partitions);
        self.partitions.contains(&partition)
    }

    /// The partitions that are assigned and not noted for an order.
    fn unnoted(&self, order: &Order) -> Vec<i32> {
        let is_unnoted = |partition: &i32| !order.steps.contains(&partition_step(*partition));
        self.partitions.iter().copied().filter(is_unnoted).collect()
    }
}

impl Reader {
    /// Looks for erasures now and then, and does this process's part of them; `false` when shutdown came first. What
    /// fails is tried again at the next look.
    pub(super) async fn look_for_erasures(&mut self, shutdown: &CancellationToken) -> bool {
        let is_due = self.erasing.looked_at.is_none_or(|at| at.elapsed() >= LOOK_EVERY);
        if !is_due || self.erasing.partitions.is_empty() || !matches!(self.reading.want(), Want::Batch) {
            return true;
        }
        self.erasing.looked_at = Some(Instant::now());
        match self.take_part(shutdown).await {
            Ok(goes_on) => goes_on,
            Err(error) => {
                tracing::warn!(error, "erasures wait");
                true
            }
        }
    }

    async fn take_part(&mut self, shutdown: &CancellationToken) -> Result<bool, String> {
        let patience = Patience::new(self.timeout);
        let orders = patience.wait(self.store.erasure_orders()).await?;
        let orders: Vec<Order> = orders.into_iter().filter(|order| !self.erasing.unnoted(order).is_empty()).collect();
        let count = patience.wait(self.store.erasure_count()).await?;
        if orders.is_empty() && count == self.reading.erasures().len() as u64 {
            return Ok(true);
        }
        let erasures = patience.wait(self.store.erasures()).await?;
        let mut accounts = self.reading.learn(Arc::new(erasures));
        accounts.extend(orders.iter().map(|order| order.account_id));
        if accounts.is_empty() {
            return Ok(true);
        }
        // From here to `forget` nothing may fail: what is resident was folded without knowing.
        if !self.drain(shutdown).await {
            return Ok(false);
        }
        self.reading.forget(&accounts);
        for order in &orders {
            if !self.write_anew(order, shutdown).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes the slices anew that are about a client, of the partitions that are assigned, and notes those.
    async fn write_anew(&mut self, order: &Order, shutdown: &CancellationToken) -> Result<bool, String> {
        let partitions = self.erasing.unnoted(order);
        let touched = Patience::new(self.timeout).wait(self.store.slices_about(order)).await?;
        let touched: Vec<Touched> = touched.into_iter().filter(|slice| self.erasing.owns(&slice.key)).collect();
        for keys in parts(&touched) {
            self.reading.reread(keys);
            let want = self.reading.want();
            if matches!(want, Want::Slices { .. }) && !self.insist(&want, shutdown).await {
                return Ok(false);
            }
            if !self.drain(shutdown).await {
                return Ok(false);
            }
        }
        // Who took the partitions over meanwhile does it again.
        if self.consumer.epoch() == self.reading.epoch() {
            let now = clock::now_micros();
            let steps: Vec<_> =
                partitions.iter().map(|partition| order.step(&partition_step(*partition), now)).collect();
            Patience::new(self.timeout).wait(self.store.write_erasure_steps(&steps)).await?;
            let slices = touched.len();
            tracing::info!(
                account_id = order.account_id.0,
                ?partitions,
                slices,
                "an erased client's slices are written anew"
            );
        }
        Ok(true)
    }

    /// Hands the flush under way over and waits until all are written; `false` when shutdown came first.
    async fn drain(&mut self, shutdown: &CancellationToken) -> bool {
        self.reading.close();
        if !self.hand_over().await {
            return false;
        }
        while self.reading.last_written() < self.pace.last_number() {
            tokio::select! {
                () = shutdown.cancelled() => return false,
                written = self.written.recv() => match written {
                    Some(written) => self.reading.written(&written),
                    None => return false,
                },
            }
        }
        true
    }
}
