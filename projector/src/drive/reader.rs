//! Drives the reading half: records in, flushes out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use loupe_service::causes::with_causes;
use loupe_service::health::Health;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::ahead::{Ahead, Source};
use super::patience::Patience;
use super::{Erasing, Outstanding, Pace, Progress, condition, waiting};
use crate::flush::{DecodedBatch, Flush, Reading, Want, Written};
use crate::fold::slice_key::SliceKey;
use crate::log::{Consumer, DecodedRecord};
use crate::store::{Blocks, Inserts, Store};

/// After so long without a record the reader looks around: for a new assignment, for a lifted breaker.
const IDLE: Duration = Duration::from_secs(2);
/// The same while a flush is under way, which may be due.
const PENDING_IDLE: Duration = Duration::from_millis(20);

/// The reading half and what it reads from.
pub(crate) struct Reader {
    pub(crate) reading: Reading<Blocks>,
    pub(crate) pace: Pace,
    pub(crate) consumer: Arc<Consumer>,
    pub(crate) store: Store,
    pub(crate) health: Health,
    pub(crate) timeout: Duration,
    /// Where batches come from.
    pub(crate) source: Source,
    /// What is read while the last batch is folded.
    pub(crate) ahead: Option<Ahead>,
    /// Told what was read.
    pub(crate) progress: Arc<Progress>,
    /// Counts them.
    pub(crate) outstanding: Arc<Outstanding>,
    /// Where flushes go.
    pub(crate) flushes: mpsc::Sender<Flush<Inserts>>,
    /// Where it is said that one was written.
    pub(crate) written: mpsc::UnboundedReceiver<Written>,
    /// Its part of erasures.
    pub(crate) erasing: Erasing,
}

impl Reader {
    /// Reads and folds until shutdown; what was read by then is handed over.
    pub(crate) async fn run(mut self, shutdown: &CancellationToken) {
        loop {
            while let Ok(written) = self.written.try_recv() {
                self.reading.written(&written);
            }
            self.close_when_due();
            let goes_on = match self.reading.want() {
                Want::Batch => self.look_for_erasures(shutdown).await && self.read(shutdown).await,
                Want::HandOver => self.hand_over().await,
                want => self.insist(&want, shutdown).await,
            };
            if !goes_on {
                self.reading.close();
                self.hand_over().await;
                return;
            }
        }
    }

    fn close_when_due(&mut self) {
        let now = Instant::now();
        if self.reading.pending().is_some_and(|size| self.pace.is_due(size, self.reading.last_written(), now)) {
            tokio::task::block_in_place(|| self.reading.close());
        }
    }

    async fn read(&mut self, shutdown: &CancellationToken) -> bool {
        if self.reading.pending().is_some_and(|size| self.pace.is_enough(size)) {
            return self.wait_for_writer(shutdown).await;
        }
        // A lift makes a partition be read from where it stopped, so nothing of it may be on its way.
        if self.ahead.is_none() {
            self.look_for_lifts().await;
            if !matches!(self.reading.want(), Want::Batch) {
                return true;
            }
        }
        let idle = if self.reading.pending().is_some() { PENDING_IDLE } else { IDLE };
        let ahead = self.ahead.take().unwrap_or_else(|| self.begin(idle, shutdown));
        let Some(batch) = ahead.batch().await else { return false };
        if !batch.records.is_empty() && self.reading.stops().next().is_none() {
            self.ahead = Some(self.begin(PENDING_IDLE, shutdown));
        }
        self.progress.read(batch.epoch, &batch.records, self.reading.next_number());
        self.pace.read(batch.is_backlog);
        tokio::task::block_in_place(|| self.reading.decoded(batch));
        true
    }

    fn begin(&self, idle: Duration, shutdown: &CancellationToken) -> Ahead {
        Ahead::begin(&self.source, idle, self.reading.event_partitions(), shutdown)
    }

    /// Waits until a flush is written; `false` when shutdown came first.
    async fn wait_for_writer(&mut self, shutdown: &CancellationToken) -> bool {
        tokio::select! {
            written = self.written.recv() => match written {
                Some(written) => self.reading.written(&written),
                None => return false,
            },
            () = shutdown.cancelled() => return false,
        }
        true
    }

    /// Asks whether a person lifted a breaker, while one is open.
    async fn look_for_lifts(&mut self) {
        if self.reading.stops().next().is_none() {
            self.health.set_ready(condition::BREAKER);
            metrics::gauge!("loupe_projector_stopped_partitions").set(0.0);
            return;
        }
        match Patience::new(self.timeout).wait(self.store.lifts()).await {
            Ok(lifts) => lifts.iter().for_each(|lift| self.reading.lift(lift)),
            Err(error) => tracing::warn!(error, "lifted breakers cannot be read"),
        }
        let stops: Vec<String> = self.reading.stops().map(ToString::to_string).collect();
        metrics::gauge!("loupe_projector_stopped_partitions").set(stops.len() as f64);
        if stops.is_empty() {
            self.health.set_ready(condition::BREAKER);
        } else {
            self.health.set_not_ready(condition::BREAKER, stops.join("; "));
        }
    }

