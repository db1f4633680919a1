//! From a batch of decoded records to a flush: find the slices, fold. What is not resident is handed in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use loupe_schemas::ids::{AccountId, DownloadId};
use loupe_schemas::position::Position;
use loupe_schemas::topics::{self, Topic};
use loupe_schemas::{Event, Fact};
use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::Flush;
use super::decoding::Decoding;
use super::reading::StoredEvent;
use super::refold::{Meant, Refold, UnreadableState};
use super::resident::Resident;
use super::shard::{self, Due, Dues, ShardFold};
use crate::fold::catalogue;
use crate::fold::clients::ClientRow;
use crate::fold::edge_sequences::Arrivals;
use crate::fold::erasures::Erasures;
use crate::fold::events::{AS_IT_CAME, REPLACED};
use crate::fold::rows::{Rows, Sink};
use crate::fold::slice::Slice;
use crate::fold::slice_key::SliceKey;
use crate::log::{Decoded, DecodedRecord, Decoder, Partition, Record, Rejected};
use crate::store::{LedgerRow, QuarantineRow};

/// A thread whose shards have little to do takes one of another's: slices differ in size by far.
const SHARDS_A_THREAD: usize = 4;

/// A flush of so many rows is full, however few the records are that make them: a thousand archives of a thousand media do.
pub const ROWS_MAX: usize = 1_000_000;

/// Folds batches, one after the other, into flushes whose rows go into sinks. Pure: what it needs from the store is
/// handed to it.
pub struct Folder<S: Sink = Rows> {
    pub(super) decoding: Decoding,
    resident: Resident,
    number: u64,
    /// The next offset of each partition folded so far under this assignment.
    reached: Position,
    pending: Option<Pending<S>>,
    /// Who is erased, as far as is known here.
    erasures: Arc<Erasures>,
    sink: Box<dyn Fn() -> S + Send>,
    /// With so many rows a flush takes no more records.
    rows_max: usize,
}

/// How large a flush is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// The records that were read.
    pub records: usize,
    /// The bytes of their payloads.
    pub bytes: usize,
    /// About how many rows downloads make of them: any event of an archive makes one for each medium in it.
    pub rows: usize,
}

/// A flush under way.
struct Pending<S: Sink> {
    flush: Flush<S::Joined>,
    size: Size,
    /// Rows of no slice.
    rows: Rows,
    ranges: BTreeMap<Partition, LedgerRow>,
    arrivals: Arrivals,
    /// One for each shard.
    folds: Vec<ShardFold<S>>,
}

impl Folder {
    /// A folder whose flushes have rows to look at; see [`Self::into_sinks`].
    #[must_use]
    pub fn new(decoder: Decoder, resident_bytes_max: usize, threads: usize) -> Self {
        Self::into_sinks(decoder, resident_bytes_max, threads, Rows::default)
    }
}

impl<S: Sink> Folder<S> {
    /// A folder with no state, which keeps about `resident_bytes_max` bytes of slices in memory, folds large batches on so
    /// many threads, and has a `sink` made for each part of a flush. How many threads there are changes nothing of what a
    /// flush says.
    #[must_use]
    pub fn into_sinks(
        decoder: Decoder,
        resident_bytes_max: usize,
        threads: usize,
        sink: impl Fn() -> S + Send + 'static,
    ) -> Self {
        Self {
            decoding: Decoding::new(decoder, threads),
            resident: Resident::new(resident_bytes_max, SHARDS_A_THREAD * threads),
            number: 0,
            reached: Position::default(),
            pending: None,
            erasures: Arc::default(),
            sink: Box::new(sink),
            rows_max: ROWS_MAX,
        }
    }

    /// The same, whose flushes are full with about so many rows of downloads instead of [`ROWS_MAX`].
    #[must_use]
    pub fn full_at(mut self, rows: usize) -> Self {
        self.rows_max = rows;
        self
    }

    /// Forgets every slice; the next records of each partition are expected at `start`.
    pub fn reset(&mut self, start: Position) {
        self.resident.clear();
        self.pending = None;
        self.reached = start;
    }

