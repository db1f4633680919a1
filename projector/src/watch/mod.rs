//! Watches from beside, as metrics and as rows that the query API shows.
//!
//! ```text
//! mod     the log's ends beside what is written, the ledger, the tables' parts
//! lag     how far each partition is behind
//! audits  collections at random, recomputed
//! ```

mod audits;
mod lag;

pub(crate) use audits::audit_samples;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use loupe_service::clock;
use loupe_service::health::Health;
use tokio_util::sync::CancellationToken;

use crate::drive::{Progress, condition};
use crate::log::{Consumer, Partition, Watermark};
use crate::store::{Ledger, Store, WatermarkRow};
use lag::Lag;

const INTERVAL: Duration = Duration::from_secs(5);
const SAY_TIMEOUT: Duration = Duration::from_secs(30);
/// The ledger is read whole, so not every time.
const LEDGER_INTERVAL: Duration = Duration::from_secs(30);

/// Earlier ranges of a partition are joined when it has more than this, and the last ones stay: they say when what was folded.
const RANGES_MAX: u64 = 10_000;
const RANGES_KEPT: u64 = 1_000;

/// What is watched, and where it is said.
pub(crate) struct Watch {
    pub(crate) consumer: Arc<Consumer>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) store: Store,
    pub(crate) health: Health,
}

/// How far partitions were when last looked at: their pace is the difference.
struct Before {
    at: Instant,
    ledger_at: Option<Instant>,
    reached: BTreeMap<Partition, i64>,
}

impl Watch {
    /// Looks every few seconds until shutdown.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let mut lag = Lag::default();
        let mut is_away = false;
        let mut before = Before { at: Instant::now(), ledger_at: None, reached: BTreeMap::new() };
        while !shutdown.is_cancelled() {
            let reached = self.progress.reached();
            let marks = tokio::task::block_in_place(|| self.consumer.watermarks(&reached));
            // Kafka may take its time; meanwhile the process may be ending, and then no timer may begin.
            if shutdown.is_cancelled() {
                return;
            }
            self.tell_of_kafka(marks.as_deref(), &mut is_away);
            if let Some(marks) = marks {
                lag.say(&marks, &self.progress);
                // One who takes the statement and is silent must not keep the lag from being said.
                if tokio::time::timeout(SAY_TIMEOUT, self.say(&marks, &mut before)).await.is_err() {
                    tracing::warn!("ClickHouse does not answer the watch");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                () = shutdown.cancelled() => return,
            }
        }
    }

    /// Says why nothing can be read while Kafka does not answer, and that it does again.
    fn tell_of_kafka(&self, marks: Option<&[Watermark]>, is_away: &mut bool) {
        let context = self.consumer.context();
        if marks.is_some_and(|marks| !marks.is_empty()) {
            context.is_well();
        }
        match context.trouble() {
            Some(trouble) => {
                self.health.set_not_ready(condition::KAFKA, format!("no broker answers: {trouble}"));
                *is_away = true;
            }
            // Before the first assignment it is the reader that says when Kafka is there.
            None if *is_away && self.consumer.epoch() > 0 => {
                self.health.set_ready(condition::KAFKA);
                *is_away = false;
            }
            None => {}
        }
    }

    /// Writes what was seen, and keeps the gauges of what no range of the ledger names and of the tables' parts.
    async fn say(&self, marks: &[Watermark], before: &mut Before) {
        let rows = self.rows(marks, before);
        if let Err(error) = self.store.write_watermarks(&rows).await {
            tracing::debug!(%error, "watermarks cannot be written");
        }
        if before.ledger_at.is_some_and(|at| at.elapsed() < LEDGER_INTERVAL) {
            return;
        }
        before.ledger_at = Some(Instant::now());
        match self.store.ledger().await {
            Ok(ledger) => {
                metrics::gauge!("loupe_projector_unaccounted_offsets").set(unaccounted(marks, &ledger) as f64);
                self.join_ranges(marks, &ledger).await;
            }
            Err(error) => tracing::warn!(%error, "the ledger cannot be read"),
        }
        match self.store.parts().await {
            Ok(parts) => parts.into_iter().for_each(|(table, parts)| {
                metrics::gauge!("loupe_projector_active_parts", "table" => table).set(parts as f64);
            }),
            Err(error) => tracing::debug!(%error, "parts cannot be counted"),
        }
    }

    /// Joins ranges of partitions that have many: every flush adds one.
    async fn join_ranges(&self, marks: &[Watermark], ledger: &Ledger) {
        for Watermark { topic, partition, .. } in marks {
            let ranges = ledger.get(&(topic.name.to_owned(), *partition)).map_or(0, |state| state.ranges);
            if ranges <= RANGES_MAX {
                continue;
            }
            match self.store.join_ranges(topic, *partition, ranges - RANGES_KEPT).await {
                Ok(fewer) => tracing::debug!(topic = topic.name, partition, fewer, "joined ranges of the ledger"),
                Err(error) => tracing::warn!(%error, "ranges of the ledger cannot be joined"),
            }
        }
    }

    fn rows(&self, marks: &[Watermark], before: &mut Before) -> Vec<WatermarkRow> {
        let seconds = before.at.elapsed().as_secs_f64();
        let row = |mark: &Watermark| {
            let place = (mark.topic.name, mark.partition);
            let moved = before.reached.get(&place).map_or(0, |earlier| mark.next - earlier);
            let since = self.progress.waiting_since(mark.topic, mark.partition).map_or(0, |at| at.0);
            WatermarkRow {
                topic: mark.topic.name.to_owned(),
                partition: mark.partition,
                first_offset: mark.first,
                end_offset: mark.end,
                next_offset: mark.next,
                waiting_since: since,
                records_per_second: if seconds > 0.0 { moved as f64 / seconds } else { 0.0 },
                observed_at: clock::now_micros(),
            }
        };
        let rows = marks.iter().map(row).collect();
        let reached = marks.iter().map(|mark| ((mark.topic.name, mark.partition), mark.next)).collect();
        *before = Before { at: Instant::now(), reached, ..*before };
        rows
    }
}

/// Offsets of these partitions that were passed and that no range of the ledger names.
fn unaccounted(marks: &[Watermark], ledger: &Ledger) -> i64 {
    let of = |mark: &Watermark| match ledger.get(&(mark.topic.name.to_owned(), mark.partition)) {
        Some(state) => state.missing + (state.first_offset - mark.first).max(0),
        None => (mark.next - mark.first).max(0),
    };
    marks.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::LedgerState;
    use loupe_schemas::topics;

    #[test]
    fn what_was_passed_and_is_in_no_range_is_unaccounted() {
        let mark = |first, next| Watermark { topic: &topics::EVENTS, partition: 0, first, end: 100, next };
        let ledger = |first_offset, missing| {
            BTreeMap::from([((topics::EVENTS.name.to_owned(), 0), LedgerState { first_offset, missing, ranges: 1 })])
        };
        assert_eq!(unaccounted(&[mark(0, 50)], &ledger(0, 0)), 0);
        assert_eq!(unaccounted(&[mark(0, 50)], &ledger(0, 3)), 3, "a gap");
        assert_eq!(unaccounted(&[mark(0, 50)], &ledger(7, 0)), 7, "begun too late");
        assert_eq!(unaccounted(&[mark(20, 50)], &ledger(7, 0)), 0, "what retention took was read before");
        assert_eq!(unaccounted(&[mark(0, 50)], &BTreeMap::new()), 50, "nothing was written down");
        assert_eq!(unaccounted(&[mark(0, 0)], &BTreeMap::new()), 0);
    }
}