    pub(super) async fn hand_over(&mut self) -> bool {
        let (slices, bytes) = self.reading.resident();
        metrics::gauge!("loupe_projector_resident_slices").set(slices as f64);
        metrics::gauge!("loupe_projector_resident_bytes").set(bytes as f64);
        let rest = self.reading.rest();
        let has_rest = !rest.is_empty();
        if has_rest {
            self.progress.read(self.reading.epoch(), rest, self.reading.next_number());
        }
        let Some(flush) = tokio::task::block_in_place(|| self.reading.hand_over()) else { return true };
        // Once its partitions are given up, whoever has them may have read on from before it: it is read again there.
        if !self.outstanding.add_if(|| self.consumer.epoch() == flush.epoch) {
            self.reading.written(&Written { number: flush.number, epoch: flush.epoch, next: Vec::new() });
            return true;
        }
        self.pace.went(flush.number, Instant::now(), has_rest);
        self.flushes.send(flush).await.is_ok()
    }

    /// Tries until the want is met; `false` when shutdown came first.
    pub(super) async fn insist(&mut self, want: &Want, shutdown: &CancellationToken) -> bool {
        let mut patience = Patience::new(self.timeout);
        while let Err((name, reason)) = self.meet(want, &patience).await {
            let who = waiting(&self.reading.waiting());
            let who = if who.is_empty() { "reading" } else { &who };
            let reason = format!("{who} waits: {reason}");
            tracing::warn!(condition = name, reason, "trying again");
            self.health.set_not_ready(name, reason);
            if !patience.pause(shutdown).await {
                return false;
            }
        }
        true
    }

    /// Waits for the batch that is on its way, if one is, and leaves it for the next read.
    async fn arrived(&mut self) -> Option<&mut DecodedBatch> {
        let batch = self.ahead.take()?.batch().await;
        match self.ahead.insert(Ahead::Here(batch)) {
            Ahead::Here(batch) => batch.as_mut(),
            Ahead::Coming(_) => None,
        }
    }

    /// The name of the readiness condition that does not hold, and why.
    async fn meet(&mut self, want: &Want, patience: &Patience) -> Result<(), (&'static str, String)> {
        let context = self.consumer.context().clone();
        let kafka = |error: rdkafka::error::KafkaError| (condition::KAFKA, context.because(&error));
        match want {
            Want::Assignment { .. } => {
                let assignment = tokio::task::block_in_place(|| self.consumer.assignment()).map_err(kafka)?;
                self.health.set_ready(condition::KAFKA);
                let noted = patience.wait(self.store.note_partitions(assignment.event_partitions)).await;
                noted.map_err(|reason| (condition::STATES, reason))?;
                // Whoever folds knows of every erasure that somebody before may have ended.
                let erasures = patience.wait(self.store.erasures()).await;
                self.reading.learn(Arc::new(erasures.map_err(|reason| (condition::STATES, reason))?));
                self.health.set_ready(condition::STATES);
                // Partitions are judged anew, also those that the breaker stopped.
                self.consumer.resume_all().map_err(kafka)?;
                self.erasing.assigned(&assignment);
                tokio::task::block_in_place(|| self.reading.assignment(&assignment));
            }
            Want::Pause(stops) => {
                for stop in stops {
                    tracing::error!(%stop, "the breaker opened");
                }
                // What is on its way was read before the pause; it is folded before anything is lifted.
                self.arrived().await;
                self.consumer.pause(stops.iter().map(|stop| (stop.topic, stop.partition))).map_err(kafka)?;
                self.reading.paused();
            }
            Want::Resume(offsets) => {
                // What is on its way was read from later offsets on.
                if let Some(batch) = self.arrived().await {
                    let is_again = |DecodedRecord { record, .. }: &DecodedRecord| {
                        offsets.iter().any(|of| (of.0.name, of.1) == record.place())
                    };
                    batch.records.retain(|record| !is_again(record));
                }
                let resumed = tokio::task::block_in_place(|| self.consumer.resume(offsets));
                // Of partitions that were taken away meanwhile nothing is to be read.
                if self.consumer.epoch() == self.reading.epoch() {
                    resumed.map_err(kafka)?;
                }
                self.reading.resumed();
            }
            Want::Slices { keys, .. } => {
                let begun = Instant::now();
                self.hydrate(keys, patience).await.map_err(|reason| (condition::STATES, reason))?;
                metrics::histogram!("loupe_projector_hydration_seconds").record(begun.elapsed().as_secs_f64());
                metrics::counter!("loupe_projector_hydrated_slices_total").increment(keys.len() as u64);
                self.health.set_ready(condition::STATES);
            }
            Want::Batch | Want::HandOver => {}
        }
        Ok(())
    }

    /// Folds the stored events of slices as they come: each part has to come in time, however many there are.
    async fn hydrate(&mut self, keys: &[SliceKey], patience: &Patience) -> Result<(), String> {
        let mut stored = self.store.events_of(keys).map_err(|error| with_causes(&error))?;
        let mut refold = self.reading.refold();
        while let Some(part) = patience.wait(stored.next()).await? {
            let folded = tokio::task::block_in_place(|| self.reading.stored(&mut refold, &part));
            folded.map_err(|error| error.to_string())?;
        }
        let restored = tokio::task::block_in_place(|| self.reading.slices(refold, stored.position()));
        restored.map_err(|error| error.to_string())
    }
}