    /// Where the next record of a partition is expected, or later.
    #[must_use]
    pub fn expected(&self, topic: &Topic, partition: i32) -> Option<i64> {
        self.reached.next_offset(topic, partition)
    }

    /// The slices these records touch that are not resident.
    #[must_use]
    pub fn missing(&self, decoded: &[DecodedRecord]) -> Vec<SliceKey> {
        let touched = decoded.iter().filter_map(|record| match &record.decoded {
            Decoded::Event { slice, .. } => *slice,
            _ => None,
        });
        let missing: BTreeSet<SliceKey> = touched.filter(|key| !self.resident.contains(key)).collect();
        missing.into_iter().collect()
    }

    /// What the stored events of slices are folded into, to make them resident again.
    #[must_use]
    pub fn refold(&self, slices: &[SliceKey]) -> Refold {
        Refold::new(Arc::clone(&self.erasures), slices)
    }

    /// Folds some of the stored events.
    ///
    /// # Errors
    /// An event that cannot be read.
    pub fn stored(&mut self, refold: &mut Refold, events: &[StoredEvent]) -> Result<(), UnreadableState> {
        refold.fold(&mut self.decoding, events, Meant::Here)
    }

    /// Makes slices resident again whose stored events were all folded. Their rows are in the tables already, except of
    /// those with events of erased clients: they are written anew as part of the flush under way. Somebody who did not know
    /// of an erasure may have written some of them under a version that is outranked by now.
    pub fn restore(&mut self, refold: Refold, epoch: u64) {
        let (states, rows) = refold.into_states();
        if !rows.is_empty() {
            let mut pending = self.pending.take().unwrap_or_else(|| self.begin(epoch));
            pending.rows.append(rows);
            self.pending = Some(pending);
        }
        for slice in states {
            self.resident.put(slice, self.number);
        }
    }

    /// Learns who is erased: what is folded from now on names none of them. Says whose events may have been folded
    /// otherwise.
    pub fn learn(&mut self, erasures: Arc<Erasures>) -> BTreeSet<AccountId> {
        let accounts = erasures.accounts_since(&self.erasures).collect();
        self.erasures = erasures;
        accounts
    }

    /// Forgets the slices of these accounts, all of which must be written.
    pub fn forget(&mut self, accounts: &BTreeSet<AccountId>) {
        self.resident.forget(accounts);
    }

    /// Who is erased, as far as is known here.
    #[must_use]
    pub fn erasures(&self) -> &Arc<Erasures> {
        &self.erasures
    }

    /// Evicts slices down to the budget, but none that a flush after `written` still has to write.
    pub fn evict(&mut self, written: u64) {
        self.resident.evict(written);
    }

    /// How many slices are resident, and their bytes.
    #[must_use]
    pub fn resident(&self) -> (usize, usize) {
        (self.resident.len(), self.resident.bytes())
    }

    /// The number of the flush that the next records become part of.
    #[must_use]
    pub const fn next_number(&self) -> u64 {
        if self.pending.is_some() { self.number } else { self.number + 1 }
    }

    /// How large the flush under way is; none when there is none.
    #[must_use]
    pub fn pending(&self) -> Option<Size> {
        let rows = |folds: &[ShardFold<S>]| folds.iter().map(|fold| fold.due_rows).sum();
        self.pending.as_ref().map(|pending| Size { rows: rows(&pending.folds), ..pending.size })
    }

    /// How many of these records, whose slices are all resident, make the flush under way full: the last of them does, or all of
    /// them do not.
    #[must_use]
    pub(super) fn until_full(&self, decoded: &[DecodedRecord]) -> usize {
        let left = self.rows_max.saturating_sub(self.pending().unwrap_or_default().rows);
        // While slices are small: to look at every download takes longer than to look at every slice.
        if self.rows_at_most(decoded) < left {
            return decoded.len();
        }
        let (mut rows, mut touched) = (0, FxHashSet::default());
        let last = decoded.iter().position(|record| {
            rows += folded(record).map_or(0, |(event, key)| self.rows_of(event, key, &mut touched));
            rows >= left
        });
        last.map_or(decoded.len(), |last| last + 1)
    }

