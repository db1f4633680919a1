//! From a batch of records to a flush: decode, find the slices, read back those that are not resident, fold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use loupe_schemas::position::Position;
use loupe_schemas::topics::{self, Topic};
use loupe_service::health::Health;
use tokio_util::sync::CancellationToken;

use super::Flush;
use super::resident::Resident;
use crate::config::Config;
use crate::fold::edge_sequences::EdgeSequenceRow;
use crate::fold::rows::Rows;
use crate::fold::slice::Folded;
use crate::fold::slice_key::SliceKey;
use crate::fold::{catalogue, events::EventRow};
use crate::log::{Batch, Decoded, DecodedRecord, Decoder, Record, Rejected};
use crate::store::{LedgerRow, QuarantineRow, Store};

const BREAKER_RECORDS_MIN: usize = 100;
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// The breaker: too much of a batch is no event, and somebody should look before more is quarantined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{rejected} of {records} records are no events: halted before they are quarantined")]
pub struct Halted {
    /// Records that are no event.
    pub rejected: usize,
    /// All records of the batch.
    pub records: usize,
}

/// Folds batches, one after the other.
pub struct Folder {
    store: Store,
    decoder: Decoder,
    resident: Resident,
    health: Health,
    quarantine_share_max: f64,
    epoch: u64,
    number: u64,
    /// The number of the last flush that is written.
    written: Arc<AtomicU64>,
    /// The next offset of each partition folded so far under this epoch.
    reached: Position,
}

impl Folder {
    /// A folder with no state.
    #[must_use]
    pub fn new(config: &Config, store: Store, decoder: Decoder, health: Health, written: Arc<AtomicU64>) -> Self {
        Self {
            store,
            decoder,
            resident: Resident::new(config.resident_bytes_max),
            health,
            quarantine_share_max: config.quarantine_share_max,
            epoch: 0,
            number: 0,
            written,
            reached: Position::default(),
        }
    }

    /// Folds a batch.
    ///
    /// # Errors
    /// The breaker opened; nothing of the batch is to be written.
    pub async fn fold(
        &mut self,
        batch: Batch,
        event_partitions: i32,
        shutdown: &CancellationToken,
    ) -> Result<Option<Flush>, Halted> {
        if batch.epoch != self.epoch {
            self.epoch = batch.epoch;
            self.resident.clear();
            self.reached = Position::default();
        }
        self.number += 1;
        metrics::counter!("loupe_projector_records_total").increment(batch.records.len() as u64);
        let decoded = self.decode(batch.records, event_partitions);
        let rejected = decoded.iter().filter(|record| matches!(record.decoded, Decoded::Rejected(_))).count();
        let share = rejected as f64 / decoded.len().max(1) as f64;
        if decoded.len() >= BREAKER_RECORDS_MIN && share > self.quarantine_share_max {
            return Err(Halted { rejected, records: decoded.len() });
        }
        if !self.hydrate(&decoded, shutdown).await {
            return Ok(None);
        }
        let flush = self.fold_decoded(decoded);
        self.resident.evict(self.written.load(Ordering::SeqCst));
        metrics::gauge!("loupe_projector_resident_slices").set(self.resident.len() as f64);
        metrics::gauge!("loupe_projector_resident_bytes").set(self.resident.bytes() as f64);
        Ok(Some(flush))
    }

    fn decode(&mut self, records: Vec<Record>, event_partitions: i32) -> Vec<DecodedRecord> {
        tokio::task::block_in_place(|| {
            records.into_iter().map(|record| self.decoder.decode(record, event_partitions)).collect()
        })
    }

    /// Reads back the touched slices that are not resident, all in one query; says whether it could before shutdown.
    async fn hydrate(&mut self, decoded: &[DecodedRecord], shutdown: &CancellationToken) -> bool {
        let missing: BTreeSet<SliceKey> = decoded
            .iter()
            .filter_map(|record| match &record.decoded {
                Decoded::Event { event, .. } if !event.fact.event_type().is_catalogue() => SliceKey::of(event),
                _ => None,
            })
            .filter(|key| !self.resident.contains(key))
            .collect();
        let missing: Vec<SliceKey> = missing.into_iter().collect();
        let stored = loop {
            match self.store.events_of(&missing).await {
                Ok(stored) => break stored,
                Err(error) => {
                    tracing::warn!(%error, "slices cannot be read back; trying again");
                    self.health.set_not_ready("clickhouse", error.to_string());
                    tokio::select! {
                        () = tokio::time::sleep(RETRY_PAUSE) => {}
                        () = shutdown.cancelled() => return false,
                    }
                }
            }
        };
        tokio::task::block_in_place(|| self.refold(&missing, stored.iter().map(|event| event.payload.as_slice())));
        true
    }