    /// No fewer rows of downloads than these records make.
    fn rows_at_most(&self, decoded: &[DecodedRecord]) -> usize {
        let (mut rows, mut slices, mut last) = (0, FxHashSet::default(), None);
        for (event, key) in decoded.iter().filter_map(folded) {
            rows += 1 + asked(event);
            if last != Some(key) && slices.insert(key) {
                rows += self.resident.get(&key).map_or(0, Slice::rows_at_rest);
            }
            last = Some(key);
        }
        rows
    }

    /// About how many rows of downloads an event makes after events of those that are `touched`.
    fn rows_of(&self, event: &Event, key: SliceKey, touched: &mut FxHashSet<DownloadId>) -> usize {
        let Some(id) = event.fact.download_id() else { return 0 };
        let at_rest = || self.resident.get(&key).map_or(1, |slice| slice.rows_at_rest_of(id));
        asked(event) + if touched.insert(id) { at_rest() } else { 0 }
    }

    /// Folds decoded records whose slices are all resident into the flush that is under way, or begins one.
    pub fn fold(&mut self, decoded: Vec<DecodedRecord>, epoch: u64) {
        if decoded.is_empty() {
            return;
        }
        metrics::counter!("loupe_projector_records_total").increment(decoded.len() as u64);
        let mut pending = self.pending.take().unwrap_or_else(|| self.begin(epoch));
        let mut due: Vec<Dues> = self.resident.shards().iter().map(|_| Dues::default()).collect();
        for run in decoded.chunk_by(DecodedRecord::is_beside) {
            self.note(&mut pending.ranges, run);
        }
        for DecodedRecord { mut record, decoded } in decoded {
            pending.size.records += 1;
            pending.size.bytes += record.payload.as_ref().map_or(0, Bytes::len);
            match decoded {
                Decoded::Event { event, slice, class, content } => {
                    if let Some(edge) = &event.head.edge {
                        pending.arrivals.add(edge, event.head.occurred_at);
                    }
                    let again = self.erasures.again(&event);
                    // A tombstone says nothing that would have to be cleaned.
                    let is_entry = record.payload.is_some();
                    let row = |client_id| ClientRow::again(&event.head, client_id, record.offset, is_entry);
                    pending.rows.clients.extend(again.map(row));
                    let is_hidden = again.is_some() && matches!(event.fact, Fact::ClientUpserted(_));
                    if is_hidden || catalogue::fold(&event, &mut pending.rows) {
                        continue;
                    }
                    debug_assert!(slice.is_some(), "counted as folded, and of neither a slice nor the catalogue");
                    let Some(key) = slice else { continue };
                    let payload = record.payload.take().unwrap_or_default();
                    let (place, offset) = (record.place(), record.offset);
                    let one = match self.erasures.replacement(&event, self.decoding.decoder().lists()) {
                        Some((event, payload)) => {
                            let (event, content) = (Box::new(event), xxh3_64(&payload));
                            let payload = payload.into();
                            Due { event, class, content, payload, version: REPLACED, place, offset }
                        }
                        None => Due { event, class, content, payload, version: AS_IT_CAME, place, offset },
                    };
                    due[self.resident.shard_of(&key)].push(key, one);
                }
                Decoded::Canary(_) => {}
                Decoded::Misrouted { key } => {
                    // The copy lives as long again as the log keeps a record.
                    self.take_out_erased(&mut record);
                    record.detach();
                    pending.flush.misrouted.push((record, key));
                }
                Decoded::Rejected(rejected) => {
                    debug_assert!(
                        Rejected::REASONS.contains(&rejected.reason),
                        "{} is not counted from 0",
                        rejected.reason
                    );
                    metrics::counter!("loupe_projector_quarantined_total", "reason" => rejected.reason).increment(1);
                    self.take_out_erased(&mut record);
                    record.detach();
                    pending.flush.quarantine.push(QuarantineRow::new(&record, &rejected));
                    pending.flush.rejected.push((record, *rejected));
                }
            }
        }
        shard::fold(self.resident.shards(), &mut pending.folds, due, self.number);
        self.pending = Some(pending);
    }

    /// Takes a person who is erased out of a record that is refused or sent on, as far as it can be read: it is kept byte for byte
    /// otherwise.
    fn take_out_erased(&self, record: &mut Record) {
        let Some(payload) = &record.payload else { return };
        let decoder = self.decoding.decoder();
        let Ok(event) = decoder.decode_stored(payload) else { return };
        if let Some((_, replaced)) = self.erasures.replacement(&event, decoder.lists()) {
            record.payload = Some(replaced.into());
        } else if self.erasures.again(&event).is_some() {
            record.key.clear();
            record.payload = Some(Bytes::new());
        }
    }

    fn begin(&mut self, epoch: u64) -> Pending<S> {
        self.number += 1;
        Pending {
            flush: Flush { number: self.number, epoch, ..Flush::default() },
            size: Size::default(),
            rows: Rows::default(),
            ranges: BTreeMap::new(),
            arrivals: Arrivals::default(),
            folds: self.resident.shards().iter().map(|_| ShardFold::new((self.sink)())).collect(),
        }
    }

    /// The flush that is under way, with the rows of every slice it touched; none when nothing was folded.
    pub fn finish(&mut self) -> Option<Flush<S::Joined>> {
        let Pending { mut flush, mut rows, mut ranges, arrivals, mut folds, .. } = self.pending.take()?;
        shard::finish(self.resident.shards(), &mut folds, self.number);
        rows.edge_sequences = arrivals.into_rows();
        let mut sinks = vec![(self.sink)()];
        sinks[0].take(&mut rows);
        for fold in folds {
            fold.publish();
            for (place, counts) in fold.counts {
                if let Some(range) = ranges.get_mut(&place) {
                    range.folded += counts.events;
                    range.duplicate += counts.duplicates + counts.collisions;
                }
            }
            sinks.push(fold.sink);
        }
        flush.rows = S::join(sinks);
        for row in ranges.values() {
            let topic = topics::by_name(&row.topic);
            flush.next.extend(topic.map(|topic| (topic, row.partition, row.last_offset + 1)));
        }
        flush.ledger = ranges.into_values().collect();
        Some(flush)
    }

    /// Widens the ledger's range of a partition to a run of its records, and counts those of no slice. A range begins where
    /// the last one ended, so that offsets that compaction removed leave no gap.
    fn note(&mut self, ranges: &mut BTreeMap<Partition, LedgerRow>, run: &[DecodedRecord]) {
        let [DecodedRecord { record: first, .. }, ..] = run else { return };
        let last_offset = run.last().map_or(first.offset, |last| last.record.offset);
        let (topic, partition) = (first.topic, first.partition);
        let first_offset = self.reached.next_offset(topic, partition).unwrap_or(first.offset).min(first.offset);
        self.reached.advance(topic, partition, last_offset + 1);
        let range = ranges.entry(first.place()).or_insert_with(|| LedgerRow {
            topic: topic.name.to_owned(),
            partition,
            first_offset,
            last_offset,
            folded: 0,
            duplicate: 0,
            quarantined: 0,
            rerouted: 0,
            canaries: 0,
            canary_at: 0,
        });
        range.last_offset = last_offset;
        for DecodedRecord { decoded, .. } in run {
            match decoded {
                // Whether it is a duplicate its slice tells.
                Decoded::Event { slice: Some(_), .. } => {}
                Decoded::Event { slice: None, .. } => range.folded += 1,
                Decoded::Canary(canary) => {
                    range.canaries += 1;
                    range.canary_at = range.canary_at.max(canary.published_at.0);
                }
                Decoded::Misrouted { .. } => range.rerouted += 1,
                Decoded::Rejected(_) => range.quarantined += 1,
            }
        }
    }
}

/// The event that a record is, and the slice it is folded into.
fn folded(record: &DecodedRecord) -> Option<(&Event, SliceKey)> {
    match &record.decoded {
        Decoded::Event { event, slice: Some(slice), .. } => Some((event.as_ref(), *slice)),
        _ => None,
    }
}

/// How many media an event asks for.
fn asked(event: &Event) -> usize {
    if let Fact::DownloadRequested(request) = &event.fact { request.items.len() } else { 0 }
}