    /// Folds stored events into their slices. Their rows are in the tables already.
    fn refold<'a>(&mut self, slices: &[SliceKey], payloads: impl Iterator<Item = &'a [u8]>) {
        let mut forgotten = Rows::default();
        for payload in payloads {
            match self.decoder.decode_stored(payload) {
                Ok(event) => {
                    let Some(key) = SliceKey::of(&event) else { continue };
                    let user_agent = event.head.actor.as_ref().map_or("", |actor| actor.user_agent.as_str());
                    let class = self.decoder.class_of(user_agent);
                    let content = xxhash_rust::xxh3::xxh3_64(payload);
                    self.resident.touch(key, self.number).fold(&event, class, content, &mut forgotten);
                }
                Err(error) => tracing::error!(%error, "a stored event cannot be decoded"),
            }
        }
        for key in slices {
            self.resident.touch(*key, self.number).take_rows(0, &mut Rows::default());
        }
    }

    fn fold_decoded(&mut self, decoded: Vec<DecodedRecord>) -> Flush {
        tokio::task::block_in_place(|| {
            let mut flush = Flush { number: self.number, ..Flush::default() };
            let mut ranges: BTreeMap<(&'static str, i32), LedgerRow> = BTreeMap::new();
            let mut touched: BTreeSet<SliceKey> = BTreeSet::new();
            for DecodedRecord { record, decoded } in decoded {
                let range = self.range(&mut ranges, &record);
                match decoded {
                    Decoded::Event { event, class, content } => {
                        if let Some(edge) = &event.head.edge {
                            flush.rows.edge_sequences.push(EdgeSequenceRow::new(edge));
                        }
                        if catalogue::fold(&event, &mut flush.rows) {
                            range.folded += 1;
                            continue;
                        }
                        let Some(key) = SliceKey::of(&event) else { continue };
                        let slice = self.resident.touch(key, self.number);
                        let folded = slice.fold(&event, class, content, &mut flush.rows);
                        count(folded, range);
                        if folded == Folded::New {
                            touched.insert(key);
                            let payload = record.payload.as_deref().unwrap_or_default();
                            flush.rows.events.extend(EventRow::new(&event, payload));
                        }
                    }
                    Decoded::Misrouted { key } => {
                        range.rerouted += 1;
                        flush.misrouted.push((record, key));
                    }
                    Decoded::Rejected(rejected) => {
                        range.quarantined += 1;
                        metrics::counter!("loupe_projector_quarantined_total", "reason" => rejected.reason)
                            .increment(1);
                        flush.quarantine.push(quarantine_row(&record, &rejected));
                        flush.rejected.push((record, rejected));
                    }
                }
            }
            for key in touched {
                self.resident.touch(key, self.number).take_rows(0, &mut flush.rows);
            }
            merge_sequences(&mut flush.rows.edge_sequences);
            for row in ranges.values() {
                let topic = topics::by_name(&row.topic);
                flush.next.extend(topic.map(|topic| (topic, row.partition, row.last_offset + 1)));
            }
            flush.ledger = ranges.into_values().collect();
            flush
        })
    }

    /// The ledger range of a record's partition, widened to the record. It begins where the last one ended, so that
    /// offsets that compaction removed leave no gap.
    fn range<'a>(
        &mut self,
        ranges: &'a mut BTreeMap<(&'static str, i32), LedgerRow>,
        record: &Record,
    ) -> &'a mut LedgerRow {
        let topic: &'static Topic = record.topic;
        let first = self.reached.next_offset(topic, record.partition).unwrap_or(record.offset).min(record.offset);
        self.reached.advance(topic, record.partition, record.offset + 1);
        let range = ranges.entry((topic.name, record.partition)).or_insert_with(|| LedgerRow {
            topic: topic.name.to_owned(),
            partition: record.partition,
            first_offset: first,
            last_offset: record.offset,
            folded: 0,
            duplicate: 0,
            quarantined: 0,
            rerouted: 0,
        });
        range.last_offset = record.offset;
        range
    }
}

fn count(folded: Folded, range: &mut LedgerRow) {
    match folded {
        Folded::New => {
            range.folded += 1;
            metrics::counter!("loupe_projector_events_total").increment(1);
        }
        Folded::Duplicate => {
            range.duplicate += 1;
            metrics::counter!("loupe_projector_duplicates_total").increment(1);
        }
        Folded::Collision => {
            range.duplicate += 1;
            metrics::counter!("loupe_projector_event_id_collisions_total").increment(1);
        }
    }
}

fn quarantine_row(record: &Record, rejected: &Rejected) -> QuarantineRow {
    QuarantineRow {
        topic: record.topic.name.to_owned(),
        partition: record.partition,
        offset: record.offset,
        reason: rejected.reason.to_owned(),
        field: rejected.field.clone(),
        message: rejected.message.clone(),
        key: record.key.clone(),
        payload: record.payload.clone().unwrap_or_default(),
        appended_at: record.appended_at.0,
    }
}

/// One row per 64 sequence numbers instead of one per event; the union of bits is the same.
fn merge_sequences(rows: &mut Vec<EdgeSequenceRow>) {
    rows.sort_unstable_by(|a, b| (&a.node, a.boot_id, a.chunk).cmp(&(&b.node, b.boot_id, b.chunk)));
    rows.dedup_by(|row, kept| {
        let same = row.node == kept.node && row.boot_id == kept.boot_id && row.chunk == kept.chunk;
        if same {
            kept.arrived |= row.arrived;
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use loupe_schemas::event::Edge;
    use loupe_schemas::ids::BootId;

    #[test]
    fn sequence_numbers_of_one_run_share_rows() {
        let boot_id = BootId(uuid::Uuid::from_u128(1));
        let edge = |seq| Edge { pop: "FRA".to_owned(), node: "n1".to_owned(), boot_id, seq };
        let mut rows: Vec<_> = [0, 63, 64, 1, 0].into_iter().map(|seq| EdgeSequenceRow::new(&edge(seq))).collect();
        merge_sequences(&mut rows);
        let bits: Vec<_> = rows.iter().map(|row| (row.chunk, row.arrived)).collect();
        assert_eq!(bits, [(0, 1 | 2 | 1 << 63), (1, 1)]);
    }
}
